# For CPython, when --jit-diff compares with it: what Brolga has recorded from outside is replayed, and the digest written.
def _start():
    import atexit
    import os
    import sys
    import time

    def told():
        queues = {}
        try:
            with open(os.environ["BROLGA_DIFF_RECORD"]) as file:
                for line in file:
                    kind, _, value = line.rstrip("\n").partition("\t")
                    queues.setdefault(kind, []).append(bytes.fromhex(value))
        except OSError:
            pass
        for queue in queues.values():
            queue.reverse()
        return queues

    queues = told()

    def replay(name, clock, real, nanoseconds):
        def read():
            queue = queues.get(f"clock-{clock}")
            if not queue:
                return real()
            value = int.from_bytes(queue.pop(), "little", signed=True)
            return value if nanoseconds else value / 1e9

        read.__name__ = read.__qualname__ = name
        setattr(time, name, read)

    for name, clock in (
        ("time", time.CLOCK_REALTIME),
        ("monotonic", time.CLOCK_MONOTONIC),
        ("perf_counter", time.CLOCK_MONOTONIC),
        ("process_time", time.CLOCK_PROCESS_CPUTIME_ID),
        ("thread_time", time.CLOCK_THREAD_CPUTIME_ID),
    ):
        replay(name, clock, getattr(time, name), False)
        replay(name + "_ns", clock, getattr(time, name + "_ns"), True)

    urandom = os.urandom

    def replayed_urandom(size):
        queue = queues.get("urandom")
        return queue.pop() if queue and len(queue[-1]) == size else urandom(size)

    os.urandom = replayed_urandom
    seeds = queues.get("random-seed")
    if seeds:
        import random

        random.seed(int.from_bytes(seeds.pop(), "little"))
    atexit.register(_make(), os.environ["BROLGA_DIFF_DIGEST"], os.getpid())


_start()
