# json and _json: reading, writing, errors.
import _json
import json
import re


def t(s):
    try:
        print(s, '=>', re.sub('0x[0-9a-f]+', '0x', repr(eval(s))))
    except RecursionError as e:
        print(s, '=> RecursionError', len(set(getattr(e, '__notes__', ()))))
    except BaseException as e:
        print(s, '=>', type(e).__module__, type(e).__name__, e.args, getattr(e, '__notes__', None))

S=_json.scanstring
for s in ["S('abc\"',0)","S('abc',0)","S('a\\\\n\\\\u0041\\\\ud83d\\\\ude00\"x',0)","S('\\\\ud83d\"',0)","S('\\\\ud83dx\"',0)","S('\\\\ud83d\\\\u0041\"',0)","S('\\\\q\"',0)","S('\\\\u12\"',0)","S('\\\\u12g4\"',0)","S('\\\\',0)","S('a\\nb\"',0)","S('a\\nb\"',0,False)","S('a\\nb\"',0,strict=False)","S('\"',5)","S('\"',-1)","S(b'\"',0)","S('\"')","S('\"','x')","S('\\\\u',0)","S('é\\\\t€\"',0)","S('abc\"',1)","S('\\x7f\"',0)","S('\\\\u00e9\"',0)","S('\\\\\"\\\\\\\\\\\\/\\\\b\\\\f\\\\r\"',0)","S('\"',1)","S('\"',2)",
"_json.encode_basestring_ascii('aé€😀\\n\\x00\\x7f\"\\\\/')","_json.encode_basestring('aé€😀\\n\\x00\\x7f\"\\\\/')","_json.encode_basestring_ascii(b'x')","_json.encode_basestring(5)","_json.encode_basestring_ascii()","_json.encode_basestring_ascii('\\ud800')","_json.encode_basestring('\\ud800')",
"json.loads('')","json.loads('nul')","json.loads('[')","json.loads('[1')","json.loads('[1,')","json.loads('[1,]')","json.loads('{')","json.loads('{\"a\"')","json.loads('{\"a\":')","json.loads('{\"a\":1')","json.loads('{\"a\":1,')","json.loads('{\"a\":1,}')","json.loads('{a')","json.loads('{1:2}')","json.loads('{\"a\" 1}')","json.loads('[1 2]')","json.loads('{\"a\":1 \"b\":2}')","json.loads('-')","json.loads('01')","json.loads('1.')","json.loads('1.5e')","json.loads('1e5')","json.loads('1E+5')","json.loads('-0')","json.loads('-0.0')","json.loads('NaN')","json.loads('-Infinity')","json.loads('Infinity')","json.loads('Inf')","json.loads('-Inf')","json.loads(' [1, 2.5, \"x\", null, true, false, {\"a\": [], \"b\": {}}] ')","json.loads('1'*5000)","json.loads('12345678901234567890')","json.loads('1e400')","json.loads('[1]x')","json.loads('\"\\t\"')","json.loads('{\"a\":1,\"a\":2}')","json.loads('[]', object_hook=1)","json.loads('{}', object_hook=lambda d: 5)","json.loads('{\"x\":1}', object_pairs_hook=list)","json.loads('[1.5,2]', parse_float=str, parse_int=str)","json.loads('[NaN,Infinity]', parse_constant=str)","json.loads('[1.5]', parse_float=1)","json.loads('\\ufeff1')","json.loads(b'\\xef\\xbb\\xbf1')","json.loads('[' * 100000)","json.loads('{\"a\":' * 100000)","_json.make_scanner()","_json.make_scanner(5)","json.JSONDecoder().scan_once('1',-1)","json.JSONDecoder().scan_once('1',5)","json.JSONDecoder().scan_once(b'1',0)","json.JSONDecoder().scan_once('1')","json.JSONDecoder().scan_once(string='[1]',idx=0)","json.JSONDecoder().scan_once.strict","json.loads('\\n [1,\\n  2,\\n x]')","json.loads('[\"a\\tb\"]', strict=False)",
"json.dumps(None)","json.dumps([1,2.5,'é',None,True,False,{},[],(),{'a':1}])","json.dumps({1:2,1.5:3,None:4,True:5,'x':6})","json.dumps({(1,):2})","json.dumps({(1,):2},skipkeys=True)","json.dumps({b'x':2})","json.dumps({'b':1,'a':2},sort_keys=True)","json.dumps({'b':1,2:2},sort_keys=True)","json.dumps(float('nan'))","json.dumps(float('inf'))","json.dumps(-float('inf'))","json.dumps(float('nan'),allow_nan=False)","json.dumps([float('nan')],allow_nan=False)","json.dumps({float('nan'):1},allow_nan=False)","json.dumps(object)","json.dumps([1,[2,{3}]])","json.dumps({'a':[1,{'b':{1}}]})","json.dumps([{1}],default=list)","json.dumps([{1}],default=lambda o:1/0)","json.dumps('é',ensure_ascii=False)","json.dumps([1,2],separators=(',',':'))","json.dumps({'a':1},separators=(',',':'))","json.dumps([1,[2,{'a':3}]],indent=2)","json.dumps([[],{}],indent=2)","json.dumps({'a':{'b':[1,2]}},indent='\\t')","json.dumps([1,2],indent=0)","json.dumps({(1,):2,'a':1},skipkeys=True,indent=1)","json.dumps({(1,):2},skipkeys=True,indent=1)","json.dumps(10**30)","json.dumps(1e16)","json.dumps(1e-7)","json.dumps(0.1)","json.dumps(-5)","_json.make_encoder()","_json.make_encoder(1,2,3,4,5,6,7,8,9)","_json.make_encoder({},None,None,None,'a','b',1,2,3)","_json.make_encoder({},None,None,None,'a',1,1,2,3)","_json.make_encoder({},None,str,None,':',',',0,0,1)([1,'a',{'k':2.5}],0)","_json.make_encoder(None,None,lambda s:5,None,':',',',0,0,1)(['a'],0)","_json.make_encoder(None,None,lambda s:5,None,':',',',0,0,1)([5])","_json.make_encoder(None,None,lambda s:5,None,':',',',0,0,1)(_current_indent_level=0,obj=3)","_json.make_encoder(None,None,lambda s:5,None,':',',',0,0,1).markers"]: t(s)
l=[]; l.append(l); t("json.dumps(l)"); t("json.dumps(l,check_circular=False)")
d={}; d['a']=d; t("json.dumps(d)")
x=[]
for i in range(100000): x=[x]
t("json.dumps(x)")
t(r"json.loads('\"\\\\u0041')")
t(r"_json.make_encoder(None,None,json.encoder.c_encode_basestring,'-',':',',',0,0,1)(['a',{'b':1}],-3)")
import enum, collections
class I(int):
    def __repr__(s): return 'I!'
