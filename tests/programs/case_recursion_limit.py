# RecursionError comes at the depth where CPython raises it, whatever the way down. (Not here: `__getitem__` and `__init__`,
# whose depth in CPython depends on what its specialising interpreter has made of the instructions.)
import sys
import functools

deepest = 0


def plain(n=1):
    global deepest
    deepest = n
    return plain(n + 1)


def from_function():
    plain()


class C:
    def method(self, n=1):
        global deepest
        deepest = n
        return self.method(n + 1)

    @classmethod
    def classmethod(cls, n=1):
        global deepest
        deepest = n
        return cls.classmethod(n + 1)

    @staticmethod
    def staticmethod(n=1):
        global deepest
        deepest = n
        return C.staticmethod(n + 1)

    def __call__(self, n=1):
        global deepest
        deepest = n
        return self(n + 1)

    def __getattr__(self, name):
        global deepest
        deepest += 1
        return getattr(self, name + "x")

    def __add__(self, n):
        global deepest
        deepest = n
        return self + (n + 1)

    @property
    def prop(self):
        global deepest
        deepest += 1
        return self.prop

    def __len__(self):
        global deepest
        deepest += 1
        return len(self)

    def __iter__(self):
        global deepest
        deepest += 1
        for x in self:
            yield x

    def __eq__(self, other):
        global deepest
        deepest += 1
        return self == other

    def __repr__(self):
        global deepest
        deepest += 1
        return repr(self)

    def __str__(self):
        global deepest
        deepest += 1
        return f"{self}"

    def __enter__(self):
        global deepest
        deepest += 1
        with self:
            pass

    def __exit__(self, *args):
        pass

    def __contains__(self, n):
        global deepest
        deepest = n
        return (n + 1) in self


class AttributeDot:
    def __getattr__(self, name):
        global deepest
        deepest += 1
        return self.missing


class GetAttribute:
    def __getattribute__(self, name):
        global deepest
        deepest += 1
        return self.missing


class Sub(C):
    def method(self, n=1):
        global deepest
        deepest = n
        super().method(n + 1)


def sorting(n=1):
    global deepest
    deepest = n
    sorted([n + 1], key=sorting)


def mapping(n=1):
    global deepest
    deepest = n
    list(map(mapping, [n + 1]))


def comprehension(n=1):
    global deepest
    deepest = n
    return [comprehension(m) for m in [n + 1]]


def generator(n=1):
    global deepest
    deepest = n
    return list(generator(m) for m in [n + 1])


def yielding(n=1):
    global deepest
    deepest = n
    yield from yielding(n + 1)


def star(*args):
    global deepest
    deepest = args[0] if args else 1
    return star(*[deepest + 1])


def keyword(*, n=1):
    global deepest
    deepest = n
    return keyword(**{"n": n + 1})


def executing(n=1):
    global deepest
    deepest = n
    exec("executing(n + 1)", globals(), {"n": n})


def class_body(n=1):
    global deepest
    deepest = n

    class K:
        class_body(n + 1)


def decorated(n=1):
    global deepest
    deepest = n
    wrapped(n + 1)


@functools.wraps(decorated)
def wrapped(n):
    decorated(n)


partial = functools.partial(lambda n: partial_down(n))


def partial_down(n=1):
    global deepest
    deepest = n
    partial(n + 1)


async def coroutine(n=1):
    global deepest
    deepest = n
    await coroutine(n + 1)


ways = {
    "module": plain, "function": from_function, "lambda": lambda: plain(), "method": C().method, "classmethod": C.classmethod, "staticmethod": C.staticmethod,
    "call": C(), "getattr": lambda: C().missing, "getattr dot": lambda: AttributeDot().x, "getattribute": lambda: GetAttribute().x,
    "add": lambda: C() + 1, "property": lambda: C().prop, "len": lambda: len(C()), "iter": lambda: list(C()), "eq": lambda: C() == C(),
    "repr": lambda: repr(C()), "str": lambda: str(C()), "enter": lambda: C().__enter__(), "contains": lambda: 1 in C(), "super": lambda: Sub().method(),
    "sorted": sorting, "map": mapping, "comprehension": comprehension, "generator": generator, "yield from": lambda: list(yielding()), "star": star,
    "keyword": keyword, "exec": executing, "class body": class_body, "decorated": decorated, "partial": partial_down, "coroutine": lambda: coroutine().send(None),
}
for name, way in ways.items():
    deepest = 0
    try:
        way()
        print(name, "returned")
    except RecursionError as e:
        print(name, deepest, e)
try:
    plain()
except RecursionError:
    print("at module level", deepest)


# After one, there is room again.
def again(n):
    return n and again(n - 1)


print(again(900))


# In a handler of a RecursionError there is no more room than before.
def nested(n=1):
    try:
        return nested(n + 1)
    except RecursionError:
        try:
            return nested(n + 1)
        except RecursionError:
            return n


print(nested())
