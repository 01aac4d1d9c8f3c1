//! Hosts, services, protocols and network cards by name.

use std::ffi::{CStr, CString};

use brolga_runtime::object::{Args, MethodDef};
use brolga_runtime::state::Vm;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::types::int;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::types::tuple::PyTuple;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, method};

use super::address::{Address, host_name, look_up, resolve, v4_text};
use super::errors::{gai_error, host_error};
use crate::arguments::{bits, c_int, c_int_or};
use crate::posix::path;

unsafe extern "C" {
    fn gethostbyname_r(
        name: *const libc::c_char,
        result: *mut libc::hostent,
        buffer: *mut libc::c_char,
        len: usize,
        found: *mut *mut libc::hostent,
        error: *mut i32,
    ) -> i32;
    fn gethostbyaddr_r(
        address: *const libc::c_void,
        address_len: libc::socklen_t,
        family: i32,
        result: *mut libc::hostent,
        buffer: *mut libc::c_char,
        len: usize,
        found: *mut *mut libc::hostent,
        error: *mut i32,
    ) -> i32;
}

fn getaddrinfo(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let (host, service) = (args.get(0), args.get(1));
    let family = c_int_or(vm, args.opt(2), 0)?;
    let kind = c_int_or(vm, args.opt(3), 0)?;
    let protocol = c_int_or(vm, args.opt(4), 0)?;
    let flags = c_int_or(vm, args.opt(5), 0)?;
    let host = if host.is_none() {
        None
    } else if host.downcast::<PyStr>().is_some() || host.downcast::<PyBytes>().is_some() {
        Some(host_name(vm, host, String::new)?)
    } else {
        return Err(vm.type_error("getaddrinfo() argument 1 must be string or None"));
    };
    let numbers = [family, kind, protocol].map(Value::from_i32);
    vm.audit("socket.getaddrinfo", &[args.get(0), args.get(1), numbers[0], numbers[1], numbers[2]])?;
    let service = if service.is_none() {
        None
    } else if vm.is_instance(service, vm.types.int) {
        let text = vm.str(service)?.to_lossy();
        CString::new(text).ok()
    } else if let Some(s) = service.downcast::<PyStr>() {
        let text = s.to_utf8().map_err(|_| vm.value_error("surrogates not allowed"))?;
        Some(CString::new(text).map_err(|_| vm.value_error("embedded null character"))?)
    } else if let Some(b) = service.downcast::<PyBytes>() {
        let text = b.as_slice().split(|b| *b == 0).next().unwrap_or(&[]);
        CString::new(text).ok()
    } else {
        return Err(vm.raise_message(vm.types.os_error, "Int or String expected"));
    };
    let found = look_up(vm, host.as_ref(), service.as_ref(), family, kind, protocol, flags)?;
    let list = vm.new_list(&[])?;
    for entry in found.iter() {
        // SAFETY: an entry's address.
        let address = unsafe { Address::from_raw(entry.ai_addr, entry.ai_addrlen) }.to_python(vm)?;
        let name = if entry.ai_canonname.is_null() {
            vm.new_str("")?.value()
        } else {
            // SAFETY: a C string of the entry.
            path::decode(vm, unsafe { CStr::from_ptr(entry.ai_canonname) }.to_bytes())?.value()
        };
        let int = Value::from_i32;
        let parts = [int(entry.ai_family), int(entry.ai_socktype), int(entry.ai_protocol), name, address];
        list.push(vm, vm.new_tuple(&parts)?.value())?;
    }
    Ok(list.value())
}

