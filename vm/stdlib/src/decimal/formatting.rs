//! `Decimal.__format__`.

use brolga_runtime::object::Args;
use brolga_runtime::state::Vm;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::types::dict::PyDict;
use brolga_runtime::types::int;
use brolga_runtime::types::list::PyList;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, Raised};
use brolga_text::TextBuf;
use brolga_text::format::apply::{Locale, format_decimal};
use brolga_text::format::spec::{FormatSpec, Grouping, SpecError, parse};

use super::context::current;
use super::object::{no_memory, this};
use super::text::{Shown, parts, to_text};

fn invalid(vm: &Vm) -> Raised {
    vm.value_error("invalid format string")
}

/// A zero in front of the width says how to fill: not beside an alignment.
fn is_contradictory(spec: &str) -> bool {
    let chars: Vec<char> = spec.chars().collect();
    let is_align = |c: Option<&char>| matches!(c, Some('<' | '>' | '=' | '^'));
    let mut rest = if is_align(chars.get(1)) {
        &chars[2..]
    } else if is_align(chars.first()) {
        &chars[1..]
    } else {
        return false;
    };
    if let [' ' | '+' | '-', tail @ ..] = rest {
        rest = tail;
    }
    if let ['z', tail @ ..] = rest {
        rest = tail;
    }
    if let ['#', tail @ ..] = rest {
        rest = tail;
    }
    rest.first() == Some(&'0')
}

/// Point, separator and groups of digits, as a locale has them.
struct Conventions {
    point: String,
    separator: String,
    groups: Vec<u8>,
}

fn from_locale(vm: &Vm) -> PyResult<Conventions> {
    let module = vm.import("_locale")?;
    let dict = vm.call_method(module, "localeconv", &[])?;
    let dict: brolga_runtime::object::Ref<PyDict> =
        dict.downcast().ok_or_else(|| vm.type_error("localeconv() must return a dict"))?;
    let item =
        |name: &str| -> PyResult<Value> { Ok(dict.get_item(vm, vm.intern(name)?.value())?.unwrap_or(Value::NONE)) };
    let mut groups = Vec::new();
    if let Some(list) = item("grouping")?.downcast::<PyList>() {
        groups.extend(
            list.as_slice()
                .iter()
                .filter_map(|v| int::to_i64(*v))
                .filter_map(|i| u8::try_from(i).ok())
                .take_while(|i| *i != 0),
        );
    }
    Ok(Conventions {
        point: vm.to_lossy(item("decimal_point")?),
        separator: vm.to_lossy(item("thousands_sep")?),
        groups,
    })
}

/// A dict that stands for the locale.
fn from_override(vm: &Vm, v: Value, base: Conventions) -> PyResult<Conventions> {
    let dict: brolga_runtime::object::Ref<PyDict> =
        v.downcast().ok_or_else(|| vm.type_error("optional argument must be a dict"))?;
    let mut conventions = base;
    let text = |name: &str| -> PyResult<Option<String>> {
        let Some(v) = dict.get_item(vm, vm.intern(name)?.value())? else { return Ok(None) };
        match (v.downcast::<PyStr>(), v.downcast::<PyBytes>()) {
            (Some(s), _) => Ok(Some(s.to_lossy())),
            (None, Some(b)) => Ok(Some(String::from_utf8_lossy(b.as_slice()).into_owned())),
            _ => Err(vm.type_error("bad argument type for built-in operation")),
        }
    };
    if let Some(point) = text("decimal_point")? {
        conventions.point = point;
    }
    if let Some(separator) = text("thousands_sep")? {
        conventions.separator = separator;
    }
    if let Some(groups) = text("grouping")? {
        let groups = groups.chars().take_while(|c| *c != '\0');
        conventions.groups = groups.map(|c| u8::try_from(u32::from(c)).unwrap_or(255)).collect();
    }
    let groups_fit = conventions.groups.iter().all(|n| *n <= 127);
    if conventions.point.chars().count() != 1 || conventions.separator.chars().count() > 1 || !groups_fit {
        return Err(vm.value_error("invalid override dict"));
    }
    Ok(conventions)
}

/// `__format__(fmtarg, override=None)`.
pub fn format(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let context = current(vm)?;
    let mut n = this(vm, args.get(0))?;
    let Some(text) = args.get(1).downcast::<PyStr>() else {
        return Err(vm.type_error("format arg must be str"));
    };
    let lossy = text.to_lossy();
    let override_ = args.opt_not_none(2);
    if lossy.is_empty() && override_.is_none() {
        return Ok(vm.new_str(&to_text(&n, false, context.capitals.get()))?.value());
    }
    if is_contradictory(&lossy) {
        return Err(invalid(vm));
    }
    let mut spec: FormatSpec = parse(text.text(), 0, b'>').map_err(|e| match e {
        SpecError::NoMemory => vm.memory_error(),
        _ => invalid(vm),
    })?;
    // More than any memory holds.
    if spec.width.is_some_and(|w| w > 1 << 46) || spec.precision.is_some_and(|p| p > 1 << 46) {
        return Err(vm.value_error("format specification exceeds internal limits of _decimal"));
    }
    let kind = match u8::try_from(spec.kind).unwrap_or(0xff) {
        0 if context.capitals.get() => b'G',
        0 | b'n' => b'g',
        b'N' => {
            let message = "Format specifier 'N' is deprecated and slated for removal in Python 3.18";
            vm.warn(vm.types.deprecation_warning, message, 1)?;
            spec.kind = u32::from(b'n');
            b'G'
        }
        k @ (b'e' | b'E' | b'f' | b'F' | b'g' | b'G' | b'%') => k,
        _ => return Err(invalid(vm)),
    };
    let mut conventions = None;
    if spec.kind == u32::from(b'n') {
        if spec.grouping != Grouping::None {
            return Err(invalid(vm));
        }
        conventions = Some(from_locale(vm)?);
    }
    if let Some(v) = override_ {
        let base = conventions.take();
        let plain = || Conventions { point: ".".to_owned(), separator: String::new(), groups: Vec::new() };
        let is_local = base.is_some();
        let made = from_override(vm, v, base.unwrap_or_else(plain))?;
        conventions = is_local.then_some(made);
    }
    let locale = conventions.as_ref().map(|c| Locale {
        decimal_point: &c.point,
        thousands_separator: &c.separator,
        grouping: &c.groups,
    });
    let mut out = TextBuf::new();
    let fail = |_: SpecError| vm.value_error("format specification exceeds internal limits of _decimal");
    if !n.is_finite() {
        // Zeros in front make no sense.
        if spec.fill == u32::from(b'0') && spec.align == b'=' && !lossy.starts_with("0=") {
            (spec.fill, spec.align) = (u32::from(b' '), b'>');
        }
        let negative = n.negative;
        n.negative = false;
        let body = to_text(&n, false, true) + if kind == b'%' { "%" } else { "" };
        format_decimal(negative, ("", "", &body), &spec, locale, &mut out).map_err(fail)?;
        return int::finish(vm, out);
    }
    let precision = spec.precision.map(|p| i64::try_from(p).unwrap_or(i64::MAX).min(i64::MAX / 4));
    let shown = Shown { kind, precision, no_negative_zero: spec.no_neg_0, rounding: context.rules().rounding };
    let parts = parts(&n, &shown).map_err(|e| no_memory(vm, e))?;
    format_decimal(parts.negative, (&parts.whole, &parts.fraction, &parts.tail), &spec, locale, &mut out)
        .map_err(fail)?;
    int::finish(vm, out)
}
