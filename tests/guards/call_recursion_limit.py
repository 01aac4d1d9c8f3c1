import sys


def down(n):
    if n == 0:
        return 0
    return 1 + down(n - 1)


def f(k):
    s = 0
    for i in range(k):
        s += down(i)
    return s


print(f(20))
try:
    down(10**6)
except RecursionError as e:
    print(e)
print(f(20))
sys.setrecursionlimit(60)
try:
    down(100)
except RecursionError as e:
    print(e)
