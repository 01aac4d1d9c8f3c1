//! Writing text.

use brolga_runtime::PyResult;
use brolga_runtime::codecs::BuiltIn;
use brolga_runtime::object::Ref;
use brolga_runtime::state::Vm;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::types::str::{PyStr, StrBuilder};
use brolga_runtime::value::Value;
use brolga_text::Text;

use super::super::memory::{buffer_of, room};
use super::super::newline::find_char;
use super::super::{buffered, unsupported};
use super::{
    CAN_READ, CAN_WRITE, LINE_BUFFERING, Me, WRITE_CR, WRITE_CRLF, WRITE_THROUGH, check_closed, coding, forget_decoded,
    forget_snapshot,
};

/// `write(text)`.
pub fn write(vm: &Vm, this: Me, text: Value) -> PyResult<usize> {
    super::check_init(vm, this)?;
    let Some(text) = text.downcast::<PyStr>() else {
        return Err(vm.type_error(format!("write() argument must be str, not {}", vm.type_name(text))));
    };
    check_closed(vm, this)?;
    if !this.has(CAN_WRITE) {
        return Err(unsupported(vm, "not writable"));
    }
    let written = text.len();
    let view = text.view();
    let mut flush_buffer = false;
    let mut out = text;
    if this.has(LINE_BUFFERING | WRITE_CR | WRITE_CRLF) {
        let has_lf = find_char(view, b'\n', 0).is_some();
        flush_buffer = this.has(LINE_BUFFERING) && (has_lf || find_char(view, b'\r', 0).is_some());
        if has_lf && this.has(WRITE_CR | WRITE_CRLF) {
            out = translate(vm, view, this.has(WRITE_CRLF))?;
        }
    }
    let plain = match (coding::native(this), out.view()) {
        (Some(BuiltIn::Latin1), Text::One(bytes)) => Some(bytes.as_ptr()),
        (Some(_), Text::One(bytes)) if out.is_ascii() => Some(bytes.as_ptr()),
        _ => None,
    };
    match plain {
        // SAFETY: the string's bytes, as many as characters; `out` keeps them.
        Some(bytes) => unsafe { append(vm, this, bytes, out.len()) }?,
        None => {
            let bytes = coding::encode_slow(vm, this, out)?;
            // SAFETY: the vector outlives the call.
            unsafe { append(vm, this, bytes.as_ptr(), bytes.len()) }?;
        }
    }
    if this.pending_len.get() >= this.chunk.get() || flush_buffer || this.has(WRITE_THROUGH) {
        write_pending(vm, this)?;
    }
    if flush_buffer {
        flush_below(vm, this)?;
    }
    if this.has(CAN_READ) {
        if !this.snapshot.is_empty() || !this.decoded.is_empty() {
            forget_decoded(this);
            forget_snapshot(this);
        }
        coding::reset_decoder(vm, this)?;
    }
    Ok(written)
}

fn translate(vm: &Vm, text: Text<'_>, crlf: bool) -> PyResult<Ref<PyStr>> {
    let mut out = StrBuilder::with_capacity(text.len());
    let mut at = 0;
    while let Some(lf) = find_char(text, b'\n', at) {
        out.buf().push_text(text.slice(at, lf));
        out.push(u32::from(b'\r'));
        if crlf {
            out.push(u32::from(b'\n'));
        }
        at = lf + 1;
    }
    out.buf().push_text(text.slice(at, usize::MAX));
    out.finish(vm)
}

/// Puts bytes behind those that wait to be written. Much at once goes out with what waited before it, so that a file
/// sees writes of full chunks.
///
/// # Safety
/// `ptr` is good for `len` bytes, in something that the caller's stack holds.
unsafe fn append(vm: &Vm, this: Me, ptr: *const u8, len: usize) -> PyResult<()> {
    let waiting = this.pending_len.get();
    if waiting + len > this.chunk.get() && waiting > 0 {
        write_pending(vm, this)?;
    }
    let waiting = this.pending_len.get();
    let capacity = buffer_of(&this.pending).map_or(0, |b| b.capacity());
    let needed = if capacity == 0 { len.max(this.chunk.get().min(1 << 20)) } else { len };
    let b = room(vm, this.obj(), &this.pending, waiting, needed)?;
    // SAFETY: `room` made place for `len` bytes behind the `waiting` ones; the source is something else.
    unsafe { std::ptr::copy_nonoverlapping(ptr, b.as_ptr().add(waiting), len) };
    this.pending_len.set(waiting + len);
    Ok(())
}

/// Writes what waits to the binary stream's buffer.
pub fn write_pending(vm: &Vm, this: Me) -> PyResult<()> {
    let len = this.pending_len.get();
    if len == 0 {
        return Ok(());
    }
    let Some(pending) = buffer_of(&this.pending) else { return Ok(()) };
    // Whoever writes meanwhile (another thread, a method of a Python stream) gets a buffer of its own.
    this.pending.set(this, None);
    this.pending_len.set(0);
    match this.native_buffer() {
        Some(b) => {
            // SAFETY: `len` bytes are in the buffer, which this stack holds.
            unsafe { buffered::write_slice(vm, b, pending.as_ptr(), len) }?;
        }
        None => {
            // SAFETY: as above; copied before anything else runs.
            let bytes = PyBytes::new(vm, unsafe { std::slice::from_raw_parts(pending.as_ptr(), len) })?;
            let stream = super::buffer_of(vm, this)?;
            loop {
                match vm.call_method(stream, "write", &[bytes.value()]) {
                    Ok(_) => break,
                    Err(raised) => {
                        vm.catch(raised, vm.types.interrupted_error)?;
                        vm.poll()?;
                    }
                }
            }
        }
    }
    if this.pending.is_empty() {
        this.pending.set(this, pending.value());
    }
    Ok(())
}

/// Flushes the binary stream.
pub fn flush_below(vm: &Vm, this: Me) -> PyResult<Value> {
    vm.call_method(super::buffer_of(vm, this)?, "flush", &[])
}

/// `flush()`.
pub fn flush(vm: &Vm, this: Me) -> PyResult<Value> {
    super::check_init(vm, this)?;
    check_closed(vm, this)?;
    this.set_flag(super::TELLING, this.has(super::SEEKABLE));
    write_pending(vm, this)?;
    flush_below(vm, this)
}
