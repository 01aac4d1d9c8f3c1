"""Large ints, floats and their texts."""


def work():
    n, found = 1, []
    for i in range(1, 40):
        n *= i * 12345
        if i % 8 == 0:
            found.append(n % 10**9)
            found.append((n << 70) >> 65 & 2**64 - 1)
            found.append(divmod(n, 2**50 + i)[1])
    total = 0.0
    for i in range(30):
        total += i / 3
    small = 2**47
    for i in range(12):
        small += small // 3
    return found, total, small, int(str(n)) == n, f"{total:.3f}", complex(1, 2) * 3j, float("1.5e3"), round(total, 2), -n == ~n + 1


for _ in range(4):
    try:
        result = work()
        break
    except MemoryError:
        pass
print(result)
