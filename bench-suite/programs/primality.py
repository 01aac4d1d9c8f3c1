"""Large primes by the test of Miller and Rabin: powers modulo ints of 200 bits."""


def is_prime(n):
    for p in (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37):
        if n % p == 0:
            return n == p
    d, s = n - 1, 0
    while d % 2 == 0:
        d, s = d // 2, s + 1
    for a in (2, 3, 5, 7, 11, 13, 17):
        x = pow(a, d, n)
        if x in (1, n - 1):
            continue
        for _ in range(s - 1):
            x = x * x % n
            if x == n - 1:
                break
        else:
            return False
    return True


def run():
    found, n = [], 2**200 + 1
    while len(found) < 4:
        if is_prime(n):
            found.append(n - 2**200)
        n += 2
    return found, is_prime(2**127 - 1), is_prime(2**129 - 1)
