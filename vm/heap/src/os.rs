//! Address space: reserve, commit, give back.

use std::io;
use std::ptr;

/// One heap per window of this size (2^36 = 64 GiB): an address names its heap by its top bits.
pub(crate) const WINDOW_SHIFT: u32 = 36;

/// Not MAP_NORESERVE: address space without access is not accounted for anyway, and when it is committed the system shall
/// refuse what it could never give (as it does to malloc), instead of killing the process later.
const FLAGS: i32 = libc::MAP_PRIVATE | libc::MAP_ANON;

/// Reserves `size` bytes of inaccessible address space at the start of a free window that `claim` accepts.
pub(crate) fn reserve(size: usize, mut claim: impl FnMut(usize) -> bool) -> io::Result<usize> {
    // A probe tells where the kernel places mappings; the windows below it are usually free, and keep its randomisation.
    // SAFETY: a fresh anonymous mapping at an address of the kernel's choice touches nothing that exists.
    let probe = unsafe { libc::mmap(ptr::null_mut(), 1 << 16, libc::PROT_NONE, FLAGS, -1, 0) };
    if probe == libc::MAP_FAILED {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the mapping just made, used by nobody.
    unsafe { libc::munmap(probe, 1 << 16) };
    let top = probe.addr() >> WINDOW_SHIFT;
    let mut error = None;
    for step in 1..512 {
        // Downwards from the probe, then upwards from low addresses.
        let window = if step < top { top - step } else { step };
        if window == 0 || !claim(window) {
            continue;
        }
        let want = window << WINDOW_SHIFT;
        // SAFETY: without MAP_FIXED the address is a hint: existing mappings are not touched.
        let got = unsafe { libc::mmap(ptr::without_provenance_mut(want), size, libc::PROT_NONE, FLAGS, -1, 0) };
        if got == libc::MAP_FAILED {
            error = Some(io::Error::last_os_error());
            break;
        }
        if got.addr() == want {
            return Ok(want);
        }
        // SAFETY: the mapping just made, used by nobody.
        unsafe { libc::munmap(got, size) };
    }
    Err(error.unwrap_or_else(|| io::Error::from(io::ErrorKind::OutOfMemory)))
}

/// Gives back a whole reservation.
///
/// # Safety
/// `[start, start + size)` is a reservation made by [`reserve`], and nothing refers to it any more.
pub(crate) unsafe fn release(start: usize, size: usize) {
    // SAFETY: by this function's contract.
    unsafe { libc::munmap(ptr::without_provenance_mut(start), size) };
}

/// Makes part of a reservation readable and writable; it reads as zero. False when the system refuses.
///
/// # Safety
/// The range is page-aligned and inside a reservation.
pub(crate) unsafe fn commit(start: usize, size: usize) -> bool {
    // SAFETY: by this function's contract; the pages belong to us alone.
    unsafe { libc::mprotect(ptr::without_provenance_mut(start), size, libc::PROT_READ | libc::PROT_WRITE) == 0 }
}

/// Size of the pages that [`advise_huge`] asks for.
pub(crate) const HUGE_PAGE: usize = 2 << 20;

/// Asks for huge pages, where the system has them on request.
///
/// # Safety
/// The range is page-aligned and inside a reservation.
pub(crate) unsafe fn advise_huge(start: usize, size: usize) {
    #[cfg(target_os = "linux")]
    // SAFETY: by this function's contract; the advice changes no content.
    unsafe {
        libc::madvise(ptr::without_provenance_mut(start), size, libc::MADV_HUGEPAGE);
    }
    #[cfg(not(target_os = "linux"))]
    let _ = (start, size);
}

/// Drops the content of committed pages, which read as zero afterwards. False when the content is still there.
///
/// # Safety
/// The range is page-aligned, committed, and holds nothing that is still needed.
pub(crate) unsafe fn discard(start: usize, size: usize) -> bool {
    let start = ptr::without_provenance_mut(start);
    #[cfg(target_os = "linux")]
    {
        // SAFETY: by this function's contract. On Linux private anonymous pages read as zero after MADV_DONTNEED.
        unsafe { libc::madvise(start, size, libc::MADV_DONTNEED) == 0 }
    }
    #[cfg(not(target_os = "linux"))]
    {
        let protection = libc::PROT_READ | libc::PROT_WRITE;
        // SAFETY: by this function's contract; elsewhere only a new mapping in place is sure to read as zero.
        unsafe { libc::mmap(start, size, protection, FLAGS | libc::MAP_FIXED, -1, 0) == start }
    }
}
