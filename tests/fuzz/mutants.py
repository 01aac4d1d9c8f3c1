#!/usr/bin/env python3
"""Mutants of code objects and marshal streams, to be refused or to do no harm.

    BROLGA tests/fuzz/mutants.py [--count N] [--from N] [--seconds N] [--jobs N] [--save FOLDER] [--one N] [--verbose]

Mutant N is always the same: one of the programs of tests/fuzz/victims, compiled, with something changed in one of its code
objects (mutate.py): two in three of them within a stream that is well-formed, the others byte by byte, every eighth in the
form of a .pyc. It is read by marshal.loads, and what the verifier lets through runs, under limits of time and memory. A
worker process forks for some hundred mutants at a time; one that ends its process is found again, and saved.

The options of the Python that runs this are those under which the mutants run: -X jit=eager compiles them all.
"""
import builtins
import importlib._bootstrap_external as bootstrap
import marshal
import mmap
import os
import random
import resource
import signal
import struct
import sys
import time
import types
import warnings

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import mutate

HERE = os.path.dirname(os.path.abspath(__file__))
BATCH = 400
LIMIT = 0.15          # seconds that a mutant may run before an exception ends it
KILLED = 3.0          # ... and before its process is killed
MEMORY = 1 << 30      # what a process may allocate beyond what it starts with
OUTCOMES = ("refused", "error", "harmless", "time", "killed", "memory", "crash")
UNSAFE = ("open", "input", "exec", "eval", "compile", "__import__", "breakpoint", "exit", "quit", "help", "copyright", "credits",
          "license")
SAFE = {name: value for name, value in vars(builtins).items() if name not in UNSAFE}


class OutOfTime(BaseException):
    pass


running = False


def out_of_time(*_):
    if running:
        # Again, should the mutant catch it.
        signal.setitimer(signal.ITIMER_REAL, LIMIT / 4)
        raise OutOfTime


def victims():
    found = []
    for name in sorted(os.listdir(os.path.join(HERE, "victims"))):
        with open(os.path.join(HERE, "victims", name)) as file:
            source = file.read()
        # Whole programs, and their top statements' code by itself, in smaller streams.
        found.append(compile(source, name, "exec", dont_inherit=True))
    return found


CODES = victims()
STREAMS = [marshal.dumps(code) for code in CODES]


def mutant(number):
    """The stream of a mutant, and whether it is well-formed."""
    chance = random.Random(number * 2654435761 + 97)
    which = chance.randrange(len(CODES))
    if number % 3:
        return mutate.stream(CODES[which], chance), True
    if number % 8 == 0:
        header = bootstrap.MAGIC_NUMBER + struct.pack("<III", 0, 0, 0)
        return mutate.damaged(header + STREAMS[which], chance), False
    return mutate.damaged(STREAMS[which], chance), False


def load(data, number):
    if number % 3 == 0 and number % 8 == 0:
        bootstrap._classify_pyc(data, "mutant", {})
        return bootstrap._compile_bytecode(memoryview(data)[16:], "mutant")
    return marshal.loads(data)


def attempt(data, number):
    """Reads and runs one: the index of its outcome."""
    global running
    try:
        running = True
        signal.setitimer(signal.ITIMER_REAL, LIMIT)
        try:
            code = load(data, number)
            if not isinstance(code, types.CodeType):
                return 0
        except OutOfTime:
            raise
        except Exception:
            return 0
        try:
            exec(code, {"__builtins__": dict(SAFE), "__name__": "mutant"})
            return 2
        except MemoryError:
            return 5
        except OutOfTime:
            return 3
        except BaseException:
            return 1
        finally:
            running = False
    except OutOfTime:
        return 3
    finally:
        running = False


def limited():
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with open("/proc/self/statm") as file:
        pages = int(file.read().split()[5])
    try:
        resource.setrlimit(resource.RLIMIT_DATA, (pages * 4096 + MEMORY,) * 2)
    except (ValueError, OSError):
        pass


def run_batch(first, last, board):
    """In the child: what it is at is written on the board, for whoever outlives it."""
    signal.signal(signal.SIGALRM, out_of_time)
    warnings.simplefilter("ignore")
    limited()
    for number in range(first, last):
        data, formed = mutant(number)
        board[0:8] = struct.pack("<q", number)
        try:
            outcome = attempt(data, number)
        except OutOfTime:
            outcome = 3
        signal.setitimer(signal.ITIMER_REAL, 0)
        at = 16 + 8 * (outcome + (len(OUTCOMES) if formed else 0))
        board[at:at + 8] = struct.pack("<q", struct.unpack("<q", board[at:at + 8])[0] + 1)
    board[0:8] = struct.pack("<q", last)


