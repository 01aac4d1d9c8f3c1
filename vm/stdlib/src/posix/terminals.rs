//! Pseudo-terminals and the terminals of processes; priorities, ids of users and groups together, and other small calls.

use brolga_runtime::object::{Args, MethodDef};
use brolga_runtime::state::Vm;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, method};

use super::path::{audit, system};
use super::process::{fork_process, warn_of_threads};
use crate::arguments::descriptor;

unsafe extern "C" {
    fn login_tty(fd: libc::c_int) -> libc::c_int;
}

/// A terminal and the device that drives it, neither inherited by other programs.
fn openpty(vm: &Vm) -> PyResult<Value> {
    let (mut leader, mut follower) = (-1, -1);
    // SAFETY: room for two numbers; the name and the settings are not asked for.
    system(vm, None, || unsafe {
        libc::openpty(&mut leader, &mut follower, std::ptr::null_mut(), std::ptr::null_mut(), std::ptr::null_mut())
    })?;
    for fd in [leader, follower] {
        // SAFETY: no memory is involved.
        system(vm, None, || unsafe { libc::fcntl(fd, libc::F_SETFD, libc::FD_CLOEXEC) })?;
    }
    Ok(vm.new_tuple(&[Value::from_i32(leader), Value::from_i32(follower)])?.value())
}

fn posix_openpt(vm: &Vm, flags: Value) -> PyResult<i32> {
    let flags = vm.to_i32(flags)? | libc::O_CLOEXEC;
    // SAFETY: no memory is involved.
    system(vm, None, || unsafe { libc::posix_openpt(flags) })
}

fn grantpt(vm: &Vm, fd: Value) -> PyResult<()> {
    let fd = descriptor(vm, fd)?;
    // SAFETY: no memory is involved.
    system(vm, None, || unsafe { libc::grantpt(fd) }).map(drop)
}

fn unlockpt(vm: &Vm, fd: Value) -> PyResult<()> {
    let fd = descriptor(vm, fd)?;
    // SAFETY: no memory is involved.
    system(vm, None, || unsafe { libc::unlockpt(fd) }).map(drop)
}

fn ptsname(vm: &Vm, fd: Value) -> PyResult<Value> {
    let fd = descriptor(vm, fd)?;
    let mut buffer = [0u8; 256];
    // SAFETY: the buffer has so many bytes.
    let error = unsafe { libc::ptsname_r(fd, buffer.as_mut_ptr().cast(), buffer.len()) };
    if error != 0 {
        return Err(vm.os_error(error, None));
    }
    let name = buffer.split(|b| *b == 0).next().unwrap_or(&[]);
    Ok(brolga_runtime::codecs::fs_decode(vm, name)?.value())
}

/// `fork`, the child in a session and a terminal of its own, of which the parent gets the other end.
fn forkpty(vm: &Vm) -> PyResult<Value> {
    vm.audit("os.forkpty", &[])?;
    let (mut leader, mut follower) = (-1, -1);
    // SAFETY: room for two numbers; the name and the settings are not asked for.
    system(vm, None, || unsafe {
        libc::openpty(&mut leader, &mut follower, std::ptr::null_mut(), std::ptr::null_mut(), std::ptr::null_mut())
    })?;
    let close = |fd: i32| {
        // SAFETY: opened above, and known to nobody else.
        unsafe { libc::close(fd) };
    };
    let pid = match fork_process(vm) {
        Ok(pid) => pid,
        Err(raised) => {
            close(leader);
            close(follower);
            return Err(raised);
        }
    };
    if pid == 0 {
        close(leader);
        // SAFETY: no memory is involved. It closes `follower`.
        system(vm, None, || unsafe { login_tty(follower) })?;
        leader = -1;
    } else {
        close(follower);
        warn_of_threads(vm, "forkpty");
    }
    Ok(vm.new_tuple(&[Value::from_i32(pid), Value::from_i32(leader)])?.value())
}

fn login(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let fd = vm.to_i32(args.get(0))?;
    // SAFETY: no memory is involved.
    system(vm, None, || unsafe { login_tty(fd) }).map(|_| ())
}

