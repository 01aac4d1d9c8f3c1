//! `CFuncPtr` and its metaclass: pointers to functions, with what is known of parameters and result.

use brolga_runtime::object::{Args, Field, Ref, TypeDef, def::type_flags};
use brolga_runtime::state::Vm;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::types::int;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::types::tuple::PyTuple;
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, getset, method};

use super::call::{self, Callee, MAX_ARGUMENTS};
use super::classes::ARGUMENT_ERROR;
use super::data::{self, CData};
use super::data_type::BUFFER;
use super::info::{self, CDECL, IS_POINTER, Kind, TypeInfo};
use super::memory::Address;
use super::{callback, keep, library, metaclass, paramflags};
use crate::object::{class_argument, object};

object!(
    /// What an instance says of its function beyond what its type says.
    pub struct Function: CTYPES_FUNCTION {
        argtypes: Field,
        converters: Field,
        restype: Field,
        checker: Field,
        errcheck: Field,
        pub paramflags: Field,
        callable: Field,
        thunk: Field,
    }
);

static FUNCTION: TypeDef = TypeDef {
    module: "_ctypes",
    layout: Some(crate::layouts::CTYPES_FUNCTION),
    flags: type_flags::DISALLOW_NEW,
    ..TypeDef::new("_Function")
};

/// The instance's own record, made when it is needed.
fn record(vm: &Vm, this: Ref<CData>) -> PyResult<Ref<Function>> {
    if let Some(record) = known(this) {
        return Ok(record);
    }
    let record: Ref<Function> = vm.alloc_instance(vm.native_type(&FUNCTION)?)?;
    this.function.set(this, record.value());
    Ok(record)
}

fn known(this: Ref<CData>) -> Option<Ref<Function>> {
    this.function.get()?.downcast()
}

/// The `from_param` of each of a sequence of types.
fn converters(vm: &Vm, types: Value) -> PyResult<Ref<PyTuple>> {
    let types = vm.tuple_from(types).map_err(|raised| {
        vm.take_raised(raised);
        vm.type_error("_argtypes_ must be a sequence of types")
    })?;
    let count = types.len();
    if count > MAX_ARGUMENTS {
        let message = format!("_argtypes_ has too many arguments ({count}), maximum is {MAX_ARGUMENTS}");
        return Err(ARGUMENT_ERROR.raise(vm, message));
    }
    let found = brolga_runtime::types::array::ValueVec::new();
    for (i, class) in types.as_slice().iter().enumerate() {
        match vm.get_attr_opt(*class, vm.intern("from_param")?)? {
            Some(converter) => found.push(vm, converter)?,
            None => return Err(vm.type_error(format!("item {} in _argtypes_ has no from_param method", i + 1))),
        }
    }
    vm.new_tuple(found.as_slice())
}

fn is_result_type(vm: &Vm, v: Value) -> bool {
    v.is_none() || info::of_type(v).is_some() || vm.is_callable(v)
}

fn init_class(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let class = metaclass::made(vm, args)?;
    let info = info::new_info(vm, class, Kind::Function)?;
    TypeInfo::set_format(info, vm, "X{}")?;
    info.size.set(size_of::<usize>());
    info.align.set(align_of::<usize>());
    info.length.set(1);
    let flags = info::own(vm, class, "_flags_")?.filter(|flags| vm.is_instance(*flags, vm.types.int));
    let Some(flags) = flags else {
        return Err(vm.type_error("class must define _flags_ which must be an integer"));
    };
    info.flags.set(int::low_u64(flags) as u32 & 0xff | IS_POINTER);
    if let Some(argtypes) = info::own(vm, class, "_argtypes_")? {
        let converters = converters(vm, argtypes)?;
        info.argtypes.set(info, argtypes);
        info.converters.set(info, converters.value());
    }
    if let Some(restype) = info::own(vm, class, "_restype_")? {
        if !is_result_type(vm, restype) {
            return Err(vm.type_error("_restype_ must be a type, a callable, or None"));
        }
        info.restype.set(info, restype);
        let checker = vm.get_attr_opt(restype, vm.intern("_check_retval_")?)?;
        info.checker.set(info, checker);
    }
    Ok(())
}

