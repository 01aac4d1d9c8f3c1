# Ints beyond 49 bits from each source.
from array import array


def f(n):
    s = 0
    big = 2**48 - 5
    a = array("q", [big + i for i in range(12)])
    d = {i: big + i for i in range(12)}
    for i in range(n):
        s ^= a[i] + d[i] + int(str(big + i)) + len("ab") * (big + i)
    return s


print(f(12), f(3))
