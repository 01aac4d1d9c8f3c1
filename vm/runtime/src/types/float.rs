//! `float`. Exact floats are in [`Value`]s; instances of subclasses are [`PyFloat`]s.

use std::cell::Cell;
use std::cmp::Ordering;

use brolga_text::TextBuf;
use brolga_text::float as text;
use brolga_text::format::apply::{Locale, format_float};

use super::complex;
use super::int::{self, class_argument, str_text};
use crate::object::def::{GetSetDef, MethodDef, TypeDef, type_flags};
use crate::object::layout::FLOAT;
use crate::object::{Args, Field, Header, HeapType, LayoutId, Ref};
use crate::protocol::compare::Compare;
use crate::state::Vm;
use crate::state::names::Special;
use crate::types::str::PyStr;
use crate::types::type_object::PyType;
use crate::value::Value;
use crate::{PyResult, getset, method};

/// An instance of a subclass of `float`.
#[repr(C)]
pub struct PyFloat {
    header: Header,
    attrs: Field,
    value: Cell<f64>,
}

// SAFETY: repr(C), header first; traced by its own function, for a float may look like an address.
unsafe impl HeapType for PyFloat {
    const LAYOUT: LayoutId = FLOAT;
}

/// Traces the attributes.
pub(crate) unsafe fn trace(obj: std::ptr::NonNull<Header>, tracer: &mut brolga_heap::Tracer) {
    // SAFETY: the collector calls this for live cells of this layout.
    let float: Ref<PyFloat> = unsafe { Ref::from_ptr(obj) };
    if let Some(v) = float.attrs.get() {
        tracer.mark_value_word(v.bits());
    }
}

/// The value of a float or of an instance of a subclass.
#[inline]
pub fn value(v: Value) -> Option<f64> {
    match v.as_f64() {
        Some(f) => Some(f),
        None => v.downcast::<PyFloat>().map(|f| f.value.get()),
    }
}

/// The value of a float or an int, for arithmetic; `None` for anything else.
pub fn operand(vm: &Vm, v: Value) -> PyResult<Option<f64>> {
    if let Some(f) = value(v) {
        return Ok(Some(f));
    }
    if int::view(&v).is_some() {
        return int::to_f64(vm, v).map(Some);
    }
    Ok(None)
}

/// The receiver of a method.
fn this(v: Value) -> f64 {
    value(v).unwrap_or(0.0)
}

/// `hash(f)`. That of a NaN goes by identity, which for floats is the value's bits.
pub fn hash(f: f64, v: Value) -> i64 {
    match text::hash(f) {
        Some(hash) => hash,
        None => super::object::identity_hash(v.bits()),
    }
}

/// The result of `__float__`.
fn checked(vm: &Vm, owner: Value, result: Value) -> PyResult<f64> {
    if let Some(f) = result.as_f64() {
        return Ok(f);
    }
    let Some(f) = value(result) else {
        return Err(vm.type_error(format!(
            "{}.__float__ returned non-float (type {})",
            vm.type_name(owner),
            vm.type_name(result)
        )));
    };
    let message = format!(
        "{}.__float__ returned non-float (type {}).  The ability to return an instance of a strict subclass of float is \
         deprecated, and may be removed in a future version of Python.",
        vm.type_name(owner),
        vm.type_name(result)
    );
    vm.warn(vm.types.deprecation_warning, &message, 1)?;
    Ok(f)
}

/// The float by `__float__` or `__index__`; `None` where there is neither.
fn by_methods(vm: &Vm, v: Value) -> PyResult<Option<f64>> {
    if let Some(i) = int::view(&v)
        && vm.type_of(v) == vm.types.int
    {
        return match i.to_i64() {
            Some(i) => Ok(Some(i as f64)),
            None => int::to_f64(vm, v).map(Some),
        };
    }
    let class = vm.type_of(v);
    if class.special(Special::Float).is_some()
        && let Some(result) = vm.call_special(v, Special::Float, &[])?
    {
        return checked(vm, v, result).map(Some);
    }
    if class.special(Special::Index).is_some() {
        let i = vm.index(v)?;
        return int::to_f64(vm, i).map(Some);
    }
    Ok(None)
}

/// The float that a real number stands for (`PyFloat_AsDouble`).
pub fn from_object(vm: &Vm, v: Value) -> PyResult<f64> {
    if let Some(f) = value(v) {
        return Ok(f);
    }
    match by_methods(vm, v)? {
        Some(f) => Ok(f),
        None => Err(vm.type_error(format!("must be real number, not {}", vm.type_name(v)))),
    }
}

