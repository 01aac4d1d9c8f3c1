//! `list`: the storage. The methods stand in [`methods`].

pub mod index;
pub mod iter;
pub mod methods;
pub mod repr;
pub mod sort;
mod timsort;

use std::cell::Cell;

use crate::PyResult;
use crate::object::layout::LIST;
use crate::object::{Field, Header, HeapType, LayoutId, Ref};
use crate::state::Vm;
use crate::types::array::{PyArray, ValueVec};
use crate::types::shape;
use crate::value::{Slot, Value};

#[repr(C)]
pub struct PyList {
    header: Header,
    pub(crate) attrs: Field,
    /// A [`PyArray`], or empty while nothing was ever stored.
    items: Field,
    len: Cell<usize>,
}

// SAFETY: repr(C), header first; a length is no heap address.
unsafe impl HeapType for PyList {
    const LAYOUT: LayoutId = LIST;
}

/// Where compiled code finds a list's array and its length.
pub const LIST_ITEMS_OFFSET: usize = std::mem::offset_of!(PyList, items);
pub const LIST_LEN_OFFSET: usize = std::mem::offset_of!(PyList, len);
pub use crate::types::array::ARRAY_ITEMS_OFFSET;

impl PyList {
    pub fn new(vm: &Vm, items: &[Value]) -> PyResult<Ref<PyList>> {
        let array = if items.is_empty() { None } else { Some(PyArray::new(vm, items.len())?) };
        let list: Ref<PyList> = vm.alloc(shape::list)?;
        if let Some(array) = array {
            array.copy_from(0, items);
            list.items.init(array.value());
            list.len.set(items.len());
        }
        Ok(list)
    }

    pub fn with_capacity(vm: &Vm, capacity: usize) -> PyResult<Ref<PyList>> {
        let array = if capacity == 0 { None } else { Some(PyArray::new(vm, capacity)?) };
        let list: Ref<PyList> = vm.alloc(shape::list)?;
        list.items.init(array.map(Ref::value));
        Ok(list)
    }

    /// A new list of the items of another from `start` to `stop`, with room for `more`.
    pub fn part(vm: &Vm, list: Ref<PyList>, start: usize, stop: usize, more: usize) -> PyResult<Ref<PyList>> {
        let stop = stop.min(list.len());
        let count = stop.saturating_sub(start);
        let room = count.checked_add(more).ok_or_else(|| vm.memory_error())?;
        let array = match room {
            0 => None,
            _ => Some(PyArray::filled(vm, room, count, || list.as_slice().get(start..stop).unwrap_or(&[]))?),
        };
        let new: Ref<PyList> = vm.alloc(shape::list)?;
        new.items.init(array.map(Ref::value));
        new.len.set(count);
        Ok(new)
    }

    /// The list that takes over a vector's storage.
    pub fn from_vec(vm: &Vm, values: ValueVec) -> PyResult<Ref<PyList>> {
        let (array, len) = values.into_array();
        let list: Ref<PyList> = vm.alloc(shape::list)?;
        list.items.init(array.map(Ref::value));
        list.len.set(len);
        Ok(list)
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
    pub fn array(&self) -> Option<Ref<PyArray>> {
        // SAFETY: `items` is only ever set to an array.
        self.items.get().and_then(Value::as_obj).map(|o| unsafe { Ref::from_ptr(o.as_ptr()) })
    }

    /// The items. Not to be held across anything that can run Python, allocate, or change the list.
    #[inline(always)]
    pub fn as_slice(&self) -> &[Value] {
        match self.array() {
            // SAFETY: the first `len` slots are full, and a full slot is represented as a `Value`.
            Some(array) => unsafe { std::slice::from_raw_parts(array.as_ptr().cast::<Value>(), self.len.get()) },
            None => &[],
        }
    }

    #[inline(always)]
    pub fn get(&self, i: usize) -> Slot {
        self.as_slice().get(i).copied()
    }
}

impl Ref<PyList> {
    #[inline(always)]
    pub fn set(self, i: usize, value: Value) {
        if let (true, Some(array)) = (i < self.len(), self.array()) {
            array.set(i, value);
        }
    }

    #[inline]
    pub fn push(self, vm: &Vm, value: Value) -> PyResult<()> {
        let len = self.len();
        let array = match self.array() {
            Some(array) if len < array.capacity() => array,
            _ => self.reserve(vm, 1)?,
        };
        array.set(len, value);
        self.len.set(len + 1);
        Ok(())
    }

    pub fn extend(self, vm: &Vm, values: &[Value]) -> PyResult<()> {
        if values.is_empty() {
            return Ok(());
        }
        let array = self.reserve(vm, values.len())?;
        array.copy_from(self.len(), values);
        self.len.set(self.len() + values.len());
        Ok(())
    }

    /// Room for `more` items behind those there are. Growth as CPython's: an eighth on top.
    pub fn reserve(self, vm: &Vm, more: usize) -> PyResult<Ref<PyArray>> {
        let len = self.len();
        let wanted = len.checked_add(more).ok_or_else(|| vm.memory_error())?;
        let old = self.array();
        if let Some(array) = old
            && wanted <= array.capacity()
        {
            return Ok(array);
        }
        let room = wanted.saturating_add(wanted >> 3).saturating_add(6) & !3;
        let array = PyArray::filled(vm, room, len, || self.as_slice())?;
        self.items.set(self, array.value());
        Ok(array)
    }

    /// Replaces all items by those of the vector, taking over its storage.
    pub fn replace_all(self, values: ValueVec) {
        let (array, len) = values.into_array();
        self.len.set(0);
        self.items.set(self, array.map(Ref::value));
        self.len.set(len);
    }

    /// After the slots up to `len` were filled through [`PyList::array`].
    pub(crate) fn set_len(self, len: usize) {
        debug_assert!(self.array().is_some_and(|a| len <= a.capacity()));
        self.len.set(len);
    }

    /// Cuts the list to `len` items; nothing where it is shorter.
    pub fn truncate(self, len: usize) {
        let old = self.len();
        if len < old {
            self.len.set(len);
            if let Some(array) = self.array() {
                array.clear_range(len, old);
            }
        }
    }

    /// Puts `value` before item `i` (the end, where `i` is beyond it).
    pub fn insert(self, vm: &Vm, i: usize, value: Value) -> PyResult<()> {
        let array = self.reserve(vm, 1)?;
        let len = self.len();
        let i = i.min(len);
        array.move_within(i, i + 1, len - i);
        array.set(i, value);
        self.len.set(len + 1);
        Ok(())
    }

    /// Takes item `i` out.
    pub fn remove_at(self, i: usize) -> Slot {
        let value = self.get(i)?;
        let len = self.len();
        let array = self.array()?;
        array.move_within(i + 1, i, len - i - 1);
        array.clear_range(len - 1, len);
        self.len.set(len - 1);
        Some(value)
    }

    pub fn clear(self) {
        self.len.set(0);
        self.items.set(self, None);
    }
}
