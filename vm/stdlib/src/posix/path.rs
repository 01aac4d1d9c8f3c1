//! Paths: arguments, and text to and from the file system's bytes (UTF-8 with surrogateescape).

use std::ffi::CString;

use brolga_runtime::PyResult;
use brolga_runtime::object::Ref;
use brolga_runtime::state::Vm;
use brolga_runtime::state::names::Special;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::types::int;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::value::Value;

use crate::vectors;

/// `os.fsencode` of a string.
pub fn encode(vm: &Vm, s: Ref<PyStr>) -> PyResult<Vec<u8>> {
    if let Some(text) = s.as_ascii() {
        return vectors::copy(vm, text.as_bytes());
    }
    let mut out = Vec::new();
    let mut buffer = [0; 4];
    for (i, c) in s.chars().enumerate() {
        vectors::reserve(vm, &mut out, buffer.len())?;
        match (char::from_u32(c), c) {
            (Some(c), _) => out.extend_from_slice(c.encode_utf8(&mut buffer).as_bytes()),
            (None, 0xdc80..=0xdcff) => out.push((c - 0xdc00) as u8),
            _ => {
                let args = [
                    vm.names.utf_8.value(),
                    s.value(),
                    Value::from_len(i),
                    Value::from_len(i + 1),
                    vm.new_str("surrogates not allowed")?.value(),
                ];
                return Err(vm.raise_args(vm.types.unicode_encode_error, &args));
            }
        }
    }
    Ok(out)
}

/// `os.fsdecode` of bytes.
pub fn decode(vm: &Vm, bytes: &[u8]) -> PyResult<Ref<PyStr>> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return vm.new_str(text);
    }
    let mut points = Vec::new();
    vectors::reserve(vm, &mut points, bytes.len())?;
    for chunk in bytes.utf8_chunks() {
        points.extend(chunk.valid().chars().map(u32::from));
        points.extend(chunk.invalid().iter().map(|b| 0xdc00 + u32::from(*b)));
    }
    PyStr::from_ucs4(vm, &points)
}

/// A path, or an open file's number, as an argument.
pub struct Path {
    /// As it was given, for messages.
    pub given: Value,
    pub text: CString,
    /// Given as bytes: results are bytes, too.
    pub bytes: bool,
    pub fd: Option<i32>,
}

impl Path {
    pub fn as_ptr(&self) -> *const libc::c_char {
        self.text.as_ptr()
    }

    /// A name for the result: of the kind that the path was.
    pub fn name(&self, vm: &Vm, bytes: &[u8]) -> PyResult<Value> {
        if self.bytes { Ok(PyBytes::new(vm, bytes)?.value()) } else { Ok(decode(vm, bytes)?.value()) }
    }
}

/// What else than a path an argument may be.
#[derive(Copy, Clone, Default)]
pub struct Allow {
    pub fd: bool,
    pub none: bool,
}

/// Converts a path argument of `function` named `name`.
pub fn path(vm: &Vm, v: Value, function: &str, name: &str, allow: Allow) -> PyResult<Path> {
    let empty = |bytes, fd| Path { given: v, text: CString::default(), bytes, fd };
    if v.is_none() && allow.none {
        return Ok(Path { text: CString::from(c"."), ..empty(false, None) });
    }
    let mut source = v;
    let is_text = |v: Value| v.downcast::<PyStr>().is_some() || v.downcast::<PyBytes>().is_some();
    if !is_text(v) {
        if allow.fd && vm.type_of(v).special(Special::Index).is_some() {
            return Ok(empty(false, Some(fd_number(vm, v)?)));
        }
        let expected = match (allow.fd, allow.none) {
            (true, true) => "string, bytes, os.PathLike, integer or None",
            (true, false) => "string, bytes, os.PathLike or integer",
            (false, true) => "string, bytes, os.PathLike or None",
            (false, false) => "string, bytes or os.PathLike",
        };
        let wrong =
            |vm: &Vm| vm.type_error(format!("{function}: {name} should be {expected}, not {}", vm.type_name(v)));
        let Some(result) = vm.call_special(v, Special::Fspath, &[])? else { return Err(wrong(vm)) };
        if !is_text(result) {
            return Err(vm.type_error(format!(
                "expected {}.__fspath__() to return str or bytes, not {}",
                vm.type_name(v),
                vm.type_name(result)
            )));
        }
        source = result;
    }
    let (bytes, raw) = match source.downcast::<PyStr>() {
        Some(s) => (encode(vm, s)?, false),
        None => match source.downcast::<PyBytes>() {
            Some(b) => (vectors::copy(vm, b.as_slice())?, true),
            None => (Vec::new(), true),
        },
    };
    match CString::new(bytes) {
        Ok(text) => Ok(Path { given: v, text, bytes: raw, fd: None }),
        Err(_) => Err(vm.value_error(format!("{function}: embedded null character in {name}"))),
    }
}

