//! `UnicodeDecodeError`, `UnicodeEncodeError`, `UnicodeTranslateError`.

use super::base::{field, init_args, no_keywords, receiver, set_field};
use super::{PyException, UNICODE_ENCODING, UNICODE_END, UNICODE_OBJECT, UNICODE_REASON, UNICODE_START};
use crate::object::def::{GetSetDef, MethodDef};
use crate::object::{Args, Ref};
use crate::state::Vm;
use crate::state::names::Special;
use crate::types::bytes::PyBytes;
use crate::types::int;
use crate::types::str::PyStr;
use crate::value::{Slot, Value};
use crate::{PyResult, getset, method};

#[derive(Copy, Clone, PartialEq, Eq)]
enum Kind {
    Str,
    Bytes,
    Index,
}

fn init_fields(vm: &Vm, args: &Args<'_>, fields: &[(usize, Kind)]) -> PyResult<()> {
    no_keywords(vm, vm.type_of(receiver(vm, args)?.value()), args)?;
    let this = init_args(vm, args)?;
    if args.rest.len() != fields.len() {
        return Err(vm.type_error(format!(
            "function takes exactly {} arguments ({} given)",
            fields.len(),
            args.rest.len()
        )));
    }
    for (i, ((index, kind), arg)) in fields.iter().zip(args.rest).enumerate() {
        let value = match kind {
            Kind::Str if arg.downcast::<PyStr>().is_none() => {
                return Err(vm.type_error(format!("argument {} must be str, not {}", i + 1, vm.type_name(*arg))));
            }
            Kind::Bytes if !vm.is_instance(*arg, vm.types.bytes) => {
                if vm.type_of(*arg).special(Special::Buffer).is_none() {
                    return Err(vm.type_error(format!("a bytes-like object is required, not '{}'", vm.type_name(*arg))));
                }
                vm.call(vm.types.bytes.value(), &[*arg])?
            }
            Kind::Index => vm.new_int(vm.to_isize(*arg)? as i64)?,
            _ => *arg,
        };
        this.set_extra(*index, value);
    }
    Ok(())
}

fn decode_init(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    init_fields(
        vm,
        args,
        &[
            (UNICODE_ENCODING, Kind::Str),
            (UNICODE_OBJECT, Kind::Bytes),
            (UNICODE_START, Kind::Index),
            (UNICODE_END, Kind::Index),
            (UNICODE_REASON, Kind::Str),
        ],
    )
}

fn encode_init(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    init_fields(
        vm,
        args,
        &[
            (UNICODE_ENCODING, Kind::Str),
            (UNICODE_OBJECT, Kind::Str),
            (UNICODE_START, Kind::Index),
            (UNICODE_END, Kind::Index),
            (UNICODE_REASON, Kind::Str),
        ],
    )
}

fn translate_init(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    init_fields(
        vm,
        args,
        &[
            (UNICODE_OBJECT, Kind::Str),
            (UNICODE_START, Kind::Index),
            (UNICODE_END, Kind::Index),
            (UNICODE_REASON, Kind::Str),
        ],
    )
}

/// Where the trouble is, as the attributes have it: they may be anything.
fn range(this: Ref<PyException>) -> (i64, i64) {
    let at = |index: usize| this.extra(index).and_then(int::to_i64).unwrap_or(0);
    (at(UNICODE_START), at(UNICODE_END))
}

/// The index of the only item in trouble, if it is one and the object of `len` items has it.
fn single((start, end): (i64, i64), len: usize) -> Option<usize> {
    let at = usize::try_from(start).ok().filter(|at| *at < len)?;
    (start.checked_add(1) == Some(end)).then_some(at)
}

fn text_of(vm: &Vm, this: Ref<PyException>, index: usize) -> PyResult<String> {
    Ok(vm.str(this.extra(index).unwrap_or(Value::NONE))?.to_lossy())
}

/// The object, after the code of other attributes' `__str__` ran, which may have changed it.
fn object_of<T>(
    vm: &Vm,
    this: Ref<PyException>,
    kind: &str,
    downcast: impl Fn(Value) -> Option<Ref<T>>,
) -> PyResult<Ref<T>> {
    match this.extra(UNICODE_OBJECT) {
        None => Err(vm.type_error("UnicodeError 'object' attribute is not set")),
        Some(object) => {
            downcast(object).ok_or_else(|| vm.type_error(format!("UnicodeError 'object' attribute must be a {kind}")))
        }
    }
}

