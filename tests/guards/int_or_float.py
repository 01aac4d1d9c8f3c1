# Both ints and both floats at one operator.
def add(x, y):
    return x + y


def f(n):
    out = []
    for i in range(n):
        out.append(add(i, i))
        out.append(add(i + 0.5, 0.25))
    return out


print(f(40))
print([add(i, 0.5) for i in range(15)], add("a", "b"), add(2**60, 1))