fn getnameinfo(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let flags = c_int(vm, args.get(1))?;
    let Some(given) = args.get(0).downcast::<PyTuple>() else {
        return Err(vm.type_error("getnameinfo() argument 1 must be a tuple"));
    };
    let (Some(host), Some(number), 2..=4) = (given.get(0), given.get(1), given.len()) else {
        return Err(vm.type_error("getnameinfo(): illegal sockaddr argument"));
    };
    let Some(host) = host.downcast::<PyStr>() else {
        return Err(vm.type_error("getnameinfo(): illegal sockaddr argument"));
    };
    let number = c_int(vm, number)?;
    vm.audit("socket.getnameinfo", &[args.get(0)])?;
    let flow = given.get(2).map_or(Ok(0), |v| bits(vm, v))?;
    let scope = given.get(3).map_or(Ok(0), |v| bits(vm, v))?;
    if flow > 0xfffff {
        return Err(vm.overflow_error("getnameinfo(): flowinfo must be 0-1048575."));
    }
    let name = host_name(vm, host.value(), String::new)?;
    let service = CString::new(number.to_string()).unwrap_or_default();
    let found = look_up(vm, Some(&name), Some(&service), libc::AF_UNSPEC, libc::SOCK_DGRAM, 0, libc::AI_NUMERICHOST)?;
    let mut entries = found.iter();
    let Some(entry) = entries.next() else { return Err(gai_error(vm, libc::EAI_NONAME)) };
    if entries.next().is_some() {
        return Err(vm.raise_message(vm.types.os_error, "sockaddr resolved to multiple addresses"));
    }
    // SAFETY: an entry's address.
    let mut address = unsafe { Address::from_raw(entry.ai_addr, entry.ai_addrlen) };
    if entry.ai_family == libc::AF_INET && given.len() != 2 {
        return Err(vm.raise_message(vm.types.os_error, "IPv4 sockaddr must be 2 tuple"));
    }
    if entry.ai_family == libc::AF_INET6 {
        // SAFETY: the address's kind.
        let a = unsafe { &mut *address.as_mut_ptr().cast::<libc::sockaddr_in6>() };
        a.sin6_flowinfo = (flow as u32).to_be();
        a.sin6_scope_id = scope as u32;
    }
    let (mut host, mut service) = ([0u8; 1025], [0u8; 32]);
    let error = vm.allow_threads(|| {
        // SAFETY: an address of its length, and room for two names.
        unsafe {
            libc::getnameinfo(
                address.as_ptr(),
                address.len,
                host.as_mut_ptr().cast(),
                host.len() as libc::socklen_t,
                service.as_mut_ptr().cast(),
                service.len() as libc::socklen_t,
                flags,
            )
        }
    });
    if error != 0 {
        return Err(gai_error(vm, error));
    }
    let text = |bytes: &[u8]| path::decode(vm, bytes.split(|b| *b == 0).next().unwrap_or(&[]));
    let pair = [text(&host)?.value(), text(&service)?.value()];
    Ok(vm.new_tuple(&pair)?.value())
}

fn host_argument(vm: &Vm, v: Value, function: &str) -> PyResult<CString> {
    host_name(vm, v, || format!("{function}() argument 1 must be str, bytes or bytearray, not {}", vm.type_name(v)))
}

/// The first entry of an address, in numbers.
fn numeric(vm: &Vm, address: Address) -> PyResult<Value> {
    let parts = address.to_python(vm)?;
    Ok(parts.downcast::<PyTuple>().and_then(|t| t.get(0)).unwrap_or(Value::NONE))
}

fn gethostbyname(vm: &Vm, name: Value) -> PyResult<Value> {
    let given = name;
    let name = host_argument(vm, name, "gethostbyname")?;
    vm.audit("socket.gethostbyname", &[given])?;
    numeric(vm, resolve(vm, &name, libc::AF_INET)?)
}

