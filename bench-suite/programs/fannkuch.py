"""The most flips of a pancake's prefix, over all orders (the Computer Language Benchmarks Game's fannkuch)."""


def run():
    n = 7
    order, counts = list(range(n)), list(range(1, n + 1))
    most = checksum = 0
    sign, r = 1, n
    while True:
        while r > 1:
            counts[r - 1] = r
            r -= 1
        flips, prefix = 0, order[:]
        while first := prefix[0]:
            prefix[: first + 1] = prefix[first::-1]
            flips += 1
        most = max(most, flips)
        checksum += sign * flips
        sign = -sign
        while True:
            if r == n:
                return most, checksum
            order.insert(r, order.pop(0))
            counts[r] -= 1
            if counts[r] > 0:
                break
            r += 1
