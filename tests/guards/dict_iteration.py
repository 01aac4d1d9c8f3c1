def f(d):
    s = 0
    for k, v in d.items():
        s += k * v
    for k in d:
        s += k
    for v in d.values():
        s -= v
    for k in d.keys():
        s ^= k
    return s


def pairs(d):
    out = []
    for item in d.items():
        out.append(item)
    return out, [(v, k) for k, v in d.items()], {v: k for k, v in d.items()}


def changes(d, how):
    n = 0
    try:
        for k, v in d.items():
            n += 1
            how(d, k)
    except RuntimeError as e:
        return n, str(e)
    return n


class D(dict):
    def items(self):
        return [(1, 2)]


print(f({k: k + 1 for k in range(20)}), f({}), f({k: k for k in range(15)}))
print(pairs({k: str(k) for k in range(12)}), pairs({"a": 1.5}))
print(changes({k: k for k in range(20)}, lambda d, k: d.__setitem__(k, 5)))
print(changes({k: k for k in range(20)}, lambda d, k: d.__setitem__(k + 100, 5) if k == 15 else None))
print(changes({k: k for k in range(20)}, lambda d, k: d.clear() if k == 15 else None))
print(changes({k: k for k in range(20)}, lambda d, k: (d.pop(k), d.__setitem__(k + 100, 1)) if k == 15 else None))
print(f(D({k: k for k in range(15)})))


def outer(n):
    d = {"x": 1, "y": 2}
    s = 0
    for k in range(n):
        d["x"] = k
        for name, v in d.items():
            s += v if name == "x" else 0
        for name, v in reversed(d.items()):
            s += len(name)
    return s


print(outer(20))


def kept(n):
    it = iter({k: -k for k in range(n)}.items())
    for k, v in it:
        if k == 14:
            break
    return next(it), k, v, len(list(it))


print(kept(20))


def wrong(n):
    try:
        for a, b, c in {k: k for k in range(n)}.items():
            pass
    except ValueError as e:
        return str(e)


print([wrong(15) for _ in range(15)][-1])
