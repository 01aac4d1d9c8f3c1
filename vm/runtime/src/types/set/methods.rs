//! `set` and `frozenset`: the methods.

use crate::object::def::{MethodDef, TypeDef, type_flags};
use crate::object::layout::SET;
use crate::object::{Args, Ref};
use crate::protocol::compare::Compare;
use crate::state::Vm;
use crate::types::array::ValueVec;
use crate::types::list::methods::{class_arg, class_getitem, receiver};
use crate::types::list::repr;
use crate::types::set::iter::PySetIter;
use crate::types::set::{PySet, new_of_class, ops};
use crate::types::str::PyStr;
use crate::value::Value;
use crate::{PyResult, comparisons, method};

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PySet>> {
    new_of_class(vm, class_arg(vm, args)?, None)
}

fn new_frozen(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let class = class_arg(vm, args)?;
    let iterable = args.opt(1);
    if class != vm.types.frozenset {
        return Ok(new_of_class(vm, class, iterable)?.value());
    }
    if let Some(iterable) = iterable {
        if vm.type_of(iterable) == class {
            return Ok(iterable);
        }
        let set = new_of_class(vm, class, Some(iterable))?;
        if !set.is_empty() {
            return Ok(set.value());
        }
    }
    empty_frozenset(vm)
}

/// The empty frozenset.
pub fn empty_frozenset(vm: &Vm) -> PyResult<Value> {
    if vm.empty_frozenset.is_set() {
        return Ok(*vm.empty_frozenset);
    }
    Ok(PySet::new(vm, crate::types::shape::frozenset)?.value())
}

fn init(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let set: Ref<PySet> = receiver(vm, args)?;
    if set.fill.get() > 0 {
        set.clear();
    }
    match args.opt(1) {
        Some(iterable) => ops::update(vm, set, iterable),
        None => Ok(()),
    }
}

fn len(_: &Vm, set: Ref<PySet>) -> usize {
    set.len()
}

fn contains(vm: &Vm, set: Ref<PySet>, value: Value) -> PyResult<bool> {
    set.contains(vm, value)
}

fn make_iter(vm: &Vm, set: Ref<PySet>) -> PyResult<Ref<PySetIter>> {
    PySetIter::new(vm, set)
}

fn make_repr(vm: &Vm, set: Ref<PySet>) -> PyResult<Ref<PyStr>> {
    let class = vm.type_of(set.value());
    let name = class.name();
    if set.is_empty() {
        return vm.new_str(&format!("{name}()"));
    }
    repr::guarded(vm, set.value(), &format!("{name}(...)"), |text| {
        // The elements are taken first: their reprs may change the set.
        let items = elements(vm, set)?;
        let plain = class == vm.types.set;
        if !plain {
            text.push_str(vm, &name)?;
        }
        text.push_str(vm, if plain { "{" } else { "({" })?;
        repr::push_items(vm, text, |i| items.get(i))?;
        text.push_str(vm, if plain { "}" } else { "})" })
    })
}

fn elements(vm: &Vm, set: Ref<PySet>) -> PyResult<ValueVec> {
    let items = ValueVec::with_capacity(vm, set.len())?;
    let mut position = 0;
    while let Some((key, _)) = set.next_element(&mut position) {
        items.push(vm, key)?;
    }
    Ok(items)
}

/// The six comparisons; `OP` numbers them as [`Compare`].
fn rich(vm: &Vm, set: Ref<PySet>, other: Value, op: Compare) -> PyResult<Value> {
    let Some(other) = other.downcast::<PySet>() else { return Ok(Value::NOT_IMPLEMENTED) };
    Ok(Value::from_bool(ops::compare(vm, set, other, op)?))
}

fn frozen_hash(_: &Vm, set: Ref<PySet>) -> i64 {
    ops::frozen_hash(set)
}

/// Both operands of a binary operator, if both are sets.
fn operands(a: Value, b: Value) -> Option<(Ref<PySet>, Ref<PySet>)> {
    Some((a.downcast()?, b.downcast()?))
}

type Operation = fn(&Vm, Ref<PySet>, Value) -> PyResult<Ref<PySet>>;

