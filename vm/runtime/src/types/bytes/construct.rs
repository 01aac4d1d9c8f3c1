//! The bytes that `bytes(...)` and `bytearray(...)` are made from.

use crate::PyResult;
use crate::codecs;
use crate::object::{Args, Ref};
use crate::state::Vm;
use crate::state::names::Special;
use crate::types::bytes::PyBytes;
use crate::types::int;
use crate::types::list::PyList;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::value::Value;

/// Bytes in malloc's memory, whose growth can fail.
pub(crate) fn reserve(vm: &Vm, out: &mut Vec<u8>, more: usize) -> PyResult<()> {
    if more > isize::MAX as usize || out.try_reserve(more).is_err() {
        return Err(vm.memory_error());
    }
    Ok(())
}

/// `len` zero bytes.
pub(crate) fn zeros(vm: &Vm, len: usize) -> PyResult<Vec<u8>> {
    let mut out = Vec::new();
    reserve(vm, &mut out, len)?;
    out.resize(len, 0);
    Ok(out)
}

pub(crate) fn copy(vm: &Vm, bytes: &[u8]) -> PyResult<Vec<u8>> {
    let mut out = Vec::new();
    reserve(vm, &mut out, bytes.len())?;
    out.extend_from_slice(bytes);
    Ok(out)
}

/// A byte; ValueError "{what} must be in range(0, 256)".
#[inline]
pub(crate) fn byte(vm: &Vm, v: Value, what: &str) -> PyResult<u8> {
    let i = match v.as_small_int() {
        Some(i) => Some(i),
        None => int::to_i64(vm.index(v)?),
    };
    match i.and_then(|i| u8::try_from(i).ok()) {
        Some(b) => Ok(b),
        None => Err(vm.value_error(format!("{what} must be in range(0, 256)"))),
    }
}

/// The bytes of an iterable of ints.
pub(crate) fn from_iterable(vm: &Vm, iterable: Value, what: &str) -> PyResult<Vec<u8>> {
    let mut out = Vec::new();
    let hint = match (iterable.downcast::<PyList>(), iterable.downcast::<PyTuple>()) {
        (Some(l), _) => l.len(),
        (_, Some(t)) => t.len(),
        _ => 0,
    };
    reserve(vm, &mut out, hint)?;
    vm.for_each(iterable, |v| {
        let b = byte(vm, v, what)?;
        if out.len() == out.capacity() {
            reserve(vm, &mut out, 1)?;
        }
        out.push(b);
        Ok(())
    })?;
    Ok(out)
}

/// What a constructor gives.
pub(crate) enum Source {
    /// An object that is bytes already (`bytes(x)` of exact bytes is `x`).
    Object(Ref<PyBytes>),
    Data(Vec<u8>),
}

/// The arguments `source`, `encoding`, `errors` from index `first` on; `name` is that of the class.
pub(crate) fn from_arguments(vm: &Vm, args: &Args<'_>, first: usize, name: &str) -> PyResult<Source> {
    let text = |i: usize, what: &str| -> PyResult<Option<Ref<PyStr>>> {
        args.opt(i).map(|v| vm.expect_str(v, &format!("{name}() argument '{what}'"))).transpose()
    };
    let encoding = text(first + 1, "encoding")?;
    let errors = text(first + 2, "errors")?;
    let Some(source) = args.opt(first) else {
        return match (encoding, errors) {
            (None, None) => Ok(Source::Data(Vec::new())),
            (Some(_), _) => Err(vm.type_error("encoding without a string argument")),
            _ => Err(vm.type_error("errors without a string argument")),
        };
    };
    if let Some(s) = source.downcast::<PyStr>() {
        if encoding.is_none()
            && errors.is_none()
            && name == "bytes"
            && vm.type_of(source).special(Special::Bytes).is_some()
        {
            return from_object(vm, source, name);
        }
        if encoding.is_none() {
            return Err(vm.type_error("string argument without an encoding"));
        }
        return Ok(Source::Object(codecs::encode(vm, s, encoding, errors)?));
    }
    if encoding.is_some() {
        return Err(vm.type_error("encoding without a string argument"));
    }
    if errors.is_some() {
        return Err(vm.type_error("errors without a string argument"));
    }
    from_object(vm, source, name)
}

