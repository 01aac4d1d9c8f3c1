"""os: posix_spawn, waiting with usage, scheduling, users and groups, configuration; signal: waiting for signals."""
import os
import signal
import sys


def t(f, *a, **k):
    try:
        r = f(*a, **k)
        print(f.__name__, a, k, type(r).__name__, r)
    except BaseException as e:
        print(f.__name__, a, k, type(e).__name__, e)


t(os.sched_param, 1)
t(os.sched_param, 'a')
t(os.sched_param)
t(os.sched_param, sched_priority=2)
p = os.sched_param(1)
print(p.__reduce__(), p[0], len(p), p == (1,), p.__replace__(sched_priority=3), p.n_fields)
t(os.sched_setparam, 0, 5)
t(os.sched_setparam, 0, os.sched_param('a'))
t(os.sched_setparam, 0, os.sched_param(1 << 40))
t(os.sched_setparam, 0, os.sched_param(0))
t(os.sched_setscheduler, 0, 99, os.sched_param(0))
t(os.sched_setscheduler, 0, os.sched_getscheduler(0), os.sched_getparam(0))
t(os.sched_getscheduler, -1)
t(os.sched_getparam, -1)
t(os.sched_get_priority_max, os.SCHED_RR)
t(os.sched_get_priority_min, policy=os.SCHED_RR)
t(os.sched_get_priority_max, 99)
print(type(os.sched_rr_get_interval(0)))
t(os.sched_rr_get_interval, -1)
for cpus in ([], [-1], ['a'], [1 << 40], 5, [100000]):
    t(os.sched_setaffinity, 0, cpus)
print(os.sched_setaffinity(0, os.sched_getaffinity(0)))

t(os.waitid, 99, 0, 0)
t(os.waitid, os.P_ALL, 0, os.WEXITED)
t(os.wait3, 0)
t(os.wait4, -1, 0)
pid = os.fork()
if pid == 0:
    os._exit(3)
r = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
print(str(r).replace(str(pid), 'PID').replace(f"uid={os.getuid()}", "uid=UID"), r.si_signo, r.si_code == os.CLD_EXITED, len(r))
got, status, usage = os.wait4(pid, 0)
print(got == pid, status, type(usage), usage.ru_utime >= 0)
pid = os.fork()
if pid == 0:
    signal.pause()
    os._exit(1)
print(os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG))
fd = os.pidfd_open(pid)
print(os.get_inheritable(fd))
signal.pidfd_send_signal(fd, signal.SIGKILL)
r = os.waitid(os.P_PIDFD, fd, os.WEXITED)
print(r.si_status, r.si_code == os.CLD_KILLED)
os.close(fd)
t(os.pidfd_open, -1)
try:
    os.pidfd_open(os.getpid(), -1)
except ValueError as e:
    print(e)
pid = os.fork()
if pid == 0:
    os._exit(0)
got, status, usage = os.wait3(0)
print(got == pid, status)

PROGRAM = [sys.executable, "-S", "-c"]


def spawn(code, env=os.environ, spawner=os.posix_spawn, **k):
    sys.stdout.flush()
    try:
        pid = spawner(sys.executable, [*PROGRAM, code], env, **k)
        print("ended", os.waitpid(pid, 0)[1])
    except BaseException as e:
        print(type(e).__name__, str(e).replace(sys.executable, "PYTHON"))


spawn("print('hello')")
spawn("import os; print(os.environ.get('A'))", {**os.environ, "A": "b"})
spawn("print(1)", None, os.posix_spawnp)
spawn("raise SystemExit(3)")
for args in ((5, ['true'], {}), ('a\0b', ['true'], {}), ('/bin/true', [], {}), ('/bin/true', 5, {}), ('/bin/true', ['a'], 5),
             ('/nonexistent', ['a'], {}), ('/bin/true', [''], {}), ('/bin/true', ['a\0b'], {}), ('/bin/true', ['a'], {'a=b': 'c'}),
             ('/bin/true', ['a'], {'a': 5})):
    t(os.posix_spawn, *args)
t(os.posix_spawnp, '/nonexistent', ['a'], {})
O, C, D, F = os.POSIX_SPAWN_OPEN, os.POSIX_SPAWN_CLOSE, os.POSIX_SPAWN_DUP2, os.POSIX_SPAWN_CLOSEFROM
for actions in (5, [5], [()], [('a',)], [(99,)], [(O,)], [(C, 'a')], [(D, 1)], [[C, 0]], [None], [(O, 3, '/nonexistent', 0, 0)], [(F,)]):
    spawn("pass", file_actions=actions)
