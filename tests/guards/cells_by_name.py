def make(n):
    total, step = 0, 1

    def add(v):
        nonlocal total, step
        total += v * step
        step = -step
        if v == 17:
            del step
            step = 2
        return total

    return [add(i) for i in range(n)], total, step


def late(n):
    found = []
    for i in range(n):
        def inner():
            return x
        if i % 3:
            x = i
            found.append(inner())
        else:
            try:
                found.append(inner())
            except NameError as error:
                found.append(str(error)[:25])
            x = -i
        if i % 4 == 0:
            del x
    return found[-6:]


print(make(30), make(12))
print(late(30), late(5))
