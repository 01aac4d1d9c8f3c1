//! `bytes`: the storage, construction and special methods. What it shares with `bytearray` stands in [`shared`].

pub mod construct;
pub mod iter;
pub mod methods;
pub mod percent;
pub mod shared;

pub use iter::ITER_DEF;
pub use methods::DEF;

use std::cell::Cell;

use brolga_heap::flags::HAS_ATTRS;

use crate::PyResult;
use crate::object::layout::BYTES;
use crate::object::{Field, Header, HeapType, LayoutId, Obj, Ref};
use crate::state::Vm;
use crate::types::shape;

/// A bytes object. An instance of a subclass has its attributes' field behind the data, aligned to 8.
#[repr(C)]
pub struct PyBytes {
    header: Header,
    /// 0 while not computed (that of no bytes is 0).
    hash: Cell<i64>,
    len: Cell<usize>,
    data: [u8; 0],
}

// SAFETY: repr(C), header first; traced by its own function, for a hash may look like an address.
unsafe impl HeapType for PyBytes {
    const LAYOUT: LayoutId = BYTES;
}

/// A zero byte stands behind the data: C takes bytes for strings.
const TERMINATOR: usize = 1;

/// Bytes before the data.
pub const BYTES_DATA_OFFSET: usize = 24;
/// Where compiled code finds the length, and the data.
pub const LEN_OFFSET: usize = std::mem::offset_of!(PyBytes, len);
pub const DATA_OFFSET: usize = BYTES_DATA_OFFSET;

impl PyBytes {
    #[inline]
    pub fn new(vm: &Vm, bytes: &[u8]) -> PyResult<Ref<PyBytes>> {
        match bytes {
            [] if vm.empty_bytes.is_set() => {
                if let Some(empty) = vm.empty_bytes.downcast() {
                    return Ok(empty);
                }
            }
            [byte] if vm.single_bytes.is_set() => return Ok(vm.single_bytes[*byte as usize]),
            _ => {}
        }
        PyBytes::build(vm, shape::bytes, bytes.len(), |out| out.copy_from_slice(bytes))
    }

    /// A new object of `len` bytes, zeroed, then written by `fill`.
    pub fn build(vm: &Vm, shape: u32, len: usize, fill: impl FnOnce(&mut [u8])) -> PyResult<Ref<PyBytes>> {
        // 7 + 8: an instance of a subclass has room for its attributes.
        let extra = TERMINATOR + if shape == shape::bytes { 0 } else { 15 };
        let size = len.checked_add(BYTES_DATA_OFFSET + extra);
        let b: Ref<PyBytes> = vm.alloc_sized(shape, size)?;
        b.len.set(len);
        // SAFETY: the fresh cell has room for `len` bytes behind the struct; nobody else sees it yet.
        fill(unsafe { std::slice::from_raw_parts_mut(b.data.as_ptr().cast_mut(), len) });
        Ok(b)
    }

    #[inline(always)]
    pub fn len(&self) -> usize {
        self.len.get()
    }

    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The bytes. They don't change: the slice may be held as long as the object is.
    #[inline(always)]
    pub fn as_slice(&self) -> &[u8] {
        // SAFETY: `build` put `len` bytes behind the struct.
        unsafe { std::slice::from_raw_parts(self.data.as_ptr(), self.len.get()) }
    }

    /// The hash, computed once.
    pub fn hash(&self, vm: &Vm) -> i64 {
        if self.hash.get() == 0 {
            self.hash.set(vm.hash_bytes(self.as_slice()));
        }
        self.hash.get()
    }

    /// The address of the bytes, behind which a zero stands. They stay there as long as the object lives.
    pub fn c_string(&self) -> *const u8 {
        self.data.as_ptr()
    }

    fn attrs(&self) -> *const Field {
        // SAFETY: the caller only uses it where the cell was made with room for it.
        unsafe { self.data.as_ptr().add((self.len() + TERMINATOR).next_multiple_of(8)).cast() }
    }
}

/// The field behind the data of an instance of a subclass with attributes.
pub(crate) fn attrs_field(obj: Obj) -> Option<*const Field> {
    Some(obj.downcast::<PyBytes>()?.attrs())
}

/// Traces the attributes of an instance of a subclass; plain bytes name nothing.
pub(crate) unsafe fn trace(obj: std::ptr::NonNull<Header>, tracer: &mut brolga_heap::Tracer) {
    // SAFETY: the collector calls this for live cells of this layout.
    let b: Ref<PyBytes> = unsafe { Ref::from_ptr(obj) };
    if b.header.flags() & HAS_ATTRS != 0 {
        // SAFETY: the flag says that the cell has the field.
        if let Some(v) = unsafe { (*b.attrs()).get() } {
            tracer.mark_value_word(v.bits());
        }
    }
}
