class Plan(list):
    pass


def total(items):
    s = 0
    for x in items:
        s += x
    return s


def several(make):
    out = []
    for k in range(12):
        out.append(total(make(k)))
    return out


print(several(lambda k: [k, 1]))
print(several(lambda k: Plan([k, 2])))
print(several(lambda k: iter([k, 3])))
done = iter([5])
print(several(lambda k: done))
print(several(lambda k: (k, 4) if k % 3 else Plan([k])))
