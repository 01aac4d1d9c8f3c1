"""Products and determinants of matrices, as lists of lists."""


def product(a, b):
    columns = list(zip(*b))
    return [[sum(x * y for x, y in zip(row, column)) for column in columns] for row in a]


def determinant(matrix):
    m = [row[:] for row in matrix]
    n, result = len(m), 1.0
    for i in range(n):
        pivot = max(range(i, n), key=lambda r: abs(m[r][i]))
        if pivot != i:
            m[i], m[pivot] = m[pivot], m[i]
            result = -result
        result *= m[i][i]
        for r in range(i + 1, n):
            factor = m[r][i] / m[i][i]
            for k in range(i, n):
                m[r][k] -= factor * m[i][k]
    return result


def run():
    n = 28
    a = [[((i * 7 + j * 3) % 11) / 8 + (i == j) * 4 for j in range(n)] for i in range(n)]
    b = [[((i * 5 + j * 2) % 13) / 8 for j in range(n)] for i in range(n)]
    return f"{determinant(a):.6e} {sum(map(sum, product(a, b))):.6f}"
