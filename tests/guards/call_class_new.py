class P:
    def __new__(cls, x):
        return object.__new__(cls) if x % 2 else x


def f(n):
    k = 0
    for i in range(n):
        k += type(P(i)) is P
    return k


print(f(20))


class D:
    def __init__(self, log):
        self.log = log

    def __del__(self):
        self.log.append(1)


import gc


def g(n):
    log = []
    for i in range(n):
        D(log)
    gc.collect()
    return len(log)


print(g(20) >= 19)
