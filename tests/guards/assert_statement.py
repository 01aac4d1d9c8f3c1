def f(n, bad):
    s = 0
    for i in range(n):
        assert i != bad, f"not {i}"
        s += i
    return s


print(f(20, 30))
try:
    f(20, 15)
except AssertionError as e:
    print(repr(e))
