"""A process is forked while code is being compiled: both go on, and get their code."""

import os
import signal
import sys


def work(n):
    total = 0
    for i in range(n):
        total += helper(i) % 7
    return total


def helper(i):
    return i * 3 + 1


def more(n):
    items = [i for i in range(n)]
    return sum(helper(i) for i in items)


print(work(3000))
sys.stdout.flush()
pids = []
for k in range(4):
    pid = os.fork()
    if pid == 0:
        ok = work(20000) == 59998 and more(20000) == 599990000
        os._exit(10 + k if ok else 1)
    pids.append(pid)
    work(1000)
print([os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids])
print(work(20000), more(20000))


# Signals are the program's, not the compiler's.
seen = []
signal.signal(signal.SIGUSR1, lambda *_: seen.append(1))
for k in range(20):
    os.kill(os.getpid(), signal.SIGUSR1)
    work(50)
print(len(seen))