/// (name, aliases, addresses) of an entry.
fn host_entry(vm: &Vm, entry: &libc::hostent) -> PyResult<Value> {
    let (aliases, addresses) = (vm.new_list(&[])?, vm.new_list(&[])?);
    // SAFETY: C strings, arrays that end in null, and addresses of the entry's length, all in the caller's buffer.
    unsafe {
        let mut at = entry.h_aliases;
        while let Some(alias) = at.as_ref().filter(|a| !a.is_null()) {
            aliases.push(vm, path::decode(vm, CStr::from_ptr(*alias).to_bytes())?.value())?;
            at = at.add(1);
        }
        let mut at = entry.h_addr_list;
        while let Some(address) = at.as_ref().filter(|a| !a.is_null()) {
            let bytes = std::slice::from_raw_parts(address.cast::<u8>(), entry.h_length.max(0) as usize);
            let text = match (<[u8; 4]>::try_from(bytes), <[u8; 16]>::try_from(bytes)) {
                (Ok(v4), _) => v4_text(v4),
                (_, Ok(v6)) => std::net::Ipv6Addr::from(v6).to_string(),
                _ => break,
            };
            addresses.push(vm, vm.new_str(&text)?.value())?;
            at = at.add(1);
        }
        let name = path::decode(vm, CStr::from_ptr(entry.h_name).to_bytes())?;
        Ok(vm.new_tuple(&[name.value(), aliases.value(), addresses.value()])?.value())
    }
}

/// Calls one of the `_r` functions with ever more room.
fn host_lookup(
    vm: &Vm,
    find: impl Fn(*mut libc::hostent, &mut [u8], *mut *mut libc::hostent, *mut i32) -> i32,
) -> PyResult<Value> {
    let mut room = 16 << 10;
    loop {
        let mut buffer = super::transfer::room(vm, room)?;
        // SAFETY: all zero is an entry.
        let mut entry: libc::hostent = unsafe { std::mem::zeroed() };
        let (mut found, mut error) = (std::ptr::null_mut(), 0);
        let result = vm.allow_threads(|| find(&mut entry, &mut buffer, &mut found, &mut error));
        if result == libc::ERANGE && room < 1 << 24 {
            room *= 2;
            continue;
        }
        if found.is_null() {
            return Err(host_error(vm, error));
        }
        return host_entry(vm, &entry);
    }
}

fn gethostbyname_ex(vm: &Vm, name: Value) -> PyResult<Value> {
    let given = name;
    let name = host_argument(vm, name, "gethostbyname_ex")?;
    vm.audit("socket.gethostbyname", &[given])?;
    resolve(vm, &name, libc::AF_INET)?;
    // SAFETY: a C string, an entry, room of this length and places for the results.
    host_lookup(vm, |entry, buffer, found, error| unsafe {
        gethostbyname_r(name.as_ptr(), entry, buffer.as_mut_ptr().cast(), buffer.len(), found, error)
    })
}

fn gethostbyaddr(vm: &Vm, name: Value) -> PyResult<Value> {
    let given = name;
    let name = host_argument(vm, name, "gethostbyaddr")?;
    vm.audit("socket.gethostbyaddr", &[given])?;
    let address = resolve(vm, &name, libc::AF_UNSPEC)?;
    let family = i32::from(address.storage.ss_family);
    let (start, len) = match family {
        libc::AF_INET => (std::mem::offset_of!(libc::sockaddr_in, sin_addr), 4),
        libc::AF_INET6 => (std::mem::offset_of!(libc::sockaddr_in6, sin6_addr), 16),
        _ => return Err(vm.raise_message(vm.types.os_error, "unsupported address family")),
    };
    // SAFETY: the address's bytes inside it, an entry, room of this length and places for the results.
    host_lookup(vm, |entry, buffer, found, error| unsafe {
        let bytes = address.as_ptr().cast::<u8>().add(start);
        gethostbyaddr_r(bytes.cast(), len, family, entry, buffer.as_mut_ptr().cast(), buffer.len(), found, error)
    })
}

fn gethostname(vm: &Vm) -> PyResult<Value> {
    vm.audit("socket.gethostname", &[])?;
    let mut buffer = [0u8; 1024];
    // SAFETY: room for so many bytes, the last of which stays zero.
    if unsafe { libc::gethostname(buffer.as_mut_ptr().cast(), buffer.len() - 1) } < 0 {
        return Err(vm.last_os_error(None));
    }
    Ok(path::decode(vm, buffer.split(|b| *b == 0).next().unwrap_or(&[]))?.value())
}

