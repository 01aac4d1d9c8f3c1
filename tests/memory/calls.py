"""Calls with all kinds of arguments, frames of which somebody keeps objects, recursion, sorting with keys."""
import sys


def work():
    def f(a, b=2, *args, c, d=4, **more):
        return [a, b, args, c, d, sorted(more.items())]

    def deep(n):
        return [n] if n == 0 else deep(n - 1) + [n]

    def seen(v):
        frame = sys._getframe()
        return sorted(frame.f_locals), frame.f_back.f_code.co_name

    found = []
    for i in range(7):
        found.append(f(i, c=i + 1))
        found.append(f(*[i, 2, 3], c=3, **{"x": i, "d": 5}))
    words = ["pear", "fig", "apple", "date"] * 3
    return (found[-2:], deep(12), seen(3), sorted(words, key=lambda w: (len(w), w)), max(words, key=len),
            list(map(lambda a, b: [a, b], range(3), "abc")), "%s-%d-%r" % ("a", 3, [1]), "{:>5}|{!r}".format("x", {1: 2}))


for _ in range(4):
    try:
        result = work()
        break
    except MemoryError:
        pass
print(result)
