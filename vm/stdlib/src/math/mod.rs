//! `math`.

mod gamma;
mod integers;
pub mod libm;
mod sums;

use brolga_runtime::module_def::ModuleDef;
use brolga_runtime::object::{Args, MethodDef, Raw, Ref};
use brolga_runtime::state::Vm;
use brolga_runtime::state::names::Special;
use brolga_runtime::types::int;
use brolga_runtime::types::module::PyModule;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, Raised, method};

use gamma::Failure;

fn domain_error(vm: &Vm) -> Raised {
    vm.value_error("math domain error")
}

fn range_error(vm: &Vm) -> Raised {
    vm.overflow_error("math range error")
}

/// "expected a positive input, got -1.0"
fn expected(vm: &Vm, what: &str, x: f64) -> Raised {
    match vm.repr_lossy(Value::from_f64(x)) {
        Ok(text) => vm.value_error(format!("{what}, got {text}")),
        Err(raised) => raised,
    }
}

/// A result of the C library: a NaN that no argument was is a domain error, an infinity from a finite argument an
/// overflow where the function can overflow, else a domain error.
fn checked(vm: &Vm, x: f64, r: f64, overflows: bool, what: Option<&str>) -> PyResult<f64> {
    let domain = || match what {
        Some(what) => expected(vm, what, x),
        None => domain_error(vm),
    };
    if r.is_nan() && !x.is_nan() {
        return Err(domain());
    }
    if r.is_infinite() && x.is_finite() {
        return Err(if overflows { range_error(vm) } else { domain() });
    }
    Ok(r)
}

macro_rules! unary {
    ($($name:ident = $f:path, $overflows:literal, $what:expr;)*) => {
        $(
            fn $name(vm: &Vm, x: f64) -> PyResult<f64> {
                checked(vm, x, $f(x), $overflows, $what)
            }
        )*

        /// What they compute, without the checks.
        mod raw {
            use super::libm;

            $(
                pub extern "C" fn $name(x: f64) -> f64 {
                    $f(x)
                }
            )*
        }
    };
}

const UNIT: Option<&str> = Some("expected a number in range from -1 up to 1");
const FINITE: Option<&str> = Some("expected a finite input");

unary! {
    acos = libm::acos, false, UNIT;
    acosh = libm::acosh, false, Some("expected argument value not less than 1");
    asin = libm::asin, false, UNIT;
    asinh = libm::asinh, false, None;
    atan = libm::atan, false, None;
    atanh = libm::atanh, false, Some("expected a number between -1 and 1");
    cbrt = libm::cbrt, false, None;
    cos = libm::cos, false, FINITE;
    cosh = libm::cosh, true, None;
    exp = libm::exp, true, None;
    exp2 = libm::exp2, true, None;
    expm1 = libm::expm1, true, None;
    log1p = libm::log1p, false, Some("expected argument value > -1");
    sin = libm::sin, false, FINITE;
    sinh = libm::sinh, true, None;
    tan = libm::tan, false, FINITE;
    tanh = libm::tanh, false, None;
}

fn sqrt(vm: &Vm, x: f64) -> PyResult<f64> {
    checked(vm, x, x.sqrt(), false, Some("expected a nonnegative input"))
}

fn erf(_: &Vm, x: f64) -> f64 {
    libm::erf(x)
}

fn erfc(_: &Vm, x: f64) -> f64 {
    libm::erfc(x)
}

fn fabs(_: &Vm, x: f64) -> f64 {
    x.abs()
}

extern "C" fn raw_degrees(x: f64) -> f64 {
    x * (180.0 / std::f64::consts::PI)
}

extern "C" fn raw_radians(x: f64) -> f64 {
    x * (std::f64::consts::PI / 180.0)
}

fn degrees(_: &Vm, x: f64) -> f64 {
    raw_degrees(x)
}

fn radians(_: &Vm, x: f64) -> f64 {
    raw_radians(x)
}

fn isnan(_: &Vm, x: f64) -> bool {
    x.is_nan()
}

