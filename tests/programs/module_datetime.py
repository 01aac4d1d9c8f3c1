"""The classes of datetime: values, errors, texts, arithmetic, zones, pickles."""
import copy
import os
import pickle
import time as clock
from _datetime import *
import _datetime

os.environ["TZ"] = "UTC"
clock.tzset()
utc = timezone.utc


def show(text):
    try:
        print(text, "->", repr(eval(text)))
    except BaseException as e:
        print(text, "!!", type(e).__name__, e)


for line in r'''
date()
date(1,2)
date(1,2,3,4)
date(2020,1,1,foo=3)
date(foo=3)
date(2020,1,1,year=3)
date(2020,2,30)
date(2020,13,1)
date(0,1,1)
date(10000,1,1)
date('a',1,1)
date(1.0,1,1)
date(2**40,1,1)
date(-2**40,1,1)
date(2**80,1,1)
date(b'abc')
date(b'\x07\xe4\x01\x01')
date(b'\x07\xe4\x0e\x01')
date('ab\x01d')
date('a\u1234\x01d')
date.fromordinal(0)
date.fromordinal(-1)
date.fromordinal(3652060)
date.fromordinal('a')
date.fromordinal()
date.fromordinal(2**40)
date.fromisoformat('2020-1-1')
date.fromisoformat(3)
date.fromisoformat('2020-13-01')
date.fromisoformat('2020-W01-8')
date.fromisoformat('2020-W54')
date.fromisoformat('2020-W01')
date.fromisoformat('2020W011')
date.fromisoformat('0000-01-01')
date.fromisocalendar(2020,54,1)
date.fromisocalendar(2020,1,8)
date.fromisocalendar(0,1,1)
date.fromisocalendar(2**80,1,1)
date.fromisocalendar('a',1,1)
date.fromisocalendar(2020,1)
date.fromisocalendar(2020,1,2,3)
date.fromisocalendar(2020,1,foo=2)
date.fromtimestamp('a')
date.fromtimestamp(1e20)
date.fromtimestamp(float('nan'))
date.fromtimestamp(2**70)
date.fromtimestamp()
date(2020,1,1).replace(month=13)
date(2020,1,1).replace(1,2,3,4)
date(2020,1,1).replace(foo=1)
date(2020,1,1).replace(year='a')
date(2020,1,1).replace(2**40)
date(2020,1,1).strftime()
date(2020,1,1).strftime(3)
date(20,1,1).__format__(3)
format(date(20,1,1),'')
date(2020,1,1)+timedelta(1)
timedelta(1)+date(2020,1,1)
date(2020,1,1)-timedelta(1)
date(2020,1,1)-date(2019,1,1)
timedelta(1)-date(2020,1,1)
date.max+timedelta(1)
date.min-timedelta(1)
date.min-timedelta(999999999)
date(2020,1,1)+1
date(2020,1,1)<datetime(2020,1,1)
date(2020,1,1)==datetime(2020,1,1)
date(2020,1,1)<3
date(2020,1,1).isocalendar()
date(2020,1,1).isocalendar().week
pickle.dumps(date(2020,1,1).isocalendar(),0)
type(date(2020,1,1).isocalendar())(1,2,3)
date(2020,1,1).ctime()
date(2020,1,1).timetuple()
date(2020,1,1).__reduce__()
date(2020,1,1).__reduce_ex__(4)
date.strptime('2020','%Y')
date.strptime('2020')
date.strptime(3,'%Y')
time.strptime('20','%H')
date.today(1)
timedelta(1,2,3,4,5,6,7,8)
timedelta(foo=1)
timedelta('a')
timedelta(days='a')
timedelta(1,days=1)
timedelta(1e300)
timedelta(float('nan'))
timedelta(float('inf'))
timedelta(10**9)
timedelta(-10**9)
timedelta(10**20)
timedelta(microseconds=10**30)
timedelta(seconds=0.5e-6)
timedelta(seconds=1.5e-6)
timedelta(1)/0
timedelta(1)//0
timedelta(1)%timedelta(0)
divmod(timedelta(1),timedelta(0))
divmod(timedelta(5),timedelta(2))
timedelta(1)/timedelta(0)
timedelta(1)/0.0
timedelta(1)*float('nan')
timedelta(1)*float('inf')
timedelta(1)*1.5
1.5*timedelta(1)
timedelta(1)*'a'
timedelta(1)+'a'
timedelta(1)<3
timedelta(1)==3
timedelta.max*2
timedelta.max+timedelta(1)
-timedelta.max
-timedelta.min
abs(timedelta(-1))
+timedelta(1)
str(timedelta(1,2,3))
str(timedelta(-1,2))
repr(timedelta(1,2,3))
repr(timedelta())
timedelta(1).__reduce__()
timedelta(1).total_seconds()
bool(timedelta())
timezone()
timezone(3)
timezone(timedelta(1))
timezone(timedelta(0)) is utc
timezone(timedelta(0),'x')
timezone(timedelta(hours=1),3)
timezone(timedelta(hours=1),'a',3)
timezone(timedelta(hours=1),name='a',foo=3)
repr(utc)
str(utc)
repr(timezone(timedelta(hours=1)))
str(timezone(timedelta(hours=-1,seconds=1,microseconds=3)))
utc.utcoffset(3)
utc.tzname(3)
utc.dst(3)
utc.fromutc(3)
utc.fromutc(datetime(2020,1,1))
utc.utcoffset()
utc.__getinitargs__()
utc.__reduce__()
utc<utc
utc==3
timezone.min
timezone.max
tzinfo().utcoffset(None)
tzinfo().dst(None)
tzinfo().tzname(None)
tzinfo().fromutc(3)
tzinfo().__reduce__()
time(24)
time(1,60)
time(1,1,60)
time(1,1,1,1000000)
time(fold=2)
time(1,2,3,4,5)
time(1,2,3,4,None,1)
time('a')
time(b'a')
time(b'\x01\x02\x03\x04\x05\x06', 3)
time(b'\x81\x02\x03\x04\x05\x06')
time(b'\x01\x02\x03\x04\x05\x06', utc)
time(1,2,foo=3)
time.fromisoformat(3)
time.fromisoformat('25')
time.fromisoformat('24:00')
time.fromisoformat('24:01')
time.fromisoformat('12:30:15.123456789+01:00:30.5')
time.fromisoformat('T123015Z')
time.fromisoformat('12:3')
time.fromisoformat('12-')
time.fromisoformat('')
time.fromisoformat('12:30:15.')
time.fromisoformat('12:30+24:00')
time(1,2).isoformat('hours')
time(1,2).isoformat(timespec='foo')
time(1,2).isoformat(timespec=3)
time(1,2,3,4,utc,fold=1)
time(1,2,3,4,utc).isoformat()
str(time(1,2,3))
time(1,2).strftime('%Y-%m %H %z')
time(1,2)<time(1,2,tzinfo=utc)
time(1,2)==time(1,2,tzinfo=utc)
time(1,2)<3
time(1,2).replace(hour=25)
time(1,2).replace(tzinfo=3)
time(1,2).replace(1,2,3,4,None,1)
time(1,2,tzinfo=utc).utcoffset()
time(1,2).utcoffset()
time(1,2).tzname()
time(1,2).dst()
time(1,2,fold=1).__reduce_ex__(4)
time(1,2,fold=1).__reduce_ex__(3)
time(1,2,fold=1,tzinfo=utc).__reduce__()
time(1,2).__reduce_ex__()
datetime()
datetime(2020,1)
datetime(2020,1,1,24)
datetime(2020,1,1,1,2,3,4,5)
datetime(2020,1,1,1,2,3,4,None,1)
datetime(2020,1,1,tzinfo=3)
datetime(b'\x07\xe4\x01\x01\0\0\0\0\0\0')
datetime(b'\x07\xe4\x81\x01\0\0\0\0\0\0', utc)
datetime(b'\x07\xe4\x01\x01\0\0\0\0\0\0', 3)
datetime(2020,1,1,foo=3)
datetime.fromtimestamp('a')
datetime.fromtimestamp(1e20)
datetime.fromtimestamp(float('nan'))
datetime.fromtimestamp(0, 3)
datetime.fromtimestamp(0, utc)
datetime.fromtimestamp(0.1234565, utc)
datetime.fromtimestamp(-0.1234565, tz=utc)
datetime.fromtimestamp()
datetime.fromtimestamp(1e12, utc)
datetime.fromtimestamp(-1e12, utc)
datetime.now(3)
datetime.now(1,2)
datetime.now(foo=3)
datetime.combine(1,2)
datetime.combine(date(2020,1,1),2)
datetime.combine(date(2020,1,1),time(1,2,tzinfo=utc))
datetime.combine(date(2020,1,1),time(1,2,tzinfo=utc),None)
datetime.combine(date(2020,1,1),time(1,2,tzinfo=utc),3)
datetime.combine(date(2020,1,1))
datetime.combine(date(2020,1,1),time(),utc,4)
datetime.strptime('2020','%Y')
datetime.strptime('x','%Y')
datetime.strptime('x')
datetime.fromisoformat(3)
datetime.fromisoformat('2020')
datetime.fromisoformat('2020-01-01')
datetime.fromisoformat('2020-01-01T24:00')
datetime.fromisoformat('2020-12-31T24:00')
datetime.fromisoformat('9999-12-31T24:00')
datetime.fromisoformat('2020-01-01T24:01')
datetime.fromisoformat('2020-01-01 12:30:15.123+01:00')
datetime.fromisoformat('2020-01-01\ud80012:30')
datetime.fromisoformat('2020-01-01\u123412:30')
datetime.fromisoformat('20200101T123015,5Z')
datetime.fromisoformat('2020-W01-1T12')
datetime.fromisoformat('2020W011T12')
datetime.fromisoformat('2020W01T12')
datetime.fromisoformat('2020-01-01T')
datetime.fromisoformat('2020-01-01T12:30:15.1234567Z1')
datetime.fromisoformat('2020-01-01T12:30:15.123 ')
datetime.fromisoformat('2020-01-32')
datetime.fromisoformat('2020-01-01T12:60')
datetime.fromisoformat('2020-01-01T12:30+25:00')
datetime.fromisoformat('2020-01-01T12:30+00:60')
datetime.fromisoformat('2020-01-01T12:30-00:00')
datetime.fromisoformat('2020-01-01T12:30-00:00:00.5')
datetime(2020,1,1,1,2,3,4).isoformat(' ','minutes')
datetime(2020,1,1,1,2,3,4).isoformat('ab')
datetime(2020,1,1,1,2,3,4).isoformat(3)
datetime(2020,1,1,1,2,3,4).isoformat('\u1234','milliseconds')
datetime(2020,1,1,1,2,3,4).isoformat(timespec='x')
datetime(2020,1,1,1,2,3,4,utc,fold=1)
datetime(2020,1,1,1,2,3)
datetime(2020,1,1)
str(datetime(2020,1,1,tzinfo=utc))
datetime(2020,1,1,tzinfo=utc)-datetime(2020,1,1)
datetime(2020,1,1,tzinfo=utc)<datetime(2020,1,1)
datetime(2020,1,1,tzinfo=utc)==datetime(2020,1,1)
datetime(2020,1,1)<3
datetime(2020,1,1)<date(2020,1,1)
datetime(2020,1,1)-date(2020,1,1)
datetime(2020,1,1)+timedelta(1)
timedelta(1)+datetime(2020,1,1)
datetime(2020,1,1)-timedelta(microseconds=1)
datetime(2020,1,1)-datetime(2019,1,1,1)
datetime.max+timedelta(1)
datetime(2020,1,1,tzinfo=utc).timestamp()
datetime(2020,1,1).astimezone(3)
datetime(2020,1,1).timetuple()
datetime(2020,1,1,tzinfo=utc).timetuple()
datetime(2020,1,1,tzinfo=timezone(timedelta(hours=1))).utctimetuple()
datetime(2020,1,1,1).date()
datetime(2020,1,1,1,tzinfo=utc,fold=1).time()
datetime(2020,1,1,1,tzinfo=utc,fold=1).timetz()
datetime(2020,1,1).replace(tzinfo=3)
datetime(2020,1,1).replace(hour=25)
datetime(2020,1,1).replace(1,2,3,4,5,6,7,None,1)
datetime(2020,1,1).replace(foo=1)
copy.replace(datetime(2020,1,1),day=3)
datetime(2020,1,1,fold=1).__reduce_ex__(4)
datetime(2020,1,1,fold=1,tzinfo=utc).__reduce_ex__(2)
datetime(2020,1,1).strftime('%Y %z|%Z|%f|%:z|%%f|%')
datetime(2020,1,1,tzinfo=utc).strftime('%Y %z|%Z|%f|%:z|%%f|%q')
datetime(2020,1,1,tzinfo=utc).strftime('\ud800 \0 %Y\0x')
datetime(2020,1,1,1,2,3).ctime()
date.min, date.max, date.resolution, time.min, time.max, time.resolution, datetime.min, datetime.max, datetime.resolution, timedelta.min, timedelta.max, timedelta.resolution
setattr(date(2020,1,1),'year',3)
setattr(date(2020,1,1),'x',3)
setattr(timedelta(1),'days',3)
delattr(timedelta(1),'days')
type(timedelta.days), type(date.year), type(datetime.hour)
datetime(2020,1,1).__replace__(year=3)
datetime(2020,1,1).__replace__(3)
'''.strip().split("\n"):
    show(line)

