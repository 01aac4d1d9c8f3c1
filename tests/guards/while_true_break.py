def f(n):
    i = 0
    while True:
        i += 3
        if i > n:
            break
        if i % 2:
            continue
        i += 1
    else:
        i = -1
    return i


print(f(50), f(0), f(20.5))
