//! `stat`, `lstat`, `fstat` and their result; `access`, `chmod`, `utime`.

use std::mem::MaybeUninit;

use brolga_runtime::object::{Args, MethodDef};
use brolga_runtime::protocol::number::BinaryOp;
use brolga_runtime::state::Vm;
use brolga_runtime::struct_sequence;
use brolga_runtime::types::int;
use brolga_runtime::types::tuple::PyTuple;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, method};

use super::path::{Allow, Path, audit, dir_fd, path, retry, system};

struct_sequence! {
    pub static STAT_RESULT = "stat_result" in "os", "stat_result: Result from stat, fstat, or lstat.\n\nThis object may be accessed either as a tuple of\n  (mode, ino, dev, nlink, uid, gid, size, atime, mtime, ctime)\nor via the attributes st_mode, st_ino, st_dev, st_nlink, st_uid, and so on.\n\nPosix/windows: If your platform supports st_blksize, st_blocks, st_rdev,\nor st_flags, they are available as attributes only.\n\nSee os.stat for more information.";
    visible ["st_mode", "st_ino", "st_dev", "st_nlink", "st_uid", "st_gid", "st_size"],
    hidden ["st_atime", "st_mtime", "st_ctime", "st_atime_ns", "st_mtime_ns", "st_ctime_ns", "st_blksize", "st_blocks", "st_rdev"],
    unnamed 3
}

#[expect(clippy::unnecessary_cast, reason = "the widths of stat's fields differ by platform")]
pub fn result(vm: &Vm, s: &libc::stat) -> PyResult<Value> {
    let times = [(s.st_atime, s.st_atime_nsec), (s.st_mtime, s.st_mtime_nsec), (s.st_ctime, s.st_ctime_nsec)];
    let mut values = [Value::NONE; 19];
    let first = [
        vm.new_int(i64::from(s.st_mode))?,
        vm.new_int_u64(s.st_ino as u64)?,
        vm.new_int_u64(s.st_dev as u64)?,
        vm.new_int_u64(s.st_nlink as u64)?,
        vm.new_int(i64::from(s.st_uid))?,
        vm.new_int(i64::from(s.st_gid))?,
        vm.new_int(s.st_size as i64)?,
    ];
    values[..7].copy_from_slice(&first);
    for (i, (seconds, nanos)) in times.into_iter().enumerate() {
        values[7 + i] = vm.new_int(seconds as i64)?;
        values[10 + i] = Value::from_f64(seconds as f64 + 1e-9 * nanos as f64);
        values[13 + i] = vm.new_int_i128(i128::from(seconds) * 1_000_000_000 + i128::from(nanos))?;
    }
    values[16] = vm.new_int(s.st_blksize as i64)?;
    values[17] = vm.new_int(s.st_blocks as i64)?;
    values[18] = vm.new_int_u64(s.st_rdev as u64)?;
    STAT_RESULT.make(vm, &values)
}

/// `fstatat`, or `fstat` of the path's file number.
pub fn stat_raw(vm: &Vm, path: &Path, dir: i32, follow: bool) -> PyResult<Result<libc::stat, i32>> {
    let mut buffer = MaybeUninit::<libc::stat>::zeroed();
    let flags = if follow { 0 } else { libc::AT_SYMLINK_NOFOLLOW };
    // SAFETY: the buffer is a `stat`, the path a C string.
    let done = retry(vm, || unsafe {
        match path.fd {
            Some(fd) => libc::fstat(fd, buffer.as_mut_ptr()),
            None => libc::fstatat(dir, path.as_ptr(), buffer.as_mut_ptr(), flags),
        }
    })?;
    // SAFETY: zeroed at first, and all zero is a `stat`.
    Ok(done.map(|_| unsafe { buffer.assume_init() }))
}

fn follow(vm: &Vm, v: Option<Value>) -> PyResult<bool> {
    v.map_or(Ok(true), |v| vm.is_true(v))
}

