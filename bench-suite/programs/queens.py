"""The eight queens, by a generator that calls itself."""


def solutions(n, row=0, columns=0, left=0, right=0):
    if row == n:
        yield ()
        return
    free = ~(columns | left | right) & ((1 << n) - 1)
    while free:
        bit = free & -free
        free ^= bit
        for rest in solutions(n, row + 1, columns | bit, (left | bit) << 1, (right | bit) >> 1):
            yield (bit.bit_length() - 1, *rest)


def run():
    all_of_them = list(solutions(8))
    return len(all_of_them), all_of_them[0], sum(s[3] for s in all_of_them)
