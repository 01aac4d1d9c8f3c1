//! BUILD_TEMPLATE, BUILD_INTERPOLATION.

use crate::PyResult;
use crate::state::Vm;
use crate::types::template;
use crate::value::{Slot, Value};

pub fn build_template(vm: &Vm, strings: Value, interpolations: Value) -> PyResult<Value> {
    template::new(vm, strings, interpolations)
}

/// `oparg`: bit 0 a format spec was given, bits 2.. the conversion.
pub fn build_interpolation(vm: &Vm, value: Value, expression: Value, spec: Slot, oparg: u32) -> PyResult<Value> {
    let conversion = match oparg >> 2 {
        0 => Value::NONE,
        1 => vm.intern("s")?.value(),
        2 => vm.intern("r")?.value(),
        _ => vm.intern("a")?.value(),
    };
    template::interpolation(vm, value, expression, conversion, spec.unwrap_or(vm.names.empty.value()))
}
