"""The ledger: CPython's own tests, case by case, under Brolga and under CPython, and a record of what does not pass.

    ledger.py [FILE...]                 run test files, print the counts and what does not pass
    ledger.py --update [FILE...]        ... and write them into the record, tests/ledger
    ledger.py --check [FILE...]         ... and exit 1 if a case that the record has as passing does not pass
    ledger.py --counts                  print the counts of the record

Without a FILE: those of tests/ledger/files.txt; with --sample its few quick ones.

    --mode off|on|eager|nofast    how Brolga runs (off); several with commas
    --brolga PATH                 target/release/brolga
    --cpython PATH                CPython 3.14 with its test suite, else $BROLGA_CPYTHON. Its tests are run from where
                                  they are, and Brolga runs them on its library (PYTHONHOME).
    --jobs N                      files at once (2)
    --limit S, --case-limit S     seconds for a file (600) and for a case (120)
    --memory MB                   for a process (4000)
    --log FOLDER                  keep what each file's processes print there

A case counts where CPython passes it in the same surroundings. Any other end than a pass is one against Brolga: `fail`,
`skip`, `crash` (the process ended), `hang` (a limit of time), `memory`, `absent` (never ran: the file or the class did
not get that far). After a crash, hang or memory the file goes on, in a new process, with its next case.
"""

import argparse
import concurrent.futures
import fnmatch
import json
import os
import pathlib
import re
import resource
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
RECORD = HERE / "ledger"
OUTCOMES = ("fail", "skip", "crash", "hang", "memory", "absent")


class Limits:
    def __init__(self, options):
        self.file, self.case = options.limit, options.case_limit
        self.memory = options.memory << 20


def resident(process):
    """The bytes that a process has in memory; 0 where that cannot be known."""
    try:
        with open(f"/proc/{process}/statm") as f:
            return int(f.read().split()[1]) * resource.getpagesize()
    except (OSError, ValueError, IndexError):
        return 0


