//! `Decimal` as an object, and what becomes one.

use std::cell::Cell;

use brolga_runtime::object::{Field, Header, HeapType, LayoutId, Ref, TypeDef};
use brolga_runtime::state::Vm;
use brolga_runtime::types::complex::PyComplex;
use brolga_runtime::types::int::{self, IntRef};
use brolga_runtime::types::list::PyList;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::types::tuple::PyTuple;
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, Raised};
use dashu_int::UBig;

use super::coefficient::{Coefficient, NoMemory};
use super::context::{Context, add_status, raise_status};
use super::number::status::*;
use super::number::{Kind, Number, Rules};
use super::text::{ParseError, parse, within_limits};

/// A decimal number. It never changes.
#[repr(C)]
pub struct Decimal {
    header: Header,
    attrs: Field,
    /// Bit 0: negative; bits 1 and 2: the kind; bits 3..: how many limbs.
    meta: Cell<u64>,
    exponent: Cell<i64>,
    /// The coefficient, least limb first.
    limbs: [Cell<u64>; 0],
}

// SAFETY: repr(C), header first, then the attributes' field; the rest is data that the layout's own trace skips.
unsafe impl HeapType for Decimal {
    const LAYOUT: LayoutId = crate::layouts::DECIMAL;
}

/// Traces the attributes of an instance of a subclass.
///
/// # Safety
/// `obj` is a live cell of this layout.
pub unsafe fn trace(obj: std::ptr::NonNull<Header>, tracer: &mut brolga_heap::Tracer) {
    // SAFETY: the collector calls this for live cells of this layout.
    let this: Ref<Decimal> = unsafe { Ref::from_ptr(obj) };
    if let Some(v) = this.attrs.get() {
        tracer.mark_value_word(v.bits());
    }
}

impl Decimal {
    fn limbs(&self) -> &[u64] {
        let len = (self.meta.get() >> 3) as usize;
        // SAFETY: so many limbs stand behind the struct; a Decimal does not change once it is made.
        unsafe { std::slice::from_raw_parts(self.limbs.as_ptr().cast(), len) }
    }

    pub fn number(&self) -> Number {
        let meta = self.meta.get();
        let kind = match meta >> 1 & 3 {
            0 => Kind::Finite,
            1 => Kind::Infinite,
            2 => Kind::Quiet,
            _ => Kind::Signaling,
        };
        let coefficient = Coefficient::from_limbs(self.limbs());
        Number { negative: meta & 1 != 0, kind, exponent: self.exponent.get(), coefficient }
    }

    /// Bytes behind the struct.
    pub fn extra_bytes(&self) -> usize {
        size_of_val(self.limbs())
    }
}

/// The class `Decimal`.
pub fn decimal_class(vm: &Vm) -> PyResult<Ref<PyType>> {
    vm.native_type(&super::methods::DEF)
}

/// A new instance of `class`, which is `Decimal` or a subclass.
pub fn new_decimal_of(vm: &Vm, class: Ref<PyType>, n: &Number) -> PyResult<Value> {
    n.coefficient.with_limbs(|limbs| {
        let bytes = size_of_val(limbs).checked_add(size_of::<Decimal>());
        let this: Ref<Decimal> = vm.alloc_instance_sized(class, bytes)?;
        this.meta.set((limbs.len() as u64) << 3 | (n.kind as u64) << 1 | u64::from(n.negative));
        this.exponent.set(n.exponent);
        let room = this.limbs.as_ptr();
        for (i, limb) in limbs.iter().enumerate() {
            // SAFETY: the cell was made with room for these limbs.
            unsafe { (*room.add(i)).set(*limb) };
        }
        Ok(this.value())
    })
}

pub fn new_decimal(vm: &Vm, n: &Number) -> PyResult<Value> {
    new_decimal_of(vm, decimal_class(vm)?, n)
}

/// The number of a `Decimal`; `None` of anything else.
pub fn number(v: Value) -> Option<Number> {
    v.downcast::<Decimal>().map(|d| d.number())
}

/// The receiver of a method.
pub fn this(vm: &Vm, v: Value) -> PyResult<Number> {
    number(v).ok_or_else(|| vm.type_error("a Decimal is required"))
}

pub fn no_memory(vm: &Vm, _: NoMemory) -> Raised {
    vm.memory_error()
}

/// An int's value.
pub fn from_int(v: Value) -> Option<Number> {
    let view = int::view(&v)?;
    Some(match view {
        IntRef::Small(i) => Number::integer(i),
        IntRef::Big(negative, limbs) => Number::new(negative, Coefficient::from_limbs(limbs), 0),
    })
}