fn ttyname(vm: &Vm, fd: Value) -> PyResult<Value> {
    let fd = vm.to_i32(fd)?;
    let mut buffer = [0u8; 256];
    // SAFETY: the buffer has so many bytes.
    let error = unsafe { libc::ttyname_r(fd, buffer.as_mut_ptr().cast(), buffer.len()) };
    if error != 0 {
        return Err(vm.os_error(error, None));
    }
    let end = buffer.iter().position(|b| *b == 0).unwrap_or(buffer.len());
    Ok(brolga_runtime::codecs::fs_decode(vm, &buffer[..end])?.value())
}

fn ctermid(_: &Vm) -> &'static str {
    "/dev/tty"
}

fn tcgetpgrp(vm: &Vm, fd: Value) -> PyResult<i32> {
    let fd = vm.to_i32(fd)?;
    // SAFETY: no memory is involved.
    system(vm, None, || unsafe { libc::tcgetpgrp(fd) })
}

fn tcsetpgrp(vm: &Vm, fd: Value, group: Value) -> PyResult<()> {
    let (fd, group) = (vm.to_i32(fd)?, vm.to_i32(group)?);
    // SAFETY: no memory is involved.
    system(vm, None, || unsafe { libc::tcsetpgrp(fd, group) }).map(|_| ())
}

fn getpriority(vm: &Vm, args: &Args<'_>) -> PyResult<i32> {
    let (which, who) = (vm.to_i32(args.get(0))?, vm.to_i32(args.get(1))?);
    // -1 is a priority, too: only `errno` tells an error.
    // SAFETY: the thread's own `errno`.
    unsafe { *libc::__errno_location() = 0 };
    // SAFETY: no memory is involved.
    let found = unsafe { libc::getpriority(which as _, who as libc::id_t) };
    // SAFETY: the thread's own `errno`.
    match unsafe { *libc::__errno_location() } {
        error if found == -1 && error != 0 => Err(vm.os_error(error, None)),
        _ => Ok(found),
    }
}

fn setpriority(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let (which, who, priority) = (vm.to_i32(args.get(0))?, vm.to_i32(args.get(1))?, vm.to_i32(args.get(2))?);
    // SAFETY: no memory is involved.
    system(vm, None, || unsafe { libc::setpriority(which as _, who as libc::id_t, priority) }).map(|_| ())
}

fn three(vm: &Vm, ids: [u32; 3]) -> PyResult<Value> {
    let [a, b, c] = ids.map(|id| Value::from_int_truncated(i64::from(id)));
    Ok(vm.new_tuple(&[a, b, c])?.value())
}

fn getresuid(vm: &Vm) -> PyResult<Value> {
    let mut ids = [0; 3];
    let [real, effective, saved] = &mut ids;
    // SAFETY: room for three numbers.
    system(vm, None, || unsafe { libc::getresuid(real, effective, saved) })?;
    three(vm, ids)
}

fn getresgid(vm: &Vm) -> PyResult<Value> {
    let mut ids = [0; 3];
    let [real, effective, saved] = &mut ids;
    // SAFETY: room for three numbers.
    system(vm, None, || unsafe { libc::getresgid(real, effective, saved) })?;
    three(vm, ids)
}

/// Random bytes, possibly fewer than asked for.
fn getrandom(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let size = vm.to_isize(args.get(0))?;
    let flags = args.opt(1).map_or(Ok(0), |v| vm.to_i32(v))?;
    let Ok(size) = usize::try_from(size) else { return Err(vm.os_error(libc::EINVAL, None)) };
    let mut buffer = Vec::new();
    if buffer.try_reserve(size).is_err() {
        return Err(vm.memory_error());
    }
    buffer.resize(size, 0u8);
    // SAFETY: the buffer has so many bytes.
    let got = system(vm, None, || unsafe { libc::getrandom(buffer.as_mut_ptr().cast(), size, flags as u32) } as i64)?;
    Ok(PyBytes::new(vm, buffer.get(..got as usize).unwrap_or(&buffer))?.value())
}

