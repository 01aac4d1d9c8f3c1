//! `complex`.

use std::cell::Cell;

use brolga_text::TextBuf;
use brolga_text::format::apply::{Locale, format_complex};

use super::int::{self, class_argument, str_text};
use super::{float, shape};
use crate::object::def::{GetSetDef, MethodDef, TypeDef, type_flags};
use crate::object::layout::COMPLEX;
use crate::object::{Args, Field, Header, HeapType, LayoutId, Ref};
use crate::state::Vm;
use crate::state::names::Special;
use crate::types::str::PyStr;
use crate::types::type_object::PyType;
use crate::value::Value;
use crate::{PyResult, getset, method};

#[repr(C)]
pub struct PyComplex {
    header: Header,
    attrs: Field,
    real: Cell<f64>,
    imag: Cell<f64>,
}

// SAFETY: repr(C), header first; traced by its own function, for a float may look like an address.
unsafe impl HeapType for PyComplex {
    const LAYOUT: LayoutId = COMPLEX;
}

/// Traces the attributes of an instance of a subclass.
pub(crate) unsafe fn trace(obj: std::ptr::NonNull<Header>, tracer: &mut brolga_heap::Tracer) {
    // SAFETY: the collector calls this for live cells of this layout.
    let complex: Ref<PyComplex> = unsafe { Ref::from_ptr(obj) };
    if let Some(v) = complex.attrs.get() {
        tracer.mark_value_word(v.bits());
    }
}

/// Real and imaginary part.
pub type Complex = (f64, f64);

impl PyComplex {
    pub fn get(&self) -> Complex {
        (self.real.get(), self.imag.get())
    }

    fn set(&self, (real, imag): Complex) {
        // The one NaN of each sign, as in a `Value`.
        self.real.set(Value::from_f64(real).f64_unchecked());
        self.imag.set(Value::from_f64(imag).f64_unchecked());
    }
}

/// A new exact complex.
pub fn new_complex(vm: &Vm, real: f64, imag: f64) -> PyResult<Value> {
    from_parts(vm, (real, imag))
}

fn from_parts(vm: &Vm, z: Complex) -> PyResult<Value> {
    let complex: Ref<PyComplex> = vm.alloc(shape::complex)?;
    complex.set(z);
    Ok(complex.value())
}

/// The value of a complex or of an instance of a subclass.
pub fn value(v: Value) -> Option<Complex> {
    v.downcast::<PyComplex>().map(|c| c.get())
}

/// An operand: real numbers stay real, for their missing imaginary part takes no part in arithmetic (C11, annex G).
#[derive(Copy, Clone)]
enum Operand {
    Real(f64),
    Complex(Complex),
}

impl Operand {
    fn complex(self) -> Complex {
        match self {
            Operand::Real(f) => (f, 0.0),
            Operand::Complex(z) => z,
        }
    }
}

fn operand(vm: &Vm, v: Value) -> PyResult<Option<Operand>> {
    if let Some(z) = value(v) {
        return Ok(Some(Operand::Complex(z)));
    }
    Ok(float::operand(vm, v)?.map(Operand::Real))
}

/// For the recovery of infinities: an infinity as 1, the rest as 0, with their signs.
fn boxed(f: f64) -> f64 {
    (if f.is_infinite() { 1f64 } else { 0.0 }).copysign(f)
}

fn nan_to_zero(f: f64) -> f64 {
    if f.is_nan() { 0f64.copysign(f) } else { f }
}

