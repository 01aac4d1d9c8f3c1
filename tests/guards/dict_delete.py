def f(n):
    d = {}
    for i in range(n):
        d[i] = i
        if i % 3 == 2:
            del d[i - 1]
        if i == n - 1:
            try:
                del d[-1]
            except KeyError as e:
                print(repr(e))
    return d


print(f(30))
