# _csv and csv: reading, writing, dialects, errors.
import _csv
import csv
import io
import re


_csv._dialects.clear()


def t(s):
    try:
        print(s, '=>', re.sub('0x[0-9a-f]+', '0x', repr(eval(s))))
    except BaseException as e:
        print(s, '=>', type(e).__module__, type(e).__name__, e.args)


def R(x, *a, **k): return list(_csv.reader(x if isinstance(x,list) else x.splitlines(True), *a, **k))
def W(rows, *a, **k):
    s = io.StringIO(newline=''); w=_csv.writer(s,*a,**k); w.writerows(rows); return s.getvalue()
D=_csv.Dialect
for s in ["D()","D().delimiter","[getattr(D(),x) for x in 'delimiter quotechar escapechar lineterminator quoting doublequote skipinitialspace strict'.split()]","D(delimiter='')","D(delimiter='ab')","D(delimiter=1)","D(delimiter=None)","D(delimiter='\\n')","D(delimiter=' ',skipinitialspace=True)","D(quotechar='')","D(quotechar='ab')","D(quotechar=1)","D(quotechar=None)","D(quotechar=None,quoting=3).quotechar","D(escapechar='')","D(escapechar='ab')","D(escapechar=b'x')","D(escapechar='\\r')","D(lineterminator=None)","D(lineterminator=5)","D(quoting=6)","D(quoting=-1)","D(quoting='x')","D(quoting=None)","D(quoting=1.5)","D(foo=1)","D(None)","D('excel')","D(D())","D(1)","D(D(delimiter=';')).delimiter","D(D(delimiter=';'),delimiter='|').delimiter","D(delimiter=',',quotechar=',')","D(delimiter=',',escapechar=',')","D(quotechar='\"',escapechar='\"')","D(delimiter='a',lineterminator='ab')","D(quotechar='a',lineterminator='ab')","D(escapechar='a',lineterminator='ab')","D(quotechar=' ',skipinitialspace=True)","D(escapechar=' ',skipinitialspace=True)","D(strict='yes').strict","D().__reduce__()","D().__reduce_ex__(2)","D(1,2)","D(dialect=None)","D(quotechar='')","D(quotechar='',quoting=3)","D(doublequote=[]).doublequote",
"R('a,b\\n1,2\\n')","R('')","R('\\n')","R('\\r\\n')","R('a\\n\\nb')","R(['a,b'])","R('\"a\",\"b,c\"\\n')","R('\"a\"\"b\"\\n')","R('\"a\\nb\",c\\n')","R('\"a')","R('\"a',strict=True)","R('\"a\"b',strict=True)","R('\"a\"b')","R('a\"b')","R('a, b')","R('a, b',skipinitialspace=True)","R('a, \"b\"',skipinitialspace=True)","R('a,\\\\,b',escapechar='\\\\')","R('a\\\\',escapechar='\\\\')","R('a\\\\',escapechar='\\\\',strict=True)","R('\"a\\\\\"b\"',escapechar='\\\\')","R('1,\"2\",x',quoting=2)","R('1,\"2\"',quoting=2)","R('1.5,,\"\"',quoting=2)","R('1,,\"\"',quoting=4)","R('1,,\"\"',quoting=5)","R('a,,\"\"',quoting=4)","R('\"a\",b',quoting=3)","R('a;b',delimiter=';')","R(\"'a;b';c\",delimiter=';',quotechar=\"'\")","R(['a\\nb'])","R(['a\\rb'])","R(['a\\r\\n\\n'])","R(['a\\0b'])","R([b'a'])","R([1])","R([None])","R(5)","_csv.reader(5)","_csv.reader()","_csv.reader([],'nosuch')","_csv.reader([],foo=1)","R('a,b',5)","R('\"a\"\"b',doublequote=False)","R('\"a\"\"b\"',doublequote=False)","R('a,b','excel')","R('é;ü',delimiter=';')","R('x'*200000)[0][0][:3]","R('\"\"')","R('\"\",')","R(',')","R(',,')","R(' ')","R(' ,',skipinitialspace=True)","R('  ',skipinitialspace=True)","R('\"a\" ,b')","R('\"a\" ,b',strict=True)","R('a,\"b\\n','excel')","R(['\"a\\n','b\"\\n'])","R(['\"a','b\"'])","R(['a\\\\\\n','b'],escapechar='\\\\')","R('a\\\\\\nb\\n',escapechar='\\\\')","R('\"a\\\\\\nb\"\\n',escapechar='\\\\')","R('1e3,inf,nan',quoting=2)","R('\\n',quoting=2)","R('\"x\\r\\ny\"')","R('\\r')",
"W([[1,2.5,None,'a','a,b','a\"b','a\\nb','']])","W([['']])","W([[]])","W([[None]])","W([['a']],quoting=1)","W([[1,2.5,None,'a']],quoting=2)","W([[1,2.5,None,'a','']],quoting=4)","W([[1,2.5,None,'a','']],quoting=5)","W([['a,b']],quoting=3)","W([['a,b']],quoting=3,escapechar='\\\\')","W([['a\"b']],quoting=3,escapechar='\\\\')","W([['a\"b']],quoting=3,quotechar=None)","W([['a\"b']],doublequote=False)","W([['a\"b']],doublequote=False,escapechar='\\\\')","W([['a\\\\b']],escapechar='\\\\')","W([['a\\\\b']],doublequote=False)","W([[' a','b ']])","W([['a b']],delimiter=' ')","W([['']],quoting=3)","W([[None]],quoting=3)","W([['',1]],delimiter=' ',skipinitialspace=True)","W([['']],delimiter=' ',skipinitialspace=True)","W([['a','']],delimiter=' ',skipinitialspace=True,quoting=3)","W([[1]],lineterminator='X')","W([['X']],lineterminator='X')","W([['a\\r']])","W(['abc'])","W([5])","W(5)","W([[1e100,0.1,float('nan'),10**20,True,object]])","_csv.writer(5)","_csv.writer()","_csv.writer(io.StringIO()).writerow([1])","_csv.writer(io.StringIO()).writerow(5)","_csv.writer(io.StringIO()).writerow(['é€'])","W([['a']],'nosuch')","W([['a\\0b']])","W([[b'x']])","W([['a',None]],quoting=4)","W([['\\\\']],escapechar='\\\\',quoting=3)","W([['a\\nb']],quoting=3)","W([['a\\nb']],quoting=3,escapechar='!')","W([['a']],lineterminator='')","W([['#a']],quoting=0)","W([[None,None]])","W([[None]],quoting=5)","W([['']],quoting=4)","W([[None]],quoting=4)",
"_csv.list_dialects()","_csv.register_dialect('x',delimiter=';')","_csv.get_dialect('x').delimiter","R('a;b','x')","R('a;b',dialect='x')","_csv.list_dialects()","_csv.unregister_dialect('x')","_csv.unregister_dialect('x')","_csv.get_dialect('x')","_csv.register_dialect(5)","_csv.register_dialect('y',None,5)","_csv.register_dialect()","_csv.register_dialect('z','nosuch')","_csv.field_size_limit()","_csv.field_size_limit(10)","R('x'*11)","R('x'*10)","R('\"'+'x'*11+'\"')","_csv.field_size_limit('x')","_csv.field_size_limit(1.5)","_csv.field_size_limit(131072)","_csv.field_size_limit(new_limit=131072)","_csv.field_size_limit(2**70)","_csv.get_dialect(5)","type(_csv.reader([]))","type(_csv.writer(io.StringIO()))","_csv.reader(['a\\n']).line_num","_csv.reader([]).dialect.delimiter","_csv.Reader()","_csv.Writer()","_csv._dialects"]: t(s)
r=_csv.reader(['a\n','"b\n','c"\n','d']); 
for row in r: print(row, r.line_num)
class P:
    delimiter='|'; quotechar="'"; quoting=1
