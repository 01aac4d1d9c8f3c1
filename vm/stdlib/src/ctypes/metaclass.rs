//! What the metaclasses have in common: `CType_Type`, and the class methods of C types.

use brolga_runtime::object::{Args, MethodDef, Ref, TypeDef, def::type_flags};
use brolga_runtime::state::Vm;
use brolga_runtime::state::names::Special;
use brolga_runtime::types::int;
use brolga_runtime::types::memoryview::PyMemoryView;
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, Raised, getset, method};

use super::data::{self, CData};
use super::memory::Address;
use super::{array, info, keep, library, param};

fn repeat(vm: &Vm, class: Ref<PyType>, count: Value) -> PyResult<Value> {
    if vm.type_of(count).special(Special::Index).is_none() {
        let got = vm.type_full_name(vm.type_of(count));
        return Err(vm.type_error(format!("can't multiply sequence by non-int of type '{got}'")));
    }
    let length = vm.to_isize(count).map_err(|raised| match vm.catch(raised, vm.types.overflow_error) {
        Ok(_) => vm.overflow_error("cannot fit 'int' into an index-sized integer"),
        Err(raised) => raised,
    })?;
    match usize::try_from(length) {
        Ok(length) => array::array_type(vm, class, length),
        Err(_) => Err(vm.value_error(format!("Array length must be >= 0, not {length}"))),
    }
}

fn storage(vm: &Vm, class: Ref<PyType>) -> PyResult<Ref<info::TypeInfo>> {
    match info::of_class(class) {
        Some(info) => Ok(info),
        None => Err(vm.type_error(format!("{} must have storage info", vm.repr_lossy(class.value())?))),
    }
}

fn pointer_type(vm: &Vm, class: Ref<PyType>) -> PyResult<Value> {
    match storage(vm, class)?.pointer_type.get() {
        Some(found) => Ok(found),
        None => {
            let class = vm.repr_lossy(class.value())?;
            Err(vm.attribute_error(format!("{class} has no attribute '__pointer_type__'")))
        }
    }
}

fn set_pointer_type(vm: &Vm, class: Ref<PyType>, value: Slot) -> PyResult<()> {
    let info = storage(vm, class)?;
    info.pointer_type.set(info, value);
    Ok(())
}

fn sizeof(_: &Vm, _: Ref<PyType>) -> usize {
    size_of::<PyType>() + size_of::<info::TypeInfo>()
}

pub static DEF: TypeDef = TypeDef {
    module: "_ctypes",
    flags: type_flags::BASETYPE,
    methods: &[&[
        method!("__mul__", 2, repeat),
        method!("__rmul__", 2, repeat),
        method!("__sizeof__", 1, sizeof).doc("Return memory consumption of the type object."),
    ]],
    getset: &[getset!("__pointer_type__", pointer_type, set_pointer_type).doc("pointer type")],
    ..TypeDef::new("CType_Type")
};

