//! Type codes, and single items as values.

use crate::PyResult;
use crate::state::Vm;
use crate::types::str::PyStr;
use crate::types::{float, int};
use crate::value::Value;

/// What the items are. [`Code::Wide`] is the deprecated `u`, C's `wchar_t`.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Code {
    I8,
    U8,
    Wide,
    Char,
    I16,
    U16,
    I32,
    U32,
    Long,
    ULong,
    I64,
    U64,
    F32,
    F64,
}

/// In the order that `array.typecodes` has.
pub const CODES: [(char, Code); 14] = [
    ('b', Code::I8),
    ('B', Code::U8),
    ('u', Code::Wide),
    ('w', Code::Char),
    ('h', Code::I16),
    ('H', Code::U16),
    ('i', Code::I32),
    ('I', Code::U32),
    ('l', Code::Long),
    ('L', Code::ULong),
    ('q', Code::I64),
    ('Q', Code::U64),
    ('f', Code::F32),
    ('d', Code::F64),
];

impl Code {
    pub fn of(letter: u32) -> Option<Code> {
        CODES.iter().find(|(c, _)| *c as u32 == letter).map(|(_, code)| *code)
    }

    pub fn letter(self) -> char {
        CODES.get(self as usize).map_or('b', |(c, _)| *c)
    }

    /// Bytes of an item.
    #[inline(always)]
    pub const fn size(self) -> usize {
        match self {
            Code::I8 | Code::U8 => 1,
            Code::I16 | Code::U16 => 2,
            Code::Wide | Code::Char | Code::I32 | Code::U32 | Code::F32 => 4,
            Code::Long | Code::ULong | Code::I64 | Code::U64 | Code::F64 => 8,
        }
    }

    pub fn is_text(self) -> bool {
        matches!(self, Code::Wide | Code::Char)
    }

    pub fn is_int(self) -> bool {
        !self.is_text() && !matches!(self, Code::F32 | Code::F64)
    }

    pub fn is_signed(self) -> bool {
        matches!(self, Code::I8 | Code::I16 | Code::I32 | Code::Long | Code::I64)
    }

    /// `struct`'s notation.
    pub fn format(self) -> &'static str {
        match self {
            Code::I8 => "b",
            Code::U8 => "B",
            Code::Wide | Code::Char => "w",
            Code::I16 => "h",
            Code::U16 => "H",
            Code::I32 => "i",
            Code::U32 => "I",
            Code::Long => "l",
            Code::ULong => "L",
            Code::I64 => "q",
            Code::U64 => "Q",
            Code::F32 => "f",
            Code::F64 => "d",
        }
    }
}

/// The bytes at the beginning of an item, zeros behind them.
fn word(bytes: &[u8]) -> [u8; 8] {
    let mut word = [0; 8];
    word.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
    word
}

/// The value of an item's bytes.
pub fn unpack(vm: &Vm, code: Code, bytes: &[u8]) -> PyResult<Value> {
    let w = word(bytes);
    let [a, b, c, d, ..] = w;
    Ok(match code {
        Code::I8 => Value::from_i32(i32::from(a as i8)),
        Code::U8 => Value::from_i32(i32::from(a)),
        Code::I16 => Value::from_i32(i32::from(i16::from_ne_bytes([a, b]))),
        Code::U16 => Value::from_i32(i32::from(u16::from_ne_bytes([a, b]))),
        Code::I32 => Value::from_i32(i32::from_ne_bytes([a, b, c, d])),
        Code::U32 => Value::from_int_truncated(i64::from(u32::from_ne_bytes([a, b, c, d]))),
        Code::Long | Code::I64 => vm.new_int(i64::from_ne_bytes(w))?,
        Code::ULong | Code::U64 => vm.new_int_u64(u64::from_ne_bytes(w))?,
        Code::F32 => Value::from_f64(f64::from(f32::from_ne_bytes([a, b, c, d]))),
        Code::F64 => Value::from_f64(f64::from_ne_bytes(w)),
        Code::Wide | Code::Char => {
            let c = u32::from_ne_bytes([a, b, c, d]);
            if c >= 0x11_0000 {
                return Err(vm.value_error(match code {
                    Code::Char => "chr() arg not in range(0x110000)".to_owned(),
                    _ => format!("character U+{c:x} is not in range [U+0000; U+10ffff]"),
                }));
            }
            PyStr::from_char(vm, c)?.value()
        }
    })
}

