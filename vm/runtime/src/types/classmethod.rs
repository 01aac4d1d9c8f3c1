//! `classmethod`.

use crate::object::def::{MethodDef, TypeDef, type_flags};
use crate::object::layout::CLASSMETHOD;
use crate::object::{Args, Field, Header, HeapType, LayoutId, Ref};
use crate::state::Vm;
use crate::types::callable_wrapper::{self, Attributes, CallableWrapper, callable, receiver};
use crate::types::shape;
use crate::types::type_object::PyType;
use crate::value::{Slot, Value};
use crate::{PyResult, method};

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

impl CallableWrapper for PyClassMethod {
    const NAME: &'static str = "classmethod";

    fn field(&self) -> &Field {
        &self.callable
    }
}

fn get(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let this = receiver::<PyClassMethod>(vm, args)?;
    let class = match (args.opt_not_none(2), args.get(1)) {
        (Some(class), _) => class,
        (None, obj) => vm.type_of(obj).value(),
    };
    Ok(crate::types::method::PyMethod::new(vm, callable(vm, this)?, class)?.value())
}

const METHODS: &[MethodDef] = &[
    method!("__new__", "($type, *args, **kwargs)", new).static_(),
    method!("__init__", "($self, /, *args, **kwargs)", callable_wrapper::init::<PyClassMethod>),
    method!("__get__", "($self, instance, owner=None, /)", get),
    method!("__repr__", 1, callable_wrapper::repr::<PyClassMethod>),
    method!("__class_getitem__", 2, crate::types::generic_alias::class_getitem).class().doc("See PEP 585"),
];

pub static DEF: TypeDef = TypeDef {
    layout: Some(CLASSMETHOD),
    flags: type_flags::BASETYPE | type_flags::HAS_DICT,
    methods: &[METHODS],
    getset: Attributes::<PyClassMethod>::GETSET,
    doc: Some(
        "Convert a function to be a class method.\n\nA class method receives the class as implicit first argument,\njust like an instance method receives the instance.\nTo declare a class method, use this idiom:\n\n  class C:\n      @classmethod\n      def f(cls, arg1, arg2, argN):\n          ...\n\nIt can be called either on the class (e.g. C.f()) or on an instance\n(e.g. C().f()).  The instance is ignored except for its class.\nIf a class method is called for a derived class, the derived class\nobject is passed as the implied first argument.\n\nClass methods are different than C++ or Java static methods.\nIf you want those, see the staticmethod builtin.",
    ),
    ..TypeDef::new("classmethod")
};
