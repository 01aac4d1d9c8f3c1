//! `_socket.socket`: the object, its options and its connection.

use std::cell::Cell;

use brolga_runtime::object::{Args, Field, GetSetDef, Header, MethodDef, Ref, TypeDef, def::type_flags};
use brolga_runtime::state::Vm;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, Raised, getset, method};

use super::address::{Address, from_python};
use super::{message, transfer};
use crate::arguments::{Deadline, SECOND, c_int, c_int_or, nanoseconds};
use crate::object::{class_argument, object};

object!(
    /// The file's number and one; 0: closed. The timeout is a float in seconds, or None to wait for ever.
    pub struct Socket: SOCKET {
        timeout: Field,
        number: Cell<usize>,
        family: Cell<i32>,
        kind: Cell<i32>,
        protocol: Cell<i32>,
    }
);

/// Closes the file of a dead object.
///
/// # Safety
/// `cell` is a `Socket` that nothing reaches any more.
pub unsafe fn drop_socket(cell: std::ptr::NonNull<Header>) {
    // SAFETY: by the contract; the layout is registered for these only.
    let this: Ref<Socket> = unsafe { Ref::from_ptr(cell) };
    if let Some(fd) = this.take() {
        // SAFETY: the object's own file.
        unsafe { libc::close(fd) };
    }
}

impl Socket {
    /// -1 once it is closed: system calls then fail with EBADF.
    pub fn fd(&self) -> i32 {
        self.number.get().checked_sub(1).map_or(-1, |fd| fd as i32)
    }

    fn take(&self) -> Option<i32> {
        let fd = self.number.replace(0).checked_sub(1)?;
        Some(fd as i32)
    }

    pub fn family(&self) -> i32 {
        self.family.get()
    }

    /// Nanoseconds; negative: for ever.
    fn timeout_ns(&self) -> i64 {
        match self.timeout.get().and_then(Value::as_f64) {
            Some(seconds) => (seconds * SECOND as f64).round() as i64,
            None => -1,
        }
    }

    pub fn deadline(&self) -> Deadline {
        Deadline::after(self.timeout_ns())
    }
}

fn errno() -> i32 {
    std::io::Error::last_os_error().raw_os_error().unwrap_or(libc::EIO)
}

pub fn timed_out(vm: &Vm) -> Raised {
    vm.raise_message(vm.types.timeout_error, "timed out")
}

/// Waits until the file is ready; false: the time is over.
fn wait_ready(vm: &Vm, fd: i32, events: i16, deadline: Deadline) -> PyResult<Result<bool, i32>> {
    loop {
        let mut file = libc::pollfd { fd, events, revents: 0 };
        let (n, error) = vm.allow_threads(|| {
            // SAFETY: one file.
            let n = unsafe { libc::poll(&mut file, 1, deadline.left_ms()) };
            (n, errno())
        });
        match n {
            0 => return Ok(Ok(false)),
            1.. => return Ok(Ok(true)),
            _ if error == libc::EINTR => vm.poll()?,
            _ => return Ok(Err(error)),
        }
    }
}

/// Which way a call goes.
#[derive(Copy, Clone, PartialEq)]
pub enum Direction {
    Read,
    Write,
}

impl Direction {
    fn events(self) -> i16 {
        match self {
            Direction::Read => libc::POLLIN,
            Direction::Write => libc::POLLOUT,
        }
    }
}

/// Runs a call that may wait, within the deadline, without the GIL; again when a signal broke it off. `Err` inside is
/// its errno.
pub fn blocking_call(
    vm: &Vm,
    this: Ref<Socket>,
    direction: Direction,
    deadline: Deadline,
    mut f: impl FnMut(i32) -> isize,
) -> PyResult<Result<isize, i32>> {
    loop {
        // Read anew: another thread may have closed it meanwhile.
        let fd = this.fd();
        let waits = this.timeout_ns() > 0;
        if waits {
            if deadline.is_over() {
                return Err(timed_out(vm));
            }
            match wait_ready(vm, fd, direction.events(), deadline)? {
                Ok(true) => {}
                Ok(false) => return Err(timed_out(vm)),
                Err(error) => return Ok(Err(error)),
            }
        }
        let (result, error) = vm.allow_threads(|| {
            let result = f(fd);
            (result, errno())
        });
        if result >= 0 {
            return Ok(Ok(result));
        }
        match error {
            libc::EINTR => vm.poll()?,
            libc::EAGAIN if waits => {}
            error => return Ok(Err(error)),
        }
    }
}

