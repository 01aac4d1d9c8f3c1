class P:
    pass


def f(n, late):
    out = []
    for i in range(n):
        p = P()
        p.a = i
        p.b = i * 2
        if i > late:
            p.c = 1
        out.append(p)
    return [sorted(p.__dict__.items()) for p in out[-2:]]


print(f(20, 30), f(20, 12))
P.b = property(lambda self: 7)
try:
    f(3, 30)
except AttributeError as e:
    print(str(e).replace("property 'b' of 'P' object has no setter", "no setter"))
