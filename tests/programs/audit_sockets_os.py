"""Audit events of socket, of os and of input."""
import fcntl
import io
import os
import socket
import sys
import tempfile

on, events = False, []


def hook(name, args):
    if on and name.split(".")[0] in ("socket", "os", "builtins"):
        events.append((name, tuple(a if isinstance(a, (int, str, bytes, tuple, type(None))) else type(a).__name__ for a in args)))


sys.addaudithook(hook)


def probe(what, function):
    global on, events
    events, on = [], True
    try:
        function()
        result = "ok"
    except Exception as e:
        result = type(e).__name__
    on = False
    print(what, result, events)


here = "127.0.0.1"
s, u = socket.socket(), socket.socket(type=socket.SOCK_DGRAM)
a, b = socket.socketpair()
probe("connect", lambda: s.connect((here, 1)))
probe("connect_ex", lambda: s.connect_ex((here, 1)))
probe("connect to nothing", lambda: s.connect(5))
probe("bind", lambda: u.bind((here, 0)))
probe("sendto", lambda: u.sendto(b"x", (here, 9)))
probe("sendmsg", lambda: u.sendmsg([b"x"], [], 0, (here, 9)))
probe("sendmsg", lambda: a.sendmsg([b"x"]))
probe("getaddrinfo", lambda: socket.getaddrinfo(here, 80, type=socket.SOCK_STREAM))
probe("gethostbyname", lambda: socket.gethostbyname(here))
probe("gethostbyname_ex", lambda: socket.gethostbyname_ex(here))
probe("gethostbyaddr", lambda: socket.gethostbyaddr("not a name") and None)
probe("getnameinfo", lambda: socket.getnameinfo((here, 80), socket.NI_NUMERICHOST))
probe("getservbyname", lambda: socket.getservbyname("no such service"))
probe("getservbyname", lambda: socket.getservbyname("no such service", "udp"))
probe("getservbyport", lambda: socket.getservbyport(1, "udp") and None)
probe("sethostname", lambda: socket.sethostname("a" * 500))

with tempfile.TemporaryFile() as f:
    fd = f.fileno()
    os.dup2(fd, 100)
    probe("lockf", lambda: os.lockf(100, os.F_LOCK, 0))
    probe("lockf", lambda: os.lockf(100, os.F_TEST, 5))
    probe("lockf", lambda: os.lockf(100, os.F_ULOCK, 0))
    probe("fchmod", lambda: os.fchmod(100, 0o600))
    os.close(100)
probe("putenv", lambda: os.putenv("NAME", "value"))
probe("putenv", lambda: os.putenv("NA=ME", "value"))
probe("unsetenv", lambda: os.unsetenv("NAME"))
sys.stdin = io.StringIO("line\n")
probe("input", lambda: input("prompt"))
sys.stdin = io.StringIO("line\n")
probe("input", lambda: input())


def refuses(name, args):
    if name == "socket.connect":
        raise PermissionError("no")


sys.addaudithook(refuses)
probe("connect", lambda: s.connect((here, 1)))
