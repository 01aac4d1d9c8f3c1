//! The references that were asked for last: `weakref.ref(object)` gives the same one each time, and some programs ask for
//! those of a few classes again and again. What is known holds until the next collection.

use std::cell::Cell;

use super::PyWeakRef;
use crate::object::{Obj, Ref};

/// Entries; a power of two.
const SIZE: usize = 256;

#[derive(Default)]
struct Entry {
    /// The address of the object, 0 where empty.
    target: Cell<usize>,
    /// Of its shared reference.
    reference: Cell<usize>,
}

/// Shared references by their objects.
pub(crate) struct SharedRefs {
    entries: Box<[Entry; SIZE]>,
    used: Cell<bool>,
}

impl SharedRefs {
    pub(crate) fn new() -> SharedRefs {
        SharedRefs { entries: Box::new(std::array::from_fn(|_| Entry::default())), used: Cell::new(false) }
    }

    #[inline]
    fn entry(&self, target: Obj) -> &Entry {
        let address = target.addr() >> 4;
        &self.entries[(address ^ address >> 8) % SIZE]
    }

    #[inline]
    pub(super) fn find(&self, target: Obj) -> Option<Ref<PyWeakRef>> {
        let entry = self.entry(target);
        if entry.target.get() != target.addr() {
            return None;
        }
        // SAFETY: a reference that was alive after the last collection; none has been freed since.
        unsafe { Obj::from_addr_unchecked(entry.reference.get()) }.downcast()
    }

    pub(super) fn remember(&self, target: Obj, reference: Ref<PyWeakRef>) {
        let entry = self.entry(target);
        entry.target.set(target.addr());
        entry.reference.set(reference.addr());
        self.used.set(true);
    }

    /// At a collection.
    pub(crate) fn forget(&self) {
        if self.used.replace(false) {
            self.entries.iter().for_each(|entry| entry.target.set(0));
        }
    }
}
