import gc


class Node:
    def __init__(self, a, b):
        self.a = a
        self.b = b


def f(n):
    keep = None
    s = 0
    for i in range(n):
        keep = Node(keep, [i, (i, str(i))])
        if i % 7 == 6:
            gc.collect()
            keep = keep.a
        s += len(keep.b[1][1])
    k = 0
    while keep is not None:
        k += keep.b[0]
        keep = keep.a
    return s, k


print(f(60))