fn operate(vm: &Vm, a: Value, b: Value, f: Operation) -> PyResult<Value> {
    match operands(a, b) {
        Some((a, b)) => Ok(f(vm, a, b.value())?.value()),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn or_sets(vm: &Vm, a: Ref<PySet>, b: Value) -> PyResult<Ref<PySet>> {
    ops::union(vm, a, &[b])
}

fn or(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
    operate(vm, a, b, or_sets)
}
fn ror(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
    operate(vm, b, a, or_sets)
}
fn and(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
    operate(vm, a, b, ops::intersection)
}
fn rand(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
    operate(vm, b, a, ops::intersection)
}
fn sub(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
    operate(vm, a, b, ops::difference)
}
fn rsub(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
    operate(vm, b, a, ops::difference)
}
fn xor(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
    operate(vm, a, b, ops::symmetric_difference)
}
fn rxor(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
    operate(vm, b, a, ops::symmetric_difference)
}

fn in_place(vm: &Vm, a: Value, b: Value, f: fn(&Vm, Ref<PySet>, Value) -> PyResult<()>) -> PyResult<Value> {
    match operands(a, b) {
        Some((set, b)) => {
            f(vm, set, b.value())?;
            Ok(a)
        }
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn ior(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
    in_place(vm, a, b, ops::update)
}
fn iand(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
    in_place(vm, a, b, |vm, set, other| {
        set.replace_by(ops::intersection(vm, set, other)?);
        Ok(())
    })
}
fn isub(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
    in_place(vm, a, b, ops::difference_update)
}
fn ixor(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
    in_place(vm, a, b, ops::symmetric_difference_update)
}

fn add(vm: &Vm, set: Ref<PySet>, value: Value) -> PyResult<()> {
    set.add(vm, value)
}

fn clear(_: &Vm, set: Ref<PySet>) {
    set.clear();
}

fn copy(vm: &Vm, set: Ref<PySet>) -> PyResult<Ref<PySet>> {
    ops::copy(vm, set)
}

fn copy_frozen(vm: &Vm, set: Ref<PySet>) -> PyResult<Ref<PySet>> {
    if vm.type_of(set.value()) == vm.types.frozenset { Ok(set) } else { ops::copy(vm, set) }
}

fn discard(vm: &Vm, set: Ref<PySet>, value: Value) -> PyResult<()> {
    set.discard(vm, value)?;
    Ok(())
}

fn remove(vm: &Vm, set: Ref<PySet>, value: Value) -> PyResult<()> {
    if set.discard(vm, value)? { Ok(()) } else { Err(vm.key_error(value)) }
}

fn pop(vm: &Vm, set: Ref<PySet>) -> PyResult<Value> {
    match set.pop() {
        Some(value) => Ok(value),
        None => Err(vm.key_error(vm.new_str("pop from an empty set")?.value())),
    }
}

fn union(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PySet>> {
    ops::union(vm, receiver(vm, args)?, args.rest)
}

fn update(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let set: Ref<PySet> = receiver(vm, args)?;
    for other in args.rest {
        ops::update(vm, set, *other)?;
    }
    Ok(())
}

fn intersection(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PySet>> {
    ops::intersection_of_all(vm, receiver(vm, args)?, args.rest)
}

fn intersection_update(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let set: Ref<PySet> = receiver(vm, args)?;
    set.replace_by(ops::intersection_of_all(vm, set, args.rest)?);
    Ok(())
}

fn difference(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PySet>> {
    ops::difference_of_all(vm, receiver(vm, args)?, args.rest)
}

fn difference_update(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let set: Ref<PySet> = receiver(vm, args)?;
    for other in args.rest {
        ops::difference_update(vm, set, *other)?;
    }
    Ok(())
}

fn sizeof(_: &Vm, set: Ref<PySet>) -> usize {
    // The first eight entries stand in CPython's struct.
    200 + if set.mask() >= 8 { (set.mask() + 1) * 16 } else { 0 }
}

fn reduce(vm: &Vm, set: Ref<PySet>) -> PyResult<Value> {
    let items = crate::types::list::PyList::from_vec(vm, elements(vm, set)?)?;
    let args = vm.new_tuple(&[items.value()])?;
    let state = vm.call_method(set.value(), "__getstate__", &[])?;
    Ok(vm.new_tuple(&[vm.type_of(set.value()).value(), args.value(), state])?.value())
}

const COMMON: &[MethodDef] = &[
    method!("__repr__", 1, make_repr),
    method!("__iter__", 1, make_iter),
    method!("__sub__", 2, sub),
    method!("__rsub__", 2, rsub),
    method!("__and__", 2, and),
    method!("__rand__", 2, rand),
    method!("__xor__", 2, xor),
    method!("__rxor__", 2, rxor),
    method!("__or__", 2, or),
    method!("__ror__", 2, ror),
    method!("__len__", 1, len),
    method!("__contains__", 2, contains).ordinary().doc("x.__contains__(y) <==> y in x."),
    method!("difference", "($self, /, *others)", difference)
        .doc("Return a new set with elements in the set that are not in the others."),
    method!("intersection", "($self, /, *others)", intersection)
        .doc("Return a new set with elements common to the set and all others."),
    method!("isdisjoint", 2, ops::is_disjoint).doc("Return True if two sets have a null intersection."),
    method!("issubset", 2, ops::is_subset_of_any).doc("Report whether another set contains this set."),
    method!("issuperset", 2, ops::is_superset_of_any).doc("Report whether this set contains another set."),
    method!("__reduce__", 1, reduce).doc("Return state information for pickling."),
    method!("__sizeof__", 1, sizeof).doc("S.__sizeof__() -> size of S in memory, in bytes."),
    method!("symmetric_difference", 2, ops::symmetric_difference)
        .doc("Return a new set with elements in either the set or other but not both."),
    method!("union", "($self, /, *others)", union).doc("Return a new set with elements from the set and all others."),
    method!("__class_getitem__", 2, class_getitem).class().doc("See PEP 585"),
];

const METHODS: &[MethodDef] = &[
    method!("__new__", "($type, *args, **kwargs)", new).static_(),
    method!("__init__", "($self, iterable=(), /)", init),
    method!("__isub__", 2, isub),
    method!("__iand__", 2, iand),
    method!("__ixor__", 2, ixor),
    method!("__ior__", 2, ior),
    method!("add", 2, add)
        .doc("Add an element to a set.\n\nThis has no effect if the element is already present."),
    method!("clear", 1, clear).doc("Remove all elements from this set."),
    method!("copy", 1, copy).doc("Return a shallow copy of a set."),
    method!("discard", 2, discard).doc(
        "Remove an element from a set if it is a member.\n\nUnlike set.remove(), the discard() method does not raise\nan \
         exception when an element is missing from the set.",
    ),
    method!("difference_update", "($self, /, *others)", difference_update)
        .doc("Update the set, removing elements found in others."),
    method!("intersection_update", "($self, /, *others)", intersection_update)
        .doc("Update the set, keeping only elements found in it and all others."),
    method!("pop", 1, pop)
        .doc("Remove and return an arbitrary set element.\n\nRaises KeyError if the set is empty."),
    method!("remove", 2, remove).doc(
        "Remove an element from a set; it must be a member.\n\nIf the element is not a member, raise a KeyError.",
    ),
    method!("symmetric_difference_update", 2, ops::symmetric_difference_update)
        .doc("Update the set, keeping only elements found in either set, but not in both."),
    method!("update", "($self, /, *others)", update).doc("Update the set, adding elements from all others."),
];

const FROZEN_METHODS: &[MethodDef] = &[
    method!("__new__", "($type, iterable=(), /)", new_frozen).static_(),
    method!("__hash__", 1, frozen_hash),
    method!("copy", 1, copy_frozen).doc("Return a shallow copy of a set."),
];

pub static DEF: TypeDef = TypeDef {
    layout: Some(SET),
    flags: type_flags::BASETYPE | type_flags::MATCH_SELF | type_flags::WEAKREFABLE,
    methods: &[METHODS, COMMON, comparisons!(rich)],
    doc: Some("Build an unordered collection of unique elements."),
    ..TypeDef::new("set")
};

pub static FROZEN_DEF: TypeDef = TypeDef {
    layout: Some(SET),
    flags: type_flags::BASETYPE | type_flags::MATCH_SELF | type_flags::WEAKREFABLE,
    methods: &[FROZEN_METHODS, COMMON, comparisons!(rich)],
    doc: Some("Build an immutable unordered collection of unique elements."),
    ..TypeDef::new("frozenset")
};
