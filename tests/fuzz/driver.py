"""The far end of a fork server (servers.py): runs one program after the other, each in a process forked off for it.

    PYTHON [OPTIONS] driver.py SECONDS OUT ERRORS COUNTED

Under the Python that is tested. It reads a number and so many bytes of source: first what all programs begin with, and
runs that until it is compiled, so that not every program begins with compiling it; then programs, without that part.
What comes back of each is a line of numbers (the wait status, how much it wrote to stdout and to stderr, how many versions
of units were compiled for it) and what it wrote. The process of a program ends as every Python process ends: with an
uncaught exception's traceback and status, with what the interpreter does at its end, or by a signal. SIGPROF ends what
takes so many seconds of processor time; the other arguments are open files for what it writes.
"""
import os
import resource
import signal
import sys

# Of a program's output, bytes: what writes more is killed.
MOST_OUTPUT = 1 << 26


def read(fd, size):
    parts = []
    while size > 0:
        part = os.read(fd, min(size, 1 << 20))
        if not part:
            return None
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def request(fd):
    """A source text, or None at the end."""
    number = b""
    while not number.endswith(b"\n"):
        byte = os.read(fd, 1)
        if not byte:
            return None
        number += byte
    return read(fd, int(number))


def answer(fd, data):
    while data:
        data = data[os.write(fd, data):]


def written(fd):
    """What is in a file, which is empty afterwards."""
    size = os.lseek(fd, 0, os.SEEK_END)
    os.lseek(fd, 0, os.SEEK_SET)
    data = read(fd, size)
    os.lseek(fd, 0, os.SEEK_SET)
    os.ftruncate(fd, 0)
    return data


def compilations():
    """How many versions of units this process and those before it have compiled."""
    try:
        from brolga import jit
    except ImportError:
        return 0
    return jit.stats()["compilations"]


def serve(requests, answers, files):
    """Returns, in a process of its own, for each program: its text."""
    while (text := request(requests)) is not None:
        child = os.fork()
        if child == 0:
            return text
        _, status = os.waitpid(child, 0)
        out, errors, count = map(written, files)
        answer(answers, b"%d %d %d %d\n" % (status, len(out), len(errors), int(count or 0)) + out + errors)
    os._exit(0)


def warm_up(shared):
    """What many programs use is imported and compiled."""
    import contextlib

    class Object(shared["Base"]):
        pass

    o = Object()
    o.x, o.y, o.z = 1, 2.0, "z"
    values = [1, 2.5, "a", [1, 2], (1, 0.5), {"a": 1, 2: 0.5}, None, o, [o, o], True, b"c", [0.5] * 3, {}, [], bytearray(3)]
    for _ in range(30):
        shared["show"](values)
        for value in values:
            shared["show"](value)
        o.w = [1]
        shared["state"](o)
        del o.w
        with contextlib.redirect_stdout(None):
            shared["run"](lambda *values: values, 1, [o], 0.5, "a")
            shared["run"](len)
    for _ in range(8):
        try:
            shared["state"]()
        except TypeError as error:
            sys.excepthook(type(error), error, error.__traceback__)


def run(text, names):
    """A program's exit status."""
    try:
        exec(compile(text, "program.py", "exec"), names)
        return 0
    except BaseException as error:
        sys.excepthook(type(error), error, error.__traceback__.tb_next)
        return 1


def main():
    # What it talks over stands elsewhere than where programs write.
    requests, answers = os.dup(0), os.dup(1)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    seconds, (out, errors, counted) = float(sys.argv[1]), map(int, sys.argv[2:])
    prefix = request(requests).decode()
    shared = {"__name__": "__main__", "__builtins__": __builtins__}
    exec(compile(prefix, "program.py", "exec"), shared)
    warm_up(shared)
    before = compilations()
    # The server's own time was for its start.
    signal.setitimer(signal.ITIMER_PROF, 0)
    answer(answers, b"ready\n")

    text = serve(requests, answers, (out, errors, counted))
    os.close(requests)
    os.close(answers)
    os.dup2(out, 1)
    os.dup2(errors, 2)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_OUTPUT, MOST_OUTPUT))
    # Its lines have the numbers that they have in the whole program.
    status = run("\n" * prefix.count("\n") + text.decode(), shared)
    os.write(counted, b"%d" % (compilations() - before))
    if sys.implementation.name == "cpython":
        # Its end takes twice as long as the program, and is not what is tested.
        sys.stdout.flush()
        os._exit(status)
    sys.exit(status)


if __name__ == "__main__":
    main()
