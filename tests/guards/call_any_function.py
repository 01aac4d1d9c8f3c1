import types


def apply(f, n):
    s = 0
    for k in range(n):
        s += f(k, 2)
    return s


def twice(f, x):
    return f(f(x))


def add(x, y):
    return x + y


def default(x, y=3, z=1):
    return x * y + z


def star(*args):
    return len(args)


def adder(k):
    def closure(x, y):
        return x + y + k

    return closure


def raises(x, y):
    if x == 14:
        raise ValueError("14")
    return x


def gen(x, y):
    yield x


print(apply(add, 20), apply(lambda x, y: x * y, 20), apply(default, 20), apply(star, 20))
print([apply(adder(k), 15) for k in range(15)], [apply(lambda x, y: x + k, 12) for k in range(12)])
print(apply(max, 20), apply(divmod, 20) if False else apply(pow, 20))
print([twice(lambda x: x + k, k) for k in range(30)][-1], [twice(str.upper, "a") for k in range(3)])
for bad in (raises, lambda x: x, gen, 5):
    try:
        print(apply(bad, 20))
    except (ValueError, TypeError) as e:
        print(e)


class A:
    def __init__(self, f):
        self.f = f

    def go(self, n):
        s = 0
        for k in range(n):
            s += self.f(k, 1)
        return s


print(A(add).go(20), A(adder(5)).go(20), A(A(add).go).f(20))
other = types.FunctionType(add.__code__, {"__builtins__": {}}, "other")
scope = {"q": 5}
exec("def reads(x, y): return x + q", scope)
scope2 = dict(scope, q=100)
reads2 = types.FunctionType(scope["reads"].__code__, scope2)
print(apply(other, 15), apply(scope["reads"], 15), apply(reads2, 15), apply(scope["reads"], 15))


def changes(n):
    f = adder(1)
    s = []
    for k in range(n):
        s.append(f(k, 1))
        if k == 14:
            f.__code__ = adder(7).__code__
        if k == 16:
            f = add
        if k == 18:
            f = default
            f.__defaults__ = (9, 9)
    return s


print(changes(25))


def recursive(f, n):
    return 0 if n == 0 else 1 + f(f, n - 1)


print(recursive(recursive, 200))
try:
    recursive(recursive, 100000)
except RecursionError as e:
    print("RecursionError")
