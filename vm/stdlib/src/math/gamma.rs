//! The gamma function and its logarithm by Lanczos' approximation (N=13, g=6.0246..., the coefficients that Boost
//! publishes): what CPython uses in place of the C library's.

use std::f64::consts::PI;

use super::libm;

#[expect(clippy::excessive_precision, reason = "the digits as published, to be compared with the source")]
const G: f64 = 6.024680040776729583740234375;
#[expect(clippy::excessive_precision, reason = "the digits as published, to be compared with the source")]
const G_MINUS_HALF: f64 = 5.524680040776729583740234375;
const LOG_PI: f64 = 1.144729885849400174143427351353058711647;

#[expect(clippy::excessive_precision, reason = "the digits as published, to be compared with the source")]
const NUMERATOR: [f64; 13] = [
    23531376880.410759688572007674451636754734846804940,
    42919803642.649098768957899047001988850926355848959,
    35711959237.355668049440185451547166705960488635843,
    17921034426.037209699919755754458931112671403265390,
    6039542586.3520280050642916443072979210699388420708,
    1439720407.3117216736632230727949123939715485786372,
    248874557.86205415651146038641322942321632125127801,
    31426415.585400194380614231628318205362874684987640,
    2876370.6289353724412254090516208496135991145378768,
    186056.26539522349504029498971604569928220784236328,
    8071.6720023658162106380029022722506138218516325024,
    210.82427775157934587250973392071336271166969580291,
    2.5066282746310002701649081771338373386264310793408,
];
const DENOMINATOR: [f64; 13] = [
    0.0,
    39916800.0,
    120543840.0,
    150917976.0,
    105258076.0,
    45995730.0,
    13339535.0,
    2637558.0,
    357423.0,
    32670.0,
    1925.0,
    66.0,
    1.0,
];

/// The result, or what went wrong: a pole, or a result beyond the doubles.
pub enum Failure {
    Domain,
    Range,
}

fn lanczos_sum(x: f64) -> f64 {
    let (mut num, mut den) = (0.0, 0.0);
    // Horner's scheme in x, or in 1/x where x is not small.
    if x < 5.0 {
        for (n, d) in NUMERATOR.iter().zip(&DENOMINATOR).rev() {
            num = num * x + n;
            den = den * x + d;
        }
    } else {
        for (n, d) in NUMERATOR.iter().zip(&DENOMINATOR) {
            num = num / x + n;
            den = den / x + d;
        }
    }
    num / den
}

/// `sin(pi * x)`, exact where that is 0 or 1.
fn sin_pi(x: f64) -> f64 {
    let y = libm::fmod(x.abs(), 2.0);
    let r = match (2.0 * y).round() as i32 {
        0 => libm::sin(PI * y),
        1 => libm::cos(PI * (y - 0.5)),
        2 => libm::sin(PI * (1.0 - y)),
        3 => -libm::cos(PI * (y - 1.5)),
        _ => libm::sin(PI * (y - 2.0)),
    };
    1f64.copysign(x) * r
}

pub fn gamma(x: f64) -> Result<f64, Failure> {
    if !x.is_finite() {
        return if x.is_nan() || x > 0.0 { Ok(x) } else { Err(Failure::Domain) };
    }
    if x == 0.0 {
        return Err(Failure::Domain);
    }
    if x == x.floor() {
        if x < 0.0 {
            return Err(Failure::Domain);
        }
        if x <= 23.0 {
            // 22! has 53 significant bits at most: the product is exact.
            return Ok((2..x as u64).map(|i| i as f64).product());
        }
    }
    let a = x.abs();
    if a < 1e-20 {
        let r = 1.0 / x;
        return if r.is_infinite() { Err(Failure::Range) } else { Ok(r) };
    }
    if a > 200.0 {
        return if x < 0.0 { Ok(0.0 / sin_pi(x)) } else { Err(Failure::Range) };
    }
    let y = a + G_MINUS_HALF;
    // What rounding took from y.
    let z = if a > G_MINUS_HALF { (y - a) - G_MINUS_HALF } else { (y - G_MINUS_HALF) - a };
    let z = z * G / y;
    let r = if x < 0.0 {
        let mut r = -PI / sin_pi(a) / a * libm::exp(y) / lanczos_sum(a);
        r -= z * r;
        if a < 140.0 {
            r / libm::pow(y, a - 0.5)
        } else {
            let root = libm::pow(y, a / 2.0 - 0.25);
            r / root / root
        }
    } else {
        let mut r = lanczos_sum(a) / libm::exp(y);
        r += z * r;
        if a < 140.0 {
            r * libm::pow(y, a - 0.5)
        } else {
            let root = libm::pow(y, a / 2.0 - 0.25);
            r * root * root
        }
    };
    if r.is_infinite() { Err(Failure::Range) } else { Ok(r) }
}

pub fn lgamma(x: f64) -> Result<f64, Failure> {
    if !x.is_finite() {
        return Ok(if x.is_nan() { x } else { f64::INFINITY });
    }
    if x == x.floor() && x <= 2.0 {
        return if x <= 0.0 { Err(Failure::Domain) } else { Ok(0.0) };
    }
    let a = x.abs();
    if a < 1e-20 {
        return Ok(-libm::log(a));
    }
    let mut r = libm::log(lanczos_sum(a)) - G;
    r += (a - 0.5) * (libm::log(a + G - 0.5) - 1.0);
    if x < 0.0 {
        r = LOG_PI - libm::log(sin_pi(a).abs()) - libm::log(a) - r;
    }
    if r.is_infinite() { Err(Failure::Range) } else { Ok(r) }
}
