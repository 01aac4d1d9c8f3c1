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

show('int(1j)', lambda: (int(1j)))
show('1j/0', lambda: (1j/0))
show('1j//1', lambda: (1j//1))
show('1j%1', lambda: (1j%1))
show('divmod(1j,1)', lambda: (divmod(1j,1)))
show('pow(1j,2,3)', lambda: (pow(1j,2,3)))
show('complex.from_number(3)', lambda: (complex.from_number(3)))
show("complex.from_number('3')", lambda: (complex.from_number('3')))
show("complex('1+2j')", lambda: (complex('1+2j')))
show("complex('x')", lambda: (complex('x')))
show("complex('1',2)", lambda: (complex('1',2)))
show("complex(1,'2')", lambda: (complex(1,'2')))
show('complex(1j,2j)', lambda: (complex(1j,2j)))
show('complex(1.0,2.0j)', lambda: (complex(1.0,2.0j)))
show('complex([])', lambda: (complex([])))
show("complex(b'1')", lambda: (complex(b'1')))
show('complex(real=1,imag=2)', lambda: (complex(real=1,imag=2)))
show('complex(1,2,3)', lambda: (complex(1,2,3)))
show('complex(F(1.5))', lambda: (complex(F(1.5))))
show("complex(F('x'))", lambda: (complex(F('x'))))
show('1j<2', lambda: (1j<2))
show('1j**1000', lambda: (1j**1000))
show('0j**1j', lambda: (0j**1j))
show('1j**0.5', lambda: (1j**0.5))
show('2**1j', lambda: (2**1j))
show('abs(complex(1e308,1e308))', lambda: (abs(complex(1e308,1e308))))
show("abs(complex('nan'))", lambda: (abs(complex('nan'))))
show("format(1j,'=10')", lambda: (format(1j,'=10')))
show("format(1j,'010')", lambda: (format(1j,'010')))
show("format(1j,'x')", lambda: (format(1j,'x')))
show("format(1j,'.3')", lambda: (format(1j,'.3')))
show('hash(1j)', lambda: (hash(1j)))
show('complex(3)==3, complex(2**53+1)==2**53+1', lambda: (complex(3)==3, complex(2**53+1)==2**53+1))
show('complex(0)**complex(-1)', lambda: (complex(0)**complex(-1)))
show('complex(1,2).__complex__()', lambda: (complex(1,2).__complex__()))
