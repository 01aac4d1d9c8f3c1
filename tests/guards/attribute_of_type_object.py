class P:
    count = 0


def f(n):
    for i in range(n):
        P.count += i
        P.last = P.count
    return P.count, P.last


print(f(30))
P.count = 0.5
print(f(15))
del P.count
try:
    f(3)
except AttributeError as e:
    print(e)
