# What a module's names hold at a program's end, as text: one line a name. Runs under Brolga and CPython alike, calls no
# method of the program's classes, and names no address.
def _make():
    import os
    import sys
    import zlib

    plain = (type(None), bool, float, complex, str, bytes, type(Ellipsis), type(NotImplemented))
    bases = (int, float, str, bytes, bytearray)
    most = 200_000
    longest = 200

    def show(value, seen, depth):
        seen["count"] += 1
        if depth > 40 or seen["count"] > most:
            return "..."
        kind = type(value)
        if kind is int:
            return str(value) if -(10**18) < value < 10**18 else hex(value)
        if kind in plain:
            return repr(value)
        if id(value) in seen:
            return f"<seen {seen[id(value)]}>"
        name = kind.__qualname__
        if kind is type(_make) or issubclass(kind, type):
            return f"<{name} {value.__qualname__}>"
        if kind is type(sys):
            return f"<module {value.__name__}>"
        if not issubclass(kind, (tuple, frozenset)):
            # Which immutable objects are one and the same is nobody's business.
            seen[id(value)] = len(seen)
            seen["kept"].append(value)
        deeper = depth + 1
        if issubclass(kind, (list, tuple)):
            each = list.__iter__ if issubclass(kind, list) else tuple.__iter__
            text = f"{name}({', '.join([show(v, seen, deeper) for v in each(value)])})"
        elif issubclass(kind, (set, frozenset)):
            # Their order is not fixed.
            each = set.__iter__ if issubclass(kind, set) else frozenset.__iter__
            text = f"{name}({', '.join(sorted([show(v, dict(seen), deeper) for v in each(value)]))})"
        elif issubclass(kind, dict):
            items = [f"{show(k, seen, deeper)}: {show(v, seen, deeper)}" for k, v in dict.items(value)]
            text = f"{name}({', '.join(items)})"
        elif issubclass(kind, bases):
            base = next(base for base in bases if issubclass(kind, base))
            text = f"{name}({base.__repr__(value)})"
        else:
            text = f"<{name}>"
        try:
            attributes = object.__getattribute__(value, "__dict__")
        except AttributeError:
            attributes = None
        if type(attributes) is dict:
            items = [f"{k}={show(v, seen, deeper)}" for k, v in dict.items(attributes) if type(k) is str]
            text += f" {{{', '.join(items)}}}"
        return text

    def write(path, process):
        if os.getpid() != process:
            return
        limit = sys.getrecursionlimit()
        sys.setrecursionlimit(max(limit, 5000))
        module = sys.modules.get("__main__")
        names = dict(vars(module)) if module is not None else {}
        lines = []
        for name in sorted(n for n in names if type(n) is str and not (n.startswith("__") and n.endswith("__"))):
            try:
                text = show(names[name], {"count": 0, "kept": []}, 0)
            except RecursionError:
                text = "<too deep>"
            if len(text) > longest:
                mark = zlib.crc32(text.encode("utf-8", "backslashreplace"))
                text = f"{text[:longest]}... {len(text)} characters, {mark:08x}"
            lines.append(f"{name} = {text}")
        used = [m for m in ("socket", "subprocess", "threading", "multiprocessing", "asyncio") if m in sys.modules]
        with open(path, "w", encoding="utf-8", errors="backslashreplace", newline="") as file:
            file.write("# " + " ".join(used) + "\n")
            file.writelines(line.replace("\n", "\\n").replace("\r", "\\r") + "\n" for line in lines)
        sys.setrecursionlimit(limit)

    return write
