//! `accumulate`, `compress`, `dropwhile`, `takewhile`, `filterfalse`, `starmap`.

use std::cell::Cell;

use brolga_runtime::object::def::type_flags;
use brolga_runtime::object::{Args, Field, MethodDef, Ref, TypeDef};
use brolga_runtime::protocol::number::BinaryOp;
use brolga_runtime::state::Vm;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, method};

use crate::object::{class_argument, itself, object};

object!(pub struct Accumulate: ITERTOOLS_ACCUMULATE {
    iterator: Field,
    function: Field,
    total: Field,
    initial: Field,
});

fn accumulate_new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Accumulate>> {
    let class = class_argument(vm, args)?;
    let iterator = vm.iter(args.get(1))?;
    let this: Ref<Accumulate> = vm.alloc_instance(class)?;
    this.iterator.init(iterator);
    this.function.init(args.opt_not_none(2));
    this.initial.init(args.opt_not_none(3));
    Ok(this)
}

fn accumulate_next(vm: &Vm, this: Value) -> PyResult<Slot> {
    let Some(this) = this.downcast::<Accumulate>() else { return Ok(None) };
    if let Some(initial) = this.initial.get() {
        this.initial.set(this, None);
        this.total.set(this, initial);
        return Ok(Some(initial));
    }
    let Some(item) = vm.next(this.iterator.get_or_none())? else { return Ok(None) };
    let total = match (this.total.get(), this.function.get()) {
        (None, _) => item,
        (Some(total), None) => vm.binary_op(total, item, BinaryOp::Add)?,
        (Some(total), Some(function)) => vm.call(function, &[total, item])?,
    };
    this.total.set(this, total);
    Ok(Some(total))
}

static ACCUMULATE_METHODS: &[MethodDef] = &[
    method!("__new__", "($type, iterable, func=None, *, initial=None)", accumulate_new).static_(),
    method!("__iter__", 1, itself),
];

pub static ACCUMULATE: TypeDef = TypeDef {
    module: "itertools",
    layout: Some(crate::layouts::ITERTOOLS_ACCUMULATE),
    flags: type_flags::BASETYPE,
    methods: &[ACCUMULATE_METHODS],
    iternext: Some(accumulate_next),
    doc: Some("Return series of accumulated sums."),
    ..TypeDef::new("accumulate")
};

object!(
    /// A function (or selectors) and an iterator. `done`: `dropwhile` has found its first item, `takewhile` has ended.
    pub struct Filter: ITERTOOLS_FILTER { function: Field, iterator: Field, done: Cell<bool> }
);

fn filter_new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Filter>> {
    let class = class_argument(vm, args)?;
    let iterator = vm.iter(args.get(2))?;
    let this: Ref<Filter> = vm.alloc_instance(class)?;
    this.function.init(args.get(1));
    this.iterator.init(iterator);
    Ok(this)
}

fn compress_new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Filter>> {
    let class = class_argument(vm, args)?;
    let data = vm.iter(args.get(1))?;
    let selectors = vm.iter(args.get(2))?;
    let this: Ref<Filter> = vm.alloc_instance(class)?;
    this.function.init(selectors);
    this.iterator.init(data);
    Ok(this)
}

fn compress_next(vm: &Vm, this: Value) -> PyResult<Slot> {
    let Some(this) = this.downcast::<Filter>() else { return Ok(None) };
    loop {
        let Some(item) = vm.next(this.iterator.get_or_none())? else { return Ok(None) };
        let Some(selector) = vm.next(this.function.get_or_none())? else { return Ok(None) };
        if vm.is_true(selector)? {
            return Ok(Some(item));
        }
    }
}

fn dropwhile_next(vm: &Vm, this: Value) -> PyResult<Slot> {
    let Some(this) = this.downcast::<Filter>() else { return Ok(None) };
    loop {
        let Some(item) = vm.next(this.iterator.get_or_none())? else { return Ok(None) };
        if this.done.get() {
            return Ok(Some(item));
        }
        let keep = vm.call(this.function.get_or_none(), &[item])?;
        if !vm.is_true(keep)? {
            this.done.set(true);
            return Ok(Some(item));
        }
    }
}

fn takewhile_next(vm: &Vm, this: Value) -> PyResult<Slot> {
    let Some(this) = this.downcast::<Filter>() else { return Ok(None) };
    if this.done.get() {
        return Ok(None);
    }
    let Some(item) = vm.next(this.iterator.get_or_none())? else { return Ok(None) };
    let keep = vm.call(this.function.get_or_none(), &[item])?;
    if vm.is_true(keep)? {
        return Ok(Some(item));
    }
    this.done.set(true);
    Ok(None)
}

fn filterfalse_next(vm: &Vm, this: Value) -> PyResult<Slot> {
    let Some(this) = this.downcast::<Filter>() else { return Ok(None) };
    let function = this.function.get_or_none();
    let plain = function.is_none() || function.same_bits(vm.types.bool.value());
    loop {
        let Some(item) = vm.next(this.iterator.get_or_none())? else { return Ok(None) };
        let tested = if plain { item } else { vm.call(function, &[item])? };
        if !vm.is_true(tested)? {
            return Ok(Some(item));
        }
    }
}

fn starmap_next(vm: &Vm, this: Value) -> PyResult<Slot> {
    let Some(this) = this.downcast::<Filter>() else { return Ok(None) };
    let Some(args) = vm.next(this.iterator.get_or_none())? else { return Ok(None) };
    let args = vm.tuple_from(args)?;
    vm.call(this.function.get_or_none(), args.as_slice()).map(Some)
}

macro_rules! filter_type {
    ($def:ident, $name:literal, $signature:literal, $new:path, $next:path, $doc:literal) => {
        pub static $def: TypeDef = TypeDef {
            module: "itertools",
            layout: Some(crate::layouts::ITERTOOLS_FILTER),
            flags: type_flags::BASETYPE,
            methods: &[&[method!("__new__", $signature, $new).static_(), method!("__iter__", 1, itself)]],
            iternext: Some($next),
            doc: Some($doc),
            ..TypeDef::new($name)
        };
    };
}

filter_type!(
    COMPRESS,
    "compress",
    "($type, data, selectors)",
    compress_new,
    compress_next,
    "Return data elements corresponding to true selector elements."
);
filter_type!(
    DROPWHILE,
    "dropwhile",
    "($type, predicate, iterable, /)",
    filter_new,
    dropwhile_next,
    "Drop items from the iterable while predicate(item) is true.\n\nAfterwards, return every element until the iterable is exhausted."
);
filter_type!(
    TAKEWHILE,
    "takewhile",
    "($type, predicate, iterable, /)",
    filter_new,
    takewhile_next,
    "Return successive entries from an iterable as long as the predicate evaluates to true for each entry."
);
filter_type!(
    FILTERFALSE,
    "filterfalse",
    "($type, function, iterable, /)",
    filter_new,
    filterfalse_next,
    "Return those items of iterable for which function(item) is false.\n\nIf function is None, return the items that are false."
);
filter_type!(
    STARMAP,
    "starmap",
    "($type, function, iterable, /)",
    filter_new,
    starmap_next,
    "Return an iterator whose values are returned from the function evaluated with an argument tuple taken from the given sequence."
);