fn sethostname(vm: &Vm, name: Value) -> PyResult<()> {
    let bytes = match name.downcast::<PyStr>() {
        Some(s) => path::encode(vm, s)?,
        None => vm.with_buffer(name, |bytes| bytes.to_vec())?,
    };
    if vm.is_audited() {
        vm.audit("socket.sethostname", &[PyBytes::new(vm, &bytes)?.value()])?;
    }
    // SAFETY: the slice's memory.
    if unsafe { libc::sethostname(bytes.as_ptr().cast(), bytes.len()) } < 0 {
        return Err(vm.last_os_error(None));
    }
    Ok(())
}

fn text_argument(vm: &Vm, v: Value, what: &str) -> PyResult<CString> {
    let text = vm.expect_str(v, what)?.to_lossy();
    CString::new(text).map_err(|_| vm.value_error("embedded null character"))
}

fn protocol_argument(vm: &Vm, v: Option<Value>, function: &str) -> PyResult<Option<CString>> {
    v.map(|v| text_argument(vm, v, &format!("{function}() argument 2"))).transpose()
}

fn pointer(s: Option<&CString>) -> *const libc::c_char {
    s.map_or(std::ptr::null(), |s| s.as_ptr())
}

fn getservbyname(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let name = text_argument(vm, args.get(0), "getservbyname() argument 1")?;
    let protocol = protocol_argument(vm, args.opt(1), "getservbyname")?;
    vm.audit("socket.getservbyname", &[args.get(0), args.opt(1).unwrap_or(Value::NONE)])?;
    // SAFETY: C strings; the GIL keeps others from the C library's own memory until the number is out.
    match unsafe { libc::getservbyname(name.as_ptr(), pointer(protocol.as_ref())).as_ref() } {
        Some(service) => Ok(Value::from_i32(i32::from(u16::from_be(service.s_port as u16)))),
        None => Err(vm.raise_message(vm.types.os_error, "service/proto not found")),
    }
}

fn getservbyport(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let number = c_int(vm, args.get(0))?;
    let protocol = protocol_argument(vm, args.opt(1), "getservbyport")?;
    let Ok(number) = u16::try_from(number) else {
        return Err(vm.overflow_error("getservbyport: port must be 0-65535."));
    };
    vm.audit("socket.getservbyport", &[args.get(0), args.opt(1).unwrap_or(Value::NONE)])?;
    // SAFETY: as above.
    let found = unsafe { libc::getservbyport(i32::from(number.to_be()), pointer(protocol.as_ref())).as_ref() };
    match found {
        // SAFETY: a C string of the entry.
        Some(service) => Ok(path::decode(vm, unsafe { CStr::from_ptr(service.s_name) }.to_bytes())?.value()),
        None => Err(vm.raise_message(vm.types.os_error, "port/proto not found")),
    }
}

fn getprotobyname(vm: &Vm, name: Value) -> PyResult<i32> {
    let name = text_argument(vm, name, "getprotobyname() argument 1")?;
    // SAFETY: as above.
    match unsafe { libc::getprotobyname(name.as_ptr()).as_ref() } {
        Some(protocol) => Ok(protocol.p_proto),
        None => Err(vm.raise_message(vm.types.os_error, "protocol not found")),
    }
}

fn if_nameindex(vm: &Vm) -> PyResult<Value> {
    let list = vm.new_list(&[])?;
    // SAFETY: null, or an array of cards that ends in one without a name, freed once.
    unsafe {
        let all = libc::if_nameindex();
        if all.is_null() {
            return Err(vm.last_os_error(None));
        }
        let mut found: Vec<(u32, Vec<u8>)> = Vec::new();
        let mut at = all;
        while let Some(card) = at.as_ref().filter(|c| !c.if_name.is_null()) {
            found.push((card.if_index, CStr::from_ptr(card.if_name).to_bytes().to_vec()));
            at = at.add(1);
        }
        libc::if_freenameindex(all);
        for (index, name) in found {
            let pair = [Value::from_int_truncated(i64::from(index)), path::decode(vm, &name)?.value()];
            list.push(vm, vm.new_tuple(&pair)?.value())?;
        }
    }
    Ok(list.value())
}

