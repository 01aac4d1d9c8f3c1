import _queue, threading, time, pickle, weakref, gc


def t(f, *a, **k):
    try:
        print(repr(f(*a, **k))[:100])
    except BaseException as e:
        print(type(e).__name__, type(e).__module__, e)


q = _queue.SimpleQueue()
t(q.get, timeout=-1)
t(q.get, False)
t(q.get_nowait)
t(q.get, True, 0.01)
t(q.get, timeout="a")
t(q.put)
t(q.put, 1, 2, 3)
t(q.put, 1, foo=1)
t(q.get)
t(q.put_nowait, item=3)
print(q.qsize(), q.empty())
t(q.get, False, timeout=-1)
t(q.get, timeout=1e300)
t(_queue.SimpleQueue, 1)
print(_queue.SimpleQueue[int], _queue.Empty.__mro__, _queue.Empty.__doc__)
t(pickle.dumps, q)
print(weakref.ref(q)() is q)


class S(_queue.SimpleQueue):
    pass


s = S()
s.attribute = 1
for i in range(300):
    s.put(i)
    if i % 3 == 0:
        print(s.get(), end=" ")
print(s.qsize(), sum(s.get() for _ in range(s.qsize())), s.empty())

q = _queue.SimpleQueue()
results = _queue.SimpleQueue()


def worker():
    while (item := q.get()) is not None:
        results.put(item * 2)


threads = [threading.Thread(target=worker) for _ in range(3)]
for th in threads:
    th.start()
for i in range(50):
    q.put(i)
for _ in threads:
    q.put(None)
for th in threads:
    th.join()
print(sorted(results.get() for _ in range(results.qsize())))
threading.Timer(0.05, q.put, ["late"]).start()
print(q.get(timeout=10))


def make():
    cycle = _queue.SimpleQueue()
    cycle.put(cycle)
    return weakref.ref(cycle)


dead = [make() for _ in range(20)]
gc.collect()
print(sum(d() is None for d in dead) > 15)
