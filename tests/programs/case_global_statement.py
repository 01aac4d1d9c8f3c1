# `global a` in a function, and in a nested one.
a = 1


def sets():
    global a
    a = 2


sets()
print(a)


def outer():
    a = "outer's"

    def inner():
        global a
        a += 1
        return a
    return inner(), a


print(outer(), a)


def outer_declares():
    global a
    a = 10

    def inner():
        a = "inner's own"
        return a

    def reads():
        return a

    def nested():
        global a
        a += 1
    nested()
    return inner(), reads()


print(outer_declares(), a)


def creates():
    global brand_new
    brand_new = "made"


try:
    brand_new
except NameError as e:
    print(e)
creates()
print(brand_new)


def deletes():
    global brand_new
    del brand_new


deletes()
print("brand_new" in globals())
try:
    deletes()
except NameError as e:
    print(e)


def without():
    a += 1


try:
    without()
except UnboundLocalError as e:
    print(e, a)


class C:
    global in_class
    in_class = 5
    a = 3

    def m(self):
        global a
        a = "by method"


print(in_class, hasattr(C, "in_class"))
C().m()
print(a, C.a)


def forms():
    global f1, f2, f3, f4, os, path
    for f1 in range(3):
        pass
    try:
        1 / 0
    except ZeroDivisionError as f2:
        print(type(f2))
    with open("/dev/null") as f3:
        pass
    import os
    from os import path

    def f4():
        pass


forms()
print(f1, "f2" in globals(), f3.closed, f4.__qualname__, os.path is path)
exec("global z\nz = 7")
print(z)
