class Wait:
    def __init__(self, x):
        self.x = x

    def __await__(self):
        got = yield self.x
        if got is None:
            raise KeyError(self.x)
        return got


async def inner(x):
    if x % 5 == 4:
        raise ValueError(x)
    return x + await Wait(x)


async def outer(n):
    total = 0
    for i in range(n):
        try:
            total += await inner(i)
        except ValueError as error:
            total -= error.args[0]
        except KeyError:
            total += 1000
        finally:
            total += 1
    return total


def delegate(n):
    for i in range(n):
        try:
            got = yield from part(i)
            yield got
        except LookupError:
            yield "caught"


def part(i):
    got = yield i
    if got == 7:
        raise IndexError(i)
    return got


def drive(c, answers):
    seen = []
    try:
        value = c.send(None)
        i = 0
        while True:
            seen.append(value)
            value = c.send(answers[i % len(answers)])
            i += 1
    except StopIteration as end:
        return end.value, len(seen), seen[-3:]


print(drive(outer(30), [1, 2, 3]), drive(outer(30), [1, None]), drive(outer(0), [1]))
print(drive(delegate(30), [1, 2]), drive(delegate(30), [1, 7, 2, 3]), drive(delegate(3), [7]))
