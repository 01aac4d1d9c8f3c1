def f(n):
    s = 0
    for i in range(n):
        s += min(i, 5) + max(i, 3) + sum([i, 1]) + int("7") + round(i + 0.4) + divmod(i, 3)[1] + hash(i) % 2
        s += len(str(i)) + len(sorted([3, 1, i])) + pow(2, i % 5) + bool(i) + len(list(range(i % 4)))
    return s


print(f(20))
