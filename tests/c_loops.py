#!/usr/bin/env python3
"""Three loops in Python and in C: how many times as long?

    tests/c_loops.py BROLGA [--rounds N] [--cc COMPILER]

Compiles each `tests/c_loops/NAME.c` with `cc -O2`, runs it and NAME.py by turns, and prints the quotient of their times
in the median of the rounds, beside the aim. Both measure the processor time of the loop alone (in Python with its
compilation), and must print the same result. Ends with 1 if a quotient is above its aim.
"""
import os
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "c_loops")
# Name, argument (some 0.3 s of C), and the aim.
LOOPS = [("float_fields", 1_000_000, 2.0), ("int_lists", 200_000, 2.5), ("method_calls", 150_000_000, 3.0)]


def measure(command):
    result, seconds = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=300).stdout.split()
    return result, float(seconds)


def main(arguments):
    brolga, rest = os.path.abspath(arguments[0]), iter(arguments[1:])
    rounds, cc = 3, "cc"
    for option in rest:
        if option == "--rounds":
            rounds = int(next(rest))
        elif option == "--cc":
            cc = next(rest)
        else:
            print(f"unknown option {option}", file=sys.stderr)
            return 2
    above = 0
    with tempfile.TemporaryDirectory() as folder:
        for name, argument, aim in LOOPS:
            binary = os.path.join(folder, name)
            subprocess.run([cc, "-O2", "-o", binary, os.path.join(HERE, name + ".c")], check=True)
            quotients = []
            for _ in range(rounds):
                native, c_seconds = measure([binary, str(argument)])
                ours, seconds = measure([brolga, os.path.join(HERE, name + ".py"), str(argument)])
                if native != ours:
                    print(f"{name}: C computes {native}, Python {ours}")
                    return 1
                quotients.append(seconds / c_seconds)
            quotient = statistics.median(quotients)
            above += quotient > aim
            told = "above the aim" if quotient > aim else "within the aim"
            print(f"{name}: {quotient:.2f} times C's {c_seconds:.2f} s, {told} of {aim}", flush=True)
    return 1 if above else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
