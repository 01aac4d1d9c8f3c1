# threading.local: values live as long as both the object and the thread.
import gc
import threading
import weakref


class Value:
    pass


def survivors(make, n=50):
    """How many of n values outlive their owner. (The last one may stand on the native stack still.)"""
    refs = [make() for _ in range(n)]
    gc.collect()
    return sum(ref() is not None for ref in refs) > 2


def dropped():
    local = threading.local()
    local.value = Value()
    return weakref.ref(local.value)


def dropped_cycle():
    local = threading.local()
    local.value = Value()
    local.value.back = local
    return weakref.ref(local.value)


kept = []


def kept_local():
    local = threading.local()
    local.value = Value()
    kept.append(local)
    return weakref.ref(local.value)


print(survivors(dropped), survivors(dropped_cycle), survivors(kept_local))

shared = threading.local()
ended = []


def worker():
    shared.value = Value()
    ended.append(weakref.ref(shared.value))


for _ in range(10):
    thread = threading.Thread(target=worker)
    thread.start()
    thread.join()
gc.collect()
print(sum(ref() is not None for ref in ended) > 2, hasattr(shared, "value"))


# __init__ runs anew in each thread, and again where it failed.
class Counted(threading.local):
    calls = 0

    def __init__(self, start):
        Counted.calls += 1
        if Counted.calls == 2:
            raise ValueError("not this time")
        self.n = start


counted = Counted(5)
counted.n += 1
seen = []


def look():
    for _ in range(2):
        try:
            seen.append(counted.n)
        except ValueError as e:
            seen.append(str(e))


thread = threading.Thread(target=look)
thread.start()
thread.join()
print(counted.n, seen, Counted.calls)