fn isinf(_: &Vm, x: f64) -> bool {
    x.is_infinite()
}

fn isfinite(_: &Vm, x: f64) -> bool {
    x.is_finite()
}

fn atan2(_: &Vm, y: f64, x: f64) -> f64 {
    libm::atan2(y, x)
}

extern "C" fn raw_copysign(x: f64, y: f64) -> f64 {
    x.copysign(y)
}

fn copysign(_: &Vm, x: f64, y: f64) -> f64 {
    raw_copysign(x, y)
}

const NO_POLE: &str = "expected a noninteger or positive integer";

fn gamma(vm: &Vm, x: f64) -> PyResult<f64> {
    gamma::gamma(x).map_err(|f| match f {
        Failure::Domain => expected(vm, NO_POLE, x),
        Failure::Range => range_error(vm),
    })
}

fn lgamma(vm: &Vm, x: f64) -> PyResult<f64> {
    gamma::lgamma(x).map_err(|f| match f {
        Failure::Domain => expected(vm, NO_POLE, x),
        Failure::Range => range_error(vm),
    })
}

/// `floor`, `ceil`, `trunc`: the type's own method, else of the float.
fn round_to_int(vm: &Vm, v: Value, special: Special, round: fn(f64) -> f64) -> PyResult<Value> {
    if let Some(f) = v.as_f64() {
        return int::from_f64(vm, round(f));
    }
    if let Some(result) = vm.call_special(v, special, &[])? {
        return Ok(result);
    }
    if special == Special::Trunc {
        return Err(vm.type_error(format!("type {} doesn't define __trunc__ method", vm.type_name(v))));
    }
    let f = vm.to_f64(v)?;
    int::from_f64(vm, round(f))
}

fn floor(vm: &Vm, v: Value) -> PyResult<Value> {
    round_to_int(vm, v, Special::Floor, f64::floor)
}

fn ceil(vm: &Vm, v: Value) -> PyResult<Value> {
    round_to_int(vm, v, Special::Ceil, f64::ceil)
}

fn trunc(vm: &Vm, v: Value) -> PyResult<Value> {
    round_to_int(vm, v, Special::Trunc, f64::trunc)
}

/// The logarithm of a float, or of an int of any size: `log(m) + log(2) * e` where the int is beyond the doubles.
fn log_of(vm: &Vm, v: Value, f: impl Fn(f64) -> f64, two: f64) -> PyResult<f64> {
    if !vm.is_instance(v, vm.types.int) {
        let x = vm.to_f64(v)?;
        if x > 0.0 || x.is_nan() {
            return Ok(if x.is_finite() { f(x) } else { x });
        }
        return Err(expected(vm, "expected a positive input", x));
    }
    if int::is_negative(v) || int::is_zero(v) {
        return Err(vm.value_error("expected a positive input"));
    }
    if let Some(i) = int::to_i64(v) {
        return Ok(f(i as f64));
    }
    if let Some(x) = vm.suppress(vm.to_f64(v), vm.types.overflow_error)? {
        return Ok(f(x));
    }
    // 64 bits of it, of which the double keeps 53; what is cut off can't make it round otherwise but in a tie.
    let exponent = int::bit_length(v);
    let shift = vm.new_int_u64(exponent.saturating_sub(64))?;
    let top = int::to_u64(int::rshift(vm, v, shift)?).unwrap_or(1) | 1;
    let (m, e) = libm::frexp(top as f64);
    let e = e as f64 - 64.0 + exponent as f64;
    Ok(f(m) + two * e)
}

fn log(vm: &Vm, args: &Args<'_>) -> PyResult<f64> {
    let numerator = log_of(vm, args.get(0), |x| libm::log(x), libm::log(2.0))?;
    let Some(base) = args.opt(1) else { return Ok(numerator) };
    let denominator = log_of(vm, base, |x| libm::log(x), libm::log(2.0))?;
    if denominator == 0.0 {
        return Err(vm.zero_division_error("division by zero"));
    }
    Ok(numerator / denominator)
}

