//! The text form.

use std::fmt::{Display, Formatter, Result};

use super::{End, Target, Type, Unit, Val};
use crate::helpers::Helper;

impl Display for Type {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str(match self {
            Type::Any => "any",
            Type::Int => "int",
            Type::Float => "float",
            Type::Bool => "bool",
        })
    }
}

impl Display for Target {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        write!(f, "{}(", self.block)?;
        list(f, &self.arguments)?;
        f.write_str(")")
    }
}

fn list(f: &mut Formatter<'_>, values: &[Val]) -> Result {
    for (i, v) in values.iter().enumerate() {
        if i > 0 {
            f.write_str(", ")?;
        }
        write!(f, "{v}")?;
    }
    Ok(())
}

impl Display for Unit {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        if let Some((pc, depth)) = self.header {
            writeln!(f, "loop at {pc}, depth {depth}")?;
        }
        for block in self.block_ids() {
            let data = &self.blocks[block.index()];
            write!(f, "{block}(")?;
            for (i, v) in data.parameters.iter().enumerate() {
                let comma = if i > 0 { ", " } else { "" };
                write!(f, "{comma}{v}: {}", self.ty(*v).unwrap_or(Type::Any))?;
            }
            f.write_str("):\n")?;
            for v in &data.insts {
                let inst = self.inst(*v);
                let info = inst.op.info();
                f.write_str("  ")?;
                if inst.ty.is_some() {
                    write!(f, "{v} = ")?;
                }
                f.write_str(info.name)?;
                let mut separator = " ";
                for (i, immediate) in inst.immediates[..info.immediates].iter().enumerate() {
                    match Helper::ALL.get(*immediate as usize) {
                        Some(helper) if i == 0 && inst.op.calls_helper() => write!(f, "{separator}{}", helper.name())?,
                        _ => write!(f, "{separator}{immediate:#x}")?,
                    }
                    separator = ", ";
                }
                for operand in &inst.operands {
                    write!(f, "{separator}{operand}")?;
                    separator = ", ";
                }
                if let Some(state) = inst.state {
                    write!(f, " @{state}")?;
                }
                f.write_str("\n")?;
            }
            match &data.end {
                Some(End::Jump(t)) => writeln!(f, "  jump {t}")?,
                Some(End::Branch(c, a, b)) => writeln!(f, "  branch {c}, {a}, {b}")?,
                Some(End::Return(v)) => writeln!(f, "  return {v}")?,
                Some(End::Yield(s, v)) => writeln!(f, "  yield {v} @{s}")?,
                Some(End::Finish(v)) => writeln!(f, "  finish {v}")?,
                Some(End::Exit(s, reason)) => writeln!(f, "  exit @{s} {}", reason.name())?,
                None => writeln!(f, "  (unfinished)")?,
            }
        }
        for (i, state) in self.states.iter().enumerate() {
            write!(f, "s{i}: ")?;
            if state.frame > 0 {
                write!(f, "{} f{} ", if state.pushed { "pushed" } else { "in" }, state.frame)?;
            }
            if let Some(caller) = state.caller {
                write!(f, "from {caller} ")?;
            }
            if let Some(by) = state.instead {
                write!(f, "as {by} ")?;
            }
            write!(f, "at {}, depth {} [", state.pc, state.depth)?;
            for (i, (slot, v)) in state.slots.iter().enumerate() {
                let comma = if i > 0 { ", " } else { "" };
                write!(f, "{comma}{slot}: {v}")?;
            }
            f.write_str("]")?;
            for (i, p) in state.pending.iter().enumerate() {
                f.write_str(if i > 0 { ", " } else { " {" })?;
                f.write_str(if p.raw { "raw " } else { "" })?;
                write!(f, "{}+{}: {}", p.object, p.offset, p.value)?;
            }
            f.write_str(if state.pending.is_empty() { "" } else { "}" })?;
            for v in &state.virtuals {
                write!(f, " new {} {:#x}, {} [", v.object, v.header, v.bytes)?;
                list(f, &v.fields)?;
                f.write_str("]")?;
            }
            f.write_str("\n")?;
        }
        for (i, frame) in self.frames.iter().enumerate().skip(1) {
            write!(f, "f{i}: {}", frame.name)?;
            for (what, v) in [("function", frame.function), ("instance", frame.instance)] {
                if let Some(v) = v {
                    write!(f, ", {what} {v}")?;
                }
            }
            f.write_str("\n")?;
        }
        Ok(())
    }
}
