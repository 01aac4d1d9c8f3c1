from array import array


def f(a, values):
    s = 0
    for i in range(len(a)):
        a[i] = values[i % len(values)]
        s += a[i] + a[-1]
    return s, a.tolist()


print(f(array("d", [0] * 20), [1.5, -0.0, 3]), f(array("f", [0] * 20), [1.5, 0.1]))
print(f(array("d", [0] * 14), [float("nan")]))
try:
    f(array("d", [0] * 20), [1.5] * 14 + ["x"])
except TypeError as e:
    print(e)
