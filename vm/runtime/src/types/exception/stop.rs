//! `StopIteration` and `SystemExit`: exceptions that carry a value.

use super::base::{field, init_args, no_keywords, receiver, set_field};
use super::{STOP_VALUE, SYSTEM_EXIT_CODE};
use crate::object::Args;
use crate::object::def::{GetSetDef, MethodDef};
use crate::state::Vm;
use crate::value::Value;
use crate::{PyResult, getset, method};

fn stop_init(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    no_keywords(vm, vm.type_of(receiver(vm, args)?.value()), args)?;
    let this = init_args(vm, args)?;
    this.set_extra(STOP_VALUE, args.rest.first().copied().unwrap_or(Value::NONE));
    Ok(())
}

fn exit_init(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    no_keywords(vm, vm.type_of(receiver(vm, args)?.value()), args)?;
    let this = init_args(vm, args)?;
    match args.rest {
        [] => {}
        [one] => this.set_extra(SYSTEM_EXIT_CODE, *one),
        _ => this.set_extra(SYSTEM_EXIT_CODE, this.args(vm).value()),
    }
    Ok(())
}

pub(super) const STOP_METHODS: &[MethodDef] = &[method!("__init__", "($self, /, *args, **kwargs)", stop_init)];
pub(super) const STOP_GETSET: &[GetSetDef] = &[getset!("value", field::<STOP_VALUE>, set_field::<STOP_VALUE>).member()];
pub(super) const EXIT_METHODS: &[MethodDef] = &[method!("__init__", "($self, /, *args, **kwargs)", exit_init)];
pub(super) const EXIT_GETSET: &[GetSetDef] =
    &[getset!("code", field::<SYSTEM_EXIT_CODE>, set_field::<SYSTEM_EXIT_CODE>).member()];
