def f(n, k):
    s = 0
    for i in range(n):
        try:
            if i == k:
                del y
            else:
                y = i
            s += y
        except UnboundLocalError as e:
            s += 1000
            print(e)
    return s


print(f(20, 25), f(20, 15))


def g(n):
    for i in range(n):
        if i > 12:
            return z
        if i > 20:
            z = 1


try:
    g(30)
except UnboundLocalError as e:
    print(e)
