"""os: counters, timers, memory files, vectored and kernel-side copies, extended attributes, pseudo-terminals."""
import errno
import os
import tempfile
import time


def t(f, *a, **k):
    try:
        r = f(*a, **k)
        print(f.__name__, a, k, type(r).__name__, r)
    except Exception as e:
        print(f.__name__, a, k, type(e).__name__, e)


t(os.eventfd, -1)
t(os.eventfd, 1 << 40)
t(os.eventfd, 'a')
t(os.eventfd, 1.5)
for value in (-1, 1 << 70, 'a', 3):
    t(os.eventfd_write, -1, value)
fd = os.eventfd(2)
print(os.get_inheritable(fd))
os.eventfd_write(fd, 5)
os.eventfd_write(fd, (1 << 64) - 10)
print(os.eventfd_read(fd))
for value in (-1, 1 << 70, 'a'):
    try:
        os.eventfd_write(fd, value)
    except Exception as e:
        print(type(e).__name__, e)
os.close(fd)
fd = os.eventfd(initval=3, flags=os.EFD_SEMAPHORE | os.EFD_NONBLOCK | os.EFD_CLOEXEC)
for _ in range(4):
    try:
        print(os.eventfd_read(fd))
    except BlockingIOError as e:
        print(e)
os.close(fd)

t(os.timerfd_create, 999)
for k in ({}, {"initial": float("nan")}, {"initial": "a"}):
    t(os.timerfd_settime, -1, **k)
fd = os.timerfd_create(time.CLOCK_MONOTONIC, flags=os.TFD_CLOEXEC | os.TFD_NONBLOCK)
for k in ({"initial": float("nan")}, {"initial": "a"}, {"initial": 1e300}, {"initial": -1}):
    try:
        os.timerfd_settime(fd, **k)
    except Exception as e:
        print(k, type(e).__name__, e)
for k in ({"initial": 1.5}, {"initial": -1}, {"interval": 1 << 62, "initial": 1}):
    try:
        print(os.timerfd_settime_ns(fd, **k))
    except Exception as e:
        print(k, type(e).__name__, e)
os.timerfd_settime(fd, initial=500, interval=0.3000000009)
print(os.timerfd_gettime_ns(fd)[1], 0 < os.timerfd_gettime(fd)[0] <= 500)
os.timerfd_settime_ns(fd, initial=1000000)
time.sleep(0.02)
print(int.from_bytes(os.read(fd, 8), "little"))
try:
    os.read(fd, 8)
except BlockingIOError as e:
    print(e)
os.close(fd)

t(os.memfd_create, 'a\0b')
t(os.memfd_create, 5)
t(os.memfd_create, 'a' * 300)
fd = os.memfd_create("name", os.MFD_CLOEXEC)
print(os.writev(fd, [b"abc", bytearray(b"de"), memoryview(b"fgh")]))
print(os.pwritev(fd, [b"XY", b"Z"], 1))
os.lseek(fd, 0, os.SEEK_SET)
a, b = bytearray(3), bytearray(10)
print(os.readv(fd, (a, b)), a, b)
print(os.preadv(fd, [a], 4), a)
print(os.preadv(fd, [], 4), os.writev(fd, []))
to = os.memfd_create("to")
print(os.get_inheritable(to), os.sendfile(to, fd, 2, 4), os.sendfile(to, fd, offset=0, count=100))
print(os.copy_file_range(fd, to, 3, offset_src=1, offset_dst=0))
print(os.pread(to, 100, 0))
r, w = os.pipe()
os.lseek(fd, 0, os.SEEK_SET)
print(os.splice(fd, w, 5), os.splice(fd, w, 100, offset_src=6, flags=os.SPLICE_F_MOVE), os.read(r, 100))
for e in (lambda: os.splice(0, 1, -1), lambda: os.copy_file_range(0, 1, -1), lambda: os.splice(fd, w, 1, flags=-1),
          lambda: os.splice(fd, to, 5), lambda: os.sendfile(1, -1, 0, 5)):
    try:
        e()
    except Exception as e:
        print(type(e).__name__, e)
