//! Sockets: messages with ancillary data (`sendmsg`, `recvmsg`), such as open files.

use brolga_runtime::object::{Args, MethodDef, Ref};
use brolga_runtime::state::Vm;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::types::tuple::PyTuple;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, method};

use super::address::{Address, from_python};
use super::object::{Direction, Socket, call};
use super::transfer::room;
use crate::arguments::{c_int, c_int_or};
use crate::vectors::{self, Lent};

fn receiver(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Socket>> {
    args.get(0).downcast().ok_or_else(|| vm.type_error("a socket is required"))
}

/// The bytes that an ancillary item of so many bytes of data takes, without or with the padding behind it. `None`: too
/// many for the kernel's numbers.
pub fn control_len(data: usize) -> Option<usize> {
    let data = libc::c_uint::try_from(data).ok().filter(|n| *n < 1 << 31)?;
    // SAFETY: plain arithmetic.
    Some(unsafe { libc::CMSG_LEN(data) } as usize)
}

pub fn control_space(data: usize) -> Option<usize> {
    let data = libc::c_uint::try_from(data).ok().filter(|n| *n < (1 << 31) - 64)?;
    // SAFETY: plain arithmetic.
    Some(unsafe { libc::CMSG_SPACE(data) } as usize)
}

/// An array for ancillary data, aligned as its items are.
fn control_room(vm: &Vm, len: usize) -> PyResult<Vec<u64>> {
    let mut words = Vec::new();
    words.try_reserve_exact(len.div_ceil(8)).map_err(|_| vm.memory_error())?;
    words.resize(len.div_ceil(8), 0u64);
    Ok(words)
}

fn new_message() -> libc::msghdr {
    // SAFETY: all zero is a message without anything.
    unsafe { std::mem::zeroed() }
}

/// The ancillary items of a message that was received.
fn items(vm: &Vm, message: &libc::msghdr) -> PyResult<Value> {
    let list = vm.new_list(&[])?;
    // SAFETY: the kernel has filled the message's control data, which is there still; the macros go through the items
    // that lie in it.
    unsafe {
        let mut item = libc::CMSG_FIRSTHDR(message);
        while let Some(header) = item.as_ref() {
            let data = libc::CMSG_DATA(item);
            let end = message.msg_control as usize + message.msg_controllen;
            let len = header.cmsg_len.saturating_sub(libc::CMSG_LEN(0) as usize).min(end.saturating_sub(data as usize));
            let data = PyBytes::new(vm, std::slice::from_raw_parts(data, len))?;
            let parts = [Value::from_i32(header.cmsg_level), Value::from_i32(header.cmsg_type), data.value()];
            list.push(vm, vm.new_tuple(&parts)?.value())?;
            item = libc::CMSG_NXTHDR(message, item);
        }
    }
    Ok(list.value())
}

/// Receives into `parts`; gives the count and (ancillary data, flags, address).
fn receive(
    vm: &Vm,
    this: Ref<Socket>,
    parts: &mut [libc::iovec],
    control_size: usize,
    flags: i32,
) -> PyResult<(usize, [Value; 3])> {
    let mut control = control_room(vm, control_size)?;
    let mut from = Address::empty();
    let mut message = new_message();
    let n = call(vm, this, Direction::Read, this.deadline(), |fd| {
        from = Address::empty();
        message = new_message();
        message.msg_name = from.as_mut_ptr().cast();
        message.msg_namelen = from.len;
        message.msg_iov = parts.as_mut_ptr();
        message.msg_iovlen = parts.len() as _;
        message.msg_control = if control_size == 0 { std::ptr::null_mut() } else { control.as_mut_ptr().cast() };
        message.msg_controllen = control_size as _;
        // SAFETY: memory for the address, the parts and the control data, as long as is said.
        unsafe { libc::recvmsg(fd, &mut message, flags) }
    })?;
    from.len = message.msg_namelen;
    let rest = [items(vm, &message)?, Value::from_i32(message.msg_flags), from.to_python(vm)?];
    Ok((n, rest))
}

fn control_argument(vm: &Vm, v: Option<Value>) -> PyResult<usize> {
    let n = v.map_or(Ok(0), |v| vm.to_isize(v))?;
    usize::try_from(n)
        .ok()
        .filter(|n| *n <= i32::MAX as usize)
        .ok_or_else(|| vm.value_error("invalid ancillary data buffer length"))
}

fn recvmsg(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let this = receiver(vm, args)?;
    let len = vm.to_isize(args.get(1))?;
    let Ok(len) = usize::try_from(len) else { return Err(vm.value_error("negative buffer size in recvmsg()")) };
    let flags = c_int_or(vm, args.opt(3), 0)?;
    let control = control_argument(vm, args.opt(2))?;
    let mut buffer = room(vm, len)?;
    let mut parts = [libc::iovec { iov_base: buffer.as_mut_ptr().cast(), iov_len: len }];
    let (n, [ancillary, flags, from]) = receive(vm, this, &mut parts, control, flags)?;
    let data = PyBytes::new(vm, buffer.get(..n).unwrap_or(&[]))?;
    Ok(vm.new_tuple(&[data.value(), ancillary, flags, from])?.value())
}

/// Most buffers of one message.
const MAX_PARTS: usize = 1024;

/// The buffers of an iterable, lent.
fn lend<'vm>(vm: &'vm Vm, iterable: Value, function: &str, writable: bool) -> PyResult<Lent<'vm>> {
    let items = match vm.collect(iterable) {
        Ok(items) => items,
        Err(raised) => {
            vm.catch(raised, vm.types.type_error)?;
            return Err(vm.type_error(format!("{function}() argument 1 must be an iterable")));
        }
    };
    if items.len() > MAX_PARTS {
        return Err(vm.raise_message(vm.types.os_error, &format!("{function}() argument 1 is too long")));
    }
    let mut lent = Lent::new();
    for i in 0..items.len() {
        let item = items.get(i).unwrap_or(Value::NONE);
        let buffer = if writable {
            match vm.suppress(vm.writable_buffer(item, ""), vm.types.type_error)? {
                Some(buffer) => buffer,
                None => {
                    return Err(vm.type_error(format!(
                        "{function}() argument 1 must be an iterable of single-segment read-write buffers"
                    )));
                }
            }
        } else {
            vm.buffer(item, false)?
        };
        lent.push(vm, buffer)?;
    }
    Ok(lent)
}

