# The tokenizer: _tokenize.TokenizerIter and tokenize.
import io
import tokenize
import warnings
from _tokenize import TokenizerIter

warnings.simplefilter("ignore")


def show(source, extra):
    print(repr(source), extra)
    tokens = TokenizerIter(io.StringIO(source).readline, extra_tokens=extra)
    stops = 0
    while stops < 2:
        try:
            print("  ", next(tokens))
        except StopIteration as e:
            print("   stop", e.args)
            stops += 1
        except SyntaxError as e:
            print("  ", type(e).__name__, e.args, e.lineno, e.offset, repr(e.text), e.end_lineno, e.end_offset)
            stops += 1


SOURCES = [
    "x = 1\n", "x\r\ny\r\n", "  x\\\n  y\n", "\n  # c\nx", "def f(a, *b):  # c\n    return a**-b\n\n\n# end\n",
    "if x:\n  a\n b\n", "if 1:\n\ta\n        b\n", "if 1:\n  x", "$ ? ! ~ <> -> := ... .. . //= >>= **= @=\n",
    "x = é + 'éé' + y\n", "x = '''é\né''' + ñ; b\n", "€", "a€b", "\x01", "a\0b\n",
    # numbers
    "0 00 0_0 1_000 0xFF_ff 0o17 0b1_0 1. .5 1e5 1E-5 1.5j 0j 1_0.0_1e+1_0J\n", "012", "1_", "1__0", "0x", "0xg", "0o9",
    "0o18", "0b2", "0b12", "1e+", "1e_", "1if 2 else 3", "1abc", "0xfor x", "1_000in y", "1else 2", "1jx", "0_",
    # strings
    "rb'' BR\"\" u'' Rt'' fR''\n", "ub''\n", "bf''", "ft''", "ur''", "tu''", "x = 'abc\n", "'\\'", "'''abc\n\n", "'a\\\nb'\n",
    "'a\\\r\nb'\n",
    # f-strings
    "f'{x!r:>{w}}' t'a{b}c'", "f'{{{a}}}'", "f'{'{'}'", "f'{a['b']}'", "f'{x=}'", "f'{x:{y:{z}}}'", "f'{x:{y:{z:{a}}}}'",
    "f'''a\nb\nc{x\n+y}é\n{é:é\n>{w}}'''+é\n", "f'\\{x}'", "f'\\N{DASH}{x}'", "rf'\\N{x}'", "f'{lambda x:1}'", "f'{(lambda x:1)}'",
    "f'{x:\n}'\n", "f'abc", "f'''a{b\n}", "f'{a}}'", "f'{a)}'", "f'{a(]}'", "f\"}\"", "f'{", "f'{a", "f'{'", "t'{\"a", "t'}'", "t'abc",
    "f'{a:b{c}d}e'", "f'{a!r}{{}}'",
    # brackets and lines
    "(1,\n", "(1,\n  # c\n\n2)\n", ")", "(]", "(\n]", "x\\ y\n", "\\\n", "a\\", "(" * 201,
]
for source in SOURCES:
    show(source, True)
    show(source, False)
deep = "".join(" " * i + "if 1:\n" for i in range(101))
tokens = TokenizerIter(io.StringIO(deep).readline, extra_tokens=False)
try:
    for _ in tokens:
        pass
except IndentationError as e:
    print(e.args[0], e.args[1][:3])


def attempt(f):
    try:
        print(f())
    except BaseException as e:
        print(type(e).__name__, e)


T = TokenizerIter
attempt(lambda: T())
attempt(lambda: T(1))
attempt(lambda: T(1, 2, extra_tokens=1))
attempt(lambda: T(1, extra_tokens=1, x=3))
attempt(lambda: T(1, encoding=3, extra_tokens=1))
attempt(lambda: T(1, encoding=None, extra_tokens=1))
attempt(lambda: T(1, encoding="a\0", extra_tokens=1))
attempt(lambda: next(T(1, extra_tokens=1)))
attempt(lambda: next(T(lambda: 1, extra_tokens=1)))
attempt(lambda: next(T(lambda: "", extra_tokens=1, encoding="utf-8")))
attempt(lambda: next(T(lambda: b"x", extra_tokens=1, encoding="nosuch")))
attempt(lambda: next(T(lambda: b"x\xff=1", extra_tokens=1, encoding="utf-8")))
attempt(lambda: next(T(lambda: b"x\xff=1", extra_tokens=1, encoding="latin-1")))
attempt(lambda: next(T(lambda: "\ud800", extra_tokens=1)))
attempt(lambda: next(T(lambda: 1 / 0, extra_tokens=1)))
attempt(lambda: list(T(iter(["a", "b\n"]).__next__, extra_tokens=1)))
attempt(lambda: type("x", (T,), {}))
attempt(lambda: (T.__module__, T.__name__, T.__doc__))

with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    list(T(io.StringIO("1if 2 else f'\\{3}'\n").readline, extra_tokens=False))
    for w in caught:
        print(w.category.__name__, w.message, w.filename, w.lineno)
    warnings.simplefilter("error")
    attempt(lambda: list(T(io.StringIO("1if 2 else 3").readline, extra_tokens=False)))
    attempt(lambda: list(T(io.StringIO("f'\\{3}'").readline, extra_tokens=False)))

# tokenize.py
source = b"# -*- coding: latin-1 -*-\nx = '\xe9'\n"
for token in tokenize.tokenize(io.BytesIO(source).readline):
    print(token)
print(tokenize.untokenize(tokenize.tokenize(io.BytesIO(source).readline)) == source)
attempt(lambda: list(tokenize.generate_tokens(io.StringIO("'''abc\n").readline)))
attempt(lambda: list(tokenize.generate_tokens(io.StringIO("if 1:\n  a\n b\n").readline)))
attempt(lambda: list(tokenize.generate_tokens(io.StringIO("(").readline)))
