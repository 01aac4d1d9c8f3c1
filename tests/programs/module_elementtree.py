"""xml.etree.ElementTree with its native half: elements, searching, building, parsing, events, copies, pickles."""
import copy
import gc
import io
import pickle
import warnings
import xml.etree.ElementTree as ET
import _elementtree as C

warnings.simplefilter("ignore")


def attempt(f, *args, **kw):
    try:
        print(repr(f(*args, **kw)))
    except BaseException as e:
        print(type(e).__name__, e)


def show(e):
    return ET.tostring(e, encoding="unicode")


print(ET.Element is C.Element, ET.TreeBuilder is C.TreeBuilder, ET.XMLParser is C.XMLParser)
print([f"{c.__module__}.{c.__qualname__}" for c in (C.Element, C.TreeBuilder, C.XMLParser, C.ParseError)])

# --- elements -----------------------------------------------------------------
root = ET.Element("root", {"a": "1"}, b="2")
one = ET.SubElement(root, "one", attrib={"x": "y"}, z="0")
two = C.SubElement(root, "two")
two.text, two.tail = "text", "tail"
root.append(ET.Element("three"))
root.insert(0, ET.Element("zero"))
root.insert(-1, ET.Element("minus"))
root.extend([ET.Element("four"), ET.Element("five")])
print(show(root))
print(len(root), [e.tag for e in root], root[0].tag, root[-1].tag, [e.tag for e in root[1:4]], [e.tag for e in root[::-2]])
root[0] = ET.Element("null")
root[1:3] = [ET.Element("p"), ET.Element("q"), ET.Element("r")]
del root[-1]
del root[::3]
print(show(root), bool(root), root.get("a"), root.get("q"), root.get("q", 7), root.keys(), root.items())
root.set("c", "3")
root.attrib["d"] = "4"
root.remove(root[0])
print(show(root), root.makeelement("n", {"k": "v"}).attrib)
bare = ET.Element("bare")
print(bare.attrib, bare.items(), bare.keys(), list(bare), bare[:], bare.text, bare.tail)
root.clear()
print(show(root), root.attrib, len(root))

for f in (lambda e: e.append("x"), lambda e: e.append(None), lambda e: e.insert(0, 5), lambda e: e.insert("x", e),
          lambda e: e.remove(ET.Element("x")), lambda e: e.remove(3), lambda e: e[0], lambda e: e["x"],
          lambda e: e.extend(3), lambda e: e.extend([3]), lambda e: e.__setitem__(slice(None), 3),
          lambda e: e.__setitem__(slice(None), [e, 3]), lambda e: e.__setitem__(0, e),
          lambda e: e.__delitem__(0), lambda e: delattr(e, "tag"), lambda e: setattr(e, "attrib", 3),
          lambda e: e.find(), lambda e: e.makeelement("x"), lambda e: e.makeelement("x", 3),
          lambda e: e.__deepcopy__(3), lambda e: e.__setstate__(3), lambda e: e.__setstate__({}),
          lambda e: e.__setstate__({"tag": 1, "foo": 2}), lambda e: e.__setstate__({"tag": 1, "_children": [2]}),
          lambda e: e.__setstate__({"tag": 1, "_children": 2}), lambda e: type(e.iter())()):
    attempt(f, ET.Element("e"))
attempt(ET.Element)
attempt(ET.Element, 1, 2, 3)
attempt(ET.Element, "a", 2)
attempt(ET.Element, "a", attrib=2)
attempt(C.SubElement)
attempt(C.SubElement, None, "a")
attempt(C.SubElement, ET.Element("a"), "b", 3)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    bool(ET.Element("a"))
    print([str(w.message) for w in caught])


class Changes(ET.Element):
    def __eq__(self, other):
        del parent[:]
        return self.answer


for answer in (True, False):
    Changes.answer = answer
    parent = ET.Element("p")
    parent.extend([Changes("x"), Changes("y")])
    attempt(parent.remove, ET.Element("z"))
    print(len(parent))