def end(process):
    """Ends a process and those that it started: they share its group unless they left it."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()


def one_process(command, environment, module, left_out, log, limits, deadline):
    """Runs the driver once. Returns (all cases, {case: (outcome, reason)}, case in flight, how it ended)."""
    cases, results, current, ending = None, {}, None, None
    reader, writer = os.pipe()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, tempfile.TemporaryFile() as given:
        given.write("\n".join(left_out).encode())
        given.seek(0)
        process = subprocess.Popen(
            [*command, str(RECORD / "driver.py"), str(writer), module], stdin=given, stdout=log,
            stderr=log, env=environment | {"TMPDIR": folder}, cwd=folder, pass_fds=[writer], start_new_session=True)
        os.close(writer)
        pending, since, closed = b"", time.monotonic(), False
        while ending is None:
            ready, _, _ = select.select([reader], [], [], 0.2)
            now = time.monotonic()
            data = os.read(reader, 1 << 16) if ready else b""
            *lines, pending = (pending + data).split(b"\n")
            for line in lines:
                event = json.loads(line)
                since = now
                if event[0] == "all":
                    cases = event[1]
                elif event[0] == "start":
                    current = event[1]
                elif event[0] == "end":
                    results[event[1]] = (event[2], event[3])
                    current = None
                else:
                    ending = ("done", "")
            if ending is not None:
                break
            ended = process.poll() is not None and not ready
            if ended and select.select([reader], [], [], 0)[0]:
                # It wrote and ended since.
                continue
            if (ready and not data) or ended:
                # The other end is closed, or only a grandchild still has it.
                try:
                    status = process.wait(timeout=5)
                except subprocess.TimeoutExpired:
                    status = "its record closed"
                if isinstance(status, int) and status < 0:
                    status = signal.Signals(-status).name
                ending = ("crash", f"the process ended: {status}")
            elif resident(process.pid) > limits.memory:
                ending = ("memory", f"more than {limits.memory >> 20} MB")
            elif now - since > limits.case or now > deadline:
                ending = ("hang", "the file's time was up" if now > deadline else f"more than {limits.case} s")
        end(process)
    os.close(reader)
    return cases, results, current, ending


def run_file(command, environment, module, limits, log_path):
    """All cases of one file: {case: (outcome, reason)}."""
    results, known, left_out = {}, None, set()
    deadline = time.monotonic() + limits.file
    with open(log_path or os.devnull, "wb") as log:
        while True:
            cases, found, current, (ending, reason) = one_process(
                command, environment, module, left_out, log, limits, deadline)
            if known is None:
                known = cases
            results |= found
            left_out |= found.keys()
            if ending == "done":
                break
            if current is None:
                # Between cases: the file's import, a class's fixture, or the end of the process.
                current = f"({module.removeprefix('test.')})"
                results[current] = (ending, reason)
                if found:
                    # Some case ran, so a new process gets further than this one.
                    if time.monotonic() < deadline:
                        continue
                break
            results[current] = (ending, reason)
            left_out.add(current)
            if time.monotonic() > deadline:
                break
    for case in known or ():
        results.setdefault(case, ("absent", ""))
    return results


def compare(base, found):
    """{case: (outcome, reason)} of what CPython passes, with passes; and why what is absent is so."""
    whole = "; ".join(f"{case}: {reason}" for case, (outcome, reason) in found.items()
                      if case.startswith("(") and outcome != "pass" and case not in base)
    results = {}
    for case, (outcome, _) in base.items():
        if outcome == "pass" and not case.startswith("("):
            outcome, reason = found.get(case, ("absent", ""))
            if outcome == "absent":
                reason = whole or "the file defines no such case here: something that it looks for is missing"
            results[case] = (outcome, reason)
    return results


def tidy(reason, home, brolga):
    """A reason without what is another at the next run or on another machine: addresses and paths."""
    for path, name in ((f"{home}/lib/python3.14", "Lib"), (home, "PREFIX"), (str(brolga), "brolga"), (str(ROOT), ".")):
        reason = reason.replace(path, name)
    reason = re.sub(r"/tmp/[\w/]*", "/tmp/...", reason)
    return re.sub(r"\b(0x[0-9a-f]{6,}|[0-9a-f]{12})\b", "0x...", " ".join(reason.split()))


# --- the record -------------------------------------------------------------------------------------------------------

def read_record():
    """({case: ({mode: outcome}, reason)}, {(file, mode): (cases, passed, [other outcomes], commit)})"""
    lines, counts = {}, {}
    if (RECORD / "cases.tsv").exists():
        for line in (RECORD / "cases.tsv").read_text().splitlines():
            if line and not line.startswith("#"):
                case, outcomes, reason = line.split("\t")
                lines[case] = (dict(part.split("=") for part in outcomes.split()), reason)
    if (RECORD / "counts.tsv").exists():
        for line in (RECORD / "counts.tsv").read_text().splitlines():
            if line and not line.startswith("#"):
                file, mode, cases, passed, *others, commit = line.split("\t")
                counts[file, mode] = (int(cases), int(passed), others, commit)
    return lines, counts


def reasons():
    """The reasons that somebody found out: [(pattern, text)]."""
    path = RECORD / "reasons.txt"
    text = path.read_text() if path.exists() else ""
    return [tuple(line.split(None, 1)) for line in text.splitlines() if line.strip() and not line.startswith("#")]


def file_of(case, files):
    """The file that a case belongs to: the longest that begins its name."""
    return max((f for f in files if case == f or case.startswith(f + ".")), key=len, default="")


def write_record(record, files_run, mode, commit):
    """Puts one mode's results of some files in place of what the record says of them."""
    lines, counts = read_record()
    for case, (outcomes, _) in lines.items():
        if file_of(case, set(files_run) | {f for f, _ in counts}) in files_run:
            outcomes.pop(mode, None)
    given = reasons()
    for file in files_run:
        results = record[file]
        outcomes = [outcome for outcome, _ in results.values()]
        others = [str(outcomes.count(outcome)) for outcome in OUTCOMES]
        counts[file, mode] = (len(results), outcomes.count("pass"), others, commit)
        if outcomes and outcomes.count("absent") == len(outcomes):
            # The file did not get as far as its cases: one line for all.
            results = {f"{file}.*": next(iter(results.values()))}
        for case, (outcome, reason) in results.items():
            if outcome != "pass":
                outcomes, _ = lines.get(case, ({}, ""))
                reason = next((text for pattern, text in given if fnmatch.fnmatchcase(case, pattern)), reason)
                lines[case] = (outcomes | {mode: outcome}, reason)
    kept = {case: line for case, line in lines.items() if line[0]}
    with open(RECORD / "cases.tsv", "w") as f:
        f.write("# Cases that CPython passes and Brolga does not: case, outcome in each mode, why. Written by ledger.py.\n")
        for case, (outcomes, reason) in sorted(kept.items()):
            f.write(f"{case}\t{' '.join(f'{m}={o}' for m, o in sorted(outcomes.items()))}\t{reason}\n")
    with open(RECORD / "counts.tsv", "w") as f:
        f.write("# file, mode, cases that CPython passes, of these Brolga passes, " + ", ".join(OUTCOMES) + ", commit\n")
        for (file, mode), (cases, passed, others, commit) in sorted(counts.items()):
            f.write("\t".join(map(str, (file, mode, cases, passed, *others, commit))) + "\n")


def print_counts():
    _, counts = read_record()
    total = {}
    for (file, mode), (cases, passed, _, _) in sorted(counts.items()):
        have = total.setdefault(mode, [0, 0, 0, 0])
        have[0] += cases
        have[1] += passed
        have[2] += 1
        have[3] += passed >= 0.95 * cases
        print(f"{file:28} {mode:6} {passed:5} of {cases:5}  {100 * passed / max(cases, 1):5.1f} %")
    for mode, (cases, passed, files, good) in total.items():
        print(f"{mode}: {passed} of {cases} cases in {files} files ({100 * passed / max(cases, 1):.2f} %); "
              f"{good} files at 95 % or better")


