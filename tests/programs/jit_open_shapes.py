# Attributes and methods where ever more shapes of objects come by: what was compiled for the first of them keeps a general
# way, and the rest of the code stays as it is.


class Point:
    scale = 3

    def __init__(self, names):
        for name in names:
            setattr(self, name, len(name))
        self.x = len(names)

    def size(self):
        return self.x + 1


class Loud(Point):
    def size(self):
        return self.x * 2


class Computed:
    scale = 5

    @property
    def x(self):
        return 7

    def size(self):
        return -1


class Missing:
    scale = 1

    def __getattr__(self, name):
        if name == "x":
            return 11
        raise AttributeError(name)

    def size(self):
        return 100


def read(points):
    total = 0
    for p in points:
        total += p.x
    return total


def scaled(points):
    total = 0
    for p in points:
        total += p.scale
    return total


def sizes(points):
    total = 0
    for p in points:
        total += p.size()
    return total


def store(points, value):
    for p in points:
        p.x = value


groups = [[Point(["a" * k for k in range(1, n + 1)]) for _ in range(200)] for n in range(9)]
groups += [[Loud(["b" * k for k in range(1, n + 1)]) for _ in range(200)] for n in range(4)]
for round in range(4):
    for n, group in enumerate(groups):
        for _ in range(12):
            read(group), scaled(group), sizes(group)
        print(round, n, read(group), scaled(group), sizes(group))
mixed = [p for group in groups for p in group[:9]]
for _ in range(30):
    got = read(mixed), scaled(mixed), sizes(mixed)
print(got)

# Others that no cache knows.
odd = mixed + [Computed(), Missing(), Computed(), Missing()]
for _ in range(60):
    got = read(odd), scaled(odd), sizes(odd)
print(got)
try:
    read(odd + [5])
except AttributeError as e:
    print(e)
try:
    sizes(odd + [Point])
except TypeError as e:
    print(e)

# What an instance has itself goes before the class's, with no object before the arguments.
mixed[3].size = lambda: 1000
mixed[40].scale = 2000
for _ in range(60):
    got = read(mixed), scaled(mixed), sizes(mixed)
print(got)
# Functions that are another's method, too.
mixed[4].size = Loud(["q"]).size
mixed[5].size = Point.size.__get__(mixed[6])
print(sizes(mixed))

# The class changes while the code is compiled.
Point.size = lambda self: 5
Point.scale = 4
print(sizes(mixed), scaled(mixed))
Loud.size = staticmethod(lambda: 9)
print(sizes(mixed))
Point.x = property(lambda self: 1, lambda self, value: None)
print(read(mixed))
del Point.x
print(read(mixed))
store(mixed, 2)
for group in groups:
    for _ in range(12):
        store(group, 3)
store(odd[:-4], 4)
print(read(mixed), read([p for group in groups for p in group]))


# A `for` over lists, and over objects of a class that is a list.
class Row(list):
    pass


class Countdown(list):
    def __iter__(self):
        return iter(range(len(self), 0, -1))


def add(rows):
    total = 0
    for row in rows:
        for item in row:
            total += item
    return total


for kind in (list, Row, Countdown, tuple, set):
    rows = [kind(range(k % 7)) for k in range(300)]
    for _ in range(15):
        got = add(rows)
    print(kind.__name__, got)
