//! `gaierror` and `herror`.

use brolga_runtime::object::Ref;
use brolga_runtime::state::Vm;
use brolga_runtime::types::exception::PyException;
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, Raised};

use crate::arguments::exception_class;

static GAI: u8 = 0;
static HOST: u16 = 0;

pub fn gaierror(vm: &Vm) -> PyResult<Ref<PyType>> {
    exception_class(vm, &GAI, "socket", "gaierror", vm.types.os_error, None)
}

pub fn herror(vm: &Vm) -> PyResult<Ref<PyType>> {
    exception_class(vm, &HOST, "socket", "herror", vm.types.os_error, None)
}

fn raise(vm: &Vm, class: PyResult<Ref<PyType>>, number: i32, text: &str) -> Raised {
    let make = || -> PyResult<Raised> {
        let text = vm.new_str(text)?;
        let e = vm.call(class?.value(), &[Value::from_i32(number), text.value()])?;
        match e.downcast::<PyException>() {
            Some(e) => Ok(vm.raise(e)),
            None => Err(vm.system_error("an error is no exception")),
        }
    };
    make().unwrap_or_else(|raised| raised)
}

/// The error of `getaddrinfo` and `getnameinfo`.
pub fn gai_error(vm: &Vm, error: i32) -> Raised {
    if error == libc::EAI_SYSTEM {
        return vm.last_os_error(None);
    }
    // SAFETY: gives a C string for every number.
    let text = unsafe { std::ffi::CStr::from_ptr(libc::gai_strerror(error)) }.to_string_lossy().into_owned();
    raise(vm, gaierror(vm), error, &text)
}

/// The error of `gethostbyname` and its like.
pub fn host_error(vm: &Vm, error: i32) -> Raised {
    let text = match error {
        1 => "Unknown host",
        2 => "Host name lookup failure",
        3 => "Unknown server error",
        4 => "No address associated with name",
        _ => "Unknown resolver error",
    };
    raise(vm, herror(vm), error, text)
}
