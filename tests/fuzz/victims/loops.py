def count(n):
    i = s = 0
    while i < n:
        i += 1
        if i % 3 == 0: continue
        if i > 20: break
        s += i
    else:
        s = -s
    return s

def nested(rows):
    out = []
    for i, row in enumerate(rows):
        for j in row:
            if j and not i: out.append(j)
            elif j is None or i in (1, 2): out.extend([i, j])
            else: del out[:1]
    return out

def numbers(a, b):
    return (a + b, a - b, a * b, a // b, a % b, a / b, a ** 2, a << 2, a >> 1, a & b, a | b, a ^ b, -a, +a, ~a,
            not a, a < b, a <= b, a == b, a != b, a > b, a >= b, a is b, a is not b, a < b < 5, (a, b)[0], divmod(a, b))

def slices(x):
    y = x[1:], x[:2], x[::2], x[-1], x[1:3]
    z = list(x); z[1:2] = [7, 8]; del z[0]; z[0] += 1
    return y, z

def comprehensions(n):
    return ([i * i for i in range(n) if i % 2], {i for i in range(n)}, {i: str(i) for i in range(n)},
            [(i, j) for i in range(2) for j in range(i)], [x := 3, x], [[k for k in range(m)] for m in range(3)])

def displays(a):
    return {1: a, **{"x": 2}}, {*[1, 2], 3}, [*"ab", a], (*range(3), a), {}, set(), f"{a!r:>{4}} {a=} {{}}", [1, 2, 3], {1, 2}

count(10), count(50), nested([[1, None, 0], [2], [3, 0]]), numbers(7, 3), numbers(2.5, 2) if 0 else 0
numbers(-8, 3), slices([1, 2, 3, 4]), slices((1, 2, 3)), comprehensions(5), displays(9)
total = 0
for i in range(10):
    total += i
a = b = [1]; a[0], b = 2, 3
x: int = 1
assert total == 45, "sum"
del total
"abc" in "xabcx", None, ..., 1.5, 2j, b"bytes", 10 ** 20, -1, "é", (1, (2, 3)), frozenset({1})
text = "".join(c.upper() for c in "hello" if c != "l") + "%s %d" % ("a", 3)
text.split(), len(text), text[0], ord(text[0]), text * 2, text == "x"
globals()["x"] += 1
