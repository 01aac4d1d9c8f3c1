class A:
    def __init__(self, k):
        self.k = k

    def go(self, x):
        return x + self.k

    def __call__(self, x):
        return x * self.k


def f(n, go, call):
    out = []
    append = out.append
    seen = set()
    add = seen.add
    for k in range(n):
        append(go(k))
        append(call(k))
        add(k & 3)
    return sum(out), len(seen)


print(f(20, A(2).go, A(3)), f(20, A(2.5).go, A(1)))


class B(A):
    def go(self, x):
        return "B"

    def __call__(self, x):
        return 1


def g(n):
    a = A(2)
    go, call = a.go, a
    out = []
    append = out.append
    for k in range(n):
        append(go(k))
        append(call(k))
        if k == 12:
            A.go = lambda self, x: 1000
            A.__call__ = lambda self, x: 2000
        if k == 15:
            go = a.go
        if k == 18:
            go, call = B(1).go, B(1)
        if k == 20:
            append = lambda v: None
        if k == 22:
            append = [].append
        if k == 24:
            append = out.append
            call = print
            go = len
            try:
                append(go(k))
            except TypeError as e:
                append(str(e))
            go, call = abs, float
    return out


print(g(30))


def h(n):
    d = {}
    get, setdefault, join, starts = d.get, d.setdefault, "-".join, "abc".startswith
    out = []
    for k in range(n):
        out.append(get(k, 0))
        setdefault(k // 2, k)
        out.append(join(["a", "b"]))
        out.append(starts("a"))
    return out[-6:], d


print(h(20))
