"""The engines that programs are compared in, each in a mode: a fork server of it (driver.py), or a process for each program.

A server starts its engine once; a program then takes a fork, its compilation and its run. What comes of a program is a
text: what it wrote, and how it ended if not well ("TIME" if not in time). Brolga's options are the same either way.
"""
import json
import os
import select
import signal
import subprocess
import tempfile

from prelude import SHARED

HERE = os.path.dirname(os.path.abspath(__file__))
MODES = {
    "off": ["-X", "jit=off"],
    # With `count` no compilation is put off, however slow the machine is.
    "on": ["-X", "jit=on", "-X", "jit-threshold=8", "-X", "jit-stress=count"],
    "on-later": ["-X", "jit=on", "-X", "jit-threshold=25,12", "-X", "jit-stress=count"],
    "eager": ["-X", "jit=eager"],
    "nofast": ["-X", "jit=nofast", "-X", "jit-threshold=8"],
    "stress": ["-X", "jit=on", "-X", "jit-threshold=8", "-X", "jit-stress=all:every=5"],
    "stress-seldom": ["-X", "jit=on", "-X", "jit-threshold=4", "-X", "jit-stress=all:every=83"],
    "gc": ["-X", "jit=on", "-X", "jit-threshold=8", "-X", "gc-stress"],
}
# Modes of a seed: two always, the others by turns.
TURNS = ["stress", "nofast", "stress-seldom", "on-later", "stress", "eager", "on-later", "stress-seldom", "stress", "on-later",
         "stress-seldom", "stress", "gc", "on-later", "stress", "nofast"]
# Processor time that the interpreter may take for a program: one in some 60 never ends. The JIT's modes may take longer.
SECONDS = 1
PATIENCE = 60
# How much longer a process may wait for the processor.
LOAD = 20
TIME = "TIME"


def outcome(out, errors, status):
    """What a program wrote, and how it ended."""
    if status == -signal.SIGPROF:
        return TIME
    text = out.decode(errors="replace")
    if status != 0 or errors:
        text += f"\nstatus {status}\n{errors.decode(errors='replace')}"
    return text


class Server:
    """A driver that runs. It is started again if it dies, which is an outcome, too."""

    def __init__(self, command, seconds):
        self.command, self.seconds = command, seconds
        self.process = None
        self.compiled = 0

    def start(self):
        files = [tempfile.TemporaryFile() for _ in range(3)]
        numbers = [file.fileno() for file in files]
        command = [*self.command, os.path.join(HERE, "driver.py"), *map(str, [self.seconds, *numbers])]
        self.process = subprocess.Popen(command, bufsize=0, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, pass_fds=numbers, process_group=0,
                                        preexec_fn=lambda: signal.setitimer(signal.ITIMER_PROF, PATIENCE))
        for file in files:
            file.close()
        self.data = b""
        self.send(SHARED)
        self.line(PATIENCE * LOAD)

    def stop(self):
        if self.process is None:
            return
        self.process.stdin.close()
        self.process.stdout.close()
        try:
            # The program that it waits for, too.
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()
        self.process = None

    def send(self, text):
        data = text.encode()
        data = b"%d\n" % len(data) + data
        while data:
            data = data[self.process.stdin.write(data):]

    def more(self, seconds):
        ready, _, _ = select.select([self.process.stdout], [], [], seconds)
        if not ready:
            raise TimeoutError
        part = os.read(self.process.stdout.fileno(), 1 << 20)
        if not part:
            raise EOFError
        self.data += part

    def line(self, seconds):
        while b"\n" not in self.data:
            self.more(seconds)
        line, _, self.data = self.data.partition(b"\n")
        return line

    def ask(self, text):
        """Begins to run a program."""
        if self.process is None:
            self.start()
        if not text.startswith(SHARED):
            raise ValueError("a program that does not begin like the others")
        self.send(text[len(SHARED):])

    def tell(self):
        """What has come of it."""
        seconds = self.seconds * LOAD
        try:
            status, out, errors, compiled = map(int, self.line(seconds).split())
            while len(self.data) < out + errors:
                self.more(seconds)
        except TimeoutError:
            self.stop()
            return TIME
        except EOFError:
            self.stop()
            return "\nstatus -1 the server died"
        data, self.data = self.data, b""
        self.compiled += compiled
        return outcome(data[:out], data[out:], os.waitstatus_to_exitcode(status))


class Engines:
    """All of them; servers are started when they are first needed."""

    def __init__(self, brolga, cpython=None, more=(), processes=False, patience=PATIENCE):
        self.brolga, self.cpython, self.processes, self.patience = brolga, cpython, processes, patience
        # More options of the modes with a JIT.
        self.more = list(more)
        self.servers = {}

    def command(self, mode):
        if mode == "cpython":
            return [self.cpython, "-I", "-S", "-W", "ignore"]
        return [self.brolga, "-I", "-S", "-W", "ignore", *MODES[mode], *(self.more if mode != "off" else [])]

    def seconds(self, mode):
        return SECONDS if mode in ("off", "cpython") else self.patience

    def server(self, mode):
        if mode not in self.servers:
            self.servers[mode] = Server(self.command(mode), self.seconds(mode))
        return self.servers[mode]

    def outputs(self, text, modes):
        """What comes of a program in each mode; the first is the interpreter: if it does not end, nor need the others."""
        run = self.by_process if self.processes else self.by_server
        first = run(text, modes[0])
        return [first] + [TIME if first == TIME else run(text, mode) for mode in modes[1:]]

    def by_server(self, text, mode):
        server = self.server(mode)
        server.ask(text)
        return server.tell()

    def lowered(self, text, mode):
        """How often each operation and helper is in a program's compiled code. (What is forked off writes no log.)"""
        with tempfile.TemporaryDirectory() as folder:
            log = os.path.join(folder, "log")
            self.by_process(text, mode, ["-X", f"jit-log={log}"])
            counts = {}
            with open(log) as file:
                for event in map(json.loads, file):
                    if event["event"] == "lowered":
                        for key in [(kind, event[kind]) for kind in ("op", "helper") if event[kind]]:
                            counts[key] = counts.get(key, 0) + event["count"]
        return counts

    def by_process(self, text, mode, more=()):
        seconds = self.seconds(mode)

        def limit():
            signal.setitimer(signal.ITIMER_PROF, seconds)

        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "program.py"), "w") as file:
                file.write(text)
            process = subprocess.Popen([*self.command(mode), *more, "program.py"], cwd=folder, stdout=subprocess.PIPE,
                                       stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, preexec_fn=limit)
            try:
                out, errors = process.communicate(timeout=seconds * LOAD)
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()
                return TIME
        return outcome(out, errors, process.returncode)

    def idle(self):
        """The modes whose servers have compiled nothing, though they are to."""
        return [mode for mode, server in self.servers.items() if mode not in ("off", "cpython") and not server.compiled]

    def stop(self):
        for server in self.servers.values():
            server.stop()
        self.servers = {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
