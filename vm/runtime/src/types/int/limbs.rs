//! Arithmetic on magnitudes: little-endian slices of 64-bit limbs, possibly with zeros on top.

use std::cmp::Ordering;

/// The order of two magnitudes without zeros on top.
pub fn compare(a: &[u64], b: &[u64]) -> Ordering {
    a.len().cmp(&b.len()).then_with(|| a.iter().rev().cmp(b.iter().rev()))
}

/// `out = a + b`; `out` has a limb more than the longer.
pub fn add(out: &mut [u64], a: &[u64], b: &[u64]) {
    let (a, b) = if a.len() >= b.len() { (a, b) } else { (b, a) };
    let (both, above) = a.split_at(b.len());
    let (low, high) = out.split_at_mut(both.len().min(out.len()));
    let mut carry = add_same(low, both, b);
    let mut slots = high.iter_mut();
    for (x, slot) in above.iter().zip(&mut slots) {
        (*slot, carry) = x.overflowing_add(u64::from(carry));
    }
    if let Some(slot) = slots.next() {
        *slot = u64::from(carry);
    }
}

/// `out = a + b`, all of one length; the carry. Four limbs in a step leave the carry in the processor's flag.
fn add_same(out: &mut [u64], a: &[u64], b: &[u64]) -> bool {
    let ((a4, a), (b4, b), (out4, out)) = (a.as_chunks::<4>(), b.as_chunks::<4>(), out.as_chunks_mut::<4>());
    let mut carry = false;
    for ((x, y), slots) in a4.iter().zip(b4).zip(out4) {
        let (s0, c) = x[0].carrying_add(y[0], carry);
        let (s1, c) = x[1].carrying_add(y[1], c);
        let (s2, c) = x[2].carrying_add(y[2], c);
        let (s3, c) = x[3].carrying_add(y[3], c);
        *slots = [s0, s1, s2, s3];
        carry = c;
    }
    for ((x, y), slot) in a.iter().zip(b).zip(out) {
        (*slot, carry) = x.carrying_add(*y, carry);
    }
    carry
}

/// `out = a - b` where `a >= b`; `out` is as long as `a`.
pub fn sub(out: &mut [u64], a: &[u64], b: &[u64]) {
    let (both, above) = a.split_at(b.len().min(a.len()));
    let mut borrow = false;
    let mut slots = out.iter_mut();
    for ((x, y), slot) in both.iter().zip(b).zip(&mut slots) {
        (*slot, borrow) = x.borrowing_sub(*y, borrow);
    }
    for (x, slot) in above.iter().zip(slots) {
        (*slot, borrow) = x.overflowing_sub(u64::from(borrow));
    }
}

/// `a = b - a`, of one length, where `b` is not less.
pub fn sub_from(a: &mut [u64], b: &[u64]) {
    let mut borrow = false;
    for (x, y) in a.iter_mut().zip(b) {
        (*x, borrow) = y.borrowing_sub(*x, borrow);
    }
}

/// `out = a * b`, by rows; `out` is as long as both together.
pub fn mul(out: &mut [u64], a: &[u64], b: &[u64]) {
    let (a, b) = if a.len() >= b.len() { (a, b) } else { (b, a) };
    let Some((first, rest)) = b.split_first() else {
        out.fill(0);
        return;
    };
    let (low, high) = out.split_at_mut(a.len().min(out.len()));
    let carry = mul_row(low, a, *first);
    high.fill(0);
    if let Some(slot) = high.first_mut() {
        *slot = carry;
    }
    for (i, y) in rest.iter().enumerate() {
        let mut carry = 0u64;
        let Some(row) = out.get_mut(i + 1..) else { return };
        let mut slots = row.iter_mut();
        for (x, slot) in a.iter().zip(&mut slots) {
            let t = u128::from(*x) * u128::from(*y) + u128::from(*slot) + u128::from(carry);
            *slot = t as u64;
            carry = (t >> 64) as u64;
        }
        if let Some(slot) = slots.next() {
            *slot = carry;
        }
    }
}

/// `out = a * y`; the limb beyond.
fn mul_row(out: &mut [u64], a: &[u64], y: u64) -> u64 {
    let mut carry = 0u64;
    for (x, slot) in a.iter().zip(out) {
        let t = u128::from(*x) * u128::from(y) + u128::from(carry);
        *slot = t as u64;
        carry = (t >> 64) as u64;
    }
    carry
}

/// `a - b * q`, as far as `b` goes: what is to be taken from the limb behind, and whether any limb of it is not 0.
fn compare_product(a: &[u64], b: &[u64], q: u64) -> (u64, bool) {
    let (mut carry, mut any) = (0u64, 0u64);
    for (x, y) in a.iter().zip(b) {
        let t = u128::from(*y) * u128::from(q) + u128::from(carry);
        let (difference, borrow) = x.overflowing_sub(t as u64);
        any |= difference;
        carry = ((t >> 64) as u64) + u64::from(borrow);
    }
    (carry, any != 0)
}

