//! Code objects and the constants they hold, as plain data.

use std::sync::Arc;

use crate::constants::{flags, local_kind};
use crate::wtf8::Wtf8String;

/// One code object: the fields of CPython 3.14's, in its own encodings.
#[derive(Clone, PartialEq, Debug)]
pub struct CodeObject {
    pub argcount: u32,
    pub posonlyargcount: u32,
    pub kwonlyargcount: u32,
    pub stacksize: u32,
    /// [`crate::constants::flags`].
    pub flags: u32,
    /// `co_code`: two bytes a unit, cache units zeroed.
    pub code: Box<[u8]>,
    pub consts: Vec<Const>,
    pub names: Vec<Wtf8String>,
    /// Names of locals, cells and free variables, in frame order.
    pub localsplusnames: Vec<Wtf8String>,
    /// [`crate::constants::local_kind`] bits, one byte for each of `localsplusnames`.
    pub localspluskinds: Box<[u8]>,
    pub filename: Wtf8String,
    pub name: Wtf8String,
    pub qualname: Wtf8String,
    pub firstlineno: i32,
    pub linetable: Box<[u8]>,
    pub exceptiontable: Box<[u8]>,
}

/// A constant of a code object, or anything else that marshal can hold.
#[derive(Clone, Debug)]
pub enum Const {
    None,
    True,
    False,
    Ellipsis,
    StopIteration,
    Int(i64),
    /// Beyond `i64`: sign and magnitude, base 2^15 digits, least first, no leading zero (marshal's form).
    BigInt {
        negative: bool,
        digits: Box<[u16]>,
    },
    Float(f64),
    Complex {
        re: f64,
        im: f64,
    },
    Str(Wtf8String),
    Bytes(Box<[u8]>),
    Tuple(Vec<Const>),
    List(Vec<Const>),
    Dict(Vec<(Const, Const)>),
    Set(Vec<Const>),
    FrozenSet(Vec<Const>),
    /// start, stop, step.
    Slice(Box<[Const; 3]>),
    Code(Arc<CodeObject>),
}

/// Type-strict and bit-strict: `1`, `True` and `1.0` differ, `0.0` and `-0.0` differ, a NaN equals itself.
impl PartialEq for Const {
    fn eq(&self, other: &Const) -> bool {
        match (self, other) {
            (Const::None, Const::None)
            | (Const::True, Const::True)
            | (Const::False, Const::False)
            | (Const::Ellipsis, Const::Ellipsis)
            | (Const::StopIteration, Const::StopIteration) => true,
            (Const::Int(a), Const::Int(b)) => a == b,
            (Const::BigInt { negative: n1, digits: d1 }, Const::BigInt { negative: n2, digits: d2 }) => {
                n1 == n2 && d1 == d2
            }
            (Const::Float(a), Const::Float(b)) => a.to_bits() == b.to_bits(),
            (Const::Complex { re: a, im: b }, Const::Complex { re: c, im: d }) => {
                a.to_bits() == c.to_bits() && b.to_bits() == d.to_bits()
            }
            (Const::Str(a), Const::Str(b)) => a == b,
            (Const::Bytes(a), Const::Bytes(b)) => a == b,
            (Const::Tuple(a), Const::Tuple(b)) | (Const::List(a), Const::List(b)) => a == b,
            (Const::Dict(a), Const::Dict(b)) => a == b,
            (Const::Set(a), Const::Set(b)) | (Const::FrozenSet(a), Const::FrozenSet(b)) => a == b,
            (Const::Slice(a), Const::Slice(b)) => a == b,
            (Const::Code(a), Const::Code(b)) => a == b,
            _ => false,
        }
    }
}

impl Const {
    /// The smallest form of an integer given in base 2^15 digits, least first; leading zeros allowed.
    pub fn from_digits15(negative: bool, digits: &[u16]) -> Const {
        let used = digits.iter().rposition(|d| *d != 0).map_or(0, |i| i + 1);
        let digits = &digits[..used];
        if let Some(small) = small_int(negative, digits) {
            return Const::Int(small);
        }
        Const::BigInt { negative, digits: digits.into() }
    }
}

/// The `i64` of base 2^15 digits, when it fits.
pub fn small_int(negative: bool, digits: &[u16]) -> Option<i64> {
    if digits.len() > 5 {
        return None;
    }
    let magnitude = digits.iter().rev().fold(0_i128, |n, d| n << 15 | i128::from(*d));
    i64::try_from(if negative { -magnitude } else { magnitude }).ok()
}

/// The base 2^15 digits of an `i64`, least first, into `buffer`: (negative, how many).
pub fn digits15(value: i64, buffer: &mut [u16; 5]) -> (bool, usize) {
    let mut magnitude = value.unsigned_abs();
    let mut len = 0;
    while magnitude != 0 && len < buffer.len() {
        buffer[len] = (magnitude & 0x7fff) as u16;
        magnitude >>= 15;
        len += 1;
    }
    (value < 0, len)
}

impl CodeObject {
    /// Names of arguments and locals (`co_varnames`), cells that are also arguments included.
    pub fn varnames(&self) -> impl Iterator<Item = &Wtf8String> {
        self.names_of_kind(local_kind::LOCAL)
    }

    pub fn cellvars(&self) -> impl Iterator<Item = &Wtf8String> {
        self.names_of_kind(local_kind::CELL)
    }

    pub fn freevars(&self) -> impl Iterator<Item = &Wtf8String> {
        self.names_of_kind(local_kind::FREE)
    }

    fn names_of_kind(&self, kind: u8) -> impl Iterator<Item = &Wtf8String> {
        self.localsplusnames.iter().zip(&self.localspluskinds).filter(move |(_, k)| **k & kind != 0).map(|(n, _)| n)
    }

    /// `co_nlocals`.
    pub fn nlocals(&self) -> usize {
        self.varnames().count()
    }

    /// How many of the first localsplus slots a call fills.
    pub fn total_args(&self) -> usize {
        let mut n = self.argcount as usize + self.kwonlyargcount as usize;
        n += usize::from(self.flags & flags::VARARGS != 0);
        n + usize::from(self.flags & flags::VARKEYWORDS != 0)
    }
}
