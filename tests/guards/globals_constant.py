A = 3


def f(n):
    s = 0
    for i in range(n):
        s += A
    return s


print(f(20))
A = 4
print(f(20))
A = 0.5
print(f(20))
del A
try:
    f(20)
except NameError as e:
    print(e)