/// The product; infinities that came out as NaN are recovered as C11's annex G has it.
fn multiply((mut a, mut b): Complex, (mut c, mut d): Complex) -> Complex {
    let (ac, bd, ad, bc) = (a * c, b * d, a * d, b * c);
    let result = (ac - bd, ad + bc);
    if !(result.0.is_nan() && result.1.is_nan()) {
        return result;
    }
    let mut again = false;
    if a.is_infinite() || b.is_infinite() {
        (a, b, c, d) = (boxed(a), boxed(b), nan_to_zero(c), nan_to_zero(d));
        again = true;
    }
    if c.is_infinite() || d.is_infinite() {
        (a, b, c, d) = (nan_to_zero(a), nan_to_zero(b), boxed(c), boxed(d));
        again = true;
    }
    if !again && [ac, bd, ad, bc].iter().any(|p| p.is_infinite()) {
        (a, b, c, d) = (nan_to_zero(a), nan_to_zero(b), nan_to_zero(c), nan_to_zero(d));
        again = true;
    }
    if again { (f64::INFINITY * (a * c - b * d), f64::INFINITY * (a * d + b * c)) } else { result }
}

/// The quotient (Smith's method, infinities recovered); `None`: division by zero.
fn divide(a: Complex, b: Complex) -> Option<Complex> {
    let (c, d) = b;
    let result = if c.abs() >= d.abs() {
        if c == 0.0 {
            return None;
        }
        let ratio = d / c;
        let denominator = c + d * ratio;
        ((a.0 + a.1 * ratio) / denominator, (a.1 - a.0 * ratio) / denominator)
    } else if d.abs() >= c.abs() {
        let ratio = c / d;
        let denominator = c * ratio + d;
        ((a.0 * ratio + a.1) / denominator, (a.1 * ratio - a.0) / denominator)
    } else {
        (f64::NAN, f64::NAN)
    };
    if !(result.0.is_nan() && result.1.is_nan()) {
        return Some(result);
    }
    if (a.0.is_infinite() || a.1.is_infinite()) && c.is_finite() && d.is_finite() {
        let (x, y) = (boxed(a.0), boxed(a.1));
        return Some((f64::INFINITY * (x * c + y * d), f64::INFINITY * (y * c - x * d)));
    }
    if (c.is_infinite() || d.is_infinite()) && a.0.is_finite() && a.1.is_finite() {
        let (x, y) = (boxed(c), boxed(d));
        return Some((0.0 * (a.0 * x + a.1 * y), 0.0 * (a.1 * x - a.0 * y)));
    }
    Some(result)
}

/// A real number divided by a complex one.
fn divide_real(a: f64, b: Complex) -> Option<Complex> {
    let (c, d) = b;
    let result = if c.abs() >= d.abs() {
        if c == 0.0 {
            return None;
        }
        let ratio = d / c;
        let denominator = c + d * ratio;
        (a / denominator, (-a * ratio) / denominator)
    } else if d.abs() >= c.abs() {
        let ratio = c / d;
        let denominator = c * ratio + d;
        ((a * ratio) / denominator, -a / denominator)
    } else {
        (f64::NAN, f64::NAN)
    };
    if result.0.is_nan() && result.1.is_nan() && a.is_finite() && (c.is_infinite() || d.is_infinite()) {
        let (x, y) = (boxed(c), boxed(d));
        return Some((0.0 * (a * x), 0.0 * (-a * y)));
    }
    Some(result)
}

/// `z ** n` by squaring.
fn power_unsigned(z: Complex, n: u32) -> Complex {
    let (mut result, mut square) = ((1.0, 0.0), z);
    let mut mask = 1u32;
    while mask > 0 && n >= mask {
        if n & mask != 0 {
            result = multiply(result, square);
        }
        mask <<= 1;
        square = multiply(square, square);
    }
    result
}

