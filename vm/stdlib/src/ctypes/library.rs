//! Shared libraries: loading them, and the addresses of what is in them.

use std::ffi::{CStr, CString};

use brolga_runtime::PyResult;
use brolga_runtime::object::{Args, Ref};
use brolga_runtime::state::Vm;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::types::int;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::value::Value;

use super::memory::Address;
use super::metaclass::pointer_number;
use super::python_api;
use crate::vectors;

/// What the loader says of its last error on this thread; forgets it.
fn last_error() -> Option<String> {
    // SAFETY: the text is valid until the loader's next call on this thread; it is copied here.
    unsafe {
        let text = libc::dlerror();
        (!text.is_null()).then(|| CStr::from_ptr(text).to_string_lossy().into_owned())
    }
}

fn find(handle: usize, name: &CStr) -> Result<usize, Option<String>> {
    last_error();
    // SAFETY: the program says that it is a library's handle.
    let found = unsafe { libc::dlsym(std::ptr::with_exposed_provenance_mut(handle), name.as_ptr()) };
    if !found.is_null() {
        return Ok(found.expose_provenance());
    }
    let text = last_error();
    // SAFETY: no name, so no file is read: the program's own handle, which is not closed.
    let own = unsafe { libc::dlopen(std::ptr::null(), libc::RTLD_LAZY) };
    match python_api::find(name).filter(|_| handle == own.expose_provenance()) {
        Some(address) => Ok(address),
        None => Err(text),
    }
}

fn c_name(vm: &Vm, name: Value) -> PyResult<CString> {
    let bytes = match (name.downcast::<PyBytes>(), name.downcast::<PyStr>()) {
        (Some(bytes), _) => vectors::copy(vm, bytes.as_slice())?,
        (_, Some(s)) => vectors::copy(vm, brolga_runtime::codecs::encode(vm, s, None, None)?.as_slice())?,
        _ => return Err(vm.type_error(format!("argument 2 must be str, not {}", vm.type_name(name)))),
    };
    CString::new(bytes).map_err(|_| vm.value_error("embedded null character"))
}

/// The address of a name in a library, which is an object with a `_handle`.
pub fn symbol(vm: &Vm, library: Value, name: Value, error: Ref<PyType>, what: &str) -> PyResult<Address> {
    let c_name = c_name(vm, name)?;
    vm.audit("ctypes.dlsym", &[library, name])?;
    let handle = vm.get_attr_str(library, "_handle")?;
    if !vm.is_instance(handle, vm.types.int) {
        return Err(vm.type_error("the _handle attribute of the second argument must be an integer"));
    }
    let handle = match pointer_number(vm, handle) {
        Ok(handle) => handle,
        Err(raised) => {
            vm.take_raised(raised);
            return Err(vm.value_error("could not convert the _handle attribute to a pointer"));
        }
    };
    match find(handle, &c_name) {
        // SAFETY: something in a library. That it stays loaded is up to the program.
        Ok(address) => Ok(unsafe { Address::new(address) }),
        Err(Some(text)) => Err(vm.raise_message(error, &text)),
        Err(None) => Err(vm.raise_message(error, &format!("{what} '{}' not found", c_name.to_string_lossy()))),
    }
}

/// `dlopen(name, flag=RTLD_LOCAL)`
pub fn open(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let (name, mode) = match args.rest {
        [] => return Err(vm.type_error("dlopen() takes at least 1 argument (0 given)")),
        [name] => (*name, libc::RTLD_LOCAL),
        [name, mode] => (*name, vm.to_i32(*mode)?),
        more => {
            let given = more.len();
            return Err(vm.type_error(format!("dlopen() takes at most 2 arguments ({given} given)")));
        }
    };
    let path = if name.is_none() { None } else { Some(crate::posixsubprocess::fs_string(vm, name)?) };
    vm.audit("ctypes.dlopen", &[name])?;
    let pointer = path.as_ref().map_or(std::ptr::null(), |path| path.as_ptr());
    last_error();
    let handle = super::current::foreign(vm, true, || {
        // SAFETY: the path is a string of C's; what the library's initialisers do is the library's business.
        let handle = unsafe { libc::dlopen(pointer, mode | libc::RTLD_NOW) };
        if handle.is_null() { Err(last_error()) } else { Ok(handle.expose_provenance()) }
    });
    match handle {
        Ok(handle) => int::new_u64(vm, handle as u64),
        Err(text) => {
            let text = text.unwrap_or_else(|| "dlopen() error".to_owned());
            Err(vm.raise_message(vm.types.os_error, &text))
        }
    }
}

fn handle(vm: &Vm, v: Value) -> PyResult<usize> {
    if !vm.is_instance(v, vm.types.int) {
        return Err(vm.type_error("an integer is required"));
    }
    pointer_number(vm, v)
}

/// `dlclose(handle)`
pub fn close(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let [library] = args.rest else {
        let given = args.rest.len();
        return Err(vm.type_error(format!("dlclose() takes exactly 1 argument ({given} given)")));
    };
    let library = handle(vm, *library)?;
    // SAFETY: the program says that it is a library's handle, and that nothing of it is in use.
    let failed = super::current::foreign(vm, true, || unsafe {
        let failed = libc::dlclose(std::ptr::with_exposed_provenance_mut(library)) != 0;
        failed.then(last_error)
    });
    match failed {
        Some(text) => Err(vm.raise_message(vm.types.os_error, &text.unwrap_or_default())),
        None => Ok(()),
    }
}

/// `dlsym(handle, name)`
pub fn sym(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let [library, name] = args.rest else {
        let given = args.rest.len();
        return Err(vm.type_error(format!("dlsym() takes exactly 2 arguments ({given} given)")));
    };
    let library_handle = handle(vm, *library)?;
    let c_name = c_name(vm, *name)?;
    vm.audit("ctypes.dlsym/handle", &[*library, *name])?;
    match find(library_handle, &c_name) {
        Ok(address) => int::new_u64(vm, address as u64),
        Err(text) => {
            let text = text.unwrap_or_else(|| format!("symbol '{}' not found", c_name.to_string_lossy()));
            Err(vm.raise_message(vm.types.os_error, &text))
        }
    }
}

/// The names of all libraries that are loaded; the first is the program's own.
pub fn loaded() -> Vec<Vec<u8>> {
    unsafe extern "C" fn add(info: *mut libc::dl_phdr_info, _: usize, names: *mut libc::c_void) -> i32 {
        // SAFETY: the loader gives a valid record, and what `loaded` gave it, which nobody else uses meanwhile.
        unsafe {
            let names = &mut *names.cast::<Vec<Vec<u8>>>();
            let name = (*info).dlpi_name;
            let name = if name.is_null() { Vec::new() } else { CStr::from_ptr(name).to_bytes().to_vec() };
            if names.try_reserve(1).is_ok() {
                names.push(name);
            }
        }
        0
    }
    let mut names: Vec<Vec<u8>> = Vec::new();
    // SAFETY: the function is called with `names` before this returns, and not later.
    unsafe { libc::dl_iterate_phdr(Some(add), std::ptr::from_mut(&mut names).cast()) };
    names
}