fn if_nametoindex(vm: &Vm, name: Value) -> PyResult<u32> {
    let name = path::path(vm, name, "if_nametoindex", "path", path::Allow::default())?;
    // SAFETY: a C string.
    match unsafe { libc::if_nametoindex(name.as_ptr()) } {
        0 => Err(vm.last_os_error(None)),
        index => Ok(index),
    }
}

fn if_indextoname(vm: &Vm, index: Value) -> PyResult<Value> {
    let v = vm.index(index)?;
    if int::is_negative(v) {
        return Err(vm.value_error("Cannot convert negative int"));
    }
    let Some(index) = int::to_i64(v).and_then(|n| u32::try_from(n).ok()) else {
        return Err(vm.overflow_error("Python int too large for C unsigned int"));
    };
    let mut name = [0u8; libc::IF_NAMESIZE + 1];
    // SAFETY: room for a name.
    if unsafe { libc::if_indextoname(index, name.as_mut_ptr().cast()) }.is_null() {
        return Err(vm.last_os_error(None));
    }
    Ok(path::decode(vm, name.split(|b| *b == 0).next().unwrap_or(&[]))?.value())
}

fn inet_aton(vm: &Vm, text: Value) -> PyResult<Value> {
    let Some(s) = text.downcast::<PyStr>() else {
        return Err(vm.type_error(format!("inet_aton() argument must be str, not {}", vm.type_name(text))));
    };
    match parse_v4(&s.to_lossy()) {
        Some(address) => Ok(PyBytes::new(vm, &address.to_be_bytes())?.value()),
        None => Err(vm.raise_message(vm.types.os_error, "illegal IP address string passed to inet_aton")),
    }
}

/// As the C library's `inet_aton`: one to four numbers, decimal, octal or hexadecimal, the last of which fills all bytes
/// that are left; white space and what follows it does not count.
fn parse_v4(text: &str) -> Option<u32> {
    let text = text.split(|c: char| c.is_ascii_whitespace()).next()?;
    let mut numbers = Vec::new();
    for part in text.split('.') {
        let (digits, radix) = match part.strip_prefix("0x").or_else(|| part.strip_prefix("0X")) {
            Some(hex) => (hex, 16),
            None if part.len() > 1 && part.starts_with('0') => (part.get(1..)?, 8),
            None => (part, 10),
        };
        if !digits.starts_with(|c: char| c.is_digit(radix)) {
            return None;
        }
        numbers.push(u32::from_str_radix(digits, radix).ok()?);
    }
    let (last, first) = numbers.split_last()?;
    if first.len() > 3 || first.iter().any(|n| *n > 255) {
        return None;
    }
    let bytes = 4 - first.len() as u32;
    if bytes < 4 && *last >> (8 * bytes) != 0 {
        return None;
    }
    Some(first.iter().enumerate().fold(*last, |all, (i, n)| all | n << (24 - 8 * i)))
}

fn inet_ntoa(vm: &Vm, packed: Value) -> PyResult<String> {
    let bytes = vm.with_buffer(packed, |bytes| <[u8; 4]>::try_from(bytes).ok())?;
    match bytes {
        Some(bytes) => Ok(v4_text(bytes)),
        None => Err(vm.raise_message(vm.types.os_error, "packed IP wrong length for inet_ntoa")),
    }
}

fn inet_pton(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let family = c_int(vm, args.get(0))?;
    let text = vm.expect_str(args.get(1), "inet_pton() argument 2")?.to_lossy();
    let illegal = || vm.raise_message(vm.types.os_error, "illegal IP address string passed to inet_pton");
    match family {
        libc::AF_INET => {
            let a: std::net::Ipv4Addr = text.parse().map_err(|_| illegal())?;
            Ok(PyBytes::new(vm, &a.octets())?.value())
        }
        libc::AF_INET6 => {
            let a: std::net::Ipv6Addr = text.parse().map_err(|_| illegal())?;
            Ok(PyBytes::new(vm, &a.octets())?.value())
        }
        _ => Err(vm.os_error(libc::EAFNOSUPPORT, None)),
    }
}

