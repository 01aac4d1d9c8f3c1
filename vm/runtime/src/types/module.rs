//! `module`. Its attributes are its dict, which is the `globals()` of its functions.

use crate::attributes::instance;
use crate::import::shadowing::Suspicion;
use crate::object::def::{GetSetDef, MethodDef, TypeDef, type_flags};
use crate::object::layout::MODULE;
use crate::object::{Args, Field, Header, HeapType, LayoutId, Ref};
use crate::state::Vm;
use crate::types::dict::PyDict;
use crate::types::object::attribute_name;
use crate::types::shape;
use crate::types::str::PyStr;
use crate::value::{Slot, Value};
use crate::{PyResult, getset, method};

#[repr(C)]
pub struct PyModule {
    header: Header,
    attrs: Field,
    dict: Field,
}

// SAFETY: repr(C), header first, fields only.
unsafe impl HeapType for PyModule {
    const LAYOUT: LayoutId = MODULE;
}

impl PyModule {
    /// A module with `__name__`, `__doc__`, `__package__`, `__loader__`, `__spec__`.
    pub fn new(vm: &Vm, name: &str, doc: Option<&str>) -> PyResult<Ref<PyModule>> {
        let m: Ref<PyModule> = vm.alloc(shape::module)?;
        let name = vm.intern(name)?;
        let doc = match doc {
            Some(doc) => vm.new_str(doc)?.value(),
            None => Value::NONE,
        };
        start(vm, m, name.value(), doc)?;
        Ok(m)
    }

    #[inline(always)]
    pub fn dict(&self) -> Option<Ref<PyDict>> {
        self.dict.get()?.downcast()
    }

    /// The dict, which a module that was made by `__new__` alone gets now.
    pub fn dict_or_make(this: Ref<PyModule>, vm: &Vm) -> PyResult<Ref<PyDict>> {
        match this.dict() {
            Some(dict) => Ok(dict),
            None => {
                let dict = PyDict::new(vm)?;
                this.dict.set(this, dict.value());
                Ok(dict)
            }
        }
    }

    pub fn set(this: Ref<PyModule>, vm: &Vm, name: &str, value: Value) -> PyResult<()> {
        PyModule::dict_or_make(this, vm)?.set_name(vm, name, value)
    }
}

impl Ref<PyModule> {
    /// Makes `dict` the module's namespace.
    pub fn set_dict(self, dict: Ref<PyDict>) {
        self.dict.set(self, dict.value());
    }
}

fn start(vm: &Vm, m: Ref<PyModule>, name: Value, doc: Value) -> PyResult<()> {
    let dict = PyModule::dict_or_make(m, vm)?;
    for (key, value) in [
        (vm.names.__name__, name),
        (vm.names.__doc__, doc),
        (vm.names.__package__, Value::NONE),
        (vm.names.__loader__, Value::NONE),
        (vm.names.__spec__, Value::NONE),
    ] {
        dict.set_str(vm, key, value)?;
    }
    Ok(())
}

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyModule>> {
    let Some(class) = args.get(0).downcast() else {
        return Err(vm.type_error("module.__new__(X): X is not a type object"));
    };
    let m: Ref<PyModule> = vm.alloc_instance(class)?;
    PyModule::dict_or_make(m, vm)?;
    Ok(m)
}

fn init(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let Some(m) = args.get(0).downcast::<PyModule>() else { return Ok(()) };
    let name = args.get(1);
    if name.downcast::<PyStr>().is_none() {
        return Err(vm.type_error(format!("module() argument 'name' must be str, not {}", vm.type_name(name))));
    }
    start(vm, m, name, args.opt(2).unwrap_or(Value::NONE))
}

fn getattribute(vm: &Vm, m: Ref<PyModule>, name: Value) -> PyResult<Value> {
    let name = attribute_name(vm, name)?;
    get(vm, m, name)
}

/// An attribute: the class's data descriptors, the module's dict, the class's others, the module's `__getattr__`.
pub fn get(vm: &Vm, m: Ref<PyModule>, name: Ref<PyStr>) -> PyResult<Value> {
    let class = vm.type_of(m.value());
    let on_class = class.lookup(vm, name);
    if let Some(descriptor) = on_class.filter(|d| vm.is_data_descriptor(*d))
        && let Some(value) = vm.descriptor_get(descriptor, Some(m.value()), class.value())?
    {
        return Ok(value);
    }
    if let Some(value) = m.dict().and_then(|d| d.get_str(vm, name)) {
        return Ok(value);
    }
    if let Some(found) = on_class {
        return Ok(vm.descriptor_get(found, Some(m.value()), class.value())?.unwrap_or(found));
    }
    missing_attribute(vm, m, name)
}

