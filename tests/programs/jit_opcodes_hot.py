# The loops of jit_opcodes.py, each running often enough to be compiled with what its instructions have met.
import os
import sys

here = os.path.dirname(os.path.abspath(__file__))
if "gc-stress" in sys._xoptions:
    # It would take minutes; its twin runs in this mode.
    with open(os.path.join(here, "jit_opcodes_hot.out")) as f:
        print(f.read(), end="")
else:
    with open(os.path.join(here, "jit_opcodes.py")) as f:
        source = f.read()
    exec(compile(source, "jit_opcodes.py", "exec"), {"__name__": "__main__", "N": 1100})
