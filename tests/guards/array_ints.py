from array import array


def f(a, values):
    s = 0
    for i in range(len(a)):
        a[i] = values[i % len(values)]
        s += a[i] + a[-1]
    return s, a.tolist()


print(f(array("i", [0] * 20), [2**31 - 1, -(2**31), 0]), f(array("I", [0] * 20), [2**32 - 1, 0, 7]))
for code, bad in (("i", 2**31), ("i", -(2**31) - 1), ("I", 2**32), ("I", -1)):
    try:
        f(array(code, [0] * 20), [1] * 14 + [bad])
    except OverflowError as e:
        print(e)
