//! What [`crate::deopt`] has to do where a frame state is left by.

use brolga_runtime::interp::native::EXIT_WORDS;
use brolga_runtime::value::{DOUBLE_OFFSET, INT_TAG, Value};

use super::Addresses;
use crate::deopt::{Form, FrameWrite, MAX_VIRTUALS, Of, Pending, Restore, Source, Virtual};
use crate::ir::{Op, State, Type, Unit, Val};

/// The value that an exit hands over for `v`: what is boxed as it was before, and constants not at all.
pub(super) fn handed_over(unit: &Unit, mut v: Val) -> Option<Val> {
    loop {
        let inst = unit.inst(v);
        match inst.op {
            Op::BoxInt | Op::BoxFloat | Op::BoxBool => v = *inst.operands.first()?,
            Op::Const | Op::Int | Op::Float | Op::Bool => return None,
            _ => return Some(v),
        }
    }
}

/// `values`: what the exit hands over, in order.
pub(super) fn of_state(unit: &Unit, addresses: &Addresses, by: State, values: &[Val]) -> Result<Restore, String> {
    let state = unit.states.get(by.index()).ok_or("no such state")?;
    if values.len() > EXIT_WORDS || state.virtuals.len() > MAX_VIRTUALS {
        return Err("an exit has too many values".to_owned());
    }
    let objects = state.virtuals.iter().map(|v| v.object).collect();
    let mut of = Sources { unit, values, objects, constants: Vec::new() };
    let virtuals = state.virtuals.iter().map(|v| {
        let fields =
            v.fields.iter().map(|f| of.source(*f, unit.ty(*f) == Some(Type::Int))).collect::<Result<_, _>>()?;
        Ok(Virtual { header: v.header, bytes: v.bytes, fields })
    });
    let virtuals = virtuals.collect::<Result<_, String>>()?;
    let pending = state.pending.iter().map(|p| {
        let (object, value) = (of.source(p.object, false)?, of.source(p.value, p.raw)?);
        Ok(Pending { object, offset: p.offset, value, raw: p.raw })
    });
    let pending = pending.collect::<Result<_, String>>()?;
    let mut frames = Vec::new();
    let mut next = Some(by);
    while let Some(at) = next {
        let state = unit.states.get(at.index()).ok_or("no such state")?;
        let info = unit.frames.get(state.frame as usize).ok_or("no such frame")?;
        let is_new = state.frame != 0 && !state.pushed;
        let of_frame = if is_new {
            let template = *addresses.templates.get(&info.template()).ok_or("no template")?;
            let function = of.source(info.function.ok_or("no function")?, false)?;
            let result = info.instance.map(|v| of.source(v, false)).transpose()?;
            Of::Inlined { template, function, result }
        } else {
            Of::Current
        };
        let mut slots = Vec::with_capacity(state.slots.len());
        for (slot, v) in &state.slots {
            let inst = unit.inst(*v);
            let empty = inst.op == Op::Const && inst.immediates[0] == 0;
            // A frame just pushed has empty locals.
            if !(empty && is_new && *slot < info.nlocalsplus) {
                slots.push((*slot, of.source(*v, false)?));
            }
        }
        let instr = info.instructions + 2 * u64::from(state.pc);
        let used = info.nlocalsplus + state.depth;
        frames.push(FrameWrite { of: of_frame, slots: slots.into(), instr, used });
        next = state.caller;
    }
    frames.reverse();
    Ok(Restore { constants: of.constants.into(), virtuals, pending, frames: frames.into(), refund: state.refund })
}

struct Sources<'a> {
    unit: &'a Unit,
    values: &'a [Val],
    objects: Vec<Val>,
    constants: Vec<u64>,
}

impl Sources<'_> {
    /// Where the word of `v` comes from: a slot's, or a number as it stands.
    fn source(&mut self, v: Val, raw: bool) -> Result<Source, String> {
        if let Some(k) = self.objects.iter().position(|o| *o == v) {
            return Ok(Source::Virtual(k as u16));
        }
        let inst = self.unit.inst(v);
        let bits = inst.immediates[0];
        Ok(match inst.op {
            Op::BoxInt | Op::BoxFloat | Op::BoxBool => {
                return self.source(*inst.operands.first().ok_or("nothing is boxed")?, false);
            }
            Op::Const => self.constant(bits),
            Op::Int => self.constant(if raw { bits } else { bits | INT_TAG }),
            Op::Float => self.constant(bits.wrapping_add(DOUBLE_OFFSET)),
            Op::Bool => self.constant(Value::from_bool(bits != 0).bits()),
            _ => {
                let k = self.values.binary_search(&v).map_err(|_| format!("{v} is not handed over"))?;
                let form = match self.unit.ty(v).unwrap_or(Type::Any) {
                    Type::Any => Form::Slot,
                    Type::Int if raw => Form::Raw,
                    Type::Int => Form::Int,
                    Type::Float => Form::Float,
                    Type::Bool => Form::Bool,
                };
                Source::Live(k as u16, form)
            }
        })
    }

    fn constant(&mut self, word: u64) -> Source {
        let k = self.constants.iter().position(|c| *c == word).unwrap_or_else(|| {
            self.constants.push(word);
            self.constants.len() - 1
        });
        Source::Constant(k as u32)
    }
}
