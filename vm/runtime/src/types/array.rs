//! [`PyArray`]: a fixed number of slots, the storage behind lists, attributes and temporaries. Python never sees one.
//! [`ValueVec`]: a growable vector of values that lives in one, for builtins (values may not stand in malloc's memory).

use std::cell::Cell;

use brolga_heap::{CLASS_SIZES, size_class};

use crate::PyResult;
use crate::object::layout::ARRAY;
use crate::object::{Field, Header, HeapType, LayoutId, Ref};
use crate::state::Vm;
use crate::value::{Slot, Value};

#[repr(C)]
pub struct PyArray {
    header: Header,
    capacity: Cell<usize>,
    items: [Field; 0],
}

// SAFETY: repr(C), header first; a capacity is no heap address, the items are fields.
unsafe impl HeapType for PyArray {
    const LAYOUT: LayoutId = ARRAY;
}

/// Bytes before the first item.
pub const ARRAY_ITEMS_OFFSET: usize = 16;
pub const ARRAY_CAPACITY_OFFSET: usize = std::mem::offset_of!(PyArray, capacity);

impl PyArray {
    /// An array of at least `capacity` empty slots: what its cell has room for.
    pub fn new(vm: &Vm, capacity: usize) -> PyResult<Ref<PyArray>> {
        let bytes = capacity.checked_mul(8).and_then(|b| b.checked_add(ARRAY_ITEMS_OFFSET));
        let array: Ref<PyArray> = vm.alloc_sized(crate::types::shape::object, bytes)?;
        let cell = match bytes.and_then(size_class) {
            Some(class) => CLASS_SIZES[class] as usize,
            None => vm.heap.size_of_cell(array.obj().as_ptr()),
        };
        array.capacity.set((cell.saturating_sub(ARRAY_ITEMS_OFFSET) / 8).max(capacity));
        Ok(array)
    }

    /// An array with room for `capacity` values that begins with the `count` ones that `items` gives, once there is room
    /// for them.
    pub fn filled<'a>(
        vm: &Vm,
        capacity: usize,
        count: usize,
        items: impl FnOnce() -> &'a [Value],
    ) -> PyResult<Ref<PyArray>> {
        let bytes = capacity.max(count).checked_mul(8).and_then(|b| b.checked_add(ARRAY_ITEMS_OFFSET));
        let Some(class) = bytes.and_then(size_class) else {
            let array = PyArray::new(vm, capacity.max(count))?;
            array.copy_from(0, items().get(..count).unwrap_or(&[]));
            return Ok(array);
        };
        let capacity = (CLASS_SIZES[class] as usize - ARRAY_ITEMS_OFFSET) / 8;
        // SAFETY: the whole cell is written here.
        let array: Ref<PyArray> = unsafe { vm.alloc_unfilled(crate::types::shape::object, bytes) }?;
        array.capacity.set(capacity);
        let values = items();
        let count = count.min(values.len());
        // SAFETY: the cell's size is that of its class, header and capacity apart `capacity` words; `count` is no more. It
        // is fresh, so no barrier is due.
        unsafe {
            std::ptr::copy_nonoverlapping(values.as_ptr().cast::<Slot>(), array.as_ptr(), count);
            std::ptr::write_bytes(array.as_ptr().add(count), 0, capacity - count);
        }
        Ok(array)
    }

    #[inline(always)]
    pub fn capacity(&self) -> usize {
        self.capacity.get()
    }

    #[inline(always)]
    pub fn as_ptr(&self) -> *mut Slot {
        self.items.as_ptr() as *mut Slot
    }

    /// All slots. The slice must not be held across anything that can allocate (docs/heap.md).
    #[inline(always)]
    pub fn slots(&self) -> &[Field] {
        // SAFETY: `capacity` fields follow the struct in its cell.
        unsafe { std::slice::from_raw_parts(self.items.as_ptr(), self.capacity.get()) }
    }

    #[inline(always)]
    pub fn get(&self, i: usize) -> Slot {
        self.slots().get(i).and_then(Field::get)
    }
}

impl Ref<PyArray> {
    /// Stores at `i`; nothing where `i` is out of range.
    #[inline(always)]
    pub fn set(self, i: usize, value: impl Into<Slot>) {
        if let Some(slot) = self.slots().get(i) {
            slot.set(self, value);
        }
    }

