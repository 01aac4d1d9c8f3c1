def fib(n):
    if n < 2:
        return n
    return fib(n - 1) + fib(n - 2)


print(fib(12), fib(1))
try:
    fib("a")
except TypeError as e:
    print(e)
