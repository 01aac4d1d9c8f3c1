"""Writes tests/data/opcodes.txt from CPython 3.14, one opcode a line; run with that Python.

number name caches flags effects: flags are letters (a argument, c const, n name, l local, f free, j jump, x compare),
effects the stack effects for arguments 0, 1, 2, 3, 7 as "stay/jump".
"""
import _opcode, dis, opcode, sys

for name, number in sorted(opcode.opmap.items(), key=lambda item: item[1]):
    if number > 255 or name in opcode._specialized_opmap:
        continue
    has = {"a": number in dis.hasarg, "c": number in dis.hasconst, "n": number in dis.hasname, "l": number in dis.haslocal,
           "f": number in dis.hasfree, "j": number in dis.hasjump, "x": number in dis.hascompare}
    args = (0, 1, 2, 3, 7) if has["a"] else (0,)
    effects = ",".join(f"{_opcode.stack_effect(number, a if has['a'] else None, jump=False)}/"
                       f"{_opcode.stack_effect(number, a if has['a'] else None, jump=True)}" for a in args)
    print(number, name, opcode._inline_cache_entries.get(name, 0), "".join(k for k, v in has.items() if v) or "-", effects)
