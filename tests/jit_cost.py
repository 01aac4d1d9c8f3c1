#!/usr/bin/env python3
"""What does the JIT cost where it brings nothing?

    tests/jit_cost.py BROLGA [--sample] [--record FILE] [PROGRAM...]

Counts the instructions of each program in the interpreter and with the JIT (`brolga --jit-count`: counters of the
processor, or else valgrind): with it a program may take 2 % and 10 million more, no more. Without a PROGRAM: all of
tests/programs and examples; --sample takes a few of them. Prints what each takes, in millions; those above the bound, with
how many units were compiled for it, at the end, and ends with 1 if there are any that `tests/jit_cost.txt` does not
name. --record writes the list there.
"""
import glob
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
RATIO, MORE = 1.02, 10_000_000
RECORD = os.path.join(HERE, "jit_cost.txt")
SAMPLE = ["programs/jit_loops.py", "programs/jit_division.py", "programs/with_statement.py", "programs/class_rules.py",
          "programs/generators_protocol.py", "../examples/words.py"]


def counts(brolga, program, folder):
    """Instructions in the interpreter and with the JIT; None if they can't be had."""
    saved = os.path.join(folder, "counts.txt")
    if os.path.exists(saved):
        os.remove(saved)
    try:
        subprocess.run([brolga, "--jit-count", f"--save={saved}", program], cwd=folder, stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=900)
        with open(saved) as file:
            found = dict(line.split()[:2] for line in file if line.startswith(("off", "on")))
        return int(found["off"]), int(found["on"])
    except (OSError, KeyError, ValueError, subprocess.TimeoutExpired):
        return None


def units(brolga, program, folder):
    """How many versions of units are compiled, and the seconds that takes."""
    log = os.path.join(folder, "log")
    subprocess.run([brolga, "-X", "jit-wait", "-X", f"jit-log={log}", program], cwd=folder, stdin=subprocess.DEVNULL,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=300)
    with open(log) as file:
        events = [json.loads(line) for line in file]
    seconds = sum(e["compile_seconds"] for e in events if e["event"] == "end")
    return sum(e["event"] == "compiled" for e in events), seconds


def main(arguments):
    brolga, rest = os.path.abspath(arguments[0]), iter(arguments[1:])
    programs, record = [], None
    for option in rest:
        if option == "--sample":
            programs = [os.path.normpath(os.path.join(HERE, p)) for p in SAMPLE]
        elif option == "--record":
            record = next(rest)
        else:
            programs.append(os.path.abspath(option))
    if not programs:
        programs = sorted(glob.glob(os.path.join(HERE, "programs", "*.py")))
        programs += sorted(glob.glob(os.path.join(HERE, os.pardir, "examples", "*.py")))
    known = set()
    if os.path.exists(RECORD):
        with open(RECORD) as file:
            known = {line.split()[0] for line in file if line.strip() and not line.startswith("#")}
    above, uncounted = [], []
    with tempfile.TemporaryDirectory() as folder:
        for program in programs:
            name = os.path.basename(program).removesuffix(".py")
            found = counts(brolga, program, folder)
            if found is None:
                uncounted.append(name)
                continue
            off, on = found
            over = on > off * RATIO + MORE
            print(f"{name}: off {off / 1e6:.0f}, on {on / 1e6:.0f}, {(on / off - 1) * 100:+.1f} %{' ABOVE' if over else ''}",
                  flush=True)
            if over:
                above.append((name, off, on, *units(brolga, program, folder)))
    lines = [f"{name} {off / 1e6:.0f} {on / 1e6:.0f} {versions} {seconds * 1000:.0f}"
             for name, off, on, versions, seconds in above]
    print("\nabove 2 % and 10 million (name, millions off and on, units compiled natively, milliseconds of compiling):")
    print("\n".join(lines) or "none")
    if uncounted:
        print("not counted:", *uncounted)
    new = [a[0] for a in above if a[0] not in known]
    if record:
        with open(record, "w") as file:
            file.write("# Programs for which the JIT takes more than 2 % and 10 million instructions more than it saves:\n"
                       "# name, millions of instructions off and on, units compiled, milliseconds of compiling.\n")
            file.writelines(line + "\n" for line in lines)
        return 0
    print(f"{len(programs) - len(new) - len(uncounted)} passed, {len(new)} failed, {len(uncounted)} skipped")
    return 1 if new else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
