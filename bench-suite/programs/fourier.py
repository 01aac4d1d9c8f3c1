"""The fast Fourier transform, by recursion on halves, and back."""
import cmath


def transform(values, sign):
    n = len(values)
    if n == 1:
        return values
    even, odd = transform(values[::2], sign), transform(values[1::2], sign)
    turned = [cmath.exp(sign * 2j * cmath.pi * k / n) * odd[k] for k in range(n // 2)]
    return [e + t for e, t in zip(even, turned)] + [e - t for e, t in zip(even, turned)]


def run():
    n = 1024
    signal = [complex((k * k) % 17, k % 5) for k in range(n)]
    spectrum = transform(signal, -1)
    back = [v / n for v in transform(spectrum, 1)]
    error = max(abs(a - b) for a, b in zip(signal, back))
    return f"{abs(spectrum[3]):.6f} {error < 1e-9}"