/// The module's `__getattr__`, or CPython's error.
pub fn missing_attribute(vm: &Vm, m: Ref<PyModule>, name: Ref<PyStr>) -> PyResult<Value> {
    let Some(dict) = m.dict() else { return Err(vm.no_attribute(m.value(), name)) };
    let getattr = vm.special_name(crate::state::names::Special::GetAttr);
    if let Some(getattr) = dict.get_str(vm, getattr) {
        return vm.call(getattr, &[name.value()]);
    }
    let module = dict.get_str(vm, vm.names.__name__).and_then(Value::downcast::<PyStr>);
    let text = name.to_lossy();
    let message = match module {
        None => format!("module has no attribute '{text}'"),
        Some(module) => {
            let spec = dict.get_str(vm, vm.names.__spec__);
            let suspicion = Suspicion::new(vm, spec, Some(module.value()), name.value())?;
            let module = module.to_lossy();
            let quoted = |file: &str| -> PyResult<String> { vm.repr_lossy(vm.new_str(file)?.value()) };
            match &suspicion.origin {
                Some(origin) if suspicion.shadows_library => format!(
                    "module '{module}' has no attribute '{text}' (consider renaming {} since it has the same name as the standard library module named '{module}' and prevents importing that standard library module)",
                    quoted(origin)?
                ),
                Some(origin) if suspicion.initializing && suspicion.shadows => format!(
                    "module '{module}' has no attribute '{text}' (consider renaming {} if it has the same name as a library you intended to import)",
                    quoted(origin)?
                ),
                origin if suspicion.initializing => {
                    let from = match origin {
                        Some(origin) => format!(" from {}", quoted(origin)?),
                        None => String::new(),
                    };
                    format!(
                        "partially initialized module '{module}'{from} has no attribute '{text}' (most likely due to a circular import)"
                    )
                }
                _ if suspicion.submodule => format!(
                    "cannot access submodule '{text}' of module '{module}' (most likely due to a circular import)"
                ),
                _ => format!("module '{module}' has no attribute '{text}'"),
            }
        }
    };
    Err(vm.attribute_error_for(m.value(), name, &message))
}

fn store(vm: &Vm, m: Ref<PyModule>, name: Value, value: Slot) -> PyResult<()> {
    let name = attribute_name(vm, name)?;
    let class = vm.type_of(m.value());
    if let Some(descriptor) = class.lookup(vm, name)
        && let Some(done) = vm.descriptor_set(descriptor, m.value(), value)
    {
        return done;
    }
    let dict = PyModule::dict_or_make(m, vm)?;
    match value {
        Some(value) => dict.set_str(vm, name, value),
        None => match dict.remove_str(vm, name) {
            Some(_) => Ok(()),
            None => {
                let module = dict.get_str(vm, vm.names.__name__).map_or_else(String::new, |n| vm.to_lossy(n));
                Err(vm.attribute_error_for(
                    m.value(),
                    name,
                    &format!("module '{module}' has no attribute '{}'", name.to_lossy()),
                ))
            }
        },
    }
}

fn setattr(vm: &Vm, m: Ref<PyModule>, name: Value, value: Value) -> PyResult<()> {
    store(vm, m, name, Some(value))
}

fn delattr(vm: &Vm, m: Ref<PyModule>, name: Value) -> PyResult<()> {
    store(vm, m, name, None)
}

fn repr(vm: &Vm, m: Ref<PyModule>) -> PyResult<Value> {
    // As CPython: `importlib._bootstrap._module_repr`.
    match vm.kept(&crate::import::BOOTSTRAP) {
        Some(bootstrap) => vm.call_method(bootstrap, "_module_repr", &[m.value()]),
        None => {
            let name = m.dict().and_then(|d| d.get_str(vm, vm.names.__name__)).unwrap_or(Value::NONE);
            Ok(vm.new_str(&format!("<module {}>", vm.repr_lossy(name)?))?.value())
        }
    }
}

