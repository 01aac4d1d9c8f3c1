def f(n):
    s = 0
    for i in range(n):
        import sys
        from math import floor

        s += floor(i + 0.5) + (sys.maxsize > 0)
    return s


print(f(20))
try:
    for i in range(15):
        if i == 13:
            from math import nothing
except ImportError as e:
    print(e)