fn stat(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let path = path(vm, args.get(0), "stat", "path", Allow { fd: true, none: false })?;
    let (dir, follow) = (dir_fd(vm, args.opt(1))?, follow(vm, args.opt(2))?);
    if path.fd.is_some() {
        if dir != libc::AT_FDCWD {
            return Err(vm.value_error("stat: can't specify dir_fd without matching path"));
        }
        if !follow {
            return Err(vm.value_error("stat: cannot use fd and follow_symlinks together"));
        }
    }
    match stat_raw(vm, &path, dir, follow)? {
        Ok(s) => result(vm, &s),
        Err(errno) => Err(vm.os_error(errno, Some(path.given))),
    }
}

fn lstat(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let path = path(vm, args.get(0), "lstat", "path", Allow::default())?;
    let dir = dir_fd(vm, args.opt(1))?;
    match stat_raw(vm, &path, dir, false)? {
        Ok(s) => result(vm, &s),
        Err(errno) => Err(vm.os_error(errno, Some(path.given))),
    }
}

fn fstat(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let mut buffer = MaybeUninit::<libc::stat>::zeroed();
    let fd = vm.to_i32(args.get(0))?;
    // SAFETY: the buffer is a `stat`.
    system(vm, None, || unsafe { libc::fstat(fd, buffer.as_mut_ptr()) })?;
    // SAFETY: zeroed at first, and all zero is a `stat`.
    result(vm, unsafe { buffer.assume_init_ref() })
}

fn access(vm: &Vm, args: &Args<'_>) -> PyResult<bool> {
    let path = path(vm, args.get(0), "access", "path", Allow::default())?;
    let mode = vm.to_i32(args.get(1))?;
    let dir = dir_fd(vm, args.opt(2))?;
    let effective = args.opt(3).map_or(Ok(false), |v| vm.is_true(v))?;
    let mut flags = 0;
    if effective {
        flags |= libc::AT_EACCESS;
    }
    if !follow(vm, args.opt(4))? {
        flags |= libc::AT_SYMLINK_NOFOLLOW;
    }
    // SAFETY: the path is a C string.
    Ok(vm.allow_threads(|| unsafe { libc::faccessat(dir, path.as_ptr(), mode, flags) }) == 0)
}

fn chmod(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let path = path(vm, args.get(0), "chmod", "path", Allow { fd: true, none: false })?;
    let mode = vm.to_i32(args.get(1))? as libc::mode_t;
    let dir = dir_fd(vm, args.opt(2))?;
    let flags = if follow(vm, args.opt(3))? { 0 } else { libc::AT_SYMLINK_NOFOLLOW };
    audit(vm, "os.chmod", &[Some(path.given), Some(Value::from_i32(mode as i32)), args.opt(2)])?;
    // SAFETY: the path is a C string.
    system(vm, Some(path.given), || unsafe {
        match path.fd {
            Some(fd) => libc::fchmod(fd, mode),
            None => libc::fchmodat(dir, path.as_ptr(), mode, flags),
        }
    })?;
    Ok(())
}

fn fchmod(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let (fd, mode) = (vm.to_i32(args.get(0))?, vm.to_i32(args.get(1))?);
    audit(vm, "os.chmod", &[Some(Value::from_i32(fd)), Some(Value::from_i32(mode)), None])?;
    // SAFETY: no memory is involved.
    system(vm, None, || unsafe { libc::fchmod(fd, mode as libc::mode_t) })?;
    Ok(())
}

fn chown(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let path = path(vm, args.get(0), "chown", "path", Allow { fd: true, none: false })?;
    let (uid, gid) = (vm.to_i64(args.get(1))? as u32, vm.to_i64(args.get(2))? as u32);
    let dir = dir_fd(vm, args.opt(3))?;
    audit(vm, "os.chown", &[Some(path.given), Some(args.get(1)), Some(args.get(2)), args.opt(3)])?;
    let flags = if follow(vm, args.opt(4))? { 0 } else { libc::AT_SYMLINK_NOFOLLOW };
    // SAFETY: the path is a C string.
    system(vm, Some(path.given), || unsafe {
        match path.fd {
            Some(fd) => libc::fchown(fd, uid, gid),
            None => libc::fchownat(dir, path.as_ptr(), uid, gid, flags),
        }
    })?;
    Ok(())
}

