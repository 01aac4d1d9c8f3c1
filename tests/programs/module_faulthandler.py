"""faulthandler: tracebacks on demand, at a signal, when a time is up, and when the process dies."""
import faulthandler
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time


def normal(text):
    text = re.sub(r"0x[0-9a-f]{16}( \[.*\])?", "0x", text)
    return re.sub(r'File ".*?([^/"]*)"', r'File "\1"', text)


def attempt(f, *args, **kw):
    try:
        print(f(*args, **kw))
    except BaseException as e:
        print(type(e).__name__, e)


with tempfile.TemporaryFile() as out:
    def written():
        out.flush()
        out.seek(0)
        text = out.read().decode()
        out.seek(0)
        out.truncate()
        return normal(text)

    def inner():
        faulthandler.dump_traceback(out, all_threads=False)

    def outer():
        inner()

    outer()
    print(written())
    faulthandler.dump_traceback(out.fileno(), all_threads=True)
    print(written())
    exec(compile("def é\u0101\U00010400x():\n  faulthandler.dump_traceback(out, False)\né\u0101\U00010400x()", "<näme>", "exec"))
    print(written())

    def deep(n):
        return deep(n - 1) if n else faulthandler.dump_traceback(out, all_threads=False)

    deep(150)
    text = written()
    print(len(text.splitlines()), text.splitlines()[-1])

    # Other threads.
    ready, finish = threading.Event(), threading.Event()

    def waits():
        ready.set()
        finish.wait()

    worker = threading.Thread(target=waits, name="worker")
    worker.start()
    ready.wait()
    faulthandler.dump_traceback(out)
    text = written()
    finish.set()
    worker.join()
    print(text.count("most recent call first"), "Current thread 0x (most" in text, "Thread 0x (most" in text, "in waits" in text)

    # Signals.
    print(faulthandler.register(signal.SIGUSR1, out, all_threads=False))
    os.kill(os.getpid(), signal.SIGUSR1)
    print(written())
    seen = []
    signal.signal(signal.SIGUSR2, lambda number, frame: seen.append(number))
    faulthandler.register(signal.SIGUSR2, out, all_threads=False, chain=True)
    os.kill(os.getpid(), signal.SIGUSR2)
    os.kill(os.getpid(), signal.SIGUSR2)
    time.sleep(0.01)
    print(written().count("Stack"), [signal.Signals(n).name for n in seen])
    print(faulthandler.unregister(signal.SIGUSR1), faulthandler.unregister(signal.SIGUSR1), faulthandler.unregister(signal.SIGUSR2))
    os.kill(os.getpid(), signal.SIGUSR2)
    time.sleep(0.01)
    print(repr(written()), len(seen))

    # Later.
    faulthandler.dump_traceback_later(0.05, file=out)

    def busy():
        end = time.monotonic() + 0.5
        while time.monotonic() < end:
            pass

    busy()
    text = written()
    print(text.splitlines()[0], "Thread 0x (most recent call first)" in text, "in busy" in text)
    faulthandler.dump_traceback_later(10, file=out)
    faulthandler.cancel_dump_traceback_later()
    print(repr(written()))
    faulthandler.dump_traceback_later(0.05, repeat=True, file=out)
    time.sleep(0.4)
    faulthandler.cancel_dump_traceback_later()
    print(written().count("Timeout (0:00:00.050000)!") > 1)

    print(faulthandler.is_enabled(), faulthandler.enable(out), faulthandler.is_enabled(), faulthandler.disable(), faulthandler.disable())

for args in ((-1,), (0,), ("x",), (1e300,), (float("nan"),)):
    attempt(faulthandler.dump_traceback_later, *args)
for number in (signal.SIGSEGV, 0, 100, "x"):
    attempt(faulthandler.register, number)
attempt(faulthandler.enable, -1)
attempt(faulthandler.enable, "x")
attempt(faulthandler.dump_traceback, object())
stderr, sys.stderr = sys.stderr, None
attempt(faulthandler.enable)
sys.stderr = stderr


class NoNumber:
    def fileno(self):
        return "x"


attempt(faulthandler.enable, NoNumber())

# --- the death of a process -------------------------------------------------------------


def run(code, *options):
    done = subprocess.run([sys.executable, *options, "-c", code], capture_output=True, text=True)
    text = normal(done.stderr)
    print(signal.Signals(-done.returncode).name if done.returncode < 0 else done.returncode, text.partition("\nCurrent thread's C")[0].splitlines())
    return text


for name in ("_sigsegv", "_sigfpe", "_sigabrt", "_read_null"):
    run(f"import faulthandler\nfaulthandler.enable()\ndef f(): faulthandler.{name}()\nf()")
run("import faulthandler\nfaulthandler.enable(all_threads=False)\nfaulthandler._sigsegv()")
run("import faulthandler\nfaulthandler.enable(c_stack=False)\nfaulthandler._sigsegv(True)")
run("import faulthandler\nfaulthandler._sigsegv()", "-X", "faulthandler")
run("import faulthandler\nfaulthandler.enable()\nfaulthandler.disable()\nfaulthandler._sigsegv()")
run("import faulthandler, signal\nfaulthandler.enable()\nsignal.raise_signal(signal.SIGBUS)")
run("import faulthandler, sys; print(faulthandler.is_enabled(), file=sys.stderr)")
run("import faulthandler, sys; print(faulthandler.is_enabled(), file=sys.stderr)", "-X", "dev")
run("import faulthandler, time\nfaulthandler.dump_traceback_later(0.01, exit=True)\ntime.sleep(30)")
print("C stack" in run("import faulthandler\nfaulthandler.enable()\nfaulthandler._sigsegv()"))
