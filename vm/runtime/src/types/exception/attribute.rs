//! `AttributeError` and `NameError`: they know the name that was not found, for suggestions.

use super::base::{dict_if_any, field, init_args, reduce_with, set_field};
use super::{ATTRIBUTE_NAME, ATTRIBUTE_OBJ, NAME_NAME, PyException};
use crate::object::def::{GetSetDef, MethodDef};
use crate::object::{Args, Ref};
use crate::state::Vm;
use crate::types::tuple::PyTuple;
use crate::value::Value;
use crate::{PyResult, getset, method};

/// Stores the keyword arguments of `__init__`, each in its field; any other is a TypeError of function `function`.
pub(super) fn keyword_fields(
    vm: &Vm,
    this: Ref<PyException>,
    args: &Args<'_>,
    function: &str,
    fields: &[(&str, usize)],
) -> PyResult<()> {
    let given = args.kw.iter().count();
    if given > fields.len() {
        let (limit, plural) = (fields.len(), if fields.len() == 1 { "" } else { "s" });
        return Err(
            vm.type_error(format!("{function}() takes at most {limit} keyword argument{plural} ({given} given)"))
        );
    }
    for (_, index) in fields {
        this.set_extra(*index, None);
    }
    for (key, value) in args.kw.iter() {
        let name = vm.to_lossy(key);
        match fields.iter().find(|(known, _)| *known == name) {
            Some((_, index)) => this.set_extra(*index, value),
            None => {
                let known: Vec<String> = fields.iter().map(|(known, _)| (*known).to_owned()).collect();
                let hint = match super::suggest::closest(&name, &known) {
                    Some(near) => format!(". Did you mean '{near}'?"),
                    None => String::new(),
                };
                return Err(vm.type_error(format!("{function}() got an unexpected keyword argument '{name}'{hint}")));
            }
        }
    }
    Ok(())
}

fn init(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let this = init_args(vm, args)?;
    keyword_fields(vm, this, args, "AttributeError", &[("name", ATTRIBUTE_NAME), ("obj", ATTRIBUTE_OBJ)])
}

fn name_init(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let this = init_args(vm, args)?;
    keyword_fields(vm, this, args, "NameError", &[("name", NAME_NAME)])
}

/// The state to pickle: `__dict__` with what is not in `args`. (`obj` is left out, as it may be anything.)
fn getstate(vm: &Vm, this: Ref<PyException>) -> PyResult<Value> {
    let own = dict_if_any(vm, this)?;
    let Some(name) = this.extra(ATTRIBUTE_NAME) else { return Ok(own.map_or(Value::NONE, Ref::value)) };
    let dict = match own {
        Some(dict) => dict.copy(vm)?,
        None => vm.new_dict()?,
    };
    dict.set_str(vm, vm.names.name, name)?;
    dict.set_str(vm, vm.names.args, this.args(vm).value())?;
    Ok(dict.value())
}

fn reduce(vm: &Vm, this: Ref<PyException>) -> PyResult<Ref<PyTuple>> {
    let state = getstate(vm, this)?;
    if state.is_none() {
        return reduce_with(vm, this, this.args(vm));
    }
    vm.new_tuple(&[vm.type_of(this.value()).value(), this.args(vm).value(), state])
}

pub(super) const METHODS: &[MethodDef] = &[
    method!("__init__", "($self, /, *args, **kwargs)", init),
    method!("__getstate__", 1, getstate),
    method!("__reduce__", 1, reduce),
];
pub(super) const GETSET: &[GetSetDef] = &[
    getset!("name", field::<ATTRIBUTE_NAME>, set_field::<ATTRIBUTE_NAME>).member(),
    getset!("obj", field::<ATTRIBUTE_OBJ>, set_field::<ATTRIBUTE_OBJ>).member(),
];
pub(super) const NAME_METHODS: &[MethodDef] = &[method!("__init__", "($self, /, *args, **kwargs)", name_init)];
pub(super) const NAME_GETSET: &[GetSetDef] = &[getset!("name", field::<NAME_NAME>, set_field::<NAME_NAME>).member()];
