import itertools
import math
import time
import posix
import errno
import _functools
import _operator
import _stat
def e(f, *a, **k):
    try: print(f(*a, **k))
    except Exception as x: print(type(x).__name__, x)
I = itertools
print(list(I.islice(I.count(5), 3)), list(I.combinations('abcd', 2)), list(I.permutations(range(3), 2)), list(I.product('ab', [1, 2], repeat=1)), list(I.combinations_with_replacement('AB', 2)))
print(list(I.product('ab', repeat=2)), list(I.product()), list(I.permutations([])), list(I.combinations('ab', 3)))
print(list(I.accumulate([1, 2, 3])), list(I.accumulate([1, 2, 3], initial=10)), list(I.batched('abcdefg', 3)))
print(list(I.chain('ab', 'c')), list(I.chain.from_iterable(['ab', 'c'])), list(I.compress('abc', [1, 0, 1])), list(I.dropwhile(lambda x: x < 3, [1, 3, 1])), list(I.takewhile(lambda x: x < 3, [1, 3, 1])), list(I.filterfalse(None, [0, 1])))
print([(k, list(g)) for k, g in I.groupby('aabbb')], list(I.pairwise('abc')), list(I.repeat(1, 2)), list(I.starmap(pow, [(2, 3)])), list(I.zip_longest('abc', 'x', fillvalue='-')))
a, b = I.tee([1, 2, 3]); print(next(a), list(b), list(a))
print(I.count(1), I.count(1, 2), I.repeat(3), I.repeat(3, 2), I.count(1.5).__next__())
e(I.batched, [1], 0); e(I.islice, [1], -1); e(I.repeat); e(I.combinations, [1], -1); e(list, I.batched([1, 2, 3], 2, strict=True)); e(I.count, 'a')
c = I.cycle('ab'); print([next(c) for _ in range(5)])
p = _functools.partial(int, base=2); print(p('101'), p, p.func, p.args, p.keywords)
P = _functools.Placeholder
q = _functools.partial(lambda *a: a, P, 2, P, 4); print(q(1, 3, 5)); e(q, 1); print(P)
e(_functools.partial, 1); e(_functools.partial, print, P)
print(_functools.partial(q, 9)(8), _functools.reduce(lambda x, y: x + y, [1, 2, 3]), _functools.reduce(lambda x, y: x + y, [1], 5))
e(_functools.reduce, max, [])
print(sorted([3, 1, 2], key=_functools.cmp_to_key(lambda a, b: b - a)))
def f(x): return x * 2
w = _functools._lru_cache_wrapper(f, 2, False, lambda *a: a)
print(w(1), w(2), w(1), w(3), w(2), w.cache_info()); w.cache_clear(); print(w.cache_info())
w = _functools._lru_cache_wrapper(f, None, True, lambda *a: a)
print(w(1), w(1.0), w(x=1), w(1), w.cache_info())
o = _operator
print(o.itemgetter(1)([1, 2]), o.itemgetter(1, 0)([1, 2]), o.attrgetter('real')(3), o.attrgetter('real', 'imag')(3), o.methodcaller('upper')('a'), o.itemgetter(1, 2), o.attrgetter('a.b'), o.methodcaller('x', 1, y=2))
print(o.add(1, 2), o.countOf([1, 1], 1), o.indexOf([1, 2], 2), o.length_hint([1, 2]), o.truth([]), o.concat([1], [2]), o.index(True))
e(o.indexOf, [1], 2); e(o.concat, 1, 2)
print(math.gamma(5.5), math.lgamma(-2.5), math.log(10**400), math.log2(2**5000), math.comb(100, 50), math.perm(10, 3), math.factorial(25), math.hypot(3, 4), math.dist([1, 2], [4, 6]), math.fsum([.1] * 10), math.sumprod([1, 2.5], [3, 4]))
print(math.gcd(12, 18), math.lcm(4, 6), math.isqrt(10**40), math.frexp(10.0), math.ldexp(.5, 4), math.modf(-2.5), math.nextafter(1.0, 2.0), math.nextafter(1.0, 2.0, steps=3), math.ulp(1.0), math.remainder(5, 3), math.fmod(-5, 3), math.prod([1, 2, 3]))
for x in (2.0, -1, 0): e(math.acos, x); e(math.sqrt, x); e(math.log, x); e(math.gamma, x)
e(math.exp, 1000); e(math.floor, 'a'); e(math.trunc, 'a'); e(math.floor, 2.7); e(math.ceil, -2.7); e(math.pow, 0.0, -1.0); e(math.isqrt, -1); e(math.factorial, -1); e(math.comb, -1, 2)
print(math.cbrt(27), math.erf(.5), math.exp2(3), math.expm1(1e-5), math.pi, math.inf, math.nan)
print(posix.stat('/').st_mode, posix.stat('/')[0], posix.listdir('/proc/self/task') != [])
e(posix.stat, '/nonexistent'); e(posix.stat, None); e(posix.stat, 'a\0b')
print(posix.fspath('a'), posix.WEXITSTATUS(256), posix.strerror(2), posix.sysconf('SC_PAGESIZE'))
fd = posix.open('/tmp/_brolga_x', posix.O_RDWR | posix.O_CREAT | posix.O_TRUNC); print(posix.write(fd, b'hello'), posix.lseek(fd, 0, 0), posix.read(fd, 10)); posix.close(fd)
print(posix.stat('/tmp/_brolga_x').st_size); posix.unlink('/tmp/_brolga_x'); e(posix.unlink, '/tmp/_brolga_x')
print(type(posix.times()), posix.stat_result.n_fields, posix.stat_result.n_sequence_fields, posix.stat_result.n_unnamed_fields, posix.stat_result.__match_args__)
print(time.gmtime(0), time.gmtime(0).tm_zone, time.strftime('%Y-%m-%d', time.gmtime(86400)), time.asctime(time.gmtime(0)), time.mktime(time.gmtime(0)))
e(time.sleep, -1); e(time.strftime, 1); e(time.gmtime, 'a'); e(time.asctime, 1); e(time.struct_time, [1]); time.sleep(0.01)
print(time.struct_time(range(9)), errno.ENOENT, errno.errorcode[2], _stat.filemode(0o100644), _stat.S_ISDIR(0o40755))
pid = posix.fork()
if pid == 0: posix._exit(3)
print(posix.waitstatus_to_exitcode(posix.waitpid(pid, 0)[1]))
try: I.tee([1], 2**62)
except MemoryError as e: print("MemoryError")
