//! Open files of other kinds than files (counters, timers, memory, processes), and reading and writing of several pieces
//! or from one file to another.

use brolga_runtime::object::{Args, MethodDef};
use brolga_runtime::state::Vm;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, method};

use super::path::system;
use super::process::text_argument;
use crate::arguments::{descriptor, is_sequence, unsigned};
use crate::vectors::Lent;

fn eventfd(vm: &Vm, args: &Args<'_>) -> PyResult<i32> {
    let start = unsigned(vm, args.get(0), u64::from(u32::MAX), "int")? as u32;
    let flags = args.opt(1).map_or(Ok(libc::EFD_CLOEXEC), |v| vm.to_i32(v))?;
    // SAFETY: no memory is involved.
    system(vm, None, || unsafe { libc::eventfd(start, flags) })
}

fn eventfd_read(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let fd = descriptor(vm, args.get(0))?;
    let mut count = 0;
    // SAFETY: room for a number.
    system(vm, None, || unsafe { libc::eventfd_read(fd, &mut count) })?;
    vm.new_int_u64(count)
}

fn eventfd_write(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let (fd, count) = (descriptor(vm, args.get(0))?, unsigned(vm, args.get(1), u64::MAX, "long long")?);
    // SAFETY: no memory is involved.
    system(vm, None, || unsafe { libc::eventfd_write(fd, count) }).map(drop)
}

const SECOND: i64 = 1_000_000_000;

fn timerfd_create(vm: &Vm, args: &Args<'_>) -> PyResult<i32> {
    let (clock, flags) = (vm.to_i32(args.get(0))?, args.opt(1).map_or(Ok(0), |v| vm.to_i32(v))?);
    // SAFETY: no memory is involved.
    system(vm, None, || unsafe { libc::timerfd_create(clock, flags) })
}

/// Whether times are seconds, or nanoseconds as an int.
#[derive(Copy, Clone, PartialEq)]
enum Unit {
    Seconds,
    Nanoseconds,
}

fn time(vm: &Vm, v: Slot, unit: Unit) -> PyResult<libc::timespec> {
    let ns = match (v, unit) {
        (None, _) => 0,
        (Some(v), Unit::Seconds) => {
            let ns = (vm.to_f64(v)? * SECOND as f64).floor();
            // The bounds of i64, of which the upper one is not reached; NaN is outside, too.
            if !(i64::MIN as f64..-(i64::MIN as f64)).contains(&ns) {
                return Err(vm.overflow_error("timestamp out of range for C PyTime_t"));
            }
            ns as i64
        }
        (Some(v), Unit::Nanoseconds) => vm.to_i64(v)?,
    };
    Ok(libc::timespec { tv_sec: ns.div_euclid(SECOND), tv_nsec: ns.rem_euclid(SECOND) })
}

fn timer(vm: &Vm, timer: &libc::itimerspec, unit: Unit) -> PyResult<Value> {
    let value = |t: libc::timespec| match unit {
        Unit::Seconds => Ok(Value::from_f64(t.tv_sec as f64 + t.tv_nsec as f64 * 1e-9)),
        Unit::Nanoseconds => vm.new_int(t.tv_sec * SECOND + t.tv_nsec),
    };
    Ok(vm.new_tuple(&[value(timer.it_value)?, value(timer.it_interval)?])?.value())
}

fn set_timer(vm: &Vm, args: &Args<'_>, unit: Unit) -> PyResult<Value> {
    let (fd, flags) = (descriptor(vm, args.get(0))?, args.opt(1).map_or(Ok(0), |v| vm.to_i32(v))?);
    let new = libc::itimerspec { it_value: time(vm, args.opt(2), unit)?, it_interval: time(vm, args.opt(3), unit)? };
    // SAFETY: all zero is a setting.
    let mut old: libc::itimerspec = unsafe { std::mem::zeroed() };
    // SAFETY: a setting, and room for one.
    system(vm, None, || unsafe { libc::timerfd_settime(fd, flags, &new, &mut old) })?;
    timer(vm, &old, unit)
}

fn timerfd_settime(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    set_timer(vm, args, Unit::Seconds)
}

fn timerfd_settime_ns(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    set_timer(vm, args, Unit::Nanoseconds)
}

