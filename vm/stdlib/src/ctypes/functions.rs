//! The module's functions.

use brolga_runtime::object::{Args, MethodDef, Ref};
use brolga_runtime::state::Vm;
use brolga_runtime::types::array::ValueVec;
use brolga_runtime::types::int;
use brolga_runtime::types::list::PyList;
use brolga_runtime::types::native_function::PyNativeFunction;
use brolga_runtime::types::tuple::PyTuple;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, method};

use super::call::{self, Callee};
use super::data::CData;
use super::info::{self, CDECL, TypeInfo};
use super::{data_type, decode, errno, library, metaclass, param};

fn instance(vm: &Vm, v: Value, argument: &str) -> PyResult<Ref<CData>> {
    v.downcast().ok_or_else(|| {
        let got = vm.type_name(v);
        vm.type_error(format!("{argument} must be _ctypes._CData, not {got}"))
    })
}

fn sizeof(vm: &Vm, v: Value) -> PyResult<usize> {
    match (info::of_type(v), v.downcast::<CData>()) {
        (Some(info), _) => Ok(info.size.get()),
        (None, Some(this)) => Ok(this.size.get()),
        (None, None) => Err(vm.type_error("this type has no size")),
    }
}

fn alignment(vm: &Vm, v: Value) -> PyResult<usize> {
    match info::of_type(v).or_else(|| info::of_value(vm, v)) {
        Some(info) => Ok(info.align.get()),
        None => Err(vm.type_error("no alignment info")),
    }
}

fn byref(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let object = instance(vm, args.get(0), "byref() argument 1")?;
    let offset = args.opt(1).map_or(Ok(0), |v| vm.to_isize(v))?;
    param::by_reference(vm, object, offset)
}

fn addressof(vm: &Vm, v: Value) -> PyResult<Value> {
    let this = instance(vm, v, "addressof() argument")?;
    vm.audit("ctypes.addressof", &[v])?;
    int::new_u64(vm, this.address().get() as u64)
}

fn resize(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let this = instance(vm, args.get(0), "resize() argument 1")?;
    let size = vm.to_isize(args.get(1))?;
    let least = info::required(vm, vm.type_of(this.value()))?.size.get();
    let Some(size) = usize::try_from(size).ok().filter(|size| *size >= least) else {
        return Err(vm.value_error(format!("minimum size is {least}")));
    };
    if !this.owns() {
        return Err(vm.value_error("Memory cannot be resized because this object doesn't own it"));
    }
    CData::resize(this, vm, size)
}

fn buffer_info(vm: &Vm, v: Value) -> PyResult<Ref<PyTuple>> {
    let Some(info) = info::of_type(v).or_else(|| info::of_value(vm, v)) else {
        return Err(vm.type_error("not a ctypes type or object"));
    };
    let (shape, _) = TypeInfo::shape(info, vm)?;
    let numbers = ValueVec::new();
    for n in &shape {
        numbers.push(vm, int::new_u64(vm, *n as u64)?)?;
    }
    let shape_tuple = vm.new_tuple(numbers.as_slice())?;
    vm.new_tuple(&[info.format.get_or_none(), Value::from_len(shape.len()), shape_tuple.value()])
}

fn get_errno(vm: &Vm) -> PyResult<i32> {
    vm.audit("ctypes.get_errno", &[])?;
    Ok(errno::get())
}

fn set_errno(vm: &Vm, args: &Args<'_>) -> PyResult<i32> {
    let [number] = args.rest else {
        return Err(vm.type_error(format!("function takes exactly 1 argument ({} given)", args.rest.len())));
    };
    let number_int = vm.to_i32(*number)?;
    vm.audit("ctypes.set_errno", &[*number])?;
    Ok(errno::set(number_int))
}

fn call_at(vm: &Vm, args: &Args<'_>, flags: u32) -> PyResult<Value> {
    let [address, given] = args.rest else {
        return Err(vm.type_error(format!("function takes exactly 2 arguments ({} given)", args.rest.len())));
    };
    let address = metaclass::pointer_number(vm, *address)?;
    let Some(given) = given.downcast::<PyTuple>() else {
        return Err(vm.type_error(format!("argument 2 must be tuple, not {}", vm.type_name(*given))));
    };
    call::call(vm, &Callee { address, flags, converters: None, restype: None, checker: None }, given)
}

