//! `Decimal` and its methods.

use brolga_runtime::object::{Args, GetSetDef, MethodDef, Ref, TypeDef, def::type_flags};
use brolga_runtime::protocol::compare::Compare;
use brolga_runtime::state::Vm;
use brolga_runtime::types::complex::new_complex;
use brolga_runtime::types::int;
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, comparisons, getset, method};
use dashu_int::UBig;
use dashu_int::ops::Gcd;

use super::arithmetic::{self, Binary, Unary};
use super::coefficient::Coefficient;
use super::context::{Context, add_status, context_argument, current, finish, nameless_arguments, rounding_argument};
use super::logarithms;
use super::number::status::*;
use super::number::{Kind, Number, Rounding};
use super::object::{
    Decimal, comparands, decimal_class, exactly, expect_operand, from_float, from_int, is_exact, new_decimal,
    new_decimal_of, no_memory, operand, this, to_int,
};
use super::text::to_text;

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let Some(class) = args.get(0).downcast::<PyType>() else {
        return Err(vm.type_error("decimal.Decimal.__new__(X): X is not a type object"));
    };
    let (value, context) = match (args.rest, args.kw.is_empty()) {
        ([v], true) => (Some(*v), None),
        _ => {
            let [value, context] = nameless_arguments(vm, args, ["value", "context"])?;
            (value, context)
        }
    };
    let context = context_argument(vm, context)?;
    let decimal = decimal_class(vm)?;
    let Some(value) = value else { return new_decimal_of(vm, class, &Number::zero(false, 0)) };
    if class == decimal && vm.type_of(value) == decimal {
        return Ok(value);
    }
    new_decimal_of(vm, class, &exactly(vm, context, value)?)
}

fn capitals(vm: &Vm) -> PyResult<bool> {
    Ok(current(vm)?.capitals.get())
}

fn str(vm: &Vm, v: Value) -> PyResult<String> {
    Ok(to_text(&this(vm, v)?, false, capitals(vm)?))
}

fn repr(vm: &Vm, v: Value) -> PyResult<String> {
    Ok(format!("Decimal('{}')", to_text(&this(vm, v)?, false, capitals(vm)?)))
}

fn unary(vm: &Vm, a: Value, f: Unary) -> PyResult<Value> {
    let context = current(vm)?;
    let mut status = 0;
    let result = f(&this(vm, a)?, &context.rules(), &mut status);
    finish(vm, context, result, status)
}

fn binary(vm: &Vm, a: Value, b: Value, f: Binary) -> PyResult<Value> {
    let (Some(a), Some(b)) = (operand(a), operand(b)) else { return Ok(Value::NOT_IMPLEMENTED) };
    let context = current(vm)?;
    let mut status = 0;
    let result = f(&a, &b, &context.rules(), &mut status);
    finish(vm, context, result, status)
}

macro_rules! operators {
    ($($name:ident $reflected:ident $f:path;)*) => {$(
        fn $name(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
            binary(vm, a, b, $f)
        }
        fn $reflected(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
            binary(vm, b, a, $f)
        }
    )*};
}

operators! {
    add radd arithmetic::add;
    sub rsub arithmetic::subtract;
    mul rmul arithmetic::multiply;
    truediv rtruediv arithmetic::divide;
    floordiv rfloordiv arithmetic::divide_integer;
    modulo rmodulo arithmetic::remainder;
}

/// Quotient and remainder as a tuple.
pub fn divmod_of(vm: &Vm, context: Ref<Context>, a: &Number, b: &Number) -> PyResult<Value> {
    let mut status = 0;
    let (q, r) = arithmetic::divmod(a, b, &context.rules(), &mut status).map_err(|e| no_memory(vm, e))?;
    add_status(vm, context, status)?;
    let q = new_decimal(vm, &q)?;
    let r = new_decimal(vm, &r)?;
    Ok(vm.new_tuple(&[q, r])?.value())
}

