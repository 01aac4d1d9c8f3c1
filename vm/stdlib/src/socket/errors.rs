//! `gaierror` and `herror`.

use brolga_runtime::Raised;
use brolga_runtime::state::Vm;

use crate::exception_class::{Base, ExceptionClass};

pub static GAI_ERROR: ExceptionClass = ExceptionClass::new("socket", "gaierror", Base::OsError);
pub static HOST_ERROR: ExceptionClass = ExceptionClass::new("socket", "herror", Base::OsError);

/// The error of `getaddrinfo` and `getnameinfo`.
pub fn gai_error(vm: &Vm, error: i32) -> Raised {
    if error == libc::EAI_SYSTEM {
        return vm.last_os_error(None);
    }
    // SAFETY: gives a C string for every number.
    let text = unsafe { std::ffi::CStr::from_ptr(libc::gai_strerror(error)) }.to_string_lossy().into_owned();
    GAI_ERROR.raise_numbered(vm, error, &text)
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
    HOST_ERROR.raise_numbered(vm, error, text)
}
