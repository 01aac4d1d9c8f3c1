//! Addresses: Python's tuples and paths to and from `sockaddr`.

use std::ffi::CString;

use brolga_runtime::PyResult;
use brolga_runtime::state::Vm;
use brolga_runtime::types::bytearray::PyByteArray;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::types::int;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::types::tuple::PyTuple;
use brolga_runtime::value::Value;

use super::errors::gai_error;
use crate::arguments::bits;
use crate::posix::path;

/// Any `sockaddr`.
#[derive(Copy, Clone)]
pub struct Address {
    pub storage: libc::sockaddr_storage,
    pub len: libc::socklen_t,
}

impl Address {
    /// One with room for every kind.
    pub fn empty() -> Address {
        // SAFETY: all zero is a `sockaddr_storage`.
        let storage = unsafe { std::mem::zeroed() };
        Address { storage, len: size_of::<libc::sockaddr_storage>() as libc::socklen_t }
    }

    pub fn as_ptr(&self) -> *const libc::sockaddr {
        std::ptr::from_ref(&self.storage).cast()
    }

    pub fn as_mut_ptr(&mut self) -> *mut libc::sockaddr {
        std::ptr::from_mut(&mut self.storage).cast()
    }

    /// # Safety
    /// `T` is plain data that starts as a `sockaddr` does.
    unsafe fn of<T>(value: T, len: usize) -> Address {
        let mut address = Address::empty();
        debug_assert!(size_of::<T>() <= size_of::<libc::sockaddr_storage>());
        // SAFETY: by the contract; there is room, and the storage's alignment is that of every address.
        unsafe { std::ptr::write(address.as_mut_ptr().cast::<T>(), value) };
        address.len = len as libc::socklen_t;
        address
    }

    /// A copy of one that the C library made.
    ///
    /// # Safety
    /// `ptr` is good for `len` bytes.
    pub unsafe fn from_raw(ptr: *const libc::sockaddr, len: libc::socklen_t) -> Address {
        let mut address = Address::empty();
        let len = (len as usize).min(size_of::<libc::sockaddr_storage>());
        // SAFETY: by the contract, and there is room for `len` bytes.
        unsafe { std::ptr::copy_nonoverlapping(ptr.cast::<u8>(), address.as_mut_ptr().cast::<u8>(), len) };
        address.len = len as libc::socklen_t;
        address
    }

    fn v4(&self) -> &libc::sockaddr_in {
        // SAFETY: the storage is as large and as aligned as each kind, and any bits are one.
        unsafe { &*self.as_ptr().cast() }
    }

    fn v6(&self) -> &libc::sockaddr_in6 {
        // SAFETY: as above.
        unsafe { &*self.as_ptr().cast() }
    }

    fn unix(&self) -> &libc::sockaddr_un {
        // SAFETY: as above.
        unsafe { &*self.as_ptr().cast() }
    }

