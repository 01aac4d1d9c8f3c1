//! The operations of the specification that need no logarithms.

use std::cmp::Ordering;

use super::coefficient::{Big, Coefficient, MOST_DIGITS, NoMemory};
use super::number::status::*;
use super::number::{Kind, Number, Rounding, Rules};

/// A function of one number.
pub type Unary = fn(&Number, &Rules, &mut u32) -> Big<Number>;
/// A function of two.
pub type Binary = fn(&Number, &Number, &Rules, &mut u32) -> Big<Number>;

macro_rules! nans {
    ($rules:expr, $status:expr, $($operand:expr),+) => {
        if ($($operand.is_nan())||+)
            && let Some(nan) = Number::propagate(&[$($operand),+], $rules, $status)?
        {
            return Ok(nan);
        }
    };
}

pub fn plus(a: &Number, rules: &Rules, status: &mut u32) -> Big<Number> {
    nans!(rules, status, a);
    let mut a = a.clone();
    if a.is_zero() && rules.rounding != Rounding::Floor {
        a.negative = false;
    }
    a.finish(rules, status)
}

pub fn minus(a: &Number, rules: &Rules, status: &mut u32) -> Big<Number> {
    nans!(rules, status, a);
    let mut a = a.clone().negated();
    if a.is_zero() && rules.rounding != Rounding::Floor {
        a.negative = false;
    }
    a.finish(rules, status)
}

pub fn abs(a: &Number, rules: &Rules, status: &mut u32) -> Big<Number> {
    if a.negative { minus(a, rules, status) } else { plus(a, rules, status) }
}

/// Both coefficients at one exponent. Where `limit` digits are wanted and one number lies below the other's last that
/// matters, something small stands for it.
fn aligned(a: &Number, b: &Number, limit: i64) -> Big<(Coefficient, Coefficient, i64)> {
    if a.exponent == b.exponent {
        return Ok((a.coefficient.clone(), b.coefficient.clone(), a.exponent));
    }
    let swap = a.exponent < b.exponent;
    let (high, low) = if swap { (b, a) } else { (a, b) };
    let (mut low_coefficient, mut exponent) = (low.coefficient.clone(), low.exponent);
    let floor = high.exponent.saturating_add((-1).min(high.digits().saturating_sub(limit).saturating_sub(2)));
    if low.digits() + low.exponent - 1 < floor {
        (low_coefficient, exponent) = (Coefficient::ONE, floor);
    }
    let high_coefficient = high.coefficient.shifted(high.exponent - exponent)?;
    Ok(if swap { (low_coefficient, high_coefficient, exponent) } else { (high_coefficient, low_coefficient, exponent) })
}

pub fn add(a: &Number, b: &Number, rules: &Rules, status: &mut u32) -> Big<Number> {
    nans!(rules, status, a, b);
    match (a.is_infinite(), b.is_infinite()) {
        (true, true) if a.negative != b.negative => return Ok(Number::invalid(status)),
        (true, _) => return Ok(a.clone()),
        (_, true) => return Ok(b.clone()),
        _ => {}
    }
    let least = a.exponent.min(b.exponent);
    // In this mode the sum of a number and its negation is -0.
    let negative_zero = rules.rounding == Rounding::Floor && a.negative != b.negative;
    match (a.coefficient.is_zero(), b.coefficient.is_zero()) {
        (true, true) => {
            return Number::zero(a.negative && b.negative || negative_zero, least).finish(rules, status);
        }
        (true, false) => {
            let exponent = least.max(b.exponent.saturating_sub(rules.prec).saturating_sub(1));
            return b.rescaled(exponent, rules.rounding)?.finish(rules, status);
        }
        (false, true) => {
            let exponent = least.max(a.exponent.saturating_sub(rules.prec).saturating_sub(1));
            return a.rescaled(exponent, rules.rounding)?.finish(rules, status);
        }
        (false, false) => {}
    }
    let (x, y, exponent) = aligned(a, b, rules.prec)?;
    let sum = if a.negative == b.negative {
        Number::new(a.negative, x.add(&y), exponent)
    } else {
        match x.compare(&y) {
            Ordering::Equal => Number::zero(negative_zero, exponent),
            Ordering::Greater => Number::new(a.negative, x.subtract(&y), exponent),
            Ordering::Less => Number::new(b.negative, y.subtract(&x), exponent),
        }
    };
    sum.finish(rules, status)
}

