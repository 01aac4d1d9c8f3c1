def f(n):
    global X
    s = 0
    for i in range(n):
        X = i
        s += X
        del X
    try:
        del X
    except NameError as e:
        print(e)
    return s


print(f(20))