/// Seconds as an int or a float, as a time.
fn timespec(vm: &Vm, v: Value) -> PyResult<libc::timespec> {
    if let Some(f) = v.as_f64() {
        if f.is_nan() {
            return Err(vm.value_error("Invalid value NaN (not a number)"));
        }
        let whole = f.floor();
        if !(-9.2e18..9.2e18).contains(&whole) {
            return Err(vm.overflow_error("timestamp out of range for platform time_t"));
        }
        let nanos = ((f - whole) * 1e9).floor().clamp(0.0, 999_999_999.0);
        return Ok(libc::timespec { tv_sec: whole as libc::time_t, tv_nsec: nanos as _ });
    }
    Ok(libc::timespec { tv_sec: vm.to_i64(v)? as libc::time_t, tv_nsec: 0 })
}

fn timespec_ns(vm: &Vm, v: Value) -> PyResult<libc::timespec> {
    let billion = Value::from_i32(1_000_000_000);
    let v = vm.index(v)?;
    let seconds = vm.binary_op(v, billion, BinaryOp::FloorDiv)?;
    let rest = vm.binary_op(v, billion, BinaryOp::Mod)?;
    Ok(libc::timespec { tv_sec: vm.to_i64(seconds)? as libc::time_t, tv_nsec: int::to_i64(rest).unwrap_or(0) as _ })
}

fn utime(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let path = path(vm, args.get(0), "utime", "path", Allow { fd: true, none: false })?;
    let (times, ns) = (args.opt_not_none(1), args.opt(2));
    if times.is_some() && ns.is_some() {
        return Err(vm.value_error("utime: you may specify either 'times' or 'ns' but not both"));
    }
    let pair = |v: Value| v.downcast::<PyTuple>().filter(|t| t.len() == 2);
    let item = |t: brolga_runtime::object::Ref<PyTuple>, i| t.get(i).unwrap_or(Value::NONE);
    let times = match (times, ns) {
        (Some(v), _) => match pair(v) {
            Some(t) => Some([timespec(vm, item(t, 0))?, timespec(vm, item(t, 1))?]),
            None => return Err(vm.type_error("utime: 'times' must be either a tuple of two ints or None")),
        },
        (None, Some(v)) => match pair(v) {
            Some(t) => Some([timespec_ns(vm, item(t, 0))?, timespec_ns(vm, item(t, 1))?]),
            None => return Err(vm.type_error("utime: 'ns' must be a tuple of two ints")),
        },
        (None, None) => None,
    };
    let dir = dir_fd(vm, args.opt(3))?;
    let flags = if follow(vm, args.opt(4))? { 0 } else { libc::AT_SYMLINK_NOFOLLOW };
    if vm.is_audited() {
        let given = |i| args.opt(i).unwrap_or(Value::NONE);
        let dir = args.opt_not_none(3).unwrap_or_else(|| Value::from_i32(-1));
        vm.audit("os.utime", &[path.given, given(1), given(2), dir])?;
    }
    let pointer = times.as_ref().map_or(std::ptr::null(), |t| t.as_ptr());
    // SAFETY: the path is a C string, the times are two of them or null.
    system(vm, Some(path.given), || unsafe {
        match path.fd {
            Some(fd) => libc::futimens(fd, pointer),
            None => libc::utimensat(dir, path.as_ptr(), pointer, flags),
        }
    })?;
    Ok(())
}

fn umask(vm: &Vm, mask: Value) -> PyResult<u32> {
    let mask = vm.to_i32(mask)?;
    // SAFETY: no memory is involved.
    Ok(unsafe { libc::umask(mask as libc::mode_t) } as u32)
}

pub static FUNCTIONS: &[MethodDef] = &[
    method!("stat", "($module, /, path, *, dir_fd=None, follow_symlinks=True)", stat),
    method!("lstat", "($module, /, path, *, dir_fd=None)", lstat),
    method!("fstat", "($module, /, fd)", fstat),
    method!("access", "($module, /, path, mode, *, dir_fd=None, effective_ids=False, follow_symlinks=True)", access),
    method!("chmod", "($module, /, path, mode, *, dir_fd=None, follow_symlinks=True)", chmod),
    method!("fchmod", "($module, /, fd, mode)", fchmod),
    method!("chown", "($module, /, path, uid, gid, *, dir_fd=None, follow_symlinks=True)", chown),
    method!(
        "utime",
        "($module, /, path, times=None, *, ns=<unrepresentable>, dir_fd=None, follow_symlinks=True)",
        utime
    ),
    method!("umask", 1, umask),
];
