import sys


class Wait:
    def __init__(self, x):
        self.x = x

    def __await__(self):
        y = yield self.x
        return y


async def co(n):
    s = 0
    for i in range(n):
        s += await Wait(i)
    return s


def f(n):
    c = co(n)
    try:
        x = c.send(None)
        while True:
            x = c.send(x * 2)
    except StopIteration as e:
        return e.value


print(f(20), f(0))
