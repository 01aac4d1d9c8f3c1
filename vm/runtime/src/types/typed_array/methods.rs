//! `array.array`: the type and most of its methods.

use std::borrow::Cow;

use super::compare::{byteswap, contains, count, index_of, points, remove, reverse, rich};
use super::iter::iter;
use super::pickle::{reduce_ex, to_list};
use super::{Code, PyTypedArray, item};
use crate::codecs;
use crate::object::def::{GetSetDef, TypeDef, type_flags};
use crate::object::layout::TYPED_ARRAY;
use crate::object::{Args, FromValue, MethodDef, Ref};
use crate::protocol::buffer::{BufferProcs, RawBuffer};
use crate::state::Vm;
use crate::state::names::Special;
use crate::types::bytearray::PyByteArray;
use crate::types::bytes::PyBytes;
use crate::types::list::PyList;
use crate::types::list::index::repeat_count;
use crate::types::slice::{self, PySlice};
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::types::type_object::PyType;
use crate::value::Value;
use crate::{PyResult, comparisons, getset, method};

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let Some(class) = args.get(0).downcast::<PyType>() else {
        return Err(vm.type_error("array.array.__new__(X): X is not a type object"));
    };
    if class.layout() != TYPED_ARRAY {
        let name = class.name();
        return Err(vm.type_error(format!("array.array.__new__({name}): {name} is not a subtype of array.array")));
    }
    // A subclass with an `__init__` of its own may take keywords.
    let own_init = match (class.special(Special::Init), vm.types.object.special(Special::Init)) {
        (Some(own), Some(inherited)) => !own.is(inherited),
        _ => false,
    };
    if !own_init && !args.kw.is_empty() {
        return Err(vm.type_error("array.array() takes no keyword arguments"));
    }
    let (letter, initial) = match args.rest {
        [letter] => (*letter, None),
        [letter, initial] => (*letter, Some(*initial)),
        [] => return Err(vm.type_error("array() takes at least 1 argument (0 given)")),
        more => return Err(vm.type_error(format!("array() takes at most 2 arguments ({} given)", more.len()))),
    };
    let c = match letter.downcast::<PyStr>() {
        Some(s) if s.len() == 1 => s.char_at(0),
        other => {
            let what = match other {
                Some(s) => format!("a string of length {}", s.len()),
                None => vm.type_name(letter),
            };
            return Err(vm.type_error(format!("array() argument 1 must be a unicode character, not {what}")));
        }
    };
    if c == 'u' as u32 {
        let message = "The 'u' type code is deprecated and will be removed in Python 3.16";
        vm.warn(vm.types.deprecation_warning, message, 1)?;
    }
    if let Some(initial) = initial
        && c != 'u' as u32
        && c != 'w' as u32
    {
        let shown = char::from_u32(c).unwrap_or('?');
        if initial.downcast::<PyStr>().is_some() {
            return Err(vm.type_error(format!("cannot use a str to initialize an array with typecode '{shown}'")));
        }
        if initial.downcast::<PyTypedArray>().is_some_and(|a| a.code().is_text()) {
            return Err(
                vm.type_error(format!("cannot use a unicode array to initialize an array with typecode '{shown}'"))
            );
        }
    }
    match Code::of(c) {
        Some(code) => new_from_code(vm, class, code, initial),
        None => Err(vm.value_error("bad typecode (must be b, B, u, w, h, H, i, I, l, L, q, Q, f or d)")),
    }
}