fn recvmsg_into(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let this = receiver(vm, args)?;
    let flags = c_int_or(vm, args.opt(3), 0)?;
    let mut lent = lend(vm, args.get(1), "recvmsg_into", true)?;
    let control = control_argument(vm, args.opt(2))?;
    let mut parts = lent.parts_mut(vm)?;
    let (n, [ancillary, flags, from]) = receive(vm, this, &mut parts, control, flags)?;
    drop(lent);
    Ok(vm.new_tuple(&[Value::from_len(n), ancillary, flags, from])?.value())
}

/// Ancillary data as the kernel takes it.
fn control_data(vm: &Vm, v: Value) -> PyResult<(Vec<u64>, usize)> {
    let given = match vm.collect(v) {
        Ok(items) => items,
        Err(raised) => {
            vm.catch(raised, vm.types.type_error)?;
            return Err(vm.type_error("sendmsg() argument 2 must be an iterable"));
        }
    };
    let mut all: Vec<(i32, i32, Vec<u8>)> = Vec::new();
    let mut total = 0usize;
    for i in 0..given.len() {
        let item = given.get(i).unwrap_or(Value::NONE);
        let wrong = "[sendmsg() ancillary data items]() argument must be";
        let Some(parts) = item.downcast::<PyTuple>() else {
            return Err(vm.type_error(format!("{wrong} 3-item tuple, not {}", vm.type_name(item))));
        };
        let (Some(level), Some(kind), Some(data), 3) = (parts.get(0), parts.get(1), parts.get(2), parts.len()) else {
            return Err(vm.type_error(format!("{wrong} tuple of length 3, not {}", parts.len())));
        };
        let (level, kind) = (c_int(vm, level)?, c_int(vm, kind)?);
        let data = vm.with_buffer(data, |bytes| vectors::copy(vm, bytes))??;
        let space = control_space(data.len()).and_then(|n| total.checked_add(n)).filter(|n| *n <= i32::MAX as usize);
        match space {
            Some(space) => total = space,
            None => return Err(vm.raise_message(vm.types.os_error, "too much ancillary data")),
        }
        vectors::push(vm, &mut all, (level, kind, data))?;
    }
    let mut words = control_room(vm, total)?;
    let mut at = words.as_mut_ptr().cast::<u8>();
    for (level, kind, data) in &all {
        let (Some(len), Some(space)) = (control_len(data.len()), control_space(data.len())) else { continue };
        // SAFETY: the items' spaces add up to the memory's length; `at` is aligned, as each space is.
        unsafe {
            let header = at.cast::<libc::cmsghdr>();
            (*header).cmsg_level = *level;
            (*header).cmsg_type = *kind;
            (*header).cmsg_len = len as _;
            std::ptr::copy_nonoverlapping(data.as_ptr(), libc::CMSG_DATA(header), data.len());
            at = at.add(space);
        }
    }
    Ok((words, total))
}

