# What is wrong in f- and t-strings, in CPython's words.
SOURCES = r"""
f'{((}'
f'{a[4)}'
f'{a(4]}'
f'{a(4}'
f'{)#}'
f'{1#}'
f'{3' f"}"
f'{3!}'
f'{3!:}'
f'{3!g}'
f'{3! s}'
f'{3!3}'
f'{"s"!r{":10"}}'
f'{4:{/5}}'
f'{\'a\'}'
rf'{\t3}'
f'{a $ b}'
f'{lambda x:x}'
f'{1, lambda:x}'
f'{+ lambda:None}'
f'{}'
f'{ !r}'
f'{:2}'
f'{!x:a}'
f'{=}'
f'{.}'
f'{,}'
f'{3)+(4}'
f'{1=}{;'
f'{1=}{1;}'
f'{**a}'
f'{"x'
f'{("x}'
f'{3:{{>10}'
f'{{}'
f'x}x'
f'{3:}}>10}'
f'x{x'
f'{3!s:3'
f'{i='
f'{6 0}'
f'{a b}'
f'{1+}'
f'{1:d
t'{1:d
t'{}'
b'' f''
'a' b'b'
f'{f(1 2)}'
f'{a['b'}'
f"{f'{'x"
""".strip().split("\n")
for source in SOURCES:
    try:
        compile(source, "<s>", "eval")
    except SyntaxError as e:
        print(source, "|", e.msg, e.lineno)
for source in ["f'''{\n1:d\n}'''", "f'{1:d\n}'", "\n\nf'{.}'", 'f"{1 1:' + '{f"1:' * 199]:
    try:
        compile(source, "<s>", "eval")
        print("compiles")
    except SyntaxError as e:
        print(e.msg[:60], e.lineno)
# All of these are fine.
x, y, f = 3, [1, 2], lambda *a: a
print(f"{x if x else y}{*y, x}{not x}{-x}{x @ 1 if 0 else 2}{x!r:>{x + 1}}{y[0]}{'a' 'b'}{f(1, 2)}{(lambda: 1)()}{x=}{x,}")