pub static META: TypeDef = metaclass::definition(
    "PyCFuncPtrType",
    &[&[method!("__init__", "($self, /, *args, **kwargs)", init_class)], metaclass::METHODS, metaclass::FROM_PARAM],
    "metatype for C function pointers",
);

fn type_info(vm: &Vm, this: Ref<CData>) -> PyResult<Ref<TypeInfo>> {
    info::required(vm, vm.type_of(this.value()))
}

fn errcheck(_: &Vm, this: Ref<CData>) -> Slot {
    known(this)?.errcheck.get()
}

fn set_errcheck(vm: &Vm, this: Ref<CData>, value: Slot) -> PyResult<()> {
    if value.is_some_and(|v| !vm.is_callable(v)) {
        return Err(vm.type_error("the errcheck attribute must be callable"));
    }
    let record = record(vm, this)?;
    record.errcheck.set(record, value);
    Ok(())
}

fn restype(vm: &Vm, this: Ref<CData>) -> PyResult<Slot> {
    let own = known(this).and_then(|record| record.restype.get());
    Ok(own.or(type_info(vm, this)?.restype.get()))
}

fn set_restype(vm: &Vm, this: Ref<CData>, value: Slot) -> PyResult<()> {
    let mut checker = None;
    if let Some(value) = value {
        if !is_result_type(vm, value) {
            return Err(vm.type_error("restype must be a type, a callable, or None"));
        }
        checker = vm.get_attr_opt(value, vm.intern("_check_retval_")?)?;
    }
    let record = record(vm, this)?;
    record.restype.set(record, value);
    record.checker.set(record, checker);
    Ok(())
}

fn argtypes(vm: &Vm, this: Ref<CData>) -> PyResult<Slot> {
    let own = known(this).and_then(|record| record.argtypes.get());
    Ok(own.or(type_info(vm, this)?.argtypes.get()))
}

fn set_argtypes(vm: &Vm, this: Ref<CData>, value: Slot) -> PyResult<()> {
    let value = value.filter(|v| !v.is_none());
    let converters = value.map(|types| converters(vm, types)).transpose()?;
    if let (Some(types), Some(flags)) = (value, known(this).and_then(|record| record.paramflags.get())) {
        paramflags::check(vm, types, flags)?;
    }
    let record = record(vm, this)?;
    record.argtypes.set(record, value);
    record.converters.set(record, converters.map(Ref::value));
    Ok(())
}

fn set_address(vm: &Vm, this: Ref<CData>, address: Address) -> PyResult<()> {
    this.part(vm, 0, size_of::<usize>())?.write_address(address);
    Ok(())
}

/// `CFuncPtr()`, of an address, of something to call, or of a name and a library.
fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<CData>> {
    let class = class_argument(vm, args)?;
    let Some(first) = args.rest.first().copied() else { return data::new(vm, class) };
    if let Some(place) = first.downcast::<PyTuple>() {
        return from_library(vm, class, place, args.rest);
    }
    if args.rest.len() == 1 && vm.is_instance(first, vm.types.int) {
        let address = metaclass::pointer_number(vm, first)?;
        let this = data::new(vm, class)?;
        // SAFETY: the program names it.
        set_address(vm, this, unsafe { Address::new(address) })?;
        return Ok(this);
    }
    if args.rest.len() != 1 {
        let given = args.rest.len();
        return Err(vm.type_error(format!("function takes exactly 1 argument ({given} given)")));
    }
    if !vm.is_callable(first) {
        return Err(vm.type_error("argument must be callable or integer function address"));
    }
    from_callable(vm, class, first)
}

fn from_callable(vm: &Vm, class: Ref<PyType>, callable: Value) -> PyResult<Ref<CData>> {
    let types = info::of_class(class).and_then(|info| Some((info, info.argtypes.get()?)));
    let Some((info, argtypes)) = types else {
        return Err(vm.type_error("cannot construct instance of this class: no argtypes"));
    };
    let thunk = callback::new(vm, callable, vm.tuple_from(argtypes)?, info.restype.get(), info.flags.get())?;
    let this = data::new(vm, class)?;
    let record = record(vm, this)?;
    record.callable.set(record, callable);
    record.thunk.set(record, thunk.value());
    set_address(vm, this, thunk.address())?;
    keep::keep(vm, this, 0, thunk.value())?;
    Ok(this)
}

