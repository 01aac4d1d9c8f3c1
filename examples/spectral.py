"""The spectral norm of an infinite matrix, cut off at n rows and columns.

    brolga examples/spectral.py [n]

The matrix is A[i][j] = 1 / ((i + j)(i + j + 1)/2 + i + 1). Its norm, the most by which it can stretch a vector, is the
square root of the largest eigenvalue of A-transposed times A, and multiplying any vector by that product again and again
turns it towards the eigenvector (the power method). The matrix itself is never stored.
"""

import sys

ROUNDS = 10


def entry(i, j):
    return 1.0 / ((i + j) * (i + j + 1) // 2 + i + 1)


def times(vector):
    """A times the vector."""
    return [sum(entry(i, j) * x for j, x in enumerate(vector)) for i in range(len(vector))]


def transposed_times(vector):
    return [sum(entry(j, i) * x for j, x in enumerate(vector)) for i in range(len(vector))]


def dot(u, v):
    return sum(x * y for x, y in zip(u, v))


def spectral_norm(n):
    u = [1.0] * n
    for _ in range(ROUNDS):
        v = transposed_times(times(u))
        u = transposed_times(times(v))
    return (dot(u, v) / dot(v, v)) ** 0.5


def main():
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    print(f"{spectral_norm(n):.9f}")


if __name__ == "__main__":
    main()
