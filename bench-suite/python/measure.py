"""Measures a workload in this process, and writes one JSON object to the file that BENCH_OUT names.

The clock is the process's own processor time, since other programs share the machine. A record is [iterations so far, iterations of this
batch, seconds it took, processor seconds of the process at its end]; batches double until one takes five milliseconds.

BENCH_SECONDS: for how long; BENCH_ITERATIONS: after how many to stop instead; BENCH_ONLY: of several workloads, which one.
"""
import json
import os
import sys
import time
import zlib

SHORTEST = 0.005
PLAIN = (int, float, complex, str, bytes, bool, type(None))


def text_of(value, depth=3):
    """A value as text, the same in each Python; None where that can't be had."""
    if isinstance(value, PLAIN):
        return repr(value)
    if depth and isinstance(value, (list, tuple)):
        parts = [text_of(v, depth - 1) for v in value]
        return None if None in parts else type(value).__name__ + "(" + ", ".join(parts) + ")"
    return None


def memory():
    """The most that was resident, in kilobytes."""
    try:
        with open("/proc/self/status") as status:
            return int(status.read().split("VmHWM:")[1].split()[0])
    except (OSError, IndexError):
        import resource

        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return most // 1024 if sys.platform == "darwin" else most


def measure(name, timed, result=lambda: None):
    """timed(n) runs n iterations and gives the seconds they took; result() gives what the last one gave."""
    if name not in (os.environ.get("BENCH_ONLY") or name):
        return
    seconds, limit = float(os.environ["BENCH_SECONDS"]), int(os.environ.get("BENCH_ITERATIONS", 0))
    records, loops, done, begun = [], 1, 0, time.process_time()
    while True:
        took = timed(loops)
        done += loops
        now = time.process_time()
        records.append([done, loops, took, now])
        if limit:
            if done >= limit:
                break
        elif now - begun >= seconds and len(records) >= 4 or now - begun >= 3 * seconds:
            break
        if took < SHORTEST:
            loops *= 2
    text = result()
    report = {"name": name, "records": records, "memory": memory(), "result": None}
    if text is not None:
        report["result"] = f"{zlib.crc32(text.encode('utf-8', 'backslashreplace')):08x} {text[:120]}"
    with open(os.environ["BENCH_OUT"], "w") as out:
        json.dump(report, out)