/// An array of a class, with the items of `initial`.
pub fn new_from_code(vm: &Vm, class: Ref<PyType>, code: Code, initial: Option<Value>) -> PyResult<Value> {
    let this: Ref<PyTypedArray> = vm.alloc_instance(class)?;
    this.set_code(code);
    let Some(initial) = initial else { return Ok(this.value()) };
    if let Some(other) = initial.downcast::<PyTypedArray>()
        && other.code() == code
    {
        let bytes = copy_of(vm, other.as_bytes())?;
        this.splice(vm, 0, 0, &bytes)?;
    } else if let Some(list) = initial.downcast::<PyList>() {
        this.reserve(vm, list.len().saturating_mul(code.size()))?;
        extend_from_list(vm, this, list)?;
    } else if let Some(tuple) = initial.downcast::<PyTuple>() {
        this.reserve(vm, tuple.len().saturating_mul(code.size()))?;
        for i in 0..tuple.len() {
            this.push(vm, tuple.get(i).unwrap_or(Value::NONE))?;
        }
    } else if initial.downcast::<PyBytes>().is_some() || initial.downcast::<PyByteArray>().is_some() {
        frombytes(vm, this, initial)?;
    } else if code.is_text()
        && let Some(s) = initial.downcast::<PyStr>()
    {
        extend_from_text(vm, this, s)?;
    } else {
        extend_from_iterable(vm, this, initial)?;
    }
    Ok(this.value())
}

fn copy_of(vm: &Vm, bytes: &[u8]) -> PyResult<Vec<u8>> {
    let mut copy = Vec::new();
    copy.try_reserve_exact(bytes.len()).map_err(|_| vm.memory_error())?;
    copy.extend_from_slice(bytes);
    Ok(copy)
}

/// Appends a list's items, which conversions may change.
fn extend_from_list(vm: &Vm, this: Ref<PyTypedArray>, list: Ref<PyList>) -> PyResult<()> {
    let mut i = 0;
    while let Some(item) = list.get(i) {
        this.push(vm, item)?;
        i += 1;
    }
    Ok(())
}

fn extend_from_text(vm: &Vm, this: Ref<PyTypedArray>, text: Ref<PyStr>) -> PyResult<()> {
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(text.len().saturating_mul(4)).map_err(|_| vm.memory_error())?;
    for c in text.chars() {
        bytes.extend_from_slice(&c.to_ne_bytes());
    }
    this.splice(vm, this.len(), 0, &bytes)
}

fn extend_from_iterable(vm: &Vm, this: Ref<PyTypedArray>, iterable: Value) -> PyResult<()> {
    vm.for_each(iterable, |item| this.push(vm, item))
}

fn extend_from_array(vm: &Vm, this: Ref<PyTypedArray>, other: Ref<PyTypedArray>) -> PyResult<()> {
    if this.code() != other.code() {
        return Err(vm.type_error("can only extend with array of same kind"));
    }
    let bytes = copy_of(vm, other.as_bytes())?;
    this.splice(vm, this.len(), 0, &bytes)
}

fn len(_: &Vm, this: Ref<PyTypedArray>) -> usize {
    this.len()
}

fn subscript(vm: &Vm, key: Value) -> PyResult<i64> {
    if let Some(i) = key.as_small_int() {
        return Ok(i);
    }
    if vm.type_of(key).special(Special::Index).is_none() {
        return Err(vm.type_error("array indices must be integers"));
    }
    let i = vm.index(key)?;
    crate::types::int::to_i64(i)
        .ok_or_else(|| vm.index_error(format!("cannot fit '{}' into an index-sized integer", vm.type_name(key))))
}

fn getitem(vm: &Vm, this: Ref<PyTypedArray>, key: Value) -> PyResult<Value> {
    let Some(slice) = key.downcast::<PySlice>() else {
        let i = crate::protocol::item::wrap(subscript(vm, key)?, this.len());
        return this.get(vm, i)?.ok_or_else(|| vm.index_error("array index out of range"));
    };
    let (start, _, step, count) = slice.indices(vm, this.len())?;
    let size = this.item_size();
    let first = usize::try_from(start).unwrap_or(0);
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(count.saturating_mul(size)).map_err(|_| vm.memory_error())?;
    if step == 1 {
        bytes.extend_from_slice(this.as_bytes().get(first * size..(first + count) * size).unwrap_or(&[]));
    } else {
        let mut at = start;
        for _ in 0..count {
            let item = usize::try_from(at).ok().and_then(|i| this.item_bytes(i));
            bytes.extend_from_slice(item.unwrap_or(&[]));
            at = at.saturating_add(step);
        }
    }
    Ok(PyTypedArray::from_bytes(vm, this.code(), &bytes)?.value())
}

