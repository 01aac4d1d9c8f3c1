A = 1


def change(i):
    global A
    A = i
    return i


def f(n):
    global B
    s = 0
    B = 0
    for i in range(n):
        s += A
        B += A
        if i % 5 == 0:
            change(i)
        if i == 17:
            globals()["A"] = 0.5
    return s, B


print(f(30))
