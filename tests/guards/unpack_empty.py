def f(rows):
    n = 0
    for () in rows:
        n += 1
    return n


print(f([()] * 14), f([[]] * 14), f([""] * 3))
try:
    f([()] * 12 + [(1,)])
except ValueError as e:
    print(e)
