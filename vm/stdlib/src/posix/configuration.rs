//! What the system allows: `sysconf`, `pathconf`, `confstr`, and file systems.

use brolga_runtime::object::{Args, MethodDef, Ref};
use brolga_runtime::state::Vm;
use brolga_runtime::types::module::PyModule;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, method, struct_sequence};

use super::configuration_names::{CONFSTR, PATHCONF, SYSCONF};
use super::path::{Allow, Path, path, system};
use crate::arguments::descriptor;

struct_sequence! {
    static STATVFS = "statvfs_result" in "os", "statvfs_result: Result from statvfs or fstatvfs.\n\nThis object may be accessed either as a tuple of\n  (bsize, frsize, blocks, bfree, bavail, files, ffree, favail, flag, namemax),\nor via the attributes f_bsize, f_frsize, f_blocks, f_bfree, and so on.\n\nSee os.statvfs for more information.";
    visible ["f_bsize", "f_frsize", "f_blocks", "f_bfree", "f_bavail", "f_files", "f_ffree", "f_favail", "f_flag", "f_namemax"],
    hidden ["f_fsid"], unnamed 0
}

fn of_file_system(vm: &Vm, path: Option<&Path>, fd: Option<i32>) -> PyResult<Value> {
    // SAFETY: all zero is a `statvfs`.
    let mut s: libc::statvfs = unsafe { std::mem::zeroed() };
    // SAFETY: a C string, and room for one.
    system(vm, path.map(|p| p.given), || unsafe {
        match (path, fd) {
            (_, Some(fd)) => libc::fstatvfs(fd, &mut s),
            (Some(path), None) => libc::statvfs(path.as_ptr(), &mut s),
            (None, None) => -1,
        }
    })?;
    let numbers = [
        s.f_bsize,
        s.f_frsize,
        s.f_blocks,
        s.f_bfree,
        s.f_bavail,
        s.f_files,
        s.f_ffree,
        s.f_favail,
        s.f_flag,
        s.f_namemax,
        s.f_fsid,
    ];
    let values = brolga_runtime::types::array::ValueVec::new();
    for number in numbers {
        values.push(vm, vm.new_int_u64(number)?)?;
    }
    STATVFS.make(vm, values.as_slice())
}

fn statvfs(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let path = path(vm, args.get(0), "statvfs", "path", Allow { fd: true, none: false })?;
    of_file_system(vm, Some(&path), path.fd)
}

fn fstatvfs(vm: &Vm, fd: Value) -> PyResult<Value> {
    let fd = vm.to_i32(fd)?;
    of_file_system(vm, None, Some(fd))
}

/// A number, or a name of one.
fn number(vm: &Vm, name: Value, names: &[(&str, i32)]) -> PyResult<i32> {
    match name.downcast::<PyStr>() {
        Some(name) => match names.iter().find(|(n, _)| name.equals_str(n)) {
            Some((_, number)) => Ok(*number),
            None => Err(vm.value_error("unrecognized configuration name")),
        },
        None if vm.is_instance(name, vm.types.int) => vm.to_i32(name),
        None => Err(vm.type_error("configuration names must be strings or integers")),
    }
}

/// Calls `f`, whose result may be -1 without an error.
fn asked(vm: &Vm, filename: Option<Value>, f: impl Fn() -> libc::c_long) -> PyResult<i64> {
    // SAFETY: errno is the thread's own.
    unsafe { *libc::__errno_location() = 0 };
    let result = f();
    // SAFETY: as above.
    let errno = unsafe { *libc::__errno_location() };
    if result == -1 && errno != 0 { Err(vm.os_error(errno, filename)) } else { Ok(result) }
}

fn sysconf(vm: &Vm, name: Value) -> PyResult<i64> {
    let number = number(vm, name, SYSCONF)?;
    // SAFETY: no memory is involved.
    asked(vm, None, || unsafe { libc::sysconf(number) })
}

fn pathconf(vm: &Vm, args: &Args<'_>) -> PyResult<i64> {
    let path = path(vm, args.get(0), "pathconf", "path", Allow { fd: true, none: false })?;
    let number = number(vm, args.get(1), PATHCONF)?;
    // The error names the path, unless it is about the number.
    // SAFETY: a C string.
    asked(vm, None, || unsafe {
        match path.fd {
            Some(fd) => libc::fpathconf(fd, number),
            None => libc::pathconf(path.as_ptr(), number),
        }
    })
    .map_err(|raised| match std::io::Error::last_os_error().raw_os_error() {
        Some(errno) if errno != libc::EINVAL => {
            vm.take_raised(raised);
            vm.os_error(errno, Some(path.given))
        }
        _ => raised,
    })
}

fn fpathconf(vm: &Vm, fd: Value, name: Value) -> PyResult<i64> {
    let (fd, number) = (descriptor(vm, fd)?, number(vm, name, PATHCONF)?);
    // SAFETY: no memory is involved.
    asked(vm, None, || unsafe { libc::fpathconf(fd, number) })
}

fn confstr(vm: &Vm, name: Value) -> PyResult<Value> {
    let number = number(vm, name, CONFSTR)?;
    // SAFETY: no room is given; what is needed is the result.
    let needed = asked(vm, None, || unsafe { libc::confstr(number, std::ptr::null_mut(), 0) } as i64)?;
    if needed == 0 {
        // No error unless `errno` says so.
        return match std::io::Error::last_os_error().raw_os_error() {
            Some(errno) if errno != 0 => Err(vm.os_error(errno, None)),
            _ => Ok(Value::NONE),
        };
    }
    let mut buffer = super::files::room(vm, needed as usize)?;
    // SAFETY: room for so many bytes.
    unsafe { libc::confstr(number, buffer.as_mut_ptr().cast(), buffer.len()) };
    // A zero byte ends it.
    buffer.pop();
    Ok(super::path::decode(vm, &buffer)?.value())
}

pub fn add(vm: &Vm, module: Ref<PyModule>) -> PyResult<()> {
    module.add_type(vm, STATVFS.class(vm)?)?;
    for (table, numbers) in [("sysconf_names", SYSCONF), ("pathconf_names", PATHCONF), ("confstr_names", CONFSTR)] {
        let names = vm.new_dict()?;
        for (name, number) in numbers {
            names.set_name(vm, name, Value::from_i32(*number))?;
        }
        module.add(vm, table, names)?;
    }
    Ok(())
}

pub static FUNCTIONS: &[MethodDef] = &[
    method!("statvfs", "($module, /, path)", statvfs),
    method!("fstatvfs", 1, fstatvfs),
    method!("sysconf", 1, sysconf),
    method!("pathconf", "($module, /, path, name)", pathconf),
    method!("fpathconf", 2, fpathconf),
    method!("confstr", 1, confstr),
];
