#!/usr/bin/env python3
"""Forced failure of every guard.

    tests/forced.py BROLGA [--sample RUNS] [--middle RUNS] [--jobs N] [--jit-programs] [NAME ...]

BROLGA is the binary; this script runs under it as well as under another Python. Each program of tests/guards (or those
named; with --jit-programs tests/programs/jit_*.py, too) is run once to number the guards of its compiled code, and to
count how often each is executed. Then it runs once for each guard that is executed, failing there the first time, and
once failing in the middle of the executions: what it writes must be what CPython wrote, each time. --sample picks so
many of these runs, always the same for the same guards; --middle only so many of those that fail in the middle.

At the end the counts are printed, and which exit reasons, operations and helpers the programs have reached.
"""
import json
import os
import subprocess
import sys
import tempfile
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
OPTIONS = ["-I", "-S", "-X", "jit=on", "-X", "jit-threshold=10"]
# Reasons that are not a failing guard: they are reached, or not, by what a program does.
REASONS = ["loop_end", "return", "not_run", "interpreted", "raise", "guard", "hoisted", "overflow", "error", "raised",
           "leave", "polled"]
SECONDS = 60


class Run:
    """One run of a program; at most `jobs` at a time."""

    def __init__(self, brolga, program, stress, log, out):
        self.program, self.stress, self.log, self.out = program, stress, log, out
        with open(out, "wb") as file:
            self.process = subprocess.Popen(
                [brolga, *OPTIONS, "-X", "jit-stress=" + stress, "-X", "jit-log=" + log, program],
                stdout=file, stderr=subprocess.STDOUT if stress == "" else subprocess.PIPE, stdin=subprocess.DEVNULL,
                env={**os.environ, "PYTHONHASHSEED": "0"})

    def finish(self):
        """What is wrong, or None."""
        try:
            _, errors = self.process.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()
            return "it does not end"
        with open(self.out, "rb") as file, open(self.program[:-3] + ".out", "rb") as expected:
            if file.read() != expected.read():
                last = errors.decode(errors="replace").strip().split("\n")[-1]
                return "its output differs " + last
        if self.process.returncode < 0:
            return f"it died by signal {-self.process.returncode}"
        return None

    def events(self):
        with open(self.log) as file:
            return [json.loads(line) for line in file]


def programs(names, with_jit):
    folders = [os.path.join(HERE, "guards")]
    found = []
    for folder in folders:
        for name in sorted(os.listdir(folder)):
            if name.endswith(".py") and (not names or name[:-3] in names):
                found.append(os.path.join(folder, name))
    if with_jit or names:
        folder = os.path.join(HERE, "programs")
        for name in sorted(os.listdir(folder)):
            if name.endswith(".py") and (name[:-3] in names or not names and name.startswith("jit_")):
                found.append(os.path.join(folder, name))
    return found


def in_parallel(jobs, starts, done):
    """Starts the runs that the iterable of functions gives, a few at a time; `done` gets each with what is wrong."""
    running = []
    for start in starts:
        running.append(start(len(running)))
        if len(running) == jobs:
            run = running.pop(0)
            done(run, run.finish())
    for run in running:
        done(run, run.finish())


def main(arguments):
    jobs, sample, middle, with_jit, names = 2, None, None, False, []
    arguments = iter(arguments)
    brolga = os.path.abspath(next(arguments))
    for argument in arguments:
        if argument == "--sample":
            sample = int(next(arguments))
        elif argument == "--middle":
            middle = int(next(arguments))
        elif argument == "--jobs":
            jobs = int(next(arguments))
        elif argument == "--jit-programs":
            with_jit = True
        else:
            names.append(argument)
    failures = []
    counts = {"programs": 0, "guards": 0, "executed": 0, "runs": 0, "not forced": 0}
    taken, forced, lowered = {}, {}, {}
    plan = []
    with tempfile.TemporaryDirectory() as folder:
        number = 0

        def start(program, stress):
            def begin(_):
                nonlocal number
                number += 1
                path = os.path.join(folder, str(number))
                return Run(brolga, program, stress, path + ".log", path + ".out")
            return begin

        def clean(run):
            for path in (run.log, run.out):
                if os.path.exists(path):
                    os.remove(path)

        def numbered(run, wrong):
            name = os.path.basename(run.program)[:-3]
            counts["programs"] += 1
            events = [] if wrong else run.events()
            clean(run)
            compiled = [e for e in events if e["event"] == "compiled" and e["file"] == run.program]
            if not wrong and not compiled:
                wrong = "nothing of it was compiled"
            if wrong:
                failures.append(f"{name}: {wrong}")
                return
            for e in events:
                if e["event"] == "exit":
                    taken[e["reason"]] = taken.get(e["reason"], 0) + e["count"]
                elif e["event"] == "lowered":
                    for kind in ("op", "helper"):
                        if e[kind]:
                            key = (kind, e[kind])
                            lowered[key] = lowered.get(key, 0) + e["count"]
                elif e["event"] == "guard" and e.get("file") in (run.program, "<string>", None):
                    counts["guards"] += 1
                    if e["executed"]:
                        counts["executed"] += 1
                        reason = e["reason"] or "slow"
                        plan.append((run.program, e["number"], 1, reason))
                        if e["executed"] > 1:
                            plan.append((run.program, e["number"], e["executed"] // 2 + 1, reason))

        in_parallel(jobs, [start(p, "count") for p in programs(names, with_jit)], numbered)
        def some(runs, number):
            if number is None or number >= len(runs):
                return runs
            order = sorted(runs, key=lambda p: zlib.crc32(repr((os.path.basename(p[0]), *p[1:])).encode()))
            return sorted(order[:number])

        firsts, others = [p for p in plan if p[2] == 1], [p for p in plan if p[2] != 1]
        chosen = some(firsts + some(others, middle), sample)

        def checked(run, wrong):
            counts["runs"] += 1
            # A slow way is no exit.
            if wrong is None and counts["runs"] <= len(chosen):
                events = run.events()
                reason = reasons.get((run.program, run.stress))
                hit = events and events[-1].get("forced")
                if reason != "slow":
                    if hit:
                        forced[reason] = forced.get(reason, 0) + 1
                    else:
                        counts["not forced"] += 1
            clean(run)
            if wrong:
                name = os.path.basename(run.program)[:-3]
                failures.append(f"{name}: -X jit-stress={run.stress}: {wrong}")
                print(failures[-1], flush=True)

        reasons = {(p, f"guard:{g}:{k}"): reason for p, g, k, reason in chosen}
        in_parallel(jobs, [start(p, f"guard:{g}:{k}") for p, g, k, _ in chosen], checked)
    for failure in failures:
        print("FAILED", failure)
    print(", ".join(f"{n} {what}" for what, n in counts.items()), f"of {len(plan)} runs in all")
    print("exits taken:", ", ".join(f"{r} {taken.get(r, 0)}" for r in REASONS))
    print("exits forced:", ", ".join(f"{r} {n}" for r, n in sorted(forced.items())))
    for kind in ("op", "helper"):
        missing = sorted(name for (k, name), n in lowered.items() if k == kind and n == 0)
        print(f"{kind}s never compiled:", ", ".join(missing) or "none")
    print("reasons never reached:", ", ".join(r for r in REASONS if not taken.get(r) and not forced.get(r)) or "none")
    print(f"{counts['programs'] + counts['runs'] - len(failures)} passed, {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
