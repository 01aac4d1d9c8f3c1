import math
import random


def f(n):
    generator = random.Random(3)
    out = []
    for k in range(n):
        out.append(hash(k))
        out.append("-".join(["a", str(k)]))
        out.append(math.isqrt(k) + len(out))
        out.append(generator.random() < 0.5)
        out.append("aB".upper().lower())
    out.reverse()
    return out[:12]


print(f(30))


class S(str):
    def join(self, items):
        return "other"


def g(n):
    out = set()
    text = "+"
    for k in range(n):
        try:
            out.add(text.join(["1", "2", "3"] if k != 24 else [k]))
        except TypeError as e:
            out.add(str(e))
        if k == 20:
            text = S("+")
        if k == 22:
            text = "*"
    return sorted(out)


print(g(30))


def h(n):
    out = []
    for k in range(n):
        hash_of = hash(k) if k < 20 else hash((k,) if k < 25 else [])
        out.append(hash_of != 0)
    return out


try:
    h(30)
except TypeError as e:
    print(e)
