//! [`Value`]: one NaN-boxed 64-bit word that holds any Python object reference, a float, or an int of 49 bits.
//!
//! The coding is JavaScriptCore's. With `b` the word's bits:
//!
//! | bits                                        | meaning                                                   |
//! |---------------------------------------------|-----------------------------------------------------------|
//! | `0`                                         | "no value": `Option<Value>::None`, never a `Value`          |
//! | `0x02 ..= 0xff`                             | constants: `None`, `False`, `True`, `NotImplemented`, `...` |
//! | `0x1_0000 .. 0x0002_0000_0000_0000`         | address of a heap object, plain                           |
//! | `0x0002_0000_0000_0000 ..= 0xfffa_0000_0000_0000` | an `f64`, its bits offset by `2^49`                  |
//! | `0xfffe_0000_0000_0000 ..`                  | an int of 49 bits, two's complement                       |
//!
//! The only NaNs in a `Value` are the two quiet ones without payload, else a forged NaN would be a forged pointer:
//! [`Value::from_f64`] makes them so.

use std::num::NonZeroU64;

use crate::object::Obj;

/// A Python value. `Copy`; may be kept in locals and arguments, never in malloc'd memory (docs/heap.md).
#[derive(Copy, Clone)]
#[repr(transparent)]
pub struct Value(NonZeroU64);

/// A slot that may be empty: a local that is not bound, a missing argument, a deleted entry. Zero bits mean empty.
pub type Slot = Option<Value>;

const _: () = assert!(size_of::<Slot>() == 8);

/// Added to a double's bits.
pub const DOUBLE_OFFSET: u64 = 1 << 49;
/// The bits that mark an int.
pub const INT_TAG: u64 = 0xfffe_0000_0000_0000;
/// Smallest and largest int held in place.
pub const SMALL_INT_MIN: i64 = -(1 << 48);
pub const SMALL_INT_MAX: i64 = (1 << 48) - 1;

const fn constant(bits: u64) -> Value {
    match NonZeroU64::new(bits) {
        Some(bits) => Value(bits),
        None => Value(NonZeroU64::MIN),
    }
}

impl Value {
    pub const NONE: Value = constant(0x02);
    pub const FALSE: Value = constant(0x06);
    pub const TRUE: Value = constant(0x07);
    pub const NOT_IMPLEMENTED: Value = constant(0x0a);
    pub const ELLIPSIS: Value = constant(0x0e);

    #[inline(always)]
    pub const fn bits(self) -> u64 {
        self.0.get()
    }

    /// The value with these bits.
    ///
    /// # Safety
    /// `bits` came from [`Value::bits`] of a value that is still alive.
    #[inline(always)]
    pub const unsafe fn from_bits(bits: u64) -> Value {
        // SAFETY: a value's bits are never zero.
        Value(unsafe { NonZeroU64::new_unchecked(bits) })
    }

    #[inline(always)]
    pub fn from_obj(obj: Obj) -> Value {
        // SAFETY: an object's address is not null.
        Value(unsafe { NonZeroU64::new_unchecked(obj.addr() as u64) })
    }

    #[inline(always)]
    pub const fn from_bool(b: bool) -> Value {
        if b { Value::TRUE } else { Value::FALSE }
    }

    /// A float. Every NaN becomes the quiet one of its sign.
    #[inline(always)]
    pub fn from_f64(f: f64) -> Value {
        let bits = if f.is_nan() { 0x7ff8_0000_0000_0000 | (f.to_bits() & (1 << 63)) } else { f.to_bits() };
        constant(bits.wrapping_add(DOUBLE_OFFSET))
    }

    /// An int, if it has 49 bits.
    #[inline(always)]
    pub const fn from_small_int(i: i64) -> Option<Value> {
        if i >= SMALL_INT_MIN && i <= SMALL_INT_MAX { Some(Value::from_int_truncated(i)) } else { None }
    }

    /// An int of which the low 49 bits are taken: for values known to be in range (`u32`, `i32`, lengths in memory).
    #[inline(always)]
    pub const fn from_int_truncated(i: i64) -> Value {
        constant(INT_TAG | (i as u64 & (DOUBLE_OFFSET - 1)))
    }

    #[inline(always)]
    pub const fn from_i32(i: i32) -> Value {
        Value::from_int_truncated(i as i64)
    }

    /// A length or index: no allocation is larger than 2^47 bytes, so it fits.
    #[inline(always)]
    pub const fn from_len(n: usize) -> Value {
        Value::from_int_truncated(n as i64)
    }

    #[inline(always)]
    pub const fn is_small_int(self) -> bool {
        self.bits() >= INT_TAG
    }

    #[inline(always)]
    pub const fn is_float(self) -> bool {
        self.bits().wrapping_sub(DOUBLE_OFFSET) < INT_TAG - DOUBLE_OFFSET
    }

