# Static methods of native classes, what a PickleBuffer shows, and names that comprehensions and globals share.
import pickle

for function in (str.maketrans, bytes.maketrans, bytearray.maketrans):
    print(function.__self__, function.__name__, function.__qualname__, function.__module__)
    print(repr(function).split(" object at ")[0])
    print(function.__reduce__()[1], pickle.loads(pickle.dumps(function)) == function, function("a", "b") if function is str.maketrans else len(function(b"a", b"b")))
print(len.__self__, [].append.__self__, len.__reduce__())

data = bytearray(b"abcdef")
lent = pickle.PickleBuffer(data)
with memoryview(lent) as view:
    print(view.obj is data, bytes(view))
lent.release()
found = []
text = b"zero copy"
again = pickle.loads(pickle.dumps(pickle.PickleBuffer(text), 5, buffer_callback=found.append), buffers=found)
print(type(again), memoryview(again).obj is text)

x = 1
def change():
    global x, y
    x += 1
    return [x for x in "ab"], {y: x for x, y in zip("ab", "cd")}, x
print([x for x in range(3)], {x: y for x, y in zip("ab", "cd")}, [lambda: x for x in range(3)][0](), x)
print(change(), x, "y" in globals())
class Here:
    names = [x for x in "pq"], x
print(Here.names, x, hasattr(Here, "x"))
try:
    exec("global z\n[(z := 1) for z in y]")
except SyntaxError as error:
    print(error.msg)
for word in ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "q", "r", "s", "t", "u", "v", "w", "x", "y", "z",
             -1, 2.5, None, True, (1, ("x", b"y")), 10 ** 3]:
    last = word
print(last, word)
large = eval("{" + ",".join(f"{i}: 'x{i % 7}'" for i in range(-3000, 9000)) + "}")
print(len(large), large[-3000], large[8999], sorted(set(large.values())), type(large[255]))

from xml.parsers import expat
parser = expat.ParserCreate()
def handler(data):
    for call in (lambda: parser.Parse(data), lambda: parser.ParseFile(__import__("io").BytesIO(b"y"))):
        try:
            call()
        except RuntimeError as error:
            print(error)
parser.CharacterDataHandler = handler
print(parser.Parse("<a>x</a>", True))
