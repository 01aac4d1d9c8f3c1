//! Coefficients: natural numbers that are shifted by powers of ten all the time. Up to 128 bits they are machine words.

use std::cmp::Ordering;

use dashu_int::UBig;
use dashu_int::ops::{BitTest, DivRem, SquareRoot};

/// Memory for a result could not be had.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct NoMemory;

/// A result that may need more memory than there is.
pub type Big<T> = Result<T, NoMemory>;

/// Most digits that a number may have: `dashu-int` aborts where memory runs out, so what is larger than any computer's
/// memory must be caught before.
pub const MOST_DIGITS: i64 = 500_000_000;

/// Powers of ten that fit 128 bits.
pub const POWERS: [u128; 39] = {
    let mut powers = [1u128; 39];
    let mut i = 1;
    while i < 39 {
        powers[i] = powers[i - 1] * 10;
        i += 1;
    }
    powers
};

/// A natural number. What fits 128 bits is always `Small`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Coefficient {
    Small(u128),
    Big(UBig),
}

use Coefficient::{Big as Large, Small};

/// How many decimal digits: 1 for 0.
fn digits_small(x: u128) -> i64 {
    if x <= u128::from(u64::MAX) {
        return (x as u64).checked_ilog10().map_or(1, |n| i64::from(n) + 1);
    }
    x.checked_ilog10().map_or(1, |n| i64::from(n) + 1)
}

fn divide_small(x: u128, by: u128) -> (u128, u128) {
    match (u64::try_from(x), u64::try_from(by)) {
        (Ok(x), Ok(by)) => (u128::from(x / by), u128::from(x % by)),
        _ => (x / by, x % by),
    }
}

/// Room for so many digits, several times over.
fn check(digits: i64) -> Big<()> {
    if digits < 1 << 20 {
        return Ok(());
    }
    if digits > MOST_DIGITS {
        return Err(NoMemory);
    }
    let mut probe: Vec<u8> = Vec::new();
    probe.try_reserve_exact(digits as usize * 2).map_err(|_| NoMemory)
}

/// 10^n.
pub fn power_of_ten(n: i64) -> Big<UBig> {
    check(n)?;
    match POWERS.get(n as usize) {
        Some(p) => Ok(UBig::from(*p)),
        None => Ok(UBig::from(10u8).pow(n as usize)),
    }
}

impl From<UBig> for Coefficient {
    fn from(x: UBig) -> Self {
        if x.bit_len() <= 128 {
            return Small(u128::try_from(&x).unwrap_or(0));
        }
        Large(x)
    }
}

impl From<u64> for Coefficient {
    fn from(x: u64) -> Self {
        Small(u128::from(x))
    }
}

impl Coefficient {
    pub const ZERO: Coefficient = Small(0);
    pub const ONE: Coefficient = Small(1);

    pub fn from_limbs(limbs: &[u64]) -> Coefficient {
        match *limbs {
            [] => Small(0),
            [a] => Small(u128::from(a)),
            [a, b] => Small(u128::from(a) | u128::from(b) << 64),
            _ => UBig::from_words(limbs).into(),
        }
    }

    pub fn to_ubig(&self) -> UBig {
        match self {
            Small(x) => UBig::from(*x),
            Large(x) => x.clone(),
        }
    }

    /// Runs `f` on the limbs, least first.
    pub fn with_limbs<R>(&self, f: impl FnOnce(&[u64]) -> R) -> R {
        match self {
            Small(0) => f(&[]),
            Small(x) => {
                let limbs = [*x as u64, (*x >> 64) as u64];
                f(if limbs[1] == 0 { &limbs[..1] } else { &limbs })
            }
            Large(x) => f(x.as_words()),
        }
    }

    pub fn is_zero(&self) -> bool {
        *self == Small(0)
    }

    pub fn is_one(&self) -> bool {
        *self == Small(1)
    }

    pub fn is_odd(&self) -> bool {
        match self {
            Small(x) => x & 1 != 0,
            Large(x) => x.bit(0),
        }
    }

