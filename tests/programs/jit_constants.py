"""What compiled code holds as a constant lives as long as it is needed, though the program has dropped it meanwhile."""

import gc


class Holder:
    items = None

    def method(self, x):
        return ["method", x]


def drops():
    Holder.items = [0]
    Holder.method = lambda self, x: ["other", x]
    gc.collect()
    # Where the old ones were.
    return [[k] * 3 for k in range(50)] and 1


def keeps():
    return 1


def uses(h, f):
    return h.items, h.method(f()), f()


def main():
    for turn in range(4):
        Holder.items = ["items", turn]
        Holder.method = lambda self, x, turn=turn: ["lambda", turn, x]
        h = Holder()
        for i in range(300):
            r = uses(h, keeps)
        print(r)
        print(uses(h, drops))
        print(uses(h, keeps))


main()
