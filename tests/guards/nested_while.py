def f(n):
    i = 0
    out = 0
    while i < n:
        j = i
        while j > 0:
            if j % 5 == 0:
                j -= 3
                continue
            j -= 1
            out += j
        i += 1
    return out


print(f(25), f(0), f(12.5))
