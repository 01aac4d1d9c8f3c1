//! Single items by native format character.

use crate::PyResult;
use crate::state::Vm;
use crate::types::bytes::PyBytes;
use crate::types::int;
use crate::types::str::PyStr;
use crate::value::Value;

/// A native format: the character after an optional `@`.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Format(pub u8);

impl Format {
    pub fn parse(text: &PyStr) -> Option<Format> {
        Format::of(text.as_ascii()?)
    }

    pub fn of(text: &str) -> Option<Format> {
        let c = match text.as_bytes() {
            [c] | [b'@', c] => *c,
            _ => return None,
        };
        Format(c).checked_size().map(|_| Format(c))
    }

    fn checked_size(self) -> Option<usize> {
        Some(match self.0 {
            b'c' | b'b' | b'B' | b'?' => 1,
            b'h' | b'H' | b'e' => 2,
            b'i' | b'I' | b'f' => 4,
            b'l' | b'L' | b'q' | b'Q' | b'n' | b'N' | b'd' | b'P' => 8,
            _ => return None,
        })
    }

    pub fn size(self) -> usize {
        self.checked_size().unwrap_or(1)
    }

    pub fn is_byte(self) -> bool {
        matches!(self.0, b'c' | b'b' | b'B')
    }

    /// The value of an item's bytes.
    pub fn unpack(self, vm: &Vm, bytes: &[u8]) -> PyResult<Value> {
        let mut wide = [0u8; 8];
        for (to, from) in wide.iter_mut().zip(bytes) {
            *to = *from;
        }
        let word = u64::from_le_bytes(if cfg!(target_endian = "big") { swapped(bytes) } else { wide });
        Ok(match self.0 {
            b'c' => PyBytes::new(vm, bytes)?.value(),
            b'?' => Value::from_bool(word & 0xff != 0),
            b'b' => Value::from_i32(i32::from(word as i8)),
            b'B' => Value::from_i32(i32::from(word as u8)),
            b'h' => Value::from_i32(i32::from(word as i16)),
            b'H' => Value::from_i32(i32::from(word as u16)),
            b'i' => Value::from_i32(word as i32),
            b'I' => Value::from_int_truncated(i64::from(word as u32)),
            b'l' | b'q' | b'n' => vm.new_int(word as i64)?,
            b'f' => Value::from_f64(f64::from(f32::from_bits(word as u32))),
            b'd' => Value::from_f64(f64::from_bits(word)),
            b'e' => Value::from_f64(half_to_f64(word as u16)),
            _ => vm.new_int_u64(word)?,
        })
    }

    /// The bytes of a value.
    pub fn pack(self, vm: &Vm, v: Value) -> PyResult<([u8; 8], usize)> {
        let size = self.size();
        let word = match self.0 {
            b'c' => match v.downcast::<PyBytes>() {
                Some(b) => match b.as_slice() {
                    [c] => u64::from(*c),
                    _ => return Err(self.bad_value(vm)),
                },
                None => return Err(self.bad_type(vm)),
            },
            b'?' => u64::from(vm.is_true(v)?),
            b'f' | b'd' | b'e' => {
                let f = match vm.to_f64(v) {
                    Ok(f) => f,
                    Err(raised) => {
                        vm.catch(raised, vm.types.type_error)?;
                        return Err(self.bad_type(vm));
                    }
                };
                match self.0 {
                    b'd' => f.to_bits(),
                    b'f' => u64::from((f as f32).to_bits()),
                    _ => match f64_to_half(f) {
                        Some(h) => u64::from(h),
                        None => return Err(vm.overflow_error("float too large to pack with e format")),
                    },
                }
            }
            _ => self.pack_int(vm, v)?,
        };
        let mut bytes = word.to_le_bytes();
        if cfg!(target_endian = "big") {
            bytes[..size].reverse();
        }
        Ok((bytes, size))
    }

    fn pack_int(self, vm: &Vm, v: Value) -> PyResult<u64> {
        let i = match vm.index(v) {
            Ok(i) => i,
            Err(raised) => {
                vm.catch(raised, vm.types.type_error)?;
                return Err(self.bad_type(vm));
            }
        };
        let signed = matches!(self.0, b'b' | b'h' | b'i' | b'l' | b'q' | b'n');
        let bits = self.size() as u32 * 8;
        let small = int::to_i64(i);
        let word = match small {
            Some(n) if signed => {
                let shift = 64 - bits;
                if n << shift >> shift != n {
                    return Err(self.bad_value(vm));
                }
                n as u64
            }
            Some(n) if n >= 0 && (bits == 64 || n >> bits == 0) => n as u64,
            None if !signed && bits == 64 => match int::to_u64(i) {
                Some(n) => n,
                None => return Err(self.bad_value(vm)),
            },
            _ => return Err(self.bad_value(vm)),
        };
        Ok(word)
    }

    fn bad_type(self, vm: &Vm) -> crate::Raised {
        vm.type_error(format!("memoryview: invalid type for format '{}'", char::from(self.0)))
    }

    fn bad_value(self, vm: &Vm) -> crate::Raised {
        vm.value_error(format!("memoryview: invalid value for format '{}'", char::from(self.0)))
    }
}

fn swapped(bytes: &[u8]) -> [u8; 8] {
    let mut wide = [0u8; 8];
    for (to, from) in wide.iter_mut().zip(bytes.iter().rev()) {
        *to = *from;
    }
    wide
}

/// IEEE binary16.
pub fn half_to_f64(bits: u16) -> f64 {
    let sign = if bits & 0x8000 != 0 { -1.0 } else { 1.0 };
    let exponent = i32::from(bits >> 10 & 0x1f);
    let fraction = f64::from(bits & 0x3ff);
    match exponent {
        0 => sign * fraction * 2f64.powi(-24),
        31 if fraction == 0.0 => sign * f64::INFINITY,
        31 => f64::NAN,
        e => sign * (1.0 + fraction / 1024.0) * 2f64.powi(e - 15),
    }
}

/// Rounded to even; `None`: too large.
pub fn f64_to_half(f: f64) -> Option<u16> {
    let sign = if f.is_sign_negative() { 0x8000 } else { 0 };
    if f.is_nan() {
        return Some(sign | 0x7e00);
    }
    if f.is_infinite() {
        return Some(sign | 0x7c00);
    }
    let a = f.abs();
    if a < 2f64.powi(-14) {
        // Subnormal: units of 2^-24; 1024 of them are the smallest normal number, whose bits follow on.
        return Some(sign | (a * 2f64.powi(24)).round_ties_even() as u16);
    }
    let exponent = (a.to_bits() >> 52) as i32 - 1023;
    let units = (a * 2f64.powi(10 - exponent)).round_ties_even() as i32;
    let bits = (exponent + 14) * 1024 + units;
    if bits >= 0x7c00 { None } else { Some(sign | bits as u16) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_round_trip() {
        for bits in 0..=0xffffu16 {
            let f = half_to_f64(bits);
            if !f.is_nan() {
                assert_eq!(f64_to_half(f), Some(bits));
            }
        }
        assert_eq!(f64_to_half(65519.0), Some(0x7bff));
        assert_eq!(f64_to_half(65520.0), None);
    }
}
