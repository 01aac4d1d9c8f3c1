# What native __init__ and class methods say of arguments that they do not take.
def error(function, *args, **kwargs):
    try:
        return function(*args, **kwargs)
    except TypeError as e:
        return str(e)


for kind in (list, set, bytearray):
    for args in ((), ((),), ((), ()), (1, 2, 3)):
        if kind is not bytearray or len(args) < 2:
            print(kind.__name__, args, error(kind.__init__, kind(), *args))
    if kind is not bytearray:
        print(error(kind.__init__, kind(), x=1), error(kind.__init__, kind(), 1, 2, x=1))

for kind, name in ((dict, "fromkeys"), (int, "from_bytes"), (bytes, "fromhex"), (float, "fromhex")):
    method = kind.__dict__[name]
    print(error(method), error(method, kind()), error(method, 5.5), error(method, object), error(method.__get__, None, object))
    print(error(method.__get__, kind(), 5), error(method.__get__, None, None))
