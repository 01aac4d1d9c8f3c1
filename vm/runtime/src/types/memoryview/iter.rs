//! `memory_iterator`.

use std::cell::Cell;

use super::PyMemoryView;
use super::item::Format;
use crate::object::def::{TypeDef, type_flags};
use crate::object::layout::MEMORY_ITER;
use crate::object::{Field, Header, HeapType, LayoutId, MethodDef, Ref};
use crate::state::Vm;
use crate::types::shape;
use crate::value::{Slot, Value};
use crate::{PyResult, method};

#[repr(C)]
pub struct PyMemoryIter {
    header: Header,
    /// Empty at the end.
    view: Field,
    index: Cell<usize>,
    len: Cell<usize>,
}

// SAFETY: repr(C), header first; an index and a length are no heap addresses.
unsafe impl HeapType for PyMemoryIter {
    const LAYOUT: LayoutId = MEMORY_ITER;
}

pub(super) fn iter(vm: &Vm, this: Ref<PyMemoryView>) -> PyResult<Ref<PyMemoryIter>> {
    this.check(vm)?;
    match this.ndim() {
        0 => return Err(vm.type_error("invalid indexing of 0-dim memory")),
        1 => {}
        _ => return Err(vm.not_implemented_error("multi-dimensional sub-views are not implemented")),
    }
    super::methods::native_format(vm, this)?;
    let it: Ref<PyMemoryIter> = vm.alloc(shape::memory_iter)?;
    it.view.init(this.value());
    it.len.set(this.first_dim().0);
    Ok(it)
}

fn next(vm: &Vm, it: Value) -> PyResult<Slot> {
    let Some(it) = it.downcast::<PyMemoryIter>() else { return Ok(None) };
    let Some(view) = it.view.get().and_then(Value::downcast::<PyMemoryView>) else { return Ok(None) };
    let i = it.index.get();
    if i >= it.len.get() {
        it.view.set(it, None);
        return Ok(None);
    }
    view.check(vm)?;
    it.index.set(i + 1);
    let format: Format = super::methods::native_format(vm, view)?;
    Ok(Some(super::methods::item_at(vm, view, format, i as isize * view.first_dim().1)?))
}

fn this(_: &Vm, it: Value) -> Value {
    it
}

pub static ITER_DEF: TypeDef = TypeDef {
    layout: Some(MEMORY_ITER),
    flags: type_flags::DISALLOW_NEW,
    methods: &[ITER_METHODS],
    iternext: Some(next),
    ..TypeDef::new("memory_iterator")
};

const ITER_METHODS: &[MethodDef] = &[method!("__iter__", 1, this)];