print(W([['a',1]],P), W([['a',1]],P(),delimiter='!'))
class X:
    def write(self,s): print('write',repr(s)); return 5
print(_csv.writer(X()).writerow([1,2]), _csv.writer(X()).writerows([[1],[2]]))
class Bad:
    def __str__(self): 1/0
t("W([[Bad()]])")
def gen():
    yield 'a'
    raise KeyError(3)
try: list(_csv.reader(gen()))
except KeyError as e: print('KeyError',e)
it=_csv.reader(['"a'],strict=True)
for i in range(3):
    try: print(next(it))
    except Exception as e: print(type(e),e)
w=_csv.writer(io.StringIO()); print(w.dialect.lineterminator)
try: w.dialect.delimiter='x'
except Exception as e: print(type(e),e)

csv.register_dialect("again", csv.excel_tab, quoting=csv.QUOTE_ALL)
text = io.StringIO()
w = csv.DictWriter(text, ["a", "b"], dialect="again")
w.writeheader()
w.writerow({"a": 1, "b": "x\ty"})
print(repr(text.getvalue()))
text.seek(0)
print(list(csv.DictReader(text, dialect="again")), csv.list_dialects())
print(csv.Sniffer().sniff("a;b;c\n1;2;3\n").delimiter, csv.Sniffer().has_header("a,b\n1,2\n3,4\n"))


class Again:
    n = 0

    def __iter__(self):
        return self

    def __next__(self):
        self.n += 1
        if self.n == 1:
            print("inner", next(self.reader))
            return "a,b"
        if self.n == 2:
            return "x"
        raise StopIteration


it = Again()
it.reader = csv.reader(it)
try:
    next(it.reader)
except csv.Error as e:
    print(e)
