"""Does `--jit-explain` have an answer for all that it should?

    python3 tests/explain.py BROLGA PROGRAMS [--packages FOLDER] [--seconds S] [--only NAME,...]

PROGRAMS is a folder with pyperformance's programs (bm_NAME/run_benchmark.py); those that compute are run, each for S seconds. For each, the
report must name a reason for every function that took more than a hundredth of the time and is not compiled, and for every
exit that was taken a reason and a sentence; and an exit that was taken often must say what helps, or that nothing need be done. Prints
a line for each program, and exits with 1 if an answer is missing.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

# name -> (folder without bm_, arguments)
PROGRAMS = {name: (name, []) for name in """nbody fannkuch spectral_norm richards richards_super deltablue raytrace chaos float
    go hexiom nqueens pidigits meteor_contest crypto_pyaes pyflate bpe_tokeniser mdp generators comprehensions coroutines
    unpack_sequence async_generators typing_runtime_protocols gc_traversal""".split()}
PROGRAMS |= {f"scimark_{kind}": ("scimark", [kind]) for kind in ("sor", "sparse_mat_mult", "monte_carlo", "lu", "fft")}
PROGRAMS |= {name: ("deepcopy", []) for name in ("deepcopy", "deepcopy_reduce", "deepcopy_memo")}
PROGRAMS |= {"pickle_pure_python": ("pickle", ["--pure-python", "pickle"]),
             "unpickle_pure_python": ("pickle", ["--pure-python", "unpickle"]),
             "create_gc_cycles": ("gc_collect", []), "quadtree_nbody": ("barnes_hut", [])}

PYPERF = pathlib.Path(__file__).resolve().parent.parent / "bench-suite" / "python"


def report(args, name):
    folder, arguments = PROGRAMS[name]
    with tempfile.TemporaryDirectory() as temporary:
        out = pathlib.Path(temporary) / "report.json"
        path = os.pathsep.join([str(PYPERF), *([args.packages] if args.packages else [])])
        env = {**os.environ, "PYTHONPATH": path, "PYTHONHASHSEED": "0", "BENCH_SECONDS": str(args.seconds),
               "BENCH_ONLY": name, "BENCH_OUT": str(pathlib.Path(temporary) / "out.json")}
        program = pathlib.Path(args.programs) / f"bm_{folder}" / "run_benchmark.py"
        done = subprocess.run([args.brolga, f"--jit-explain={out}", "--json", str(program), *arguments], env=env,
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=60 + 60 * args.seconds)
        if done.returncode or not out.exists():
            return None, f"exit status {done.returncode}: {done.stderr.decode(errors='replace').strip()[-300:]}"
        return json.loads(out.read_text()), None


def missing(report):
    """What the report does not answer."""
    for f in report["functions"]:
        # Of what is compiled, as a whole or as a part of its callers, the interpreter may have had little.
        if f["share"] > 0.01 and (f["state"] == "interpreted" or f["share_interpreted"] > 0.01) and not f["reasons"]:
            yield f"{f['function']} ({f['file']}:{f['line']}), {f['share']:.1%} of the time, {f['state']}: no reason"
        yield from (f"{f['function']}: an empty reason" for r in f["reasons"] if not r["why"])
    for e in report["exits"]:
        if not (e["reason"] and e["sentence"] and e["why"]):
            yield f"the exit at {e['file']}:{e['line']}, {e['count']} times: no reason"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("brolga")
    parser.add_argument("programs")
    parser.add_argument("--packages")
    parser.add_argument("--seconds", type=float, default=1.5)
    parser.add_argument("--only")
    args = parser.parse_args()
    names = args.only.split(",") if args.only else list(PROGRAMS)
    failed = 0
    for name in names:
        found, error = report(args, name)
        problems = [error] if error else list(missing(found))
        failed += bool(problems)
        if error:
            print(f"FAIL {name}: {error}")
            continue
        hot = [f for f in found["functions"] if f["share"] > 0.01]
        explained = sum(bool(f["reasons"]) for f in hot)
        exits = sum(e["count"] for e in found["exits"])
        print(f"{'FAIL' if problems else 'ok  '} {name:26}{found['share_compiled']:7.1%} compiled, {len(hot):3} hot functions, "
              f"{explained:3} with reasons; {len(found['exits']):3} places were left {exits} times", flush=True)
        for problem in problems:
            print("     " + problem)
    print(f"{len(names) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
