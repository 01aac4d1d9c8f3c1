//! CALL_INTRINSIC_1 and CALL_INTRINSIC_2.

use brolga_bytecode::constants::{Intrinsic1, Intrinsic2};

use crate::PyResult;
use crate::frame::Frame;
use crate::state::Vm;
use crate::types::exception;
use crate::types::type_params;
use crate::value::Value;

pub fn call_intrinsic_1(vm: &Vm, frame: &Frame, which: u32, v: Value) -> PyResult<Value> {
    let Some(which) = Intrinsic1::from_arg(which) else { return Err(vm.system_error("unknown intrinsic")) };
    match which {
        Intrinsic1::Print => {
            let hook = match vm.sys.get_str(vm, vm.names.displayhook) {
                Some(hook) => hook,
                None => return Err(vm.runtime_error("lost sys.displayhook")),
            };
            vm.call(hook, &[v])
        }
        Intrinsic1::ImportStar => {
            super::imports::import_star(vm, frame, v)?;
            Ok(Value::NONE)
        }
        Intrinsic1::StopIterationError => exception::stop_iteration_error(vm, frame, v),
        Intrinsic1::AsyncGenWrap => crate::types::asyncgen::wrap(vm, v),
        Intrinsic1::UnaryPositive => {
            if v.is_small_int() || v.is_float() {
                return Ok(v);
            }
            vm.unary_op(v, crate::state::names::Special::Pos)
        }
        Intrinsic1::ListToTuple => Ok(vm.tuple_from(v)?.value()),
        Intrinsic1::TypeVar => type_params::make_type_var(vm, v),
        Intrinsic1::ParamSpec => type_params::make_param_spec(vm, v),
        Intrinsic1::TypeVarTuple => type_params::make_type_var_tuple(vm, v),
        Intrinsic1::SubscriptGeneric => type_params::subscript_generic(vm, v),
        Intrinsic1::TypeAlias => type_params::make_type_alias(vm, v),
    }
}

pub fn call_intrinsic_2(vm: &Vm, which: u32, a: Value, b: Value) -> PyResult<Value> {
    let Some(which) = Intrinsic2::from_arg(which) else { return Err(vm.system_error("unknown intrinsic")) };
    match which {
        Intrinsic2::PrepReraiseStar => exception::group::prep_reraise_star(vm, a, b),
        Intrinsic2::TypeVarWithBound => type_params::make_type_var_with_bound(vm, a, b),
        Intrinsic2::TypeVarWithConstraints => type_params::make_type_var_with_constraints(vm, a, b),
        Intrinsic2::SetFunctionTypeParams => {
            if let Some(f) = a.downcast::<crate::types::function::PyFunction>() {
                f.type_params.set(f, b);
            }
            Ok(a)
        }
        Intrinsic2::SetTypeParamDefault => type_params::set_default(vm, a, b),
    }
}