/// `a ** b`
pub fn pow(vm: &Vm, a: Complex, b: Complex) -> PyResult<Value> {
    let zero_division = || vm.zero_division_error("zero to a negative or complex power");
    // A small integer: faster and more accurate.
    let result = if b.1 == 0.0 && b.0 == b.0.floor() && b.0.abs() <= 100.0 {
        let power = power_unsigned(a, b.0.abs() as u32);
        if b.0 > 0.0 { power } else { divide((1.0, 0.0), power).ok_or_else(zero_division)? }
    } else if b == (0.0, 0.0) {
        (1.0, 0.0)
    } else if a == (0.0, 0.0) {
        if b.1 != 0.0 || b.0 < 0.0 {
            return Err(zero_division());
        }
        (0.0, 0.0)
    } else {
        let size = a.0.hypot(a.1);
        let angle = a.1.atan2(a.0);
        let mut len = size.powf(b.0);
        let mut phase = angle * b.0;
        if b.1 != 0.0 {
            len *= (-angle * b.1).exp();
            phase += b.1 * size.ln();
        }
        (len * phase.cos(), len * phase.sin())
    };
    if result.0.is_infinite() || result.1.is_infinite() {
        return Err(vm.overflow_error("complex exponentiation"));
    }
    from_parts(vm, result)
}

macro_rules! binary {
    ($($name:ident, $reflected:ident => $f:ident;)*) => {$(
        fn $name(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
            match (operand(vm, a)?, operand(vm, b)?) {
                (Some(x), Some(y)) => $f(vm, x, y),
                _ => Ok(Value::NOT_IMPLEMENTED),
            }
        }
        fn $reflected(vm: &Vm, this: Value, other: Value) -> PyResult<Value> {
            $name(vm, other, this)
        }
    )*};
}

binary! {
    add, radd => add_operands;
    sub, rsub => sub_operands;
    mul, rmul => mul_operands;
    true_div, rtrue_div => div_operands;
    power, rpower => pow_operands;
}

use Operand::{Complex as Z, Real as R};

fn add_operands(vm: &Vm, a: Operand, b: Operand) -> PyResult<Value> {
    from_parts(
        vm,
        match (a, b) {
            (Z(a), R(b)) => (a.0 + b, a.1),
            (R(a), Z(b)) => (a + b.0, b.1),
            (a, b) => (a.complex().0 + b.complex().0, a.complex().1 + b.complex().1),
        },
    )
}

fn sub_operands(vm: &Vm, a: Operand, b: Operand) -> PyResult<Value> {
    from_parts(
        vm,
        match (a, b) {
            (Z(a), R(b)) => (a.0 - b, a.1),
            (R(a), Z(b)) => (a - b.0, -b.1),
            (a, b) => (a.complex().0 - b.complex().0, a.complex().1 - b.complex().1),
        },
    )
}

fn mul_operands(vm: &Vm, a: Operand, b: Operand) -> PyResult<Value> {
    from_parts(
        vm,
        match (a, b) {
            (Z(z), R(f)) | (R(f), Z(z)) => (z.0 * f, z.1 * f),
            (a, b) => multiply(a.complex(), b.complex()),
        },
    )
}

fn div_operands(vm: &Vm, a: Operand, b: Operand) -> PyResult<Value> {
    let quotient = match (a, b) {
        (Z(_), R(0.0)) => None,
        (Z(z), R(f)) => Some((z.0 / f, z.1 / f)),
        (R(f), Z(z)) => divide_real(f, z),
        (a, b) => divide(a.complex(), b.complex()),
    };
    match quotient {
        Some(z) => from_parts(vm, z),
        None => Err(vm.zero_division_error("division by zero")),
    }
}

fn pow_operands(vm: &Vm, a: Operand, b: Operand) -> PyResult<Value> {
    pow(vm, a.complex(), b.complex())
}

