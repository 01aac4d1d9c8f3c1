//! Calling a foreign function: arguments to C, the call, the result to Python.

use std::ffi::c_void;

use brolga_runtime::object::Ref;
use brolga_runtime::state::Vm;
use brolga_runtime::types::array::ValueVec;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::types::int;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::types::tuple::PyTuple;
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, Raised};

use super::access::extend_error;
use super::classes::ARGUMENT_ERROR;
use super::data;
use super::decode::decode;
use super::encode::wide_text;
use super::ffi::{Error, Interface};
use super::info::{self, Kind, OWN_SIMPLE, PYTHON_API, USE_ERRNO};
use super::memory::{Address, room};
use super::metaclass::by_parameter;
use super::param::{Argument, int_bits};
use super::shape::{self, Shape};
use super::width::Width;
use super::{current, errno};

/// More arguments than these are refused.
pub const MAX_ARGUMENTS: usize = 1024;

/// What is to be called, and how.
pub struct Callee {
    pub address: usize,
    pub flags: u32,
    /// The `from_param` of each parameter's type.
    pub converters: Option<Ref<PyTuple>>,
    /// Empty: an int.
    pub restype: Slot,
    pub checker: Slot,
}

/// Memory that is aligned for anything.
#[derive(Copy, Clone, Default)]
#[repr(align(16))]
struct Unit([u8; 16]);

/// Arguments as C gets them.
#[derive(Default)]
struct Passed {
    shapes: Vec<Shape>,
    /// Where each argument begins in `memory`.
    starts: Vec<usize>,
    memory: Vec<Unit>,
}

impl Passed {
    fn push(&mut self, vm: &Vm, shape: Shape, bytes: &[u8]) -> PyResult<()> {
        let units = shape.size().max(bytes.len()).div_ceil(16).max(1);
        self.memory.try_reserve(units).map_err(|_| vm.memory_error())?;
        self.shapes.try_reserve(1).map_err(|_| vm.memory_error())?;
        self.starts.try_reserve(1).map_err(|_| vm.memory_error())?;
        self.starts.push(self.memory.len());
        self.shapes.push(shape);
        let mut chunks = bytes.chunks(16);
        for _ in 0..units {
            let mut unit = Unit::default();
            unit.0.iter_mut().zip(chunks.next().unwrap_or(&[])).for_each(|(to, from)| *to = *from);
            self.memory.push(unit);
        }
        Ok(())
    }

    fn push_address(&mut self, vm: &Vm, address: usize) -> PyResult<()> {
        self.push(vm, shape::POINTER, &address.to_ne_bytes())
    }
}

/// Adds what `value` is passed as. `kept` gets what must live until the call is over.
fn convert(vm: &Vm, value: Value, number: usize, passed: &mut Passed, kept: &ValueVec) -> PyResult<()> {
    let add = |value: Value| Ok(add(vm, value, passed, kept)?.then_some(()));
    by_parameter(vm, value, add, |_| vm.type_error(format!("Don't know how to convert parameter {number}")))
}

/// [`convert`] of what can be passed itself; false for others.
fn add(vm: &Vm, value: Value, passed: &mut Passed, kept: &ValueVec) -> PyResult<bool> {
    if let (Some(object), Some(info)) = (data::of(value), info::of_value(vm, value)) {
        kept.push(vm, value)?;
        match info.kind() {
            Kind::Array => passed.push_address(vm, object.address().get())?,
            Kind::Pointer | Kind::Function => passed.push_address(vm, object.pointer(vm)?.get())?,
            Kind::Simple | Kind::Structure | Kind::Union => {
                let shape = shape::of(vm, vm.type_of(value), info)?;
                let bytes = object.address().to_vec(vm, object.size.get().min(shape.size()))?;
                passed.push(vm, shape, &bytes)?;
            }
        }
    } else if let Some(argument) = value.downcast::<Argument>() {
        kept.push(vm, value)?;
        passed.push(vm, shape::of_code(argument.code()), &argument.bytes())?;
    } else if value.is_none() {
        passed.push_address(vm, 0)?;
    } else if vm.is_instance(value, vm.types.int) {
        passed.push(vm, shape::C_INT, &int_bits(vm, value)?.to_ne_bytes())?;
    } else if let Some(bytes) = value.downcast::<PyBytes>() {
        kept.push(vm, value)?;
        passed.push_address(vm, bytes.c_string().expose_provenance())?;
    } else if let Some(s) = value.downcast::<PyStr>() {
        let (address, keep) = wide_text(vm, s)?;
        kept.push(vm, keep)?;
        passed.push_address(vm, address)?;
    } else {
        return Ok(false);
    }
    Ok(true)
}

