//! `bytearray`: the storage. The methods stand in [`methods`].

pub mod methods;

pub use methods::{DEF, ITER_DEF};

use std::cell::Cell;

use crate::PyResult;
use crate::object::layout::{BYTEARRAY, BYTES_BUFFER};
use crate::object::{Field, Header, HeapType, LayoutId, Ref};
use crate::protocol::buffer::Exports;
use crate::state::Vm;
use crate::types::shape;
use crate::value::Value;

/// Bytes on the heap behind a bytearray (or another growable object). Python never sees one; the collector looks not
/// into it.
#[repr(C)]
pub struct PyByteBuffer {
    header: Header,
    capacity: Cell<usize>,
    data: [u8; 0],
}

// SAFETY: repr(C), header first; the layout is a leaf, so nothing in it is taken for an address.
unsafe impl HeapType for PyByteBuffer {
    const LAYOUT: LayoutId = BYTES_BUFFER;
}

/// Where compiled code finds the bytes: from `start` on in the buffer's data.
pub const BUFFER_DATA_OFFSET: usize = 16;
pub const BUFFER_OFFSET: usize = std::mem::offset_of!(PyByteArray, buffer);
pub const START_OFFSET: usize = std::mem::offset_of!(PyByteArray, start);
pub const LEN_OFFSET: usize = std::mem::offset_of!(PyByteArray, len);

impl PyByteBuffer {
    /// Room for at least `capacity` bytes, zeroed.
    pub fn new(vm: &Vm, capacity: usize) -> PyResult<Ref<PyByteBuffer>> {
        let size = capacity.checked_add(BUFFER_DATA_OFFSET);
        let b: Ref<PyByteBuffer> = vm.alloc_sized(shape::object, size)?;
        b.capacity.set(capacity);
        Ok(b)
    }

    #[inline(always)]
    pub fn capacity(&self) -> usize {
        self.capacity.get()
    }

    #[inline(always)]
    pub fn as_ptr(&self) -> *mut u8 {
        self.data.as_ptr().cast_mut()
    }
}

#[repr(C)]
pub struct PyByteArray {
    header: Header,
    pub(crate) attrs: Field,
    /// A [`PyByteBuffer`], or empty while nothing was ever stored.
    buffer: Field,
    /// Where the bytes begin in the buffer: taking bytes off the front is quick.
    start: Cell<usize>,
    len: Cell<usize>,
    /// Loans of the memory: while there are any, it can't be resized.
    pub(crate) exports: Exports,
}

// SAFETY: repr(C), header first; beside fields there are sizes, which are no heap addresses.
unsafe impl HeapType for PyByteArray {
    const LAYOUT: LayoutId = BYTEARRAY;
}

impl PyByteArray {
    pub fn new(vm: &Vm, bytes: &[u8]) -> PyResult<Ref<PyByteArray>> {
        let this: Ref<PyByteArray> = vm.alloc(shape::bytearray)?;
        this.replace_all(vm, bytes)?;
        Ok(this)
    }

    #[inline(always)]
    pub fn len(&self) -> usize {
        self.len.get()
    }

    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    #[inline(always)]
    fn buffer(&self) -> Option<Ref<PyByteBuffer>> {
        self.buffer.get().and_then(Value::downcast)
    }

    /// The address of the first byte; dangling where there is none.
    pub(crate) fn as_ptr(&self) -> *mut u8 {
        match self.buffer() {
            // SAFETY: `start` lies within the buffer.
            Some(b) => unsafe { b.as_ptr().add(self.start.get()) },
            None => std::ptr::NonNull::dangling().as_ptr(),
        }
    }

    /// The bytes. Not to be held across anything that can run Python or change the bytearray.
    #[inline(always)]
    pub fn as_slice(&self) -> &[u8] {
        // SAFETY: `len` bytes from `start` on lie within the buffer.
        unsafe { std::slice::from_raw_parts(self.as_ptr(), self.len.get()) }
    }

    /// Bytes that the memory has room for.
    pub(crate) fn capacity(&self) -> usize {
        self.buffer().map_or(0, |b| b.capacity())
    }

    /// BufferError while the memory is lent. Loans of views that nobody can reach any more don't count: they end in a
    /// collection, and the finalizers that run then may change the bytearray.
    pub(crate) fn check_resizable(&self, vm: &Vm) -> PyResult<()> {
        if self.exports.any_alive(vm) {
            return Err(vm.buffer_error("Existing exports of data: object cannot be re-sized"));
        }
        Ok(())
    }
}