# --- what they are ------------------------------------------------------------------
print([f"{c.__module__}.{c.__qualname__} {c.__base__.__name__}" for c in (date, time, datetime, timedelta, tzinfo, timezone)])
print([n for n in dir(_datetime) if not n.startswith("_") and n != "datetime_CAPI"])
print(len({hash(datetime(2020, 1, 1, fold=f)) for f in (0, 1)}), hash(timedelta(1)) == hash((1, 0, 0)), hash(utc) == hash((0, 0, 0)))
print(hash(datetime(2020, 1, 1, 1, tzinfo=utc)) == hash(datetime(2020, 1, 1, 2, tzinfo=timezone(timedelta(hours=1)))))
print(timedelta(0) is timedelta(), timezone(timedelta(0)) is utc)
try:
    type("T", (timezone,), {})
except TypeError as e:
    print(e)
for year in (1, 20, 999, 1000, 2020):
    print(date(year, 1, 1).strftime("%Y %C %F %G"), datetime(year, 12, 31).strftime("%Y"))


# --- subclasses ------------------------------------------------------------------------
class D(date):
    def __new__(cls, *args, extra=None):
        self = super().__new__(cls, *args)
        self.extra = extra
        return self


class DT(datetime):
    pass


class T(time):
    pass


class TD(timedelta):
    pass


