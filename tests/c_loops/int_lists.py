"""Ints of two lists, read and written."""
import sys
from time import process_time


def run(a, b, n, passes):
    total = 0
    for p in range(passes):
        for i in range(1, n):
            x = (a[i - 1] + b[i] * 3) & 0xFFFFF
            a[i] = x
            total = (total ^ x) + (p & 7)
    return total


n = 1000
a = list(range(n))
b = [i * 7 % 101 for i in range(n)]
begun = process_time()
total = run(a, b, n, int(sys.argv[1]))
seconds = process_time() - begun
print(f"{total}\n{seconds:.6f}")
