//! `staticmethod`.

use crate::object::def::{GetSetDef, MethodDef, TypeDef, type_flags};
use crate::object::layout::STATICMETHOD;
use crate::object::{Args, Field, Header, HeapType, LayoutId, Ref};
use crate::state::Vm;
use crate::types::shape;
use crate::types::type_object::PyType;
use crate::value::{Slot, Value};
use crate::{PyResult, getset, method};

#[repr(C)]
pub struct PyStaticMethod {
    header: Header,
    attrs: Field,
    callable: Field,
}

// SAFETY: repr(C), header first, fields only.
unsafe impl HeapType for PyStaticMethod {
    const LAYOUT: LayoutId = STATICMETHOD;
}

impl PyStaticMethod {
    /// `staticmethod(callable)`, without the attributes that are copied from the callable.
    pub fn new(vm: &Vm, callable: Value) -> PyResult<Ref<PyStaticMethod>> {
        let this: Ref<PyStaticMethod> = vm.alloc(shape::staticmethod)?;
        this.callable.init(callable);
        Ok(this)
    }

    /// What it wraps; empty only before `__init__`.
    pub fn callable(&self) -> Slot {
        self.callable.get()
    }
}

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyStaticMethod>> {
    let class: Ref<PyType> = args.get(0).downcast().ok_or_else(|| vm.type_error("a class is required"))?;
    vm.alloc_instance::<PyStaticMethod>(class)
}

fn receiver(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyStaticMethod>> {
    args.get(0).downcast().ok_or_else(|| vm.type_error("a staticmethod is required"))
}

fn callable(vm: &Vm, this: Ref<PyStaticMethod>) -> PyResult<Value> {
    this.callable.get().ok_or_else(|| vm.runtime_error("uninitialized staticmethod object"))
}

fn init(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let this = receiver(vm, args)?;
    if !args.kw.is_empty() {
        return Err(vm.type_error("staticmethod() takes no keyword arguments"));
    }
    let [function] = args.rest else {
        return Err(vm.type_error(format!("staticmethod expected 1 argument, got {}", args.rest.len())));
    };
    this.callable.set(this, *function);
    let names = &vm.names;
    for name in [names.__module__, names.__name__, names.__qualname__, names.__doc__] {
        if let Some(value) = vm.get_attr_opt(*function, name)? {
            vm.set_attr(this.value(), name, value)?;
        }
    }
    Ok(())
}

fn get(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let this = receiver(vm, args)?;
    callable(vm, this)
}

fn call(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let function = callable(vm, receiver(vm, args)?)?;
    if args.kw.is_empty() {
        return vm.call(function, args.rest);
    }
    vm.call_again(&Args { bound: &[Some(function)], rest: args.rest, kw: args.kw })
}

fn repr(vm: &Vm, this: Ref<PyStaticMethod>) -> PyResult<String> {
    Ok(format!("<staticmethod({})>", vm.repr_lossy(this.callable.get_or_none())?))
}

fn function(_: &Vm, this: Ref<PyStaticMethod>) -> Slot {
    this.callable.get()
}

fn is_abstract_method(vm: &Vm, this: Ref<PyStaticMethod>) -> PyResult<bool> {
    crate::types::property::is_abstract(vm, this.callable.get())
}

/// `__annotations__` and `__annotate__` are the callable's, kept once read.
fn wrapped_attribute(vm: &Vm, this: Ref<PyStaticMethod>, name: &str) -> PyResult<Value> {
    let name = vm.intern(name)?;
    if let Some(own) = crate::attributes::instance::get(vm, this.obj(), name) {
        return Ok(own);
    }
    let value = vm.get_attr(callable(vm, this)?, name)?;
    crate::attributes::instance::set(vm, this.obj(), name, value)?;
    Ok(value)
}

fn set_wrapped_attribute(vm: &Vm, this: Ref<PyStaticMethod>, name: &str, value: Slot) -> PyResult<()> {
    let name = vm.intern(name)?;
    match value {
        Some(value) => crate::attributes::instance::set(vm, this.obj(), name, value),
        None => match crate::attributes::instance::delete(vm, this.obj(), name)? {
            true => Ok(()),
            false => Err(vm.no_attribute(this.value(), name)),
        },
    }
}

fn annotations(vm: &Vm, this: Ref<PyStaticMethod>) -> PyResult<Value> {
    wrapped_attribute(vm, this, "__annotations__")
}

fn set_annotations(vm: &Vm, this: Ref<PyStaticMethod>, value: Slot) -> PyResult<()> {
    set_wrapped_attribute(vm, this, "__annotations__", value)
}

fn annotate(vm: &Vm, this: Ref<PyStaticMethod>) -> PyResult<Value> {
    wrapped_attribute(vm, this, "__annotate__")
}

fn set_annotate(vm: &Vm, this: Ref<PyStaticMethod>, value: Slot) -> PyResult<()> {
    set_wrapped_attribute(vm, this, "__annotate__", value)
}

const METHODS: &[MethodDef] = &[
    method!("__new__", "($type, *args, **kwargs)", new).static_(),
    method!("__init__", "($self, /, *args, **kwargs)", init),
    method!("__get__", "($self, instance, owner=None, /)", get),
    method!("__call__", "($self, /, *args, **kwargs)", call),
    method!("__repr__", 1, repr),
    method!("__class_getitem__", 2, crate::types::generic_alias::class_getitem).class().doc("See PEP 585"),
];
const GETSET: &[GetSetDef] = &[
    getset!("__func__", function).member(),
    getset!("__wrapped__", function).member(),
    getset!("__dict__", crate::types::object::get_dict, crate::types::object::set_dict),
    getset!("__isabstractmethod__", is_abstract_method),
    getset!("__annotations__", annotations, set_annotations),
    getset!("__annotate__", annotate, set_annotate),
];

pub static DEF: TypeDef = TypeDef {
    layout: Some(STATICMETHOD),
    flags: type_flags::BASETYPE | type_flags::HAS_DICT,
    methods: &[METHODS],
    getset: GETSET,
    doc: Some(
        "Convert a function to be a static method.\n\nA static method does not receive an implicit first argument.\nTo declare a static method, use this idiom:\n\n     class C:\n         @staticmethod\n         def f(arg1, arg2, argN):\n             ...\n\nIt can be called either on the class (e.g. C.f()) or on an instance\n(e.g. C().f()). Both the class and the instance are ignored, and\nneither is passed implicitly as the first argument to the method.\n\nStatic methods in Python are similar to those found in Java or C++.\nFor a more advanced concept, see the classmethod builtin.",
    ),
    ..TypeDef::new("staticmethod")
};
