"""What CPython's tests ask of its internal test module, as far as it can be said in terms of Brolga's own."""

# How often a piece of code runs before an engine may specialise it: enough for Brolga's feedback and its JIT.
SPECIALIZATION_THRESHOLD = 1100
SPECIALIZATION_COOLDOWN = 1100


def has_inline_values(instance, /):
    """An instance's attributes are in place unless it has none; a `__dict__` is a view of them."""
    return hasattr(instance, "__dict__")


def get_recursion_depth():
    """The number of Python frames under the caller's."""
    import sys
    depth, frame = 0, sys._getframe(1)
    while frame is not None:
        depth, frame = depth + 1, frame.f_back
    return depth
