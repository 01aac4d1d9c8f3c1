import select, os, time


def t(f, *a, **k):
    try:
        print(repr(f(*a, **k))[:100])
    except BaseException as e:
        print(type(e).__name__, e)


r, w = os.pipe()
t(select.select)
for args in [([], [], [], -1), ([], [], [], "a"), (1, [], []), (["a"], [], []), ([2000], [], [], 0), 
             ([], [], [], 0), ([], [], [], float("nan")), ([], [], [], 1e300)]:
    t(select.select, *args)


class F:
    def fileno(self):
        return r


f = F()
print(select.select([r, f], [w], [], 0) == ([], [w], []))
os.write(w, b"x")
print(select.select([r, f], [w], [r], 5) == ([r, f], [w], []))
start = time.monotonic()
print(select.select([], [], [], 0.05), time.monotonic() - start >= 0.05)

p = select.poll()
t(p.register, "a")
for mask in ["a", 1 << 20, -1]:
    t(p.register, 0, mask)
t(p.modify, 77, 1)
t(p.unregister, 77)
t(p.poll, "a")
t(p.poll, 1 << 80)
t(p.poll, 1e15)
print(p.register(777), p.poll(0), p.unregister(777))
p.register(f, select.POLLIN)
p.register(w)
print(p.poll(1000) == [(r, select.POLLIN), (w, select.POLLOUT)])
p.modify(w, 0)
os.read(r, 1)
start = time.monotonic()
print(p.poll(50), time.monotonic() - start >= 0.05)
t(type(p))

e = select.epoll()
print(e.closed, e.fileno() > 0)
t(e.register, "a")
t(e.register, 999)
t(e.poll, "a")
t(e.poll, 0, 0)
t(e.poll, 0, -2)
t(e.poll, 1e300)
t(e.unregister, 999)
t(e.modify, 999, 1)
e.register(r, select.EPOLLIN)
t(e.register, r, select.EPOLLIN)
print(e.poll(0), e.poll(timeout=0.01, maxevents=5))
os.write(w, b"y")
print(e.poll() == [(r, select.EPOLLIN)])
e.modify(r, select.EPOLLIN | select.EPOLLET)
print(len(e.poll(1)), len(e.poll(0)))
e.unregister(r)
print(e.poll(0))
e2 = select.epoll.fromfd(os.dup(e.fileno()))
print(type(e2), e2.closed)
e.close()
for g in [e.poll, e.fileno, e.__enter__, lambda: e.register(1)]:
    t(g)
print(e.closed, e.close())
for args in [(0,), (-2,), (1, 5), ("a",)]:
    t(select.epoll, *args)
t(select.epoll.fromfd, "a")
with select.epoll(sizehint=3, flags=select.EPOLL_CLOEXEC) as e:
    print(e.closed)
print(e.closed)
print(select.error is OSError, select.EPOLLET, select.POLLMSG)
