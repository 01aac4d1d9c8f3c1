//! Counting by the processor: `perf_event_open`.

use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

use crate::child::{Outcome, Run};

/// `struct perf_event_attr`, its first version: 64 bytes.
#[repr(C)]
#[derive(Default)]
struct Attributes {
    kind: u32,
    size: u32,
    config: u64,
    sample_period: u64,
    sample_type: u64,
    read_format: u64,
    flags: u64,
    wakeup_events: u32,
    breakpoint_type: u32,
    config1: u64,
}

const HARDWARE: u32 = 0;
const INSTRUCTIONS: u64 = 1;
/// Bits of `flags`.
const DISABLED: u64 = 1;
const INHERIT: u64 = 1 << 1;
const EXCLUDE_KERNEL: u64 = 1 << 5;
const EXCLUDE_HYPERVISOR: u64 = 1 << 6;
const ENABLE_ON_EXEC: u64 = 1 << 12;
/// The descriptor is closed by exec.
const CLOSE_ON_EXEC: libc::c_ulong = 8;

/// A counter that this process hands down to its children, and that begins with what they execute.
fn open() -> std::io::Result<OwnedFd> {
    let attributes = Attributes {
        kind: HARDWARE,
        size: size_of::<Attributes>() as u32,
        config: INSTRUCTIONS,
        flags: DISABLED | INHERIT | EXCLUDE_KERNEL | EXCLUDE_HYPERVISOR | ENABLE_ON_EXEC,
        ..Attributes::default()
    };
    // SAFETY: the attributes are as long as they say; this process, any processor, no group.
    let fd = unsafe { libc::syscall(libc::SYS_perf_event_open, &raw const attributes, 0, -1, -1, CLOSE_ON_EXEC) };
    match i32::try_from(fd) {
        // SAFETY: a descriptor that was just opened.
        Ok(fd) if fd >= 0 => Ok(unsafe { OwnedFd::from_raw_fd(fd) }),
        _ => Err(std::io::Error::last_os_error()),
    }
}

/// May it be had?
pub fn check() -> Result<(), String> {
    open().map(drop).map_err(|e| format!("the processor's counters can't be had: {e}"))
}

/// Runs it, and reads the counter.
pub fn count(run: &Run<'_>) -> Result<(Outcome, u64), String> {
    let counter = open().map_err(|e| format!("the processor's counters can't be had: {e}"))?;
    let outcome = run.run().map_err(|e| e.to_string())?;
    let mut count = 0u64;
    // SAFETY: room for eight bytes.
    let got = unsafe { libc::read(counter.as_raw_fd(), (&raw mut count).cast(), 8) };
    match (got, count) {
        (8, 1..) => Ok((outcome, count)),
        _ => Err("the processor has counted nothing".to_owned()),
    }
}
