//! Decimal numbers as such: sign, coefficient and exponent, and what a context does to a result.
//!
//! Sources: the General Decimal Arithmetic Specification 1.70 and the behaviour of CPython's `_decimal`.

use std::cmp::Ordering;

use super::coefficient::{Big, Coefficient, POWERS};

/// Conditions, as bits.
pub mod status {
    pub const CLAMPED: u32 = 1 << 0;
    pub const CONVERSION_SYNTAX: u32 = 1 << 1;
    pub const DIVISION_BY_ZERO: u32 = 1 << 2;
    pub const DIVISION_IMPOSSIBLE: u32 = 1 << 3;
    pub const DIVISION_UNDEFINED: u32 = 1 << 4;
    pub const FLOAT_OPERATION: u32 = 1 << 5;
    pub const INEXACT: u32 = 1 << 6;
    pub const INVALID_CONTEXT: u32 = 1 << 7;
    pub const INVALID_OPERATION: u32 = 1 << 8;
    pub const OVERFLOW: u32 = 1 << 9;
    pub const ROUNDED: u32 = 1 << 10;
    pub const SUBNORMAL: u32 = 1 << 11;
    pub const UNDERFLOW: u32 = 1 << 12;
    /// What the signal InvalidOperation stands for.
    pub const ANY_INVALID: u32 =
        CONVERSION_SYNTAX | DIVISION_IMPOSSIBLE | DIVISION_UNDEFINED | INVALID_CONTEXT | INVALID_OPERATION;
}

use status::*;

pub const MAX_PREC: i64 = 999_999_999_999_999_999;
pub const MAX_EMAX: i64 = 999_999_999_999_999_999;
pub const MIN_EMIN: i64 = -999_999_999_999_999_999;
pub const MIN_ETINY: i64 = MIN_EMIN - (MAX_PREC - 1);

#[derive(Copy, Clone, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Rounding {
    Up,
    Down,
    Ceiling,
    Floor,
    HalfUp,
    HalfDown,
    HalfEven,
    ZeroFiveUp,
}

impl Rounding {
    pub const ALL: [(Rounding, &'static str); 8] = [
        (Rounding::Ceiling, "ROUND_CEILING"),
        (Rounding::Floor, "ROUND_FLOOR"),
        (Rounding::Up, "ROUND_UP"),
        (Rounding::Down, "ROUND_DOWN"),
        (Rounding::HalfUp, "ROUND_HALF_UP"),
        (Rounding::HalfDown, "ROUND_HALF_DOWN"),
        (Rounding::HalfEven, "ROUND_HALF_EVEN"),
        (Rounding::ZeroFiveUp, "ROUND_05UP"),
    ];

    pub fn name(self) -> &'static str {
        Rounding::ALL.iter().find(|(r, _)| *r == self).map_or("", |(_, name)| name)
    }

    /// Whether a coefficient is to be incremented, of which something was cut off that compares with a half so.
    pub fn increments(self, coefficient: &Coefficient, rest: Ordering, negative: bool) -> bool {
        match self {
            Rounding::Down => false,
            Rounding::Up => true,
            Rounding::Ceiling => !negative,
            Rounding::Floor => negative,
            Rounding::HalfUp => rest.is_ge(),
            Rounding::HalfDown => rest.is_gt(),
            Rounding::HalfEven => rest.is_gt() || rest.is_eq() && coefficient.is_odd(),
            Rounding::ZeroFiveUp => {
                coefficient.split(1).is_ok_and(|(_, last)| last.is_zero() || last == Coefficient::from(5))
            }
        }
    }
}

/// What of a context an operation needs.
#[derive(Copy, Clone, Debug)]
pub struct Rules {
    pub prec: i64,
    pub emax: i64,
    pub emin: i64,
    pub rounding: Rounding,
    pub clamp: bool,
}

impl Rules {
    /// The widest.
    pub const MAX: Rules =
        Rules { prec: MAX_PREC, emax: MAX_EMAX, emin: MIN_EMIN, rounding: Rounding::HalfEven, clamp: false };

    pub fn etiny(&self) -> i64 {
        self.emin - (self.prec - 1)
    }

    pub fn etop(&self) -> i64 {
        self.emax - (self.prec - 1)
    }

