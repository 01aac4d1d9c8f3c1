"""Levenshtein's distance between words: a table row by row."""

WORDS = "kitten sitting saturday sunday interpreter compiler recursion reduction brolga grus rubicunda".split()


def distance(a, b):
    before = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            row.append(min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (x != y)))
        before = row
    return before[-1]


def run():
    return sum(distance(a, b) * (i + 1) for i, a in enumerate(WORDS) for b in WORDS)
