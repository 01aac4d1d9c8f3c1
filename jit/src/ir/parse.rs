//! Reads the text form back.

use super::{
    Block, BlockData, End, FrameInfo, FrameState, Inst, Op, Pending, Reason, State, Target, Type, Unit, Val, Virtual,
};
use crate::helpers::Helper;

/// The line, from 1, that is not in the form.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct ParseError {
    pub line: usize,
}

/// The unit that a text describes. Numbers of values may have gaps; those of blocks and states go up from 0.
pub fn parse(text: &str) -> Result<Unit, ParseError> {
    let mut unit = Unit::new();
    let mut unnamed = Vec::new();
    for (i, line) in text.lines().enumerate() {
        let line = line.split('#').next().unwrap_or("").trim_end();
        if !line.is_empty() {
            parse_line(&mut unit, &mut unnamed, line).ok_or(ParseError { line: i + 1 })?;
        }
    }
    // Instructions without a result get the numbers behind those that the text names.
    let first = unit.insts.len() as u32;
    for v in unit.blocks.iter_mut().flat_map(|b| &mut b.insts) {
        if v.0 >= MAX_VALUES {
            v.0 = v.0 - MAX_VALUES + first;
        }
    }
    unit.insts.extend(unnamed);
    Ok(unit)
}

fn parse_line(unit: &mut Unit, unnamed: &mut Vec<Inst>, line: &str) -> Option<()> {
    if let Some(inst) = line.strip_prefix("  ") {
        return parse_inst(unit, unnamed, inst);
    }
    if let Some(rest) = line.strip_prefix("loop at ") {
        let (pc, depth) = rest.split_once(", depth ")?;
        unit.header = Some((pc.parse().ok()?, depth.parse().ok()?));
        return Some(());
    }
    if let Some(rest) = line.strip_prefix('f') {
        return parse_frame(unit, rest);
    }
    if let Some(rest) = line.strip_prefix('s') {
        let mut parts = rest.split(" new ");
        let (number, mut rest) = parts.next()?.split_once(": ")?;
        let virtuals: Vec<Virtual> = parts.map(parse_virtual).collect::<Option<_>>()?;
        let mut state = FrameState::default();
        for (word, pushed) in [("in f", false), ("pushed f", true)] {
            if let Some(text) = rest.strip_prefix(word) {
                let (frame, text) = text.split_once(' ')?;
                (state.frame, state.pushed, rest) = (frame.parse().ok()?, pushed, text);
            }
        }
        if let Some(text) = rest.strip_prefix("from s") {
            let (caller, text) = text.split_once(' ')?;
            (state.caller, rest) = (Some(State(caller.parse().ok()?)), text);
        }
        if let Some(text) = rest.strip_prefix("as s") {
            let (by, text) = text.split_once(' ')?;
            (state.instead, rest) = (Some(State(by.parse().ok()?)), text);
        }
        if let Some(text) = rest.strip_prefix("refund ") {
            let (refund, text) = text.split_once(' ')?;
            (state.refund, rest) = (refund.parse().ok()?, text);
        }
        let rest = rest.strip_prefix("at ")?;
        let (pc, rest) = rest.split_once(", depth ")?;
        let (depth, rest) = rest.split_once(" [")?;
        let (rest, writes) = rest.split_once(']')?;
        let mut pending = Vec::new();
        for write in items(writes.strip_prefix(" {").map_or(Some(""), |w| w.strip_suffix('}'))?) {
            let (place, v) = write.split_once(": ")?;
            let (place, raw) = place.strip_prefix("raw ").map_or((place, false), |p| (p, true));
            let (object, offset) = place.split_once('+')?;
            pending.push(Pending { object: value(object)?, offset: offset.parse().ok()?, raw, value: value(v)? });
        }
        let mut slots = Vec::new();
        for pair in items(rest) {
            let (slot, v) = pair.split_once(": ")?;
            slots.push((slot.parse().ok()?, value(v)?));
        }
        if number.parse() != Ok(unit.states.len()) {
            return None;
        }
        let (pc, depth) = (pc.parse().ok()?, depth.parse().ok()?);
        unit.states.push(FrameState { pc, depth, slots, pending, virtuals, ..state });
        return Some(());
    }
    let (number, rest) = line.strip_prefix('b')?.split_once('(')?;
    if number.parse() != Ok(unit.blocks.len()) {
        return None;
    }
    let mut parameters = Vec::new();
    for pair in items(rest.strip_suffix("):")?) {
        let (v, ty) = pair.split_once(": ")?;
        let v = value(v)?;
        let ty = match ty {
            "any" => Type::Any,
            "int" => Type::Int,
            "float" => Type::Float,
            "bool" => Type::Bool,
            _ => return None,
        };
        put(unit, v, Inst { op: Op::Param, immediates: [0; 2], operands: Vec::new(), state: None, ty: Some(ty) })?;
        parameters.push(v);
    }
    unit.blocks.push(BlockData { parameters, insts: Vec::new(), end: None });
    Some(())
}

