# Arithmetic over boundary values: digests of results, printed row by row; the recorded output is CPython 3.14's.
vals = [0, 1, -1, 2, -2, 3, 7, -7, 10, 255, 2**31, -2**31, 2**47 - 1, 2**48 - 1, 2**48, -2**48, -2**48 - 1, 2**53 + 1,
        2**62, 2**63 - 1, 2**63, -2**63, -2**63 - 1, 2**64 - 1, 2**64, -2**64, 10**20, -10**25 + 7, 2**127, 2**128 - 1,
        3**100, -7**90, 2**500 - 1, 10**300, -10**310, 12345678901234567890123456789 ** 9]

def digest(v):
    if isinstance(v, tuple):
        return tuple(digest(x) for x in v)
    if isinstance(v, int) and abs(v) >= 10**20:
        return "h%d" % (v % 1000000007)
    return repr(v)

def run(name, f, bs):
    for i, a in enumerate(vals):
        row = []
        for b in bs:
            try:
                row.append(str(digest(f(a, b))))
            except Exception as e:
                row.append(type(e).__name__ + "(" + str(e) + ")")
        print(name, i, " ".join(row))

run("+", lambda a, b: a + b, vals)
run("-", lambda a, b: a - b, vals)
run("*", lambda a, b: a * b, vals)
run("//", lambda a, b: a // b, vals)
run("%", lambda a, b: a % b, vals)
run("divmod", divmod, vals)
run("/", lambda a, b: a / b, vals)
run("&", lambda a, b: a & b, vals)
run("|", lambda a, b: a | b, vals)
run("^", lambda a, b: a ^ b, vals)
run("cmp", lambda a, b: (a < b) + 2 * (a <= b) + 4 * (a == b) + 8 * (a > b), vals)
shifts = [0, 1, 5, 31, 47, 48, 49, 63, 64, 65, 127, 128, 200, 1000]
run("<<", lambda a, b: a << b, shifts)
run(">>", lambda a, b: a >> b, shifts)
run("**", lambda a, b: a ** b, [0, 1, 2, 3, 5, 17, -1, -2])
run("pow", lambda a, b: pow(a, b, 1000000007), vals[:20])
run("powbig", lambda a, b: pow(a, b, 10**40 + 121), vals[:30])
run("powneg", lambda a, b: pow(a, 3, -b - 11), vals)
run("round", lambda a, b: round(a, b), [0, 1, -1, -2, -3, -5, -10, -17, -20, -100, -300])
floats = [0.0, -0.0, 0.5, -1.5, 1e10, 2.0**53, 2.0**63, -2.0**63, 1e300, -1e-300, float("inf"), float("-inf"), float("nan")]
run("cmpf", lambda a, b: (a < b) + 2 * (a <= b) + 4 * (a == b) + 8 * (a > b) + 16 * (b < a) + 32 * (b == a), floats)
run("+f", lambda a, b: a + b, floats)
run("//f", lambda a, b: a // b, floats)
run("f%", lambda a, b: b % a, floats)
for v in vals:
    print(v.bit_length(), v.bit_count(), hash(v), ~v % 97, (-v) % 89, abs(v) % 83, bool(v), v.to_bytes(200, "little", signed=True).hex()[:80],
          int.from_bytes(v.to_bytes(200, "big", signed=True), "big", signed=True) == v, int(str(v)) == v, int(hex(v), 16) == v,
          int(oct(v), 0) == v, int(bin(v), 2) == v, format(v, "_x")[:40], format(v, ",")[:40], f"{v:+#o}"[:30], f"{v:^+60d}"[:60])
    try:
        print(float(v), int(float(v)) == v, v.__float__().hex())
    except OverflowError as e:
        print(e)
