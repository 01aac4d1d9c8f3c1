def f(n):
    a = [0]
    s = 0
    for i in range(n):
        a.append(i)
        s += a[i // 2] + a[len(a) - 1]
        if i % 8 == 7:
            a.pop()
    return s, len(a)


print(f(50))
