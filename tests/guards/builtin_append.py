class L(list):
    def append(self, x):
        list.append(self, x * 2)


def f(out, n):
    for i in range(n):
        out.append(i)
    return out


print(f([], 20), f(L(), 15), f([0.5], 15))
try:
    f((), 1)
except AttributeError as e:
    print(e)
