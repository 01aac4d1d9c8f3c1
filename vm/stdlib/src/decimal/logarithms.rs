//! `exp`, `ln`, `log10`: correctly rounded, by integer arithmetic with as many digits as that takes.
//!
//! Everywhere `m` is the unit: an integer `x` stands for `x / m`.

use dashu_int::ops::{Abs, BitTest, DivRemEuclid, SquareRoot};
use dashu_int::{IBig, UBig};

use super::arithmetic::plus;
use super::coefficient::{Big, Coefficient, MOST_DIGITS, NoMemory, power_of_ten};
use super::number::status::*;
use super::number::{Number, Rounding, Rules};

/// Bits by which arguments are made small before a series is summed up.
const REDUCTION: usize = 8;

fn ten_to(n: i64) -> Big<IBig> {
    if n > MOST_DIGITS / 16 {
        return Err(NoMemory);
    }
    Ok(IBig::from(power_of_ten(n.max(0))?))
}

pub fn digits(x: &IBig) -> i64 {
    Coefficient::from(x.clone().abs().into_parts().1).digits()
}

/// `a / b` to the nearest integer, ties to even; `b` is positive.
pub fn div_nearest(a: &IBig, b: &IBig) -> IBig {
    let (q, r) = a.div_rem_euclid(b);
    let twice = IBig::from(r) * 2 + IBig::from(q.bit(0) as u8);
    if twice > *b { q + 1 } else { q }
}

fn shift_nearest(x: &IBig, n: usize) -> IBig {
    if n == 0 { x.clone() } else { div_nearest(x, &(IBig::ONE << n)) }
}

fn root_nearest(x: &IBig) -> IBig {
    let x = x.clone().into_parts().1;
    let root = x.sqrt();
    // (r + 1/2)^2 = r^2 + r + 1/4.
    let up = x > &root * &root + &root;
    IBig::from(root) + IBig::from(up as u8)
}

/// `log(x / m) * m`, nearly.
fn natural_log(x: &IBig, m: &IBig) -> IBig {
    let mut y: IBig = x - m;
    // Halve the logarithm, by roots, until the argument is below 2^-8.
    let mut halved = 0usize;
    loop {
        let size = y.clone().abs();
        let far = if halved <= REDUCTION {
            (size << (REDUCTION - halved)) >= *m
        } else {
            (size >> (halved - REDUCTION)) >= *m
        };
        if !far {
            break;
        }
        let root = root_nearest(&(m * (m + shift_nearest(&y, halved))));
        y = div_nearest(&((m * &y) << 1), &(m + root));
        halved += 1;
    }
    let terms = (10 * digits(m) as usize).div_ceil(3 * REDUCTION);
    let reduced = shift_nearest(&y, halved);
    let mut sum = div_nearest(m, &IBig::from(terms.max(1)));
    for k in (1..terms).rev() {
        sum = div_nearest(m, &IBig::from(k)) - div_nearest(&(&reduced * &sum), m);
    }
    div_nearest(&(sum * y), m)
}

/// `log(10) * 10^p`, rounded down or one less.
fn log_of_ten(p: i64) -> Big<IBig> {
    let mut extra = 3;
    loop {
        let m = ten_to(p + extra + 2)?;
        let log = div_nearest(&natural_log(&(&m * 10), &m), &IBig::from(100));
        let unit = ten_to(extra)?;
        let (q, r) = log.div_rem_euclid(&unit);
        // Digits that are all 0 may be wrong by one in the last, and so may those before.
        if !r.is_zero() {
            return Ok(q);
        }
        extra += 3;
    }
}

/// A number `c * 10^e` between 0.1 and 10, as `x / 10^p`, and the exponent that was taken out.
fn reduced(c: &Coefficient, e: i64, p: i64) -> Big<(IBig, i64)> {
    let length = c.digits();
    let f = e + length - i64::from(e + length >= 1);
    let shift = e + p - f;
    let c = IBig::from(c.to_ubig());
    let x = if shift >= 0 { c * ten_to(shift)? } else { div_nearest(&c, &ten_to(-shift)?) };
    Ok((x, f))
}