fn log2(vm: &Vm, v: Value) -> PyResult<f64> {
    log_of(vm, v, |x| libm::log2(x), 1.0)
}

fn log10(vm: &Vm, v: Value) -> PyResult<f64> {
    log_of(vm, v, |x| libm::log10(x), libm::log10(2.0))
}

fn fmod(vm: &Vm, x: f64, y: f64) -> PyResult<f64> {
    if y.is_infinite() && x.is_finite() {
        return Ok(x);
    }
    let r = libm::fmod(x, y);
    if r.is_nan() && !x.is_nan() && !y.is_nan() {
        return Err(domain_error(vm));
    }
    Ok(r)
}

fn remainder(vm: &Vm, x: f64, y: f64) -> PyResult<f64> {
    if x.is_nan() {
        return Ok(x);
    }
    if y.is_nan() {
        return Ok(y);
    }
    if x.is_infinite() || y == 0.0 {
        return Err(domain_error(vm));
    }
    Ok(if y.is_infinite() { x } else { libm::remainder(x, y) })
}

fn pow(vm: &Vm, x: f64, y: f64) -> PyResult<f64> {
    if !x.is_finite() || !y.is_finite() {
        return Ok(if x.is_nan() {
            if y == 0.0 { 1.0 } else { x }
        } else if y.is_nan() {
            if x == 1.0 { 1.0 } else { y }
        } else if x.is_infinite() {
            let odd = y.is_finite() && libm::fmod(y.abs(), 2.0) == 1.0;
            if y > 0.0 {
                if odd { x } else { x.abs() }
            } else if y == 0.0 {
                1.0
            } else if odd {
                0f64.copysign(x)
            } else {
                0.0
            }
        } else if x.abs() == 1.0 {
            1.0
        } else if y > 0.0 && x.abs() > 1.0 {
            y
        } else if y < 0.0 && x.abs() < 1.0 {
            -y
        } else {
            0.0
        });
    }
    let r = libm::pow(x, y);
    if r.is_nan() || (r.is_infinite() && x == 0.0) {
        return Err(domain_error(vm));
    }
    if r.is_infinite() {
        return Err(range_error(vm));
    }
    Ok(r)
}

fn fma(vm: &Vm, x: f64, y: f64, z: f64) -> PyResult<f64> {
    let r = libm::fma(x, y, z);
    if r.is_finite() {
        return Ok(r);
    }
    if r.is_nan() {
        if !x.is_nan() && !y.is_nan() && !z.is_nan() {
            return Err(vm.value_error("invalid operation in fma"));
        }
    } else if x.is_finite() && y.is_finite() && z.is_finite() {
        return Err(vm.overflow_error("overflow in fma"));
    }
    Ok(r)
}

fn ldexp(vm: &Vm, x: f64, i: Value) -> PyResult<f64> {
    if !vm.is_instance(i, vm.types.int) {
        return Err(vm.type_error("Expected an int as second argument to ldexp."));
    }
    if x == 0.0 || !x.is_finite() {
        return Ok(x);
    }
    let big = if int::is_negative(i) { i64::MIN } else { i64::MAX };
    let i = int::to_i64(i).unwrap_or(big);
    if i > i32::MAX as i64 {
        return Err(range_error(vm));
    }
    if i < i32::MIN as i64 {
        return Ok(0f64.copysign(x));
    }
    let r = libm::ldexp(x, i as i32);
    if r.is_infinite() { Err(range_error(vm)) } else { Ok(r) }
}

fn frexp(vm: &Vm, x: f64) -> PyResult<Value> {
    let (m, e) = libm::frexp(x);
    Ok(vm.new_tuple(&[Value::from_f64(m), Value::from_i32(e)])?.value())
}

fn modf(vm: &Vm, x: f64) -> PyResult<Value> {
    let (fraction, whole) = if x.is_infinite() {
        (0f64.copysign(x), x)
    } else if x.is_nan() {
        (x, x)
    } else {
        ((x - x.trunc()).copysign(x), x.trunc())
    };
    Ok(vm.new_tuple(&[Value::from_f64(fraction), Value::from_f64(whole)])?.value())
}