# --- searching ------------------------------------------------------------------
doc = ET.XML("""<top a="1">x<s k="v">in<s>deep</s>after</s>tail<t/>more<!-- c --><u:s xmlns:u="urn:u">ns</u:s>
<t><s k="w"/><v>text</v></t></top>""")
print([e.tag for e in doc.iter()], [e.tag for e in doc.iter("s")], [e.tag for e in doc.iter("*")], list(doc.itertext()))
print(doc.find("s").attrib, doc.find("nothing"), doc.findtext("s"), repr(doc.findtext("t")), doc.findtext("n", "default"))
print([e.tag for e in doc.findall("s")], [e.attrib for e in doc.findall(".//s")], doc.find("s/s").text)
print([e.tag for e in doc.iterfind("*")], doc.find("{urn:u}s").text, doc.find("u:s", {"u": "urn:u"}).text)
print([e.tag for e in doc.findall(".//s[@k='w']")], doc.findall("{*}s")[-1].text, doc.find(".//v/..").tag)
attempt(doc.find, "./t[")
attempt(doc.findall, "q:s")
comment = ET.Comment("c")
comment.tail = "after"
mixed = ET.Element("m")
mixed.text = "before"
mixed.append(comment)
print(list(mixed.itertext()), list(comment.itertext()))
it = doc.iter()
next(it)
doc[0].clear()
print([e.tag for e in it])
attempt(next, it)

# --- copies and pickles --------------------------------------------------------
deep = ET.Element("a", {"k": "v"})
inner = ET.SubElement(deep, "b")
inner.text, inner.tail = "t", "u"
deep.append(inner)
shallow, full = copy.copy(deep), copy.deepcopy(deep)
print(shallow[0] is inner, full[0] is inner, full[0] is full[1], show(full), full.attrib is deep.attrib)
inner.text = "changed"
print(show(shallow), show(full))
for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
    again = pickle.loads(pickle.dumps(deep, protocol))
    print(protocol, show(again), again[0] is again[1])
print(deep.__getstate__()["tag"], sorted(deep.__getstate__()))


class Own(ET.Element):
    pass


own = Own("own", {"n": "1"})
own.extra = 3
copied = copy.deepcopy(own)
print(type(copied) is ET.Element, copied.tag, copied.attrib)
nested = ET.Element("n")
nested.append(nested)
print(repr(nested)[:12], copy.copy(nested)[0] is nested)

# --- builders --------------------------------------------------------------------
builder = ET.TreeBuilder()
attempt(builder.close)
attempt(builder.end, "x")
builder.data("ignored")
builder.start("a", {})
builder.data("x")
builder.data("y")
builder.start("b", {"k": "v"})
builder.end("b")
builder.data("tail")
builder.comment("no")
builder.data("-more")
builder.end("a")
print(show(builder.close()))
attempt(builder.start, "c", {})
attempt(ET.TreeBuilder().start, "a", 3)
attempt(ET.TreeBuilder, 1, 2)
kept = ET.TreeBuilder(insert_comments=True, insert_pis=True)
kept.start("a", {})
print(kept.comment("c").text, kept.pi("t", "p").text)
kept.data("tail")
kept.end("a")
print(show(kept.close()))


def factory(tag, attrib):
    print("made", tag, attrib)
    return ET.Element(tag.upper(), attrib)


parser = ET.XMLParser(target=ET.TreeBuilder(element_factory=factory))
parser.feed("<a k='v'>x&amp;y<b/></a>")
print(show(parser.close()))


class Fake:
    """Not an Element."""
    def __init__(self, tag, attrib):
        self.tag, self.children, self.text, self.tail = tag, [], None, None

    def append(self, child):
        self.children.append(child)


parser = ET.XMLParser(target=ET.TreeBuilder(Fake))
parser.feed("<a>x<b>y</b>z\n1</a>")
made = parser.close()
print(type(made).__name__, made.text, made.children[0].text, repr(made.children[0].tail))