fn call_function(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    call_at(vm, args, 0)
}

fn call_cdeclfunction(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    call_at(vm, args, CDECL)
}

fn object_from_address(vm: &Vm, v: Value) -> PyResult<Value> {
    decode::object(vm, metaclass::pointer_number(vm, v)? as u64)
}

/// Key of the list of objects that a program has counted references of.
static COUNTED: u8 = 0;

fn counted(vm: &Vm) -> PyResult<Ref<PyList>> {
    if let Some(list) = vm.kept(&COUNTED).and_then(Value::downcast) {
        return Ok(list);
    }
    let list = vm.new_list(&[])?;
    vm.keep(&COUNTED, list.value());
    Ok(list)
}

/// There are no reference counts: what has one more stays until it has one less.
fn incref(vm: &Vm, v: Value) -> PyResult<Value> {
    counted(vm)?.push(vm, v)?;
    Ok(v)
}

fn decref(vm: &Vm, v: Value) -> PyResult<Value> {
    let counted = counted(vm)?;
    if let Some(i) = counted.as_slice().iter().position(|kept| kept.same_bits(v)) {
        counted.remove_at(i);
    }
    Ok(v)
}

fn dllist(vm: &Vm) -> PyResult<Ref<PyList>> {
    let list = vm.new_list(&[])?;
    for name in library::loaded() {
        list.push(vm, crate::posix::path::decode(vm, &name)?.value())?;
    }
    Ok(list)
}

static UNPICKLE: MethodDef = method!("_unpickle", "($module, /, *args)", data_type::unpickle);

/// Key of the function that `__reduce__` names.
static UNPICKLE_KEY: u8 = 0;

pub fn unpickle_function(vm: &Vm) -> PyResult<Value> {
    if let Some(function) = vm.kept(&UNPICKLE_KEY) {
        return Ok(function);
    }
    let module: Slot = None;
    let function = PyNativeFunction::new_function(vm, &UNPICKLE, module, Some(vm.intern("_ctypes")?.value()))?;
    vm.keep(&UNPICKLE_KEY, function.value());
    Ok(function.value())
}

pub const FUNCTIONS: &[MethodDef] = &[
    method!("sizeof", 1, sizeof).text("($module, obj, /)").doc("Return the size in bytes of a C instance."),
    method!("alignment", 1, alignment).text("($self, object, /)").doc(
        "alignment(C type) -> integer\nalignment(C instance) -> integer\nReturn the alignment requirements of a C instance",
    ),
    method!("byref", "($module, obj, offset=0, /)", byref)
        .doc("Return a pointer lookalike to a C instance, only usable as function argument."),
    method!("addressof", 1, addressof)
        .text("($module, obj, /)")
        .doc("Return the address of the C instance internal buffer"),
    method!("resize", "($module, obj, size, /)", resize),
    method!("buffer_info", 1, buffer_info)
        .text("($self, object, /)")
        .doc("Return buffer interface information"),
    method!("get_errno", 0, get_errno).text("($self, /)"),
    method!("set_errno", "($module, /, *args)", set_errno),
    method!("dlopen", "($module, /, *args)", library::open)
        .doc("dlopen(name, flag={RTLD_GLOBAL|RTLD_LOCAL}) open a shared library"),
    method!("dlclose", "($module, /, *args)", library::close).doc("dlclose a library"),
    method!("dlsym", "($module, /, *args)", library::sym).doc("find symbol in shared library"),
    method!("dllist", 0, dllist).text("($self, /)").doc("dllist() return a list of loaded shared libraries"),
    method!("call_function", "($module, /, *args)", call_function),
    method!("call_cdeclfunction", "($module, /, *args)", call_cdeclfunction),
    method!("PyObj_FromPtr", 1, object_from_address),
    method!("Py_INCREF", 1, incref).text("($self, object, /)"),
    method!("Py_DECREF", 1, decref).text("($self, object, /)"),
];
