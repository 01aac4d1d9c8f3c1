# Constructors in hot loops: called or inlined, seen or not.
import sys


# A constructor that is called, whose frame and whose caller's frame somebody sees.
class Node:
    def __init__(self, value, items):
        self.value = value
        self.items = [i for i in items if i != value]
        try:
            self.seen = sys._getframe(1) if value % 700 == 0 else None
        finally:
            self.count = sum(1 for i in self.items if i)

    def total(self):
        return self.value + self.count


def nodes(n):
    s = 0
    items = list(range(5))
    for i in range(n):
        node = Node(i, items)
        s += node.total()
        if node.seen is not None:
            s += node.seen.f_code.co_argcount
    return s


print(nodes(3000))


class NoneOfIt:
    def __init__(self, value):
        self.all = [value for _ in range(3)]
        self.frame = sys._getframe(1)
        if value == 2500:
            return value


def none_of_it(n):
    try:
        for i in range(n):
            NoneOfIt(i)
    except TypeError as e:
        return str(e), i


print(none_of_it(3000))


class W:
    def __init__(self, i, d):
        self.widget_id = i
        self.d = d
class Tray:
    def __init__(self, owner, widgets):
        self.owner = owner
        self.s = []
        self._add(widgets)
    def _knob(self, ws):
        return any(w.d for w in ws if w)
    def _big(self, w):
        return w.widget_id == 3 and w.d
    def _add(self, widgets):
        widgets = [w for w in widgets if not self._big(w)]
        m = {w.widget_id: w for w in widgets}
        k = [(w.widget_id == self.owner, self._knob([m.get(w.widget_id)]), w.widget_id) for w in widgets]
        k.sort()
        self.s = [m[x[-1]] for x in k]
def bench(n):
    ws = [W(i, i % 2) for i in range(8)]
    for i in range(n):
        t = Tray(1, ws)
        assert t is not None, i
        assert len(t.s) == 7
for k in range(3):
    bench(500)
print("ok")