fn ulp(_: &Vm, x: f64) -> f64 {
    if x.is_nan() {
        return x;
    }
    let x = x.abs();
    if x.is_infinite() {
        return x;
    }
    let next = f64::from_bits(x.to_bits() + 1);
    if next.is_infinite() { x - f64::from_bits(x.to_bits() - 1) } else { next - x }
}

/// A double's place in their order, from the least to the greatest; both zeros are 0.
fn rank(x: f64) -> i64 {
    let bits = x.to_bits() as i64;
    if bits < 0 { i64::MIN.wrapping_sub(bits) } else { bits }
}

fn from_rank(rank: i64, zero: f64) -> f64 {
    match rank {
        0 => 0f64.copysign(zero),
        r if r < 0 => f64::from_bits(i64::MIN.wrapping_sub(r) as u64),
        r => f64::from_bits(r as u64),
    }
}

fn nextafter(vm: &Vm, args: &Args<'_>) -> PyResult<f64> {
    let (x, y) = (vm.to_f64(args.get(0))?, vm.to_f64(args.get(1))?);
    let steps = match args.opt_not_none(2) {
        None => 1,
        Some(v) => {
            let v = vm.index(v)?;
            if int::is_negative(v) {
                return Err(vm.value_error("steps must be a non-negative integer"));
            }
            int::to_u64(v).unwrap_or(u64::MAX)
        }
    };
    if steps == 0 {
        return Ok(x);
    }
    if x.is_nan() {
        return Ok(x);
    }
    if y.is_nan() {
        return Ok(y);
    }
    let (from, to) = (rank(x), rank(y));
    let distance = from.abs_diff(to);
    // A zero that is reached keeps the sign of the side it is reached from; but steps that are given and end at `y`, where
    // that has the other sign, give `y`.
    let same_side = x.is_sign_negative() == y.is_sign_negative() || args.opt_not_none(2).is_none();
    if distance < steps || distance == steps && !(same_side && y == 0.0 && x != 0.0) {
        return Ok(y);
    }
    let by = steps as i64;
    let rank = if to > from { from.wrapping_add(by) } else { from.wrapping_sub(by) };
    // Zero is reached from the side that x is on.
    Ok(from_rank(rank, x))
}

fn isclose(vm: &Vm, args: &Args<'_>) -> PyResult<bool> {
    let (a, b) = (vm.to_f64(args.get(0))?, vm.to_f64(args.get(1))?);
    let relative = args.opt(2).map_or(Ok(1e-9), |v| vm.to_f64(v))?;
    let absolute = args.opt(3).map_or(Ok(0.0), |v| vm.to_f64(v))?;
    if relative < 0.0 || absolute < 0.0 {
        return Err(vm.value_error("tolerances must be non-negative"));
    }
    if a == b {
        return Ok(true);
    }
    if a.is_infinite() || b.is_infinite() {
        return Ok(false);
    }
    let difference = (b - a).abs();
    Ok(difference <= (relative * b).abs() || difference <= (relative * a).abs() || difference <= absolute)
}

fn init(vm: &Vm, module: Ref<PyModule>) -> PyResult<()> {
    use std::f64::consts::{E, PI, TAU};
    for (name, value) in [("pi", PI), ("e", E), ("tau", TAU), ("inf", f64::INFINITY), ("nan", f64::NAN)] {
        module.add(vm, name, Value::from_f64(value.copysign(1.0)))?;
    }
    Ok(())
}

