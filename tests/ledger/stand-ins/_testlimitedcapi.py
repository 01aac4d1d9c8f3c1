"""What CPython's tests ask of its limited-API test module, as far as it can be said in terms of Brolga's own."""


def object_hasattrstring(value, name, /):
    return int(hasattr(value, name.decode()))


def sequence_getitem(sequence, index, /):
    if index < 0 and hasattr(type(sequence), "__len__"):
        index += len(sequence)
    if index < 0:
        raise IndexError("index out of range")
    return sequence[index]


def sequence_setitem(sequence, index, value, /):
    sequence[index] = value


def sequence_delitem(sequence, index, /):
    del sequence[index]


def _py_getbuiltwithassert():
    return 0
