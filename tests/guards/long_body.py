def f(n):
    a = b = c = d = e = 0
    for i in range(n):
        a += i
        b += a * 2
        c = b - a if b > 10 else c + 1
        d = (d + c) % 1000
        e = e ^ d
        if e > 500:
            a -= 1
        elif e > 250:
            b -= 1
        else:
            c -= 1
        x = [a, b, c]
        y = {"a": a, "e": e}
        d += len(x) + y["e"] % 3 + x[-1] % 2
    return a, b, c, d, e


print(f(60))
