//! Open files by number, and the names of files.

use brolga_runtime::object::{Args, MethodDef};
use brolga_runtime::state::Vm;
use brolga_runtime::struct_sequence;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, method};

use super::path::{Allow, audit, dir_fd, path, retry, system};

fn open(vm: &Vm, args: &Args<'_>) -> PyResult<i32> {
    let path = path(vm, args.get(0), "open", "path", Allow::default())?;
    let flags = vm.to_i32(args.get(1))? | libc::O_CLOEXEC;
    let mode = args.opt(2).map_or(Ok(0o777), |v| vm.to_i32(v))? as libc::c_uint;
    let dir = dir_fd(vm, args.opt(3))?;
    if vm.is_audited() {
        vm.audit("open", &[path.given, Value::NONE, Value::from_i32(flags)])?;
    }
    // SAFETY: the path is a C string.
    system(vm, Some(path.given), || unsafe { libc::openat(dir, path.as_ptr(), flags, mode) })
}

fn close(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let fd = vm.to_i32(args.get(0))?;
    // SAFETY: no memory is involved. Not repeated after a signal: the number is free then already.
    let (result, error) = vm.allow_threads(|| (unsafe { libc::close(fd) }, std::io::Error::last_os_error()));
    if result < 0 && error.raw_os_error() != Some(libc::EINTR) {
        return Err(vm.io_error(&error, None));
    }
    Ok(())
}

fn closerange(vm: &Vm, from: Value, to: Value) -> PyResult<()> {
    let (from, to) = (vm.to_i32(from)?.max(0), vm.to_i32(to)?);
    vm.allow_threads(|| {
        for fd in from..to {
            // SAFETY: no memory is involved.
            unsafe { libc::close(fd) };
        }
    });
    Ok(())
}

/// A buffer of so many bytes, or MemoryError.
pub fn room(vm: &Vm, n: usize) -> PyResult<Vec<u8>> {
    let mut buffer: Vec<u8> = Vec::new();
    buffer.try_reserve_exact(n).map_err(|_| vm.memory_error())?;
    buffer.resize(n, 0);
    Ok(buffer)
}

fn read(vm: &Vm, fd: Value, n: Value) -> PyResult<Value> {
    let (fd, n) = (vm.to_i32(fd)?, vm.to_isize(n)?);
    let Ok(n) = usize::try_from(n) else { return Err(vm.os_error(libc::EINVAL, None)) };
    let mut buffer = room(vm, n.min(0x7fff_f000))?;
    // SAFETY: the buffer has so many bytes.
    let got = system(vm, None, || unsafe { libc::read(fd, buffer.as_mut_ptr().cast(), buffer.len()) } as i64)?;
    Ok(PyBytes::new(vm, buffer.get(..got as usize).unwrap_or(&[]))?.value())
}

fn write(vm: &Vm, fd: Value, data: Value) -> PyResult<i64> {
    let fd = vm.to_i32(fd)?;
    let buffer = vm.buffer(data, false)?;
    let bytes = buffer.as_slice();
    // SAFETY: so many bytes; the exporter keeps them in place while it lends them.
    system(vm, None, || unsafe { libc::write(fd, bytes.as_ptr().cast(), bytes.len().min(0x7fff_f000)) } as i64)
}

fn readinto(vm: &Vm, fd: Value, target: Value) -> PyResult<i64> {
    let fd = vm.to_i32(fd)?;
    let mut buffer = vm.buffer(target, true)?;
    let bytes = buffer.as_mut_slice();
    // SAFETY: so many bytes; the exporter keeps them in place while it lends them.
    system(vm, None, || unsafe { libc::read(fd, bytes.as_mut_ptr().cast(), bytes.len().min(0x7fff_f000)) } as i64)
}

