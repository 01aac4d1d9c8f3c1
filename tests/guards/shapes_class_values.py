class A:
    k = 1


class B:
    k = 20


class C(A):
    pass


def f(xs):
    s = 0
    for i in range(150):
        s += xs[i % len(xs)].k
        if i == 140:
            A.k = 300
    return s


print(f([A(), B(), C()]))
