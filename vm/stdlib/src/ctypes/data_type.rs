//! The type `_CData`: what all instances of C types have.

use brolga_runtime::object::{Args, Ref, TypeDef, def::type_flags};
use brolga_runtime::protocol::buffer::{BufferProcs, RawBuffer, release_nothing};
use brolga_runtime::state::Vm;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::types::dict::PyDict;
use brolga_runtime::types::tuple::PyTuple;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, getset, method};

use super::data::CData;
use super::functions;
use super::info::{self, HAS_POINTER, IS_POINTER, TypeInfo};
use crate::vectors;

fn base(_: &Vm, this: Ref<CData>) -> Slot {
    this.base.get()
}

fn needs_free(_: &Vm, this: Ref<CData>) -> i32 {
    i32::from(this.owns())
}

fn objects(_: &Vm, this: Ref<CData>) -> Slot {
    this.objects.get()
}

fn hash(vm: &Vm, _: Value) -> PyResult<Value> {
    Err(vm.type_error("unhashable type"))
}

fn reduce(vm: &Vm, this: Ref<CData>) -> PyResult<Value> {
    let class = vm.type_of(this.value());
    if info::required(vm, class)?.has_flag(IS_POINTER | HAS_POINTER) {
        return Err(vm.value_error("ctypes objects containing pointers cannot be pickled"));
    }
    let dict = vm.get_attr_str(this.value(), "__dict__")?;
    let bytes = PyBytes::new(vm, &this.bytes(vm)?)?;
    let state = vm.new_tuple(&[dict, bytes.value()])?;
    let arguments = vm.new_tuple(&[class.value(), state.value()])?;
    Ok(vm.new_tuple(&[functions::unpickle_function(vm)?, arguments.value()])?.value())
}

fn setstate(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let Some(this) = args.get(0).downcast::<CData>() else { return Err(vm.type_error("a C object is required")) };
    let [dict, bytes] = args.rest else {
        let given = args.rest.len();
        return Err(vm.type_error(format!("__setstate__() takes exactly 2 arguments ({given} given)")));
    };
    let Some(dict) = dict.downcast::<PyDict>() else {
        return Err(vm.type_error(format!("argument 1 must be dict, not {}", vm.type_name(*dict))));
    };
    let bytes = vm.with_buffer(*bytes, |bytes| vectors::copy(vm, bytes))??;
    let len = bytes.len().min(this.size.get());
    this.part(vm, 0, len)?.write(bytes.get(..len).unwrap_or(&[]));
    let own = vm.get_attr_str(this.value(), "__dict__")?;
    if own.downcast::<PyDict>().is_none() {
        let (class, got) = (vm.type_of(this.value()).tp_name(), vm.type_name(own));
        return Err(vm.type_error(format!("{class}.__dict__ must be a dictionary, not {got}")));
    }
    vm.call_method(own, "update", &[dict.value()])?;
    Ok(())
}

fn itself(_: &Vm, v: Value) -> Value {
    v
}

fn lend(vm: &Vm, v: Value, _: bool) -> PyResult<RawBuffer> {
    let Some(this) = v.downcast::<CData>() else { return Err(vm.type_error("a C object is required")) };
    let info = info::required(vm, vm.type_of(v))?;
    let (dimensions, itemsize) = TypeInfo::dimensions(info, vm)?;
    // (Of an instance whose class was changed only its own memory. One that was made larger lends all.)
    let len = if dimensions.shape.is_empty() { info.size.get().max(this.size.get()) } else { info.size.get() };
    let ptr = std::ptr::with_exposed_provenance_mut(this.part(vm, 0, len)?.get());
    let format = info.format_text().into();
    Ok(RawBuffer { ptr, len, readonly: false, itemsize, format, dimensions: Some(dimensions) })
}

/// The memory stays as long as the object does: what takes its place when the object is made larger is other memory.
pub const BUFFER: BufferProcs = BufferProcs { get: lend, release: release_nothing, lender: None };

/// `__new__` of the types that need no arguments for it.
pub fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<CData>> {
    super::data::new(vm, crate::object::class_argument(vm, args)?)
}

/// The one argument that an `__init__` may have.
pub fn optional(vm: &Vm, args: &Args<'_>, name: &str) -> PyResult<Slot> {
    match args.rest {
        [] => Ok(None),
        [value] => Ok(Some(*value)),
        more => {
            let given = more.len();
            Err(vm.type_error(format!("{name} expected at most 1 argument, got {given}")))
        }
    }
}

/// `_unpickle(type, state)`
pub fn unpickle(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let [class, state] = args.rest else {
        let given = args.rest.len();
        return Err(vm.type_error(format!("function takes exactly 2 arguments ({given} given)")));
    };
    let Some(state) = state.downcast::<PyTuple>() else {
        return Err(vm.type_error(format!("argument 2 must be tuple, not {}", vm.type_name(*state))));
    };
    let made = vm.call_method(*class, "__new__", &[*class])?;
    vm.call_method(made, "__setstate__", state.as_slice())?;
    Ok(made)
}

pub static DEF: TypeDef = TypeDef {
    module: "_ctypes",
    layout: Some(crate::layouts::CTYPES_DATA),
    flags: type_flags::BASETYPE | type_flags::DISALLOW_NEW,
    methods: &[&[
        method!("__hash__", 1, hash),
        method!("__ctypes_from_outparam__", 1, itself),
        method!("__reduce__", 1, reduce),
        method!("__setstate__", "($self, /, *args)", setstate),
    ]],
    getset: &[
        getset!("_b_base_", base).member().doc("the base object"),
        getset!("_b_needsfree_", needs_free).member().doc("whether the object owns the memory or not"),
        getset!("_objects", objects).member().doc("internal objects tree (NEVER CHANGE THIS OBJECT!)"),
    ],
    buffer: Some(BUFFER),
    doc: Some("XXX to be provided"),
    ..TypeDef::new("_CData")
};
