//! `fcntl`: control of open files.

use brolga_runtime::module_def::ModuleDef;
use brolga_runtime::object::{Args, MethodDef, Ref};
use brolga_runtime::state::Vm;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::types::module::PyModule;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, method};

use crate::arguments::{bits, c_int, c_int_or, descriptor};
use crate::posix::path::{retry, system};

/// Longest argument in bytes.
const MAX_ARGUMENT: usize = 1024;

/// The text or bytes of an argument, `None` if it is neither.
fn text(vm: &Vm, v: Value) -> PyResult<Option<Vec<u8>>> {
    if let Some(s) = v.downcast::<PyStr>() {
        let encoded = vm.call_method(s.value(), "encode", &[])?;
        return Ok(encoded.downcast::<PyBytes>().map(|b| b.as_slice().to_vec()));
    }
    if !vm.has_buffer(v) {
        return Ok(None);
    }
    vm.with_buffer(v, |bytes| bytes.to_vec()).map(Some)
}

/// A copy of an argument, with room for what the call writes beyond its end.
fn copied(vm: &Vm, bytes: &[u8], function: &str) -> PyResult<[u8; MAX_ARGUMENT + 8]> {
    let mut buffer = [0u8; MAX_ARGUMENT + 8];
    match buffer.get_mut(..bytes.len()).filter(|_| bytes.len() <= MAX_ARGUMENT) {
        Some(place) => place.copy_from_slice(bytes),
        None => return Err(vm.value_error(format!("{function} argument 3 is too long"))),
    }
    Ok(buffer)
}

fn no_argument(vm: &Vm, function: &str, v: Value) -> brolga_runtime::Raised {
    vm.type_error(format!(
        "{function}() argument 3 must be an integer, a bytes-like object, or a string, not {}",
        vm.type_name(v)
    ))
}

fn fcntl(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let fd = descriptor(vm, args.get(0))?;
    let command = c_int(vm, args.get(1))?;
    let argument = args.opt(2).unwrap_or(Value::from_i32(0));
    if let Some(bytes) = text(vm, argument)? {
        let mut buffer = copied(vm, &bytes, "fcntl")?;
        // SAFETY: the buffer; what a call reads and writes is as long as its caller says by the argument.
        system(vm, None, || unsafe { libc::fcntl(fd, command, buffer.as_mut_ptr()) })?;
        return Ok(PyBytes::new(vm, buffer.get(..bytes.len()).unwrap_or(&[]))?.value());
    }
    if !is_index(vm, argument) {
        return Err(no_argument(vm, "fcntl", argument));
    }
    let argument = bits(vm, argument)? as u32 as i32;
    // SAFETY: a number.
    let result = system(vm, None, || unsafe { libc::fcntl(fd, command, argument) })?;
    Ok(Value::from_i32(result))
}

fn is_index(vm: &Vm, v: Value) -> bool {
    vm.type_of(v).special(brolga_runtime::state::names::Special::Index).is_some()
}

fn ioctl(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let fd = descriptor(vm, args.get(0))?;
    if !is_index(vm, args.get(1)) {
        return Err(vm.type_error(format!("ioctl() argument 2 must be int, not {}", vm.type_name(args.get(1)))));
    }
    let request = bits(vm, args.get(1))? as libc::c_ulong;
    let argument = args.opt(2).unwrap_or(Value::from_i32(0));
    let mutate = args.opt(3).map_or(Ok(true), |v| vm.is_true(v))?;
    if argument.downcast::<PyStr>().is_none()
        && vm.has_buffer(argument)
        && let Some(mut lent) = vm.suppress(vm.buffer(argument, true), vm.types.buffer_error)?
    {
        if lent.len() > MAX_ARGUMENT && mutate {
            let target = lent.as_mut_slice().as_mut_ptr();
            // SAFETY: memory that its owner has lent, and keeps in place until `lent` is dropped.
            let result = system(vm, None, || unsafe { libc::ioctl(fd, request, target) })?;
            return Ok(Value::from_i32(result));
        }
        let mut buffer = copied(vm, lent.as_slice(), "ioctl")?;
        // SAFETY: the buffer, with room beyond the argument.
        let result = system(vm, None, || unsafe { libc::ioctl(fd, request, buffer.as_mut_ptr()) })?;
        let n = lent.len();
        let written = buffer.get(..n).unwrap_or(&[]);
        if mutate {
            lent.as_mut_slice().copy_from_slice(written);
            return Ok(Value::from_i32(result));
        }
        return Ok(PyBytes::new(vm, written)?.value());
    }
    if let Some(bytes) = text(vm, argument)? {
        let mut buffer = copied(vm, &bytes, "ioctl")?;
        // SAFETY: as above.
        system(vm, None, || unsafe { libc::ioctl(fd, request, buffer.as_mut_ptr()) })?;
        return Ok(PyBytes::new(vm, buffer.get(..bytes.len()).unwrap_or(&[]))?.value());
    }
    if !is_index(vm, argument) {
        return Err(no_argument(vm, "ioctl", argument));
    }
    let argument = bits(vm, argument)? as u32 as i32;
    // SAFETY: a number.
    let result = system(vm, None, || unsafe { libc::ioctl(fd, request, argument) })?;
    Ok(Value::from_i32(result))
}

