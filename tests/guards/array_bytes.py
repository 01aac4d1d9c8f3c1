from array import array


def f(a, values):
    s = 0
    for i in range(len(a)):
        a[i] = values[i % len(values)]
        s += a[i] + a[-1]
    return s, a.tolist()


print(f(array("b", bytes(20)), [127, -128, 0]), f(array("B", bytes(20)), [255, 0, 7]))
for code, bad in (("b", 128), ("b", -129), ("B", 256), ("B", -1)):
    try:
        f(array(code, bytes(20)), [1] * 14 + [bad])
    except OverflowError as e:
        print(e)
