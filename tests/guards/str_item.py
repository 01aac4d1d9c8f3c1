def f(s, n):
    out = ""
    for i in range(n):
        out = s[i] + out
        out += s[-1]
    return out


print(f("abcdefghijklmnop", 16), f("äöüßéñçøåœæ→", 12), f("\U0001f40d" * 12, 12), f(["a", "b"] * 8, 10))
try:
    f("abc" * 4, 13)
except IndexError as e:
    print(e)
