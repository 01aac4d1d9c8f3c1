def g(n):
    for i in range(n):
        x = yield i
        if i == 17:
            return


def f(n):
    s = 0
    for x in g(n):
        s += x
    return s


print(f(30), f(5), f(0))
