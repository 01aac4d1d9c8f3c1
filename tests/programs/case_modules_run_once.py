# Importing a module runs its statements once; the file that Python was started with is __main__.
import os
import sys
import tempfile

print(__name__, sys.modules["__main__"].__dict__ is globals(), os.path.basename(__file__))
with tempfile.TemporaryDirectory() as directory:
    with open(os.path.join(directory, "counted.py"), "w") as file:
        file.write("print('running', __name__, __spec__.name)\ncount = globals().get('count', 0) + 1\nimport counted as myself\n")
    with open(os.path.join(directory, "broken.py"), "w") as file:
        file.write("print('broken runs')\nvalue = 1\n1 / 0\n")
    sys.path.insert(0, directory)
    import counted
    import counted as again
    from counted import count
    __import__("counted")
    exec("import counted")
    print(counted is again, count, counted.myself is counted)

    def in_function():
        import counted
        return counted

    print(in_function() is counted)
    import importlib
    print(importlib.reload(counted).count, counted.count, count)
    for _ in range(2):
        try:
            import broken
        except ZeroDivisionError as e:
            print(e, "broken" in sys.modules)
    del sys.modules["counted"]
    import counted as fresh
    print(fresh is counted, fresh.count, fresh.__name__, os.path.basename(fresh.__file__))
    sys.modules["refused"] = None
    try:
        import refused
    except ModuleNotFoundError as e:
        print(e, e.name)
    try:
        import no_such_module
    except ModuleNotFoundError as e:
        print(e, e.name, e.path)
    try:
        from counted import no_such_name
    except ImportError as e:
        print(str(e).replace(directory, "DIR"), e.name, e.name_from)
    try:
        import counted.sub
    except ModuleNotFoundError as e:
        print(e)
