//! C's `long double` from and to `f64`: 80 bits with the leading one stored on x86-64, 128 bits without it elsewhere.

/// Sign and exponent stand in the top 16 bits in both.
const BIAS: i32 = 16383;
const MAX_EXPONENT: i32 = 0x7fff;

/// Bits of the fraction behind the leading one.
#[cfg(target_arch = "x86_64")]
const FRACTION: u32 = 63;
#[cfg(not(target_arch = "x86_64"))]
const FRACTION: u32 = 112;

/// Where sign and exponent stand.
#[cfg(target_arch = "x86_64")]
const TOP: u32 = 64;
#[cfg(not(target_arch = "x86_64"))]
const TOP: u32 = 112;

pub fn from_f64(f: f64) -> [u8; 16] {
    let bits = f.to_bits();
    let sign = u128::from(bits >> 63) << 15;
    let exponent = (bits >> 52 & 0x7ff) as i32;
    let fraction = bits & ((1 << 52) - 1);
    // The leading one at bit `FRACTION`.
    let (exponent, significand) = match (exponent, fraction) {
        (0, 0) => (0, 0),
        (0, _) => {
            let shift = fraction.leading_zeros() - 11;
            (BIAS - 1022 - shift as i32, u128::from(fraction << shift) << (FRACTION - 52))
        }
        (0x7ff, _) => (MAX_EXPONENT, u128::from(fraction | 1 << 52) << (FRACTION - 52)),
        _ => (exponent - 1023 + BIAS, u128::from(fraction | 1 << 52) << (FRACTION - 52)),
    };
    // (Where the leading one is not stored it falls on the exponent's place.)
    let stored = significand & ((1 << TOP) - 1);
    ((sign | exponent as u128) << TOP | stored).to_le_bytes()
}

/// The nearest `f64`, of two the even one.
pub fn to_f64(bytes: [u8; 16]) -> f64 {
    let bits = u128::from_le_bytes(bytes);
    let top = (bits >> TOP & 0xffff) as i32;
    let negative = top & 0x8000 != 0;
    let exponent = top & MAX_EXPONENT;
    let stored = bits & ((1 << TOP) - 1);
    let magnitude = if exponent == MAX_EXPONENT {
        if stored & ((1 << FRACTION) - 1) == 0 { f64::INFINITY } else { f64::NAN }
    } else {
        let one = if TOP == FRACTION && exponent != 0 { 1 << FRACTION } else { 0 };
        scale(stored | one, exponent.max(1) - BIAS - FRACTION as i32)
    };
    if negative { -magnitude } else { magnitude }
}

/// `significand * 2**exponent`, rounded once.
fn scale(significand: u128, exponent: i32) -> f64 {
    if significand == 0 {
        return 0.0;
    }
    let length = 128 - significand.leading_zeros() as i32;
    // The exponent of the result's last bit: 53 bits, or down to the smallest number's.
    let last = (exponent + length - 53).max(-1074);
    let shift = last - exponent;
    let rounded = if shift <= 0 {
        significand << -shift
    } else if shift > 127 {
        0
    } else {
        let kept = significand >> shift;
        let rest = significand & ((1 << shift) - 1);
        let half = 1 << (shift - 1);
        kept + u128::from(rest > half || rest == half && kept & 1 == 1)
    };
    // At most 2**53: exact, and so is the product where it is a number.
    let mut result = rounded as f64;
    let mut left = last;
    while left != 0 {
        let step = left.clamp(-1000, 1000);
        // (A step to a subnormal number is the last one, and exact.)
        result *= 2f64.powi(step);
        left -= step;
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        let smallest = f64::from_bits(1);
        for f in
            [0.0, -0.0, 1.0, -1.5, 0.1, f64::MAX, f64::MIN_POSITIVE, smallest, smallest * 3.0, 1e300, f64::INFINITY]
        {
            assert_eq!(to_f64(from_f64(f)).to_bits(), f.to_bits());
            assert_eq!(to_f64(from_f64(-f)).to_bits(), (-f).to_bits());
        }
        assert!(to_f64(from_f64(f64::NAN)).is_nan());
    }

    #[test]
    #[cfg(target_arch = "x86_64")]
    fn as_the_processor_has_it() {
        assert_eq!(from_f64(1.5)[..10], [0, 0, 0, 0, 0, 0, 0, 0xc0, 0xff, 0x3f]);
    }
}
