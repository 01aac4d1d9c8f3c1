//! `filter`.

use crate::object::def::{MethodDef, TypeDef, type_flags};
use crate::object::layout::FILTER;
use crate::object::{Args, Field, Header, HeapType, LayoutId, Ref};
use crate::state::Vm;
use crate::types::list::methods::{class_arg, same};
use crate::value::{Slot, Value};
use crate::{PyResult, method};

#[repr(C)]
pub struct PyFilter {
    header: Header,
    attrs: Field,
    /// The function, or None (or `bool`) for the items' own truth.
    function: Field,
    iterator: Field,
}

// SAFETY: repr(C), header first, fields only.
unsafe impl HeapType for PyFilter {
    const LAYOUT: LayoutId = FILTER;
}

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyFilter>> {
    let iterator = vm.iter(args.get(2))?;
    let this: Ref<PyFilter> = vm.alloc_instance(class_arg(vm, args)?)?;
    this.function.init(args.get(1));
    this.iterator.init(iterator);
    Ok(this)
}

fn next(vm: &Vm, this: Value) -> PyResult<Slot> {
    let Some(this) = this.downcast::<PyFilter>() else { return Ok(None) };
    let (function, iterator) = (this.function.get_or_none(), this.iterator.get_or_none());
    let by_truth = function.is_none() || function.same_bits(vm.types.bool.value());
    while let Some(item) = vm.next(iterator)? {
        let verdict = if by_truth { item } else { vm.call(function, &[item])? };
        if vm.is_true(verdict)? {
            return Ok(Some(item));
        }
    }
    Ok(None)
}

fn reduce(vm: &Vm, this: Ref<PyFilter>) -> PyResult<Value> {
    let args = vm.new_tuple(&[this.function.get_or_none(), this.iterator.get_or_none()])?;
    Ok(vm.new_tuple(&[vm.type_of(this.value()).value(), args.value()])?.value())
}

const METHODS: &[MethodDef] = &[
    method!("__new__", "($type, function, iterable, /)", new).static_(),
    method!("__iter__", 1, same),
    method!("__reduce__", 1, reduce).doc("Return state information for pickling."),
];

pub static DEF: TypeDef = TypeDef {
    layout: Some(FILTER),
    flags: type_flags::BASETYPE,
    methods: &[METHODS],
    iternext: Some(next),
    doc: Some(
        "Return an iterator yielding those items of iterable for which function(item)\nis true. If function is None, \
         return the items that are true.",
    ),
    ..TypeDef::new("filter")
};
