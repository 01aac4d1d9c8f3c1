//! The cache of class attribute lookups, by class version and name.

use std::cell::Cell;

use super::Vm;
use crate::object::Ref;
use crate::types::str::PyStr;
use crate::types::type_object::PyType;
use crate::value::Slot;

const SIZE: usize = 4096;

#[derive(Copy, Clone)]
struct Entry {
    version: u32,
    name: usize,
    /// Kept alive by the class that has this version; names are interned, which lasts.
    value: Slot,
}

/// What lookups found. An entry is only used while its class has the version it had then.
pub struct MethodCache {
    entries: Box<[Cell<Entry>]>,
}

impl MethodCache {
    pub fn new() -> MethodCache {
        // SAFETY: of zeros are a number, an address and an empty slot. (Memory comes to it as it is used.)
        MethodCache { entries: unsafe { Box::new_zeroed_slice(SIZE).assume_init() } }
    }

    #[inline]
    pub fn lookup(&self, vm: &Vm, class: Ref<PyType>, name: Ref<PyStr>) -> Slot {
        let version = class.version(vm);
        let address = name.addr();
        let slot = (version as usize ^ (address >> 4)) & (SIZE - 1);
        let cell = self.entries.get(slot)?;
        let entry = cell.get();
        if entry.version == version && entry.name == address {
            return entry.value;
        }
        let value = class.lookup_uncached(vm, name);
        // The last version is shared by all that came too late for one of their own.
        if version != u32::MAX && name.is_interned() {
            cell.set(Entry { version, name: address, value });
        }
        value
    }
}
