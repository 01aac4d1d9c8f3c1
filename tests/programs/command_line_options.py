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
