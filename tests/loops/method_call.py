"""A method that is called on each turn, of objects of one class."""


class Counter:
    def __init__(self):
        self.count = 0

    def add(self, k):
        self.count = (self.count + k) % 9973
        return self.count


def setup():
    return (Counter(),)


def f(counter, n):
    total = 0
    for i in range(n):
        total = (total + counter.add(i)) & 0xFFFF
    return total


COMPILED = f
