//! `cmp_to_key`.

use brolga_runtime::object::{Args, Field, GetSetDef, MethodDef, Ref, TypeDef, def::type_flags};
use brolga_runtime::protocol::compare::Compare;
use brolga_runtime::state::Vm;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, comparisons, getset, method};

use crate::object::object;

object!(
    /// A key; without an object, what makes keys.
    pub struct Key: FUNCTOOLS_KEY { compare: Field, object: Field }
);

pub fn cmp_to_key(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Key>> {
    let key: Ref<Key> = vm.alloc_instance(vm.native_type(&DEF)?)?;
    key.compare.init(args.get(0));
    Ok(key)
}

fn call(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Key>> {
    let Some(this) = args.get(0).downcast::<Key>() else { return Err(vm.type_error("a key is required")) };
    let key: Ref<Key> = vm.alloc_instance(vm.native_type(&DEF)?)?;
    key.compare.init(this.compare.get());
    key.object.init(args.get(1));
    Ok(key)
}

fn compare(vm: &Vm, a: Ref<Key>, b: Value, op: Compare) -> PyResult<Value> {
    let Some(b) = b.downcast::<Key>() else { return Err(vm.type_error("other argument must be K instance")) };
    let (Some(x), Some(y)) = (a.object.get(), b.object.get()) else { return Err(vm.attribute_error("object")) };
    let order = vm.call(a.compare.get_or_none(), &[x, y])?;
    vm.compare(order, Value::from_i32(0), op)
}

fn object(_: &Vm, this: Ref<Key>) -> Slot {
    this.object.get()
}

fn set_object(_: &Vm, this: Ref<Key>, value: Slot) -> PyResult<()> {
    this.object.set(this, value);
    Ok(())
}

static METHODS: &[MethodDef] = &[method!("__call__", "($self, /, obj)", call)];
static GETSET: &[GetSetDef] = &[getset!("obj", object, set_object).member()];

pub static DEF: TypeDef = TypeDef {
    module: "functools",
    layout: Some(crate::layouts::FUNCTOOLS_KEY),
    flags: type_flags::DISALLOW_NEW,
    methods: &[METHODS, comparisons!(compare)],
    getset: GETSET,
    ..TypeDef::new("KeyWrapper")
};
