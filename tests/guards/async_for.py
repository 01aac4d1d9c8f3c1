class A:
    def __init__(self, n):
        self.n = n

    def __aiter__(self):
        return self

    async def __anext__(self):
        self.n -= 1
        if self.n < 0:
            raise StopAsyncIteration
        return self.n

    async def __aenter__(self):
        return self

    async def __aexit__(self, *e):
        return True


async def co(n):
    s = 0
    async for x in A(n):
        async with A(1) as a:
            s += x
            if x == 3:
                raise ValueError
    return s


try:
    co(20).send(None)
except StopIteration as e:
    print(e.value)