    /// As Python has it: a tuple, a path, or None where there is none.
    pub fn to_python(self, vm: &Vm) -> PyResult<Value> {
        if self.len == 0 {
            return Ok(Value::NONE);
        }
        match i32::from(self.storage.ss_family) {
            libc::AF_INET => {
                let host = v4_text(self.v4().sin_addr.s_addr.to_ne_bytes());
                let port = u16::from_be(self.v4().sin_port);
                let pair = [vm.new_str(&host)?.value(), Value::from_i32(i32::from(port))];
                Ok(vm.new_tuple(&pair)?.value())
            }
            libc::AF_INET6 => {
                let host = self.numeric_host(vm)?;
                let a = self.v6();
                let parts = [
                    host,
                    Value::from_i32(i32::from(u16::from_be(a.sin6_port))),
                    Value::from_int_truncated(i64::from(u32::from_be(a.sin6_flowinfo))),
                    Value::from_int_truncated(i64::from(a.sin6_scope_id)),
                ];
                Ok(vm.new_tuple(&parts)?.value())
            }
            libc::AF_UNIX => {
                let start = std::mem::offset_of!(libc::sockaddr_un, sun_path);
                let len = (self.len as usize).saturating_sub(start);
                let bytes: Vec<u8> = self.unix().sun_path.iter().take(len).map(|c| *c as u8).collect();
                if bytes.first() == Some(&0) {
                    // A name of Linux's own space, not of the file system.
                    return Ok(PyBytes::new(vm, &bytes)?.value());
                }
                let path = bytes.split(|b| *b == 0).next().unwrap_or(&[]);
                Ok(path::decode(vm, path)?.value())
            }
            libc::AF_NETLINK => {
                // SAFETY: as above.
                let a: &libc::sockaddr_nl = unsafe { &*self.as_ptr().cast() };
                let pair =
                    [Value::from_int_truncated(i64::from(a.nl_pid)), Value::from_int_truncated(i64::from(a.nl_groups))];
                Ok(vm.new_tuple(&pair)?.value())
            }
            family => {
                let start = std::mem::offset_of!(libc::sockaddr, sa_data);
                let len = (self.len as usize).clamp(start, size_of::<libc::sockaddr_storage>()) - start;
                // SAFETY: inside the storage.
                let data = unsafe { std::slice::from_raw_parts(self.as_ptr().cast::<u8>().add(start), len) };
                let data = PyBytes::new(vm, data)?;
                Ok(vm.new_tuple(&[Value::from_i32(family), data.value()])?.value())
            }
        }
    }

    /// The host in numbers. An IPv6 one's scope is shown elsewhere.
    fn numeric_host(&self, vm: &Vm) -> PyResult<Value> {
        let mut host = [0u8; 1025];
        // SAFETY: an address of its length, and room for a name.
        let error = unsafe {
            libc::getnameinfo(
                self.as_ptr(),
                self.len,
                host.as_mut_ptr().cast(),
                host.len() as libc::socklen_t,
                std::ptr::null_mut(),
                0,
                libc::NI_NUMERICHOST,
            )
        };
        if error != 0 {
            return Err(gai_error(vm, error));
        }
        let text = host.split(|b| *b == 0 || *b == b'%').next().unwrap_or(&[]);
        Ok(vm.new_str(&String::from_utf8_lossy(text))?.value())
    }
}

pub fn v4_text(bytes: [u8; 4]) -> String {
    std::net::Ipv4Addr::from(bytes).to_string()
}

/// A host's name as the resolver takes it: `str` (by IDNA unless it is ASCII), bytes or bytearray.
pub fn host_name(vm: &Vm, v: Value, wrong: impl FnOnce() -> String) -> PyResult<CString> {
    let bytes = if let Some(s) = v.downcast::<PyStr>() {
        match s.as_ascii() {
            Some(text) => text.as_bytes().to_vec(),
            None => {
                let encoded = vm.call_method(v, "encode", &[vm.new_str("idna")?.value()])?;
                encoded.downcast::<PyBytes>().map(|b| b.as_slice().to_vec()).unwrap_or_default()
            }
        }
    } else if let Some(b) = v.downcast::<PyBytes>() {
        b.as_slice().to_vec()
    } else if let Some(b) = v.downcast::<PyByteArray>() {
        b.as_slice().to_vec()
    } else {
        return Err(vm.type_error(wrong()));
    };
    CString::new(bytes).map_err(|_| vm.type_error("host name must not contain null character"))
}

/// A list that `getaddrinfo` made.
pub struct AddressList(*mut libc::addrinfo);

impl Drop for AddressList {
    fn drop(&mut self) {
        if !self.0.is_null() {
            // SAFETY: made by `getaddrinfo`, freed once.
            unsafe { libc::freeaddrinfo(self.0) };
        }
    }
}

impl AddressList {
    pub fn iter(&self) -> impl Iterator<Item = &libc::addrinfo> {
        // SAFETY: null or the list's first entry, which lives as long as the list.
        let first = unsafe { self.0.as_ref() };
        std::iter::successors(first, |entry| {
            // SAFETY: null or the next entry, which lives as long.
            unsafe { entry.ai_next.as_ref() }
        })
    }
}

