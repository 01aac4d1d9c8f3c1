//! Asynchronous generators: their awaitables.

use crate::PyResult;
use crate::object::Ref;
use crate::object::def::TypeDef;
use crate::object::layout::{ASYNC_GEN_OP, GENERATOR};
use crate::state::Vm;
use crate::types::generator::PyGenerator;
use crate::value::Value;

pub fn wrap(vm: &Vm, _: Value) -> PyResult<Value> {
    Err(vm.not_implemented_error("asynchronous generators"))
}

pub fn anext_default(vm: &Vm, _: Value, _: Value) -> PyResult<Value> {
    Err(vm.not_implemented_error("asynchronous generators"))
}

pub fn finalize(_: &Vm, _: Ref<PyGenerator>) -> PyResult<()> {
    Ok(())
}

pub static DEF: TypeDef = TypeDef { layout: Some(GENERATOR), ..TypeDef::new("async_generator") };
pub static ASEND_DEF: TypeDef = TypeDef { layout: Some(ASYNC_GEN_OP), ..TypeDef::new("async_generator_asend") };
pub static ATHROW_DEF: TypeDef = TypeDef { layout: Some(ASYNC_GEN_OP), ..TypeDef::new("async_generator_athrow") };
pub static WRAPPED_DEF: TypeDef =
    TypeDef { layout: Some(ASYNC_GEN_OP), ..TypeDef::new("async_generator_wrapped_value") };
pub static ANEXT_DEF: TypeDef = TypeDef { layout: Some(ASYNC_GEN_OP), ..TypeDef::new("anext_awaitable") };
