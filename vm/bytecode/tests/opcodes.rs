//! The opcode table against CPython's, as `tools/record_opcodes.py` recorded it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may fail by panicking")]

use brolga_bytecode::opcode::{INSTRUMENTED, MIN_INSTRUMENTED};
use brolga_bytecode::{Opcode, StackEffect};

const RECORDED: &str = include_str!("data/opcodes.txt");

#[test]
fn table_is_that_of_cpython() {
    let mut seen = 0;
    for line in RECORDED.lines() {
        let fields: Vec<&str> = line.split(' ').collect();
        let number: u8 = fields[0].parse().unwrap();
        if number >= MIN_INSTRUMENTED {
            assert_eq!(INSTRUMENTED[usize::from(number - MIN_INSTRUMENTED)], fields[1]);
            continue;
        }
        let op = Opcode::from_u8(number).unwrap_or_else(|| panic!("{line}"));
        seen += 1;
        assert_eq!(op.name(), fields[1]);
        assert_eq!(op.caches(), fields[2].parse::<usize>().unwrap(), "{line}");
        let flags: String = [
            (op.has_arg(), 'a'),
            (op.has_const(), 'c'),
            (op.has_name(), 'n'),
            (op.has_local(), 'l'),
            (op.has_free(), 'f'),
            (op.has_jump(), 'j'),
            (op.has_compare(), 'x'),
        ]
        .iter()
        .filter(|(has, _)| *has)
        .map(|(_, c)| *c)
        .collect();
        assert_eq!(if flags.is_empty() { "-" } else { &flags }, fields[3], "{line}");
        for (arg, pair) in [0_u32, 1, 2, 3, 7].into_iter().zip(fields[4].split(',')) {
            let (stay, jump) = pair.split_once('/').unwrap();
            let effect = StackEffect::of(op, arg);
            assert!(effect.needs >= effect.pops);
            // CPython counts the kept slots of BUILD_INTERPOLATION, SWAP and COPY the same way.
            assert_eq!(effect.net(), stay.parse::<i64>().unwrap(), "{line} with {arg}");
            let on_jump = i64::from(effect.pushes_on_jump) - i64::from(effect.pops);
            assert_eq!(on_jump, jump.parse::<i64>().unwrap(), "{line} with {arg}");
        }
    }
    assert_eq!(seen, Opcode::ALL.len());
}
