//! [`Field`]: a slot of a heap object that the collector traces, with the write barrier.

use std::cell::Cell;

use super::Obj;
use crate::value::{Slot, Value};

/// A traced slot in a heap object; empty when the memory is zero.
#[repr(transparent)]
pub struct Field(Cell<Slot>);

impl Field {
    #[inline(always)]
    pub fn get(&self) -> Slot {
        self.0.get()
    }

    /// The value, or `None` the Python object where the slot is empty.
    #[inline(always)]
    pub fn get_or_none(&self) -> Value {
        self.0.get().unwrap_or(Value::NONE)
    }

    /// Stores `value` into the slot, which is part of `owner`.
    #[inline(always)]
    pub fn set(&self, owner: impl Into<Obj>, value: impl Into<Slot>) {
        self.0.set(value.into());
        owner.into().wrote();
    }

    /// A store into an object that was allocated since the last point where a collection can happen: no barrier.
    #[inline(always)]
    pub fn init(&self, value: impl Into<Slot>) {
        self.0.set(value.into());
    }

    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.0.get().is_none()
    }
}