d, dt, t, td = D(2020, 2, 29, extra=7), DT(2020, 2, 29, 1, fold=1), T(1, 2, fold=1), TD(1, 2)
for v in (d, d + timedelta(1), d.replace(day=1), D.fromisoformat("2020-01-01"), D.fromordinal(1), dt, dt + timedelta(1),
          dt.replace(year=2021, month=3), DT.fromisoformat("2020-01-01T24:00"), DT.combine(d, t), t, t.replace(hour=3), td, td + td, -td,
          DT.fromtimestamp(0, utc), DT.strptime("2020", "%Y"), D.strptime("2020", "%Y"), T.strptime("20", "%H")):
    print(type(v).__name__, repr(v), str(v))
print(d.extra, vars(d), d == date(2020, 2, 29), hash(d) == hash(date(2020, 2, 29)))
for v in (d, dt, t, td, date(1, 2, 3), datetime(1, 2, 3, 4, 5, 6, 7, utc, fold=1), time(1, 2, 3, 4, utc, fold=1), timedelta(-1, 2, 3), utc,
          timezone(timedelta(hours=1), "x"), timezone.min, tzinfo()):
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        back = pickle.loads(pickle.dumps(v, protocol))
        if type(back) is not type(v) or (type(v) is not tzinfo and back != v):
            print("differs", protocol, v, back)
    print(copy.copy(v) == v or type(v) is tzinfo, type(copy.deepcopy(v)) is type(v))


