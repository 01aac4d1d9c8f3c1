//! Ints as text: `repr`, digits in any base, `__format__`.

use brolga_text::format::apply::{Locale, format_char, format_float, format_int};
use brolga_text::format::spec::{IntKind, SpecError};
use brolga_text::{TextBuf, TextData};

use super::big::{check_room, ubig};
use super::{IntRef, limbs, to_f64, view};
use crate::PyResult;
use crate::object::Ref;
use crate::state::Vm;
use crate::types::str::{PyStr, Text};
use crate::value::Value;

/// A string's text as the text crate sees it.
pub fn str_text(s: &PyStr) -> brolga_text::Text<'_> {
    match s.text() {
        Text::One(t) => brolga_text::Text::One(t),
        Text::Two(t) => brolga_text::Text::Two(t),
        Text::Four(t) => brolga_text::Text::Four(t),
    }
}

/// The string of what a builder made.
pub fn finish(vm: &Vm, out: TextBuf) -> PyResult<Value> {
    let Ok(data) = out.finish() else { return Err(vm.memory_error()) };
    let text = match &data {
        TextData::One(t) => PyStr::from_latin1(vm, t),
        TextData::Two(t) => PyStr::from_ucs2(vm, t),
        TextData::Four(t) => PyStr::from_ucs4(vm, t),
    };
    Ok(text?.value())
}

/// Raises what a format spec was refused for.
pub(crate) fn spec_error(vm: &Vm, value: Value, error: &SpecError) -> crate::Raised {
    match error {
        SpecError::NoMemory => vm.memory_error(),
        SpecError::CharRange => vm.overflow_error(error.message("")),
        _ => vm.value_error(error.message(&vm.type_name(value))),
    }
}

/// Digits of the magnitude in a base from 2 to 36, lower case. No limit on their number.
fn magnitude_digits(vm: &Vm, i: IntRef<'_>, base: u32) -> PyResult<String> {
    match i {
        IntRef::Small(i) => {
            let digits = brolga_text::int::format_i64(i, base);
            Ok(digits.strip_prefix('-').map(str::to_owned).unwrap_or(digits))
        }
        IntRef::Big(_, l) => {
            check_room(vm, l.len().saturating_mul(if base < 10 { 9 } else { 3 }))?;
            let big = ubig(l);
            Ok(if base == 10 { big.to_string() } else { big.in_radix(base.clamp(2, 36) as u8).to_string() })
        }
    }
}

/// The decimal digits of the magnitude; ValueError where there are more than `sys.get_int_max_str_digits()`.
fn decimal(vm: &Vm, i: IntRef<'_>) -> PyResult<String> {
    let limit = vm.int_max_str_digits.get();
    let too_long = || vm.value_error(brolga_text::int::to_str_limit_message(limit));
    if let IntRef::Big(_, l) = i
        && limit > 0
    {
        // 1233 / 4096 is just below log10(2): so many digits at least. A cheap no to what would take long.
        let at_least = limbs::bit_length(l).saturating_sub(1) as u128 * 1233 / 4096;
        if at_least > limit as u128 {
            return Err(too_long());
        }
    }
    let digits = magnitude_digits(vm, i, 10)?;
    if limit > 0 && digits.len() > limit && digits.len() > brolga_text::int::MAX_STR_DIGITS_THRESHOLD {
        return Err(too_long());
    }
    Ok(digits)
}

/// `int.__repr__`.
pub fn repr(vm: &Vm, v: Value) -> PyResult<String> {
    let i = view(&v).unwrap_or(IntRef::Small(0));
    if let IntRef::Small(i) = i {
        return Ok(i.to_string());
    }
    let mut digits = decimal(vm, i)?;
    if i.is_negative() {
        digits.insert(0, '-');
    }
    Ok(digits)
}

/// Digits in a base from 2 to 36 with a minus sign and no prefix (`bin`, `oct`, `hex`, `%x`). Base 10 has the limit.
pub fn digits(vm: &Vm, v: Value, base: u32) -> PyResult<String> {
    if base == 10 {
        return repr(vm, v);
    }
    let i = view(&v).unwrap_or(IntRef::Small(0));
    let mut digits = magnitude_digits(vm, i, base)?;
    if i.is_negative() {
        digits.insert(0, '-');
    }
    Ok(digits)
}

/// `int.__format__`.
pub fn format(vm: &Vm, v: Value, spec: Value) -> PyResult<Value> {
    let spec: Ref<PyStr> = vm.expect_str(spec, "__format__() argument")?;
    if spec.is_empty() {
        return Ok(vm.str(v)?.value());
    }
    let fail = |e: SpecError| spec_error(vm, v, &e);
    let parsed = brolga_text::format::spec::parse(str_text(&spec), u32::from(b'd'), b'>').map_err(fail)?;
    let i = view(&v).unwrap_or(IntRef::Small(0));
    let mut out = TextBuf::new();
    match parsed.int_kind().map_err(fail)? {
        IntKind::Base(base) => {
            let digits = if base == 10 { decimal(vm, i)? } else { magnitude_digits(vm, i, base)? };
            format_int(i.is_negative(), &digits, &parsed, Locale::C, &mut out).map_err(fail)?;
        }
        IntKind::Char => {
            let code = vm.to_i64(v)?;
            format_char(code, &parsed, &mut out).map_err(fail)?;
        }
        IntKind::Float => {
            let f = to_f64(vm, v)?;
            format_float(f, &parsed, Locale::C, &mut out).map_err(fail)?;
        }
    }
    finish(vm, out)
}
