#!/usr/bin/env python3
"""Random programs under every engine.

    tests/fuzz/fuzz.py BROLGA [--seeds FROM-TO] [--seconds N] [--jobs N] [--cpython PYTHON] [--save FOLDER] [--reduce] [--one]
    tests/fuzz/fuzz.py BROLGA --reduce PROGRAM.py MODE
    tests/fuzz/fuzz.py BROLGA --planted [FROM-TO]

Makes the program of each seed (generate.py), runs it in the interpreter, and in each of several modes of the JIT: what it
writes must be the same. With --cpython the interpreter is compared with that Python, too; with --one each program runs in
one of the modes only, twice as many in the same time. A program that differs goes into the folder (tests/fuzz/found unless told), with --reduce made as small as it gets while it still differs. The second form reduces a
program that is there: MODE is a name of MODES below. The third, with a build of `--features planted`, says after how many programs
each of the planted bugs (jit/src/planted.rs) is found. This script runs under Brolga as well as under another Python.
"""
import ast
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import generate

MODES = {
    "off": ["-X", "jit=off"],
    # With `count` no compilation is put off, however slow the machine is.
    "on": ["-X", "jit=on", "-X", "jit-threshold=8", "-X", "jit-stress=count"],
    "on-later": ["-X", "jit=on", "-X", "jit-threshold=25,12", "-X", "jit-stress=count"],
    "eager": ["-X", "jit=eager"],
    "nofast": ["-X", "jit=nofast", "-X", "jit-threshold=8"],
    "stress": ["-X", "jit=on", "-X", "jit-threshold=8", "-X", "jit-stress=all:every=5"],
    "stress-seldom": ["-X", "jit=on", "-X", "jit-threshold=4", "-X", "jit-stress=all:every=83"],
    "gc": ["-X", "jit=on", "-X", "jit-threshold=8", "-X", "gc-stress"],
}
# Modes of a seed: two always, the others by turns.
TURNS = ["stress", "nofast", "stress-seldom", "on-later", "stress", "eager", "on-later", "stress-seldom", "stress", "on-later",
         "stress-seldom", "stress", "gc", "on-later", "stress", "nofast"]
# Processor time that the interpreter may take for a program: one in some 400 never ends. The JIT's modes may take longer.
SECONDS = 4
PATIENCE = 60
# How much longer a process may wait for the processor.
LOAD = 20
# Bugs of a build with the cargo feature `planted`, and after how many programs each is to be found.
PLANTED = 20
PLANTED_PROGRAMS = 10_000


def modes_of(seed, one=False):
    if one:
        return [TURNS[seed // 2 % len(TURNS)] if seed % 2 else "on"]
    return ["on", TURNS[seed % len(TURNS)]]


def start(command, path, seconds=PATIENCE):
    def limit():
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))

    return subprocess.Popen([*command, path], stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
                            env={**os.environ, "PYTHONHASHSEED": "0"}, preexec_fn=limit)


def start_all(commands, path):
    """The first is the interpreter."""
    return [start(command, path, PATIENCE if k else SECONDS) for k, command in enumerate(commands)]


def finish(process, seconds=PATIENCE * LOAD):
    """What it wrote and how it ended."""
    try:
        out, errors = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return "TIME"
    if process.returncode == -signal.SIGXCPU:
        return "TIME"
    text = out.decode(errors="replace")
    if process.returncode != 0:
        last = errors.decode(errors="replace").strip().split("\n")[-1]
        text += f"\nstatus {process.returncode} {last[:200]}"
    return text


def finish_all(processes):
    """Of each what it wrote; the first is the interpreter: if it does not end, nor need the others."""
    first = finish(processes[0])
    return [first] + [finish(p, 0 if first == "TIME" else PATIENCE * LOAD) for p in processes[1:]]


