//! `_socket`: the network.

mod address;
mod constants;
mod errors;
mod message;
mod names;
mod object;
mod transfer;

use brolga_runtime::module_def::ModuleDef;
use brolga_runtime::object::{Args, MethodDef, Ref};
use brolga_runtime::state::Vm;
use brolga_runtime::types::int;
use brolga_runtime::types::module::PyModule;
use brolga_runtime::types::native_function::PyNativeFunction;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, method};

use crate::arguments::{c_int, c_int_or};
use crate::posix::path::system;

pub use object::drop_socket;

fn close(vm: &Vm, fd: Value) -> PyResult<()> {
    let fd = c_int(vm, fd)?;
    // SAFETY: no memory is involved.
    let (result, error) = vm.allow_threads(|| unsafe { (libc::close(fd), std::io::Error::last_os_error()) });
    if result < 0 && error.raw_os_error() != Some(libc::ECONNRESET) { Err(vm.io_error(&error, None)) } else { Ok(()) }
}

fn dup(vm: &Vm, fd: Value) -> PyResult<i32> {
    let fd = c_int(vm, fd)?;
    // SAFETY: no memory is involved.
    system(vm, None, || unsafe { libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, 0) })
}

fn socketpair(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let family = c_int_or(vm, args.opt(0), libc::AF_UNIX)?;
    let kind = c_int_or(vm, args.opt(1), libc::SOCK_STREAM)?;
    let protocol = c_int_or(vm, args.opt(2), 0)?;
    let mut fds = [0i32; 2];
    // SAFETY: room for two numbers.
    if unsafe { libc::socketpair(family, kind | libc::SOCK_CLOEXEC, protocol, fds.as_mut_ptr()) } < 0 {
        return Err(vm.last_os_error(None));
    }
    let first = match object::make(vm, fds[0], family, kind, protocol) {
        Ok(first) => first,
        Err(raised) => {
            // SAFETY: nobody else has it.
            unsafe { libc::close(fds[1]) };
            return Err(raised);
        }
    };
    let second = object::make(vm, fds[1], family, kind, protocol)?;
    Ok(vm.new_tuple(&[first, second])?.value())
}

/// An unsigned number of so many bits.
fn unsigned(vm: &Vm, v: Value, bits: u32) -> PyResult<u32> {
    let v = vm.index(v)?;
    if int::is_negative(v) {
        return Err(vm.value_error("Cannot convert negative int"));
    }
    int::to_i64(v)
        .filter(|n| n >> bits == 0)
        .map(|n| n as u32)
        .ok_or_else(|| vm.overflow_error(format!("Python int too large for C uint{bits}_t")))
}

fn swap_short(vm: &Vm, v: Value) -> PyResult<u32> {
    Ok(u32::from((unsigned(vm, v, 16)? as u16).to_be()))
}

fn swap_long(vm: &Vm, v: Value) -> PyResult<u32> {
    Ok(unsigned(vm, v, 32)?.to_be())
}

fn control(vm: &Vm, v: Value, function: &str, f: fn(usize) -> Option<usize>) -> PyResult<usize> {
    let n = usize::try_from(vm.to_isize(v)?).ok();
    n.and_then(f).ok_or_else(|| vm.overflow_error(format!("{function}() argument out of range")))
}

fn cmsg_len(vm: &Vm, v: Value) -> PyResult<usize> {
    control(vm, v, "CMSG_LEN", message::control_len)
}

fn cmsg_space(vm: &Vm, v: Value) -> PyResult<usize> {
    control(vm, v, "CMSG_SPACE", message::control_space)
}

static FUNCTIONS: &[MethodDef] = &[
    method!("close", 1, close).doc("close(integer) -> None\n\nClose an integer socket file descriptor.  This is like os.close(), but for\nsockets; on some platforms os.close() won't work for socket file descriptors."),
    method!("dup", 1, dup).doc("dup(integer) -> integer\n\nDuplicate an integer socket file descriptor.  This is like os.dup(), but for\nsockets; on some platforms os.dup() won't work for socket file descriptors."),
    method!("socketpair", "($module, family=1, type=1, proto=0, /)", socketpair).doc("socketpair([family[, type [, proto]]]) -> (socket object, socket object)\n\nCreate a pair of socket objects from the sockets returned by the platform\nsocketpair() function.\nThe arguments are the same as for socket() except the default family is\nAF_UNIX if defined on the platform; otherwise, the default is AF_INET."),
    method!("ntohs", "($module, integer, /)", swap_short_args).doc("Convert a 16-bit unsigned integer from network to host byte order."),
    method!("ntohl", "($module, integer, /)", swap_long_args).doc("Convert a 32-bit unsigned integer from network to host byte order."),
    method!("htons", "($module, integer, /)", swap_short_args).doc("Convert a 16-bit unsigned integer from host to network byte order."),
    method!("htonl", "($module, integer, /)", swap_long_args).doc("Convert a 32-bit unsigned integer from host to network byte order."),
    method!("getdefaulttimeout", 0, object::getdefaulttimeout).doc("getdefaulttimeout() -> timeout\n\nReturns the default timeout in seconds (float) for new socket objects.\nA value of None indicates that new socket objects have no timeout.\nWhen the socket module is first imported, the default is None."),
    method!("setdefaulttimeout", 1, object::setdefaulttimeout).doc("setdefaulttimeout(timeout)\n\nSet the default timeout in seconds (float) for new socket objects.\nA value of None indicates that new socket objects have no timeout.\nWhen the socket module is first imported, the default is None."),
    method!("CMSG_LEN", 1, cmsg_len).doc("CMSG_LEN(length) -> control message length\n\nReturn the total length, without trailing padding, of an ancillary\ndata item with associated data of the given length."),
    method!("CMSG_SPACE", 1, cmsg_space).doc("CMSG_SPACE(length) -> buffer size\n\nReturn the buffer size needed for recvmsg() to receive an ancillary\ndata item with associated data of the given length, along with any\ntrailing padding."),
];

fn swap_short_args(vm: &Vm, args: &Args<'_>) -> PyResult<u32> {
    swap_short(vm, args.get(0))
}

fn swap_long_args(vm: &Vm, args: &Args<'_>) -> PyResult<u32> {
    swap_long(vm, args.get(0))
}

fn init(vm: &Vm, module: Ref<PyModule>) -> PyResult<()> {
    let name = vm.intern("_socket")?.value();
    for function in names::FUNCTIONS {
        let f = PyNativeFunction::new_function(vm, function, Some(module.value()), Some(name))?;
        module.add(vm, function.name, f)?;
    }
    for (name, value) in constants::CONSTANTS {
        module.add_int(vm, name, *value)?;
    }
    module.add(vm, "has_ipv6", Value::TRUE)?;
    let class = vm.native_type(&object::DEF)?;
    module.add(vm, "socket", class)?;
    module.add(vm, "SocketType", class)?;
    module.add(vm, "error", vm.types.os_error)?;
    module.add(vm, "timeout", vm.types.timeout_error)?;
    module.add(vm, "gaierror", errors::GAI_ERROR.class(vm)?)?;
    module.add(vm, "herror", errors::HOST_ERROR.class(vm)?)
}

pub static MODULE: ModuleDef = ModuleDef::new("_socket", FUNCTIONS, init)
    .doc("Implementation module for socket operations.\n\nSee the socket module for documentation.");