/// The place of an item that is to be replaced.
fn place(vm: &Vm, this: Ref<PyTypedArray>, i: i64) -> PyResult<usize> {
    let i = crate::protocol::item::wrap(i, this.len());
    if i < this.len() { Ok(i) } else { Err(vm.index_error("array assignment index out of range")) }
}

fn setitem(vm: &Vm, this: Ref<PyTypedArray>, key: Value, value: Value) -> PyResult<()> {
    if let Some(slice) = key.downcast::<PySlice>() {
        return set_slice(vm, this, slice, value);
    }
    let i = subscript(vm, key)?;
    place(vm, this, i)?;
    let packed = item::pack(vm, this.code(), value)?;
    // The conversion may have changed the length.
    let at = place(vm, this, i)?;
    this.set_packed(at, packed);
    Ok(())
}

fn set_slice(vm: &Vm, mut this: Ref<PyTypedArray>, slice: Ref<PySlice>, value: Value) -> PyResult<()> {
    let (start, stop, step) = slice::unpack(vm, &slice)?;
    let Some(other) = value.downcast::<PyTypedArray>() else {
        return Err(vm.type_error(format!("can only assign array (not \"{}\") to array slice", vm.type_name(value))));
    };
    if other.code() != this.code() {
        return Err(vm.type_error("bad argument type for built-in operation"));
    }
    let bytes = copy_of(vm, other.as_bytes())?;
    let (start, _, step, count) = slice::adjust(this.len(), start, stop, step);
    let added = other.len();
    if added != count || added == 0 {
        this.check_resizable(vm)?;
    }
    if step == 1 {
        return this.splice(vm, usize::try_from(start).unwrap_or(0), count, &bytes);
    }
    if added == 0 {
        return delete_slice(vm, this, start, step, count);
    }
    if added != count {
        return Err(
            vm.value_error(format!("attempt to assign array of size {added} to extended slice of size {count}"))
        );
    }
    let size = this.item_size();
    let target = this.as_mut_bytes();
    let mut at = start;
    for item in bytes.chunks_exact(size) {
        let slot = usize::try_from(at).ok().and_then(|i| target.get_mut(i * size..(i + 1) * size));
        if let Some(slot) = slot {
            slot.copy_from_slice(item);
        }
        at = at.saturating_add(step);
    }
    Ok(())
}

fn delete_slice(vm: &Vm, this: Ref<PyTypedArray>, start: isize, step: isize, count: usize) -> PyResult<()> {
    this.check_resizable(vm)?;
    if count == 0 {
        return Ok(());
    }
    let first = usize::try_from(start).unwrap_or(0);
    if step == 1 {
        return this.splice(vm, first, count, &[]);
    }
    // As a slice with a positive step.
    let apart = step.unsigned_abs();
    let first = if step < 0 { first.saturating_sub((count - 1).saturating_mul(apart)) } else { first };
    let gone = |i: usize| i >= first && (i - first).is_multiple_of(apart) && (i - first) / apart < count;
    let mut kept = Vec::new();
    kept.try_reserve_exact(this.as_bytes().len()).map_err(|_| vm.memory_error())?;
    for (i, item) in this.as_bytes().chunks_exact(this.item_size()).enumerate() {
        if !gone(i) {
            kept.extend_from_slice(item);
        }
    }
    this.splice(vm, 0, this.len(), &kept)
}

fn delitem(vm: &Vm, this: Ref<PyTypedArray>, key: Value) -> PyResult<()> {
    if let Some(slice) = key.downcast::<PySlice>() {
        let (start, _, step, count) = slice.indices(vm, this.len())?;
        return delete_slice(vm, this, start, step, count);
    }
    let at = place(vm, this, subscript(vm, key)?)?;
    this.splice(vm, at, 1, &[])
}

