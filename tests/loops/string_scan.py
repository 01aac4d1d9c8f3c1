"""The characters of a string, one after the other."""


def setup():
    return ("the quick brown fox jumps over the lazy dog, and on; " * 20,)


def f(text, n):
    words = i = 0
    size = len(text)
    while n > 0:
        c = text[i]
        if c == " " or c == ",":
            words = (words + 1) & 0xFFFF
        i += 1
        if i == size:
            i = 0
        n -= 1
    return words


COMPILED = f
