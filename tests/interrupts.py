#!/usr/bin/env python3
"""What must reach compiled code while it runs: signals, other threads, fork, the recursion limit.

    tests/interrupts.py BROLGA [-X OPTION...] [TEST...]
    tests/interrupts.py COMMAND... -- [TEST...]

Without a TEST, all of them: `interrupt:LOOP` for each LOOP of tests/loops, `threads`, `fork`, `recursion`. `interrupt`
sends SIGINT from another process, 20 times, while the loop runs: the median time from signal to `except` must be at most
10 ms. Since other processes may keep the machine busy, a test that falls short is tried three times. Each test runs in a process of BROLGA, which says what it has measured. Ends with 1 if one falls short. The script
runs under Brolga as well as under another Python.
"""
import os
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
LOOPS = os.path.join(HERE, "loops")
INTERRUPTS = 20
# From signal to `except`, the median, in seconds.
LIMIT = 0.010
TRIES = 3
# Seconds that a test may take, under emulation, too.
PATIENCE = 400
# More turns than any loop makes before it is interrupted.
ENDLESS = 10**15


class Short(Exception):
    """A test falls short."""


def load(name):
    names = {"__name__": name}
    with open(os.path.join(LOOPS, name + ".py")) as file:
        exec(compile(file.read(), name + ".py", "exec"), names)
    return names


def watch():
    """The names of functions with native code, of their loops or as a whole, as they get it; None under another Python."""
    try:
        from brolga import jit
    except ImportError:
        return None
    names = set()
    jit.on_compile(lambda event: event.event == "compiled" and names.add(event.function))
    return names


def warm(work, functions, must):
    """Does the work until the functions have code."""
    known = watch()
    deadline = time.monotonic() + 20
    while True:
        work()
        missing = [f.__qualname__ for f in functions if known is not None and f.__qualname__ not in known]
        if not must or not missing:
            return
        if time.monotonic() > deadline:
            raise Short(f"not compiled: {missing}")


def interrupt(name, must):
    import signal
    names = load(name)
    warm(lambda: names["f"](*names["setup"](), 20000), [names["COMPILED"]], must)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    delays = []
    for turn in range(INTERRUPTS):
        read, write = os.pipe()
        sender = os.fork()
        if sender == 0:
            time.sleep(0.010 + 0.0013 * turn)
            os.write(write, repr(time.monotonic()).encode())
            os.kill(os.getppid(), signal.SIGINT)
            os._exit(0)
        try:
            names["f"](*names["setup"](), ENDLESS)
            raise Short("it has ended")
        except KeyboardInterrupt:
            caught = time.monotonic()
        os.waitpid(sender, 0)
        delays.append(caught - float(os.read(read, 100)))
        os.close(read)
        os.close(write)
    delays.sort()
    median = delays[INTERRUPTS // 2]
    print(f"median {median * 1000:.3f} ms, longest {delays[-1] * 1000:.3f} ms", end="")
    if median > LIMIT:
        raise Short(f"more than {LIMIT * 1000:.0f} ms")


def threads(must):
    """Four threads in compiled loops that call nothing, and one that wakes up now and then."""
    import threading
    names = load("int_arithmetic")
    f, arguments = names["f"], names["setup"]()
    warm(lambda: f(*arguments, 20000), [f], must)
    count = 4
    turns = [0] * count
    stop = False

    def work(k):
        while not stop:
            f(*arguments, 20000)
            turns[k] += 1

    workers = [threading.Thread(target=work, args=(k,)) for k in range(count)]
    for t in workers:
        t.start()
    late = []
    for _ in range(40):
        begun = time.monotonic()
        time.sleep(0.005)
        late.append(time.monotonic() - begun - 0.005)
    time.sleep(1)
    stop = True
    for t in workers:
        t.join()
    late.sort()
    share = min(turns) / max(turns)
    print(f"least over most turns {share:.2f}; woken up {late[20] * 1000:.1f} ms late in the median", end="")
    if share < 0.5:
        raise Short("a thread starves")
    # Each of the others may have the switch interval first.
    if late[20] > 0.005 * count + LIMIT:
        raise Short("a thread that wakes up waits too long")


def fork(must):
    """A process forked off inside a compiled loop goes on in it, as its parent does."""
    def loop(n, every):
        total, children = 0, []
        for i in range(n):
            total = (total * 31 + i) % 1000003
            if i % every == every - 1:
                pid = os.fork()
                if pid == 0:
                    children = None
                    every = n + 1
                else:
                    children.append(pid)
        return total, children

    expected = loop(60000, 70000)[0]
    warm(lambda: loop(20000, 70000), [loop], must)
    total, children = loop(60000, 7000)
    if children is None:
        os._exit(0 if total == expected else 1)
    ends = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in children]
    print(f"{len(ends)} children", end="")
    if total != expected or any(ends) or len(ends) != 8:
        raise Short(f"parent {total == expected}, children ended with {ends}")


