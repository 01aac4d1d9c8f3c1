# Methods and operators of str, with their errors; encoding and decoding with every error handler.
def show(f, *a, **k):
    try:
        print(repr(f(*a, **k)))
    except BaseException as e:
        print(type(e).__name__, e)


S = ["", "abc", "Hello World", "ÄÖü ß", "  x y  ", "a,b,,c", "ǆ ǅ Ǆ", "İı", "123", "²", "½", "Ⅷ", "\t\n", "a\r\nb\nc\x0bd\x1ce\u2028f", "ŉ", "ﬁn", "x" * 3, "日本", "😀a", "A1_b", "ΑΣ ΣΑ", "e\u0301"]
for s in S:
    print(ascii(s), [ascii(getattr(s, m)()) for m in ("upper", "lower", "title", "capitalize", "swapcase", "casefold", "strip", "lstrip", "rstrip", "split", "splitlines", "isalpha", "isdigit", "isdecimal", "isnumeric", "isalnum", "isspace", "isupper", "islower", "istitle", "isidentifier", "isprintable", "isascii", "rsplit", "expandtabs", "__len__")])
s = "hello world hello"
for m, calls in {"find": [("l",), ("l", 5), ("l", 5, 8), ("z",), ("",), ("", 100), ("l", -3), (1,), ("l", None, None), ("l", "a")], "rfind": [("l",), ("z",), ("",), ("hello", 0, 10)], "index": [("w",), ("z",)], "rindex": [("l",), ("z",)], "count": [("l",), ("",), ("hello",), ("l", 4), ("", 5, 3), (1,)], "startswith": [("he",), (("x", "he"),), ("lo", 3), ("",), ((),), (1,), (["a"],), ((1,),), ("", 100)], "endswith": [("lo",), (("x", "lo"),), ("hello", 0, 5), (1,)], "replace": [("l", "L"), ("l", "L", 2), ("", "-"), ("", "-", 3), ("hello", ""), ("x", "y"), ("l",), (1, 2), ("l", "L", -1), ("l", "L", "a")], "split": [(), (" ",), ("l", 2), (None, 1), ("",), (1,), ("hello",), (" ", -1), (" ", 0)], "rsplit": [("l", 2), (None, 1), ("",)], "partition": [(" ",), ("z",), ("",), (1,)], "rpartition": [(" ",), ("z",)], "join": [(["a", "b"],), ("xyz",), ([],), (["a"],), ([1],), (["a", 1],), (1,), ([b"a"],)], "center": [(25,), (25, "*"), (3,), (25, "ab"), ("a",), (25, 1)], "ljust": [(20, ".")], "rjust": [(20, ".")], "zfill": [(20,), ("a",)], "strip": [("hedo",), ("",), (None,), (1,)], "lstrip": [("hel",)], "rstrip": [("lo",)], "removeprefix": [("he",), ("x",), (1,)], "removesuffix": [("lo",), ("",)], "expandtabs": [(4,), ("a",)], "splitlines": [(True,), (1,), ("a",)], "encode": [(), ("ascii",), ("utf-16-le",), ("nope",), (1,), ("ascii", "nope")], "translate": [({104: "H", 108: None, 111: 48},), ({},), (1,), ({104: 2**40},), ({104: 1.5},), ("ab",)], "__getitem__": [(0,), (-1,), (100,), (slice(1, 5),), ("a",), (slice(None, None, -2),), (1.5,)], "__mul__": [(2,), (-1,), ("a",), (2**62,)], "__add__": [("x",), (1,)], "__contains__": [("lo",), (1,)], "__lt__": [("i",), (1,)], "isidentifier": [(1,)], "format": [()], "upper": [(1,)], "title": []}.items():
    for args in calls:
        print(m, args, end=" "); show(getattr(s, m), *args)
print("-42".zfill(6), "+1".zfill(4), "".zfill(3), "a\tb\tcd\t".expandtabs(4), "\t".expandtabs(0), "a\nb\tc".expandtabs())
print(str.maketrans("ab", "cd"), str.maketrans({"a": 1, 98: "x"}), str.maketrans("a", "b", "z")); show(str.maketrans, "ab", "c"); show(str.maketrans, {"ab": 1}); show(str.maketrans, 1); show(str.maketrans, {1.5: 1}); show(str.maketrans, "a", 1)
show(str); show(str, 1); show(str, b"a"); show(str, b"a", "ascii"); show(str, b"\xff", "ascii"); show(str, b"\xff", "utf-8", "replace"); show(str, "a", "b"); show(str, 1, "b"); show(str, object=5); show(str, b"x", encoding="utf-8", errors="strict")
class X:
    def __str__(self): return 5
class Y:
    def __repr__(self): return b"x"
class Z:
    def __str__(self): raise ValueError("z")
show(str, X()); show(repr, Y()); show(str, Y()); show(str, Z()); show(lambda: f"{X()}"); show(lambda: "%s" % X()); show(lambda: print(X()))
show(lambda: "a" + 1); show(lambda: 1 + "a"); show(lambda: "a" * 1.5); show(lambda: "a" - "b"); show(lambda: "a" < 1); show(lambda: "abc"["x"]); show(lambda: "a".foo); show(lambda: -"a"); show(lambda: "a" % 1); show(lambda: "a" @ "b"); show(lambda: ~"a"); show(lambda: "a" in 5); show(lambda: 5 in "a"); show(lambda: "a" == b"a")
def st(): "abc"[0] = "x"
def dt(): del "abc"[0]
show(st); show(dt)
print(repr("a'b"), repr('a"b'), repr("a'b\"c"), repr("\x00\x1f\x7f\x80\xa0\xad\u0378\u200b\ud800\U0001f600\U000e0001\\"), ascii("é😀\ud800"), "\u00e9" == "é", "é" < "z", "a" < "B", "" < "a", "abc" < "abd", "😀" > "\uffff")
print("ab" "cd", """x
y""", r"\n\x", "\x41\101\u0041\N{LATIN SMALL LETTER A}", "a\
b", len("\U0001f600"), "😀"[0], "a😀b"[1:], list("aé😀"), "aé😀"[::-1], "%s" % "é", hash("") , hash("a") == hash("a"))
for e in ("strict", "ignore", "replace", "backslashreplace", "xmlcharrefreplace", "namereplace", "surrogateescape", "surrogatepass"):
    for enc in ("ascii", "latin-1", "utf-8", "utf-16-le", "cp1252"): print(e, enc, end=" "); show("aé€\udc80😀".encode, enc, e)
for e in ("strict", "ignore", "replace", "backslashreplace", "surrogateescape", "surrogatepass", "xmlcharrefreplace"):
    for enc in ("ascii", "utf-8", "utf-16", "utf-32", "utf-7", "cp1252", "unicode_escape", "raw_unicode_escape"): print(e, enc, end=" "); show(b"a\xc3\xa9\xff\xed\xa0\x80\x81\\x\xe2\x82".decode, enc, e)
print("aé".encode("utf-8-sig"), "é".encode("utf-16"), "é".encode("utf-32"), "é".encode("idna") if False else "", b"\xef\xbb\xbfa".decode("utf-8-sig"), "\n".encode("unicode_escape"), "a b".encode("utf-7"), "é+".encode("utf-7"))
