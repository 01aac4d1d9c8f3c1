class D(dict):
    def __missing__(self, key):
        return len(key)


def f(d, keys):
    out = []
    for k in keys:
        try:
            out.append(d[k])
        except KeyError as e:
            out.append(e.args[0] + "?")
    return out


print(f({"a": 1}, ["a", "b"] * 10), f(D(a=1), ["a", "bcd"] * 8))