pub fn subtract(a: &Number, b: &Number, rules: &Rules, status: &mut u32) -> Big<Number> {
    nans!(rules, status, a, b);
    add(a, &b.clone().negated(), rules, status)
}

/// The product, not rounded; neither is a NaN.
fn product(a: &Number, b: &Number, status: &mut u32) -> Big<Number> {
    let negative = a.negative != b.negative;
    if a.is_infinite() || b.is_infinite() {
        if a.is_zero() || b.is_zero() {
            return Ok(Number::invalid(status));
        }
        return Ok(Number::infinity(negative));
    }
    Ok(Number::new(negative, a.coefficient.multiply(&b.coefficient)?, a.exponent + b.exponent))
}

pub fn multiply(a: &Number, b: &Number, rules: &Rules, status: &mut u32) -> Big<Number> {
    nans!(rules, status, a, b);
    product(a, b, status)?.finish(rules, status)
}

/// `a * b + c`, rounded once.
pub fn fma(a: &Number, b: &Number, c: &Number, rules: &Rules, status: &mut u32) -> Big<Number> {
    if a.is_nan() || b.is_nan() || c.is_signaling() {
        nans!(rules, status, a, b, c);
    }
    let product = product(a, b, status)?;
    if product.is_nan() {
        return Ok(product);
    }
    nans!(rules, status, c);
    add(&product, c, rules, status)
}

/// A quotient with so many digits and one more that tells whether there is a rest, and whether it is exact.
fn quotient(a: &Number, b: &Number, digits: i64) -> Big<(Number, bool)> {
    let shift = b.digits() - a.digits() + digits + 1;
    if shift > MOST_DIGITS {
        return Err(NoMemory);
    }
    let ideal = a.exponent - b.exponent;
    let mut exponent = ideal - shift;
    let (mut q, rest) = if shift >= 0 {
        a.coefficient.shifted(shift)?.divide(&b.coefficient)
    } else {
        a.coefficient.divide(&b.coefficient.shifted(-shift)?)
    };
    let exact = rest.is_zero();
    if !exact {
        // So that it cannot be taken for a tie, nor for exact.
        let (_, last) = q.split(1)?;
        if last.is_zero() || last == Coefficient::from(5) {
            q = q.increment();
        }
    } else if exponent < ideal {
        let zeros = q.trailing_zeros().min(ideal - exponent);
        q = q.split(zeros)?.0;
        exponent += zeros;
    }
    Ok((Number::new(a.negative != b.negative, q, exponent), exact))
}

/// What a division of `a` by zero gives: nothing, if that is zero too.
fn over_zero(a: &Number, status: &mut u32, else_gives: impl FnOnce(&mut u32) -> Number) -> Number {
    if a.is_zero() {
        *status |= DIVISION_UNDEFINED;
        return Number::nan();
    }
    else_gives(status)
}

/// An infinity where something is divided by zero, or comes to that.
fn infinite(negative: bool, status: &mut u32) -> Number {
    *status |= DIVISION_BY_ZERO;
    Number::infinity(negative)
}

