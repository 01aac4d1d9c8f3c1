//! Functions of C that `ctypes` calls by their addresses: `cast`, `string_at` and their like. They are given and give
//! Python's values as words, and raise as functions of Python's API do: with the exception left behind.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use brolga_runtime::PyResult;
use brolga_runtime::object::{Field, Ref, TypeDef, def::type_flags};
use brolga_runtime::protocol::buffer::{BufferProcs, RawBuffer, release_nothing};
use brolga_runtime::state::Vm;
use brolga_runtime::types::dict::PyDict;
use brolga_runtime::types::int;
use brolga_runtime::types::memoryview::PyMemoryView;
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::value::Value;

use super::code::Kind as CodeKind;
use super::data;
use super::decode::{c_string, object, wide_string};
use super::info::{self, Kind};
use super::memory::Address;
use super::{current, keep, traced};
use crate::object::object as define_object;

/// Runs `f` for C, and gives the word of its result; 0 with the exception left behind.
fn word(f: impl FnOnce(&Vm) -> PyResult<Value>) -> u64 {
    let has_gil = current::has_gil();
    let run = |vm: &Vm| match f(vm) {
        Ok(value) => value.bits(),
        Err(raised) => {
            // Nobody looks at what a function of `CDLL` has left behind.
            if !has_gil {
                vm.write_unraisable(raised, Value::NONE, None);
            }
            0
        }
    };
    catch_unwind(AssertUnwindSafe(|| current::back(run).unwrap_or(0))).unwrap_or(0)
}

/// # Safety
/// The program has named the address.
unsafe fn named(address: usize) -> Address {
    // SAFETY: by the contract.
    unsafe { Address::new(address) }
}

extern "C" fn string_at(address: usize, size: i32) -> u64 {
    word(|vm| {
        vm.audit("ctypes.string_at", &[vm.new_int(address as i64)?, Value::from_i32(size)])?;
        // SAFETY: it is the program's.
        let from = unsafe { named(address) };
        c_string(vm, from, length(vm, size, || from.c_length(usize::MAX))?)
    })
}

extern "C" fn wstring_at(address: usize, size: i32) -> u64 {
    word(|vm| {
        vm.audit("ctypes.wstring_at", &[vm.new_int(address as i64)?, Value::from_i32(size)])?;
        // SAFETY: it is the program's.
        let from = unsafe { named(address) };
        wide_string(vm, from, length(vm, size, || from.wide_length(usize::MAX))?)
    })
}

fn length(vm: &Vm, size: i32, find: impl FnOnce() -> usize) -> PyResult<usize> {
    match size {
        -1 => Ok(find()),
        _ => usize::try_from(size).map_err(|_| vm.system_error("Negative size passed to PyBytes_FromStringAndSize")),
    }
}

define_object!(
    /// Lends memory at an address that the program has named.
    pub struct Memory: CTYPES_MEMORY {
        nothing: Field,
        address: Cell<usize>,
        len: Cell<usize>,
        is_readonly: Cell<bool>,
    }
);
traced!(trace_memory, Memory: nothing);

fn lend(vm: &Vm, v: Value, writing: bool) -> PyResult<RawBuffer> {
    let Some(this) = v.downcast::<Memory>() else { return Err(vm.type_error("memory expected")) };
    if writing && this.is_readonly.get() {
        return Err(vm.buffer_error("Object is not writable."));
    }
    let ptr = std::ptr::with_exposed_provenance_mut(this.address.get());
    Ok(RawBuffer::bytes(ptr, this.len.get(), this.is_readonly.get()))
}

fn nobody(_: Value) -> Option<Value> {
    Some(Value::NONE)
}

static MEMORY: TypeDef = TypeDef {
    module: "_ctypes",
    layout: Some(crate::layouts::CTYPES_MEMORY),
    flags: type_flags::DISALLOW_NEW,
    buffer: Some(BufferProcs { get: lend, release: release_nothing, lender: Some(nobody) }),
    ..TypeDef::new("_Memory")
};

extern "C" fn memoryview_at(address: usize, size: isize, is_readonly: i32) -> u64 {
    word(|vm| {
        let numbers = [vm.new_int(address as i64)?, vm.new_int(size as i64)?, Value::from_i32(is_readonly)];
        vm.audit("ctypes.memoryview_at", &numbers)?;
        let Ok(len) = usize::try_from(size) else {
            return Err(vm.value_error(format!("memoryview_at: size is negative (or overflowed): {size}")));
        };
        let memory: Ref<Memory> = vm.alloc_instance(vm.native_type(&MEMORY)?)?;
        memory.address.set(address);
        memory.len.set(len);
        memory.is_readonly.set(is_readonly != 0);
        Ok(PyMemoryView::new(vm, memory.value(), false)?.value())
    })
}

/// A pointer of another type to the same place. It keeps what the source keeps, and the source.
extern "C" fn cast(address: usize, source: u64, class: u64) -> u64 {
    word(|vm| {
        let (source, class) = (object(vm, source)?, object(vm, class)?);
        check_pointer_type(vm, class)?;
        let made = vm.call(class, &[])?;
        let Some(result) = data::of(made) else {
            return Err(vm.type_error("cast() argument 2 must be a pointer type"));
        };
        if let Some(from) = data::of(source) {
            let kept = keep::kept_in_dict(vm, from)?;
            if !kept.is_none() {
                result.objects.set(result, kept);
            }
            if let Some(kept) = kept.downcast::<PyDict>() {
                kept.set_item(vm, int::new_u64(vm, source.bits())?, source)?;
            }
        }
        // SAFETY: it is the program's.
        result.part(vm, 0, size_of::<usize>())?.write_address(unsafe { named(address) });
        Ok(made)
    })
}

fn check_pointer_type(vm: &Vm, class: Value) -> PyResult<()> {
    let fits = info::of_type(class).is_some_and(|info| match info.kind() {
        Kind::Pointer | Kind::Function => true,
        Kind::Simple => info.code().is_some_and(|code| code.is_pointer() || code.kind() == CodeKind::Object),
        _ => false,
    });
    if fits {
        return Ok(());
    }
    let name = match class.downcast::<PyType>() {
        Some(class) => class.tp_name(),
        None => vm.type_of(class).tp_name(),
    };
    Err(vm.type_error(format!("cast() argument 2 must be a pointer type, not {name}")))
}

/// The names under which `_ctypes` has the addresses.
pub fn all() -> [(&'static str, usize); 6] {
    let memmove: unsafe extern "C" fn(*mut libc::c_void, *const libc::c_void, usize) -> *mut libc::c_void =
        libc::memmove;
    let memset: unsafe extern "C" fn(*mut libc::c_void, i32, usize) -> *mut libc::c_void = libc::memset;
    let string_at: extern "C" fn(usize, i32) -> u64 = string_at;
    let wstring_at: extern "C" fn(usize, i32) -> u64 = wstring_at;
    let memoryview_at: extern "C" fn(usize, isize, i32) -> u64 = memoryview_at;
    let cast: extern "C" fn(usize, u64, u64) -> u64 = cast;
    [
        ("_memmove_addr", memmove as usize),
        ("_memset_addr", memset as usize),
        ("_string_at_addr", string_at as usize),
        ("_wstring_at_addr", wstring_at as usize),
        ("_memoryview_at_addr", memoryview_at as usize),
        ("_cast_addr", cast as usize),
    ]
}
