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
    let mut carry = false;
    let mut slots = out.iter_mut();
    for ((x, y), slot) in both.iter().zip(b).zip(&mut slots) {
        (*slot, carry) = x.carrying_add(*y, carry);
    }
    for (x, slot) in above.iter().zip(&mut slots) {
        (*slot, carry) = x.overflowing_add(u64::from(carry));
    }
    if let Some(slot) = slots.next() {
        *slot = u64::from(carry);
    }
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

/// `out = a * b`, by rows; `out` is zeroed and as long as both together.
pub fn mul(out: &mut [u64], a: &[u64], b: &[u64]) {
    for (i, y) in b.iter().enumerate() {
        let mut carry = 0u64;
        let Some(row) = out.get_mut(i..) else { return };
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
