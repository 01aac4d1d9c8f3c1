//! Reading through the buffer.

use brolga_runtime::PyResult;
use brolga_runtime::object::Ref;
use brolga_runtime::state::Vm;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::value::Value;

use super::super::fileio::{self, fill_bytes};
use super::super::memory::buffer_of;
use super::write::flush_and_rewind;
use super::{PyBuffered, WRITABLE, buffer, check_closed, lock, raw, raw_of};

/// The bytes read ahead, copied.
fn ahead_bytes(this: Ref<PyBuffered>, most: usize) -> Vec<u8> {
    ahead_slice(&this, most).to_vec()
}

/// The bytes read ahead, `most` at most. Not to be held across anything that runs Python.
fn ahead_slice(this: &Ref<PyBuffered>, most: usize) -> &[u8] {
    let n = (this.ahead() as usize).min(most);
    match buffer_of(&this.buffer) {
        // SAFETY: what is read ahead lies between `pos` and `read_end` in the buffer.
        Some(b) if n > 0 => unsafe { std::slice::from_raw_parts(b.as_ptr().add(this.pos.get() as usize), n) },
        _ => &[],
    }
}

/// Takes `n` bytes that were read ahead.
fn take(vm: &Vm, this: Ref<PyBuffered>, n: usize) -> PyResult<Value> {
    let bytes = PyBytes::new(vm, ahead_slice(&this, n))?;
    this.pos.set(this.pos.get() + bytes.len() as i64);
    Ok(bytes.value())
}

/// Reads more behind what is there; `None`: it would block.
fn fill(vm: &Vm, this: Ref<PyBuffered>) -> PyResult<Option<usize>> {
    let b = buffer(vm, this)?;
    let start = if this.reading() { this.read_end.get().max(0) as usize } else { 0 };
    let room = this.size.get().saturating_sub(start);
    // SAFETY: the buffer has `size` bytes, and `b` stays on this stack.
    let n = unsafe { raw::read(vm, this, b.as_ptr().add(start.min(this.size.get())), room) }?;
    if let Some(n) = n
        && n > 0
    {
        this.read_end.set((start + n) as i64);
        this.raw_pos.set((start + n) as i64);
    }
    Ok(n)
}

/// `read(n)`, `n` not negative. None where nothing is there yet.
pub fn read_n(vm: &Vm, this: Ref<PyBuffered>, n: usize) -> PyResult<Value> {
    check_closed(vm, this, "read of closed file")?;
    if n as i64 <= this.ahead() {
        return take(vm, this, n);
    }
    let _guard = lock::enter(vm, this)?;
    let mut blocked = false;
    let got = fill_bytes(vm, n, |ptr, len| {
        let (done, would_block) = read_loop(vm, this, ptr, len, true)?;
        blocked = would_block;
        Ok(Some(done))
    })?;
    match got {
        Some(b) if b.is_empty() && blocked => Ok(Value::NONE),
        Some(b) => Ok(b.value()),
        None => Ok(Value::NONE),
    }
}

/// Reads until `len` bytes are there or there are no more (or, not `whole`, after the first read of the raw stream).
/// The second result: it ended because a read would block.
fn read_loop(vm: &Vm, this: Ref<PyBuffered>, ptr: *mut u8, len: usize, whole: bool) -> PyResult<(usize, bool)> {
    let mut done = 0;
    let ahead = ahead_slice(&this, len);
    // SAFETY: the caller's memory has room for `len` bytes.
    unsafe { std::ptr::copy_nonoverlapping(ahead.as_ptr(), ptr, ahead.len()) };
    done += ahead.len();
    this.pos.set(this.pos.get() + done as i64);
    if done == len {
        return Ok((done, false));
    }
    if this.has(WRITABLE) {
        flush_and_rewind(vm, this)?;
    }
    this.reset_read();
    let size = this.size.get();
    // Whole buffers go straight to the target.
    while len - done >= size {
        let n = (len - done) / size * size;
        // SAFETY: within the caller's memory, which its stack holds.
        match unsafe { raw::read(vm, this, ptr.add(done), n) }? {
            Some(0) => return Ok((done, false)),
            Some(n) => done += n,
            None => return Ok((done, true)),
        }
        if !whole {
            return Ok((done, false));
        }
    }
    this.pos.set(0);
    this.raw_pos.set(0);
    this.read_end.set(0);
    while done < len && this.read_end.get() < size as i64 {
        match fill(vm, this)? {
            Some(0) => return Ok((done, false)),
            None => return Ok((done, true)),
            Some(_) => {}
        }
        let ahead = ahead_slice(&this, len - done);
        // SAFETY: as above.
        unsafe { std::ptr::copy_nonoverlapping(ahead.as_ptr(), ptr.add(done), ahead.len()) };
        done += ahead.len();
        this.pos.set(this.pos.get() + ahead.len() as i64);
        if !whole {
            break;
        }
    }
    Ok((done, false))
}

