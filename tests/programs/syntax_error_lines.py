"""The text of errors of the tokenizer, and input that wants more."""
import codeop

for s in ["x = 'abc\ny = 1\n", "a = 1\nx = $ + 2\ny\n", "x = 1 ? 2 ; y\n", "x = 0777 + 3\n", "x = 1_ + 2 + 3\n", "x = 'é' + 5a + 7\n",
          "def f():\n  x = \"abc + 1\n  y\n", "f'{x' + 1 + 2\n", "f'{a $ b}' + c\n", "x = (1, 2] + 3\n", "x = ) + 3\n",
          "x = \'\'\'abc\ndef\n", "a = 1\nx = \'\'\'abc\ndef\nghi", "if x:\n\ty\n        z = 5 + 6\n", "if x:\n    y\n  z = 5\n", "x = a \\ b + c\n", "x = \\",
          "x = 5 \u20ac 3\n", "x\u00a0= 3 + 4\n", "f'abc\n + 1", "f\'\'\'{\nx $ 1\n} abc\'\'\' + 5\n", "x = 0b12 + 3\n", "x = 1e + 4\n",
          "a = '\\N{foo}' + b\n", "a = b'é' + b\n", "x = (\n1,\n$ + 1)\n", "f\'\'\'a\n{b'\n\'\'\'"]:
    try:
        compile(s, "<x>", "exec")
        print(repr(s), "compiles")
    except SyntaxError as e:
        print(repr(s), "|", type(e).__name__, e.msg, repr(e.text), e.lineno, e.offset, e.end_lineno, e.end_offset)
for s in ["f\'\'\'{\n", "f'{x", "f'{x\n", "f'{x,\n", "f'{\n", "x = f'{a + \n", "f\'\'\'{a\n", "f\'\'\'abc {a\n}", "f'{(", "t'{x\n", "f'{x:\n",
          "f'{x!r\n", "f'{x}\n", "f'{[1,\n2,\n", "'abc\n", "\'\'\'abc\n", "f'{x # comment\n", "f'{x\n}'"]:
    try:
        r = codeop.compile_command(s)
    except SyntaxError as e:
        r = (e.msg, e.lineno, e.offset, e.text)
    print(repr(s), "code" if hasattr(r, "co_code") else r)
