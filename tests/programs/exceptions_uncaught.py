# The last words of a program go to stderr.
import sys


class Base(Exception):
    pass


def inner(values):
    return [10 / v for v in values]


def outer():
    try:
        inner([1, 0])
    except ZeroDivisionError as e:
        raise Base("outer failed") from e


def deep(n):
    deep(n + 1)


class Bad:
    def __del__(self):
        raise ValueError("in del")


print("out")
try:
    deep(0)
except RecursionError as e:
    print(str(e))
outer()
