//! Code objects as text, in the layout of CPython's `dis` (without line-number gaps and source).

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::code::{CodeObject, Const};
use crate::constants::{
    BinaryOp, COMMON_CONSTANTS, COMPARE_TO_BOOL, Compare, INTRINSICS_1, INTRINSICS_2, SPECIAL_METHODS, convert,
    function_attribute,
};
use crate::exceptions::ExceptionTable;
use crate::instructions::{Instruction, Instructions};
use crate::lines::Lines;
use crate::opcode::{Opcode, Operand};

/// An instruction as text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    /// Where it begins (with what extends its argument) and where it is, in bytes.
    pub start: usize,
    pub offset: usize,
    pub line: Option<i32>,
    /// A line begins with it.
    pub begins_line: bool,
    /// The label, offset, name and argument.
    pub text: String,
}

/// The labels of jump targets, by offset.
fn labels(code: &CodeObject) -> BTreeMap<usize, usize> {
    let mut labels = BTreeMap::new();
    for instruction in Instructions::new(&code.code).flatten() {
        if let Some(target) = instruction.jump_target() {
            labels.insert(target, 0);
        }
    }
    for entry in ExceptionTable::new(&code.exceptiontable) {
        for at in [entry.start, entry.end, entry.target] {
            labels.insert(at as usize, 0);
        }
    }
    for (n, label) in labels.values_mut().enumerate() {
        *label = n + 1;
    }
    labels
}

/// The instructions of one code object, up to the first that is none.
pub fn rows(code: &CodeObject) -> Vec<Row> {
    let labels = labels(code);
    let starts: BTreeMap<u32, Option<i32>> =
        Lines::new(&code.linetable, code.firstlineno).map(|(start, _, line)| (start, line)).collect();
    let mut rows = Vec::new();
    for i in Instructions::new(&code.code).map_while(Result::ok) {
        let start = u32::try_from(i.start).unwrap_or(u32::MAX);
        let line = starts.range(..=start).next_back().and_then(|(_, line)| *line);
        let label = labels.get(&i.start).map(|n| format!("L{n}:")).unwrap_or_default();
        let mut text = format!("{label:>6} {:>5} {:<25}", i.offset, i.opcode.name());
        if i.opcode.has_arg() {
            let _ = write!(text, " {:>6}", i.arg);
            let argument = argument(code, &i, &labels);
            if !argument.is_empty() {
                let _ = write!(text, " ({argument})");
            }
        }
        text.truncate(text.trim_end().len());
        let begins_line = starts.contains_key(&start);
        rows.push(Row { start: i.start, offset: i.offset, line, begins_line, text });
    }
    rows
}

/// One code object; those among its constants are not entered.
pub fn disassemble(code: &CodeObject) -> String {
    let labels = labels(code);
    let mut out = String::new();
    for row in rows(code) {
        let line = match row.line {
            _ if !row.begins_line => String::new(),
            Some(line) => {
                if !out.is_empty() {
                    out.push('\n');
                }
                line.to_string()
            }
            None => "--".to_owned(),
        };
        let _ = writeln!(out, "{line:>4} {}", row.text);
    }
    if let Some(wrong) = Instructions::new(&code.code).find(Result::is_err) {
        let _ = writeln!(out, "{wrong:?}");
    }
    let mut entries = ExceptionTable::new(&code.exceptiontable).peekable();
    if entries.peek().is_some() {
        out.push_str("ExceptionTable:\n");
        for e in entries {
            let label = |at: u32| labels.get(&(at as usize)).copied().unwrap_or_default();
            let lasti = if e.lasti { " lasti" } else { "" };
            let _ = writeln!(
                out,
                "  L{} to L{} -> L{} [{}]{lasti}",
                label(e.start),
                label(e.end),
                label(e.target),
                e.depth
            );
        }
    }
    out
}

/// A code object and all those among its constants, each under a heading.
pub fn disassemble_tree(code: &CodeObject) -> String {
    let mut out = String::new();
    let mut pending = vec![code];
    while let Some(code) = pending.pop() {
        let _ = writeln!(
            out,
            "{} ({}:{}):",
            code.qualname.to_string_lossy(),
            code.filename.to_string_lossy(),
            code.firstlineno
        );
        out.push_str(&disassemble(code));
        out.push('\n');
        for value in code.consts.iter().rev() {
            if let Const::Code(inner) = value {
                pending.push(inner);
            }
        }
    }
    out
}

