def f(items, n):
    s = 0
    for k in range(n):
        s += items.pop()
        if k % 3 == 0:
            items.append(k)
            items.append(1)
    return s, items


class L(list):
    def append(self, v):
        list.append(self, -v)


print(f(list(range(40)), 30), f([1.5] * 40, 20)[0], f(L(range(40)), 20))
try:
    f([1, 2, 3], 30)
except IndexError as e:
    print(e)
try:
    f({1: 2}, 3)
except TypeError as e:
    print(e)
a = list(range(20))


def g(a, n):
    out = []
    for k in range(n):
        a[-1] = k
        out.append(a.pop())
        a.append(a[0])
        out.append(len(a))
    return out


print(g(a, 25))
print(list.pop([1, 2]), [1, 2, 3].pop(0))
