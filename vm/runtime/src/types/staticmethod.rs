//! `staticmethod`.

use crate::object::def::{MethodDef, TypeDef, type_flags};
use crate::object::layout::STATICMETHOD;
use crate::object::{Args, Field, Header, HeapType, LayoutId, Ref};
use crate::state::Vm;
use crate::types::callable_wrapper::{self, Attributes, CallableWrapper, callable, receiver};
use crate::types::shape;
use crate::types::type_object::PyType;
use crate::value::{Slot, Value};
use crate::{PyResult, method};

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

impl CallableWrapper for PyStaticMethod {
    const NAME: &'static str = "staticmethod";

    fn field(&self) -> &Field {
        &self.callable
    }
}

fn get(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let this = receiver::<PyStaticMethod>(vm, args)?;
    callable(vm, this)
}

fn call(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let function = callable(vm, receiver::<PyStaticMethod>(vm, args)?)?;
    if args.kw.is_empty() {
        return vm.call(function, args.rest);
    }
    vm.call_again(&Args { bound: &[Some(function)], rest: args.rest, kw: args.kw })
}

const METHODS: &[MethodDef] = &[
    method!("__new__", "($type, *args, **kwargs)", new).static_(),
    method!("__init__", "($self, /, *args, **kwargs)", callable_wrapper::init::<PyStaticMethod>),
    method!("__get__", "($self, instance, owner=None, /)", get),
    method!("__call__", "($self, /, *args, **kwargs)", call),
    method!("__repr__", 1, callable_wrapper::repr::<PyStaticMethod>),
    method!("__class_getitem__", 2, crate::types::generic_alias::class_getitem).class().doc("See PEP 585"),
];

pub static DEF: TypeDef = TypeDef {
    layout: Some(STATICMETHOD),
    flags: type_flags::BASETYPE | type_flags::HAS_DICT,
    methods: &[METHODS],
    getset: Attributes::<PyStaticMethod>::GETSET,
    doc: Some(
        "Convert a function to be a static method.\n\nA static method does not receive an implicit first argument.\nTo declare a static method, use this idiom:\n\n     class C:\n         @staticmethod\n         def f(arg1, arg2, argN):\n             ...\n\nIt can be called either on the class (e.g. C.f()) or on an instance\n(e.g. C().f()). Both the class and the instance are ignored, and\nneither is passed implicitly as the first argument to the method.\n\nStatic methods in Python are similar to those found in Java or C++.\nFor a more advanced concept, see the classmethod builtin.",
    ),
    ..TypeDef::new("staticmethod")
};