pub fn divide(a: &Number, b: &Number, rules: &Rules, status: &mut u32) -> Big<Number> {
    nans!(rules, status, a, b);
    let negative = a.negative != b.negative;
    if a.is_infinite() {
        return Ok(if b.is_infinite() { Number::invalid(status) } else { Number::infinity(negative) });
    }
    if b.is_infinite() {
        *status |= CLAMPED;
        return Ok(Number::zero(negative, rules.etiny()));
    }
    if b.is_zero() {
        return Ok(over_zero(a, status, |status| infinite(negative, status)));
    }
    if a.coefficient.is_zero() {
        return Number::zero(negative, a.exponent - b.exponent).finish(rules, status);
    }
    match quotient(a, b, rules.prec) {
        Ok((q, _)) => q.finish(rules, status),
        // An exact quotient may be short, however many digits there could be.
        Err(NoMemory) => match quotient(a, b, (a.digits() + b.digits()) * 4)? {
            (q, true) => q.finish(rules, status),
            (_, false) => Err(NoMemory),
        },
    }
}

/// The integer quotient and the remainder of finite numbers, `b` not 0; `None` where the quotient has too many digits.
fn divide_to_integer(a: &Number, b: &Number, rules: &Rules) -> Big<Option<(Number, Number)>> {
    let negative = a.negative != b.negative;
    let ideal = if b.is_infinite() { a.exponent } else { a.exponent.min(b.exponent) };
    let difference = a.adjusted() - b.adjusted();
    if a.coefficient.is_zero() || b.is_infinite() || difference <= -2 {
        return Ok(Some((Number::zero(negative, 0), a.rescaled(ideal, rules.rounding)?)));
    }
    if difference > rules.prec {
        return Ok(None);
    }
    let x = a.coefficient.shifted(a.exponent - ideal)?;
    let y = b.coefficient.shifted(b.exponent - ideal)?;
    let (q, r) = x.divide(&y);
    if q.digits() > rules.prec {
        return Ok(None);
    }
    Ok(Some((Number::new(negative, q, 0), Number::new(a.negative, r, ideal))))
}

fn impossible(status: &mut u32) -> Number {
    *status |= DIVISION_IMPOSSIBLE;
    Number::nan()
}

pub fn divide_integer(a: &Number, b: &Number, rules: &Rules, status: &mut u32) -> Big<Number> {
    nans!(rules, status, a, b);
    let negative = a.negative != b.negative;
    if a.is_infinite() {
        return Ok(if b.is_infinite() { Number::invalid(status) } else { Number::infinity(negative) });
    }
    if b.is_zero() {
        return Ok(over_zero(a, status, |status| infinite(negative, status)));
    }
    match divide_to_integer(a, b, rules)? {
        Some((q, _)) => q.finish(rules, status),
        None => Ok(impossible(status)),
    }
}

pub fn remainder(a: &Number, b: &Number, rules: &Rules, status: &mut u32) -> Big<Number> {
    nans!(rules, status, a, b);
    if a.is_infinite() {
        return Ok(Number::invalid(status));
    }
    if b.is_zero() {
        return Ok(over_zero(a, status, Number::invalid));
    }
    match divide_to_integer(a, b, rules)? {
        Some((_, r)) => r.finish(rules, status),
        None => Ok(impossible(status)),
    }
}

pub fn divmod(a: &Number, b: &Number, rules: &Rules, status: &mut u32) -> Big<(Number, Number)> {
    if (a.is_nan() || b.is_nan())
        && let Some(nan) = Number::propagate(&[a, b], rules, status)?
    {
        return Ok((nan.clone(), nan));
    }
    let negative = a.negative != b.negative;
    if a.is_infinite() {
        let q = if b.is_infinite() { Number::nan() } else { Number::infinity(negative) };
        return Ok((q, Number::invalid(status)));
    }
    if b.is_zero() {
        if a.is_zero() {
            *status |= DIVISION_UNDEFINED;
            return Ok((Number::nan(), Number::nan()));
        }
        return Ok((infinite(negative, status), Number::invalid(status)));
    }
    match divide_to_integer(a, b, rules)? {
        Some((q, r)) => Ok((q.finish(rules, status)?, r.finish(rules, status)?)),
        None => Ok((impossible(status), Number::nan())),
    }
}

