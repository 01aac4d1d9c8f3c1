def f(n):
    x = 0
    y = 0.5

    def get():
        return x

    def bump():
        nonlocal x
        x += 2
        return x

    s = 0
    for i in range(n):
        x += i
        s += get() + bump()
        y = y + x
    return s, x, y


print(f(30))
