//! `odict_iterator`, and the views of an OrderedDict that make such: `odict_keys`, `odict_values`, `odict_items`.

use std::cell::Cell;

use brolga_runtime::object::def::{MethodDef, TypeDef, type_flags};
use brolga_runtime::object::layout::DICT_VIEW;
use brolga_runtime::object::{Field, Ref};
use brolga_runtime::state::Vm;
use brolga_runtime::types::dict::PyDict;
use brolga_runtime::types::dict::views::PyDictView;
use brolga_runtime::types::shape;
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, method};

use super::ordered_dict::{State, state};
use crate::object::{itself, object};

/// Which way.
#[derive(Copy, Clone, PartialEq)]
pub enum Order {
    Forward,
    Backward,
}

object!(
    /// `dict` is empty once the iterator is exhausted; the other fields are the dict's state when it was made.
    pub struct OrderedIter: ORDERED_DICT_ITER {
        dict: Field,
        table: Field,
        filled: Cell<usize>,
        len: Cell<usize>,
        moves: Cell<usize>,
        /// The number of the next entry, plus one; 0: there is none.
        next: Cell<usize>,
        /// The shape of the dict view of the same kind of items.
        kind: Cell<u32>,
        backward: Cell<bool>,
    }
);

impl OrderedIter {
    fn dict(&self) -> Option<Ref<PyDict>> {
        self.dict.get()?.downcast()
    }

    fn is_unchanged(&self, now: State) -> bool {
        let same_table = match (self.table.get(), now.table) {
            (Some(then), Some(now)) => then.same_bits(now.value()),
            (None, None) => true,
            _ => false,
        };
        same_table && (self.filled.get(), self.len.get(), self.moves.get()) == (now.filled, now.len, now.moves)
    }

    /// The number plus one of the entry in use that follows `entry` (from the end: precedes it).
    fn following(&self, dict: Ref<PyDict>, entry: Option<usize>) -> usize {
        let Some(table) = dict.table() else { return 0 };
        if self.backward.get() {
            let mut position = entry.unwrap_or(table.filled());
            return if dict.previous_item(&mut position).is_some() { position + 1 } else { 0 };
        }
        let next = table.first_used(entry.map_or(0, |e| e + 1));
        if next < table.filled() { next + 1 } else { 0 }
    }
}

pub fn new(vm: &Vm, dict: Ref<PyDict>, kind: u32, order: Order) -> PyResult<Value> {
    let it: Ref<OrderedIter> = vm.alloc_instance(vm.native_type(&ITER)?)?;
    let now = state(vm, dict);
    it.dict.init(dict.value());
    it.table.init(now.table.map(Ref::value));
    it.filled.set(now.filled);
    it.len.set(now.len);
    it.moves.set(now.moves);
    it.kind.set(kind);
    it.backward.set(order == Order::Backward);
    it.next.set(it.following(dict, None));
    Ok(it.value())
}

fn advance(vm: &Vm, it: Ref<OrderedIter>) -> PyResult<Slot> {
    let Some(dict) = it.dict() else { return Ok(None) };
    let Some(entry) = it.next.get().checked_sub(1) else {
        it.dict.set(it, None);
        return Ok(None);
    };
    if !it.is_unchanged(state(vm, dict)) {
        it.dict.set(it, None);
        return Err(vm.runtime_error("OrderedDict mutated during iteration"));
    }
    let Some((key, value)) = dict.table().and_then(|t| t.entry(entry)) else { return Ok(None) };
    it.next.set(it.following(dict, Some(entry)));
    Ok(Some(match it.kind.get() {
        shape::dict_keys => key,
        shape::dict_values => value,
        _ => vm.new_tuple(&[key, value])?.value(),
    }))
}

fn next(vm: &Vm, this: Value) -> PyResult<Slot> {
    match this.downcast::<OrderedIter>() {
        Some(it) => advance(vm, it),
        None => Ok(None),
    }
}

/// `(iter, ([what is left],))`, without advancing.
fn reduce(vm: &Vm, it: Ref<OrderedIter>) -> PyResult<Value> {
    let list = vm.new_list(&[])?;
    let copy: Ref<OrderedIter> = vm.alloc_instance(vm.native_type(&ITER)?)?;
    copy.dict.init(it.dict.get());
    copy.table.init(it.table.get());
    copy.filled.set(it.filled.get());
    copy.len.set(it.len.get());
    copy.moves.set(it.moves.get());
    copy.next.set(it.next.get());
    copy.kind.set(it.kind.get());
    copy.backward.set(it.backward.get());
    while let Some(item) = advance(vm, copy)? {
        list.push(vm, item)?;
    }
    let iter = vm.builtin(vm.intern("iter")?)?;
    let args = vm.new_tuple(&[list.value()])?;
    Ok(vm.new_tuple(&[iter, args.value()])?.value())
}

static ITER: TypeDef = TypeDef {
    layout: Some(crate::layouts::ORDERED_DICT_ITER),
    flags: type_flags::DISALLOW_NEW,
    methods: &[&[
        method!("__iter__", 1, itself),
        method!("__reduce__", 1, reduce).doc("Return state information for pickling"),
    ]],
    iternext: Some(next),
    ..TypeDef::new("odict_iterator")
};

fn view_iter(vm: &Vm, view: Ref<PyDictView>) -> PyResult<Value> {
    new(vm, view.dict(vm)?, view.kind(), Order::Forward)
}

fn view_reversed(vm: &Vm, view: Ref<PyDictView>) -> PyResult<Value> {
    new(vm, view.dict(vm)?, view.kind(), Order::Backward)
}

const VIEW_METHODS: &[MethodDef] = &[
    method!("__iter__", 1, view_iter),
    method!("__reversed__", 1, view_reversed).doc("Return a reverse iterator over the dict keys."),
];

const VIEW_TABLES: &[&[MethodDef]] = &[VIEW_METHODS];

const fn view_def(name: &'static str) -> TypeDef {
    TypeDef { layout: Some(DICT_VIEW), flags: type_flags::DISALLOW_NEW, methods: VIEW_TABLES, ..TypeDef::new(name) }
}
static KEYS: TypeDef = view_def("odict_keys");
static VALUES: TypeDef = view_def("odict_values");
static ITEMS: TypeDef = view_def("odict_items");

fn view(vm: &Vm, dict: Ref<PyDict>, def: &'static TypeDef, base: Ref<PyType>, kind: u32) -> PyResult<Ref<PyDictView>> {
    PyDictView::new_of(vm, vm.native_type_with_bases(def, &[base])?, dict, kind)
}

pub fn keys(vm: &Vm, dict: Ref<PyDict>) -> PyResult<Ref<PyDictView>> {
    view(vm, dict, &KEYS, vm.types.dict_keys, shape::dict_keys)
}

pub fn values(vm: &Vm, dict: Ref<PyDict>) -> PyResult<Ref<PyDictView>> {
    view(vm, dict, &VALUES, vm.types.dict_values, shape::dict_values)
}

pub fn items(vm: &Vm, dict: Ref<PyDict>) -> PyResult<Ref<PyDictView>> {
    view(vm, dict, &ITEMS, vm.types.dict_items, shape::dict_items)
}
