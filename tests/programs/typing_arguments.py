from typing import *
import types
def t(f,*a,**k):
    try: print(f(*a,**k))
    except BaseException as e: print(type(e).__name__, e)
D = TypeVar('D', default=str)
T = TypeVar('T')
U = TypeVar('U')
class A(Generic[T, U, D]): ...
class B(Generic[T, U]): ...
t(lambda:A[int]); t(lambda: A[T,U,D][int]); t(lambda: B[int]); t(lambda:B[T,U][int]); t(lambda: dict[T,U][int]); t(lambda: dict[T,U,D][int]); t(lambda:A[int,str]); t(lambda: A[int,str,int,int]); t(lambda: list[T][int,str]); t(lambda: tuple[T,D][int]); t(lambda: tuple[T,U,D][int]); t(lambda:tuple[D,T][()])
class P:
    def __repr__(self): return "P()"
first = P(); first.__typing_subst__ = lambda value: value
late = P()
alias = types.GenericAlias(dict, (first, late))
print(len(alias.__parameters__))
late.__typing_subst__ = lambda value: value
t(lambda: alias[0])