def ended(child, board):
    """Waits for a child, and ends it where it makes no progress: its status, and whether that was necessary."""
    seen, since = -1, time.monotonic()
    pause = 0.002
    while True:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            return status, False
        number = struct.unpack("<q", board[0:8])[0]
        if number != seen:
            seen, since = number, time.monotonic()
        elif time.monotonic() - since > KILLED:
            os.kill(child, signal.SIGKILL)
            return os.waitpid(child, 0)[1], True
        time.sleep(pause)
        pause = min(pause * 1.5, 0.05)


def worker(first, last, step, deadline, save):
    """Batches of `BATCH` out of every `step * BATCH`: counts of outcomes, well-formed ones last, and the crashes."""
    board = mmap.mmap(-1, 4096)
    crashes = []
    for start in range(first, last, BATCH * step):
        at, end = start, min(start + BATCH, last)
        while at < end and time.monotonic() < deadline:
            board[0:8] = struct.pack("<q", at)
            child = os.fork()
            if child == 0:
                quiet = os.open(os.devnull, os.O_RDWR)
                for fd in (0, 1, 2):
                    os.dup2(quiet, fd)
                try:
                    run_batch(at, end, board)
                finally:
                    os._exit(0)
            status, killed = ended(child, board)
            number = struct.unpack("<q", board[0:8])[0]
            if number >= end and not killed:
                break
            # It ended before its time: the mutant that it was at is to blame.
            outcome = 4 if killed else 6
            slot = 16 + 8 * (outcome + (len(OUTCOMES) if number % 3 else 0))
            board[slot:slot + 8] = struct.pack("<q", struct.unpack("<q", board[slot:slot + 8])[0] + 1)
            if not killed:
                crashes.append((number, status))
                if save:
                    os.makedirs(save, exist_ok=True)
                    with open(os.path.join(save, f"mutant-{number}"), "wb") as file:
                        file.write(mutant(number)[0])
            at = number + 1
        if time.monotonic() >= deadline:
            break
    return struct.unpack(f"<{2 * len(OUTCOMES)}q", board[16:16 + 16 * len(OUTCOMES)]), crashes


def one(number):
    data, formed = mutant(number)
    print(f"mutant {number}: {len(data)} bytes, {'well-formed' if formed else 'damaged'}", flush=True)
    try:
        code = load(data, number)
    except Exception as error:
        print("refused:", type(error).__name__, error)
        return
    if isinstance(code, types.CodeType):
        exec(code, {"__builtins__": dict(SAFE), "__name__": "mutant"})


def options():
    import argparse
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--from", type=int, default=0, dest="first")
    parser.add_argument("--seconds", type=float, default=1e9)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--save")
    parser.add_argument("--one", type=int)
    return parser.parse_args()


def main():
    given = options()
    if given.one is not None:
        return one(given.one)
    begun = time.monotonic()
    pipes = []
    for job in range(given.jobs):
        read, write = os.pipe()
        if os.fork() == 0:
            result = worker(given.first + job * BATCH, given.first + given.count, given.jobs, begun + given.seconds, given.save)
            os.write(write, marshal.dumps(result))
            os._exit(0)
        os.close(write)
        pipes.append(read)
    totals, crashes = [0] * 2 * len(OUTCOMES), []
    for read in pipes:
        with open(read, "rb") as file:
            counts, found = marshal.loads(file.read())
        totals = [a + b for a, b in zip(totals, counts)]
        crashes += found
    took = time.monotonic() - begun
    for name, counts in ("damaged", totals[:len(OUTCOMES)]), ("well-formed", totals[len(OUTCOMES):]):
        every = sum(counts)
        ran = every - counts[0]
        print(f"{name}: {every}, of which {ran} pass the verifier ({ran * 100 // max(every, 1)} %): "
              + ", ".join(f"{n} {o}" for n, o in zip(counts, OUTCOMES)))
    print(f"{sum(totals)} mutants in {took:.0f} s, {sum(totals) / took / given.jobs:.0f} a second and process")
    for number, status in crashes:
        print(f"CRASH: mutant {number}, " + (f"signal {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else f"exit {os.WEXITSTATUS(status)}"))
    return 1 if crashes else 0


if __name__ == "__main__":
    sys.exit(main())
