from array import array


def f(a):
    s = 0
    for i in range(len(a)):
        s += a[i]
    return s


print(f(array("i", range(20))), f(array("d", [0.5] * 20)), f(array("b", range(20))), f(list(range(20))))