    pub fn rounded(mut self, rounding: Rounding) -> Rules {
        self.rounding = rounding;
        self
    }
}

#[derive(Copy, Clone, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    Finite,
    Infinite,
    Quiet,
    Signaling,
}

/// A number. The coefficient of a NaN is its payload; an infinity's is 0, and so is the exponent of both.
#[derive(Clone, Debug)]
pub struct Number {
    pub negative: bool,
    pub kind: Kind,
    pub exponent: i64,
    pub coefficient: Coefficient,
}

impl Number {
    pub fn new(negative: bool, coefficient: Coefficient, exponent: i64) -> Number {
        Number { negative, kind: Kind::Finite, exponent, coefficient }
    }

    pub fn integer(i: i64) -> Number {
        Number::new(i < 0, Coefficient::from(i.unsigned_abs()), 0)
    }

    pub fn zero(negative: bool, exponent: i64) -> Number {
        Number::new(negative, Coefficient::ZERO, exponent)
    }

    pub fn infinity(negative: bool) -> Number {
        Number { negative, kind: Kind::Infinite, exponent: 0, coefficient: Coefficient::ZERO }
    }

    pub fn nan() -> Number {
        Number { negative: false, kind: Kind::Quiet, exponent: 0, coefficient: Coefficient::ZERO }
    }

    /// The result of an invalid operation.
    pub fn invalid(status: &mut u32) -> Number {
        *status |= INVALID_OPERATION;
        Number::nan()
    }

    pub fn is_finite(&self) -> bool {
        self.kind == Kind::Finite
    }

    pub fn is_infinite(&self) -> bool {
        self.kind == Kind::Infinite
    }

    pub fn is_nan(&self) -> bool {
        matches!(self.kind, Kind::Quiet | Kind::Signaling)
    }

    pub fn is_signaling(&self) -> bool {
        self.kind == Kind::Signaling
    }

    pub fn is_zero(&self) -> bool {
        self.is_finite() && self.coefficient.is_zero()
    }

    pub fn digits(&self) -> i64 {
        self.coefficient.digits()
    }

    /// The exponent of the first digit. Of what is not finite: 0.
    pub fn adjusted(&self) -> i64 {
        if self.is_finite() { self.exponent + self.digits() - 1 } else { 0 }
    }

    pub fn is_integer(&self) -> bool {
        self.is_finite()
            && (self.exponent >= 0 || self.coefficient.is_zero() || self.coefficient.trailing_zeros() >= -self.exponent)
    }

    /// Of an integer.
    pub fn is_odd_integer(&self) -> bool {
        match self.exponent {
            0 => self.coefficient.is_odd(),
            1.. => false,
            e => self.coefficient.split(-e).is_ok_and(|(q, _)| q.is_odd()),
        }
    }

    pub fn negated(mut self) -> Number {
        self.negative = !self.negative;
        self
    }

    pub fn with_sign(mut self, negative: bool) -> Number {
        self.negative = negative;
        self
    }

    pub fn is_normal(&self, rules: &Rules) -> bool {
        self.is_finite() && !self.coefficient.is_zero() && self.adjusted() >= rules.emin
    }

    pub fn is_subnormal(&self, rules: &Rules) -> bool {
        self.is_finite() && !self.coefficient.is_zero() && self.adjusted() < rules.emin
    }

    /// The i64 that this integer is.
    pub fn to_i64(&self) -> Option<i64> {
        if !self.is_integer() {
            return None;
        }
        let magnitude = match self.exponent {
            0 => self.coefficient.to_u64()?,
            1.. if self.coefficient.is_zero() => 0,
            1..=19 => self.coefficient.shifted(self.exponent).ok()?.to_u64()?,
            20.. => return None,
            e => self.coefficient.split(-e).ok()?.0.to_u64()?,
        };
        let magnitude = i128::from(magnitude);
        i64::try_from(if self.negative { -magnitude } else { magnitude }).ok()
    }

    /// NaN with its payload cut to what the context has room for.
    fn fit_payload(mut self, rules: &Rules) -> Big<Number> {
        let room = rules.prec - i64::from(rules.clamp);
        if self.digits() > room {
            self.coefficient = if room > 0 { self.coefficient.split(room)?.1 } else { Coefficient::ZERO };
        }
        Ok(self)
    }

