def plain(a, b=2, /, c=3, *args, d=4, e, **kw):
    return a, b, c, args, d, e, sorted(kw)

def outer(n):
    total = 0
    def inner(m, *, step=1):
        nonlocal total
        total += m * step
        return total
    return [inner(i, step=i) for i in range(n)], inner

def swap(a, b):
    a, b = b, a
    (a, *rest), b = [a, 1, 2], b
    return a, rest, b

def arguments(f, *args, **kw):
    return f(*args, 1, **kw, z=3), f(*args), f(**{"a": 1})

make = lambda x, y=[]: (y.append(x), len(y))[1]
plain(1, e=5), plain(1, 2, 3, 4, 5, d=6, e=7, f=8)
values, inner = outer(4)
inner(1), swap([1, 2], 3), make(1), make(2)
arguments(lambda *a, **k: (a, k), 7, x=8)

def decorated(f):
    def wrapper(*args, **kw):
        return f(*args, **kw)
    wrapper.f = f
    return wrapper

@decorated
def product(a: int, b: "int" = 3) -> int:
    return a * b
product(2), product(b=4, a=1), product.f(5)
product.__wrapped__ = product.f
sum(x * y for x, y in zip((1, 2, 3), [4, 5, 6]))
any(v for v in values), all(v for v in values), tuple(v for v in values)
