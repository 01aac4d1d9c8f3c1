//! The functions themselves.

use std::f64::consts::{E, FRAC_PI_2, LN_2, LN_10};

use super::special::{self, Table, special};
use super::{Complex, Failure, Outcome};
use crate::math::libm::{
    asinh as asinh1, atan2, cos as cos1, cosh as cosh1, exp as exp1, hypot, ldexp, log as log1, log1p, sin as sin1,
    sinh as sinh1, tan as tan1, tanh as tanh1,
};

/// Above this, sums of a few parts may overflow.
const LARGE: f64 = f64::MAX / 4.0;
/// log(LARGE), rounded as CPython's C library does.
fn log_large() -> f64 {
    log1(LARGE)
}
/// Bits of a double's mantissa.
const MANTISSA: i32 = f64::MANTISSA_DIGITS as i32;
/// An odd number of bits, so that subnormals become normal and the square root halves it.
const SCALE_UP: i32 = 2 * (MANTISSA / 2) + 1;
const SCALE_DOWN: i32 = -(SCALE_UP + 1) / 2;

const INF: f64 = f64::INFINITY;

/// `i * z` and `-i * z`, by which the circular functions become the hyperbolic ones.
fn times_i((re, im): Complex) -> Complex {
    (-im, re)
}

fn times_minus_i((re, im): Complex) -> Complex {
    (im, -re)
}

fn is_large((re, im): Complex) -> bool {
    re.abs() > LARGE || im.abs() > LARGE
}

/// log(hypot(re, im)) of large parts.
fn log_of_half((re, im): Complex) -> f64 {
    log1(hypot(re / 2.0, im / 2.0)) + LN_2 * 2.0
}

pub fn acos(z: Complex) -> Outcome {
    if let Some(r) = special(&special::ACOS, z) {
        return Ok(r);
    }
    let (re, im) = z;
    if is_large(z) {
        let size = log_of_half(z);
        let sign = if re < 0.0 { -size.copysign(im) } else { size.copysign(-im) };
        return Ok((atan2(im.abs(), re), sign));
    }
    let s1 = sqrt((1.0 - re, -im))?;
    let s2 = sqrt((1.0 + re, im))?;
    Ok((2.0 * atan2(s1.0, s2.0), asinh1(s2.0 * s1.1 - s2.1 * s1.0)))
}

pub fn acosh(z: Complex) -> Outcome {
    if let Some(r) = special(&special::ACOSH, z) {
        return Ok(r);
    }
    let (re, im) = z;
    if is_large(z) {
        return Ok((log_of_half(z), atan2(im, re)));
    }
    let s1 = sqrt((re - 1.0, im))?;
    let s2 = sqrt((re + 1.0, im))?;
    Ok((asinh1(s1.0 * s2.0 + s1.1 * s2.1), 2.0 * atan2(s1.1, s2.0)))
}

pub fn asin(z: Complex) -> Outcome {
    asinh(times_i(z)).map(times_minus_i)
}

pub fn asinh(z: Complex) -> Outcome {
    if let Some(r) = special(&special::ASINH, z) {
        return Ok(r);
    }
    let (re, im) = z;
    if is_large(z) {
        let size = log_of_half(z);
        let real = if im.is_sign_negative() { -size.copysign(-re) } else { size.copysign(re) };
        return Ok((real, atan2(im, re.abs())));
    }
    let s1 = sqrt((1.0 + im, -re))?;
    let s2 = sqrt((1.0 - im, re))?;
    Ok((asinh1(s1.0 * s2.1 - s2.0 * s1.1), atan2(im, s1.0 * s2.0 - s1.1 * s2.1)))
}

pub fn atan(z: Complex) -> Outcome {
    atanh(times_i(z)).map(times_minus_i)
}

pub fn atanh(z: Complex) -> Outcome {
    if let Some(r) = special(&special::ATANH, z) {
        return Ok(r);
    }
    let (re, im) = z;
    if re.is_sign_negative() {
        let (a, b) = atanh((-re, -im))?;
        return Ok((-a, -b));
    }
    let ay = im.abs();
    let sqrt_large = LARGE.sqrt();
    if re > sqrt_large || ay > sqrt_large {
        let h = hypot(re / 2.0, im / 2.0);
        // Two signs that cancel each other, but for zeros.
        return Ok((re / 4.0 / h / h, -FRAC_PI_2.copysign(-im)));
    }
    if re == 1.0 && ay < f64::MIN_POSITIVE.sqrt() {
        if ay == 0.0 {
            return Err(Failure::Domain);
        }
        let real = -log1(ay.sqrt() / hypot(ay, 2.0).sqrt());
        return Ok((real, (atan2(2.0, -ay) / 2.0).copysign(im)));
    }
    let real = log1p(4.0 * re / ((1.0 - re) * (1.0 - re) + ay * ay)) / 4.0;
    Ok((real, -atan2(-2.0 * im, (1.0 - re) * (1.0 + re) - ay * ay) / 2.0))
}

pub fn cos(z: Complex) -> Outcome {
    cosh(times_i(z))
}

/// An infinite real part with an imaginary one that has a sine and a cosine other than 0.
fn turns((re, im): Complex) -> bool {
    re.is_infinite() && im.is_finite() && im != 0.0
}

/// The table's result, or an error where the imaginary part is infinite and `fails`.
fn from_table(table: &Table, z: Complex, fails: bool) -> Option<Outcome> {
    let r = special(table, z)?;
    Some(if z.1.is_infinite() && fails { Err(Failure::Domain) } else { Ok(r) })
}

fn in_range(z: Complex) -> Outcome {
    if z.0.is_infinite() || z.1.is_infinite() { Err(Failure::Range) } else { Ok(z) }
}

