# `pyexpat`: what is reported of documents, whole and in pieces, and what is refused.
import io
import pyexpat
from xml.parsers import expat

print(expat.ParserCreate is pyexpat.ParserCreate, type(expat.ParserCreate()))
HANDLERS = """StartElement EndElement ProcessingInstruction CharacterData UnparsedEntityDecl NotationDecl StartNamespaceDecl
EndNamespaceDecl Comment StartCdataSection EndCdataSection NotStandalone ExternalEntityRef StartDoctypeDecl EndDoctypeDecl
EntityDecl XmlDecl ElementDecl AttlistDecl SkippedEntity""".split()


def collector(events, parser, names=HANDLERS):
    for name in names:
        def handler(*args, name=name):
            events.append((name, *args))
            return 1
        setattr(parser, name + "Handler", handler)


def parse(data, *args, pieces=None, setup=None, names=HANDLERS, **kw):
    events = []
    p = expat.ParserCreate(*args, **kw)
    p.buffer_text = True
    collector(events, p, names)
    if setup:
        setup(p)
    try:
        if pieces:
            for i in range(0, len(data), pieces):
                p.Parse(data[i:i + pieces], False)
            p.Parse(data[:0], True)
        else:
            p.Parse(data, True)
    except expat.ExpatError as e:
        events.append((str(e), e.code, e.lineno, e.offset))
    except LookupError as e:
        events.append(str(e))
    return events


DOCUMENT = b"""<?xml version="1.0" encoding="iso-8859-1" standalone="no"?>
<?xml-stylesheet href="stylesheet.css"?>
<!-- comment data -->
<!DOCTYPE quotations SYSTEM "quotations.dtd" [
<!ELEMENT root ANY>
<!ELEMENT leaf EMPTY>
<!ELEMENT mixed (#PCDATA | a | b)*>
<!ELEMENT seq (a, b?, (c | d)+)*>
<!ATTLIST root attr1 CDATA #REQUIRED attr2 CDATA #IMPLIED kind (x|y) "x" fixed CDATA #FIXED "  f  " toks NMTOKENS " a  b ">
<!NOTATION notation SYSTEM "notation.jpeg">
<!NOTATION pub PUBLIC " some  id ">
<!ENTITY acirc "&#226;">
<!ENTITY nested "[&acirc;]<b>&amp;</b>">
<!ENTITY external_entity SYSTEM "entity.file">
<!ENTITY unparsed_entity SYSTEM "entity.file" NDATA notation>
<!ENTITY % pe "<!ELEMENT from-pe EMPTY>">
%pe;
%unknown;
]>

<root attr1="value1" attr2="value2&#8000;">
<myns:subelement xmlns:myns="http://www.python.org/namespace">
     Contents of subelements
</myns:subelement>
<sub2><![CDATA[contents of CDATA section]]></sub2>
&external_entity;
&skipped_entity;
&nested; \xe9 &lt;&gt;&#x41;
<leaf/></root>
<!-- after -->
"""
whole = parse(DOCUMENT)
for event in whole:
    print(event)
strip = lambda events: [e for e in events]
print([parse(DOCUMENT, pieces=n) == whole for n in (1, 2, 3, 7, 50)])
print(parse(DOCUMENT, namespace_separator="!", names=["StartElement", "EndElement", "StartNamespaceDecl", "EndNamespaceDecl"]))
print(parse(DOCUMENT.decode("latin-1")) == whole, parse(b"\xef\xbb\xbf<a>\xc3\xa9</a>"), parse("<a>\xe9\u20ac</a>".encode("utf-16")))
print(parse("<a>\xe9\u20ac\U0001f600</a>"), parse(b"<?xml version='1.0' encoding='koi8-r'?><a>\xc1</a>"), parse(b"<a>\xe9</a>", "iso-8859-1"))
NS = b"""<e xmlns="u" xmlns:p="v" a="1" p:a="2"><p:f/><g xmlns=""><h/></g></e>"""
for triplets in (False, True):
    def setup(p):
        p.namespace_prefixes = triplets
    print(parse(NS, None, " ", setup=setup))


def ordered(p):
    p.ordered_attributes = True
    p.specified_attributes = True


print(parse(DOCUMENT, setup=ordered, names=["StartElement"]))


def no_buffer(p):
    p.buffer_text = False


print(parse(b"<a>1&amp;2\n3\r\n4\r5<b/>]]6</a>", setup=no_buffer))


def defaults(p):
    got = p.got = []
    p.DefaultHandler = got.append


def defaults_expand(p):
    got = p.got = []
    p.DefaultHandlerExpand = got.append


INNER = b'<!DOCTYPE a [<!ENTITY e "x<b/>y">]><a t="1"> &e; &lt; <!-- c --><?pi d?></a>'
for setting in ("DefaultHandler", "DefaultHandlerExpand"):
    got = []
    p = expat.ParserCreate()
    setattr(p, setting, got.append)
    p.Parse(INNER, True)
    text = "".join(got)
    print(setting, text[text.index("<a"):])

