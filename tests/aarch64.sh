#!/usr/bin/env bash
# The JIT on aarch64: builds Brolga for it, and runs it under emulation on this machine (x86-64, Debian 12).
#
#   tests/aarch64.sh [--sample] [--within SECONDS]
#
# 1. The tests of the crate `jit` (not with --sample).
# 2. Programs of tests/programs in the modes off, on and eager, against their recorded output.
# 3. The same programs in eager mode on both machines: what the JIT logs (units, operations, exits and how often each was
#    taken) must be equal, but for the code's size and the time.
# 4. Loops of tests/loops are interrupted (tests/interrupts.py; not with --sample).
#
# --sample takes a few programs, those of tests/aarch64/sample.txt; otherwise all jit_* and case_*. --within: a build that is not
# done a minute before that time is left for the next time, and nothing is tested. The tools (a cross compiler, a Rust compiler with its library for the target, an emulator) are those that
# tests/aarch64/setup.sh puts into AARCH64_TOOLS (/opt/aarch64-cross). Without an optimised compiler of its own the build takes
# the compiled library from the usual build, which must be there (cargo build --release).
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2
tools=${AARCH64_TOOLS:-/opt/aarch64-cross}
sample=false within=0
while [[ $# -gt 0 ]]; do
    case $1 in
        --sample) sample=true ;;
        --within) shift; within=$1 ;;
        *) echo "unknown option: $1" >&2; exit 2 ;;
    esac
    shift
done
[[ -x $tools/bin/cargo-aarch64 && -x $tools/bin/qemu-aarch64 ]] || {
    echo "no tools in $tools: tests/aarch64/setup.sh $tools" >&2
    exit 2
}
native=$PWD/target/release/brolga
library=$(ls -t target/release/build/brolga-stdlib-*/out/library.bin 2>/dev/null | head -n 1)
[[ -x $native && -n $library ]] || { echo "first: cargo build --release" >&2; exit 2; }

# The dispatch flags of .cargo/config.toml cost much of the build's time, and are of no use here.
export RUSTFLAGS="-Cforce-frame-pointers=yes" CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$PWD/target/aarch64}
# At a place that stays the same, and touched only when it changes.
export BROLGA_LIBRARY=$CARGO_TARGET_DIR/library
mkdir -p "$BROLGA_LIBRARY"
for file in library.bin library.rs; do
    cmp -s "$(dirname "$library")/$file" "$BROLGA_LIBRARY/$file" || cp "$(dirname "$library")/$file" "$BROLGA_LIBRARY/$file"
done
cross=("$tools/bin/cargo-aarch64")
# (A limit of 0 is none.)
timeout $(( within > 60 ? within - 60 : 0 )) "${cross[@]}" build --profile emulated --ignore-rust-version
case $? in
    0) ;;
    124) echo "aarch64: 0 passed, 0 failed, all skipped: the build takes longer than $within s"; exit 0 ;;
    *) exit 1 ;;
esac
foreign=$CARGO_TARGET_DIR/aarch64-unknown-linux-gnu/emulated/brolga
emulator=("$tools/bin/qemu-aarch64" -L /usr/aarch64-linux-gnu "$foreign")

failed=0
if ! $sample; then
    "${cross[@]}" test --profile emulated --ignore-rust-version -p brolga-jit || failed=1
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# What the JIT logs, without what may differ.
normal() {
    grep -v '"event":"end"' "$1" | sed -E 's/"bytes":[0-9]+,//; s/,"seconds":[0-9.]+//'
}
# one NAME: a program in all modes; says what differs.
one() {
    local name=$1 program=tests/programs/$1.py mode log=() folder
    folder=$work/$name
    mkdir "$folder"
    for mode in off on eager; do
        log=()
        [[ $mode == eager ]] && log=(-X "jit-log=$folder/foreign.log")
        (cd "$folder" && timeout 300 "${emulator[@]}" -X "jit=$mode" "${log[@]}" "$OLDPWD/$program" >out 2>err </dev/null)
        if cmp -s "$folder/out" "tests/programs/$name.out"; then
            echo "passed $name:$mode"
        else
            echo "FAILED $name:$mode"
            diff "$folder/out" "tests/programs/$name.out" | head -n 5
            tail -n 3 "$folder/err"
        fi
    done
    # What these log depends on how large native frames are, and on when threads get their turns.
    [[ $name == case_recursion_deep || $name == case_threads_gil ]] && return
    (cd "$folder" && timeout 120 "$native" -X jit=eager -X "jit-log=native.log" "$OLDPWD/$program" >out 2>err </dev/null)
    if cmp -s <(normal "$folder/foreign.log") <(normal "$folder/native.log"); then
        echo "passed $name:log ($(grep -c '"event":"exit"' "$folder/native.log") exits)"
    else
        echo "FAILED $name:log"
        diff <(normal "$folder/foreign.log") <(normal "$folder/native.log") | head -n 8
    fi
    rm -rf "$folder"
}
if $sample; then
    mapfile -t names < <(grep -v '^#' tests/aarch64/sample.txt)
else
    mapfile -t names < <(cd tests/programs && ls jit_*.py case_*.py | sed 's/\.py$//')
fi
# Two at a time.
skipped=0
for name in "${names[@]}"; do
    if (( within > 0 && SECONDS > within )); then
        skipped=$((skipped + 1))
        continue
    fi
    while [[ $(jobs -rp | wc -l) -ge 2 ]]; do wait -n; done
    one "$name" >"$work/$name.result" 2>&1 &
done
wait
if ! $sample; then
    "$native" tests/interrupts.py "$tools/bin/qemu-aarch64" -L /usr/aarch64-linux-gnu "$foreign" -- threads fork recursion \
        interrupt:float_fields interrupt:method_call interrupt:generator_for || failed=1
fi
cat "$work"/*.result | grep -v '^passed'
passed=$(cat "$work"/*.result | grep -c '^passed')
wrong=$(cat "$work"/*.result | grep -c '^FAILED')
echo "aarch64: $passed passed, $wrong failed, $skipped programs not begun"
[[ $failed -eq 0 && $wrong -eq 0 && $passed -gt 0 ]]