class Engines:
    def __init__(self, brolga, cpython):
        self.brolga, self.cpython = brolga, cpython

    def command(self, mode):
        if mode == "cpython":
            return [self.cpython, "-I", "-S", "-W", "ignore"]
        return [self.brolga, "-I", "-S", "-W", "ignore", *MODES[mode]]

    def outputs(self, path, modes):
        return finish_all(start_all([self.command(mode) for mode in modes], path))


def differs(engines, text, mode, folder):
    """Do the interpreter and that mode still differ, neither by its time, nor by what is no program?"""
    path = os.path.join(folder, "candidate.py")
    with open(path, "w") as file:
        file.write(text)
    off, other = engines.outputs(path, ["off", mode])
    if off == other or "TIME" in (off, other) or "SyntaxError" in off:
        return False
    # What the interpreter itself does not run to its end says little, unless the other dies by a signal.
    return "\nstatus" not in off or "status -" in other


def find_planted(engines, number, first, most, folder):
    """The first seed whose program differs where bug `number` is planted, or None; and how many programs that took."""
    for seed in range(first, first + most):
        path = os.path.join(folder, "planted.py")
        with open(path, "w") as file:
            file.write(generate.program(seed))
        modes = ["off", "on", TURNS[seed % len(TURNS)]]
        commands = [engines.command(m) + (["-X", f"jit-plant={number}"] if m != "off" else []) for m in modes]
        outputs = finish_all(start_all(commands, path))
        if outputs[0] != "TIME" and any(o != outputs[0] for o in outputs[1:]):
            return seed, seed - first + 1
    return None, most


# Reducing: candidates are edits of the syntax tree.

def blocks(tree):
    for node in ast.walk(tree):
        for field in ("body", "orelse", "finalbody", "handlers"):
            block = getattr(node, field, None)
            if isinstance(block, list) and block:
                yield node, field, block


def removals(tree):
    """Functions that change the tree and give what undoes it."""
    for node, field, block in list(blocks(tree)):
        size = len(block)
        while size > 0:
            for at in range(0, len(block), size):
                def change(node=node, field=field, at=at, size=size):
                    block = getattr(node, field)
                    old = list(block)
                    del block[at:at + size]
                    if not block and field == "body" and not isinstance(node, ast.Module):
                        if len(old) == 1 and isinstance(old[0], ast.Pass):
                            block[:] = old
                            return None
                        block.append(ast.Pass())
                    return lambda: block.__setitem__(slice(None), old)
                yield change
            size //= 2
    for node, field, block in list(blocks(tree)):
        for at, statement in enumerate(block):
            for inner in ("body", "orelse", "finalbody"):
                inside = getattr(statement, inner, None)
                if isinstance(inside, list) and inside and not isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
                    def change(block=block, statement=statement, inside=inside):
                        if statement not in block:
                            return None
                        old = list(block)
                        at = block.index(statement)
                        block[at:at + 1] = inside
                        return lambda: block.__setitem__(slice(None), old)
                    yield change
    for node in list(ast.walk(tree)):
        for field, value in list(ast.iter_fields(node)):
            values = value if isinstance(value, list) else [value]
            for at, child in enumerate(values):
                if not isinstance(child, ast.expr):
                    continue
                smaller = [c for c in ast.iter_child_nodes(child) if isinstance(c, ast.expr)]
                if not isinstance(child, (ast.Constant, ast.Name)):
                    smaller += [ast.Constant(1), ast.Constant(0.5)]
                for other in smaller:
                    if isinstance(getattr(child, "ctx", None), (ast.Store, ast.Del)):
                        continue

                    def change(node=node, field=field, at=at, child=child, other=other, listed=isinstance(value, list)):
                        if listed:
                            items = getattr(node, field)
                            if at >= len(items) or items[at] is not child:
                                return None
                            items[at] = other
                            return lambda: items.__setitem__(at, child)
                        if getattr(node, field) is not child:
                            return None
                        setattr(node, field, other)
                        return lambda: setattr(node, field, child)
                    yield change