fn add(vm: &Vm, this: Ref<PyTypedArray>, other: Value) -> PyResult<Value> {
    let Some(other) = other.downcast::<PyTypedArray>() else {
        // The operand's own operator comes first; without one this is an error, in a direct call too.
        if vm.type_of(other).special(Special::RAdd).is_some() {
            return Ok(Value::NOT_IMPLEMENTED);
        }
        return Err(vm.type_error(format!("can only append array (not \"{}\") to array", vm.type_name(other))));
    };
    if this.code() != other.code() {
        return Err(vm.type_error("bad argument type for built-in operation"));
    }
    let sum = PyTypedArray::new(vm, this.code())?;
    sum.reserve(vm, this.as_bytes().len().saturating_add(other.as_bytes().len()))?;
    sum.splice(vm, 0, 0, this.as_bytes())?;
    sum.splice(vm, sum.len(), 0, other.as_bytes())?;
    Ok(sum.value())
}

fn iadd(vm: &Vm, this: Ref<PyTypedArray>, other: Value) -> PyResult<Value> {
    match other.downcast::<PyTypedArray>() {
        Some(other) => extend_from_array(vm, this, other)?,
        None => {
            let got = vm.type_name(other);
            return Err(vm.type_error(format!("can only extend array with array (not \"{got}\")")));
        }
    }
    Ok(this.value())
}

fn repeated(vm: &Vm, this: Ref<PyTypedArray>, times: usize) -> PyResult<Vec<u8>> {
    let item = this.as_bytes();
    let total = item.len().checked_mul(times).ok_or_else(|| vm.memory_error())?;
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(total).map_err(|_| vm.memory_error())?;
    if let [one] = item {
        bytes.resize(total, *one);
    } else if total > 0 {
        // By doubling: a small array is repeated often.
        bytes.extend_from_slice(item);
        while bytes.len() < total {
            let more = bytes.len().min(total - bytes.len());
            bytes.extend_from_within(..more);
        }
    }
    Ok(bytes)
}

/// What a factor that is no int gives: other sequences have no operator that would apply.
fn no_factor(vm: &Vm, factor: Value) -> PyResult<Value> {
    let t = &vm.types;
    let sequence = [t.str, t.bytes, t.bytearray, t.list, t.tuple, t.typed_array];
    if vm.type_of(factor).special(Special::RMul).is_some() && !sequence.iter().any(|c| vm.is_instance(factor, *c)) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    Err(vm.type_error(format!("can't multiply sequence by non-int of type '{}'", vm.type_name(factor))))
}

fn mul(vm: &Vm, this: Ref<PyTypedArray>, times: Value) -> PyResult<Value> {
    let Some(times) = repeat_count(vm, times)? else { return no_factor(vm, times) };
    let bytes = repeated(vm, this, times)?;
    Ok(PyTypedArray::from_bytes(vm, this.code(), &bytes)?.value())
}

fn imul(vm: &Vm, this: Ref<PyTypedArray>, times: Value) -> PyResult<Value> {
    let Some(times) = repeat_count(vm, times)? else { return no_factor(vm, times) };
    let bytes = repeated(vm, this, times)?;
    this.splice(vm, 0, this.len(), &bytes)?;
    Ok(this.value())
}

/// The text of an array of characters.
fn text(vm: &Vm, this: Ref<PyTypedArray>) -> PyResult<Ref<PyStr>> {
    let points = points(this);
    if this.code() == Code::Wide {
        if let Some(c) = points.iter().find(|c| **c >= 0x11_0000) {
            return Err(vm.value_error(format!("character U+{c:x} is not in range [U+0000; U+10ffff]")));
        }
        return PyStr::from_ucs4(vm, &points);
    }
    let mut bytes = copy_of(vm, this.as_bytes())?;
    // As UTF-32 of either order of bytes it may have a byte order mark.
    let skip = if points.first() == Some(&0xfeff) { 4 } else { 0 };
    let bytes = bytes.split_off(skip);
    let object = PyBytes::new(vm, &bytes)?;
    let name = if cfg!(target_endian = "big") { "utf-32-be" } else { "utf-32-le" };
    codecs::decode(vm, object.value(), &bytes, Some(vm.intern(name)?), None)
}

fn repr(vm: &Vm, this: Ref<PyTypedArray>) -> PyResult<Ref<PyStr>> {
    let name = vm.short_type_name(this.value());
    let letter = this.code().letter();
    if this.is_empty() {
        return vm.new_str(&format!("{name}('{letter}')"));
    }
    let content =
        if this.code().is_text() { vm.repr(text(vm, this)?.value())? } else { vm.repr(to_list(vm, this)?.value())? };
    let mut out = crate::types::str::StrBuilder::new();
    out.push_rust(&format!("{name}('{letter}', "));
    out.push_str(&content);
    out.push_rust(")");
    out.finish(vm)
}

