def f(n):
    i = 0
    s = 0
    while i < n:
        s += i
        i += 1
    return i, s


print(f(0), f(1), f(50), f(30.5), f(True), f(40))