/// `float(x)`.
pub fn convert(vm: &Vm, x: Value) -> PyResult<f64> {
    if let Some(f) = x.as_f64() {
        return Ok(f);
    }
    if let Some(s) = x.downcast::<PyStr>() {
        // A string with a `__float__` of its own class is asked like any object.
        if vm.type_of(x).special(Special::Float).is_none() {
            return match text::parse::parse(str_text(&s)) {
                Ok(f) => Ok(f),
                Err(text::parse::ParseFloatError::NoMemory) => Err(vm.memory_error()),
                Err(_) => Err(malformed(vm, x)?),
            };
        }
    }
    if let Some(f) = by_methods(vm, x)? {
        return Ok(f);
    }
    if let Some(f) = value(x) {
        return Ok(f);
    }
    match int::bytes_like(vm, x)? {
        Some(bytes) => match text::parse::parse_ascii(&bytes) {
            Some(f) => Ok(f),
            None => Err(malformed(vm, x)?),
        },
        None => {
            Err(vm.type_error(format!("float() argument must be a string or a real number, not '{}'", vm.type_name(x))))
        }
    }
}

fn malformed(vm: &Vm, x: Value) -> PyResult<crate::Raised> {
    let shown = vm.repr_lossy(x)?;
    Ok(vm.value_error(format!("could not convert string to float: {shown}")))
}

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let class = class_argument(vm, args.get(0), vm.types.float)?;
    let exact = class == vm.types.float;
    let own_init = || {
        let init = class.special(crate::state::names::Special::Init);
        let inherited = vm.types.float.special(crate::state::names::Special::Init);
        init.is_some_and(|i| inherited.is_none_or(|o| !i.same_bits(o)))
    };
    if !args.kw.is_empty() && (exact || !own_init()) {
        return Err(vm.type_error("float() takes no keyword arguments"));
    }
    let f = match *args.rest {
        [] => 0.0,
        [x] => convert(vm, x)?,
        _ => return Err(vm.type_error(format!("float expected at most 1 argument, got {}", args.rest.len()))),
    };
    make(vm, class, f)
}

/// An instance of `class`, `float` itself or a subclass.
fn make(vm: &Vm, class: Ref<PyType>, f: f64) -> PyResult<Value> {
    if class == vm.types.float {
        return Ok(Value::from_f64(f));
    }
    let float: Ref<PyFloat> = vm.alloc_instance(class)?;
    // The one NaN of each sign, as in a `Value`.
    float.value.set(Value::from_f64(f).f64_unchecked());
    Ok(float.value())
}

/// What a class method that makes a float gives: `class(f)` for a subclass.
fn of_class(vm: &Vm, class: Value, f: f64) -> PyResult<Value> {
    let f = Value::from_f64(f);
    if class.same_bits(vm.types.float.value()) { Ok(f) } else { vm.call(class, &[f]) }
}

/// Quotient rounded down and remainder with the divisor's sign; the divisor is not 0.
pub fn floor_divide(a: f64, b: f64) -> (f64, f64) {
    let mut rest = a % b;
    // Close to an integer, for `rest` is exact.
    let mut quotient = (a - rest) / b;
    if rest != 0.0 {
        if (b < 0.0) != (rest < 0.0) {
            rest += b;
            quotient -= 1.0;
        }
    } else {
        rest = 0f64.copysign(b);
    }
    let quotient = if quotient != 0.0 {
        let down = quotient.floor();
        if quotient - down > 0.5 { down + 1.0 } else { down }
    } else {
        0f64.copysign(a / b)
    };
    (quotient, rest)
}

/// `a ** b` where it is a plain float.
pub fn plain_pow(a: f64, b: f64) -> Option<f64> {
    // The oddities of zeros, infinities and NaNs are [`pow`]'s.
    if !(a != 0.0 && a.is_finite() && b != 0.0 && b.is_finite()) || a < 0.0 && b != b.floor() {
        return None;
    }
    let positive = a.abs();
    let result = if positive == 1.0 { 1.0 } else { positive.powf(b) };
    let odd = a < 0.0 && b.abs() % 2.0 == 1.0;
    result.is_finite().then_some(if odd { -result } else { result })
}

