//! The functions of Python's API that `ctypes.pythonapi` has: those by which C keeps something with a code object. Where
//! CPython frees it with the code object, here the callback of a weak reference does.

use std::ffi::CStr;
use std::panic::{AssertUnwindSafe, catch_unwind};

use brolga_runtime::PyResult;
use brolga_runtime::method;
use brolga_runtime::object::Ref;
use brolga_runtime::object::def::MethodDef;
use brolga_runtime::state::Vm;
use brolga_runtime::types::code::PyCode;
use brolga_runtime::types::dict::PyDict;
use brolga_runtime::types::int;
use brolga_runtime::types::list::PyList;
use brolga_runtime::types::native_function::PyNativeFunction;
use brolga_runtime::types::weakref;
use brolga_runtime::value::Value;

use super::{current, words};

/// As many functions that free may be named (CPython's `MAX_CO_EXTRA_USERS`).
const MAX_USERS: usize = 255;

/// Keys of the list of addresses of what frees, and of the dict of what is kept: by the address of a code object, a list of a
/// weak reference to it and the words.
static USERS: u8 = 0;
static EXTRAS: u16 = 0;

/// The address of a function of Python's API.
pub fn find(name: &CStr) -> Option<usize> {
    match name.to_bytes() {
        b"PyUnstable_Eval_RequestCodeExtraIndex" => Some(request_index as *const () as usize),
        b"PyUnstable_Code_SetExtra" => Some(set_extra as *const () as usize),
        b"PyUnstable_Code_GetExtra" => Some(get_extra as *const () as usize),
        _ => None,
    }
}

/// Runs `f` for C; `failed` where it raises, with the exception left behind. (Such functions are called with the GIL.)
fn answer<T: Copy>(failed: T, f: impl FnOnce(&Vm) -> PyResult<T>) -> T {
    let run = |vm: &Vm| f(vm).unwrap_or(failed);
    catch_unwind(AssertUnwindSafe(|| current::back(run).unwrap_or(failed))).unwrap_or(failed)
}

fn users(vm: &Vm) -> PyResult<Ref<PyList>> {
    if let Some(users) = vm.kept(&USERS).and_then(Value::downcast::<PyList>) {
        return Ok(users);
    }
    let users = vm.new_list(&[])?;
    vm.keep(&USERS, users.value());
    Ok(users)
}

fn extras(vm: &Vm) -> PyResult<Ref<PyDict>> {
    if let Some(extras) = vm.kept(&EXTRAS).and_then(Value::downcast::<PyDict>) {
        return Ok(extras);
    }
    let extras = vm.new_dict()?;
    vm.keep(&EXTRAS, extras.value());
    Ok(extras)
}

extern "C" fn request_index(free: usize) -> isize {
    answer(-1, |vm| {
        let users = users(vm)?;
        let index = users.len();
        if index >= MAX_USERS {
            return Ok(-1);
        }
        users.push(vm, vm.new_int(free as i64)?)?;
        Ok(index as isize)
    })
}

fn code_object(vm: &Vm, code: u64) -> PyResult<Value> {
    let code = words::value(vm, code).filter(|code| code.downcast::<PyCode>().is_some());
    code.ok_or_else(|| vm.system_error("bad argument to internal function"))
}

/// The place of a word in a code object's list, if the index was given out.
fn place(vm: &Vm, index: isize) -> PyResult<Option<usize>> {
    let users = users(vm)?.len();
    Ok(usize::try_from(index).ok().filter(|index| *index < users).map(|index| index + 1))
}

fn key(vm: &Vm, code: Value) -> PyResult<Value> {
    int::new_u64(vm, vm.id_of(code))
}

fn word(list: Ref<PyList>, at: usize) -> usize {
    list.get(at).and_then(int::to_i64).unwrap_or(0) as usize
}

extern "C" fn set_extra(code: u64, index: isize, extra: usize) -> i32 {
    answer(-1, |vm| {
        let code = code_object(vm, code)?;
        let Some(at) = place(vm, index)? else { return Err(vm.system_error("bad argument to internal function")) };
        let (extras, key) = (extras(vm)?, key(vm, code)?);
        let list = match extras.get_item(vm, key)?.and_then(Value::downcast::<PyList>) {
            Some(list) => list,
            None => {
                let dies = PyNativeFunction::new_function(vm, &FUNCTIONS[0], None, None)?;
                let reference = weakref::new_ref(vm, code, Some(dies.value()))?;
                let list = vm.new_list(&[reference.value()])?;
                extras.set_item(vm, key, list.value())?;
                list
            }
        };
        while list.len() <= at {
            list.push(vm, Value::from_i32(0))?;
        }
        let old = word(list, at);
        list.set(at, vm.new_int(extra as i64)?);
        free(vm, at, old)?;
        Ok(0)
    })
}

extern "C" fn get_extra(code: u64, index: isize, extra: *mut usize) -> i32 {
    answer(-1, |vm| {
        let code = code_object(vm, code)?;
        let list = extras(vm)?.get_item(vm, key(vm, code)?)?.and_then(Value::downcast::<PyList>);
        let found = list.zip(place(vm, index)?).map_or(0, |(list, at)| word(list, at));
        // SAFETY: the program gives the address of a pointer, as C does.
        unsafe { super::memory::Address::new(extra.expose_provenance()) }.write(&found.to_ne_bytes());
        Ok(0)
    })
}

/// Lets what has named the place free a word.
fn free(vm: &Vm, at: usize, word: usize) -> PyResult<()> {
    let function = self::word(users(vm)?, at - 1);
    if word != 0 && function != 0 {
        // SAFETY: the program has named the function, for words that it keeps.
        let function: extern "C" fn(usize) = unsafe { std::mem::transmute(function) };
        current::foreign(vm, false, || function(word));
    }
    Ok(())
}

/// A code object has died: what was kept with it goes.
fn died(vm: &Vm, reference: Value) -> PyResult<()> {
    let extras = extras(vm)?;
    let mut position = 0;
    while let Some((key, value)) = extras.next_item(&mut position) {
        let Some(list) = value.downcast::<PyList>().filter(|list| list.get(0).is_some_and(|r| r.is(reference))) else {
            continue;
        };
        extras.remove(vm, key)?;
        for at in 1..list.len() {
            free(vm, at, word(list, at))?;
        }
        return Ok(());
    }
    Ok(())
}

const FUNCTIONS: &[MethodDef] = &[method!("died", 1, died)];
