//! The operations as methods of a context.

use brolga_runtime::object::{Args, MethodDef, Ref};
use brolga_runtime::state::Vm;
use brolga_runtime::types::float;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, method};

use super::arithmetic::{self, Binary, Unary};
use super::context::{Context, finish};
use super::logarithms;
use super::number::{Kind, Number};
use super::object::{expect_operand, from_float, from_int, new_decimal, no_memory, number, rounded};
use super::text::to_text;

fn context(vm: &Vm, v: Value) -> PyResult<Ref<Context>> {
    v.downcast().ok_or_else(|| vm.type_error("a Context is required"))
}

fn one(vm: &Vm, c: Value, x: Value, f: Unary) -> PyResult<Value> {
    let context = context(vm, c)?;
    let x = expect_operand(vm, x)?;
    let mut status = 0;
    let result = f(&x, &context.rules(), &mut status);
    finish(vm, context, result, status)
}

fn two(vm: &Vm, c: Value, x: Value, y: Value, f: Binary) -> PyResult<Value> {
    let context = context(vm, c)?;
    let (x, y) = (expect_operand(vm, x)?, expect_operand(vm, y)?);
    let mut status = 0;
    let result = f(&x, &y, &context.rules(), &mut status);
    finish(vm, context, result, status)
}

macro_rules! unary_methods {
    ($($text:literal $name:ident $f:path;)*) => {
        mod of_one {
            use super::*;
            $(pub fn $name(vm: &Vm, c: Value, x: Value) -> PyResult<Value> {
                one(vm, c, x, $f)
            })*
        }
        pub static UNARY: &[MethodDef] = &[$(method!($text, 2, of_one::$name).text("($self, x, /)")),*];
    };
}

macro_rules! binary_methods {
    ($($text:literal $name:ident $f:path;)*) => {
        mod of_two {
            use super::*;
            $(pub fn $name(vm: &Vm, c: Value, x: Value, y: Value) -> PyResult<Value> {
                two(vm, c, x, y, $f)
            })*
        }
        pub static BINARY: &[MethodDef] = &[$(method!($text, 3, of_two::$name).text("($self, x, y, /)")),*];
    };
}

unary_methods! {
    "abs" abs arithmetic::abs;
    "exp" exp logarithms::exp;
    "ln" ln logarithms::ln;
    "log10" log10 logarithms::log10;
    "logb" logb arithmetic::logb;
    "logical_invert" logical_invert arithmetic::logical_invert;
    "minus" minus arithmetic::minus;
    "next_minus" next_minus arithmetic::next_minus;
    "next_plus" next_plus arithmetic::next_plus;
    "normalize" normalize arithmetic::normalize;
    "plus" plus arithmetic::plus;
    "sqrt" sqrt arithmetic::sqrt;
    "to_integral" to_integral arithmetic::to_integral_value;
    "to_integral_exact" to_integral_exact arithmetic::to_integral_exact;
    "to_integral_value" to_integral_value arithmetic::to_integral_value;
}

binary_methods! {
    "add" add arithmetic::add;
    "compare" compare arithmetic::compare;
    "compare_signal" compare_signal arithmetic::compare_signal;
    "divide" divide arithmetic::divide;
    "divide_int" divide_int arithmetic::divide_integer;
    "logical_and" logical_and arithmetic::logical_and;
    "logical_or" logical_or arithmetic::logical_or;
    "logical_xor" logical_xor arithmetic::logical_xor;
    "max" max arithmetic::max;
    "max_mag" max_mag arithmetic::max_mag;
    "min" min arithmetic::min;
    "min_mag" min_mag arithmetic::min_mag;
    "multiply" multiply arithmetic::multiply;
    "next_toward" next_toward arithmetic::next_toward;
    "quantize" quantize arithmetic::quantize;
    "remainder" remainder arithmetic::remainder;
    "remainder_near" remainder_near arithmetic::remainder_near;
    "rotate" rotate arithmetic::rotate;
    "scaleb" scaleb arithmetic::scaleb;
    "shift" shift arithmetic::shift;
    "subtract" subtract arithmetic::subtract;
}

