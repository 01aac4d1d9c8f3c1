//! `pwd` and `grp`: the users and groups of the system.

use std::ffi::{CStr, CString};

use brolga_runtime::module_def::ModuleDef;
use brolga_runtime::object::{Args, MethodDef, Ref};
use brolga_runtime::state::Vm;
use brolga_runtime::types::module::PyModule;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, method, struct_sequence};

use crate::arguments::{owner_id, owner_value};
use crate::posix::path;

struct_sequence! {
    static PASSWD = "struct_passwd" in "pwd", "pwd.struct_passwd: Results from getpw*() routines.\n\nThis object may be accessed either as a tuple of\n  (pw_name,pw_passwd,pw_uid,pw_gid,pw_gecos,pw_dir,pw_shell)\nor via the object attributes as named in the above tuple.";
    visible ["pw_name", "pw_passwd", "pw_uid", "pw_gid", "pw_gecos", "pw_dir", "pw_shell"], hidden [], unnamed 0
}
struct_sequence! {
    static GROUP = "struct_group" in "grp", "grp.struct_group: Results from getgr*() routines.\n\nThis object may be accessed either as a tuple of\n  (gr_name,gr_passwd,gr_gid,gr_mem)\nor via the object attributes as named in the above tuple.\n";
    visible ["gr_name", "gr_passwd", "gr_gid", "gr_mem"], hidden [], unnamed 0
}

/// A string of the C library's, None for null.
fn text(vm: &Vm, s: *const libc::c_char) -> PyResult<Value> {
    if s.is_null() {
        return Ok(Value::NONE);
    }
    // SAFETY: not null, so a C string in an entry that the caller holds.
    let bytes = unsafe { CStr::from_ptr(s) }.to_bytes().to_vec();
    Ok(path::decode(vm, &bytes)?.value())
}

fn user(vm: &Vm, p: &libc::passwd) -> PyResult<Value> {
    let values = [
        text(vm, p.pw_name)?,
        text(vm, p.pw_passwd)?,
        owner_value(p.pw_uid),
        owner_value(p.pw_gid),
        text(vm, p.pw_gecos)?,
        text(vm, p.pw_dir)?,
        text(vm, p.pw_shell)?,
    ];
    PASSWD.make(vm, &values)
}

fn group(vm: &Vm, g: &libc::group) -> PyResult<Value> {
    let members = vm.new_list(&[])?;
    let mut at = g.gr_mem;
    // SAFETY: null, or an array of C strings that ends in a null.
    while let Some(name) = unsafe { at.as_ref() }.filter(|name| !name.is_null()) {
        members.push(vm, text(vm, *name)?)?;
        // SAFETY: not yet at the end.
        at = unsafe { at.add(1) };
    }
    let values = [text(vm, g.gr_name)?, text(vm, g.gr_passwd)?, owner_value(g.gr_gid), members.value()];
    GROUP.make(vm, &values)
}

/// Longest entry that is read.
const MAX_ENTRY: usize = 16 << 20;

/// Calls one of the `_r` functions with ever more room. `None`: no such entry.
fn lookup<T, R>(
    vm: &Vm,
    find: impl Fn(&mut T, &mut [u8], &mut *mut T) -> i32,
    make: impl FnOnce(&T) -> PyResult<R>,
) -> PyResult<Option<R>> {
    let mut room = 1024;
    loop {
        let mut buffer: Vec<u8> = Vec::new();
        buffer.try_reserve_exact(room).map_err(|_| vm.memory_error())?;
        buffer.resize(room, 0);
        // SAFETY: `T` is `passwd` or `group`, of which all zero is one.
        let mut entry: T = unsafe { std::mem::zeroed() };
        let mut found = std::ptr::null_mut();
        let error = vm.allow_threads(|| find(&mut entry, &mut buffer, &mut found));
        if error == libc::ERANGE && room < MAX_ENTRY {
            room *= 2;
            continue;
        }
        if found.is_null() || error != 0 {
            return Ok(None);
        }
        // The entry's strings stand in the buffer.
        return make(&entry).map(Some);
    }
}

fn name_text(vm: &Vm, s: Ref<PyStr>) -> PyResult<CString> {
    CString::new(path::encode(vm, s)?).map_err(|_| vm.value_error("embedded null byte"))
}

fn missing(vm: &Vm, message: &str) -> brolga_runtime::Raised {
    match vm.new_str(message) {
        Ok(text) => vm.key_error(text.value()),
        Err(raised) => raised,
    }
}

fn getpwnam(vm: &Vm, name: Value) -> PyResult<Value> {
    let Some(s) = name.downcast::<PyStr>() else {
        return Err(vm.type_error(format!("getpwnam() argument must be str, not {}", vm.type_name(name))));
    };
    let text = name_text(vm, s)?;
    // SAFETY: a C string, an entry, room of this length and a place for the result.
    let find = |e: &mut libc::passwd, b: &mut [u8], r: &mut *mut libc::passwd| unsafe {
        libc::getpwnam_r(text.as_ptr(), e, b.as_mut_ptr().cast(), b.len(), r)
    };
    match lookup(vm, find, |p| user(vm, p))? {
        Some(entry) => Ok(entry),
        None => Err(missing(vm, &format!("getpwnam(): name not found: {}", vm.repr_lossy(name)?))),
    }
}

