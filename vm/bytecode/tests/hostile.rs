//! Hostile bytes: every mutation of good streams and code ends in a value or an error.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may fail by panicking")]

use std::sync::Arc;

use brolga_bytecode::{CodeObject, Const, dis, exceptions, lines, marshal, verifier};

const SAMPLES: &[u8] = include_bytes!("data/samples.marshal");

/// A small generator of pseudo-random numbers (xorshift64).
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n as u64) as usize
    }
}

fn codes() -> Vec<Arc<CodeObject>> {
    let Const::Tuple(items) = marshal::load(SAMPLES).unwrap() else { panic!("not a tuple") };
    let mut all = Vec::new();
    let mut pending = items;
    while let Some(value) = pending.pop() {
        if let Const::Code(code) = value {
            pending.extend(code.consts.iter().cloned());
            all.push(code);
        }
    }
    all
}

#[test]
fn samples_are_valid() {
    let codes = codes();
    assert!(codes.len() > 15);
    for code in codes {
        verifier::verify_code(&code).unwrap_or_else(|e| panic!("{:?}: {e}", code.qualname));
        let again = marshal::load_code(&marshal::write_code(&code)).unwrap();
        assert_eq!(again, code);
        assert!(dis::disassemble(&code).lines().count() > 2);
    }
}

#[test]
fn mutated_streams() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for _ in 0..20_000 {
        let mut bytes = SAMPLES.to_vec();
        for _ in 0..=random.below(4) {
            let at = random.below(bytes.len());
            bytes[at] = random.below(256) as u8;
        }
        bytes.truncate(bytes.len() - random.below(40) * random.below(2));
        if let Ok(Const::Tuple(items)) = marshal::load(&bytes) {
            for item in items {
                if let Const::Code(code) = item {
                    let _ = verifier::verify_tree(&code);
                }
            }
        }
    }
}

#[test]
fn mutated_code() {
    let mut random = Random(88_172_645_463_325_252);
    let (mut accepted, mut refused) = (0, 0);
    for code in codes() {
        for _ in 0..3_000 {
            let mut copy = (*code).clone();
            match random.below(8) {
                0 if !copy.exceptiontable.is_empty() => {
                    let at = random.below(copy.exceptiontable.len());
                    copy.exceptiontable[at] = random.below(256) as u8;
                }
                1 => copy.stacksize = random.below(8) as u32,
                2 if !copy.localspluskinds.is_empty() => {
                    let at = random.below(copy.localspluskinds.len());
                    copy.localspluskinds[at] = random.below(256) as u8;
                }
                3 => copy.flags ^= 1 << random.below(12),
                _ => {
                    let at = random.below(copy.code.len());
                    copy.code[at] = random.below(256) as u8;
                }
            }
            if !copy.linetable.is_empty() {
                let at = random.below(copy.linetable.len());
                copy.linetable[at] = random.below(256) as u8;
            }
            match verifier::verify_code(&copy) {
                Ok(_) => accepted += 1,
                Err(_) => refused += 1,
            }
            let _ = lines::positions(&copy.linetable, copy.firstlineno).count();
            let _ = exceptions::find_handler(&copy.exceptiontable, 10);
            let _ = dis::disassemble(&copy);
        }
    }
    assert!(accepted > 0 && refused > accepted / 4, "{accepted} {refused}");
}

#[test]
fn deep_nesting_is_refused() {
    let mut bytes = [0x29, 1].repeat(3_000);
    bytes.push(b'N');
    let error = marshal::load(&bytes).unwrap_err();
    assert_eq!(error, marshal::ReadError::Value("recursion limit exceeded".to_owned()));
    for text in [
        &b"("[..],
        b"[\xff\xff\xff\x7f",
        b"s\xff\xff\xff\xff",
        b"l\x01\0\0\0\0\0",
        b"r\0\0\0\0",
        b"",
        b"0",
        b"{N0",
        b"c",
    ] {
        assert!(marshal::load(text).is_err(), "{text:?}");
    }
}

/// The `RESUME` behind a `YIELD_VALUE` says what `throw()` looks for on the stack.
#[test]
fn awaiting_needs_what_is_awaited() {
    use brolga_bytecode::Opcode;
    let mut refused = 0;
    for code in codes() {
        let at = code
            .code
            .windows(4)
            .position(|w| w[0] == Opcode::YIELD_VALUE as u8 && w[2] == Opcode::RESUME as u8 && w[3] & 3 < 2);
        let Some(at) = at.filter(|at| at % 2 == 0) else { continue };
        let mut copy = (*code).clone();
        copy.code[at + 3] |= 2;
        if let Err(e) = verifier::verify_code(&copy) {
            assert!(e.reason.contains("awaits"), "{e}");
            refused += 1;
        }
    }
    assert!(refused > 0);
}