pub fn cosh(z: Complex) -> Outcome {
    let (re, im) = z;
    if turns(z) {
        let imag = INF.copysign(sin1(im));
        return Ok((INF.copysign(cos1(im)), if re > 0.0 { imag } else { -imag }));
    }
    if let Some(r) = from_table(&special::COSH, z, !re.is_nan()) {
        return r;
    }
    in_range(if re.abs() > log_large() {
        // cosh(re) may overflow where the result does not.
        let less = re - 1f64.copysign(re);
        (cos1(im) * cosh1(less) * E, sin1(im) * sinh1(less) * E)
    } else {
        (cos1(im) * cosh1(re), sin1(im) * sinh1(re))
    })
}

pub fn exp(z: Complex) -> Outcome {
    let (re, im) = z;
    if turns(z) {
        let size = if re > 0.0 { INF } else { 0.0 };
        return Ok((size.copysign(cos1(im)), size.copysign(sin1(im))));
    }
    if let Some(r) = from_table(&special::EXP, z, re.is_finite() || re == INF) {
        return r;
    }
    in_range(if re > log_large() {
        let l = exp1(re - 1.0);
        (l * cos1(im) * E, l * sin1(im) * E)
    } else {
        let l = exp1(re);
        (l * cos1(im), l * sin1(im))
    })
}

pub fn log(z: Complex) -> Outcome {
    if let Some(r) = special(&special::LOG, z) {
        return Ok(r);
    }
    let (ax, ay) = (z.0.abs(), z.1.abs());
    let real = if ax > LARGE || ay > LARGE {
        log1(hypot(ax / 2.0, ay / 2.0)) + LN_2
    } else if ax < f64::MIN_POSITIVE && ay < f64::MIN_POSITIVE {
        if ax == 0.0 && ay == 0.0 {
            return Err(Failure::Domain);
        }
        // hypot would be subnormal, and have few bits.
        log1(hypot(ldexp(ax, MANTISSA), ldexp(ay, MANTISSA))) - f64::from(MANTISSA) * LN_2
    } else {
        let h = hypot(ax, ay);
        if (0.71..=1.73).contains(&h) {
            let (most, least) = if ax > ay { (ax, ay) } else { (ay, ax) };
            log1p((most - 1.0) * (most + 1.0) + least * least) / 2.0
        } else {
            log1(h)
        }
    };
    Ok((real, atan2(z.1, z.0)))
}

pub fn log10(z: Complex) -> Outcome {
    log(z).map(|(re, im)| (re / LN_10, im / LN_10))
}

pub fn sin(z: Complex) -> Outcome {
    sinh(times_i(z)).map(times_minus_i)
}

pub fn sinh(z: Complex) -> Outcome {
    let (re, im) = z;
    if turns(z) {
        let real = INF.copysign(cos1(im));
        return Ok((if re > 0.0 { real } else { -real }, INF.copysign(sin1(im))));
    }
    if let Some(r) = from_table(&special::SINH, z, !re.is_nan()) {
        return r;
    }
    in_range(if re.abs() > log_large() {
        let less = re - 1f64.copysign(re);
        (cos1(im) * sinh1(less) * E, sin1(im) * cosh1(less) * E)
    } else {
        (cos1(im) * sinh1(re), sin1(im) * cosh1(re))
    })
}

pub fn sqrt(z: Complex) -> Outcome {
    if let Some(r) = special(&special::SQRT, z) {
        return Ok(r);
    }
    let (re, im) = z;
    if re == 0.0 && im == 0.0 {
        return Ok((0.0, im));
    }
    let (mut ax, ay) = (re.abs(), im.abs());
    let s = if ax < f64::MIN_POSITIVE && ay < f64::MIN_POSITIVE {
        ax = ldexp(ax, SCALE_UP);
        ldexp((ax + hypot(ax, ldexp(ay, SCALE_UP))).sqrt(), SCALE_DOWN)
    } else {
        ax /= 8.0;
        2.0 * (ax + hypot(ax, ay / 8.0)).sqrt()
    };
    let d = ay / (2.0 * s);
    Ok(if re >= 0.0 { (s, d.copysign(im)) } else { (d, s.copysign(im)) })
}

pub fn tan(z: Complex) -> Outcome {
    tanh(times_i(z)).map(times_minus_i)
}

pub fn tanh(z: Complex) -> Outcome {
    let (re, im) = z;
    if turns(z) {
        return Ok((1f64.copysign(re), 0f64.copysign(2.0 * sin1(im) * cos1(im))));
    }
    if let Some(r) = from_table(&special::TANH, z, re.is_finite()) {
        return r;
    }
    if re.abs() > log_large() {
        return Ok((1f64.copysign(re), 4.0 * sin1(im) * cos1(im) * exp1(-2.0 * re.abs())));
    }
    let (tx, ty, cx) = (tanh1(re), tan1(im), 1.0 / cosh1(re));
    let txty = tx * ty;
    let denominator = 1.0 + txty * txty;
    Ok((tx * (1.0 + ty * ty) / denominator, ((ty / denominator) * cx) * cx))
}

pub fn rect(r: f64, phi: f64) -> Outcome {
    if turns((r, phi)) {
        let z = (INF.copysign(cos1(phi)), INF.copysign(sin1(phi)));
        return Ok(if r > 0.0 { z } else { (-z.0, -z.1) });
    }
    if let Some(result) = from_table(&special::RECT, (r, phi), r != 0.0 && !r.is_nan()) {
        return result;
    }
    // A zero angle keeps its sign.
    Ok(if phi == 0.0 { (r, r * phi) } else { (r * cos1(phi), r * sin1(phi)) })
}
