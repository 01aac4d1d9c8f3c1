# Calls in hot loops: what is inlined, and what must still be seen as if it were not.
import sys
import traceback


def loop(f, n=3000):
    total = 0
    for i in range(n):
        total += f(i)
    return total


# Plain functions, defaults, closures, several at one place.
def add(a, b=1):
    return a + b


def twice(x):
    return add(add(x), 2)


def run(n):
    s = 0
    for i in range(n):
        s += twice(i) + add(i, b=3)
    return s


print(run(3000))
add.__defaults__ = (10,)
print(run(3000))


def other(a, b=1):
    return a * b


plain_add = add
add.__code__ = other.__code__
print(run(3000))
add = plain_add


def make(k):
    def inner(x):
        nonlocal k
        k += 1
        return x + k
    return inner


counter = make(5)


def closures(n):
    s = 0
    for i in range(n):
        s += counter(i)
    return s


print(closures(3000), counter(0))


# A global that is bound anew in the middle, by the callee.
def step(i):
    global step
    if i == 2500:
        step = lambda i: -1
    return 1


def rebinding(n):
    s = 0
    for i in range(n):
        s += step(i)
    return s


print(rebinding(5000))


# Classes: constructors, methods of several classes at one place, properties, __call__.
class Shape:
    scale = 2

    def __init__(self, side, name="shape"):
        self.side = side
        self.name = name

    def area(self):
        return 0

    def scaled(self):
        return self.area() * self.scale


class Square(Shape):
    def area(self):
        return self.side * self.side


class Line(Shape):
    scale = 3

    def __init__(self, side):
        super().__init__(side, "line")
        self.extra = None

    def area(self):
        return self.side


def areas(n):
    s = 0
    for i in range(n):
        shape = Square(i) if i % 3 == 0 else Line(i) if i % 3 == 1 else Shape(i)
        s += shape.scaled()
    return s


print(areas(3000))
Square.area = lambda self: 1
print(areas(3000))
Shape.scale = 1.5
print(areas(3000))


class Odd:
    def __init__(self, i):
        self.i = i
        if i == 2900:
            return self.bad()

    def bad(self):
        return 5


def odd(n):
    s = 0
    for i in range(n):
        s += Odd(i).i
    return s


try:
    odd(3000)
except TypeError as e:
    print(e)
print(odd(2000))


# What is raised in an inlined function: its traceback.
def check(i, limit):
    if i >= limit:
        raise ValueError(f"{i} is over {limit}")
    return i


def checked(i, limit):
    return check(i, limit) + 1


def raising(n, limit):
    s = 0
    for i in range(n):
        s += checked(i, limit)
    return s


print(raising(3000, 5000))
try:
    raising(6000, 4500)
except ValueError:
    print(traceback.format_exc().replace(__file__, "FILE"))


def divide(a, b):
    return a // b


def dividing(n):
    s = 0
    for i in range(n):
        s += divide(1000, n - 2 - i)
    return s


for n in (2000, 3000):
    try:
        print(dividing(n))
    except ZeroDivisionError as e:
        tb = e.__traceback__
        lines = []
        while tb:
            lines.append((tb.tb_frame.f_code.co_name, tb.tb_lineno, sorted(tb.tb_frame.f_locals.items())[:2]))
            tb = tb.tb_next
        print(lines[1:])


# Frames seen from within.
def spy(depth):
    f = sys._getframe(depth)
    return f.f_code.co_name, f.f_lineno, dict(f.f_locals)


def seen(i):
    local = i * 2
    if i == 2800:
        return spy(1), spy(2)[0]
    return local


def looking(n):
    last = None
    for i in range(n):
        r = seen(i)
        if not isinstance(r, int):
            last = r
    return last


print(looking(3000))


def poke(i):
    if i == 2700:
        sys._getframe(1).f_locals["a"] = 1000
    return 0


def poked(i):
    a = 1
    b = poke(i)
    return a + b


def poking(n):
    s = 0
    for i in range(n):
        s += poked(i)
    return s


print(poking(3000))


# Recursion, to its limit, and deep.
def depth(n):
    return 0 if n == 0 else 1 + depth(n - 1)


def even(n):
    return True if n == 0 else odd_(n - 1)


def odd_(n):
    return False if n == 0 else even(n - 1)


def recursing(n):
    s = 0
    for i in range(n):
        s += depth(i % 20) + even(i % 15)
    return s


print(recursing(3000))


def forever(n):
    global reached
    reached = n
    return forever(n + 1)


for _ in range(3):
    try:
        forever(0)
    except RecursionError as e:
        print(e, reached > 900)
sys.setrecursionlimit(200000)
print(depth(150000))
sys.setrecursionlimit(1000)


def lower(i):
    if i == 2000:
        sys.setrecursionlimit(len_of_stack() + 3)
    if i == 2001:
        sys.setrecursionlimit(1000)
    return 1


def len_of_stack():
    n, f = 0, sys._getframe()
    while f:
        n, f = n + 1, f.f_back
    return n


def a3(i):
    return 1


def a2(i):
    return a3(i) + 1


def a1(i):
    return a2(i) + 1


def limits(n):
    s = 0
    for i in range(n):
        lower(i)
        try:
            s += a1(i)
        except RecursionError:
            s += 1000000
    return s


print(limits(3000))
sys.setrecursionlimit(1000)


# Wrong numbers of arguments, and values that are no functions.
def takes_two(a, b):
    return a + b


def wrong(n, f):
    s = 0
    for i in range(n):
        try:
            s += f(i) if i > n - 3 else f(i, 1)
        except TypeError as e:
            s += 1
            text = str(e)
    return s, text


print(wrong(3000, takes_two))
print(wrong(3000, max))


# Builtins replaced.
def lens(items, n):
    s = 0
    for i in range(n):
        s += len(items)
        if i == n - 10:
            globals()["len"] = lambda x: 100
    return s


print(lens([1, 2], 3000))
del len
print(lens("abc", 100))
del len


# Generators and comprehensions that call.
def pairs(n):
    return sum(add(i) for i in range(n)), len([twice(i) for i in range(n)]), {add(i, 0) for i in range(5)}


for _ in range(300):
    result = pairs(20)
print(result)
