//! Users and groups of processes and files, devices, and what a process sees of the system.

use brolga_runtime::object::{Args, MethodDef};
use brolga_runtime::state::Vm;
use brolga_runtime::types::int;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, method};

use super::path::{Allow, audit, dir_fd, path, system};
use super::process::text_argument;
use crate::arguments::{descriptor, is_sequence, owner_id, owner_value};
use crate::vectors;

fn setreuid(vm: &Vm, real: Value, effective: Value) -> PyResult<()> {
    let (real, effective) = (owner_id(vm, real, "uid")?, owner_id(vm, effective, "uid")?);
    // SAFETY: no memory is involved.
    system(vm, None, || unsafe { libc::setreuid(real, effective) }).map(drop)
}

fn setregid(vm: &Vm, real: Value, effective: Value) -> PyResult<()> {
    let (real, effective) = (owner_id(vm, real, "gid")?, owner_id(vm, effective, "gid")?);
    // SAFETY: no memory is involved.
    system(vm, None, || unsafe { libc::setregid(real, effective) }).map(drop)
}

fn setresuid(vm: &Vm, real: Value, effective: Value, saved: Value) -> PyResult<()> {
    let (real, effective) = (owner_id(vm, real, "uid")?, owner_id(vm, effective, "uid")?);
    let saved = owner_id(vm, saved, "uid")?;
    // SAFETY: no memory is involved.
    system(vm, None, || unsafe { libc::setresuid(real, effective, saved) }).map(drop)
}

fn setresgid(vm: &Vm, real: Value, effective: Value, saved: Value) -> PyResult<()> {
    let (real, effective) = (owner_id(vm, real, "gid")?, owner_id(vm, effective, "gid")?);
    let saved = owner_id(vm, saved, "gid")?;
    // SAFETY: no memory is involved.
    system(vm, None, || unsafe { libc::setresgid(real, effective, saved) }).map(drop)
}

fn setgroups(vm: &Vm, groups: Value) -> PyResult<()> {
    if !is_sequence(vm, groups) {
        return Err(vm.type_error("setgroups argument must be a sequence"));
    }
    let items = vm.tuple_from(groups)?;
    if items.len() > 65536 {
        return Err(vm.value_error("too many groups"));
    }
    let mut ids = Vec::new();
    for i in 0..items.len() {
        let item = items.get(i).unwrap_or(Value::NONE);
        if !vm.is_instance(item, vm.types.int) {
            return Err(vm.type_error("groups must be integers"));
        }
        vectors::push(vm, &mut ids, owner_id(vm, item, "gid")?)?;
    }
    // SAFETY: so many numbers.
    system(vm, None, || unsafe { libc::setgroups(ids.len(), ids.as_ptr()) }).map(drop)
}

fn initgroups(vm: &Vm, name: Value, group: Value) -> PyResult<()> {
    let (name, group) = (text_argument(vm, name)?, owner_id(vm, group, "gid")?);
    // SAFETY: a C string.
    system(vm, None, || unsafe { libc::initgroups(name.as_ptr(), group) }).map(drop)
}

fn getgrouplist(vm: &Vm, name: Value, group: Value) -> PyResult<Value> {
    vm.expect_str(name, "getgrouplist() argument 1")?;
    let (name, group) = (text_argument(vm, name)?, owner_id(vm, group, "gid")?);
    let mut room = vec![0; 16];
    let mut count = room.len() as i32;
    // SAFETY: a C string, and room for so many numbers; the count that is given back is what they need.
    while unsafe { libc::getgrouplist(name.as_ptr(), group, room.as_mut_ptr(), &mut count) } == -1 {
        let more = usize::try_from(count).unwrap_or(0).max(room.len() * 2);
        if more > 1 << 20 {
            return Err(vm.memory_error());
        }
        let new = more - room.len();
        vectors::reserve(vm, &mut room, new)?;
        room.resize(more, 0);
        count = more as i32;
    }
    let list = vm.new_list(&[])?;
    for id in room.iter().take(usize::try_from(count).unwrap_or(0)) {
        list.push(vm, owner_value(*id))?;
    }
    Ok(list.value())
}

fn fchown(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let fd = vm.to_i32(args.get(0))?;
    let (user, group) = (owner_id(vm, args.get(1), "uid")?, owner_id(vm, args.get(2), "gid")?);
    audit(vm, "os.chown", &[Some(Value::from_i32(fd)), Some(args.get(1)), Some(args.get(2)), None])?;
    // SAFETY: no memory is involved.
    system(vm, None, || unsafe { libc::fchown(fd, user, group) }).map(drop)
}

