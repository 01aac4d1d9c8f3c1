"""run.py PROGRAM: measures a program of this suite, a file with a function run(). Each iteration must give the same."""
import os
import sys
import time

from measure import measure


def load(path):
    name = os.path.splitext(os.path.basename(path))[0]
    sys.path.insert(0, os.path.dirname(path))
    return name, __import__(name).run


def main(path):
    name, run = load(path)
    first = None

    def timed(loops):
        nonlocal first
        begun = time.process_time()
        for _ in range(loops):
            result = run()
        took = time.process_time() - begun
        text = repr(result)
        if first is None:
            first = text
        assert text == first, f"{name} gave {text} after {first}"
        return took

    measure(name, timed, lambda: first)


main(sys.argv[1])
