//! Powers.

use dashu_int::ops::BitTest;
use dashu_int::{IBig, UBig};

use super::arithmetic::divide;
use super::coefficient::{Big, Coefficient, MOST_DIGITS, NoMemory};
use super::logarithms::{digits, div_nearest, exp_of, inexact, is_clear, log, log10_bound};
use super::number::status::*;
use super::number::{MAX_PREC, Number, Rounding, Rules};

/// `x^n` for an integer n of either sign, x positive and without trailing zeros: exact, or with a digit behind those
/// wanted that tells that there is more. `None` where that would take many more digits than are wanted; the result is
/// not exact then.
fn integer_power(x: &Number, n: i64, p: i64) -> Big<Option<Number>> {
    let size = n.unsigned_abs();
    let wanted = p.min(MOST_DIGITS) * 4 + 200;
    let length = i128::from(x.digits()) * i128::from(size);
    if !x.coefficient.is_one() && length > i128::from(wanted) {
        return Ok(None);
    }
    let exponent = i128::from(x.exponent) * i128::from(size);
    let Some(exponent) = i64::try_from(exponent).ok().filter(|e| e.unsigned_abs() < 1 << 62) else { return Ok(None) };
    let coefficient =
        if x.coefficient.is_one() { Coefficient::ONE } else { x.coefficient.to_ubig().pow(size as usize).into() };
    let power = Number::new(false, coefficient, exponent);
    if n >= 0 {
        return Ok(Some(power));
    }
    let rules = Rules { prec: p.max(1) + 3, ..Rules::MAX };
    let mut status = 0;
    let mut quotient = match divide(&Number::integer(1), &power, &rules, &mut status) {
        Ok(quotient) => quotient,
        Err(NoMemory) => return Ok(None),
    };
    if status & INEXACT != 0 {
        // Rounded once; a digit more keeps the second rounding from taking it for exact or a tie.
        let exact = divide(&Number::integer(1), &power, &rules.rounded(Rounding::Down), &mut status)?;
        quotient = Number::new(false, exact.coefficient.shifted(1)?.increment(), exact.exponent - 1);
    }
    Ok(Some(quotient))
}

/// Without trailing zeros.
fn stripped(a: &Number) -> Big<Number> {
    let zeros = a.coefficient.trailing_zeros();
    Ok(Number::new(a.negative, a.coefficient.split(zeros)?.0, a.exponent + zeros))
}

/// `x^y` for a y that is no integer, if x is a power that makes the result (nearly) rational; as [`integer_power`].
fn root_power(x: &Number, y: &Number, p: i64) -> Big<Option<Number>> {
    let y = stripped(y)?;
    // y = m / n with n = 10^k, reduced. 2^k and 5^k bound n from below, so that n cannot divide x's exponent nor be
    // the degree of a root beyond these.
    let k = -y.exponent;
    if k > 64 || k as u64 > x.coefficient.digits() as u64 * 4 + 64 {
        return Ok(None);
    }
    let (mut m, mut n) = (y.coefficient.to_ubig(), UBig::from(10u8).pow(k as usize));
    for factor in [2u8, 5] {
        while (&m % factor) == 0 && (&n % factor) == 0 {
            m /= factor;
            n /= factor;
        }
    }
    let (Ok(m), Ok(n)) = (i64::try_from(&m), i64::try_from(&n)) else { return Ok(None) };
    if x.exponent % n != 0 {
        return Ok(None);
    }
    let root = if x.coefficient.is_one() {
        Coefficient::ONE
    } else {
        let c = x.coefficient.to_ubig();
        if n > c.bit_len() as i64 {
            return Ok(None);
        }
        let root = c.nth_root(n as usize);
        if root.pow(n as usize) != c {
            return Ok(None);
        }
        root.into()
    };
    integer_power(&Number::new(false, root, x.exponent / n), if y.negative { -m } else { m }, p)
}

