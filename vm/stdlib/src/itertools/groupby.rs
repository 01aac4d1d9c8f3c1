//! `groupby` and its groups.

use brolga_runtime::object::def::type_flags;
use brolga_runtime::object::{Args, Field, MethodDef, Ref, TypeDef};
use brolga_runtime::state::Vm;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, method};

use crate::object::{class_argument, itself, object};

object!(pub struct GroupBy: ITERTOOLS_GROUPBY {
    iterator: Field,
    /// Empty: the items themselves are the keys.
    key: Field,
    target_key: Field,
    current_key: Field,
    current_value: Field,
    current_group: Field,
});

object!(pub struct Grouper: ITERTOOLS_GROUPER { parent: Field, key: Field });

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<GroupBy>> {
    let class = class_argument(vm, args)?;
    let iterator = vm.iter(args.get(1))?;
    let this: Ref<GroupBy> = vm.alloc_instance(class)?;
    this.iterator.init(iterator);
    this.key.init(args.opt_not_none(2));
    Ok(this)
}

/// Fetches the next item and its key; `false` at the end.
fn step(vm: &Vm, this: Ref<GroupBy>) -> PyResult<bool> {
    let Some(value) = vm.next(this.iterator.get_or_none())? else { return Ok(false) };
    let key = match this.key.get() {
        Some(function) => vm.call(function, &[value])?,
        None => value,
    };
    this.current_value.set(this, value);
    this.current_key.set(this, key);
    Ok(true)
}

fn next(vm: &Vm, this: Value) -> PyResult<Slot> {
    let Some(this) = this.downcast::<GroupBy>() else { return Ok(None) };
    this.current_group.set(this, None);
    let key = loop {
        match (this.current_key.get(), this.target_key.get()) {
            (None, _) => {}
            (Some(key), None) => break key,
            (Some(key), Some(target)) => {
                if !vm.eq(target, key)? {
                    break key;
                }
            }
        }
        if !step(vm, this)? {
            return Ok(None);
        }
    };
    // The comparison may have advanced this very iterator.
    let key = this.current_key.get().unwrap_or(key);
    this.target_key.set(this, key);
    let group: Ref<Grouper> = vm.alloc_instance(vm.native_type(&GROUPER)?)?;
    group.parent.init(this.value());
    group.key.init(key);
    this.current_group.set(this, group.value());
    Ok(Some(vm.new_tuple(&[key, group.value()])?.value()))
}

static METHODS: &[MethodDef] =
    &[method!("__new__", "($type, iterable, key=None)", new).static_(), method!("__iter__", 1, itself)];

pub static GROUPBY: TypeDef = TypeDef {
    module: "itertools",
    layout: Some(crate::layouts::ITERTOOLS_GROUPBY),
    flags: type_flags::BASETYPE,
    methods: &[METHODS],
    iternext: Some(next),
    doc: Some("make an iterator that returns consecutive keys and groups from the iterable"),
    ..TypeDef::new("groupby")
};

fn grouper_new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Grouper>> {
    let class = class_argument(vm, args)?;
    let Some(parent) = args.get(1).downcast::<GroupBy>() else {
        return Err(vm.type_error(format!(
            "_grouper() argument 1 must be itertools.groupby, not {}",
            vm.type_name(args.get(1))
        )));
    };
    let group: Ref<Grouper> = vm.alloc_instance(class)?;
    group.parent.init(parent.value());
    group.key.init(args.get(2));
    parent.current_group.set(parent, group.value());
    Ok(group)
}

fn grouper_next(vm: &Vm, this: Value) -> PyResult<Slot> {
    let Some(this) = this.downcast::<Grouper>() else { return Ok(None) };
    let Some(parent) = this.parent.get().and_then(Value::downcast::<GroupBy>) else { return Ok(None) };
    if !parent.current_group.get().is_some_and(|g| g.same_bits(this.value())) {
        return Ok(None);
    }
    if parent.current_value.is_empty() && !step(vm, parent)? {
        return Ok(None);
    }
    if !vm.eq(this.key.get_or_none(), parent.current_key.get_or_none())? {
        return Ok(None);
    }
    let value = parent.current_value.get();
    parent.current_value.set(parent, None);
    parent.current_key.set(parent, None);
    Ok(value)
}

static GROUPER_METHODS: &[MethodDef] =
    &[method!("__new__", "($type, parent, tgtkey, /)", grouper_new).static_(), method!("__iter__", 1, itself)];

pub static GROUPER: TypeDef = TypeDef {
    module: "itertools",
    layout: Some(crate::layouts::ITERTOOLS_GROUPER),
    methods: &[GROUPER_METHODS],
    iternext: Some(grouper_next),
    ..TypeDef::new("_grouper")
};
