# local, enclosing, global, builtin: decided when the block is compiled.
x = "global"


def local():
    x = "local"
    return x


def enclosing():
    x = "enclosing"

    def inner():
        return x
    return inner()


def global_():
    return x


def builtin():
    return len.__name__


print(local(), enclosing(), global_(), builtin())
for f in (local, enclosing, global_, builtin):
    code = f.__code__
    print(f.__name__, code.co_varnames, code.co_cellvars, code.co_freevars, code.co_names)


# Decided by the whole block, not by the order of execution.
def late():
    print(x)
    x = "late"


def never():
    if False:
        x = 1
    return x


def deleted():
    x = 1
    del x
    return x


def loop_variable():
    for i in ():
        pass
    return i


def augmented():
    x += "more"


def in_except():
    try:
        1 / 0
    except ZeroDivisionError as x:
        pass
    return x


def free_before():
    def inner():
        return y
    print(inner())
    y = 1


def with_import():
    sys
    import sys


def delete_unbound():
    del x
    x = 1


for f in (late, never, deleted, loop_variable, augmented, in_except, free_before, with_import, delete_unbound):
    try:
        print(f())
    except NameError as e:
        print(f.__name__, type(e).__name__, e, repr(e.name))


# A class body is not an enclosing scope; names of it that are not there come from outside.
class C:
    x = "class"
    y = x

    def method(self):
        return x

    z = [x for _ in range(1)]
    w = [i for i in x]
    try:
        q = undefined_name
    except NameError as e:
        q = str(e)


print(C.y, C().method(), C.z, C.w, C.q)


def outer():
    x = "outer"

    class D:
        y = x

    class E:
        y = x if False else "e"
        x = "E"

        def m(self):
            return x
    return D.y, E.x, E().m()


print(outer())


# A builtin can be hidden by a global, and comes back.
def length():
    return len([1, 2, 3])


print(length())
len = lambda _: "hidden"
print(length())
del len
print(length())
try:
    del len
except NameError as e:
    print(type(e).__name__, e)
try:
    undefined
except NameError as e:
    print(type(e).__name__, e, e.name)


# nonlocal and global.
def counter():
    n = 0

    def up():
        nonlocal n
        n += 1
        return n
    return up


up = counter()
print(up(), up(), counter()())
for source in ("def f():\n  nonlocal q\n", "nonlocal q", "def f(a):\n  global a\n", "def f():\n  a = 1\n  global a\n", "def f():\n  print(a)\n  global a\n",
               "def f():\n  def g():\n    nonlocal x\n", "def f(a):\n  nonlocal a\n", "def f():\n  x = 1\n  def g():\n    global x\n    nonlocal x\n", "class C:\n  nonlocal x\n"):
    try:
        compile(source, "<source>", "exec")
        print("compiled")
    except SyntaxError as e:
        print(type(e).__name__, e)
