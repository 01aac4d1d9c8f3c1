//! `_deque_iterator` and `_deque_reverse_iterator`.

use std::cell::Cell;

use brolga_runtime::object::def::{MethodDef, TypeDef};
use brolga_runtime::object::{Args, Field, Header, HeapType, LayoutId, Ref};
use brolga_runtime::state::Vm;
use brolga_runtime::types::list::methods::class_arg;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, method};

use super::deque::PyDeque;
use crate::layouts::DEQUE_ITER;

#[repr(C)]
pub struct PyDequeIter {
    header: Header,
    attrs: Field,
    deque: Field,
    /// How many items are behind it, and before it.
    at: Cell<usize>,
    left: Cell<usize>,
    /// The deque's state when the iterator was made.
    state: Cell<u32>,
}

// SAFETY: repr(C), header first; beside fields there are counts, which are no heap addresses.
unsafe impl HeapType for PyDequeIter {
    const LAYOUT: LayoutId = DEQUE_ITER;
}

impl PyDequeIter {
    pub fn new(vm: &Vm, def: &'static TypeDef, deque: Ref<PyDeque>) -> PyResult<Ref<PyDequeIter>> {
        let it: Ref<PyDequeIter> = vm.alloc_instance(vm.native_type(def)?)?;
        it.start(deque);
        Ok(it)
    }
}

impl PyDequeIter {
    fn start(&self, deque: Ref<PyDeque>) {
        self.deque.init(deque.value());
        self.left.set(deque.len());
        self.state.set(deque.state());
    }

    fn deque(&self) -> Option<Ref<PyDeque>> {
        self.deque.get()?.downcast()
    }

    /// The index of the next item, which is then behind the iterator.
    fn step(&self, vm: &Vm) -> PyResult<Option<(Ref<PyDeque>, usize)>> {
        let Some(deque) = self.deque() else { return Ok(None) };
        if deque.state() != self.state.get() {
            self.left.set(0);
            return Err(vm.runtime_error("deque mutated during iteration"));
        }
        let Some(left) = self.left.get().checked_sub(1) else { return Ok(None) };
        let at = self.at.get();
        self.at.set(at + 1);
        self.left.set(left);
        Ok(Some((deque, at)))
    }
}

fn next(vm: &Vm, this: Value) -> PyResult<Slot> {
    let Some(it) = this.downcast::<PyDequeIter>() else { return Ok(None) };
    Ok(it.step(vm)?.and_then(|(deque, at)| deque.get(at)))
}

fn next_reverse(vm: &Vm, this: Value) -> PyResult<Slot> {
    let Some(it) = this.downcast::<PyDequeIter>() else { return Ok(None) };
    Ok(it.step(vm)?.and_then(|(deque, at)| deque.get(deque.len().wrapping_sub(at + 1))))
}

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyDequeIter>> {
    let Some(deque) = args.get(1).downcast::<PyDeque>() else {
        return Err(vm.type_error(format!("argument 1 must be collections.deque, not {}", vm.type_name(args.get(1)))));
    };
    let skipped = match args.opt(2) {
        Some(n) => usize::try_from(vm.to_isize(n)?).unwrap_or(0).min(deque.len()),
        None => 0,
    };
    let it: Ref<PyDequeIter> = vm.alloc_instance(class_arg(vm, args)?)?;
    it.start(deque);
    it.at.set(skipped);
    it.left.set(deque.len() - skipped);
    Ok(it)
}

fn same(_: &Vm, this: Value) -> Value {
    this
}

fn length_hint(_: &Vm, it: Ref<PyDequeIter>) -> usize {
    it.left.get()
}

fn reduce(vm: &Vm, it: Ref<PyDequeIter>) -> PyResult<Value> {
    let deque = it.deque.get_or_none();
    let len = it.deque().map_or(0, |d| d.len());
    let args = vm.new_tuple(&[deque, Value::from_len(len.saturating_sub(it.left.get()))])?;
    Ok(vm.new_tuple(&[vm.type_of(it.value()).value(), args.value()])?.value())
}

const METHODS: &[MethodDef] = &[
    method!("__new__", "($type, deque, index=0, /)", new).static_(),
    method!("__iter__", 1, same),
    method!("__length_hint__", 1, length_hint).doc("Private method returning an estimate of len(list(it))."),
    method!("__reduce__", 1, reduce).doc("Return state information for pickling."),
];

pub static DEF: TypeDef = TypeDef {
    module: "collections",
    layout: Some(DEQUE_ITER),
    methods: &[METHODS],
    iternext: Some(next),
    ..TypeDef::new("_deque_iterator")
};

pub static REVERSE_DEF: TypeDef = TypeDef {
    module: "collections",
    layout: Some(DEQUE_ITER),
    methods: &[METHODS],
    iternext: Some(next_reverse),
    ..TypeDef::new("_deque_reverse_iterator")
};
