//! `set_iterator`.

use std::cell::Cell;

use crate::object::def::{MethodDef, TypeDef, type_flags};
use crate::object::layout::SET_ITER;
use crate::object::{Field, Header, HeapType, LayoutId, Ref};
use crate::state::Vm;
use crate::types::list::PyList;
use crate::types::list::methods::same;
use crate::types::set::PySet;
use crate::types::shape;
use crate::value::{Slot, Value};
use crate::{PyResult, method};

#[repr(C)]
pub struct PySetIter {
    header: Header,
    /// The set; empty once the iterator is exhausted.
    set: Field,
    /// How many elements the set had; all ones once it was found changed.
    expected: Cell<usize>,
    at: Cell<usize>,
    left: Cell<usize>,
}

// SAFETY: repr(C), header first; counts are no heap addresses.
unsafe impl HeapType for PySetIter {
    const LAYOUT: LayoutId = SET_ITER;
}

impl PySetIter {
    pub fn new(vm: &Vm, set: Ref<PySet>) -> PyResult<Ref<PySetIter>> {
        let it: Ref<PySetIter> = vm.alloc(shape::set_iter)?;
        it.set.init(set.value());
        it.expected.set(set.len());
        it.left.set(set.len());
        Ok(it)
    }

    fn set(&self) -> Option<Ref<PySet>> {
        self.set.get().and_then(Value::downcast)
    }

    /// The next element.
    #[inline]
    pub fn advance(&self, vm: &Vm) -> PyResult<Slot> {
        let Some(set) = self.set() else { return Ok(None) };
        if set.len() != self.expected.get() {
            self.expected.set(usize::MAX);
            return Err(vm.runtime_error("Set changed size during iteration"));
        }
        let mut at = self.at.get();
        let found = set.next_element(&mut at);
        self.at.set(at);
        match found {
            Some((key, _)) => {
                self.left.set(self.left.get().saturating_sub(1));
                Ok(Some(key))
            }
            None => {
                self.set.init(None);
                Ok(None)
            }
        }
    }
}

fn next(vm: &Vm, this: Value) -> PyResult<Slot> {
    match this.downcast::<PySetIter>() {
        Some(it) => it.advance(vm),
        None => Ok(None),
    }
}

fn length_hint(_: &Vm, it: Ref<PySetIter>) -> usize {
    match it.set() {
        Some(set) if set.len() == it.expected.get() => it.left.get(),
        _ => 0,
    }
}

/// `(iter, ([what is left],))`, without advancing.
fn reduce(vm: &Vm, it: Ref<PySetIter>) -> PyResult<Value> {
    let list = PyList::new(vm, &[])?;
    if let Some(set) = it.set() {
        if set.len() != it.expected.get() {
            return Err(vm.runtime_error("Set changed size during iteration"));
        }
        let mut at = it.at.get();
        while let Some((key, _)) = set.next_element(&mut at) {
            list.push(vm, key)?;
        }
    }
    let iter = vm.builtin(vm.intern("iter")?)?;
    let args = vm.new_tuple(&[list.value()])?;
    Ok(vm.new_tuple(&[iter, args.value()])?.value())
}

const METHODS: &[MethodDef] = &[
    method!("__iter__", 1, same),
    method!("__length_hint__", 1, length_hint).doc("Private method returning an estimate of len(list(it))."),
    method!("__reduce__", 1, reduce).doc("Return state information for pickling."),
];

pub static ITER_DEF: TypeDef = TypeDef {
    layout: Some(SET_ITER),
    flags: type_flags::DISALLOW_NEW,
    methods: &[METHODS],
    iternext: Some(next),
    ..TypeDef::new("set_iterator")
};