fn flock(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let (fd, operation) = (descriptor(vm, args.get(0))?, c_int(vm, args.get(1))?);
    // SAFETY: no memory is involved.
    system(vm, None, || unsafe { libc::flock(fd, operation) }).map(|_| ())
}

fn lockf(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let (fd, code) = (descriptor(vm, args.get(0))?, c_int(vm, args.get(1))?);
    let whence = c_int_or(vm, args.opt(4), 0)?;
    // SAFETY: all zero is a `flock`.
    let mut lock: libc::flock = unsafe { std::mem::zeroed() };
    lock.l_type = if code == libc::LOCK_UN {
        libc::F_UNLCK
    } else if code & libc::LOCK_SH != 0 {
        libc::F_RDLCK
    } else if code & libc::LOCK_EX != 0 {
        libc::F_WRLCK
    } else {
        return Err(vm.value_error("unrecognized lockf argument"));
    } as libc::c_short;
    lock.l_start = args.opt(3).map_or(Ok(0), |v| vm.to_i64(v))?;
    lock.l_len = args.opt(2).map_or(Ok(0), |v| vm.to_i64(v))?;
    lock.l_whence = whence as libc::c_short;
    let command = if code & libc::LOCK_NB != 0 { libc::F_SETLK } else { libc::F_SETLKW };
    // SAFETY: a lock's description.
    let done = retry(vm, || unsafe { libc::fcntl(fd, command, &lock) })?;
    done.map(|_| ()).map_err(|errno| vm.os_error(errno, None))
}

static FUNCTIONS: &[MethodDef] = &[
    method!("fcntl", "($module, fd, cmd, arg=0, /)", fcntl).doc(
        "Perform the operation `cmd` on file descriptor fd.\n\nThe values used for `cmd` are operating system dependent, and are\navailable as constants in the fcntl module, using the same names as used\nin the relevant C header files.  The argument arg is optional, and\ndefaults to 0; it may be an integer, a bytes-like object or a string.\nIf arg is given as a string, it will be encoded to binary using the\nUTF-8 encoding.\n\nIf the arg given is an integer or if none is specified, the result value\nis an integer corresponding to the return value of the fcntl() call in\nthe C code.\n\nIf arg is given as a bytes-like object or a string, the return value of\nfcntl() is a bytes object of that length, containing the resulting value\nput in the arg buffer by the operating system.",
    ),
    method!("ioctl", "($module, fd, request, arg=0, mutate_flag=True, /)", ioctl).doc(
        "Perform the operation request on file descriptor fd.\n\nThe values used for request are operating system dependent, and are\navailable as constants in the fcntl or termios library modules, using\nthe same names as used in the relevant C header files.",
    ),
    method!("flock", "($module, fd, operation, /)", flock).doc(
        "Perform the lock operation on file descriptor fd.\n\nSee the Unix manual page for flock(2) for details (On some systems, this\nfunction is emulated using fcntl()).",
    ),
    method!("lockf", "($module, fd, cmd, len=0, start=0, whence=0, /)", lockf).doc(
        "A wrapper around the fcntl() locking calls.\n\nThe `cmd` is one of the following values:\n\n    LOCK_UN - unlock\n    LOCK_SH - acquire a shared lock\n    LOCK_EX - acquire an exclusive lock\n\nWhen operation is LOCK_SH or LOCK_EX, it can also be bitwise ORed with\nLOCK_NB to avoid blocking on lock acquisition.  If LOCK_NB is used and\nthe lock cannot be acquired, an OSError will be raised and the exception\nwill have an errno attribute set to EACCES or EAGAIN (depending on the\noperating system -- for portability, check for either value).",
    ),
];