/// `x^y` as a coefficient of about `p` digits with an error below 1, and an exponent.
fn by_logarithm(x: &Number, y: &Number, p: i64) -> Big<(IBig, i64)> {
    let mut yc = IBig::from(y.coefficient.to_ubig());
    if y.negative {
        yc = -yc;
    }
    let b = y.digits() + y.exponent;
    let log = log(&x.coefficient, x.exponent, p + b + 1)?;
    let shift = y.exponent - b;
    let product = if shift >= 0 {
        log * yc * IBig::from(super::coefficient::power_of_ten(shift)?)
    } else {
        div_nearest(&(log * yc), &IBig::from(super::coefficient::power_of_ten(-shift)?))
    };
    if product.is_zero() {
        // Too near 1 to say more than on which side.
        let above = (x.digits() + x.exponent >= 1) != y.negative;
        return Ok(if above {
            (IBig::from(Coefficient::ONE.shifted(p - 1)?.increment().to_ubig()), 1 - p)
        } else {
            (IBig::from(Coefficient::nines(p)?.to_ubig()), -p)
        });
    }
    let (c, e) = exp_of(&product, -(p + 1), p + 1)?;
    Ok((div_nearest(&c, &IBig::from(10)), e + 1))
}

/// `x^y`.
pub fn power(x: &Number, y: &Number, rules: &Rules, status: &mut u32) -> Big<Number> {
    if (x.is_nan() || y.is_nan())
        && let Some(nan) = Number::propagate(&[x, y], rules, status)?
    {
        return Ok(nan);
    }
    if y.is_zero() {
        return Ok(if x.is_zero() { Number::invalid(status) } else { Number::integer(1) });
    }
    let whole = y.is_integer();
    let mut negative = false;
    if x.negative {
        if whole {
            negative = y.is_odd_integer();
        } else if !x.is_zero() {
            return Ok(Number::invalid(status));
        }
    }
    let x = x.clone().with_sign(false);
    if x.is_zero() || x.is_infinite() {
        return Ok(if x.is_zero() == y.negative { Number::infinity(negative) } else { Number::zero(negative, 0) });
    }
    let p = rules.prec;
    if x.order(&Number::integer(1))?.is_eq() {
        return power_of_one(&x, y, whole, negative, rules, status);
    }
    let adjusted = x.adjusted();
    if y.is_infinite() {
        return Ok(if y.negative == (adjusted < 0) { Number::infinity(negative) } else { Number::zero(negative, 0) });
    }
    // A result beyond all exponents need not be computed.
    let size = log10_bound(&x)?.saturating_add(y.adjusted());
    let length = |n: i64| digits(&IBig::from(n));
    if (adjusted >= 0) != y.negative {
        if size > length(rules.emax) {
            return Number::new(negative, Coefficient::ONE, rules.emax + 1).finish(rules, status);
        }
    } else if size > length(rules.etiny()) {
        return Number::new(negative, Coefficient::ONE, rules.etiny() - 1).finish(rules, status);
    }
    let base = stripped(&x)?;
    let found = match (whole, y.to_i64()) {
        (true, Some(n)) => integer_power(&base, n, p)?,
        (true, None) => None,
        (false, _) => root_power(&base, y, p)?,
    };
    let mut result = match found {
        Some(result) => result,
        None => {
            let mut extra = 3;
            loop {
                let (c, e) = by_logarithm(&x, y, p + extra)?;
                if is_clear(&c, p)? {
                    break Number::new(false, Coefficient::from(c.into_parts().1), e);
                }
                extra += 3;
            }
        }
    };
    result.negative = negative;
    if whole {
        // CPython rounds integer powers twice: to some more digits first, half to even.
        let more = (y.digits() + y.exponent).max(0) + 2;
        let work =
            Rules { prec: p.saturating_add(more).min(MAX_PREC), rounding: Rounding::HalfEven, clamp: false, ..*rules };
        if result.digits() > work.prec || result.adjusted() < work.emin || result.adjusted() > work.emax {
            result = result.finish(&work, status)?;
            if result.is_infinite() {
                // What an overflow becomes is for the context's own rounding mode to say.
                return Number::new(negative, Coefficient::ONE, rules.emax + 1).finish(rules, status);
            }
        }
        if let Some(n) = y.to_i64().filter(|n| *n > 0) {
            // The zeros that were taken off the base belong to the result, as far as there is room.
            let ideal = x.exponent.saturating_mul(n);
            let room = (p - result.digits()).max(0);
            let zeros = result.exponent.saturating_sub(ideal).clamp(0, room);
            if zeros > 0 {
                result = Number::new(negative, result.coefficient.shifted(zeros)?, result.exponent - zeros);
            }
            let exact = result.digits() <= p;
            let result = result.finish(rules, status)?;
            if exact && result.exponent > ideal && result.is_finite() {
                *status |= ROUNDED;
            }
            return Ok(result);
        }
        return result.finish(rules, status);
    }
    // Such a power counts as inexact, also where it is not.
    if result.digits() <= p {
        let zeros = p + 1 - result.digits();
        result = Number::new(negative, result.coefficient.shifted(zeros)?, result.exponent - zeros);
    }
    let result = result.finish(rules, status)?;
    inexact(status);
    if *status & SUBNORMAL != 0 {
        *status |= UNDERFLOW;
    }
    Ok(result)
}

