from array import array


def f(a, values):
    s = 0
    for i in range(len(a)):
        a[i] = values[i % len(values)]
        s += a[i] + a[-1]
    return s, a.tolist()


print(f(array("l", [0] * 20), [2**48 - 1, -(2**48), 0]), f(array("q", [0] * 20), [1] * 14 + [2**63 - 1]))
print(f(array("Q", [0] * 20), [1, 2, 3]), f(array("L", [0] * 15), [2**64 - 1]))
try:
    f(array("q", [0] * 20), [1] * 14 + [2**63])
except OverflowError as e:
    print(e)
