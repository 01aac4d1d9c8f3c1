//! What can be checked without following the control flow: layout, instruction boundaries, arguments, the exception table.

use super::{VerifyError, View};
use crate::constants::{
    self, CommonConstant, Compare, Intrinsic1, Intrinsic2, convert, flags, function_attribute, local_kind,
};
use crate::exceptions::{Entry, ExceptionTable};
use crate::instructions::{DecodeError, Instruction, Instructions};
use crate::opcode::{Jump, Opcode, Operand};

/// The largest stack and number of locals that a frame may ask for.
const MAX_FRAME: usize = 1 << 24;

/// Decoded code with everything that leads into it checked.
pub(super) struct Layout {
    pub(super) instructions: Vec<Instruction>,
    /// For each code unit, the index of the instruction that starts there; `u32::MAX` inside one.
    pub(super) index_at: Vec<u32>,
    /// For each instruction, the index of its handler; `u32::MAX` for none.
    pub(super) handler_of: Vec<u32>,
    pub(super) handlers: Vec<Entry>,
    pub(super) args: usize,
    pub(super) frees: usize,
}

pub(super) fn error<T>(offset: usize, reason: impl Into<String>) -> Result<T, VerifyError> {
    Err(VerifyError { offset, reason: reason.into() })
}

impl Layout {
    /// The instruction that starts at a byte offset.
    pub(super) fn at(&self, offset: usize) -> Option<usize> {
        if !offset.is_multiple_of(2) {
            return None;
        }
        self.index_at.get(offset / 2).filter(|i| **i != u32::MAX).map(|i| *i as usize)
    }
}

pub(super) fn layout(view: &View<'_>) -> Result<Layout, VerifyError> {
    let (args, frees) = locals(view)?;
    if view.code.is_empty() {
        return error(0, "no code");
    }
    if u32::try_from(view.code.len()).is_err() {
        return error(0, "code too long");
    }
    let mut instructions = Vec::new();
    let mut index_at = vec![u32::MAX; view.code.len() / 2];
    for instruction in Instructions::new(view.code) {
        let instruction = instruction.map_err(|e| VerifyError { offset: e.offset(), reason: decode_reason(e) })?;
        index_at[instruction.start / 2] = instructions.len() as u32;
        instructions.push(instruction);
    }
    let mut layout = Layout {
        handler_of: vec![u32::MAX; instructions.len()],
        instructions,
        index_at,
        handlers: Vec::new(),
        args,
        frees,
    };
    for instruction in &layout.instructions {
        argument(view, instruction, frees)?;
        target(view, &layout, instruction)?;
    }
    handlers(view, &mut layout)?;
    Ok(layout)
}

fn decode_reason(error: DecodeError) -> String {
    match error {
        DecodeError::Truncated(_) => "code ends inside an instruction".to_owned(),
        DecodeError::BadOpcode(_, number) => format!("opcode {number} cannot stand in a code object"),
        DecodeError::ArgTooBig(_) => "argument out of range".to_owned(),
    }
}

/// Locals, cells and free variables; (argument slots, free variables).
fn locals(view: &View<'_>) -> Result<(usize, usize), VerifyError> {
    let kinds = view.localspluskinds;
    let total = u64::from(view.argcount)
        + u64::from(view.kwonlyargcount)
        + u64::from(view.flags & flags::VARARGS != 0)
        + u64::from(view.flags & flags::VARKEYWORDS != 0);
    if view.posonlyargcount > view.argcount || total > kinds.len() as u64 {
        return error(0, "argument counts exceed the locals");
    }
    if kinds.len() > MAX_FRAME || view.stacksize as usize > MAX_FRAME {
        return error(0, "frame too large");
    }
    let args = total as usize;
    if kinds[..args].iter().any(|k| k & local_kind::LOCAL == 0) {
        return error(0, "an argument is not a local");
    }
    let frees = kinds.iter().rev().take_while(|k| *k & local_kind::FREE != 0).count();
    for (i, kind) in kinds.iter().enumerate() {
        let free = kind & local_kind::FREE != 0;
        let other = kind & (local_kind::LOCAL | local_kind::CELL) != 0;
        if free == other || free != (i >= kinds.len() - frees) {
            return error(0, "bad kinds of locals");
        }
    }
    Ok((args, frees))
}

