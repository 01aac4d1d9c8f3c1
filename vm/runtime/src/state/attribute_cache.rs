//! What attribute accesses by shape have found, shared by all instructions: an instruction that meets many shapes looks
//! here when its own cache does not fit, before it does the whole lookup.

use std::cell::Cell;

use crate::interp::feedback::Feedback;
use crate::object::Ref;
use crate::types::str::PyStr;

/// Entries of a table; a power of two.
const SIZE: usize = 1024;

/// One access: as an instruction's feedback, for one name.
pub struct Entry {
    /// The interned name's address (which lasts: interned strings live as long as the interpreter), 0 where empty.
    name: Cell<usize>,
    feedback: Feedback,
}

impl Entry {
    /// What is known of accesses by this name, if the entry is this name's.
    #[inline(always)]
    pub fn get(&self, name: Ref<PyStr>) -> Option<&Feedback> {
        (self.name.get() == name.addr()).then_some(&self.feedback)
    }

    /// The entry, emptied, is this name's from now on. `None`: the name may not last.
    pub fn take(&self, name: Ref<PyStr>) -> Option<&Feedback> {
        if !name.is_interned() {
            return None;
        }
        self.name.set(name.addr());
        self.feedback.clear();
        Some(&self.feedback)
    }
}

/// One kind of access.
pub struct Table(Box<[Entry]>);

impl Table {
    fn new() -> Table {
        // SAFETY: of zeros are an address and an empty feedback (`Kind::Empty` is 0, the rest numbers). (Memory comes to it
        // as it is used.)
        Table(unsafe { Box::new_zeroed_slice(SIZE).assume_init() })
    }

    /// Where accesses to `name` in objects of shape `shape` stand.
    #[inline(always)]
    pub fn entry(&self, shape: u32, name: Ref<PyStr>) -> &Entry {
        let hash = (name.addr() >> 4) ^ (shape as usize).wrapping_mul(0x9e37_79b1);
        &self.0[hash & (SIZE - 1)]
    }
}

pub struct AttributeCache {
    pub loads: Table,
    pub methods: Table,
    pub stores: Table,
}

impl AttributeCache {
    pub fn new() -> AttributeCache {
        AttributeCache { loads: Table::new(), methods: Table::new(), stores: Table::new() }
    }
}
