//! `cmath`: functions of complex numbers.
//!
//! The algorithms are Kahan's ("Branch cuts for complex elementary functions", 1987), with the C library's real
//! functions in the order in which CPython calls them, so that the last bit agrees.

mod special;
mod trig;

use brolga_runtime::module_def::ModuleDef;
use brolga_runtime::object::{Args, FromValue, MethodDef, Ref};
use brolga_runtime::protocol::number::BinaryOp;
use brolga_runtime::state::Vm;
use brolga_runtime::types::complex::{self, new_complex};
use brolga_runtime::types::module::PyModule;
use brolga_runtime::types::tuple::PyTuple;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, Raised, method};

use crate::math::libm;

/// Real and imaginary part.
type Complex = (f64, f64);

/// What went wrong beside the result.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
enum Failure {
    Domain,
    Range,
}

type Outcome = Result<Complex, Failure>;

fn raise(vm: &Vm, failure: Failure) -> Raised {
    match failure {
        Failure::Domain => vm.value_error("math domain error"),
        Failure::Range => vm.overflow_error("math range error"),
    }
}

/// An argument.
struct Z(Complex);

impl FromValue for Z {
    fn from_value(vm: &Vm, v: Value) -> PyResult<Z> {
        match complex::from_object(vm, v)? {
            Some(z) => Ok(Z(z)),
            None => Err(vm.type_error(format!("must be real number, not {}", vm.type_name(v)))),
        }
    }
}

macro_rules! functions {
    ($($name:ident = $f:path;)*) => {$(
        fn $name(vm: &Vm, z: Z) -> PyResult<Value> {
            let (re, im) = $f(z.0).map_err(|failure| raise(vm, failure))?;
            new_complex(vm, re, im)
        }
    )*};
}

functions! {
    acos = trig::acos;
    acosh = trig::acosh;
    asin = trig::asin;
    asinh = trig::asinh;
    atan = trig::atan;
    atanh = trig::atanh;
    cos = trig::cos;
    cosh = trig::cosh;
    exp = trig::exp;
    log10 = trig::log10;
    sin = trig::sin;
    sinh = trig::sinh;
    sqrt = trig::sqrt;
    tan = trig::tan;
    tanh = trig::tanh;
}

fn log(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let z = Z::from_value(vm, args.get(0))?.0;
    let numerator = trig::log(z);
    let Some(base) = args.opt(1) else {
        let (re, im) = numerator.map_err(|failure| raise(vm, failure))?;
        return new_complex(vm, re, im);
    };
    // The logarithm of zero is an error only without a base, as in CPython.
    let (a, b) = numerator.unwrap_or((f64::NEG_INFINITY, libm::atan2(z.1, z.0)));
    let (c, d) = trig::log(Z::from_value(vm, base)?.0).map_err(|failure| raise(vm, failure))?;
    let (numerator, denominator) = (new_complex(vm, a, b)?, new_complex(vm, c, d)?);
    let quotient = vm.binary_op(numerator, denominator, BinaryOp::TrueDiv);
    match vm.suppress(quotient, vm.types.zero_division_error)? {
        Some(quotient) => Ok(quotient),
        None => Err(raise(vm, Failure::Domain)),
    }
}

fn phase(vm: &Vm, z: Z) -> PyResult<f64> {
    let (re, im) = z.0;
    let phi = libm::atan2(im, re);
    // What the C library reports.
    if phi == 0.0 && im != 0.0 && re.is_finite() {
        return Err(raise(vm, Failure::Range));
    }
    Ok(phi)
}

/// The absolute value, which overflows where the parts are finite and it is not.
fn modulus((re, im): Complex) -> Result<f64, Failure> {
    let r = libm::hypot(re, im);
    if r.is_infinite() && re.is_finite() && im.is_finite() { Err(Failure::Range) } else { Ok(r) }
}

fn polar(vm: &Vm, z: Z) -> PyResult<Ref<PyTuple>> {
    let r = modulus(z.0).map_err(|failure| raise(vm, failure))?;
    vm.new_tuple(&[Value::from_f64(r), Value::from_f64(libm::atan2(z.0.1, z.0.0))])
}

fn rect(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let (r, phi) = (f64::from_value(vm, args.get(0))?, f64::from_value(vm, args.get(1))?);
    let (re, im) = trig::rect(r, phi).map_err(|failure| raise(vm, failure))?;
    new_complex(vm, re, im)
}

fn isnan(_: &Vm, z: Z) -> bool {
    z.0.0.is_nan() || z.0.1.is_nan()
}

fn isinf(_: &Vm, z: Z) -> bool {
    z.0.0.is_infinite() || z.0.1.is_infinite()
}

fn isfinite(_: &Vm, z: Z) -> bool {
    z.0.0.is_finite() && z.0.1.is_finite()
}

