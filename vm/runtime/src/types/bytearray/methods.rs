//! `bytearray`: the type, and the methods that `bytes` has not.

use brolga_text::TextBuf;

use super::PyByteArray;
use crate::object::def::{TypeDef, type_flags};
use crate::object::layout::{BYTEARRAY, BYTES_ITER};
use crate::object::{Args, FromValue, MethodDef, Ref};
use crate::protocol::buffer::{BufferProcs, RawBuffer};
use crate::state::Vm;
use crate::state::names::Special;
use crate::types::bytes::construct::{self, Source, byte, copy};
use crate::types::bytes::iter::{ITER_METHODS, PyBytesIter, next};
use crate::types::bytes::percent;
use crate::types::bytes::shared::{BytesLike, repeated, shared_methods};
use crate::types::shape;
use crate::types::slice::{self, PySlice};
use crate::types::str::PyStr;
use crate::types::str::methods::{index_number, is_iterable, repeat_count};
use crate::types::type_object::PyType;
use crate::value::Value;
use crate::{PyResult, comparisons, method};

impl BytesLike for PyByteArray {
    const NAME: &'static str = "bytearray";
    const HEX_DOC: &'static str = "Create a string of hexadecimal numbers from a bytearray object.\n\n  sep\n    An optional single character or byte to separate hex bytes.\n  bytes_per_sep\n    How many bytes between separators.  Positive values count from\n    the right, negative values count from the left.\n\nExample:\n>>> value = bytearray([0xb9, 0x01, 0xef])\n>>> value.hex()\n'b901ef'\n>>> value.hex(':')\n'b9:01:ef'\n>>> value.hex(':', 2)\n'b9:01ef'\n>>> value.hex(':', -2)\n'b901:ef'";

    fn slice(&self) -> &[u8] {
        self.as_slice()
    }

    fn make(vm: &Vm, bytes: &[u8]) -> PyResult<Value> {
        Ok(PyByteArray::new(vm, bytes)?.value())
    }

    fn same(vm: &Vm, this: Ref<PyByteArray>) -> PyResult<Value> {
        let bytes = copy(vm, this.as_slice())?;
        PyByteArray::make(vm, &bytes)
    }
}

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let Some(class) = args.get(0).downcast::<PyType>() else {
        return Err(vm.type_error("bytearray.__new__(X): X is not a type object"));
    };
    if class.layout() != BYTEARRAY {
        let name = class.name();
        return Err(vm.type_error(format!("bytearray.__new__({name}): {name} is not a subtype of bytearray")));
    }
    Ok(vm.alloc_instance::<PyByteArray>(class)?.value())
}

fn init(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let this = receiver(vm, args)?;
    if !this.is_empty() {
        this.replace_all(vm, &[])?;
    }
    match construct::from_arguments(vm, args, 1, "bytearray")? {
        Source::Object(bytes) => this.replace_all(vm, bytes.as_slice()),
        Source::Data(data) => this.replace_all(vm, &data),
    }
}

