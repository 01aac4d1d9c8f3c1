# 500,000 levels under a raised limit; and a raised limit is a limit.
import sys

sys.setrecursionlimit(600_000)


def down(n):
    if n == 0:
        return 0
    return 1 + down(n - 1)


print(down(500_000))


class Node:
    def visit(self, n, *, key=None):
        return 0 if n == 0 else 1 + self.visit(n - 1, key=key)


print(Node().visit(100_000))


def mutual_a(n):
    return n if n == 0 else mutual_b(n - 1)


def mutual_b(n):
    return n if n == 0 else mutual_a(n - 1)


print(mutual_a(100_000))


def generators(n):
    yield n
    if n:
        yield from generators(n - 1)


print(sum(1 for _ in generators(500)))
print(sys.getrecursionlimit())
sys.setrecursionlimit(1000)
try:
    down(5000)
except RecursionError as e:
    print(e)
print(down(500))
for bad in (0, -1, "x", 1.5, 2**40):
    try:
        sys.setrecursionlimit(bad)
    except Exception as e:
        print(type(e).__name__, e)


def at_depth(n):
    if n:
        return at_depth(n - 1)
    try:
        sys.setrecursionlimit(50)
    except RecursionError as e:
        return str(e)


print(at_depth(100))
