//! `chain` and `zip_longest`.

use std::cell::Cell;

use brolga_runtime::object::def::type_flags;
use brolga_runtime::object::{Args, Field, MethodDef, Ref, TypeDef};
use brolga_runtime::state::Vm;
use brolga_runtime::types::array::ValueVec;
use brolga_runtime::types::list::PyList;
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, method};

use crate::object::{class_argument, class_getitem, itself, object};

object!(pub struct Chain: ITERTOOLS_CHAIN {
    /// The iterator of iterables; empty at the end.
    source: Field,
    active: Field,
});

fn chain_of(vm: &Vm, class: Ref<PyType>, iterables: Value) -> PyResult<Ref<Chain>> {
    let source = vm.iter(iterables)?;
    let this: Ref<Chain> = vm.alloc_instance(class)?;
    this.source.init(source);
    Ok(this)
}

fn chain_new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Chain>> {
    let iterables = vm.new_tuple(args.rest)?;
    chain_of(vm, class_argument(vm, args)?, iterables.value())
}

fn from_iterable(vm: &Vm, class: Ref<PyType>, iterables: Value) -> PyResult<Ref<Chain>> {
    chain_of(vm, class, iterables)
}

fn chain_next(vm: &Vm, this: Value) -> PyResult<Slot> {
    let Some(this) = this.downcast::<Chain>() else { return Ok(None) };
    while let Some(source) = this.source.get() {
        let active = match this.active.get() {
            Some(active) => active,
            None => {
                let Some(iterable) = vm.next(source)? else {
                    this.source.set(this, None);
                    return Ok(None);
                };
                match vm.iter(iterable) {
                    Ok(active) => this.active.set(this, active),
                    Err(raised) => {
                        this.source.set(this, None);
                        return Err(raised);
                    }
                }
                continue;
            }
        };
        if let Some(item) = vm.next(active)? {
            return Ok(Some(item));
        }
        this.active.set(this, None);
    }
    Ok(None)
}

static CHAIN_METHODS: &[MethodDef] = &[
    method!("__new__", "($type, *iterables)", chain_new).static_(),
    method!("__iter__", 1, itself),
    method!("from_iterable", 2, from_iterable).class(),
    method!("__class_getitem__", 2, class_getitem).class(),
];

pub static CHAIN: TypeDef = TypeDef {
    module: "itertools",
    layout: Some(crate::layouts::ITERTOOLS_CHAIN),
    flags: type_flags::BASETYPE,
    methods: &[CHAIN_METHODS],
    iternext: Some(chain_next),
    doc: Some(
        "chain(*iterables)\n--\n\nReturn a chain object whose .__next__() method returns elements from the\nfirst iterable until it is exhausted, then elements from the next\niterable, until all of the iterables are exhausted.",
    ),
    ..TypeDef::new("chain")
};

object!(pub struct ZipLongest: ITERTOOLS_ZIP_LONGEST {
    /// A list of the iterators; None where one has ended.
    iterators: Field,
    fill: Field,
    active: Cell<usize>,
});

fn zip_new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<ZipLongest>> {
    let class = class_argument(vm, args)?;
    let iterators = PyList::new(vm, &[])?;
    for iterable in args.rest {
        let iterator = vm.iter(*iterable)?;
        iterators.push(vm, iterator)?;
    }
    let this: Ref<ZipLongest> = vm.alloc_instance(class)?;
    this.iterators.init(iterators.value());
    this.fill.init(args.opt(1).unwrap_or(Value::NONE));
    this.active.set(args.rest.len());
    Ok(this)
}

fn zip_next(vm: &Vm, this: Value) -> PyResult<Slot> {
    let Some(this) = this.downcast::<ZipLongest>() else { return Ok(None) };
    let Some(iterators) = this.iterators.get().and_then(Value::downcast::<PyList>) else { return Ok(None) };
    if this.active.get() == 0 {
        return Ok(None);
    }
    let items = ValueVec::with_capacity(vm, iterators.len())?;
    for i in 0..iterators.len() {
        let iterator = iterators.get(i).unwrap_or(Value::NONE);
        let item = if iterator.is_none() {
            None
        } else {
            match vm.next(iterator) {
                Ok(Some(item)) => Some(item),
                Ok(None) => {
                    let active = this.active.get().saturating_sub(1);
                    this.active.set(active);
                    if active == 0 {
                        return Ok(None);
                    }
                    iterators.set(i, Value::NONE);
                    None
                }
                Err(raised) => {
                    this.active.set(0);
                    return Err(raised);
                }
            }
        };
        items.push(vm, item.unwrap_or(this.fill.get_or_none()))?;
    }
    Ok(Some(vm.new_tuple(items.as_slice())?.value()))
}

static ZIP_METHODS: &[MethodDef] =
    &[method!("__new__", "($type, *iterables, fillvalue=None)", zip_new).static_(), method!("__iter__", 1, itself)];

pub static ZIP_LONGEST: TypeDef = TypeDef {
    module: "itertools",
    layout: Some(crate::layouts::ITERTOOLS_ZIP_LONGEST),
    flags: type_flags::BASETYPE,
    methods: &[ZIP_METHODS],
    iternext: Some(zip_next),
    doc: Some(
        "Return a zip_longest object whose .__next__() method returns a tuple where\nthe i-th element comes from the i-th iterable argument.",
    ),
    ..TypeDef::new("zip_longest")
};