/// `log(c * 10^e) * 10^p`, with an error below 1.
pub fn log(c: &Coefficient, e: i64, p: i64) -> Big<IBig> {
    let p = p + 2;
    let (log, f) = if p > 0 {
        let (x, f) = reduced(c, e, p)?;
        (natural_log(&x, &ten_to(p)?), f)
    } else {
        let length = c.digits();
        (IBig::ZERO, e + length - i64::from(e + length >= 1))
    };
    let mut tens = IBig::ZERO;
    if f != 0 {
        let extra = digits(&IBig::from(f)) - 1;
        if p + extra >= 0 {
            tens = div_nearest(&(IBig::from(f) * log_of_ten(p + extra)?), &ten_to(extra)?);
        }
    }
    Ok(div_nearest(&(log + tens), &IBig::from(100)))
}

/// `log10(c * 10^e) * 10^p`, with an error below 1.
fn decimal_log(c: &Coefficient, e: i64, p: i64) -> Big<IBig> {
    let p = p + 2;
    let sum = if p > 0 {
        let m = ten_to(p)?;
        let (x, f) = reduced(c, e, p)?;
        let log = natural_log(&x, &m) * &m;
        div_nearest(&log, &log_of_ten(p)?) + IBig::from(f) * m
    } else {
        let length = c.digits();
        let f = e + length - i64::from(e + length >= 1);
        div_nearest(&IBig::from(f), &ten_to(-p)?)
    };
    Ok(div_nearest(&sum, &IBig::from(100)))
}

/// `exp(x / m) * m`, nearly.
fn integer_exp(x: &IBig, m: &IBig) -> IBig {
    let halvings = ((x << REDUCTION) / m).abs().into_parts().1.bit_len();
    let terms = (10 * digits(m) as usize).div_ceil(3 * REDUCTION);
    let unit: IBig = m << halvings;
    let mut y = div_nearest(x, &IBig::from(terms.max(1)));
    for i in (1..terms).rev() {
        y = div_nearest(&(x * (&unit + &y)), &(&unit * IBig::from(i)));
    }
    // exp(2x) - 1 = (exp(x) - 1) * (exp(x) + 1)
    for k in (0..halvings).rev() {
        let unit: IBig = m << (k + 2);
        y = div_nearest(&(&y * (&y + &unit)), &unit);
    }
    m + y
}

/// `exp(c * 10^e)` as `d * 10^f`, `d` of about `p` digits with an error below 1.
pub fn exp_of(c: &IBig, e: i64, p: i64) -> Big<(IBig, i64)> {
    let p = p + 2;
    let extra = (e + digits(c) - 1).max(0);
    let q = p + extra;
    let shift = e + q;
    let x = if shift >= 0 { c * ten_to(shift)? } else { c.div_rem_euclid(&ten_to(-shift)?).0 };
    let (quotient, rest) = x.div_rem_euclid(&log_of_ten(q)?);
    let rest = div_nearest(&IBig::from(rest), &ten_to(extra)?);
    let exponent = i64::try_from(&quotient).map_err(|_| NoMemory)? - p + 3;
    Ok((div_nearest(&integer_exp(&rest, &ten_to(p)?), &IBig::from(1000)), exponent))
}

/// Whether a value of more than `p` digits, with an error below 1, can be rounded to `p` digits.
pub fn is_clear(x: &IBig, p: i64) -> Big<bool> {
    let spare = digits(x) - p - 1;
    if spare < 0 {
        return Ok(false);
    }
    let unit: UBig = power_of_ten(spare)? * UBig::from(5u8);
    Ok(!(x.clone().into_parts().1 % unit).is_zero())
}

fn number(x: IBig, exponent: i64) -> Number {
    let (sign, magnitude) = x.into_parts();
    Number::new(sign == dashu_int::Sign::Negative, magnitude.into(), exponent)
}

/// How many digits a number has.
fn length(n: i64) -> i64 {
    i64::from(n.unsigned_abs().checked_ilog10().unwrap_or(0)) + 1
}

pub fn exp(a: &Number, rules: &Rules, status: &mut u32) -> Big<Number> {
    if a.is_nan() {
        return plus(a, rules, status);
    }
    if a.is_infinite() {
        return Ok(if a.negative { Number::zero(false, 0) } else { Number::infinity(false) });
    }
    if a.coefficient.is_zero() {
        return Ok(Number::integer(1));
    }
    let rules = rules.rounded(Rounding::HalfEven);
    let p = rules.prec;
    let adjusted = a.adjusted();
    let result = if !a.negative && adjusted > length((rules.emax + 1) * 3) {
        Number::new(false, Coefficient::ONE, rules.emax + 1)
    } else if a.negative && adjusted > length((1 - rules.etiny()) * 3) {
        Number::new(false, Coefficient::ONE, rules.etiny() - 1)
    } else if adjusted < -p - i64::from(a.negative) {
        // 1 and less than half a unit.
        inexact(status);
        Number::new(false, Coefficient::ONE.shifted(p - 1)?, 1 - p)
    } else {
        let mut c = IBig::from(a.coefficient.to_ubig());
        if a.negative {
            c = -c;
        }
        let mut extra = 3;
        loop {
            let (x, exponent) = exp_of(&c, a.exponent, p + extra)?;
            if is_clear(&x, p)? {
                break number(x, exponent);
            }
            extra += 3;
        }
    };
    result.finish(&rules, status)
}

