"""fuel.py BROLGA [--sample N] [--limits N] [PROGRAM ...]: bytecodes are counted alike in all engines.

Each program of tests/programs is run in each engine with `-X fuel`, which says how many bytecodes it took, and then with some
smaller numbers, which must stop it at the same place. Exit status 1 if anything differs.
"""
import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile

MODES = ("off", "on", "eager", "nofast")
PROGRAMS = pathlib.Path(__file__).resolve().parent / "programs"
# What depends on time, on other threads and processes, or on when memory is collected counts differently each time.
VARIES = re.compile(r"\b(threading|_thread|subprocess|multiprocessing|concurrent|signal|time|fork|spawn|perf_counter|gc|weakref|"
                    r"__del__|select|socket|asyncio|settrace|setprofile|monitoring|brolga|_jit)\b")


def run(binary, mode, program, fuel):
    """(bytecodes, where it was stopped)"""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([binary, "-X", f"jit={mode}", "-X", "fuel" if fuel is None else f"fuel={fuel}", str(program)],
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=folder, timeout=300,
                              env={**os.environ, "PYTHONHASHSEED": "0"})
    text = done.stderr.decode(errors="replace")
    counts = re.findall(r"^brolga: (\d+) bytecodes$", text, re.M)
    places = re.findall(r'^  File "(.*)", line (\d+), in (.*)$', text, re.M)
    return (int(counts[-1]) if counts else None, tuple(places) if fuel is not None else ())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("brolga")
    parser.add_argument("programs", nargs="*")
    parser.add_argument("--sample", type=int, help="only so many programs")
    parser.add_argument("--limits", type=int, default=3, help="at so many numbers of bytecodes each program is stopped")
    args = parser.parse_args()
    binary = os.path.abspath(args.brolga)
    programs = [pathlib.Path(p).resolve() for p in args.programs]
    if not programs:
        programs = [p for p in sorted(PROGRAMS.glob("*.py")) if p.with_suffix(".out").exists() and not VARIES.search(p.read_text())]
        if args.sample:
            programs = programs[::max(1, len(programs) // args.sample)][:args.sample]
    wrong = 0
    for program in programs:
        counts = {mode: run(binary, mode, program, None) for mode in MODES}
        total = counts["off"][0]
        found = [(None, counts)]
        if total:
            for i in range(1, args.limits + 1):
                fuel = total * i // (args.limits + 1) + i
                found.append((fuel, {mode: run(binary, mode, program, fuel) for mode in MODES}))
        for fuel, results in found:
            if len(set(results.values())) > 1:
                wrong += 1
                print(f"{program.name}, fuel {fuel}:")
                for mode, (count, places) in results.items():
                    print(f"    {mode:8}{count} {places[-1:]}")
    print(f"{len(programs)} programs, {wrong} differences")
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()
