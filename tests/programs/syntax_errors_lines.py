# The line that a SyntaxError shows, as far as it has been read, and where traceback looks for misspelt keywords.
import traceback


def check(source):
    try:
        compile(source, "<fragment>", "exec")
    except SyntaxError as e:
        print(e.msg, e.lineno, e.offset, e.end_lineno, e.end_offset, repr(e.text))
    else:
        print("fine")


for source in [
    "x = (1,\n2\n", "x = (1,\n2", "x = (1", "x = (1\n", "f(a b,\n c)\n", "f(a\n b,\n c)\n", "f(1 +\n,\n c)\n", "x = (\n\\",
    "x = (1\n\\\n", "f(a, b for b in\n c, d)\n", "[1 2\n,3]\n", "f() = (\n1)\n", "a = [\n1,\n2 = 3\n]\n", "'''abc\n\n",
    "x = '''abc\nd", "f'''{\n1\n", "f'''{a\n", "f(a=1,\nb)\n", "def f(a=1,\nb): pass\n", "with (a as b,\n c as 1): pass\n",
    "{1:2,\n3:}\n", "(print 'a',\n1)\n", "x = (a if b,\n1)\n", "x = (a b\n", "x = (1, [2\n", "x = )\n", "x = (1]\n", "x = (1,\n2]\n",
    "(\\\n\\", "x = (\\\n\\\n", "(1 \\\n", "1 \\\n\\", "1 \\", "x(\n1\\\n\\", '"\\\n"(1 for c in I,\\\n\\', "x: \n    pass", "elso:\n    pass\n",
    b"\xef\xbb\xbf#coding: utf8\nprint()\n", b"\xef\xbb\xbf\n  #coding: latin-9   x\nprint()\n", b"\xef\xbb\xbf#!x\n#coding: cp1252\r\n",
]:
    check(source)

for source in [
    "if x:\n    pass\nelso:\n    pass\n", "if x:\n    pass\nelseif y:\n    pass\n", "a = 1\nwhille True:\n    pass\n",
    "def f():\n  if a:\n    b = 2\n    c = 3\n  elsif x:\n    c = 1\n", "for x in y:\n  a = 1\n  b = 2\nelsee:\n  pass\n",
    "try:\n    pass\nexcept:\n  pass\nfinaly:\n  pass", "@x\nclass A:\n  pass\nclas B: pass\n", "def f(): pass\nimpot a\n",
    "async def f():\n  asynch with x: pass\n",
]:
    try:
        compile(source, "<fragment>", "exec")
    except SyntaxError as e:
        print(e._metadata == (*e._metadata[:2], source), e._metadata[:2])
        if len(source) < 35:
            print(*traceback.format_exception_only(e), sep="", end="")