/// `getaddrinfo` without the GIL.
pub fn look_up(
    vm: &Vm,
    host: Option<&CString>,
    service: Option<&CString>,
    family: i32,
    kind: i32,
    protocol: i32,
    flags: i32,
) -> PyResult<AddressList> {
    // SAFETY: all zero is an `addrinfo`.
    let mut hints: libc::addrinfo = unsafe { std::mem::zeroed() };
    hints.ai_family = family;
    hints.ai_socktype = kind;
    hints.ai_protocol = protocol;
    hints.ai_flags = flags;
    let pointer = |s: Option<&CString>| s.map_or(std::ptr::null(), |s| s.as_ptr());
    let (host, service) = (pointer(host), pointer(service));
    let mut list = AddressList(std::ptr::null_mut());
    // SAFETY: C strings or null, hints, and room for the list.
    let error = vm.allow_threads(|| unsafe { libc::getaddrinfo(host, service, &hints, &mut list.0) });
    if error != 0 { Err(gai_error(vm, error)) } else { Ok(list) }
}

/// A host's address in this family (or any).
pub fn resolve(vm: &Vm, name: &CString, family: i32) -> PyResult<Address> {
    let text = name.to_str().unwrap_or("");
    if text.is_empty() {
        let port = CString::from(c"0");
        let list = look_up(vm, None, Some(&port), family, libc::SOCK_DGRAM, 0, libc::AI_PASSIVE)?;
        let mut entries = list.iter();
        let (Some(first), None) = (entries.next(), entries.next()) else {
            return Err(vm.raise_message(vm.types.os_error, "wildcard resolved to multiple address"));
        };
        // SAFETY: an entry's address.
        return Ok(unsafe { Address::from_raw(first.ai_addr, first.ai_addrlen) });
    }
    if text == "255.255.255.255" || text == "<broadcast>" {
        if family != libc::AF_INET && family != libc::AF_UNSPEC {
            return Err(vm.raise_message(vm.types.os_error, "address family mismatched"));
        }
        return Ok(v4([255; 4], 0));
    }
    if (family == libc::AF_INET || family == libc::AF_UNSPEC)
        && let Ok(address) = text.parse::<std::net::Ipv4Addr>()
    {
        return Ok(v4(address.octets(), 0));
    }
    if (family == libc::AF_INET6 || family == libc::AF_UNSPEC)
        && let Ok(address) = text.parse::<std::net::Ipv6Addr>()
    {
        return Ok(v6(address.octets(), 0, 0, 0));
    }
    let list = look_up(vm, Some(name), None, family, 0, 0, 0)?;
    match list.iter().next() {
        // SAFETY: an entry's address.
        Some(first) => Ok(unsafe { Address::from_raw(first.ai_addr, first.ai_addrlen) }),
        None => Err(gai_error(vm, libc::EAI_NONAME)),
    }
}

fn v4(host: [u8; 4], port: u16) -> Address {
    // SAFETY: all zero is one; it is plain data that starts as a `sockaddr`.
    unsafe {
        let mut a: libc::sockaddr_in = std::mem::zeroed();
        a.sin_family = libc::AF_INET as libc::sa_family_t;
        a.sin_port = port.to_be();
        a.sin_addr.s_addr = u32::from_ne_bytes(host);
        Address::of(a, size_of::<libc::sockaddr_in>())
    }
}

fn v6(host: [u8; 16], port: u16, flow: u32, scope: u32) -> Address {
    // SAFETY: as above.
    unsafe {
        let mut a: libc::sockaddr_in6 = std::mem::zeroed();
        a.sin6_family = libc::AF_INET6 as libc::sa_family_t;
        a.sin6_port = port.to_be();
        a.sin6_addr.s6_addr = host;
        a.sin6_flowinfo = flow.to_be();
        a.sin6_scope_id = scope;
        Address::of(a, size_of::<libc::sockaddr_in6>())
    }
}

/// A port, 0 to 65535.
pub fn port(vm: &Vm, v: Value, function: &str) -> PyResult<u16> {
    let v = vm.index(v)?;
    int::to_i64(v)
        .and_then(|n| u16::try_from(n).ok())
        .ok_or_else(|| vm.overflow_error(format!("{function}(): port must be 0-65535.")))
}

