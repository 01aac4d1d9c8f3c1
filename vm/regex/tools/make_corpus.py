"""Records what CPython's `re` finds: cases for tests/corpus.rs, one item a line, on standard output.

    make_corpus.py generated [COUNT [SEED]]    cases of this file's lists, then COUNT random ones
    make_corpus.py re_tests                    the cases of the installed test.re_tests

Format (numbers in decimal, lists separated by commas, "-" an empty list):
    P flags groups code,code,...               a pattern
    # repr                                     the same for people
    S kind pos end chars                       a subject, kind b (bytes) or s (str)
    M spans | F spans | A spans; spans; ...    what match, fullmatch and finditer find in it:
                                               "0" or start:end of each group, then lastindex (0: none)
"""
import random
import re
import signal
import sys
import warnings
from re import _compiler, _parser

warnings.simplefilter("ignore")

HAND = [
    r"", r"a", r"abc", r"a*", r"a+", r"a?", r"a*?", r"a+?", r"a??", r"(a*)*", r"(a*)+", r"(a+)*b", r"(?:a|ab)(?:c|bcd)(d*)",
    r"(a|b|c)+f", r"(?:(a)|(b)|(c))+", r"(?:(a)|b)*", r"((a)|(b))*", r"(a(b)?)+", r"(a(b)?)+?c", r"(?:a?)*?b", r"(a?)*?b",
    r"(|a)+", r"(|a)*", r"(a|)*", r"(|a)+?b", r"(?:){3}a", r"(?:a{2,3}){2,3}", r"(?:a{2,3}?){2,3}?b", r"x*", r"\b", r"\B",
    r"\b\w+\b", r"\w+\s", r"\w+(?=\s)", r"(?<=a)b", r"(?<!a)b", r"(?<=ab|bc)c", r"(?<=ab)\w*", r"(?<=a)", r"(?<=ab)(?<=b)c?", r"aab\w", r"abab(c)?", r"(?<=λ)\w", r"(?!a)\w", r"(?=(a+))a*b\1", r"(?=(a))*",
    r"(a)?(?(1)b|c)", r"(a)?b(?(1)c)", r"((a)(?(1)b|c))", r"((a)b*(?(1)c|d))", r"(?:(a)|b)(?(1)c|d)+", r"(a)|b(?(1)x|y)",
    r"(\w)\1", r"(\w+)\s+\1", r"(a)\1*", r"(?i:(a)\1)", r"(?i)(\w+) \1", r"(?>a+)b", r"(?>a*)a", r"(?>(a|ab))c", r"(a|ab)c",
    r"a++b", r"a*+a", r"a?+a", r"(?:ab)++c", r"(?:ab?)*+b", r"(?:a|b)*+c", r"(a?)*+b", r"(a?){2,3}+", r"(?:(a)|b){2,3}+c",
    r"(a{0,2}+)(a)", r"^a", r"a$", r"a\Z", r"\Aa", r"(?m)^\w*$", r"(?m)^", r"(?m)$", r"$", r".*", r".+?b", r"(?s).*b", r".*b",
    r".*?(b)", r"[^a]*", r"[^a]*a", r"[a-c]+d?", r"[^\w]+", r"[\s\S]+", r"[^\s\S]*", r"\d+", r"\D+", r"\S+", r"\W+",
    r"(?a)\w+", r"(?a)\W+", r"(?i)straße", r"(?i)[k]+", r"(?i)[^k]+", r"(?i)ſ+", r"(?i)[a-z]+", r"(?i)σ+", r"(?i)[σ]+",
    r"(?i)ā+", r"(?i)[Ā-ſ]+", r"(?i)[Q-\U00010428]+", r"(?i)\U00010400+", r"(?ai)k+", r"(?ai)[k-m]+", r"[一-龥]+", r"[λ-ω]+",
    r"[\u0100-\uffff]+", r"[^\u0100-\uffff]+", r"[\U00010000-\U0010ffff]", r"[ab\d\u0661λ]+", r"[^\d]+", r"[^\W\d]+",
    r"(?:ab|ac|ad|b)+c", r"foo|bar|baz", r"(?:foo|fo|f)o*b", r"if|else|elif|while|for", r"(?P<x>a)(?P=x)", r"(a)(b)(c)",
    r"((((a))))", r"(?:(?:(?:a)*)*)*b", r"(?:a|(b))*?c", r"(?:(x)|(y)|z)*?(?:a|$)", r"a{3}", r"a{2,}", r"a{,2}b", r"a{2,4}?b",
    r"(?:ab){2,3}?a", r"(?!)", r"(?=)", r"(?:(?!b)[ab])*", r"((?:(?!b).)*)b", r"(?<!^)a", r"(?<=^)a", r"(?<![ab])[ab]",
    r"[a-z]+ing", r"id\s*=\s*(\w+)", r"(\w+)@(\w+)\.com", r"(\d+)-(\d+)?", r"\s*,\s*", r"(['\"])(.*?)\1", r"<(\w+)[^>]*>",
    r"(?:a+)+b", r"(a+|b+)*c", r"(?:(a)(?:b|(c)))*d", r"(?:(?=(a))a|b)*", r"(?:(?!(a))b|a)*", r"(?:(?>(a)|b))*", r"(?:(a)++b)*",
    r"(?:(?<=(a))b|a)*c?", r"(?(1)a|b)(c)?", r"(c)?(?(1)[\x0fz])", r"(c)?(?(1)[\x0fz]|y)", r"(?:(a)?b)*?(?(1)c|d)",
    r"((a)b*(?(1)be|))f", r"(?:((a)b*(?(1)be|))f)+", r"(?:((a)b*(?(1)be|))f){1,2}+", r"(?>((a)b*(?(1)be|))f)",
    r"(b++(a?(ba{2,}|a)|\S?|)++|)", r"a(?:b(?:c(?:d)?)?)?", r"(?:(a)|(?:b(c)?))*", r"(?s:.)(?-s:.)", r"(a)(?:(?:b)(c)?)*\2?",
]
BYTES = [rb"\w+", rb"[^\w]+", rb"(?i)[a-c\xe0]+", rb"(?L)\w+", rb"(?Li)[a-c]+", rb"(?Li)a\xe9?", rb"(?Li)(a)\1", rb"(?L)\b",
         rb"(?Li)[^a]+", rb"\xff+", rb"(?s).", rb"\x00*a", rb"(?L)\W+", rb"(?L)\B", rb"(?Li)b|c"]
