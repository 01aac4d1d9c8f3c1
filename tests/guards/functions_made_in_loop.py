def f(n):
    fs = []
    for i in range(n):

        def g(a, b=i, *, c=2) -> int:
            return a + b + c + i

        fs.append(g)
        fs.append(lambda x, y=i: x * y)
    return [g(1) for g in fs][-4:], fs[0].__annotations__


print(f(15))
