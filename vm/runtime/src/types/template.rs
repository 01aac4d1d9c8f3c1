//! `string.templatelib.Template` and `Interpolation`.

use crate::PyResult;
use crate::object::def::TypeDef;
use crate::object::layout::{INTERPOLATION, SEQ_ITER, TEMPLATE};
use crate::state::Vm;
use crate::value::Value;

pub fn new(vm: &Vm, _: Value, _: Value) -> PyResult<Value> {
    Err(vm.not_implemented_error("templates"))
}

pub fn interpolation(vm: &Vm, _: Value, _: Value, _: Value, _: Value) -> PyResult<Value> {
    Err(vm.not_implemented_error("templates"))
}

pub static DEF: TypeDef = TypeDef { layout: Some(TEMPLATE), ..TypeDef::new("Template") };
pub static ITER_DEF: TypeDef = TypeDef { layout: Some(SEQ_ITER), ..TypeDef::new("TemplateIter") };
pub static INTERPOLATION_DEF: TypeDef = TypeDef { layout: Some(INTERPOLATION), ..TypeDef::new("Interpolation") };
