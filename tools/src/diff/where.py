# Reads a source from standard input, and prints the lines and instructions at code units FIRST to LAST of the function that
# begins at LINE and is called NAME.
import dis
import sys

line, name, first, last = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
source = sys.stdin.buffer.read()
todo = [compile(source, "<source>", "exec")]
lines = source.decode("utf-8", "replace").splitlines()
while todo:
    code = todo.pop()
    todo.extend(c for c in code.co_consts if type(c) is type(code))
    if code.co_firstlineno != line or code.co_qualname != name:
        continue
    shown = None
    for i in dis.get_instructions(code):
        if not first <= i.offset // 2 <= last:
            continue
        if i.positions.lineno != shown:
            shown = i.positions.lineno
            text = lines[shown - 1].strip() if shown and shown <= len(lines) else ""
            print(f"line {shown}: {text}")
        print(f"  {i.opname} {i.argrepr}".rstrip())
    break
