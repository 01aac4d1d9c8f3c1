#!/usr/bin/env bash
# The tests: the crates' own, then the Python programs of tests/programs against their recorded output.
#
#   tests/run.sh [--programs] [--all-modes]        --programs: only the programs
#
# A program NAME.py passes when what it writes to stdout is NAME.out (and to stderr NAME.err, where there is one, with
# {FILE} for its path) and it ends within a minute. Each runs in the modes off, gc-stress, on, and one of
# eager, nofast and eager-gc-stress, picked by its name and the commit (--all-modes: in all); jit_* also in stress, where
# one in a few guards of compiled code fails though its condition holds. tests/known-failures.txt has
# NAME:MODE (or NAME:*) of those that do not pass yet; one that is not named there and fails, or is named there and passes, fails the
# run: no pass may silently turn.
# BROLGA_CPYTHON=path/to/python3.14 also compares each program with that Python, live, and runs a sample of its own tests.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2
failed=0
programs_only=false all_modes=false
for option in "$@"; do
    case $option in
        --programs) programs_only=true ;;
        --all-modes) all_modes=true ;;
        *) echo "unknown option: $option" >&2; exit 2 ;;
    esac
done
commit=$(git rev-parse HEAD 2>/dev/null || echo none)
if ! $programs_only; then
    cargo test --release --ignore-rust-version --workspace || failed=1
    # Does --jit-diff find planted bugs?
    cargo test --release --ignore-rust-version --features planted --test jit_diff_planted || failed=1
fi
cargo build --release --ignore-rust-version || exit 1
brolga=$PWD/target/release/brolga
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 wrong=0 known=0
# run NAME OPTION...: one program in one mode
run() {
    local name=$1 program=$PWD/tests/programs/$1.py
    shift
    (cd "$work" && timeout 120 "$brolga" "$@" "$program" >out 2>err </dev/null)
    cmp -s "$work/out" "tests/programs/$name.out" || return 1
    if [[ -f tests/programs/$name.err ]]; then
        sed "s|$program|{FILE}|g" "$work/err" | cmp -s - "tests/programs/$name.err" || return 1
    fi
}
# check NAME MODE OPTION...: one program in one mode, against the list of known failures
check() {
    local name=$1 mode=$2 known_failure=false
    shift 2
    grep -qxF -e "$name:$mode" -e "$name:*" tests/known-failures.txt && known_failure=true
    if run "$name" "$@"; then
        if $known_failure; then
            printf 'PASSES NOW, take it out of known-failures.txt: %s:%s\n' "$name" "$mode"
            wrong=$((wrong + 1))
        else
            passed=$((passed + 1))
        fi
    elif $known_failure; then
        known=$((known + 1))
    else
        printf 'FAILED %s:%s\n' "$name" "$mode"
        diff "$work/out" "tests/programs/$name.out" | head -n 5
        tail -n 3 "$work/err"
        wrong=$((wrong + 1))
    fi
}
for program in tests/programs/*.py; do
    name=$(basename "$program" .py)
    check "$name" off -X jit=off
    check "$name" gc-stress -X jit=off -X gc-stress
    check "$name" on -X jit=on
    pick=$(printf '%s %s' "$name" "$commit" | cksum | cut -d' ' -f1)
    if $all_modes || [[ $((pick % 3)) == 0 ]]; then check "$name" eager -X jit=eager; fi
    if $all_modes || [[ $((pick % 3)) == 1 ]]; then check "$name" nofast -X jit=nofast; fi
    if $all_modes || [[ $((pick % 3)) == 2 ]]; then check "$name" eager-gc-stress -X jit=eager -X gc-stress; fi
    if $all_modes || [[ $name == jit_* ]]; then
        check "$name" stress -X jit=eager -X jit-stress=all:every=$((pick % 11 + 1))
    fi
    if [[ -n ${BROLGA_CPYTHON:-} ]]; then
        (cd "$work" && PYTHONHASHSEED=0 timeout 60 "$BROLGA_CPYTHON" "$OLDPWD/$program" >oracle 2>/dev/null </dev/null)
        cmp -s "$work/oracle" "tests/programs/$name.out" || printf 'recorded output differs from CPython: %s\n' "$name"
    fi
done
printf '%d passed, %d failed, %d skipped\n' "$passed" "$wrong" "$known"
# Signals, threads, fork and the recursion limit, while compiled code runs.
"$brolga" tests/interrupts.py "$brolga" || failed=1
# A few of CPython's own test files against their record (docs/testing.md), where there is a CPython that has them.
if [[ -n ${BROLGA_CPYTHON:-} ]] && "$BROLGA_CPYTHON" -c 'import test.support' 2>/dev/null; then
    "$BROLGA_CPYTHON" tests/ledger.py --sample --check --limit 60 || failed=1
    "$BROLGA_CPYTHON" tests/ledger.py --counts
fi
[[ $failed -eq 0 && $wrong -eq 0 ]]