pub fn remainder_near(a: &Number, b: &Number, rules: &Rules, status: &mut u32) -> Big<Number> {
    nans!(rules, status, a, b);
    if a.is_infinite() {
        return Ok(Number::invalid(status));
    }
    if b.is_zero() {
        return Ok(over_zero(a, status, Number::invalid));
    }
    if b.is_infinite() {
        return a.clone().finish(rules, status);
    }
    let ideal = a.exponent.min(b.exponent);
    if a.coefficient.is_zero() {
        return Number::zero(a.negative, ideal).finish(rules, status);
    }
    let difference = a.adjusted() - b.adjusted();
    if difference > rules.prec {
        return Ok(impossible(status));
    }
    if difference <= -2 {
        return a.rescaled(ideal, rules.rounding)?.finish(rules, status);
    }
    let x = a.coefficient.shifted(a.exponent - ideal)?;
    let y = b.coefficient.shifted(b.exponent - ideal)?;
    let (mut q, mut r) = x.divide(&y);
    let mut negative = a.negative;
    let twice = r.add(&r);
    let order = twice.compare(&y);
    if order.is_gt() || order.is_eq() && q.is_odd() {
        r = y.subtract(&r);
        q = q.increment();
        negative = !negative;
    }
    if q.digits() > rules.prec {
        return Ok(impossible(status));
    }
    Number::new(negative, r, ideal).finish(rules, status)
}

pub fn quantize(a: &Number, b: &Number, rules: &Rules, status: &mut u32) -> Big<Number> {
    nans!(rules, status, a, b);
    // The usual case: few digits, and exponents far from the limits.
    let far = 2 * super::coefficient::POWERS.len() as i64;
    if a.is_finite()
        && b.is_finite()
        && (rules.emin..rules.emax.saturating_sub(far)).contains(&b.exponent)
        && let Some((coefficient, inexact)) =
            a.coefficient.quantized(b.exponent.saturating_sub(a.exponent), rules.prec, |q, rest| {
                rules.rounding.increments(q, rest, a.negative)
            })
    {
        if b.exponent > a.exponent && !a.coefficient.is_zero() {
            *status |= ROUNDED | if inexact { INEXACT } else { 0 };
        }
        return Ok(Number::new(a.negative, coefficient, b.exponent));
    }
    if a.is_infinite() && b.is_infinite() {
        return Ok(a.clone());
    }
    if a.is_infinite() || b.is_infinite() || b.exponent < rules.etiny() || b.exponent > rules.emax {
        return Ok(Number::invalid(status));
    }
    if a.coefficient.is_zero() {
        return Number::zero(a.negative, b.exponent).finish(rules, status);
    }
    let adjusted = a.adjusted();
    if adjusted > rules.emax || adjusted - b.exponent + 1 > rules.prec {
        return Ok(Number::invalid(status));
    }
    let result = a.rescaled(b.exponent, rules.rounding)?;
    if result.adjusted() > rules.emax || result.digits() > rules.prec {
        return Ok(Number::invalid(status));
    }
    if result.is_subnormal(rules) {
        *status |= SUBNORMAL;
    }
    if b.exponent > a.exponent {
        if a.cut(b.exponent - a.exponent)?.1.is_some() {
            *status |= INEXACT;
        }
        *status |= ROUNDED;
    }
    result.finish(rules, status)
}

/// To an integer, in the context's rounding mode, whatever the precision. `exact` says so if digits are lost.
fn to_integral(a: &Number, exact: bool, rules: &Rules, status: &mut u32) -> Big<Number> {
    nans!(rules, status, a);
    if a.is_infinite() || a.exponent >= 0 {
        return Ok(a.clone());
    }
    if a.coefficient.is_zero() {
        return Ok(Number::zero(a.negative, 0));
    }
    if exact {
        *status |= ROUNDED;
        if a.cut(-a.exponent)?.1.is_some() {
            *status |= INEXACT;
        }
    }
    a.rescaled(0, rules.rounding)
}

pub fn to_integral_value(a: &Number, rules: &Rules, status: &mut u32) -> Big<Number> {
    to_integral(a, false, rules, status)
}