/// Linux's, as `<fcntl.h>` has them.
static CONSTANTS: &[(&str, i64)] = &[
    ("DN_ACCESS", 1),
    ("DN_ATTRIB", 32),
    ("DN_CREATE", 4),
    ("DN_DELETE", 8),
    ("DN_MODIFY", 2),
    ("DN_MULTISHOT", 1 << 31),
    ("DN_RENAME", 16),
    ("FASYNC", 8192),
    ("FD_CLOEXEC", 1),
    ("FICLONE", 0x4004_9409),
    ("FICLONERANGE", 0x4020_940d),
    ("F_ADD_SEALS", 1033),
    ("F_DUPFD", 0),
    ("F_DUPFD_CLOEXEC", 1030),
    ("F_DUPFD_QUERY", 1027),
    ("F_EXLCK", 4),
    ("F_GETFD", 1),
    ("F_GETFL", 3),
    ("F_GETLEASE", 1025),
    ("F_GETLK", 5),
    ("F_GETLK64", 5),
    ("F_GETOWN", 9),
    ("F_GETOWN_EX", 16),
    ("F_GETPIPE_SZ", 1032),
    ("F_GETSIG", 11),
    ("F_GET_FILE_RW_HINT", 1037),
    ("F_GET_RW_HINT", 1035),
    ("F_GET_SEALS", 1034),
    ("F_NOTIFY", 1026),
    ("F_OFD_GETLK", 36),
    ("F_OFD_SETLK", 37),
    ("F_OFD_SETLKW", 38),
    ("F_OWNER_PGRP", 2),
    ("F_OWNER_PID", 1),
    ("F_OWNER_TID", 0),
    ("F_RDLCK", 0),
    ("F_SEAL_FUTURE_WRITE", 16),
    ("F_SEAL_GROW", 4),
    ("F_SEAL_SEAL", 1),
    ("F_SEAL_SHRINK", 2),
    ("F_SEAL_WRITE", 8),
    ("F_SETFD", 2),
    ("F_SETFL", 4),
    ("F_SETLEASE", 1024),
    ("F_SETLK", 6),
    ("F_SETLK64", 6),
    ("F_SETLKW", 7),
    ("F_SETLKW64", 7),
    ("F_SETOWN", 8),
    ("F_SETOWN_EX", 15),
    ("F_SETPIPE_SZ", 1031),
    ("F_SETSIG", 10),
    ("F_SET_FILE_RW_HINT", 1038),
    ("F_SET_RW_HINT", 1036),
    ("F_SHLCK", 8),
    ("F_UNLCK", 2),
    ("F_WRLCK", 1),
    ("LOCK_EX", 2),
    ("LOCK_MAND", 32),
    ("LOCK_NB", 4),
    ("LOCK_READ", 64),
    ("LOCK_RW", 192),
    ("LOCK_SH", 1),
    ("LOCK_UN", 8),
    ("LOCK_WRITE", 128),
    ("RWH_WRITE_LIFE_EXTREME", 5),
    ("RWH_WRITE_LIFE_LONG", 4),
    ("RWH_WRITE_LIFE_MEDIUM", 3),
    ("RWH_WRITE_LIFE_NONE", 1),
    ("RWH_WRITE_LIFE_NOT_SET", 0),
    ("RWH_WRITE_LIFE_SHORT", 2),
];

fn init(vm: &Vm, module: Ref<PyModule>) -> PyResult<()> {
    CONSTANTS.iter().try_for_each(|(name, value)| module.add_int(vm, name, *value))
}

pub static MODULE: ModuleDef = ModuleDef::new("fcntl", FUNCTIONS, init).doc(
    "This module performs file control and I/O control on file\ndescriptors.  It is an interface to the fcntl() and ioctl() Unix\nroutines.  File descriptors can be obtained with the fileno() method of\na file or socket object.",
);