/// 1, with as many zeros as the operands ask for.
fn power_of_one(x: &Number, y: &Number, whole: bool, negative: bool, rules: &Rules, status: &mut u32) -> Big<Number> {
    let least = 1 - rules.prec;
    let exponent = if whole {
        let times = if y.negative { 0 } else { y.to_i64().unwrap_or(i64::MAX).min(rules.prec) };
        let exponent = x.exponent.saturating_mul(times);
        if exponent < least {
            *status |= ROUNDED;
        }
        exponent.max(least)
    } else {
        inexact(status);
        least
    };
    let exponent = exponent.min(0);
    Ok(Number::new(negative, Coefficient::ONE.shifted(-exponent)?, exponent))
}

/// The residue of `c * 10^e`, e not negative.
fn residue(c: &Coefficient, e: i64, modulus: &UBig) -> UBig {
    let ring = dashu_int::fast_div::ConstDivisor::new(modulus.clone());
    let ten = ring.reduce(10u8).pow(&UBig::from(e.max(0) as u64));
    (ring.reduce(c.to_ubig()) * ten).residue()
}

/// `x^y % m`, exact.
pub fn power_modulo(x: &Number, y: &Number, m: &Number, rules: &Rules, status: &mut u32) -> Big<Number> {
    if (x.is_nan() || y.is_nan() || m.is_nan())
        && let Some(nan) = Number::propagate(&[x, y, m], rules, status)?
    {
        return Ok(nan);
    }
    let whole = x.is_integer() && y.is_integer() && m.is_integer();
    if !whole || y.negative && !y.is_zero() || m.is_zero() || m.adjusted() >= rules.prec || x.is_zero() && y.is_zero() {
        return Ok(Number::invalid(status));
    }
    let negative = x.negative && y.is_odd_integer();
    let whole_part = |n: &Number| n.rescaled(n.exponent.max(0), rules.rounding);
    let modulus = m.rescaled(0, rules.rounding)?.coefficient.to_ubig();
    let (x, y) = (whole_part(x)?, whole_part(y)?);
    let ring = dashu_int::fast_div::ConstDivisor::new(modulus.clone());
    let mut power = ring.reduce(residue(&x.coefficient, x.exponent, &modulus));
    // y = c * 10^e: ten to the e-th by steps, for e may be large.
    if y.exponent > 100_000 {
        return Err(NoMemory);
    }
    for _ in 0..y.exponent.max(0) {
        power = power.pow(&UBig::from(10u8));
    }
    let result: Coefficient = power.pow(&y.coefficient.to_ubig()).residue().into();
    Ok(Number::new(negative, result, 0))
}
