//! `deque`: a ring of slots.

use std::cell::Cell;

use brolga_runtime::object::def::{MethodDef, TypeDef, type_flags};
use brolga_runtime::object::{Args, Field, GetSetDef, Header, HeapType, LayoutId, Ref};
use brolga_runtime::protocol::compare::Compare;
use brolga_runtime::state::Vm;
use brolga_runtime::state::names::Special;
use brolga_runtime::types::array::{PyArray, ValueVec};
use brolga_runtime::types::list::methods::{class_arg, class_getitem, receiver};
use brolga_runtime::types::list::{index, repr};
use brolga_runtime::types::str::PyStr;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, comparisons, getset, method};

use super::deque_iter::{self, PyDequeIter};
use crate::layouts::DEQUE;

#[repr(C)]
pub struct PyDeque {
    header: Header,
    attrs: Field,
    /// A [`PyArray`], or empty while nothing was ever stored.
    ring: Field,
    /// Where in the ring the first item stands.
    head: Cell<usize>,
    len: Cell<usize>,
    /// The most items it may hold, plus one; 0 for no limit.
    limit: Cell<usize>,
    /// Counts changes, so that iterators notice them. 32 bits: no address looks like it.
    state: Cell<u32>,
}

// SAFETY: repr(C), header first; beside fields there are counts, which are no heap addresses.
unsafe impl HeapType for PyDeque {
    const LAYOUT: LayoutId = DEQUE;
}

impl PyDeque {
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.len.get()
    }

    pub fn state(&self) -> u32 {
        self.state.get()
    }

    fn ring(&self) -> Option<Ref<PyArray>> {
        self.ring.get()?.downcast()
    }

    fn max_len(&self) -> Option<usize> {
        self.limit.get().checked_sub(1)
    }

    /// Where in the ring item `i` stands.
    #[inline(always)]
    fn place(&self, ring: Ref<PyArray>, i: usize) -> usize {
        let at = self.head.get() + i;
        if at >= ring.capacity() { at - ring.capacity() } else { at }
    }

    #[inline(always)]
    pub fn get(&self, i: usize) -> Slot {
        if i >= self.len() {
            return None;
        }
        let ring = self.ring()?;
        ring.get(self.place(ring, i))
    }

    fn changed(&self) {
        self.state.set(self.state.get().wrapping_add(1));
    }

    fn set(&self, i: usize, value: Value) {
        if let (true, Some(ring)) = (i < self.len(), self.ring()) {
            ring.set(self.place(ring, i), value);
        }
    }

    fn pop_back(&self) -> Slot {
        let last = self.len().checked_sub(1)?;
        let value = self.get(last)?;
        let ring = self.ring()?;
        ring.set(self.place(ring, last), None);
        self.len.set(last);
        self.changed();
        Some(value)
    }

    fn pop_front(&self) -> Slot {
        let value = self.get(0)?;
        let ring = self.ring()?;
        ring.set(self.head.get(), None);
        self.head.set(self.place(ring, 1));
        self.len.set(self.len() - 1);
        self.changed();
        Some(value)
    }

    fn clear(&self) {
        self.ring.init(None);
        self.head.set(0);
        self.len.set(0);
        self.changed();
    }
}

/// The ring with room for one item more.
fn room(vm: &Vm, deque: Ref<PyDeque>) -> PyResult<Ref<PyArray>> {
    let old = deque.ring();
    if let Some(ring) = old
        && deque.len() < ring.capacity()
    {
        return Ok(ring);
    }
    let wanted = deque.len().checked_mul(2).ok_or_else(|| vm.memory_error())?.max(6);
    let ring = PyArray::new(vm, wanted)?;
    for i in 0..deque.len() {
        ring.set(i, deque.get(i));
    }
    deque.ring.set(deque, ring.value());
    deque.head.set(0);
    Ok(ring)
}

fn push_back(vm: &Vm, deque: Ref<PyDeque>, value: Value) -> PyResult<()> {
    let ring = room(vm, deque)?;
    ring.set(deque.place(ring, deque.len()), value);
    deque.len.set(deque.len() + 1);
    deque.changed();
    if deque.max_len().is_some_and(|max| deque.len() > max) {
        deque.pop_front();
    }
    Ok(())
}

fn push_front(vm: &Vm, deque: Ref<PyDeque>, value: Value) -> PyResult<()> {
    let ring = room(vm, deque)?;
    let head = deque.head.get().checked_sub(1).unwrap_or(ring.capacity() - 1);
    ring.set(head, value);
    deque.head.set(head);
    deque.len.set(deque.len() + 1);
    deque.changed();
    if deque.max_len().is_some_and(|max| deque.len() > max) {
        deque.pop_back();
    }
    Ok(())
}