fn getpwuid(vm: &Vm, v: Value) -> PyResult<Value> {
    let uid = match owner_id(vm, v, "uid") {
        Ok(uid) => uid,
        Err(raised) => {
            vm.catch(raised, vm.types.overflow_error)?;
            return Err(missing(vm, "getpwuid(): uid not found"));
        }
    };
    // SAFETY: as above.
    let find = |e: &mut libc::passwd, b: &mut [u8], r: &mut *mut libc::passwd| unsafe {
        libc::getpwuid_r(uid, e, b.as_mut_ptr().cast(), b.len(), r)
    };
    match lookup(vm, find, |p| user(vm, p))? {
        Some(entry) => Ok(entry),
        None => Err(missing(vm, &format!("getpwuid(): uid not found: {}", uid as i32))),
    }
}

fn getpwall(vm: &Vm) -> PyResult<Value> {
    let list = vm.new_list(&[])?;
    // SAFETY: the GIL keeps other threads of the interpreter away; an entry is used before the next is asked for.
    unsafe {
        libc::setpwent();
        while let Some(p) = libc::getpwent().as_ref() {
            match user(vm, p).and_then(|entry| list.push(vm, entry)) {
                Ok(()) => {}
                Err(raised) => {
                    libc::endpwent();
                    return Err(raised);
                }
            }
        }
        libc::endpwent();
    }
    Ok(list.value())
}

fn getgrnam(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let name = args.get(0);
    let Some(s) = name.downcast::<PyStr>() else {
        return Err(vm.type_error(format!("getgrnam() argument 'name' must be str, not {}", vm.type_name(name))));
    };
    let text = name_text(vm, s)?;
    // SAFETY: a C string, an entry, room of this length and a place for the result.
    let find = |e: &mut libc::group, b: &mut [u8], r: &mut *mut libc::group| unsafe {
        libc::getgrnam_r(text.as_ptr(), e, b.as_mut_ptr().cast(), b.len(), r)
    };
    match lookup(vm, find, |g| group(vm, g))? {
        Some(entry) => Ok(entry),
        None => Err(missing(vm, &format!("getgrnam(): name not found: {}", vm.repr_lossy(name)?))),
    }
}

fn getgrgid(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let gid = owner_id(vm, args.get(0), "gid")?;
    // SAFETY: as above.
    let find = |e: &mut libc::group, b: &mut [u8], r: &mut *mut libc::group| unsafe {
        libc::getgrgid_r(gid, e, b.as_mut_ptr().cast(), b.len(), r)
    };
    match lookup(vm, find, |g| group(vm, g))? {
        Some(entry) => Ok(entry),
        None => Err(missing(vm, &format!("getgrgid(): gid not found: {}", gid as i32))),
    }
}

fn getgrall(vm: &Vm) -> PyResult<Value> {
    let list = vm.new_list(&[])?;
    // SAFETY: as `getpwall`.
    unsafe {
        libc::setgrent();
        while let Some(g) = libc::getgrent().as_ref() {
            match group(vm, g).and_then(|entry| list.push(vm, entry)) {
                Ok(()) => {}
                Err(raised) => {
                    libc::endgrent();
                    return Err(raised);
                }
            }
        }
        libc::endgrent();
    }
    Ok(list.value())
}

static PWD_FUNCTIONS: &[MethodDef] = &[
    method!("getpwuid", 1, getpwuid)
        .doc("Return the password database entry for the given numeric user ID.\n\nSee `help(pwd)` for more on password database entries."),
    method!("getpwnam", 1, getpwnam)
        .doc("Return the password database entry for the given user name.\n\nSee `help(pwd)` for more on password database entries."),
    method!("getpwall", 0, getpwall).doc(
        "Return a list of all available password database entries, in arbitrary order.\n\nSee help(pwd) for more on password database entries.",
    ),
];

static GRP_FUNCTIONS: &[MethodDef] = &[
    method!("getgrgid", "($module, /, id)", getgrgid).doc(
        "Return the group database entry for the given numeric group ID.\n\nIf id is not valid, raise KeyError.",
    ),
    method!("getgrnam", "($module, /, name)", getgrnam)
        .doc("Return the group database entry for the given group name.\n\nIf name is not valid, raise KeyError."),
    method!("getgrall", 0, getgrall).doc(
        "Return a list of all available group entries, in arbitrary order.\n\nAn entry whose name starts with '+' or '-' represents an instruction\nto use YP/NIS and may not be accessible via getgrnam or getgrgid.",
    ),
];

fn init_pwd(vm: &Vm, module: Ref<PyModule>) -> PyResult<()> {
    module.add_type(vm, PASSWD.class(vm)?)
}

fn init_grp(vm: &Vm, module: Ref<PyModule>) -> PyResult<()> {
    module.add_type(vm, GROUP.class(vm)?)
}

pub static PWD: ModuleDef = ModuleDef::new("pwd", PWD_FUNCTIONS, init_pwd).doc(
    "This module provides access to the Unix password database.\nIt is available on all Unix versions.\n\nPassword database entries are reported as 7-tuples containing the following\nitems from the password database (see `<pwd.h>'), in order:\npw_name, pw_passwd, pw_uid, pw_gid, pw_gecos, pw_dir, pw_shell.\nThe uid and gid items are integers, all others are strings. An\nexception is raised if the entry asked for cannot be found.",
);

pub static GRP: ModuleDef = ModuleDef::new("grp", GRP_FUNCTIONS, init_grp).doc(
    "Access to the Unix group database.\n\nGroup entries are reported as 4-tuples containing the following fields\nfrom the group database, in order:\n\n  name   - name of the group\n  passwd - group password (encrypted); often empty\n  gid    - numeric ID of the group\n  mem    - list of members\n\nThe gid is an integer, name and password are strings.  (Note that most\nusers are not explicitly listed as members of the groups they are in\naccording to the password database.  Check both databases to get\ncomplete membership information.)",
);
