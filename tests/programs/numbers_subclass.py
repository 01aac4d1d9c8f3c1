# Subclasses of numbers, ranges and slices at work; the recorded output is CPython 3.14's.
class I:
    def __init__(self, v): self.v = v
    def __index__(self): return self.v
class SI(int): pass
class SF(float): pass
class SC(complex): pass

x = SI(2**100); x.foo = [1,2]; print(x, x.foo, x+1, type(x+1) is int, x == 2**100, hash(x) == hash(2**100))
y = SF(1.5); y.bar = {"a": 1}; print(y, y.bar, y*2, y == 1.5, hash(y) == hash(1.5), -y, float(y), int(y))
z = SC(1, 2); z.q = "s"; print(z, z.q, z*1j, z.real, z.imag, z == 1+2j)
print(SI(), SI(0), SI(-5), SI("77", 8), SI(3.7), SF(), SF("2.5"), SF(y))
print(list(range(5)), list(range(10, 0, -3)), list(range(2**64, 2**64+5, 2)), list(reversed(range(2**64, 2**64+5, 2))), list(reversed(range(10))), list(range(-2**63, -2**63+3)), list(range(2**63-3, 2**63-1)), list(range(2**63-1, 2**63-4, -1)))
print(list(range(2**48-2, 2**48+2)), [x for x in range(0)], tuple(range(3)))
a = [0,1,2,3,4,5,6,7,8,9]
print(a[2:5], a[::-1], a[::3], a[-3:], a[100:], a[:-100], a[5:2:-1], a[True:3], a[I(2):I(4)], a[:2**100], a[-2**100:2])
del a[::2]; print(a)
a[1:3] = range(3); print(a)
print(slice(1,2) < slice(1,3), slice(None, 5, 2).indices(10), slice(5), slice("a", [1], None))
print((5).real, (5).imag, (5).numerator, True.denominator, (2.5).real, (2.5).imag, (1+2j).conjugate())
print(1 in range(5), 1.0 in range(5), 2**70 in range(2**71), "a" in range(3), range(5) == range(0, 5, 1), range(0, 5, 2)[1:])
s = 0
for i in range(1000): s += i * i
print(s)
f = 1
for i in range(1, 500): f *= i
print(f % 1000003, f.bit_length(), hash(f))
print(str(f)[:50], len(str(f)))
g = f
for i in range(1, 400): g //= i
print(g % 1000003)
p = 3**5000
print(p % 10**20, len(str(p)) if False else 0, (p*p) % 10**15, p*p // p == p, (p*p+p) % p, pow(3, p, 10**9+7))