# --- zones of one's own ------------------------------------------------------------------
class Eastern(tzinfo):
    """An hour later from April to October."""
    def __init__(self, answers=None):
        self.answers = answers or {}

    def utcoffset(self, dt):
        return self.answers.get("utcoffset", timedelta(hours=-5) + self.dst(dt))

    def dst(self, dt):
        if "dst" in self.answers:
            return self.answers["dst"]
        return timedelta(hours=1) if dt is not None and 4 <= dt.month < 11 else timedelta(0)

    def tzname(self, dt):
        return self.answers.get("tzname", "E%T")


class Folds(tzinfo):
    """The offset depends on the fold."""
    def utcoffset(self, dt):
        return timedelta(hours=dt.fold if dt is not None else 0)

    def dst(self, dt):
        return timedelta(0)


est = Eastern()
for month in (1, 7):
    v = datetime(2020, month, 1, 12, tzinfo=est)
    print(v, v.utcoffset(), v.dst(), v.tzname(), v.astimezone(utc), v.timetuple().tm_isdst, v.utctimetuple()[:4], v.timestamp())
    print(datetime(2020, month, 1, 12, tzinfo=utc).astimezone(est), v.strftime("%H %z %Z %:z"), v.timetz(), v == v.astimezone(utc))
print(time(1, tzinfo=est).utcoffset(), time(1, tzinfo=est) < time(1, tzinfo=utc), time(1, tzinfo=est) == time(6, tzinfo=utc))
a, b = datetime(2020, 1, 1, 1, tzinfo=Folds()), datetime(2020, 1, 1, 1, tzinfo=utc)
print(a == b, a < b, a == a.replace(fold=1), hash(a) == hash(a.replace(fold=1)), a - b, b - a)
for name, answer in (("utcoffset", 3), ("utcoffset", timedelta(1)), ("utcoffset", None), ("dst", "x"), ("dst", None), ("tzname", 3), ("tzname", None)):
    wrong = Eastern({name: answer})
    v = datetime(2020, 1, 1, tzinfo=wrong)
    for f in (v.utcoffset, v.dst, v.tzname, v.isoformat, lambda: v.strftime("%Z|%z"), lambda: v.astimezone(utc), lambda: v < b,
              lambda: v == b, lambda: wrong.fromutc(v), lambda: hash(v) == 0, v.timetuple, v.timestamp):
        try:
            print(name, answer, f())
        except Exception as e:
            print(name, answer, type(e).__name__, e)

