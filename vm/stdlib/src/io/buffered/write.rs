//! Writing through the buffer.

use brolga_runtime::object::Ref;
use brolga_runtime::state::Vm;
use brolga_runtime::types::exception::PyException;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, Raised};

use super::{PyBuffered, READABLE, WRITABLE, buffer, check_closed, lock, raw};

/// The BlockingIOError that says how much was taken.
fn would_block(vm: &Vm, written: usize) -> Raised {
    let make = || -> PyResult<Ref<PyException>> {
        let text = vm.new_str("write could not complete without blocking")?;
        PyException::new(
            vm,
            vm.types.blocking_io_error,
            &[Value::from_i32(libc::EAGAIN), text.value(), Value::from_len(written)],
        )
    };
    match make() {
        Ok(e) => vm.raise(e),
        Err(raised) => raised,
    }
}

/// `write` of `len` bytes at `ptr`; how many were taken.
///
/// # Safety
/// `ptr` is good for `len` bytes, in an object that the caller's stack holds, and not this stream's buffer.
pub unsafe fn write_slice(vm: &Vm, this: Ref<PyBuffered>, ptr: *const u8, len: usize) -> PyResult<usize> {
    check_closed(vm, this, "write to closed file")?;
    let _guard = lock::enter(vm, this)?;
    let b = buffer(vm, this)?;
    let size = this.size.get();
    if !this.reading() && !this.writing() {
        this.pos.set(0);
        this.raw_pos.set(0);
    }
    let pos = this.pos.get();
    let room = size.saturating_sub(pos as usize);
    if len <= room && len < size {
        // SAFETY: the buffer has `size` bytes, `room` of them from `pos` on.
        unsafe { std::ptr::copy_nonoverlapping(ptr, b.as_ptr().add(pos as usize), len) };
        if !this.writing() || this.write_pos.get() > pos {
            this.write_pos.set(pos);
        }
        this.move_to(pos + len as i64);
        if this.write_end.get() < this.pos.get() {
            this.write_end.set(this.pos.get());
        }
        return Ok(len);
    }
    if let Err(raised) = flush_unlocked(vm, this) {
        // Not all could go out, for it would block: what fits is kept.
        let error = vm.catch(raised, vm.types.blocking_io_error)?;
        if this.has(READABLE) {
            this.reset_read();
        }
        let start = this.write_pos.get();
        let left = (this.write_end.get() - start).max(0) as usize;
        // SAFETY: both ranges lie in the buffer.
        unsafe { std::ptr::copy(b.as_ptr().add(start as usize), b.as_ptr(), left) };
        this.write_end.set(this.write_end.get() - start);
        this.raw_pos.set(this.raw_pos.get() - start);
        this.pos.set(this.pos.get() - start);
        this.write_pos.set(0);
        let room = size - left.min(size);
        let n = len.min(room);
        // SAFETY: `room` bytes are free behind those that are left.
        unsafe { std::ptr::copy_nonoverlapping(ptr, b.as_ptr().add(left), n) };
        this.write_end.set(this.write_end.get() + n as i64);
        this.pos.set(this.pos.get() + n as i64);
        if n == len {
            return Ok(len);
        }
        let _ = error;
        return Err(would_block(vm, n));
    }
    // The raw stream may be ahead, by what was read.
    let offset = this.raw_offset();
    if offset != 0 {
        raw::seek(vm, this, -offset, 1)?;
        this.raw_pos.set(this.raw_pos.get() - offset);
    }
    let mut done = 0;
    while len - done > size {
        // SAFETY: within the caller's memory.
        match unsafe { raw::write(vm, this, ptr.add(done), len - done) }? {
            Some(n) => done += n,
            None => {
                if len - done > size {
                    // SAFETY: as above; the buffer has `size` bytes.
                    unsafe { std::ptr::copy_nonoverlapping(ptr.add(done), b.as_ptr(), size) };
                    this.raw_pos.set(0);
                    this.move_to(size as i64);
                    this.write_pos.set(0);
                    this.write_end.set(size as i64);
                    return Err(would_block(vm, done + size));
                }
                break;
            }
        }
        vm.poll()?;
    }
    if this.has(READABLE) {
        this.reset_read();
    }
    let rest = len - done;
    if rest > 0 {
        // SAFETY: as above; `rest` is at most `size`.
        unsafe { std::ptr::copy_nonoverlapping(ptr.add(done), b.as_ptr(), rest) };
    }
    this.write_pos.set(0);
    this.write_end.set(rest as i64);
    this.move_to(rest as i64);
    this.raw_pos.set(0);
    Ok(len)
}

/// Writes out what is to be written.
pub fn flush_unlocked(vm: &Vm, this: Ref<PyBuffered>) -> PyResult<()> {
    if !this.writing() || this.write_pos.get() == this.write_end.get() {
        this.reset_write();
        return Ok(());
    }
    let back = this.raw_offset() + (this.pos.get() - this.write_pos.get());
    if back != 0 {
        raw::seek(vm, this, -back, 1)?;
        this.raw_pos.set(this.raw_pos.get() - back);
    }
    let b = buffer(vm, this)?;
    while this.write_pos.get() < this.write_end.get() {
        let (from, to) = (this.write_pos.get(), this.write_end.get());
        // SAFETY: the range lies in the buffer, which `b` keeps.
        let n = unsafe { raw::write(vm, this, b.as_ptr().add(from as usize), (to - from) as usize) }?;
        let Some(n) = n else { return Err(would_block(vm, 0)) };
        this.move_to(from + n as i64);
        this.write_pos.set(this.pos.get());
        this.raw_pos.set(this.pos.get());
        vm.poll()?;
    }
    // A lone reader of the buffer keeps what was read ahead.
    this.reset_write();
    Ok(())
}

/// Writes out, and takes the raw stream back to where this one is.
pub fn flush_and_rewind(vm: &Vm, this: Ref<PyBuffered>) -> PyResult<()> {
    flush_unlocked(vm, this)?;
    if this.has(READABLE) {
        let result = raw::seek(vm, this, -this.raw_offset(), 1);
        this.reset_read();
        result?;
    }
    Ok(())
}

/// `flush()`.
pub fn flush(vm: &Vm, this: Ref<PyBuffered>) -> PyResult<()> {
    check_closed(vm, this, "flush of closed file")?;
    if !this.has(WRITABLE) {
        return Ok(());
    }
    let _guard = lock::enter(vm, this)?;
    flush_and_rewind(vm, this)
}
