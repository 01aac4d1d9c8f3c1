//! C's memory. All reading and writing at addresses is done here.
//!
//! That a program may read and write wherever it likes is what `ctypes` is for, and an address that it names wrongly ends
//! the process, as it does in C. So the functions that take such an [`Address`] are not marked unsafe; who makes one is:
//! either the address is inside memory that is known to be there, or the program itself has named it.

use std::ptr;

use brolga_runtime::PyResult;
use brolga_runtime::state::Vm;

use super::code::WIDE;

/// A place in C's memory.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Address(usize);

impl Address {
    pub const NULL: Address = Address(0);

    /// # Safety
    /// What is read or written there is memory that lives as long as the address is used; or the program has named the
    /// address, as `from_address`, a pointer's value, or what a foreign function gave: then it answers for it.
    pub unsafe fn new(address: usize) -> Address {
        Address(address)
    }

    pub fn get(self) -> usize {
        self.0
    }

    pub fn is_null(self) -> bool {
        self.0 == 0
    }

    /// The place so many bytes further on.
    pub fn offset(self, bytes: isize) -> Address {
        Address(self.0.wrapping_add_signed(bytes))
    }

    fn at<T>(self) -> *mut T {
        ptr::with_exposed_provenance_mut(self.0)
    }

    /// Reads as many bytes as `out` has.
    pub fn read(self, out: &mut [u8]) {
        // SAFETY: by the contract of `new` there is memory; `out` is the caller's own. They may be the same only where the
        // program has named the address of the stack: `copy` allows that.
        unsafe { ptr::copy(self.at::<u8>().cast_const(), out.as_mut_ptr(), out.len()) }
    }

    pub fn read_array<const N: usize>(self) -> [u8; N] {
        let mut out = [0; N];
        self.read(&mut out);
        out
    }

    /// The address that is stored here.
    pub fn read_address(self) -> Address {
        Address(usize::from_ne_bytes(self.read_array()))
    }

    pub fn write(self, bytes: &[u8]) {
        // SAFETY: as `read`.
        unsafe { ptr::copy(bytes.as_ptr(), self.at::<u8>(), bytes.len()) }
    }

    pub fn write_address(self, address: Address) {
        self.write(&address.0.to_ne_bytes());
    }

    /// Copies from another place, which may overlap.
    pub fn copy_from(self, from: Address, bytes: usize) {
        // SAFETY: as `read`, for both.
        unsafe { ptr::copy(from.at::<u8>().cast_const(), self.at::<u8>(), bytes) }
    }

    /// So many bytes as a vector.
    pub fn to_vec(self, vm: &Vm, len: usize) -> PyResult<Vec<u8>> {
        let mut out = room(vm, len)?;
        out.resize(len, 0);
        self.read(&mut out);
        Ok(out)
    }

    /// Bytes before the first zero, of at most so many.
    pub fn c_length(self, max: usize) -> usize {
        // SAFETY: as `read`, of the bytes that it looks at.
        unsafe { libc::strnlen(self.at(), max) }
    }

    /// So many wide characters.
    pub fn wide(self, vm: &Vm, len: usize) -> PyResult<Vec<u32>> {
        let mut out = room(vm, len)?;
        out.extend((0..len).map(|i| self.wide_at(i)));
        Ok(out)
    }

    fn wide_at(self, index: usize) -> u32 {
        u32::from_ne_bytes(self.offset((index * WIDE) as isize).read_array())
    }

    /// Wide characters before the first zero, of at most so many.
    pub fn wide_length(self, max: usize) -> usize {
        (0..max).find(|i| self.wide_at(*i) == 0).unwrap_or(max)
    }
}

/// An empty vector with room for so many items.
pub fn room<T>(vm: &Vm, len: usize) -> PyResult<Vec<T>> {
    let mut out = Vec::new();
    out.try_reserve_exact(len).map_err(|_| vm.memory_error())?;
    Ok(out)
}

/// Memory of malloc's that an object owns. A block stays until the object dies, also when a larger one has taken its place:
/// somebody may still have its address.
#[derive(Default)]
#[repr(transparent)]
pub struct Blocks(std::cell::Cell<*mut Block>);

/// What stands before the bytes of a block, as long as the alignment that malloc gives.
#[repr(C, align(16))]
struct Block {
    previous: *mut Block,
}

impl Blocks {
    pub fn is_empty(&self) -> bool {
        self.0.get().is_null()
    }

    /// So many zeros. `None`: no memory.
    pub fn add(&self, len: usize) -> Option<Address> {
        let size = len.checked_add(size_of::<Block>())?;
        // SAFETY: no memory is involved yet.
        let block: *mut Block = unsafe { libc::calloc(1, size) }.cast();
        if block.is_null() {
            return None;
        }
        // SAFETY: fresh memory, large enough.
        unsafe { (*block).previous = self.0.replace(block) };
        Some(Address(block.expose_provenance() + size_of::<Block>()))
    }

    /// Frees them.
    ///
    /// # Safety
    /// Nobody uses their addresses any more.
    pub unsafe fn free(&self) {
        let mut block = self.0.replace(ptr::null_mut());
        while !block.is_null() {
            // SAFETY: made by `add`, and in the list once.
            unsafe {
                let previous = (*block).previous;
                libc::free(block.cast());
                block = previous;
            }
        }
    }
}