# --- the command ------------------------------------------------------------------------------------------------------

def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*")
    for flag in ("--update", "--check", "--counts", "--sample"):
        parser.add_argument(flag, action="store_true")
    parser.add_argument("--mode", default="off")
    parser.add_argument("--brolga", default=ROOT / "target/release/brolga")
    parser.add_argument("--cpython", default=os.environ.get("BROLGA_CPYTHON"))
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--limit", type=float, default=600)
    parser.add_argument("--case-limit", type=float, default=120)
    parser.add_argument("--memory", type=int, default=4000)
    parser.add_argument("--log", type=pathlib.Path)
    options = parser.parse_args()
    if options.counts:
        return print_counts()
    if not options.cpython:
        parser.error("which CPython? --cpython PATH or BROLGA_CPYTHON")
    listed = [line.split() for line in (RECORD / "files.txt").read_text().splitlines() if line and line[0] != "#"]
    files = [f.removeprefix("test.") for f in options.files] or [
        line[0] for line in listed if not options.sample or "sample" in line]
    limits = Limits(options)
    home, version = subprocess.run(
        [options.cpython, "-c", "import sys; print(sys.base_prefix); print(sys.version)"],
        stdout=subprocess.PIPE, text=True, check=True).stdout.split("\n", 1)
    common = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LANG": "C.UTF-8", "HOME": os.environ.get("HOME", "/"),
              "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"}
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, stdout=subprocess.PIPE,
                            text=True).stdout.strip()
    kept = ROOT / "target/ledger"
    kept.mkdir(parents=True, exist_ok=True)
    if options.log:
        options.log.mkdir(parents=True, exist_ok=True)
    shown = threading.Lock()

    def base_of(file):
        """CPython's results: run once for each version of it and kept under target."""
        path = kept / f"{file}.json"
        driver = (RECORD / "driver.py").read_text()
        if path.exists():
            stored = json.loads(path.read_text())
            if stored["version"] == version and stored["driver"] == driver:
                return {case: tuple(result) for case, result in stored["results"].items()}
        log = options.log and options.log / f"{file}.cpython"
        results = run_file([options.cpython], common, f"test.{file}", limits, log)
        path.write_text(json.dumps({"version": version, "driver": driver, "results": results}))
        return results

    def run(job):
        file, mode = job
        base = base_of(file)
        log = options.log and options.log / f"{file}.{mode}"
        start = time.monotonic()
        found = run_file([str(options.brolga), "-X", f"jit={mode}"],
                         common | {"PYTHONHOME": home, "PYTHONPATH": str(RECORD / "stand-ins")},
                         f"test.{file}", limits, log)
        found = {case: (outcome, tidy(reason, home, options.brolga)) for case, (outcome, reason) in found.items()}
        results = compare(base, found)
        with shown:
            passed = sum(outcome == "pass" for outcome, _ in results.values())
            print(f"{file} {mode}: {passed} of {len(results)} in {time.monotonic() - start:.1f} s", flush=True)
            for case, (outcome, reason) in results.items():
                if outcome not in ("pass", "absent"):
                    print(f"  {outcome:6} {case}: {reason}")
            for case, (outcome, reason) in found.items():
                if case.startswith("(") and case not in base:
                    print(f"  {outcome:6} {case}: {reason}")
            absent = sum(outcome == "absent" for outcome, _ in results.values())
            if absent:
                print(f"  {absent} absent")
        return file, mode, results

    done = {}
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for mode in options.mode.split(","):
            for file, mode, results in pool.map(run, [(file, mode) for file in files]):
                done.setdefault(mode, {})[file] = results
    turned = 0
    lines, counts = read_record()
    for mode, record in done.items():
        cases = [outcome for results in record.values() for outcome, _ in results.values()]
        passed = cases.count("pass")
        print(f"{mode}: {passed} of {len(cases)} cases pass ({100 * passed / max(len(cases), 1):.2f} %)")
        if options.check:
            for file, results in record.items():
                again = None
                for case, (outcome, reason) in results.items():
                    known = (lines.get(case) or lines.get(f"{file}.*") or ({}, ""))[0].get(mode)
                    if outcome != "pass" and known is None and (file, mode) in counts:
                        # Some measure times: once more, with nothing else running.
                        again = again or run((file, mode))[2]
                        if again.get(case, ("gone", ""))[0] == "pass":
                            print(f"passes the second time {mode}: {case}: {outcome}: {reason}")
                            continue
                        turned += 1
                        print(f"TURNED {mode}: {case}: {outcome}: {reason}")
                    elif outcome == "pass" and known is not None:
                        print(f"passes now {mode}: {case} (run with --update)")
        if options.update:
            write_record(record, list(record), mode, commit)
    sys.exit(bool(turned))


main()
