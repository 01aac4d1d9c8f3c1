"""What pyperformance's programs ask of `pyperf`, so that they run unchanged under this suite's measurement."""
import argparse
import sys
import time

from measure import measure, text_of

clock = perf_counter = time.process_time


def python_implementation():
    return sys.implementation.name


def python_has_jit():
    return sys.implementation.name == "pypy"


class Runner:
    def __init__(self, *args, **options):
        self.argparser = argparse.ArgumentParser()
        self.metadata = {}
        self.args = self.timeout = None

    def parse_args(self, args=None):
        if self.args is None:
            self.args = self.argparser.parse_args(args)
        return self.args

    def bench_func(self, name, func, *args, inner_loops=1, metadata=None):
        self.parse_args()
        last = None

        def timed(loops):
            nonlocal last
            begun = clock()
            for _ in range(loops):
                last = func(*args)
            return clock() - begun

        measure(name, timed, lambda: text_of(last))

    def bench_time_func(self, name, func, *args, inner_loops=1, metadata=None):
        self.parse_args()
        measure(name, lambda loops: func(loops, *args))

    def bench_async_func(self, name, func, *args, inner_loops=1, metadata=None, loop_factory=None):
        import asyncio

        self.parse_args()

        async def main(loops):
            begun = clock()
            for _ in range(loops):
                await func(*args)
            return clock() - begun

        def timed(loops):
            if loop_factory is None:
                return asyncio.run(main(loops))
            with asyncio.Runner(loop_factory=loop_factory) as runner:
                return runner.run(main(loops))

        measure(name, timed)

    def bench_command(self, name, command):
        raise SystemExit("programs that measure other commands are not supported")