fn append(vm: &Vm, this: Ref<PyTypedArray>, value: Value) -> PyResult<()> {
    this.push(vm, value)
}

fn extend(vm: &Vm, this: Ref<PyTypedArray>, items: Value) -> PyResult<()> {
    match items.downcast::<PyTypedArray>() {
        Some(other) => extend_from_array(vm, this, other),
        None => extend_from_iterable(vm, this, items),
    }
}

fn insert(vm: &Vm, this: Ref<PyTypedArray>, index: isize, value: Value) -> PyResult<()> {
    let packed = item::pack(vm, this.code(), value)?;
    let i = if index < 0 { index.saturating_add_unsigned(this.len()).max(0) } else { index };
    this.splice(vm, usize::try_from(i).unwrap_or(0), 0, packed.get(..this.item_size()).unwrap_or(&[]))
}

fn pop(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let this = Ref::<PyTypedArray>::from_value(vm, args.get(0))?;
    let index = args.opt(1).map_or(Ok(-1), |v| vm.to_isize(v))?;
    if this.is_empty() {
        return Err(vm.index_error("pop from empty array"));
    }
    let i = crate::protocol::item::wrap(index as i64, this.len());
    let Some(item) = this.get(vm, i)? else { return Err(vm.index_error("pop index out of range")) };
    this.splice(vm, i, 1, &[])?;
    Ok(item)
}

fn clear(vm: &Vm, this: Ref<PyTypedArray>) -> PyResult<()> {
    this.splice(vm, 0, this.len(), &[])
}

fn copied(vm: &Vm, this: Ref<PyTypedArray>) -> PyResult<Value> {
    let bytes = copy_of(vm, this.as_bytes())?;
    Ok(PyTypedArray::from_bytes(vm, this.code(), &bytes)?.value())
}

fn deepcopied(vm: &Vm, this: Ref<PyTypedArray>, _memo: Value) -> PyResult<Value> {
    copied(vm, this)
}

fn tolist(vm: &Vm, this: Ref<PyTypedArray>) -> PyResult<Ref<PyList>> {
    to_list(vm, this)
}

fn fromlist(vm: &Vm, this: Ref<PyTypedArray>, list: Value) -> PyResult<()> {
    let Some(list) = list.downcast::<PyList>() else { return Err(vm.type_error("arg must be list")) };
    let old = this.len();
    let size = list.len();
    for i in 0..size {
        let Some(item) = list.get(i) else { break };
        let len = this.len();
        let added = item::pack(vm, this.code(), item).and_then(|packed| {
            // The conversion may have made it shorter.
            if this.len() != len {
                return Err(vm.index_error("array assignment index out of range"));
            }
            this.push_packed(vm, packed)
        });
        if let Err(raised) = added {
            // All or nothing.
            this.splice(vm, old, this.len(), &[])?;
            return Err(raised);
        }
        if list.len() != size {
            this.splice(vm, old, this.len(), &[])?;
            return Err(vm.runtime_error("list changed size during iteration"));
        }
    }
    Ok(())
}

fn tobytes(vm: &Vm, this: Ref<PyTypedArray>) -> PyResult<Value> {
    Ok(PyBytes::new(vm, this.as_bytes())?.value())
}

fn frombytes(vm: &Vm, this: Ref<PyTypedArray>, data: Value) -> PyResult<()> {
    let bytes = {
        let buffer = vm.buffer(data, false)?;
        if buffer.raw.itemsize != 1 {
            return Err(vm.type_error("a bytes-like object is required"));
        }
        if buffer.len() % this.item_size() != 0 {
            return Err(vm.value_error("bytes length not a multiple of item size"));
        }
        copy_of(vm, buffer.as_slice())?
    };
    this.splice(vm, this.len(), 0, &bytes)
}

