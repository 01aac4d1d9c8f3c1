"""A method that is called on each turn, of one of eight objects."""
import sys
from time import process_time


class Counter:
    def __init__(self, count, step):
        self.count = count
        self.step = step

    def add(self, k):
        n = self.count + k * self.step
        if n > 99991:
            n = n - 99991
        self.count = n
        return n


def run(counters, n):
    total = 0
    for i in range(n):
        total = total + counters[i & 7].add(i & 31)
        total = total & 0xFFFFFF
    return total


counters = [Counter(i, i + 3) for i in range(8)]
begun = process_time()
total = run(counters, int(sys.argv[1]))
seconds = process_time() - begun
print(f"{total}\n{seconds:.6f}")