static FUNCTIONS: &[MethodDef] = &[
    method!("acos", 1, acos).raw(Raw::Unary(raw::acos)),
    method!("acosh", 1, acosh).raw(Raw::Unary(raw::acosh)),
    method!("asin", 1, asin).raw(Raw::Unary(raw::asin)),
    method!("asinh", 1, asinh).raw(Raw::Unary(raw::asinh)),
    method!("atan", 1, atan).raw(Raw::Unary(raw::atan)),
    method!("atan2", 2, atan2).raw(Raw::Binary(libm::atan2)),
    method!("atanh", 1, atanh).raw(Raw::Unary(raw::atanh)),
    method!("cbrt", 1, cbrt).raw(Raw::Unary(raw::cbrt)),
    method!("ceil", 1, ceil).raw(Raw::Ceil),
    method!("comb", 2, integers::comb),
    method!("copysign", 2, copysign).raw(Raw::Binary(raw_copysign)),
    method!("cos", 1, cos).raw(Raw::Unary(raw::cos)),
    method!("cosh", 1, cosh).raw(Raw::Unary(raw::cosh)),
    method!("degrees", 1, degrees).raw(Raw::Unary(raw_degrees)),
    method!("dist", 2, sums::dist),
    method!("erf", 1, erf).raw(Raw::Unary(libm::erf)),
    method!("erfc", 1, erfc).raw(Raw::Unary(libm::erfc)),
    method!("exp", 1, exp).raw(Raw::Unary(raw::exp)),
    method!("exp2", 1, exp2).raw(Raw::Unary(raw::exp2)),
    method!("expm1", 1, expm1).raw(Raw::Unary(raw::expm1)),
    method!("fabs", 1, fabs).raw(Raw::Abs),
    method!("factorial", 1, integers::factorial),
    method!("floor", 1, floor).raw(Raw::Floor),
    method!("fma", 3, fma),
    method!("fmod", 2, fmod).raw(Raw::Binary(libm::fmod)),
    method!("frexp", 1, frexp),
    method!("fsum", 1, sums::fsum),
    method!("gamma", 1, gamma),
    method!("gcd", "($module, /, *integers)", integers::gcd),
    method!("hypot", "($module, /, *coordinates)", sums::hypot).raw(Raw::Binary(sums::hypot_of_two)),
    method!("isclose", "($module, /, a, b, *, rel_tol=1e-09, abs_tol=0.0)", isclose),
    method!("isfinite", 1, isfinite),
    method!("isinf", 1, isinf),
    method!("isnan", 1, isnan),
    method!("isqrt", 1, integers::isqrt),
    method!("lcm", "($module, /, *integers)", integers::lcm),
    method!("ldexp", 2, ldexp),
    method!("lgamma", 1, lgamma),
    method!("log", "(x, base=math.e, /)", log).raw(Raw::Unary(libm::log)),
    method!("log10", 1, log10).raw(Raw::Unary(libm::log10)),
    method!("log1p", 1, log1p).raw(Raw::Unary(raw::log1p)),
    method!("log2", 1, log2).raw(Raw::Unary(libm::log2)),
    method!("modf", 1, modf),
    method!("nextafter", "($module, x, y, /, *, steps=None)", nextafter),
    method!("perm", "($module, n, k=None, /)", integers::perm),
    method!("pow", 2, pow).raw(Raw::Binary(libm::pow)),
    method!("prod", "($module, iterable, /, *, start=1)", sums::prod),
    method!("radians", 1, radians).raw(Raw::Unary(raw_radians)),
    method!("remainder", 2, remainder),
    method!("sin", 1, sin).raw(Raw::Unary(raw::sin)),
    method!("sinh", 1, sinh).raw(Raw::Unary(raw::sinh)),
    method!("sqrt", 1, sqrt).raw(Raw::Sqrt),
    method!("sumprod", 2, sums::sumprod),
    method!("tan", 1, tan).raw(Raw::Unary(raw::tan)),
    method!("tanh", 1, tanh).raw(Raw::Unary(raw::tanh)),
    method!("trunc", 1, trunc).raw(Raw::Trunc),
    method!("ulp", 1, ulp),
];

pub static MODULE: ModuleDef = ModuleDef::new("math", FUNCTIONS, init)
    .doc("This module provides access to the mathematical functions\ndefined by the C standard.");
