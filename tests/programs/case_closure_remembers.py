# A closure remembers the variable of its enclosing function, after that has returned.
def outer():
    a = 2

    def inner():
        return a
    return inner


remembers = outer()
print(remembers(), remembers.__closure__[0].cell_contents, remembers.__code__.co_freevars, outer.__code__.co_cellvars)
a = "global"
print(remembers())


# The variable, not its value then.
def changes():
    a = 2

    def inner():
        return a
    a = 3
    return inner


print(changes()())
functions = [lambda: i for i in range(3)]
print([f() for f in functions], [f() for f in [lambda i=i: i for i in range(3)]])


def shared():
    n = 0

    def get():
        return n

    def put(value):
        nonlocal n
        n = value
    return get, put


get, put = shared()
put(5)
print(get(), get.__closure__[0] is put.__closure__[0])
get2, _ = shared()
print(get2(), get.__closure__[0] is get2.__closure__[0])


def three():
    a = 1

    def two():
        def one():
            return a
        return one
    return two


print(three()()(), three().__code__.co_freevars)


def argument(a, *args, b=1, **kwargs):
    return lambda: (a, args, b, kwargs)


print(argument(1, 2, b=3, c=4)())


def emptied():
    a = 1

    def inner():
        return a
    del a
    return inner


try:
    emptied()()
except NameError as e:
    print(type(e).__name__, e)


def by_generator():
    for i in range(3):
        yield lambda: i


print([f() for f in by_generator()], [f() for f in list(by_generator())])


class Class:
    def method(self):
        return __class__


print(Class().method(), Class.method.__closure__[0].cell_contents)
