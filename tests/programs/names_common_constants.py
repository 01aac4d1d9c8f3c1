# all, any and tuple of a generator expression: what stands in for them, in the module or among the builtins, is called.
import builtins


def f_all():
    return all(x - 2 for x in [1, 2, 3])


def f_any():
    return any(x - 1 for x in [1, 2, 3])


def f_tuple():
    return tuple(2 * x for x in [1, 2, 3])


def run():
    return [f() for f in (f_all, f_any, f_tuple)]


for _ in range(600):
    got = run()
print(got)
saved = all, any, tuple
try:
    builtins.all = builtins.any = lambda x: "other"
    builtins.tuple = lambda x: "tuple"
    for _ in range(3):
        print(run())
    all = lambda x: "all"
    any = lambda x: "any"
    print(run())
finally:
    builtins.all, builtins.any, builtins.tuple = saved
print(run())
del all, any
print(run())