fn check_no_modulus(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    match args.opt_not_none(2) {
        Some(_) => Err(vm.value_error("complex modulo")),
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

/// `__complex__` of an object that is no exact complex; `None` where it has none.
fn by_method(vm: &Vm, v: Value) -> PyResult<Option<Complex>> {
    if vm.type_of(v) == vm.types.complex || vm.type_of(v).special(Special::Complex).is_none() {
        return Ok(None);
    }
    let Some(result) = vm.call_special(v, Special::Complex, &[])? else { return Ok(None) };
    let Some(z) = value(result) else {
        return Err(vm.type_error(format!(
            "{}.__complex__() must return a complex, not {}",
            vm.type_name(v),
            vm.type_name(result)
        )));
    };
    if vm.type_of(result) != vm.types.complex {
        let message = format!(
            "{}.__complex__() must return a complex, not {}.  The ability to return an instance of a strict subclass of \
             complex is deprecated, and may be removed in a future version of Python.",
            vm.type_name(v),
            vm.type_name(result)
        );
        vm.warn(vm.types.deprecation_warning, &message, 1)?;
    }
    Ok(Some(z))
}

/// A number with `__complex__`, `__float__` or `__index__` as a complex; `None` where it has none of them.
pub fn from_object(vm: &Vm, v: Value) -> PyResult<Option<Complex>> {
    if let Some(z) = by_method(vm, v)? {
        return Ok(Some(z));
    }
    if let Some(z) = value(v) {
        return Ok(Some(z));
    }
    if is_real(vm, v) { Ok(Some((vm.to_f64(v)?, 0.0))) } else { Ok(None) }
}

fn is_real(vm: &Vm, v: Value) -> bool {
    let class = vm.type_of(v);
    class.special(Special::Float).is_some() || class.special(Special::Index).is_some()
}

fn make(vm: &Vm, class: Ref<PyType>, z: Complex) -> PyResult<Value> {
    if class == vm.types.complex {
        return from_parts(vm, z);
    }
    let complex: Ref<PyComplex> = vm.alloc_instance(class)?;
    complex.set(z);
    Ok(complex.value())
}

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let class = class_argument(vm, args.get(0), vm.types.complex)?;
    if args.rest.len() > 2 {
        let given = args.rest.len() + args.kw.iter().count();
        return Err(vm.type_error(format!("complex() takes at most 2 arguments ({given} given)")));
    }
    let (mut real, mut imag) = (args.rest.first().copied(), args.rest.get(1).copied());
    let mut keywords = false;
    for (name, v) in args.kw.iter() {
        keywords = true;
        let name = vm.to_lossy(name);
        let (slot, at) = match name.as_str() {
            "real" => (&mut real, 1),
            "imag" => (&mut imag, 2),
            _ => return Err(vm.type_error(format!("complex() got an unexpected keyword argument '{name}'"))),
        };
        if slot.replace(v).is_some() {
            return Err(vm.type_error(format!("argument for complex() given by name ('{name}') and position ({at})")));
        }
    }
    match (real, imag) {
        (Some(v), None) if !keywords => of_one(vm, class, v),
        _ => of_parts(vm, class, real, imag),
    }
}

fn of_one(vm: &Vm, class: Ref<PyType>, v: Value) -> PyResult<Value> {
    if class == vm.types.complex && vm.exact::<PyComplex>(v, shape::complex).is_some() {
        return Ok(v);
    }
    if let Some(s) = v.downcast::<PyStr>() {
        use brolga_text::float::parse::{ParseFloatError, parse_complex};
        return match parse_complex(str_text(&s)) {
            Ok(z) => make(vm, class, z),
            Err(ParseFloatError::NoMemory) => Err(vm.memory_error()),
            Err(_) => Err(vm.value_error("complex() arg is a malformed string")),
        };
    }
    match from_object(vm, v)? {
        Some(z) => make(vm, class, z),
        None => Err(vm.type_error(format!("complex() argument must be a string or a number, not {}", vm.type_name(v)))),
    }
}

fn of_parts(vm: &Vm, class: Ref<PyType>, real: Option<Value>, imag: Option<Value>) -> PyResult<Value> {
    let not_real =
        |which: &str, v: Value| format!("complex() argument '{which}' must be a real number, not {}", vm.type_name(v));
    // An object with `__complex__` counts as that number, without a complaint of its own.
    let part = |which: &str, v: Option<Value>, special: bool| -> PyResult<(Complex, bool)> {
        let Some(v) = v else { return Ok(((0.0, 0.0), false)) };
        if special && let Some(z) = by_method(vm, v)? {
            vm.warn(vm.types.deprecation_warning, &not_real(which, v), 1)?;
            return Ok((z, true));
        }
        if let Some(z) = value(v) {
            vm.warn(vm.types.deprecation_warning, &not_real(which, v), 1)?;
            return Ok((z, true));
        }
        if !is_real(vm, v) {
            return Err(vm.type_error(not_real(which, v)));
        }
        Ok(((vm.to_f64(v)?, 0.0), false))
    };
    // The imaginary part's type is checked before anything is converted.
    if let Some(v) = imag
        && let Some(r) = real
        && (value(r).is_some() || is_real(vm, r))
        && value(v).is_none()
        && !is_real(vm, v)
    {
        return Err(vm.type_error(not_real("imag", v)));
    }
    let (r, _) = part("real", real, true)?;
    let (i, complex_imag) = part("imag", imag, false)?;
    let mut z = (r.0, r.1 + i.0);
    if imag.is_none() {
        z.1 = r.1;
    } else if real.is_none_or(|v| value(v).is_none()) && r.1 == 0.0 {
        // Keeps the sign of a zero.
        z.1 = i.0;
    }
    if complex_imag {
        z.0 -= i.1;
    }
    make(vm, class, z)
}

fn from_number(vm: &Vm, class: Value, number: Value) -> PyResult<Value> {
    if class.same_bits(vm.types.complex.value()) && vm.exact::<PyComplex>(number, shape::complex).is_some() {
        return Ok(number);
    }
    let z = match from_object(vm, number)? {
        Some(z) => z,
        None => return Err(vm.type_error(format!("must be real number, not {}", vm.type_name(number)))),
    };
    let z = from_parts(vm, z)?;
    if class.same_bits(vm.types.complex.value()) { Ok(z) } else { vm.call(class, &[z]) }
}

fn equals(a: Complex, other: Value) -> Option<bool> {
    if let Some(b) = value(other) {
        return Some(a == b);
    }
    if let Some(f) = float::value(other) {
        return Some(a.0 == f && a.1 == 0.0);
    }
    let i = int::view(&other)?;
    Some(a.1 == 0.0 && int::compare_f64(i, a.0).is_some_and(std::cmp::Ordering::is_eq))
}

fn eq(_: &Vm, this: Ref<PyComplex>, other: Value) -> Value {
    equals(this.get(), other).map_or(Value::NOT_IMPLEMENTED, Value::from_bool)
}

fn ne(_: &Vm, this: Ref<PyComplex>, other: Value) -> Value {
    equals(this.get(), other).map_or(Value::NOT_IMPLEMENTED, |e| Value::from_bool(!e))
}

/// Complex numbers are not ordered.
fn unordered(_: &Vm, _: Ref<PyComplex>, _: Value) -> Value {
    Value::NOT_IMPLEMENTED
}

fn hash(_: &Vm, this: Ref<PyComplex>) -> i64 {
    const IMAG: i64 = 1_000_003;
    let z = this.get();
    let part = |f: f64| float::hash(f, this.value());
    match part(z.0).wrapping_add(IMAG.wrapping_mul(part(z.1))) {
        -1 => -2,
        hash => hash,
    }
}

fn repr(_: &Vm, this: Ref<PyComplex>) -> String {
    let z = this.get();
    brolga_text::float::repr_complex(z.0, z.1)
}

fn neg(vm: &Vm, this: Ref<PyComplex>) -> PyResult<Value> {
    let z = this.get();
    from_parts(vm, (-z.0, -z.1))
}

fn exact(vm: &Vm, this: Ref<PyComplex>) -> PyResult<Value> {
    if this.obj().shape_id() == shape::complex { Ok(this.value()) } else { from_parts(vm, this.get()) }
}

fn abs(vm: &Vm, this: Ref<PyComplex>) -> PyResult<f64> {
    let z = this.get();
    let size = z.0.hypot(z.1);
    if size.is_infinite() && z.0.is_finite() && z.1.is_finite() {
        return Err(vm.overflow_error("absolute value too large"));
    }
    Ok(size)
}

fn is_true(_: &Vm, this: Ref<PyComplex>) -> bool {
    this.get() != (0.0, 0.0)
}

fn conjugate(vm: &Vm, this: Ref<PyComplex>) -> PyResult<Value> {
    let z = this.get();
    from_parts(vm, (z.0, -z.1))
}

fn getnewargs(vm: &Vm, this: Ref<PyComplex>) -> PyResult<Value> {
    let z = this.get();
    Ok(vm.new_tuple(&[Value::from_f64(z.0), Value::from_f64(z.1)])?.value())
}

fn format(vm: &Vm, this: Ref<PyComplex>, spec: Value) -> PyResult<Value> {
    let spec = vm.expect_str(spec, "__format__() argument")?;
    if spec.is_empty() {
        return Ok(vm.str(this.value())?.value());
    }
    let fail = |e| int::spec_error(vm, this.value(), &e);
    let parsed = brolga_text::format::spec::parse(str_text(&spec), 0, b'>').map_err(fail)?;
    let mut out = TextBuf::new();
    let z = this.get();
    format_complex(z.0, z.1, &parsed, Locale::C, &mut out).map_err(fail)?;
    int::finish(vm, out)
}

fn real(_: &Vm, this: Ref<PyComplex>) -> f64 {
    this.get().0
}

fn imag(_: &Vm, this: Ref<PyComplex>) -> f64 {
    this.get().1
}

const METHODS: &[MethodDef] = &[
    method!("__new__", "($type, /, *args, **kwargs)", new).static_(),
    method!("__repr__", 1, repr),
    method!("__hash__", 1, hash),
    method!("__lt__", 2, unordered),
    method!("__le__", 2, unordered),
    method!("__eq__", 2, eq),
    method!("__ne__", 2, ne),
    method!("__gt__", 2, unordered),
    method!("__ge__", 2, unordered),
    method!("__add__", 2, add),
    method!("__radd__", 2, radd),
    method!("__sub__", 2, sub),
    method!("__rsub__", 2, rsub),
    method!("__mul__", 2, mul),
    method!("__rmul__", 2, rmul),
    method!("__pow__", "($self, value, mod=None, /)", pow_method),
    method!("__rpow__", "($self, value, mod=None, /)", rpow_method),
    method!("__neg__", 1, neg),
    method!("__pos__", 1, exact),
    method!("__abs__", 1, abs),
    method!("__bool__", 1, is_true),
    method!("__truediv__", 2, true_div),
    method!("__rtruediv__", 2, rtrue_div),
    method!("from_number", 2, from_number).class().doc("Convert number to a complex floating-point number."),
    method!("conjugate", 1, conjugate).doc("Return the complex conjugate of its argument. (3-4j).conjugate() == 3+4j."),
    method!("__complex__", 1, exact).doc("Convert this value to exact type complex."),
    method!("__getnewargs__", 1, getnewargs),
    method!("__format__", 2, format).doc("Convert to a string according to format_spec."),
];

const GETSET: &[GetSetDef] = &[
    getset!("real", real).member().doc("the real part of a complex number"),
    getset!("imag", imag).member().doc("the imaginary part of a complex number"),
];

pub static DEF: TypeDef = TypeDef {
    layout: Some(COMPLEX),
    flags: type_flags::BASETYPE,
    methods: &[METHODS],
    getset: GETSET,
    doc: Some(
        "Create a complex number from a string or numbers.\n\nIf a string is given, parse it as a complex number.\nIf a \
         single number is given, convert it to a complex number.\nIf the 'real' or 'imag' arguments are given, create a \
         complex number\nwith the specified real and imaginary components.",
    ),
    ..TypeDef::new("complex")
};
