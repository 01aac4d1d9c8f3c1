//! `array.array`: numbers side by side, unboxed. The module `array` of the standard library only gives it a name; it
//! stands here because subscripts have a fast path for it, and a constant shape.

mod compare;
mod item;
mod iter;
mod methods;
mod pickle;

use std::cell::Cell;

use crate::PyResult;
use crate::object::layout::TYPED_ARRAY;
use crate::object::{Field, Header, HeapType, LayoutId, Ref};
use crate::protocol::buffer::Exports;
use crate::state::Vm;
use crate::types::bytearray::PyByteBuffer;
use crate::types::shape;
use crate::value::{Slot, Value};

pub use item::{CODES, Code};
pub use iter::ITER_DEF;
pub use methods::{DEF, new_from_code};
pub use pickle::reconstruct;

#[repr(C)]
pub struct PyTypedArray {
    header: Header,
    pub(crate) attrs: Field,
    /// A [`PyByteBuffer`], or empty while nothing was ever stored.
    buffer: Field,
    /// Items.
    len: Cell<usize>,
    /// Loans of the memory: while there are any, it can't be resized.
    pub(crate) exports: Exports,
    code: Cell<Code>,
}

// SAFETY: repr(C), header first; beside fields there are sizes and a byte, which are no heap addresses. Zeroed memory is
// an empty array of `b`.
unsafe impl HeapType for PyTypedArray {
    const LAYOUT: LayoutId = TYPED_ARRAY;
}

/// Where compiled code finds the buffer, the length and the code: a byte, and zeros behind it.
pub const BUFFER_OFFSET: usize = std::mem::offset_of!(PyTypedArray, buffer);
pub const LEN_OFFSET: usize = std::mem::offset_of!(PyTypedArray, len);
pub const CODE_OFFSET: usize = std::mem::offset_of!(PyTypedArray, code);
const _: () = assert!(size_of::<PyTypedArray>() == CODE_OFFSET + 8);

impl PyTypedArray {
    /// An empty array.
    pub fn new(vm: &Vm, code: Code) -> PyResult<Ref<PyTypedArray>> {
        let this: Ref<PyTypedArray> = vm.alloc(shape::typed_array)?;
        this.code.set(code);
        Ok(this)
    }

    /// An array of these items, in the machine's representation.
    pub fn from_bytes(vm: &Vm, code: Code, bytes: &[u8]) -> PyResult<Ref<PyTypedArray>> {
        let this = PyTypedArray::new(vm, code)?;
        this.splice(vm, 0, 0, bytes)?;
        Ok(this)
    }

    #[inline(always)]
    pub fn code(&self) -> Code {
        self.code.get()
    }

    pub(crate) fn set_code(&self, code: Code) {
        self.code.set(code);
    }

