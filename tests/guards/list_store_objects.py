# What is stored is a heap object: the collector must hear of it.
import gc


def f(a, n):
    for i in range(n):
        a[i % len(a)] = [i, str(i)]
        if i % 10 == 9:
            gc.collect()
    return a


print(f([None] * 7, 45))