fn sendmsg(vm: &Vm, args: &Args<'_>) -> PyResult<usize> {
    let this = receiver(vm, args)?;
    let flags = c_int_or(vm, args.opt(3), 0)?;
    let address = match args.opt_not_none(4) {
        Some(address) => Some(from_python(vm, address, this.family(), "sendmsg")?),
        None => None,
    };
    vm.audit("socket.sendmsg", &[this.value(), args.opt(4).unwrap_or(Value::NONE)])?;
    let lent = lend(vm, args.get(1), "sendmsg", false)?;
    let (mut control, control_size) = match args.opt(2) {
        Some(v) => control_data(vm, v)?,
        None => (Vec::new(), 0),
    };
    let mut parts = lent.parts(vm)?;
    let mut to = address;
    let n = call(vm, this, Direction::Write, this.deadline(), |fd| {
        let mut message = new_message();
        if let Some(to) = &mut to {
            message.msg_name = to.as_mut_ptr().cast();
            message.msg_namelen = to.len;
        }
        message.msg_iov = parts.as_mut_ptr();
        message.msg_iovlen = parts.len() as _;
        if control_size > 0 {
            message.msg_control = control.as_mut_ptr().cast();
            message.msg_controllen = control_size as _;
        }
        // SAFETY: an address, parts and control data that are as long as is said.
        unsafe { libc::sendmsg(fd, &message, flags) }
    })?;
    drop(lent);
    Ok(n)
}

pub const METHODS: &[MethodDef] = &[
    method!("recvmsg", "($self, bufsize, ancbufsize=0, flags=0, /)", recvmsg).doc("recvmsg(bufsize[, ancbufsize[, flags]]) -> (data, ancdata, msg_flags, address)\n\nReceive normal data (up to bufsize bytes) and ancillary data from the\nsocket."),
    method!("recvmsg_into", "($self, buffers, ancbufsize=0, flags=0, /)", recvmsg_into).doc("recvmsg_into(buffers[, ancbufsize[, flags]]) -> (nbytes, ancdata, msg_flags, address)\n\nReceive normal data and ancillary data from the socket, scattering the\nnon-ancillary data into a series of buffers."),
    method!("sendmsg", "($self, buffers, ancdata=(), flags=0, address=None, /)", sendmsg).doc("sendmsg(buffers[, ancdata[, flags[, address]]]) -> count\n\nSend normal and ancillary data to the socket, gathering the\nnon-ancillary data from a series of buffers and concatenating it into\na single message."),
];
