//! `tuple`: the methods and the iterator.

use std::cell::Cell;

use crate::object::def::{MethodDef, TypeDef, type_flags};
use crate::object::layout::{TUPLE, TUPLE_ITER};
use crate::object::{Args, Field, Header, HeapType, LayoutId, Ref};
use crate::protocol::compare::Compare;
use crate::state::Vm;
use crate::types::array::ValueVec;
use crate::types::list::iter::reduce_with;
use crate::types::list::methods::{class_arg, class_getitem, receiver, same};
use crate::types::list::{index, repr};
use crate::types::shape;
use crate::types::slice::{self, PySlice};
use crate::types::str::PyStr;
use crate::types::tuple::{PyTuple, hashes};
use crate::value::{Slot, Value};
use crate::{PyResult, comparisons, method};

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyTuple>> {
    let class = class_arg(vm, args)?;
    if class == vm.types.tuple {
        return match args.opt(1) {
            Some(iterable) => vm.tuple_from(iterable),
            None => PyTuple::new(vm, &[]),
        };
    }
    let items = match args.opt(1) {
        Some(iterable) => vm.collect(iterable)?,
        None => ValueVec::new(),
    };
    if class.layout() != TUPLE {
        return Err(vm.type_error(format!("tuple.__new__({0}): {0} is not a subtype of tuple", class.name())));
    }
    let tuple = PyTuple::new_with_shape(vm, class.root_shape(), items.as_slice(), 1)?;
    vm.made_instance(class, tuple.obj());
    Ok(tuple)
}

fn is_exact(vm: &Vm, tuple: Ref<PyTuple>) -> bool {
    vm.type_of(tuple.value()) == vm.types.tuple
}

fn len(_: &Vm, tuple: Ref<PyTuple>) -> usize {
    tuple.len()
}

pub(crate) fn getitem(vm: &Vm, tuple: Ref<PyTuple>, key: Value) -> PyResult<Value> {
    if let Some(slice) = key.downcast::<PySlice>() {
        let (start, stop, step) = slice::unpack(vm, &slice)?;
        let (start, _, step, count) = slice::adjust(tuple.len(), start, stop, step);
        if step == 1 {
            if count == tuple.len() && is_exact(vm, tuple) {
                return Ok(tuple.value());
            }
            let start = start as usize;
            return Ok(PyTuple::new(vm, tuple.as_slice().get(start..start + count).unwrap_or(&[]))?.value());
        }
        let items = ValueVec::with_capacity(vm, count)?;
        let mut at = start;
        for _ in 0..count {
            if let Some(item) = tuple.get(at as usize) {
                items.push(vm, item)?;
            }
            at = at.wrapping_add(step);
        }
        return Ok(PyTuple::new(vm, items.as_slice())?.value());
    }
    let i = index::subscript(vm, key, "tuple")?;
    tuple.get(index::wrapped(i, tuple.len())).ok_or_else(|| vm.index_error("tuple index out of range"))
}

pub(crate) fn add(vm: &Vm, tuple: Ref<PyTuple>, other: Value) -> PyResult<Value> {
    let Some(other) = other.downcast::<PyTuple>() else { return Ok(Value::NOT_IMPLEMENTED) };
    if tuple.is_empty() && is_exact(vm, other) {
        return Ok(other.value());
    }
    if other.is_empty() && is_exact(vm, tuple) {
        return Ok(tuple.value());
    }
    Ok(PyTuple::joined(vm, tuple, other)?.value())
}

pub(crate) fn mul(vm: &Vm, tuple: Ref<PyTuple>, n: Value) -> PyResult<Value> {
    let Some(times) = index::repeat_count(vm, n)? else { return Ok(Value::NOT_IMPLEMENTED) };
    if (tuple.is_empty() || times == 1) && is_exact(vm, tuple) {
        return Ok(tuple.value());
    }
    let total = tuple.len().checked_mul(times).ok_or_else(|| vm.memory_error())?;
    let items = ValueVec::with_capacity(vm, total)?;
    if total > 0 {
        for _ in 0..times {
            items.extend(vm, tuple.as_slice())?;
        }
    }
    Ok(PyTuple::new(vm, items.as_slice())?.value())
}