/// `a ** b`: complex where a negative number has a power that is no integer.
pub fn pow(vm: &Vm, a: f64, b: f64) -> PyResult<Value> {
    let done = |f: f64| Ok(Value::from_f64(f));
    let odd = b.abs() % 2.0 == 1.0;
    if b == 0.0 {
        return done(1.0);
    }
    if a.is_nan() {
        return done(a);
    }
    if b.is_nan() {
        return done(if a == 1.0 { 1.0 } else { b });
    }
    if b.is_infinite() {
        let a = a.abs();
        return done(if a == 1.0 {
            1.0
        } else if (b > 0.0) == (a > 1.0) {
            f64::INFINITY
        } else {
            0.0
        });
    }
    if a.is_infinite() {
        return done(match (b > 0.0, odd) {
            (true, true) => a,
            (true, false) => a.abs(),
            (false, true) => 0f64.copysign(a),
            (false, false) => 0.0,
        });
    }
    if a == 0.0 {
        if b < 0.0 {
            return Err(vm.zero_division_error("zero to a negative power"));
        }
        return done(if odd { a } else { 0.0 });
    }
    if a < 0.0 && b != b.floor() {
        return complex::pow(vm, (a, 0.0), (b, 0.0));
    }
    let positive = a.abs();
    let result = if positive == 1.0 { 1.0 } else { positive.powf(b) };
    if result.is_infinite() {
        let text = vm.new_str("Numerical result out of range")?;
        return Err(vm.raise_args(vm.types.overflow_error, &[Value::from_i32(libc::ERANGE), text.value()]));
    }
    done(if a < 0.0 && odd { -result } else { result })
}

macro_rules! binary {
    ($($name:ident, $reflected:ident => $f:expr;)*) => {$(
        fn $name(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
            match (operand(vm, a)?, operand(vm, b)?) {
                (Some(x), Some(y)) => {
                    let f: fn(&Vm, f64, f64) -> PyResult<Value> = $f;
                    f(vm, x, y)
                }
                _ => Ok(Value::NOT_IMPLEMENTED),
            }
        }
        fn $reflected(vm: &Vm, this: Value, other: Value) -> PyResult<Value> {
            $name(vm, other, this)
        }
    )*};
}

fn nonzero(vm: &Vm, f: f64) -> PyResult<()> {
    if f == 0.0 { Err(vm.zero_division_error("division by zero")) } else { Ok(()) }
}

binary! {
    add, radd => |_, a, b| Ok(Value::from_f64(a + b));
    sub, rsub => |_, a, b| Ok(Value::from_f64(a - b));
    mul, rmul => |_, a, b| Ok(Value::from_f64(a * b));
    true_div, rtrue_div => |vm, a, b| {
        nonzero(vm, b)?;
        Ok(Value::from_f64(a / b))
    };
    floor_div, rfloor_div => |vm, a, b| {
        nonzero(vm, b)?;
        Ok(Value::from_f64(floor_divide(a, b).0))
    };
    modulo, rmodulo => |vm, a, b| {
        nonzero(vm, b)?;
        Ok(Value::from_f64(floor_divide(a, b).1))
    };
    divmod, rdivmod => |vm, a, b| {
        nonzero(vm, b)?;
        let (quotient, rest) = floor_divide(a, b);
        Ok(vm.new_tuple(&[Value::from_f64(quotient), Value::from_f64(rest)])?.value())
    };
    power, rpower => pow;
}

fn check_no_modulus(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    match args.opt_not_none(2) {
        Some(_) => Err(vm.type_error("pow() 3rd argument not allowed unless all arguments are integers")),
        None => Ok(()),
    }
}

fn pow_method(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    check_no_modulus(vm, args)?;
    power(vm, args.get(0), args.get(1))
}

fn rpow_method(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    check_no_modulus(vm, args)?;
    rpower(vm, args.get(0), args.get(1))
}

/// The exact order of a float and a real number. The outer `None`: no number; the inner: a NaN.
fn order(a: f64, b: Value) -> Option<Option<Ordering>> {
    if let Some(b) = value(b) {
        return Some(a.partial_cmp(&b));
    }
    let i = int::view(&b)?;
    Some(int::compare_f64(i, a).map(Ordering::reverse))
}

fn compare(a: Value, b: Value, op: Compare) -> Value {
    match order(this(a), b) {
        Some(Some(order)) => Value::from_bool(op.accepts(order)),
        Some(None) => Value::from_bool(op == Compare::Ne),
        None => Value::NOT_IMPLEMENTED,
    }
}

fn lt(_: &Vm, a: Value, b: Value) -> Value {
    compare(a, b, Compare::Lt)
}
fn le(_: &Vm, a: Value, b: Value) -> Value {
    compare(a, b, Compare::Le)
}
fn eq(_: &Vm, a: Value, b: Value) -> Value {
    compare(a, b, Compare::Eq)
}
fn ne(_: &Vm, a: Value, b: Value) -> Value {
    compare(a, b, Compare::Ne)
}
fn gt(_: &Vm, a: Value, b: Value) -> Value {
    compare(a, b, Compare::Gt)
}
fn ge(_: &Vm, a: Value, b: Value) -> Value {
    compare(a, b, Compare::Ge)
}

