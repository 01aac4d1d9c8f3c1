"""Class methods and static methods of a class that is a global: they are inlined, and no bound method is made."""

class Strength:
    def __init__(self, value):
        self.value = value

    @classmethod
    def stronger(cls, a, b):
        return cls.compare(a, b) < 0

    @staticmethod
    def compare(a, b):
        return a.value - b.value


def setup():
    return [Strength(1), Strength(2)]


def f(a, b, n):
    count = 0
    while n:
        n -= 1
        if Strength.stronger(a, b):
            count += 1
    return count


COMPILED = f