    /// The result for a NaN among the operands: a signalling one first, then the first quiet one.
    pub fn propagate(operands: &[&Number], rules: &Rules, status: &mut u32) -> Big<Option<Number>> {
        let found = operands.iter().find(|n| n.is_signaling());
        if found.is_some() {
            *status |= INVALID_OPERATION;
        }
        match found.or_else(|| operands.iter().find(|n| n.is_nan())) {
            Some(n) => {
                let mut n = (*n).clone();
                n.kind = Kind::Quiet;
                n.fit_payload(rules).map(Some)
            }
            None => Ok(None),
        }
    }

    /// Overflow: infinity, or the largest number, as the rounding mode wants it.
    fn overflow(&self, rules: &Rules, status: &mut u32) -> Big<Number> {
        *status |= OVERFLOW | INEXACT | ROUNDED;
        let finite = match rules.rounding {
            Rounding::HalfUp | Rounding::HalfEven | Rounding::HalfDown | Rounding::Up => false,
            Rounding::Down | Rounding::ZeroFiveUp => true,
            Rounding::Ceiling => self.negative,
            Rounding::Floor => !self.negative,
        };
        if finite {
            return Ok(Number::new(self.negative, Coefficient::nines(rules.prec)?, rules.etop()));
        }
        Ok(Number::infinity(self.negative))
    }

    /// Cuts `n` digits off; the number that is left, and how what was cut compares with a half, if it was not 0.
    pub fn cut(&self, n: i64) -> Big<(Coefficient, Option<Ordering>)> {
        let digits = self.digits();
        if n > digits {
            let rest = (!self.coefficient.is_zero()).then_some(Ordering::Less);
            return Ok((Coefficient::ZERO, rest));
        }
        let (left, rest) = self.coefficient.split(n)?;
        if rest.is_zero() {
            return Ok((left, None));
        }
        let half = Coefficient::from(5).shifted(n - 1)?;
        Ok((left, Some(rest.compare(&half))))
    }

    /// Rounds to the context's precision and exponents.
    pub fn finish(mut self, rules: &Rules, status: &mut u32) -> Big<Number> {
        match self.kind {
            Kind::Infinite => return Ok(self),
            Kind::Quiet | Kind::Signaling => return self.fit_payload(rules),
            Kind::Finite => {}
        }
        // The usual case: few digits, and an exponent far from the limits.
        if let (Coefficient::Small(x), Some(limit)) = (&self.coefficient, POWERS.get(rules.prec as usize))
            && x < limit
            && self.exponent >= rules.emin
            && self.exponent < rules.emax - 2 * POWERS.len() as i64
        {
            return Ok(self);
        }
        let (etiny, etop) = (rules.etiny(), rules.etop());
        if self.coefficient.is_zero() {
            let most = if rules.clamp { etop } else { rules.emax };
            let exponent = self.exponent.clamp(etiny, most.max(etiny));
            if exponent != self.exponent {
                *status |= CLAMPED;
                self.exponent = exponent;
            }
            return Ok(self);
        }
        let digits = self.digits();
        // The exponent with which the coefficient has exactly `prec` digits.
        let mut least = digits + self.exponent - rules.prec;
        if least > etop {
            return self.overflow(rules, status);
        }
        let subnormal = least < etiny;
        if subnormal {
            least = etiny;
        }
        if self.exponent < least {
            let (mut left, rest) = self.cut(least - self.exponent)?;
            if let Some(rest) = rest
                && rules.rounding.increments(&left, rest, self.negative)
            {
                left = left.increment();
                if left.digits() > rules.prec {
                    left = left.split(1)?.0;
                    least += 1;
                }
            }
            if least > etop {
                return self.overflow(rules, status);
            }
            if rest.is_some() {
                *status |= INEXACT;
                if subnormal {
                    *status |= UNDERFLOW;
                }
            }
            if subnormal {
                *status |= SUBNORMAL;
            }
            *status |= ROUNDED;
            if left.is_zero() {
                *status |= CLAMPED;
            }
            return Ok(Number::new(self.negative, left, least));
        }
        if subnormal {
            *status |= SUBNORMAL;
        }
        if rules.clamp && self.exponent > etop {
            *status |= CLAMPED;
            self.coefficient = self.coefficient.shifted(self.exponent - etop)?;
            self.exponent = etop;
        }
        Ok(self)
    }

