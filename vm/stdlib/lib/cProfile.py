"""The interface of `profile`, on the native profiler of `_lsprof`."""

import _lsprof
import marshal
import pstats
import types

__all__ = ["run", "runctx", "Profile"]


def label(code):
    """What statistics call a function: file, line and name. Native functions have only a name."""
    if isinstance(code, str):
        return "~", 0, code
    return code.co_filename, code.co_firstlineno, code.co_name


def _profiled(function, filename, sort):
    profile = Profile()
    try:
        function(profile)
    except SystemExit:
        pass
    finally:
        if filename is None:
            profile.print_stats(sort)
        else:
            profile.dump_stats(filename)


def run(statement, filename=None, sort=-1):
    """Runs a statement in `__main__`, and prints its statistics or writes them into a file."""
    _profiled(lambda profile: profile.run(statement), filename, sort)


def runctx(statement, globals, locals, filename=None, sort=-1):
    """The same with these globals and locals."""
    _profiled(lambda profile: profile.runctx(statement, globals, locals), filename, sort)


class Profile(_lsprof.Profiler):
    """Profile(timer=None, timeunit=0.0, subcalls=True, builtins=True): counts calls and takes their time."""

    def print_stats(self, sort=-1):
        keys = sort if isinstance(sort, tuple) else (sort,)
        pstats.Stats(self).strip_dirs().sort_stats(*keys).print_stats()

    def dump_stats(self, file):
        self.create_stats()
        with open(file, "wb") as f:
            marshal.dump(self.stats, f)

    def create_stats(self):
        self.disable()
        self.snapshot_stats()

    def snapshot_stats(self):
        # {function: (calls that are no recursion, calls, time in itself, time with callees, the same by caller)}
        self.stats = stats = {}
        entries = self.getstats()
        for entry in entries:
            function = label(entry.code)
            numbers = _numbers(entry)
            if function in stats:
                # Several functions of one place and name: lambdas in one line, for example.
                old = stats[function]
                numbers = tuple(map(sum, zip(numbers, old)))
            stats[function] = (*numbers, {})
        for entry in entries:
            caller = label(entry.code)
            for call in entry.calls or ():
                callers = stats[label(call.code)][4]
                # Here all calls come before those that are no recursion: readers of statistics know it so.
                once, every, *times = _numbers(call)
                numbers = every, once, *times
                if caller in callers:
                    numbers = tuple(map(sum, zip(numbers, callers[caller])))
                callers[caller] = numbers

    def run(self, statement):
        import __main__
        return self.runctx(statement, __main__.__dict__, __main__.__dict__)

    def runctx(self, statement, globals, locals):
        self.enable()
        try:
            exec(statement, globals, locals)
        finally:
            self.disable()
        return self

    def runcall(self, function, /, *args, **kwargs):
        self.enable()
        try:
            return function(*args, **kwargs)
        finally:
            self.disable()

    def __enter__(self):
        self.enable()
        return self

    def __exit__(self, *raised):
        self.disable()


def _numbers(entry):
    return entry.callcount - entry.reccallcount, entry.callcount, entry.inlinetime, entry.totaltime


def main():
    import argparse
    import importlib.machinery
    import io
    import os
    import runpy
    import sys

    parser = argparse.ArgumentParser(prog="cProfile", description="Profile a script or a module.")
    parser.add_argument("-o", "--outfile", help="write the statistics to a file instead of printing them")
    parser.add_argument("-s", "--sort", default=2, choices=sorted(pstats.Stats.sort_arg_dict_default),
                        help="what the printed statistics are sorted by")
    parser.add_argument("-m", dest="module", action="store_true", help="profile a library module")
    parser.add_argument("program", help="the script, or with -m the module")
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    if options.outfile is not None:
        # The program may change the current folder.
        options.outfile = os.path.abspath(options.outfile)
    sys.argv[:] = [options.program, *options.arguments]
    if options.module:
        code = "runpy.run_module(name, run_name='__main__')"
        names = {"runpy": runpy, "name": options.program}
    else:
        sys.path.insert(0, os.path.dirname(options.program))
        with io.open_code(options.program) as f:
            code = compile(f.read(), options.program, "exec")
        module = types.ModuleType("__main__")
        module.__dict__.update(
            __spec__=importlib.machinery.ModuleSpec("__main__", None, origin=options.program),
            __file__=options.program, __cached__=None)
        # What looks for the program's module finds it.
        sys.modules["__main__"] = module
        names = module.__dict__
    try:
        runctx(code, names, None, options.outfile, options.sort)
    except BrokenPipeError as error:
        # A pager was closed.
        sys.stdout = None
        sys.exit(error.errno)


if __name__ == "__main__":
    main()