/// A number by `__index__`, as C's `long` or a narrower type: as far as the conversion itself reports what does not fit.
fn c_integer(vm: &Vm, v: Value, low: i64, high: i64, name: &str) -> PyResult<i64> {
    let i = match v.as_small_int() {
        Some(i) => i,
        None => match int::to_i64(vm.index(v)?) {
            Some(i) => i,
            None => return Err(vm.overflow_error("Python int too large to convert to C long")),
        },
    };
    if i > high {
        return Err(vm.overflow_error(format!("{name} is greater than maximum")));
    }
    if i < low {
        return Err(vm.overflow_error(format!("{name} is less than minimum")));
    }
    Ok(i)
}

const SHORT: (i64, i64, &str) = (i16::MIN as i64, i16::MAX as i64, "signed short integer");
const INT: (i64, i64, &str) = (i32::MIN as i64, i32::MAX as i64, "signed integer");

/// The bytes of a value, in the machine's order; as many as the items have count.
pub fn pack(vm: &Vm, code: Code, v: Value) -> PyResult<[u8; 8]> {
    // As in CPython, a number first passes through a wider C type, which has its own words for what does not fit.
    let through = |wide: (i64, i64, &str), low: i64, high: i64, name: &str| {
        let i = c_integer(vm, v, wide.0, wide.1, wide.2)?;
        c_integer(vm, Value::from_int_truncated(i), low, high, name)
    };
    Ok(match code {
        Code::I8 => word(&(through(SHORT, i64::from(i8::MIN), i64::from(i8::MAX), "signed char")? as i8).to_ne_bytes()),
        Code::U8 => word(&[through(SHORT, 0, 255, "unsigned byte integer")? as u8]),
        Code::I16 => word(&(c_integer(vm, v, SHORT.0, SHORT.1, SHORT.2)? as i16).to_ne_bytes()),
        Code::U16 => word(&(through(INT, 0, 0xffff, "unsigned short")? as u16).to_ne_bytes()),
        Code::I32 => word(&(c_integer(vm, v, INT.0, INT.1, INT.2)? as i32).to_ne_bytes()),
        Code::Long => c_integer(vm, v, i64::MIN, i64::MAX, "")?.to_ne_bytes(),
        Code::U32 | Code::ULong => {
            let i = vm.index(v)?;
            if int::is_negative(i) {
                return Err(vm.overflow_error("can't convert negative value to unsigned int"));
            }
            let Some(n) = int::to_u64(i) else {
                return Err(vm.overflow_error("Python int too large to convert to C unsigned long"));
            };
            if code == Code::ULong {
                return Ok(n.to_ne_bytes());
            }
            match u32::try_from(n) {
                Ok(n) => word(&n.to_ne_bytes()),
                Err(_) => return Err(vm.overflow_error("unsigned int is greater than maximum")),
            }
        }
        Code::I64 => match int::to_i64(vm.index(v)?) {
            Some(n) => n.to_ne_bytes(),
            None => return Err(vm.overflow_error("int too big to convert")),
        },
        Code::U64 => {
            let i = vm.index(v)?;
            if int::is_negative(i) {
                return Err(vm.overflow_error("can't convert negative int to unsigned"));
            }
            int::to_u64(i).ok_or_else(|| vm.overflow_error("int too big to convert"))?.to_ne_bytes()
        }
        Code::F32 => word(&(real(vm, v)? as f32).to_ne_bytes()),
        Code::F64 => real(vm, v)?.to_ne_bytes(),
        Code::Wide | Code::Char => {
            let Some(s) = v.downcast::<PyStr>() else {
                return Err(vm.type_error(format!("array item must be a unicode character, not {}", vm.type_name(v))));
            };
            if s.len() != 1 {
                return Err(vm.type_error(format!(
                    "array item must be a unicode character, not a string of length {}",
                    s.len()
                )));
            }
            word(&s.char_at(0).to_ne_bytes())
        }
    })
}

fn real(vm: &Vm, v: Value) -> PyResult<f64> {
    match v.as_f64() {
        Some(f) => Ok(f),
        None => match v.as_small_int() {
            Some(i) => Ok(i as f64),
            None => float::from_object(vm, v),
        },
    }
}
