//! `arrayiterator`.

use std::cell::Cell;

use super::PyTypedArray;
use crate::object::def::{TypeDef, type_flags};
use crate::object::layout::TYPED_ARRAY_ITER;
use crate::object::{Field, Header, HeapType, LayoutId, MethodDef, Ref};
use crate::state::Vm;
use crate::types::shape;
use crate::value::{Slot, Value};
use crate::{PyResult, method};

#[repr(C)]
pub struct PyTypedArrayIter {
    header: Header,
    /// Empty at the end.
    array: Field,
    index: Cell<usize>,
}

// SAFETY: repr(C), header first; an index is no heap address.
unsafe impl HeapType for PyTypedArrayIter {
    const LAYOUT: LayoutId = TYPED_ARRAY_ITER;
}

pub(super) fn iter(vm: &Vm, this: Ref<PyTypedArray>) -> PyResult<Ref<PyTypedArrayIter>> {
    let it: Ref<PyTypedArrayIter> = vm.alloc(shape::typed_array_iter)?;
    it.array.init(this.value());
    Ok(it)
}

fn next(vm: &Vm, it: Value) -> PyResult<Slot> {
    let Some(it) = it.downcast::<PyTypedArrayIter>() else { return Ok(None) };
    let Some(array) = it.array.get().and_then(Value::downcast::<PyTypedArray>) else { return Ok(None) };
    let i = it.index.get();
    let item = array.get(vm, i)?;
    match item {
        Some(_) => it.index.set(i + 1),
        None => it.array.set(it, None),
    }
    Ok(item)
}

fn this(_: &Vm, it: Value) -> Value {
    it
}

fn reduce(vm: &Vm, it: Ref<PyTypedArrayIter>) -> PyResult<Value> {
    let iter = vm.builtin(vm.intern("iter")?)?;
    let parts = match it.array.get() {
        Some(array) => {
            let args = vm.new_tuple(&[array])?;
            vm.new_tuple(&[iter, args.value(), Value::from_len(it.index.get())])?
        }
        None => {
            let args = vm.new_tuple(&[vm.empty_tuple.value()])?;
            vm.new_tuple(&[iter, args.value()])?
        }
    };
    Ok(parts.value())
}

fn setstate(vm: &Vm, it: Ref<PyTypedArrayIter>, state: Value) -> PyResult<()> {
    let i = vm.to_isize(state)?;
    if let Some(array) = it.array.get().and_then(Value::downcast::<PyTypedArray>) {
        it.index.set(usize::try_from(i).unwrap_or(0).min(array.len()));
    }
    Ok(())
}

static METHODS: &[MethodDef] = &[
    method!("__iter__", 1, this),
    method!("__reduce__", "($self, /)", reduce_args).doc("Return state information for pickling."),
    method!("__setstate__", "($self, state, /)", setstate_args).doc("Set state information for unpickling."),
];

fn reduce_args(vm: &Vm, args: &crate::object::Args<'_>) -> PyResult<Value> {
    reduce(vm, crate::object::FromValue::from_value(vm, args.get(0))?)
}

fn setstate_args(vm: &Vm, args: &crate::object::Args<'_>) -> PyResult<()> {
    setstate(vm, crate::object::FromValue::from_value(vm, args.get(0))?, args.get(1))
}

pub static ITER_DEF: TypeDef = TypeDef {
    module: "array",
    layout: Some(TYPED_ARRAY_ITER),
    flags: type_flags::DISALLOW_NEW,
    methods: &[METHODS],
    iternext: Some(next),
    ..TypeDef::new("arrayiterator")
};
