//! `function`: the bridge from static code to a frame: a code object, its globals, defaults and closure.

use std::cell::Cell;

use brolga_bytecode::constants::flags;

use crate::object::def::{TypeDef, type_flags};
use crate::object::layout::FUNCTION;
use crate::object::{Args, Field, GetSetDef, Header, HeapType, LayoutId, MethodDef, Ref};
use crate::state::Vm;
use crate::types::cell::PyCell;
use crate::types::code::PyCode;
use crate::types::dict::PyDict;
use crate::types::method::PyMethod;
use crate::types::shape;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::value::{Slot, Value};
use crate::{PyResult, getset, method};

#[repr(C)]
pub struct PyFunction {
    header: Header,
    attrs: Field,
    code: Field,
    pub(crate) globals: Field,
    pub(crate) builtins: Field,
    pub(crate) name: Field,
    pub(crate) qualname: Field,
    pub(crate) defaults: Field,
    pub(crate) kwdefaults: Field,
    pub(crate) closure: Field,
    pub(crate) annotations: Field,
    pub(crate) annotate: Field,
    pub(crate) type_params: Field,
    pub(crate) doc: Field,
    pub(crate) module: Field,
    /// Changes with the code, the defaults and the closure.
    pub version: Cell<u32>,
}

/// Where compiled code finds what a function runs, and in which surroundings.
pub const CODE_OFFSET: usize = std::mem::offset_of!(PyFunction, code);
pub const GLOBALS_OFFSET: usize = std::mem::offset_of!(PyFunction, globals);
pub const BUILTINS_OFFSET: usize = std::mem::offset_of!(PyFunction, builtins);

// SAFETY: repr(C), header first; beside fields a small number.
unsafe impl HeapType for PyFunction {
    const LAYOUT: LayoutId = FUNCTION;
}

impl PyFunction {
    pub fn new(vm: &Vm, code: Ref<PyCode>, globals: Value) -> PyResult<Ref<PyFunction>> {
        let builtins = vm.builtins_of(globals)?;
        PyFunction::with_builtins(vm, code, globals, builtins)
    }

    pub fn with_builtins(vm: &Vm, code: Ref<PyCode>, globals: Value, builtins: Value) -> PyResult<Ref<PyFunction>> {
        let f: Ref<PyFunction> = vm.alloc(shape::function)?;
        f.code.init(code.value());
        f.globals.init(globals);
        f.builtins.init(builtins);
        f.name.init(code.name.get());
        f.qualname.init(code.qualname.get());
        if code.has_flag(flags::HAS_DOCSTRING) {
            f.doc.init(code.constant(0));
        }
        if let Some(globals) = globals.downcast::<PyDict>() {
            f.module.init(globals.get_str(vm, vm.names.__name__));
        }
        f.version.set(vm.next_type_version());
        Ok(f)
    }

    #[inline(always)]
    pub fn code(&self) -> Ref<PyCode> {
        // SAFETY: `code` is only ever set to a code object.
        unsafe { Ref::from_ptr(self.code.get().and_then(Value::as_obj).unwrap_unchecked().as_ptr()) }
    }

    #[inline(always)]
    pub fn globals(&self) -> Value {
        self.globals.get_or_none()
    }

    #[inline(always)]
    pub fn builtins(&self) -> Value {
        self.builtins.get_or_none()
    }

    #[inline(always)]
    pub fn defaults(&self) -> Option<Ref<PyTuple>> {
        self.defaults.get()?.downcast()
    }

    pub fn kwdefaults(&self) -> Option<Ref<PyDict>> {
        self.kwdefaults.get()?.downcast()
    }

    #[inline(always)]
    pub fn closure(&self) -> Option<Ref<PyTuple>> {
        self.closure.get()?.downcast()
    }

    /// The closure, if any of its cells are asked for; `None` where it has not as many.
    pub fn closure_of(&self, cells: usize) -> Option<Option<Ref<PyTuple>>> {
        match cells {
            0 => Some(None),
            _ => self.closure().filter(|closure| cells <= closure.len()).map(Some),
        }
    }

    pub fn qualname_lossy(&self, vm: &Vm) -> String {
        self.qualname.get().map_or_else(String::new, |q| vm.to_lossy(q))
    }
}

impl Ref<PyFunction> {
    /// Sets the closure, a tuple of as many cells as the code has free variables.
    pub fn set_closure(self, closure: Value) {
        self.closure.set(self, closure);
    }