/// `read()`: all that is left.
pub fn read_all(vm: &Vm, this: Ref<PyBuffered>) -> PyResult<Value> {
    check_closed(vm, this, "read of closed file")?;
    let _guard = lock::enter(vm, this)?;
    let head = ahead_bytes(this, usize::MAX);
    this.pos.set(this.pos.get() + head.len() as i64);
    if this.has(WRITABLE) {
        flush_and_rewind(vm, this)?;
    }
    this.reset_read();
    let rest = match this.raw_file() {
        Some(file) => {
            let rest = fileio::readall(vm, file)?;
            this.abs_pos.set(-1);
            rest
        }
        None => {
            let raw = raw_of(vm, this)?;
            match vm.get_attr_opt(raw, vm.intern("readall")?)? {
                Some(readall) => {
                    let rest = vm.call(readall, &[])?;
                    this.abs_pos.set(-1);
                    if !rest.is_none() && rest.downcast::<PyBytes>().is_none() {
                        return Err(vm.type_error("readall() should return bytes"));
                    }
                    rest
                }
                None => read_all_by_pieces(vm, this, raw)?,
            }
        }
    };
    match rest.downcast::<PyBytes>() {
        None if head.is_empty() => Ok(Value::NONE),
        None => Ok(PyBytes::new(vm, &head)?.value()),
        Some(_) if head.is_empty() => Ok(rest),
        Some(rest) => {
            let mut all = head;
            all.try_reserve(rest.len()).map_err(|_| vm.memory_error())?;
            all.extend_from_slice(rest.as_slice());
            Ok(PyBytes::new(vm, &all)?.value())
        }
    }
}

fn read_all_by_pieces(vm: &Vm, this: Ref<PyBuffered>, raw: Value) -> PyResult<Value> {
    let mut all: Vec<u8> = Vec::new();
    let mut any = false;
    loop {
        let data = vm.call_method(raw, "read", &[])?;
        if data.is_none() {
            if !any {
                return Ok(data);
            }
            break;
        }
        let Some(bytes) = data.downcast::<PyBytes>() else { return Err(vm.type_error("read() should return bytes")) };
        any = true;
        if bytes.is_empty() {
            break;
        }
        all.try_reserve(bytes.len()).map_err(|_| vm.memory_error())?;
        all.extend_from_slice(bytes.as_slice());
        if this.abs_pos.get() != -1 {
            this.abs_pos.set(this.abs_pos.get().saturating_add(bytes.len() as i64));
        }
    }
    Ok(PyBytes::new(vm, &all)?.value())
}

/// `read1(n)`: what one read of the raw stream gives, at most; what was read ahead if there is some.
pub fn read1(vm: &Vm, this: Ref<PyBuffered>, n: i64) -> PyResult<Value> {
    let n = usize::try_from(n).unwrap_or(this.size.get());
    check_closed(vm, this, "read of closed file")?;
    if n == 0 {
        return Ok(PyBytes::new(vm, b"")?.value());
    }
    let ahead = this.ahead() as usize;
    if ahead > 0 {
        return take(vm, this, ahead.min(n));
    }
    let _guard = lock::enter(vm, this)?;
    // Another thread may have read ahead meanwhile.
    let ahead = this.ahead() as usize;
    if ahead > 0 {
        return take(vm, this, ahead.min(n));
    }
    this.reset_read();
    if this.has(WRITABLE) {
        flush_and_rewind(vm, this)?;
    }
    // SAFETY: the new object is on the stack of `fill_bytes`.
    let got = fill_bytes(vm, n, |ptr, len| unsafe { raw::read(vm, this, ptr, len) })?;
    match got {
        Some(b) => Ok(b.value()),
        None => Ok(PyBytes::new(vm, b"")?.value()),
    }
}

