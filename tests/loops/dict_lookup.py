"""Values of a dict, by strings."""


def setup():
    keys = [f"key{i}" for i in range(32)]
    return keys, {k: i for i, k in enumerate(keys)}


def f(keys, d, n):
    total = 0
    for i in range(n):
        total = (total + d[keys[i & 31]]) & 0xFFFF
    return total


COMPILED = f
