"""Primes by the sieve of Eratosthenes: slices of a bytearray."""


def run():
    n = 200_000
    is_prime = bytearray([1]) * (n + 1)
    is_prime[0:2] = b"\0\0"
    for p in range(2, int(n**0.5) + 1):
        if is_prime[p]:
            is_prime[p * p :: p] = bytes(len(range(p * p, n + 1, p)))
    primes = [p for p, prime in enumerate(is_prime) if prime]
    return len(primes), primes[-1], sum(primes)
