# Expressions and what they give or raise; the recorded output is CPython 3.14's.
class I:
    def __init__(self, v): self.v = v
    def __index__(self): return self.v
class N:
    def __init__(self, v): self.v = v
    def __int__(self): return self.v
class T:
    def __init__(self, v): self.v = v
    def __trunc__(self): return self.v
class F:
    def __init__(self, v): self.v = v
    def __float__(self): return self.v
class SI(int): pass
class SF(float): pass

def show(text, f):
    try:
        print(text, "=>", repr(f())[:120])
    except Exception as e:
        print(text, "!!", type(e).__name__ + ":", str(e)[:300])

show('range()', lambda: (range()))
show('range(1,2,3,4)', lambda: (range(1,2,3,4)))
show('range(1.0)', lambda: (range(1.0)))
show('range(1,2,0)', lambda: (range(1,2,0)))
show("range('x')", lambda: (range('x')))
show('range(10)[20]', lambda: (range(10)[20]))
show("range(10)['x']", lambda: (range(10)['x']))
show('range(2**70)[2**70]', lambda: (range(2**70)[2**70]))
show('len(range(2**70))', lambda: (len(range(2**70))))
show('range(2**70)[2**69]', lambda: (range(2**70)[2**69]))
show('range(10)[::-1]', lambda: (range(10)[::-1]))
show('range(10)[1:5:2]', lambda: (range(10)[1:5:2]))
show('range(10).index(20)', lambda: (range(10).index(20)))
show("range(10).index('x')", lambda: (range(10).index('x')))
show('range(10).index(2.0)', lambda: (range(10).index(2.0)))
show('range(10).count(2.0)', lambda: (range(10).count(2.0)))
show("range(10).count('x')", lambda: (range(10).count('x')))
show('2.0 in range(4)', lambda: (2.0 in range(4)))
show('range(0)==range(2,2)', lambda: (range(0)==range(2,2)))
show('hash(range(0)),hash(range(5)),hash(range(1)),hash(range(2**70))', lambda: (hash(range(0)),hash(range(5)),hash(range(1)),hash(range(2**70))))
show('range(5)<range(6)', lambda: (range(5)<range(6)))
show('iter(range(5)).__length_hint__()', lambda: (iter(range(5)).__length_hint__()))
show('iter(range(2**70)).__length_hint__()', lambda: (iter(range(2**70)).__length_hint__()))
show('range(x=1)', lambda: (range(x=1)))
show('repr(range(1,2)),repr(range(1,2,3))', lambda: (repr(range(1,2)),repr(range(1,2,3))))
show('range(True)', lambda: (range(True)))
show('range(I(5))', lambda: (range(I(5))))
show('slice(1,2,3).indices(-1)', lambda: (slice(1,2,3).indices(-1)))
show('slice(1,2,0).indices(5)', lambda: (slice(1,2,0).indices(5)))
show("slice('a').indices(5)", lambda: (slice('a').indices(5)))
show("slice(1).indices('x')", lambda: (slice(1).indices('x')))
show('slice(1,2,3).indices(2**70)', lambda: (slice(1,2,3).indices(2**70)))
show('slice(2**70).indices(2**70)', lambda: (slice(2**70).indices(2**70)))
show('hash(slice(1,2,3))', lambda: (hash(slice(1,2,3))))
show('hash(slice([],2,3))', lambda: (hash(slice([],2,3))))
show('slice(1)<slice(2)', lambda: (slice(1)<slice(2)))
show('slice(1)==slice(1)', lambda: (slice(1)==slice(1)))
show('slice(x=1)', lambda: (slice(x=1)))
