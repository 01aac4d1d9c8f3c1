//! `classmethod`.

use crate::object::def::{GetSetDef, MethodDef, TypeDef, type_flags};
use crate::object::layout::CLASSMETHOD;
use crate::object::{Args, Field, Header, HeapType, LayoutId, Ref};
use crate::state::Vm;
use crate::types::shape;
use crate::types::type_object::PyType;
use crate::value::{Slot, Value};
use crate::{PyResult, getset, method};

#[repr(C)]
pub struct PyClassMethod {
    header: Header,
    attrs: Field,
    callable: Field,
}

// SAFETY: repr(C), header first, fields only.
unsafe impl HeapType for PyClassMethod {
    const LAYOUT: LayoutId = CLASSMETHOD;
}

impl PyClassMethod {
    /// `classmethod(callable)`, without the attributes that are copied from the callable.
    pub fn new(vm: &Vm, callable: Value) -> PyResult<Ref<PyClassMethod>> {
        let this: Ref<PyClassMethod> = vm.alloc(shape::classmethod)?;
        this.callable.init(callable);
        Ok(this)
    }

    /// What it wraps; empty only before `__init__`.
    pub fn callable(&self) -> Slot {
        self.callable.get()
    }
}

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyClassMethod>> {
    let class: Ref<PyType> = args.get(0).downcast().ok_or_else(|| vm.type_error("a class is required"))?;
    vm.alloc_instance::<PyClassMethod>(class)
}

fn receiver(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyClassMethod>> {
    args.get(0).downcast().ok_or_else(|| vm.type_error("a classmethod is required"))
}

fn callable(vm: &Vm, this: Ref<PyClassMethod>) -> PyResult<Value> {
    this.callable.get().ok_or_else(|| vm.runtime_error("uninitialized classmethod object"))
}

fn init(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let this = receiver(vm, args)?;
    if !args.kw.is_empty() {
        return Err(vm.type_error("classmethod() takes no keyword arguments"));
    }
    let [function] = args.rest else {
        return Err(vm.type_error(format!("classmethod expected 1 argument, got {}", args.rest.len())));
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
    let class = match (args.opt_not_none(2), args.get(1)) {
        (Some(class), _) => class,
        (None, obj) => vm.type_of(obj).value(),
    };
    Ok(crate::types::method::PyMethod::new(vm, callable(vm, this)?, class)?.value())
}

fn repr(vm: &Vm, this: Ref<PyClassMethod>) -> PyResult<String> {
    Ok(format!("<classmethod({})>", vm.repr_lossy(this.callable.get_or_none())?))
}

fn function(_: &Vm, this: Ref<PyClassMethod>) -> Slot {
    this.callable.get()
}

fn is_abstract_method(vm: &Vm, this: Ref<PyClassMethod>) -> PyResult<bool> {
    crate::types::property::is_abstract(vm, this.callable.get())
}

/// `__annotations__` and `__annotate__` are the callable's, kept once read.
fn wrapped_attribute(vm: &Vm, this: Ref<PyClassMethod>, name: &str) -> PyResult<Value> {
    let name = vm.intern(name)?;
    if let Some(own) = crate::attributes::instance::get(vm, this.obj(), name) {
        return Ok(own);
    }
    let value = vm.get_attr(callable(vm, this)?, name)?;
    crate::attributes::instance::set(vm, this.obj(), name, value)?;
    Ok(value)
}

fn set_wrapped_attribute(vm: &Vm, this: Ref<PyClassMethod>, name: &str, value: Slot) -> PyResult<()> {
    let name = vm.intern(name)?;
    match value {
        Some(value) => crate::attributes::instance::set(vm, this.obj(), name, value),
        None => match crate::attributes::instance::delete(vm, this.obj(), name)? {
            true => Ok(()),
            false => Err(vm.no_attribute(this.value(), name)),
        },
    }
}

fn annotations(vm: &Vm, this: Ref<PyClassMethod>) -> PyResult<Value> {
    wrapped_attribute(vm, this, "__annotations__")
}

fn set_annotations(vm: &Vm, this: Ref<PyClassMethod>, value: Slot) -> PyResult<()> {
    set_wrapped_attribute(vm, this, "__annotations__", value)
}

fn annotate(vm: &Vm, this: Ref<PyClassMethod>) -> PyResult<Value> {
    wrapped_attribute(vm, this, "__annotate__")
}

fn set_annotate(vm: &Vm, this: Ref<PyClassMethod>, value: Slot) -> PyResult<()> {
    set_wrapped_attribute(vm, this, "__annotate__", value)
}

const METHODS: &[MethodDef] = &[
    method!("__new__", "($type, *args, **kwargs)", new).static_(),
    method!("__init__", "($self, /, *args, **kwargs)", init),
    method!("__get__", "($self, instance, owner=None, /)", get),
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
    layout: Some(CLASSMETHOD),
    flags: type_flags::BASETYPE | type_flags::HAS_DICT,
    methods: &[METHODS],
    getset: GETSET,
    doc: Some(
        "Convert a function to be a class method.\n\nA class method receives the class as implicit first argument,\njust like an instance method receives the instance.\nTo declare a class method, use this idiom:\n\n  class C:\n      @classmethod\n      def f(cls, arg1, arg2, argN):\n          ...\n\nIt can be called either on the class (e.g. C.f()) or on an instance\n(e.g. C().f()).  The instance is ignored except for its class.\nIf a class method is called for a derived class, the derived class\nobject is passed as the implied first argument.\n\nClass methods are different than C++ or Java static methods.\nIf you want those, see the staticmethod builtin.",
    ),
    ..TypeDef::new("classmethod")
};