fn get_timer(vm: &Vm, fd: Value, unit: Unit) -> PyResult<Value> {
    let fd = descriptor(vm, fd)?;
    // SAFETY: all zero is a setting.
    let mut now: libc::itimerspec = unsafe { std::mem::zeroed() };
    // SAFETY: room for a setting.
    system(vm, None, || unsafe { libc::timerfd_gettime(fd, &mut now) })?;
    timer(vm, &now, unit)
}

fn timerfd_gettime(vm: &Vm, fd: Value) -> PyResult<Value> {
    get_timer(vm, fd, Unit::Seconds)
}

fn timerfd_gettime_ns(vm: &Vm, fd: Value) -> PyResult<Value> {
    get_timer(vm, fd, Unit::Nanoseconds)
}

fn memfd_create(vm: &Vm, args: &Args<'_>) -> PyResult<i32> {
    let name = text_argument(vm, args.get(0))?;
    let flags = args.opt(1).map_or(Ok(libc::MFD_CLOEXEC), |v| Ok(vm.to_i64(v)? as libc::c_uint))?;
    // SAFETY: a C string.
    system(vm, None, || unsafe { libc::memfd_create(name.as_ptr(), flags) })
}

fn pidfd_open(vm: &Vm, args: &Args<'_>) -> PyResult<i32> {
    let pid = vm.to_i32(args.get(0))?;
    let flags = args.opt(1).map_or(Ok(0), |v| unsigned(vm, v, u64::from(u32::MAX), "int"))?;
    // SAFETY: no memory is involved. An open file's number fits.
    system(vm, None, || unsafe { libc::syscall(libc::SYS_pidfd_open, pid, flags as libc::c_uint) as i32 })
}

/// Runs `f` on the memory of a sequence of buffers, while they lend it.
fn pieces(
    vm: &Vm,
    buffers: Value,
    writable: bool,
    function: &str,
    f: impl Fn(*const libc::iovec, i32) -> isize,
) -> PyResult<i64> {
    if !is_sequence(vm, buffers) {
        return Err(vm.type_error(format!("{function}() arg 2 must be a sequence")));
    }
    let items = vm.tuple_from(buffers)?;
    let mut lent = Lent::new();
    for i in 0..items.len() {
        lent.push(vm, vm.buffer(items.get(i).unwrap_or(Value::NONE), writable)?)?;
    }
    let pieces = if writable { lent.parts_mut(vm)? } else { lent.parts(vm)? };
    let count = i32::try_from(pieces.len()).unwrap_or(i32::MAX);
    let done = system(vm, None, || f(pieces.as_ptr(), count) as i64);
    drop(lent);
    done
}

fn readv(vm: &Vm, fd: Value, buffers: Value) -> PyResult<i64> {
    let fd = vm.to_i32(fd)?;
    // SAFETY: so many pieces of memory that may be written; the exporters keep them in place while they lend them.
    pieces(vm, buffers, true, "readv", |start, count| unsafe { libc::readv(fd, start, count) })
}

fn writev(vm: &Vm, fd: Value, buffers: Value) -> PyResult<i64> {
    let fd = vm.to_i32(fd)?;
    // SAFETY: so many pieces of memory; the exporters keep them in place while they lend them.
    pieces(vm, buffers, false, "writev", |start, count| unsafe { libc::writev(fd, start, count) })
}

fn preadv(vm: &Vm, args: &Args<'_>) -> PyResult<i64> {
    let (fd, offset) = (vm.to_i32(args.get(0))?, vm.to_i64(args.get(2))?);
    let flags = args.opt(3).map_or(Ok(0), |v| vm.to_i32(v))?;
    // SAFETY: as for `readv`.
    pieces(vm, args.get(1), true, "preadv2", |start, count| unsafe { libc::preadv2(fd, start, count, offset, flags) })
}

fn pwritev(vm: &Vm, args: &Args<'_>) -> PyResult<i64> {
    let (fd, offset) = (vm.to_i32(args.get(0))?, vm.to_i64(args.get(2))?);
    let flags = args.opt(3).map_or(Ok(0), |v| vm.to_i32(v))?;
    // SAFETY: as for `writev`.
    pieces(vm, args.get(1), false, "pwritev", |start, count| unsafe { libc::pwritev2(fd, start, count, offset, flags) })
}

