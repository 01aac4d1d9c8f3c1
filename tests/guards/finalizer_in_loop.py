import gc

log = []


class D:
    def __init__(self, x):
        self.x = x
        self.me = self

    def __del__(self):
        log.append(self.x)


def f(n):
    s = 0
    for i in range(n):
        D(i)
        s += i
        if i % 10 == 9:
            gc.collect()
    return s


print(f(30))
gc.collect()
print(sorted(log) == list(range(30)))
