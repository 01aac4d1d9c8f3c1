//! `int` beyond the 49 bits that a [`Value`] holds in place: sign and magnitude, the magnitude in limbs of 64 bits.
//!
//! Results are always normalised: what fits 49 bits is in place, so two exact ints are equal only if both are in place
//! or both on the heap. Instances of subclasses are on the heap whatever their value. [`IntRef`] is the view of either
//! that all operations take.

mod arith;
mod big;
mod bits;
mod bytes;
mod float;
mod format;
mod limbs;
mod methods;
mod new;
mod pow;

use std::cell::Cell;
use std::cmp::Ordering;

use brolga_heap::flags::HAS_ATTRS;

use crate::PyResult;
use crate::object::layout::INT;
use crate::object::{Field, Header, HeapType, LayoutId, Ref};
use crate::state::Vm;
use crate::types::shape;
use crate::types::type_object::PyType;
use crate::value::Value;

pub use arith::{add, divmod, floor_div, modulo, mul, neg, sub, true_div};
pub use big::{from_ibig, from_ubig, to_ibig};
pub use bits::{and, bit_length, invert, lshift, or, rshift, xor};
pub(crate) use bytes::bytes_like;
pub use bytes::{from_digits15, read_bytes, to_digits15, write_bytes};
pub use float::{compare_f64, from_f64, to_f64};
pub use format::finish;
pub(crate) use format::spec_error;
pub use format::{digits, repr, str_text};
pub use methods::DEF;
pub(crate) use new::class_argument;
pub use new::{from_parsed, from_text, number_to_int};
pub use pow::{gcd, isqrt};
pub use pow::{pow, pow_mod};

#[repr(C)]
pub struct PyInt {
    header: Header,
    /// Bit 0: negative; bits 1..: how many limbs. The highest limb is not 0.
    meta: Cell<u64>,
    limbs: [u64; 0],
}

// SAFETY: repr(C), header first; traced by its own function, for limbs may look like addresses.
unsafe impl HeapType for PyInt {
    const LAYOUT: LayoutId = INT;
}

/// Bytes before the first limb.
pub const INT_LIMBS_OFFSET: usize = 16;

/// The value of an int. What fits an `i64` is always `Small`.
#[derive(Copy, Clone, Debug)]
pub enum IntRef<'a> {
    Small(i64),
    /// Negative?, and the magnitude, least limb first, the highest not 0.
    Big(bool, &'a [u64]),
}

impl<'a> IntRef<'a> {
    pub fn from_parts(negative: bool, mut limbs: &'a [u64]) -> IntRef<'a> {
        while let [rest @ .., 0] = limbs {
            limbs = rest;
        }
        match *limbs {
            [] => IntRef::Small(0),
            [limb] if limb <= i64::MAX as u64 => IntRef::Small(if negative { -(limb as i64) } else { limb as i64 }),
            [limb] if negative && limb == 1 << 63 => IntRef::Small(i64::MIN),
            _ => IntRef::Big(negative, limbs),
        }
    }

    pub fn is_negative(self) -> bool {
        match self {
            IntRef::Small(i) => i < 0,
            IntRef::Big(negative, _) => negative,
        }
    }

    pub fn is_zero(self) -> bool {
        matches!(self, IntRef::Small(0))
    }

    pub fn is_odd(self) -> bool {
        match self {
            IntRef::Small(i) => i & 1 != 0,
            IntRef::Big(_, limbs) => limbs.first().is_some_and(|l| l & 1 != 0),
        }
    }

    pub fn to_i64(self) -> Option<i64> {
        match self {
            IntRef::Small(i) => Some(i),
            IntRef::Big(..) => None,
        }
    }

    /// The magnitude; `buffer` holds that of a small one.
    pub fn magnitude<'b>(self, buffer: &'b mut [u64; 1]) -> &'b [u64]
    where
        'a: 'b,
    {
        match self {
            IntRef::Small(0) => &[],
            IntRef::Small(i) => {
                buffer[0] = i.unsigned_abs();
                buffer
            }
            IntRef::Big(_, limbs) => limbs,
        }
    }

    pub fn order(self, other: IntRef<'_>) -> Ordering {
        match (self, other) {
            (IntRef::Small(a), IntRef::Small(b)) => a.cmp(&b),
            (IntRef::Small(_), IntRef::Big(negative, _)) => {
                if negative {
                    Ordering::Greater
                } else {
                    Ordering::Less
                }
            }
            (IntRef::Big(negative, _), IntRef::Small(_)) => {
                if negative {
                    Ordering::Less
                } else {
                    Ordering::Greater
                }
            }
            (IntRef::Big(false, a), IntRef::Big(false, b)) => limbs::compare(a, b),
            (IntRef::Big(true, a), IntRef::Big(true, b)) => limbs::compare(b, a),
            (IntRef::Big(a, _), IntRef::Big(b, _)) => b.cmp(&a),
        }
    }