fn receiver(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyByteArray>> {
    Ref::from_value(vm, args.get(0))
}

/// Unlike that of bytes, a single quote is escaped between double ones too.
fn text(vm: &Vm, this: Ref<PyByteArray>) -> PyResult<Ref<PyStr>> {
    crate::types::bytes::shared::warn_of_text::<PyByteArray>(vm)?;
    repr(vm, this)
}

fn repr(vm: &Vm, this: Ref<PyByteArray>) -> PyResult<Ref<PyStr>> {
    let bytes = this.as_slice();
    let quote = if bytes.contains(&b'\'') && !bytes.contains(&b'"') { b'"' } else { b'\'' };
    let mut out = TextBuf::with_capacity(bytes.len());
    out.push_str(&vm.short_type_name(this.value()));
    out.push_str("(b");
    out.push(u32::from(quote));
    for b in bytes {
        match b {
            b'\\' | b'\'' => {
                out.push(0x5c);
                out.push(u32::from(*b));
            }
            b'\t' => out.push_str("\\t"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            0x20..=0x7e => out.push(u32::from(*b)),
            _ => brolga_text::repr::push_escape(&mut out, u32::from(*b)),
        }
    }
    out.push(u32::from(quote));
    out.push_str(")");
    PyStr::from_buf(vm, out)
}

fn iter(vm: &Vm, this: Ref<PyByteArray>) -> PyResult<Ref<PyBytesIter>> {
    PyBytesIter::new(vm, shape::bytearray_iter, this.value())
}

fn rem(vm: &Vm, this: Ref<PyByteArray>, args: Value) -> PyResult<Value> {
    let _held = vm.buffer_any(this.value(), false)?;
    PyByteArray::make(vm, &percent::format(vm, this.as_slice(), args)?)
}

fn rrem(vm: &Vm, this: Ref<PyByteArray>, format: Value) -> PyResult<Value> {
    match format.downcast::<PyByteArray>() {
        Some(format) => PyByteArray::make(vm, &percent::format(vm, format.as_slice(), this.value())?),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn iadd(vm: &Vm, this: Ref<PyByteArray>, other: Value) -> PyResult<Value> {
    if !vm.has_buffer(other) {
        let (got, name) = (vm.type_name(other), vm.type_name(this.value()));
        return Err(vm.type_error(format!("can't concat {got} to {name}")));
    }
    let bytes = {
        let buffer = vm.buffer(other, false)?;
        copy(vm, buffer.as_slice())?
    };
    this.extend(vm, &bytes)?;
    Ok(this.value())
}

fn imul(vm: &Vm, this: Ref<PyByteArray>, count: Value) -> PyResult<Value> {
    let Some(count) = repeat_count(vm, count)? else { return Ok(Value::NOT_IMPLEMENTED) };
    let bytes = repeated(vm, this.as_slice(), count)?;
    this.replace_all(vm, &bytes)?;
    Ok(this.value())
}

/// The index of an item, which exists.
fn item_index(vm: &Vm, this: Ref<PyByteArray>, key: Value) -> PyResult<usize> {
    if !key.is_small_int() && vm.type_of(key).special(Special::Index).is_none() {
        let got = vm.type_name(key);
        return Err(vm.type_error(format!("bytearray indices must be integers or slices, not {got}")));
    }
    let i = index_number(vm, key)?;
    let i = if i < 0 { i.saturating_add_unsigned(this.len()) } else { i };
    match usize::try_from(i) {
        Ok(i) if i < this.len() => Ok(i),
        _ => Err(vm.index_error("bytearray index out of range")),
    }
}

fn set_item(vm: &Vm, mut this: Ref<PyByteArray>, key: Value, value: Value) -> PyResult<()> {
    if let Some(slice) = key.downcast::<PySlice>() {
        return set_slice(vm, this, slice, value);
    }
    item_index(vm, this, key)?;
    let b = byte(vm, value, "byte")?;
    // `__index__` of the value may have changed the length.
    let i = item_index(vm, this, key)?;
    if let Some(slot) = this.as_mut_slice().get_mut(i) {
        *slot = b;
    }
    Ok(())
}

fn set_slice(vm: &Vm, mut this: Ref<PyByteArray>, key: Ref<PySlice>, value: Value) -> PyResult<()> {
    let (start, stop, step) = slice::unpack(vm, &key)?;
    let values = if vm.has_buffer(value) {
        let buffer = vm.buffer(value, false)?;
        copy(vm, buffer.as_slice())?
    } else {
        let number = value.is_small_int() || vm.is_instance(value, vm.types.int);
        if number || value.downcast::<PyStr>().is_some() || !is_iterable(vm, value) {
            return Err(vm.type_error("can assign only bytes, buffers, or iterables of ints in range(0, 256)"));
        }
        construct::from_iterable(vm, value, "byte")?
    };
    let (start, _, step, count) = slice::adjust(this.len(), start, stop, step);
    let first = usize::try_from(start).unwrap_or(0);
    if step == 1 {
        return this.splice(vm, first, count, &values);
    }
    if values.is_empty() {
        return delete_slice(vm, this, start, step, count);
    }
    if values.len() != count {
        return Err(vm.value_error(format!(
            "attempt to assign bytes of size {} to extended slice of size {count}",
            values.len()
        )));
    }
    let bytes = this.as_mut_slice();
    let mut at = start;
    for b in values {
        if let Some(slot) = usize::try_from(at).ok().and_then(|i| bytes.get_mut(i)) {
            *slot = b;
        }
        at = at.saturating_add(step);
    }
    Ok(())
}

fn delete_slice(vm: &Vm, this: Ref<PyByteArray>, start: isize, step: isize, count: usize) -> PyResult<()> {
    if count == 0 {
        return Ok(());
    }
    let first = usize::try_from(start).unwrap_or(0);
    if step == 1 {
        return this.splice(vm, first, count, &[]);
    }
    this.check_resizable(vm)?;
    // As a slice with a positive step.
    let step_by = step.unsigned_abs();
    let first = if step < 0 { first.saturating_sub((count - 1).saturating_mul(step_by)) } else { first };
    let gone = |i: usize| i >= first && (i - first).is_multiple_of(step_by) && (i - first) / step_by < count;
    let mut kept = Vec::new();
    construct::reserve(vm, &mut kept, this.len())?;
    kept.extend(this.as_slice().iter().enumerate().filter(|(i, _)| !gone(*i)).map(|(_, b)| *b));
    this.replace_all(vm, &kept)
}

fn del_item(vm: &Vm, this: Ref<PyByteArray>, key: Value) -> PyResult<()> {
    if let Some(slice) = key.downcast::<PySlice>() {
        let (start, _, step, count) = slice.indices(vm, this.len())?;
        return delete_slice(vm, this, start, step, count);
    }
    let i = item_index(vm, this, key)?;
    this.splice(vm, i, 1, &[])
}

fn append(vm: &Vm, this: Ref<PyByteArray>, item: Value) -> PyResult<()> {
    let b = byte(vm, item, "byte")?;
    this.push(vm, b)
}

fn insert(vm: &Vm, this: Ref<PyByteArray>, index: isize, item: Value) -> PyResult<()> {
    let b = byte(vm, item, "byte")?;
    let i = if index < 0 { index.saturating_add_unsigned(this.len()).max(0) } else { index };
    this.splice(vm, usize::try_from(i).unwrap_or(0), 0, &[b])
}

fn extend(vm: &Vm, this: Ref<PyByteArray>, values: Value) -> PyResult<()> {
    let bytes = if vm.has_buffer(values) {
        // Its `__buffer__` may resize this one: the data goes where the end was, or is now if that is less.
        let end = this.len();
        let buffer = vm.buffer(values, false)?;
        let bytes = copy(vm, buffer.as_slice())?;
        drop(buffer);
        return this.splice(vm, end.min(this.len()), 0, &bytes);
    } else {
        if values.downcast::<PyStr>().is_some() {
            return Err(vm.type_error(format!("expected iterable of integers; got: '{}'", vm.type_name(values))));
        }
        if !is_iterable(vm, values) {
            return Err(vm.type_error(format!("can't extend bytearray with {}", vm.type_name(values))));
        }
        construct::from_iterable(vm, values, "byte")?
    };
    this.extend(vm, &bytes)
}

fn pop(vm: &Vm, args: &Args<'_>) -> PyResult<i32> {
    let this = receiver(vm, args)?;
    let index = match args.opt(1) {
        Some(v) => vm.to_isize(v)?,
        None => -1,
    };
    if this.is_empty() {
        return Err(vm.index_error("pop from empty bytearray"));
    }
    let i = if index < 0 { index.saturating_add_unsigned(this.len()) } else { index };
    let found = usize::try_from(i).ok().and_then(|i| Some((i, *this.as_slice().get(i)?)));
    let Some((i, b)) = found else { return Err(vm.index_error("pop index out of range")) };
    this.splice(vm, i, 1, &[])?;
    Ok(i32::from(b))
}

fn remove(vm: &Vm, this: Ref<PyByteArray>, value: Value) -> PyResult<()> {
    let b = byte(vm, value, "byte")?;
    let found = this.as_slice().iter().position(|x| *x == b);
    match found {
        Some(i) => this.splice(vm, i, 1, &[]),
        None => Err(vm.value_error("value not found in bytearray")),
    }
}

fn reverse(_: &Vm, mut this: Ref<PyByteArray>) {
    this.as_mut_slice().reverse();
}

fn clear(vm: &Vm, this: Ref<PyByteArray>) -> PyResult<()> {
    this.splice(vm, 0, this.len(), &[])
}

fn copied(vm: &Vm, this: Ref<PyByteArray>) -> PyResult<Value> {
    PyByteArray::same(vm, this)
}

fn resize(vm: &Vm, this: Ref<PyByteArray>, size: isize) -> PyResult<()> {
    match usize::try_from(size) {
        Ok(size) => this.resize(vm, size),
        Err(_) => Err(vm.value_error(format!("Can only resize to positive sizes, got {size}"))),
    }
}

fn fromhex(vm: &Vm, class: Value, text: Value) -> PyResult<Value> {
    let array = PyByteArray::make(vm, &construct::from_hex(vm, text)?)?;
    if class.is(vm.types.bytearray.value()) { Ok(array) } else { vm.call(class, &[array]) }
}

/// One byte more than there is room for, as CPython counts its terminator; 0 for none.
fn alloc(_: &Vm, this: Ref<PyByteArray>) -> usize {
    if this.capacity() == 0 { 0 } else { this.capacity() + 1 }
}

fn sizeof(vm: &Vm, this: Ref<PyByteArray>) -> usize {
    56 + alloc(vm, this)
}

fn reduce_with(vm: &Vm, this: Ref<PyByteArray>, protocol: i64) -> PyResult<Value> {
    let class = vm.type_of(this.value());
    let args = if this.is_empty() {
        vm.new_tuple(&[])?
    } else if protocol < 3 {
        let text = PyStr::from_latin1(vm, this.as_slice())?;
        vm.new_tuple(&[text.value(), vm.new_str("latin-1")?.value()])?
    } else {
        let bytes = crate::types::bytes::PyBytes::new(vm, this.as_slice())?;
        vm.new_tuple(&[bytes.value()])?
    };
    let state = if class.is_heap_type() {
        let getstate = vm.call_method(this.value(), "__getstate__", &[])?;
        // Kept as it is: None where the instance has no attributes.
        getstate
    } else {
        Value::NONE
    };
    Ok(vm.new_tuple(&[class.value(), args.value(), state])?.value())
}

fn reduce(vm: &Vm, this: Ref<PyByteArray>) -> PyResult<Value> {
    reduce_with(vm, this, 2)
}

fn reduce_ex(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let this = receiver(vm, args)?;
    let protocol = args.opt(1).map_or(Ok(0), |v| vm.to_i64(v))?;
    reduce_with(vm, this, protocol)
}

fn get_buffer(vm: &Vm, v: Value, _: bool) -> PyResult<RawBuffer> {
    let Some(b) = v.downcast::<PyByteArray>() else { return Err(vm.type_error("bytearray expected")) };
    b.exports.add();
    Ok(RawBuffer::bytes(PyByteArray::as_ptr(&b), b.len(), false))
}

fn release_buffer(_: &Vm, v: Value) {
    if let Some(b) = v.downcast::<PyByteArray>() {
        b.exports.remove();
    }
}

const METHODS: &[MethodDef] = &[
    method!("__new__", "($type, *args, **kwargs)", new).static_(),
    method!("__init__", "($self, /, source=b'', encoding='utf-8', errors='strict')", init),
    method!("__repr__", 1, repr),
    method!("__str__", 1, text),
    method!("__iter__", 1, iter),
    method!("__mod__", 2, rem),
    method!("__rmod__", 2, rrem),
    method!("__iadd__", 2, iadd),
    method!("__imul__", 2, imul),
    method!("__setitem__", 3, set_item),
    method!("__delitem__", 2, del_item),
    method!("__alloc__", 1, alloc),
    method!("__sizeof__", 1, sizeof),
    method!("__reduce__", 1, reduce),
    method!("__reduce_ex__", "($self, proto=0, /)", reduce_ex),
    method!("__buffer__", 2, crate::types::memoryview::dunder_buffer),
    method!("__release_buffer__", 2, crate::types::memoryview::dunder_release_buffer),
    method!("append", 2, append),
    method!("clear", 1, clear),
    method!("copy", 1, copied),
    method!("extend", 2, extend),
    method!("fromhex", 2, fromhex).class(),
    method!("insert", 3, insert),
    method!("pop", "($self, index=-1, /)", pop),
    method!("remove", 2, remove),
    method!("resize", 2, resize),
    method!("reverse", 1, reverse),
];

const SHARED: &[MethodDef] = shared_methods!(PyByteArray);

pub static DEF: TypeDef = TypeDef {
    layout: Some(BYTEARRAY),
    flags: type_flags::BASETYPE | type_flags::MATCH_SELF,
    methods: &[METHODS, SHARED, comparisons!(crate::types::bytes::shared::compare::<PyByteArray>)],
    buffer: Some(BufferProcs { get: get_buffer, release: release_buffer, lender: None }),
    doc: Some(
        "bytearray(iterable_of_ints) -> bytearray\nbytearray(string, encoding[, errors]) -> \
         bytearray\nbytearray(bytes_or_buffer) -> mutable copy of bytes_or_buffer\nbytearray(int) -> bytes array of \
         size given by the parameter initialized with null bytes\nbytearray() -> empty bytes array\n\nConstruct a \
         mutable bytearray object from:\n  - an iterable yielding integers in range(256)\n  - a text string encoded \
         using the specified encoding\n  - a bytes or a buffer object\n  - any object implementing the buffer API.\n  \
         - an integer",
    ),
    ..TypeDef::new("bytearray")
};

pub static ITER_DEF: TypeDef = TypeDef {
    layout: Some(BYTES_ITER),
    flags: type_flags::DISALLOW_NEW,
    methods: &[ITER_METHODS],
    iternext: Some(next),
    ..TypeDef::new("bytearray_iterator")
};