fn divmod(vm: &Vm, c: Value, x: Value, y: Value) -> PyResult<Value> {
    let context = context(vm, c)?;
    let (x, y) = (expect_operand(vm, x)?, expect_operand(vm, y)?);
    super::methods::divmod_of(vm, context, &x, &y)
}

fn fma(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let context = context(vm, args.get(0))?;
    let [x, y, z] =
        [expect_operand(vm, args.get(1))?, expect_operand(vm, args.get(2))?, expect_operand(vm, args.get(3))?];
    let mut status = 0;
    let result = arithmetic::fma(&x, &y, &z, &context.rules(), &mut status);
    finish(vm, context, result, status)
}

fn power(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let context = context(vm, args.get(0))?;
    let (x, y) = (expect_operand(vm, args.get(1))?, expect_operand(vm, args.get(2))?);
    let mut status = 0;
    let rules = context.rules();
    let result = match args.opt_not_none(3) {
        None => super::power::power(&x, &y, &rules, &mut status),
        Some(m) => super::power::power_modulo(&x, &y, &expect_operand(vm, m)?, &rules, &mut status),
    };
    finish(vm, context, result, status)
}

fn create_decimal(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let context = context(vm, args.get(0))?;
    match args.opt(1) {
        Some(v) => rounded(vm, context, v),
        None => new_decimal(vm, &Number::zero(false, 0)),
    }
}

fn create_decimal_from_float(vm: &Vm, c: Value, v: Value) -> PyResult<Value> {
    let context = context(vm, c)?;
    let n = match (from_int(v), float::value(v)) {
        (Some(n), _) => n,
        (None, Some(f)) => from_float(f).map_err(|e| no_memory(vm, e))?,
        _ => return Err(vm.type_error("argument must be int or float")),
    };
    let mut status = 0;
    let result = n.finish(&context.rules(), &mut status);
    finish(vm, context, result, status)
}

/// Rounded, with the flags that says.
fn apply(vm: &Vm, c: Value, v: Value) -> PyResult<Value> {
    let context = context(vm, c)?;
    let n = number(v).ok_or_else(|| vm.type_error("argument must be a Decimal"))?;
    let mut status = 0;
    let result = n.finish(&context.rules(), &mut status);
    finish(vm, context, result, status)
}

fn copied(vm: &Vm, c: Value, x: Value) -> PyResult<Value> {
    context(vm, c)?;
    match number(x) {
        Some(_) => Ok(x),
        None => new_decimal(vm, &expect_operand(vm, x)?),
    }
}

/// `canonical`: of a Decimal only.
fn canonical(vm: &Vm, c: Value, x: Value) -> PyResult<Value> {
    context(vm, c)?;
    match number(x) {
        Some(_) => Ok(x),
        None => Err(vm.type_error("argument must be a Decimal")),
    }
}

fn is_canonical(vm: &Vm, c: Value, x: Value) -> PyResult<bool> {
    canonical(vm, c, x).map(|_| true)
}

fn copy_abs(vm: &Vm, _: Value, x: Value) -> PyResult<Value> {
    new_decimal(vm, &expect_operand(vm, x)?.with_sign(false))
}

fn copy_negate(vm: &Vm, _: Value, x: Value) -> PyResult<Value> {
    new_decimal(vm, &expect_operand(vm, x)?.negated())
}

fn copy_sign(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let (x, y) = (expect_operand(vm, args.get(1))?, expect_operand(vm, args.get(2))?);
    new_decimal(vm, &arithmetic::copy_sign(&x, &y))
}

fn same_quantum(vm: &Vm, args: &Args<'_>) -> PyResult<bool> {
    let (x, y) = (expect_operand(vm, args.get(1))?, expect_operand(vm, args.get(2))?);
    Ok(arithmetic::same_quantum(&x, &y))
}

fn compare_total(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let (x, y) = (expect_operand(vm, args.get(1))?, expect_operand(vm, args.get(2))?);
    let order = x.total_order(&y).map_err(|e| no_memory(vm, e))?;
    new_decimal(vm, &Number::integer(order as i64))
}