/// "X character '\xNN' in position N: reason".
fn character_str(vm: &Vm, this: Ref<PyException>, what: &str) -> PyResult<String> {
    let reason = text_of(vm, this, UNICODE_REASON)?;
    let text = object_of(vm, this, "string", Value::downcast::<PyStr>)?;
    let (start, end) = range(this);
    if let Some(at) = single((start, end), text.len()) {
        let c = text.char_at(at);
        let shown = match c {
            0..=0xff => format!("\\x{c:02x}"),
            0x100..=0xffff => format!("\\u{c:04x}"),
            _ => format!("\\U{c:08x}"),
        };
        return Ok(format!("{what} character '{shown}' in position {start}: {reason}"));
    }
    Ok(format!("{what} characters in position {start}-{}: {reason}", end.wrapping_sub(1)))
}

fn encode_str(vm: &Vm, this: Ref<PyException>) -> PyResult<String> {
    if this.extra(UNICODE_OBJECT).is_none() {
        return Ok(String::new());
    }
    let encoding = text_of(vm, this, UNICODE_ENCODING)?;
    character_str(vm, this, &format!("'{encoding}' codec can't encode"))
}

fn translate_str(vm: &Vm, this: Ref<PyException>) -> PyResult<String> {
    if this.extra(UNICODE_OBJECT).is_none() {
        return Ok(String::new());
    }
    character_str(vm, this, "can't translate")
}

fn decode_str(vm: &Vm, this: Ref<PyException>) -> PyResult<String> {
    if this.extra(UNICODE_OBJECT).is_none() {
        return Ok(String::new());
    }
    let encoding = text_of(vm, this, UNICODE_ENCODING)?;
    let reason = text_of(vm, this, UNICODE_REASON)?;
    let bytes = object_of(vm, this, "bytes", Value::downcast::<PyBytes>)?;
    let (start, end) = range(this);
    if let Some(at) = single((start, end), bytes.len()) {
        let byte = bytes.as_slice().get(at).copied().unwrap_or(0);
        return Ok(format!("'{encoding}' codec can't decode byte 0x{byte:02x} in position {start}: {reason}"));
    }
    Ok(format!("'{encoding}' codec can't decode bytes in position {start}-{}: {reason}", end.wrapping_sub(1)))
}

fn set_index<const I: usize>(vm: &Vm, this: Ref<PyException>, value: Slot) -> PyResult<()> {
    let Some(value) = value else { return Err(vm.type_error("can't delete numeric/char attribute")) };
    this.set_extra(I, vm.new_int(vm.to_isize(value)? as i64)?);
    Ok(())
}

fn index_field<const I: usize>(_: &Vm, this: Ref<PyException>) -> Value {
    this.extra(I).unwrap_or(Value::from_i32(0))
}

pub(super) const DECODE_METHODS: &[MethodDef] =
    &[method!("__init__", "($self, /, *args, **kwargs)", decode_init), method!("__str__", 1, decode_str)];
pub(super) const ENCODE_METHODS: &[MethodDef] =
    &[method!("__init__", "($self, /, *args, **kwargs)", encode_init), method!("__str__", 1, encode_str)];
pub(super) const TRANSLATE_METHODS: &[MethodDef] =
    &[method!("__init__", "($self, /, *args, **kwargs)", translate_init), method!("__str__", 1, translate_str)];

pub(super) const CODEC_GETSET: &[GetSetDef] = &[
    getset!("encoding", field::<UNICODE_ENCODING>, set_field::<UNICODE_ENCODING>).member(),
    getset!("object", field::<UNICODE_OBJECT>, set_field::<UNICODE_OBJECT>).member(),
    getset!("start", index_field::<UNICODE_START>, set_index::<UNICODE_START>).member(),
    getset!("end", index_field::<UNICODE_END>, set_index::<UNICODE_END>).member(),
    getset!("reason", field::<UNICODE_REASON>, set_field::<UNICODE_REASON>).member(),
];
pub(super) const TRANSLATE_GETSET: &[GetSetDef] = &[
    getset!("object", field::<UNICODE_OBJECT>, set_field::<UNICODE_OBJECT>).member(),
    getset!("start", index_field::<UNICODE_START>, set_index::<UNICODE_START>).member(),
    getset!("end", index_field::<UNICODE_END>, set_index::<UNICODE_END>).member(),
    getset!("reason", field::<UNICODE_REASON>, set_field::<UNICODE_REASON>).member(),
];
