//! Extended attributes of files.

use brolga_runtime::object::{Args, MethodDef};
use brolga_runtime::state::Vm;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, method};

use super::files::room;
use super::path::{Allow, Path, decode, path, system};

/// The most that an attribute's value may have, and the list of names.
const MOST: usize = 65536;

/// The file, and whether a link is followed to it.
fn file(vm: &Vm, v: Value, follow: Slot, function: &str, none: bool) -> PyResult<(Path, bool)> {
    let path = path(vm, v, function, "path", Allow { fd: true, none })?;
    let follow = follow.map_or(Ok(true), |v| vm.is_true(v))?;
    if path.fd.is_some() && !follow {
        return Err(vm.value_error(format!("{function}: cannot use fd and follow_symlinks together")));
    }
    Ok((path, follow))
}

fn attribute(vm: &Vm, v: Value, function: &str) -> PyResult<Path> {
    path(vm, v, function, "attribute", Allow::default())
}

fn getxattr(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let (path, follow) = file(vm, args.get(0), args.opt(2), "getxattr", false)?;
    let name = attribute(vm, args.get(1), "getxattr")?;
    vm.audit("os.getxattr", &[path.given, name.given])?;
    let mut value = room(vm, MOST)?;
    let (start, size) = (value.as_mut_ptr().cast(), value.len());
    // SAFETY: C strings, and room for so many bytes.
    let got = system(vm, Some(path.given), || unsafe {
        match path.fd {
            Some(fd) => libc::fgetxattr(fd, name.as_ptr(), start, size),
            None if follow => libc::getxattr(path.as_ptr(), name.as_ptr(), start, size),
            None => libc::lgetxattr(path.as_ptr(), name.as_ptr(), start, size),
        }
    } as i64)?;
    Ok(PyBytes::new(vm, value.get(..got as usize).unwrap_or(&[]))?.value())
}

fn setxattr(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let (path, follow) = file(vm, args.get(0), args.opt(4), "setxattr", false)?;
    let name = attribute(vm, args.get(1), "setxattr")?;
    let value = vm.buffer(args.get(2), false)?;
    let flags = args.opt(3).map_or(Ok(0), |v| vm.to_i32(v))?;
    vm.audit("os.setxattr", &[path.given, name.given, args.get(2), Value::from_i32(flags)])?;
    let (start, size) = (value.as_slice().as_ptr().cast(), value.as_slice().len());
    // SAFETY: C strings, and so many bytes, which their exporter keeps in place while it lends them.
    system(vm, Some(path.given), || unsafe {
        match path.fd {
            Some(fd) => libc::fsetxattr(fd, name.as_ptr(), start, size, flags),
            None if follow => libc::setxattr(path.as_ptr(), name.as_ptr(), start, size, flags),
            None => libc::lsetxattr(path.as_ptr(), name.as_ptr(), start, size, flags),
        }
    })
    .map(drop)
}

fn removexattr(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let (path, follow) = file(vm, args.get(0), args.opt(2), "removexattr", false)?;
    let name = attribute(vm, args.get(1), "removexattr")?;
    vm.audit("os.removexattr", &[path.given, name.given])?;
    // SAFETY: C strings.
    system(vm, Some(path.given), || unsafe {
        match path.fd {
            Some(fd) => libc::fremovexattr(fd, name.as_ptr()),
            None if follow => libc::removexattr(path.as_ptr(), name.as_ptr()),
            None => libc::lremovexattr(path.as_ptr(), name.as_ptr()),
        }
    })
    .map(drop)
}

fn listxattr(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let (path, follow) = file(vm, args.opt(0).unwrap_or(Value::NONE), args.opt(1), "listxattr", true)?;
    vm.audit("os.listxattr", &[path.given])?;
    let mut names = room(vm, MOST)?;
    let (start, size) = (names.as_mut_ptr().cast(), names.len());
    // SAFETY: a C string, and room for so many bytes.
    let got = system(vm, Some(path.given), || unsafe {
        match path.fd {
            Some(fd) => libc::flistxattr(fd, start, size),
            None if follow => libc::listxattr(path.as_ptr(), start, size),
            None => libc::llistxattr(path.as_ptr(), start, size),
        }
    } as i64)?;
    let list = vm.new_list(&[])?;
    // Each name ends in a zero byte.
    for name in names.get(..got as usize).unwrap_or(&[]).split(|b| *b == 0).filter(|n| !n.is_empty()) {
        list.push(vm, decode(vm, name)?.value())?;
    }
    Ok(list.value())
}

pub static FUNCTIONS: &[MethodDef] = &[
    method!("getxattr", "($module, /, path, attribute, *, follow_symlinks=True)", getxattr),
    method!("setxattr", "($module, /, path, attribute, value, flags=0, *, follow_symlinks=True)", setxattr),
    method!("removexattr", "($module, /, path, attribute, *, follow_symlinks=True)", removexattr),
    method!("listxattr", "($module, /, path=None, *, follow_symlinks=True)", listxattr),
];
