# _multiprocessing and _posixshmem, then multiprocessing itself.
import _multiprocessing as m, _posixshmem as p, os, pickle


def t(f, *a, **k):
    try:
        print(repr(f(*a, **k))[:100])
    except BaseException as e:
        print(type(e).__name__, e)


name = f"/brolga-test-{os.getpid()}"
t(m.SemLock)
t(m.SemLock, 5, 1, 1, "/x", True)
t(m.SemLock, 1, -1, 1, name, True)
t(m.SemLock, 1, 1, 1, 5, True)
s = m.SemLock(0, 1, 1, name, True)
for f in [s.release, s.acquire, s.acquire, s._count, s._is_mine, s.release, s.release, s.release]:
    t(f)
print(s.kind, s.maxvalue, s.name, s._is_zero(), s._get_value(), type(s.handle))
s = m.SemLock(1, 1, 1, name, True)
t(s.release)
t(s.acquire)
t(s.acquire, False)
t(s.acquire, True, 0.01)
t(s.acquire, timeout="a")
t(s.acquire, True, -1)
t(s.release)
t(s.release)
print(s.__enter__(), s._is_zero(), s.__exit__(None, None, None), s._after_fork())
t(m.sem_unlink, "/brolga-none")
s = m.SemLock(1, 2, 1000, name, False)
r = m.SemLock._rebuild(0, 1, 1000, name)
r.acquire()
print(s._get_value(), r.name == name, m.sem_unlink(name))
t(m.SemLock._rebuild, 0, 1, 5, "/brolga-none")
t(pickle.dumps, s)
print(m.SemLock.SEM_VALUE_MAX, m.flags)
t(p.shm_open, "/brolga-none", 0)
t(p.shm_unlink, "/brolga-none")
t(p.shm_open, 5, 0)
fd = p.shm_open(name, os.O_CREAT | os.O_EXCL | os.O_RDWR, mode=0o600)
os.ftruncate(fd, 100)
print(os.fstat(fd).st_size, os.get_inheritable(fd), p.shm_unlink(name))

import multiprocessing as mp


def child(lock, value, connection):
    with lock:
        value.release()
    connection.send(["from", "child", os.getppid() > 0])
    connection.close()


context = mp.get_context("fork")
lock, semaphore, event = context.Lock(), context.Semaphore(0), context.Event()
ours, theirs = context.Pipe()
process = context.Process(target=child, args=(lock, semaphore, theirs))
process.start()
print(semaphore.acquire(timeout=20), ours.recv())
process.join()
print(process.exitcode, process.is_alive(), event.is_set())
queue = context.SimpleQueue()
process = context.Process(target=queue.put, args=({"a": (1, 2)},))
process.start()
print(queue.get())
process.join()
failing = context.Process(target=os._exit, args=(7,))
failing.start()
failing.join()
print(failing.exitcode)
