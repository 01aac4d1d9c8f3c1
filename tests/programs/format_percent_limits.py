def t(f,*a,**k):
    try: print(f(*a,**k))
    except BaseException as e: print(type(e).__name__, e)
import sys
class PseudoFloat:
    def __init__(self, value): self.value = float(value)
    def __int__(self): return int(self.value)
pi=PseudoFloat(3.1415)
for f in '%x','%X','%o','%d','%c','%i','%u': t(lambda: f % pi)
for f in '%x','%X','%o','%d','%c','%f': t(lambda: f % 3.14); t(lambda: f % 'a'); t(lambda: f%(1,2)); t(lambda: f % None)
for f in '%*d','%.*d','%.*f': t(lambda: f % ('a',1)); t(lambda: f%(10**30,1)); t(lambda: f%(2**40,1)); t(lambda: f%(-2**40,1)); t(lambda: f%(2**31,1)) if f!='%*d' else 0
for f in ('%%%sd' % 10**30, '%%.%sf' % (2**31), '%%.%sf'%10**30, '%%.%sd'%(2**31)): t(lambda: f % 1)
t(lambda: '%(a' % {}); t(lambda: '%'%1); t(lambda:'%z'%1); t(lambda:'%(a)s'%1); t(lambda:'%c'%-1);t(lambda:'%c'%'ab');t(lambda:'%c'%b'a');t(lambda: '%(x)s %s' % {'x':1}); t(lambda: '%s %s'%1); t(lambda:'%s'%(1,2)); t(lambda: b'%c'%256); t(lambda:b'%c'%'a'); t(lambda:b'%s'%'a'); t(lambda:b'%d'%'a');t(lambda:b'%x'%1.5);t(lambda:b'%z'%1); t(lambda: b'%(a)s'%1); t(lambda:b'%b'%1);t(lambda:b'%f'%'x')
def held(name, *args):
    class E:
        def __buffer__(self, flags):
            data.clear()
            return memoryview(b'A')
        def __index__(self):
            data.clear()
            return 65
    data = bytearray(b'A')
    t(getattr(data, name), *[E() if a is E_ else a for a in args])
E_ = object()
for n in ("find", "count", "index", "rindex", "rfind", "split", "rsplit", "__contains__", "startswith", "endswith"):
    held(n, E_)
def shrink(n):
    data = bytearray(range(n))
    m = memoryview(data)
    m[0] = 7
    del m
    del data[n // 2:]
    return len(data)
t(shrink, 10)
def with_view():
    data = bytearray(10)
    m = memoryview(data)
    try:
        data.append(1)
    finally:
        m.release()
t(with_view)
