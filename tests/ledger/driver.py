"""Runs one file of CPython's test suite, case by case, in the Python that is tested. Started by ../ledger.py.

    driver.py FD MODULE < names of cases not to run, one a line

Writes one JSON line for each event to the file descriptor FD, before anything else can go wrong with the process:
["all", [case, ...]] once, then ["start", case], ["end", case, outcome, reason], and ["done"].
"""

import json
import os
import sys
import unittest


def main():
    descriptor, name = int(sys.argv[1]), sys.argv[2]
    process = os.getpid()
    left_out = set(sys.stdin.read().split("\n"))

    def send(*event):
        # A child that a test forked and forgot must not write.
        if os.getpid() == process:
            os.write(descriptor, json.dumps(event).encode() + b"\n")

    # Brolga has none of CPython's C test modules: see stand-ins/.
    sys.path.pop(0)
    if sys.implementation.name != "cpython":
        sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "stand-ins"))
    # What libregrtest sets for a run without -u and -v.
    from test import support
    support.use_resources = []
    support.verbose = 0
    # Cases marked as CPython's own implementation details run, too: bytecode, for one, is no detail here.
    def check_impl_detail(**guards):
        guards, default = support._parse_guards(guards)
        return guards.get("cpython", default)

    support.check_impl_detail = check_impl_detail
    sys.argv[1:] = []

    names = {}

    def flatten(suite):
        for test in suite:
            if isinstance(test, unittest.TestSuite):
                yield from flatten(test)
            else:
                yield test

    def unique(test):
        """The case's name, with a number where a file has several of the same."""
        found = test.id().removeprefix("test.").replace("\n", " ").replace("\t", " ")
        file = name.removeprefix("test.")
        if not found.startswith(file + "."):
            # A doctest of the library's.
            found = f"{file}.{found}"
        seen = names[found] = names.get(found, 0) + 1
        return found if seen == 1 else f"{found}#{seen}"

    def why(error):
        """The last line that says something, and where it was raised."""
        kind, value, _ = error
        try:
            text = str(value)
        except Exception as e:
            text = f"(its str() raises {type(e).__name__})"
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        text = " | ".join(lines[:2] + (["..."] if len(lines) > 2 else []))
        return f"{kind.__name__}: {text}"[:300]

    def tools():
        monitoring = getattr(sys, "monitoring", None)
        return {i for i in range(6) if monitoring.get_tool(i) is not None} if monitoring else set()

    tools_before = tools()

    class Result(unittest.TestResult):
        def startTest(self, test):
            super().startTest(test)
            self.outcome = ("pass", "")
            send("start", test.case_name)

        def worse(self, test, outcome, reason):
            case = getattr(test, "case_name", None)
            if case is None:
                # Not a case: setUpClass, setUpModule, or what took their place. The cases that it takes with it are
                # missing from the record, and this says why.
                send("end", f"({test.id().removeprefix('test.')})", outcome, reason)
            elif self.outcome[0] == "pass" or outcome != "skip":
                self.outcome = (outcome, reason)

        def addError(self, test, err):
            self.worse(test, "fail", why(err))

        def addFailure(self, test, err):
            self.worse(test, "fail", why(err))

        def addSubTest(self, test, subtest, err):
            if err is not None:
                self.worse(test, "fail", f"{why(err)} {subtest._subDescription()}"[:360])

        def addSkip(self, test, reason):
            # A skipped part (subTest) leaves the case what it is.
            if not hasattr(test, "test_case"):
                self.worse(test, "skip", str(reason))

        def addExpectedFailure(self, test, err):
            self.worse(test, "expected failure", "")

        def addUnexpectedSuccess(self, test):
            self.worse(test, "fail", "unexpected success")

        def stopTest(self, test):
            super().stopTest(test)
            # A case that failed in its setUp leaves what it had asked of sys.monitoring, and the next ones must not fail by that.
            if self.outcome[0] == "fail":
                for tool in tools() - tools_before:
                    sys.monitoring.free_tool_id(tool)
            send("end", test.case_name, *self.outcome)

    loader = unittest.TestLoader()
    try:
        __import__(name)
    except Exception as error:
        outcome = "skip" if isinstance(error, unittest.SkipTest) else "fail"
        send("end", f"({name.removeprefix('test.')})", outcome, why((type(error), error, None)))
        send("all", [])
        send("done")
        raise
    tests = list(flatten(loader.loadTestsFromModule(sys.modules[name])))
    for error in loader.errors:
        send("end", f"({name.removeprefix('test.')})", "fail", error.strip().splitlines()[-1])
    for test in tests:
        test.case_name = unique(test)
    send("all", [test.case_name for test in tests])
    unittest.TestSuite(test for test in tests if test.case_name not in left_out).run(Result())
    send("done")
    # What the tests left behind (threads, handlers) has no part in the record.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