fn isclose(vm: &Vm, args: &Args<'_>) -> PyResult<bool> {
    let (a, b) = (Z::from_value(vm, args.get(0))?.0, Z::from_value(vm, args.get(1))?.0);
    let rel_tol = args.opt(2).map_or(Ok(1e-9), |v| f64::from_value(vm, v))?;
    let abs_tol = args.opt(3).map_or(Ok(0.0), |v| f64::from_value(vm, v))?;
    if rel_tol < 0.0 || abs_tol < 0.0 {
        return Err(vm.value_error("tolerances must be non-negative"));
    }
    if a == b {
        return Ok(true);
    }
    if a.0.is_infinite() || a.1.is_infinite() || b.0.is_infinite() || b.1.is_infinite() {
        return Ok(false);
    }
    let size = |z: Complex| libm::hypot(z.0, z.1);
    let difference = size((a.0 - b.0, a.1 - b.1));
    Ok(difference <= rel_tol * size(b) || difference <= rel_tol * size(a) || difference <= abs_tol)
}

const FUNCTIONS: &[MethodDef] = &[
    method!("acos", 1, acos).doc("Return the arc cosine of z."),
    method!("acosh", 1, acosh).doc("Return the inverse hyperbolic cosine of z."),
    method!("asin", 1, asin).doc("Return the arc sine of z."),
    method!("asinh", 1, asinh).doc("Return the inverse hyperbolic sine of z."),
    method!("atan", 1, atan).doc("Return the arc tangent of z."),
    method!("atanh", 1, atanh).doc("Return the inverse hyperbolic tangent of z."),
    method!("cos", 1, cos).doc("Return the cosine of z."),
    method!("cosh", 1, cosh).doc("Return the hyperbolic cosine of z."),
    method!("exp", 1, exp).doc("Return the exponential value e**z."),
    method!("isclose", "($module, /, a, b, *, rel_tol=1e-09, abs_tol=0.0)", isclose).doc(
        "Determine whether two complex numbers are close in value.\n\n  rel_tol\n    maximum difference for being considered \
         \"close\", relative to the\n    magnitude of the input values\n  abs_tol\n    maximum difference for being considered \
         \"close\", regardless of the\n    magnitude of the input values\n\nReturn True if a is close in value to b, and False \
         otherwise.\n\nFor the values to be considered close, the difference between them must\nbe smaller than at least one of \
         the tolerances.\n\n-inf, inf and NaN behave similarly to the IEEE 754 Standard.  That is,\nNaN is not close to \
         anything, even itself. inf and -inf are only close\nto themselves.",
    ),
    method!("isfinite", 1, isfinite).doc("Return True if both the real and imaginary parts of z are finite, else False."),
    method!("isinf", 1, isinf).doc("Checks if the real or imaginary part of z is infinite."),
    method!("isnan", 1, isnan).doc("Checks if the real or imaginary part of z not a number (NaN)."),
    method!("log", "($module, z, base=<unrepresentable>, /)", log).doc(
        "log(z[, base]) -> the logarithm of z to the given base.\n\nIf the base is not specified, returns the natural \
         logarithm (base e)\nof z.",
    ),
    method!("log10", 1, log10).doc("Return the base-10 logarithm of z."),
    method!("phase", 1, phase).doc("Return argument, also known as the phase angle, of a complex."),
    method!("polar", 1, polar).doc(
        "Convert a complex from rectangular coordinates to polar coordinates.\n\nr is the distance from 0 and phi the phase angle.",
    ),
    method!("rect", "($module, r, phi, /)", rect).doc("Convert from polar coordinates to rectangular coordinates."),
    method!("sin", 1, sin).doc("Return the sine of z."),
    method!("sinh", 1, sinh).doc("Return the hyperbolic sine of z."),
    method!("sqrt", 1, sqrt).doc("Return the square root of z."),
    method!("tan", 1, tan).doc("Return the tangent of z."),
    method!("tanh", 1, tanh).doc("Return the hyperbolic tangent of z."),
];

fn init(vm: &Vm, module: Ref<PyModule>) -> PyResult<()> {
    use std::f64::consts::{E, PI, TAU};
    let floats = [("pi", PI), ("e", E), ("tau", TAU), ("inf", f64::INFINITY), ("nan", f64::NAN)];
    for (name, value) in floats {
        module.add(vm, name, Value::from_f64(value))?;
    }
    module.add(vm, "infj", new_complex(vm, 0.0, f64::INFINITY)?)?;
    module.add(vm, "nanj", new_complex(vm, 0.0, f64::NAN)?)
}

pub static MODULE: ModuleDef = ModuleDef::new("cmath", FUNCTIONS, init)
    .doc("This module provides access to mathematical functions for complex\nnumbers.");
