"""Compares our compiler with CPython 3.14 over its library; run with CPython 3.14.

    compare_lib.py COMPILE_LIB_BINARY LIB_DIR [--optimize N] [--verbose]

Prints how many files and code objects have identical fields, and how many marshal streams are identical byte for byte.
"""
import marshal, os, subprocess, sys, tempfile, types, warnings

FIELDS = ("co_code co_names co_varnames co_cellvars co_freevars co_flags co_stacksize co_exceptiontable co_linetable "
          "co_name co_qualname co_firstlineno co_argcount co_posonlyargcount co_kwonlyargcount co_nlocals co_filename").split()


def constant(c):
    if isinstance(c, types.CodeType):
        return "code"
    if isinstance(c, (tuple, frozenset)):
        items = [constant(i) for i in c]
        return (type(c).__name__, sorted(items, key=repr) if isinstance(c, frozenset) else items)
    return (type(c).__name__, repr(c))


def compare(ours, theirs, report):
    total, same = 1, 1
    for field in FIELDS:
        if getattr(ours, field) != getattr(theirs, field):
            report(theirs, field, getattr(ours, field), getattr(theirs, field))
            same = 0
    a, b = [constant(c) for c in ours.co_consts], [constant(c) for c in theirs.co_consts]
    if a != b:
        report(theirs, "co_consts", a, b)
        same = 0
    codes = [[c for c in o.co_consts if isinstance(c, types.CodeType)] for o in (ours, theirs)]
    for x, y in zip(*codes):
        t, s = compare(x, y, report)
        total, same = total + t, same + s
    return total, same


def main():
    args = sys.argv[1:]
    optimize = int(args.pop(args.index("--optimize") + 1)) if "--optimize" in args else 0
    verbose = "--verbose" in args
    binary, lib = args[0], args[1]
    paths = []
    for folder, _, names in os.walk(lib):
        paths += [os.path.join(folder, n) for n in names if n.endswith(".py")]
    paths = sorted(p for p in paths if os.path.exists(p))
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as out:
        with open(os.path.join(out, "list"), "w") as f:
            f.write("\n".join(paths))
        subprocess.run([binary, out, os.path.join(out, "list"), str(optimize)], check=True)
        files = identical = codes = same_codes = streams = rejected = wrongly = 0
        for n, path in enumerate(paths):
            source = open(path, "rb").read()
            bin = os.path.join(out, f"{n}.bin")
            try:
                theirs = compile(source, path, "exec", dont_inherit=True, optimize=optimize)
            except (SyntaxError, ValueError):
                rejected += 1
                if os.path.exists(bin):
                    print("accepted, but CPython does not:", path)
                continue
            files += 1
            if not os.path.exists(bin):
                wrongly += 1
                continue
            data = open(bin, "rb").read()
            ours = marshal.loads(data)
            def report(code, field, a, b):
                if verbose:
                    print(f"{path}:{code.co_firstlineno} {code.co_qualname} {field}\n  {str(a)[:200]}\n  {str(b)[:200]}")
            total, same = compare(ours, theirs, report)
            codes, same_codes = codes + total, same_codes + same
            identical += total == same
            if total == same:
                stream = marshal.dumps(theirs)
                if data == stream:
                    streams += 1
                elif verbose:
                    at = next((i for i, (x, y) in enumerate(zip(data, stream)) if x != y), min(len(data), len(stream)))
                    print(f"stream {path} at {at}: {data[at-20:at+20]} {stream[at-20:at+20]}")
    print(f"{files} files ({rejected} not valid, {wrongly} wrongly refused): {identical} identical; "
          f"{codes} code objects: {same_codes} identical; {streams} marshal streams identical")
    return 0


sys.exit(main())