pub(crate) fn contains(vm: &Vm, tuple: Ref<PyTuple>, value: Value) -> PyResult<bool> {
    Ok(find(vm, tuple, value, 0, usize::MAX)?.is_some())
}

fn find(vm: &Vm, tuple: Ref<PyTuple>, value: Value, start: usize, stop: usize) -> PyResult<Option<usize>> {
    for i in start..stop.min(tuple.len()) {
        if let Some(item) = tuple.get(i)
            && vm.eq(item, value)?
        {
            return Ok(Some(i));
        }
    }
    Ok(None)
}

fn index_of(vm: &Vm, args: &Args<'_>) -> PyResult<usize> {
    let tuple: Ref<PyTuple> = receiver(vm, args)?;
    let start = index::bound(vm, args.opt(2), 0, tuple.len())?;
    let stop = index::bound(vm, args.opt(3), usize::MAX, tuple.len())?;
    find(vm, tuple, args.get(1), start, stop)?.ok_or_else(|| vm.value_error("tuple.index(x): x not in tuple"))
}

fn count(vm: &Vm, tuple: Ref<PyTuple>, value: Value) -> PyResult<usize> {
    let mut n = 0;
    for item in tuple.as_slice() {
        if vm.eq(*item, value)? {
            n += 1;
        }
    }
    Ok(n)
}

/// The six comparisons; `OP` numbers them as [`Compare`].
pub(crate) fn rich(vm: &Vm, tuple: Ref<PyTuple>, other: Value, op: Compare) -> PyResult<Value> {
    let Some(other) = other.downcast::<PyTuple>() else { return Ok(Value::NOT_IMPLEMENTED) };
    // No shortcut by length: CPython compares the items first, which a program can observe.
    for (a, b) in tuple.as_slice().iter().zip(other.as_slice()) {
        if !vm.eq(*a, *b)? {
            return match op {
                Compare::Eq => Ok(Value::FALSE),
                Compare::Ne => Ok(Value::TRUE),
                _ => vm.compare(*a, *b, op),
            };
        }
    }
    Ok(Value::from_bool(op.holds(&tuple.len(), &other.len())))
}

fn hash(vm: &Vm, tuple: Ref<PyTuple>) -> PyResult<i64> {
    hashes::hash(vm, tuple, hashes::Asked::Alone)
}

fn make_repr(vm: &Vm, tuple: Ref<PyTuple>) -> PyResult<Ref<PyStr>> {
    if tuple.is_empty() {
        return vm.new_str("()");
    }
    repr::guarded(vm, tuple.value(), "(...)", |text| {
        text.push_str(vm, "(")?;
        repr::push_items(vm, text, |i| tuple.get(i))?;
        text.push_str(vm, if tuple.len() == 1 { ",)" } else { ")" })
    })
}

fn getnewargs(vm: &Vm, tuple: Ref<PyTuple>) -> PyResult<Ref<PyTuple>> {
    let plain = if is_exact(vm, tuple) { tuple } else { PyTuple::new(vm, tuple.as_slice())? };
    vm.new_tuple(&[plain.value()])
}

fn sizeof(_: &Vm, tuple: Ref<PyTuple>) -> usize {
    32 + tuple.len() * 8
}

fn make_iter(vm: &Vm, tuple: Ref<PyTuple>) -> PyResult<Ref<PyTupleIter>> {
    PyTupleIter::new(vm, tuple)
}

const METHODS: &[MethodDef] = &[
    method!("__new__", "($type, iterable=(), /)", new).static_(),
    method!("__repr__", 1, make_repr),
    method!("__hash__", 1, hash),
    method!("__iter__", 1, make_iter),
    method!("__len__", 1, len),
    method!("__getitem__", 2, getitem),
    method!("__add__", 2, add),
    method!("__mul__", 2, mul),
    method!("__rmul__", 2, mul),
    method!("__contains__", 2, contains),
    method!("__getnewargs__", 1, getnewargs),
    method!("__sizeof__", 1, sizeof),
    method!("index", "($self, value, start=0, stop=sys.maxsize, /)", index_of)
        .doc("Return first index of value.\n\nRaises ValueError if the value is not present."),
    method!("count", 2, count).doc("Return number of occurrences of value."),
    method!("__class_getitem__", 2, class_getitem).class().doc("See PEP 585"),
];