pub fn to_integral_exact(a: &Number, rules: &Rules, status: &mut u32) -> Big<Number> {
    to_integral(a, true, rules, status)
}

/// -1, 0 or 1 as a number; a NaN for NaNs.
pub fn compare(a: &Number, b: &Number, rules: &Rules, status: &mut u32) -> Big<Number> {
    nans!(rules, status, a, b);
    Ok(Number::integer(a.order(b)? as i64))
}

pub fn compare_signal(a: &Number, b: &Number, rules: &Rules, status: &mut u32) -> Big<Number> {
    if a.is_nan() || b.is_nan() {
        *status |= INVALID_OPERATION;
    }
    compare(a, b, rules, status)
}

/// The larger or smaller by `order`, a number before a quiet NaN.
fn extreme(
    a: &Number,
    b: &Number,
    largest: bool,
    order: fn(&Number, &Number) -> Big<Ordering>,
    rules: &Rules,
    status: &mut u32,
) -> Big<Number> {
    if a.is_nan() || b.is_nan() {
        if a.kind == Kind::Quiet && !b.is_nan() {
            return b.clone().finish(rules, status);
        }
        if b.kind == Kind::Quiet && !a.is_nan() {
            return a.clone().finish(rules, status);
        }
        nans!(rules, status, a, b);
    }
    let mut found = order(a, b)?;
    if found.is_eq() {
        found = a.total_order(b)?;
    }
    let take_first = if largest { found.is_ge() } else { found.is_lt() };
    (if take_first { a } else { b }).clone().finish(rules, status)
}

pub fn max(a: &Number, b: &Number, rules: &Rules, status: &mut u32) -> Big<Number> {
    extreme(a, b, true, Number::order, rules, status)
}

pub fn min(a: &Number, b: &Number, rules: &Rules, status: &mut u32) -> Big<Number> {
    extreme(a, b, false, Number::order, rules, status)
}

pub fn max_mag(a: &Number, b: &Number, rules: &Rules, status: &mut u32) -> Big<Number> {
    extreme(a, b, true, Number::order_of_magnitudes, rules, status)
}

pub fn min_mag(a: &Number, b: &Number, rules: &Rules, status: &mut u32) -> Big<Number> {
    extreme(a, b, false, Number::order_of_magnitudes, rules, status)
}

/// Rounded, without trailing zeros.
pub fn normalize(a: &Number, rules: &Rules, status: &mut u32) -> Big<Number> {
    nans!(rules, status, a);
    let a = a.clone().finish(rules, status)?;
    if a.is_infinite() {
        return Ok(a);
    }
    if a.coefficient.is_zero() {
        return Ok(Number::zero(a.negative, 0));
    }
    let most = if rules.clamp { rules.etop() } else { rules.emax };
    let zeros = a.coefficient.trailing_zeros().min((most - a.exponent).max(0));
    Ok(Number::new(a.negative, a.coefficient.split(zeros)?.0, a.exponent + zeros))
}

/// The root with so many digits and one more that tells whether there is a rest, and whether it is exact.
fn root(a: &Number, digits: i64) -> Big<(Number, bool)> {
    let mut exponent = a.exponent >> 1;
    let (coefficient, length) = if a.exponent & 1 != 0 {
        (a.coefficient.shifted(1)?, (a.digits() >> 1) + 1)
    } else {
        (a.coefficient.clone(), (a.digits() + 1) >> 1)
    };
    let shift = digits + 1 - length;
    if shift > MOST_DIGITS {
        return Err(NoMemory);
    }
    let (radicand, mut exact) = if shift >= 0 {
        (coefficient.shifted(shift * 2)?, true)
    } else {
        let (q, r) = coefficient.split(-shift * 2)?;
        (q, r.is_zero())
    };
    exponent -= shift;
    let (mut n, more) = radicand.root();
    exact &= !more;
    if exact {
        n = if shift >= 0 { n.split(shift)?.0 } else { n.shifted(-shift)? };
        exponent += shift;
    } else {
        let (_, last) = n.split(1)?;
        if last.is_zero() || last == Coefficient::from(5) {
            n = n.increment();
        }
    }
    Ok((Number::new(false, n, exponent), exact))
}

