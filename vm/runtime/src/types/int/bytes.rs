//! `int.to_bytes` and `int.from_bytes`.

use super::{IntRef, build, limbs, view};
use crate::PyResult;
use crate::object::Args;
use crate::state::Vm;
use crate::types::bytes::PyBytes;
use crate::types::str::PyStr;
use crate::types::type_object::PyType;
use crate::value::Value;

/// A copy of the bytes of a bytes-like object; `None` where it is none.
pub fn bytes_like(vm: &Vm, v: Value) -> PyResult<Option<Vec<u8>>> {
    if !vm.has_buffer(v) {
        return Ok(None);
    }
    let copy = vm.with_buffer(v, |bytes| {
        let mut copy = Vec::new();
        copy.try_reserve_exact(bytes.len()).ok()?;
        copy.extend_from_slice(bytes);
        Some(copy)
    })?;
    match copy {
        Some(copy) => Ok(Some(copy)),
        None => Err(vm.memory_error()),
    }
}

fn is_little(vm: &Vm, order: Option<Value>, function: &str) -> PyResult<bool> {
    let Some(order) = order else { return Ok(false) };
    let Some(order) = order.downcast::<PyStr>() else {
        return Err(
            vm.type_error(format!("{function}() argument 'byteorder' must be str, not {}", vm.type_name(order)))
        );
    };
    match order.as_ascii() {
        Some("little") => Ok(true),
        Some("big") => Ok(false),
        _ => Err(vm.value_error("byteorder must be either 'little' or 'big'")),
    }
}

/// The two's complement of an int in so many bytes, least first. `Err`: OverflowError.
pub fn write_bytes(vm: &Vm, v: Value, signed: bool, out: &mut [u8]) -> PyResult<()> {
    let i = view(&v).unwrap_or(IntRef::Small(0));
    let negative = i.is_negative();
    if negative && !signed {
        return Err(vm.overflow_error("can't convert negative int to unsigned"));
    }
    let mut buffer = [0];
    let magnitude = i.magnitude(&mut buffer);
    let too_big = || vm.overflow_error("int too big to convert");
    let room = out.len() as u64 * 8;
    let bits = limbs::bit_length(magnitude);
    // A negative power of two needs a bit less.
    let power_of_two = negative && magnitude.iter().map(|l| l.count_ones()).sum::<u32>() == 1;
    let needed = if bits == 0 { 0 } else { bits + u64::from(signed && !power_of_two) };
    if needed > room {
        return Err(too_big());
    }
    let bytes = magnitude.iter().flat_map(|l| l.to_le_bytes()).chain(std::iter::repeat(0));
    let mut carry = true;
    for (slot, byte) in out.iter_mut().zip(bytes) {
        *slot = if negative {
            let (byte, c) = (!byte).overflowing_add(u8::from(carry));
            carry = c;
            byte
        } else {
            byte
        };
    }
    Ok(())
}

/// The int that bytes stand for, least first.
pub fn read_bytes(vm: &Vm, bytes: &[u8], signed: bool) -> PyResult<Value> {
    let negative = signed && bytes.last().is_some_and(|b| b & 0x80 != 0);
    build(vm, bytes.len() / 8 + 1, |out| {
        for (slot, chunk) in out.iter_mut().zip(bytes.chunks(8)) {
            let mut limb = [if negative { 0xff } else { 0 }; 8];
            limb.iter_mut().zip(chunk).for_each(|(l, b)| *l = *b);
            *slot = u64::from_le_bytes(limb);
        }
        if negative {
            // The limb on top holds nothing but the sign where the bytes fill whole limbs.
            if bytes.len().is_multiple_of(8)
                && let Some(top) = out.last_mut()
            {
                *top = u64::MAX;
            }
            for slot in out.iter_mut() {
                *slot = !*slot;
            }
            limbs::increment(out);
        }
        negative
    })
}