fn sendfile(vm: &Vm, args: &Args<'_>) -> PyResult<i64> {
    let (to, from) = (vm.to_i32(args.get(0))?, vm.to_i32(args.get(1))?);
    let offset = if args.get(2).is_none() { None } else { Some(vm.to_i64(args.get(2))?) };
    let count = vm.to_isize(args.get(3))? as usize;
    let mut offset = offset;
    // SAFETY: room for a number, or null.
    system(vm, None, || unsafe { libc::sendfile(to, from, offset.as_mut().map_or(std::ptr::null_mut(), |o| o), count) }
        as i64)
}

/// Source, destination and how much, and where in each, of what copies in the kernel.
type Copied = (i32, i32, usize, Option<i64>, Option<i64>);

fn copied(vm: &Vm, args: &Args<'_>) -> PyResult<Copied> {
    let (from, to, count) = (vm.to_i32(args.get(0))?, vm.to_i32(args.get(1))?, vm.to_isize(args.get(2))?);
    let offset = |i: usize| args.opt_not_none(i).map(|v| vm.to_i64(v)).transpose();
    let (from_offset, to_offset) = (offset(3)?, offset(4)?);
    let count = usize::try_from(count).map_err(|_| vm.value_error("negative value for 'count' not allowed"))?;
    Ok((from, to, count, from_offset, to_offset))
}

fn splice(vm: &Vm, args: &Args<'_>) -> PyResult<i64> {
    let (from, to, count, mut from_offset, mut to_offset) = copied(vm, args)?;
    let flags = args.opt(5).map_or(Ok(0), |v| unsigned(vm, v, u64::from(u32::MAX), "int"))? as u32;
    // SAFETY: room for two numbers, or null.
    system(vm, None, || unsafe {
        let from_offset = from_offset.as_mut().map_or(std::ptr::null_mut(), std::ptr::from_mut);
        let to_offset = to_offset.as_mut().map_or(std::ptr::null_mut(), std::ptr::from_mut);
        libc::splice(from, from_offset, to, to_offset, count, flags)
    } as i64)
}

fn copy_file_range(vm: &Vm, args: &Args<'_>) -> PyResult<i64> {
    let (from, to, count, mut from_offset, mut to_offset) = copied(vm, args)?;
    // SAFETY: room for two numbers, or null.
    system(vm, None, || unsafe {
        let from_offset = from_offset.as_mut().map_or(std::ptr::null_mut(), std::ptr::from_mut);
        let to_offset = to_offset.as_mut().map_or(std::ptr::null_mut(), std::ptr::from_mut);
        libc::copy_file_range(from, from_offset, to, to_offset, count, 0)
    } as i64)
}

pub static FUNCTIONS: &[MethodDef] = &[
    method!("eventfd", "($module, /, initval, flags=EFD_CLOEXEC)", eventfd),
    method!("eventfd_read", "($module, /, fd)", eventfd_read),
    method!("eventfd_write", "($module, /, fd, value)", eventfd_write),
    method!("timerfd_create", "($module, clockid, /, *, flags=0)", timerfd_create),
    method!("timerfd_settime", "($module, fd, /, *, flags=0, initial=0.0, interval=0.0)", timerfd_settime),
    method!("timerfd_settime_ns", "($module, fd, /, *, flags=0, initial=0, interval=0)", timerfd_settime_ns),
    method!("timerfd_gettime", 1, timerfd_gettime),
    method!("timerfd_gettime_ns", 1, timerfd_gettime_ns),
    method!("memfd_create", "($module, /, name, flags=MFD_CLOEXEC)", memfd_create),
    method!("pidfd_open", "($module, /, pid, flags=0)", pidfd_open),
    method!("readv", 2, readv),
    method!("writev", 2, writev),
    method!("preadv", "($module, fd, buffers, offset, flags=0, /)", preadv),
    method!("pwritev", "($module, fd, buffers, offset, flags=0, /)", pwritev),
    method!("sendfile", "($module, /, out_fd, in_fd, offset, count)", sendfile),
    method!("splice", "($module, /, src, dst, count, offset_src=None, offset_dst=None, flags=0)", splice),
    method!("copy_file_range", "($module, /, src, dst, count, offset_src=None, offset_dst=None)", copy_file_range),
];
