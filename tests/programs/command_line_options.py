"""Options of the command line: -b, -bb, -x, -V, and wrong ones."""
import subprocess
import sys


def run(*options, text=""):
    done = subprocess.run([sys.executable, *options], input=text, capture_output=True, text=True)
    print(options[:-1] if "-c" in options else options, done.returncode, repr(done.stdout.replace(sys.executable, "python")))
    print(done.stderr.replace(sys.executable, "python"))


code = "str(b'a'); b'a' == 'a'; b'a' != 1; bytearray(b'x') == 'x'; str(bytearray()); f'{b\"q\"}'; '%s' % b'y'; print('end')"
run("-c", code)
run("-b", "-c", code)
run("-bb", "-c", "print(b'a' == 'b')")
run("-bb", "-c", "str(b'')")
run("-b", "-c", "import sys; print(sys.flags.bytes_warning, sys.warnoptions)")
with open("first_line.py", "w") as f:
    f.write("this is no Python\nimport sys\nprint('line', sys._getframe().f_lineno)\n")
run("-x", "first_line.py")
run("-V")
run("--check-hash-based-pycs", "always", "-c", "import _imp; print(_imp.check_hash_based_pycs)")
run("-q", "-i", "-c", "print('x')", text="print('y')\n")


# -X importtime: how long it took is anybody's guess, the columns and what is named are not.
import re


def times(*options, **env):
    done = subprocess.run([sys.executable, *options, "-c", "import json.decoder, json"], capture_output=True, text=True, env=env)
    lines = done.stderr.splitlines()
    print(options, env, done.returncode, lines[:1], all(re.fullmatch(r"import time: +(\d+|cached) +\| +(\d+|cached) +\| +\S+", line) for line in lines[1:]))
    print([re.sub(r"\d+", "", line).replace(" ", "") for line in lines if re.search(r"\d \| +json(\.\w+)?$", line)])
    print("import time: cached    | cached     | json" in lines)


times("-X", "importtime")
times("-X", "importtime=2")
times(PYTHONPROFILEIMPORTTIME="1")
times("-X", "importtime", PYTHONPROFILEIMPORTTIME="2")
run("-X", "importtime=3", "-c", "1")
run("-X", "int_max_str_digits=3", "-c", "1")
run("-X", "int_max_str_digits", "-c", "1")

# Other settings, and what is wrong with them.
show = "import os, sys; f = sys.flags; print(os.cpu_count() == 3, f.thread_inherit_context, f.context_aware_warnings, f.warn_default_encoding)"


def settings(*options, code=show, **env):
    done = subprocess.run([sys.executable, *options, "-c", code], capture_output=True, text=True, env=env)
    print(options, env, done.returncode, done.stdout, done.stderr)


settings("-X", "cpu_count=3")
settings("-X", "cpu_count=default", PYTHON_CPU_COUNT="3")
settings(PYTHON_CPU_COUNT="3")
settings("-X", "cpu_count=0")
settings(PYTHON_CPU_COUNT="many")
settings("-X", "thread_inherit_context=1", PYTHON_THREAD_INHERIT_CONTEXT="0")
settings("-X", "thread_inherit_context")
settings(PYTHON_CONTEXT_AWARE_WARNINGS="1")
settings("-X", "context_aware_warnings=yes")
settings("-X", "gil=1")
settings("-X", "gil=0")
settings(PYTHON_GIL="yes")
settings("-X", "utf8=2")
settings(PYTHONUTF8="no")
settings(PYTHONWARNDEFAULTENCODING="1")
opens = """import io
def opens(**given):
    open("plain.txt", "w", **given).close()
opens()
opens(encoding="utf-8")
opens(encoding="locale")
def pathlike(path, encoding=None):
    return io.text_encoding(encoding), io.text_encoding(encoding, 1)
print(pathlike("x"), pathlike("x", "latin-1"))
io.TextIOWrapper(io.BytesIO())
"""
settings("-X", "warn_default_encoding", code=opens, LC_ALL="C.UTF-8")
threads = """import contextvars, threading, warnings
v = contextvars.ContextVar("v", default=0)
v.set(7)
t = threading.Thread(target=lambda: print(v.get()))
t.start(), t.join()
with warnings.catch_warnings():
    warnings.simplefilter("error")
    t = threading.Thread(target=lambda: print(len(warnings.filters), warnings._get_filters()[0][:1]))
    t.start(), t.join()
    try:
        warnings.warn("as an error")
    except UserWarning as e:
        print(repr(e))
with warnings.catch_warnings(record=True) as log:
    warnings.simplefilter("always")
    warnings.warn("kept")
print([str(w.message) for w in log])
"""
settings("-X", "thread_inherit_context=1", "-X", "context_aware_warnings=1", code=threads)
