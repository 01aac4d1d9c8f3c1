# Audit hooks.
import os
import sys

log = []
on = False


def hook(event, args):
    if on:
        log.append((event, args))
        if event == "test.forbidden":
            raise PermissionError("no")


sys.addaudithook(hook)


def audited(f, *args):
    global on
    on = True
    try:
        result = f(*args)
    except Exception as e:
        result = repr(e)
    on = False
    print(getattr(f, "__name__", f), result if not hasattr(result, "co_name") else "code")
    for event, args in log:
        print("   ", event, args)
    log.clear()


audited(sys.audit, "test.event", 1, "two", None)
audited(sys.audit, "test.forbidden")
try:
    sys.audit(5)
except TypeError as e:
    print(e)
audited(sys.settrace, None)
audited(sys.setprofile, None)
audited(compile, "1 + 1", "<text>", "eval")
audited(os.listdir, "/nonexistent")
audited(os.mkdir, "/nonexistent/x")
audited(os.remove, "/nonexistent")
audited(os.rename, "/nonexistent", "/other")
audited(os.rmdir, "/nonexistent")
audited(os.chmod, "/nonexistent", 0)
audited(os.open, "/nonexistent", os.O_RDONLY)
audited(open, "/nonexistent")
audited(os.truncate, "/nonexistent", 0)
audited(os.symlink, "a", "/nonexistent/b")
audited(os.link, "/nonexistent", "/nonexistent2")
audited(os.scandir, "/nonexistent")
audited(os.chdir, "/nonexistent")


# A hook may refuse another.
def refuse(event, args):
    if event == "sys.addaudithook":
        raise RuntimeError("refused")


sys.addaudithook(refuse)
calls = []
sys.addaudithook(lambda *args: calls.append(args))
sys.audit("x")
print(calls)
