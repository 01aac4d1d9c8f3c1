# Packages: relative imports, __all__, submodules, circular imports, reload, namespace packages, errors.
import importlib
import os
import sys
import tempfile

root = tempfile.mkdtemp()
sys.path.insert(0, root)


def write(name, text):
    path = os.path.join(root, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)


def show(code):
    namespace = {"__name__": "shown"}
    try:
        exec(code, namespace)
        print(code.replace("\n", "; "), "->", sorted(k for k in namespace if not k.startswith("__")))
    except BaseException as e:
        print(code.replace("\n", "; "), "->", type(e).__name__, str(e).replace(root, "ROOT"))
    return namespace


write("pkg/__init__.py", "print('pkg init', __name__, __package__, __path__ == [__file__[:-12]])\n__all__ = ['a', 'name']\nname = 'pkg'\nhidden = 1\n")
write("pkg/a.py", "print('a', __name__, __package__)\nfrom . import b\nfrom .b import value\nfrom .. import nothing if False else None\n".replace("from .. import nothing if False else None\n", ""))
write("pkg/b.py", "print('b', __name__)\nvalue = 5\nfrom . import name\n")
write("pkg/_private.py", "x = 1\n")
write("pkg/sub/__init__.py", "from ..b import value as v\nfrom .. import a as A\nfrom .deep import *\n")
write("pkg/sub/deep.py", "_under = 1\npublic = 2\n__dunder__ = 3\nfrom ..b import value\n")
show("import pkg.a")
show("import pkg.a as z")
show("from pkg import *")
show("from pkg.sub import v, A, public, name")
show("from pkg.sub import _under")
show("import pkg.sub.deep")
show("from pkg import sub, nope")
show("import pkg.nope")
show("import pkg.a.nope")
show("from . import x")
show("from .pkg import x")
show("from pkg import a as one, b as two")
show("import sys, os.path as p")
write("toofar/__init__.py", "from ... import x\n")
show("import toofar")
write("badall/__init__.py", "__all__ = ['missing']\n")
show("from badall import *")
write("badall2.py", "__all__ = [1]\n")
show("from badall2 import *")
write("nounder.py", "_a = 1\nb = 2\nimport sys\n")
show("from nounder import *")
write("circ1.py", "import circ2\nx = 1\nfrom circ2 import y\nprint('circ1', y)\n")
write("circ2.py", "import circ1\nprint('circ2', hasattr(circ1, 'x'))\ny = 2\n")
show("import circ1")
write("circ3.py", "from circ4 import a\nb = 1\n")
write("circ4.py", "from circ3 import b\na = 1\n")
show("import circ3")
write("circ5.py", "import circ6\nz = 1\n")
write("circ6.py", "import circ5\ncirc5.z\n")
show("import circ5")
write("ns/one.py", "x = 1\n")
show("import ns.one")
import ns
print(ns, type(ns.__path__).__name__, len(list(ns.__path__)), ns.__file__ if hasattr(ns, "__file__") else "no file", ns.__spec__.origin) if False else print(type(ns.__path__).__name__, hasattr(ns, "__file__"), ns.__spec__.origin, ns.__spec__.submodule_search_locations is not None)
write("re1.py", "count = globals().get('count', 0) + 1\nkept = 1\n")
import re1
re1.extra = "stays"
write("re1.py", "count = globals().get('count', 0) + 10\nnewer = 2\n")
m = importlib.reload(re1)
print(m is re1, re1.count, re1.kept, re1.newer, re1.extra)
try:
    importlib.reload("x")
except TypeError as e:
    print(e)
del sys.modules["re1"]
try:
    importlib.reload(re1)
except ImportError as e:
    print(e)
print(importlib.import_module("pkg.b").value, importlib.import_module(".b", "pkg").value)
try:
    importlib.import_module(".b")
except TypeError as e:
    print(e)
write("getattr_mod.py", "def __getattr__(name):\n    if name == 'magic':\n        return 42\n    raise AttributeError(f'no {name}')\ndef __dir__():\n    return ['z', 'a']\n")
import getattr_mod
print(getattr_mod.magic, dir(getattr_mod))
show("from getattr_mod import magic")
show("from getattr_mod import other")
try:
    getattr_mod.other
except AttributeError as e:
    print(e)
write("syn.py", "x = (\n")
try:
    import syn
except SyntaxError as e:
    print(type(e).__name__, e.msg, e.lineno, os.path.basename(e.filename))
write("sets_name.py", "import sys\nsys.modules[__name__] = 'replaced'\n")
import sets_name
print(repr(sets_name))
write("os_shadow/__init__.py", "import os\nprint(os.__name__)\n")
show("import os_shadow")
spec = importlib.util.find_spec("pkg.b") if hasattr(importlib, "util") else None
print(importlib.util.find_spec("nothing_at_all") if spec else None, spec.name if spec else None, spec.parent if spec else None, type(spec.loader).__name__ if spec else None)
import pkg.sub.deep
print(sys.modules["pkg"].__spec__.name, sys.modules["pkg.sub"].__package__, sys.modules["pkg.b"].__spec__.parent, "pkg.sub" in sys.modules)
print(__import__("pkg.sub.deep").__name__, __import__("pkg.sub.deep", fromlist=["x"]).__name__, __import__("pkg", fromlist=["sub"]).sub.__name__)
for args in (("",), (1,), ("pkg", None, None, (), -1), ("x", {}, {}, (), 1), ("x", {"__package__": "nope"}, {}, (), 1), ("x", {"__package__": 1}, {}, (), 1), ("x", {"__name__": "a.b"}, {}, (), 5)):
    try:
        print(__import__(*args))
    except Exception as e:
        print(args, type(e).__name__, e)
class Finder:
    @staticmethod
    def find_spec(name, path, target=None):
        if name.startswith("virtual"):
            return importlib.machinery.ModuleSpec(name, Finder, is_package=name == "virtual")
    @staticmethod
    def create_module(spec): return None
    @staticmethod
    def exec_module(module): module.made = f"by finder {module.__name__}"
import importlib.machinery
sys.meta_path.insert(0, Finder)
import virtual.inner
print(virtual.made, virtual.inner.made, virtual.__path__, virtual)
sys.meta_path.remove(Finder)
import shutil
shutil.rmtree(root)
