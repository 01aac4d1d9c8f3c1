//! `dict_keys`, `dict_values`, `dict_items`. One struct; the shape tells which.

use std::cell::Cell;

use crate::object::def::{GetSetDef, MethodDef, TypeDef, type_flags};
use crate::object::layout::DICT_VIEW;
use crate::object::{Field, Header, HeapType, LayoutId, Ref};
use crate::protocol::compare::Compare;
use crate::state::Vm;
use crate::types::dict::PyDict;
use crate::types::dict::iter::PyDictIter;
use crate::types::list::repr;
use crate::types::mappingproxy::PyMappingProxy;
use crate::types::set::{self, PySet};
use crate::types::shape;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::types::type_object::PyType;
use crate::value::Value;
use crate::{PyResult, comparisons, getset, method};

#[repr(C)]
pub struct PyDictView {
    header: Header,
    dict: Field,
    /// The shape of the class of views that this is, or whose subclass this is of.
    kind: Cell<u32>,
}

// SAFETY: repr(C), header first; a shape's number is no heap address.
unsafe impl HeapType for PyDictView {
    const LAYOUT: LayoutId = DICT_VIEW;
}

impl PyDictView {
    /// `kind`: the shape of one of the three classes of views.
    pub fn new(vm: &Vm, dict: Ref<PyDict>, kind: u32) -> PyResult<Ref<PyDictView>> {
        let view: Ref<PyDictView> = vm.alloc(kind)?;
        view.dict.init(dict.value());
        view.kind.set(kind);
        Ok(view)
    }

    /// A view of a subclass of the class of `kind`.
    pub fn new_of(vm: &Vm, class: Ref<PyType>, dict: Ref<PyDict>, kind: u32) -> PyResult<Ref<PyDictView>> {
        let view: Ref<PyDictView> = vm.alloc_instance(class)?;
        view.dict.init(dict.value());
        view.kind.set(kind);
        Ok(view)
    }

    pub fn dict(&self, vm: &Vm) -> PyResult<Ref<PyDict>> {
        match self.dict.get().and_then(Value::downcast) {
            Some(dict) => Ok(dict),
            None => Err(vm.system_error("a view without a dict")),
        }
    }

    pub fn kind(&self) -> u32 {
        self.kind.get()
    }
}

/// The view as a set-like one (not `dict_values`).
fn set_like(v: Value) -> Option<Ref<PyDictView>> {
    v.downcast::<PyDictView>().filter(|view| view.kind() != shape::dict_values)
}

fn len(vm: &Vm, view: Ref<PyDictView>) -> PyResult<usize> {
    Ok(view.dict(vm)?.len())
}

fn make_iter(vm: &Vm, view: Ref<PyDictView>) -> PyResult<Ref<PyDictIter>> {
    let kind = match view.kind() {
        shape::dict_keys => shape::dict_key_iter,
        shape::dict_values => shape::dict_value_iter,
        _ => shape::dict_item_iter,
    };
    PyDictIter::new(vm, view.dict(vm)?, kind)
}

fn reversed(vm: &Vm, view: Ref<PyDictView>) -> PyResult<Ref<PyDictIter>> {
    let kind = match view.kind() {
        shape::dict_keys => shape::dict_reverse_key_iter,
        shape::dict_values => shape::dict_reverse_value_iter,
        _ => shape::dict_reverse_item_iter,
    };
    PyDictIter::new(vm, view.dict(vm)?, kind)
}

fn make_repr(vm: &Vm, view: Ref<PyDictView>) -> PyResult<Ref<PyStr>> {
    repr::guarded(vm, view.value(), "...", |text| {
        text.push_str(vm, &vm.short_type_name(view.value()))?;
        text.push_str(vm, "(")?;
        let items = vm.list_from(view.value())?;
        text.push_repr(vm, items.value())?;
        text.push_str(vm, ")")
    })
}