fn fromfile(vm: &Vm, this: Ref<PyTypedArray>, file: Value, n: isize) -> PyResult<()> {
    let Ok(n) = usize::try_from(n) else { return Err(vm.value_error("negative count")) };
    let Some(wanted) = n.checked_mul(this.item_size()).and_then(|n| i64::try_from(n).ok()) else {
        return Err(vm.memory_error());
    };
    let read = vm.call_method(file, "read", &[vm.new_int(wanted)?])?;
    let Some(bytes) = read.downcast::<PyBytes>() else { return Err(vm.type_error("read() didn't return bytes")) };
    let enough = bytes.len() as i64 == wanted;
    frombytes(vm, this, bytes.value())?;
    if enough { Ok(()) } else { Err(vm.eof_error("read() didn't return enough bytes")) }
}

fn fromfile_args(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    fromfile(vm, Ref::from_value(vm, args.get(0))?, args.get(1), isize::from_value(vm, args.get(2))?)
}

fn tofile(vm: &Vm, this: Ref<PyTypedArray>, file: Value) -> PyResult<()> {
    const BLOCK: usize = 64 << 10;
    let mut at = 0;
    loop {
        let bytes = this.as_bytes();
        if at >= bytes.len() {
            return Ok(());
        }
        let block = PyBytes::new(vm, &copy_of(vm, bytes.get(at..bytes.len().min(at + BLOCK)).unwrap_or(&[]))?)?;
        vm.call_method(file, "write", &[block.value()])?;
        at += BLOCK;
    }
}

fn only_text(vm: &Vm, this: Ref<PyTypedArray>, method: &str) -> PyResult<()> {
    if this.code().is_text() {
        return Ok(());
    }
    Err(vm.value_error(format!("{method}() may only be called on unicode type arrays ('u' or 'w')")))
}

fn fromunicode(vm: &Vm, this: Ref<PyTypedArray>, text: Value) -> PyResult<()> {
    let Some(text) = text.downcast::<PyStr>() else {
        return Err(vm.type_error(format!("fromunicode() argument must be str, not {}", vm.type_name(text))));
    };
    only_text(vm, this, "fromunicode")?;
    extend_from_text(vm, this, text)
}

fn tounicode(vm: &Vm, this: Ref<PyTypedArray>) -> PyResult<Ref<PyStr>> {
    only_text(vm, this, "tounicode")?;
    text(vm, this)
}

fn buffer_info(vm: &Vm, this: Ref<PyTypedArray>) -> PyResult<Ref<PyTuple>> {
    let address = vm.new_int_u64(this.as_bytes().as_ptr() as u64)?;
    vm.new_tuple(&[address, Value::from_len(this.len())])
}

/// CPython's: its header, and the memory in use here.
fn sizeof(_: &Vm, this: Ref<PyTypedArray>) -> usize {
    64 + this.capacity()
}

fn typecode(vm: &Vm, this: Ref<PyTypedArray>) -> PyResult<Ref<PyStr>> {
    PyStr::from_char(vm, this.code().letter() as u32)
}

fn itemsize(_: &Vm, this: Ref<PyTypedArray>) -> usize {
    this.item_size()
}

fn class_getitem(vm: &Vm, class: Value, item: Value) -> PyResult<Value> {
    crate::types::generic_alias::new(vm, class, item)
}

fn get_buffer(vm: &Vm, v: Value, _: bool) -> PyResult<RawBuffer> {
    let Some(this) = v.downcast::<PyTypedArray>() else { return Err(vm.type_error("array expected")) };
    this.exports.add();
    Ok(RawBuffer {
        ptr: PyTypedArray::as_ptr(&this),
        len: this.as_bytes().len(),
        readonly: false,
        itemsize: this.item_size(),
        format: Cow::Borrowed(this.code().format()),
        dimensions: None,
    })
}

fn release_buffer(_: &Vm, v: Value) {
    if let Some(this) = v.downcast::<PyTypedArray>() {
        this.exports.remove();
    }
}

