from array import array


def f(a, values):
    s = 0
    for i in range(len(a)):
        a[i] = values[i % len(values)]
        s += a[i] + a[-1]
    return s, a.tolist()


print(f(array("h", [0] * 20), [32767, -32768, 0]), f(array("H", [0] * 20), [65535, 0, 7]))
for code, bad in (("h", 32768), ("h", -32769), ("H", 65536), ("H", -1)):
    try:
        f(array(code, [0] * 20), [1] * 14 + [bad])
    except OverflowError as e:
        print(e)
