//! Ints and floats: exact comparison, and conversions that round once.

use std::cmp::Ordering;

use super::{IntRef, from_limbs, limbs, view};
use crate::PyResult;
use crate::state::Vm;
use crate::value::Value;

/// `value * 2**exponent` for a result that a double holds exactly.
fn scale(value: f64, mut exponent: i64) -> f64 {
    let power = |e: i64| f64::from_bits(((e + 1023) as u64) << 52);
    let mut value = value;
    // First the steps that keep it normal.
    while exponent > 1000 {
        value *= power(1000);
        exponent -= 1000;
    }
    while exponent < -1000 {
        // 53 bits stay above the subnormal range until the last step.
        value *= power(-900);
        exponent += 900;
    }
    value * power(exponent)
}

/// The double nearest to `top * 2**exponent` (ties to even), where `sticky` tells of more bits below. `None`: too large.
pub fn from_scaled(top: u64, sticky: bool, exponent: i64) -> Option<f64> {
    if top == 0 {
        return Some(0.0);
    }
    let zeros = top.leading_zeros();
    let (top, exponent) = (top << zeros, exponent - i64::from(zeros));
    // The exponent of the highest bit; below -1022 a double has fewer bits.
    let high = exponent + 63;
    let keep = if high >= -1022 { 53 } else { 53 - (-1022 - high) };
    if keep < 0 {
        return Some(0.0);
    }
    let drop = (64 - keep) as u32;
    let (kept, rest, half) = if drop == 64 {
        (0, u128::from(top), 1u128 << 63)
    } else {
        (top >> drop, u128::from(top & ((1 << drop) - 1)), 1u128 << (drop - 1))
    };
    let up = rest > half || (rest == half && (sticky || kept & 1 != 0));
    let kept = kept + u64::from(up);
    // Rounding up may carry to 2**53 and so to 2**1024.
    if high > 1023 || (high == 1023 && kept == 1 << 53) {
        return None;
    }
    Some(scale(kept as f64, exponent + i64::from(drop)))
}

pub fn to_f64_view(i: IntRef<'_>) -> Option<f64> {
    match i {
        IntRef::Small(i) => Some(i as f64),
        IntRef::Big(negative, limbs) => {
            let (top, shift, sticky) = limbs::top(limbs);
            let f = from_scaled(top, sticky, i64::try_from(shift).ok()?)?;
            Some(if negative { -f } else { f })
        }
    }
}

/// `float(v)` of an int; OverflowError where it is too large.
pub fn to_f64(vm: &Vm, v: Value) -> PyResult<f64> {
    view(&v).map_or(Some(0.0), to_f64_view).ok_or_else(|| vm.overflow_error("int too large to convert to float"))
}

/// The magnitude of a finite double cut to an integer.
fn f64_limbs(f: f64) -> ([u64; 17], usize) {
    let mut out = [0; 17];
    let (_, mantissa, exponent) = brolga_text::float::decompose(f);
    if exponent < 0 {
        out[0] = if exponent > -64 { mantissa >> exponent.unsigned_abs() } else { 0 };
    } else {
        limbs::shift_left(&mut out, &[mantissa], exponent.unsigned_abs().into());
    }
    let len = out.iter().rposition(|l| *l != 0).map_or(0, |i| i + 1);
    (out, len)
}

/// `int(f)`: cut to an integer.
pub fn from_f64(vm: &Vm, f: f64) -> PyResult<Value> {
    if f.abs() < 9.2e18 {
        return vm.new_int(f as i64);
    }
    if f.is_nan() {
        return Err(vm.value_error("cannot convert float NaN to integer"));
    }
    if f.is_infinite() {
        return Err(vm.overflow_error("cannot convert float infinity to integer"));
    }
    let (limbs, len) = f64_limbs(f);
    from_limbs(vm, f < 0.0, limbs.get(..len).unwrap_or(&[]))
}

/// The exact order of an int and a float; `None` for a NaN.
pub fn compare_f64(i: IntRef<'_>, f: f64) -> Option<Ordering> {
    if f.is_nan() {
        return None;
    }
    if f.is_infinite() {
        return Some(if f > 0.0 { Ordering::Less } else { Ordering::Greater });
    }
    if let IntRef::Small(i) = i
        && i.unsigned_abs() <= 1 << 53
    {
        return (i as f64).partial_cmp(&f);
    }
    let (limbs, len) = f64_limbs(f);
    let whole = IntRef::from_parts(f < 0.0, limbs.get(..len).unwrap_or(&[]));
    // Equal to the integer part: the fraction decides.
    Some(i.order(whole).then_with(|| {
        if f.fract() > 0.0 {
            Ordering::Less
        } else if f.fract() < 0.0 {
            Ordering::Greater
        } else {
            Ordering::Equal
        }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_once() {
        assert_eq!(from_scaled(1, false, 0), Some(1.0));
        assert_eq!(from_scaled(u64::MAX, false, 0), Some(u64::MAX as f64));
        assert_eq!(from_scaled(1, false, 1024), None);
        assert_eq!(from_scaled(u64::MAX, true, 960), None);
        assert_eq!(from_scaled((1 << 53) - 1, false, 971), Some(f64::MAX));
        assert_eq!(from_scaled(1, false, -1074), Some(5e-324));
        assert_eq!(from_scaled(1, false, -1075), Some(0.0));
        assert_eq!(from_scaled(1, true, -1075), Some(5e-324));
        assert_eq!(from_scaled(3, false, -1075), Some(1e-323));
        assert_eq!(from_scaled(1, false, -1022), Some(f64::MIN_POSITIVE));
        for f in [1.5, 1e300, 1e-300, 2.225_073_858_507_201e-308, 4.9e-322, 123456.789] {
            let (_, m, e) = brolga_text::float::decompose(f);
            assert_eq!(from_scaled(m, false, e.into()), Some(f));
        }
    }

    #[test]
    fn compares_exactly() {
        let big = [1u64, 1];
        assert_eq!(compare_f64(IntRef::Small((1 << 53) + 1), 9007199254740992.0), Some(Ordering::Greater));
        assert_eq!(compare_f64(IntRef::Big(false, &big), 18446744073709551616.0), Some(Ordering::Greater));
        assert_eq!(compare_f64(IntRef::Big(true, &big), -18446744073709551616.0), Some(Ordering::Less));
        assert_eq!(compare_f64(IntRef::Small(i64::MAX), 9223372036854775808.0), Some(Ordering::Less));
        assert_eq!(compare_f64(IntRef::Small(1), f64::NAN), None);
        assert_eq!(compare_f64(IntRef::Small(1), 1.5), Some(Ordering::Less));
    }
}
