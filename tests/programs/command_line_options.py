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
