"""`gc.collect()` counts what only a collector can free: objects in cycles, and what these alone hold. (Or nothing, where
each allocation collects.)"""
import gc
import weakref


class C:
    pass


def cycles(n):
    for _ in range(n):
        a, b = C(), C()
        a.b, b.a = b, a


def chain(n):
    a = None
    for _ in range(n):
        a = [a]
    return a


def held():
    a = C()
    a.me = a
    a.items = [[1], [2]]
    a.more = {"k": [3]}


class Finalized:
    def __del__(self):
        print("del")


def finalized():
    f = Finalized()
    f.me = f


gc.collect()
gc.collect()
for _ in range(2):
    chain(100)
    print(gc.collect())
for _ in range(2):
    cycles(5)
    print(gc.collect() in (0, 10))
held()
gc.collect()
finalized()
print(gc.collect() in (0, 1))
l = chain(50)
l = None
print(gc.collect(), gc.collect())
