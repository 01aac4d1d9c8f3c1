//! The iterators over dicts: keys, values, items, forwards and backwards. One struct; the shape tells which.

use std::cell::Cell;

use crate::object::def::{MethodDef, TypeDef, type_flags};
use crate::object::layout::DICT_ITER;
use crate::object::{Field, Header, HeapType, LayoutId, Ref};
use crate::state::Vm;
use crate::types::dict::PyDict;
use crate::types::list::PyList;
use crate::types::list::methods::same;
use crate::types::shape;
use crate::value::{Slot, Value};
use crate::{PyResult, method};

#[repr(C)]
pub struct PyDictIter {
    header: Header,
    /// The dict; empty once the iterator is exhausted.
    dict: Field,
    /// How many items the dict had; all ones once it was found changed.
    expected: Cell<usize>,
    /// Forwards: the number of the next entry. Backwards: one more than it.
    at: Cell<usize>,
    left: Cell<usize>,
}

// SAFETY: repr(C), header first; counts are no heap addresses.
unsafe impl HeapType for PyDictIter {
    const LAYOUT: LayoutId = DICT_ITER;
}

impl PyDictIter {
    /// `kind`: the shape of one of the six classes of iterators.
    pub fn new(vm: &Vm, dict: Ref<PyDict>, kind: u32) -> PyResult<Ref<PyDictIter>> {
        let it: Ref<PyDictIter> = vm.alloc(kind)?;
        it.dict.init(dict.value());
        it.expected.set(dict.len());
        it.left.set(dict.len());
        if is_reverse(kind) {
            it.at.set(dict.end_position());
        }
        Ok(it)
    }

    #[inline(always)]
    fn dict(&self) -> Option<Ref<PyDict>> {
        self.dict.get().and_then(Value::downcast)
    }

    fn kind(&self) -> u32 {
        self.header.tag()
    }

    /// Does it give values (forwards)?
    pub fn is_of_values(&self) -> bool {
        self.kind() == shape::dict_value_iter
    }

    /// Does it give items (forwards)?
    pub fn is_of_items(&self) -> bool {
        self.kind() == shape::dict_item_iter
    }

    /// The next key and value.
    #[inline]
    pub fn advance_pair(&self, vm: &Vm) -> PyResult<Option<(Value, Value)>> {
        let Some(dict) = self.dict() else { return Ok(None) };
        if dict.len() != self.expected.get() {
            // Stays so.
            self.expected.set(usize::MAX);
            return Err(vm.runtime_error("dictionary changed size during iteration"));
        }
        let mut at = self.at.get();
        if is_reverse(self.kind()) && at > dict.end_position() {
            // The dict was emptied and filled anew.
            self.dict.init(None);
            return Ok(None);
        }
        let found = if is_reverse(self.kind()) { dict.previous_item(&mut at) } else { dict.next_item(&mut at) };
        match found {
            Some(_) if self.left.get() == 0 => {
                self.dict.init(None);
                Err(vm.runtime_error("dictionary keys changed during iteration"))
            }
            Some(pair) => {
                self.at.set(at);
                self.left.set(self.left.get() - 1);
                Ok(Some(pair))
            }
            None => {
                self.dict.init(None);
                Ok(None)
            }
        }
    }

    /// The next key, value or item, as the kind has it.
    #[inline]
    pub fn advance(&self, vm: &Vm) -> PyResult<Slot> {
        match self.advance_pair(vm)? {
            Some((key, value)) => item_of(vm, self.kind(), key, value).map(Some),
            None => Ok(None),
        }
    }
}

fn is_reverse(kind: u32) -> bool {
    matches!(kind, shape::dict_reverse_key_iter | shape::dict_reverse_value_iter | shape::dict_reverse_item_iter)
}

#[inline]
fn item_of(vm: &Vm, kind: u32, key: Value, value: Value) -> PyResult<Value> {
    Ok(match kind {
        shape::dict_key_iter | shape::dict_reverse_key_iter => key,
        shape::dict_value_iter | shape::dict_reverse_value_iter => value,
        _ => vm.new_tuple(&[key, value])?.value(),
    })
}

fn next(vm: &Vm, this: Value) -> PyResult<Slot> {
    match this.downcast::<PyDictIter>() {
        Some(it) => it.advance(vm),
        None => Ok(None),
    }
}

fn length_hint(_: &Vm, it: Ref<PyDictIter>) -> usize {
    match it.dict() {
        Some(dict) if dict.len() == it.expected.get() => it.left.get(),
        _ => 0,
    }
}

/// `(iter, ([what is left],))`, without advancing.
fn reduce(vm: &Vm, it: Ref<PyDictIter>) -> PyResult<Value> {
    let list = PyList::new(vm, &[])?;
    let copy: Ref<PyDictIter> = vm.alloc(it.kind())?;
    copy.dict.init(it.dict.get());
    copy.expected.set(it.expected.get());
    copy.at.set(it.at.get());
    copy.left.set(it.left.get());
    while let Some(item) = copy.advance(vm)? {
        list.push(vm, item)?;
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

const fn def(name: &'static str) -> TypeDef {
    TypeDef {
        layout: Some(DICT_ITER),
        flags: type_flags::DISALLOW_NEW,
        methods: &[METHODS],
        iternext: Some(next),
        ..TypeDef::new(name)
    }
}

pub static KEY_ITER_DEF: TypeDef = def("dict_keyiterator");
pub static VALUE_ITER_DEF: TypeDef = def("dict_valueiterator");
pub static ITEM_ITER_DEF: TypeDef = def("dict_itemiterator");
pub static REVERSE_KEY_ITER_DEF: TypeDef = def("dict_reversekeyiterator");
pub static REVERSE_VALUE_ITER_DEF: TypeDef = def("dict_reversevalueiterator");
pub static REVERSE_ITEM_ITER_DEF: TypeDef = def("dict_reverseitemiterator");
