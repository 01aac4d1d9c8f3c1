def a(x):
    return b(x) + 1


def b(x):
    return c(x) * 2


def c(x):
    return d(x) - 3


def d(x):
    return e(x) + x


def e(x):
    return x * x


def f(xs):
    s = 0
    for x in xs:
        s += a(x)
    return s


print(f(range(20)), f([0.5] * 15), f([2**30] * 15))
try:
    f([1] * 14 + ["x"])
except TypeError as e:
    tb = e.__traceback__
    while tb:
        print(tb.tb_frame.f_code.co_name, tb.tb_lineno)
        tb = tb.tb_next
    print(e)
