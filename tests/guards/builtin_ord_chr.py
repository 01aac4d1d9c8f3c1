def f(text):
    out = ""
    for c in text:
        out += chr(ord(c) + 1)
    return out


print(f("hello world, you"), f("äöü→\U0001f40d" * 3), f([b"a", "b"] * 3))
for bad in ("ab", 5, ""):
    try:
        f(["a"] * 12 + [bad])
    except TypeError as e:
        print(e)
try:
    for i in range(15):
        chr(0x10FFFF + (i == 13))
except ValueError as e:
    print(e)