fn class_of(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyType>> {
    args.get(0).downcast().ok_or_else(|| vm.type_error("a C type is required"))
}

fn from_address(vm: &Vm, class: Ref<PyType>, address: Value) -> PyResult<Ref<CData>> {
    if !vm.is_instance(address, vm.types.int) {
        return Err(vm.type_error("integer expected"));
    }
    // SAFETY: the program names it.
    let address = unsafe { Address::new(pointer_number(vm, address)?) };
    data::at_address(vm, class, address)
}

/// An int as an address; a negative one counts from the end. OverflowError beyond that.
pub fn pointer_number(vm: &Vm, v: Value) -> PyResult<usize> {
    match int::to_u64(v).or_else(|| int::to_i64(v).map(|i| i as u64)) {
        Some(address) => Ok(address as usize),
        None => Err(vm.overflow_error("int too large to convert to C pointer")),
    }
}

fn check_room(vm: &Vm, len: usize, size: usize, offset: isize) -> PyResult<usize> {
    let Ok(offset) = usize::try_from(offset) else { return Err(vm.value_error("offset cannot be negative")) };
    if len.checked_sub(offset).is_none_or(|left| left < size) {
        let least = size.saturating_add(offset);
        return Err(vm.value_error(format!("Buffer size too small ({len} instead of at least {least} bytes)")));
    }
    Ok(offset)
}

fn audit_buffer(vm: &Vm, address: *mut u8, len: usize, offset: usize) -> PyResult<()> {
    if !vm.is_audited() {
        return Ok(());
    }
    let address = vm.new_int(address.expose_provenance() as i64)?;
    vm.audit("ctypes.cdata/buffer", &[address, Value::from_len(len), Value::from_len(offset)])
}

fn from_buffer(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<CData>> {
    let class = class_of(vm, args)?;
    let offset = args.opt(2).map_or(Ok(0), |v| vm.to_isize(v))?;
    let info = info::required(vm, class)?;
    let view = PyMemoryView::new(vm, args.get(1), false)?;
    if view.is_readonly() {
        return Err(vm.type_error("underlying buffer is not writable"));
    }
    if !view.dims().is_c_contiguous(view.itemsize()) {
        return Err(vm.type_error("underlying buffer is not C contiguous"));
    }
    let offset = check_room(vm, view.nbytes(), info.size.get(), offset)?;
    // The program gets at the one view, and can release it. The other one lends the memory as long as the data lives.
    let loan = PyMemoryView::new(vm, view.value(), false)?;
    audit_buffer(vm, view.address(), view.nbytes(), offset)?;
    view.check(vm)?;
    // SAFETY: inside memory that is lent while `loan` lives, and that the lender does not move meanwhile.
    let address = unsafe { Address::new(loan.address().expose_provenance() + offset) };
    let this = data::at_address(vm, class, address)?;
    CData::set_loan(this, loan);
    keep::keep(vm, this, -1, view.value())?;
    Ok(this)
}

fn from_buffer_copy(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<CData>> {
    let class = class_of(vm, args)?;
    let offset = args.opt(2).map_or(Ok(0), |v| vm.to_isize(v))?;
    let buffer = vm.buffer(args.get(1), false)?;
    let info = info::required(vm, class)?;
    let size = info.size.get();
    let offset = check_room(vm, buffer.len(), size, offset)?;
    audit_buffer(vm, buffer.raw.ptr, buffer.len(), offset)?;
    let this = data::new(vm, class)?;
    this.address().write(buffer.as_slice().get(offset..offset + size).unwrap_or(&[]));
    Ok(this)
}

fn in_dll(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<CData>> {
    let class = class_of(vm, args)?;
    let address = library::symbol(vm, args.get(1), args.get(2), vm.types.value_error, "symbol")?;
    data::at_address(vm, class, address)
}

/// `from_param` of types that take their own instances.
pub fn from_param(vm: &Vm, class: Ref<PyType>, value: Value) -> PyResult<Value> {
    by_parameter(
        vm,
        value,
        |value| instance_param(vm, class, value),
        |value| {
            let (wanted, got) = (class.tp_name(), vm.type_of(value).tp_name());
            vm.type_error(format!("expected {wanted} instance instead of {got}"))
        },
    )
}

/// The value itself, or a reference, where it is of the type.
fn instance_param(vm: &Vm, class: Ref<PyType>, value: Value) -> PyResult<Slot> {
    if vm.is_instance_of(value, class.value())? {
        return Ok(Some(value));
    }
    if let Some(argument) = value.downcast::<param::Argument>() {
        let object = argument.object.get();
        if let (Some(object), Some(proto)) = (object, info::of_class(class).and_then(|i| i.proto_class()))
            && vm.is_instance_of(object, proto.value())?
        {
            return Ok(Some(value));
        }
        let name = object.map_or_else(|| "???".to_owned(), |v| vm.type_of(v).tp_name());
        let class = class.tp_name();
        return Err(vm.type_error(format!("expected {class} instance instead of pointer to {name}")));
    }
    Ok(None)
}

/// What `convert` makes of a value; of what the value's `_as_parameter_` says is to be passed in its place, if it makes
/// nothing of the value; and so on. At the end the error of `refuse`.
pub fn by_parameter<T>(
    vm: &Vm,
    value: Value,
    mut convert: impl FnMut(Value) -> PyResult<Option<T>>,
    refuse: impl FnOnce(Value) -> Raised,
) -> PyResult<T> {
    let mut value = value;
    for _ in 0..vm.recursion_limit.get() {
        if let Some(done) = convert(value)? {
            return Ok(done);
        }
        match vm.get_attr_opt(value, vm.intern("_as_parameter_")?)? {
            Some(inner) => value = inner,
            None => return Err(refuse(value)),
        }
    }
    Err(vm.recursion_error("maximum recursion depth exceeded while processing _as_parameter_"))
}

pub const METHODS: &[MethodDef] = &[
    method!("from_address", 2, from_address)
        .text("($self, value, /)")
        .doc("C.from_address(integer) -> C instance\n\nAccess a C instance at the specified address."),
    method!("from_buffer", "($self, obj, offset=0, /)", from_buffer)
        .doc("C.from_buffer(object, offset=0) -> C instance\n\nCreate a C instance from a writeable buffer."),
    method!("from_buffer_copy", "($self, buffer, offset=0, /)", from_buffer_copy)
        .doc("C.from_buffer_copy(object, offset=0) -> C instance\n\nCreate a C instance from a readable buffer."),
    method!("in_dll", "($self, dll, name, /)", in_dll)
        .doc("C.in_dll(dll, name) -> C instance\n\nAccess a C instance in a dll."),
];

pub const FROM_PARAM: &[MethodDef] = &[method!("from_param", 2, from_param)
    .text("($self, value, /)")
    .doc("Convert a Python object into a function call parameter.")];

/// A metaclass with these methods and those of all.
pub const fn definition(name: &'static str, methods: &'static [&'static [MethodDef]], doc: &'static str) -> TypeDef {
    TypeDef { module: "_ctypes", flags: type_flags::BASETYPE, methods, doc: Some(doc), ..TypeDef::new(name) }
}

/// The class that an `__init__` of a metaclass is called for.
pub fn made(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyType>> {
    class_of(vm, args)
}
