"""The interactive mode: the plain prompt on a pipe and on a terminal, and what follows a program with -i."""
import os
import pty
import select
import subprocess
import sys
import time

env = {"PATH": "/usr/bin:/bin", "HOME": os.getcwd(), "TERM": "xterm", "PYTHON_COLORS": "0", "PYTHON_BASIC_REPL": "1"}


def piped(text, *options, **more):
    done = subprocess.run([sys.executable, "-q", *options], input=text, capture_output=True, text=True, env=env | more)
    print(done.returncode, repr(done.stdout))
    print(done.stderr)


def terminal(lines, *options):
    process, fd = pty.fork()
    if process == 0:
        os.execve(sys.executable, [sys.executable, "-q", *options], env)
    out = b""

    def read_until(end):
        nonlocal out
        seen = b""
        limit = time.monotonic() + 30
        while not seen.endswith(end) and time.monotonic() < limit:
            if select.select([fd], [], [], 1)[0]:
                try:
                    got = os.read(fd, 1000)
                except OSError:
                    break
                seen += got
        out += seen

    read_until(b">>> ")
    for line, prompt in lines:
        os.write(fd, line.encode() + b"\n")
        read_until(prompt)
    status = os.waitpid(process, 0)[1]
    print(os.waitstatus_to_exitcode(status))
    print(out.decode().replace("\r", ""))


piped("1+1\ndef f(x):\n  return x/0\n\nf(2)\nimport sys\nsys.ps1='P '\nsys.ps2='Q '\nif 1:\n  5\n\n_\nx=(1,\n2)\nx\n1 +\nexit(3)\n", "-i")
piped("x\nraise SystemExit('bye')\n", "-i", "-c", "x = 'kept'; raise SystemExit(5)")
piped("print('seen', x)\n", "-c", "x = 1; import os; os.environ['PYTHONINSPECT'] = '1'")
piped("print('not interactive')\nx")
with open("startup.py", "w") as f:
    f.write("started = 'yes'\nimport sys; sys.ps1 = 'S> '\nprint(__file__)\n")
piped("started\n__name__\n'__file__' in globals()\n", "-i", PYTHONSTARTUP="startup.py")
piped("from __future__ import annotations\ndef f(x: undefined): pass\n\nf.__annotations__\nimport sys\nsys.displayhook = lambda v: print('shown', v)\n42\nNone\n", "-i")
terminal([("a = 1", b">>> "), ("a + 1", b">>> "), ("for i in range(2):", b"... "), ("  i", b"... "), ("", b">>> "),
          ("if", b">>> "), ("nowhere", b">>> "), ("exit(7)", b"\n")])
