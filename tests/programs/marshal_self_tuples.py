import marshal
data = b'\xa8\x01\x00\x00\x00[\x01\x00\x00\x00r\x00\x00\x00\x00'
a = marshal.loads(data)
print(type(a), type(a[0]), a[0][0] is a)
a = marshal.loads(b'\xa8\x01\x00\x00\x00{Nr\x00\x00\x00\x000')
print(type(a), type(a[0]), a[0][None] is a)
for data in (b'\xfbr\x00\x00\x00\x00N0', b'\xbc\x01\x00\x00\x00r\x00\x00\x00\x00', b'\xba[\x01\x00\x00\x00r\x00\x00\x00\x00NN',
             b'\xbe\x01\x00\x00\x00r\x00\x00\x00\x00', b'\xbar\x00\x00\x00\x00NN'):
    try:
        print(marshal.loads(data))
    except (TypeError, ValueError) as e:
        print(type(e).__name__, e)
a = ([], 1, ("x", 2.5), b"y")
a[0].append(a)
for v in range(3, marshal.version + 1):
    b = marshal.loads(marshal.dumps(a, v))
    print(b[0][0] is b, b[1:], b)
print(marshal.loads(marshal.dumps(b"x")) is b"x", bytes([120]) is b"x", b"axb"[1:2] is b"x")
big = tuple(range(10000))
print(marshal.loads(marshal.dumps((big, big))) == (big, big))
