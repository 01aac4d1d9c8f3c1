from collections import OrderedDict
import pickle, copy
def t(f,*a,**k):
    try: print(repr(f(*a,**k))[:200])
    except BaseException as e: print(type(e).__name__, e)
od=OrderedDict(a=1,b=2,c=3)
print(od, type(od.keys()), type(iter(od)), type(od.keys()).__mro__, OrderedDict.__module__, OrderedDict.__doc__)
def mut(f, kind=iter):
    od=OrderedDict(a=1,b=2,c=3)
    r=[]
    try:
        for k in kind(od):
            r.append(k)
            f(od)
            if len(r)>5: break
    except RuntimeError as e: print(r, e)
    else: print(r,'no error')
mut(lambda d: d.move_to_end('a')); mut(lambda d: d.__setitem__('x',1)); mut(lambda d: d.pop('c',None)); mut(lambda d:d.clear()); mut(lambda d:d.__setitem__('a',5)); mut(lambda d:d.move_to_end('c')); mut(lambda d:d.move_to_end('a',False)); mut(lambda d: (d.clear(),d.update(z=1)))
mut(lambda d:d.clear(), reversed); mut(lambda d:d.move_to_end('b'), OrderedDict.items); mut(lambda d:d.popitem(), OrderedDict.values)
mut(lambda d: d.move_to_end('b') )
t(od.update,1); t(od.update,[1]); t(od.update,[(1,)]); t(od.update,[()]); t(od.update,[(1,2,3)]); t(od.update,1,2); t(OrderedDict,1,2); t(OrderedDict,1); t(OrderedDict,[(1,)])
t(od.popitem, 1,2); t(od.popitem,last=False); t(OrderedDict().popitem); t(od.move_to_end,'zz'); t(od.move_to_end); t(od.move_to_end,[]); t(od.pop,'zz'); t(od.pop,'zz',5); t(od.pop,key='zz',default=6); t(od.__delitem__,'zz'); t(od.setdefault,'q'); t(od.setdefault,key='q2',default=8); t(od.fromkeys,'abc',3); t(OrderedDict.fromkeys); t(OrderedDict.fromkeys,'ab',value=7)
print(od.__reduce__()[:4], [type(x) for x in od.__reduce__()]); 
it = iter(od.items()); next(it); print(it.__reduce__()); print(list(it)); print(it.__reduce__())
print(pickle.loads(pickle.dumps(od)), copy.copy(od), copy.deepcopy(od), od.copy())
od.attr=5; print(vars(od), od.__reduce__()[2], vars(pickle.loads(pickle.dumps(od))), hasattr(od.copy(),'attr'), hasattr(copy.copy(od),'attr'))
print(OrderedDict(a=1,b=2)==OrderedDict(b=2,a=1), OrderedDict(a=1,b=2)=={'b':2,'a':1}, {'b':2,'a':1}==OrderedDict(a=1,b=2), OrderedDict(a=1)!=OrderedDict(a=2), OrderedDict()==1)
t(lambda: OrderedDict(a=1)|{'b':2}); t(lambda: {'b':2}|OrderedDict(a=1)); t(lambda: OrderedDict(a=1)|[1]); 
x=OrderedDict(a=1); x|=[('c',4)]; print(x); 
class S(OrderedDict):
    def __setitem__(self,k,v): print('set',k); super().__setitem__(k,v)
    def __missing__(self,k): return 'missing'
s=S(a=1); s.update(b=2); s.setdefault('c',3); print(s, s['zz'], s|{'d':1}, s.copy()); t(lambda: {'b':2}|s); s|={'y':1}
s.self=s; s['me']=s; print(s)
print(od.keys(), od.items(), od.values(), list(reversed(od)), list(reversed(od.items())), list(reversed(od.values())), od.keys()&{'q'}, 'q' in od.keys(), ('q',None) in od.items(), len(od.values()))
class K:
    def __eq__(self,o): return True
    def __hash__(self): return 1
print(OrderedDict.__sizeof__(od)>100, hash(OrderedDict) !=0, OrderedDict.__hash__)
import weakref; weakref.ref(od)
t(hash,od); t(lambda: OrderedDict()<OrderedDict())
d=OrderedDict(); 
for i in range(2000): d[i]=i
for i in range(2000): d.move_to_end(i%7, last=bool(i%2))
print(list(d)[:20], list(d)[-10:])
while len(d)>5: d.popitem(last=False)
print(d); d.popitem(); print(d)
print(eval(repr(d))==d)
# Many moves to the front, and a queue that is taken from the front.
d = OrderedDict.fromkeys("abcdef")
for k in "fadbce" * 50:
    d.move_to_end(k, last=False)
print("".join(d), "".join(reversed(d)))
for k in "xyz":
    d[k] = k
    d.move_to_end(k, False)
    del d[k]
    d[k] = 0
print("".join(d), d.popitem(False), d.popitem(True))
for i in range(3000):
    d[i] = i
    d.popitem(last=False)
print(list(d)[:3], len(d))
e = {}
for i in range(5000):
    e[i] = i
while e:
    e.popitem()
e["x"] = 1
print(e, list(e.items()))


class Evil:
    def __eq__(self, other):
        d1.clear()
        return True

    def __hash__(self):
        return 1


d1 = OrderedDict([(Evil(), 1), (2, 3)])
d2 = OrderedDict([(Evil(), 1), (2, 3)])
t(lambda: d1 == d2)
print(type(OrderedDict(a=1).keys() - set()), OrderedDict(a=1).items() == {("a", 1)}, OrderedDict(a=1).keys() == {"a": 2}.keys())
t(type(od.keys()))
t(type(iter(od)))
import collections, functools
print(collections.Counter(OrderedDict(a=3)), collections.ChainMap(OrderedDict(a=1)))