pub fn sqrt(a: &Number, rules: &Rules, status: &mut u32) -> Big<Number> {
    nans!(rules, status, a);
    let rules = rules.rounded(Rounding::HalfEven);
    if a.is_zero() {
        return Number::zero(a.negative, a.exponent >> 1).finish(&rules, status);
    }
    if a.negative {
        return Ok(Number::invalid(status));
    }
    if a.is_infinite() {
        return Ok(a.clone());
    }
    match root(a, rules.prec) {
        Ok((n, _)) => n.finish(&rules, status),
        Err(NoMemory) => match root(a, a.digits() * 4)? {
            (n, true) => n.finish(&rules, status),
            (_, false) => Err(NoMemory),
        },
    }
}

pub fn logb(a: &Number, rules: &Rules, status: &mut u32) -> Big<Number> {
    nans!(rules, status, a);
    if a.is_infinite() {
        return Ok(Number::infinity(false));
    }
    if a.coefficient.is_zero() {
        return Ok(infinite(true, status));
    }
    Number::integer(a.adjusted()).finish(rules, status)
}

/// An operand that says how far: an integer without exponent, of at most this magnitude.
fn distance(b: &Number, most: i64) -> Option<i64> {
    if !b.is_finite() || b.exponent != 0 {
        return None;
    }
    b.to_i64().filter(|n| n.unsigned_abs() <= most.unsigned_abs())
}

pub fn scaleb(a: &Number, b: &Number, rules: &Rules, status: &mut u32) -> Big<Number> {
    nans!(rules, status, a, b);
    let Some(n) = distance(b, 2 * (rules.emax + rules.prec)) else { return Ok(Number::invalid(status)) };
    let mut a = a.clone();
    if a.is_infinite() {
        return Ok(a);
    }
    a.exponent = a.exponent.saturating_add(n);
    a.finish(rules, status)
}

/// The last `prec` digits of a coefficient.
fn last_digits(a: &Number, rules: &Rules) -> Big<Coefficient> {
    if a.digits() > rules.prec { Ok(a.coefficient.split(rules.prec)?.1) } else { Ok(a.coefficient.clone()) }
}

pub fn shift(a: &Number, b: &Number, rules: &Rules, status: &mut u32) -> Big<Number> {
    nans!(rules, status, a, b);
    let Some(n) = distance(b, rules.prec) else { return Ok(Number::invalid(status)) };
    if a.is_infinite() {
        return Ok(a.clone());
    }
    let digits = last_digits(a, rules)?;
    let coefficient = if n < 0 {
        digits.split(-n)?.0
    } else {
        // What is shifted beyond the precision is lost.
        digits.split((rules.prec - n).max(0))?.1.shifted(n)?
    };
    Ok(Number::new(a.negative, coefficient, a.exponent))
}

pub fn rotate(a: &Number, b: &Number, rules: &Rules, status: &mut u32) -> Big<Number> {
    nans!(rules, status, a, b);
    let Some(n) = distance(b, rules.prec) else { return Ok(Number::invalid(status)) };
    if a.is_infinite() {
        return Ok(a.clone());
    }
    let digits = last_digits(a, rules)?;
    let left = if n < 0 { rules.prec + n } else { n };
    let (high, low) = digits.split(rules.prec - left)?;
    Ok(Number::new(a.negative, low.shifted(left)?.add(&high), a.exponent))
}

/// An operand of a logical operation: digits 0 and 1, first to last.
fn logical(a: &Number, rules: &Rules) -> Option<Vec<u8>> {
    if !a.is_finite() || a.negative || a.exponent != 0 {
        return None;
    }
    let text = a.coefficient.text();
    let digits = text.as_bytes();
    if !digits.iter().all(|d| matches!(d, b'0' | b'1')) {
        return None;
    }
    let start = digits.len().saturating_sub(usize::try_from(rules.prec).unwrap_or(usize::MAX));
    digits.get(start..).map(<[u8]>::to_vec)
}

