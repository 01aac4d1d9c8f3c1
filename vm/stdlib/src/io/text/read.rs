//! Reading text.

use brolga_runtime::PyResult;
use brolga_runtime::object::Ref;
use brolga_runtime::state::Vm;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::types::str::{PyStr, StrBuilder, slice};
use brolga_runtime::value::{Slot, Value};

use super::super::newline::{LineEnd, line_end};
use super::super::{buffered, unsupported};
use super::{CAN_READ, HAS_READ1, Me, SEEKABLE, TELLING, check_closed, coding, forget_decoded, forget_snapshot, write};

/// Reads and decodes a piece; `false`: the end. `hint`: characters wanted.
fn read_chunk(vm: &Vm, this: Me, hint: usize) -> PyResult<bool> {
    if !this.has(CAN_READ) {
        return Err(unsupported(vm, "not readable"));
    }
    let before = if this.has(TELLING) { Some(coding::decoder_state(vm, this)?) } else { None };
    let wanted = if hint > 0 && this.ratio.get() > 0.0 { (hint as f64 * this.ratio.get()) as usize } else { hint };
    let size = wanted.max(this.chunk.get());
    let input = match this.native_buffer() {
        Some(b) => buffered::read1_bytes(vm, b, size)?,
        None => {
            let name = if this.has(HAS_READ1) { "read1" } else { "read" };
            let input = vm.call_method(super::buffer_of(vm, this)?, name, &[Value::from_len(size)])?;
            if !vm.has_buffer(input) {
                return Err(vm.type_error(format!(
                    "underlying {name}() should have returned a bytes-like object, not '{}'",
                    vm.type_name(input)
                )));
            }
            input
        }
    };
    let read = match input.downcast::<PyBytes>() {
        Some(b) => b.len(),
        None => vm.buffer(input, false)?.len(),
    };
    let mut ended = read == 0;
    let text = coding::decode(vm, this, input, ended)?;
    this.decoded.set(this, text.value());
    this.used.set(0);
    if text.is_empty() {
        this.ratio.set(0.0);
    } else {
        this.ratio.set(read as f64 / text.len() as f64);
        ended = false;
    }
    if let Some((held, flags)) = before {
        let next = match input.downcast::<PyBytes>() {
            Some(b) if held.is_empty() => b,
            _ => {
                let mut all = held.as_slice().to_vec();
                vm.with_buffer(input, |b| all.extend_from_slice(b))?;
                PyBytes::new(vm, &all)?
            }
        };
        this.snapshot_flags.set(this, vm.new_int_u64(flags)?);
        this.snapshot.set(this, next.value());
    }
    Ok(!ended)
}

/// Takes up to `n` characters of what is decoded.
fn take(vm: &Vm, this: Me, n: usize) -> PyResult<Ref<PyStr>> {
    let Some(text) = this.decoded_text() else { return Ok(vm.names.empty) };
    let from = this.used.get();
    let to = from.saturating_add(n).min(text.len());
    this.used.set(to);
    if from == 0 && to == text.len() {
        return Ok(text);
    }
    slice(vm, text, from, to)
}

/// `read(n)`.
pub fn read(vm: &Vm, this: Me, n: i64) -> PyResult<Ref<PyStr>> {
    super::check_init(vm, this)?;
    check_closed(vm, this)?;
    if !this.has(CAN_READ) {
        return Err(unsupported(vm, "not readable"));
    }
    write::write_pending(vm, this)?;
    if n < 0 {
        let bytes = match this.native_buffer() {
            Some(b) => buffered::read_all(vm, b)?,
            None => vm.call_method(super::buffer_of(vm, this)?, "read", &[])?,
        };
        let rest = coding::decode(vm, this, bytes, true)?;
        let head = take(vm, this, usize::MAX)?;
        let result = if head.is_empty() { rest } else { brolga_runtime::types::str::concat(vm, head, rest)? };
        if !this.snapshot.is_empty() || !this.decoded.is_empty() {
            forget_decoded(this);
            forget_snapshot(this);
        }
        return Ok(result);
    }
    let n = n as usize;
    let first = take(vm, this, n)?;
    if first.len() >= n {
        return Ok(first);
    }
    let mut out = StrBuilder::new();
    out.push_str(&first);
    while out.len() < n {
        match read_chunk(vm, this, n - out.len()) {
            Ok(false) => break,
            Ok(true) => {}
            Err(raised) => {
                vm.catch(raised, vm.types.interrupted_error)?;
                vm.poll()?;
                continue;
            }
        }
        out.push_str(&*take(vm, this, n - out.len())?);
    }
    out.finish(vm)
}

/// `readline(limit)`; negative: none. The empty string at the end.
pub fn readline(vm: &Vm, this: Me, limit: i64) -> PyResult<Ref<PyStr>> {
    check_closed(vm, this)?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    if this.pending_len.get() > 0 {
        write::write_pending(vm, this)?;
    }
    let ends = this.line_end();
    // Mostly the line is there.
    if let Some(text) = this.decoded_text()
        && let Some(end) = line_end(text.view(), this.used.get(), ends)
    {
        return take(vm, this, (end - this.used.get()).min(limit));
    }
    let mut out = StrBuilder::new();
    loop {
        let have = this.decoded_text().filter(|t| this.used.get() < t.len());
        let Some(text) = have else {
            match read_chunk(vm, this, 0) {
                Ok(true) => continue,
                Ok(false) => {
                    forget_decoded(this);
                    forget_snapshot(this);
                    break;
                }
                Err(raised) => {
                    vm.catch(raised, vm.types.interrupted_error)?;
                    vm.poll()?;
                    continue;
                }
            }
        };
        let from = this.used.get();
        let room = limit - out.len();
        // An ending of two characters may lie across two pieces.
        let split =
            ends == LineEnd::CrLf && out.buf().as_text().iter().next_back() == Some(13) && text.char_at(from) == 10;
        let end = if split { Some(from + 1) } else { line_end(text.view(), from, ends) };
        if out.is_empty()
            && let Some(end) = end
        {
            return take(vm, this, (end - from).min(room));
        }
        let to = end.unwrap_or(text.len()).min(from.saturating_add(room));
        out.push_slice(&text, from, to);
        this.used.set(to);
        if end.is_some() || out.len() >= limit {
            break;
        }
    }
    out.finish(vm)
}

/// The next line of an iteration. While it goes on, `tell` does not work.
pub fn next(vm: &Vm, this: Me) -> PyResult<Slot> {
    this.set_flag(TELLING, false);
    let class = vm.type_of(this.value());
    let line = if class.is_heap_type() {
        let line = vm.call_method(this.value(), "readline", &[])?;
        line.downcast::<PyStr>().ok_or_else(|| {
            super::super::os_error_text(
                vm,
                &format!("readline() should have returned a str object, not '{}'", vm.type_name(line)),
            )
        })?
    } else {
        super::check_init(vm, this)?;
        readline(vm, this, -1)?
    };
    if line.is_empty() {
        forget_snapshot(this);
        this.set_flag(TELLING, this.has(SEEKABLE));
        return Ok(None);
    }
    Ok(Some(line.value()))
}