    /// `hash()`: the value modulo 2^61 - 1 with its sign; never -1.
    pub fn hash(self) -> i64 {
        let mut buffer = [0];
        let mut rest: u64 = 0;
        for limb in self.magnitude(&mut buffer).iter().rev() {
            // 2^64 is 8 modulo 2^61 - 1, and what stands above the 61st bit counts as often as it says.
            let t = u128::from(rest) * 8 + u128::from(*limb);
            let t = (t as u64 & brolga_text::float::HASH_MODULUS) + (t >> 61) as u64;
            rest = if t >= brolga_text::float::HASH_MODULUS { t - brolga_text::float::HASH_MODULUS } else { t };
        }
        let hash = if self.is_negative() { -(rest as i64) } else { rest as i64 };
        if hash == -1 { -2 } else { hash }
    }
}

impl PyInt {
    fn len(&self) -> usize {
        (self.meta.get() >> 1) as usize
    }

    pub fn is_negative(&self) -> bool {
        self.meta.get() & 1 != 0
    }

    /// The magnitude. Ints don't change: the slice may be held as long as the int is.
    pub fn limbs(&self) -> &[u64] {
        // SAFETY: so many limbs stand behind the struct.
        unsafe { std::slice::from_raw_parts(self.limbs.as_ptr(), self.len()) }
    }

    pub fn view(&self) -> IntRef<'_> {
        IntRef::from_parts(self.is_negative(), self.limbs())
    }

    /// The field behind the limbs of an instance of a subclass with attributes.
    pub(crate) fn attrs_field(&self) -> *const Field {
        // SAFETY: the caller only uses it where the cell was made with room for it.
        unsafe { self.limbs.as_ptr().add(self.len()).cast() }
    }

    fn set_meta(&self, negative: bool, len: usize) {
        self.meta.set((len as u64) << 1 | u64::from(negative));
    }

    /// The room for limbs of a fresh cell.
    ///
    /// # Safety
    /// The cell was made with room for `len` limbs and nobody else sees it.
    #[expect(clippy::mut_from_ref, reason = "a fresh cell, seen by its maker only")]
    unsafe fn fresh_limbs(&self, len: usize) -> &mut [u64] {
        // SAFETY: by this function's contract; fresh memory is zeroed.
        unsafe { std::slice::from_raw_parts_mut(self.limbs.as_ptr().cast_mut(), len) }
    }
}

/// Bytes of a cell with so many limbs and `extra` words.
fn cell_bytes(limbs: usize, extra: usize) -> Option<usize> {
    limbs.checked_add(extra)?.checked_mul(8)?.checked_add(INT_LIMBS_OFFSET)
}

/// An exact int whose limbs `fill` writes; it gets them zeroed and answers whether the int is negative.
pub(crate) fn build(vm: &Vm, len: usize, fill: impl FnOnce(&mut [u64]) -> bool) -> PyResult<Value> {
    let int: Ref<PyInt> = vm.alloc_sized(shape::int, cell_bytes(len, 0))?;
    // SAFETY: just made with that room.
    let limbs = unsafe { int.fresh_limbs(len) };
    let negative = fill(limbs);
    finish_build(int, negative, limbs)
}

/// As [`build`], but `fill` gets the limbs with anything in them, and writes them all.
pub(crate) fn build_unfilled(vm: &Vm, len: usize, fill: impl FnOnce(&mut [u64]) -> bool) -> PyResult<Value> {
    // SAFETY: of an exact int the tracer reads nothing behind the header.
    let int: Ref<PyInt> = unsafe { vm.alloc_unfilled(shape::int, cell_bytes(len, 0)) }?;
    // SAFETY: just made with that room.
    let limbs = unsafe { int.fresh_limbs(len) };
    let negative = fill(limbs);
    finish_build(int, negative, limbs)
}

/// The int whose limbs were written: one in place where it is small.
#[inline(always)]
fn finish_build(int: Ref<PyInt>, negative: bool, limbs: &[u64]) -> PyResult<Value> {
    let view = IntRef::from_parts(negative, limbs);
    if let IntRef::Small(i) = view
        && let Some(v) = Value::from_small_int(i)
    {
        return Ok(v);
    }
    let used = match view {
        IntRef::Small(_) => 1,
        IntRef::Big(_, l) => l.len(),
    };
    int.set_meta(negative, used);
    Ok(int.value())
}

/// An exact int of this sign and magnitude.
pub fn from_limbs(vm: &Vm, negative: bool, limbs: &[u64]) -> PyResult<Value> {
    match IntRef::from_parts(negative, limbs) {
        IntRef::Small(i) => vm.new_int(i),
        IntRef::Big(negative, limbs) => build_unfilled(vm, limbs.len(), |out| {
            out.copy_from_slice(limbs);
            negative
        }),
    }
}

/// An exact int of this value.
pub fn from_view(vm: &Vm, view: IntRef<'_>) -> PyResult<Value> {
    match view {
        IntRef::Small(i) => vm.new_int(i),
        IntRef::Big(negative, limbs) => from_limbs(vm, negative, limbs),
    }
}

/// The exact int of the same value.
pub fn to_exact(vm: &Vm, v: Value) -> PyResult<Value> {
    if v.is_small_int() || vm.exact::<PyInt>(v, shape::int).is_some() {
        return Ok(v);
    }
    from_view(vm, view(&v).unwrap_or(IntRef::Small(0)))
}