/// A float's value, all its digits.
pub fn from_float(f: f64) -> Result<Number, NoMemory> {
    if f.is_nan() {
        return Ok(Number::nan());
    }
    let negative = f.is_sign_negative();
    if f.is_infinite() {
        return Ok(Number::infinity(negative));
    }
    let bits = f.to_bits();
    let (mut exponent, mut mantissa) = ((bits >> 52 & 0x7ff) as i64, bits & ((1 << 52) - 1));
    if exponent == 0 {
        exponent = 1;
    } else {
        mantissa |= 1 << 52;
    }
    if mantissa == 0 {
        return Ok(Number::zero(negative, 0));
    }
    exponent -= 1075;
    let zeros = mantissa.trailing_zeros();
    mantissa >>= zeros;
    exponent += i64::from(zeros);
    let mantissa = UBig::from(mantissa);
    Ok(if exponent >= 0 {
        Number::new(negative, (mantissa << exponent as usize).into(), 0)
    } else {
        // m / 2^k = m * 5^k / 10^k
        Number::new(negative, (mantissa * UBig::from(5u8).pow(-exponent as usize)).into(), exponent)
    })
}

/// The text of a number as ASCII: digits of all scripts count. `lenient`: blanks around it and underscores, too. What is no
/// number stays none.
fn ascii(s: Ref<PyStr>, lenient: bool) -> Vec<u8> {
    let mut out: Vec<u8> = Vec::with_capacity(s.len());
    let chars: Box<dyn Iterator<Item = u32>> = if lenient {
        let space = |c: &u32| brolga_text::unicode::is_space(*c);
        let start = s.chars().take_while(space).count();
        let end = s.chars().rev().take_while(space).count();
        Box::new(s.chars().skip(start).take(s.len().saturating_sub(start + end)))
    } else {
        Box::new(s.chars())
    };
    for c in chars {
        match c {
            0x5f if lenient => {}
            0..0x80 => out.push(c as u8),
            _ => out.push(brolga_text::unicode::decimal_value(c).map_or(b'?', |d| b'0' + d)),
        }
    }
    out
}

/// The value of a text; where it is none, what the context makes of that. `lenient` also means exact: all digits are to fit.
pub fn from_text(vm: &Vm, context: Ref<Context>, s: Ref<PyStr>, lenient: bool) -> PyResult<Number> {
    let parsed = match s.as_ascii() {
        Some(text) if !lenient || !text.bytes().any(|b| b == b'_' || b <= b' ') => parse(text.as_bytes(), lenient),
        _ => parse(&ascii(s, lenient), lenient),
    };
    from_parsed(vm, context, parsed)
}

fn from_parsed(vm: &Vm, context: Ref<Context>, parsed: Result<Number, ParseError>) -> PyResult<Number> {
    match parsed {
        Ok(n) => Ok(n),
        Err(ParseError::Memory) => Err(vm.memory_error()),
        Err(ParseError::Syntax) => add_status(vm, context, CONVERSION_SYNTAX).map(|()| Number::nan()),
        Err(ParseError::Range) => add_status(vm, context, INVALID_OPERATION).map(|()| Number::nan()),
    }
}

fn sequence(vm: &Vm, v: Value, message: &str) -> PyResult<Ref<PyTuple>> {
    if let Some(tuple) = v.downcast::<PyTuple>() {
        return Ok(tuple);
    }
    let list: Ref<PyList> = v.downcast().ok_or_else(|| vm.value_error(message))?;
    vm.new_tuple(list.as_slice())
}

/// `(sign, digits, exponent)`.
fn from_sequence(vm: &Vm, context: Ref<Context>, v: Value, exact: bool) -> PyResult<Number> {
    let parts = sequence(vm, v, "argument must be a tuple or list")?;
    let &[sign, digits, exponent] = parts.as_slice() else {
        return Err(vm.value_error("argument must be a sequence of length 3"));
    };
    let negative = match int::to_i64(sign) {
        Some(0) => false,
        Some(1) => true,
        _ => return Err(vm.value_error("sign must be an integer with the value 0 or 1")),
    };
    let mut kind = Kind::Finite;
    let mut power = 0;
    if let Some(s) = exponent.downcast::<PyStr>() {
        kind = match s.as_ascii() {
            Some("F") => Kind::Infinite,
            Some("n") => Kind::Quiet,
            Some("N") => Kind::Signaling,
            _ => return Err(vm.value_error("string argument in the third position must be 'F', 'n' or 'N'")),
        };
    } else if int::view(&exponent).is_none() {
        return Err(vm.value_error("exponent must be an integer"));
    } else {
        power =
            int::to_i64(exponent).ok_or_else(|| vm.overflow_error("Python int too large to convert to C ssize_t"))?;
    }
    let message = "coefficient must be a tuple of digits";
    let digits = sequence(vm, digits, message)?;
    let mut text = Vec::new();
    text.try_reserve_exact(digits.len()).map_err(|_| vm.memory_error())?;
    for digit in digits.as_slice() {
        match int::to_i64(*digit) {
            Some(d @ 0..=9) => text.push(b'0' + d as u8),
            _ => return Err(vm.value_error(message)),
        }
    }
    if kind == Kind::Infinite {
        return Ok(Number::infinity(negative));
    }
    let coefficient = Coefficient::parse(&text).map_err(|e| no_memory(vm, e))?;
    let power = power.clamp(i64::MIN / 2, i64::MAX / 2);
    let number = Number { negative, kind, exponent: power, coefficient };
    from_parsed(vm, context, if exact { within_limits(number) } else { Ok(number) })
}

