# codeop: what is complete, what goes on and what is wrong; and the names of builtins, of which it needs an odd one.
import builtins
import codeop

# (site's own are not everywhere)
extra = {"copyright", "credits", "exit", "license", "quit", "help"}
print(sorted(set(vars(builtins)) - extra))

for source in (
    "x = 1",
    "if 1:",
    "if 1:\n    x = 2\n",
    "x = (",
    "def f():",
    "'''a",
    "a = \\",
    "1 +* 2",
    "x = )",
    "",
    "# only",
    "@d",
):
    try:
        print(repr(source), type(codeop.compile_command(source)).__name__)
    except SyntaxError as e:
        print(repr(source), type(e).__name__, e.msg)