impl Ref<PyByteArray> {
    /// The bytes, for writing. The caller makes no other slice of them meanwhile and runs no Python code.
    pub(crate) fn as_mut_slice(&mut self) -> &mut [u8] {
        // SAFETY: as `as_slice`; bytes of the heap may be written, and no other Rust reference to them is alive.
        unsafe { std::slice::from_raw_parts_mut(PyByteArray::as_ptr(self), self.len.get()) }
    }

    /// Replaces `count` bytes at `at` (both clamped) by `new`, which may be part of this bytearray no more: the caller
    /// has copied it.
    pub(crate) fn splice(mut self, vm: &Vm, at: usize, count: usize, new: &[u8]) -> PyResult<()> {
        let len = self.len();
        let at = at.min(len);
        let count = count.min(len - at);
        if new.len() == count {
            if let Some(out) = self.as_mut_slice().get_mut(at..at + count) {
                out.copy_from_slice(new);
            }
            return Ok(());
        }
        if self.exports.any() {
            self.check_resizable(vm)?;
            // Finalizers may have run.
            return self.splice(vm, at, count, new);
        }
        let wanted = (len - count).checked_add(new.len()).ok_or_else(|| vm.memory_error())?;
        if at == 0 && new.len() < count {
            // Off the front: the rest stays where it is.
            self.start.set(self.start.get() + (count - new.len()));
            self.len.set(wanted);
            if let Some(out) = self.as_mut_slice().get_mut(..new.len()) {
                out.copy_from_slice(new);
            }
            self.shrink(vm)?;
            return Ok(());
        }
        let tail = len - at - count;
        if self.start.get() + wanted <= self.capacity() {
            let base = PyByteArray::as_ptr(&self);
            // SAFETY: source and target lie within the buffer, as `start + wanted` and `start + len` do.
            unsafe { std::ptr::copy(base.add(at + count), base.add(at + new.len()), tail) };
            self.len.set(wanted);
            if let Some(out) = self.as_mut_slice().get_mut(at..at + new.len()) {
                out.copy_from_slice(new);
            }
            return self.shrink(vm);
        }
        let room = if len == 0 { wanted } else { wanted.saturating_add(wanted >> 3).saturating_add(8) };
        let buffer = PyByteBuffer::new(vm, room)?;
        let (from, to) = (PyByteArray::as_ptr(&self), buffer.as_ptr());
        // SAFETY: the new buffer has room for `wanted = at + new.len() + tail` bytes; the old bytes are `len` long and
        // in another cell.
        unsafe {
            std::ptr::copy_nonoverlapping(from, to, at);
            std::ptr::copy_nonoverlapping(new.as_ptr(), to.add(at), new.len());
            std::ptr::copy_nonoverlapping(from.add(at + count), to.add(at + new.len()), tail);
        }
        self.buffer.set(self, buffer.value());
        self.start.set(0);
        self.len.set(wanted);
        Ok(())
    }

    /// Gives memory back where most of it is unused.
    fn shrink(self, vm: &Vm) -> PyResult<()> {
        let len = self.len();
        if self.capacity() < 256 || len >= self.capacity() / 4 {
            return Ok(());
        }
        let buffer = PyByteBuffer::new(vm, len + len / 8 + 8)?;
        // SAFETY: the new buffer is long enough and another cell.
        unsafe { std::ptr::copy_nonoverlapping(PyByteArray::as_ptr(&self), buffer.as_ptr(), len) };
        self.buffer.set(self, buffer.value());
        self.start.set(0);
        Ok(())
    }

    pub(crate) fn replace_all(self, vm: &Vm, bytes: &[u8]) -> PyResult<()> {
        self.splice(vm, 0, self.len(), bytes)
    }

    pub(crate) fn push(self, vm: &Vm, byte: u8) -> PyResult<()> {
        self.splice(vm, self.len(), 0, &[byte])
    }

    pub fn extend(self, vm: &Vm, bytes: &[u8]) -> PyResult<()> {
        self.splice(vm, self.len(), 0, bytes)
    }

    /// Makes it `len` bytes long; new ones are zero.
    pub fn resize(self, vm: &Vm, len: usize) -> PyResult<()> {
        let old = self.len();
        if len <= old {
            return if len == old { Ok(()) } else { self.splice(vm, len, old - len, &[]) };
        }
        let zeros = crate::types::bytes::construct::zeros(vm, len - old)?;
        self.extend(vm, &zeros)
    }
}
