//! Shifts and bitwise operators, by two's complement of unlimited width.

use super::arith::sub_views;
use super::{IntRef, build, build_unfilled, limbs, view};
use crate::PyResult;
use crate::state::Vm;
use crate::value::Value;

/// `a << b`
pub fn lshift(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
    let (Some(x), Some(y)) = (view(&a), view(&b)) else { return Ok(Value::NOT_IMPLEMENTED) };
    if y.is_negative() {
        return Err(vm.value_error("negative shift count"));
    }
    if x.is_zero() {
        return Ok(Value::from_i32(0));
    }
    let IntRef::Small(count) = y else { return Err(vm.overflow_error("too many digits in integer")) };
    if let IntRef::Small(i) = x
        && count < 63
        && (i << count) >> count == i
    {
        return vm.new_int(i << count);
    }
    let mut buffer = [0];
    let magnitude = x.magnitude(&mut buffer);
    let count = count.unsigned_abs();
    let len = (count / 64).saturating_add(magnitude.len() as u64 + 1);
    build(vm, usize::try_from(len).unwrap_or(usize::MAX), |out| {
        limbs::shift_left(out, magnitude, count);
        x.is_negative()
    })
}

/// `a >> b`
pub fn rshift(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
    let (Some(x), Some(y)) = (view(&a), view(&b)) else { return Ok(Value::NOT_IMPLEMENTED) };
    if y.is_negative() {
        return Err(vm.value_error("negative shift count"));
    }
    let count = match y {
        IntRef::Small(count) => count.unsigned_abs(),
        IntRef::Big(..) => u64::MAX,
    };
    if let IntRef::Small(i) = x {
        return vm.new_int(i >> count.min(63));
    }
    let mut buffer = [0];
    let magnitude = x.magnitude(&mut buffer);
    let negative = x.is_negative();
    if count >= limbs::bit_length(magnitude) {
        return Ok(Value::from_i32(if negative { -1 } else { 0 }));
    }
    let len = magnitude.len() - (count / 64) as usize;
    build(vm, len + 1, |out| {
        // Rounded down: away from zero where the number is negative.
        if limbs::shift_right(out, magnitude, count) && negative {
            limbs::increment(out);
        }
        negative
    })
}

/// The limbs of the two's complement, without end.
struct Complement<'a> {
    limbs: &'a [u64],
    negative: bool,
    carry: bool,
    at: usize,
}

impl<'a> Complement<'a> {
    fn new(limbs: &'a [u64], negative: bool) -> Complement<'a> {
        Complement { limbs, negative, carry: true, at: 0 }
    }

    fn next(&mut self) -> u64 {
        let limb = self.limbs.get(self.at).copied().unwrap_or(0);
        self.at += 1;
        if !self.negative {
            return limb;
        }
        let (limb, carry) = (!limb).overflowing_add(u64::from(self.carry));
        self.carry = carry;
        limb
    }
}

fn bitwise(vm: &Vm, a: Value, b: Value, f: impl Fn(u64, u64) -> u64) -> PyResult<Value> {
    let (x, y) = match (view(&a), view(&b)) {
        (Some(IntRef::Small(x)), Some(IntRef::Small(y))) => return vm.new_int(f(x as u64, y as u64) as i64),
        (Some(x), Some(y)) => (x, y),
        _ => return Ok(Value::NOT_IMPLEMENTED),
    };
    let (mut xb, mut yb) = ([0], [0]);
    let (xm, ym) = (x.magnitude(&mut xb), y.magnitude(&mut yb));
    if !x.is_negative() && !y.is_negative() {
        // No sign to carry along: limb by limb.
        let (long, short) = if xm.len() >= ym.len() { (xm, ym) } else { (ym, xm) };
        return build_unfilled(vm, long.len(), |out| {
            let (low, high) = out.split_at_mut(short.len());
            for ((a, b), slot) in long.iter().zip(short).zip(low) {
                *slot = f(*a, *b);
            }
            for (a, slot) in long.iter().skip(short.len()).zip(high) {
                *slot = f(*a, 0);
            }
            false
        });
    }
    // A limb more holds the sign.
    build(vm, xm.len().max(ym.len()) + 1, |out| {
        let (mut xs, mut ys) = (Complement::new(xm, x.is_negative()), Complement::new(ym, y.is_negative()));
        for slot in out.iter_mut() {
            *slot = f(xs.next(), ys.next());
        }
        let negative = out.last().is_some_and(|top| top >> 63 != 0);
        if negative {
            for slot in out.iter_mut() {
                *slot = !*slot;
            }
            limbs::increment(out);
        }
        negative
    })
}

/// `a & b`
pub fn and(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
    bitwise(vm, a, b, |x, y| x & y)
}

/// `a | b`
pub fn or(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
    bitwise(vm, a, b, |x, y| x | y)
}

/// `a ^ b`
pub fn xor(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
    bitwise(vm, a, b, |x, y| x ^ y)
}

/// `~v`
pub fn invert(vm: &Vm, v: Value) -> PyResult<Value> {
    match view(&v) {
        Some(view) => sub_views(vm, IntRef::Small(-1), view),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

/// Bits of the magnitude.
pub fn bit_length(v: Value) -> u64 {
    let mut buffer = [0];
    view(&v).map_or(0, |i| limbs::bit_length(i.magnitude(&mut buffer)))
}

/// Ones in the magnitude.
pub fn bit_count(v: Value) -> u64 {
    let mut buffer = [0];
    view(&v).map_or(0, |i| i.magnitude(&mut buffer).iter().map(|l| u64::from(l.count_ones())).sum())
}