    /// Moves `count` slots from `from` to `to`, which may overlap. Ranges beyond the capacity are cut.
    pub fn move_within(self, from: usize, to: usize, count: usize) {
        let count = count.min(self.capacity().saturating_sub(from)).min(self.capacity().saturating_sub(to));
        // SAFETY: both ranges are inside the array's cell.
        unsafe { std::ptr::copy(self.as_ptr().add(from), self.as_ptr().add(to), count) };
        self.obj().wrote();
    }

    /// Copies `values` to `at`; what goes beyond the capacity is cut.
    pub fn copy_from(self, at: usize, values: &[Value]) {
        let count = values.len().min(self.capacity().saturating_sub(at));
        // SAFETY: the range is inside the array's cell; a `Value` and a full `Slot` have the same representation.
        unsafe { std::ptr::copy(values.as_ptr().cast::<Slot>(), self.as_ptr().add(at), count) };
        self.obj().wrote();
    }

    /// Empties a range.
    pub fn clear_range(self, from: usize, to: usize) {
        for slot in self.slots().get(from..to).unwrap_or(&[]) {
            slot.init(None);
        }
    }
}

/// A growable vector of values, for builtins. It lives on the native stack, its values in a heap array.
pub struct ValueVec {
    array: Cell<Option<Ref<PyArray>>>,
    len: Cell<usize>,
}

impl ValueVec {
    pub fn new() -> ValueVec {
        ValueVec { array: Cell::new(None), len: Cell::new(0) }
    }

    pub fn with_capacity(vm: &Vm, capacity: usize) -> PyResult<ValueVec> {
        let array = if capacity == 0 { None } else { Some(PyArray::new(vm, capacity)?) };
        Ok(ValueVec { array: Cell::new(array), len: Cell::new(0) })
    }

    pub fn from_slice(vm: &Vm, values: &[Value]) -> PyResult<ValueVec> {
        let v = ValueVec::with_capacity(vm, values.len())?;
        v.extend(vm, values)?;
        Ok(v)
    }

    #[inline(always)]
    pub fn len(&self) -> usize {
        self.len.get()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    #[inline]
    pub fn push(&self, vm: &Vm, value: Value) -> PyResult<()> {
        let len = self.len.get();
        let array = match self.array.get() {
            Some(array) if len < array.capacity() => array,
            _ => self.grow(vm, 1)?,
        };
        array.set(len, value);
        self.len.set(len + 1);
        Ok(())
    }

    pub fn extend(&self, vm: &Vm, values: &[Value]) -> PyResult<()> {
        let len = self.len.get();
        let array = match self.array.get() {
            Some(array) if values.len() <= array.capacity() - len => array,
            _ if values.is_empty() => return Ok(()),
            _ => self.grow(vm, values.len())?,
        };
        array.copy_from(len, values);
        self.len.set(len + values.len());
        Ok(())
    }

    #[cold]
    fn grow(&self, vm: &Vm, more: usize) -> PyResult<Ref<PyArray>> {
        let len = self.len.get();
        let wanted = len.checked_add(more).ok_or_else(|| vm.memory_error())?;
        let array = PyArray::new(vm, wanted.max(len.saturating_add(len / 2)).max(4))?;
        array.copy_from(0, self.as_slice());
        self.array.set(Some(array));
        Ok(array)
    }

    pub fn pop(&self) -> Slot {
        let len = self.len.get().checked_sub(1)?;
        self.len.set(len);
        self.array.get().and_then(|a| a.get(len))
    }

    #[inline]
    pub fn get(&self, i: usize) -> Slot {
        if i < self.len.get() { self.array.get().and_then(|a| a.get(i)) } else { None }
    }

    pub fn set(&self, i: usize, value: Value) {
        if let (true, Some(array)) = (i < self.len.get(), self.array.get()) {
            array.set(i, value);
        }
    }

    pub fn truncate(&self, len: usize) {
        if len < self.len.get() {
            self.len.set(len);
        }
    }

    /// The values. Not to be held across a `push` of this vector.
    pub fn as_slice(&self) -> &[Value] {
        match self.array.get() {
            // SAFETY: the first `len` slots are full, and a full slot is represented as a `Value`.
            Some(array) => unsafe { std::slice::from_raw_parts(array.as_ptr().cast::<Value>(), self.len.get()) },
            None => &[],
        }
    }

    /// The array behind it, for a list to take over; the vector must not be used any more.
    pub fn into_array(self) -> (Option<Ref<PyArray>>, usize) {
        (self.array.get(), self.len.get())
    }
}
