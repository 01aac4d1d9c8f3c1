"""Makes a program that differs as small as it gets while it still differs."""
import ast
import time

from prelude import SHARED
from servers import TIME


def differs(engines, text, mode):
    """Do the interpreter and that mode differ, neither by its time, nor by what is no program?"""
    off, other = engines.outputs(text, ["off", mode])
    if off == other or TIME in (off, other) or "SyntaxError" in off:
        return False
    # What the interpreter itself does not run to its end says little, unless the other dies by a signal.
    return "\nstatus" not in off or "status -" in other


# Candidates are edits of the syntax tree.

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


def reduce(engines, text, mode, seconds=600):
    """What all programs begin with stays, if it begins so."""
    start = SHARED if text.startswith(SHARED) else ""
    best = text[len(start):]
    tree = ast.parse(best)
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
                fine = len(candidate) < len(best) and differs(engines, start + candidate, mode)
            except (ValueError, AttributeError, IndexError):
                fine = False
            if fine:
                best, smaller = candidate, True
            else:
                undo()
            if time.monotonic() > deadline:
                break
        tree = ast.parse(best)
    return start + best
