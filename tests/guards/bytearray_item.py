def f(s, n):
    for i in range(n):
        s[i] = (s[i] * 7 + i) & 255
        s[-1] = i
    return s


print(f(bytearray(b"hello world, hello"), 18), f([1] * 15, 15))
b = bytearray(b"0123456789abcdefgh")
del b[:3]
print(f(b, 15))
for bad in (256, -1, "x"):
    try:
        b = bytearray(15)
        for i in range(15):
            b[i] = bad if i == 13 else i
    except (ValueError, TypeError) as e:
        print(e, b)