fn divmod(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
    let (Some(a), Some(b)) = (operand(a), operand(b)) else { return Ok(Value::NOT_IMPLEMENTED) };
    divmod_of(vm, current(vm)?, &a, &b)
}

fn rdivmod(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
    divmod(vm, b, a)
}

fn power_of(vm: &Vm, a: Value, b: Value, modulo: Option<Value>) -> PyResult<Value> {
    let (Some(a), Some(b)) = (operand(a), operand(b)) else { return Ok(Value::NOT_IMPLEMENTED) };
    let context = current(vm)?;
    let mut status = 0;
    let result = match modulo {
        None => super::power::power(&a, &b, &context.rules(), &mut status),
        Some(m) => {
            let Some(m) = operand(m) else { return Ok(Value::NOT_IMPLEMENTED) };
            super::power::power_modulo(&a, &b, &m, &context.rules(), &mut status)
        }
    };
    finish(vm, context, result, status)
}

fn pow(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    power_of(vm, args.get(0), args.get(1), args.opt_not_none(2))
}

fn rpow(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    power_of(vm, args.get(1), args.get(0), args.opt_not_none(2))
}

fn neg(vm: &Vm, a: Value) -> PyResult<Value> {
    unary(vm, a, arithmetic::minus)
}

fn pos(vm: &Vm, a: Value) -> PyResult<Value> {
    unary(vm, a, arithmetic::plus)
}

fn abs(vm: &Vm, a: Value) -> PyResult<Value> {
    unary(vm, a, arithmetic::abs)
}

fn truth(vm: &Vm, a: Value) -> PyResult<bool> {
    Ok(!this(vm, a)?.is_zero())
}

fn compare(vm: &Vm, a: Value, b: Value, op: Compare) -> PyResult<Value> {
    let context = current(vm)?;
    let equality = matches!(op, Compare::Eq | Compare::Ne);
    let Some((a, b)) = comparands(vm, context, this(vm, a)?, b, equality)? else { return Ok(Value::NOT_IMPLEMENTED) };
    if a.is_nan() || b.is_nan() {
        if a.is_signaling() || b.is_signaling() || !equality {
            add_status(vm, context, INVALID_OPERATION)?;
        }
        return Ok(Value::from_bool(op == Compare::Ne));
    }
    let order = a.order(&b).map_err(|e| no_memory(vm, e))?;
    Ok(Value::from_bool(match op {
        Compare::Lt => order.is_lt(),
        Compare::Le => order.is_le(),
        Compare::Eq => order.is_eq(),
        Compare::Ne => order.is_ne(),
        Compare::Gt => order.is_gt(),
        Compare::Ge => order.is_ge(),
    }))
}

/// The modulus of numeric hashes, a Mersenne prime.
const HASH_MODULUS: u64 = (1 << 61) - 1;

fn power_modulo_hash(base: u64, mut exponent: u64) -> u64 {
    let times = |a: u64, b: u64| (u128::from(a) * u128::from(b) % u128::from(HASH_MODULUS)) as u64;
    let (mut base, mut result) = (base, 1);
    while exponent > 0 {
        if exponent & 1 != 0 {
            result = times(result, base);
        }
        base = times(base, base);
        exponent >>= 1;
    }
    result
}

fn hash(vm: &Vm, v: Value) -> PyResult<i64> {
    let n = this(vm, v)?;
    let hash = match n.kind {
        Kind::Signaling => return Err(vm.type_error("Cannot hash a signaling NaN value")),
        Kind::Quiet => return Ok(vm.id_of(v) as i64 >> 4),
        Kind::Infinite => 314_159,
        Kind::Finite => {
            // 1/10 modulo 2^61 - 1.
            const INVERSE_OF_TEN: u64 = 2_075_258_708_292_324_556;
            let base = if n.exponent >= 0 { 10 } else { INVERSE_OF_TEN };
            let power = power_modulo_hash(base, n.exponent.unsigned_abs());
            let coefficient = match &n.coefficient {
                Coefficient::Small(x) => (*x % u128::from(HASH_MODULUS)) as u64,
                Coefficient::Big(x) => u64::try_from(x % UBig::from(HASH_MODULUS)).unwrap_or(0),
            };
            (u128::from(coefficient) * u128::from(power) % u128::from(HASH_MODULUS)) as i64
        }
    };
    let hash = if n.negative { -hash } else { hash };
    Ok(if hash == -1 { -2 } else { hash })
}

