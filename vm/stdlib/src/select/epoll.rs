//! `select.epoll`.

use std::cell::Cell;

use brolga_runtime::object::{Args, GetSetDef, Header, MethodDef, Ref, TypeDef, def::type_flags};
use brolga_runtime::state::Vm;
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, getset, method};

use super::poll_deadline;
use crate::arguments::{SECOND, bits, c_int, c_int_or, descriptor};
use crate::object::{class_argument, object};
use crate::posix::path::{retry, system};

object!(
    /// The file's number and one; 0: closed.
    pub struct Epoll: SELECT_EPOLL { number: Cell<usize> }
);

/// Closes the file of a dead object.
///
/// # Safety
/// `cell` is an `Epoll` that nothing reaches any more.
pub unsafe fn drop_epoll(cell: std::ptr::NonNull<Header>) {
    // SAFETY: by the contract; the layout is registered for these only.
    let this: Ref<Epoll> = unsafe { Ref::from_ptr(cell) };
    if let Some(fd) = this.take() {
        // SAFETY: the object's own file.
        unsafe { libc::close(fd) };
    }
}

impl Epoll {
    fn get(&self) -> Option<i32> {
        self.number.get().checked_sub(1).map(|fd| fd as i32)
    }

    fn take(&self) -> Option<i32> {
        let fd = self.get();
        self.number.set(0);
        fd
    }

    fn open(&self, vm: &Vm) -> PyResult<i32> {
        self.get().ok_or_else(|| vm.value_error("I/O operation on closed epoll object"))
    }
}

fn make(vm: &Vm, class: Ref<PyType>, fd: i32) -> PyResult<Ref<Epoll>> {
    let this: Ref<Epoll> = vm.alloc_instance(class)?;
    this.number.set(fd as usize + 1);
    // SAFETY: a fresh cell of this heap, whose layout has a drop function.
    if unsafe { vm.heap.register_drop(this.obj().as_ptr()) }.is_err() {
        return Err(vm.memory_error());
    }
    Ok(this)
}

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Epoll>> {
    let class = class_argument(vm, args)?;
    let (hint, flags) = (c_int_or(vm, args.opt(1), -1)?, c_int_or(vm, args.opt(2), 0)?);
    if hint != -1 && hint <= 0 {
        return Err(vm.value_error("negative sizehint"));
    }
    if flags != 0 && flags != libc::EPOLL_CLOEXEC {
        return Err(vm.raise_message(vm.types.os_error, "invalid flags"));
    }
    // SAFETY: no memory is involved.
    let fd = system(vm, None, || unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) })?;
    make(vm, class, fd)
}