/// An open file's number.
pub fn fd_number(vm: &Vm, v: Value) -> PyResult<i32> {
    let i = vm.index(v)?;
    let big = if int::is_negative(i) { i64::MIN } else { i64::MAX };
    let i = int::to_i64(i).unwrap_or(big);
    i32::try_from(i)
        .map_err(|_| vm.overflow_error(if i > 0 { "fd is greater than maximum" } else { "fd is less than minimum" }))
}

/// `dir_fd=`
pub fn dir_fd(vm: &Vm, v: Option<Value>) -> PyResult<i32> {
    match v.filter(|v| !v.is_none()) {
        None => Ok(libc::AT_FDCWD),
        Some(v) if vm.type_of(v).special(Special::Index).is_some() => fd_number(vm, v),
        Some(v) => Err(vm.type_error(format!("argument should be integer or None, not {}", vm.type_name(v)))),
    }
}

/// `os.fspath`
pub fn fspath(vm: &Vm, v: Value) -> PyResult<Value> {
    if v.downcast::<PyStr>().is_some() || v.downcast::<PyBytes>().is_some() {
        return Ok(v);
    }
    let Some(result) = vm.call_special(v, Special::Fspath, &[])? else {
        return Err(vm.type_error(format!("expected str, bytes or os.PathLike object, not {}", vm.type_name(v))));
    };
    if result.downcast::<PyStr>().is_some() || result.downcast::<PyBytes>().is_some() {
        return Ok(result);
    }
    Err(vm.type_error(format!(
        "expected {}.__fspath__() to return str or bytes, not {}",
        vm.type_name(v),
        vm.type_name(result)
    )))
}

/// Runs a system call without the GIL; again when a signal broke it off and its handler raised nothing. A negative
/// result is the error.
pub fn retry<T: Copy + Into<i64>>(vm: &Vm, mut f: impl FnMut() -> T) -> PyResult<Result<T, i32>> {
    loop {
        let (result, error) = vm.allow_threads(|| {
            let result = f();
            (result, std::io::Error::last_os_error().raw_os_error().unwrap_or(0))
        });
        if result.into() >= 0 {
            return Ok(Ok(result));
        }
        if error != libc::EINTR {
            return Ok(Err(error));
        }
        vm.poll()?;
    }
}

/// [`retry`], the error as an OSError about `filename`.
pub fn system<T: Copy + Into<i64>>(vm: &Vm, filename: Option<Value>, f: impl FnMut() -> T) -> PyResult<T> {
    retry(vm, f)?.map_err(|errno| vm.os_error(errno, filename))
}

/// Tells the audit hooks of an operation. An argument that was not given (a `dir_fd`) is -1.
pub fn audit(vm: &Vm, event: &str, args: &[Option<Value>]) -> PyResult<()> {
    if !vm.is_audited() {
        return Ok(());
    }
    let none = Value::from_i32(-1);
    let mut values = [none; 4];
    for (value, arg) in values.iter_mut().zip(args) {
        *value = arg.filter(|v| !v.is_none()).unwrap_or(none);
    }
    vm.audit(event, values.get(..args.len()).unwrap_or(&values))
}
