# A code object keeps the strings, the constants and the names of its block, each in a place of its own.
def f(x):
    y = "text"
    return g(x, 1.5, y, b"bytes", None, (1, 2)).attribute + 1000


code = f.__code__
for name in ("co_name", "co_qualname", "co_consts", "co_names", "co_varnames", "co_cellvars", "co_freevars", "co_argcount",
             "co_posonlyargcount", "co_kwonlyargcount", "co_nlocals", "co_stacksize", "co_flags", "co_firstlineno"):
    print(name, repr(getattr(code, name)))
print(type(code.co_code), len(code.co_code) > 0, code.co_code == f.__code__.co_code)

# `compile` gives the same object that a function has, and `exec` runs it.
module = compile("answer = 6 * 7\nname = 'spam'\nprint(answer, name)\n", "<cases>", "exec")
print(module.co_name, module.co_filename, module.co_consts, module.co_names, module.co_varnames)
namespace = {}
exec(module, namespace)
print(sorted(k for k in namespace if k != "__builtins__"), namespace["answer"])

# Strings that look like names are interned: the same object, in every code object.
import sys
print(all(sys.intern(n) is n for n in code.co_names + code.co_varnames))
print([c for c in code.co_consts if isinstance(c, str)])

# Nothing of it can be changed; `replace` makes another.
for name in ("co_consts", "co_names", "co_code"):
    try:
        setattr(code, name, ())
    except Exception as e:
        print(type(e).__name__, e)
other = code.replace(co_name="renamed", co_firstlineno=100)
print(other.co_name, other.co_firstlineno, code.co_name, other == code, code == code.replace(), hash(code) == hash(code.replace()))
print([(type(c).__name__, c) for c in code.co_consts])
