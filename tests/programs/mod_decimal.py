"""_decimal: what its functions and types accept, answer and raise."""
import decimal
import math
import pickle
from decimal import *


def t(text):
    try:
        print(text, "->", repr(eval(text)))
    except Exception as e:
        print(text, "->", type(e).__name__, repr(str(e)))


c = Context(prec=9)
setcontext(c)
c = getcontext()
for line in r"""
setattr(c,'prec','a')
setattr(c,'prec',0)
setattr(c,'prec',10**30)
setattr(c,'prec',1.5)
setattr(c,'Emin',1)
setattr(c,'Emax',-1)
setattr(c,'capitals',2)
setattr(c,'clamp',2)
setattr(c,'clamp','a')
setattr(c,'rounding','x')
setattr(c,'rounding',1)
setattr(c,'traps',1)
setattr(c,'traps',{})
setattr(c,'traps',[int])
setattr(c,'traps',[Overflow])
setattr(c,'flags',{Overflow:1})
delattr(c,'prec')
c.flags[1]
c.flags[ValueError]
c.flags.__delitem__(Overflow)
c.flags.__setitem__(Overflow,'a')
c.flags.__setitem__(ConversionSyntax,1)
c.flags[ConversionSyntax]
len(c.flags)
list(c.flags)
repr(c.flags)
type(c.flags.copy())
c.flags==c.traps
c.flags==dict(c.flags)
c.flags<c.traps
Context(traps=[int])
Context(traps=1)
Context(foo=1)
Context(prec=5,rounding=ROUND_UP,flags=[Inexact],traps=[])
Context(1,2)
Decimal([1])
Decimal((1,2))
Decimal((2,(1,),0))
Decimal((0,(1,),'x'))
Decimal((0,(1,),1.5))
Decimal((0,(11,),1))
Decimal((0,'a',1))
Decimal((0,(1,2,3),'F'))
Decimal((0,(0,0,1,2,3),'N'))
Decimal((0,(),0))
Decimal(('a',(),0))
Decimal((0,(1,),10**30))
Decimal(object())
Decimal('x')
Decimal('1e9999999999999999999999')
Decimal('1e-9999999999999999999999')
Decimal(' 1_0 ')
Decimal('1__0')
Decimal(b'1')
Decimal('1',1)
Decimal(value='2',context=None)
Decimal(1,2,3)
Decimal(foo=1)
Decimal(1)+'a'
Decimal(1)+1.5
Decimal(1).compare('a')
Decimal(1).compare(1,context=3)
Decimal(1).quantize(1,'x')
Decimal(1).quantize(1,2)
Decimal(1)/0
Decimal(0)/0
Decimal(1)//0
Decimal(0)//0
Decimal(0)%0
Decimal(1)%0
divmod(Decimal(1),0)
Decimal(10)**1000000000
Decimal(-1).sqrt()
Decimal('nan').__int__()
int(Decimal('inf'))
Decimal('nan').as_integer_ratio()
Decimal('inf').as_integer_ratio()
hash(Decimal('snan'))
float(Decimal('snan'))
round(Decimal('nan'))
round(Decimal('inf'))
round(Decimal('nan'),1)
round(Decimal(1),'a')
round(Decimal('1.25'),1)
round(Decimal('1.5'))
Decimal('snan')==1
Decimal('nan')<1
format(Decimal(1),'x')
format(Decimal(1),1)
format(Decimal(1),'<<10')
format(Decimal('1234567.891'),',.2f')
format(Decimal('1234567.891'),'_.2f')
format(Decimal('1234567.891'),'020,.2f')
format(Decimal('-0.001'),'z.1f')
format(Decimal('-0.001'),'.1e')
format(Decimal('123.456'),'n')
format(Decimal('123.456'),'g')
format(Decimal('123.456'),'%')
format(Decimal('123.456'),'*^20.4G')
format(Decimal('nan'),'010')
format(Decimal('inf'),'+10.3f')
format(Decimal('1e1000'),'.3')
c.create_decimal(' 1')
c.create_decimal('1_0')
c.create_decimal(1.5)
c.power(2,3,modulo=5)
c.power(a=2,b=3)
c.power(2,3,0)
pow(Decimal(2),3,0)
pow(Decimal(2),Decimal(3),Decimal(5))
c.add(1,'a')
c.copy_decimal('a')
c.is_zero('a')
c.logical_and(1,12)
c.plus('a')
IEEEContext(32)
IEEEContext(33)
IEEEContext(1024)
localcontext(1)
localcontext(foo=1)
localcontext(prec=5).__enter__()
setcontext(1)
Decimal.from_float('a')
Decimal.from_float(1)
Decimal.from_float(0.1)
Decimal.from_number('1')
Decimal.from_number(0.5)
Decimal.from_number((0,(1,),1))
c.create_decimal_from_float('a')
Decimal(1).real
Decimal(1).imag
Decimal(1).__reduce__()
c.__reduce__()
c
Decimal('1.5').as_tuple()
Decimal('-inf').as_tuple()
Decimal('nan12').as_tuple()
Decimal('nan12')
Decimal('sNaN')
Decimal(1)==1.0
Decimal(1)==(1+0j)
Decimal(1)<1.5
Decimal(1)<(1+0j)
Decimal('1.5')==decimal.Decimal(3)/2
Decimal(1).copy_sign('a')
Decimal(1).is_normal(1)
Decimal(1).exp(1)
Decimal('1E+400').__int__().__str__().__len__()
Decimal(1).__deepcopy__()
Decimal(1).shift(100)
Decimal(1).scaleb(10**20)
Decimal(1).rotate('1.5')
Decimal(1).next_toward(2)
complex(Decimal(1))
complex(Decimal('snan'))
Decimal(1).conjugate()
Decimal('7.0').normalize()
Decimal(1).to_eng_string(1)
Decimal('123456789').to_integral(rounding='x')
c.Etiny(),c.Etop(),c.radix()
type(c.Etiny()), type(c.radix())
c._apply(Decimal(1))
c.number_class(Decimal('-0'))
c.to_sci_string(Decimal('1E+3'))
c.divmod(5,0)
c==c
math.floor(Decimal('nan'))
math.ceil(Decimal('inf'))
math.trunc(Decimal('-1.5'))
Decimal.__new__(int)
Context.__new__(int)
Decimal(float('nan'))
Decimal(1.1)
Decimal(True)
Decimal('１２')
Decimal('1'*30)*1
c.create_decimal(Decimal('nan'+'1'*30))
Decimal('1e999999')*10
Decimal('1e-1000040')/3
Decimal(2).ln()
Decimal(0).ln()
Decimal(0).log10()
Decimal(-1).ln()
Decimal(0).logb()
Decimal(2)**Decimal('0.5')
Decimal(0)**0
Decimal(0)**-1
Decimal(-2)**Decimal('0.5')
Decimal('1').exp()
Decimal(10).log10()
3-Decimal(1),3*Decimal(2),3/Decimal(2),3//Decimal(2),3%Decimal(2),3**Decimal(2),divmod(3,Decimal(2))
Decimal(5).remainder_near(3)
Decimal(1).same_quantum('a')
Decimal(1).max('nan')
Decimal(1).max(2)
""".strip().splitlines():
    t(line)

