//! `OSError`: an errno chooses the subclass, and the arguments become fields.

use super::base::{class_arg, concat, field, no_keywords, receiver, reduce_with, set_field, to_str};
use super::{OSERROR_ERRNO, OSERROR_FILENAME, OSERROR_FILENAME2, OSERROR_STRERROR, OSERROR_WRITTEN, PyException};
use crate::object::def::{GetSetDef, MethodDef};
use crate::object::{Args, Ref};
use crate::state::Vm;
use crate::state::names::Special;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::types::type_object::PyType;
use crate::value::{Slot, Value};
use crate::{PyResult, getset, method};

/// What the operating system says about an error number.
pub fn strerror(errno: i32) -> String {
    let mut buffer = [0u8; 256];
    // SAFETY: the buffer is as long as said; the function writes a text that ends in a zero byte.
    let failed = unsafe { libc::strerror_r(errno, buffer.as_mut_ptr().cast(), buffer.len()) } != 0;
    let len = buffer.iter().position(|b| *b == 0).unwrap_or(buffer.len());
    match buffer.get(..len).and_then(|text| std::str::from_utf8(text).ok()) {
        Some(text) if !text.is_empty() => text.to_owned(),
        _ if failed => format!("Unknown error {errno}"),
        _ => String::new(),
    }
}

/// The subclass for an error number.
fn class_for(vm: &Vm, errno: i64) -> Option<Ref<PyType>> {
    let t = &vm.types;
    Some(match i32::try_from(errno).ok()? {
        libc::EAGAIN | libc::EALREADY | libc::EINPROGRESS => t.blocking_io_error,
        libc::EPIPE | libc::ESHUTDOWN => t.broken_pipe_error,
        libc::ECHILD => t.child_process_error,
        libc::ECONNABORTED => t.connection_aborted_error,
        libc::ECONNREFUSED => t.connection_refused_error,
        libc::ECONNRESET => t.connection_reset_error,
        libc::EEXIST => t.file_exists_error,
        libc::ENOENT => t.file_not_found_error,
        libc::EISDIR => t.is_a_directory_error,
        libc::ENOTDIR => t.not_a_directory_error,
        libc::EINTR => t.interrupted_error,
        libc::EACCES | libc::EPERM => t.permission_error,
        libc::ESRCH => t.process_lookup_error,
        libc::ETIMEDOUT => t.timeout_error,
        errno if errno == libc::EWOULDBLOCK => t.blocking_io_error,
        _ => return None,
    })
}

/// The arguments by what they mean, if there are two to five of them.
struct Parsed {
    errno: Slot,
    strerror: Slot,
    filename: Slot,
    filename2: Slot,
}

fn parse(args: &[Value]) -> Parsed {
    let at = |i: usize| if (2..=5).contains(&args.len()) { args.get(i).copied() } else { None };
    Parsed { errno: at(0), strerror: at(1), filename: at(2), filename2: at(4) }
}

/// The class overrides `__init__` but not `__new__`: then `__init__` gets the arguments.
fn init_gets_args(vm: &Vm, class: Ref<PyType>) -> bool {
    let same = |special: Special| match (class.special(special), vm.types.os_error.special(special)) {
        (Some(a), Some(b)) => a.same_bits(b),
        (a, b) => a.is_none() && b.is_none(),
    };
    !same(Special::Init) && same(Special::New)
}

fn fill(vm: &Vm, this: Ref<PyException>, args: &[Value], parsed: &Parsed) -> PyResult<()> {
    let mut kept = args;
    if let Some(filename) = parsed.filename.filter(|f| !f.is_none()) {
        if vm.type_of(this.value()) == vm.types.blocking_io_error && is_number(vm, filename) {
            let written = vm.to_isize(filename)?;
            this.set_extra(OSERROR_WRITTEN, vm.new_int(written as i64)?);
        } else {
            this.set_extra(OSERROR_FILENAME, filename);
            if let Some(filename2) = parsed.filename2.filter(|f| !f.is_none()) {
                this.set_extra(OSERROR_FILENAME2, filename2);
            }
            // The names are fields only: `args` stays as it was when there were none.
            kept = args.get(..2).unwrap_or(args);
        }
    }
    this.set_extra(OSERROR_ERRNO, parsed.errno);
    this.set_extra(OSERROR_STRERROR, parsed.strerror);
    this.set_args(vm.new_tuple(kept)?);
    Ok(())
}

fn is_number(vm: &Vm, v: Value) -> bool {
    let class = vm.type_of(v);
    [Special::Index, Special::Int, Special::Float, Special::Complex].into_iter().any(|s| class.special(s).is_some())
}

