//! `select.poll()`.

use std::cell::Cell;

use brolga_runtime::object::{Args, Field, MethodDef, Ref, TypeDef, def::type_flags};
use brolga_runtime::state::Vm;
use brolga_runtime::types::dict::PyDict;
use brolga_runtime::types::int;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, method};

use super::poll_deadline;
use crate::arguments::{MILLISECOND, descriptor};
use crate::object::object;
use crate::posix::path::retry;

object!(
    /// Files by number, and the events that are asked for of each.
    pub struct Poll: SELECT_POLL { files: Field, running: Cell<bool> }
);

const DEFAULT: i16 = libc::POLLIN | libc::POLLPRI | libc::POLLOUT;

pub fn new(vm: &Vm) -> PyResult<Ref<Poll>> {
    let files = vm.new_dict()?;
    let poll: Ref<Poll> = vm.alloc_instance(vm.native_type(&DEF)?)?;
    poll.files.init(files.value());
    Ok(poll)
}

fn receiver(vm: &Vm, args: &Args<'_>) -> PyResult<(Ref<Poll>, Ref<PyDict>)> {
    let poll = args.get(0).downcast::<Poll>();
    match poll.and_then(|p| Some((p, p.files.get()?.downcast()?))) {
        Some(parts) => Ok(parts),
        None => Err(vm.type_error("a select.poll object is required")),
    }
}

/// A set of events: an unsigned short.
fn events(vm: &Vm, v: Value) -> PyResult<i16> {
    let v = vm.index(v)?;
    if int::is_negative(v) {
        return Err(vm.value_error("Cannot convert negative int"));
    }
    let wide = int::to_i64(v).and_then(|n| u16::try_from(n).ok());
    wide.map(|n| n as i16).ok_or_else(|| vm.overflow_error("Python int too large for C unsigned short"))
}

fn register(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let (_, files) = receiver(vm, args)?;
    let fd = descriptor(vm, args.get(1))?;
    let events = args.opt(2).map_or(Ok(DEFAULT), |v| events(vm, v))?;
    files.set_item(vm, Value::from_i32(fd), Value::from_i32(i32::from(events as u16)))
}

fn modify(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let (_, files) = receiver(vm, args)?;
    let fd = Value::from_i32(descriptor(vm, args.get(1))?);
    let events = events(vm, args.get(2))?;
    if !files.contains(vm, fd)? {
        return Err(vm.os_error(libc::ENOENT, None));
    }
    files.set_item(vm, fd, Value::from_i32(i32::from(events as u16)))
}

fn unregister(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let (_, files) = receiver(vm, args)?;
    let fd = Value::from_i32(descriptor(vm, args.get(1))?);
    match files.remove(vm, fd)? {
        Some(_) => Ok(()),
        None => Err(vm.key_error(fd)),
    }
}

fn poll(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let (this, files) = receiver(vm, args)?;
    let deadline = poll_deadline(vm, args.opt(1), MILLISECOND)?;
    if this.running.get() {
        return Err(vm.runtime_error("concurrent poll() invocation"));
    }
    let mut all: Vec<libc::pollfd> = Vec::new();
    all.try_reserve(files.len()).map_err(|_| vm.memory_error())?;
    let mut position = 0;
    while let Some((fd, events)) = files.next_item(&mut position) {
        let (Some(fd), Some(events)) = (fd.as_small_int(), events.as_small_int()) else { continue };
        all.push(libc::pollfd { fd: fd as i32, events: events as u16 as i16, revents: 0 });
    }
    this.running.set(true);
    let result = retry(vm, || {
        // SAFETY: an array of that length.
        unsafe { libc::poll(all.as_mut_ptr(), all.len() as libc::nfds_t, deadline.left_ms()) }
    });
    this.running.set(false);
    result?.map_err(|errno| vm.os_error(errno, None))?;
    let list = vm.new_list(&[])?;
    for file in all.iter().filter(|f| f.revents != 0) {
        let pair = [Value::from_i32(file.fd), Value::from_i32(i32::from(file.revents as u16))];
        list.push(vm, vm.new_tuple(&pair)?.value())?;
    }
    Ok(list.value())
}

static METHODS: &[MethodDef] = &[
    method!("register", "($self, fd, eventmask=select.POLLIN | select.POLLPRI | select.POLLOUT, /)", register).doc(
        "Register a file descriptor with the polling object.\n\n  fd\n    either an integer, or an object with a fileno() method returning an int\n  eventmask\n    an optional bitmask describing the type of events to check for",
    ),
    method!("modify", "($self, fd, eventmask, /)", modify).doc(
        "Modify an already registered file descriptor.\n\n  fd\n    either an integer, or an object with a fileno() method returning\n    an int\n  eventmask\n    a bitmask describing the type of events to check for",
    ),
    method!("unregister", "($self, fd, /)", unregister)
        .doc("Remove a file descriptor being tracked by the polling object."),
    method!("poll", "($self, timeout=None, /)", poll).doc(
        "Polls the set of registered file descriptors.\n\n  timeout\n    The maximum time to wait in milliseconds, or else None (or a negative\n    value) to wait indefinitely.\n\nReturns a list containing any descriptors that have events or errors to\nreport, as a list of (fd, event) 2-tuples.",
    ),
];

pub static DEF: TypeDef = TypeDef {
    module: "select",
    layout: Some(crate::layouts::SELECT_POLL),
    flags: type_flags::DISALLOW_NEW,
    methods: &[METHODS],
    ..TypeDef::new("poll")
};
