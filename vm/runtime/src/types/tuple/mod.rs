//! `tuple`: the storage. The methods stand in [`methods`].

pub mod hashes;
pub mod methods;

use std::cell::Cell;

use crate::PyResult;
use crate::object::layout::TUPLE;
use crate::object::{Field, Header, HeapType, LayoutId, Ref};
use crate::state::Vm;
use crate::types::shape;
use crate::value::{Slot, Value};

/// A tuple: a length and as many items. An instance of a subclass has its attributes' field behind the last item.
#[repr(C)]
pub struct PyTuple {
    header: Header,
    len: Cell<usize>,
    items: [Field; 0],
}

// SAFETY: repr(C), header first; a length is no heap address, the items are fields.
unsafe impl HeapType for PyTuple {
    const LAYOUT: LayoutId = TUPLE;
}

/// Bytes before the first item.
pub const TUPLE_ITEMS_OFFSET: usize = 16;
/// Where compiled code finds a tuple's length.
pub const TUPLE_LEN_OFFSET: usize = std::mem::offset_of!(PyTuple, len);

impl PyTuple {
    /// A new tuple of these values.
    #[inline]
    pub fn new(vm: &Vm, items: &[Value]) -> PyResult<Ref<PyTuple>> {
        if items.is_empty() && vm.empty_tuple.is_set() {
            return Ok(*vm.empty_tuple);
        }
        PyTuple::new_with_shape(vm, shape::tuple, items, 0)
    }

    /// A tuple of a subclass; `extra` words stand behind the items (1 where its class has attributes).
    pub fn new_with_shape(vm: &Vm, shape: u32, items: &[Value], extra: usize) -> PyResult<Ref<PyTuple>> {
        let bytes = items.len().checked_add(extra).and_then(|n| n.checked_mul(8)).and_then(|n| n.checked_add(16));
        let tuple: Ref<PyTuple> = vm.alloc_sized(shape, bytes)?;
        tuple.len.set(items.len());
        // SAFETY: the cell has room for `items.len()` slots behind the struct, fresh, so no barrier is due.
        unsafe { std::ptr::copy_nonoverlapping(items.as_ptr(), tuple.items.as_ptr() as *mut Value, items.len()) };
        Ok(tuple)
    }

    /// The items of two tuples.
    pub fn joined(vm: &Vm, a: Ref<PyTuple>, b: Ref<PyTuple>) -> PyResult<Ref<PyTuple>> {
        let len = a.len().checked_add(b.len());
        let bytes = len.and_then(|n| n.checked_mul(8)).and_then(|n| n.checked_add(TUPLE_ITEMS_OFFSET));
        let tuple: Ref<PyTuple> = vm.alloc_sized(shape::tuple, bytes)?;
        let (a, b) = (a.as_slice(), b.as_slice());
        tuple.len.set(a.len() + b.len());
        let items = tuple.items.as_ptr() as *mut Value;
        // SAFETY: the cell has room for the items of both behind the struct, fresh, so no barrier is due.
        unsafe {
            std::ptr::copy_nonoverlapping(a.as_ptr(), items, a.len());
            std::ptr::copy_nonoverlapping(b.as_ptr(), items.add(a.len()), b.len());
        }
        Ok(tuple)
    }

    /// A tuple of `len` Nones that [`PyTuple::fill`] is to fill: for `marshal`, whose tuples may hold themselves.
    pub(crate) fn unfilled(vm: &Vm, len: usize) -> PyResult<Ref<PyTuple>> {
        let bytes = len.checked_mul(8).and_then(|n| n.checked_add(TUPLE_ITEMS_OFFSET));
        let tuple: Ref<PyTuple> = vm.alloc_sized(shape::tuple, bytes)?;
        tuple.len.set(len);
        for i in 0..len {
            // SAFETY: the cell has room for `len` slots behind the struct, fresh, so no barrier is due.
            unsafe { tuple.items.as_ptr().add(i).cast_mut().cast::<Value>().write(Value::NONE) };
        }
        Ok(tuple)
    }

    pub(crate) fn fill(this: Ref<PyTuple>, items: &[Value]) {
        for (i, item) in items.iter().enumerate().take(this.len()) {
            // SAFETY: `len` slots follow the struct, and `i` is below it.
            unsafe { &*this.items.as_ptr().add(i) }.set(this, *item);
        }
    }

    #[inline(always)]
    pub fn len(&self) -> usize {
        self.len.get()
    }

    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The items. Tuples don't change: the slice may be held as long as the tuple is.
    #[inline(always)]
    pub fn as_slice(&self) -> &[Value] {
        // SAFETY: `len` full slots follow the struct, and a full slot is represented as a `Value`.
        unsafe { std::slice::from_raw_parts(self.items.as_ptr().cast::<Value>(), self.len.get()) }
    }

    #[inline(always)]
    pub fn get(&self, i: usize) -> Slot {
        self.as_slice().get(i).copied()
    }

    /// The field behind the items of an instance of a subclass with attributes.
    pub(crate) fn attrs_field(&self) -> *const Field {
        // SAFETY: the caller only uses it where the cell was made with an extra word.
        unsafe { self.items.as_ptr().add(self.len.get()) }
    }
}
