//! `_SimpleCData` and its metaclass: ints, floats, characters, pointers without a type, Python objects.

use brolga_runtime::object::{Args, MethodDef, Ref, TypeDef, def::type_flags};
use brolga_runtime::state::Vm;
use brolga_runtime::types::native_function::PyNativeFunction;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, getset, method};

use super::access::{self, Place};
use super::code::{Code, Kind as CodeKind};
use super::data::CData;
use super::data_type::{self, BUFFER};
use super::decode::decode;
use super::info::{self, IS_POINTER, Kind, OWN_SIMPLE, TypeInfo};
use super::width::Width;
use super::{classes, keep, metaclass, param};

/// The code that a class's `_type_` names.
fn code_of(vm: &Vm, class: Ref<PyType>) -> PyResult<Code> {
    let Some(letter) = vm.get_attr_opt(class.value(), vm.intern("_type_")?)? else {
        return Err(vm.attribute_error("class must define a '_type_' attribute"));
    };
    let Some(letter) = letter.downcast::<PyStr>() else {
        return Err(vm.type_error("class must define a '_type_' string attribute"));
    };
    if letter.len() != 1 {
        return Err(vm.value_error("class must define a '_type_' attribute which must be a string of length 1"));
    }
    let code = u8::try_from(letter.char_at(0)).ok().and_then(Code::of);
    code.ok_or_else(|| {
        vm.attribute_error(format!(
            "class must define a '_type_' attribute which must be\na single character string containing one of the\n\
             supported types: '{}'.",
            Code::ALL
        ))
    })
}

fn init_class(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let class = metaclass::made(vm, args)?;
    if !matches!(args.rest.len(), 1 | 3) {
        return Err(vm.type_error("type.__init__() takes 1 or 3 arguments"));
    }
    let code = code_of(vm, class)?;
    let info = info::new_info(vm, class, Kind::Simple)?;
    TypeInfo::set_code(info, vm, code, false)?;
    if class.base() == Some(classes::simple(vm)?) {
        if code.is_pointer() {
            info.add_flag(IS_POINTER);
        }
        if let Some(def) = own_from_param(code)
            && let Some(dict) = class.dict()
        {
            dict.set_name(vm, "from_param", PyNativeFunction::new_method(vm, def, class)?)?;
            class.modified(vm, Some(vm.intern("from_param")?));
        }
    } else {
        info.add_flag(OWN_SIMPLE);
    }
    let meta = vm.type_of(class.value());
    if code.swaps() && meta == classes::meta(vm, &META)? {
        let swapped = swapped_type(vm, meta, args, code)?;
        for (owner, big, little) in [(class, swapped, class), (swapped, swapped, class)] {
            vm.set_attr_str(owner.value(), "__ctype_be__", big.value())?;
            vm.set_attr_str(owner.value(), "__ctype_le__", little.value())?;
        }
    }
    Ok(())
}

/// The twin of a class in the other byte order, made of the same arguments.
fn swapped_type(vm: &Vm, meta: Ref<PyType>, args: &Args<'_>, code: Code) -> PyResult<Ref<PyType>> {
    let [name, bases, namespace, ..] = args.rest else { return Err(vm.type_error("type() takes 1 or 3 arguments")) };
    let name = vm.new_str(&format!("{}_be", vm.to_lossy(*name)))?;
    let new = vm.get_attr_str(vm.types.type_.value(), "__new__")?;
    let made = vm.call(new, &[meta.value(), name.value(), *bases, *namespace])?;
    let Some(class) = made.downcast::<PyType>() else { return Err(vm.type_error("a class is required")) };
    let info = info::new_info(vm, class, Kind::Simple)?;
    TypeInfo::set_code(info, vm, code, true)?;
    Ok(class)
}

/// `from_param` of those that take more than their own instances and values.
fn own_from_param(code: Code) -> Option<&'static MethodDef> {
    static POINTERS: [MethodDef; 3] = [
        method!("from_param", 2, param::from_param_char).class(),
        method!("from_param", 2, param::from_param_wide).class(),
        method!("from_param", 2, param::from_param_void).class(),
    ];
    match code.kind() {
        CodeKind::CharPointer => POINTERS.first(),
        CodeKind::WideCharPointer => POINTERS.get(1),
        CodeKind::Pointer => POINTERS.get(2),
        _ => None,
    }
}

pub static META: TypeDef = metaclass::definition(
    "PyCSimpleType",
    &[
        &[
            method!("__init__", "($self, /, *args, **kwargs)", init_class),
            method!("from_param", 2, param::from_param_simple)
                .text("($self, value, /)")
                .doc("Convert a Python object into a function call parameter."),
        ],
        metaclass::METHODS,
    ],
    "metatype for the PyCSimpleType Objects",
);

/// Class and coding of an instance.
fn coding(vm: &Vm, this: Ref<CData>) -> PyResult<(Ref<TypeInfo>, access::Coding)> {
    let info = info::required(vm, vm.type_of(this.value()))?;
    match info.code() {
        Some(code) => Ok((info, (code, info.swapped.get()))),
        None => Err(vm.type_error("not a simple type")),
    }
}

fn value(vm: &Vm, this: Ref<CData>) -> PyResult<Value> {
    let (_, (code, swapped)) = coding(vm, this)?;
    let size = code.size();
    decode(vm, code, swapped, this.part(vm, 0, size)?, Width::bytes(size))
}

fn set_value(vm: &Vm, this: Ref<CData>, value: Slot) -> PyResult<()> {
    let Some(value) = value else { return Err(vm.type_error("can't delete attribute")) };
    let (info, coding) = coding(vm, this)?;
    let kept = access::write_simple(vm, this, Place::Inside(0), coding, value, Width::bytes(info.size.get()))?;
    keep::keep(vm, this, 0, kept)
}

fn init(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let Some(this) = args.get(0).downcast::<CData>() else { return Err(vm.type_error("a C object is required")) };
    match data_type::optional(vm, args, "__init__")? {
        Some(value) => set_value(vm, this, Some(value)),
        None => Ok(()),
    }
}

fn from_outparam(vm: &Vm, this: Ref<CData>) -> PyResult<Value> {
    let (info, _) = coding(vm, this)?;
    if info.has_flag(OWN_SIMPLE) { Ok(this.value()) } else { value(vm, this) }
}

fn truth(vm: &Vm, this: Ref<CData>) -> PyResult<bool> {
    Ok(this.bytes(vm)?.iter().any(|byte| *byte != 0))
}

fn repr(vm: &Vm, this: Ref<CData>) -> PyResult<String> {
    let class = vm.type_of(this.value());
    let (info, _) = coding(vm, this)?;
    if info.has_flag(OWN_SIMPLE) {
        return Ok(format!("<{} object at {:#x}>", class.tp_name(), this.addr()));
    }
    let value = value(vm, this)?;
    Ok(format!("{}({})", class.tp_name(), vm.repr_lossy(value)?))
}

pub static DEF: TypeDef = TypeDef {
    module: "_ctypes",
    flags: type_flags::BASETYPE,
    methods: &[&[
        method!("__new__", "($type, *args, **kwargs)", data_type::new).static_(),
        method!("__init__", "($self, /, *args, **kwargs)", init),
        method!("__bool__", 1, truth),
        method!("__repr__", 1, repr),
        method!("__ctypes_from_outparam__", 1, from_outparam),
    ]],
    getset: &[getset!("value", value, set_value).doc("current value")],
    buffer: Some(BUFFER),
    doc: Some("XXX to be provided"),
    ..TypeDef::new("_SimpleCData")
};
