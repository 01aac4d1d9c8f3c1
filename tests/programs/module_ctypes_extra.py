"""What C keeps with a code object, by ctypes.pythonapi; it is freed when the code object dies."""
import ctypes
import gc

py = ctypes.pythonapi
freefunc = ctypes.CFUNCTYPE(None, ctypes.c_voidp)
request = py.PyUnstable_Eval_RequestCodeExtraIndex
request.argtypes, request.restype = (freefunc,), ctypes.c_ssize_t
set_extra = py.PyUnstable_Code_SetExtra
set_extra.argtypes, set_extra.restype = (ctypes.py_object, ctypes.c_ssize_t, ctypes.c_voidp), ctypes.c_int
get_extra = py.PyUnstable_Code_GetExtra
get_extra.argtypes, get_extra.restype = (ctypes.py_object, ctypes.c_ssize_t, ctypes.POINTER(ctypes.c_voidp)), ctypes.c_int

freed = []
frees = freefunc(lambda word: freed.append(word))
first = request(frees)
second = request(freefunc(0))
print(second - first)


def get(code, index):
    word = ctypes.c_voidp(7)
    return get_extra(code, index, word), word.value


def make():
    return {}.setdefault(0, eval("lambda: 0")).__code__


code, other = make(), make()
print(get(code, first), set_extra(code, first, 100), get(code, first), get(other, first), freed)
print(set_extra(code, first, 200), set_extra(code, second, 300), get(code, first), get(code, second), freed)
print(set_extra(other, first, 400), set_extra(other, first, None), get(other, first), freed)
set_extra(other, first, 2**63 + 5)
for call in (lambda: set_extra(code, second + 1, 1), lambda: get(code, -1), lambda: set_extra(42, first, 1), lambda: get(None, first)):
    try:
        print(call())
    except SystemError as e:
        print(str(e).rpartition(": ")[2])
freed.clear()


def go():
    global code
    del code


go()


def churn(n):
    return [object() for _ in range(n)] and n and churn(n - 1)


churn(50)
gc.collect()
print(freed)
del other
churn(50)
gc.collect()
print([hex(word) for word in freed])
try:
    py.PyUnstable_NoSuchFunction
except AttributeError as e:
    print("AttributeError")