fn fromfd(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Epoll>> {
    let class = class_argument(vm, args)?;
    let fd = c_int(vm, args.get(1))?;
    if fd < 0 {
        return Err(vm.os_error(libc::EBADF, None));
    }
    make(vm, class, fd)
}

fn receiver(vm: &Vm, args: &Args<'_>) -> PyResult<i32> {
    match args.get(0).downcast::<Epoll>() {
        Some(this) => this.open(vm),
        None => Err(vm.type_error("a select.epoll object is required")),
    }
}

fn control(vm: &Vm, epoll: i32, op: i32, file: Value, events: u32) -> PyResult<()> {
    let fd = descriptor(vm, file)?;
    let mut event = libc::epoll_event { events, u64: fd as u64 };
    // SAFETY: an event.
    system(vm, None, || unsafe { libc::epoll_ctl(epoll, op, fd, &mut event) }).map(|_| ())
}

fn register(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let default = (libc::EPOLLIN | libc::EPOLLPRI | libc::EPOLLOUT) as u64;
    let events = args.opt(2).map_or(Ok(default), |v| bits(vm, v))?;
    control(vm, receiver(vm, args)?, libc::EPOLL_CTL_ADD, args.get(1), events as u32)
}

fn modify(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let events = bits(vm, args.get(2))?;
    control(vm, receiver(vm, args)?, libc::EPOLL_CTL_MOD, args.get(1), events as u32)
}

fn unregister(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    control(vm, receiver(vm, args)?, libc::EPOLL_CTL_DEL, args.get(1), 0)
}

fn poll(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let maxevents = c_int_or(vm, args.opt(2), -1)?;
    let epoll = receiver(vm, args)?;
    let deadline = poll_deadline(vm, args.opt(1), SECOND)?;
    let maxevents = match maxevents {
        -1 => libc::FD_SETSIZE - 1,
        n if n < 1 => return Err(vm.value_error(format!("maxevents must be greater than 0, got {n}"))),
        n => n as usize,
    };
    let mut events: Vec<libc::epoll_event> = Vec::new();
    events.try_reserve_exact(maxevents).map_err(|_| vm.memory_error())?;
    let n = retry(vm, || {
        // SAFETY: room for so many events.
        unsafe { libc::epoll_wait(epoll, events.as_mut_ptr(), maxevents as i32, deadline.left_ms()) }
    })?;
    let n = n.map_err(|errno| vm.os_error(errno, None))?;
    // SAFETY: the call has filled so many, and there is room for them.
    unsafe { events.set_len((n as usize).min(maxevents)) };
    let list = vm.new_list(&[])?;
    for event in &events {
        let (mask, fd) = (event.events, event.u64);
        let pair = [Value::from_i32(fd as i32), Value::from_int_truncated(i64::from(mask))];
        list.push(vm, vm.new_tuple(&pair)?.value())?;
    }
    Ok(list.value())
}

fn close(vm: &Vm, this: Ref<Epoll>) -> PyResult<()> {
    let Some(fd) = this.take() else { return Ok(()) };
    // SAFETY: the object's own file.
    if vm.allow_threads(|| unsafe { libc::close(fd) }) < 0 {
        return Err(vm.last_os_error(None));
    }
    Ok(())
}

fn fileno(vm: &Vm, this: Ref<Epoll>) -> PyResult<i32> {
    this.open(vm)
}

fn enter(vm: &Vm, this: Ref<Epoll>) -> PyResult<Ref<Epoll>> {
    this.open(vm)?;
    Ok(this)
}

fn exit(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    vm.call_method(args.get(0), "close", &[])
}

fn closed(_: &Vm, this: Ref<Epoll>) -> bool {
    this.get().is_none()
}

static METHODS: &[MethodDef] = &[
    method!("__new__", "($type, sizehint=-1, flags=0)", new).static_(),
    method!("fromfd", "($type, fd, /)", fromfd).class().doc("Create an epoll object from a given control fd."),
    method!("close", 1, close).doc(
        "Close the epoll control file descriptor.\n\nFurther operations on the epoll object will raise an exception.",
    ),
    method!("fileno", 1, fileno).doc("Return the epoll control file descriptor."),
    method!("register", "($self, /, fd, eventmask=select.EPOLLIN | select.EPOLLPRI | select.EPOLLOUT)", register).doc(
        "Registers a new fd or raises an OSError if the fd is already registered.\n\n  fd\n    the target file descriptor of the operation\n  eventmask\n    a bit set composed of the various EPOLL constants\n\nThe epoll interface supports all file descriptors that support poll.",
    ),
    method!("modify", "($self, /, fd, eventmask)", modify).doc(
        "Modify event mask for a registered file descriptor.\n\n  fd\n    the target file descriptor of the operation\n  eventmask\n    a bit set composed of the various EPOLL constants",
    ),
    method!("unregister", "($self, /, fd)", unregister).doc(
        "Remove a registered file descriptor from the epoll object.\n\n  fd\n    the target file descriptor of the operation",
    ),
    method!("poll", "($self, /, timeout=None, maxevents=-1)", poll).doc(
        "Wait for events on the epoll file descriptor.\n\n  timeout\n    the maximum time to wait in seconds (as float);\n    a timeout of None or -1 makes poll wait indefinitely\n  maxevents\n    the maximum number of events returned; -1 means no limit\n\nReturns a list containing any descriptors that have events to report,\nas a list of (fd, events) 2-tuples.",
    ),
    method!("__enter__", 1, enter),
    method!("__exit__", "($self, exc_type=None, exc_value=None, exc_tb=None, /)", exit),
];
static GETSET: &[GetSetDef] = &[getset!("closed", closed)];

pub static DEF: TypeDef = TypeDef {
    module: "select",
    layout: Some(crate::layouts::SELECT_EPOLL),
    flags: type_flags::BASETYPE,
    methods: &[METHODS],
    getset: GETSET,
    doc: Some(
        "select.epoll(sizehint=-1, flags=0)\n\nReturns an epolling object\n\nsizehint must be a positive integer or -1 for the default size. The\nsizehint is used to optimize internal data structures. It doesn't limit\nthe maximum number of monitored events.",
    ),
    ..TypeDef::new("epoll")
};