pub static DEF: TypeDef = TypeDef {
    layout: Some(TUPLE),
    flags: type_flags::BASETYPE | type_flags::SEQUENCE | type_flags::MATCH_SELF,
    methods: &[METHODS, comparisons!(rich)],
    doc: Some(
        "Built-in immutable sequence.\n\nIf no argument is given, the constructor returns an empty tuple.\nIf iterable is \
         specified the tuple is initialized from iterable's items.\n\nIf the argument is a tuple, the return value is the \
         same object.",
    ),
    ..TypeDef::new("tuple")
};

#[repr(C)]
pub struct PyTupleIter {
    header: Header,
    /// The tuple; empty once the iterator is exhausted.
    tuple: Field,
    at: Cell<usize>,
}

/// Where compiled code finds the tuple and the index.
pub const TUPLE_ITER_TUPLE_OFFSET: usize = std::mem::offset_of!(PyTupleIter, tuple);
pub const TUPLE_ITER_AT_OFFSET: usize = std::mem::offset_of!(PyTupleIter, at);

// SAFETY: repr(C), header first; an index is no heap address.
unsafe impl HeapType for PyTupleIter {
    const LAYOUT: LayoutId = TUPLE_ITER;
}

impl PyTupleIter {
    #[inline]
    pub fn new(vm: &Vm, tuple: Ref<PyTuple>) -> PyResult<Ref<PyTupleIter>> {
        let it: Ref<PyTupleIter> = vm.alloc(shape::tuple_iter)?;
        it.tuple.init(tuple.value());
        Ok(it)
    }

    #[inline(always)]
    pub fn tuple(&self) -> Option<Ref<PyTuple>> {
        // SAFETY: `tuple` is only ever set to a tuple.
        self.tuple.get().and_then(Value::as_obj).map(|o| unsafe { Ref::from_ptr(o.as_ptr()) })
    }

    /// The next item.
    #[inline(always)]
    pub fn advance(&self) -> Slot {
        let at = self.at.get();
        match self.tuple()?.get(at) {
            Some(item) => {
                self.at.set(at + 1);
                Some(item)
            }
            None => {
                self.tuple.init(None);
                None
            }
        }
    }
}

fn iter_next(_: &Vm, this: Value) -> PyResult<Slot> {
    Ok(this.downcast::<PyTupleIter>().and_then(|it| it.advance()))
}

fn iter_length_hint(_: &Vm, it: Ref<PyTupleIter>) -> usize {
    it.tuple().map_or(0, |t| t.len().saturating_sub(it.at.get()))
}

fn iter_reduce(vm: &Vm, it: Ref<PyTupleIter>) -> PyResult<Value> {
    let iter = vm.builtin(vm.intern("iter")?)?;
    match it.tuple() {
        Some(tuple) => reduce_with(vm, iter, Some((tuple.value(), it.at.get() as i64))),
        None => {
            let args = vm.new_tuple(&[vm.empty_tuple.value()])?;
            Ok(vm.new_tuple(&[iter, args.value()])?.value())
        }
    }
}

fn iter_setstate(_: &Vm, it: Ref<PyTupleIter>, at: isize) {
    if let Some(tuple) = it.tuple() {
        it.at.set(usize::try_from(at).unwrap_or(0).min(tuple.len()));
    }
}

const ITER_METHODS: &[MethodDef] = &[
    method!("__iter__", 1, same),
    method!("__length_hint__", 1, iter_length_hint).doc("Private method returning an estimate of len(list(it))."),
    method!("__reduce__", 1, iter_reduce).doc("Return state information for pickling."),
    method!("__setstate__", 2, iter_setstate).doc("Set state information for unpickling."),
];

pub static ITER_DEF: TypeDef = TypeDef {
    layout: Some(TUPLE_ITER),
    flags: type_flags::DISALLOW_NEW,
    methods: &[ITER_METHODS],
    iternext: Some(iter_next),
    ..TypeDef::new("tuple_iterator")
};
