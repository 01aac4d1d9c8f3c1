//! `_IOBase`, `_RawIOBase`, `_BufferedIOBase`, `_TextIOBase`: what all streams inherit.

use brolga_runtime::object::def::type_flags;
use brolga_runtime::object::{Args, GetSetDef, MethodDef, Ref, TypeDef};
use brolga_runtime::state::Vm;
use brolga_runtime::types::bytearray::PyByteArray;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::types::list::PyList;
use brolga_runtime::types::object::{get_dict, set_dict};
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, Raised, getset, method};

use super::unsupported;

/// What every type of this module may do.
pub const FLAGS: u32 = type_flags::BASETYPE | type_flags::HAS_DICT | type_flags::WEAKREFABLE;

/// The text for a stream that is closed.
pub const CLOSED: &str = "I/O operation on closed file.";

/// The truth of an attribute.
pub fn attr_true(vm: &Vm, this: Value, name: &str) -> PyResult<bool> {
    let v = vm.get_attr_str(this, name)?;
    vm.is_true(v)
}

/// ValueError if the stream says it is closed.
pub fn check_closed(vm: &Vm, this: Value) -> PyResult<()> {
    if attr_true(vm, this, "closed")? { Err(vm.value_error(CLOSED)) } else { Ok(()) }
}

fn closed_by_base(vm: &Vm, this: Value) -> PyResult<bool> {
    Ok(vm.get_attr_opt(this, vm.intern("__IOBase_closed")?)?.is_some())
}

fn closed(vm: &Vm, this: Value) -> PyResult<bool> {
    closed_by_base(vm, this)
}

fn flush(vm: &Vm, this: Value) -> PyResult<()> {
    if closed_by_base(vm, this)? { Err(vm.value_error(CLOSED)) } else { Ok(()) }
}

fn close(vm: &Vm, this: Value) -> PyResult<()> {
    if closed_by_base(vm, this)? {
        return Ok(());
    }
    let flushed = vm.call_method(this, "flush", &[]);
    let set = chain(vm, flushed, |vm| vm.set_attr_str(this, "__IOBase_closed", Value::TRUE));
    set.map(|_| ())
}

/// Runs `then` whatever `first` was. If both fail, the first error becomes the second's context.
pub fn chain<A, B>(vm: &Vm, first: PyResult<A>, then: impl FnOnce(&Vm) -> PyResult<B>) -> PyResult<B> {
    match first {
        Ok(_) => then(vm),
        Err(raised) => {
            let first = vm.take_raised(raised);
            match then(vm) {
                Ok(_) => Err(vm.reraise(first)),
                Err(raised) => {
                    let second = vm.take_raised(raised);
                    if second != first && second.context().is_none() {
                        second.set_context(Some(first));
                    }
                    Err(vm.reraise(second))
                }
            }
        }
    }
}

/// What `__del__` does: closes a stream that is open. An error goes to `sys.unraisablehook`.
pub fn finalize(vm: &Vm, this: Value) -> PyResult<()> {
    let is_closed = match attr_true(vm, this, "closed") {
        Ok(c) => c,
        Err(raised) => {
            vm.take_raised(raised);
            true
        }
    };
    if is_closed {
        return Ok(());
    }
    if let Err(raised) = vm.set_attr_str(this, "_finalizing", Value::TRUE) {
        vm.take_raised(raised);
    }
    if let Err(raised) = vm.call_method(this, "close", &[]) {
        vm.write_unraisable(raised, this, None);
    }
    Ok(())
}

fn seek(vm: &Vm, _: &Args<'_>) -> PyResult<Value> {
    Err(unsupported(vm, "seek"))
}

fn tell(vm: &Vm, this: Value) -> PyResult<Value> {
    vm.call_method(this, "seek", &[Value::from_i32(0), Value::from_i32(1)])
}

fn truncate(vm: &Vm, _: &Args<'_>) -> PyResult<Value> {
    Err(unsupported(vm, "truncate"))
}

fn fileno(vm: &Vm, _: Value) -> PyResult<Value> {
    Err(unsupported(vm, "fileno"))
}