fn repr(_: &Vm, v: Value) -> String {
    text::repr(this(v))
}

fn hash_method(_: &Vm, v: Value) -> i64 {
    hash(this(v), v)
}

fn neg(_: &Vm, v: Value) -> f64 {
    -this(v)
}
fn exact(_: &Vm, v: Value) -> f64 {
    this(v)
}
fn abs(_: &Vm, v: Value) -> f64 {
    this(v).abs()
}
fn is_true(_: &Vm, v: Value) -> bool {
    this(v) != 0.0
}
fn trunc(vm: &Vm, v: Value) -> PyResult<Value> {
    int::from_f64(vm, this(v))
}
fn floor(vm: &Vm, v: Value) -> PyResult<Value> {
    int::from_f64(vm, this(v).floor())
}
fn ceil(vm: &Vm, v: Value) -> PyResult<Value> {
    int::from_f64(vm, this(v).ceil())
}
fn zero(_: &Vm, _: Value) -> f64 {
    0.0
}

fn round(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let f = this(args.get(0));
    let Some(ndigits) = args.opt_not_none(1) else { return int::from_f64(vm, f.round_ties_even()) };
    let places = vm.to_isize_clamped(ndigits)? as i64;
    match text::round(f, places) {
        Ok(rounded) => Ok(Value::from_f64(rounded)),
        Err(_) => Err(vm.overflow_error("rounded value too large to represent")),
    }
}

fn as_integer_ratio(vm: &Vm, v: Value) -> PyResult<Value> {
    let f = this(v);
    if f.is_infinite() {
        return Err(vm.overflow_error("cannot convert Infinity to integer ratio"));
    }
    if f.is_nan() {
        return Err(vm.value_error("cannot convert NaN to integer ratio"));
    }
    let (negative, mantissa, exponent) = text::decompose_odd(f);
    // 53 bits.
    let mantissa = if negative { -(mantissa as i64) } else { mantissa as i64 };
    let (mantissa, power) = (vm.new_int(mantissa)?, Value::from_i32(exponent.abs()));
    let one = Value::from_i32(1);
    let (numerator, denominator) =
        if exponent > 0 { (int::lshift(vm, mantissa, power)?, one) } else { (mantissa, int::lshift(vm, one, power)?) };
    Ok(vm.new_tuple(&[numerator, denominator])?.value())
}

fn from_number(vm: &Vm, class: Value, number: Value) -> PyResult<Value> {
    let f = from_object(vm, number)?;
    of_class(vm, class, f)
}

fn from_hex(vm: &Vm, class: Value, s: Value) -> PyResult<Value> {
    let Some(s) = s.downcast::<PyStr>() else {
        return Err(vm.type_error("bad argument type for built-in operation"));
    };
    match text::hex::from_hex(str_text(&s)) {
        Ok(f) => of_class(vm, class, f),
        Err(e @ text::hex::FromHexError::TooLarge) => Err(vm.overflow_error(e.to_string())),
        Err(e) => Err(vm.value_error(e.to_string())),
    }
}

fn to_hex(_: &Vm, v: Value) -> String {
    text::hex::to_hex(this(v))
}

fn is_integer(_: &Vm, v: Value) -> bool {
    text::is_integer(this(v))
}

fn getnewargs(vm: &Vm, v: Value) -> PyResult<Value> {
    Ok(vm.new_tuple(&[Value::from_f64(this(v))])?.value())
}

fn getformat(vm: &Vm, _: Value, kind: Value) -> PyResult<&'static str> {
    let kind = vm.expect_str(kind, "__getformat__() argument")?;
    match kind.as_ascii() {
        Some("double" | "float") if cfg!(target_endian = "little") => Ok("IEEE, little-endian"),
        Some("double" | "float") => Ok("IEEE, big-endian"),
        _ => Err(vm.value_error("__getformat__() argument 1 must be 'double' or 'float'")),
    }
}

fn format(vm: &Vm, v: Value, spec: Value) -> PyResult<Value> {
    let spec = vm.expect_str(spec, "__format__() argument")?;
    if spec.is_empty() {
        return Ok(vm.str(v)?.value());
    }
    let fail = |e| int::spec_error(vm, v, &e);
    let parsed = brolga_text::format::spec::parse(str_text(&spec), 0, b'>').map_err(fail)?;
    let mut out = TextBuf::new();
    format_float(this(v), &parsed, Locale::C, &mut out).map_err(fail)?;
    int::finish(vm, out)
}