/// `to_bytes(length=1, byteorder='big', *, signed=False)`
pub fn to_bytes(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let length = match args.opt(1) {
        Some(v) => vm.to_isize(v)?,
        None => 1,
    };
    let little = is_little(vm, args.opt(2), "to_bytes")?;
    let signed = args.opt(3).map_or(Ok(false), |v| vm.is_true(v))?;
    let Ok(length) = usize::try_from(length) else {
        return Err(vm.value_error("length argument must be non-negative"));
    };
    let mut out: Vec<u8> = Vec::new();
    if out.try_reserve_exact(length).is_err() {
        return Err(vm.memory_error());
    }
    out.resize(length, 0);
    write_bytes(vm, args.get(0), signed, &mut out)?;
    if !little {
        out.reverse();
    }
    Ok(PyBytes::new(vm, &out)?.value())
}

/// `from_bytes(bytes, byteorder='big', *, signed=False)`
pub fn from_bytes(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let little = is_little(vm, args.opt(2), "from_bytes")?;
    let signed = args.opt(3).map_or(Ok(false), |v| vm.is_true(v))?;
    let source = args.get(1);
    let mut bytes = match bytes_like(vm, source)? {
        Some(bytes) => bytes,
        None => bytes_of_iterable(vm, source)?,
    };
    if !little {
        bytes.reverse();
    }
    let result = read_bytes(vm, &bytes, signed)?;
    match args.get(0).downcast::<PyType>() {
        Some(class) if class != vm.types.int => vm.call(class.value(), &[result]),
        _ => Ok(result),
    }
}

/// As `PyObject_Bytes`: `__bytes__`, else the items of an iterable.
fn bytes_of_iterable(vm: &Vm, source: Value) -> PyResult<Vec<u8>> {
    use crate::state::names::Special;
    if let Some(result) = vm.call_special(source, Special::Bytes, &[])? {
        return match result.downcast::<PyBytes>() {
            Some(b) => Ok(b.as_slice().to_vec()),
            None => Err(vm.type_error(format!("__bytes__ returned non-bytes (type {})", vm.type_name(result)))),
        };
    }
    let iterable =
        vm.type_of(source).special(Special::Iter).is_some() || vm.type_of(source).special(Special::GetItem).is_some();
    if !iterable || vm.is_instance(source, vm.types.str) {
        return Err(vm.type_error(format!("cannot convert '{}' object to bytes", vm.type_name(source))));
    }
    let mut out = Vec::new();
    vm.for_each(source, |item| {
        let byte = vm.index(item)?;
        let Some(byte) = super::to_i64(byte).and_then(|b| u8::try_from(b).ok()) else {
            return Err(vm.value_error("bytes must be in range(0, 256)"));
        };
        if out.try_reserve(1).is_err() {
            return Err(vm.memory_error());
        }
        out.push(byte);
        Ok(())
    })?;
    Ok(out)
}

/// The int of marshal: digits of 15 bits, least first.
pub fn from_digits15(vm: &Vm, negative: bool, digits: &[u16]) -> PyResult<Value> {
    let bits = digits.len().saturating_mul(15);
    build(vm, bits / 64 + 1, |out| {
        for (i, digit) in digits.iter().enumerate() {
            let (limb, shift) = (i * 15 / 64, i * 15 % 64);
            let wide = u128::from(*digit) << shift;
            for (slot, part) in out.iter_mut().skip(limb).zip([wide as u64, (wide >> 64) as u64]) {
                *slot |= part;
            }
        }
        negative
    })
}

/// The magnitude in digits of 15 bits, least first, none for 0: what marshal writes.
pub fn to_digits15(v: Value) -> (bool, Vec<u16>) {
    let i = view(&v).unwrap_or(IntRef::Small(0));
    let mut buffer = [0];
    let magnitude = i.magnitude(&mut buffer);
    let count = limbs::bit_length(magnitude).div_ceil(15) as usize;
    let digits = (0..count)
        .map(|d| {
            let (limb, shift) = (d * 15 / 64, d * 15 % 64);
            let at = |i: usize| u128::from(magnitude.get(i).copied().unwrap_or(0));
            ((at(limb) | at(limb + 1) << 64) >> shift) as u16 & 0x7fff
        })
        .collect();
    (i.is_negative(), digits)
}
