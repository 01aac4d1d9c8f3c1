//! System calls on file descriptors: without the GIL, and again after a signal.

use brolga_runtime::PyResult;
use brolga_runtime::state::Vm;

/// The largest transfer that the kernel does at once.
const MAX_TRANSFER: usize = 0x7fff_f000;

/// The errno of the call that just failed.
pub fn errno() -> i32 {
    std::io::Error::last_os_error().raw_os_error().unwrap_or(libc::EIO)
}

/// Runs a call that may block; -1 is a failure. `Err(errno)` inside; Python's signal handlers run between tries.
pub fn blocking(vm: &Vm, mut f: impl FnMut() -> isize) -> PyResult<Result<usize, i32>> {
    loop {
        let result = vm.allow_threads(|| {
            let n = f();
            if n < 0 { Err(errno()) } else { Ok(n as usize) }
        });
        if result == Err(libc::EINTR) {
            vm.poll()?;
            continue;
        }
        return Ok(result);
    }
}

/// Reads; `None`: nothing there, and the descriptor does not block.
///
/// # Safety
/// `ptr` is good for `len` bytes, in an object that the caller's stack holds.
pub unsafe fn read(vm: &Vm, fd: i32, ptr: *mut u8, len: usize) -> PyResult<Option<usize>> {
    // SAFETY: by the contract.
    match blocking(vm, || unsafe { libc::read(fd, ptr.cast(), len.min(MAX_TRANSFER)) })? {
        Ok(n) => Ok(Some(n)),
        Err(libc::EAGAIN) => Ok(None),
        Err(e) => Err(vm.os_error(e, None)),
    }
}

/// Writes; `None`: it would block.
///
/// # Safety
/// As [`read`].
pub unsafe fn write(vm: &Vm, fd: i32, ptr: *const u8, len: usize) -> PyResult<Option<usize>> {
    // SAFETY: by the contract.
    match blocking(vm, || unsafe { libc::write(fd, ptr.cast(), len.min(MAX_TRANSFER)) })? {
        Ok(n) => Ok(Some(n)),
        Err(libc::EAGAIN) => Ok(None),
        Err(e) => Err(vm.os_error(e, None)),
    }
}

/// `lseek`.
pub fn seek(vm: &Vm, fd: i32, offset: i64, whence: i32) -> PyResult<i64> {
    // SAFETY: no memory is passed.
    match blocking(vm, || unsafe { libc::lseek(fd, offset, whence) } as isize)? {
        Ok(n) => Ok(n as i64),
        Err(e) => Err(vm.os_error(e, None)),
    }
}

/// `fstat`.
pub fn stat(fd: i32) -> Result<libc::stat, i32> {
    // SAFETY: zeros are a valid `stat`, which the call fills.
    unsafe {
        let mut st = std::mem::zeroed::<libc::stat>();
        if libc::fstat(fd, &mut st) != 0 { Err(errno()) } else { Ok(st) }
    }
}

/// Whether the descriptor is a terminal.
pub fn isatty(fd: i32) -> bool {
    // SAFETY: no memory is passed.
    unsafe { libc::isatty(fd) == 1 }
}
