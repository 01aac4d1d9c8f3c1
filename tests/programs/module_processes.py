# _posixsubprocess, fcntl, resource, pwd, grp: results and errors.
import _posixsubprocess as p, fcntl, resource, pwd, grp, os, sys


def t(f, *a, **k):
    try:
        print(repr(f(*a, **k))[:100])
    except BaseException as e:
        print(type(e).__name__, e)


t(p.fork_exec)
t(p.fork_exec, 1)
A = [[b"x"], [b"/x"], True, (), None, None] + [-1] * 8 + [False, False, -1, None, None, None, -1, None]


def q(i, v):
    a = list(A)
    a[i] = v
    t(p.fork_exec, *a)


q(0, 1)
A[13] = 9
for i, v in [(0, 1), (0, [1]), (0, ["a\0b"]), (1, 1), (1, ["x"]), (1, [b"a\0"]), (3, []), (3, (3, 2)), (3, ("a",)), (4, 1),
             (5, 1), (5, ["a"]), (6, "a"), (6, 1 << 40), (17, "a"), (17, -2), (18, 1), (18, ["a"]), (18, [-2]),
             (19, "a"), (19, 1 << 50), (20, "a"), (18, range(70000)), (16, "a"), (18, (1,)), (18, [1.5])]:
    q(i, v)


class F:
    def __init__(self, fd):
        self.fd = fd

    def fileno(self):
        return self.fd


r, w = os.pipe()
t(fcntl.fcntl)
t(fcntl.fcntl, 1)
for args in [("a", 1), (-1, 1), (1 << 50, 1), (r, "a"), (r, fcntl.F_GETFD), (F(r), fcntl.F_GETFD), (F("x"), 1), (F(-3), 1),
             (r, fcntl.F_GETFD, "a"), (r, fcntl.F_GETFD, b"a" * 2000), (r, fcntl.F_GETFD, []),
             (r, fcntl.F_GETFD, 1 << 70), (9999, fcntl.F_GETFD), (r, fcntl.F_GETFD, 1.5), (r, 1 << 40),
             (r, fcntl.F_SETFD, fcntl.FD_CLOEXEC), (r, fcntl.F_GETFL), (w, fcntl.F_GETPIPE_SZ)]:
    t(fcntl.fcntl, *args)
import termios
os.write(w, b"12345")
buf = bytearray(4)
print(fcntl.ioctl(r, termios.FIONREAD, buf), buf)
print(fcntl.ioctl(r, termios.FIONREAD, buf, False), fcntl.ioctl(r, termios.FIONREAD, b"\0\0\0\0"))
for args in [(r, termios.FIONREAD, []), (9999, 1), (r, "a"), (r, -1), (r, 1, b"x" * 1025)]:
    t(fcntl.ioctl, *args)
t(fcntl.flock, 9999, 1)
t(fcntl.lockf, 9999, 1)
t(fcntl.lockf, r, 64)
t(fcntl.lockf, r, 1, "a")
t(termios.tcgetattr, r)
t(termios.tcgetattr, "a")
t(termios.tcsetattr, r, 0, 1)
t(termios.tcsetwinsize, r, (1,))
print(termios.error.__mro__, termios.B9600, termios.VMIN)

for args in [(1,), ("nope",), ("a\0b",), ("root",)]:
    t(pwd.getpwnam, *args)
for uid in ["a", 99999, -1, -2, 1 << 60, 1 << 64, 0]:
    t(pwd.getpwuid, uid)
print(pwd.getpwnam("root").pw_uid, pwd.struct_passwd.__match_args__, any(e.pw_name == "root" for e in pwd.getpwall()))
for args in [(1,), ("nope",), ("root",)]:
    t(grp.getgrnam, *args)
for gid in ["a", 99999, 1.5, -1, 1 << 60, 1 << 64, 0]:
    t(grp.getgrgid, gid)
print(grp.getgrgid(0).gr_name, any(e.gr_gid == 0 for e in grp.getgrall()))

for args in [(99,), ("a",)]:
    t(resource.getrlimit, *args)
for args in [(99, (1, 1)), (7, 1), (7, (1,)), (7, ("a", 1)), (7, (1, -5)), (7, (1 << 70, 1)), (7, (100, 1))]:
    t(resource.setrlimit, *args)
t(resource.getrusage, 9)
t(resource.getrusage, "a")
t(resource.prlimit, 0, 99)
t(resource.prlimit, -1, 7)
soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
resource.setrlimit(resource.RLIMIT_CORE, (0, hard))
print(resource.prlimit(0, resource.RLIMIT_CORE)[0], resource.prlimit(0, resource.RLIMIT_CORE, (0, hard))[0])
u = resource.getrusage(resource.RUSAGE_SELF)
print(len(u), u.ru_utime >= 0, u.ru_maxrss > 0, type(u).__name__, resource.error is OSError, resource.RLIM_INFINITY)

# Warnings of native code go through the filters, whether or not warnings was imported.
import warnings
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    fcntl.fcntl(True, fcntl.F_GETFD)
print([str(c.message) for c in caught], caught[0].category)
warnings.simplefilter("error")
t(fcntl.fcntl, True, fcntl.F_GETFD)