fn pread(vm: &Vm, fd: Value, n: Value, offset: Value) -> PyResult<Value> {
    let (fd, n, offset) = (vm.to_i32(fd)?, vm.to_isize(n)?, vm.to_i64(offset)?);
    let Ok(n) = usize::try_from(n) else { return Err(vm.os_error(libc::EINVAL, None)) };
    let mut buffer = room(vm, n.min(0x7fff_f000))?;
    // SAFETY: the buffer has so many bytes.
    let got = system(vm, None, || unsafe { libc::pread(fd, buffer.as_mut_ptr().cast(), buffer.len(), offset) } as i64)?;
    Ok(PyBytes::new(vm, buffer.get(..got as usize).unwrap_or(&[]))?.value())
}

fn pwrite(vm: &Vm, fd: Value, data: Value, offset: Value) -> PyResult<i64> {
    let (fd, offset) = (vm.to_i32(fd)?, vm.to_i64(offset)?);
    let buffer = vm.buffer(data, false)?;
    let bytes = buffer.as_slice();
    // SAFETY: so many bytes; the exporter keeps them in place while it lends them.
    system(vm, None, || unsafe { libc::pwrite(fd, bytes.as_ptr().cast(), bytes.len(), offset) } as i64)
}

fn lseek(vm: &Vm, fd: Value, position: Value, how: Value) -> PyResult<i64> {
    let (fd, position, how) = (vm.to_i32(fd)?, vm.to_i64(position)?, vm.to_i32(how)?);
    // SAFETY: no memory is involved.
    system(vm, None, || unsafe { libc::lseek(fd, position, how) } as i64)
}

fn fsync(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let fd = fd_or_fileno(vm, args.get(0))?;
    // SAFETY: no memory is involved.
    system(vm, None, || unsafe { libc::fsync(fd) }).map(|_| ())
}

fn fd_or_fileno(vm: &Vm, v: Value) -> PyResult<i32> {
    if vm.is_instance(v, vm.types.int) {
        return vm.to_i32(v);
    }
    let fd = vm.call_method(v, "fileno", &[])?;
    vm.to_i32(fd)
}

fn isatty(vm: &Vm, fd: Value) -> PyResult<bool> {
    let fd = vm.to_i32(fd)?;
    // SAFETY: no memory is involved.
    Ok(unsafe { libc::isatty(fd) } == 1)
}

fn ftruncate(vm: &Vm, fd: Value, length: Value) -> PyResult<()> {
    let (fd, length) = (vm.to_i32(fd)?, vm.to_i64(length)?);
    audit(vm, "os.truncate", &[Some(Value::from_i32(fd)), Some(Value::from_int_truncated(length))])?;
    // SAFETY: no memory is involved.
    system(vm, None, || unsafe { libc::ftruncate(fd, length) }).map(|_| ())
}

fn truncate(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let path = path(vm, args.get(0), "truncate", "path", Allow { fd: true, none: false })?;
    let length = vm.to_i64(args.get(1))?;
    audit(vm, "os.truncate", &[Some(path.given), Some(args.get(1))])?;
    // SAFETY: the path is a C string.
    system(vm, Some(path.given), || unsafe {
        match path.fd {
            Some(fd) => libc::ftruncate(fd, length),
            None => libc::truncate(path.as_ptr(), length),
        }
    })
    .map(|_| ())
}

fn pipe(vm: &Vm) -> PyResult<Value> {
    let mut fds = [0i32; 2];
    // SAFETY: room for two numbers.
    system(vm, None, || unsafe { libc::pipe2(fds.as_mut_ptr(), libc::O_CLOEXEC) })?;
    Ok(vm.new_tuple(&[Value::from_i32(fds[0]), Value::from_i32(fds[1])])?.value())
}

fn pipe2(vm: &Vm, flags: Value) -> PyResult<Value> {
    let flags = vm.to_i32(flags)?;
    let mut fds = [0i32; 2];
    // SAFETY: room for two numbers.
    system(vm, None, || unsafe { libc::pipe2(fds.as_mut_ptr(), flags) })?;
    Ok(vm.new_tuple(&[Value::from_i32(fds[0]), Value::from_i32(fds[1])])?.value())
}