# Run over all of Latin-1.
EVERY = [r"\w+", r"\d+", r"\s+", r"(?a)\w+", r"(?a)\s+", r"\b", r"(?a)\b", r"(?i)[à-þ]+", r"(?i)[À-Þ]+", r"(?i)ÿ", r"(?i)µ",
         r"(?i)ß", r"(?i)[^a-z]+", r"(?ai)[a-z]+", r"(?i)[s-\U00010428]+", r"(?i)[\u0100-\u0400]+", r"\W+", r"[^\W\d_]+"]
SUBJECTS = [
    "", "a", "b", "aa", "ab", "abc", "aaaa", "aaab", "abab", "ababc", "abcd", "abcf", "abbef", "bbab", "aabbccf", "xaby", "ac", "bd", "bc", "adc",
    "foo bar baz", "foobar fob", "a b\nc d\n", "line one\nline two\n", "the the cat", "aXbXc", "doing singing ring", "a\n",
    "id = value id=x", "joe@example.com", "12-34 5-", "a , b,c", "'x' \"y'z\"", "<b class=x>t</b>", "Aa aA", "caac", "\x0f", "cz",
    "straße STRASSE", "Kkelvin \u212a\u212b", "ſs\u017fS", "ΣσςΛλ", "Āāſ", "\U00010400\U00010428z", "中文 字", "\u0661\u0662 x",
    "a\u2028b\u2003c", "éÉ\xdf\xff\xb5", "abb ab\xa0b", "ccc", "aabaab", "abcabcabd", "elif else", "zzza", "yxa",
]
ALPHABETS = ["ab", "abc", "aAbB", "ab \n", "a1_ -", "abéÉ", "aλΛ\u2028", "kK\u212asſ", "a\U00010400\U00010428"]


def show(m):
    if m is None:
        return "0"
    regs = ",".join(f"{a}:{b}" if a >= 0 else "-" for a, b in m.regs)
    return f"{regs},{m.lastindex or 0}"


def pattern_lines(source, flags):
    p = _parser.parse(source, flags)
    code = _compiler._code(p, flags)
    yield f"P {int(flags | p.state.flags)} {p.state.groups - 1} {','.join(str(int(c)) for c in code)}"
    yield f"# {source!r}"


def subject_lines(pattern, subject, pos, end):
    kind = "b" if isinstance(subject, bytes) else "s"
    chars = ",".join(str(c if kind == "b" else ord(c)) for c in subject) or "-"
    yield f"S {kind} {pos} {end} {chars}"
    yield "M " + show(pattern.match(subject, pos, end))
    yield "F " + show(pattern.fullmatch(subject, pos, end))
    yield "A " + (";".join(show(m) for m in pattern.finditer(subject, pos, end)) or "-")