    fn changed(self, vm: &Vm) {
        self.version.set(vm.next_type_version());
    }
}

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyFunction>> {
    let code: Ref<PyCode> = match args.get(1).downcast() {
        Some(code) => code,
        None => {
            return Err(
                vm.type_error(format!("function() argument 'code' must be code, not {}", vm.type_name(args.get(1))))
            );
        }
    };
    let Some(globals) = args.get(2).downcast::<PyDict>() else {
        return Err(
            vm.type_error(format!("function() argument 'globals' must be dict, not {}", vm.type_name(args.get(2))))
        );
    };
    let f = PyFunction::new(vm, code, globals.value())?;
    match args.opt_not_none(3) {
        Some(name) if name.downcast::<PyStr>().is_some() => f.name.set(f, name),
        Some(_) => return Err(vm.type_error("arg 3 (name) must be None or string")),
        None => {}
    }
    match args.opt_not_none(4) {
        Some(defaults) if defaults.downcast::<PyTuple>().is_some() => f.defaults.set(f, defaults),
        Some(_) => return Err(vm.type_error("arg 4 (defaults) must be None or tuple")),
        None => {}
    }
    let free =
        code.data().localspluskinds.iter().filter(|k| *k & brolga_bytecode::constants::local_kind::FREE != 0).count();
    match args.opt_not_none(5).map(|c| c.downcast::<PyTuple>()) {
        Some(Some(closure)) => {
            if closure.len() != free {
                return Err(vm.value_error(format!(
                    "{} requires closure of length {free}, not {}",
                    code.name_str().map(|n| n.to_lossy()).unwrap_or_default(),
                    closure.len()
                )));
            }
            for item in closure.as_slice() {
                if item.downcast::<PyCell>().is_none() {
                    return Err(vm.type_error(format!("arg 5 (closure) expected cell, found {}", vm.type_name(*item))));
                }
            }
            f.closure.set(f, closure.value());
        }
        None if free == 0 => {}
        None => return Err(vm.type_error("arg 5 (closure) must be tuple")),
        Some(None) => return Err(vm.type_error("arg 5 (closure) must be None or tuple")),
    }
    match args.opt_not_none(6) {
        Some(kwdefaults) if kwdefaults.downcast::<PyDict>().is_some() => f.kwdefaults.set(f, kwdefaults),
        Some(_) => return Err(vm.type_error("arg 6 (kwdefaults) must be None or dict")),
        None => {}
    }
    Ok(f)
}

fn call(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    vm.call_again(args)
}

fn get(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    match args.opt_not_none(1) {
        Some(receiver) => Ok(PyMethod::new(vm, args.get(0), receiver)?.value()),
        None => Ok(args.get(0)),
    }
}

fn repr(vm: &Vm, f: Ref<PyFunction>) -> String {
    format!("<function {} at {:#x}>", f.qualname_lossy(vm), f.addr())
}

macro_rules! field_getters {
    ($($get:ident $field:ident;)*) => {$(
        fn $get(_: &Vm, f: Ref<PyFunction>) -> Slot { f.$field.get() }
    )*};
}

field_getters! {
    get_code code;
    get_globals globals;
    get_builtins builtins;
    get_name name;
    get_qualname qualname;
    get_defaults defaults;
    get_kwdefaults kwdefaults;
    get_closure closure;
    get_doc doc;
    get_module module;
}

fn set_code(vm: &Vm, f: Ref<PyFunction>, value: Slot) -> PyResult<()> {
    let Some(code) = value.and_then(Value::downcast::<PyCode>) else {
        return Err(vm.type_error("__code__ must be set to a code object"));
    };
    let free = |c: Ref<PyCode>| {
        c.data().localspluskinds.iter().filter(|k| *k & brolga_bytecode::constants::local_kind::FREE != 0).count()
    };
    let closure = f.closure().map_or(0, |c| c.len());
    if free(code) != closure {
        return Err(vm.value_error(format!(
            "{}() requires a code object with {closure} free vars, not {}",
            vm.to_lossy(f.name.get_or_none()),
            free(code)
        )));
    }
    f.code.set(f, code.value());
    f.changed(vm);
    Ok(())
}

fn set_name(vm: &Vm, f: Ref<PyFunction>, value: Slot) -> PyResult<()> {
    match value {
        Some(v) if v.downcast::<PyStr>().is_some() => f.name.set(f, v),
        _ => return Err(vm.type_error("__name__ must be set to a string object")),
    }
    Ok(())
}

fn set_qualname(vm: &Vm, f: Ref<PyFunction>, value: Slot) -> PyResult<()> {
    match value {
        Some(v) if v.downcast::<PyStr>().is_some() => f.qualname.set(f, v),
        _ => return Err(vm.type_error("__qualname__ must be set to a string object")),
    }
    Ok(())
}

fn set_defaults(vm: &Vm, f: Ref<PyFunction>, value: Slot) -> PyResult<()> {
    let value = value.filter(|v| !v.is_none());
    if value.is_some_and(|v| v.downcast::<PyTuple>().is_none()) {
        return Err(vm.type_error("__defaults__ must be set to a tuple object"));
    }
    f.defaults.set(f, value);
    f.changed(vm);
    Ok(())
}

