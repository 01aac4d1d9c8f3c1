"""Conway's game of life on an endless plane: a set of cells."""
from collections import Counter

ACORN = {(0, 0), (1, 0), (1, 2), (3, 1), (4, 0), (5, 0), (6, 0)}
AROUND = [(x, y) for x in (-1, 0, 1) for y in (-1, 0, 1) if x or y]


def run():
    cells = set(ACORN)
    for _ in range(40):
        near = Counter((x + dx, y + dy) for x, y in cells for dx, dy in AROUND)
        cells = {cell for cell, n in near.items() if n == 3 or n == 2 and cell in cells}
    return len(cells), sum(x * 3 + y for x, y in cells), min(cells), max(cells)
