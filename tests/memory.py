#!/usr/bin/env python3
"""Every allocation of small programs fails once.

    tests/memory.py BROLGA [--mode MODE]... [--sample RUNS] [--jobs N] [NAME...]

Runs each program of tests/memory (or those named) once for each allocation on the collected heap that it makes, with that
one failing (`-X alloc-fail=N`), in the modes (off and eager unless told). What it writes must be right as far as it goes: all
of it with status 0, or the beginning of it with status 1 and a MemoryError's traceback. No other exception, no other end.
The programs try again what has raised a MemoryError, so that most write everything. --sample picks so many runs of each
program and mode. This script runs under BROLGA as well as under another Python.
"""
import os
import subprocess
import sys

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "memory")
SECONDS = 60


def command(brolga, program, mode, number):
    return [brolga, "-I", "-S", "-X", f"jit={mode}", "-X", f"alloc-fail={number}", program]


def begin(arguments):
    return subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            env={**os.environ, "PYTHONHASHSEED": "0"})


def ended(process):
    """What it wrote, its last line on stderr, and its status."""
    try:
        out, errors = process.communicate(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return b"", "it does not end", -9
    return out, errors.decode(errors="replace").strip().split("\n")[-1], process.returncode


def wrong(right, out, last, status):
    """What is wrong, or None."""
    if status == 0:
        return None if out == right else "its output differs"
    if status == 1 and last.startswith("MemoryError"):
        return None if right.startswith(out) else "its output differs before the MemoryError"
    return f"status {status}: {last}"


def main(arguments):
    brolga, modes, sample, jobs, names = os.path.abspath(arguments[0]), [], None, 2, []
    rest = list(arguments[1:])
    while rest:
        option = rest.pop(0)
        if option == "--mode":
            modes.append(rest.pop(0))
        elif option == "--sample":
            sample = int(rest.pop(0))
        elif option == "--jobs":
            jobs = int(rest.pop(0))
        else:
            names.append(option)
    programs = [os.path.join(FOLDER, n) for n in sorted(os.listdir(FOLDER)) if n.endswith(".py") and (not names or n[:-3] in names)]
    counts = {"runs": 0, "to the end": 0, "with a MemoryError": 0}
    failures = []
    for program in programs:
        with open(program[:-3] + ".out", "rb") as file:
            right = file.read()
        for mode in modes or ["off", "eager"]:
            what = f"{os.path.basename(program)[:-3]}:{mode}"
            out, last, status = ended(begin(command(brolga, program, mode, 0)))
            if out != right or status or not last.endswith(" allocations"):
                failures.append(f"{what}: without a failure: status {status}: {last}")
                print("FAILED", failures[-1], flush=True)
                continue
            number = int(last.split()[-2])
            step = 1 if sample is None else max(1, number / sample)
            chosen = sorted({int(1 + i * step) for i in range(int(number / step))})
            running = []

            def finish():
                n, process = running.pop(0)
                out, last, status = ended(process)
                counts["runs"] += 1
                counts["with a MemoryError" if status else "to the end"] += 1
                complaint = wrong(right, out, last, status)
                if complaint:
                    failures.append(f"{what}: -X alloc-fail={n}: {complaint}")
                    print("FAILED", failures[-1], flush=True)

            for n in chosen:
                running.append((n, begin(command(brolga, program, mode, n))))
                if len(running) == jobs:
                    finish()
            while running:
                finish()
    print(f"{len(programs)} programs,", ", ".join(f"{n} {what}" for what, n in counts.items()))
    print(f"{counts['runs'] - len(failures)} passed, {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
