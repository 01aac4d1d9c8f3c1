# cmath: values, special values, errors.
import cmath
import math

inf, nan = math.inf, math.nan
PARTS = [-inf, -1e308, -1000.0, -711.0, -2.5, -1.0, -1e-160, -1e-310, -0.0, 0.0, 5e-324, 1e-10, 0.7, 1.0, 1.5, 3.0, 20.0, 711.0, 1e160,
         1.7e308, inf, nan]
NAMES = ["acos", "acosh", "asin", "asinh", "atan", "atanh", "cos", "cosh", "exp", "log", "log10", "sin", "sinh", "sqrt", "tan",
         "tanh", "phase", "polar", "isnan", "isinf", "isfinite"]


def digits(x):
    # C libraries differ in the last bits.
    return f"{x:.12g}" if isinstance(x, float) else str(x)


def shown(f, *args):
    try:
        z = f(*args)
        if isinstance(z, complex):
            return f"({digits(z.real)},{digits(z.imag)})"
        return ",".join(map(digits, z)) if isinstance(z, tuple) else digits(z)
    except (ValueError, OverflowError) as e:
        return f"{type(e).__name__}: {e}"


for name in NAMES:
    f = getattr(cmath, name)
    for re in PARTS:
        print(name, re, *[shown(f, complex(re, im)) for im in PARTS], sep=" ")
for r in PARTS:
    print("rect", r, *[shown(cmath.rect, r, phi) for phi in PARTS])
for z in (2, 3j, 1 + 1j, 0, 1, -1):
    for base in (2, 10, 1j, 1, 0, 3.5):
        print("log", z, base, shown(cmath.log, z, base))


class Complex:
    def __complex__(self):
        return 1 + 2j


class Float:
    def __float__(self):
        return 4.0


class Index:
    def __index__(self):
        return 9


print(cmath.sqrt(Complex()), cmath.sqrt(Float()), cmath.sqrt(Index()), cmath.sqrt(True))
print(cmath.pi, cmath.e, cmath.tau, cmath.inf, cmath.nan, cmath.infj, cmath.nanj)
print([cmath.isclose(a, b) for a, b in [(1, 1 + 1e-10j), (1, 1.1), (inf, inf), (nan, nan), (complex(inf, 1), complex(inf, 2)), (0, 1e-12)]])
print(cmath.isclose(1, 1.1, rel_tol=0.2), cmath.isclose(0, 1e-12, abs_tol=1e-9), cmath.isclose(a=1, b=1j, rel_tol=2))
for text in ["cmath.sqrt('x')", "cmath.sqrt()", "cmath.isclose(1, 1, rel_tol=-1)", "cmath.isclose(1, 'x')", "cmath.isclose(1)",
             "cmath.rect(1, 'x')", "cmath.rect(1)", "cmath.log()", "cmath.log(1, 2, 3)", "cmath.polar(None)", "cmath.sqrt(z=1)",
             "cmath.isclose(1, 1, 1)"]:
    try:
        print(text, eval(text))
    except Exception as e:
        print(text, type(e).__name__, e)