fn dup(vm: &Vm, fd: Value) -> PyResult<i32> {
    let fd = vm.to_i32(fd)?;
    // SAFETY: no memory is involved.
    system(vm, None, || unsafe { libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, 0) })
}

fn dup2(vm: &Vm, args: &Args<'_>) -> PyResult<i32> {
    let (fd, to) = (vm.to_i32(args.get(0))?, vm.to_i32(args.get(1))?);
    let inheritable = args.opt(2).map_or(Ok(true), |v| vm.is_true(v))?;
    if fd < 0 || to < 0 {
        return Err(vm.os_error(libc::EBADF, None));
    }
    // SAFETY: no memory is involved.
    system(vm, None, || unsafe {
        if inheritable || fd == to { libc::dup2(fd, to) } else { libc::dup3(fd, to, libc::O_CLOEXEC) }
    })
}

fn get_inheritable(vm: &Vm, fd: Value) -> PyResult<bool> {
    let fd = vm.to_i32(fd)?;
    // SAFETY: no memory is involved.
    let flags = system(vm, None, || unsafe { libc::fcntl(fd, libc::F_GETFD) })?;
    Ok(flags & libc::FD_CLOEXEC == 0)
}

fn set_inheritable(vm: &Vm, fd: Value, on: Value) -> PyResult<()> {
    let (fd, on) = (vm.to_i32(fd)?, vm.to_i32(on)? != 0);
    // SAFETY: no memory is involved.
    let flags = system(vm, None, || unsafe { libc::fcntl(fd, libc::F_GETFD) })?;
    let flags = if on { flags & !libc::FD_CLOEXEC } else { flags | libc::FD_CLOEXEC };
    // SAFETY: no memory is involved.
    system(vm, None, || unsafe { libc::fcntl(fd, libc::F_SETFD, flags) }).map(|_| ())
}

fn get_blocking(vm: &Vm, fd: Value) -> PyResult<bool> {
    let fd = vm.to_i32(fd)?;
    // SAFETY: no memory is involved.
    Ok(system(vm, None, || unsafe { libc::fcntl(fd, libc::F_GETFL) })? & libc::O_NONBLOCK == 0)
}

fn set_blocking(vm: &Vm, fd: Value, on: Value) -> PyResult<()> {
    let (fd, on) = (vm.to_i32(fd)?, vm.is_true(on)?);
    // SAFETY: no memory is involved.
    let flags = system(vm, None, || unsafe { libc::fcntl(fd, libc::F_GETFL) })?;
    let flags = if on { flags & !libc::O_NONBLOCK } else { flags | libc::O_NONBLOCK };
    // SAFETY: no memory is involved.
    system(vm, None, || unsafe { libc::fcntl(fd, libc::F_SETFL, flags) }).map(|_| ())
}

fn unlink(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let path = path(vm, args.get(0), "unlink", "path", Allow::default())?;
    let dir = dir_fd(vm, args.opt(1))?;
    audit(vm, "os.remove", &[Some(path.given), args.opt(1)])?;
    // SAFETY: the path is a C string.
    system(vm, Some(path.given), || unsafe { libc::unlinkat(dir, path.as_ptr(), 0) }).map(|_| ())
}

fn rmdir(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let path = path(vm, args.get(0), "rmdir", "path", Allow::default())?;
    let dir = dir_fd(vm, args.opt(1))?;
    audit(vm, "os.rmdir", &[Some(path.given), args.opt(1)])?;
    // SAFETY: the path is a C string.
    system(vm, Some(path.given), || unsafe { libc::unlinkat(dir, path.as_ptr(), libc::AT_REMOVEDIR) }).map(|_| ())
}

