# A module with a class and a function has three code blocks, nested as the source is, and each runs with a namespace of its own.
source = '''
x = "module"
class C:
    x = "class"
    seen = sorted(k for k in locals() if not k.startswith("__"))
def f():
    x = "function"
    y = 1
    return sorted(locals())
'''
import types


def blocks(code, depth=0):
    print("  " * depth + code.co_name, code.co_qualname, code.co_names, code.co_varnames)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            blocks(constant, depth + 1)


plain = '''
x = "module"
class C:
    x = "class"
def f():
    x = "function"
    return x
'''
module = compile(plain, "<blocks>", "exec")
blocks(module)


def count(code):
    return 1 + sum(count(c) for c in code.co_consts if isinstance(c, types.CodeType))


print(count(module))
namespace = {"__name__": "blocks"}
exec(compile(source, "<blocks>", "exec"), namespace)
print(namespace["x"], namespace["C"].x, namespace["f"]())
print(namespace["C"].seen)
print(sorted(k for k in namespace if k != "__builtins__"))
print(sorted(k for k in vars(namespace["C"])))
print("y" in namespace, hasattr(namespace["C"], "y"))

# The optimised block (the function's) has fast locals; the others run in dicts.
flags = {c.co_name: c.co_flags & 3 for c in module.co_consts if isinstance(c, types.CodeType)}
print(flags, module.co_flags & 3)
