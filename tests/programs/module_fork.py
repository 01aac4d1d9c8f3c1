import os, threading, sys, _thread

event = threading.Event()
thread = threading.Thread(target=event.wait)
thread.start()
lock = threading.Lock()
lock.acquire()
import warnings
warnings.simplefilter("ignore")
log = []
os.register_at_fork(before=lambda: log.append("before"), after_in_parent=lambda: log.append("parent"),
                    after_in_child=lambda: log.append("child"))
pid = os.fork()
if pid == 0:
    print("child", threading.active_count(), threading.current_thread() is threading.main_thread(),
          len(sys._current_frames()), thread.is_alive(), log)
    lock._at_fork_reinit()
    print(lock.locked(), lock.acquire(timeout=1))
    t = threading.Thread(target=lambda: print("thread in child"))
    t.start()
    t.join()
    sys.stdout.flush()
    os._exit(3)
print(os.waitpid(pid, 0)[1] >> 8, log, lock.locked())
event.set()
thread.join()


def in_thread():
    pid = os.fork()
    if pid == 0:
        print("child2", threading.current_thread() is threading.main_thread(), _thread._get_main_thread_ident() == threading.get_ident())
        sys.stdout.flush()
        os._exit(7)
    print(os.waitpid(pid, 0)[1] >> 8)


t = threading.Thread(target=in_thread)
t.start()
t.join()
warnings.simplefilter("error")
event.clear()
thread = threading.Thread(target=event.wait)
thread.start()
try:
    pid = os.fork()
    if pid == 0:
        os._exit(0)
except DeprecationWarning as e:
    print(str(e).replace(str(os.getpid()), "PID"))
event.set()


def raising():
    raise SystemExit(3)


t = threading.Thread(target=raising)
t.start()
t.join()
print(threading.ExceptHookArgs((1, 2, 3, 4)))
# A child that ends by itself waits for no thread of its parent.
event.clear()
blocked = threading.Thread(target=event.wait)
blocked.start()
warnings.simplefilter("ignore")
sys.stdout.flush()
pid = os.fork()
if pid == 0:
    print("leaves")
    sys.exit(4)
print(os.waitpid(pid, 0)[1] >> 8)
event.set()
blocked.join()
