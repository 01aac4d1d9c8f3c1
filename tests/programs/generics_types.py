# Generic aliases, unions, type parameters.
import re, typing, types
U=int|str
print(U.__name__,U.__qualname__,U.__module__,U.__origin__,U.__args__,U.__parameters__)
def t(f):
    try: print(re.sub('0x[0-9a-f]+', '0x', str(f())))
    except BaseException as e: print(type(e).__name__, e)
t(lambda: typing.Union[()]); t(lambda: typing.Union[1]); t(lambda: typing.Union[int,'str']); t(lambda: int|1); t(lambda: hash(int|typing.Annotated[int,[]]))
t(lambda: U.foo); t(lambda: U[int]); 
t(lambda: type(U)()); 
class A: pass
t(lambda: types.new_class('X',(U,)))
t(lambda: list[int][str]); t(lambda: dict[typing.TypeVar('T'),int][int,str])
t(lambda: list[int].foo); t(lambda: isinstance(1,list[int])); t(lambda: issubclass(int,list[int]));t(lambda: isinstance(1,int|list[int]))
t(lambda: types.GenericAlias(1)); t(lambda: types.GenericAlias(int,(1,),x=3)); t(lambda: list[int]([1])); t(lambda: (list[int]|None)|list[int]); t(lambda: None|int)
t(lambda: repr(dict[str,None])); t(lambda: tuple[()]); t(lambda: list[...]); t(lambda: list[[int,str]]); t(lambda: int.__or__(int, 3)); t(lambda:type.__or__(int,3))
t(lambda: list(tuple[int,str])); t(lambda: list[int].__reduce__()); t(lambda: list(tuple[int])[0].__reduce__())
t(lambda: typing.TypeVar('T')|int); t(lambda: typing.TypeVar('T')|'x'); t(lambda: 'x'|typing.TypeVar('T'))
t(lambda: list[int].__bases__)
t(lambda: [x for x in dir(list[int]) if x not in dir(list)])
t(lambda: U|"x")
t(lambda: list[int]|"x")
t(lambda: isinstance(1, U)); t(lambda: (int|None)==(None|int))
print(type(U) is typing.Union, type(U), types.UnionType)
t(lambda: isinstance(None, None|int)); 
t(lambda: super.__init__)
T=typing.TypeVar('T')
t(lambda: list[T]|int); t(lambda: (list[T]|int)[str]); t(lambda: (T|int).__parameters__)
t(lambda: typing.TypeVar('T', int)); t(lambda: typing.TypeVar('T', bound=int, covariant=True, contravariant=True)); t(lambda: typing.TypeVar('T', int,str,bound=int)); t(lambda: typing.TypeVar('T',covariant=True,infer_variance=True)); t(lambda: typing.TypeVar()); t(lambda: typing.TypeVar(1)); t(lambda: typing.TypeVar('T',foo=1))
t(lambda: typing.ParamSpec('P').args); t(lambda: typing.ParamSpec('P').kwargs.__origin__); t(lambda: list(typing.TypeVarTuple('Ts')))
t(lambda: typing.TypeVarTuple('Ts').__typing_subst__(3)); t(lambda: types.new_class('X',(T,)));t(lambda: types.new_class('X',(typing.ParamSpec('P'),)));t(lambda: types.new_class('X',(typing.ParamSpec('P').args,)));t(lambda: types.new_class('X',(typing.TypeVarTuple('Ts'),)))
type X[K:int=str]=list[K]
t(lambda: (X, X.__value__, X.__type_params__, X.__parameters__, X[int], X.__name__, X.__module__, X.evaluate_value)); t(lambda: type(X[int])); t(lambda: X|int)
K,=X.__type_params__; t(lambda: (K, K.__bound__, K.evaluate_bound, K.__default__, K.evaluate_default, K.has_default(), K.__infer_variance__, K.__covariant__))
t(lambda: K.evaluate_default(1)); t(lambda: T.evaluate_bound); t(lambda: T.__default__); t(lambda: T.evaluate_default)
T2=typing.TypeVar('T2',bound=int,default=str); t(lambda: (T2.evaluate_bound, T2.evaluate_bound(1), T2.evaluate_bound(4), T2.__constraints__, T2.evaluate_constraints))
T3=typing.TypeVar('T3',int,str); t(lambda: (T3.evaluate_constraints, T3.evaluate_constraints(4), T3.__bound__))
t(lambda: typing.TypeAliasType('Z', int, type_params=(T,)).__parameters__); t(lambda: typing.TypeAliasType('Z', int, type_params=1)); t(lambda: typing.TypeAliasType('Z', int)[int]); t(lambda: typing.TypeAliasType('Z',int,type_params=(1,)))
t(lambda: type(typing.NoDefault)()); t(lambda: type(typing.NoDefault)(1)); t(lambda: typing.NoDefault.__reduce__()); t(lambda: X.__reduce__()); t(lambda: T.__reduce__())
type R=list[R]
t(lambda: R.__value__)
def f[A:(int,str), *B, **C](): pass
a,b,c=f.__type_params__
t(lambda: (a,a.__constraints__,a.evaluate_constraints,b,c,c.__infer_variance__, c.__bound__))
t(lambda: X.__value__.__args__[0].__typing_subst__(int)); t(lambda: T.__typing_subst__(typing.ClassVar))
t(lambda: typing.Generic[int]); t(lambda: typing.Generic.__class_getitem__)
t(lambda: typing.ParamSpec('P',default=[int]).__default__)
t(lambda: typing.ParamSpec('P',bound=1))
t(lambda: typing.ParamSpec('P').args == 3)