static METHODS: &[MethodDef] = &[
    method!("__new__", "($type, *args, **kwargs)", new).static_(),
    method!("__repr__", 1, repr),
    method!("__len__", 1, len),
    method!("__getitem__", 2, getitem),
    method!("__setitem__", 3, setitem),
    method!("__delitem__", 2, delitem),
    method!("__contains__", 2, contains),
    method!("__iter__", 1, iter),
    method!("__add__", 2, add),
    method!("__mul__", 2, mul),
    method!("__rmul__", 2, mul),
    method!("__iadd__", 2, iadd),
    method!("__imul__", 2, imul),
    method!("__sizeof__", 1, sizeof).doc("Size of the array in memory, in bytes."),
    method!("__reduce_ex__", 2, reduce_ex).doc("Return state information for pickling."),
    method!("__copy__", 1, copied).doc("Return a copy of the array."),
    method!("__deepcopy__", 2, deepcopied).doc("Return a copy of the array."),
    method!("__class_getitem__", 2, class_getitem)
        .class()
        .doc("Arrays are generic over the type of their elements"),
    method!("append", 2, append).doc("Append new value v to the end of the array."),
    method!("buffer_info", 1, buffer_info).doc(
        "Return a tuple (address, length) giving the current memory address and the length in items of the buffer used to hold array's contents.\n\nThe length should be multiplied by the itemsize attribute to\ncalculate the buffer length in bytes.",
    ),
    method!("byteswap", 1, byteswap).doc(
        "Byteswap all items of the array.\n\nIf the items in the array are not 1, 2, 4, or 8 bytes in size,\nRuntimeError is raised.",
    ),
    method!("clear", 1, clear).doc("Remove all items from the array."),
    method!("count", 2, count).doc("Return number of occurrences of v in the array."),
    method!("extend", 2, extend).doc("Append items to the end of the array."),
    method!("fromfile", "($self, f, n, /)", fromfile_args)
        .doc("Read n objects from the file object f and append them to the end of the array."),
    method!("fromlist", 2, fromlist).doc("Append items to array from list."),
    method!("frombytes", 2, frombytes).doc(
        "Appends items from the string, interpreting it as an array of machine values, as if it had been read from a file using the fromfile() method.",
    ),
    method!("fromunicode", 2, fromunicode).doc(
        "Extends this array with data from the unicode string ustr.\n\nThe array must be a unicode type array; otherwise a ValueError is\nraised.  Use array.frombytes(ustr.encode(...)) to append Unicode\ndata to an array of some other type.",
    ),
    method!("index", "($self, v, start=0, stop=sys.maxsize, /)", index_of)
        .doc("Return index of first occurrence of v in the array.\n\nRaise ValueError if the value is not present."),
    method!("insert", 3, insert).doc("Insert a new item v into the array before position i."),
    method!("pop", "($self, i=-1, /)", pop)
        .doc("Return the i-th element and delete it from the array.\n\ni defaults to -1."),
    method!("remove", 2, remove).doc("Remove the first occurrence of v in the array."),
    method!("reverse", 1, reverse).doc("Reverse the order of the items in the array."),
    method!("tobytes", 1, tobytes)
        .doc("Convert the array to an array of machine values and return the bytes representation."),
    method!("tofile", 2, tofile).doc("Write all items (as machine values) to the file object f."),
    method!("tolist", 1, tolist).doc("Convert array to an ordinary list with the same items."),
    method!("tounicode", 1, tounicode).doc(
        "Extends this array with data from the unicode string ustr.\n\nConvert the array to a unicode string.  The array must be a unicode\ntype array; otherwise a ValueError is raised.  Use\narray.tobytes().decode() to obtain a unicode string from an array of\nsome other type.",
    ),
];

static GETSET: &[GetSetDef] = &[getset!("typecode", typecode), getset!("itemsize", itemsize)];

pub static DEF: TypeDef = TypeDef {
    module: "array",
    layout: Some(TYPED_ARRAY),
    flags: type_flags::BASETYPE | type_flags::WEAKREFABLE | type_flags::SEQUENCE,
    methods: &[METHODS, comparisons!(rich)],
    getset: GETSET,
    buffer: Some(BufferProcs { get: get_buffer, release: release_buffer, lender: None }),
    doc: Some(include_str!("doc.txt")),
    ..TypeDef::new("array")
};