def recursion(must):
    """Compiled calls go to the recursion limit, and no further; and to a limit that no native stack would hold."""
    def plain(n):
        return 0 if n == 0 else plain(n - 1) + 1

    def even(n):
        return True if n == 0 else odd(n - 1)

    def odd(n):
        return False if n == 0 else even(n - 1)

    def keyed(n):
        return 0 if n == 0 else sorted([n], key=lambda k: keyed(k - 1))[0]

    def generated(n):
        if n == 0:
            yield 5
        else:
            yield from generated(n - 1)

    class Node:
        def __init__(self, under):
            self.under = under

        def depth(self):
            return 1 if self.under is None else self.under.depth() + 1

    deep = Node(None)
    for _ in range(20):
        deep = Node(deep)

    def work():
        for _ in range(300):
            plain(20), even(20), odd(20), keyed(3), sum(generated(20)), deep.depth()

    warm(work, [plain, even, odd, keyed, generated, Node.depth], must)
    told = []
    for limit in (1000, 5000, 100_000):
        sys.setrecursionlimit(limit)
        if plain(limit - 100) != limit - 100 or even(limit - 100) is not True:
            raise Short("a wrong result")
        for call in (plain, even):
            for _ in range(3):
                try:
                    call(limit + 100)
                except RecursionError:
                    continue
                raise Short(f"no RecursionError beyond {limit}")
        told.append(limit)
    deep = Node(None)
    for _ in range(90_000):
        deep = Node(deep)
    if deep.depth() != 90_001:
        raise Short("a wrong depth")
    if sum(generated(50_000)) != 5:
        raise Short("a wrong sum")
    sys.setrecursionlimit(1_000_000)
    for endless in (keyed, lambda n: sum(generated(n))):
        try:
            endless(10**6)
        except RecursionError:
            continue
        raise Short("native code recursed without end")
    print(f"limits {told}", end="")


def run(test, must):
    try:
        if test.startswith("interrupt:"):
            interrupt(test.removeprefix("interrupt:"), must)
        else:
            {"threads": threads, "fork": fork, "recursion": recursion}[test](must)
    except Short as e:
        print(f": {e}")
        return 1
    print()
    return 0


def main(arguments):
    if arguments[0] == "--run":
        return run(arguments[1], arguments[2] == "compiled")
    if "--" in arguments:
        end = arguments.index("--")
        command, tests = arguments[:end], arguments[end + 1:]
    else:
        command, tests = arguments[:1], arguments[1:]
        while tests and tests[0] == "-X":
            command += tests[:2]
            tests = tests[2:]
    if not tests:
        tests = [f"interrupt:{name[:-3]}" for name in sorted(os.listdir(LOOPS)) if name.endswith(".py")]
        tests += ["threads", "fork", "recursion"]
    must = "compiled" if "jit=off" not in command else "any"
    passed = failed = 0
    for test in tests:
        for _ in range(TRIES):
            try:
                process = subprocess.run([*command, os.path.abspath(__file__), "--run", test, must],
                                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=PATIENCE)
                wrong, told = process.returncode != 0, process.stdout.strip()
            except subprocess.TimeoutExpired:
                wrong, told = True, f"no end within {PATIENCE} s"
            if not wrong:
                break
        passed, failed = passed + (not wrong), failed + wrong
        print(f"{'FAILED' if wrong else 'passed'} {test}: {told}", flush=True)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