fn set_kwdefaults(vm: &Vm, f: Ref<PyFunction>, value: Slot) -> PyResult<()> {
    let value = value.filter(|v| !v.is_none());
    if value.is_some_and(|v| v.downcast::<PyDict>().is_none()) {
        return Err(vm.type_error("__kwdefaults__ must be set to a dict object"));
    }
    f.kwdefaults.set(f, value);
    f.changed(vm);
    Ok(())
}

fn set_doc(_: &Vm, f: Ref<PyFunction>, value: Slot) -> PyResult<()> {
    f.doc.set(f, value);
    Ok(())
}

fn set_module(_: &Vm, f: Ref<PyFunction>, value: Slot) -> PyResult<()> {
    f.module.set(f, value);
    Ok(())
}

/// `__annotations__`: made by calling `__annotate__` when first asked for.
fn get_annotations(vm: &Vm, f: Ref<PyFunction>) -> PyResult<Value> {
    if let Some(found) = f.annotations.get() {
        return Ok(found);
    }
    let annotations = match f.annotate.get().filter(|a| vm.is_callable(*a)) {
        Some(annotate) => {
            let found = vm.call(annotate, &[Value::from_i32(1)])?;
            if found.downcast::<PyDict>().is_none() {
                return Err(vm.type_error(format!("__annotate__ returned non-dict of type '{}'", vm.type_name(found))));
            }
            found
        }
        None => vm.new_dict()?.value(),
    };
    f.annotations.set(f, annotations);
    Ok(annotations)
}

fn set_annotations(vm: &Vm, f: Ref<PyFunction>, value: Slot) -> PyResult<()> {
    let value = value.filter(|v| !v.is_none());
    if value.is_some_and(|v| v.downcast::<PyDict>().is_none()) {
        return Err(vm.type_error("__annotations__ must be set to a dict object"));
    }
    f.annotations.set(f, value);
    f.annotate.set(f, None);
    Ok(())
}

fn get_annotate(_: &Vm, f: Ref<PyFunction>) -> Slot {
    f.annotate.get()
}

fn set_annotate(vm: &Vm, f: Ref<PyFunction>, value: Slot) -> PyResult<()> {
    let Some(value) = value else { return Err(vm.type_error("__annotate__ cannot be deleted")) };
    if value.is_none() {
        f.annotate.set(f, value);
        return Ok(());
    }
    if !vm.is_callable(value) {
        return Err(vm.type_error("__annotate__ must be callable or None"));
    }
    f.annotate.set(f, value);
    f.annotations.set(f, None);
    Ok(())
}

fn get_type_params(vm: &Vm, f: Ref<PyFunction>) -> PyResult<Value> {
    match f.type_params.get() {
        Some(params) => Ok(params),
        None => Ok(vm.new_tuple(&[])?.value()),
    }
}

fn set_type_params(vm: &Vm, f: Ref<PyFunction>, value: Slot) -> PyResult<()> {
    match value {
        Some(v) if v.downcast::<PyTuple>().is_some() => f.type_params.set(f, v),
        _ => return Err(vm.type_error("__type_params__ must be set to a tuple")),
    }
    Ok(())
}

const METHODS: &[MethodDef] = &[
    method!("__new__", "($type, code, globals, name=None, argdefs=None, closure=None, kwdefaults=None)", new).static_(),
    method!("__call__", "($self, /, *args, **kwargs)", call),
    method!("__get__", "($self, instance, owner=None, /)", get),
    method!("__repr__", 1, repr),
];
const GETSET: &[GetSetDef] = &[
    getset!("__code__", get_code, set_code),
    getset!("__globals__", get_globals).member(),
    getset!("__builtins__", get_builtins).member(),
    getset!("__name__", get_name, set_name),
    getset!("__qualname__", get_qualname, set_qualname),
    getset!("__defaults__", get_defaults, set_defaults),
    getset!("__kwdefaults__", get_kwdefaults, set_kwdefaults),
    getset!("__closure__", get_closure).member(),
    getset!("__doc__", get_doc, set_doc).member(),
    getset!("__module__", get_module, set_module).member(),
    getset!("__annotations__", get_annotations, set_annotations),
    getset!("__annotate__", get_annotate, set_annotate),
    getset!("__type_params__", get_type_params, set_type_params),
    getset!("__dict__", crate::types::object::get_dict, crate::types::object::set_dict),
];

pub static DEF: TypeDef = TypeDef {
    layout: Some(FUNCTION),
    flags: type_flags::HAS_DICT | type_flags::WEAKREFABLE | type_flags::METHOD_DESCRIPTOR,
    methods: &[METHODS],
    getset: GETSET,
    ..TypeDef::new("function")
};