fn no(_: &Vm, _: Value) -> bool {
    false
}

fn isatty(vm: &Vm, this: Value) -> PyResult<bool> {
    check_closed(vm, this)?;
    Ok(false)
}

/// The UnsupportedOperation of a stream that can't do what it is asked to.
pub fn check_able(vm: &Vm, this: Value, method: &str) -> PyResult<()> {
    let able = vm.call_method(this, method, &[])?;
    if able.same_bits(Value::TRUE) {
        return Ok(());
    }
    Err(not_able(vm, method))
}

pub fn not_able(vm: &Vm, method: &str) -> Raised {
    unsupported(vm, &format!("File or stream is not {method}."))
}

fn check_seekable(vm: &Vm, args: &Args<'_>) -> PyResult<bool> {
    check_able(vm, args.get(0), "seekable").map(|()| true)
}

fn check_readable(vm: &Vm, args: &Args<'_>) -> PyResult<bool> {
    check_able(vm, args.get(0), "readable").map(|()| true)
}

fn check_writable(vm: &Vm, args: &Args<'_>) -> PyResult<bool> {
    check_able(vm, args.get(0), "writable").map(|()| true)
}

fn enter(vm: &Vm, this: Value) -> PyResult<Value> {
    check_closed(vm, this)?;
    Ok(this)
}

fn exit(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    vm.call_method(args.get(0), "close", &[])
}

/// A size argument: None is -1.
pub fn size_arg(vm: &Vm, arg: Slot) -> PyResult<i64> {
    match arg.filter(|v| !v.is_none()) {
        None => Ok(-1),
        Some(v) if v.is_small_int() => Ok(v.small_int_unchecked()),
        Some(v) => {
            if !v.is_bool() && vm.type_of(v).special(brolga_runtime::state::names::Special::Index).is_none() {
                return Err(vm.type_error(format!("argument should be integer or None, not '{}'", vm.type_name(v))));
            }
            Ok(vm.to_isize(v)? as i64)
        }
    }
}

fn must_be_bytes(vm: &Vm, v: Value, what: &str) -> PyResult<Ref<PyBytes>> {
    v.downcast().ok_or_else(|| {
        super::os_error_text(vm, &format!("{what}() should have returned a bytes object, not '{}'", vm.type_name(v)))
    })
}

fn readline(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let this = args.get(0);
    let limit = size_arg(vm, args.opt(1))?;
    let peek = vm.get_attr_opt(this, vm.intern("peek")?)?;
    let mut line: Vec<u8> = Vec::new();
    while limit < 0 || (line.len() as i64) < limit {
        let mut want = 1;
        if let Some(peek) = peek {
            let ahead = vm.call(peek, &[Value::from_i32(1)])?;
            let ahead = must_be_bytes(vm, ahead, "peek")?;
            let seen = ahead.as_slice();
            if !seen.is_empty() {
                let most = if limit >= 0 { seen.len().min((limit - line.len() as i64) as usize) } else { seen.len() };
                let seen = &seen[..most];
                want = seen.iter().position(|b| *b == b'\n').map_or(most, |i| i + 1);
            }
        }
        let got = vm.call_method(this, "read", &[Value::from_len(want)])?;
        let got = must_be_bytes(vm, got, "read")?;
        if got.is_empty() {
            break;
        }
        line.try_reserve(got.len()).map_err(|_| vm.memory_error())?;
        line.extend_from_slice(got.as_slice());
        if line.last() == Some(&b'\n') {
            break;
        }
    }
    Ok(PyBytes::new(vm, &line)?.value())
}

fn iter(vm: &Vm, this: Value) -> PyResult<Value> {
    check_closed(vm, this)?;
    Ok(this)
}

/// `__next__` by the object's own `readline`.
pub fn next(vm: &Vm, this: Value) -> PyResult<Slot> {
    let line = vm.call_method(this, "readline", &[])?;
    Ok(if vm.len(line)? == 0 { None } else { Some(line) })
}