    #[inline(always)]
    pub const fn is_obj(self) -> bool {
        self.bits().wrapping_sub(0x100) < DOUBLE_OFFSET - 0x100
    }

    /// The int held in place. Exact `int` only: `True` is not one here.
    #[inline(always)]
    pub const fn as_small_int(self) -> Option<i64> {
        if self.is_small_int() { Some(self.small_int_unchecked()) } else { None }
    }

    /// The int, for a value known to be one (see [`Value::is_small_int`]); any other value gives a meaningless number.
    #[inline(always)]
    pub const fn small_int_unchecked(self) -> i64 {
        ((self.bits() << 15) as i64) >> 15
    }

    /// The float held in place. Exact `float` only.
    #[inline(always)]
    pub const fn as_f64(self) -> Option<f64> {
        if self.is_float() { Some(self.f64_unchecked()) } else { None }
    }

    /// The float, for a value known to be one; any other value gives a meaningless number.
    #[inline(always)]
    pub const fn f64_unchecked(self) -> f64 {
        f64::from_bits(self.bits().wrapping_sub(DOUBLE_OFFSET))
    }

    #[inline(always)]
    pub fn as_obj(self) -> Option<Obj> {
        // SAFETY: the bits of a value in the pointer range are the address of a live object.
        if self.is_obj() { Some(unsafe { Obj::from_addr_unchecked(self.bits() as usize) }) } else { None }
    }

    #[inline(always)]
    pub const fn as_bool(self) -> Option<bool> {
        if self.is_bool() { Some(self.bits() & 1 != 0) } else { None }
    }

    #[inline(always)]
    pub const fn is_bool(self) -> bool {
        self.bits() & !1 == 0x06
    }

    #[inline(always)]
    pub const fn is_none(self) -> bool {
        self.bits() == Value::NONE.bits()
    }

    /// The same word: object identity, but for ints of 50 to 64 bits, see [`Value::is`].
    #[inline(always)]
    pub const fn same_bits(self, other: Value) -> bool {
        self.bits() == other.bits()
    }

    /// Python's `is`. Floats, and ints that fit 64 bits, go by type and value (docs/differences.md).
    #[inline(always)]
    pub fn is(self, other: Value) -> bool {
        self.same_bits(other)
            || (other.is_obj()
                && self.as_obj().is_some_and(|o| o.shape_id() == crate::types::shape::int)
                && is_slow(self, other))
    }
}

#[cold]
#[inline(never)]
fn is_slow(a: Value, b: Value) -> bool {
    match (crate::types::int::exact_heap_i64(a), crate::types::int::exact_heap_i64(b)) {
        (Some(a), Some(b)) => a == b,
        _ => false,
    }
}

impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Value({:#x})", self.bits())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ints_round_trip() {
        for i in [0, 1, -1, 42, SMALL_INT_MAX, SMALL_INT_MIN, SMALL_INT_MAX - 1, SMALL_INT_MIN + 1] {
            let v = Value::from_small_int(i).unwrap();
            assert_eq!(v.as_small_int(), Some(i));
            assert!(!v.is_float() && !v.is_obj() && !v.is_bool() && !v.is_none());
        }
        assert!(Value::from_small_int(SMALL_INT_MAX + 1).is_none());
        assert!(Value::from_small_int(SMALL_INT_MIN - 1).is_none());
    }

    #[test]
    fn floats_round_trip_and_nans_lose_their_payload() {
        for f in [0.0, -0.0, 1.5, f64::MAX, f64::MIN, f64::INFINITY, f64::NEG_INFINITY, f64::MIN_POSITIVE, 5e-324] {
            let v = Value::from_f64(f);
            assert_eq!(v.as_f64().map(f64::to_bits), Some(f.to_bits()));
            assert!(!v.is_small_int() && !v.is_obj());
        }
        for bits in [0x7ff0_0000_0000_0001u64, 0x7fff_ffff_ffff_ffff, 0xffff_ffff_ffff_ffff, 0xfff8_0000_0000_0000] {
            let v = Value::from_f64(f64::from_bits(bits));
            let back = v.as_f64().unwrap().to_bits();
            assert_eq!(back, 0x7ff8_0000_0000_0000 | (bits & (1 << 63)));
        }
    }

    #[test]
    fn constants_are_no_objects() {
        for v in [Value::NONE, Value::TRUE, Value::FALSE, Value::NOT_IMPLEMENTED, Value::ELLIPSIS] {
            assert!(!v.is_obj() && !v.is_float() && !v.is_small_int());
        }
        assert_eq!(Value::TRUE.as_bool(), Some(true));
        assert_eq!(Value::FALSE.as_bool(), Some(false));
        assert_eq!(Value::NONE.as_bool(), None);
    }
}
