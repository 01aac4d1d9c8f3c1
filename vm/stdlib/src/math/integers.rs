//! `factorial`, `comb`, `perm`, `gcd`, `lcm`, `isqrt`.

use brolga_runtime::PyResult;
use brolga_runtime::object::Args;
use brolga_runtime::state::Vm;
use brolga_runtime::types::int;
use brolga_runtime::value::Value;

const ONE: Value = Value::from_i32(1);
const ZERO: Value = Value::from_i32(0);

/// The product of `low..=high`, by halves, so that the factors of the big products are of one size.
fn range_product(vm: &Vm, low: i64, high: i64) -> PyResult<Value> {
    if low > high {
        return Ok(ONE);
    }
    if high - low < 8 {
        let mut total = vm.new_int(low)?;
        for i in low + 1..=high {
            total = int::mul(vm, total, vm.new_int(i)?)?;
        }
        return Ok(total);
    }
    vm.poll()?;
    let middle = low + (high - low) / 2;
    let (a, b) = (range_product(vm, low, middle)?, range_product(vm, middle + 1, high)?);
    int::mul(vm, a, b)
}

pub fn factorial(vm: &Vm, n: Value) -> PyResult<Value> {
    let n = vm.index(n)?;
    if int::is_negative(n) {
        return Err(vm.value_error("factorial() not defined for negative values"));
    }
    match int::to_i64(n) {
        Some(n) => range_product(vm, 2, n),
        None => Err(vm.overflow_error("factorial() argument should not exceed 9223372036854775807")),
    }
}

fn non_negative(vm: &Vm, v: Value, name: &str) -> PyResult<Value> {
    if int::is_negative(v) {
        return Err(vm.value_error(format!("{name} must be a non-negative integer")));
    }
    Ok(v)
}

/// `n * (n - 1) * ... * (n - k + 1)`
fn falling(vm: &Vm, n: Value, k: i64) -> PyResult<Value> {
    if let Some(n) = int::to_i64(n) {
        return range_product(vm, n - k + 1, n);
    }
    let mut total = ONE;
    let mut factor = n;
    for _ in 0..k {
        vm.poll()?;
        total = int::mul(vm, total, factor)?;
        factor = int::sub(vm, factor, ONE)?;
    }
    Ok(total)
}

pub fn perm(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let Some(k) = args.opt_not_none(1) else { return factorial(vm, args.get(0)) };
    let (n, k) = (vm.index(args.get(0))?, vm.index(k)?);
    let n = non_negative(vm, n, "n")?;
    let k = non_negative(vm, k, "k")?;
    if int::compare(n, k).is_lt() {
        return Ok(ZERO);
    }
    match int::to_i64(k) {
        Some(k) => falling(vm, n, k),
        None => Err(vm.overflow_error("k must not exceed 9223372036854775807")),
    }
}

pub fn comb(vm: &Vm, n: Value, k: Value) -> PyResult<Value> {
    let (n, k) = (vm.index(n)?, vm.index(k)?);
    let n = non_negative(vm, n, "n")?;
    let k = non_negative(vm, k, "k")?;
    let rest = int::sub(vm, n, k)?;
    if int::is_negative(rest) {
        return Ok(ZERO);
    }
    let k = if int::compare(rest, k).is_lt() { rest } else { k };
    let Some(k) = int::to_i64(k) else {
        return Err(vm.overflow_error("min(n - k, k) must not exceed 9223372036854775807"));
    };
    if let Some(n) = int::to_i64(n) {
        // C(n, i + 1) = C(n, i) * (n - i) / (i + 1), while it fits.
        let mut total: u128 = 1;
        let mut fits = true;
        for i in 0..k {
            match total.checked_mul((n - i) as u128) {
                Some(product) => total = product / (i + 1) as u128,
                None => {
                    fits = false;
                    break;
                }
            }
        }
        if fits {
            return int::new_u128(vm, total);
        }
    }
    let numerator = falling(vm, n, k)?;
    let denominator = range_product(vm, 2, k)?;
    int::floor_div(vm, numerator, denominator)
}

pub fn gcd(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let mut total = ZERO;
    for v in args.rest {
        let v = vm.index(*v)?;
        total = int::gcd(vm, total, v)?;
    }
    Ok(total)
}

pub fn lcm(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let mut total = ONE;
    for v in args.rest {
        let v = vm.index(*v)?;
        if int::is_zero(total) || int::is_zero(v) {
            total = ZERO;
            continue;
        }
        let divisor = int::gcd(vm, total, v)?;
        let quotient = int::floor_div(vm, total, divisor)?;
        total = int::mul(vm, quotient, v)?;
        if int::is_negative(total) {
            total = int::neg(vm, total)?;
        }
    }
    Ok(total)
}

pub fn isqrt(vm: &Vm, n: Value) -> PyResult<Value> {
    let n = vm.index(n)?;
    if int::is_negative(n) {
        return Err(vm.value_error("isqrt() argument must be nonnegative"));
    }
    int::isqrt(vm, n)
}