    /// How many decimal digits: 1 for 0.
    pub fn digits(&self) -> i64 {
        match self {
            Small(x) => digits_small(*x),
            Large(x) => {
                // 2^(n - 1) <= x < 2^n leaves at most two counts; one comparison decides.
                let bits = x.bit_len() as u128;
                let least = ((bits - 1) * 30_102_999_566 / 100_000_000_000) as i64 + 1;
                let most = (bits * 30_103_000 / 100_000_000) as i64 + 1;
                let mut n = least;
                while n < most && power_of_ten(n).is_ok_and(|p| *x >= p) {
                    n += 1;
                }
                n
            }
        }
    }

    /// `self` times 10^n.
    pub fn shifted(&self, n: i64) -> Big<Coefficient> {
        if n == 0 || self.is_zero() {
            return Ok(self.clone());
        }
        if let Small(x) = self
            && let Some(p) = POWERS.get(n as usize)
            && let Some(x) = x.checked_mul(*p)
        {
            return Ok(Small(x));
        }
        check(n.saturating_add(self.digits()))?;
        Ok((self.to_ubig() * power_of_ten(n)?).into())
    }

    /// Quotient and remainder by 10^n.
    pub fn split(&self, n: i64) -> Big<(Coefficient, Coefficient)> {
        match self {
            Small(x) => Ok(match POWERS.get(n as usize) {
                Some(p) => {
                    let (q, r) = divide_small(*x, *p);
                    (Small(q), Small(r))
                }
                None => (Small(0), Small(*x)),
            }),
            Large(x) => {
                if n >= self.digits() {
                    return Ok((Small(0), self.clone()));
                }
                let (q, r) = x.div_rem(power_of_ten(n)?);
                Ok((q.into(), r.into()))
            }
        }
    }

    pub fn add(&self, other: &Coefficient) -> Coefficient {
        if let (Small(a), Small(b)) = (self, other)
            && let Some(sum) = a.checked_add(*b)
        {
            return Small(sum);
        }
        (self.to_ubig() + other.to_ubig()).into()
    }

    pub fn increment(&self) -> Coefficient {
        self.add(&Small(1))
    }

    /// `self` less a number that is not larger.
    pub fn subtract(&self, other: &Coefficient) -> Coefficient {
        match (self, other) {
            (Small(a), Small(b)) => Small(a.saturating_sub(*b)),
            _ if self.compare(other).is_lt() => Small(0),
            _ => (self.to_ubig() - other.to_ubig()).into(),
        }
    }

    pub fn multiply(&self, other: &Coefficient) -> Big<Coefficient> {
        if let (Small(a), Small(b)) = (self, other)
            && let Some(product) = a.checked_mul(*b)
        {
            return Ok(Small(product));
        }
        check(self.digits().saturating_add(other.digits()))?;
        Ok(match (self, other) {
            (Large(a), Large(b)) => (a * b).into(),
            _ => (self.to_ubig() * other.to_ubig()).into(),
        })
    }

    /// Quotient and remainder; 0 and 0 for a divisor of 0.
    pub fn divide(&self, by: &Coefficient) -> (Coefficient, Coefficient) {
        match (self, by) {
            (_, Small(0)) => (Small(0), Small(0)),
            (Small(a), Small(b)) => {
                let (q, r) = divide_small(*a, *b);
                (Small(q), Small(r))
            }
            (Small(_), Large(_)) => (Small(0), self.clone()),
            (Large(a), _) => {
                let (q, r) = a.div_rem(by.to_ubig());
                (q.into(), r.into())
            }
        }
    }

    pub fn compare(&self, other: &Coefficient) -> Ordering {
        match (self, other) {
            (Small(a), Small(b)) => a.cmp(b),
            (Small(_), Large(_)) => Ordering::Less,
            (Large(_), Small(_)) => Ordering::Greater,
            (Large(a), Large(b)) => a.cmp(b),
        }
    }