/// Indexes and enumerations.
fn argument(view: &View<'_>, instruction: &Instruction, frees: usize) -> Result<(), VerifyError> {
    let (op, arg) = (instruction.opcode, instruction.arg);
    let index = arg as usize;
    let locals = view.localspluskinds.len();
    let ok = match op.operand() {
        Operand::None => arg <= 255,
        Operand::Const => index < view.consts,
        Operand::Name => index < view.names,
        Operand::NameShifted1 => index >> 1 < view.names,
        Operand::NameShifted2 => index >> 2 < view.names,
        Operand::Local => index < locals,
        Operand::LocalPair => index <= 255 && index >> 4 < locals && index & 15 < locals,
        Operand::Deref => index < locals,
        Operand::Jump | Operand::Extended => true,
        Operand::Compare => Compare::from_arg(arg).is_some(),
        Operand::BinaryOp => constants::BinaryOp::from_arg(arg).is_some(),
        Operand::Intrinsic1 => Intrinsic1::from_arg(arg).is_some(),
        Operand::Intrinsic2 => Intrinsic2::from_arg(arg).is_some(),
        Operand::CommonConstant => CommonConstant::from_arg(arg).is_some(),
        Operand::Special => index < constants::SPECIAL_METHODS.len(),
        Operand::SmallInt => arg <= constants::SMALL_INT_MAX,
        Operand::Count => match op {
            Opcode::BUILD_SLICE => arg == 2 || arg == 3,
            Opcode::RAISE_VARARGS => arg <= 2,
            Opcode::COPY_FREE_VARS => index == frees && index > 0,
            _ => index <= MAX_FRAME,
        },
        Operand::Depth => match op {
            Opcode::RERAISE => arg <= 2,
            Opcode::SWAP => arg >= 2 && index <= MAX_FRAME,
            _ => arg >= 1 && index <= MAX_FRAME,
        },
        Operand::UnpackEx => index >> 8 <= MAX_FRAME,
        Operand::Flags => match op {
            Opcode::IS_OP | Opcode::CONTAINS_OP | Opcode::YIELD_VALUE => arg <= 1,
            Opcode::GET_AWAITABLE => arg <= 2,
            Opcode::CONVERT_VALUE => (convert::STR..=convert::ASCII).contains(&arg),
            Opcode::BUILD_INTERPOLATION => arg >> 2 <= convert::ASCII,
            Opcode::SET_FUNCTION_ATTRIBUTE => arg.is_power_of_two() && arg <= function_attribute::ANNOTATE,
            _ => arg <= 255,
        },
    };
    if op.is_internal() || !ok {
        return error(instruction.offset, format!("{} {arg} is out of range", op.name()));
    }
    Ok(())
}

fn target(view: &View<'_>, layout: &Layout, instruction: &Instruction) -> Result<(), VerifyError> {
    if instruction.opcode.jump() == Jump::None {
        return Ok(());
    }
    let Some(index) = instruction.jump_target().filter(|t| *t < view.code.len()).and_then(|t| layout.at(t)) else {
        return error(instruction.offset, "jump to no instruction");
    };
    let target = layout.instructions.get(index).map(|i| i.opcode);
    match instruction.opcode.jump() {
        // The interpreter goes on behind the END_FOR.
        Jump::ForIter if target != Some(Opcode::END_FOR) || index + 1 >= layout.instructions.len() => {
            error(instruction.offset, "FOR_ITER does not lead to END_FOR")
        }
        _ => Ok(()),
    }
}

fn handlers(view: &View<'_>, layout: &mut Layout) -> Result<(), VerifyError> {
    let mut table = ExceptionTable::new(view.exceptiontable);
    let mut last_end = 0;
    for entry in table.by_ref() {
        let at = entry.start as usize;
        let end = entry.end as usize;
        let ordered = entry.start >= last_end && entry.start < entry.end && end <= view.code.len();
        let (Some(first), Some(_)) = (layout.at(at), layout.at(entry.target as usize)) else {
            return error(at, "exception table leads to no instruction");
        };
        let last = if end == view.code.len() { Some(layout.instructions.len()) } else { layout.at(end) };
        let Some(last) = last.filter(|_| ordered) else {
            return error(at, "exception table is out of order or range");
        };
        if u64::from(entry.depth) + 1 + u64::from(entry.lasti) > u64::from(view.stacksize) {
            return error(at, "exception handler exceeds the stack size");
        }
        last_end = entry.end;
        let number = layout.handlers.len() as u32;
        layout.handler_of[first..last].fill(number);
        layout.handlers.push(entry);
    }
    if table.malformed() {
        return error(0, "malformed exception table");
    }
    Ok(())
}