fn unsupported(vm: &Vm, v: Value) -> Raised {
    vm.type_error(format!("conversion from {} to Decimal is not supported", vm.tp_name(v)))
}

/// What `Decimal(v)` is, exactly. An exact `Decimal` is none of these.
pub fn exactly(vm: &Vm, context: Ref<Context>, v: Value) -> PyResult<Number> {
    if let Some(n) = number(v) {
        return Ok(n);
    }
    if let Some(s) = v.downcast::<PyStr>() {
        return from_text(vm, context, s, true);
    }
    if let Some(n) = from_int(v) {
        return Ok(n);
    }
    if v.downcast::<PyTuple>().is_some() || v.downcast::<PyList>().is_some() {
        return from_sequence(vm, context, v, true);
    }
    if let Some(f) = brolga_runtime::types::float::value(v) {
        add_status(vm, context, FLOAT_OPERATION)?;
        return from_float(f).map_err(|e| no_memory(vm, e));
    }
    Err(unsupported(vm, v))
}

/// What `context.create_decimal(v)` is.
pub fn rounded(vm: &Vm, context: Ref<Context>, v: Value) -> PyResult<Value> {
    let rules = context.rules();
    let mut status = 0;
    let n = if let Some(s) = v.downcast::<PyStr>() {
        let n = from_text(vm, context, s, false)?;
        if n.is_nan() && n.digits() > rules.prec - i64::from(rules.clamp) {
            add_status(vm, context, CONVERSION_SYNTAX)?;
            return new_decimal(vm, &Number::nan());
        }
        n
    } else if let Some(n) = number(v) {
        if n.is_nan() && n.digits() > rules.prec - i64::from(rules.clamp) {
            add_status(vm, context, CONVERSION_SYNTAX)?;
            return new_decimal(vm, &Number::nan());
        }
        n
    } else if v.downcast::<PyTuple>().is_some() || v.downcast::<PyList>().is_some() {
        from_sequence(vm, context, v, false)?
    } else {
        exactly(vm, context, v)?
    };
    let n = n.finish(&rules, &mut status).map_err(|e| no_memory(vm, e))?;
    add_status(vm, context, status)?;
    new_decimal(vm, &n)
}

/// An operand of arithmetic: a Decimal or an int.
pub fn operand(v: Value) -> Option<Number> {
    number(v).or_else(|| from_int(v))
}

/// An operand of a method.
pub fn expect_operand(vm: &Vm, v: Value) -> PyResult<Number> {
    operand(v).ok_or_else(|| unsupported(vm, v))
}

/// Both sides of a comparison; `None` where `other` is nothing that a Decimal can be compared with.
pub fn comparands(
    vm: &Vm,
    context: Ref<Context>,
    this: Number,
    other: Value,
    equality: bool,
) -> PyResult<Option<(Number, Number)>> {
    if let Some(other) = operand(other) {
        return Ok(Some((this, other)));
    }
    let float = |f: f64| -> PyResult<Number> {
        if equality {
            raise_status(context, FLOAT_OPERATION);
        } else {
            add_status(vm, context, FLOAT_OPERATION)?;
        }
        from_float(f).map_err(|e| no_memory(vm, e))
    };
    if let Some(f) = brolga_runtime::types::float::value(other) {
        return Ok(Some((this, float(f)?)));
    }
    if let Some(c) = other.downcast::<PyComplex>() {
        let (real, imag) = c.get();
        return if equality && imag == 0.0 { Ok(Some((this, float(real)?))) } else { Ok(None) };
    }
    if !other.is_obj() {
        return Ok(None);
    }
    let Some(rational) = vm.kept(&super::RATIONAL) else { return Ok(None) };
    if !vm.is_instance_of(other, rational)? {
        return Ok(None);
    }
    let denominator = vm.get_attr_str(other, "denominator")?;
    let numerator = vm.get_attr_str(other, "numerator")?;
    let (Some(denominator), Some(numerator)) = (from_int(denominator), from_int(numerator)) else {
        return Err(vm.type_error("numerator and denominator must be integers"));
    };
    let mut status = 0;
    let this = if this.is_finite() {
        super::arithmetic::multiply(&this, &denominator, &Rules::MAX, &mut status).map_err(|e| no_memory(vm, e))?
    } else {
        this
    };
    Ok(Some((this, numerator)))
}

/// The int of a finite number without a fraction.
pub fn to_int(vm: &Vm, n: &Number) -> PyResult<Value> {
    let magnitude = n.coefficient.shifted(n.exponent.max(0)).map_err(|e| no_memory(vm, e))?;
    magnitude.with_limbs(|limbs| int::from_limbs(vm, n.negative, limbs))
}

/// The definition is with the methods.
pub fn is_exact(vm: &Vm, v: Value, def: &'static TypeDef) -> PyResult<bool> {
    Ok(vm.type_of(v) == vm.native_type(def)?)
}
