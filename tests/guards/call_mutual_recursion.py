def even(n):
    return True if n == 0 else odd(n - 1)


def odd(n):
    return False if n == 0 else even(n - 1)


print([even(i) for i in range(15)], odd(30))
try:
    even(-1)
except RecursionError as e:
    print(str(e)[:32])
