//! `bytes_iterator`.

use std::cell::Cell;

use crate::object::def::{TypeDef, type_flags};
use crate::object::layout::BYTES_ITER;
use crate::object::{Field, Header, HeapType, LayoutId, MethodDef, Ref};
use crate::state::Vm;
use crate::types::bytearray::PyByteArray;
use crate::types::bytes::PyBytes;
use crate::types::shape;
use crate::value::{Slot, Value};
use crate::{PyResult, method};

/// The iterator of `bytes`, and that of `bytearray`.
#[repr(C)]
pub struct PyBytesIter {
    header: Header,
    /// Empty at the end.
    object: Field,
    index: Cell<usize>,
}

// SAFETY: repr(C), header first; an index is no heap address.
unsafe impl HeapType for PyBytesIter {
    const LAYOUT: LayoutId = BYTES_ITER;
}

impl PyBytesIter {
    /// `shape`: `bytes_iter` or `bytearray_iter`.
    pub(crate) fn new(vm: &Vm, shape: u32, object: Value) -> PyResult<Ref<PyBytesIter>> {
        let it: Ref<PyBytesIter> = vm.alloc(shape)?;
        it.object.init(object);
        Ok(it)
    }
}

pub(super) fn iter(vm: &Vm, this: Ref<PyBytes>) -> PyResult<Ref<PyBytesIter>> {
    PyBytesIter::new(vm, shape::bytes_iter, this.value())
}

/// The byte at `i` of a bytes object or a bytearray.
fn byte_at(object: Value, i: usize) -> Option<u8> {
    match object.downcast::<PyBytes>() {
        Some(b) => b.as_slice().get(i).copied(),
        None => object.downcast::<PyByteArray>()?.as_slice().get(i).copied(),
    }
}

/// The next byte.
#[inline]
pub fn advance(_: &Vm, it: Ref<PyBytesIter>) -> PyResult<Slot> {
    let Some(object) = it.object.get() else { return Ok(None) };
    let i = it.index.get();
    if let Some(b) = byte_at(object, i) {
        it.index.set(i + 1);
        return Ok(Some(Value::from_i32(i32::from(b))));
    }
    it.object.set(it, None);
    Ok(None)
}

pub(crate) fn next(vm: &Vm, it: Value) -> PyResult<Slot> {
    match it.downcast() {
        Some(it) => advance(vm, it),
        None => Ok(None),
    }
}

fn this(_: &Vm, it: Value) -> Value {
    it
}

fn len_of(object: Value) -> usize {
    match object.downcast::<PyBytes>() {
        Some(b) => b.len(),
        None => object.downcast::<PyByteArray>().map_or(0, |b| b.len()),
    }
}

fn length_hint(_: &Vm, it: Ref<PyBytesIter>) -> usize {
    it.object.get().map_or(0, |o| len_of(o).saturating_sub(it.index.get()))
}

fn reduce(vm: &Vm, it: Ref<PyBytesIter>) -> PyResult<Value> {
    let iter = vm.builtin(vm.intern("iter")?)?;
    let parts = match it.object.get() {
        Some(object) => {
            let args = vm.new_tuple(&[object])?;
            vm.new_tuple(&[iter, args.value(), Value::from_len(it.index.get())])?
        }
        None => {
            let args = vm.new_tuple(&[vm.empty_tuple.value()])?;
            vm.new_tuple(&[iter, args.value()])?
        }
    };
    Ok(parts.value())
}

fn setstate(vm: &Vm, it: Ref<PyBytesIter>, state: Value) -> PyResult<()> {
    let i = vm.to_isize(state)?;
    if let Some(object) = it.object.get() {
        it.index.set(usize::try_from(i).unwrap_or(0).min(len_of(object)));
    }
    Ok(())
}

pub(crate) const ITER_METHODS: &[MethodDef] = &[
    method!("__iter__", 1, this),
    method!("__length_hint__", 1, length_hint),
    method!("__reduce__", 1, reduce),
    method!("__setstate__", 2, setstate),
];

pub static ITER_DEF: TypeDef = TypeDef {
    layout: Some(BYTES_ITER),
    flags: type_flags::DISALLOW_NEW,
    methods: &[ITER_METHODS],
    iternext: Some(next),
    ..TypeDef::new("bytes_iterator")
};
