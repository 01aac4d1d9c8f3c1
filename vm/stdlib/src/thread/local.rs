//! `_thread._local`: an object with other attributes in each thread.

use brolga_runtime::object::def::{GetSetDef, type_flags};
use brolga_runtime::object::{Args, Field, Header, HeapType, LayoutId, MethodDef, Ref, TypeDef};
use brolga_runtime::state::Vm;
use brolga_runtime::state::names::Special;
use brolga_runtime::types::dict::PyDict;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::types::tuple::PyTuple;
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, getset, method};

use crate::layouts;

#[repr(C)]
pub struct PyLocal {
    header: Header,
    attrs: Field,
    /// What `__init__` gets in each thread.
    args: Field,
    kwargs: Field,
}

// SAFETY: repr(C), header first; zeros are valid, and all else are fields.
unsafe impl HeapType for PyLocal {
    const LAYOUT: LayoutId = layouts::THREAD_LOCAL;
}

/// This thread's dict; made, with a call of `__init__`, at its first use.
fn dict(vm: &Vm, this: Ref<PyLocal>) -> PyResult<Ref<PyDict>> {
    if let Some(dict) = vm.thread_value(this.obj()).and_then(Value::downcast) {
        return Ok(dict);
    }
    let dict = PyDict::new(vm)?;
    vm.set_thread_value(this.obj(), Some(dict.value()))?;
    let class = vm.type_of(this.value());
    if let (Some(args), true) = (this.args.get().and_then(Value::downcast::<PyTuple>), has_own_init(vm, class)) {
        let init = vm.get_attr_str(class.value(), "__init__")?;
        let all = vm.with_prefixed_args(this.value(), args.as_slice(), |all| {
            vm.call_with_dict(init, all, this.kwargs.get().and_then(Value::downcast))
        });
        if let Err(raised) = all {
            vm.set_thread_value(this.obj(), None)?;
            return Err(raised);
        }
    }
    Ok(dict)
}

fn has_own_init(vm: &Vm, class: Ref<PyType>) -> bool {
    class.special(Special::Init).map(Value::bits) != vm.types.object.special(Special::Init).map(Value::bits)
}

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyLocal>> {
    let Some(class) = args.get(0).downcast::<PyType>() else {
        return Err(vm.type_error("_local.__new__(X): X is not a type object"));
    };
    let given = !args.rest.is_empty() || !args.kw.is_empty();
    if given && !has_own_init(vm, class) {
        return Err(vm.type_error("Initialization arguments are not supported"));
    }
    let positional = vm.new_tuple(args.rest)?;
    let kwargs = vm.new_dict()?;
    for (name, value) in args.kw.iter() {
        kwargs.set_item(vm, name, value)?;
    }
    let this: Ref<PyLocal> = vm.alloc_instance(class)?;
    this.args.set(this, positional.value());
    this.kwargs.set(this, kwargs.value());
    // `type.__call__` calls `__init__` itself in this thread.
    let dict = PyDict::new(vm)?;
    vm.set_thread_value(this.obj(), Some(dict.value()))?;
    Ok(this)
}

fn name_of(vm: &Vm, name: Value) -> PyResult<Ref<PyStr>> {
    match name.downcast::<PyStr>() {
        Some(name) => Ok(name),
        None => Err(vm.type_error(format!("attribute name must be string, not '{}'", vm.type_name(name)))),
    }
}

fn getattribute(vm: &Vm, this: Ref<PyLocal>, name: Value) -> PyResult<Value> {
    let name = name_of(vm, name)?;
    let dict = dict(vm, this)?;
    if name.equals_str("__dict__") {
        return Ok(dict.value());
    }
    let class = vm.type_of(this.value());
    let on_class = class.lookup(vm, name);
    if let Some(descriptor) = on_class.filter(|d| vm.is_data_descriptor(*d))
        && let Some(value) = vm.descriptor_get(descriptor, Some(this.value()), class.value())?
    {
        return Ok(value);
    }
    if let Some(value) = dict.get_item(vm, name.value())? {
        return Ok(value);
    }
    match on_class {
        Some(found) => Ok(vm.descriptor_get(found, Some(this.value()), class.value())?.unwrap_or(found)),
        None => Err(vm.no_attribute(this.value(), name)),
    }
}

fn change(vm: &Vm, this: Ref<PyLocal>, name: Value, value: Option<Value>) -> PyResult<()> {
    let name = name_of(vm, name)?;
    let dict = dict(vm, this)?;
    let class = vm.type_of(this.value());
    if name.equals_str("__dict__") {
        let message = format!("'{}' object attribute '__dict__' is read-only", class.name());
        return Err(vm.attribute_error_for(this.value(), name, &message));
    }
    if let Some(descriptor) = class.lookup(vm, name).filter(|d| vm.is_data_descriptor(*d))
        && let Some(done) = vm.descriptor_set(descriptor, this.value(), value)
    {
        return done;
    }
    match value {
        Some(value) => dict.set_item(vm, vm.intern_str(name).value(), value),
        None => match dict.remove(vm, name.value())? {
            Some(_) => Ok(()),
            None => Err(vm.no_attribute(this.value(), name)),
        },
    }
}

fn setattr(vm: &Vm, this: Ref<PyLocal>, name: Value, value: Value) -> PyResult<()> {
    change(vm, this, name, Some(value))
}

fn delattr(vm: &Vm, this: Ref<PyLocal>, name: Value) -> PyResult<()> {
    change(vm, this, name, None)
}

const METHODS: &[MethodDef] = &[
    method!("__new__", "($type, *args, **kwargs)", new).static_(),
    method!("__getattribute__", 2, getattribute),
    method!("__setattr__", 3, setattr),
    method!("__delattr__", 2, delattr),
];

const GETSET: &[GetSetDef] = &[getset!("__dict__", dict)];

pub static DEF: TypeDef = TypeDef {
    module: "_thread",
    layout: Some(layouts::THREAD_LOCAL),
    flags: type_flags::BASETYPE | type_flags::IMMUTABLE | type_flags::WEAKREFABLE,
    methods: &[METHODS],
    getset: GETSET,
    doc: Some("Thread-local data"),
    ..TypeDef::new("_local")
};