fn items(vm: &Vm, deque: Ref<PyDeque>) -> PyResult<ValueVec> {
    let all = ValueVec::with_capacity(vm, deque.len())?;
    for i in 0..deque.len() {
        if let Some(item) = deque.get(i) {
            all.push(vm, item)?;
        }
    }
    Ok(all)
}

fn extend_from(vm: &Vm, deque: Ref<PyDeque>, iterable: Value) -> PyResult<()> {
    if let Some(other) = iterable.downcast::<PyDeque>()
        && other == deque
    {
        let all = items(vm, deque)?;
        for i in 0..all.len() {
            push_back(vm, deque, all.get(i).unwrap_or(Value::NONE))?;
        }
        return Ok(());
    }
    vm.for_each(iterable, |item| push_back(vm, deque, item))
}

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyDeque>> {
    vm.alloc_instance(class_arg(vm, args)?)
}

fn init(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let deque: Ref<PyDeque> = receiver(vm, args)?;
    let limit = match args.opt_not_none(2) {
        None => 0,
        Some(max) => {
            if !vm.is_instance(max, vm.types.int) && vm.type_of(max).special(Special::Index).is_none() {
                return Err(vm.type_error("an integer is required"));
            }
            match usize::try_from(vm.to_isize(max)?) {
                Ok(max) => max.min(1 << 40) + 1,
                Err(_) => return Err(vm.value_error("maxlen must be non-negative")),
            }
        }
    };
    deque.limit.set(limit);
    if deque.len() > 0 {
        deque.clear();
    }
    match args.opt(1) {
        Some(iterable) => extend_from(vm, deque, iterable),
        None => Ok(()),
    }
}

fn append(vm: &Vm, deque: Ref<PyDeque>, value: Value) -> PyResult<()> {
    push_back(vm, deque, value)
}

fn appendleft(vm: &Vm, deque: Ref<PyDeque>, value: Value) -> PyResult<()> {
    push_front(vm, deque, value)
}

fn extend(vm: &Vm, deque: Ref<PyDeque>, iterable: Value) -> PyResult<()> {
    extend_from(vm, deque, iterable)
}

fn extendleft(vm: &Vm, deque: Ref<PyDeque>, iterable: Value) -> PyResult<()> {
    if let Some(other) = iterable.downcast::<PyDeque>()
        && other == deque
    {
        let all = items(vm, deque)?;
        for i in 0..all.len() {
            push_front(vm, deque, all.get(i).unwrap_or(Value::NONE))?;
        }
        return Ok(());
    }
    vm.for_each(iterable, |item| push_front(vm, deque, item))
}

fn iadd(vm: &Vm, deque: Ref<PyDeque>, iterable: Value) -> PyResult<Ref<PyDeque>> {
    extend_from(vm, deque, iterable)?;
    Ok(deque)
}

fn pop(vm: &Vm, deque: Ref<PyDeque>) -> PyResult<Value> {
    deque.pop_back().ok_or_else(|| vm.index_error("pop from an empty deque"))
}

fn popleft(vm: &Vm, deque: Ref<PyDeque>) -> PyResult<Value> {
    deque.pop_front().ok_or_else(|| vm.index_error("pop from an empty deque"))
}

fn clear(_: &Vm, deque: Ref<PyDeque>) {
    deque.clear();
}

/// A new one of the same class, limit and items.
fn copy(vm: &Vm, deque: Ref<PyDeque>) -> PyResult<Value> {
    let class = vm.type_of(deque.value());
    match deque.max_len() {
        None => vm.call(class.value(), &[deque.value()]),
        Some(max) => vm.call(class.value(), &[deque.value(), Value::from_len(max)]),
    }
}

fn copied(vm: &Vm, deque: Ref<PyDeque>) -> PyResult<Ref<PyDeque>> {
    copy(vm, deque)?.downcast().ok_or_else(|| vm.type_error("deque expected"))
}

fn add(vm: &Vm, deque: Ref<PyDeque>, other: Value) -> PyResult<Value> {
    if other.downcast::<PyDeque>().is_none() {
        // A reflected method may still do it, unless there is none.
        if vm.type_of(other).special(Special::RAdd).is_some() {
            return Ok(Value::NOT_IMPLEMENTED);
        }
        return Err(vm.type_error(format!("can only concatenate deque (not \"{}\") to deque", vm.type_name(other))));
    }
    let new = copied(vm, deque)?;
    extend_from(vm, new, other)?;
    Ok(new.value())
}

