# Numbers that don't fit, in the words of each function; timers that are refused.
import gc
import io
import os
import signal
import sys
import _thread
import zlib

BIG = 2**40
for action in (
    lambda: zlib.compress(b"", BIG),
    lambda: os.close(BIG),
    lambda: os.lseek(0, 0, BIG),
    lambda: os.stat(BIG),
    lambda: os.open("x", BIG),
    lambda: io.BytesIO().seek(0, BIG),
    lambda: gc.collect(BIG),
    lambda: gc.set_threshold(BIG),
    lambda: gc.set_threshold(-BIG),
    lambda: sys._getframe(BIG),
    lambda: sys._getframe(2**31 - 1),
    lambda: sys._getframe(2**70),
    lambda: _thread.interrupt_main(BIG),
    lambda: signal.alarm(BIG),
    lambda: signal.strsignal(BIG),
    lambda: signal.setitimer(99, 1),
    lambda: signal.getitimer(99),
    lambda: signal.setitimer(0, float("nan")),
    lambda: signal.setitimer(0, float("inf")),
    lambda: signal.setitimer(0, 1e30),
    lambda: signal.setitimer(0, -1),
    lambda: signal.setitimer(0, "x"),
    lambda: signal.setitimer(0, 1000, 0.5),
    lambda: signal.setitimer(0, 0)[1],
):
    try:
        print(action())
    except Exception as e:
        print(type(e).__module__, type(e).__qualname__, e)
print(signal.ItimerError.__mro__)
