//! `+ - * // % /`, divmod and negation. Each takes any two values: NotImplemented where one is no int.

use super::big::{check_room, from_ubig, ubig};
use super::float::{from_scaled, to_f64_view};
use super::{IntRef, build, build_unfilled, from_limbs, from_view, limbs, new_i128, view};
use crate::PyResult;
use crate::state::Vm;
use crate::value::Value;

/// Above this many limbs in the shorter factor `dashu-int` multiplies.
const SCHOOLBOOK: usize = 24;

macro_rules! binary {
    ($($(#[$doc:meta])* $name:ident => $f:ident;)*) => {$(
        $(#[$doc])*
        pub fn $name(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
            match (view(&a), view(&b)) {
                (Some(x), Some(y)) => $f(vm, x, y),
                _ => Ok(Value::NOT_IMPLEMENTED),
            }
        }
    )*};
}

binary! {
    /// `a + b`
    add => add_views;
    /// `a - b`
    sub => sub_views;
    /// `a * b`
    mul => mul_views;
    /// `a // b`
    floor_div => floor_div_views;
    /// `a % b`
    modulo => modulo_views;
    /// `a / b`, correctly rounded
    true_div => true_div_views;
    /// `divmod(a, b)`
    divmod => divmod_views;
}

pub fn zero_division(vm: &Vm) -> crate::Raised {
    vm.zero_division_error("division by zero")
}

pub fn add_views(vm: &Vm, a: IntRef<'_>, b: IntRef<'_>) -> PyResult<Value> {
    if let (IntRef::Small(x), IntRef::Small(y)) = (a, b) {
        return match x.checked_add(y) {
            Some(sum) => vm.new_int(sum),
            None => new_i128(vm, i128::from(x) + i128::from(y)),
        };
    }
    add_signed(vm, a, b, b.is_negative())
}

pub fn sub_views(vm: &Vm, a: IntRef<'_>, b: IntRef<'_>) -> PyResult<Value> {
    if let (IntRef::Small(x), IntRef::Small(y)) = (a, b) {
        return match x.checked_sub(y) {
            Some(difference) => vm.new_int(difference),
            None => new_i128(vm, i128::from(x) - i128::from(y)),
        };
    }
    add_signed(vm, a, b, !b.is_negative())
}

/// `a` plus the magnitude of `b` with this sign.
fn add_signed(vm: &Vm, a: IntRef<'_>, b: IntRef<'_>, b_negative: bool) -> PyResult<Value> {
    let a_negative = a.is_negative();
    let (mut ab, mut bb) = ([0], [0]);
    let (a, b) = (a.magnitude(&mut ab), b.magnitude(&mut bb));
    if a_negative == b_negative {
        return build_unfilled(vm, a.len().max(b.len()) + 1, |out| {
            limbs::add(out, a, b);
            a_negative
        });
    }
    let (negative, a, b) = if limbs::compare(a, b).is_ge() { (a_negative, a, b) } else { (b_negative, b, a) };
    build_unfilled(vm, a.len(), |out| {
        limbs::sub(out, a, b);
        negative
    })
}

pub fn mul_views(vm: &Vm, a: IntRef<'_>, b: IntRef<'_>) -> PyResult<Value> {
    if let (IntRef::Small(x), IntRef::Small(y)) = (a, b) {
        return match x.checked_mul(y) {
            Some(product) => vm.new_int(product),
            None => new_i128(vm, i128::from(x) * i128::from(y)),
        };
    }
    let negative = a.is_negative() != b.is_negative();
    let (mut ab, mut bb) = ([0], [0]);
    let (a, b) = (a.magnitude(&mut ab), b.magnitude(&mut bb));
    let len = a.len().saturating_add(b.len());
    if a.len().min(b.len()) <= SCHOOLBOOK {
        return build_unfilled(vm, len, |out| {
            limbs::mul(out, a, b);
            negative
        });
    }
    check_room(vm, len)?;
    let product = if std::ptr::eq(a, b) { ubig(a).sqr() } else { ubig(a) * ubig(b) };
    from_limbs(vm, negative, product.as_words())
}

/// Quotient rounded down and remainder with the divisor's sign. What `want` does not ask for is 0.
fn floor_divide(vm: &Vm, a: IntRef<'_>, b: IntRef<'_>, want: (bool, bool)) -> PyResult<(Value, Value)> {
    let zero = Value::from_i32(0);
    if b.is_zero() {
        return Err(zero_division(vm));
    }
    if let (IntRef::Small(x), IntRef::Small(y)) = (a, b) {
        let (Some(q), Some(r)) = (x.checked_div(y), x.checked_rem(y)) else {
            // i64::MIN // -1
            return Ok((if want.0 { new_i128(vm, -i128::from(x))? } else { zero }, zero));
        };
        let (q, r) = if r != 0 && (r < 0) != (y < 0) { (q - 1, r + y) } else { (q, r) };
        return Ok((if want.0 { vm.new_int(q)? } else { zero }, if want.1 { vm.new_int(r)? } else { zero }));
    }
    let (a_negative, b_negative) = (a.is_negative(), b.is_negative());
    let differ = a_negative != b_negative;
    let (mut ab, mut bb) = ([0], [0]);
    let (a_whole, b_whole) = (a, b);
    let (a, b) = (a.magnitude(&mut ab), b.magnitude(&mut bb));
    if limbs::compare(a, b).is_lt() {
        if !differ || a.is_empty() {
            return Ok((zero, if want.1 { from_view(vm, a_whole)? } else { zero }));
        }
        return Ok((Value::from_i32(-1), if want.1 { add_views(vm, a_whole, b_whole)? } else { zero }));
    }
    if let [d] = *b {
        let rest = limbs::rem_small(a, d);
        let q = if want.0 {
            build(vm, a.len() + 1, |out| {
                limbs::div_small(out, a, d);
                if differ && rest != 0 {
                    limbs::increment(out);
                }
                differ
            })?
        } else {
            zero
        };
        let r = if differ && rest != 0 { d - rest } else { rest };
        return Ok((q, if want.1 { from_limbs(vm, b_negative, &[r])? } else { zero }));
    }
    if a.len() == b.len() && !want.1 {
        let (q, any) = limbs::div_same(a, b);
        let q = u128::from(q) + u128::from(differ && any);
        return Ok((from_limbs(vm, differ, &[q as u64, (q >> 64) as u64])?, zero));
    }
    let more = a.len() - b.len();
    if more.min(b.len()) <= SCHOOLBOOK {
        let mut rest: Vec<u64> = Vec::new();
        rest.try_reserve_exact(a.len() + 1).map_err(|_| vm.memory_error())?;
        rest.extend_from_slice(a);
        rest.push(0);
        let mut divide = |put: &mut dyn FnMut(usize, u64)| {
            limbs::div(&mut rest, b, put);
            rest.truncate(b.len());
            // Rounded down: away from zero. The remainder has the divisor's sign.
            let up = differ && rest.iter().any(|limb| *limb != 0);
            if up {
                limbs::sub_from(&mut rest, b);
            }
            up
        };
        let q = if want.0 {
            build_unfilled(vm, more + 2, |out| {
                if let Some(last) = out.last_mut() {
                    *last = 0;
                }
                let up = divide(&mut |i, limb| {
                    if let Some(slot) = out.get_mut(i) {
                        *slot = limb;
                    }
                });
                if up {
                    limbs::increment(out);
                }
                differ
            })?
        } else {
            divide(&mut |_, _| {});
            zero
        };
        return Ok((q, if want.1 { from_limbs(vm, b_negative, &rest)? } else { zero }));
    }
    check_room(vm, a.len())?;
    let (a, b) = (ubig(a), ubig(b));
    let (mut q, mut r) = if want.0 {
        use dashu_int::ops::DivRem;
        (&a).div_rem(&b)
    } else {
        (dashu_int::UBig::ZERO, &a % &b)
    };
    if differ && !r.is_zero() {
        q += dashu_int::UBig::ONE;
        r = &b - r;
    }
    let q = if want.0 { from_limbs(vm, differ, q.as_words())? } else { zero };
    let r = if want.1 { from_limbs(vm, b_negative, r.as_words())? } else { zero };
    Ok((q, r))
}

fn floor_div_views(vm: &Vm, a: IntRef<'_>, b: IntRef<'_>) -> PyResult<Value> {
    Ok(floor_divide(vm, a, b, (true, false))?.0)
}

pub fn modulo_views(vm: &Vm, a: IntRef<'_>, b: IntRef<'_>) -> PyResult<Value> {
    Ok(floor_divide(vm, a, b, (false, true))?.1)
}

fn divmod_views(vm: &Vm, a: IntRef<'_>, b: IntRef<'_>) -> PyResult<Value> {
    let (q, r) = floor_divide(vm, a, b, (true, true))?;
    Ok(vm.new_tuple(&[q, r])?.value())
}

fn true_div_views(vm: &Vm, a: IntRef<'_>, b: IntRef<'_>) -> PyResult<Value> {
    const EXACT: u64 = 1 << 53;
    if b.is_zero() {
        return Err(zero_division(vm));
    }
    if let (IntRef::Small(x), IntRef::Small(y)) = (a, b)
        && x.unsigned_abs() <= EXACT
        && y.unsigned_abs() <= EXACT
    {
        // Both convert exactly, and the division rounds once.
        return Ok(Value::from_f64(x as f64 / y as f64));
    }
    let negative = a.is_negative() != b.is_negative();
    let signed = |f: f64| Ok(Value::from_f64(if negative { -f } else { f }));
    if a.is_zero() {
        return signed(0.0);
    }
    let overflow = || vm.overflow_error("integer division result too large for a float");
    if let IntRef::Small(1) = b {
        return to_f64_view(a).map(Value::from_f64).ok_or_else(overflow);
    }
    let (mut ab, mut bb) = ([0], [0]);
    let (a, b) = (a.magnitude(&mut ab), b.magnitude(&mut bb));
    let difference = limbs::bit_length(a) as i64 - limbs::bit_length(b) as i64;
    if difference > 1025 {
        return Err(overflow());
    }
    if difference < -1080 {
        return signed(0.0);
    }
    // A quotient of 65 or 66 bits: all that a double keeps, and the rest is sticky.
    let shift = 65 - difference;
    check_room(vm, a.len().max(b.len()) + 20)?;
    let (n, d) = if shift >= 0 {
        (ubig(a) << (shift as usize), ubig(b))
    } else {
        (ubig(a), ubig(b) << (shift.unsigned_abs() as usize))
    };
    let (q, r) = {
        use dashu_int::ops::DivRem;
        n.div_rem(d)
    };
    let (top, moved, lost) = limbs::top(q.as_words());
    match from_scaled(top, lost || !r.is_zero(), moved as i64 - shift) {
        Some(f) => signed(f),
        None => Err(overflow()),
    }
}

/// `-v`
pub fn neg(vm: &Vm, v: Value) -> PyResult<Value> {
    match view(&v) {
        Some(view) => sub_views(vm, IntRef::Small(0), view),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

/// `abs(v)`
pub fn abs(vm: &Vm, v: Value) -> PyResult<Value> {
    if super::is_negative(v) { neg(vm, v) } else { super::to_exact(vm, v) }
}

/// `round(v, ndigits)`: to a multiple of a power of ten, ties to even.
pub fn round(vm: &Vm, v: Value, ndigits: Value) -> PyResult<Value> {
    let zero = Value::from_i32(0);
    let ndigits = vm.index(ndigits)?;
    if !super::is_negative(ndigits) {
        return super::to_exact(vm, v);
    }
    // A power of ten with more than 0.302 bits a digit beyond twice the value: nothing is left.
    let bits = super::bit_length(v);
    let places = match super::to_i64(ndigits) {
        Some(n) if n.unsigned_abs() <= bits / 3 + 2 => n.unsigned_abs() as usize,
        _ => return Ok(zero),
    };
    let unit = from_ubig(vm, &dashu_int::UBig::from(10u8).pow(places))?;
    let rest = modulo(vm, v, unit)?;
    let twice = add(vm, rest, rest)?;
    let down = sub(vm, v, rest)?;
    let up = match super::compare(twice, unit) {
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Greater => true,
        std::cmp::Ordering::Equal => {
            let quotient = floor_div(vm, down, unit)?;
            view(&quotient).is_some_and(IntRef::is_odd)
        }
    };
    if up { add(vm, down, unit) } else { Ok(down) }
}
