def f(xs):
    out = []
    for x in xs:
        out.append(x)
    return out


print(f("abcdefghijklmno"), f((1, 2, 3) * 5), f({i: 1 for i in range(14)}), f({"k": 2}.items()), f(b"abcdefghijklmno"))
print(f(enumerate("abcdefghijklmno")), f(zip(range(14), "abcdefghijklmno")), f(reversed([1, 2, 3])), f(map(abs, [-1] * 14)))
try:
    d = {i: i for i in range(20)}
    for k in d:
        d[k + 100] = 1
except RuntimeError as e:
    print(e)