# --- the local time -----------------------------------------------------------------------
os.environ["TZ"] = "EST+05EDT,M3.2.0,M11.1.0"
clock.tzset()
for v in (datetime(2012, 3, 11, 1, 30), datetime(2012, 3, 11, 2, 30), datetime(2012, 3, 11, 2, 30, fold=1), datetime(2012, 7, 1),
          datetime(2012, 11, 4, 1, 30), datetime(2012, 11, 4, 1, 30, fold=1), datetime(2012, 11, 4, 3)):
    print(v, v.timestamp(), v.astimezone(), v.astimezone().tzname(), v.astimezone(utc), v.fold)
for s in (1352007000, 1352010600, 1352014200, 0.5, -0.5, 1e9 + 0.0000005):
    print(s, repr(datetime.fromtimestamp(s)), datetime.fromtimestamp(s, utc), date.fromtimestamp(s))
print(abs((datetime.now(utc) - datetime.now().astimezone()).total_seconds()) < 60, type(datetime.now()), type(DT.today()), type(D.today()))
print(datetime.now(est).tzinfo is est)
os.environ["TZ"] = "UTC"
clock.tzset()

# --- ints and floats that misbehave -------------------------------------------------------
class BadRatio(float):
    def as_integer_ratio(self):
        return self.ratio


for ratio in (3, (1, 2, 3), (1, 0), (1, 2)):
    BadRatio.ratio = ratio
    for f in (lambda: timedelta(1) * BadRatio(1.5), lambda: timedelta(1) / BadRatio(1.5)):
        try:
            print(ratio, f())
        except Exception as e:
            print(ratio, type(e).__name__, e)
for v in (timedelta(0.1), timedelta(seconds=0.1, hours=2.5), timedelta(weeks=-0.3), timedelta(microseconds=0.5), timedelta(microseconds=1.5),
          timedelta(days=0.5e-6 / 86400), timedelta(1) / 3, timedelta(1) * 0.1, timedelta(5) // 2, timedelta(1) / timedelta(7), timedelta(-1) / 7,
          timedelta(microseconds=5) / 2, timedelta(microseconds=7) / 2, timedelta(microseconds=-5) / 2, timedelta(microseconds=10**40, milliseconds=-10**37)):
    print(repr(v))
