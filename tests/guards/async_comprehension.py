class A:
    def __init__(self, n):
        self.n = n

    def __aiter__(self):
        return self

    async def __anext__(self):
        if self.n == 0:
            raise StopAsyncIteration
        self.n -= 1
        return self.n


async def co(n):
    s = 0
    for i in range(n):
        s += sum([x async for x in A(3)])
        async for x in A(2):
            s += x
    return s


try:
    co(20).send(None)
except StopIteration as e:
    print(e.value)