fn argument(code: &CodeObject, i: &Instruction, labels: &BTreeMap<usize, usize>) -> String {
    let index = i.arg as usize;
    let name = |n: usize| code.names.get(n).map(|s| s.to_string_lossy()).unwrap_or_default();
    let local = |n: usize| code.localsplusnames.get(n).map(|s| s.to_string_lossy()).unwrap_or_default();
    let of = |table: &[&str]| table.get(index).map(|s| (*s).to_owned()).unwrap_or_default();
    match i.opcode.operand() {
        Operand::Const => code.consts.get(index).map(repr).unwrap_or_default(),
        Operand::Name => name(index),
        Operand::NameShifted1 if i.opcode == Opcode::LOAD_GLOBAL && index & 1 == 1 => {
            format!("{} + NULL", name(index >> 1))
        }
        Operand::NameShifted1 if index & 1 == 1 => format!("{} + NULL|self", name(index >> 1)),
        Operand::NameShifted1 => name(index >> 1),
        Operand::NameShifted2 if index & 1 == 1 => format!("{} + NULL|self", name(index >> 2)),
        Operand::NameShifted2 => name(index >> 2),
        Operand::Local | Operand::Deref => local(index),
        Operand::LocalPair => format!("{}, {}", local(index >> 4), local(index & 15)),
        Operand::Jump => match i.jump_target().and_then(|t| labels.get(&t)) {
            Some(label) if i.opcode == Opcode::END_ASYNC_FOR => format!("from L{label}"),
            Some(label) => format!("to L{label}"),
            None => String::new(),
        },
        Operand::Compare => {
            let symbol = Compare::from_arg(i.arg).map(Compare::symbol).unwrap_or_default();
            if i.arg & COMPARE_TO_BOOL != 0 { format!("bool({symbol})") } else { symbol.to_owned() }
        }
        Operand::BinaryOp => BinaryOp::from_arg(i.arg).map(|b| b.names().1.to_owned()).unwrap_or_default(),
        Operand::Intrinsic1 => of(&INTRINSICS_1),
        Operand::Intrinsic2 => of(&INTRINSICS_2),
        Operand::CommonConstant => of(&COMMON_CONSTANTS),
        Operand::Special => of(&SPECIAL_METHODS),
        Operand::Flags => match (i.opcode, i.arg) {
            (Opcode::IS_OP, 1) => "is not".to_owned(),
            (Opcode::IS_OP, _) => "is".to_owned(),
            (Opcode::CONTAINS_OP, 1) => "not in".to_owned(),
            (Opcode::CONTAINS_OP, _) => "in".to_owned(),
            (Opcode::CONVERT_VALUE, convert::STR) => "str".to_owned(),
            (Opcode::CONVERT_VALUE, convert::REPR) => "repr".to_owned(),
            (Opcode::CONVERT_VALUE, convert::ASCII) => "ascii".to_owned(),
            (Opcode::SET_FUNCTION_ATTRIBUTE, function_attribute::DEFAULTS) => "defaults".to_owned(),
            (Opcode::SET_FUNCTION_ATTRIBUTE, function_attribute::KWDEFAULTS) => "kwdefaults".to_owned(),
            (Opcode::SET_FUNCTION_ATTRIBUTE, function_attribute::ANNOTATIONS) => "annotations".to_owned(),
            (Opcode::SET_FUNCTION_ATTRIBUTE, function_attribute::CLOSURE) => "closure".to_owned(),
            (Opcode::SET_FUNCTION_ATTRIBUTE, function_attribute::ANNOTATE) => "annotate".to_owned(),
            _ => String::new(),
        },
        Operand::None | Operand::SmallInt | Operand::Count | Operand::Depth | Operand::UnpackEx | Operand::Extended => {
            String::new()
        }
    }
}

/// A constant much as `repr` shows it; long ones are cut.
pub fn repr(value: &Const) -> String {
    let mut text = full_repr(value, 6);
    if text.chars().count() > 100 {
        text = text.chars().take(97).collect();
        text.push_str("...");
    }
    text
}

fn full_repr(value: &Const, levels: usize) -> String {
    if levels == 0 {
        return "...".to_owned();
    }
    let all = |items: &[Const]| items.iter().map(|i| full_repr(i, levels - 1)).collect::<Vec<_>>().join(", ");
    match value {
        Const::None => "None".to_owned(),
        Const::True => "True".to_owned(),
        Const::False => "False".to_owned(),
        Const::Ellipsis => "Ellipsis".to_owned(),
        Const::StopIteration => "StopIteration".to_owned(),
        Const::Int(n) => n.to_string(),
        Const::BigInt { negative, digits } => {
            format!("{}<int of {} bits>", if *negative { "-" } else { "" }, digits.len() * 15)
        }
        Const::Float(f) => format!("{f:?}"),
        Const::Complex { re, im } => format!("({re:?}+{im:?}j)"),
        Const::Str(s) => format!("'{}'", s.to_string_lossy().escape_debug()),
        Const::Bytes(b) => format!("b'{}'", b.escape_ascii()),
        Const::Tuple(items) if items.len() == 1 => format!("({},)", all(items)),
        Const::Tuple(items) => format!("({})", all(items)),
        Const::List(items) => format!("[{}]", all(items)),
        Const::Set(items) => format!("{{{}}}", all(items)),
        Const::FrozenSet(items) => format!("frozenset({{{}}})", all(items)),
        Const::Dict(items) => {
            let pairs: Vec<String> = items
                .iter()
                .map(|(k, v)| format!("{}: {}", full_repr(k, levels - 1), full_repr(v, levels - 1)))
                .collect();
            format!("{{{}}}", pairs.join(", "))
        }
        Const::Slice(parts) => format!("slice({})", all(&parts[..])),
        Const::Code(code) => format!(
            "<code object {}, file \"{}\", line {}>",
            code.name.to_string_lossy(),
            code.filename.to_string_lossy(),
            code.firstlineno
        ),
    }
}
