"""Weak references, alone and in tuples, as keys: equal as long as what they refer to is, then each to itself."""
import functools
import gc
import weakref


class Plain:
    pass


class ByValue:
    def __init__(self, value):
        self.value = value

    def __eq__(self, other):
        log.append("eq")
        return isinstance(other, ByValue) and self.value == other.value

    def __hash__(self):
        log.append("hash")
        return hash(self.value)


class Never:
    __hash__ = object.__hash__

    def __eq__(self, other):
        log.append("never")
        return False


log = []
a, b = Plain(), Plain()
ra, rb = weakref.ref(a), weakref.ref(b)
other_a = weakref.ref(a, lambda r: None)
print(ra == other_a, ra is other_a, ra == rb, hash(ra) == hash(other_a) == hash(a), (ra, 1) == (other_a, 1), (ra,) == (rb,))
table = {ra: "a", (rb, 2): "b"}
print(table[other_a], table[weakref.ref(b), 2], (other_a, 2) in table, ra in [rb], [other_a].index(ra))

x, y = ByValue(5), ByValue(5)
rx, ry = weakref.ref(x), weakref.ref(y)
log.clear()
print(rx == ry, hash(rx) == hash(ry), {rx: 1}[ry], {(rx, 0): 2}[ry, 0], log)
log.clear()
print(hash(rx), log)

n = Never()
rn, other_n = weakref.ref(n), weakref.ref(n, print)
log.clear()
print(rn == other_n, (rn,) == (other_n,), other_n in {rn: 1}, rn in {rn: 1}, log)


@functools.lru_cache
def of(refs):
    return [r().__name__ for r in refs]


for _ in range(3):
    print(of(tuple(weakref.ref(c, None) for c in ByValue.__mro__)))
print(of.cache_info())

# Dead ones: the hash, once asked for, stays; others have none. Two that were equal are not any more.
del a, x
gc.collect()
print(ra(), ra == other_a, (ra,) == (other_a,), ra == ra, table[ra], hash(ra) == hash(other_a), other_a in table)
print(rx == ry, (rx, 0) == (ry, 0), hash(rx) == hash(5))
r = weakref.ref(Plain())
gc.collect()
for key in r, (r, 1):
    try:
        hash(key)
    except TypeError as e:
        print(e)
print((r,) == (r,), (r,) == (weakref.ref(b),), r != rb)
