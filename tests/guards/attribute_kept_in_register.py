class Acc:
    def __init__(self):
        self.a = 0
        self.b = 0


def f(acc, xs):
    try:
        for x in xs:
            acc.a = acc.a + x
            acc.b = acc.b + 1
    except TypeError as e:
        return acc.a, acc.b, str(e)
    return acc.a, acc.b


print(f(Acc(), range(30)), f(Acc(), [1] * 20 + [0.5]), f(Acc(), [1] * 20 + [None]), f(Acc(), [2**47] * 12))
