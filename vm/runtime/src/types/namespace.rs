//! `types.SimpleNamespace`.

use crate::attributes::instance;
use crate::object::def::{GetSetDef, MethodDef, TypeDef, type_flags};
use crate::object::layout::NAMESPACE;
use crate::object::{Args, Field, Header, HeapType, LayoutId, Ref};
use crate::protocol::compare::Compare;
use crate::state::Vm;
use crate::types::dict::{PyDict, update};
use crate::types::list::methods::{class_arg, receiver};
use crate::types::list::repr;
use crate::types::shape;
use crate::types::str::PyStr;
use crate::value::Value;
use crate::{PyResult, comparisons, getset, method};

#[repr(C)]
pub struct PyNamespace {
    header: Header,
    attrs: Field,
}

// SAFETY: repr(C), header first, a field only.
unsafe impl HeapType for PyNamespace {
    const LAYOUT: LayoutId = NAMESPACE;
}

impl PyNamespace {
    /// A namespace with these attributes.
    pub fn new(vm: &Vm, attributes: &[(&str, Value)]) -> PyResult<Ref<PyNamespace>> {
        let this: Ref<PyNamespace> = vm.alloc(shape::namespace)?;
        for (name, value) in attributes {
            let name = vm.intern(name)?;
            instance::set(vm, this.obj(), name, *value)?;
        }
        Ok(this)
    }
}

fn dict(vm: &Vm, this: Ref<PyNamespace>) -> PyResult<Ref<PyDict>> {
    instance::to_dict(vm, this.obj())
}

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyNamespace>> {
    vm.alloc_instance(class_arg(vm, args)?)
}

fn init(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let this: Ref<PyNamespace> = receiver(vm, args)?;
    let attributes = dict(vm, this)?;
    match args.rest {
        [] => {}
        [mapping] => {
            let given = PyDict::new(vm)?;
            update::update_from(vm, given, *mapping)?;
            let mut position = 0;
            while let Some((key, _)) = given.next_item(&mut position) {
                if key.downcast::<PyStr>().is_none() {
                    return Err(vm.type_error("keywords must be strings"));
                }
            }
            update::update(vm, attributes, given.value())?;
        }
        more => {
            let class = vm.type_name(this.value());
            return Err(vm.type_error(format!("{class} expected at most 1 argument, got {}", more.len())));
        }
    }
    for (name, value) in args.kw.iter() {
        attributes.set_item(vm, name, value)?;
    }
    Ok(())
}

fn make_repr(vm: &Vm, this: Ref<PyNamespace>) -> PyResult<Ref<PyStr>> {
    let class = vm.type_of(this.value());
    let name = if class == vm.types.namespace { "namespace".to_owned() } else { class.name() };
    repr::guarded(vm, this.value(), &format!("{name}(...)"), |text| {
        text.push_str(vm, &name)?;
        text.push_str(vm, "(")?;
        let attributes = dict(vm, this)?;
        let (mut position, mut first) = (0, true);
        while let Some((key, value)) = attributes.next_item(&mut position) {
            let Some(key) = key.downcast::<PyStr>().filter(|k| !k.is_empty()) else { continue };
            if !first {
                text.push_str(vm, ", ")?;
            }
            first = false;
            text.push(vm, key)?;
            text.push_str(vm, "=")?;
            text.push_repr(vm, value)?;
        }
        text.push_str(vm, ")")
    })
}

/// The six comparisons: those of the dicts.
fn rich(vm: &Vm, this: Ref<PyNamespace>, other: Value, op: Compare) -> PyResult<Value> {
    let Some(other) = other.downcast::<PyNamespace>() else { return Ok(Value::NOT_IMPLEMENTED) };
    let (a, b) = (dict(vm, this)?, dict(vm, other)?);
    vm.compare(a.value(), b.value(), op)
}

fn reduce(vm: &Vm, this: Ref<PyNamespace>) -> PyResult<Value> {
    let class = vm.type_of(this.value()).value();
    Ok(vm.new_tuple(&[class, vm.empty_tuple.value(), dict(vm, this)?.value()])?.value())
}

fn replace(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let this: Ref<PyNamespace> = receiver(vm, args)?;
    if !args.rest.is_empty() {
        return Err(vm.type_error("__replace__() takes no positional arguments"));
    }
    let result = vm.call(vm.type_of(this.value()).value(), &[])?;
    let Some(new) = result.downcast::<PyNamespace>() else {
        return Err(vm.type_error(format!(
            "expect types.SimpleNamespace type, but {}() returned '{}' object",
            vm.type_name(this.value()),
            vm.type_name(result)
        )));
    };
    let attributes = dict(vm, new)?;
    update::update(vm, attributes, dict(vm, this)?.value())?;
    for (name, value) in args.kw.iter() {
        attributes.set_item(vm, name, value)?;
    }
    Ok(result)
}

const METHODS: &[MethodDef] = &[
    method!("__new__", "($type, *args, **kwargs)", new).static_(),
    method!("__init__", "($self, /, *args, **kwargs)", init),
    method!("__repr__", 1, make_repr),
    method!("__reduce__", 1, reduce).doc("Return state information for pickling"),
    method!("__replace__", "($self, /, *args, **changes)", replace)
        .doc("Return a copy of the namespace object with new values for the specified attributes."),
];

const GETSET: &[GetSetDef] = &[getset!("__dict__", crate::types::object::get_dict).member()];

pub static DEF: TypeDef = TypeDef {
    module: "types",
    layout: Some(NAMESPACE),
    flags: type_flags::BASETYPE | type_flags::HAS_DICT,
    methods: &[METHODS, comparisons!(rich)],
    getset: GETSET,
    doc: Some("A simple attribute-based namespace."),
    ..TypeDef::new("SimpleNamespace")
};
