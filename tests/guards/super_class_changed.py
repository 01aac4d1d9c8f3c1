class A:
    k = 1


class B(A):
    pass


def f(p, n):
    s = 0
    for i in range(n):
        s += p.k
        if i == 15:
            A.k = 50
        if i == 17:
            B.k = 700
        if i == 19:
            p.k = 9000
    return s


print(f(B(), 25))