# --- parsing ----------------------------------------------------------------------
print(show(ET.XML("<a xmlns='urn:x' xmlns:y='urn:y' y:k='v'>t<y:b/>&lt;</a>")))
for text in ("", "<a>", "<a></b>", "x", "<a>&undefined;</a>", "<a b='1' b='2'/>", "<a/><b/>", "<a:b/>"):
    try:
        ET.XML(text)
    except ET.ParseError as e:
        print(e.code, e.position, e)
parser = ET.XMLParser()
parser.entity["name"] = "value"
parser.feed("<!DOCTYPE a SYSTEM 'x'><a>&name;")
parser.feed(b"more</a>")
print(show(parser.close()), parser.target.close() is not None)


class Target:
    def start(self, tag, attrib):
        print("start", tag, attrib)

    def end(self, tag):
        print("end", tag)

    def data(self, data):
        print("data", repr(data))

    def comment(self, data):
        print("comment", data)

    def pi(self, target, data):
        print("pi", target, data)

    def start_ns(self, prefix, uri):
        print("start_ns", repr(prefix), uri)

    def end_ns(self, prefix):
        print("end_ns", repr(prefix))

    def doctype(self, name, public, system):
        print("doctype", name, public, system)

    def close(self):
        return "closed"


parser = ET.XMLParser(target=Target())
parser.feed("<?p q?><!DOCTYPE r PUBLIC 'pub' 'sys'><r xmlns='u' xmlns:p='v' p:k='w'>a<!--c--><p:s/>b</r>")
print(parser.close())


class Raises:
    def start(self, tag, attrib):
        raise ZeroDivisionError(tag)

    def end(self, tag):
        print("end", tag)


parser = ET.XMLParser(target=Raises())
attempt(parser.feed, "<a><b></b>")
attempt(parser.feed, "<c></c>")
attempt(parser.feed, "</x>")
attempt(ET.XMLParser, 1)
attempt(ET.XMLParser, encoding=3)
attempt(ET.XMLParser, foo=3)
attempt(ET.XMLParser.__new__(ET.XMLParser).feed, "a")
attempt(ET.XMLParser().feed, 3)
print(ET.parse(io.BytesIO("<?xml version='1.0' encoding='latin-1'?><a>\xe9</a>".encode("latin-1"))).getroot().text)
print(ET.parse(io.StringIO("<?xml version='1.0' encoding='latin-1'?><a>\xe9\u1234</a>")).getroot().text)

# --- events -------------------------------------------------------------------------
text = "<a xmlns:p='u'>1<b k='v'>2</b><!--c--><?p i?></a>"
for events in (None, ("start", "end"), ("start-ns", "end-ns", "comment", "pi", "end")):
    shown = []
    for event, item in ET.iterparse(io.StringIO(text), events):
        shown.append((event, item if isinstance(item, (tuple, type(None))) else getattr(item, "tag", item) if isinstance(item.tag, str) else item.text))
    print(shown)
pull = ET.XMLPullParser(["start", "end"])
for piece in ("<a><b", ">x</b>", "<c/></a>"):
    pull.feed(piece)
    pull.flush()
    print([(event, e.tag) for event, e in pull.read_events()])
pull.close()
for wrong in (["foo"], [3], 3):
    attempt(ET.XMLParser()._setevents, [], wrong)
attempt(ET.XMLParser(target=object())._setevents, [], None)
attempt(C._set_factories, 3, None)
attempt(C._set_factories, None, 3)

# --- large and deep ---------------------------------------------------------------------
big = ET.Element("big")
for i in range(300):
    ET.SubElement(big, f"e{i % 7}", n=str(i)).text = "t" * (i % 5)
gc.collect()
text = show(big)
again = ET.XML(text)
print(len(text), show(again) == text, sum(1 for _ in again.iter()), len(again.findall("e3")))
level = ET.Element("d")
for _ in range(2000):
    outer = ET.Element("d")
    outer.append(level)
    level = outer
print(sum(1 for _ in level.iter("d")))
cycle = ET.Element("c")
cycle.append(cycle)
del cycle, level, outer
print(gc.collect() >= 0)