fn imul(vm: &Vm, deque: Ref<PyDeque>, n: Value) -> PyResult<Value> {
    let Some(times) = index::repeat_count(vm, n)? else {
        return Err(vm.type_error(format!("can't multiply sequence by non-int of type '{}'", vm.type_name(n))));
    };
    let len = deque.len();
    if len == 0 || times == 1 {
        return Ok(deque.value());
    }
    if times == 0 {
        deque.clear();
        return Ok(deque.value());
    }
    let mut more = len.checked_mul(times - 1).ok_or_else(|| vm.memory_error())?;
    if let Some(max) = deque.max_len() {
        // Whole repetitions only: what falls off at the left would be the same.
        more = more.min(max.saturating_add(len).next_multiple_of(len));
    } else if more > (1 << 44) {
        return Err(vm.memory_error());
    }
    let all = items(vm, deque)?;
    for i in 0..more {
        push_back(vm, deque, all.get(i % len).unwrap_or(Value::NONE))?;
    }
    Ok(deque.value())
}

fn mul(vm: &Vm, deque: Ref<PyDeque>, n: Value) -> PyResult<Value> {
    let new = copied(vm, deque)?;
    imul(vm, new, n)
}

/// Calls `f` with the index and value of each item, and fails if the deque is changed meanwhile.
fn each(
    vm: &Vm,
    deque: Ref<PyDeque>,
    start: usize,
    stop: usize,
    mut f: impl FnMut(usize, Value) -> PyResult<bool>,
) -> PyResult<()> {
    let state = deque.state();
    let mut i = start;
    while i < stop.min(deque.len()) {
        let Some(item) = deque.get(i) else { break };
        let done = f(i, item)?;
        if deque.state() != state {
            return Err(vm.runtime_error("deque mutated during iteration"));
        }
        if done {
            break;
        }
        i += 1;
    }
    Ok(())
}

fn find(vm: &Vm, deque: Ref<PyDeque>, value: Value, start: usize, stop: usize) -> PyResult<Option<usize>> {
    let mut found = None;
    each(vm, deque, start, stop, |i, item| {
        if vm.eq(item, value)? {
            found = Some(i);
        }
        Ok(found.is_some())
    })?;
    Ok(found)
}

fn contains(vm: &Vm, deque: Ref<PyDeque>, value: Value) -> PyResult<bool> {
    Ok(find(vm, deque, value, 0, usize::MAX)?.is_some())
}

fn count(vm: &Vm, deque: Ref<PyDeque>, value: Value) -> PyResult<usize> {
    let mut n = 0;
    each(vm, deque, 0, usize::MAX, |_, item| {
        n += usize::from(vm.eq(item, value)?);
        Ok(false)
    })?;
    Ok(n)
}

fn index_of(vm: &Vm, args: &Args<'_>) -> PyResult<usize> {
    let deque: Ref<PyDeque> = receiver(vm, args)?;
    let start = index::bound(vm, args.opt(2), 0, deque.len())?;
    let stop = index::bound(vm, args.opt(3), usize::MAX, deque.len())?;
    find(vm, deque, args.get(1), start, stop)?.ok_or_else(|| vm.value_error("deque.index(x): x not in deque"))
}

fn remove_at(deque: Ref<PyDeque>, i: usize) {
    // The shorter side moves up.
    if i < deque.len() / 2 {
        for k in (0..i).rev() {
            if let Some(item) = deque.get(k) {
                deque.set(k + 1, item);
            }
        }
        deque.pop_front();
    } else {
        for k in i..deque.len().saturating_sub(1) {
            if let Some(item) = deque.get(k + 1) {
                deque.set(k, item);
            }
        }
        deque.pop_back();
    }
}

fn remove(vm: &Vm, deque: Ref<PyDeque>, value: Value) -> PyResult<()> {
    let state = deque.state();
    let mut i = 0;
    while i < deque.len() {
        let Some(item) = deque.get(i) else { break };
        let equal = vm.eq(item, value)?;
        if deque.state() != state {
            return Err(vm.index_error("deque mutated during remove()."));
        }
        if equal {
            remove_at(deque, i);
            return Ok(());
        }
        i += 1;
    }
    Err(vm.value_error("deque.remove(x): x not in deque"))
}

