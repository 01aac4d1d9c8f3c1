//! The text form.

use std::fmt::{Display, Formatter, Result, Write};

use super::{Block, End, State, Target, Type, Unit, Val};
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

fn list(f: &mut impl Write, values: &[Val]) -> Result {
    for (i, v) in values.iter().enumerate() {
        if i > 0 {
            f.write_str(", ")?;
        }
        write!(f, "{v}")?;
    }
    Ok(())
}

/// A line of the text form, and what it shows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    pub text: String,
    /// The instruction, or the last one before a block's end.
    pub inst: Option<Val>,
    /// The state.
    pub state: Option<State>,
}

impl Unit {
    /// The text form, line by line.
    pub fn rows(&self) -> Vec<Row> {
        let mut rows = Vec::new();
        let row = |text: String, inst: Option<Val>, state: Option<State>| Row { text, inst, state };
        if let Some((pc, depth)) = self.header {
            rows.push(row(format!("loop at {pc}, depth {depth}"), None, None));
        }
        for block in self.block_ids() {
            rows.push(row(line(|f| self.block_line(f, block)), None, None));
            let insts = &self.blocks[block.index()].insts;
            rows.extend(insts.iter().map(|v| row(line(|f| self.inst_line(f, *v)), Some(*v), None)));
            rows.push(row(line(|f| self.end_line(f, block)), insts.last().copied(), None));
        }
        for i in 0..self.states.len() {
            rows.push(row(line(|f| self.state_line(f, i)), None, Some(State(i as u32))));
        }
        rows.extend((1..self.frames.len()).map(|i| row(line(|f| self.frame_line(f, i)), None, None)));
        rows
    }

    fn block_line(&self, f: &mut String, block: Block) -> Result {
        write!(f, "{block}(")?;
        for (i, v) in self.blocks[block.index()].parameters.iter().enumerate() {
            let comma = if i > 0 { ", " } else { "" };
            write!(f, "{comma}{v}: {}", self.ty(*v).unwrap_or(Type::Any))?;
        }
        f.write_str("):")
    }

    fn inst_line(&self, f: &mut String, v: Val) -> Result {
        let inst = self.inst(v);
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
        match inst.state {
            Some(state) => write!(f, " @{state}"),
            None => Ok(()),
        }
    }

    fn end_line(&self, f: &mut String, block: Block) -> Result {
        match &self.blocks[block.index()].end {
            Some(End::Jump(t)) => write!(f, "  jump {t}"),
            Some(End::Branch(c, a, b)) => write!(f, "  branch {c}, {a}, {b}"),
            Some(End::Return(v)) => write!(f, "  return {v}"),
            Some(End::Yield(s, v)) => write!(f, "  yield {v} @{s}"),
            Some(End::Finish(v)) => write!(f, "  finish {v}"),
            Some(End::Exit(s, reason)) => write!(f, "  exit @{s} {}", reason.name()),
            None => f.write_str("  (unfinished)"),
        }
    }

    fn state_line(&self, f: &mut String, i: usize) -> Result {
        let state = &self.states[i];
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
        if state.refund > 0 {
            write!(f, "refund {} ", state.refund)?;
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
        Ok(())
    }

    fn frame_line(&self, f: &mut String, i: usize) -> Result {
        let frame = &self.frames[i];
        write!(f, "f{i}: {}", frame.name)?;
        for (what, v) in [("function", frame.function), ("instance", frame.instance)] {
            if let Some(v) = v {
                write!(f, ", {what} {v}")?;
            }
        }
        Ok(())
    }
}

/// What a function writes.
fn line(write: impl Fn(&mut String) -> Result) -> String {
    let mut text = String::new();
    // (Writing to a string does not fail.)
    let _ = write(&mut text);
    text
}

impl Display for Unit {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        self.rows().iter().try_for_each(|row| writeln!(f, "{}", row.text))
    }
}
