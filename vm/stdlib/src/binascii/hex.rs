//! Hexadecimal digits.

use brolga_runtime::PyResult;
use brolga_runtime::object::Args;
use brolga_runtime::state::Vm;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::value::Value;

use super::{bytes, error, with_ascii, with_capacity};

const DIGITS: &[u8; 16] = b"0123456789abcdef";

pub fn value(c: u8) -> Option<u8> {
    (c as char).to_digit(16).map(|d| d as u8)
}

pub fn decode(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    with_ascii(vm, args.get(0), |text| {
        let (pairs, rest) = text.as_chunks::<2>();
        if !rest.is_empty() {
            return Err(error(vm, "Odd-length string"));
        }
        let mut out = with_capacity(vm, Some(pairs.len()))?;
        for [a, b] in pairs {
            let (Some(a), Some(b)) = (value(*a), value(*b)) else {
                return Err(error(vm, "Non-hexadecimal digit found"));
            };
            out.push(a << 4 | b);
        }
        bytes(vm, &out)
    })
}

fn separator(vm: &Vm, sep: Option<Value>) -> PyResult<Option<u8>> {
    let Some(sep) = sep else { return Ok(None) };
    if vm.len(sep)? != 1 {
        return Err(vm.value_error("sep must be length 1."));
    }
    if let Some(text) = sep.downcast::<PyStr>() {
        return match u8::try_from(text.char_at(0)) {
            Ok(c) => Ok(Some(c)),
            Err(_) => Err(vm.value_error("sep must be ASCII.")),
        };
    }
    match sep.downcast::<PyBytes>() {
        Some(b) => Ok(b.as_slice().first().copied()),
        None => Err(vm.type_error("sep must be str or bytes.")),
    }
}

pub fn encode(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let every = args.opt(2).map_or(Ok(1), |v| vm.to_i32(v))?;
    let buffer = vm.buffer(args.get(0), false)?;
    let sep = separator(vm, args.opt(1))?;
    let data = buffer.as_slice();
    let group = every.unsigned_abs() as usize;
    let sep = sep.filter(|_| group != 0 && group < data.len());
    let separators = if sep.is_some() { (data.len() - 1) / group } else { 0 };
    let mut out = with_capacity(vm, data.len().checked_mul(2).and_then(|n| n.checked_add(separators)))?;
    // Groups of whole length stand at the end, or at the beginning with a negative count.
    let first = if every > 0 && group != 0 { data.len() % group } else { 0 };
    for (i, b) in data.iter().enumerate() {
        if let Some(sep) = sep
            && i > 0
            && i >= first
            && (i - first).is_multiple_of(group)
        {
            out.push(sep);
        }
        out.extend_from_slice(&[DIGITS[usize::from(b >> 4)], DIGITS[usize::from(b & 15)]]);
    }
    bytes(vm, &out)
}