/// A lower bound for the exponent of the first digit of `ln(a)`, `a` not 1.
fn ln_bound(a: &Number) -> Big<i64> {
    let adjusted = a.adjusted();
    if adjusted >= 1 {
        return Ok(digits(&(IBig::from(adjusted) * 23 / 10)) - 1);
    }
    if adjusted <= -2 {
        return Ok(digits(&(IBig::from(-1 - adjusted) * 23 / 10)) - 1);
    }
    let unit = Coefficient::ONE.shifted(-a.exponent)?;
    if adjusted == 0 {
        // 1 < a < 10: ln(a) >= 1 - 1/a.
        let (top, bottom) = (a.coefficient.subtract(&unit).text(), a.coefficient.text());
        return Ok(top.len() as i64 - bottom.len() as i64 - i64::from(top < bottom));
    }
    // 0.1 <= a < 1: |ln(a)| >= 1 - a.
    Ok(a.exponent + unit.subtract(&a.coefficient).digits() - 1)
}

/// The same for `log10(a)`.
pub fn log10_bound(a: &Number) -> Big<i64> {
    let adjusted = a.adjusted();
    if adjusted >= 1 {
        return Ok(length(adjusted) - 1);
    }
    if adjusted <= -2 {
        return Ok(length(-1 - adjusted) - 1);
    }
    let unit = Coefficient::ONE.shifted(-a.exponent)?;
    if adjusted == 0 {
        // log10(a) >= (1 - 1/a) / 2.31
        let top = a.coefficient.subtract(&unit).text();
        let bottom = a.coefficient.multiply(&Coefficient::from(231))?.text();
        return Ok(top.len() as i64 - bottom.len() as i64 - i64::from(top < bottom) + 2);
    }
    let top = unit.subtract(&a.coefficient).text();
    Ok(top.len() as i64 + a.exponent - i64::from(top.as_str() < "231") - 1)
}

/// What is common to both logarithms; `None` where there is something to compute.
fn log_of_special(a: &Number, rules: &Rules, status: &mut u32) -> Big<Option<Number>> {
    if a.is_nan() {
        return plus(a, rules, status).map(Some);
    }
    if a.is_zero() {
        return Ok(Some(Number::infinity(true)));
    }
    if a.negative {
        return Ok(Some(Number::invalid(status)));
    }
    Ok(a.is_infinite().then(|| Number::infinity(false)))
}

fn rounded_log(
    a: &Number,
    bound: i64,
    log: fn(&Coefficient, i64, i64) -> Big<IBig>,
    rules: &Rules,
    status: &mut u32,
) -> Big<Number> {
    let mut places = rules.prec - bound + 2;
    loop {
        let x = log(&a.coefficient, a.exponent, places)?;
        if is_clear(&x, rules.prec)? {
            return number(x, -places).finish(rules, status);
        }
        places += 3;
    }
}

pub fn ln(a: &Number, rules: &Rules, status: &mut u32) -> Big<Number> {
    if let Some(result) = log_of_special(a, rules, status)? {
        return Ok(result);
    }
    if a.order(&Number::integer(1))?.is_eq() {
        return Ok(Number::zero(false, 0));
    }
    let rules = rules.rounded(Rounding::HalfEven);
    rounded_log(a, ln_bound(a)?, log, &rules, status)
}

pub fn log10(a: &Number, rules: &Rules, status: &mut u32) -> Big<Number> {
    if let Some(result) = log_of_special(a, rules, status)? {
        return Ok(result);
    }
    let rules = rules.rounded(Rounding::HalfEven);
    let zeros = a.digits() - 1;
    if a.coefficient.trailing_zeros() == zeros && a.coefficient.split(zeros)?.0.is_one() {
        return Number::integer(a.exponent + zeros).finish(&rules, status);
    }
    rounded_log(a, log10_bound(a)?, decimal_log, &rules, status)
}

/// Marks a result that is not exact.
pub fn inexact(status: &mut u32) {
    *status |= INEXACT | ROUNDED;
}
