//! `PickleBuffer`: an object's memory, to be pickled beside the stream.

use brolga_runtime::object::{Args, Field, MethodDef, Ref, TypeDef, def::type_flags};
use brolga_runtime::protocol::buffer::{BufferProcs, RawBuffer};
use brolga_runtime::state::Vm;
use brolga_runtime::types::memoryview::{self, PyMemoryView};
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, method};

use crate::object::{class_argument, object};

object!(
    pub struct PickleBuffer: PICKLE_BUFFER {
        /// A view of the object; empty once released.
        view: Field,
    }
);

impl PickleBuffer {
    pub(super) fn view(&self, vm: &Vm) -> PyResult<Value> {
        self.view.get().ok_or_else(|| vm.value_error("operation forbidden on released PickleBuffer object"))
    }
}

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PickleBuffer>> {
    let class = class_argument(vm, args)?;
    let object = args.get(1);
    if !vm.has_buffer(object) {
        return Err(vm.type_error(format!("a bytes-like object is required, not '{}'", vm.type_name(object))));
    }
    let view = PyMemoryView::new(vm, object, false)?;
    let this: Ref<PickleBuffer> = vm.alloc_instance(class)?;
    this.view.init(view.value());
    Ok(this)
}

/// The memory as bytes in a row.
fn raw(vm: &Vm, this: Ref<PickleBuffer>) -> PyResult<Value> {
    let view = this.view(vm)?;
    let lent = vm.buffer_any(view, false)?;
    let dims = lent.raw.dims();
    let in_rows = dims.is_c_contiguous(lent.raw.itemsize);
    if !in_rows && !dims.is_f_contiguous(lent.raw.itemsize) {
        return Err(vm.buffer_error("cannot extract raw buffer from non-contiguous buffer"));
    }
    let Some(view) = view.downcast::<PyMemoryView>() else { return Ok(view) };
    memoryview::raw_bytes(vm, view).map(Ref::value)
}

fn release(vm: &Vm, this: Ref<PickleBuffer>) -> PyResult<()> {
    if let Some(view) = this.view.get() {
        vm.call_method(view, "release", &[])?;
        this.view.set(this, None);
    }
    Ok(())
}

fn lend(vm: &Vm, this: Value, writable: bool) -> PyResult<RawBuffer> {
    match this.downcast::<PickleBuffer>() {
        Some(this) => memoryview::get_buffer(vm, this.view(vm)?, writable),
        None => Err(vm.type_error("PickleBuffer expected")),
    }
}

/// A view of it is one of the object.
fn lender(this: Value) -> Slot {
    this.downcast::<PickleBuffer>().and_then(|this| this.view.get()?.downcast::<PyMemoryView>()?.exporter())
}

fn take_back(vm: &Vm, this: Value) {
    let view = this.downcast::<PickleBuffer>().and_then(|this| this.view.get()).and_then(Value::downcast);
    if let Some(view) = view {
        memoryview::drop_export(vm, view);
    }
}

static METHODS: &[MethodDef] = &[
    method!("__new__", "($type, object, /)", new).static_(),
    method!("raw", 1, raw).doc(
        "Return a memoryview of the raw memory underlying this buffer.\n\nWill raise BufferError is the buffer isn't contiguous.",
    ),
    method!("release", 1, release).doc("Release the underlying buffer controlled by the PickleBuffer object."),
];

pub static DEF: TypeDef = TypeDef {
    module: "pickle",
    layout: Some(crate::layouts::PICKLE_BUFFER),
    flags: type_flags::WEAKREFABLE,
    methods: &[METHODS],
    buffer: Some(BufferProcs { get: lend, release: take_back, lender: Some(lender) }),
    doc: Some("PickleBuffer(object, /)\n--\n\nWrapper for potentially out-of-band buffers"),
    ..TypeDef::new("PickleBuffer")
};
