//! `reversed`.

use std::cell::Cell;

use crate::object::def::{MethodDef, TypeDef, type_flags};
use crate::object::layout::REVERSED;
use crate::object::{Args, Field, Header, HeapType, LayoutId, Ref};
use crate::state::Vm;
use crate::state::names::Special;
use crate::types::dict::PyDict;
use crate::types::list::methods::{class_arg, same};
use crate::types::seq_iter;
use crate::value::{Slot, Value};
use crate::{PyResult, method};

#[repr(C)]
pub struct PyReversed {
    header: Header,
    attrs: Field,
    /// Empty once the iterator is exhausted.
    sequence: Field,
    /// The next index plus one.
    at: Cell<usize>,
}

// SAFETY: repr(C), header first; an index is no heap address.
unsafe impl HeapType for PyReversed {
    const LAYOUT: LayoutId = REVERSED;
}

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let sequence = args.get(1);
    let class = vm.type_of(sequence);
    let not_reversible = || vm.type_error(format!("'{}' object is not reversible", class.tp_name()));
    match class.special(Special::Reversed) {
        Some(method) if method.is_none() => return Err(not_reversible()),
        Some(method) => return vm.call_unbound(method, sequence, &[]),
        None => {}
    }
    if class.special(Special::GetItem).is_none() || sequence.downcast::<PyDict>().is_some() {
        return Err(not_reversible());
    }
    let len = vm.len(sequence)?;
    let this: Ref<PyReversed> = vm.alloc_instance(class_arg(vm, args)?)?;
    this.sequence.init(sequence);
    this.at.set(len);
    Ok(this.value())
}

fn next(vm: &Vm, this: Value) -> PyResult<Slot> {
    let Some(this) = this.downcast::<PyReversed>() else { return Ok(None) };
    let Some(sequence) = this.sequence.get() else { return Ok(None) };
    if let Some(i) = this.at.get().checked_sub(1)
        && let Some(item) = seq_iter::item(vm, sequence, i)?
    {
        this.at.set(i);
        return Ok(Some(item));
    }
    this.at.set(0);
    this.sequence.init(None);
    Ok(None)
}

fn length_hint(vm: &Vm, this: Ref<PyReversed>) -> PyResult<usize> {
    match this.sequence.get() {
        Some(sequence) if vm.len(sequence)? >= this.at.get() => Ok(this.at.get()),
        _ => Ok(0),
    }
}

fn reduce(vm: &Vm, this: Ref<PyReversed>) -> PyResult<Value> {
    let class = vm.type_of(this.value()).value();
    match this.sequence.get() {
        Some(sequence) => {
            let args = vm.new_tuple(&[sequence])?;
            let index = vm.new_int(this.at.get() as i64 - 1)?;
            Ok(vm.new_tuple(&[class, args.value(), index])?.value())
        }
        None => {
            let args = vm.new_tuple(&[vm.empty_tuple.value()])?;
            Ok(vm.new_tuple(&[class, args.value()])?.value())
        }
    }
}

fn setstate(vm: &Vm, this: Ref<PyReversed>, index: isize) -> PyResult<()> {
    if let Some(sequence) = this.sequence.get() {
        let len = vm.len(sequence)?;
        this.at.set(usize::try_from(index.saturating_add(1)).unwrap_or(0).min(len));
    }
    Ok(())
}

const METHODS: &[MethodDef] = &[
    method!("__new__", "($type, object, /)", new).static_(),
    method!("__iter__", 1, same),
    method!("__length_hint__", 1, length_hint).doc("Private method returning an estimate of len(list(it))."),
    method!("__reduce__", 1, reduce).doc("Return state information for pickling."),
    method!("__setstate__", 2, setstate).doc("Set state information for unpickling."),
];

pub static DEF: TypeDef = TypeDef {
    layout: Some(REVERSED),
    flags: type_flags::BASETYPE,
    methods: &[METHODS],
    iternext: Some(next),
    doc: Some("Return a reverse iterator over the values of the given sequence."),
    ..TypeDef::new("reversed")
};