fn insert(vm: &Vm, deque: Ref<PyDeque>, at: isize, value: Value) -> PyResult<()> {
    if deque.max_len() == Some(deque.len()) {
        return Err(vm.index_error("deque already at its maximum size"));
    }
    let len = deque.len();
    let at = if at < 0 { usize::try_from(at.saturating_add_unsigned(len)).unwrap_or(0) } else { at as usize };
    if at >= len {
        return push_back(vm, deque, value);
    }
    if at < len / 2 {
        push_front(vm, deque, value)?;
        for k in 0..at {
            if let Some(item) = deque.get(k + 1) {
                deque.set(k, item);
            }
        }
    } else {
        push_back(vm, deque, value)?;
        for k in (at..len).rev() {
            if let Some(item) = deque.get(k) {
                deque.set(k + 1, item);
            }
        }
    }
    deque.set(at, value);
    Ok(())
}

fn reverse(_: &Vm, deque: Ref<PyDeque>) {
    let n = deque.len();
    for i in 0..n / 2 {
        if let (Some(a), Some(b)) = (deque.get(i), deque.get(n - 1 - i)) {
            deque.set(i, b);
            deque.set(n - 1 - i, a);
        }
    }
}

fn rotate(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let deque: Ref<PyDeque> = receiver(vm, args)?;
    let n = match args.opt(1) {
        Some(n) => vm.to_isize(n)?,
        None => 1,
    };
    let len = deque.len();
    if len < 2 {
        return Ok(());
    }
    // Steps to the right; then the shorter way round.
    let right = n.rem_euclid(len as isize) as usize;
    if right <= len / 2 {
        for _ in 0..right {
            if let Some(item) = deque.pop_back() {
                push_front(vm, deque, item)?;
            }
        }
    } else {
        for _ in 0..len - right {
            if let Some(item) = deque.pop_front() {
                push_back(vm, deque, item)?;
            }
        }
    }
    Ok(())
}

fn len(_: &Vm, deque: Ref<PyDeque>) -> usize {
    deque.len()
}

fn subscript(vm: &Vm, deque: Ref<PyDeque>, key: Value) -> PyResult<usize> {
    if key.as_small_int().is_none() && vm.type_of(key).special(Special::Index).is_none() {
        return Err(vm.type_error(format!("sequence index must be integer, not '{}'", vm.type_name(key))));
    }
    let i = index::wrapped(index::subscript(vm, key, "deque")?, deque.len());
    if i < deque.len() { Ok(i) } else { Err(vm.index_error("deque index out of range")) }
}

fn getitem(vm: &Vm, deque: Ref<PyDeque>, key: Value) -> PyResult<Slot> {
    Ok(deque.get(subscript(vm, deque, key)?))
}

fn setitem(vm: &Vm, deque: Ref<PyDeque>, key: Value, value: Value) -> PyResult<()> {
    let i = subscript(vm, deque, key)?;
    deque.set(i, value);
    Ok(())
}

fn delitem(vm: &Vm, deque: Ref<PyDeque>, key: Value) -> PyResult<()> {
    let i = subscript(vm, deque, key)?;
    remove_at(deque, i);
    Ok(())
}

/// The six comparisons; `OP` numbers them as [`Compare`].
fn rich(vm: &Vm, deque: Ref<PyDeque>, other: Value, op: Compare) -> PyResult<Value> {
    let Some(other) = other.downcast::<PyDeque>() else { return Ok(Value::NOT_IMPLEMENTED) };
    if deque.len() != other.len() && matches!(op, Compare::Eq | Compare::Ne) {
        return Ok(Value::from_bool(op == Compare::Ne));
    }
    let states = (deque.state(), other.state());
    let mut i = 0;
    while let (Some(a), Some(b)) = (deque.get(i), other.get(i)) {
        let equal = vm.eq(a, b)?;
        if !equal {
            return match op {
                Compare::Eq => Ok(Value::FALSE),
                Compare::Ne => Ok(Value::TRUE),
                _ => Ok(Value::from_bool(vm.compare_bool(a, b, op)?)),
            };
        }
        if (deque.state(), other.state()) != states {
            return Err(vm.runtime_error("deque mutated during iteration"));
        }
        i += 1;
    }
    Ok(Value::from_bool(op.holds(&deque.len(), &other.len())))
}

fn make_repr(vm: &Vm, deque: Ref<PyDeque>) -> PyResult<Ref<PyStr>> {
    repr::guarded(vm, deque.value(), "[...]", |text| {
        text.push_str(vm, &vm.short_type_name(deque.value()))?;
        text.push_str(vm, "([")?;
        let all = items(vm, deque)?;
        repr::push_items(vm, text, |i| all.get(i))?;
        match deque.max_len() {
            Some(max) => text.push_str(vm, &format!("], maxlen={max})")),
            None => text.push_str(vm, "])"),
        }
    })
}

