"""Objects of one class at several stages of getting their attributes meet in the same instructions."""


class Stone:
    kind = "stone"

    def __init__(self, n):
        self.n = n
        self.weight = n * 2

    def total(self):
        return self.n + self.weight

    def grow(self, stage):
        if stage > 0:
            self.left = self.n
        if stage > 1:
            self.right = -self.n
        if stage > 2:
            self.temp = 0
        return self


def read(stone):
    return stone.n + stone.weight + stone.total()


def write(stone, value):
    stone.weight = value
    return stone.weight


def kinds(stones):
    return [stone.kind for stone in stones]


def truths(stones):
    return sum(1 for stone in stones if stone)


def run(times):
    stones = [Stone(i).grow(i % 4) for i in range(40)]
    total = 0
    for i in range(times):
        stone = stones[i % 40]
        total += read(stone)
        total -= write(stone, i % 7)
        if i % 9 == 0:
            stone.temp = i
    return total, sorted(set(kinds(stones))), truths(stones)


print(run(50))
print(run(3000))

# A stage that comes up late, and another order.
late = Stone(3)
late.temp = late.more = late.most = 1
print(read(late), write(late, 5), late.__dict__)
other = Stone.__new__(Stone)
other.weight = 1
other.n = 2
print(read(other), write(other, 5), other.__dict__)

# An attribute of the instance under a name of the class.
late.kind = "late"
print(kinds([Stone(1), late, Stone(2).grow(3)]))
late.total = lambda: 1000
print(read(late), read(Stone(1)))

# The class gets an attribute that instances have, and one that is a data descriptor.
Stone.left = "class"
print([stone.left for stone in (Stone(1), Stone(2).grow(1), Stone(3).grow(3))])
print(run(2000))
Stone.weight = property(lambda self: 7, lambda self, value: None)
print(read(late), write(late, 9), late.weight)
del Stone.weight
print(read(late), write(late, 9), late.weight)
print(run(2000))


# Attributes that go again.
def forget(stone):
    stone.temp = 1
    del stone.temp
    return hasattr(stone, "temp")


print([forget(Stone(i).grow(i % 3)) for i in range(6)], run(500))
half = Stone(4).grow(2)
del half.left
print(half.__dict__, read(half), sorted(vars(half)))


# Two names of one object.
def both(a, b):
    a.n
    a.extra = 1
    x = a.n
    b.n = 5
    return x, a.n, b.n


for i in range(1500):
    both(Stone(i), Stone(i + 1).grow(i % 4))
same = Stone(1)
print(both(same, same))
same = Stone(1).grow(3)
print(both(same, same))


# Lists of several classes in one loop.
class Plan(list):
    def first(self):
        return self[0]


class Odd(list):
    def __iter__(self):
        return iter(["odd"])


def join(items):
    text = ""
    for item in items:
        text += str(item)
    return text


texts = set()
for i in range(3000):
    texts.add(join([1, 2] if i % 3 else Plan([3, 4])))
print(sorted(texts), join(Odd([5])), join((6, 7)), Plan([8]).first())
shrinking = Plan(range(5))
print([shrinking.pop() for _ in shrinking], shrinking)