const METHODS: &[MethodDef] = &[
    method!("__new__", "($type, /, *args, **kwargs)", new).static_(),
    method!("__repr__", 1, repr),
    method!("__hash__", 1, hash_method),
    method!("__lt__", 2, lt),
    method!("__le__", 2, le),
    method!("__eq__", 2, eq),
    method!("__ne__", 2, ne),
    method!("__gt__", 2, gt),
    method!("__ge__", 2, ge),
    method!("__add__", 2, add),
    method!("__radd__", 2, radd),
    method!("__sub__", 2, sub),
    method!("__rsub__", 2, rsub),
    method!("__mul__", 2, mul),
    method!("__rmul__", 2, rmul),
    method!("__mod__", 2, modulo),
    method!("__rmod__", 2, rmodulo),
    method!("__divmod__", 2, divmod),
    method!("__rdivmod__", 2, rdivmod),
    method!("__pow__", "($self, value, mod=None, /)", pow_method),
    method!("__rpow__", "($self, value, mod=None, /)", rpow_method),
    method!("__neg__", 1, neg),
    method!("__pos__", 1, exact),
    method!("__abs__", 1, abs),
    method!("__bool__", 1, is_true),
    method!("__int__", 1, trunc),
    method!("__float__", 1, exact),
    method!("__floordiv__", 2, floor_div),
    method!("__rfloordiv__", 2, rfloor_div),
    method!("__truediv__", 2, true_div),
    method!("__rtruediv__", 2, rtrue_div),
    method!("from_number", 2, from_number).class().doc("Convert real number to a floating-point number."),
    method!("conjugate", 1, exact).doc("Return self, the complex conjugate of any float."),
    method!("__trunc__", 1, trunc).doc("Return the Integral closest to x between 0 and x."),
    method!("__floor__", 1, floor).doc("Return the floor as an Integral."),
    method!("__ceil__", 1, ceil).doc("Return the ceiling as an Integral."),
    method!("__round__", "($self, ndigits=None, /)", round).doc(
        "Return the Integral closest to x, rounding half toward even.\n\nWhen an argument is passed, work like built-in \
         round(x, ndigits).",
    ),
    method!("as_integer_ratio", 1, as_integer_ratio).doc(
        "Return a pair of integers, whose ratio is exactly equal to the original float.\n\nThe ratio is in lowest terms \
         and has a positive denominator.  Raise\nOverflowError on infinities and a ValueError on NaNs.\n\n>>> \
         (10.0).as_integer_ratio()\n(10, 1)\n>>> (0.0).as_integer_ratio()\n(0, 1)\n>>> (-.25).as_integer_ratio()\n(-1, 4)",
    ),
    method!("fromhex", 2, from_hex).class().doc(
        "Create a floating-point number from a hexadecimal string.\n\n>>> float.fromhex('0x1.ffffp10')\n2047.984375\n>>> \
         float.fromhex('-0x1p-1074')\n-5e-324",
    ),
    method!("hex", 1, to_hex).doc(
        "Return a hexadecimal representation of a floating-point number.\n\n>>> (-0.1).hex()\n'-0x1.999999999999ap-4'\n>>> \
         3.14159.hex()\n'0x1.921f9f01b866ep+1'",
    ),
    method!("is_integer", 1, is_integer).doc("Return True if the float is an integer."),
    method!("__getnewargs__", 1, getnewargs),
    method!("__getformat__", 2, getformat).class(),
    method!("__format__", 2, format).doc("Formats the float according to format_spec."),
];

const GETSET: &[GetSetDef] = &[getset!("real", exact), getset!("imag", zero)];

pub static DEF: TypeDef = TypeDef {
    layout: Some(FLOAT),
    flags: type_flags::BASETYPE | type_flags::MATCH_SELF,
    methods: &[METHODS],
    getset: GETSET,
    doc: Some("Convert a string or number to a floating-point number, if possible."),
    ..TypeDef::new("float")
};

#[cfg(test)]
mod tests {
    use super::floor_divide;

    #[test]
    fn floor_division_has_the_divisors_sign() {
        assert_eq!(floor_divide(-7.5, 2.0), (-4.0, 0.5));
        assert_eq!(floor_divide(7.5, -2.0), (-4.0, -0.5));
        assert_eq!(floor_divide(1.0, f64::INFINITY), (0.0, 1.0));
        assert_eq!(floor_divide(-1.0, f64::INFINITY), (-1.0, f64::INFINITY));
        let (q, r) = floor_divide(-0.0, 1.0);
        assert!(q == 0.0 && q.is_sign_negative() && r.is_sign_positive());
    }
}