    /// The integer part of the root, and whether there is more.
    pub fn root(&self) -> (Coefficient, bool) {
        let x = self.to_ubig();
        let root = x.sqrt();
        let exact = &root * &root == x;
        (root.into(), !exact)
    }

    /// How many zeros it ends in; 0 has none.
    pub fn trailing_zeros(&self) -> i64 {
        match self {
            Small(0) => 0,
            Small(x) => {
                let (mut x, mut n) = (*x, 0);
                for step in [16usize, 8, 4, 2, 1] {
                    while POWERS.get(step).is_some_and(|p| x.is_multiple_of(*p)) {
                        x /= POWERS[step];
                        n += step as i64;
                    }
                }
                n
            }
            Large(x) => {
                // Twos bound the tens; halve the search for the rest.
                let twos = x.trailing_zeros().unwrap_or(0) as i64;
                let (mut low, mut high) = (0, twos.min(self.digits()));
                while low < high {
                    let middle = low + (high - low + 1) / 2;
                    let whole = self.split(middle).is_ok_and(|(_, r)| r.is_zero());
                    if whole {
                        low = middle;
                    } else {
                        high = middle - 1;
                    }
                }
                low
            }
        }
    }

    /// Rounds to a multiple of 10^n, in words: the quotient, and whether something was cut off. `None` where that needs
    /// more than words, or where the quotient has more digits than `prec`.
    pub fn quantized(
        &self,
        n: i64,
        prec: i64,
        increments: impl FnOnce(&Coefficient, Ordering) -> bool,
    ) -> Option<(Coefficient, bool)> {
        let Small(x) = self else { return None };
        let (limit, power) = (POWERS.get(prec as usize)?, POWERS.get(n.unsigned_abs() as usize)?);
        let (mut q, mut inexact) = (0, false);
        if n <= 0 {
            q = x.checked_mul(*power)?;
        } else {
            let (quotient, rest) = divide_small(*x, *power);
            q += quotient;
            if rest != 0 {
                inexact = true;
                q += u128::from(increments(&Small(quotient), rest.cmp(&(power / 2))));
            }
        }
        (q < *limit).then_some((Small(q), inexact))
    }

    /// The digits as text.
    pub fn text(&self) -> String {
        match self {
            Small(x) => x.to_string(),
            Large(x) => x.to_string(),
        }
    }

    /// From digits `0` to `9`.
    pub fn parse(digits: &[u8]) -> Big<Coefficient> {
        if digits.len() <= 38 {
            return Ok(Small(digits.iter().fold(0, |x, d| x * 10 + u128::from(d & 15))));
        }
        check(digits.len() as i64)?;
        let text = std::str::from_utf8(digits).unwrap_or("0");
        Ok(UBig::from_str_radix(text, 10).unwrap_or(UBig::ZERO).into())
    }

    /// The number, if it fits.
    pub fn to_u64(&self) -> Option<u64> {
        match self {
            Small(x) => u64::try_from(*x).ok(),
            Large(_) => None,
        }
    }

    /// 10^n - 1.
    pub fn nines(n: i64) -> Big<Coefficient> {
        Ok(Small(1).shifted(n)?.subtract(&Small(1)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_digits() -> Big<()> {
        for n in 1..400 {
            let power = Coefficient::ONE.shifted(n)?;
            assert_eq!(power.digits(), n + 1);
            assert_eq!(power.subtract(&Coefficient::ONE).digits(), n.max(1));
            assert_eq!(power.trailing_zeros(), n);
            assert_eq!(Coefficient::parse(power.text().as_bytes())?, power);
        }
        assert_eq!(Coefficient::ZERO.digits(), 1);
        Ok(())
    }

    #[test]
    fn splits() -> Big<()> {
        let x = Coefficient::parse(b"1234567890123456789012345678901234567890123456789")?;
        let (q, r) = x.split(20)?;
        assert_eq!((q.text(), r.text()), ("12345678901234567890123456789".into(), "1234567890123456789".into()));
        let (q, r) = x.split(60)?;
        assert!(q.is_zero() && r == x);
        Ok(())
    }
}
