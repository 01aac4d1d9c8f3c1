def f(a):
    i = 0
    s = 0
    try:
        while True:
            s += a[i]
            i += 1
            if i % 10 == 0:
                a.pop()
    except IndexError as e:
        return s, i, str(e)


print(f(list(range(40))), f(list(range(15))))
