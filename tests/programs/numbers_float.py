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

show("int(float('nan'))", lambda: (int(float('nan'))))
show("int(float('inf'))", lambda: (int(float('inf'))))
show('1.0/0', lambda: (1.0/0))
show('1.0//0', lambda: (1.0//0))
show('1.0%0', lambda: (1.0%0))
show('divmod(1.0,0)', lambda: (divmod(1.0,0)))
show('0.0**-1', lambda: (0.0**-1))
show('pow(2,1.0,5)', lambda: (pow(2,1.0,5)))
show('pow(2.0,1,5)', lambda: (pow(2.0,1,5)))
show('2.0**10000', lambda: (2.0**10000))
show('1.0*(2**2000)', lambda: (1.0*(2**2000)))
show('float(2**2000)', lambda: (float(2**2000)))
show("float('x')", lambda: (float('x')))
show("float(b'12x')", lambda: (float(b'12x')))
show('float([])', lambda: (float([])))
show('float(F(1))', lambda: (float(F(1))))
show('float(F(SF(2)))', lambda: (float(F(SF(2)))))
show('float(I(2**2000))', lambda: (float(I(2**2000))))
show('float(I(2))', lambda: (float(I(2))))
show("float('1_0.5')", lambda: (float('1_0.5')))
show('float(x=1)', lambda: (float(x=1)))
show('float(1,2)', lambda: (float(1,2)))
show("float.fromhex('zz')", lambda: (float.fromhex('zz')))
show('float.fromhex(1)', lambda: (float.fromhex(1)))
show("float.fromhex('0x1p99999')", lambda: (float.fromhex('0x1p99999')))
show("float.__getformat__('x')", lambda: (float.__getformat__('x')))
show("float.__getformat__('double')", lambda: (float.__getformat__('double')))
show('float.__getformat__(1)', lambda: (float.__getformat__(1)))
show("float.from_number('1')", lambda: (float.from_number('1')))
show('float.from_number(3)', lambda: (float.from_number(3)))
show('float.from_number(I(4))', lambda: (float.from_number(I(4))))
show('SF.from_number(3)', lambda: (SF.from_number(3)))
show('round(1.5)', lambda: (round(1.5)))
show("round(float('nan'))", lambda: (round(float('nan'))))
show("round(float('inf'))", lambda: (round(float('inf'))))
show('round(1.7976931348623157e308,-308)', lambda: (round(1.7976931348623157e308,-308)))
show('round(2.5,0)', lambda: (round(2.5,0)))
show("round(1.5,'x')", lambda: (round(1.5,'x')))
show('round(2.5,2**70)', lambda: (round(2.5,2**70)))
show('round(2.5,-2**70)', lambda: (round(2.5,-2**70)))
show("float('inf').as_integer_ratio()", lambda: (float('inf').as_integer_ratio()))
show("float('nan').as_integer_ratio()", lambda: (float('nan').as_integer_ratio()))
show('type(...)(2)', lambda: (type(...)(2)))
show("format(5,'.3')", lambda: (format(5,'.3')))
show("format(5,'.3d')", lambda: (format(5,'.3d')))
show("format(1.5,'d')", lambda: (format(1.5,'d')))
show("format(1.5,'s')", lambda: (format(1.5,'s')))
show("format(1.5,'x')", lambda: (format(1.5,'x')))
show('format(1.5,5)', lambda: (format(1.5,5)))
show('1 .__add__(2.0)', lambda: (1 .__add__(2.0)))
show('1.5 .__pow__(2,3)', lambda: (1.5 .__pow__(2,3)))
show("1.0 .__round__('x')", lambda: (1.0 .__round__('x')))
show("hash(1.5),hash(float('inf')),hash(-0.0)", lambda: (hash(1.5),hash(float('inf')),hash(-0.0)))
show('1.5 .__floor__(),1.5 .__ceil__(),1.5 .__trunc__()', lambda: (1.5 .__floor__(),1.5 .__ceil__(),1.5 .__trunc__()))
show("float('nan').__floor__()", lambda: (float('nan').__floor__()))
show("float('inf').__ceil__()", lambda: (float('inf').__ceil__()))
show("float('inf').__trunc__()", lambda: (float('inf').__trunc__()))
show("float('1e400')", lambda: (float('1e400')))
show('-7.5//2,-7.5%3,7.5//-2,7.5%-3', lambda: (-7.5//2,-7.5%3,7.5//-2,7.5%-3))
show("1.0//float('inf'), -1.0//float('inf'), 1.0%float('-inf')", lambda: (1.0//float('inf'), -1.0//float('inf'), 1.0%float('-inf')))
show('float.__new__(int)', lambda: (float.__new__(int)))
show('type(-SI(4)),type(+SI(4)),type(abs(SI(4))),type(SI(4).__int__()),type(SI(4).real)', lambda: (type(-SI(4)),type(+SI(4)),type(abs(SI(4))),type(SI(4).__int__()),type(SI(4).real)))
show('pow(0,0),0**0.0, 0.0**0', lambda: (pow(0,0),0**0.0, 0.0**0))
show("float('-nan')", lambda: (float('-nan')))
show('1.5<10**400', lambda: (1.5<10**400))
show("float('inf')>10**400", lambda: (float('inf')>10**400))
show('2**53+1==float(2**53)', lambda: (2**53+1==float(2**53)))
show("2**1024<float('inf')", lambda: (2**1024<float('inf')))
show('3 == 3.0, 3 < 3.5, 2**53+1 > 2.0**53', lambda: (3 == 3.0, 3 < 3.5, 2**53+1 > 2.0**53))
show('2 ** 2.5', lambda: (2 ** 2.5))
show('0.0 ** -2', lambda: (0.0 ** -2))
show("float(1).hex(), (0.1).hex(), float('nan').hex()", lambda: (float(1).hex(), (0.1).hex(), float('nan').hex()))
show('divmod(-7,2), divmod(2**70,-3), divmod(7.5,-2)', lambda: (divmod(-7,2), divmod(2**70,-3), divmod(7.5,-2)))
