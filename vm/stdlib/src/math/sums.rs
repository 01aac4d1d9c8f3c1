//! `fsum`, `sumprod`, `hypot`, `dist`, `prod`: sums with more precision than a double.

use brolga_runtime::PyResult;
use brolga_runtime::object::Args;
use brolga_runtime::protocol::number::BinaryOp;
use brolga_runtime::state::Vm;
use brolga_runtime::value::Value;

use super::libm;

/// Two doubles whose sum is exact.
struct Double {
    hi: f64,
    lo: f64,
}

/// `a + b`, exactly. For any order of magnitudes.
fn sum(a: f64, b: f64) -> Double {
    let x = a + b;
    let z = x - a;
    Double { hi: x, lo: (a - (x - z)) + (b - z) }
}

/// `a + b`, exactly, where `|a| >= |b|`.
fn fast_sum(a: f64, b: f64) -> Double {
    let x = a + b;
    Double { hi: x, lo: (a - x) + b }
}

/// `x * y`, exactly.
fn mul(x: f64, y: f64) -> Double {
    let z = x * y;
    Double { hi: z, lo: libm::fma(x, y, -z) }
}

/// `fsum`: Shewchuk's algorithm, partial sums that don't overlap; rounded once, half to even.
pub fn fsum(vm: &Vm, iterable: Value) -> PyResult<f64> {
    let mut partials: Vec<f64> = Vec::new();
    let (mut special, mut infinities) = (0.0f64, 0.0f64);
    vm.for_each(iterable, |item| {
        let original = vm.to_f64(item)?;
        let mut x = original;
        let mut kept = 0;
        for j in 0..partials.len() {
            let mut y = partials.get(j).copied().unwrap_or(0.0);
            if x.abs() < y.abs() {
                std::mem::swap(&mut x, &mut y);
            }
            let s = fast_sum(x, y);
            if s.lo != 0.0 {
                if let Some(p) = partials.get_mut(kept) {
                    *p = s.lo;
                }
                kept += 1;
            }
            x = s.hi;
        }
        partials.truncate(kept);
        if x != 0.0 {
            if !x.is_finite() {
                if original.is_finite() {
                    return Err(vm.overflow_error("intermediate overflow in fsum"));
                }
                if original.is_infinite() {
                    infinities += original;
                }
                special += original;
                partials.clear();
            } else {
                if partials.try_reserve(1).is_err() {
                    return Err(vm.memory_error());
                }
                partials.push(x);
            }
        }
        Ok(())
    })?;
    if special != 0.0 {
        return if infinities.is_nan() { Err(vm.value_error("-inf + inf in fsum")) } else { Ok(special) };
    }
    let Some(mut hi) = partials.pop() else { return Ok(0.0) };
    let mut lo = 0.0;
    while let Some(y) = partials.pop() {
        let s = fast_sum(hi, y);
        (hi, lo) = (s.hi, s.lo);
        if lo != 0.0 {
            break;
        }
    }
    // Half-way cases round correctly only with a look at what comes below.
    if let Some(below) = partials.last()
        && ((lo < 0.0 && *below < 0.0) || (lo > 0.0 && *below > 0.0))
    {
        let y = lo * 2.0;
        let x = hi + y;
        if y == x - hi {
            hi = x;
        }
    }
    Ok(hi)
}

/// The Euclidean norm, scaled against overflow and corrected to nearly correct rounding.
pub fn norm(values: &mut [f64], max: f64, has_nan: bool) -> f64 {
    if max.is_infinite() {
        return max;
    }
    if has_nan {
        return f64::NAN;
    }
    if max == 0.0 || values.len() <= 1 {
        return max;
    }
    let (_, exponent) = libm::frexp(max);
    if exponent < -1023 {
        // A scale of 2**1024 would overflow: lift subnormal values first.
        for x in values.iter_mut() {
            *x /= f64::MIN_POSITIVE;
        }
        return f64::MIN_POSITIVE * norm(values, max / f64::MIN_POSITIVE, false);
    }
    let scale = libm::ldexp(1.0, -exponent);
    let (mut csum, mut frac1, mut frac2) = (1.0, 0.0, 0.0);
    for x in values.iter() {
        let x = x * scale;
        let p = mul(x, x);
        let s = fast_sum(csum, p.hi);
        csum = s.hi;
        frac1 += p.lo;
        frac2 += s.lo;
    }
    let mut h = (csum - 1.0 + (frac1 + frac2)).sqrt();
    let p = mul(-h, h);
    let s = fast_sum(csum, p.hi);
    csum = s.hi;
    frac1 += p.lo;
    frac2 += s.lo;
    let x = csum - 1.0 + (frac1 + frac2);
    h += x / (2.0 * h);
    h / scale
}

fn norm_of(values: &mut [f64]) -> f64 {
    let mut max = 0.0;
    let mut has_nan = false;
    for x in values.iter() {
        has_nan |= x.is_nan();
        if *x > max {
            max = *x;
        }
    }
    norm(values, max, has_nan)
}

fn room(vm: &Vm, n: usize) -> PyResult<Vec<f64>> {
    let mut values: Vec<f64> = Vec::new();
    values.try_reserve_exact(n).map_err(|_| vm.memory_error())?;
    Ok(values)
}

