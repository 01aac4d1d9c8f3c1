//! `str_iterator`, `str_ascii_iterator`.

use std::cell::Cell;

use crate::object::def::{TypeDef, type_flags};
use crate::object::layout::STR_ITER;
use crate::object::{Field, Header, HeapType, LayoutId, MethodDef, Ref};
use crate::state::Vm;
use crate::types::shape;
use crate::types::str::{PyStr, ops};
use crate::value::{Slot, Value};
use crate::{PyResult, method};

#[repr(C)]
pub struct PyStrIter {
    header: Header,
    /// Empty at the end.
    string: Field,
    index: Cell<usize>,
}

// SAFETY: repr(C), header first; an index is no heap address.
unsafe impl HeapType for PyStrIter {
    const LAYOUT: LayoutId = STR_ITER;
}

pub(super) fn iter(vm: &Vm, this: Ref<PyStr>) -> PyResult<Ref<PyStrIter>> {
    let it: Ref<PyStrIter> = vm.alloc(shape::str_iter)?;
    it.string.init(this.value());
    Ok(it)
}

/// The next character.
#[inline]
pub fn advance(vm: &Vm, it: Ref<PyStrIter>) -> PyResult<Slot> {
    let Some(s) = it.string.get().and_then(Value::downcast::<PyStr>) else { return Ok(None) };
    let i = it.index.get();
    if i < s.len() {
        it.index.set(i + 1);
        return Ok(Some(ops::get_char(vm, s, i)?.value()));
    }
    it.string.set(it, None);
    Ok(None)
}

fn next(vm: &Vm, it: Value) -> PyResult<Slot> {
    match it.downcast() {
        Some(it) => advance(vm, it),
        None => Ok(None),
    }
}

fn this(_: &Vm, it: Value) -> Value {
    it
}

fn length_hint(_: &Vm, it: Ref<PyStrIter>) -> usize {
    match it.string.get().and_then(Value::downcast::<PyStr>) {
        Some(s) => s.len().saturating_sub(it.index.get()),
        None => 0,
    }
}

fn reduce(vm: &Vm, it: Ref<PyStrIter>) -> PyResult<Value> {
    let iter = vm.builtin(vm.intern("iter")?)?;
    let parts = match it.string.get() {
        Some(s) => {
            let args = vm.new_tuple(&[s])?;
            vm.new_tuple(&[iter, args.value(), Value::from_len(it.index.get())])?
        }
        None => {
            let args = vm.new_tuple(&[vm.names.empty.value()])?;
            vm.new_tuple(&[iter, args.value()])?
        }
    };
    Ok(parts.value())
}

fn setstate(vm: &Vm, it: Ref<PyStrIter>, state: Value) -> PyResult<()> {
    let i = vm.to_isize(state)?;
    if let Some(s) = it.string.get().and_then(Value::downcast::<PyStr>) {
        it.index.set(usize::try_from(i).unwrap_or(0).min(s.len()));
    }
    Ok(())
}

const ITER_METHODS: &[MethodDef] = &[
    method!("__iter__", 1, this),
    method!("__length_hint__", 1, length_hint),
    method!("__reduce__", 1, reduce),
    method!("__setstate__", 2, setstate),
];

pub static ITER_DEF: TypeDef = TypeDef {
    layout: Some(STR_ITER),
    flags: type_flags::DISALLOW_NEW,
    methods: &[ITER_METHODS],
    iternext: Some(next),
    ..TypeDef::new("str_iterator")
};
