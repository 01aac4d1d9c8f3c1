//! `select`: waiting for files.

mod epoll;
mod poll;

use brolga_runtime::module_def::ModuleDef;
use brolga_runtime::object::{Args, MethodDef, Ref};
use brolga_runtime::state::Vm;
use brolga_runtime::types::array::ValueVec;
use brolga_runtime::types::list::PyList;
use brolga_runtime::types::module::PyModule;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, method};

use crate::arguments::{Deadline, MILLISECOND, SECOND, descriptor, nanoseconds};
use crate::posix::path::retry;

pub use epoll::drop_epoll;

/// Objects to watch, and the numbers of their files.
struct Watched {
    objects: ValueVec,
    fds: Vec<i32>,
}

impl Watched {
    fn new(vm: &Vm, sequence: Value) -> PyResult<Watched> {
        let given = match vm.collect(sequence) {
            Ok(items) => items,
            Err(raised) => {
                vm.catch(raised, vm.types.type_error)?;
                return Err(vm.type_error("arguments 1-3 must be sequences"));
            }
        };
        // A list may change while its items are asked for their numbers: what is there then counts.
        let list = sequence.downcast::<PyList>();
        let item = |i| match list {
            Some(list) => list.get(i),
            None => given.get(i),
        };
        let mut fds = Vec::new();
        let objects = ValueVec::new();
        while let Some(object) = item(fds.len()) {
            let fd = descriptor(vm, object)?;
            if fd as usize >= libc::FD_SETSIZE {
                return Err(vm.value_error("filedescriptor out of range in select()"));
            }
            objects.push(vm, object)?;
            fds.push(fd);
        }
        Ok(Watched { objects, fds })
    }

    fn set(&self) -> libc::fd_set {
        // SAFETY: all zero is an empty set, and the numbers are below its size.
        unsafe {
            let mut set: libc::fd_set = std::mem::zeroed();
            for fd in &self.fds {
                libc::FD_SET(*fd, &mut set);
            }
            set
        }
    }

    /// Those whose files are in the set.
    fn ready(&self, vm: &Vm, set: &libc::fd_set) -> PyResult<Value> {
        let list = vm.new_list(&[])?;
        for (i, fd) in self.fds.iter().enumerate() {
            // SAFETY: a number below the set's size.
            if unsafe { libc::FD_ISSET(*fd, set) }
                && let Some(object) = self.objects.get(i)
            {
                list.push(vm, object)?;
            }
        }
        Ok(list.value())
    }
}

fn select(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let deadline = match args.opt_not_none(3) {
        None => Deadline(None),
        Some(timeout) => {
            let ns = timeout_ns(vm, timeout, SECOND, "timeout must be a float or None")?;
            if ns < 0 {
                return Err(vm.value_error("timeout must be non-negative"));
            }
            Deadline::after(ns)
        }
    };
    let watched = [Watched::new(vm, args.get(0))?, Watched::new(vm, args.get(1))?, Watched::new(vm, args.get(2))?];
    let highest = watched.iter().flat_map(|w| &w.fds).max().map_or(0, |fd| fd + 1);
    let mut sets = watched.each_ref().map(Watched::set);
    let mut first = true;
    let ready = retry(vm, || {
        if !std::mem::take(&mut first) {
            sets = watched.each_ref().map(Watched::set);
        }
        let mut limit =
            deadline.left().map(|ns| libc::timeval { tv_sec: ns / SECOND, tv_usec: (ns % SECOND + 999) / 1000 });
        let limit = limit.as_mut().map_or(std::ptr::null_mut(), |t| {
            if t.tv_usec >= 1_000_000 {
                t.tv_sec += 1;
                t.tv_usec = 0;
            }
            std::ptr::from_mut(t)
        });
        let [r, w, x] = &mut sets;
        // SAFETY: three sets of which the numbers are below `highest`, and a time or none.
        unsafe { libc::select(highest, r, w, x, limit) }
    })?;
    ready.map_err(|errno| vm.os_error(errno, None))?;
    let [r, w, x] = &watched;
    let [rs, ws, xs] = &sets;
    let lists = [r.ready(vm, rs)?, w.ready(vm, ws)?, x.ready(vm, xs)?];
    Ok(vm.new_tuple(&lists)?.value())
}

