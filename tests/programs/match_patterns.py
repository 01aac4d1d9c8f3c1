# The match statement: every kind of pattern.
class P:
    __match_args__ = ("x", "y")
    def __init__(s, x, y): s.x, s.y = x, y
    def __repr__(s): return f"P({s.x},{s.y})"
class NoArgs:
    def __repr__(s): return "NoArgs()"
class BadArgs: __match_args__ = [1]
class BadArgs2: __match_args__ = ("a", 1)
class Dup: __match_args__ = ("a", "a"); a = 1
import collections, enum
class Color(enum.Enum): RED = 1; BLUE = 2
def m(v):
    match v:
        case 0: return "zero"
        case -1 | -2: return "neg"
        case 1.5: return "1.5"
        case 2 + 3j: return "complex"
        case "a" | b"a": return "a"
        case True: return "true"
        case None: return "none"
        case Color.RED: return "red"
        case int(n) if n > 100: return f"big {n}"
        case int() | float() as num: return f"num {num!r}"
        case str(s) if len(s) > 3: return f"long {s}"
        case [] : return "empty seq"
        case [x]: return f"one {x}"
        case [1, *rest]: return f"1+{rest}"
        case [_, 2, _]: return "mid 2"
        case (x, [y, *_], *z): return f"nested {x} {y} {z}"
        case [*_, "last"]: return "last"
        case {"k": v, **rest} if rest: return f"k={v} rest {rest}"
        case {"k": 1}: return "k1"
        case {"a": {"b": [c, *_]}}: return f"deep {c}"
        case {1: _, 2: _}: return "12"
        case {}: return "mapping"
        case P(0, 0): return "origin"
        case P(x, y=0): return f"x axis {x}"
        case P(x=a, y=b): return f"P {a} {b}"
        case NoArgs(): return "noargs"
        case _: return "other"
for v in (0, -1, -2, 1.5, 2 + 3j, "a", b"a", True, False, None, Color.RED, Color.BLUE, 101, 5, 2.5, "abcd", "abc", [], (), [7], (1, 2, 3), [9, 2, 9], [9, [8, 7], 6, 5], [3, 3, "last"], {"k": 1}, {"k": 1, "z": 2}, {"a": {"b": [1, 2]}}, {1: 1, 2: 2, 3: 3}, {}, {"q": 1}, P(0, 0), P(1, 0), P(1, 2), NoArgs(), object, {1, 2}, "", bytearray(b"a"), range(2), collections.deque([1]), memoryview(b"ab"), collections.OrderedDict(k=1), collections.UserDict(k=1), iter([]), 0.0, False, 1 + 0j): print(type(v).__name__, v if not isinstance(v, (memoryview,)) and "iterator" not in type(v).__name__ else "", "->", m(v))
def err(f):
    try: print(f())
    except BaseException as e: print(type(e).__name__, e)
def e1():
    match NoArgs():
        case NoArgs(1): return 1
def e2():
    match BadArgs():
        case BadArgs(1): return 1
def e3():
    match BadArgs2():
        case BadArgs2(_, 1): return 1
def e4():
    match P(1, 2):
        case P(1, 2, 3): return 1
def e5():
    match P(1, 2):
        case P(1, x=1): return 1
def e6():
    match 1:
        case len(): return 1
def e7():
    match Dup():
        case Dup(1, 1): return 1
def e8():
    match 1:
        case int(1, 2): return 1
def e10():
    match [1, 2]:
        case [a, b] if a / 0: return 1
def e11():
    match 5:
        case x if x > 10: pass
    return x
def e12():
    match (1, 2):
        case (a, 3): pass
    return a
def e13():
    k = "a"; d = {"a": 1}
    class K: key = "a"
    match d:
        case {K.key: v}: return v
def e14():
    match {"a": 1}:
        case {"a": int() as v, **kw}: return v, kw
def e15():
    match collections.defaultdict(list):
        case {"a": _}: return "no"
        case x: return len(x)
def e16():
    match "ab":
        case [a, b]: return "seq"
        case str((x)): return x
def e17():
    match (1, 2), 3:
        case (a, b), c: return a, b, c
def e18():
    match 1, 2:
        case 1, x: return x
def e19():
    match [1, [2, [3]]]:
        case [a, [b, [c]]] as whole: return a, b, c, whole
def e20():
    for match in range(2): case = match; _ = case
    match = {"case": 1}; match[case] = 2; return match, [match for _ in "a"]
for f in (e1, e2, e3, e4, e5, e6, e7, e8, e10, e11, e12, e13, e14, e15, e16, e17, e18, e19, e20): print(f.__name__, end=" "); err(f)
