import subprocess, sys, os, signal

print(subprocess.run(["echo", "hi"], capture_output=True, text=True))
print(subprocess.check_output("echo a; exit 0", shell=True))
p = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
print(p.communicate(b"x" * 200000)[0] == b"x" * 200000, p.returncode)
for args, kwargs in [(["/nonexistent"], {}), (["ls"], {"cwd": "/nonexistent"}), (["sleep", "5"], {"timeout": 0.1})]:
    try:
        subprocess.run(args, **kwargs)
    except (OSError, subprocess.TimeoutExpired) as e:
        print(type(e).__name__, e)
try:
    subprocess.run("exit 3", shell=True, check=True)
except subprocess.CalledProcessError as e:
    print(e)


def before():
    os.write(1, b"in the child\n")


print(subprocess.run(["true"], preexec_fn=before, capture_output=True))


def fails():
    raise ValueError


try:
    subprocess.run(["true"], preexec_fn=fails)
except subprocess.SubprocessError as e:
    print(type(e), e)
print(subprocess.run(["sh", "-c", "kill -9 $$"]).returncode)
r, w = os.pipe()
print(w in map(int, subprocess.run(["ls", "/proc/self/fd"], pass_fds=(w,), capture_output=True).stdout.split()))
print(r in map(int, subprocess.run(["ls", "/proc/self/fd"], pass_fds=(w,), capture_output=True).stdout.split()))
print(subprocess.run(["env"], env={"A": "b"}, capture_output=True).stdout)
print(subprocess.run([sys.executable, "-c", "import sys; print(1); print(2, file=sys.stderr); sys.exit(4)"], capture_output=True).returncode)
print(subprocess.getoutput("echo q"), subprocess.getstatusoutput("exit 5"))
p = subprocess.Popen(["sh", "-c", "read x; echo got $x >&2"], stdin=subprocess.PIPE, stderr=subprocess.STDOUT, stdout=subprocess.PIPE, text=True)
print(p.poll(), p.communicate("line\n"), p.wait())
p = subprocess.Popen(["sleep", "10"], start_new_session=True)
p.send_signal(signal.SIGTERM)
print(p.wait(), p)
with subprocess.Popen(["printf", "1\\n2\\n"], stdout=subprocess.PIPE, text=True) as p:
    print(list(p.stdout))