fn lchown(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let path = path(vm, args.get(0), "lchown", "path", Allow::default())?;
    let (user, group) = (owner_id(vm, args.get(1), "uid")?, owner_id(vm, args.get(2), "gid")?);
    audit(vm, "os.chown", &[Some(path.given), Some(args.get(1)), Some(args.get(2)), None])?;
    // SAFETY: a C string.
    system(vm, Some(path.given), || unsafe { libc::lchown(path.as_ptr(), user, group) }).map(drop)
}

fn chroot(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let path = path(vm, args.get(0), "chroot", "path", Allow::default())?;
    // SAFETY: a C string.
    system(vm, Some(path.given), || unsafe { libc::chroot(path.as_ptr()) }).map(drop)
}

fn setpgrp(vm: &Vm) -> PyResult<()> {
    // SAFETY: no memory is involved.
    system(vm, None, || unsafe { libc::setpgid(0, 0) }).map(drop)
}

fn setns(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let fd = descriptor(vm, args.get(0))?;
    let kind = args.opt(1).map_or(Ok(0), |v| vm.to_i32(v))?;
    // SAFETY: no memory is involved.
    system(vm, None, || unsafe { libc::setns(fd, kind) }).map(drop)
}

fn unshare(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let flags = vm.to_i32(args.get(0))?;
    // SAFETY: no memory is involved.
    system(vm, None, || unsafe { libc::unshare(flags) }).map(drop)
}

/// The number of a device; -1 is one that no device has.
fn device(vm: &Vm, v: Value) -> PyResult<libc::dev_t> {
    let i = vm.index(v)?;
    match (int::to_i64(i), int::to_u64(i)) {
        (Some(-1), _) => Ok(libc::dev_t::MAX),
        (_, Some(n)) => Ok(n),
        _ if int::is_negative(i) => Err(vm.overflow_error("can't convert negative int to unsigned")),
        _ => Err(vm.overflow_error("int too big to convert")),
    }
}

/// Half of a device's number.
fn half(vm: &Vm, v: Value) -> PyResult<libc::c_uint> {
    let i = vm.index(v)?;
    match int::to_i64(i) {
        Some(-1) => Ok(libc::c_uint::MAX),
        _ if int::is_negative(i) => Err(vm.overflow_error("can't convert negative int to unsigned")),
        n => n
            .and_then(|n| u32::try_from(n).ok())
            .ok_or_else(|| vm.overflow_error("Python int too large to convert to C unsigned int")),
    }
}

fn half_value(half: libc::c_uint) -> Value {
    owner_value(half)
}

fn major(vm: &Vm, v: Value) -> PyResult<Value> {
    Ok(half_value(libc::major(device(vm, v)?)))
}

fn minor(vm: &Vm, v: Value) -> PyResult<Value> {
    Ok(half_value(libc::minor(device(vm, v)?)))
}

fn makedev(vm: &Vm, major: Value, minor: Value) -> PyResult<Value> {
    let none = libc::c_uint::MAX;
    match (half(vm, major)?, half(vm, minor)?) {
        (a, b) if a == none && b == none => Ok(Value::from_i32(-1)),
        (a, b) => vm.new_int_u64(libc::makedev(a, b)),
    }
}

fn mknod(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let path = path(vm, args.get(0), "mknod", "path", Allow::default())?;
    let mode = args.opt(1).map_or(Ok(0o600), |v| vm.to_i32(v))? as libc::mode_t;
    let device = args.opt(2).map_or(Ok(0), |v| device(vm, v))?;
    let dir = dir_fd(vm, args.opt(3))?;
    // SAFETY: a C string.
    system(vm, None, || unsafe { libc::mknodat(dir, path.as_ptr(), mode, device) }).map(drop)
}

pub static FUNCTIONS: &[MethodDef] = &[
    method!("setreuid", 2, setreuid),
    method!("setregid", 2, setregid),
    method!("setresuid", 3, setresuid),
    method!("setresgid", 3, setresgid),
    method!("setgroups", 1, setgroups),
    method!("initgroups", 2, initgroups),
    method!("getgrouplist", 2, getgrouplist),
    method!("fchown", "($module, /, fd, uid, gid)", fchown),
    method!("lchown", "($module, /, path, uid, gid)", lchown),
    method!("chroot", "($module, /, path)", chroot),
    method!("setpgrp", 0, setpgrp),
    method!("setns", "($module, /, fd, nstype=0)", setns),
    method!("unshare", "($module, /, flags)", unshare),
    method!("major", 1, major),
    method!("minor", 1, minor),
    method!("makedev", 2, makedev),
    method!("mknod", "($module, /, path, mode=384, device=0, *, dir_fd=None)", mknod),
];