fn readlines(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyList>> {
    let hint = size_arg(vm, args.opt(1))?;
    let this = args.get(0);
    let list = vm.new_list(&[])?;
    if hint <= 0 {
        vm.for_each(this, |line| list.push(vm, line))?;
        return Ok(list);
    }
    let it = vm.iter(this)?;
    let mut total: i64 = 0;
    while let Some(line) = vm.next(it)? {
        list.push(vm, line)?;
        total = total.saturating_add(vm.len(line)? as i64);
        if total > hint {
            break;
        }
    }
    Ok(list)
}

fn writelines(vm: &Vm, this: Value, lines: Value) -> PyResult<()> {
    check_closed(vm, this)?;
    vm.for_each(lines, |line| vm.call_method(this, "write", &[line]).map(|_| ()))
}

const IO_METHODS: &[MethodDef] = &[
    method!("__iter__", 1, iter),
    method!("__del__", 1, finalize),
    method!("seek", "($self, offset, whence=os.SEEK_SET, /)", seek),
    method!("tell", "($self, /)", tell_v),
    method!("truncate", "($self, size=None, /)", truncate),
    method!("flush", "($self, /)", flush_v),
    method!("close", "($self, /)", close_v),
    method!("seekable", 1, no),
    method!("readable", 1, no),
    method!("writable", 1, no),
    method!("_checkClosed", 1, check_closed),
    method!("_checkSeekable", "($self, /, *args)", check_seekable),
    method!("_checkReadable", "($self, /, *args)", check_readable),
    method!("_checkWritable", "($self, /, *args)", check_writable),
    method!("fileno", 1, fileno),
    method!("isatty", 1, isatty),
    method!("__enter__", 1, enter),
    method!("__exit__", "($self, /, *args)", exit),
    method!("readline", "($self, size=-1, /)", readline),
    method!("readlines", "($self, hint=-1, /)", readlines),
    method!("writelines", 2, writelines),
];

fn tell_v(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    tell(vm, args.get(0))
}

fn flush_v(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    flush(vm, args.get(0))
}

fn close_v(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    close(vm, args.get(0))
}

const IO_GETSET: &[GetSetDef] = &[getset!("closed", closed), getset!("__dict__", get_dict, set_dict)];

pub static IO_BASE: TypeDef = TypeDef {
    module: "_io",
    flags: FLAGS,
    methods: &[IO_METHODS],
    getset: IO_GETSET,
    iternext: Some(next),
    doc: Some(
        "The abstract base class for all I/O classes.\n\nThis class provides dummy implementations for many methods that\nderived classes can override selectively; the default implementations\nrepresent a file that cannot be read, written or seeked.",
    ),
    ..TypeDef::new("_IOBase")
};

fn raw_read(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let this = args.get(0);
    let n = size_arg(vm, args.opt(1))?;
    if n < 0 {
        return vm.call_method(this, "readall", &[]);
    }
    let array = PyByteArray::new(vm, &[])?;
    array.resize(vm, n as usize)?;
    let got = vm.call_method(this, "readinto", &[array.value()])?;
    if got.is_none() {
        return Ok(got);
    }
    let got = vm.to_isize(got)?;
    match usize::try_from(got) {
        Ok(got) if got <= array.len() => Ok(PyBytes::new(vm, &array.as_slice()[..got])?.value()),
        _ => Err(vm.value_error(format!("readinto returned {got} outside buffer size {n}"))),
    }
}

fn readall(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let this = args.get(0);
    let mut all: Vec<u8> = Vec::new();
    let mut any = false;
    loop {
        let data = vm.call_method(this, "read", &[Value::from_len(super::DEFAULT_BUFFER_SIZE)])?;
        if data.is_none() {
            if !any {
                return Ok(data);
            }
            break;
        }
        let Some(bytes) = data.downcast::<PyBytes>() else {
            return Err(vm.type_error("read() should return bytes"));
        };
        if bytes.is_empty() {
            break;
        }
        any = true;
        all.try_reserve(bytes.len()).map_err(|_| vm.memory_error())?;
        all.extend_from_slice(bytes.as_slice());
    }
    Ok(PyBytes::new(vm, &all)?.value())
}

fn not_implemented(vm: &Vm, _: Value, _: Value) -> PyResult<Value> {
    Err(vm.raise_args(vm.types.not_implemented_error, &[]))
}

const RAW_METHODS: &[MethodDef] = &[
    method!("read", "($self, size=-1, /)", raw_read),
    method!("readall", "($self, /)", readall),
    method!("readinto", 2, not_implemented),
    method!("write", 2, not_implemented),
];

pub static RAW_BASE: TypeDef = TypeDef {
    module: "_io",
    flags: FLAGS,
    methods: &[RAW_METHODS],
    iternext: Some(next),
    doc: Some("Base class for raw binary I/O."),
    ..TypeDef::new("_RawIOBase")
};

fn into_by(vm: &Vm, this: Value, target: Value, method: &str) -> PyResult<usize> {
    let mut buffer = vm.writable_buffer(target, "readinto() argument")?;
    let data = vm.call_method(this, method, &[Value::from_len(buffer.len())])?;
    let Some(bytes) = data.downcast::<PyBytes>() else { return Err(vm.type_error("read() should return bytes")) };
    let (want, got) = (buffer.len(), bytes.len());
    match buffer.as_mut_slice().get_mut(..got) {
        Some(to) => to.copy_from_slice(bytes.as_slice()),
        None => {
            return Err(
                vm.value_error(format!("read() returned too much data: {want} bytes requested, {got} returned"))
            );
        }
    }
    Ok(got)
}

fn readinto(vm: &Vm, this: Value, target: Value) -> PyResult<usize> {
    into_by(vm, this, target, "read")
}

fn readinto1(vm: &Vm, this: Value, target: Value) -> PyResult<usize> {
    into_by(vm, this, target, "read1")
}

fn no_detach(vm: &Vm, _: &Args<'_>) -> PyResult<Value> {
    Err(unsupported(vm, "detach"))
}

fn no_read(vm: &Vm, _: &Args<'_>) -> PyResult<Value> {
    Err(unsupported(vm, "read"))
}

fn no_read1(vm: &Vm, _: &Args<'_>) -> PyResult<Value> {
    Err(unsupported(vm, "read1"))
}

fn no_readline(vm: &Vm, _: &Args<'_>) -> PyResult<Value> {
    Err(unsupported(vm, "readline"))
}

fn no_write(vm: &Vm, _: Value, _: Value) -> PyResult<Value> {
    Err(unsupported(vm, "write"))
}

const BUFFERED_METHODS: &[MethodDef] = &[
    method!("detach", "($self, /)", no_detach),
    method!("read", "($self, size=-1, /)", no_read),
    method!("read1", "($self, size=-1, /)", no_read1),
    method!("readinto", 2, readinto),
    method!("readinto1", 2, readinto1),
    method!("write", 2, no_write),
];

pub static BUFFERED_BASE: TypeDef = TypeDef {
    module: "_io",
    flags: FLAGS,
    methods: &[BUFFERED_METHODS],
    iternext: Some(next),
    doc: Some("Base class for buffered IO objects."),
    ..TypeDef::new("_BufferedIOBase")
};

fn none(_: &Vm, _: Value) -> Value {
    Value::NONE
}

const TEXT_METHODS: &[MethodDef] = &[
    method!("detach", "($self, /)", no_detach),
    method!("read", "($self, size=-1, /)", no_read),
    method!("readline", "($self, size=-1, /)", no_readline),
    method!("write", 2, no_write),
];

const TEXT_GETSET: &[GetSetDef] = &[getset!("encoding", none), getset!("newlines", none), getset!("errors", none)];

pub static TEXT_BASE: TypeDef = TypeDef {
    module: "_io",
    flags: FLAGS,
    methods: &[TEXT_METHODS],
    getset: TEXT_GETSET,
    iternext: Some(next),
    doc: Some("Base class for text I/O."),
    ..TypeDef::new("_TextIOBase")
};
