def f(n):
    out = []
    for i in range(n):

        def g[T: int](x: T) -> T:
            return x

        type A[U] = list[U]
        out.append((g(i), g.__type_params__[0].__name__, A.__name__))
    return out[-1]


print(f(15))