pub(crate) fn from_object(vm: &Vm, source: Value, name: &str) -> PyResult<Source> {
    let class = vm.type_of(source);
    if name == "bytes"
        && class.special(Special::Bytes).is_some()
        && let Some(result) = vm.call_special(source, Special::Bytes, &[])?
    {
        return match result.downcast::<PyBytes>() {
            Some(bytes) => Ok(Source::Object(bytes)),
            None => Err(vm.type_error(format!("__bytes__ returned non-bytes (type {})", vm.type_name(result)))),
        };
    }
    if vm.has_buffer(source) {
        let buffer = vm.buffer_any(source, false)?;
        return Ok(Source::Data(crate::types::memoryview::copy_out(vm, &buffer.raw)?));
    }
    if source.is_small_int() || class.special(Special::Index).is_some() || vm.is_instance(source, vm.types.int) {
        match vm.to_isize(source) {
            Ok(n) => {
                return match usize::try_from(n) {
                    Ok(n) => Ok(Source::Data(zeros(vm, n)?)),
                    Err(_) => Err(vm.value_error("negative count")),
                };
            }
            Err(raised) => match vm.catch(raised, vm.types.overflow_error) {
                Ok(_) => return Err(vm.overflow_error("cannot fit 'int' into an index-sized integer")),
                Err(raised) => {
                    vm.catch(raised, vm.types.type_error)?;
                }
            },
        }
    }
    if !crate::types::str::methods::is_iterable(vm, source) {
        return Err(vm.type_error(format!("cannot convert '{}' object to {name}", class.tp_name())));
    }
    let what = if name == "bytes" { "bytes" } else { "byte" };
    Ok(Source::Data(from_iterable(vm, source, what)?))
}

/// `fromhex`.
pub(crate) fn from_hex(vm: &Vm, v: Value) -> PyResult<Vec<u8>> {
    if let Some(s) = v.downcast::<PyStr>() {
        return match s.as_ascii() {
            Some(text) => parse_hex(vm, text.as_bytes()),
            None => {
                // What stands before the first character that is not ASCII is looked at first.
                let digits: Vec<u8> =
                    s.chars().map(|c| u8::try_from(c).ok().filter(u8::is_ascii).unwrap_or(0)).collect();
                parse_hex(vm, &digits)
            }
        };
    }
    if !vm.has_buffer(v) {
        return Err(vm.type_error(format!("fromhex() argument must be str or bytes-like, not {}", vm.type_name(v))));
    }
    let buffer = vm.buffer(v, false)?;
    parse_hex(vm, buffer.as_slice())
}

fn parse_hex(vm: &Vm, text: &[u8]) -> PyResult<Vec<u8>> {
    let mut out = Vec::new();
    reserve(vm, &mut out, text.len() / 2)?;
    let digit = |i: usize| text.get(i).and_then(|b| char::from(*b).to_digit(16));
    let wrong = |i: usize| vm.value_error(format!("non-hexadecimal number found in fromhex() arg at position {i}"));
    let mut at = 0;
    while let Some(b) = text.get(at) {
        if matches!(b, b' ' | b'\t'..=b'\r') {
            at += 1;
            continue;
        }
        let Some(high) = digit(at) else { return Err(wrong(at)) };
        if at + 1 >= text.len() {
            return Err(vm.value_error("fromhex() arg must contain an even number of hexadecimal digits"));
        }
        let Some(low) = digit(at + 1) else { return Err(wrong(at + 1)) };
        out.push((high << 4 | low) as u8);
        at += 2;
    }
    Ok(out)
}

/// `hex(sep, bytes_per_sep)`.
pub(crate) fn to_hex(vm: &Vm, data: &[u8], sep: Option<Value>, group: Option<Value>) -> PyResult<Ref<PyStr>> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let group = match group {
        Some(v) => vm.to_i32(v)?,
        None => 1,
    };
    let separator = match sep {
        None => None,
        Some(v) => {
            if vm.len(v)? != 1 {
                return Err(vm.value_error("sep must be length 1."));
            }
            let c = match (v.downcast::<PyStr>(), v.downcast::<PyBytes>()) {
                (Some(s), _) => s.char_at(0),
                (_, Some(b)) => b.as_slice().first().map_or(0, |b| u32::from(*b)),
                _ => return Err(vm.type_error("sep must be str or bytes.")),
            };
            match u8::try_from(c) {
                Ok(c) if c.is_ascii() => Some(c),
                _ => return Err(vm.value_error("sep must be ASCII.")),
            }
        }
    };
    let n = data.len();
    let size = group.unsigned_abs() as usize;
    let mut out = Vec::new();
    let separator = separator.filter(|_| size > 0);
    reserve(vm, &mut out, n.saturating_mul(if separator.is_some() { 3 } else { 2 }))?;
    for (i, b) in data.iter().enumerate() {
        if let Some(c) = separator
            && i > 0
            && if group > 0 { (n - i).is_multiple_of(size) } else { i.is_multiple_of(size) }
        {
            out.push(c);
        }
        out.extend([DIGITS[usize::from(b >> 4)], DIGITS[usize::from(b & 15)]]);
    }
    PyStr::from_text(vm, brolga_text::Text::One(&out))
}