/// [`blocking_call`], its error an OSError.
pub fn call(
    vm: &Vm,
    this: Ref<Socket>,
    direction: Direction,
    deadline: Deadline,
    f: impl FnMut(i32) -> isize,
) -> PyResult<usize> {
    match blocking_call(vm, this, direction, deadline, f)? {
        Ok(n) => Ok(n as usize),
        Err(error) => Err(vm.os_error(error, None)),
    }
}

fn set_nonblocking(vm: &Vm, fd: i32, on: bool) -> PyResult<()> {
    let mut flag = i32::from(on);
    // SAFETY: the call reads a number.
    if unsafe { libc::ioctl(fd, libc::FIONBIO, &mut flag) } < 0 {
        return Err(vm.last_os_error(None));
    }
    Ok(())
}

/// The timeout that new sockets have.
static DEFAULT_TIMEOUT: u8 = 0;

fn default_timeout(vm: &Vm) -> Value {
    vm.kept(&DEFAULT_TIMEOUT).unwrap_or(Value::NONE)
}

/// A timeout argument: seconds as a float, or None.
fn timeout_argument(vm: &Vm, v: Value) -> PyResult<Value> {
    if v.is_none() {
        return Ok(v);
    }
    let ns = nanoseconds(vm, v, SECOND)?;
    if ns < 0 {
        return Err(vm.value_error("Timeout value out of range"));
    }
    // `poll` counts milliseconds in an int.
    if ns / 1_000_000 > i64::from(i32::MAX) {
        return Err(vm.overflow_error("timeout doesn't fit into C timeval"));
    }
    Ok(Value::from_f64(ns as f64 / SECOND as f64))
}

pub fn getdefaulttimeout(vm: &Vm) -> Value {
    default_timeout(vm)
}

pub fn setdefaulttimeout(vm: &Vm, v: Value) -> PyResult<()> {
    let timeout = timeout_argument(vm, v)?;
    vm.keep(&DEFAULT_TIMEOUT, timeout);
    Ok(())
}

const KIND_FLAGS: i32 = libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC;

/// Fills an object with an open file, which is then its own.
fn fill(vm: &Vm, this: Ref<Socket>, fd: i32, family: i32, kind: i32, protocol: i32) -> PyResult<()> {
    this.number.set(fd as usize + 1);
    this.family.set(family);
    this.kind.set(kind & !KIND_FLAGS);
    this.protocol.set(protocol);
    if kind & libc::SOCK_NONBLOCK != 0 {
        this.timeout.set(this, Value::from_f64(0.0));
        return Ok(());
    }
    let timeout = default_timeout(vm);
    this.timeout.set(this, timeout);
    if timeout.is_none() { Ok(()) } else { set_nonblocking(vm, fd, true) }
}

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Socket>> {
    let this: Ref<Socket> = vm.alloc_instance(class_argument(vm, args)?)?;
    this.timeout.init(Value::NONE);
    // SAFETY: a fresh cell of this heap, whose layout has a drop function.
    if unsafe { vm.heap.register_drop(this.obj().as_ptr()) }.is_err() {
        return Err(vm.memory_error());
    }
    Ok(this)
}

/// A socket object for an open file.
pub fn make(vm: &Vm, fd: i32, family: i32, kind: i32, protocol: i32) -> PyResult<Value> {
    let class = vm.native_type(&DEF)?.value();
    let args = Args { bound: &[Some(class)], rest: &[], kw: brolga_runtime::object::args::Keywords::NONE };
    match new(vm, &args) {
        Ok(this) => {
            fill(vm, this, fd, family, kind, protocol)?;
            Ok(this.value())
        }
        Err(raised) => {
            // SAFETY: nobody else has it.
            unsafe { libc::close(fd) };
            Err(raised)
        }
    }
}

