//! `tee`: the copies walk one chain of nodes, which the foremost of them lengthens.

use std::cell::Cell;

use brolga_runtime::object::def::type_flags;
use brolga_runtime::object::{Args, Field, MethodDef, Ref, TypeDef};
use brolga_runtime::state::Vm;
use brolga_runtime::types::array::ValueVec;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, method};

use crate::object::{class_argument, itself, object};

object!(
    /// A fetched item and the node behind it; both empty in the last node.
    pub struct Node: ITERTOOLS_TEE_DATA { item: Field, next: Field, iterator: Field, running: Cell<bool> }
);

object!(pub struct Tee: ITERTOOLS_TEE { node: Field });

fn new_node(vm: &Vm, iterator: Value) -> PyResult<Ref<Node>> {
    let node: Ref<Node> = vm.alloc_instance(vm.native_type(&DATA)?)?;
    node.iterator.init(iterator);
    Ok(node)
}

fn copy(vm: &Vm, this: Ref<Tee>) -> PyResult<Ref<Tee>> {
    let copy: Ref<Tee> = vm.alloc_instance(vm.native_type(&TEE)?)?;
    copy.node.init(this.node.get());
    Ok(copy)
}

/// A `_tee` over an iterable, which shares the chain where that is a `_tee` already.
fn from_iterable(vm: &Vm, iterable: Value) -> PyResult<Ref<Tee>> {
    let iterator = vm.iter(iterable)?;
    if let Some(tee) = iterator.downcast::<Tee>() {
        return copy(vm, tee);
    }
    let node = new_node(vm, iterator)?;
    let this: Ref<Tee> = vm.alloc_instance(vm.native_type(&TEE)?)?;
    this.node.init(node.value());
    Ok(this)
}

pub fn tee(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let n = match args.opt(1) {
        Some(n) => vm.to_isize(n)?,
        None => 2,
    };
    if n < 0 {
        return Err(vm.value_error("n must be >= 0"));
    }
    if n == 0 {
        return Ok(vm.new_tuple(&[])?.value());
    }
    let iterator = vm.iter(args.get(0))?;
    let first = from_iterable(vm, iterator)?;
    // As many as a tuple can't hold are refused before they are made.
    let copies = ValueVec::with_capacity(vm, n.unsigned_abs())?;
    copies.push(vm, first.value())?;
    for _ in 1..n {
        copies.push(vm, copy(vm, first)?.value())?;
    }
    Ok(vm.new_tuple(copies.as_slice())?.value())
}

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Tee>> {
    class_argument(vm, args)?;
    from_iterable(vm, args.get(1))
}

fn next(vm: &Vm, this: Value) -> PyResult<Slot> {
    let Some(this) = this.downcast::<Tee>() else { return Ok(None) };
    let Some(node) = this.node.get().and_then(Value::downcast::<Node>) else { return Ok(None) };
    if node.next.is_empty() {
        if node.running.get() {
            return Err(vm.runtime_error("cannot re-enter the tee iterator"));
        }
        let iterator = node.iterator.get_or_none();
        node.running.set(true);
        let item = vm.next(iterator);
        node.running.set(false);
        let Some(item) = item? else { return Ok(None) };
        let last = new_node(vm, iterator)?;
        node.item.set(node, item);
        node.next.set(node, last.value());
        node.iterator.set(node, None);
    }
    this.node.set(this, node.next.get());
    Ok(node.item.get())
}

static METHODS: &[MethodDef] = &[
    method!("__new__", "($type, iterable, /)", new).static_(),
    method!("__iter__", 1, itself),
    method!("__copy__", 1, copy),
];

pub static TEE: TypeDef = TypeDef {
    module: "itertools",
    layout: Some(crate::layouts::ITERTOOLS_TEE),
    flags: type_flags::WEAKREFABLE,
    methods: &[METHODS],
    iternext: Some(next),
    doc: Some("Iterator wrapped to make it copyable."),
    ..TypeDef::new("_tee")
};

pub static DATA: TypeDef = TypeDef {
    module: "itertools",
    layout: Some(crate::layouts::ITERTOOLS_TEE_DATA),
    flags: type_flags::DISALLOW_NEW,
    doc: Some("teedataobject(iterable, values, next, /)\n--\n\nData container common to multiple tee objects."),
    ..TypeDef::new("_tee_dataobject")
};