/// The address argument of `function` for a socket of this family.
pub fn from_python(vm: &Vm, v: Value, family: i32, function: &str) -> PyResult<Address> {
    let tuple = |name: &str| {
        v.downcast::<PyTuple>().ok_or_else(|| {
            vm.type_error(format!("{function}(): {name} address must be tuple, not {}", vm.type_name(v)))
        })
    };
    let host_wrong = |host: Value| format!("str, bytes or bytearray expected, not {}", vm.type_name(host));
    match family {
        libc::AF_INET => {
            let parts = tuple("AF_INET")?;
            let (Some(host), Some(number), 2) = (parts.get(0), parts.get(1), parts.len()) else {
                return Err(vm.type_error("AF_INET address must be a pair (host, port)"));
            };
            let name = host_name(vm, host, || host_wrong(host))?;
            let number = vm.index(number)?;
            let address = resolve(vm, &name, libc::AF_INET)?;
            Ok(v4(address.v4().sin_addr.s_addr.to_ne_bytes(), port(vm, number, function)?))
        }
        libc::AF_INET6 => {
            let parts = tuple("AF_INET6")?;
            let (Some(host), Some(number), 2..=4) = (parts.get(0), parts.get(1), parts.len()) else {
                return Err(vm.type_error("AF_INET6 address must be a tuple (host, port[, flowinfo[, scopeid]])"));
            };
            let name = host_name(vm, host, || host_wrong(host))?;
            let number = vm.index(number)?;
            let flow = parts.get(2).map_or(Ok(0), |v| bits(vm, v))?;
            let scope = parts.get(3).map_or(Ok(0), |v| bits(vm, v))?;
            let address = resolve(vm, &name, libc::AF_INET6)?;
            let number = port(vm, number, function)?;
            if flow > 0xfffff {
                return Err(vm.overflow_error(format!("{function}(): flowinfo must be 0-1048575.")));
            }
            Ok(v6(address.v6().sin6_addr.s6_addr, number, flow as u32, scope as u32))
        }
        libc::AF_UNIX => {
            let bytes = match v.downcast::<PyStr>() {
                Some(s) => path::encode(vm, s)?,
                None => vm.with_buffer(v, |bytes| bytes.to_vec())?,
            };
            // SAFETY: all zero is one.
            let mut a: libc::sockaddr_un = unsafe { std::mem::zeroed() };
            a.sun_family = libc::AF_UNIX as libc::sa_family_t;
            let abstract_name = bytes.first() == Some(&0);
            // A path of the file system needs room for a zero at its end.
            if bytes.len() + usize::from(!abstract_name) > a.sun_path.len() {
                return Err(vm.raise_message(vm.types.os_error, "AF_UNIX path too long"));
            }
            for (slot, byte) in a.sun_path.iter_mut().zip(&bytes) {
                *slot = *byte as libc::c_char;
            }
            let start = std::mem::offset_of!(libc::sockaddr_un, sun_path);
            let len = start + bytes.len() + usize::from(!abstract_name && !bytes.is_empty());
            // SAFETY: plain data that starts as a `sockaddr`.
            Ok(unsafe { Address::of(a, len) })
        }
        libc::AF_NETLINK => {
            let parts = tuple("AF_NETLINK")?;
            let (Some(pid), Some(groups), 2) = (parts.get(0), parts.get(1), parts.len()) else {
                return Err(vm.type_error("AF_NETLINK address must be a pair (pid, groups)"));
            };
            // SAFETY: all zero is one; plain data that starts as a `sockaddr`.
            unsafe {
                let mut a: libc::sockaddr_nl = std::mem::zeroed();
                a.nl_family = libc::AF_NETLINK as libc::sa_family_t;
                a.nl_pid = bits(vm, pid)? as u32;
                a.nl_groups = bits(vm, groups)? as u32;
                Ok(Address::of(a, size_of::<libc::sockaddr_nl>()))
            }
        }
        _ => Err(vm.raise_message(vm.types.os_error, &format!("{function}(): bad family"))),
    }
}