/// `a -= b * q`, as far as `b` goes: what is to be taken from the limb behind.
fn sub_product(a: &mut [u64], b: &[u64], q: u64) -> u64 {
    let mut carry = 0u64;
    for (x, y) in a.iter_mut().zip(b) {
        let t = u128::from(*y) * u128::from(q) + u128::from(carry);
        let (difference, borrow) = x.overflowing_sub(t as u64);
        *x = difference;
        carry = ((t >> 64) as u64) + u64::from(borrow);
    }
    carry
}

/// Three limbs, the highest first, moved left by `shift` bits (below 64); the first two of the result and the third.
fn shifted(high: u64, middle: u64, low: u64, below: u64, shift: u32) -> (u64, u64, u64) {
    let part = |a: u64, b: u64| if shift == 0 { a } else { a << shift | b >> (64 - shift) };
    (part(high, middle), part(middle, low), part(low, below))
}

/// What a limb of a quotient is, or one less: Knuth's algorithm D, step D3. `top` are the dividend's four highest limbs,
/// `divisor` the divisor's three, of which the first has `shift` zeros on top; the dividend's is 0 or less than it.
fn guess(top: [u64; 4], divisor: [u64; 3], shift: u32) -> u64 {
    let (u2, u1, u0) = shifted(top[0], top[1], top[2], top[3], shift);
    let (v1, v0, _) = shifted(divisor[0], divisor[1], divisor[2], 0, shift);
    let numerator = u128::from(u2) << 64 | u128::from(u1);
    let (mut q, mut r) = match u2 >= v1 {
        true => (u128::from(u64::MAX), numerator - u128::from(u64::MAX) * u128::from(v1)),
        false => (numerator / u128::from(v1), numerator % u128::from(v1)),
    };
    while r >> 64 == 0 && q * u128::from(v0) > (r << 64 | u128::from(u0)) {
        q -= 1;
        r += u128::from(v1);
    }
    q as u64
}

/// The limb of `a` that stands `back` before the last, 0 where there is none.
fn from_top(a: &[u64], back: usize) -> u64 {
    a.len().checked_sub(back + 1).and_then(|i| a.get(i)).copied().unwrap_or(0)
}

/// `a / b` of two magnitudes of one length, of at least two limbs: the quotient, a single limb, and whether there is a
/// remainder.
pub fn div_same(a: &[u64], b: &[u64]) -> (u64, bool) {
    let divisor = [from_top(b, 0), from_top(b, 1), from_top(b, 2)];
    let q = guess([0, from_top(a, 0), from_top(a, 1), from_top(a, 2)], divisor, divisor[0].leading_zeros());
    match compare_product(a, b, q) {
        (0, any) => (q, any),
        // One too many: what is left is less than `b`, and was negative.
        (_, _) => (q.wrapping_sub(1), compare_product(a, b, q.wrapping_sub(1)).1),
    }
}

/// `a / b` by Knuth's algorithm D. `b` has at least two limbs; `a` is at least as long, with a 0 behind it. `put` gets the
/// quotient's limbs with their places, of which there are as many as `a` (with the 0) has more than `b`; the remainder stays
/// in `a`.
pub fn div(a: &mut [u64], b: &[u64], put: &mut dyn FnMut(usize, u64)) {
    let n = b.len();
    let divisor = [from_top(b, 0), from_top(b, 1), from_top(b, 2)];
    let shift = divisor[0].leading_zeros();
    for j in (0..a.len().saturating_sub(n)).rev() {
        let Some(part) = a.get_mut(j..j + n + 1) else { return };
        let top = [from_top(part, 0), from_top(part, 1), from_top(part, 2), from_top(part, 3)];
        let below = if n > 2 { top[3] } else { 0 };
        let mut q = guess([top[0], top[1], top[2], below], divisor, shift);
        let borrow = sub_product(part, b, q);
        let Some((last, low)) = part.split_last_mut() else { return };
        let (rest, too_many) = last.overflowing_sub(borrow);
        *last = rest;
        if too_many {
            q = q.wrapping_sub(1);
            let mut carry = false;
            for (x, y) in low.iter_mut().zip(b) {
                (*x, carry) = x.carrying_add(*y, carry);
            }
            *last = last.wrapping_add(u64::from(carry));
        }
        put(j, q);
    }
}

/// `out = a / d`, gives the remainder. `d` is not 0; `out` is as long as `a`.
pub fn div_small(out: &mut [u64], a: &[u64], d: u64) -> u64 {
    let mut rest = 0u64;
    for (x, slot) in a.iter().zip(out).rev() {
        let t = u128::from(rest) << 64 | u128::from(*x);
        *slot = (t / u128::from(d)) as u64;
        rest = (t % u128::from(d)) as u64;
    }
    rest
}

