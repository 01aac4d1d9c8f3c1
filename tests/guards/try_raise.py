class E(Exception):
    pass


def f(n):
    s = 0
    for i in range(n):
        try:
            if i % 3 == 0:
                raise E(i)
            if i % 7 == 0:
                raise ValueError from None
            s += 1
        except E as e:
            s += e.args[0] * 100
        except ValueError:
            s += 10
    return s


print(f(30), f(3))
