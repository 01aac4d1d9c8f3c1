//! Values that a program which embeds the interpreter holds: roots of the collector, by number.

use std::cell::RefCell;

use crate::value::{Slot, Value};

/// A table of values, and which of its places are free.
#[derive(Default)]
pub struct Handles {
    inner: RefCell<Inner>,
}

#[derive(Default)]
struct Inner {
    slots: Vec<Slot>,
    free: Vec<u32>,
}

impl Handles {
    /// Holds a value; `None` without memory.
    pub fn hold(&self, value: Value) -> Option<u32> {
        let mut inner = self.inner.borrow_mut();
        if let Some(number) = inner.free.pop() {
            inner.slots[number as usize] = Some(value);
            return Some(number);
        }
        let number = u32::try_from(inner.slots.len()).ok()?;
        inner.slots.try_reserve(1).ok()?;
        // One free place for each value, so that letting go takes no memory.
        let wanted = inner.slots.len() + 1 - inner.free.len();
        inner.free.try_reserve(wanted).ok()?;
        inner.slots.push(Some(value));
        Some(number)
    }

    /// The value held by this number.
    pub fn get(&self, number: u32) -> Slot {
        self.inner.borrow().slots.get(number as usize).copied().flatten()
    }

    /// Lets a value go.
    pub fn release(&self, number: u32) {
        let mut inner = self.inner.borrow_mut();
        if let Some(slot) = inner.slots.get_mut(number as usize)
            && slot.take().is_some()
        {
            inner.free.push(number);
        }
    }

    pub(crate) fn each(&self, f: impl FnMut(Value)) {
        self.inner.borrow().slots.iter().copied().flatten().for_each(f);
    }
}