/// `v5 0x1234, 48 [v1, v2]`
fn parse_virtual(text: &str) -> Option<Virtual> {
    let (object, rest) = text.split_once(' ')?;
    let (header, rest) = rest.split_once(", ")?;
    let (bytes, rest) = rest.split_once(" [")?;
    let fields = items(rest.strip_suffix(']')?).map(value).collect::<Option<_>>()?;
    Some(Virtual { object: value(object)?, header: number(header)?, bytes: number(bytes)?, fields })
}

/// `1: name, function v2`
fn parse_frame(unit: &mut Unit, text: &str) -> Option<()> {
    let (number, rest) = text.split_once(": ")?;
    let number: usize = number.parse().ok()?;
    let mut parts = rest.split(", ");
    let mut frame = FrameInfo { name: parts.next()?.to_owned(), ..FrameInfo::default() };
    for part in parts {
        match part.split_once(' ')? {
            ("function", v) => frame.function = Some(value(v)?),
            ("instance", v) => frame.instance = Some(value(v)?),
            _ => return None,
        }
    }
    unit.frames.resize_with(number.checked_add(1)?.min(1000), FrameInfo::default);
    *unit.frames.get_mut(number)? = frame;
    Some(())
}

fn parse_inst(unit: &mut Unit, unnamed: &mut Vec<Inst>, line: &str) -> Option<()> {
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    let end = match word {
        "jump" => End::Jump(target(rest)?),
        "branch" => {
            let (condition, rest) = rest.split_once(", ")?;
            let (a, b) = rest.split_once("), ")?;
            End::Branch(value(condition)?, target(&format!("{a})"))?, target(b)?)
        }
        "return" => End::Return(value(rest)?),
        "finish" => End::Finish(value(rest)?),
        "yield" => {
            let (v, state) = rest.split_once(' ')?;
            End::Yield(state_number(state)?, value(v)?)
        }
        "exit" => {
            let (state, reason) = rest.split_once(' ')?;
            let reason = Reason::ALL.into_iter().find(|r| r.name() == reason)?;
            End::Exit(state_number(state)?, reason)
        }
        _ => {
            let (result, text) = match line.split_once(" = ") {
                Some((v, text)) => (Some(value(v)?), text),
                None => (None, line),
            };
            let (text, state) = match text.split_once(" @") {
                Some((text, state)) => (text, Some(state_number(&format!("@{state}"))?)),
                None => (text, None),
            };
            let (name, operands) = text.split_once(' ').unwrap_or((text, ""));
            let op = Op::by_name(name)?;
            let mut inst = Inst { op, immediates: [0; 2], operands: Vec::new(), state, ty: op.info().result };
            for (i, item) in items(operands).enumerate() {
                if i == 0 && op.calls_helper() {
                    inst.immediates[0] = Helper::ALL.iter().find(|h| h.name() == item).map(|h| *h as u64)?;
                } else if i < op.info().immediates {
                    inst.immediates[i] = number(item)?;
                } else {
                    inst.operands.push(value(item)?);
                }
            }
            let v = match result {
                Some(v) => {
                    put(unit, v, inst)?;
                    v
                }
                None => {
                    unnamed.push(inst);
                    Val(MAX_VALUES + unnamed.len() as u32 - 1)
                }
            };
            unit.blocks.last_mut()?.insts.push(v);
            return Some(());
        }
    };
    unit.blocks.last_mut()?.end = Some(end);
    Some(())
}

fn items(text: &str) -> impl Iterator<Item = &str> {
    text.split(", ").filter(|item| !item.is_empty())
}

fn number(text: &str) -> Option<u64> {
    match text.strip_prefix("0x") {
        Some(hex) => u64::from_str_radix(hex, 16).ok(),
        None => text.parse().ok().or_else(|| text.parse::<i64>().ok().map(|i| i as u64)),
    }
}

/// Value numbers up to this can stand in a text.
const MAX_VALUES: u32 = 1 << 20;

fn value(text: &str) -> Option<Val> {
    text.strip_prefix('v')?.parse().ok().filter(|n| *n < MAX_VALUES).map(Val)
}

fn state_number(text: &str) -> Option<State> {
    text.strip_prefix("@s")?.parse().ok().map(State)
}

fn target(text: &str) -> Option<Target> {
    let (block, arguments) = text.strip_prefix('b')?.split_once('(')?;
    let arguments = items(arguments.strip_suffix(')')?).map(value).collect::<Option<_>>()?;
    Some(Target { block: Block(block.parse().ok()?), arguments })
}

/// Value `v` is that instruction. Numbers in between are unused constants.
fn put(unit: &mut Unit, v: Val, inst: Inst) -> Option<()> {
    let filler = Inst { op: Op::Const, immediates: [0; 2], operands: Vec::new(), state: None, ty: Some(Type::Any) };
    if unit.insts.len() <= v.index() {
        unit.insts.resize(v.index() + 1, filler);
    }
    *unit.insts.get_mut(v.index())? = inst;
    Some(())
}
