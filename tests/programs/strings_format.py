# The format mini-language: every spec with every kind of value.
def show(f, *a, **k):
    try:
        print(repr(f(*a, **k)))
    except BaseException as e:
        print(type(e).__name__, e)


for spec in ("", "5", "<5", ">5", "^5", "*^7", "05", "=5", "+", "-", " ", "x", "X", "#x", "#o", "#b", "b", "o", "c", "d", "n", "e", "f", "g", "%", ",", "_", "_x", ",d", "+,", "010,", "s", ".2", ".2f", ".0f", "#.0f", ".3e", "08.2f", "+08.2f", "z.1f", "q", "5s", "^+10", "é>4", "<05", "1.", "_b", ",x", "__", ",_", "#_x", "20,.3f", "=+10", "10.3", "!", "{", "}", ".", "..", "5.", "c5", "1000000000000000000000", "z", "0", "00", "<", ">>", "=="):
    for v in (0, 42, -7, 1234567, 3.14159, -0.0, 1e20, float("nan"), float("inf"), "abc", True, 1 + 2j, None, b"x"):
        try: print(spec, v, repr(format(v, spec)))
        except Exception as e: print(spec, v, type(e).__name__, e)
