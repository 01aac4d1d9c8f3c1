import sys


def head(items):
    first, *rest = items
    return first


def last(items):
    *rest, final = items
    return final


class Seen:
    def __iter__(self):
        frame = sys._getframe(1)
        return iter([frame.f_lineno, frame.f_code.co_name, len(frame.f_locals)])


def f(items, n):
    s = 0
    for i in range(n):
        s += head(items) + last(items)
    return s


print(f([1, 2, 3], 40), f((5,), 30), f({7: 1, 8: 2}, 20))
try:
    f([], 3)
except ValueError as error:
    print(error)
try:
    f(Seen(), 3)
except TypeError as error:
    print(error)
print(f(range(4), 30))
