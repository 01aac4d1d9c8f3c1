"""A sudoku by search: sets, and the cell with the fewest choices first."""

PUZZLE = "53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79"
HARD = "..............3.85..1.2.......5.7.....4...1...9.......5......73..2.1........4...9"


def peers(cell):
    row, column = divmod(cell, 9)
    for k in range(9):
        yield row * 9 + k
        yield k * 9 + column
        yield (row // 3 * 3 + k // 3) * 9 + column // 3 * 3 + k % 3


PEERS = [sorted(set(peers(cell)) - {cell}) for cell in range(81)]


def solve(grid, steps):
    best, choices = None, None
    for cell in range(81):
        if grid[cell] == 0:
            free = {1, 2, 3, 4, 5, 6, 7, 8, 9} - {grid[p] for p in PEERS[cell]}
            if best is None or len(free) < len(choices):
                best, choices = cell, free
    if best is None:
        return True
    for digit in sorted(choices):
        steps[0] += 1
        if steps[0] > 400:
            return False
        grid[best] = digit
        if solve(grid, steps):
            return True
    grid[best] = 0
    return False


def run():
    results = []
    for puzzle in (PUZZLE, HARD):
        grid, steps = [int(c) if c != "." else 0 for c in puzzle], [0]
        results.append((solve(grid, steps), steps[0], "".join(map(str, grid[:18]))))
    return results
