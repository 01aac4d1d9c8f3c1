# Hot functions called by native code and through values, with defaults; the truth of containers; exceptions in inlined code.
def scale(x, factor=3, offset=1):
    return x * factor + offset


print(sum(map(scale, range(3000))), sorted(range(2000), key=scale)[-1], max(range(2000), key=lambda x, m=-1: x * m))
print(sum(map(scale, range(100), range(100))), sum(map(scale, range(9), range(9), range(9))))
scale.__defaults__ = (5,)
try:
    list(map(scale, range(3)))
except TypeError as e:
    print(e)
print([scale(2, 2), list(map(lambda x: scale(x, 1), range(3)))])
scale.__defaults__ = None
try:
    list(map(scale, range(3)))
except TypeError as e:
    print(e)
scale.__defaults__ = (7, 8, 9)
print(list(map(scale, range(3))), scale())
scale.__defaults__ = (3, 1)


def generates(n, step=2):
    for i in range(0, n, step):
        yield i


print(sum(sum(g) for g in map(generates, range(300))), [list(g) for g in map(generates, (3, 5), (1, 3))])

dispatch = {"a": lambda x, y=2: x + y, "b": lambda x, *rest: x - len(rest), "c": scale, "d": len}


def run(n):
    total = 0
    for i in range(n):
        f = dispatch["abcd"[i % 4]]
        total += f("xyz" if i % 4 == 3 else i)
    return total


print(run(4000))


# Truth.
class Sized(set):
    def __len__(self):
        return 0


def count(things):
    n = 0
    for x in things:
        if x:
            n += 1
        if not x:
            n += 100
    return n


for empty, full in ((b"", b"a"), (set(), {1}), (frozenset(), frozenset("a")), (bytearray(), bytearray(b"a")), (Sized("a"), {2})):
    print(count([empty, full] * 1500), end=" ")
print(count([b"", set(), frozenset("a"), None, "", (), Sized("a")] * 500))


def drain(s):
    n = 0
    while s:
        s.pop()
        n += 1
    return n, len(s)


print(drain(set(range(2000))), drain(bytearray(2000)))


# What is raised and caught in a short function, or by its caller.
def find(d, k):
    try:
        return d[k]
    except KeyError:
        d[k] = k
        return -1


def strict(d, k):
    return d[k]


def search(n):
    d, missed, total = {}, 0, 0
    for i in range(n):
        total += find(d, i % 700)
        try:
            total += strict(d, i % 1100)
        except KeyError as e:
            missed += e.args[0]
    return total, missed


print(search(4000))