/// A timeout in units of `unit` nanoseconds; `wrong` is said of what is no number.
fn timeout_ns(vm: &Vm, v: Value, unit: i64, wrong: &str) -> PyResult<i64> {
    nanoseconds(vm, v, unit).or_else(|raised| {
        vm.catch(raised, vm.types.type_error)?;
        Err(vm.type_error(wrong))
    })
}

/// The deadline that the timeout of `poll` (in milliseconds) or `epoll.poll` (in seconds) stands for.
fn poll_deadline(vm: &Vm, timeout: Slot, unit: i64) -> PyResult<Deadline> {
    let Some(timeout) = timeout.filter(|t| !t.is_none()) else { return Ok(Deadline(None)) };
    let ns = timeout_ns(vm, timeout, unit, "timeout must be an integer or None")?;
    if ns / MILLISECOND > i64::from(i32::MAX) {
        return Err(vm.overflow_error("timeout is too large"));
    }
    Ok(Deadline::after(ns))
}

fn new_poll(vm: &Vm) -> PyResult<Ref<poll::Poll>> {
    poll::new(vm)
}

const FUNCTIONS: &[MethodDef] = &[
    method!("select", "($module, rlist, wlist, xlist, timeout=None, /)", select).doc(
        "Wait until one or more file descriptors are ready for some kind of I/O.\n\nThe first three arguments are iterables of file descriptors to be waited for:\nrlist -- wait until ready for reading\nwlist -- wait until ready for writing\nxlist -- wait for an \"exceptional condition\"\nIf only one kind of condition is required, pass [] for the other lists.\n\nA file descriptor is either a socket or file object, or a small integer\ngotten from a fileno() method call on one of those.\n\nThe optional 4th argument specifies a timeout in seconds; it may be\na floating-point number to specify fractions of seconds.  If it is absent\nor None, the call will never time out.\n\nThe return value is a tuple of three lists corresponding to the first three\narguments; each contains the subset of the corresponding file descriptors\nthat are ready.\n\n*** IMPORTANT NOTICE ***\nOn Windows, only sockets are supported; on Unix, all file\ndescriptors can be used.",
    ),
    method!("poll", 0, new_poll).doc(
        "Returns a polling object.\n\nThis object supports registering and unregistering file descriptors, and then\npolling them for I/O events.",
    ),
];

macro_rules! constants {
    ($($name:ident),* $(,)?) => { &[$((stringify!($name), libc::$name as i64)),*] };
}

static CONSTANTS: &[(&str, i64)] = constants![
    PIPE_BUF,
    POLLERR,
    POLLHUP,
    POLLIN,
    POLLNVAL,
    POLLOUT,
    POLLPRI,
    POLLRDBAND,
    POLLRDHUP,
    POLLRDNORM,
    POLLWRBAND,
    POLLWRNORM,
    EPOLLERR,
    EPOLLEXCLUSIVE,
    EPOLLHUP,
    EPOLLIN,
    EPOLLMSG,
    EPOLLONESHOT,
    EPOLLOUT,
    EPOLLPRI,
    EPOLLRDBAND,
    EPOLLRDHUP,
    EPOLLRDNORM,
    EPOLLWAKEUP,
    EPOLLWRBAND,
    EPOLLWRNORM,
    EPOLL_CLOEXEC,
];

fn init(vm: &Vm, module: Ref<PyModule>) -> PyResult<()> {
    for (name, value) in CONSTANTS {
        module.add_int(vm, name, *value)?;
    }
    module.add_int(vm, "EPOLLET", 1 << 31)?;
    module.add_int(vm, "POLLMSG", 0x400)?;
    module.add(vm, "error", vm.types.os_error)?;
    module.add_type(vm, vm.native_type(&epoll::DEF)?)
}

pub static MODULE: ModuleDef = ModuleDef::new("select", FUNCTIONS, init).doc(
    "This module supports asynchronous I/O on multiple file descriptors.\n\n*** IMPORTANT NOTICE ***\nOn Windows, only sockets are supported; on Unix, all file descriptors.",
);
