//! `**` and `pow`.

use dashu_int::UBig;
use dashu_int::fast_div::ConstDivisor;

use super::arith::{modulo_views, neg, sub_views};
use super::big::{check_room, from_ubig, ubig};
use super::{IntRef, from_limbs, limbs, lshift, modulo, to_f64, view};
use crate::PyResult;
use crate::state::Vm;
use crate::value::Value;

/// `a ** b`
pub fn pow(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
    let (Some(base), Some(exponent)) = (view(&a), view(&b)) else { return Ok(Value::NOT_IMPLEMENTED) };
    if exponent.is_negative() {
        let (x, y) = (to_f64(vm, a)?, to_f64(vm, b)?);
        return crate::types::float::pow(vm, x, y);
    }
    match base {
        IntRef::Small(0) => return Ok(Value::from_i32(i32::from(exponent.is_zero()))),
        IntRef::Small(1) => return Ok(Value::from_i32(1)),
        IntRef::Small(-1) => return Ok(Value::from_i32(if exponent.is_odd() { -1 } else { 1 })),
        _ => {}
    }
    let IntRef::Small(n) = exponent else {
        // The result has more bits than the exponent's value.
        return Err(vm.memory_error());
    };
    let n = n.unsigned_abs();
    if let IntRef::Small(i) = base {
        if let Some(result) = u32::try_from(n).ok().and_then(|n| i.checked_pow(n)) {
            return vm.new_int(result);
        }
        let magnitude = i.unsigned_abs();
        if magnitude.is_power_of_two() {
            let Some(shift) = u64::from(magnitude.trailing_zeros()).checked_mul(n) else {
                return Err(vm.memory_error());
            };
            let sign = Value::from_i32(if i < 0 && n & 1 != 0 { -1 } else { 1 });
            return lshift(vm, sign, vm.new_int_u64(shift)?);
        }
    }
    let mut buffer = [0];
    let magnitude = base.magnitude(&mut buffer);
    let len = limbs::bit_length(magnitude).checked_mul(n).and_then(|bits| usize::try_from(bits / 64 + 1).ok());
    let (Some(len), Ok(n)) = (len, usize::try_from(n)) else { return Err(vm.memory_error()) };
    check_room(vm, len)?;
    let result = ubig(magnitude).pow(n);
    from_limbs(vm, base.is_negative() && n & 1 != 0, result.as_words())
}

/// `pow(a, b, m)` of three ints.
pub fn pow_mod(vm: &Vm, a: Value, b: Value, m: Value) -> PyResult<Value> {
    let (Some(base), Some(exponent), Some(modulus)) = (view(&a), view(&b), view(&m)) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    if modulus.is_zero() {
        return Err(vm.value_error("pow() 3rd argument cannot be 0"));
    }
    let mut buffer = [0];
    let magnitude = modulus.magnitude(&mut buffer);
    if let [1] = magnitude {
        return Ok(Value::from_i32(0));
    }
    let positive = modulo_views(vm, base, IntRef::from_parts(false, magnitude))?;
    let result = match (magnitude, exponent) {
        ([m], IntRef::Small(e)) => {
            let b = super::low_u64(positive);
            let b = if e < 0 { invert_small(vm, b, *m)? } else { b };
            vm.new_int_u64(pow_small(b, e.unsigned_abs(), *m))?
        }
        _ => {
            let ring = ConstDivisor::new(ubig(magnitude));
            let mut reduced = ring.reduce(super::big::to_ubig(positive));
            if exponent.is_negative() {
                reduced = reduced.inv().ok_or_else(|| not_invertible(vm))?;
            }
            let mut eb = [0];
            from_ubig(vm, &reduced.pow(&ubig(exponent.magnitude(&mut eb))).residue())?
        }
    };
    // The result has the modulus's sign.
    if modulus.is_negative() && !super::is_zero(result) {
        return sub_views(vm, view(&result).unwrap_or(IntRef::Small(0)), IntRef::from_parts(false, magnitude));
    }
    Ok(result)
}

fn not_invertible(vm: &Vm) -> crate::Raised {
    vm.value_error("base is not invertible for the given modulus")
}

fn pow_small(base: u64, mut exponent: u64, modulus: u64) -> u64 {
    let m = u128::from(modulus);
    let (mut result, mut square) = (1u128, u128::from(base) % m);
    while exponent > 0 {
        if exponent & 1 != 0 {
            result = result * square % m;
        }
        square = square * square % m;
        exponent >>= 1;
    }
    result as u64
}

/// The inverse of `a` modulo `m` (above 1), by the extended Euclidean algorithm.
fn invert_small(vm: &Vm, a: u64, m: u64) -> PyResult<u64> {
    let (mut r0, mut r1) = (i128::from(m), i128::from(a));
    let (mut t0, mut t1) = (0i128, 1i128);
    while r1 != 0 {
        let q = r0 / r1;
        (r0, r1) = (r1, r0 - q * r1);
        (t0, t1) = (t1, t0 - q * t1);
    }
    if r0 != 1 {
        return Err(not_invertible(vm));
    }
    Ok(t0.rem_euclid(i128::from(m)) as u64)
}

/// `math.gcd` of two ints.
pub fn gcd(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
    use dashu_int::ops::Gcd;
    let (Some(x), Some(y)) = (view(&a), view(&b)) else { return Ok(Value::NOT_IMPLEMENTED) };
    let (mut xb, mut yb) = ([0], [0]);
    let (x, y) = (x.magnitude(&mut xb), y.magnitude(&mut yb));
    match (x, y) {
        ([], _) => return if super::is_negative(b) { neg(vm, b) } else { super::to_exact(vm, b) },
        (_, []) => return if super::is_negative(a) { neg(vm, a) } else { super::to_exact(vm, a) },
        ([x], [y]) => {
            let (mut x, mut y) = (*x, *y);
            while y != 0 {
                (x, y) = (y, x % y);
            }
            return vm.new_int_u64(x);
        }
        _ => {}
    }
    check_room(vm, x.len().max(y.len()))?;
    from_ubig(vm, &ubig(x).gcd(&ubig(y)))
}

/// `math.isqrt` of an int that is not negative.
pub fn isqrt(vm: &Vm, v: Value) -> PyResult<Value> {
    use dashu_int::ops::SquareRoot;
    match view(&v) {
        Some(IntRef::Small(i)) => vm.new_int_u64(i.unsigned_abs().isqrt()),
        Some(IntRef::Big(_, l)) => {
            check_room(vm, l.len())?;
            let root: UBig = ubig(l).sqrt();
            from_ubig(vm, &root)
        }
        None => modulo(vm, v, v),
    }
}
