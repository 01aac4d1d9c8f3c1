# A class body that reads and writes names of the function around it.
def f(n):
    k = 0
    out = []
    for i in range(n):
        k += i

        class C:
            nonlocal k
            k = k + 1
            v = k
            w = i

        out.append((C.v, C.w))
    return out[-2:], k


print(f(20))