fn float_of(vm: &Vm, n: &Number) -> PyResult<f64> {
    match n.kind {
        Kind::Signaling => Err(vm.value_error("cannot convert signaling NaN to float")),
        Kind::Quiet => Ok(if n.negative { -f64::NAN } else { f64::NAN }),
        Kind::Infinite => Ok(if n.negative { f64::NEG_INFINITY } else { f64::INFINITY }),
        Kind::Finite => {
            // Small ones are a division of two exact floats.
            if let (Some(c), -22..=22) = (n.coefficient.to_u64().filter(|c| *c < 1 << 53), n.exponent) {
                let power = super::coefficient::POWERS[n.exponent.unsigned_abs() as usize] as f64;
                let f = if n.exponent < 0 { c as f64 / power } else { c as f64 * power };
                return Ok(if n.negative { -f } else { f });
            }
            let text = to_text(n, false, true);
            brolga_text::float::parse::parse_ascii(text.as_bytes())
                .ok_or_else(|| vm.value_error("could not convert Decimal to float"))
        }
    }
}

fn float(vm: &Vm, v: Value) -> PyResult<f64> {
    float_of(vm, &this(vm, v)?)
}

fn complex(vm: &Vm, v: Value) -> PyResult<Value> {
    new_complex(vm, float(vm, v)?, 0.0)
}

fn integer(vm: &Vm, n: &Number, rounding: Rounding) -> PyResult<Value> {
    if n.is_nan() {
        return Err(vm.value_error("cannot convert NaN to integer"));
    }
    if n.is_infinite() {
        return Err(vm.overflow_error("cannot convert Infinity to integer"));
    }
    let n = if n.exponent < 0 { n.rescaled(0, rounding).map_err(|e| no_memory(vm, e))? } else { n.clone() };
    to_int(vm, &n)
}

fn trunc(vm: &Vm, v: Value) -> PyResult<Value> {
    integer(vm, &this(vm, v)?, Rounding::Down)
}

fn floor(vm: &Vm, v: Value) -> PyResult<Value> {
    integer(vm, &this(vm, v)?, Rounding::Floor)
}

fn ceil(vm: &Vm, v: Value) -> PyResult<Value> {
    integer(vm, &this(vm, v)?, Rounding::Ceiling)
}

fn round(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let n = this(vm, args.get(0))?;
    let Some(digits) = args.opt(1) else { return integer(vm, &n, Rounding::HalfEven) };
    if int::view(&digits).is_none() {
        return Err(vm.type_error("optional arg must be an integer"));
    }
    let digits =
        int::to_i64(digits).ok_or_else(|| vm.overflow_error("Python int too large to convert to C ssize_t"))?;
    let context = current(vm)?;
    let mut status = 0;
    let exponent = Number::new(false, Coefficient::ONE, digits.saturating_neg());
    let result = arithmetic::quantize(&n, &exponent, &context.rules(), &mut status);
    finish(vm, context, result, status)
}