class F(float):
    def __repr__(s): return 'F!'
class St(str): pass
class E(enum.IntEnum): A=1
t("json.dumps([I(5),F(2.5),St('x'),E.A,{I(5):1,F(2.5):2,St('x'):3,E.A:4}])")
t("json.dumps(collections.OrderedDict(b=1,a=2))")
class D(dict):
    def items(s): return [('z',1),('y',2)]
t("json.dumps(D(a=1))"); t("json.dumps(D())")
class D2(dict):
    def items(s): return [5]
t("json.dumps(D2(a=1))")
class C: pass
t("json.dumps(C())"); t("json.dumps([C()])"); t("json.dumps({'k':C()})"); t("json.dumps({C():1})")

import random
r = random.Random(3)


def value(depth):
    k = r.randrange(9 if depth else 6)
    if k == 0:
        return r.choice([None, True, False])
    if k == 1:
        return r.randrange(-(10 ** r.randrange(1, 25)), 10 ** r.randrange(1, 25))
    if k == 2:
        return r.uniform(-1, 1) * 10 ** r.randrange(-20, 20)
    if k < 6:
        return "".join(chr(r.choice([r.randrange(128), r.randrange(256), r.randrange(0xD800), r.randrange(0x10000, 0x110000)])) for _ in range(r.randrange(12)))
    if k == 6:
        return {str(value(0)): value(depth - 1) for _ in range(r.randrange(5))}
    return [value(depth - 1) for _ in range(r.randrange(6))]


for i in range(20):
    v = value(4)
    for options in ({}, {"ensure_ascii": False}, {"indent": 1}, {"sort_keys": True, "separators": (",", ":")}):
        text = json.dumps(v, **options)
        assert json.loads(text) == v and json.loads(text.encode()) == v, text
        if len(text) < 300:
            print(ascii(text))
print(type(json.JSONDecoder().scan_once), json.encoder.c_make_encoder, json.encoder.encode_basestring_ascii)