fn inet_ntop(vm: &Vm, args: &Args<'_>) -> PyResult<String> {
    let family = c_int(vm, args.get(0))?;
    let bytes = vm.with_buffer(args.get(1), |bytes| bytes.to_vec())?;
    let wrong = || vm.value_error("invalid length of packed IP address string");
    match family {
        libc::AF_INET => Ok(v4_text(<[u8; 4]>::try_from(bytes).map_err(|_| wrong())?)),
        libc::AF_INET6 => Ok(std::net::Ipv6Addr::from(<[u8; 16]>::try_from(bytes).map_err(|_| wrong())?).to_string()),
        _ => Err(vm.value_error(format!("unknown address family {family}"))),
    }
}

pub static FUNCTIONS: &[MethodDef] = &[
    method!("getaddrinfo", "($module, /, host, port, family=0, type=0, proto=0, flags=0)", getaddrinfo).doc("getaddrinfo(host, port [, family, type, proto, flags])\n    -> list of (family, type, proto, canonname, sockaddr)\n\nResolve host and port into addrinfo struct."),
    method!("getnameinfo", "($module, sockaddr, flags, /)", getnameinfo).doc("getnameinfo(sockaddr, flags) --> (host, port)\n\nGet host and port for a sockaddr."),
    method!("gethostbyname", 1, gethostbyname).doc("gethostbyname(host) -> address\n\nReturn the IP address (a string of the form '255.255.255.255') for a host."),
    method!("gethostbyname_ex", 1, gethostbyname_ex).doc("gethostbyname_ex(host) -> (name, aliaslist, addresslist)\n\nReturn the true host name, a list of aliases, and a list of IP addresses,\nfor a host.  The host argument is a string giving a host name or IP number."),
    method!("gethostbyaddr", 1, gethostbyaddr).doc("gethostbyaddr(host) -> (name, aliaslist, addresslist)\n\nReturn the true host name, a list of aliases, and a list of IP addresses,\nfor a host.  The host argument is a string giving a host name or IP number."),
    method!("gethostname", 0, gethostname).doc("gethostname() -> string\n\nReturn the current host name."),
    method!("sethostname", 1, sethostname).doc("sethostname(name)\n\nSets the hostname to name."),
    method!("getservbyname", "($module, servicename, protocolname=<unrepresentable>, /)", getservbyname).doc("getservbyname(servicename[, protocolname]) -> integer\n\nReturn a port number from a service name and protocol name.\nThe optional protocol name, if given, should be 'tcp' or 'udp',\notherwise any protocol will match."),
    method!("getservbyport", "($module, port, protocolname=<unrepresentable>, /)", getservbyport).doc("getservbyport(port[, protocolname]) -> string\n\nReturn the service name from a port number and protocol name.\nThe optional protocol name, if given, should be 'tcp' or 'udp',\notherwise any protocol will match."),
    method!("getprotobyname", 1, getprotobyname).doc("getprotobyname(name) -> integer\n\nReturn the protocol number for the named protocol.  (Rarely used.)"),
    method!("if_nameindex", 0, if_nameindex).doc("Returns a list of network interface information (index, name) tuples."),
    method!("if_nametoindex", 1, if_nametoindex).doc("Returns the interface index corresponding to the interface name if_name."),
    method!("if_indextoname", 1, if_indextoname).doc("Returns the interface name corresponding to the interface index if_index."),
    method!("inet_aton", 1, inet_aton).doc("Convert an IP address in string format (123.45.67.89) to the 32-bit packed binary format used in low-level network functions."),
    method!("inet_ntoa", 1, inet_ntoa).doc("Convert an IP address from 32-bit packed binary format to string format."),
    method!("inet_pton", "($module, family, ip_address, /)", inet_pton).doc("inet_pton(af, ip) -> packed IP address string\n\nConvert an IP address from string format to a packed string suitable\nfor use with low-level network functions."),
    method!("inet_ntop", "($module, family, packed_ip, /)", inet_ntop).doc("inet_ntop(af, packed_ip) -> string formatted IP address\n\nConvert a packed IP address of the given family to string format."),
];