for bad in [b"", b" ", b"text", b"<", b"<a", b"<a>", b"<a></b>", b"<a></a><b/>", b"<a></a>x", b"<a b></a>", b"<a b=1/>", b"<a b='1' b='2'/>", b"<a>&x;</a>",
            b"<a>&#0;</a>", b"<a>&#xFFFFFF;</a>", b"<a>& </a>", b"<a>&b</a>", b"<a>]]></a>", b"<a><!-- -- --></a>", b"<a><![CDATA[x</a>", b"<a b='<'/>",
            b"<a>\x01</a>", b"<a>\xff</a>", b"<1/>", b"<a><?xml version='1.0'?></a>", b" <?xml version='1.0'?><a/>", b"<?xml version='1.0' encoding='nope'?><a/>",
            b"<?xml encoding='utf-8'?><a/>", b"<?xml version='1.0' encoding='utf-16'?><a/>", b"<!DOCTYPE a [<!ENTITY x '&y;'><!ENTITY y '&x;'>]><a>&x;</a>",
            b"<!DOCTYPE a [<!ENTITY x SYSTEM 'f'>]><a b='&x;'/>", b"<!DOCTYPE a [<!ENTITY x '<b>'>]><a>&x;</b></a>", b"<!DOCTYPE a [<!ELEMENT a>]><a/>",
            b"<!DOCTYPE a><!DOCTYPE a><a/>", b"<a/><!DOCTYPE a>", b"<a\n>\n  <b></c></a>", b"<a x='&undefined;'/>", b"<a></a", b"<?pi", b"<!-- x", b"<a/>&amp;"]:
    print(bad, parse(bad, names=["StartElement"]))
for bad in [b"<p:a/>", b"<a xmlns:p=''/>", b"<a xmlns:xml='x'/>", b"<a xmlns:xmlns='x'/>", b"<a xmlns:p='u' xmlns:q='u' p:x='1' q:x='2'/>",
            b"<a xmlns:p='http://www.w3.org/XML/1998/namespace'/>"]:
    print(bad, parse(bad, None, "}", names=["StartElement"]))


def external(p):
    def handler(context, base, system, public):
        print("external", context, base, system, public)
        sub = p.ExternalEntityParserCreate(context)
        sub.Parse(b"<?xml encoding='utf-8'?>text<sub>&e;</sub>" if context else b"<!ENTITY e 'from outside'><!ATTLIST r k CDATA 'dflt'>", True)
        return 1
    p.ExternalEntityRefHandler = handler
    p.SetBase("base/")
    p.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_ALWAYS)


print(parse(b"<!DOCTYPE r SYSTEM 'dtd' [<!ENTITY ext SYSTEM 'file'>]><r>&ext;&e;</r>", setup=external, names=["StartElement", "EndElement", "CharacterData"]))


def refusing(p):
    p.ExternalEntityRefHandler = lambda *args: 0


print(parse(b"<!DOCTYPE r [<!ENTITY ext SYSTEM 'file'>]><r>&ext;</r>", setup=refusing, names=["StartElement"]))


class Stop(Exception):
    pass


def raising(*args):
    raise Stop("handler")


p = expat.ParserCreate()
p.StartElementHandler = raising
try:
    p.Parse(b"<a><b/></a>", True)
except Stop as e:
    print("Stop", e, p.StartElementHandler)
p = expat.ParserCreate()
print(p.ParseFile(io.BytesIO(b"<a>file</a>")), p.ErrorCode, p.CurrentLineNumber, p.CurrentColumnNumber)
try:
    p.Parse(b"<a/>", True)
except expat.ExpatError as e:
    print(e, e.code == expat.errors.codes[expat.errors.XML_ERROR_FINISHED])
positions = []
p = expat.ParserCreate()
p.StartElementHandler = lambda *a: positions.append((p.CurrentByteIndex, p.CurrentLineNumber, p.CurrentColumnNumber))
p.Parse("<a>\n \xe9<b>\r\n<c/></b></a>".encode(), True)
print(positions)


def attempt(f):
    try:
        return f()
    except Exception as e:
        return f"{type(e).__name__}: {e}"


print(attempt(lambda: expat.ParserCreate(namespace_separator="ab")), attempt(lambda: expat.ParserCreate(intern=5)), attempt(lambda: expat.ParserCreate(5)))
p = expat.ParserCreate()
for value in (0, -1, 2**40, "x"):
    print(attempt(lambda: setattr(p, "buffer_size", value)))
print(p.buffer_size, p.buffer_used, p.intern, attempt(lambda: p.ParseFile(5)), expat.ErrorString(3), expat.ErrorString(999))
print(attempt(lambda: expat.ParserCreate().Parse("<a>" + "&" * 3)), sorted(expat.errors.messages)[-1] >= 43, expat.model.XML_CTYPE_SEQ)
import xml.etree.ElementTree as ET

root = ET.fromstring("<r a='1'><!-- c --><x>t</x>tail<y xmlns='u'>&#169;</y></r>")
print(ET.tostring(root), root.attrib, [c.tag for c in root], attempt(lambda: ET.fromstring("<a><b></a>")))

# Tokens that end before they have begun, and characters of several bytes where a keyword is looked for.
for document in ("<?>", "<?>x?><a/>", "<?", "<!\u00e9", "<!D\u00e9", "<a><?></a>", "<a>&\u00e9;</a>", "<!-\U0001f600"):
    parser = expat.ParserCreate()
    try:
        for byte in document.encode():
            parser.Parse(bytes([byte]), False)
        parser.Parse(b"", True)
        print(ascii(document), "parsed")
    except expat.ExpatError as e:
        print(ascii(document), e)