t(os.readv, 0, 5)
t(os.writev, 0, {1})
t(os.preadv, 0, 5, 0)
t(os.pwritev, 0, 5, 0)
t(os.writev, 0, ['a'])
t(os.readv, 0, [b'a'])
t(os.readv, 0, {})

with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    open("file", "w").close()
    os.symlink("file", "link")
    try:
        os.setxattr("file", "user.one", b"1")
        os.setxattr("link", b"user.two", b"22", os.XATTR_CREATE)
        print(sorted(os.listxattr("file")), os.getxattr("link", "user.one"), sorted(os.listxattr("link", follow_symlinks=False)))
        os.removexattr("file", "user.one")
        with open("file") as f:
            print(os.listxattr(f.fileno()), os.getxattr(f.fileno(), "user.two"))
        t(os.setxattr, "file", "user.two", b"", os.XATTR_CREATE)
        t(os.getxattr, "file", "user.one")
    except OSError as e:
        # The file system has none.
        print("['user.one', 'user.two'] b'1' []\n['user.two'] b'22'")
        print("setxattr ('file', 'user.two', b'', 1) {} FileExistsError [Errno 17] File exists: 'file'")
        print("getxattr ('file', 'user.one') {} OSError [Errno 61] No data available: 'file'")
    t(os.getxattr, 0, 'user.a', follow_symlinks=False)
    t(os.listxattr, 'nonexistent')
    t(os.setxattr, 'nonexistent', 'a', 'b')
    t(os.getxattr, 'nonexistent', 1)
    print(os.listxattr() == os.listxattr("."))
    t(os.mknod, 'missing/a')
    t(os.mknod, 5)
    t(os.mknod, 'missing/a', device=-1)
    os.mknod("node", 0o640)
    os.mknod("fifo", 0o600 | 0o10000)
    print(oct(os.stat("node").st_mode), oct(os.stat("fifo").st_mode))
    os.lchown("link", -1, -1)
    with open("file") as f:
        os.fchown(f.fileno(), os.getuid(), -1)
    t(os.fchown, -1, -1, -1)
    t(os.fchown, 'a', -1, -1)
    s = os.statvfs(".")
    print(type(s), len(s), s.n_fields, s.f_namemax, s[9], type(s.f_fsid), s.f_bsize > 0)
    t(os.statvfs, 'nonexistent')
    t(os.statvfs, 5.0)
    t(os.fstatvfs, -1)
    t(os.chroot, 5)
    t(os.chroot, 'missing')
    os.chdir("/")

for a in ((-1,), (-2,), (1 << 70,), ('a',), (0x12345678,)):
    t(os.major, *a)
    t(os.minor, *a)
for a in ((-1, -1), (-2, 0), (1 << 40, 0), (1, 5), (0xfff, 0xfffff), ('a', 1)):
    t(os.makedev, *a)

m = os.posix_openpt(os.O_RDWR | os.O_NOCTTY)
os.grantpt(m)
os.unlockpt(m)
print(os.get_inheritable(m), os.ptsname(m)[:9])
s = os.open(os.ptsname(m), os.O_RDWR | os.O_NOCTTY)
print(os.isatty(m), os.isatty(s), os.ttyname(s) == os.ptsname(m))
for f in (os.grantpt, os.unlockpt, os.ptsname):
    t(f, -1)
t(os.ptsname, r)
pid, fd = os.forkpty()
if pid == 0:
    os.write(1, b"child %d %d" % (fd, os.isatty(0)))
    os._exit(3)
text = b""
while True:
    try:
        piece = os.read(fd, 100)
    except OSError as e:
        print(e)
        break
    if not piece:
        break
    text += piece
print(text, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
