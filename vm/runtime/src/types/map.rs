//! `map`.

use std::cell::Cell;

use crate::object::def::{MethodDef, TypeDef, type_flags};
use crate::object::layout::MAP;
use crate::object::{Args, Field, Header, HeapType, LayoutId, Ref};
use crate::state::Vm;
use crate::types::array::ValueVec;
use crate::types::list::methods::{class_arg, same};
use crate::types::tuple::PyTuple;
use crate::types::zip::{advance_all, iterators};
use crate::value::{Slot, Value};
use crate::{PyResult, method};

#[repr(C)]
pub struct PyMap {
    header: Header,
    attrs: Field,
    function: Field,
    /// A tuple.
    iterators: Field,
    strict: Cell<bool>,
}

// SAFETY: repr(C), header first; beside fields a flag.
unsafe impl HeapType for PyMap {
    const LAYOUT: LayoutId = MAP;
}

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyMap>> {
    let strict = match args.opt(1) {
        Some(strict) => vm.is_true(strict)?,
        None => false,
    };
    let (function, iterables) = match args.rest {
        [function, iterables @ ..] if !iterables.is_empty() => (*function, iterables),
        _ => return Err(vm.type_error("map() must have at least two arguments.")),
    };
    let iterators = iterators(vm, iterables)?;
    let this: Ref<PyMap> = vm.alloc_instance(class_arg(vm, args)?)?;
    this.function.init(function);
    this.iterators.init(iterators.value());
    this.strict.set(strict);
    Ok(this)
}

fn next(vm: &Vm, this: Value) -> PyResult<Slot> {
    let Some(this) = this.downcast::<PyMap>() else { return Ok(None) };
    let Some(iterators) = this.iterators.get().and_then(Value::downcast::<PyTuple>) else { return Ok(None) };
    advance_all(vm, iterators, this.strict.get(), "map", |items| vm.call(this.function.get_or_none(), items))
}

fn reduce(vm: &Vm, this: Ref<PyMap>) -> PyResult<Value> {
    let args = ValueVec::from_slice(vm, &[this.function.get_or_none()])?;
    if let Some(iterators) = this.iterators.get().and_then(Value::downcast::<PyTuple>) {
        args.extend(vm, iterators.as_slice())?;
    }
    let args = vm.new_tuple(args.as_slice())?;
    let parts: &[Value] = &[vm.type_of(this.value()).value(), args.value(), Value::TRUE];
    Ok(vm.new_tuple(if this.strict.get() { parts } else { &parts[..2] })?.value())
}

fn setstate(vm: &Vm, this: Ref<PyMap>, strict: Value) -> PyResult<()> {
    this.strict.set(vm.is_true(strict)?);
    Ok(())
}

const METHODS: &[MethodDef] = &[
    method!("__new__", "($type, /, *iterables, strict=False)", new).static_(),
    method!("__iter__", 1, same),
    method!("__reduce__", 1, reduce).doc("Return state information for pickling."),
    method!("__setstate__", 2, setstate).doc("Set state information for unpickling."),
];

pub static DEF: TypeDef = TypeDef {
    layout: Some(MAP),
    flags: type_flags::BASETYPE,
    methods: &[METHODS],
    iternext: Some(next),
    doc: Some(
        "Make an iterator that computes the function using arguments from\neach of the iterables.  Stops when the \
         shortest iterable is exhausted.\n\nIf strict is true and one of the arguments is exhausted before the \
         others,\nraise a ValueError.",
    ),
    ..TypeDef::new("map")
};