fn mkdir(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let path = path(vm, args.get(0), "mkdir", "path", Allow::default())?;
    let mode = args.opt(1).map_or(Ok(0o777), |v| vm.to_i32(v))? as libc::mode_t;
    let dir = dir_fd(vm, args.opt(2))?;
    audit(vm, "os.mkdir", &[Some(path.given), Some(Value::from_i32(mode as i32)), args.opt(2)])?;
    // SAFETY: the path is a C string.
    system(vm, Some(path.given), || unsafe { libc::mkdirat(dir, path.as_ptr(), mode) }).map(|_| ())
}

fn rename_as(vm: &Vm, args: &Args<'_>, function: &str) -> PyResult<()> {
    let from = path(vm, args.get(0), function, "src", Allow::default())?;
    let to = path(vm, args.get(1), function, "dst", Allow::default())?;
    let (from_dir, to_dir) = (dir_fd(vm, args.opt(2))?, dir_fd(vm, args.opt(3))?);
    audit(vm, "os.rename", &[Some(from.given), Some(to.given), args.opt(2), args.opt(3)])?;
    // SAFETY: the paths are C strings.
    retry(vm, || unsafe { libc::renameat(from_dir, from.as_ptr(), to_dir, to.as_ptr()) })?
        .map(|_| ())
        .map_err(|errno| vm.os_error2(errno, Some(from.given), Some(to.given)))
}

fn rename(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    rename_as(vm, args, "rename")
}

fn replace(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    rename_as(vm, args, "replace")
}

fn link(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let from = path(vm, args.get(0), "link", "src", Allow::default())?;
    let to = path(vm, args.get(1), "link", "dst", Allow::default())?;
    let (from_dir, to_dir) = (dir_fd(vm, args.opt(2))?, dir_fd(vm, args.opt(3))?);
    let follow = args.opt(4).map_or(Ok(true), |v| vm.is_true(v))?;
    let flags = if follow { libc::AT_SYMLINK_FOLLOW } else { 0 };
    audit(vm, "os.link", &[Some(from.given), Some(to.given), args.opt(2), args.opt(3)])?;
    // SAFETY: the paths are C strings.
    retry(vm, || unsafe { libc::linkat(from_dir, from.as_ptr(), to_dir, to.as_ptr(), flags) })?
        .map(|_| ())
        .map_err(|errno| vm.os_error2(errno, Some(from.given), Some(to.given)))
}

fn symlink(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let from = path(vm, args.get(0), "symlink", "src", Allow::default())?;
    let to = path(vm, args.get(1), "symlink", "dst", Allow::default())?;
    let dir = dir_fd(vm, args.opt(3))?;
    audit(vm, "os.symlink", &[Some(from.given), Some(to.given), args.opt(3)])?;
    // SAFETY: the paths are C strings.
    retry(vm, || unsafe { libc::symlinkat(from.as_ptr(), dir, to.as_ptr()) })?
        .map(|_| ())
        .map_err(|errno| vm.os_error2(errno, Some(from.given), Some(to.given)))
}

fn readlink(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let path = path(vm, args.get(0), "readlink", "path", Allow::default())?;
    let dir = dir_fd(vm, args.opt(1))?;
    let mut buffer = [0u8; libc::PATH_MAX as usize + 1];
    // SAFETY: the path is a C string, the buffer has so many bytes.
    let n = system(vm, Some(path.given), || unsafe {
        libc::readlinkat(dir, path.as_ptr(), buffer.as_mut_ptr().cast(), buffer.len())
    } as i64)?;
    path.name(vm, buffer.get(..n as usize).unwrap_or(&[]))
}

fn mkfifo(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let path = path(vm, args.get(0), "mkfifo", "path", Allow::default())?;
    let mode = args.opt(1).map_or(Ok(0o666), |v| vm.to_i32(v))? as libc::mode_t;
    let dir = dir_fd(vm, args.opt(2))?;
    // SAFETY: the path is a C string.
    system(vm, Some(path.given), || unsafe { libc::mkfifoat(dir, path.as_ptr(), mode) }).map(|_| ())
}

