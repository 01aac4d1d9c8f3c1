#!/usr/bin/env bash
# Counts the indirect jumps of the interpreter's loop: one for each handler, if the flags of .cargo/config.toml have had
# their effect (docs/interpreter.md); a single shared one makes the interpreter nearly half as fast. Of the two loops, the
# one without events is the one that has them.
set -euo pipefail
cd "$(dirname "$0")/.."
jumps=$(objdump -d -C --no-show-raw-insn -j .text target/release/brolga |
    awk '/^[0-9a-f]+ <brolga_runtime::interp::execute::execute(::<.*>)?>:/ { inside = 1; n = 0 } /^$/ { inside = 0 }
         inside && /[ \t](jmp +\*|br\t)/ && ++n > most { most = n } END { print most + 0 }')
echo "indirect jumps in the interpreter: $jumps"
[[ $jumps -ge 100 ]]