fn mapping(vm: &Vm, view: Ref<PyDictView>) -> PyResult<Ref<PyMappingProxy>> {
    let dict = view.dict(vm)?;
    PyMappingProxy::new(vm, dict.value())
}

fn contains(vm: &Vm, view: Ref<PyDictView>, value: Value) -> PyResult<bool> {
    let dict = view.dict(vm)?;
    if view.kind() == shape::dict_keys {
        return dict.contains(vm, value);
    }
    let Some(pair) = value.downcast::<PyTuple>() else { return Ok(false) };
    let [key, value] = pair.as_slice() else { return Ok(false) };
    match dict.get_item(vm, *key)? {
        Some(found) => vm.eq(found, *value),
        None => Ok(false),
    }
}

/// Is every item of `a` in `b`?
fn all_in(vm: &Vm, a: Value, b: Value) -> PyResult<bool> {
    let iterator = vm.iter(a)?;
    while let Some(item) = vm.next(iterator)? {
        if !vm.contains(b, item)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The six comparisons; `OP` numbers them as [`Compare`].
fn rich(vm: &Vm, view: Ref<PyDictView>, other: Value, op: Compare) -> PyResult<Value> {
    if other.downcast::<PySet>().is_none() && set_like(other).is_none() {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let this = view.value();
    let (ours, theirs) = (view.dict(vm)?.len(), vm.len(other)?);
    let result = match op {
        Compare::Eq => ours == theirs && all_in(vm, this, other)?,
        Compare::Ne => !(ours == theirs && all_in(vm, this, other)?),
        Compare::Lt | Compare::Le => op.holds(&ours, &theirs) && all_in(vm, this, other)?,
        Compare::Gt | Compare::Ge => op.holds(&ours, &theirs) && all_in(vm, other, this)?,
    };
    Ok(Value::from_bool(result))
}

/// A new set of an operand's items.
fn to_set(vm: &Vm, v: Value) -> PyResult<Ref<PySet>> {
    let result = PySet::new(vm, shape::set)?;
    match v.downcast::<PyDictView>() {
        Some(view) if view.kind() == shape::dict_keys => {
            let dict = view.dict(vm)?;
            set::update(vm, result, dict.value())?;
        }
        _ => set::update(vm, result, v)?,
    }
    Ok(result)
}

fn sub(vm: &Vm, a: Value, b: Value) -> PyResult<Ref<PySet>> {
    let result = to_set(vm, a)?;
    set::ops::difference_update(vm, result, b)?;
    Ok(result)
}

fn or(vm: &Vm, a: Value, b: Value) -> PyResult<Ref<PySet>> {
    let result = to_set(vm, a)?;
    set::update(vm, result, b)?;
    Ok(result)
}

fn and(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
    let (view, other) = match (set_like(a), set_like(b)) {
        (Some(view), _) => (view, b),
        (None, Some(view)) => (view, a),
        _ => return Ok(Value::NOT_IMPLEMENTED),
    };
    let ours = view.dict(vm)?.len();
    if let Some(set) = vm.exact::<PySet>(other, shape::set)
        && ours <= set.len()
    {
        return Ok(set::ops::intersection(vm, set, view.value())?.value());
    }
    let (view, other) = match set_like(other) {
        Some(theirs) if theirs.dict(vm)?.len() > ours => (theirs, view.value()),
        _ => (view, other),
    };
    let result = PySet::new(vm, shape::set)?;
    vm.for_each(other, |item| {
        if contains(vm, view, item)? {
            result.add(vm, item)?;
        }
        Ok(())
    })?;
    Ok(result.value())
}

fn xor(vm: &Vm, a: Value, b: Value) -> PyResult<Ref<PySet>> {
    if let (Some(x), Some(y)) = (set_like(a), set_like(b))
        && (x.kind(), y.kind()) == (shape::dict_items, shape::dict_items)
    {
        return items_xor(vm, x.dict(vm)?, y.dict(vm)?);
    }
    let result = to_set(vm, a)?;
    set::ops::symmetric_difference_update(vm, result, b)?;
    Ok(result)
}

/// The items that only one of two dicts has: values need no hash where both have the key with the same value.
fn items_xor(vm: &Vm, a: Ref<PyDict>, b: Ref<PyDict>) -> PyResult<Ref<PySet>> {
    let left = a.copy(vm)?;
    let result = PySet::new(vm, shape::set)?;
    let mut position = 0;
    while let Some((key, value)) = b.next_item(&mut position) {
        let same = match left.get_item(vm, key)? {
            Some(other) => vm.eq(other, value)?,
            None => false,
        };
        if same {
            left.remove(vm, key)?;
        } else {
            let pair = vm.new_tuple(&[key, value])?;
            result.add(vm, pair.value())?;
        }
    }
    let left = PyDictView::new(vm, left, shape::dict_items)?;
    set::update(vm, result, left.value())?;
    Ok(result)
}

fn rsub(vm: &Vm, a: Value, b: Value) -> PyResult<Ref<PySet>> {
    sub(vm, b, a)
}
fn ror(vm: &Vm, a: Value, b: Value) -> PyResult<Ref<PySet>> {
    or(vm, b, a)
}
fn rand(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
    and(vm, b, a)
}
fn rxor(vm: &Vm, a: Value, b: Value) -> PyResult<Ref<PySet>> {
    xor(vm, b, a)
}

fn isdisjoint(vm: &Vm, view: Ref<PyDictView>, other: Value) -> PyResult<bool> {
    if other.same_bits(view.value()) {
        return Ok(view.dict(vm)?.is_empty());
    }
    let (mut container, mut items) = (view.value(), other);
    if other.downcast::<PySet>().is_some() || set_like(other).is_some() {
        // The shorter one is gone through.
        if vm.len(other)? > view.dict(vm)?.len() {
            (container, items) = (items, container);
        }
    }
    let iterator = vm.iter(items)?;
    while let Some(item) = vm.next(iterator)? {
        if vm.contains(container, item)? {
            return Ok(false);
        }
    }
    Ok(true)
}

const COMMON: &[MethodDef] = &[
    method!("__repr__", 1, make_repr),
    method!("__iter__", 1, make_iter),
    method!("__len__", 1, len),
    method!("__reversed__", 1, reversed).doc("Return a reverse iterator over the dict keys."),
];

const SET_LIKE: &[MethodDef] = &[
    method!("__sub__", 2, sub),
    method!("__rsub__", 2, rsub),
    method!("__and__", 2, and),
    method!("__rand__", 2, rand),
    method!("__xor__", 2, xor),
    method!("__rxor__", 2, rxor),
    method!("__or__", 2, or),
    method!("__ror__", 2, ror),
    method!("__contains__", 2, contains),
    method!("isdisjoint", 2, isdisjoint)
        .doc("Return True if the view and the given iterable have a null intersection."),
];

const GETSET: &[GetSetDef] = &[getset!("mapping", mapping)];

pub static KEYS_DEF: TypeDef = TypeDef {
    layout: Some(DICT_VIEW),
    flags: type_flags::DISALLOW_NEW,
    methods: &[COMMON, SET_LIKE, comparisons!(rich)],
    getset: GETSET,
    ..TypeDef::new("dict_keys")
};
pub static VALUES_DEF: TypeDef = TypeDef {
    layout: Some(DICT_VIEW),
    flags: type_flags::DISALLOW_NEW,
    methods: &[COMMON],
    getset: GETSET,
    ..TypeDef::new("dict_values")
};
pub static ITEMS_DEF: TypeDef = TypeDef {
    layout: Some(DICT_VIEW),
    flags: type_flags::DISALLOW_NEW,
    methods: &[COMMON, SET_LIKE, comparisons!(rich)],
    getset: GETSET,
    ..TypeDef::new("dict_items")
};
