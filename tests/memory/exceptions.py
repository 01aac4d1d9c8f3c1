"""Exceptions with causes, contexts, notes and tracebacks; `with`, `finally`, groups."""
LEFT = []


class Within:
    def __enter__(self):
        return [1]

    def __exit__(self, kind, value, traceback):
        LEFT.append(kind and kind.__name__)
        return kind is KeyError


class Own(ValueError):
    def __init__(self, *args):
        super().__init__(*args)
        self.more = list(args)


def work():
    LEFT.clear()
    found = []
    for i in range(8):
        try:
            try:
                with Within() as w:
                    if i % 3 == 0:
                        raise KeyError(i)
                    w.append(10 // (i % 4))
                    if i == 7:
                        raise Own(i, "seven")
            except ZeroDivisionError as e:
                e.add_note("noted")
                raise Own(str(e)) from e
            finally:
                found.append(i)
        except Own as e:
            entries, entry = 0, e.__traceback__
            while entry:
                entries += entry.tb_lineno > 0
                entry = entry.tb_next
            # (Where there is no memory for its entry a traceback goes without.)
            found.append((e.more, repr(e), repr(e.__cause__), getattr(e.__cause__, "__notes__", None), entries < 2))
    try:
        raise ExceptionGroup("g", [ValueError(1), KeyError(2)])
    except* ValueError as group:
        found.append(repr(group))
    except* KeyError as group:
        found.append(len(group.exceptions))
    return found, LEFT


for _ in range(4):
    try:
        result = work()
        break
    except MemoryError:
        pass
print(result)
