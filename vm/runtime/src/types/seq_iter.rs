//! `iterator`: over what has `__getitem__` and no `__iter__`.

use std::cell::Cell;

use crate::object::def::{MethodDef, TypeDef, type_flags};
use crate::object::layout::SEQ_ITER;
use crate::object::{Field, Header, HeapType, LayoutId, Ref};
use crate::state::Vm;
use crate::state::names::Special;
use crate::types::list::methods::same;
use crate::types::shape;
use crate::value::{Slot, Value};
use crate::{PyResult, method};

#[repr(C)]
pub struct PySeqIter {
    header: Header,
    /// Empty once the iterator is exhausted.
    sequence: Field,
    at: Cell<usize>,
}

// SAFETY: repr(C), header first; an index is no heap address.
unsafe impl HeapType for PySeqIter {
    const LAYOUT: LayoutId = SEQ_ITER;
}

impl PySeqIter {
    pub fn new(vm: &Vm, sequence: Value) -> PyResult<Ref<PySeqIter>> {
        let it: Ref<PySeqIter> = vm.alloc(shape::seq_iter)?;
        it.sequence.init(sequence);
        Ok(it)
    }
}

/// `sequence[i]`; `None` where that is an IndexError or StopIteration.
pub(crate) fn item(vm: &Vm, sequence: Value, i: usize) -> PyResult<Slot> {
    let index = vm.new_int_u64(i as u64)?;
    let raised = match vm.get_item(sequence, index) {
        Ok(item) => return Ok(Some(item)),
        Err(raised) => raised,
    };
    match vm.catch(raised, vm.types.index_error) {
        Ok(_) => Ok(None),
        Err(raised) => vm.catch(raised, vm.types.stop_iteration).map(|_| None),
    }
}

pub(crate) fn next(vm: &Vm, this: Value) -> PyResult<Slot> {
    let Some(this) = this.downcast::<PySeqIter>() else { return Ok(None) };
    let Some(sequence) = this.sequence.get() else { return Ok(None) };
    let at = this.at.get();
    if at >= isize::MAX as usize {
        return Err(vm.overflow_error("iter index too large"));
    }
    let found = item(vm, sequence, at)?;
    match found {
        Some(_) => this.at.set(at.wrapping_add(1)),
        None => this.sequence.init(None),
    }
    Ok(found)
}

fn length_hint(vm: &Vm, this: Ref<PySeqIter>) -> PyResult<Value> {
    let Some(sequence) = this.sequence.get() else { return Ok(Value::from_i32(0)) };
    if vm.type_of(sequence).special(Special::Len).is_none() {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    Ok(Value::from_len(vm.len(sequence)?.saturating_sub(this.at.get())))
}

fn reduce(vm: &Vm, this: Ref<PySeqIter>) -> PyResult<Value> {
    let iter = vm.builtin(vm.intern("iter")?)?;
    match this.sequence.get() {
        Some(sequence) => crate::types::list::iter::reduce_with(vm, iter, Some((sequence, this.at.get() as i64))),
        None => {
            let args = vm.new_tuple(&[vm.empty_tuple.value()])?;
            Ok(vm.new_tuple(&[iter, args.value()])?.value())
        }
    }
}

fn setstate(_: &Vm, this: Ref<PySeqIter>, at: isize) {
    if !this.sequence.is_empty() {
        this.at.set(usize::try_from(at).unwrap_or(0));
    }
}

const METHODS: &[MethodDef] = &[
    method!("__iter__", 1, same),
    method!("__length_hint__", 1, length_hint).doc("Private method returning an estimate of len(list(it))."),
    method!("__reduce__", 1, reduce).doc("Return state information for pickling."),
    method!("__setstate__", 2, setstate).doc("Set state information for unpickling."),
];

pub static DEF: TypeDef = TypeDef {
    layout: Some(SEQ_ITER),
    flags: type_flags::DISALLOW_NEW,
    methods: &[METHODS],
    iternext: Some(next),
    ..TypeDef::new("iterator")
};
