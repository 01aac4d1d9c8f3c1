# Several threads, each with its own frames and recursion depth; a busy one is made to give the others their turn.
import sys
import threading
import time

old = sys.getswitchinterval()
print(old)
sys.setswitchinterval(0.0005)
print(abs(sys.getswitchinterval() - 0.0005) < 1e-9)
for bad in (0, -1, "x"):
    try:
        sys.setswitchinterval(bad)
    except Exception as e:
        print(type(e).__name__, e)
stop = False
counts = [0, 0]


def busy(index):
    while not stop:
        counts[index] += 1


threads = [threading.Thread(target=busy, args=(i,)) for i in range(2)]
for t in threads:
    t.start()
deadline = time.monotonic() + 30
while min(counts) < 1000 and time.monotonic() < deadline:
    pass  # busy as well: the main thread must be made to yield, too
frames = sys._current_frames()
print(len(frames), sorted(f.f_code.co_name for f in frames.values()))
print(all(t.ident in frames for t in threads), frames[threading.get_ident()] is sys._getframe())
frame = frames[threads[0].ident]
while frame.f_code.co_name != "busy":
    frame = frame.f_back
print(frame.f_locals["index"], frame.f_back.f_code.co_name)
stop = True
for t in threads:
    t.join()
print(min(counts) >= 1000, [t.is_alive() for t in threads])
print(len(sys._current_frames()), threading.active_count())

# Each thread has its own chain of frames and its own recursion depth.
chains = {}
depths = {}


def depth(n=1):
    try:
        return depth(n + 1)
    except RecursionError:
        return n


def chain(name):
    frame, names = sys._getframe(), []
    while frame:
        names.append(frame.f_code.co_name)
        frame = frame.f_back
    chains[name] = names
    depths[name] = depth()


def deeper(name, n):
    if n:
        return deeper(name, n - 1)
    chain(name)


threads = [threading.Thread(target=deeper, args=(n, n * 100)) for n in range(3)]
for t in threads:
    t.start()
for t in threads:
    t.join()
for n in range(3):
    print(n, chains[n].count("deeper"), chains[n][-1], "<module>" in chains[n], depths[0] - depths[n])

# An exception in one does not touch another.
handled = []


def raising(n):
    try:
        raise ValueError(n)
    except ValueError:
        time.sleep(0.001)
        handled.append((n, str(sys.exception())))


threads = [threading.Thread(target=raising, args=(n,)) for n in range(4)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(sorted(handled), sys.exception())

# What is done under a lock is whole.
total = 0
lock = threading.Lock()


def add():
    global total
    for _ in range(2000):
        with lock:
            value = total
            total = value + 1


threads = [threading.Thread(target=add) for _ in range(4)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(total)
sys.setswitchinterval(old)
