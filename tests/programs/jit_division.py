# Floor division and remainder by constants and by variables, in compiled loops.
def f(n, ds):
    out = 0
    for x in range(-n, n):
        out = (out * 31 + x // 1 + 3 * (x % 1) + 5 * (x // 2) + 7 * (x % 2) + 11 * (x // 3) + 13 * (x % 3) + x // 1024 * 3 + x % 1024 + x // 10007 + x % 10007 + x // -3 + x % -3 + x // 7 + x % 7) & 0xffffffff
    return out
def g(n, d):
    out = 0
    for x in range(-n, n):
        out = (out * 31 + x // d + 3 * (x % d)) & 0xffffffff
    return out
def big(n):
    out = 0
    x = 2**48 - 1
    y = -2**48
    for i in range(n):
        out = (out * 31 + x // 3 + x % 3 + y // 3 + y % 3 + x // 16 + y % 16 + y // 1 + x // 1 + y // (2**40) + y % (2**40 + 1)) & 0xffffffff
        x -= 1
        y += 1
    return out
print(f(5000, 0), [g(3000, d) for d in (1, -1, 2, -2, 3, -3, 10, -10, 4096)], big(5000))
try:
    g(2000, 0)
except ZeroDivisionError as e:
    print(e)