/// An instance of a subclass.
pub(crate) fn new_instance(vm: &Vm, class: Ref<PyType>, value: Value) -> PyResult<Value> {
    let view = view(&value).unwrap_or(IntRef::Small(0));
    let mut buffer = [0];
    let magnitude = view.magnitude(&mut buffer);
    let int: Ref<PyInt> = vm.alloc_instance_sized(class, cell_bytes(magnitude.len(), 1))?;
    // SAFETY: just made with that room.
    unsafe { int.fresh_limbs(magnitude.len()) }.copy_from_slice(magnitude);
    int.set_meta(view.is_negative(), magnitude.len());
    Ok(int.value())
}

/// The value of an int, of an instance of a subclass, or of a bool.
#[inline]
pub fn view(v: &Value) -> Option<IntRef<'_>> {
    if let Some(i) = v.as_small_int() {
        return Some(IntRef::Small(i));
    }
    if let Some(b) = v.as_bool() {
        return Some(IntRef::Small(i64::from(b)));
    }
    let int: Ref<PyInt> = v.downcast()?;
    // SAFETY: ints don't change or move, and the object lives as long as `v` or the slice in the result is on the
    // native stack (interior pointers count); cf. `Ref::deref`.
    Some(unsafe { &*int.raw().cast_const() }.view())
}

/// The value of an exact int on the heap, if it fits.
pub fn exact_heap_i64(v: Value) -> Option<i64> {
    let obj = v.as_obj()?;
    if obj.shape_id() != shape::int {
        return None;
    }
    to_i64(v)
}

pub fn new_i64(vm: &Vm, i: i64) -> PyResult<Value> {
    build_unfilled(vm, 1, |out| {
        out.fill(i.unsigned_abs());
        i < 0
    })
}

pub fn new_u64(vm: &Vm, i: u64) -> PyResult<Value> {
    build_unfilled(vm, 1, |out| {
        out.fill(i);
        false
    })
}

pub fn new_u128(vm: &Vm, i: u128) -> PyResult<Value> {
    from_limbs(vm, false, &[i as u64, (i >> 64) as u64])
}

pub fn new_i128(vm: &Vm, i: i128) -> PyResult<Value> {
    let magnitude = i.unsigned_abs();
    from_limbs(vm, i < 0, &[magnitude as u64, (magnitude >> 64) as u64])
}

/// The value of any int (also a bool, also an instance of a subclass). `None`: no int, or it does not fit.
#[inline]
pub fn to_i64(v: Value) -> Option<i64> {
    view(&v)?.to_i64()
}

/// As [`to_i64`].
pub fn to_u64(v: Value) -> Option<u64> {
    match view(&v)? {
        IntRef::Small(i) => u64::try_from(i).ok(),
        IntRef::Big(false, [limb]) => Some(*limb),
        IntRef::Big(..) => None,
    }
}

/// The low 64 bits of the two's complement: what C's unsigned conversions without overflow check take.
pub fn low_u64(v: Value) -> u64 {
    match view(&v) {
        Some(IntRef::Small(i)) => i as u64,
        Some(IntRef::Big(negative, limbs)) => {
            let low = limbs.first().copied().unwrap_or(0);
            if negative { low.wrapping_neg() } else { low }
        }
        None => 0,
    }
}

pub fn is_negative(v: Value) -> bool {
    view(&v).is_some_and(IntRef::is_negative)
}

pub fn is_zero(v: Value) -> bool {
    view(&v).is_some_and(IntRef::is_zero)
}

/// The order of two ints. (What is no int counts as 0.)
pub fn compare(a: Value, b: Value) -> Ordering {
    let zero = IntRef::Small(0);
    view(&a).unwrap_or(zero).order(view(&b).unwrap_or(zero))
}

/// `hash(v)` of any int.
pub fn hash(v: Value) -> i64 {
    view(&v).map_or(0, IntRef::hash)
}

/// The hash that an int result of `__hash__` stands for: never -1.
pub fn hash_result(_: &Vm, v: Value) -> i64 {
    match to_i64(v) {
        Some(-1) => -2,
        Some(i) => i,
        None => hash(v),
    }
}

/// Traces the attributes of an instance of a subclass; limbs name nothing.
pub(crate) unsafe fn trace(obj: std::ptr::NonNull<Header>, tracer: &mut brolga_heap::Tracer) {
    // SAFETY: the collector calls this for live cells of this layout.
    let int: Ref<PyInt> = unsafe { Ref::from_ptr(obj) };
    if int.header.flags() & HAS_ATTRS != 0 {
        // SAFETY: the flag says that the cell has the field.
        if let Some(v) = unsafe { (*int.attrs_field()).get() } {
            tracer.mark_value_word(v.bits());
        }
    }
}

/// The field of an object of this layout whose class gives it attributes.
pub(crate) fn attrs_field(obj: crate::object::Obj) -> Option<*const Field> {
    Some(obj.downcast::<PyInt>()?.attrs_field())
}
