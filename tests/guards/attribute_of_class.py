class P:
    limit = 10


def f(p, n):
    s = 0
    for i in range(n):
        s += p.limit
        if i == 20:
            P.limit = 0.5
    return s


p = P()
print(f(p, 30), f(p, 15))
p.limit = 1000
print(f(p, 15))