fn from_library(vm: &Vm, class: Ref<PyType>, place: Ref<PyTuple>, rest: &[Value]) -> PyResult<Ref<CData>> {
    if rest.len() > 2 {
        return Err(vm.type_error(format!("function takes at most 2 arguments ({} given)", rest.len())));
    }
    let flags = rest.get(1).copied().filter(|flags| !flags.is_none());
    let [name, library] = place.as_slice() else { return Err(vm.type_error("illegal func_spec argument")) };
    let (name, library) = (*name, *library);
    if name.downcast::<PyBytes>().is_none() && name.downcast::<PyStr>().is_none() {
        return Err(vm.type_error("function name must be string, bytes object or integer"));
    }
    let address = library::symbol(vm, library, name, vm.types.attribute_error, "function")?;
    let info = info::required(vm, class)?;
    if let (Some(flags), Some(argtypes)) = (flags, info.argtypes.get()) {
        paramflags::check(vm, argtypes, flags)?;
    }
    let this = data::new(vm, class)?;
    if let Some(flags) = flags {
        let record = record(vm, this)?;
        record.paramflags.set(record, flags);
    }
    set_address(vm, this, address)?;
    keep::keep(vm, this, 0, library)?;
    Ok(this)
}

fn call_function(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let Some(this) = args.get(0).downcast::<CData>() else { return Err(vm.type_error("a C function is required")) };
    let info = type_info(vm, this)?;
    let own = known(this);
    let pick = |own: Option<Slot>, types: Slot| own.flatten().or(types);
    let converters = pick(own.map(|r| r.converters.get()), info.converters.get()).and_then(Value::downcast::<PyTuple>);
    let argtypes = pick(own.map(|r| r.argtypes.get()), info.argtypes.get());
    let callee = Callee {
        address: this.pointer(vm)?.get(),
        flags: info.flags.get(),
        converters,
        restype: pick(own.map(|r| r.restype.get()), info.restype.get()),
        checker: pick(own.map(|r| r.checker.get()), info.checker.get()),
    };
    let flags = own.and_then(|r| r.paramflags.get()).and_then(Value::downcast::<PyTuple>);
    let given = paramflags::arguments(vm, args, argtypes, flags)?;
    if let Some(converters) = converters {
        let (required, actual) = (converters.len(), given.values.len());
        let plural = if required == 1 { "" } else { "s" };
        if callee.flags & CDECL != 0 {
            // Functions of C may have more arguments than they declare.
            if required > actual {
                return Err(
                    vm.type_error(format!("this function takes at least {required} argument{plural} ({actual} given)"))
                );
            }
        } else if required != actual {
            return Err(vm.type_error(format!("this function takes {required} argument{plural} ({actual} given)")));
        }
    }
    let result = call::call(vm, &callee, given.values)?;
    if let Some(check) = own.and_then(|r| r.errcheck.get()) {
        let checked = vm.call(check, &[result, this.value(), given.values.value()])?;
        if !checked.is(given.values.value()) {
            return Ok(checked);
        }
    }
    given.result(vm, result)
}

fn truth(vm: &Vm, this: Ref<CData>) -> PyResult<bool> {
    Ok(!this.pointer(vm)?.is_null())
}

fn repr(vm: &Vm, this: Ref<CData>) -> String {
    format!("<{} object at {:#x}>", vm.type_of(this.value()).tp_name(), this.addr())
}

pub static DEF: TypeDef = TypeDef {
    module: "_ctypes",
    flags: type_flags::BASETYPE,
    methods: &[&[
        method!("__new__", "($type, *args, **kwargs)", new).static_(),
        method!("__call__", "($self, /, *args, **kwargs)", call_function),
        method!("__bool__", 1, truth),
        method!("__repr__", 1, repr),
    ]],
    getset: &[
        getset!("errcheck", errcheck, set_errcheck).doc("a function to check for errors"),
        getset!("restype", restype, set_restype).doc("specify the result type"),
        getset!("argtypes", argtypes, set_argtypes).doc("specify the argument types"),
    ],
    buffer: Some(BUFFER),
    doc: Some("Function Pointer"),
    ..TypeDef::new("CFuncPtr")
};