fn receiver(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Socket>> {
    args.get(0).downcast().ok_or_else(|| vm.type_error("a socket is required"))
}

fn int_option(fd: i32, level: i32, name: i32) -> Result<i32, i32> {
    let mut value = 0i32;
    let mut len = size_of::<i32>() as libc::socklen_t;
    // SAFETY: room for a number.
    let result = unsafe { libc::getsockopt(fd, level, name, std::ptr::from_mut(&mut value).cast(), &mut len) };
    if result < 0 { Err(errno()) } else { Ok(value) }
}

fn init(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let this = receiver(vm, args)?;
    let (mut family, mut kind) = (c_int_or(vm, args.opt(1), -1)?, c_int_or(vm, args.opt(2), -1)?);
    let mut protocol = c_int_or(vm, args.opt(3), -1)?;
    let number = Value::from_i32;
    vm.audit("socket.__new__", &[this.value(), number(family), number(kind), number(protocol)])?;
    if let Some(given) = args.opt_not_none(4) {
        let fd = c_int(vm, given)?;
        if fd < 0 {
            return Err(vm.value_error("negative file descriptor"));
        }
        let mut address = Address::empty();
        // SAFETY: room for an address.
        if unsafe { libc::getsockname(fd, address.as_mut_ptr(), &mut address.len) } < 0 {
            let error = errno();
            if family == -1 || error == libc::EBADF || error == libc::ENOTSOCK {
                return Err(vm.os_error(error, None));
            }
        } else if family == -1 {
            family = i32::from(address.storage.ss_family);
        }
        if kind == -1 {
            kind = int_option(fd, libc::SOL_SOCKET, libc::SO_TYPE).map_err(|e| vm.os_error(e, None))?;
        }
        if protocol == -1 {
            protocol = int_option(fd, libc::SOL_SOCKET, libc::SO_PROTOCOL).map_err(|e| vm.os_error(e, None))?;
        }
        return fill(vm, this, fd, family, kind, protocol);
    }
    family = if family == -1 { libc::AF_INET } else { family };
    kind = if kind == -1 { libc::SOCK_STREAM } else { kind };
    protocol = if protocol == -1 { 0 } else { protocol };
    // SAFETY: no memory is involved.
    let fd = unsafe { libc::socket(family, kind | libc::SOCK_CLOEXEC, protocol) };
    if fd < 0 {
        return Err(vm.last_os_error(None));
    }
    fill(vm, this, fd, family, kind, protocol)
}

fn repr(_: &Vm, this: Ref<Socket>) -> String {
    format!(
        "<socket object, fd={}, family={}, type={}, proto={}>",
        this.fd(),
        this.family.get(),
        this.kind.get(),
        this.protocol.get()
    )
}

fn accept(vm: &Vm, this: Ref<Socket>) -> PyResult<Value> {
    let mut address = Address::empty();
    let fd = call(vm, this, Direction::Read, this.deadline(), |fd| {
        address = Address::empty();
        // SAFETY: room for an address.
        unsafe { libc::accept4(fd, address.as_mut_ptr(), &mut address.len, libc::SOCK_CLOEXEC) as isize }
    })?;
    let peer = match address.to_python(vm) {
        Ok(peer) => peer,
        Err(raised) => {
            // SAFETY: nobody else has it.
            unsafe { libc::close(fd as i32) };
            return Err(raised);
        }
    };
    Ok(vm.new_tuple(&[Value::from_len(fd), peer])?.value())
}

fn bind(vm: &Vm, this: Ref<Socket>, address: Value) -> PyResult<()> {
    let given = address;
    let address = from_python(vm, address, this.family(), "bind")?;
    vm.audit("socket.bind", &[this.value(), given])?;
    let fd = this.fd();
    // SAFETY: an address of its length.
    if vm.allow_threads(|| unsafe { libc::bind(fd, address.as_ptr(), address.len) }) < 0 {
        return Err(vm.last_os_error(None));
    }
    Ok(())
}

/// Connects; gives the errno where that failed.
fn connect_to(vm: &Vm, this: Ref<Socket>, address: Value, function: &str) -> PyResult<i32> {
    let given = address;
    let address = from_python(vm, address, this.family(), function)?;
    vm.audit("socket.connect", &[this.value(), given])?;
    let fd = this.fd();
    let (result, error) = vm.allow_threads(|| {
        // SAFETY: an address of its length.
        let result = unsafe { libc::connect(fd, address.as_ptr(), address.len) };
        (result, errno())
    });
    if result == 0 {
        return Ok(0);
    }
    let waits = match error {
        libc::EINTR => {
            vm.poll()?;
            this.timeout_ns() != 0
        }
        libc::EINPROGRESS => this.timeout_ns() > 0,
        _ => false,
    };
    if !waits {
        return Ok(error);
    }
    // The connection goes on being made; at its end the file can be written.
    match wait_ready(vm, fd, libc::POLLOUT, this.deadline())? {
        Ok(true) => {}
        Ok(false) => return Err(timed_out(vm)),
        Err(error) => return Ok(error),
    }
    match int_option(fd, libc::SOL_SOCKET, libc::SO_ERROR) {
        Ok(libc::EISCONN) => Ok(0),
        Ok(error) | Err(error) => Ok(error),
    }
}

fn connect(vm: &Vm, this: Ref<Socket>, address: Value) -> PyResult<()> {
    match connect_to(vm, this, address, "connect")? {
        0 => Ok(()),
        error => Err(vm.os_error(error, None)),
    }
}

fn connect_ex(vm: &Vm, this: Ref<Socket>, address: Value) -> PyResult<i32> {
    match connect_to(vm, this, address, "connect_ex") {
        Ok(error) => Ok(error),
        Err(raised) => {
            // A timeout is a number here, too.
            vm.catch(raised, vm.types.timeout_error)?;
            Ok(libc::EWOULDBLOCK)
        }
    }
}

fn close(vm: &Vm, this: Ref<Socket>) -> PyResult<()> {
    let Some(fd) = this.take() else { return Ok(()) };
    // SAFETY: the object's own file.
    let (result, error) = vm.allow_threads(|| unsafe { (libc::close(fd), errno()) });
    // The other side's reset is no error of closing.
    if result < 0 && error != libc::ECONNRESET { Err(vm.os_error(error, None)) } else { Ok(()) }
}

fn detach(_: &Vm, this: Ref<Socket>) -> i32 {
    this.take().unwrap_or(-1)
}

fn fileno(_: &Vm, this: Ref<Socket>) -> i32 {
    this.fd()
}

fn name_of(
    vm: &Vm,
    this: Ref<Socket>,
    f: unsafe extern "C" fn(i32, *mut libc::sockaddr, *mut libc::socklen_t) -> i32,
) -> PyResult<Value> {
    let mut address = Address::empty();
    let fd = this.fd();
    // SAFETY: room for an address.
    if vm.allow_threads(|| unsafe { f(fd, address.as_mut_ptr(), &mut address.len) }) < 0 {
        return Err(vm.last_os_error(None));
    }
    address.to_python(vm)
}

fn getpeername(vm: &Vm, this: Ref<Socket>) -> PyResult<Value> {
    name_of(vm, this, libc::getpeername)
}

fn getsockname(vm: &Vm, this: Ref<Socket>) -> PyResult<Value> {
    name_of(vm, this, libc::getsockname)
}

fn getsockopt(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let this = receiver(vm, args)?;
    let (level, name) = (c_int(vm, args.get(1))?, c_int(vm, args.get(2))?);
    let len = c_int_or(vm, args.opt(3), 0)?;
    if len == 0 {
        return match int_option(this.fd(), level, name) {
            Ok(value) => Ok(Value::from_i32(value)),
            Err(error) => Err(vm.os_error(error, None)),
        };
    }
    if !(1..=1024).contains(&len) {
        return Err(vm.raise_message(vm.types.os_error, "getsockopt buflen out of range"));
    }
    let mut buffer = [0u8; 1024];
    let mut len = len as libc::socklen_t;
    // SAFETY: room for so many bytes.
    if unsafe { libc::getsockopt(this.fd(), level, name, buffer.as_mut_ptr().cast(), &mut len) } < 0 {
        return Err(vm.last_os_error(None));
    }
    Ok(PyBytes::new(vm, buffer.get(..len as usize).unwrap_or(&[]))?.value())
}

fn setsockopt(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let this = receiver(vm, args)?;
    let given = args.rest.len();
    let wrong = || vm.type_error(format!("setsockopt() takes exactly 3 arguments ({given} given)"));
    let (level, name, value, len) = match args.rest {
        [level, name, value] => (*level, *name, *value, None),
        [level, name, value, len] => {
            if !value.is_none() {
                return Err(wrong());
            }
            (*level, *name, *value, Some(*len))
        }
        _ => return Err(wrong()),
    };
    let (level, name) = (c_int(vm, level)?, c_int(vm, name)?);
    let fd = this.fd();
    let result = if let Some(len) = len {
        let len = c_int(vm, len)? as libc::socklen_t;
        // SAFETY: no memory; the length alone counts.
        unsafe { libc::setsockopt(fd, level, name, std::ptr::null(), len) }
    } else if vm.is_instance(value, vm.types.int) {
        let value = c_int(vm, value)?;
        // SAFETY: a number.
        unsafe { libc::setsockopt(fd, level, name, std::ptr::from_ref(&value).cast(), 4) }
    } else {
        vm.with_buffer(value, |bytes| {
            // SAFETY: the slice's memory.
            unsafe { libc::setsockopt(fd, level, name, bytes.as_ptr().cast(), bytes.len() as libc::socklen_t) }
        })?
    };
    if result < 0 { Err(vm.last_os_error(None)) } else { Ok(()) }
}

fn gettimeout(_: &Vm, this: Ref<Socket>) -> Slot {
    this.timeout.get()
}

fn set_timeout(vm: &Vm, this: Ref<Socket>, timeout: Value) -> PyResult<()> {
    this.timeout.set(this, timeout);
    set_nonblocking(vm, this.fd(), !timeout.is_none())
}

fn settimeout(vm: &Vm, this: Ref<Socket>, timeout: Value) -> PyResult<()> {
    let timeout = timeout_argument(vm, timeout)?;
    set_timeout(vm, this, timeout)
}

fn setblocking(vm: &Vm, this: Ref<Socket>, on: Value) -> PyResult<()> {
    let on = vm.is_true(on)?;
    set_timeout(vm, this, if on { Value::NONE } else { Value::from_f64(0.0) })
}

fn getblocking(_: &Vm, this: Ref<Socket>) -> bool {
    this.timeout_ns() != 0
}

fn listen(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let this = receiver(vm, args)?;
    let backlog = c_int_or(vm, args.opt(1), libc::SOMAXCONN.min(128))?.max(0);
    // SAFETY: no memory is involved.
    if unsafe { libc::listen(this.fd(), backlog) } < 0 { Err(vm.last_os_error(None)) } else { Ok(()) }
}

fn shutdown(vm: &Vm, this: Ref<Socket>, how: Value) -> PyResult<()> {
    let (fd, how) = (this.fd(), c_int(vm, how)?);
    // SAFETY: no memory is involved.
    if vm.allow_threads(|| unsafe { libc::shutdown(fd, how) }) < 0 { Err(vm.last_os_error(None)) } else { Ok(()) }
}

fn family(_: &Vm, this: Ref<Socket>) -> i32 {
    this.family.get()
}

fn kind(_: &Vm, this: Ref<Socket>) -> i32 {
    this.kind.get()
}

fn protocol(_: &Vm, this: Ref<Socket>) -> i32 {
    this.protocol.get()
}

fn reduce(vm: &Vm, this: Value) -> PyResult<Value> {
    Err(vm.type_error(format!("cannot pickle '{}' object", vm.type_full_name(vm.type_of(this)))))
}

static METHODS: &[MethodDef] = &[
    method!("__new__", "($type, *args, **kwargs)", new).static_(),
    method!("__init__", "($self, /, family=-1, type=-1, proto=-1, fileno=None)", init),
    method!("__repr__", 1, repr),
    method!("__reduce__", 1, reduce),
    method!("_accept", 1, accept).doc("_accept() -> (integer, address info)\n\nWait for an incoming connection.  Return a new socket file descriptor\nrepresenting the connection, and the address of the client.\nFor IP sockets, the address info is a pair (hostaddr, port)."),
    method!("bind", 2, bind).doc("bind(address)\n\nBind the socket to a local address.  For IP sockets, the address is a\npair (host, port); the host must refer to the local host. For raw packet\nsockets the address is a tuple (ifname, proto [,pkttype [,hatype [,addr]]])"),
    method!("close", 1, close).doc("close()\n\nClose the socket.  It cannot be used after this call."),
    method!("connect", 2, connect).doc("connect(address)\n\nConnect the socket to a remote address.  For IP sockets, the address\nis a pair (host, port)."),
    method!("connect_ex", 2, connect_ex).doc("connect_ex(address) -> errno\n\nThis is like connect(address), but returns an error code (the errno value)\ninstead of raising an exception when an error occurs."),
    method!("detach", 1, detach).doc("detach()\n\nClose the socket object without closing the underlying file descriptor.\nThe object cannot be used after this call, but the file descriptor\ncan be reused for other purposes.  The file descriptor is returned."),
    method!("fileno", 1, fileno).doc("fileno() -> integer\n\nReturn the integer file descriptor of the socket."),
    method!("getpeername", 1, getpeername).doc("getpeername() -> address info\n\nReturn the address of the remote endpoint.  For IP sockets, the address\ninfo is a pair (hostaddr, port)."),
    method!("getsockname", 1, getsockname).doc("getsockname() -> address info\n\nReturn the address of the local endpoint. The format depends on the\naddress family. For IPv4 sockets, the address info is a pair\n(hostaddr, port). For IPv6 sockets, the address info is a 4-tuple\n(hostaddr, port, flowinfo, scope_id)."),
    method!("getsockopt", "($self, level, option, buffersize=0, /)", getsockopt).doc("getsockopt(level, option[, buffersize]) -> value\n\nGet a socket option.  See the Unix manual for level and option.\nIf a nonzero buffersize argument is given, the return value is a\nstring of that length; otherwise it is an integer."),
    method!("setsockopt", "($self, /, *args)", setsockopt).doc("setsockopt(level, option, value: int)\nsetsockopt(level, option, value: buffer)\nsetsockopt(level, option, None, optlen: int)\n\nSet a socket option.  See the Unix manual for level and option.\nThe value argument can either be an integer, a string buffer, or\nNone, optlen."),
    method!("gettimeout", 1, gettimeout).doc("gettimeout() -> timeout\n\nReturns the timeout in seconds (float) associated with socket\noperations. A timeout of None indicates that timeouts on socket\noperations are disabled."),
    method!("settimeout", 2, settimeout).doc("settimeout(timeout)\n\nSet a timeout on socket operations.  'timeout' can be a float,\ngiving in seconds, or None.  Setting a timeout of None disables\nthe timeout feature and is equivalent to setblocking(1).\nSetting a timeout of zero is the same as setblocking(0)."),
    method!("setblocking", 2, setblocking).doc("setblocking(flag)\n\nSet the socket to blocking (flag is true) or non-blocking (false).\nsetblocking(True) is equivalent to settimeout(None);\nsetblocking(False) is equivalent to settimeout(0.0)."),
    method!("getblocking", 1, getblocking).doc("getblocking()\n\nReturns True if socket is in blocking mode, or False if it\nis in non-blocking mode."),
    method!("listen", "($self, backlog=128, /)", listen).doc("listen([backlog])\n\nEnable a server to accept connections.  If backlog is specified, it must be\nat least 0 (if it is lower, it is set to 0); it specifies the number of\nunaccepted connections that the system will allow before refusing new\nconnections. If not specified, a default reasonable value is chosen."),
    method!("shutdown", 2, shutdown).doc("shutdown(flag)\n\nShut down the reading side of the socket (flag == SHUT_RD), the writing side\nof the socket (flag == SHUT_WR), or both ends (flag == SHUT_RDWR)."),
];

static GETSET: &[GetSetDef] = &[
    getset!("family", family).member(),
    getset!("type", kind).member(),
    getset!("proto", protocol).member(),
    getset!("timeout", gettimeout),
];

pub static DEF: TypeDef = TypeDef {
    module: "_socket",
    layout: Some(crate::layouts::SOCKET),
    flags: type_flags::BASETYPE,
    methods: &[METHODS, transfer::METHODS, message::METHODS],
    getset: GETSET,
    doc: Some(
        "socket(family=AF_INET, type=SOCK_STREAM, proto=0) -> socket object\nsocket(family=-1, type=-1, proto=-1, fileno=None) -> socket object\n\nOpen a socket of the given type.  The family argument specifies the\naddress family; it defaults to AF_INET.  The type argument specifies\nwhether this is a stream (SOCK_STREAM, this is the default)\nor datagram (SOCK_DGRAM) socket.  The protocol argument defaults to 0,\nspecifying the default protocol.  Keyword arguments are accepted.\nThe socket is created as non-inheritable.\n\nWhen a fileno is passed in, family, type and proto are auto-detected,\nunless they are explicitly set.\n\nA socket object represents one endpoint of a network connection.",
    ),
    ..TypeDef::new("socket")
};