    /// How many items there are.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.len.get()
    }

    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes of one item.
    #[inline(always)]
    pub fn item_size(&self) -> usize {
        self.code().size()
    }

    #[inline(always)]
    fn buffer(&self) -> Option<Ref<PyByteBuffer>> {
        self.buffer.get().and_then(Value::downcast)
    }

    /// The address of the first item; dangling where there is none.
    #[inline(always)]
    fn as_ptr(&self) -> *mut u8 {
        match self.buffer() {
            Some(b) => b.as_ptr(),
            None => std::ptr::without_provenance_mut(16),
        }
    }

    /// Bytes that the memory has room for.
    fn capacity(&self) -> usize {
        self.buffer().map_or(0, |b| b.capacity())
    }

    /// The items' bytes. Not to be held across anything that can run Python or change the array.
    pub fn as_bytes(&self) -> &[u8] {
        // SAFETY: the buffer holds `len` items, as every store of `len` sees to.
        unsafe { std::slice::from_raw_parts(self.as_ptr(), self.len() * self.item_size()) }
    }

    /// The bytes of one item.
    pub(crate) fn item_bytes(&self, i: usize) -> Option<&[u8]> {
        let size = self.item_size();
        if i >= self.len() {
            return None;
        }
        self.as_bytes().get(i * size..(i + 1) * size)
    }

    /// Loads an item that is there.
    ///
    /// # Safety
    /// `i < len`, and `T` has the size of the items and no invalid values.
    #[inline(always)]
    unsafe fn load<T: Copy>(&self, i: usize) -> T {
        // SAFETY: by the contract.
        unsafe { self.as_ptr().cast::<T>().add(i).read_unaligned() }
    }

    /// Stores an item in the place of another.
    ///
    /// # Safety
    /// As [`PyTypedArray::load`].
    #[inline(always)]
    unsafe fn store<T: Copy>(&self, i: usize, item: T) {
        // SAFETY: by the contract. The buffer is memory of the heap that no Rust reference points to for longer than a
        // native runs none of this.
        unsafe { self.as_ptr().cast::<T>().add(i).write_unaligned(item) }
    }

    /// The item, if making its value neither fails nor allocates.
    #[inline]
    pub fn get_fast(&self, i: usize) -> Slot {
        if i >= self.len() {
            return None;
        }
        // SAFETY: `i` is in range, and each code loads its own type.
        unsafe {
            Some(match self.code() {
                Code::F64 => Value::from_f64(self.load::<f64>(i)),
                Code::F32 => Value::from_f64(f64::from(self.load::<f32>(i))),
                Code::I32 => Value::from_i32(self.load::<i32>(i)),
                Code::Long | Code::I64 => return Value::from_small_int(self.load::<i64>(i)),
                Code::ULong | Code::U64 => {
                    return i64::try_from(self.load::<u64>(i)).ok().and_then(Value::from_small_int);
                }
                Code::U32 => Value::from_int_truncated(i64::from(self.load::<u32>(i))),
                Code::I8 => Value::from_i32(i32::from(self.load::<i8>(i))),
                Code::U8 => Value::from_i32(i32::from(self.load::<u8>(i))),
                Code::I16 => Value::from_i32(i32::from(self.load::<i16>(i))),
                Code::U16 => Value::from_i32(i32::from(self.load::<u16>(i))),
                Code::Wide | Code::Char => return None,
            })
        }
    }

    /// Stores a value that needs no conversion which could fail or run Python; `false`: not done.
    #[inline]
    pub fn set_fast(&self, i: usize, value: Value) -> bool {
        if i >= self.len() {
            return false;
        }
        if let Some(f) = value.as_f64() {
            // SAFETY: `i` is in range, and each code stores its own type.
            unsafe {
                match self.code() {
                    Code::F64 => self.store(i, f),
                    Code::F32 => self.store(i, f as f32),
                    _ => return false,
                }
            }
            return true;
        }
        let Some(n) = value.as_small_int() else { return false };
        macro_rules! narrow {
            ($t:ty) => {
                match <$t>::try_from(n) {
                    // SAFETY: as above.
                    Ok(n) => unsafe { self.store::<$t>(i, n) },
                    Err(_) => return false,
                }
            };
        }
        match self.code() {
            Code::I32 => narrow!(i32),
            // SAFETY: as above.
            Code::Long | Code::I64 => unsafe { self.store(i, n) },
            Code::ULong | Code::U64 => narrow!(u64),
            Code::U32 => narrow!(u32),
            Code::I8 => narrow!(i8),
            Code::U8 => narrow!(u8),
            Code::I16 => narrow!(i16),
            Code::U16 => narrow!(u16),
            // SAFETY: as above. 49 bits: exact as a double, and rounded once to a single, as CPython does.
            Code::F64 => unsafe { self.store(i, n as f64) },
            // SAFETY: as above.
            Code::F32 => unsafe { self.store(i, n as f64 as f32) },
            Code::Wide | Code::Char => return false,
        }
        true
    }

    /// The item, `None` behind the end.
    pub fn get(&self, vm: &Vm, i: usize) -> PyResult<Slot> {
        match self.get_fast(i) {
            Some(value) => Ok(Some(value)),
            None => self.item_bytes(i).map(|bytes| item::unpack(vm, self.code(), bytes)).transpose(),
        }
    }

    /// BufferError while the memory is lent. Loans of views that nobody can reach any more don't count: they end in a
    /// collection, and the finalizers that run then may change the array.
    pub(crate) fn check_resizable(&self, vm: &Vm) -> PyResult<()> {
        if self.exports.any_alive(vm) {
            return Err(vm.buffer_error("cannot resize an array that is exporting buffers"));
        }
        Ok(())
    }
}