fn sync(vm: &Vm) {
    // SAFETY: no memory is involved.
    vm.allow_threads(|| unsafe { libc::sync() });
}

/// The encoding of a terminal's device; None where the descriptor is no terminal.
fn device_encoding(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let fd = vm.to_i32(args.get(0))?;
    // SAFETY: no memory is involved.
    if unsafe { libc::isatty(fd) } != 1 {
        return Ok(Value::NONE);
    }
    Ok(vm.new_str("utf-8")?.value())
}

fn posix_fadvise(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let (fd, offset) = (vm.to_i32(args.get(0))?, vm.to_i64(args.get(1))?);
    let (length, advice) = (vm.to_i64(args.get(2))?, vm.to_i32(args.get(3))?);
    // SAFETY: no memory is involved.
    match vm.allow_threads(|| unsafe { libc::posix_fadvise(fd, offset, length, advice) }) {
        0 => Ok(()),
        error => Err(vm.os_error(error, None)),
    }
}

fn posix_fallocate(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let (fd, offset, length) = (vm.to_i32(args.get(0))?, vm.to_i64(args.get(1))?, vm.to_i64(args.get(2))?);
    // SAFETY: no memory is involved.
    match vm.allow_threads(|| unsafe { libc::posix_fallocate(fd, offset, length) }) {
        0 => Ok(()),
        error => Err(vm.os_error(error, None)),
    }
}

fn lockf(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let (fd, command, length) = (vm.to_i32(args.get(0))?, vm.to_i32(args.get(1))?, vm.to_i64(args.get(2))?);
    audit(vm, "os.lockf", &[Some(args.get(0)), Some(args.get(1)), Some(args.get(2))])?;
    // SAFETY: no memory is involved.
    system(vm, None, || unsafe { libc::lockf(fd, command, length) }).map(|_| ())
}

pub const FUNCTIONS: &[MethodDef] = &[
    method!("openpty", 0, openpty).doc("Open a pseudo-terminal, and return the descriptors of its two ends."),
    method!("posix_openpt", 1, posix_openpt),
    method!("grantpt", 1, grantpt),
    method!("unlockpt", 1, unlockpt),
    method!("ptsname", 1, ptsname),
    method!("forkpty", 0, forkpty),
    method!("login_tty", "($module, fd, /)", login)
        .doc("Make a terminal the standard input, output and errors of a session of its own."),
    method!("ttyname", 1, ttyname).doc("Return the name of the terminal device connected to 'fd'."),
    method!("ctermid", 0, ctermid).doc("Return the name of the controlling terminal for this process."),
    method!("tcgetpgrp", 1, tcgetpgrp).doc("Return the process group associated with the terminal specified by fd."),
    method!("tcsetpgrp", 2, tcsetpgrp).doc("Set the process group associated with the terminal specified by fd."),
    method!("getpriority", "($module, /, which, who)", getpriority).doc("Return program scheduling priority."),
    method!("setpriority", "($module, /, which, who, priority)", setpriority).doc("Set program scheduling priority."),
    method!("getresuid", 0, getresuid)
        .doc("Return a tuple of the current process's real, effective, and saved user ids."),
    method!("getresgid", 0, getresgid)
        .doc("Return a tuple of the current process's real, effective, and saved group ids."),
    method!("getrandom", "($module, /, size, flags=0)", getrandom).doc("Obtain a series of random bytes."),
    method!("sync", 0, sync).doc("Force write of everything to disk."),
    method!("device_encoding", "($module, /, fd)", device_encoding)
        .doc("Return a string describing the encoding of a terminal's file descriptor."),
    method!("posix_fadvise", "($module, fd, offset, length, advice, /)", posix_fadvise)
        .doc("Announce an intention to access data in a specific pattern."),
    method!("posix_fallocate", "($module, fd, offset, length, /)", posix_fallocate)
        .doc("Ensure a file has allocated at least a particular number of bytes on disk."),
    method!("lockf", "($module, fd, command, length, /)", lockf)
        .doc("Apply, test or remove a POSIX lock on an open file descriptor."),
];