fn logical_operation(a: &Number, b: &Number, f: fn(u8, u8) -> u8, rules: &Rules, status: &mut u32) -> Big<Number> {
    let (Some(a), Some(b)) = (logical(a, rules), logical(b, rules)) else { return Ok(Number::invalid(status)) };
    let (mut long, short) = if a.len() >= b.len() { (a, b) } else { (b, a) };
    let padding = long.len() - short.len();
    for (i, digit) in long.iter_mut().enumerate() {
        let other = i.checked_sub(padding).and_then(|i| short.get(i)).map_or(0, |d| d & 1);
        *digit = b'0' + f(*digit & 1, other);
    }
    Ok(Number::new(false, Coefficient::parse(&long)?, 0))
}

pub fn logical_and(a: &Number, b: &Number, rules: &Rules, status: &mut u32) -> Big<Number> {
    logical_operation(a, b, |x, y| x & y, rules, status)
}

pub fn logical_or(a: &Number, b: &Number, rules: &Rules, status: &mut u32) -> Big<Number> {
    logical_operation(a, b, |x, y| x | y, rules, status)
}

pub fn logical_xor(a: &Number, b: &Number, rules: &Rules, status: &mut u32) -> Big<Number> {
    logical_operation(a, b, |x, y| x ^ y, rules, status)
}

pub fn logical_invert(a: &Number, rules: &Rules, status: &mut u32) -> Big<Number> {
    let Some(digits) = logical(a, rules) else { return Ok(Number::invalid(status)) };
    let ones = Coefficient::nines(rules.prec)?.divide(&Coefficient::from(9)).0;
    Ok(Number::new(false, ones.subtract(&Coefficient::parse(&digits)?), 0))
}

fn neighbour(a: &Number, up: bool, rules: &Rules, status: &mut u32) -> Big<Number> {
    nans!(rules, status, a);
    if a.is_infinite() {
        if a.negative != up {
            return Ok(a.clone());
        }
        return Ok(Number::new(up, Coefficient::nines(rules.prec)?, rules.etop()));
    }
    let rules = rules.rounded(if up { Rounding::Ceiling } else { Rounding::Floor });
    let rounded = a.clone().finish(&rules, &mut 0)?;
    if !rounded.is_finite() || rounded.order(a)?.is_ne() {
        return Ok(rounded);
    }
    // Less than the smallest number, so that the rounding does the step.
    let step = Number::new(!up, Coefficient::ONE, rules.etiny() - 1);
    add(a, &step, &rules, &mut 0)
}

pub fn next_minus(a: &Number, rules: &Rules, status: &mut u32) -> Big<Number> {
    neighbour(a, false, rules, status)
}

pub fn next_plus(a: &Number, rules: &Rules, status: &mut u32) -> Big<Number> {
    neighbour(a, true, rules, status)
}

pub fn next_toward(a: &Number, b: &Number, rules: &Rules, status: &mut u32) -> Big<Number> {
    nans!(rules, status, a, b);
    let order = a.order(b)?;
    if order.is_eq() {
        return Ok(a.clone().with_sign(b.negative));
    }
    let result = neighbour(a, order.is_lt(), rules, status)?;
    if result.is_infinite() {
        *status |= OVERFLOW | INEXACT | ROUNDED;
    } else if result.adjusted() < rules.emin {
        *status |= UNDERFLOW | SUBNORMAL | INEXACT | ROUNDED;
        if result.is_zero() {
            *status |= CLAMPED;
        }
    }
    Ok(result)
}

pub fn copy_sign(a: &Number, b: &Number) -> Number {
    a.clone().with_sign(b.negative)
}

pub fn same_quantum(a: &Number, b: &Number) -> bool {
    if a.is_finite() && b.is_finite() {
        return a.exponent == b.exponent;
    }
    a.is_nan() && b.is_nan() || a.is_infinite() && b.is_infinite()
}
