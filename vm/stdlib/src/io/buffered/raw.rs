//! The raw stream below a buffer: a plain file by system calls, any other by its methods.

use brolga_runtime::PyResult;
use brolga_runtime::object::Ref;
use brolga_runtime::state::Vm;
use brolga_runtime::types::bytearray::PyByteArray;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::value::Value;

use super::super::{offset_arg, os_error_text};
use super::{PyBuffered, raw_of};

fn moved(this: Ref<PyBuffered>, n: usize) {
    if this.abs_pos.get() >= 0 {
        this.abs_pos.set(this.abs_pos.get().saturating_add(n as i64));
    }
}

/// Calls a method of a raw stream; again after an InterruptedError.
fn call(vm: &Vm, raw: Value, name: &str, args: &[Value]) -> PyResult<Value> {
    loop {
        match vm.call_method(raw, name, args) {
            Ok(v) => return Ok(v),
            Err(raised) => {
                vm.catch(raised, vm.types.interrupted_error)?;
                vm.poll()?;
            }
        }
    }
}

/// Memory as a Python stream's `readinto` and `write` get it: it can't be resized, nor kept out of the owner's hands.
fn view_of(vm: &Vm, owner: Value) -> PyResult<Value> {
    vm.call(vm.types.memoryview.value(), &[owner])
}

/// Reads up to `len` bytes; `None`: it would block.
///
/// # Safety
/// `ptr` is good for `len` bytes, in an object that the caller's stack holds.
pub unsafe fn read(vm: &Vm, this: Ref<PyBuffered>, ptr: *mut u8, len: usize) -> PyResult<Option<usize>> {
    if let Some(file) = this.raw_file() {
        // SAFETY: by the contract.
        let n = unsafe { file.read_to(vm, ptr, len) }?;
        moved(this, n.unwrap_or(0));
        return Ok(n);
    }
    let raw = raw_of(vm, this)?;
    let array = PyByteArray::new(vm, &[])?;
    array.resize(vm, len)?;
    let view = view_of(vm, array.value())?;
    let result = call(vm, raw, "readinto", &[view])?;
    if result.is_none() {
        return Ok(None);
    }
    let n = match vm.to_isize(result) {
        Ok(n) => n,
        Err(raised) => {
            let cause = vm.take_raised(raised);
            let raised = os_error_text(vm, "raw readinto() failed");
            let error = vm.take_raised(raised);
            error.set_cause(Some(cause));
            error.set_context(Some(cause));
            return Err(vm.reraise(error));
        }
    };
    match usize::try_from(n) {
        Ok(n) if n <= len && n <= array.len() => {
            // SAFETY: `n` bytes are in the array, and the target has room for `len`.
            unsafe { std::ptr::copy_nonoverlapping(array.as_slice().as_ptr(), ptr, n) };
            moved(this, n);
            Ok(Some(n))
        }
        _ => Err(os_error_text(
            vm,
            &format!("raw readinto() returned invalid length {n} (should have been between 0 and {len})"),
        )),
    }
}

/// Writes up to `len` bytes; `None`: it would block.
///
/// # Safety
/// As [`read`].
pub unsafe fn write(vm: &Vm, this: Ref<PyBuffered>, ptr: *const u8, len: usize) -> PyResult<Option<usize>> {
    if let Some(file) = this.raw_file() {
        // SAFETY: by the contract.
        let n = unsafe { file.write_from(vm, ptr, len) }?;
        moved(this, n.unwrap_or(0));
        return Ok(n);
    }
    let raw = raw_of(vm, this)?;
    // SAFETY: by the contract; copied before anything else runs.
    let bytes = PyBytes::new(vm, unsafe { std::slice::from_raw_parts(ptr, len) })?;
    let view = view_of(vm, bytes.value())?;
    let result = call(vm, raw, "write", &[view])?;
    if result.is_none() {
        return Ok(None);
    }
    let n = vm.to_isize(result)?;
    match usize::try_from(n) {
        Ok(n) if n <= len => {
            moved(this, n);
            Ok(Some(n))
        }
        _ => Err(os_error_text(
            vm,
            &format!("raw write() returned invalid length {n} (should have been between 0 and {len})"),
        )),
    }
}

/// Moves the raw stream; the new position.
pub fn seek(vm: &Vm, this: Ref<PyBuffered>, offset: i64, whence: i32) -> PyResult<i64> {
    let at = match this.raw_file() {
        Some(file) => file.seek_to(vm, offset, whence)?,
        None => {
            let raw = raw_of(vm, this)?;
            let result = vm.call_method(raw, "seek", &[vm.new_int(offset)?, Value::from_i32(whence)])?;
            let at = offset_arg(vm, result)?;
            if at < 0 {
                return Err(os_error_text(vm, &format!("Raw stream returned invalid position {at}")));
            }
            at
        }
    };
    this.abs_pos.set(at);
    Ok(at)
}

/// Asks the raw stream where it is.
pub fn tell(vm: &Vm, this: Ref<PyBuffered>) -> PyResult<i64> {
    let at = match this.raw_file() {
        Some(file) => file.seek_to(vm, 0, libc::SEEK_CUR)?,
        None => {
            let raw = raw_of(vm, this)?;
            let result = vm.call_method(raw, "tell", &[])?;
            let at = offset_arg(vm, result)?;
            if at < 0 {
                return Err(os_error_text(vm, &format!("Raw stream returned invalid position {at}")));
            }
            at
        }
    };
    this.abs_pos.set(at);
    Ok(at)
}

/// The position if it is known, else by [`tell`].
pub fn position(vm: &Vm, this: Ref<PyBuffered>) -> PyResult<i64> {
    if this.abs_pos.get() >= 0 { Ok(this.abs_pos.get()) } else { tell(vm, this) }
}