pub fn hypot(vm: &Vm, args: &Args<'_>) -> PyResult<f64> {
    let mut values = room(vm, args.rest.len())?;
    for v in args.rest {
        values.push(vm.to_f64(*v)?.abs());
    }
    Ok(norm_of(&mut values))
}

/// `hypot` of two coordinates.
pub extern "C" fn hypot_of_two(x: f64, y: f64) -> f64 {
    norm_of(&mut [x.abs(), y.abs()])
}

pub fn dist(vm: &Vm, p: Value, q: Value) -> PyResult<f64> {
    let (p, q) = (vm.tuple_from(p)?, vm.tuple_from(q)?);
    if p.len() != q.len() {
        return Err(vm.value_error("both points must have the same number of dimensions"));
    }
    let mut values = room(vm, p.len())?;
    for (a, b) in p.as_slice().iter().zip(q.as_slice()) {
        let (a, b) = (vm.to_f64(*a)?, vm.to_f64(*b)?);
        values.push((a - b).abs());
    }
    Ok(norm_of(&mut values))
}

pub fn prod(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let mut total = args.opt(1).unwrap_or(Value::from_i32(1));
    vm.for_each(args.get(0), |item| {
        total = match (total.as_small_int(), item.as_small_int()) {
            (Some(a), Some(b)) => match a.checked_mul(b) {
                Some(product) => vm.new_int(product)?,
                None => vm.binary_op(total, item, BinaryOp::Mul)?,
            },
            _ => vm.binary_op(total, item, BinaryOp::Mul)?,
        };
        Ok(())
    })?;
    Ok(total)
}

/// A sum of products in three doubles.
#[derive(Copy, Clone, Default)]
struct Triple {
    hi: f64,
    lo: f64,
    tiny: f64,
}

impl Triple {
    fn add_product(self, x: f64, y: f64) -> Triple {
        let p = mul(x, y);
        let s = sum(self.hi, p.hi);
        let r1 = sum(self.lo, p.lo);
        let r2 = sum(r1.hi, s.lo);
        Triple { hi: s.hi, lo: r2.hi, tiny: self.tiny + r1.lo + r2.lo }
    }

    fn to_f64(self) -> f64 {
        let last = sum(self.lo, self.hi);
        self.tiny + last.lo + last.hi
    }
}

/// An exact int that fits 64 bits.
fn exact_int(vm: &Vm, v: Value) -> Option<i64> {
    match v.as_small_int() {
        Some(i) => Some(i),
        None if vm.type_of(v) == vm.types.int => brolga_runtime::types::int::to_i64(v),
        None => None,
    }
}

/// `sumprod`: ints exactly, floats in triple length, anything else by its own operators.
pub fn sumprod(vm: &Vm, p: Value, q: Value) -> PyResult<Value> {
    let (p, q) = (vm.iter(p)?, vm.iter(q)?);
    let mut total = Value::from_i32(0);
    let (mut ints, mut ints_used, mut int_path) = (0i64, false, true);
    let (mut floats, mut floats_used, mut float_path) = (Triple::default(), false, true);
    loop {
        let (x, y) = (vm.next(p)?, vm.next(q)?);
        let pair = match (x, y) {
            (Some(x), Some(y)) => Some((x, y)),
            (None, None) => None,
            _ => return Err(vm.value_error("Inputs are not the same length")),
        };
        if int_path {
            if let Some((x, y)) = pair
                && let (Some(a), Some(b)) = (exact_int(vm, x), exact_int(vm, y))
                && let Some(sum) = a.checked_mul(b).and_then(|product| ints.checked_add(product))
            {
                ints = sum;
                ints_used = true;
                continue;
            }
            int_path = false;
            if ints_used {
                let so_far = vm.new_int(ints)?;
                total = vm.binary_op(total, so_far, BinaryOp::Add)?;
                (ints, ints_used) = (0, false);
            }
        }
        if float_path {
            if let Some((x, y)) = pair {
                let operands = match (x.as_f64(), y.as_f64()) {
                    (Some(a), Some(b)) => Some((a, b)),
                    (Some(a), None) if vm.type_of(y) == vm.types.int || y.is_bool() => {
                        vm.suppress(vm.to_f64(y), vm.types.overflow_error)?.map(|b| (a, b))
                    }
                    (None, Some(b)) if vm.type_of(x) == vm.types.int || x.is_bool() => {
                        vm.suppress(vm.to_f64(x), vm.types.overflow_error)?.map(|a| (a, b))
                    }
                    _ => None,
                };
                if let Some((a, b)) = operands {
                    let sum = floats.add_product(a, b);
                    if sum.hi.is_finite() {
                        floats = sum;
                        floats_used = true;
                        continue;
                    }
                }
            }
            float_path = false;
            if floats_used {
                total = vm.binary_op(total, Value::from_f64(floats.to_f64()), BinaryOp::Add)?;
                (floats, floats_used) = (Triple::default(), false);
            }
        }
        let Some((x, y)) = pair else { return Ok(total) };
        let product = vm.binary_op(x, y, BinaryOp::Mul)?;
        total = vm.binary_op(total, product, BinaryOp::Add)?;
    }
}
