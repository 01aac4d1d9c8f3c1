def f(s):
    t = 0
    for i in range(len(s)):
        t = t * 3 % 1009 + s[i] + s[-1]
    return t


print(f(b"hello world, hello"), f(bytearray(b"hello world")), f([1, 2, 3] * 5))
try:
    s = b"abc" * 5
    for i in range(20):
        s[i]
except IndexError as e:
    print(i, e)
