"""The Mandelbrot set as a picture of bits: complex numbers."""


def run():
    size, crc = 48, 0
    for y in range(size):
        row = 0
        for x in range(size):
            c = complex(2 * x / size - 1.5, 2 * y / size - 1)
            z = 0j
            for _ in range(40):
                z = z * z + c
                if z.real * z.real + z.imag * z.imag > 4.0:
                    break
            else:
                row |= 1 << x
        crc = (crc * 31 + row) % 1_000_000_007
    return crc