spawn("pass", file_actions=None)
r, w = os.pipe()
spawn("import os; os.write(7, b'seven'); os.write(8, b'eight')", file_actions=[(D, w, 7), (O, 8, "/dev/null", os.O_WRONLY, 0), (C, 0)])
print(os.read(r, 100))
os.set_inheritable(w, True)
spawn(f"import os\ntry: os.write({w}, b'')\nexcept OSError as e: print(e)", file_actions=[(F, 3)])
spawn("import os; print(os.getpgrp() == os.getpid())", setpgroup=0)
spawn("pass", setpgroup='a')
spawn("pass", resetids=1)
spawn("import os; print(os.getsid(0) == os.getpid())", setsid=True)
spawn("import signal; print(sorted(map(int, signal.pthread_sigmask(0, []))))", setsigmask=[signal.SIGUSR1, 12])
spawn("pass", setsigmask=[999])
signal.signal(signal.SIGUSR2, signal.SIG_IGN)
spawn("import signal; print(signal.getsignal(signal.SIGUSR2).name)")
spawn("import signal; print(signal.getsignal(signal.SIGUSR2).name)", setsigdef={signal.SIGUSR2})
spawn("pass", setsigdef=[1.5])
spawn("pass", setsigdef=5)
for scheduler in ((None, os.sched_param(0)), (os.SCHED_OTHER, os.sched_param(0)), 5, (), (1, 2)):
    spawn("pass", scheduler=scheduler)

t(os.setgroups, 5)
t(os.setgroups, ['a'])
t(os.setgroups, {})
t(os.setgroups, [1 << 40])
t(os.setgroups, [-5])
t(os.initgroups, 1, 2)
t(os.getgrouplist, 'root', 'a')
print(0 in os.getgrouplist('root', 0))
t(os.getgrouplist, b'root', 0)
for f in (os.setreuid, os.setregid):
    for a in (('a', 1), (1 << 40, 1), (-2, 1), (-1, -1)):
        t(f, *a)
t(os.setresuid, -1, -1, -1)
t(os.setresgid, -1, -1, -1)
t(os.setns, -1)
t(os.setns, 'a')
t(os.unshare, 1 << 40)
t(os.unshare, 0)

for a in (('/', 'PC_NAME_MAX'), ('/', 'PC_X'), ('/', 3.5), ('/nonexistent', 'PC_NAME_MAX'), ('/', 9999), ('/', 1 << 40)):
    t(os.pathconf, *a)
t(os.fpathconf, r, 'PC_PIPE_BUF')
t(os.fpathconf, -1, 'PC_NAME_MAX')
for a in ('CS_PATH', 'X', 9999, 3.5):
    t(os.confstr, a)
for a in ('SC_PAGESIZE', 'SC_X', 99999, 3.5, 'SC_INT_MAX'):
    t(os.sysconf, a)
print(os.pathconf_names)
print(os.confstr_names)
print(os.sysconf_names)

t(signal.sigtimedwait, [signal.SIGUSR1], -1)
t(signal.sigtimedwait, [signal.SIGUSR1], 0)
t(signal.sigtimedwait, [999], 0)
t(signal.sigtimedwait, [], 'a')
t(signal.sigtimedwait, 5, 0)
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
os.kill(os.getpid(), signal.SIGUSR1)
r = signal.sigwaitinfo([signal.SIGUSR1])
print(r.si_signo, r.si_code, r.si_errno, r.si_pid == os.getpid(), r.si_uid == os.getuid(), r.si_status, type(r), len(r))
fd = os.pidfd_open(os.getpid())
for a in ((signal.SIGUSR1, 5), (signal.SIGUSR1,), (999,), (signal.SIGINT,)):
    try:
        print(signal.pidfd_send_signal(fd, *a))
    except BaseException as e:
        print(type(e).__name__, e)
print(signal.sigtimedwait([signal.SIGUSR1], 1.5).si_signo)
# A handler runs meanwhile, and the wait goes on.
signal.signal(signal.SIGALRM, lambda *a: print("alarm"))
signal.setitimer(signal.ITIMER_REAL, 0.05)
print(signal.sigtimedwait([signal.SIGUSR1], 0.2))
