# A name is looked up in the module where the function was defined, never in the caller's.
import sys
import types

module1 = types.ModuleType("module1")
module2 = types.ModuleType("module2")
sys.modules["module1"] = module1
sys.modules["module2"] = module2
exec('''
owner = "module2"
def show_owner():
    return owner
def show_missing():
    return only_in_module1
def show_lambda():
    return (lambda: [owner for _ in range(1)])()
class Owner:
    name = owner
    def show(self):
        return owner
''', vars(module2))
exec('''
import module2
from module2 import show_owner, Owner
owner = "module1"
only_in_module1 = 1
def call():
    owner = "call's local"
    return module2.show_owner(), show_owner(), module2.show_lambda(), Owner().show(), owner
def call_missing():
    return module2.show_missing()
class Sub(Owner):
    def both(self):
        return owner, super().show(), self.name
''', vars(module1))
owner = "main"
print(module1.call())
try:
    module1.call_missing()
except NameError as e:
    print(e)
print(module1.Sub().both())
module2.owner = "changed"
print(module1.call(), module1.owner, owner)
del module2.owner
try:
    module1.call()
except NameError as e:
    print(e)
# Not even the builtins' module is asked before its own globals.
vars(module2)["owner"] = "back"
print(module2.show_owner.__globals__ is vars(module2), module2.show_owner())


def borrowed():
    return owner


module2.borrowed = borrowed
print(module2.borrowed())