fn arguments(vm: &Vm, callee: &Callee, given: Ref<PyTuple>, kept: &ValueVec) -> PyResult<Passed> {
    let mut passed = Passed::default();
    let mut i = 0;
    while let Some(value) = given.get(i) {
        i += 1;
        let converter = callee.converters.and_then(|c| c.get(i - 1));
        let mut convert_one = || -> PyResult<()> {
            let value = match converter {
                Some(converter) => vm.call(converter, &[value])?,
                None => value,
            };
            convert(vm, value, i, &mut passed, kept)
        };
        if let Err(raised) = convert_one() {
            return Err(extend_error(vm, raised, ARGUMENT_ERROR.class(vm)?, &format!("argument {i}: ")));
        }
    }
    Ok(passed)
}

/// Calls `callee` with the arguments given.
pub fn call(vm: &Vm, callee: &Callee, given: Ref<PyTuple>) -> PyResult<Value> {
    let count = given.len();
    if count > MAX_ARGUMENTS {
        return Err(ARGUMENT_ERROR.raise(vm, format!("too many arguments ({count}), maximum is {MAX_ARGUMENTS}")));
    }
    if vm.is_audited() {
        vm.audit("ctypes.call_function", &[int::new_u64(vm, callee.address as u64)?, given.value()])?;
    }
    let kept = ValueVec::new();
    let mut passed = arguments(vm, callee, given, &kept)?;
    let result_shape = result_shape(vm, callee.restype)?;
    let declared = callee.converters.map_or(0, |c| c.len());
    let fixed = Some(declared).filter(|declared| *declared > 0 && *declared < count);
    let mut interface = match Interface::new(&result_shape, &passed.shapes, fixed) {
        Ok(interface) => interface,
        Err(Error::Memory) => return Err(vm.memory_error()),
        Err(Error::Refused(_)) if fixed.is_some() => return Err(vm.runtime_error("ffi_prep_cif_var failed")),
        Err(Error::Refused(_)) => return Err(vm.runtime_error("ffi_prep_cif failed")),
    };
    if callee.address == 0 {
        return Err(vm.value_error("NULL function pointer called"));
    }
    let mut addresses: Vec<*mut c_void> = room(vm, count)?;
    for start in &passed.starts {
        addresses
            .push(passed.memory.get_mut(*start).map_or(std::ptr::null_mut(), |unit| std::ptr::from_mut(unit).cast()));
    }
    // On this stack, where it fits: a result that is an object is found there.
    let mut small = [Unit::default(); 2];
    let mut large: Vec<Unit> = Vec::new();
    let result = if result_shape.size() <= size_of_val(&small) {
        small.as_mut_ptr()
    } else {
        large = room(vm, result_shape.size().div_ceil(16))?;
        large.resize(result_shape.size().div_ceil(16), Unit::default());
        large.as_mut_ptr()
    };
    let releases = callee.flags & PYTHON_API == 0;
    let swaps_errno = callee.flags & USE_ERRNO != 0;
    current::foreign(vm, releases, || {
        if swaps_errno {
            errno::swap();
        }
        // SAFETY: the program has named the function and its types. Result and arguments have the memory that those say.
        unsafe { interface.call(callee.address, result.cast(), &mut addresses) };
        if swaps_errno {
            errno::swap();
        }
    });
    if !releases && let Some(exception) = vm.take_in_flight() {
        return Err(raise_again(vm, exception));
    }
    // SAFETY: the buffer that was just filled; it is read before this function returns.
    let from = unsafe { Address::new(result.expose_provenance()) };
    let value = give(vm, callee, &result_shape, from);
    drop((large, kept));
    value
}

fn raise_again(vm: &Vm, exception: Value) -> Raised {
    match exception.downcast() {
        Some(exception) => vm.reraise(exception),
        None => vm.system_error("a function of Python's API raised what is no exception"),
    }
}

fn result_shape(vm: &Vm, restype: Slot) -> PyResult<Shape> {
    match restype {
        Some(none) if none.is_none() => Ok(Shape::Void),
        Some(class) => match (class.downcast::<PyType>(), info::of_type(class)) {
            (Some(class), Some(info)) => shape::of(vm, class, info),
            _ => Ok(shape::C_INT),
        },
        None => Ok(shape::C_INT),
    }
}

/// The result as the result type has it.
fn give(vm: &Vm, callee: &Callee, shape: &Shape, from: Address) -> PyResult<Value> {
    let plain_int = || Value::from_i32(i32::from_ne_bytes(from.read_array()));
    let Some(restype) = callee.restype else { return Ok(plain_int()) };
    if restype.is_none() {
        return Ok(Value::NONE);
    }
    let (Some(class), Some(info)) = (restype.downcast::<PyType>(), info::of_type(restype)) else {
        return vm.call(restype, &[plain_int()]);
    };
    let value = match info.code() {
        Some(code) if !info.has_flag(OWN_SIMPLE) => {
            decode(vm, code, info.swapped.get(), from, Width::bytes(code.size()))?
        }
        _ => data::copied(vm, class, &from.to_vec(vm, shape.size())?)?.value(),
    };
    match callee.checker {
        Some(checker) => vm.call(checker, &[value]),
        None => Ok(value),
    }
}
