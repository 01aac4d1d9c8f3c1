#!/usr/bin/env python3
"""Random programs under every engine.

    tests/fuzz/fuzz.py BROLGA [--seeds FROM-TO] [--seconds N] [--cpython PYTHON] [--save FOLDER] [--reduce] [--one] [--processes]
    tests/fuzz/fuzz.py BROLGA --reduce PROGRAM.py MODE
    tests/fuzz/fuzz.py BROLGA --planted [N,N,...] [--seeds FROM-TO]
    tests/fuzz/fuzz.py BROLGA --reached [--seeds FROM-TO]

Makes the program of each seed (generate.py), runs it in the interpreter, and in two modes of the JIT (servers.py): what
it writes must be the same, and so must its status. With --cpython the interpreter is compared with that Python, too; with
--one each program runs in one of the modes only. A program that differs goes into the folder (tests/fuzz/found unless
told), with --reduce made as small as it gets while it still differs. With --processes each program gets processes of its
own, instead of ones that servers fork off: that is slow. The second form reduces a program that is there. The third, with
a build of `--features planted`, says after how many programs each of the planted bugs (jit/src/planted.rs) is found; the
fourth which operations and helpers of compiled code the programs have reached. This script runs under Brolga as well as
under another Python.
"""
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import generate
from prelude import SHARED
from reduce import reduce
from servers import TIME, TURNS, Engines

# Bugs of a build with the cargo feature `planted`, and after how many programs each is to be found.
PLANTED = 20
PLANTED_PROGRAMS = 10_000
# Some make programs run for ever. (The mode with a collection at each allocation would be taken for that, and is left out.)
PLANTED_PATIENCE = 4
# Operations that no program's code has: a block's parameter is none of its instructions, and one is for tests of the IR.
NEVER_LOWERED = ["param", "is_float"]
# Programs between two lines that say how far it is.
REPORT = 5000


def modes_of(seed, one=False):
    if one:
        return [TURNS[seed // 2 % len(TURNS)] if seed % 2 else "on"]
    return ["on", TURNS[seed % len(TURNS)]]


def planted(brolga, numbers, seeds):
    """After how many programs each of the bugs is found."""
    left = {n: Engines(brolga, more=["-X", f"jit-plant={n},forked"], patience=PLANTED_PATIENCE) for n in numbers}
    with Engines(brolga) as right:
        for done, seed in enumerate(seeds):
            text = generate.program(seed)
            [expected] = right.outputs(text, ["off"])
            if expected == TIME:
                continue
            for n, engines in list(left.items()):
                for mode in [m for m in modes_of(seed) if m != "gc"]:
                    if engines.outputs(text, [mode]) != [expected]:
                        print(f"bug {n}: seed {seed} in mode {mode}, program {done + 1}", flush=True)
                        left.pop(n).stop()
                        break
            if not left:
                break
    for n, engines in left.items():
        engines.stop()
        print(f"bug {n}: not found in {len(seeds)} programs")
    print(f"{len(numbers) - len(left)} passed, {len(left)} failed")
    return 1 if left else 0


def reached(engines, seeds):
    """Counts of the operations and helpers that are in the programs' compiled code, of modes that share them out."""
    counts, base = {}, None
    for seed in [None, *seeds]:
        text = "pass\n" if seed is None else generate.program(seed)
        found = [engines.lowered(text, mode) for mode in ("on", "nofast")]
        # What is compiled before the program begins is not its own.
        base = base or found
        for lowered, at_start in zip(found, base):
            for key, count in lowered.items():
                counts[key] = counts.get(key, 0) + (count > at_start.get(key, 0))
    missing = 0
    for kind in ("op", "helper"):
        of = {name: count for (k, name), count in counts.items() if k == kind and name not in NEVER_LOWERED}
        never, seldom = sorted(n for n in of if not of[n]), sorted(n for n in of if 0 < of[n] <= len(seeds) // 100)
        missing += len(never)
        print(f"{kind}s: {len(of) - len(never)} of {len(of)} reached; never:", ", ".join(never) or "none")
        print("  in one program of 100 or fewer:", ", ".join(seldom) or "none")
    return 1 if missing else 0


def compare(engines, seeds, seconds, one, save, reducing):
    begun, used = time.monotonic(), sum(os.times()[:4])
    done = failed = runs = timed_out = 0

    def report():
        print(f"seeds {seeds[0]} to {seeds[0] + done - 1}: {done} programs, {runs} runs, {timed_out} without an end, "
              f"{failed} failed, {time.monotonic() - begun:.0f} s", flush=True)

    for seed in seeds:
        if time.monotonic() - begun > seconds:
            break
        text = generate.program(seed)
        modes = ["off"] + modes_of(seed, one) + (["cpython"] if engines.cpython else [])
        outputs = engines.outputs(text, modes)
        runs += len(outputs)
        done += 1
        timed_out += outputs[0] == TIME
        wrong = [m for m, output in zip(modes[1:], outputs[1:]) if outputs[0] not in (output, TIME)]
        failed += bool(wrong)
        for mode in wrong:
            os.makedirs(save, exist_ok=True)
            name = os.path.join(save, f"{seed}-{mode}.py")
            print(f"seed {seed}: {mode} differs from off: {name}", flush=True)
            with open(name, "w") as file:
                file.write(reduce(engines, text, mode) if reducing else text)
        if done % REPORT == 0:
            report()
    idle = [] if engines.processes or done < REPORT else engines.idle()
    if idle:
        print("nothing was compiled in the modes", *idle)
    engines.stop()
    report()
    print(f"{sum(os.times()[:4]) - used:.0f} s of processor time")
    print(f"{done - failed} passed, {failed} failed")
    return 1 if failed or idle else 0


def main(arguments):
    brolga, cpython, seeds, seconds = os.path.abspath(arguments[0]), None, None, 10**9
    save = os.path.join(os.path.dirname(os.path.abspath(__file__)), "found")
    one = processes = reducing = asks = False
    program, numbers = None, None
    rest = list(arguments[1:])
    while rest:
        option = rest.pop(0)
        if option == "--seeds":
            first, last = map(int, rest.pop(0).split("-"))
            seeds = range(first, last + 1)
        elif option == "--seconds":
            seconds = int(rest.pop(0))
        elif option == "--cpython":
            cpython = rest.pop(0)
        elif option == "--save":
            save = rest.pop(0)
        elif option == "--one":
            one = True
        elif option == "--processes":
            processes = True
        elif option == "--planted":
            is_list = rest and not rest[0].startswith("-")
            numbers = [int(n) for n in rest.pop(0).split(",")] if is_list else list(range(1, PLANTED + 1))
        elif option == "--reached":
            asks = True
        elif option == "--reduce":
            reducing = True
            if rest and rest[0].endswith(".py"):
                program, mode = rest.pop(0), rest.pop(0)
        else:
            print(f"unknown option {option}", file=sys.stderr)
            return 2
    if numbers:
        return planted(brolga, numbers, seeds or range(PLANTED_PROGRAMS))
    if asks:
        return reached(Engines(brolga), seeds or range(300))
    if program:
        with open(program) as file:
            text = file.read()
        with Engines(brolga, cpython, processes=processes or not text.startswith(SHARED)) as engines:
            print(reduce(engines, text, mode), end="")
        return 0
    with Engines(brolga, cpython, processes=processes) as engines:
        return compare(engines, seeds or range(10**9), seconds, one, save, reducing)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