fn urandom(vm: &Vm, n: Value) -> PyResult<Value> {
    let n = vm.to_isize(n)?;
    let Ok(n) = usize::try_from(n) else { return Err(vm.value_error("negative argument not allowed")) };
    let mut buffer = room(vm, n)?;
    let mut filled = 0;
    while filled < n {
        let rest = buffer.get_mut(filled..).unwrap_or(&mut []);
        // SAFETY: the rest of the buffer has so many bytes.
        let got = system(vm, None, || unsafe { libc::getrandom(rest.as_mut_ptr().cast(), rest.len(), 0) } as i64)?;
        filled += got as usize;
    }
    vm.from_outside("urandom", &mut buffer);
    Ok(PyBytes::new(vm, &buffer)?.value())
}

struct_sequence! {
    static TERMINAL_SIZE = "terminal_size" in "os", "A tuple of (columns, lines) for holding terminal window size";
    visible ["columns", "lines"], hidden [], unnamed 0
}

fn get_terminal_size(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let fd = args.opt(0).map_or(Ok(1), |v| vm.to_i32(v))?;
    let mut size = libc::winsize { ws_row: 0, ws_col: 0, ws_xpixel: 0, ws_ypixel: 0 };
    // SAFETY: the request fills a `winsize`.
    system(vm, None, || unsafe { libc::ioctl(fd, libc::TIOCGWINSZ, &raw mut size) })?;
    TERMINAL_SIZE.make(vm, &[Value::from_i32(i32::from(size.ws_col)), Value::from_i32(i32::from(size.ws_row))])
}

pub fn types(vm: &Vm) -> PyResult<brolga_runtime::object::Ref<brolga_runtime::types::type_object::PyType>> {
    TERMINAL_SIZE.class(vm)
}

pub static FUNCTIONS: &[MethodDef] = &[
    method!("open", "($module, /, path, flags, mode=511, *, dir_fd=None)", open),
    method!("close", "($module, /, fd)", close),
    method!("closerange", 2, closerange),
    method!("read", 2, read),
    method!("write", 2, write),
    method!("readinto", 2, readinto),
    method!("pread", 3, pread),
    method!("pwrite", 3, pwrite),
    method!("lseek", 3, lseek),
    method!("fsync", "($module, /, fd)", fsync),
    method!("fdatasync", "($module, /, fd)", fsync),
    method!("isatty", 1, isatty),
    method!("ftruncate", 2, ftruncate),
    method!("truncate", "($module, /, path, length)", truncate),
    method!("pipe", 0, pipe),
    method!("pipe2", 1, pipe2),
    method!("dup", 1, dup),
    method!("dup2", "($module, /, fd, fd2, inheritable=True)", dup2),
    method!("get_inheritable", 1, get_inheritable),
    method!("set_inheritable", 2, set_inheritable),
    method!("get_blocking", 1, get_blocking),
    method!("set_blocking", 2, set_blocking),
    method!("unlink", "($module, /, path, *, dir_fd=None)", unlink),
    method!("remove", "($module, /, path, *, dir_fd=None)", unlink),
    method!("rmdir", "($module, /, path, *, dir_fd=None)", rmdir),
    method!("mkdir", "($module, /, path, mode=511, *, dir_fd=None)", mkdir),
    method!("rename", "($module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None)", rename),
    method!("replace", "($module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None)", replace),
    method!("link", "($module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None, follow_symlinks=True)", link),
    method!("symlink", "($module, /, src, dst, target_is_directory=False, *, dir_fd=None)", symlink),
    method!("readlink", "($module, /, path, *, dir_fd=None)", readlink),
    method!("mkfifo", "($module, /, path, mode=438, *, dir_fd=None)", mkfifo),
    method!("urandom", 1, urandom),
    method!("get_terminal_size", "($module, fd=<unrepresentable>, /)", get_terminal_size),
];