fn compare_total_mag(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let (x, y) = (expect_operand(vm, args.get(1))?, expect_operand(vm, args.get(2))?);
    let order = x.total_order_of_magnitudes(&y).map_err(|e| no_memory(vm, e))?;
    new_decimal(vm, &Number::integer(order as i64))
}

fn number_class(vm: &Vm, c: Value, x: Value) -> PyResult<&'static str> {
    let context = context(vm, c)?;
    Ok(expect_operand(vm, x)?.class_name(&context.rules()))
}

fn to_sci_string(vm: &Vm, c: Value, x: Value) -> PyResult<String> {
    let context = context(vm, c)?;
    Ok(to_text(&expect_operand(vm, x)?, false, context.capitals.get()))
}

fn to_eng_string(vm: &Vm, c: Value, x: Value) -> PyResult<String> {
    let context = context(vm, c)?;
    Ok(to_text(&expect_operand(vm, x)?, true, context.capitals.get()))
}

fn is_normal(vm: &Vm, c: Value, x: Value) -> PyResult<bool> {
    let context = context(vm, c)?;
    Ok(expect_operand(vm, x)?.is_normal(&context.rules()))
}

fn is_subnormal(vm: &Vm, c: Value, x: Value) -> PyResult<bool> {
    let context = context(vm, c)?;
    Ok(expect_operand(vm, x)?.is_subnormal(&context.rules()))
}

macro_rules! tests {
    ($($name:ident $test:expr;)*) => {$(
        fn $name(vm: &Vm, _: Value, v: Value) -> PyResult<bool> {
            let test: fn(&Number) -> bool = $test;
            Ok(test(&expect_operand(vm, v)?))
        }
    )*};
}

tests! {
    is_finite Number::is_finite;
    is_infinite Number::is_infinite;
    is_nan Number::is_nan;
    is_qnan |n| n.kind == Kind::Quiet;
    is_signed |n| n.negative;
    is_snan Number::is_signaling;
    is_zero Number::is_zero;
}

pub static METHODS: &[MethodDef] = &[
    method!("divmod", 3, divmod).text("($self, x, y, /)"),
    method!("fma", "($self, x, y, z, /)", fma),
    method!("power", "($self, /, a, b, modulo=None)", power),
    method!("create_decimal", "($self, num=\"0\", /)", create_decimal),
    method!("create_decimal_from_float", 2, create_decimal_from_float).text("($self, f, /)"),
    method!("_apply", 2, apply).text("($self, x, /)"),
    method!("canonical", 2, canonical).text("($self, x, /)"),
    method!("copy_abs", 2, copy_abs).text("($self, x, /)"),
    method!("copy_decimal", 2, copied).text("($self, x, /)"),
    method!("copy_negate", 2, copy_negate).text("($self, x, /)"),
    method!("copy_sign", "($self, x, y, /)", copy_sign),
    method!("same_quantum", "($self, x, y, /)", same_quantum),
    method!("compare_total", "($self, x, y, /)", compare_total),
    method!("compare_total_mag", "($self, x, y, /)", compare_total_mag),
    method!("number_class", 2, number_class).text("($self, x, /)"),
    method!("to_sci_string", 2, to_sci_string).text("($self, x, /)"),
    method!("to_eng_string", 2, to_eng_string).text("($self, x, /)"),
    method!("is_canonical", 2, is_canonical).text("($self, x, /)"),
    method!("is_finite", 2, is_finite).text("($self, x, /)"),
    method!("is_infinite", 2, is_infinite).text("($self, x, /)"),
    method!("is_nan", 2, is_nan).text("($self, x, /)"),
    method!("is_normal", 2, is_normal).text("($self, x, /)"),
    method!("is_qnan", 2, is_qnan).text("($self, x, /)"),
    method!("is_signed", 2, is_signed).text("($self, x, /)"),
    method!("is_snan", 2, is_snan).text("($self, x, /)"),
    method!("is_subnormal", 2, is_subnormal).text("($self, x, /)"),
    method!("is_zero", 2, is_zero).text("($self, x, /)"),
];