fn as_integer_ratio(vm: &Vm, v: Value) -> PyResult<Value> {
    let n = this(vm, v)?;
    if n.is_nan() {
        return Err(vm.value_error("cannot convert NaN to integer ratio"));
    }
    if n.is_infinite() {
        return Err(vm.overflow_error("cannot convert Infinity to integer ratio"));
    }
    if n.coefficient.is_zero() {
        return Ok(vm.new_tuple(&[Value::from_i32(0), Value::from_i32(1)])?.value());
    }
    let zeros = n.coefficient.trailing_zeros();
    let coefficient = n.coefficient.split(zeros).map_err(|e| no_memory(vm, e))?.0;
    let n = Number::new(n.negative, coefficient, n.exponent + zeros);
    if n.exponent >= 0 {
        return Ok(vm.new_tuple(&[to_int(vm, &n)?, Value::from_i32(1)])?.value());
    }
    let denominator = super::coefficient::power_of_ten(-n.exponent).map_err(|e| no_memory(vm, e))?;
    let numerator = n.coefficient.to_ubig();
    let common = (&numerator).gcd(&denominator);
    let numerator: Coefficient = (numerator / &common).into();
    let denominator: Coefficient = (denominator / &common).into();
    let numerator = numerator.with_limbs(|l| int::from_limbs(vm, n.negative, l))?;
    let denominator = denominator.with_limbs(|l| int::from_limbs(vm, false, l))?;
    Ok(vm.new_tuple(&[numerator, denominator])?.value())
}

fn as_tuple(vm: &Vm, v: Value) -> PyResult<Value> {
    let n = this(vm, v)?;
    let exponent = match n.kind {
        Kind::Finite => vm.new_int(n.exponent)?,
        Kind::Infinite => vm.new_str("F")?.value(),
        Kind::Quiet => vm.new_str("n")?.value(),
        Kind::Signaling => vm.new_str("N")?.value(),
    };
    let text = if n.is_nan() && n.coefficient.is_zero() { String::new() } else { n.coefficient.text() };
    let digits: Vec<i32> = text.bytes().map(|b| i32::from(b & 15)).collect();
    let list = vm.new_list(&[])?;
    for digit in digits {
        list.push(vm, Value::from_i32(digit))?;
    }
    let digits = vm.new_tuple(list.as_slice())?;
    let class = vm.kept(&super::DECIMAL_TUPLE).ok_or_else(|| vm.runtime_error("_decimal is not initialised"))?;
    vm.call(class, &[Value::from_i32(i32::from(n.negative)), digits.value(), exponent])
}

fn reduce(vm: &Vm, v: Value) -> PyResult<Value> {
    let text = vm.new_str(&str(vm, v)?)?;
    let args = vm.new_tuple(&[text.value()])?;
    Ok(vm.new_tuple(&[vm.type_of(v).value(), args.value()])?.value())
}

fn itself(_: &Vm, v: Value) -> Value {
    v
}

fn deep_copy(_: &Vm, v: Value, _: Value) -> Value {
    v
}

fn zero(vm: &Vm, _: Value) -> PyResult<Value> {
    new_decimal(vm, &Number::zero(false, 0))
}

fn sizeof(vm: &Vm, v: Value) -> PyResult<usize> {
    let d: Ref<Decimal> = v.downcast().ok_or_else(|| vm.type_error("a Decimal is required"))?;
    Ok(size_of::<Decimal>() + d.extra_bytes())
}

/// The result of a class method: an instance of the class.
fn of_class(vm: &Vm, class: Value, n: &Number) -> PyResult<Value> {
    let decimal = new_decimal(vm, n)?;
    if decimal_class(vm)?.value().same_bits(class) { Ok(decimal) } else { vm.call(class, &[decimal]) }
}

fn from_float_method(vm: &Vm, class: Value, v: Value) -> PyResult<Value> {
    let n = match (from_int(v), brolga_runtime::types::float::value(v)) {
        (Some(n), _) => n,
        (None, Some(f)) => from_float(f).map_err(|e| no_memory(vm, e))?,
        _ => return Err(vm.type_error("argument must be int or float")),
    };
    of_class(vm, class, &n)
}

fn from_number(vm: &Vm, class: Value, v: Value) -> PyResult<Value> {
    let class_is_decimal = decimal_class(vm)?.value().same_bits(class);
    if class_is_decimal && is_exact(vm, v, &DEF)? {
        return Ok(v);
    }
    let n = match (operand(v), brolga_runtime::types::float::value(v)) {
        (Some(n), _) => n,
        (None, Some(_)) => exactly(vm, current(vm)?, v)?,
        _ => {
            return Err(vm.type_error(format!("conversion from {} to Decimal is not supported", vm.tp_name(v))));
        }
    };
    of_class(vm, class, &n)
}