def reduce(engines, text, mode, folder, seconds=600):
    tree = ast.parse(text)
    best = text
    deadline = time.monotonic() + seconds
    smaller = True
    while smaller and time.monotonic() < deadline:
        smaller = False
        for change in removals(tree):
            undo = change()
            if undo is None:
                continue
            try:
                candidate = ast.unparse(ast.fix_missing_locations(tree)) + "\n"
                fine = len(candidate) < len(best) and differs(engines, candidate, mode, folder)
            except (ValueError, AttributeError, IndexError):
                fine = False
            if fine:
                best, smaller = candidate, True
            else:
                undo()
            if time.monotonic() > deadline:
                break
        tree = ast.parse(best)
    return best


def main(arguments):
    engines = Engines(os.path.abspath(arguments[0]), None)
    first, last, seconds, jobs = 0, 10**9, 10**9, 2
    save = os.path.join(os.path.dirname(os.path.abspath(__file__)), "found")
    reducing, one = False, False
    rest = iter(arguments[1:])
    for option in rest:
        if option == "--seeds":
            first, last = map(int, next(rest).split("-"))
        elif option == "--seconds":
            seconds = int(next(rest))
        elif option == "--jobs":
            jobs = int(next(rest))
        elif option == "--cpython":
            engines.cpython = next(rest)
        elif option == "--save":
            save = next(rest)
        elif option == "--one":
            one = True
        elif option == "--planted":
            missed = 0
            low, high = map(int, next(rest, f"1-{PLANTED}").split("-"))
            with tempfile.TemporaryDirectory() as folder:
                for number in range(low, high + 1):
                    seed, programs = find_planted(engines, number, first, PLANTED_PROGRAMS, folder)
                    missed += seed is None
                    print(f"bug {number}: " + ("not found in" if seed is None else f"seed {seed}, program"), programs, flush=True)
            print(f"{high - low + 1 - missed} passed, {missed} failed")
            return 1 if missed else 0
        elif option == "--reduce":
            reducing = True
            program = next(rest, None)
            if program and program.endswith(".py"):
                with open(program) as file, tempfile.TemporaryDirectory() as folder:
                    print(reduce(engines, file.read(), next(rest), folder), end="")
                return 0
        else:
            print(f"unknown option {option}", file=sys.stderr)
            return 2
    begun = time.monotonic()
    done = failed = runs = timed_out = 0
    running = []

    def check(seed, path, text, modes, processes):
        nonlocal done, failed, runs, timed_out
        outputs = finish_all(processes)
        runs += len(outputs)
        done += 1
        timed_out += outputs[0] == "TIME"
        for mode, output in zip(modes[1:], outputs[1:]):
            if output == outputs[0] or outputs[0] == "TIME":
                continue
            failed += 1
            os.makedirs(save, exist_ok=True)
            name = os.path.join(save, f"{seed}-{mode}.py")
            print(f"seed {seed}: {mode} differs from off: {name}", flush=True)
            if reducing and mode != "cpython":
                with tempfile.TemporaryDirectory() as folder:
                    text = reduce(engines, text, mode, folder)
            with open(name, "w") as file:
                file.write(text)
        os.remove(path)

    with tempfile.TemporaryDirectory() as folder:
        for seed in range(first, last + 1):
            if time.monotonic() - begun > seconds:
                break
            text = generate.program(seed)
            path = os.path.join(folder, f"{seed}.py")
            with open(path, "w") as file:
                file.write(text)
            modes = ["off"] + modes_of(seed, one) + (["cpython"] if engines.cpython else [])
            running.append((seed, path, text, modes, start_all([engines.command(mode) for mode in modes], path)))
            if len(running) >= jobs:
                check(*running.pop(0))
        for run in running:
            check(*run)
    print(f"seeds {first} to {first + done - 1}: {done} programs, {runs} runs, {timed_out} without an end, "
          f"{time.monotonic() - begun:.0f} s")
    print(f"{done - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
