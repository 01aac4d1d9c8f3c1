import ast, copy, warnings
def t(f,*a,**k):
    with warnings.catch_warnings(record=True) as w:
        warnings.simplefilter('always')
        try: r=f(*a,**k); r=ast.dump(r) if isinstance(r,ast.AST) else r
        except BaseException as e: r=(type(e).__name__, str(e))
    print(r, [str(x.message) for x in w])
n=ast.Name('a')
t(copy.replace,n,id='b'); t(n.__replace__, id='c', ctx=ast.Store()); t(n.__replace__, foo=1); t(n.__replace__,1); t(copy.replace,n,extra=1)
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    m = ast.Name()
t(copy.replace,m); t(copy.replace,m,ctx=1)
t(ast.Name); t(ast.Name,'a',foo=1); t(ast.Constant); t(ast.FunctionDef,'f')
class My(ast.AST):
    _fields=('a','b'); _field_types={'a':str}
t(My); t(My,a=1,b=2,c=3); t(copy.replace,My('x','y'),a='z')
print(ast.arguments.__annotations__)
print(repr(ast.expr.__doc__)[:200], ast.cmpop.__doc__, ast.GtE.__doc__, ast.withitem.__doc__, ast.mod.__doc__)
for o in (-1,0,1,2):
    t(compile,"a*__debug__","f","exec",flags=ast.PyCF_OPTIMIZED_AST,optimize=o)
    t(compile,ast.parse("x=__debug__"),"f","exec",flags=ast.PyCF_OPTIMIZED_AST,optimize=o)
t(compile,ast.Expression(ast.Name('None',lineno=1,col_offset=0)),'f','eval')