fn adjusted(vm: &Vm, v: Value) -> PyResult<i64> {
    Ok(this(vm, v)?.adjusted())
}

fn radix(vm: &Vm, _: Value) -> PyResult<Value> {
    new_decimal(vm, &Number::integer(10))
}

fn copy_abs(vm: &Vm, v: Value) -> PyResult<Value> {
    new_decimal(vm, &this(vm, v)?.with_sign(false))
}

fn copy_negate(vm: &Vm, v: Value) -> PyResult<Value> {
    new_decimal(vm, &this(vm, v)?.negated())
}

fn copy_sign(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    context_argument(vm, args.opt(2))?;
    let other = expect_operand(vm, args.get(1))?;
    new_decimal(vm, &arithmetic::copy_sign(&this(vm, args.get(0))?, &other))
}

fn same_quantum(vm: &Vm, args: &Args<'_>) -> PyResult<bool> {
    context_argument(vm, args.opt(2))?;
    let other = expect_operand(vm, args.get(1))?;
    Ok(arithmetic::same_quantum(&this(vm, args.get(0))?, &other))
}

fn compare_total(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    context_argument(vm, args.opt(2))?;
    let other = expect_operand(vm, args.get(1))?;
    let order = this(vm, args.get(0))?.total_order(&other).map_err(|e| no_memory(vm, e))?;
    new_decimal(vm, &Number::integer(order as i64))
}

fn compare_total_mag(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    context_argument(vm, args.opt(2))?;
    let other = expect_operand(vm, args.get(1))?;
    let order = this(vm, args.get(0))?.total_order_of_magnitudes(&other).map_err(|e| no_memory(vm, e))?;
    new_decimal(vm, &Number::integer(order as i64))
}

fn fma(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let context = context_argument(vm, args.opt(3))?;
    let (b, c) = (expect_operand(vm, args.get(1))?, expect_operand(vm, args.get(2))?);
    let mut status = 0;
    let result = arithmetic::fma(&this(vm, args.get(0))?, &b, &c, &context.rules(), &mut status);
    finish(vm, context, result, status)
}

fn quantize(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let context = context_argument(vm, args.opt(3))?;
    let mut rules = context.rules();
    if let Some(rounding) = args.opt_not_none(2) {
        rules.rounding = rounding_argument(vm, rounding)?;
    }
    let b = expect_operand(vm, args.get(1))?;
    let mut status = 0;
    let result = arithmetic::quantize(&this(vm, args.get(0))?, &b, &rules, &mut status);
    finish(vm, context, result, status)
}

fn to_integral_with(vm: &Vm, args: &Args<'_>, f: Unary) -> PyResult<Value> {
    let context = context_argument(vm, args.opt(2))?;
    let mut rules = context.rules();
    if let Some(rounding) = args.opt_not_none(1) {
        rules.rounding = rounding_argument(vm, rounding)?;
    }
    let mut status = 0;
    let result = f(&this(vm, args.get(0))?, &rules, &mut status);
    finish(vm, context, result, status)
}

fn to_integral_value(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    to_integral_with(vm, args, arithmetic::to_integral_value)
}

fn to_integral_exact(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    to_integral_with(vm, args, arithmetic::to_integral_exact)
}

fn to_eng_string(vm: &Vm, args: &Args<'_>) -> PyResult<String> {
    let context = context_argument(vm, args.opt(1))?;
    Ok(to_text(&this(vm, args.get(0))?, true, context.capitals.get()))
}