fn make_iter(vm: &Vm, deque: Ref<PyDeque>) -> PyResult<Ref<PyDequeIter>> {
    PyDequeIter::new(vm, &deque_iter::DEF, deque)
}

fn reversed(vm: &Vm, deque: Ref<PyDeque>) -> PyResult<Ref<PyDequeIter>> {
    PyDequeIter::new(vm, &deque_iter::REVERSE_DEF, deque)
}

fn reduce(vm: &Vm, deque: Ref<PyDeque>) -> PyResult<Value> {
    let class = vm.type_of(deque.value()).value();
    let state = vm.call_method(deque.value(), "__getstate__", &[])?;
    let items = vm.iter(deque.value())?;
    let args = match deque.max_len() {
        None => vm.new_tuple(&[])?,
        Some(max) => vm.new_tuple(&[vm.empty_tuple.value(), Value::from_len(max)])?,
    };
    Ok(vm.new_tuple(&[class, args.value(), state, items])?.value())
}

fn sizeof(_: &Vm, deque: Ref<PyDeque>) -> usize {
    // CPython's struct, and its blocks of 64 items and two links.
    216 + deque.len().div_ceil(64).max(1) * 528
}

fn maxlen(_: &Vm, deque: Ref<PyDeque>) -> Slot {
    deque.max_len().map(Value::from_len)
}

const METHODS: &[MethodDef] = &[
    method!("__new__", "($type, *args, **kwargs)", new).static_(),
    method!("__init__", "($self, iterable=(), maxlen=None)", init),
    method!("__repr__", 1, make_repr),
    method!("__iter__", 1, make_iter),
    method!("__len__", 1, len),
    method!("__add__", 2, add),
    method!("__mul__", 2, mul),
    method!("__rmul__", 2, mul),
    method!("__getitem__", 2, getitem),
    method!("__setitem__", 3, setitem),
    method!("__delitem__", 2, delitem),
    method!("__contains__", 2, contains),
    method!("__iadd__", 2, iadd),
    method!("__imul__", 2, imul),
    method!("append", 2, append).doc("Add an element to the right side of the deque."),
    method!("appendleft", 2, appendleft).doc("Add an element to the left side of the deque."),
    method!("clear", 1, clear).doc("Remove all elements from the deque."),
    method!("__copy__", 1, copy).doc("Return a shallow copy of a deque."),
    method!("copy", 1, copy).doc("Return a shallow copy of a deque."),
    method!("count", 2, count).doc("Return number of occurrences of value."),
    method!("extend", 2, extend).doc("Extend the right side of the deque with elements from the iterable."),
    method!("extendleft", 2, extendleft).doc("Extend the left side of the deque with elements from the iterable."),
    method!("index", "($self, value, start=0, stop=sys.maxsize, /)", index_of)
        .doc("Return first index of value.\n\nRaises ValueError if the value is not present."),
    method!("insert", 3, insert).doc("Insert value before index."),
    method!("pop", 1, pop).doc("Remove and return the rightmost element."),
    method!("popleft", 1, popleft).doc("Remove and return the leftmost element."),
    method!("__reduce__", 1, reduce).doc("Return state information for pickling."),
    method!("remove", 2, remove).doc("Remove first occurrence of value."),
    method!("__reversed__", 1, reversed).doc("Return a reverse iterator over the deque."),
    method!("reverse", 1, reverse).doc("Reverse *IN PLACE*."),
    method!("rotate", "($self, n=1, /)", rotate)
        .doc("Rotate the deque n steps to the right.  If n is negative, rotates left."),
    method!("__sizeof__", 1, sizeof).doc("Return the size of the deque in memory, in bytes."),
    method!("__class_getitem__", 2, class_getitem).class().doc("See PEP 585"),
];
const GETSET: &[GetSetDef] = &[getset!("maxlen", maxlen)];

pub static DEF: TypeDef = TypeDef {
    module: "collections",
    layout: Some(DEQUE),
    flags: type_flags::BASETYPE | type_flags::WEAKREFABLE | type_flags::SEQUENCE,
    methods: &[METHODS, comparisons!(rich)],
    getset: GETSET,
    doc: Some("A list-like sequence optimized for data accesses near its endpoints."),
    ..TypeDef::new("deque")
};