fn dir(vm: &Vm, m: Ref<PyModule>) -> PyResult<Value> {
    let found = vm.get_attr(m.value(), vm.names.__dict__)?;
    let Some(dict) = found.downcast::<PyDict>() else {
        let name = vm.get_attr_opt(m.value(), vm.names.__name__)?.unwrap_or(Value::NONE);
        return Err(vm.type_error(format!("{}.__dict__ is not a dictionary", vm.to_lossy(name))));
    };
    let dir = vm.special_name(crate::state::names::Special::Dir);
    if let Some(own) = dict.get_str(vm, dir) {
        return vm.call(own, &[]);
    }
    Ok(vm.list_from(dict.value())?.value())
}

fn get_dict(vm: &Vm, m: Ref<PyModule>) -> PyResult<Value> {
    Ok(PyModule::dict_or_make(m, vm)?.value())
}

fn get_annotations(vm: &Vm, m: Ref<PyModule>) -> PyResult<Value> {
    let dict = PyModule::dict_or_make(m, vm)?;
    if let Some(found) = dict.get_str(vm, vm.names.__annotations__) {
        return Ok(found);
    }
    let annotations = match dict.get_str(vm, vm.names.__annotate__).filter(|a| vm.is_callable(*a)) {
        Some(annotate) => {
            let made = vm.call(annotate, &[Value::from_i32(1)])?;
            if made.downcast::<PyDict>().is_none() {
                return Err(vm.type_error(format!("__annotate__ returned non-dict of type '{}'", vm.type_name(made))));
            }
            made
        }
        None => vm.new_dict()?.value(),
    };
    // Of a module that is still being run, more may come.
    if Suspicion::new(vm, dict.get_str(vm, vm.names.__spec__), None, vm.names.__annotations__.value())?.initializing {
        return Ok(annotations);
    }
    dict.set_str(vm, vm.names.__annotations__, annotations)?;
    Ok(annotations)
}

fn set_annotations(vm: &Vm, m: Ref<PyModule>, value: Slot) -> PyResult<()> {
    let dict = PyModule::dict_or_make(m, vm)?;
    match value {
        Some(value) => dict.set_str(vm, vm.names.__annotations__, value)?,
        None => {
            if dict.remove_str(vm, vm.names.__annotations__).is_none() {
                return Err(vm.attribute_error("__annotations__"));
            }
        }
    }
    dict.remove_str(vm, vm.names.__annotate__);
    Ok(())
}

fn get_annotate(vm: &Vm, m: Ref<PyModule>) -> PyResult<Value> {
    let dict = PyModule::dict_or_make(m, vm)?;
    Ok(dict.get_str(vm, vm.names.__annotate__).unwrap_or(Value::NONE))
}

fn set_annotate(vm: &Vm, m: Ref<PyModule>, value: Slot) -> PyResult<()> {
    let Some(value) = value else { return Err(vm.type_error("cannot delete __annotate__ attribute")) };
    if !value.is_none() && !vm.is_callable(value) {
        return Err(vm.type_error("__annotate__ must be callable or None"));
    }
    let dict = PyModule::dict_or_make(m, vm)?;
    dict.set_str(vm, vm.names.__annotate__, value)?;
    if !value.is_none() {
        dict.remove_str(vm, vm.names.__annotations__);
    }
    Ok(())
}

/// The attributes of a subclass's instance that are not in the dict: none, but the field must be there.
pub fn own_attributes(obj: crate::object::Obj) -> bool {
    instance::attrs_field(obj).is_some_and(|f| f.get().is_some())
}

const METHODS: &[MethodDef] = &[
    method!("__new__", "($type, *args, **kwargs)", new).static_(),
    method!("__init__", "($self, name, doc=None)", init),
    method!("__getattribute__", 2, getattribute),
    method!("__setattr__", 3, setattr),
    method!("__delattr__", 2, delattr),
    method!("__repr__", 1, repr),
    method!("__dir__", 1, dir),
];
const GETSET: &[GetSetDef] = &[
    getset!("__dict__", get_dict).member(),
    getset!("__annotations__", get_annotations, set_annotations),
    getset!("__annotate__", get_annotate, set_annotate),
];

pub static DEF: TypeDef = TypeDef {
    layout: Some(MODULE),
    flags: type_flags::BASETYPE | type_flags::HAS_DICT | type_flags::WEAKREFABLE,
    methods: &[METHODS],
    getset: GETSET,
    ..TypeDef::new("module")
};
