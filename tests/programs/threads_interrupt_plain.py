"""SIGINT is a KeyboardInterrupt though nothing has imported `signal`."""
import _thread
import os
import subprocess
import sys


def show(what, function):
    try:
        function()
        print(what, "went on")
    except KeyboardInterrupt as e:
        print(what, type(e), e.args, e.__context__)


show("interrupt_main", _thread.interrupt_main)
show("kill", lambda: os.kill(os.getpid(), 2))


def deep():
    try:
        deep()
    except RecursionError:
        _thread.interrupt_main()


show("at the recursion limit", deep)


def later(lock):
    with lock:
        _thread.interrupt_main()


def waits():
    lock = _thread.allocate_lock()
    lock.acquire()
    _thread.start_new_thread(later, (lock,))
    lock.release()
    while True:
        pass


show("in a loop", waits)

import signal

print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)
show("signal imported", _thread.interrupt_main)

# A process that is started with SIGINT ignored leaves it so.
signal.signal(signal.SIGINT, signal.SIG_IGN)
code = "import os; os.kill(os.getpid(), 2); import signal; print(signal.getsignal(2)); import _thread; _thread.interrupt_main(); print('on')"
print(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout)