    /// The number with another exponent, digits cut off or zeros appended; sets no status.
    pub fn rescaled(&self, exponent: i64, rounding: Rounding) -> Big<Number> {
        if !self.is_finite() || self.exponent == exponent {
            return Ok(self.clone());
        }
        if self.coefficient.is_zero() {
            return Ok(Number::zero(self.negative, exponent));
        }
        if self.exponent > exponent {
            let coefficient = self.coefficient.shifted(self.exponent - exponent)?;
            return Ok(Number::new(self.negative, coefficient, exponent));
        }
        let (mut left, rest) = self.cut(exponent - self.exponent)?;
        if let Some(rest) = rest
            && rounding.increments(&left, rest, self.negative)
        {
            left = left.increment();
        }
        Ok(Number::new(self.negative, left, exponent))
    }

    /// The order of the values; neither is a NaN.
    pub fn order(&self, other: &Number) -> Big<Ordering> {
        let sign = |n: &Number| match (n.is_zero(), n.negative) {
            (true, _) => 0,
            (_, true) => -1,
            (_, false) => 1,
        };
        let (a, b) = (sign(self), sign(other));
        if a != b || a == 0 {
            return Ok(a.cmp(&b));
        }
        let order = self.order_of_magnitudes(other)?;
        Ok(if self.negative { order.reverse() } else { order })
    }

    /// The order of the absolute values; neither is a NaN.
    pub fn order_of_magnitudes(&self, other: &Number) -> Big<Ordering> {
        match (self.is_infinite(), other.is_infinite()) {
            (true, true) => return Ok(Ordering::Equal),
            (true, false) => return Ok(Ordering::Greater),
            (false, true) => return Ok(Ordering::Less),
            (false, false) => {}
        }
        match (self.coefficient.is_zero(), other.coefficient.is_zero()) {
            (true, true) => return Ok(Ordering::Equal),
            (true, false) => return Ok(Ordering::Less),
            (false, true) => return Ok(Ordering::Greater),
            (false, false) => {}
        }
        if self.exponent == other.exponent {
            return Ok(self.coefficient.compare(&other.coefficient));
        }
        let order = self.adjusted().cmp(&other.adjusted());
        if order.is_ne() {
            return Ok(order);
        }
        // Equal first digits: the difference of the exponents is that of the numbers of digits.
        let gap = self.exponent - other.exponent;
        if gap > 0 {
            Ok(self.coefficient.shifted(gap)?.compare(&other.coefficient))
        } else {
            Ok(self.coefficient.compare(&other.coefficient.shifted(-gap)?))
        }
    }

    /// The order of representations, `compare_total`'s.
    pub fn total_order(&self, other: &Number) -> Big<Ordering> {
        if self.negative != other.negative {
            return Ok(if self.negative { Ordering::Less } else { Ordering::Greater });
        }
        let order = self.total_order_of_magnitudes(other)?;
        Ok(if self.negative { order.reverse() } else { order })
    }

    pub fn total_order_of_magnitudes(&self, other: &Number) -> Big<Ordering> {
        let rank = |n: &Number| match n.kind {
            Kind::Finite | Kind::Infinite => 0,
            Kind::Signaling => 1,
            Kind::Quiet => 2,
        };
        let order = rank(self).cmp(&rank(other));
        if order.is_ne() {
            return Ok(order);
        }
        if self.is_nan() {
            return Ok(self.coefficient.compare(&other.coefficient));
        }
        let order = self.order_of_magnitudes(other)?;
        Ok(order.then(self.exponent.cmp(&other.exponent)))
    }

    pub fn class_name(&self, rules: &Rules) -> &'static str {
        match (self.kind, self.negative) {
            (Kind::Signaling, _) => "sNaN",
            (Kind::Quiet, _) => "NaN",
            (Kind::Infinite, false) => "+Infinity",
            (Kind::Infinite, true) => "-Infinity",
            (Kind::Finite, negative) => match (self.coefficient.is_zero(), self.is_subnormal(rules), negative) {
                (true, _, false) => "+Zero",
                (true, _, true) => "-Zero",
                (_, true, false) => "+Subnormal",
                (_, true, true) => "-Subnormal",
                (_, _, false) => "+Normal",
                (_, _, true) => "-Normal",
            },
        }
    }
}
