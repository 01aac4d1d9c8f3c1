//! `method`: a function bound to an instance.

use crate::object::def::{TypeDef, type_flags};
use crate::object::layout::METHOD;
use crate::object::{Args, Field, GetSetDef, Header, HeapType, LayoutId, MethodDef, Ref};
use crate::state::Vm;
use crate::types::shape;
use crate::types::str::PyStr;
use crate::value::Value;
use crate::{PyResult, getset, method};

#[repr(C)]
pub struct PyMethod {
    header: Header,
    function: Field,
    receiver: Field,
}

// SAFETY: repr(C), header first, fields only.
unsafe impl HeapType for PyMethod {
    const LAYOUT: LayoutId = METHOD;
}

/// Where compiled code finds what a method is made of.
pub const FUNCTION_OFFSET: usize = std::mem::offset_of!(PyMethod, function);
pub const RECEIVER_OFFSET: usize = std::mem::offset_of!(PyMethod, receiver);

impl PyMethod {
    #[inline]
    pub fn new(vm: &Vm, function: Value, receiver: Value) -> PyResult<Ref<PyMethod>> {
        // SAFETY: a method has these two only.
        unsafe { vm.alloc_fields(shape::method, [Some(function), Some(receiver)]) }
    }

    #[inline(always)]
    pub fn function(&self) -> Value {
        self.function.get_or_none()
    }

    #[inline(always)]
    pub fn receiver(&self) -> Value {
        self.receiver.get_or_none()
    }
}

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyMethod>> {
    if !vm.is_callable(args.get(1)) {
        return Err(vm.type_error("first argument must be callable"));
    }
    if args.get(2).is_none() {
        return Err(vm.type_error("instance must not be None"));
    }
    PyMethod::new(vm, args.get(1), args.get(2))
}

fn function(_: &Vm, m: Ref<PyMethod>) -> Value {
    m.function()
}

fn receiver(_: &Vm, m: Ref<PyMethod>) -> Value {
    m.receiver()
}

fn doc(vm: &Vm, m: Ref<PyMethod>) -> PyResult<Value> {
    vm.get_attr(m.function(), vm.names.__doc__)
}

fn get(_: &Vm, args: &Args<'_>) -> Value {
    args.get(0)
}

/// Attributes that a method has not itself are its function's.
fn getattribute(vm: &Vm, m: Ref<PyMethod>, name: Value) -> PyResult<Value> {
    let name = vm.expect_str(name, "attribute name")?;
    let name = vm.intern_str(name);
    if let Some(found) = vm.generic_get_attr(m.value(), vm.types.method, name)? {
        return Ok(found);
    }
    vm.get_attr(m.function(), name)
}

fn call(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    vm.call_again(args)
}

fn eq(_: &Vm, a: Ref<PyMethod>, b: Value) -> Value {
    match b.downcast::<PyMethod>() {
        Some(b) => Value::from_bool(a.function().is(b.function()) && a.receiver().is(b.receiver())),
        None => Value::NOT_IMPLEMENTED,
    }
}

fn hash(vm: &Vm, m: Ref<PyMethod>) -> PyResult<i64> {
    let h = vm.id_of(m.receiver()).rotate_right(4) as i64 ^ vm.hash(m.function())?;
    Ok(if h == -1 { -2 } else { h })
}

fn repr(vm: &Vm, m: Ref<PyMethod>) -> PyResult<String> {
    let name = match vm.get_attr_opt(m.function(), vm.names.__qualname__)? {
        Some(q) => Some(q),
        None => vm.get_attr_opt(m.function(), vm.names.__name__)?,
    };
    let name = name.and_then(Value::downcast::<PyStr>).map_or_else(|| "?".to_owned(), |s| s.to_lossy());
    Ok(format!("<bound method {name} of {}>", vm.repr_lossy(m.receiver())?))
}

fn reduce(vm: &Vm, m: Ref<PyMethod>) -> PyResult<Value> {
    let getattr = vm.builtin(vm.intern("getattr")?)?;
    let name = vm.get_attr(m.function(), vm.names.__name__)?;
    let args = vm.new_tuple(&[m.receiver(), name])?;
    Ok(vm.new_tuple(&[getattr, args.value()])?.value())
}

const METHODS: &[MethodDef] = &[
    method!("__new__", "($type, function, instance, /)", new).static_(),
    method!("__call__", "($self, /, *args, **kwargs)", call),
    method!("__get__", "($self, instance, owner=None, /)", get),
    method!("__getattribute__", 2, getattribute),
    method!("__eq__", 2, eq),
    method!("__hash__", 1, hash),
    method!("__repr__", 1, repr),
    method!("__reduce__", 1, reduce),
];
const GETSET: &[GetSetDef] =
    &[getset!("__func__", function).member(), getset!("__self__", receiver).member(), getset!("__doc__", doc)];

pub static DEF: TypeDef = TypeDef {
    layout: Some(METHOD),
    flags: type_flags::WEAKREFABLE,
    methods: &[METHODS],
    getset: GETSET,
    ..TypeDef::new("method")
};
