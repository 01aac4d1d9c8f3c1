//! `ImportError` and `ModuleNotFoundError`.

use super::attribute::keyword_fields;
use super::base::{dict_if_any, field, init_args, set_field, to_str};
use super::{IMPORT_MSG, IMPORT_NAME, IMPORT_NAME_FROM, IMPORT_PATH, PyException};
use crate::object::def::{GetSetDef, MethodDef};
use crate::object::{Args, Ref};
use crate::state::Vm;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::value::Value;
use crate::{PyResult, getset, method};

fn init(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let this = init_args(vm, args)?;
    let fields = [("name", IMPORT_NAME), ("path", IMPORT_PATH), ("name_from", IMPORT_NAME_FROM)];
    for index in [IMPORT_MSG, IMPORT_NAME, IMPORT_PATH, IMPORT_NAME_FROM] {
        this.set_extra(index, None);
    }
    keyword_fields(vm, this, args, "ImportError", &fields)?;
    if let [message] = args.rest {
        this.set_extra(IMPORT_MSG, *message);
    }
    Ok(())
}

fn str(vm: &Vm, this: Ref<PyException>) -> PyResult<Ref<PyStr>> {
    match this.extra(IMPORT_MSG).and_then(|m| vm.exact_str(m)) {
        Some(message) => Ok(message),
        None => to_str(vm, this),
    }
}

fn reduce(vm: &Vm, this: Ref<PyException>) -> PyResult<Ref<PyTuple>> {
    let class = vm.type_of(this.value()).value();
    let args = this.args(vm).value();
    let own = dict_if_any(vm, this)?;
    let fields = [("name", IMPORT_NAME), ("path", IMPORT_PATH), ("name_from", IMPORT_NAME_FROM)];
    let state = if fields.iter().any(|(_, index)| this.extra(*index).is_some()) {
        let dict = match own {
            Some(dict) => dict.copy(vm)?,
            None => vm.new_dict()?,
        };
        for (name, index) in fields {
            if let Some(value) = this.extra(index) {
                dict.set_name(vm, name, value)?;
            }
        }
        Some(dict.value())
    } else {
        own.map(Ref::value)
    };
    match state {
        Some(state) => vm.new_tuple(&[class, args, state]),
        None => vm.new_tuple(&[class, args]),
    }
}

pub(super) const METHODS: &[MethodDef] = &[
    method!("__init__", "($self, /, *args, **kwargs)", init),
    method!("__str__", 1, str),
    method!("__reduce__", 1, reduce),
];
pub(super) const INIT_ONLY: &[MethodDef] = &[method!("__init__", "($self, /, *args, **kwargs)", init)];
pub(super) const GETSET: &[GetSetDef] = &[
    getset!("msg", field::<IMPORT_MSG>, set_field::<IMPORT_MSG>).member(),
    getset!("name", field::<IMPORT_NAME>, set_field::<IMPORT_NAME>).member(),
    getset!("path", field::<IMPORT_PATH>, set_field::<IMPORT_PATH>).member(),
    getset!("name_from", field::<IMPORT_NAME_FROM>, set_field::<IMPORT_NAME_FROM>).member(),
];

impl Vm {
    /// Raises `ModuleNotFoundError` or `ImportError` with `name` and `path` set.
    pub fn import_error_for(
        &self,
        class: Ref<crate::types::type_object::PyType>,
        message: &str,
        name: Value,
        path: Value,
    ) -> crate::Raised {
        let raised = self.raise_message(class, message);
        if let Some(e) = self.raised.get().and_then(Value::downcast::<PyException>) {
            e.set_extra(IMPORT_NAME, Some(name).filter(|v| !v.is_none()));
            e.set_extra(IMPORT_PATH, Some(path).filter(|v| !v.is_none()));
        }
        raised
    }
}