pub fn rem_small(a: &[u64], d: u64) -> u64 {
    let mut rest = 0u64;
    for x in a.iter().rev() {
        rest = ((u128::from(rest) << 64 | u128::from(*x)) % u128::from(d)) as u64;
    }
    rest
}

/// `out += 1`; false where it overflows.
pub fn increment(out: &mut [u64]) -> bool {
    for slot in out {
        let (sum, carry) = slot.overflowing_add(1);
        *slot = sum;
        if !carry {
            return true;
        }
    }
    false
}

/// `out = a << count`; `out` is zeroed and has `count / 64 + 1` limbs more than `a`.
pub fn shift_left(out: &mut [u64], a: &[u64], count: u64) {
    let (whole, bits) = ((count / 64) as usize, (count % 64) as u32);
    let Some(out) = out.get_mut(whole..) else { return };
    let mut carry = 0;
    let mut slots = out.iter_mut();
    for (x, slot) in a.iter().zip(&mut slots) {
        *slot = x << bits | carry;
        carry = if bits == 0 { 0 } else { x >> (64 - bits) };
    }
    if let Some(slot) = slots.next() {
        *slot = carry;
    }
}

/// `out = a >> count`; `out` is `count / 64` limbs shorter than `a`. Gives whether a 1 fell off.
pub fn shift_right(out: &mut [u64], a: &[u64], count: u64) -> bool {
    let (whole, bits) = ((count / 64) as usize, (count % 64) as u32);
    let (lost, a) = a.split_at(whole.min(a.len()));
    for (i, slot) in out.iter_mut().enumerate() {
        let low = a.get(i).copied().unwrap_or(0) >> bits;
        let high = if bits == 0 { 0 } else { a.get(i + 1).copied().unwrap_or(0) << (64 - bits) };
        *slot = low | high;
    }
    lost.iter().any(|l| *l != 0) || a.first().is_some_and(|l| bits != 0 && l << (64 - bits) != 0)
}

pub fn bit_length(a: &[u64]) -> u64 {
    match a.last() {
        Some(top) => a.len() as u64 * 64 - u64::from(top.leading_zeros()),
        None => 0,
    }
}

/// The highest 64 bits of a magnitude that has more, with the highest set; how far they stand from the end; and whether
/// a 1 is among the bits below.
pub fn top(a: &[u64]) -> (u64, u64, bool) {
    let bits = bit_length(a);
    if bits <= 64 {
        return (a.first().copied().unwrap_or(0), 0, false);
    }
    let shift = bits - 64;
    let mut out = [0u64; 1];
    let lost = shift_right(&mut out, a, shift);
    (out[0], shift, lost)
}

#[cfg(test)]
mod tests {
    use dashu_int::UBig;

    use super::{add, div, div_same, mul, sub};

    /// Numbers of so many limbs, some with limbs that make carries run through and first guesses fail.
    fn number(seed: &mut u64, len: usize) -> Vec<u64> {
        let mut next = || {
            *seed ^= *seed << 13;
            *seed ^= *seed >> 7;
            *seed ^= *seed << 17;
            *seed
        };
        let mut limbs: Vec<u64> = (0..len)
            .map(|_| match next() % 5 {
                0 => u64::MAX,
                1 => 0,
                2 => 1 << 63,
                _ => next(),
            })
            .collect();
        if let Some(top) = limbs.last_mut() {
            *top = (*top >> (next() % 64)).max(1);
        }
        limbs
    }

    #[test]
    fn agrees_with_another_implementation() {
        let mut seed = 0x9E37_79B9_7F4A_7C15;
        for round in 0..20_000 {
            let (la, lb) = (1 + round % 11, 1 + round / 7 % 9);
            let (a, b) = (number(&mut seed, la), number(&mut seed, lb));
            let (x, y) = (UBig::from_words(&a), UBig::from_words(&b));
            let mut out = vec![7; la.max(lb) + 1];
            add(&mut out, &a, &b);
            assert_eq!(UBig::from_words(&out), &x + &y);
            let mut out = vec![7; la + lb];
            mul(&mut out, &a, &b);
            assert_eq!(UBig::from_words(&out), &x * &y);
            if x < y {
                continue;
            }
            let mut out = vec![7; la];
            sub(&mut out, &a, &b);
            assert_eq!(UBig::from_words(&out), &x - &y);
            if lb < 2 {
                continue;
            }
            let mut rest = a.clone();
            rest.push(0);
            let mut out = vec![7; la - lb + 1];
            div(&mut rest, &b, &mut |i, q| out[i] = q);
            assert_eq!((UBig::from_words(&out), UBig::from_words(&rest)), (&x / &y, &x % &y));
            if la == lb {
                let (q, any) = div_same(&a, &b);
                assert_eq!((UBig::from(q), any), (&x / &y, &x % &y != UBig::ZERO));
            }
        }
    }
}
