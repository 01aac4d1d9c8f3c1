x = 5


def make(k):
    class C:
        s = 0
        for i in range(20):
            s += i * k + x
            locals()["name%d" % i] = s
        x: int = 3
        y = [j for j in range(15)]
        del i

    return C


c = make(2)
print(c.s, c.name19, c.y[-1], hasattr(c, "i"), c.__annotations__)
