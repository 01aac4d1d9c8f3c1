//! Positions.

use brolga_runtime::PyResult;
use brolga_runtime::object::Ref;
use brolga_runtime::state::Vm;
use brolga_runtime::value::Value;

use super::super::{base, unsupported};
use super::write::{flush_and_rewind, flush_unlocked};
use super::{PyBuffered, READABLE, WRITABLE, check_closed, lock, raw, raw_of};

fn check_seekable(vm: &Vm, this: Ref<PyBuffered>) -> PyResult<()> {
    match this.raw_file() {
        Some(file) if file.is_seekable(vm)? => Ok(()),
        Some(_) => Err(base::not_able(vm, "seekable")),
        None => base::check_able(vm, raw_of(vm, this)?, "seekable"),
    }
}

/// `tell()`.
pub fn tell(vm: &Vm, this: Ref<PyBuffered>) -> PyResult<i64> {
    super::check_init(vm, this)?;
    let at = raw::tell(vm, this)?;
    // A raw stream that was moved by others may be before its own buffer's start.
    Ok((at - this.raw_offset()).max(0))
}

/// `seek(target, whence)`.
pub fn seek(vm: &Vm, this: Ref<PyBuffered>, target: i64, whence: i32) -> PyResult<i64> {
    super::check_init(vm, this)?;
    if !matches!(whence, 0..=4) {
        return Err(vm.value_error(format!("whence value {whence} unsupported")));
    }
    check_closed(vm, this, "seek of closed file")?;
    check_seekable(vm, this)?;
    if whence < 2 && this.has(READABLE) {
        let current = raw::position(vm, this)?;
        let ahead = this.ahead();
        if ahead > 0 {
            let offset = if whence == 0 { target.saturating_sub(current - this.raw_offset()) } else { target };
            if offset >= -this.pos.get() && offset <= ahead {
                let result = current - ahead + offset;
                if result >= 0 {
                    this.pos.set(this.pos.get() + offset);
                    return Ok(result);
                }
            }
        }
    }
    let _guard = lock::enter(vm, this)?;
    if this.has(WRITABLE) {
        flush_unlocked(vm, this)?;
    }
    let target = if whence == 1 { target.saturating_sub(this.raw_offset()) } else { target };
    let at = raw::seek(vm, this, target, whence)?;
    this.raw_pos.set(-1);
    if this.has(READABLE) {
        this.reset_read();
    }
    Ok(at)
}

/// `truncate(pos)`.
pub fn truncate(vm: &Vm, this: Ref<PyBuffered>, pos: Value) -> PyResult<Value> {
    check_closed(vm, this, "truncate of closed file")?;
    if !this.has(WRITABLE) {
        return Err(unsupported(vm, "truncate"));
    }
    let _guard = lock::enter(vm, this)?;
    flush_and_rewind(vm, this)?;
    let raw = raw_of(vm, this)?;
    let result = vm.call_method(raw, "truncate", &[pos])?;
    if let Err(raised) = raw::tell(vm, this) {
        vm.catch(raised, vm.types.exception)?;
    }
    Ok(result)
}