print(pickle.loads(pickle.dumps(Decimal("1.50"))), pickle.loads(pickle.dumps(getcontext())))
print(sorted(n for n in dir(decimal) if n.isupper()), decimal.__version__)
print([e.__mro__[1].__name__ for e in (InvalidOperation, DivisionByZero, Overflow, Underflow, FloatOperation, Clamped)])


class Money(Decimal):
    def __repr__(self):
        return f"Money({str(self)!r})"


m = Money("2.50")
m.currency = "EUR"
print(m, repr(m), m + 1, type(m + 1).__name__, m.currency, Money(m), type(Money.from_float(0.5)).__name__)
with localcontext(prec=3, rounding=ROUND_UP) as ctx:
    print(Decimal(1) / 3, ctx.flags[Inexact], getcontext() is ctx)
print(Decimal(1) / 3)
d = {}
d.update(ctx.flags)
print(d == ctx.flags, ctx.flags == d, ctx.flags != [1], len(d))
try:
    with localcontext(Context(traps=[Inexact])):
        Decimal(2).sqrt()
except Inexact as e:
    print(type(e).__name__, e.args)
print(sum(map(Decimal, ["0.1"] * 10)), Decimal("0.1") + Decimal("0.2") == Decimal("0.3"))
print(hash(Decimal("2.5")) == hash(2.5), hash(Decimal(10**30)) == hash(10**30), Decimal("1.0") in {1: 2})
import fractions
print(Decimal("0.5") == fractions.Fraction(1, 2), Decimal("0.3") < fractions.Fraction(1, 3), fractions.Fraction(Decimal("1.25")))
print(math.floor(Decimal("-1.5")), math.ceil(Decimal("-1.5")), round(Decimal("2.675"), 2), math.sqrt(Decimal(2)))
