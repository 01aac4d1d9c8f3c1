def f(n):
    out = []
    for i in range(n):
        out.append(sorted([3, 1, 2, i], key=lambda x: -x)[0])
        out.append(list(map(lambda x: x + i, [1, 2])))
        out.append(max([1, 5, 3], key=lambda x: x % 5))
        out.append(list(filter(lambda x: x > i, [1, 20])))
    return out[-4:]


print(f(20))