fn number_class(vm: &Vm, args: &Args<'_>) -> PyResult<&'static str> {
    let context = context_argument(vm, args.opt(1))?;
    Ok(this(vm, args.get(0))?.class_name(&context.rules()))
}

fn is_normal(vm: &Vm, args: &Args<'_>) -> PyResult<bool> {
    let context = context_argument(vm, args.opt(1))?;
    Ok(this(vm, args.get(0))?.is_normal(&context.rules()))
}

fn is_subnormal(vm: &Vm, args: &Args<'_>) -> PyResult<bool> {
    let context = context_argument(vm, args.opt(1))?;
    Ok(this(vm, args.get(0))?.is_subnormal(&context.rules()))
}

macro_rules! tests {
    ($($name:ident $test:expr;)*) => {$(
        fn $name(vm: &Vm, v: Value) -> PyResult<bool> {
            let test: fn(&Number) -> bool = $test;
            Ok(test(&this(vm, v)?))
        }
    )*};
}

tests! {
    is_canonical |_| true;
    is_finite Number::is_finite;
    is_infinite Number::is_infinite;
    is_nan Number::is_nan;
    is_qnan |n| n.kind == Kind::Quiet;
    is_signed |n| n.negative;
    is_snan Number::is_signaling;
    is_zero Number::is_zero;
}

fn with_context(vm: &Vm, args: &Args<'_>, f: Unary) -> PyResult<Value> {
    let context = context_argument(vm, args.opt(1))?;
    let mut status = 0;
    let result = f(&this(vm, args.get(0))?, &context.rules(), &mut status);
    finish(vm, context, result, status)
}

fn with_other(vm: &Vm, args: &Args<'_>, f: Binary) -> PyResult<Value> {
    let context = context_argument(vm, args.opt(2))?;
    let other = expect_operand(vm, args.get(1))?;
    let mut status = 0;
    let result = f(&this(vm, args.get(0))?, &other, &context.rules(), &mut status);
    finish(vm, context, result, status)
}

macro_rules! unary_methods {
    ($($text:literal $name:ident $f:path;)*) => {
        mod of_one {
            use super::*;
            $(pub fn $name(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
                with_context(vm, args, $f)
            })*
        }
        static UNARY: &[MethodDef] = &[$(method!($text, "($self, /, context=None)", of_one::$name)),*];
    };
}

macro_rules! binary_methods {
    ($($text:literal $name:ident $f:path;)*) => {
        mod of_two {
            use super::*;
            $(pub fn $name(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
                with_other(vm, args, $f)
            })*
        }
        static BINARY: &[MethodDef] = &[$(method!($text, "($self, /, other, context=None)", of_two::$name)),*];
    };
}

unary_methods! {
    "exp" exp logarithms::exp;
    "ln" ln logarithms::ln;
    "log10" log10 logarithms::log10;
    "logb" logb arithmetic::logb;
    "logical_invert" logical_invert arithmetic::logical_invert;
    "next_minus" next_minus arithmetic::next_minus;
    "next_plus" next_plus arithmetic::next_plus;
    "normalize" normalize arithmetic::normalize;
    "sqrt" sqrt arithmetic::sqrt;
}

binary_methods! {
    "compare" compare_method arithmetic::compare;
    "compare_signal" compare_signal arithmetic::compare_signal;
    "logical_and" logical_and arithmetic::logical_and;
    "logical_or" logical_or arithmetic::logical_or;
    "logical_xor" logical_xor arithmetic::logical_xor;
    "max" max arithmetic::max;
    "max_mag" max_mag arithmetic::max_mag;
    "min" min arithmetic::min;
    "min_mag" min_mag arithmetic::min_mag;
    "next_toward" next_toward arithmetic::next_toward;
    "remainder_near" remainder_near arithmetic::remainder_near;
    "rotate" rotate arithmetic::rotate;
    "scaleb" scaleb arithmetic::scaleb;
    "shift" shift arithmetic::shift;
}

static METHODS: &[MethodDef] = &[
    method!("__new__", "($type, *args, **kwargs)", new).static_(),
    method!("__str__", 1, str),
    method!("__repr__", 1, repr),
    method!("__hash__", 1, hash),
    method!("__bool__", 1, truth),
    method!("__add__", 2, add),
    method!("__radd__", 2, radd),
    method!("__sub__", 2, sub),
    method!("__rsub__", 2, rsub),
    method!("__mul__", 2, mul),
    method!("__rmul__", 2, rmul),
    method!("__truediv__", 2, truediv),
    method!("__rtruediv__", 2, rtruediv),
    method!("__floordiv__", 2, floordiv),
    method!("__rfloordiv__", 2, rfloordiv),
    method!("__mod__", 2, modulo),
    method!("__rmod__", 2, rmodulo),
    method!("__divmod__", 2, divmod),
    method!("__rdivmod__", 2, rdivmod),
    method!("__pow__", "($self, value, mod=None, /)", pow),
    method!("__rpow__", "($self, value, mod=None, /)", rpow),
    method!("__neg__", 1, neg),
    method!("__pos__", 1, pos),
    method!("__abs__", 1, abs),
    method!("__int__", 1, trunc),
    method!("__float__", 1, float),
    method!("__complex__", 1, complex),
    method!("__trunc__", 1, trunc),
    method!("__floor__", 1, floor),
    method!("__ceil__", 1, ceil),
    method!("__round__", "($self, ndigits=None, /)", round),
    method!("__format__", "($self, fmtarg, override=None, /)", super::formatting::format),
    method!("__copy__", 1, itself),
    method!("__deepcopy__", 2, deep_copy),
    method!("__reduce__", 1, reduce),
    method!("__sizeof__", 1, sizeof),
    method!("adjusted", 1, adjusted),
    method!("as_integer_ratio", 1, as_integer_ratio),
    method!("as_tuple", 1, as_tuple),
    method!("canonical", 1, itself),
    method!("conjugate", 1, itself),
    method!("radix", 1, radix),
    method!("copy_abs", 1, copy_abs),
    method!("copy_negate", 1, copy_negate),
    method!("copy_sign", "($self, /, other, context=None)", copy_sign),
    method!("same_quantum", "($self, /, other, context=None)", same_quantum),
    method!("compare_total", "($self, /, other, context=None)", compare_total),
    method!("compare_total_mag", "($self, /, other, context=None)", compare_total_mag),
    method!("fma", "($self, /, other, third, context=None)", fma),
    method!("quantize", "($self, /, exp, rounding=None, context=None)", quantize),
    method!("to_integral", "($self, /, rounding=None, context=None)", to_integral_value),
    method!("to_integral_value", "($self, /, rounding=None, context=None)", to_integral_value),
    method!("to_integral_exact", "($self, /, rounding=None, context=None)", to_integral_exact),
    method!("to_eng_string", "($self, /, context=None)", to_eng_string),
    method!("number_class", "($self, /, context=None)", number_class),
    method!("is_normal", "($self, /, context=None)", is_normal),
    method!("is_subnormal", "($self, /, context=None)", is_subnormal),
    method!("is_canonical", 1, is_canonical),
    method!("is_finite", 1, is_finite),
    method!("is_infinite", 1, is_infinite),
    method!("is_nan", 1, is_nan),
    method!("is_qnan", 1, is_qnan),
    method!("is_signed", 1, is_signed),
    method!("is_snan", 1, is_snan),
    method!("is_zero", 1, is_zero),
    method!("from_float", 2, from_float_method).class(),
    method!("from_number", 2, from_number).class(),
];

static GETSET: &[GetSetDef] = &[getset!("real", itself), getset!("imag", zero)];

pub static DEF: TypeDef = TypeDef {
    module: "decimal",
    layout: Some(crate::layouts::DECIMAL),
    flags: type_flags::BASETYPE,
    methods: &[METHODS, UNARY, BINARY, comparisons!(compare)],
    getset: GETSET,
    doc: Some(
        "Construct a new Decimal object.\n\nvalue can be an integer, string, tuple, or another Decimal object.  If\nno \
         value is given, return Decimal('0'). The context does not affect\nthe conversion and is only passed to \
         determine if the InvalidOperation\ntrap is active.",
    ),
    ..TypeDef::new("Decimal")
};
