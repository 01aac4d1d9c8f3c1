//! `memoryview`.

use crate::PyResult;
use crate::object::def::TypeDef;
use crate::object::layout::{MEMORY_ITER, MEMORYVIEW};
use crate::object::{Field, Header, HeapType, LayoutId, Ref};
use crate::protocol::buffer::RawBuffer;
use crate::state::Vm;
use crate::value::Value;

#[repr(C)]
pub struct PyMemoryView {
    header: Header,
    attrs: Field,
}

// SAFETY: repr(C), header first, fields only.
unsafe impl HeapType for PyMemoryView {
    const LAYOUT: LayoutId = MEMORYVIEW;
}

pub fn drop_export(_: &Vm, _: Ref<PyMemoryView>) {}
pub fn copy_out(vm: &Vm, _: &RawBuffer) -> PyResult<Vec<u8>> {
    Err(vm.not_implemented_error("memoryview"))
}
pub fn dunder_buffer(vm: &Vm, _: Value, _: Value) -> PyResult<Value> {
    Err(vm.not_implemented_error("memoryview"))
}
pub fn dunder_release_buffer(vm: &Vm, _: Value, _: Value) -> PyResult<Value> {
    Err(vm.not_implemented_error("memoryview"))
}
pub fn release_view(_: &Vm, _: Ref<PyMemoryView>) {}
pub fn get_buffer(vm: &Vm, _: Value, _: bool) -> PyResult<RawBuffer> {
    Err(vm.not_implemented_error("memoryview"))
}

pub static DEF: TypeDef = TypeDef { layout: Some(MEMORYVIEW), ..TypeDef::new("memoryview") };
pub static ITER_DEF: TypeDef = TypeDef { layout: Some(MEMORY_ITER), ..TypeDef::new("memory_iterator") };