impl Ref<PyTypedArray> {
    /// The items' bytes, for writing. The caller makes no other slice of them meanwhile and runs no Python code.
    pub(crate) fn as_mut_bytes(&mut self) -> &mut [u8] {
        let len = self.len() * self.item_size();
        // SAFETY: as `as_bytes`; no other Rust reference to the bytes is alive.
        unsafe { std::slice::from_raw_parts_mut(PyTypedArray::as_ptr(self), len) }
    }

    /// Stores an item's bytes, as [`item::pack`] made them; `false` behind the end.
    pub(crate) fn set_packed(mut self, i: usize, packed: [u8; 8]) -> bool {
        let size = self.item_size();
        if i >= self.len() {
            return false;
        }
        match (self.as_mut_bytes().get_mut(i * size..(i + 1) * size), packed.get(..size)) {
            (Some(to), Some(from)) => to.copy_from_slice(from),
            _ => return false,
        }
        true
    }

    /// Makes the memory fit for `bytes` bytes in all. The items stay.
    pub(crate) fn reserve(self, vm: &Vm, bytes: usize) -> PyResult<()> {
        if bytes <= self.capacity() {
            return Ok(());
        }
        let buffer = PyByteBuffer::new(vm, bytes)?;
        let old = self.as_bytes();
        // SAFETY: the new buffer is another cell, with room for more than the old bytes.
        unsafe { std::ptr::copy_nonoverlapping(old.as_ptr(), buffer.as_ptr(), old.len()) };
        self.buffer.set(self, buffer.value());
        Ok(())
    }

    /// Replaces `count` items at `at` (both clamped) by those whose bytes `new` holds, which must be no part of this
    /// array's memory.
    pub(crate) fn splice(mut self, vm: &Vm, at: usize, count: usize, new: &[u8]) -> PyResult<()> {
        let (len, size) = (self.len(), self.item_size());
        let at = at.min(len);
        let count = count.min(len - at);
        let added = new.len() / size;
        if added != count {
            if self.exports.any() {
                self.check_resizable(vm)?;
                // Finalizers may have run.
                return self.splice(vm, at, count, new);
            }
            // Only growth can overflow, and only with more items than memory has bytes.
            let wanted = (len - count).checked_add(added).and_then(|n| n.checked_mul(size));
            let wanted = wanted.ok_or_else(|| vm.memory_error())?;
            if wanted > self.capacity() {
                let room = if len == 0 { wanted } else { wanted.saturating_add(wanted >> 3).saturating_add(16) };
                self.reserve(vm, room)?;
            }
            let base = PyTypedArray::as_ptr(&self);
            // SAFETY: source and target lie within the buffer, which has room for the old items and the wanted ones.
            unsafe {
                std::ptr::copy(base.add((at + count) * size), base.add((at + added) * size), (len - at - count) * size);
            }
            self.len.set(len - count + added);
        }
        let end = at + added;
        if let Some(out) = self.as_mut_bytes().get_mut(at * size..end * size) {
            out.copy_from_slice(new);
        }
        self.shrink(vm)
    }

    /// Appends an item.
    pub fn push(self, vm: &Vm, value: Value) -> PyResult<()> {
        let packed = item::pack(vm, self.code(), value)?;
        self.push_packed(vm, packed)
    }

    pub(crate) fn push_packed(self, vm: &Vm, packed: [u8; 8]) -> PyResult<()> {
        self.splice(vm, self.len(), 0, packed.get(..self.item_size()).unwrap_or(&[]))
    }

    /// Gives memory back where most of it is unused.
    fn shrink(self, vm: &Vm) -> PyResult<()> {
        let used = self.as_bytes().len();
        if self.capacity() < 256 || used >= self.capacity() / 4 {
            return Ok(());
        }
        let buffer = PyByteBuffer::new(vm, used + used / 8 + 16)?;
        // SAFETY: the new buffer is long enough and another cell.
        unsafe { std::ptr::copy_nonoverlapping(PyTypedArray::as_ptr(&self), buffer.as_ptr(), used) };
        self.buffer.set(self, buffer.value());
        Ok(())
    }
}
