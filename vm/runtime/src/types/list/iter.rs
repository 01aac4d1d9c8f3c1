//! `list_iterator` and `list_reverseiterator`.

use std::cell::Cell;

use crate::object::layout::LIST_ITER;
use crate::object::{Field, Header, HeapType, LayoutId, MethodDef, Ref};
use crate::state::Vm;
use crate::types::list::PyList;
use crate::types::list::methods::same;
use crate::types::shape;
use crate::value::{Slot, Value};
use crate::{PyResult, method};

#[repr(C)]
pub struct PyListIter {
    header: Header,
    /// The list; empty once the iterator is exhausted.
    list: Field,
    /// Forwards: the next index. Backwards: the next index plus one.
    at: Cell<usize>,
}

/// Where compiled code finds the list and the index.
pub const LIST_ITER_LIST_OFFSET: usize = std::mem::offset_of!(PyListIter, list);
pub const LIST_ITER_AT_OFFSET: usize = std::mem::offset_of!(PyListIter, at);

// SAFETY: repr(C), header first; an index is no heap address.
unsafe impl HeapType for PyListIter {
    const LAYOUT: LayoutId = LIST_ITER;
}

impl PyListIter {
    /// `list` is a list.
    #[inline]
    pub fn new(vm: &Vm, list: Value) -> PyResult<Ref<PyListIter>> {
        let it: Ref<PyListIter> = vm.alloc(shape::list_iter)?;
        it.list.init(list.downcast::<PyList>().map(Ref::value));
        Ok(it)
    }

    pub fn new_reverse(vm: &Vm, list: Ref<PyList>) -> PyResult<Ref<PyListIter>> {
        let it: Ref<PyListIter> = vm.alloc(shape::list_reverse_iter)?;
        it.list.init(list.value());
        it.at.set(list.len());
        Ok(it)
    }

    #[inline(always)]
    pub fn list(&self) -> Option<Ref<PyList>> {
        // SAFETY: `list` is only ever set to a list.
        self.list.get().and_then(Value::as_obj).map(|o| unsafe { Ref::from_ptr(o.as_ptr()) })
    }

    /// The next item of a forward iterator (`list_iterator`).
    #[inline(always)]
    pub fn advance(&self) -> Slot {
        let at = self.at.get();
        match self.list()?.get(at) {
            Some(item) => {
                self.at.set(at + 1);
                Some(item)
            }
            None => {
                // Exhausted for good, even if the list grows.
                self.list.init(None);
                None
            }
        }
    }

    /// The next item of a `list_reverseiterator`.
    #[inline]
    pub fn advance_reverse(&self) -> Slot {
        let list = self.list()?;
        match self.at.get().checked_sub(1).and_then(|i| list.get(i)) {
            Some(item) => {
                self.at.set(self.at.get() - 1);
                Some(item)
            }
            None => {
                self.list.init(None);
                None
            }
        }
    }
}

pub(super) fn next(_: &Vm, this: Value) -> PyResult<Slot> {
    Ok(this.downcast::<PyListIter>().and_then(|it| it.advance()))
}

pub(super) fn next_reverse(_: &Vm, this: Value) -> PyResult<Slot> {
    Ok(this.downcast::<PyListIter>().and_then(|it| it.advance_reverse()))
}

fn length_hint(_: &Vm, it: Ref<PyListIter>) -> usize {
    it.list().map_or(0, |l| l.len().saturating_sub(it.at.get()))
}

fn reverse_length_hint(_: &Vm, it: Ref<PyListIter>) -> usize {
    match it.list() {
        Some(list) if it.at.get() <= list.len() => it.at.get(),
        _ => 0,
    }
}

/// `(iter, (list,), index)`, or `(iter, ([],))` when exhausted.
fn reduce(vm: &Vm, it: Ref<PyListIter>) -> PyResult<Value> {
    let iter = vm.builtin(vm.intern("iter")?)?;
    reduce_with(vm, iter, it.list().map(|l| (l.value(), it.at.get() as i64)))
}

fn reverse_reduce(vm: &Vm, it: Ref<PyListIter>) -> PyResult<Value> {
    match it.list() {
        Some(_) => {
            // Looking a name up may run code that exhausts the iterator.
            let reversed = vm.builtin(vm.intern("reversed")?)?;
            reduce_with(vm, reversed, it.list().map(|list| (list.value(), it.at.get() as i64 - 1)))
        }
        _ => {
            let iter = vm.builtin(vm.intern("iter")?)?;
            reduce_with(vm, iter, None)
        }
    }
}

/// What index iterators reduce to.
pub(crate) fn reduce_with(vm: &Vm, function: Value, state: Option<(Value, i64)>) -> PyResult<Value> {
    match state {
        Some((sequence, at)) => {
            let args = vm.new_tuple(&[sequence])?;
            let at = vm.new_int(at)?;
            Ok(vm.new_tuple(&[function, args.value(), at])?.value())
        }
        None => {
            let empty = vm.new_list(&[])?;
            let args = vm.new_tuple(&[empty.value()])?;
            Ok(vm.new_tuple(&[function, args.value()])?.value())
        }
    }
}

fn setstate(_: &Vm, it: Ref<PyListIter>, at: isize) {
    if let Some(list) = it.list() {
        it.at.set(usize::try_from(at).unwrap_or(0).min(list.len()));
    }
}

fn reverse_setstate(_: &Vm, it: Ref<PyListIter>, at: isize) {
    if let Some(list) = it.list() {
        it.at.set(usize::try_from(at.saturating_add(1)).unwrap_or(0).min(list.len()));
    }
}

pub(super) const METHODS: &[MethodDef] = &[
    method!("__iter__", 1, same),
    method!("__length_hint__", 1, length_hint).doc("Private method returning an estimate of len(list(it))."),
    method!("__reduce__", 1, reduce).doc("Return state information for pickling."),
    method!("__setstate__", 2, setstate).doc("Set state information for unpickling."),
];

pub(super) const REVERSE_METHODS: &[MethodDef] = &[
    method!("__iter__", 1, same),
    method!("__length_hint__", 1, reverse_length_hint).doc("Private method returning an estimate of len(list(it))."),
    method!("__reduce__", 1, reverse_reduce).doc("Return state information for pickling."),
    method!("__setstate__", 2, reverse_setstate).doc("Set state information for unpickling."),
];