/// [`read1`] for a text stream's chunk: fills the buffer rather than reading less than it holds.
pub fn read1_bytes(vm: &Vm, this: Ref<PyBuffered>, n: usize) -> PyResult<Value> {
    check_closed(vm, this, "read of closed file")?;
    if this.ahead() == 0 && n < this.size.get() && !this.has(WRITABLE) {
        let _guard = lock::enter(vm, this)?;
        if this.ahead() == 0 {
            this.pos.set(0);
            this.raw_pos.set(0);
            this.read_end.set(0);
            fill(vm, this)?;
        }
    }
    let ahead = this.ahead() as usize;
    take(vm, this, ahead.min(n)).and_then(|v| {
        if ahead > 0 || !this.has(WRITABLE) && n < this.size.get() { Ok(v) } else { read1(vm, this, n as i64) }
    })
}

/// What `peek` shows: what was read ahead, or else what one read gives.
pub fn peek_slice(vm: &Vm, this: Ref<PyBuffered>) -> PyResult<Value> {
    check_closed(vm, this, "peek of closed file")?;
    let _guard = lock::enter(vm, this)?;
    if this.has(WRITABLE) {
        flush_and_rewind(vm, this)?;
    }
    if this.ahead() == 0 {
        this.reset_read();
        this.pos.set(0);
        this.raw_pos.set(0);
        fill(vm, this)?;
    }
    Ok(PyBytes::new(vm, ahead_slice(&this, usize::MAX))?.value())
}

/// `readinto(target)`, `readinto1(target)`.
pub fn read_into(vm: &Vm, this: Ref<PyBuffered>, target: Value, whole: bool) -> PyResult<Value> {
    let name = if whole { "readinto() argument" } else { "readinto1() argument" };
    let mut loan = vm.writable_buffer(target, name)?;
    check_closed(vm, this, "readinto of closed file")?;
    let _guard = lock::enter(vm, this)?;
    let to = loan.as_mut_slice();
    let (ptr, len) = (to.as_mut_ptr(), to.len());
    if !whole && this.ahead() > 0 {
        let (n, _) = read_loop(vm, this, ptr, len.min(this.ahead() as usize), false)?;
        return Ok(Value::from_len(n));
    }
    let (n, blocked) = read_loop(vm, this, ptr, len, whole)?;
    if n == 0 && blocked { Ok(Value::NONE) } else { Ok(Value::from_len(n)) }
}

/// `readline(limit)`; a negative limit is none.
pub fn readline(vm: &Vm, this: Ref<PyBuffered>, limit: i64) -> PyResult<Value> {
    check_closed(vm, this, "readline of closed file")?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    // Mostly the line is there.
    let ahead = ahead_slice(&this, limit);
    let end = super::super::newline::find_byte(b'\n', ahead).map(|i| i + 1);
    if let Some(end) = end.or((ahead.len() == limit).then_some(limit)) {
        return take(vm, this, end);
    }
    let _guard = lock::enter(vm, this)?;
    let mut line = ahead_bytes(this, limit);
    this.pos.set(this.pos.get() + line.len() as i64);
    if this.has(WRITABLE) {
        flush_and_rewind(vm, this)?;
    }
    loop {
        this.reset_read();
        this.pos.set(0);
        this.raw_pos.set(0);
        match fill(vm, this)? {
            None | Some(0) => break,
            Some(_) => {}
        }
        let ahead = ahead_slice(&this, limit - line.len());
        let end = super::super::newline::find_byte(b'\n', ahead).map(|i| i + 1);
        let n = end.unwrap_or(ahead.len());
        line.try_reserve(n).map_err(|_| vm.memory_error())?;
        line.extend_from_slice(ahead.get(..n).unwrap_or(&[]));
        this.pos.set(n as i64);
        if end.is_some() || line.len() >= limit {
            break;
        }
    }
    Ok(PyBytes::new(vm, &line)?.value())
}
