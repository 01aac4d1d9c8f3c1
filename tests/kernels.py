"""Runs pyperformance's kernel programs once each under two Pythons and compares what they compute.

    tests/kernels.py PROGRAMS PYTHON REFERENCE

PROGRAMS is the folder that pyperformance's programs were set up in (benchmarks/, packages/). Each program runs in a
process of its own, with a stand-in for pyperf that does one round and prints the results and the module's data.
Prints one line a program; exits 1 where any differs.
"""

import os
import pathlib
import shlex
import subprocess
import sys
import tempfile

KERNELS = [(name, name, []) for name in """nbody fannkuch spectral_norm richards richards_super deltablue raytrace chaos
    float go hexiom nqueens pidigits meteor_contest crypto_pyaes pyflate""".split()]
KERNELS += [(name, "scimark", [name.removeprefix("scimark_")]) for name in """scimark_sor scimark_sparse_mat_mult
    scimark_monte_carlo scimark_lu scimark_fft""".split()]
KERNELS += [("quadtree_nbody", "barnes_hut", [])]

PYPERF = '''
import argparse, os, sys, time
perf_counter = time.perf_counter
python_implementation = lambda: "python"
ONLY = os.environ["KERNEL"]

def show(value, depth=0):
    if isinstance(value, (int, float, complex, str, bytes, type(None))):
        return repr(value)
    if depth > 6:
        return "..."
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(show(v, depth + 1) for v in value) + "]"
    if isinstance(value, (set, frozenset)):
        return "{" + ", ".join(sorted(show(v, depth + 1) for v in value)) + "}"
    if isinstance(value, dict):
        return "{" + ", ".join(show(k, depth + 1) + ": " + show(v, depth + 1) for k, v in value.items()) + "}"
    if type(value).__module__ == "__main__" and hasattr(value, "__dict__"):
        return type(value).__name__ + show(vars(value), depth + 1)
    return type(value).__name__

class Runner:
    def __init__(self, *a, **kw):
        self.argparser = argparse.ArgumentParser()
        self.metadata = {}
        self.args = None
    def parse_args(self, args=None):
        self.args = self.args or self.argparser.parse_args(args)
        return self.args
    def bench_func(self, name, func, *args, **kw):
        self.parse_args()
        if name == ONLY:
            for _ in range(2):
                print(name, show(func(*args)))
            self.data()
    def bench_time_func(self, name, func, *args, **kw):
        self.parse_args()
        if name == ONLY:
            func(2, *args)
            print(name)
            self.data()
    def data(self):
        for key, value in vars(sys.modules["__main__"]).items():
            if not key.startswith("__"):
                print(key, show(value))
'''


def run(programs, python, name, folder, arguments):
    with tempfile.TemporaryDirectory() as stand_in:
        pathlib.Path(stand_in, "pyperf.py").write_text(PYPERF)
        env = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "PYTHONHASHSEED": "0", "KERNEL": name,
               "HOME": os.environ.get("HOME", "/"), "PYTHONPATH": f"{stand_in}:{programs}/packages"}
        program = f"{programs}/benchmarks/bm_{folder}/run_benchmark.py"
        done = subprocess.run([*shlex.split(python), program, *arguments], env=env, capture_output=True, timeout=300)
        return done.returncode, done.stdout, done.stderr


def main():
    programs, python, reference = sys.argv[1:]
    wrong = 0
    for name, folder, arguments in KERNELS:
        found = run(programs, python, name, folder, arguments)
        expected = run(programs, reference, name, folder, arguments)
        same = found[:2] == expected[:2] and expected[0] == 0 and expected[1]
        wrong += not same
        print(f"{name:28}{'same' if same else 'DIFFERENT'} {len(expected[1])} bytes", flush=True)
        if not same:
            print(found[2].decode(errors="replace")[-300:])
    print(f"{len(KERNELS) - wrong} of {len(KERNELS)} the same")
    sys.exit(bool(wrong))


main()
