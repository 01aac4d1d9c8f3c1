//! Sockets: sending and receiving.

use brolga_runtime::object::{Args, MethodDef, Ref};
use brolga_runtime::state::Vm;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, method};

use super::address::{Address, from_python};
use super::object::{Direction, Socket, call, timed_out};
use crate::arguments::{c_int, c_int_or};

fn receiver(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Socket>> {
    args.get(0).downcast().ok_or_else(|| vm.type_error("a socket is required"))
}

/// Memory for what is received.
pub fn room(vm: &Vm, len: usize) -> PyResult<Vec<u8>> {
    let mut buffer = Vec::new();
    buffer.try_reserve_exact(len).map_err(|_| vm.memory_error())?;
    buffer.resize(len, 0);
    Ok(buffer)
}

fn size(vm: &Vm, v: Value, function: &str) -> PyResult<usize> {
    let n = vm.to_isize(v)?;
    usize::try_from(n).map_err(|_| vm.value_error(format!("negative buffersize in {function}")))
}

fn recv(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let this = receiver(vm, args)?;
    let len = vm.to_isize(args.get(1))?;
    let flags = c_int_or(vm, args.opt(2), 0)?;
    let Ok(len) = usize::try_from(len) else { return Err(vm.value_error("negative buffersize in recv")) };
    let mut buffer = room(vm, len)?;
    let n = receive(vm, this, &mut buffer, flags)?;
    Ok(PyBytes::new(vm, buffer.get(..n).unwrap_or(&[]))?.value())
}

fn receive(vm: &Vm, this: Ref<Socket>, buffer: &mut [u8], flags: i32) -> PyResult<usize> {
    if buffer.is_empty() {
        return Ok(0);
    }
    let (ptr, len) = (buffer.as_mut_ptr(), buffer.len());
    // SAFETY: the slice's memory.
    call(vm, this, Direction::Read, this.deadline(), |fd| unsafe { libc::recv(fd, ptr.cast(), len, flags) })
}

/// How many bytes to read into a buffer.
fn wanted(vm: &Vm, v: Slot, len: usize, function: &str, too_small: &str) -> PyResult<usize> {
    let n = match v {
        Some(v) => size(vm, v, function)?,
        None => 0,
    };
    match n {
        0 => Ok(len),
        n if n > len => Err(vm.value_error(too_small)),
        n => Ok(n),
    }
}

fn recv_into(vm: &Vm, args: &Args<'_>) -> PyResult<usize> {
    let this = receiver(vm, args)?;
    let mut buffer = vm.writable_buffer(args.get(1), "recv_into() argument 1")?;
    let flags = c_int_or(vm, args.opt(3), 0)?;
    let n = wanted(vm, args.opt(2), buffer.len(), "recv_into", "buffer too small for requested bytes")?;
    let slice = buffer.as_mut_slice().get_mut(..n).unwrap_or(&mut []);
    receive(vm, this, slice, flags)
}

fn receive_from(vm: &Vm, this: Ref<Socket>, buffer: &mut [u8], flags: i32) -> PyResult<(usize, Value)> {
    let (ptr, len) = (buffer.as_mut_ptr(), buffer.len());
    let mut from = Address::empty();
    let n = call(vm, this, Direction::Read, this.deadline(), |fd| {
        from = Address::empty();
        // SAFETY: the slice's memory, and room for an address.
        unsafe { libc::recvfrom(fd, ptr.cast(), len, flags, from.as_mut_ptr(), &mut from.len) }
    })?;
    Ok((n, from.to_python(vm)?))
}

fn recvfrom(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let this = receiver(vm, args)?;
    let len = size(vm, args.get(1), "recvfrom")?;
    let flags = c_int_or(vm, args.opt(2), 0)?;
    let mut buffer = room(vm, len)?;
    let (n, from) = receive_from(vm, this, &mut buffer, flags)?;
    let data = PyBytes::new(vm, buffer.get(..n).unwrap_or(&[]))?;
    Ok(vm.new_tuple(&[data.value(), from])?.value())
}

fn recvfrom_into(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let this = receiver(vm, args)?;
    let mut buffer = vm.writable_buffer(args.get(1), "recvfrom_into() argument 1")?;
    let flags = c_int_or(vm, args.opt(3), 0)?;
    let too_small = "nbytes is greater than the length of the buffer";
    let n = wanted(vm, args.opt(2), buffer.len(), "recvfrom_into", too_small)?;
    let slice = buffer.as_mut_slice().get_mut(..n).unwrap_or(&mut []);
    let (n, from) = receive_from(vm, this, slice, flags)?;
    Ok(vm.new_tuple(&[Value::from_len(n), from])?.value())
}

fn send(vm: &Vm, args: &Args<'_>) -> PyResult<usize> {
    let this = receiver(vm, args)?;
    let data = vm.buffer(args.get(1), false)?;
    let flags = c_int_or(vm, args.opt(2), 0)?;
    let bytes = data.as_slice();
    let (ptr, len) = (bytes.as_ptr(), bytes.len());
    // SAFETY: memory that its owner has lent.
    call(vm, this, Direction::Write, this.deadline(), |fd| unsafe { libc::send(fd, ptr.cast(), len, flags) })
}

fn sendall(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let this = receiver(vm, args)?;
    let data = vm.buffer(args.get(1), false)?;
    let flags = c_int_or(vm, args.opt(2), 0)?;
    let deadline = this.deadline();
    let mut sent = 0;
    loop {
        let Some(rest) = data.as_slice().get(sent..).filter(|rest| !rest.is_empty()) else { return Ok(()) };
        let (ptr, len) = (rest.as_ptr(), rest.len());
        // SAFETY: memory that its owner has lent.
        sent += call(vm, this, Direction::Write, deadline, |fd| unsafe { libc::send(fd, ptr.cast(), len, flags) })?;
        // Signals are looked at between parts.
        vm.check_breaker()?;
        if sent < data.len() && deadline.is_over() {
            return Err(timed_out(vm));
        }
    }
}

fn sendto(vm: &Vm, args: &Args<'_>) -> PyResult<usize> {
    let this = receiver(vm, args)?;
    let (data, flags, address) = match args.rest {
        [data, address] => (*data, 0, *address),
        [data, flags, address] => (*data, c_int(vm, *flags)?, *address),
        more => {
            return Err(vm.type_error(format!("sendto() takes 2 or 3 arguments ({} given)", more.len())));
        }
    };
    let data = vm.buffer(data, false)?;
    let to = from_python(vm, address, this.family(), "sendto")?;
    vm.audit("socket.sendto", &[this.value(), address])?;
    let (ptr, len) = (data.as_slice().as_ptr(), data.len());
    call(vm, this, Direction::Write, this.deadline(), |fd| {
        // SAFETY: memory that its owner has lent, and an address of its length.
        unsafe { libc::sendto(fd, ptr.cast(), len, flags, to.as_ptr(), to.len) }
    })
}

pub const METHODS: &[MethodDef] = &[
    method!("recv", "($self, buffersize, flags=0, /)", recv).doc("recv(buffersize[, flags]) -> data\n\nReceive up to buffersize bytes from the socket.  For the optional flags\nargument, see the Unix manual.  When no data is available, block until\nat least one byte is available or until the remote end is closed.  When\nthe remote end is closed and all data is read, return the empty string."),
    method!("recv_into", "($self, /, buffer, nbytes=0, flags=0)", recv_into).doc("recv_into(buffer, [nbytes[, flags]]) -> nbytes_read\n\nA version of recv() that stores its data into a buffer rather than creating\na new string.  Receive up to buffersize bytes from the socket.  If buffersize\nis not specified (or 0), receive up to the size available in the given buffer.\n\nSee recv() for documentation about the flags."),
    method!("recvfrom", "($self, buffersize, flags=0, /)", recvfrom).doc("recvfrom(buffersize[, flags]) -> (data, address info)\n\nLike recv(buffersize, flags) but also return the sender's address info."),
    method!("recvfrom_into", "($self, /, buffer, nbytes=0, flags=0)", recvfrom_into).doc("recvfrom_into(buffer[, nbytes[, flags]]) -> (nbytes, address info)\n\nLike recv_into(buffer[, nbytes[, flags]]) but also return the sender's address info."),
    method!("send", "($self, data, flags=0, /)", send).doc("send(data[, flags]) -> count\n\nSend a data string to the socket.  For the optional flags\nargument, see the Unix manual.  Return the number of bytes\nsent; this may be less than len(data) if the network is busy."),
    method!("sendall", "($self, data, flags=0, /)", sendall).doc("sendall(data[, flags])\n\nSend a data string to the socket.  For the optional flags\nargument, see the Unix manual.  This calls send() repeatedly\nuntil all data is sent.  If an error occurs, it's impossible\nto tell how much data has been sent."),
    method!("sendto", "($self, /, *args)", sendto).doc("sendto(data[, flags], address) -> count\n\nLike send(data, flags) but allows specifying the destination address.\nFor IP sockets, the address is a pair (hostaddr, port)."),
];