/// `class(*args)` without calling a Python `__init__`.
pub(super) fn new_native(vm: &Vm, class: Ref<PyType>, args: &[Value]) -> PyResult<Ref<PyException>> {
    let parsed = parse(args);
    let errno = parsed.errno.filter(|e| vm.is_instance(*e, vm.types.int)).and_then(crate::types::int::to_i64);
    let class = match errno {
        Some(errno) if class == vm.types.os_error => class_for(vm, errno).unwrap_or(class),
        _ => class,
    };
    let this = PyException::alloc(vm, class, *vm.empty_tuple)?;
    fill(vm, this, args, &parsed)?;
    Ok(this)
}

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyException>> {
    let class = class_arg(vm, args)?;
    if init_gets_args(vm, class) {
        return PyException::alloc(vm, class, *vm.empty_tuple);
    }
    no_keywords(vm, class, args)?;
    new_native(vm, class, args.rest)
}

fn init(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let this = receiver(vm, args)?;
    let class = vm.type_of(this.value());
    if !init_gets_args(vm, class) {
        return Ok(());
    }
    no_keywords(vm, class, args)?;
    fill(vm, this, args.rest, &parse(args.rest))
}

fn str(vm: &Vm, this: Ref<PyException>) -> PyResult<Ref<PyStr>> {
    let text = |index: usize| vm.str(this.extra(index).unwrap_or(Value::NONE));
    let (errno, strerror) = (this.extra(OSERROR_ERRNO), this.extra(OSERROR_STRERROR));
    match (this.extra(OSERROR_FILENAME), this.extra(OSERROR_FILENAME2)) {
        (Some(first), Some(second)) => {
            let parts = [text(OSERROR_ERRNO)?, text(OSERROR_STRERROR)?, vm.repr(first)?, vm.repr(second)?];
            concat(vm, &["[Errno ", "] ", ": ", " -> "], &parts)
        }
        (Some(filename), None) => {
            let parts = [text(OSERROR_ERRNO)?, text(OSERROR_STRERROR)?, vm.repr(filename)?];
            concat(vm, &["[Errno ", "] ", ": "], &parts)
        }
        _ if errno.is_some() && strerror.is_some() => {
            concat(vm, &["[Errno ", "] "], &[text(OSERROR_ERRNO)?, text(OSERROR_STRERROR)?])
        }
        _ => to_str(vm, this),
    }
}

fn reduce(vm: &Vm, this: Ref<PyException>) -> PyResult<Ref<PyTuple>> {
    let args = this.args(vm);
    let full = match (args.as_slice(), this.extra(OSERROR_FILENAME), this.extra(OSERROR_FILENAME2)) {
        ([errno, text], Some(first), Some(second)) => vm.new_tuple(&[*errno, *text, first, Value::NONE, second])?,
        ([errno, text], Some(filename), None) => vm.new_tuple(&[*errno, *text, filename])?,
        _ => args,
    };
    reduce_with(vm, this, full)
}

fn written(vm: &Vm, this: Ref<PyException>) -> PyResult<Value> {
    this.extra(OSERROR_WRITTEN).ok_or_else(|| vm.attribute_error("characters_written"))
}

fn set_written(vm: &Vm, this: Ref<PyException>, value: Slot) -> PyResult<()> {
    match value {
        None => {
            written(vm, this)?;
            this.set_extra(OSERROR_WRITTEN, None);
        }
        Some(value) => {
            let n = vm.to_isize(value)?;
            this.set_extra(OSERROR_WRITTEN, vm.new_int(n as i64)?);
        }
    }
    Ok(())
}

pub(super) const METHODS: &[MethodDef] = &[
    method!("__new__", "($type, *args, **kwargs)", new).static_(),
    method!("__init__", "($self, /, *args, **kwargs)", init),
    method!("__str__", 1, str),
    method!("__reduce__", 1, reduce),
];
pub(super) const GETSET: &[GetSetDef] = &[
    getset!("errno", field::<OSERROR_ERRNO>, set_field::<OSERROR_ERRNO>).member(),
    getset!("strerror", field::<OSERROR_STRERROR>, set_field::<OSERROR_STRERROR>).member(),
    getset!("filename", field::<OSERROR_FILENAME>, set_field::<OSERROR_FILENAME>).member(),
    getset!("filename2", field::<OSERROR_FILENAME2>, set_field::<OSERROR_FILENAME2>).member(),
    getset!("characters_written", written, set_written),
];
