//! `int(...)`.

use brolga_text::int::{ParseIntError, ParsedInt};
use dashu_int::UBig;

use super::big::{check_room, from_ibig};
use super::{from_f64, new_instance, str_text, to_exact};
use crate::PyResult;
use crate::object::{Args, Ref};
use crate::state::Vm;
use crate::state::names::Special;
use crate::types::bytes::PyBytes;
use crate::types::str::PyStr;
use crate::types::type_object::PyType;
use crate::value::Value;

/// The int that was read from text.
pub fn from_parsed(vm: &Vm, parsed: &ParsedInt) -> PyResult<Value> {
    match parsed {
        ParsedInt::Small(i) => vm.new_int(*i),
        ParsedInt::Big { negative, base, digits } => {
            if let Some(limbs) = parsed.limbs() {
                return super::from_limbs(vm, *negative, &limbs);
            }
            check_room(vm, digits.len() / 8)?;
            let magnitude = UBig::from_str_radix(digits, *base).unwrap_or(UBig::ZERO);
            let sign = if *negative { dashu_int::Sign::Negative } else { dashu_int::Sign::Positive };
            from_ibig(vm, &dashu_int::IBig::from_parts(sign, magnitude))
        }
    }
}

/// `int(text, base)`; `shown` is what an error message shows.
fn parsed(vm: &Vm, result: Result<ParsedInt, ParseIntError>, base: u32, shown: Value) -> PyResult<Value> {
    match result {
        Ok(parsed) => from_parsed(vm, &parsed),
        Err(ParseIntError::NoMemory) => Err(vm.memory_error()),
        Err(ParseIntError::Invalid) => {
            let shown: String = vm.repr_lossy(shown)?.chars().take(200).collect();
            Err(vm.value_error(format!("invalid literal for int() with base {base}: {shown}")))
        }
        Err(e) => Err(vm.value_error(e.to_string())),
    }
}

/// `int(s, base)` of a string.
pub fn from_text(vm: &Vm, s: Ref<PyStr>, base: u32) -> PyResult<Value> {
    let result = brolga_text::int::parse(str_text(&s), base, vm.int_max_str_digits.get());
    parsed(vm, result, base, s.value())
}

/// `int(x, base)` where `x` is text; `None` where it is not.
fn from_text_like(vm: &Vm, x: Value, base: u32) -> PyResult<Option<Value>> {
    if let Some(s) = x.downcast::<PyStr>() {
        return from_text(vm, s, base).map(Some);
    }
    match super::bytes::bytes_like(vm, x)? {
        Some(bytes) => {
            let result = brolga_text::int::parse_ascii(&bytes, base, vm.int_max_str_digits.get());
            // (A message shows bytes, whatever these are the bytes of.)
            let shown = match &result {
                Err(ParseIntError::Invalid) => PyBytes::new(vm, bytes.get(..200).unwrap_or(&bytes))?.value(),
                _ => x,
            };
            parsed(vm, result, base, shown).map(Some)
        }
        None => Ok(None),
    }
}

/// The result of `__int__` or `__index__` as an exact int.
fn checked(vm: &Vm, result: Value, method: &str) -> PyResult<Value> {
    if result.is_small_int() {
        return Ok(result);
    }
    if !vm.is_instance(result, vm.types.int) {
        return Err(vm.type_error(format!("{method} returned non-int (type {})", vm.type_name(result))));
    }
    if vm.type_of(result) != vm.types.int {
        let message = format!(
            "{method} returned non-int (type {}).  The ability to return an instance of a strict subclass of int is \
             deprecated, and may be removed in a future version of Python.",
            vm.type_name(result)
        );
        vm.warn(vm.types.deprecation_warning, &message, 1)?;
    }
    to_exact(vm, result)
}

/// `int(x)`: an exact int.
pub fn number_to_int(vm: &Vm, x: Value) -> PyResult<Value> {
    if x.is_small_int() {
        return Ok(x);
    }
    if let Some(f) = x.as_f64() {
        return from_f64(vm, f);
    }
    let class = vm.type_of(x);
    if class == vm.types.int || class == vm.types.bool {
        return to_exact(vm, x);
    }
    if class.special(Special::Int).is_some()
        && let Some(result) = vm.call_special(x, Special::Int, &[])?
    {
        return checked(vm, result, "__int__");
    }
    if class.special(Special::Index).is_some()
        && let Some(result) = vm.call_special(x, Special::Index, &[])?
    {
        return checked(vm, result, "__index__");
    }
    match from_text_like(vm, x, 10)? {
        Some(v) => Ok(v),
        None => Err(vm.type_error(format!(
            "int() argument must be a string, a bytes-like object or a real number, not '{}'",
            class.name()
        ))),
    }
}

fn with_base(vm: &Vm, x: Value, base: Value) -> PyResult<Value> {
    let base = vm.index(base)?;
    let base = match super::to_i64(base) {
        Some(base @ (0 | 2..=36)) => base as u32,
        _ => return Err(vm.value_error("int() base must be >= 2 and <= 36, or 0")),
    };
    let text =
        vm.is_instance(x, vm.types.str) || vm.is_instance(x, vm.types.bytes) || vm.is_instance(x, vm.types.bytearray);
    if text && let Some(v) = from_text_like(vm, x, base)? {
        return Ok(v);
    }
    Err(vm.type_error("int() can't convert non-string with explicit base"))
}

/// `int.__new__`.
pub fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let class = class_argument(vm, args.get(0), vm.types.int)?;
    let mut base = None;
    for (name, value) in args.kw.iter() {
        match vm.to_lossy(name).as_str() {
            "base" if args.rest.len() < 2 => base = Some(value),
            "base" => return Err(vm.type_error("argument for int() given by name ('base') and position (2)")),
            name => return Err(vm.type_error(format!("int() got an unexpected keyword argument '{name}'"))),
        }
    }
    let (x, base) = match *args.rest {
        [] => (None, base),
        [x] => (Some(x), base),
        [x, base] => (Some(x), Some(base)),
        _ => return Err(vm.type_error(format!("int expected at most 2 arguments, got {}", args.rest.len()))),
    };
    let result = match (x, base) {
        (None, None) => Value::from_i32(0),
        (None, Some(_)) => return Err(vm.type_error("int() missing string argument")),
        (Some(x), None) => number_to_int(vm, x)?,
        (Some(x), Some(base)) => with_base(vm, x, base)?,
    };
    if class == vm.types.int {
        return Ok(result);
    }
    new_instance(vm, class, result)
}

/// The class argument of a `__new__` of a native base.
pub(crate) fn class_argument(vm: &Vm, class: Value, base: Ref<PyType>) -> PyResult<Ref<PyType>> {
    let name = base.name();
    let Some(class) = class.downcast::<PyType>() else {
        return Err(vm.type_error(format!("{name}.__new__(X): X is not a type object ({})", vm.type_name(class))));
    };
    if class == base {
        return Ok(class);
    }
    if !class.is_subtype(base) {
        let sub = class.name();
        return Err(vm.type_error(format!("{name}.__new__({sub}): {sub} is not a subtype of {name}")));
    }
    // bool's instances are constants.
    if class == vm.types.bool {
        return Err(vm.type_error(format!("{name}.__new__(bool) is not safe, use bool.__new__()")));
    }
    Ok(class)
}
