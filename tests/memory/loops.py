"""Loops whose objects compiled code makes itself, or does without."""


class Vector:
    def __init__(self, x, y):
        self.x, self.y = x, y

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y)


def work():
    total, kept = Vector(0.0, 0.5), []
    for i in range(60):
        v = Vector(i * 0.5, i)
        total = total + v
        pair = (i, total.x)
        if i % 16 == 3:
            kept.append(pair)
            kept.append(v)
    for i, (a, b) in enumerate(zip(range(30), range(5, 90, 2))):
        if a > b:
            kept.append(i)
    big = 2**48 - 20
    for i in range(40):
        big += 1
    return total.x, total.y, big, [k if isinstance(k, tuple) else (k.x, k.y) for k in kept]


for _ in range(4):
    try:
        result = work()
        break
    except MemoryError:
        pass
print(result)
