def g(n):
    try:
        for i in range(n):
            try:
                yield i
            except ValueError as e:
                yield str(e)
    finally:
        print("closed")


def f(n):
    it = g(n)
    out = []
    for x in it:
        out.append(x)
        if x == 14:
            out.append(it.throw(ValueError("thrown")))
        if x == 20:
            it.close()
    return out


print(f(30))
