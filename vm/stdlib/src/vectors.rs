//! Vectors outside the heap that grow with what a program asks for: where there is no memory, MemoryError.

use std::ffi::CString;

use brolga_runtime::PyResult;
use brolga_runtime::protocol::buffer::Buffer;
use brolga_runtime::state::Vm;
use brolga_runtime::types::array::ValueVec;

/// Room for so many more items.
pub fn reserve<T>(vm: &Vm, items: &mut Vec<T>, more: usize) -> PyResult<()> {
    items.try_reserve(more).map_err(|_| vm.memory_error())
}

pub fn push<T>(vm: &Vm, items: &mut Vec<T>, item: T) -> PyResult<()> {
    reserve(vm, items, 1)?;
    items.push(item);
    Ok(())
}

/// A vector of these items.
pub fn collect<T>(vm: &Vm, items: impl Iterator<Item = T>) -> PyResult<Vec<T>> {
    let mut all = Vec::new();
    reserve(vm, &mut all, items.size_hint().0)?;
    for item in items {
        push(vm, &mut all, item)?;
    }
    Ok(all)
}

/// A copy, with room for the zero byte of a C string.
pub fn copy(vm: &Vm, bytes: &[u8]) -> PyResult<Vec<u8>> {
    let mut copy = Vec::new();
    copy.try_reserve_exact(bytes.len().saturating_add(1)).map_err(|_| vm.memory_error())?;
    copy.extend_from_slice(bytes);
    Ok(copy)
}

/// These bytes as C takes them.
pub fn c_string(vm: &Vm, mut bytes: Vec<u8>) -> PyResult<CString> {
    bytes.try_reserve_exact(1).map_err(|_| vm.memory_error())?;
    CString::new(bytes).map_err(|_| vm.value_error("embedded null byte"))
}

/// The pointers to C strings, and a null pointer at the end.
pub fn pointers(vm: &Vm, strings: &[CString]) -> PyResult<Vec<*const libc::c_char>> {
    collect(vm, strings.iter().map(|s| s.as_ptr()).chain(std::iter::once(std::ptr::null())))
}

/// Buffers that are lent. The loans stand in malloc's memory, where the collector does not look; what they need stands
/// in `held` as well.
pub struct Lent<'vm> {
    pub buffers: Vec<Buffer<'vm>>,
    held: ValueVec,
}

impl<'vm> Lent<'vm> {
    pub fn new() -> Lent<'vm> {
        Lent { buffers: Vec::new(), held: ValueVec::new() }
    }

    pub fn push(&mut self, vm: &'vm Vm, buffer: Buffer<'vm>) -> PyResult<()> {
        for object in buffer.held() {
            self.held.push(vm, object)?;
        }
        push(vm, &mut self.buffers, buffer)
    }

    /// Where they lie, for the kernel to read.
    pub fn parts(&self, vm: &Vm) -> PyResult<Vec<libc::iovec>> {
        let part = |b: &Buffer<'_>| libc::iovec { iov_base: b.as_slice().as_ptr().cast_mut().cast(), iov_len: b.len() };
        collect(vm, self.buffers.iter().map(part))
    }

    /// Where they lie, for the kernel to write: all are buffers that may be written.
    pub fn parts_mut(&mut self, vm: &Vm) -> PyResult<Vec<libc::iovec>> {
        let part = |b: &mut Buffer<'_>| {
            let memory = b.as_mut_slice();
            libc::iovec { iov_base: memory.as_mut_ptr().cast(), iov_len: memory.len() }
        };
        collect(vm, self.buffers.iter_mut().map(part))
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        self.buffers.clear();
        // Until here it is on the stack.
        std::hint::black_box(&self.held);
    }
}
