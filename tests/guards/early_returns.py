def f(xs, y):
    for i in range(len(xs)):
        if xs[i] == y:
            return i
        if xs[i] is None:
            return "none"
    return -1


print(f(list(range(30)), 25), f(list(range(30)), 99), f([1] * 14 + [None], 5), f(["a"] * 14 + ["b"], "b"))
print([f([1, 2, 3], i) for i in range(14)])
