"""Stages joined by queues, with async and await."""
import asyncio


async def source(out, n):
    for k in range(n):
        await out.put(k)
    await out.put(None)


async def stage(work, inp, out):
    while (item := await inp.get()) is not None:
        await out.put(work(item))
    await out.put(None)


async def main():
    a, b, c = asyncio.Queue(4), asyncio.Queue(4), asyncio.Queue(4)
    total = count = 0

    async def sink():
        nonlocal total, count
        while (item := await c.get()) is not None:
            total += item
            count += 1

    await asyncio.gather(source(a, 250), stage(lambda n: n * n, a, b), stage(lambda n: n % 97, b, c), sink())
    return count, total


def run():
    return asyncio.run(main())