def case(source, subjects, flags=0, out=print):
    try:
        pattern = re.compile(source, flags)
    except (re.error, OverflowError, RecursionError):
        return
    for line in pattern_lines(source, flags):
        out(line)
    for subject, pos, end in subjects:
        signal.setitimer(signal.ITIMER_REAL, 0.2)  # some random patterns are exponential: leave them out
        try:
            lines = list(subject_lines(pattern, subject, pos, end))
        except TimeoutError:
            continue
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        for line in lines:
            out(line)


def too_slow(*_):
    raise TimeoutError


def atom(r, alphabet, depth, groups):
    k = r.random()
    letter = lambda: re.escape(r.choice(alphabet))
    if k < 0.4 or depth <= 0:
        return letter()
    if k < 0.5:
        return r.choice([".", r"\w", r"\s", r"\W", r"\d", r"\S", r"\b", r"\B", "^", "$", r"\Z"])
    if k < 0.6:
        return "[" + r.choice(["", "^"]) + "".join(letter() for _ in range(r.randint(1, 3))) + r.choice(["", r"\d", r"\W"]) + "]"
    if k < 0.64 and groups[0]:
        return f"\\{r.randint(1, groups[0])}" if r.random() < 0.7 else f"(?(%d)%s|%s)" % (
            r.randint(1, groups[0]), seq(r, alphabet, depth - 1, groups), seq(r, alphabet, depth - 1, groups))
    if k < 0.8:
        body = alternation(r, alphabet, depth - 1, groups)
        groups[0] += 1
        return f"({body})"
    kind = r.choice(["(?:", "(?:", "(?:", "(?=", "(?!", "(?>", "(?<=", "(?<!", "(?i:"])
    return kind + alternation(r, alphabet, depth - 1, groups) + ")"


def seq(r, alphabet, depth, groups):
    out = []
    for _ in range(r.choice([0, 1, 1, 2, 2, 3])):
        a = atom(r, alphabet, depth, groups)
        if a[-1:] not in ("^", "$") and r.random() < 0.45:
            a += r.choice(["*", "+", "?", "{2}", "{1,2}", "{0,3}", "{2,}"]) + r.choice(["", "", "?", "+"])
        out.append(a)
    return "".join(out)


def alternation(r, alphabet, depth, groups):
    return "|".join(seq(r, alphabet, depth, groups) for _ in range(r.choice([1, 1, 1, 2, 3])))


def generated(count, seed):
    for source in HAND:
        case(source, [(s, 0, len(s)) for s in SUBJECTS if len(s) < 6 or hash_pick(source, s)] + [("xaabcab", 1, 6), ("ab\nab", 2, 5)])
    every = "".join(map(chr, range(256)))
    for source in EVERY:
        case(source, [(every, 0, 256), ("\u0100" + every, 1, 257)])
    for source in BYTES:
        case(source, [(b, 0, len(b)) for b in (b"", b"abc ABC", b"\xe0\xc0\xe9a\xe9 A\xff\xff", b"\x00\x00a", b"aA bB", b"\n\n")])
    r = random.Random(seed)
    for _ in range(count):
        alphabet = r.choice(ALPHABETS)
        source = alternation(r, alphabet, 3, [0])
        flags = r.choice([0, 0, 0, re.I, re.M, re.S, re.A, re.I | re.A])
        subjects = []
        for _ in range(4):
            s = "".join(r.choice(alphabet) for _ in range(r.randint(0, 9)))
            pos, end = (0, len(s)) if r.random() < 0.7 else sorted((r.randint(0, len(s)), r.randint(0, len(s))))
            subjects.append((s, pos, end))
        case(source, subjects, flags)


def hash_pick(source, subject):
    return (sum(map(ord, source)) * 31 + sum(map(ord, subject))) % 5 == 0


def re_tests():
    from test.re_tests import tests
    for t in tests:
        source, subject = t[0], t[1]
        if t[2] != 2:
            case(source, [(subject, 0, len(subject))])
            if source.isascii() and subject.isascii():
                case(source.encode(), [(subject.encode(), 0, len(subject))])


if __name__ == "__main__":
    signal.signal(signal.SIGALRM, too_slow)
    if sys.argv[1] == "re_tests":
        re_tests()
    else:
        generated(int(sys.argv[2]) if len(sys.argv) > 2 else 300, int(sys.argv[3]) if len(sys.argv) > 3 else 1)
