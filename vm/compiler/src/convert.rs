//! The code generator's code objects to ours.

use std::sync::Arc;

use brolga_bytecode::{CodeObject, Const, Wtf8String};
use num_bigint::Sign;
use rustpython_compiler_core::bytecode::{self, ConstantData};

use crate::large_literals::StandIns;
use crate::qualname::{Scope, qualname};
use crate::renamed::original;

/// Converts a whole tree of code objects. Runs on a stack that fits the source's nesting, which bounds this one's.
pub(crate) fn code_object(code: bytecode::CodeObject, stand_ins: &StandIns) -> CodeObject {
    convert(code, &mut Vec::new(), stand_ins)
}

fn convert(mut code: bytecode::CodeObject, scopes: &mut Vec<Scope>, stand_ins: &StandIns) -> CodeObject {
    let qualname = qualname(&code, scopes);
    scopes.push(Scope::of(&code, qualname.clone()));
    let origins: Vec<Option<f64>> = code.constants.iter().map(|c| stood_in(c, stand_ins)).collect();
    let consts = code.constants.iter_mut().map(|c| constant(c, scopes, stand_ins)).collect();
    scopes.pop();
    let mut instructions = code.instructions.original_bytes();
    let consts = stand_ins.merge(consts, &origins, &mut instructions);
    // Cells that are arguments too stand among the variables only.
    let cells = code.cellvars.iter().filter(|c| !code.varnames.contains(c));
    let localsplusnames = code.varnames.iter().chain(cells).chain(&code.freevars).map(|n| name(n)).collect();
    CodeObject {
        argcount: code.arg_count,
        posonlyargcount: code.posonlyarg_count,
        kwonlyargcount: code.kwonlyarg_count,
        stacksize: code.max_stackdepth,
        flags: code.flags.bits(),
        code: instructions.into(),
        consts,
        names: code.names.iter().map(|n| name(n)).collect(),
        localsplusnames,
        localspluskinds: code.localspluskinds,
        filename: name(&code.source_path),
        name: name(&code.obj_name),
        qualname: name(&qualname),
        firstlineno: code.first_line_number.map_or(0, |n| i32::try_from(n.get()).unwrap_or(i32::MAX)),
        linetable: code.linetable,
        exceptiontable: code.exceptiontable,
    }
}

fn name(text: &str) -> Wtf8String {
    Wtf8String::from_utf8(original(text))
}

/// The float that a constant of the table is, if it stands for another.
fn stood_in(value: &ConstantData, stand_ins: &StandIns) -> Option<f64> {
    let ConstantData::Float { value } = value else { return None };
    stand_ins.constant(*value).map(|_| *value)
}

/// Takes what it can out of `value`: nested code objects are large.
fn constant(value: &mut ConstantData, scopes: &mut Vec<Scope>, stand_ins: &StandIns) -> Const {
    if let ConstantData::Code { .. } = value
        && let ConstantData::Code { code } = std::mem::replace(value, ConstantData::None)
    {
        return Const::Code(Arc::new(convert(*code, scopes, stand_ins)));
    }
    let mut all = |items: &mut [ConstantData]| -> Vec<Const> {
        items.iter_mut().map(|i| constant(i, scopes, stand_ins)).collect()
    };
    match value {
        // Taken above.
        ConstantData::Code { .. } => Const::None,
        ConstantData::None => Const::None,
        ConstantData::Ellipsis => Const::Ellipsis,
        ConstantData::Boolean { value: true } => Const::True,
        ConstantData::Boolean { value: false } => Const::False,
        ConstantData::Integer { value } => {
            let (sign, bytes) = value.to_bytes_le();
            Const::from_digits15(sign == Sign::Minus, &digits15(&bytes))
        }
        ConstantData::Float { value } => stand_ins.constant(*value).cloned().unwrap_or(Const::Float(*value)),
        ConstantData::Complex { value } => Const::Complex { re: value.re, im: value.im },
        // Their strings are well-formed WTF-8 by type.
        ConstantData::Str { value } => Const::Str(Wtf8String::from_wtf8(value.as_bytes().into()).unwrap_or_default()),
        ConstantData::Bytes { value } => Const::Bytes(value.as_slice().into()),
        ConstantData::Tuple { elements } => match &**elements {
            [_, ConstantData::Float { value }] if stand_ins.iterated(*value).is_some() => {
                stand_ins.iterated(*value).cloned().unwrap_or(Const::None)
            }
            _ => Const::Tuple(all(elements)),
        },
        ConstantData::Frozenset { elements } => Const::FrozenSet(distinct(all(elements))),
        ConstantData::Slice { elements } => {
            let [a, b, c] = &mut **elements;
            let mut one = |v: &mut ConstantData| constant(v, scopes, stand_ins);
            Const::Slice(Box::new([one(a), one(b), one(c)]))
        }
    }
}

/// The items of a frozenset: of equal ones the first.
fn distinct(items: Vec<Const>) -> Vec<Const> {
    let mut kept: Vec<Const> = Vec::with_capacity(items.len());
    // Only numbers are equal across types, and literals of equal text were merged before: short sets, and rare.
    let numbers = items.iter().filter(|i| number(i).is_some()).count();
    if !(2..=1000).contains(&numbers) {
        return items;
    }
    for item in items {
        if !kept.iter().any(|k| number(k).is_some_and(|k| Some(k) == number(&item))) {
            kept.push(item);
        }
    }
    kept
}

/// Real and imaginary part of a number that a float holds exactly.
fn number(value: &Const) -> Option<(f64, f64)> {
    match value {
        Const::False => Some((0.0, 0.0)),
        Const::True => Some((1.0, 0.0)),
        Const::Int(i) if i.unsigned_abs() <= 1 << 53 => Some((*i as f64, 0.0)),
        Const::Float(f) => Some((*f, 0.0)),
        Const::Complex { re, im } => Some((*re, *im)),
        _ => None,
    }
}

/// Little-endian bytes to base 2^15 digits.
pub(crate) fn digits15(bytes: &[u8]) -> Vec<u16> {
    let mut digits = Vec::with_capacity(bytes.len() * 8 / 15 + 1);
    let (mut bits, mut held) = (0_u32, 0_u32);
    for byte in bytes {
        held |= u32::from(*byte) << bits;
        bits += 8;
        if bits >= 15 {
            digits.push((held & 0x7fff) as u16);
            held >>= 15;
            bits -= 15;
        }
    }
    digits.push(held as u16);
    digits
}
