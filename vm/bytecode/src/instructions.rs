//! Decoding `co_code`: instructions with their `EXTENDED_ARG` prefixes folded in and their caches skipped.

use crate::opcode::{Jump, Opcode};

/// One logical instruction. Offsets are in bytes, as `co_code`, `f_lasti` and `dis` count.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Instruction {
    /// Where its first `EXTENDED_ARG` prefix, or else itself, begins.
    pub start: usize,
    /// Where the opcode proper is.
    pub offset: usize,
    pub opcode: Opcode,
    pub arg: u32,
    /// Where the next instruction begins: behind the caches.
    pub next: usize,
}

impl Instruction {
    /// The offset a jump leads to (for `FOR_ITER`: the `END_FOR`, which is skipped); `None` when it does not jump or the
    /// distance leads before the code.
    pub fn jump_target(&self) -> Option<usize> {
        let distance = (self.arg as usize).checked_mul(2)?;
        match self.opcode.jump() {
            Jump::None => None,
            Jump::Forward | Jump::Conditional | Jump::ForIter | Jump::Send => self.next.checked_add(distance),
            Jump::Backward | Jump::AsyncForSource => self.next.checked_sub(distance),
        }
    }
}

/// Why `co_code` does not decode.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DecodeError {
    /// Odd length, a prefix or caches cut off.
    Truncated(usize),
    /// An opcode number that cannot stand in a code object.
    BadOpcode(usize, u8),
    /// An argument above what CPython's `int` holds.
    ArgTooBig(usize),
}

impl DecodeError {
    pub fn offset(self) -> usize {
        match self {
            DecodeError::Truncated(at) | DecodeError::BadOpcode(at, _) | DecodeError::ArgTooBig(at) => at,
        }
    }
}

/// Iterator over the instructions of `co_code`; stops after the first error.
#[derive(Clone, Debug)]
pub struct Instructions<'a> {
    code: &'a [u8],
    at: usize,
}

impl<'a> Instructions<'a> {
    pub fn new(code: &'a [u8]) -> Self {
        Instructions { code, at: 0 }
    }

    /// From a byte offset that must be where an instruction begins.
    pub fn from_offset(code: &'a [u8], at: usize) -> Self {
        Instructions { code, at }
    }

    fn decode(&mut self) -> Result<Instruction, DecodeError> {
        let start = self.at;
        let mut offset = start;
        let mut arg: u32 = 0;
        loop {
            let (Some(&number), Some(&low)) = (self.code.get(offset), self.code.get(offset + 1)) else {
                return Err(DecodeError::Truncated(start));
            };
            let Some(opcode) = Opcode::from_u8(number) else { return Err(DecodeError::BadOpcode(offset, number)) };
            if arg > (i32::MAX as u32) >> 8 {
                return Err(DecodeError::ArgTooBig(start));
            }
            arg = arg << 8 | u32::from(low);
            if opcode == Opcode::EXTENDED_ARG {
                offset += 2;
                continue;
            }
            let next = offset + 2 + 2 * opcode.caches();
            if next > self.code.len() {
                return Err(DecodeError::Truncated(start));
            }
            return Ok(Instruction { start, offset, opcode, arg, next });
        }
    }
}

impl Iterator for Instructions<'_> {
    type Item = Result<Instruction, DecodeError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.at >= self.code.len() {
            return None;
        }
        let result = self.decode();
        self.at = match &result {
            Ok(i) => i.next,
            Err(_) => self.code.len(),
        };
        Some(result)
    }
}
