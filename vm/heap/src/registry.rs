//! What the collector treats specially at death: weak references, ephemerons, finalizers, drops.
//!
//! Each list is kept in two parts. A minor collection only looks at the entries made since the last collection: everything
//! in the others is old, and cannot die.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::ptr::NonNull;

use crate::OutOfMemory;
use crate::header::Header;

/// A list in two parts, by age.
pub(crate) struct Aged<T> {
    pub young: Vec<T>,
    pub old: Vec<T>,
}

impl<T> Aged<T> {
    pub(crate) const fn new() -> Aged<T> {
        Aged { young: Vec::new(), old: Vec::new() }
    }

    pub(crate) fn push(&mut self, entry: T) -> Result<(), OutOfMemory> {
        self.young.try_reserve(1).map_err(|_| OutOfMemory)?;
        self.young.push(entry);
        Ok(())
    }

    /// Keeps the entries for which `keep` holds, among the young only or all.
    pub(crate) fn retain(&mut self, all: bool, mut keep: impl FnMut(&mut T) -> bool) {
        self.young.retain_mut(&mut keep);
        if all {
            self.old.retain_mut(&mut keep);
        }
    }

    /// The end of a collection: what is left is old. Without memory for that it stays among the young, which is harmless.
    pub(crate) fn settle(&mut self) {
        if self.young.is_empty() {
            return;
        }
        if self.old.is_empty() {
            std::mem::swap(&mut self.young, &mut self.old);
        } else if self.old.try_reserve(self.young.len()).is_ok() {
            self.old.append(&mut self.young);
        }
    }
}

/// A weak reference: the word at `offset` bytes into `cell` is the target, or 0.
#[derive(Copy, Clone)]
pub(crate) struct WeakEntry {
    pub cell: NonNull<Header>,
    pub offset: u32,
    /// The runtime wants to hear of the target's death.
    pub notify: bool,
}

impl WeakEntry {
    /// # Safety
    /// The cell is still there (it may be dead, but not swept).
    pub(crate) unsafe fn word(self) -> *mut u64 {
        // SAFETY: the registration promised that the offset lies inside the cell.
        unsafe { self.cell.as_ptr().byte_add(self.offset as usize).cast() }
    }
}

/// Addresses are multiples of 16: one multiplication spreads them.
#[derive(Default)]
pub(crate) struct AddressHasher(u64);

impl Hasher for AddressHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_usize(usize::from(byte));
        }
    }

    fn write_usize(&mut self, value: usize) {
        self.0 = (self.0 ^ value as u64 >> 4).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(20);
    }
}

/// Name of an ephemeron table, see [`crate::Heap::new_ephemeron_table`].
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub struct EphemeronTable(pub(crate) u32);

/// Key cells to value words. A value is kept alive by its key, as long as the key lives by other means.
#[derive(Default)]
pub(crate) struct Ephemerons {
    pub map: HashMap<usize, u64, BuildHasherDefault<AddressHasher>>,
    /// Keys whose entry was made or changed since the last collection.
    pub young: Vec<usize>,
}

impl Ephemerons {
    pub(crate) fn insert(&mut self, key: usize, value: u64) -> Result<(), OutOfMemory> {
        self.map.try_reserve(1).map_err(|_| OutOfMemory)?;
        self.young.try_reserve(1).map_err(|_| OutOfMemory)?;
        self.map.insert(key, value);
        self.young.push(key);
        Ok(())
    }
}

pub(crate) struct Registries {
    pub weaks: Aged<WeakEntry>,
    pub finalizables: Aged<NonNull<Header>>,
    pub drops: Aged<NonNull<Header>>,
    pub ephemerons: Vec<Option<Ephemerons>>,
    /// Dead objects brought back to be finalized, in order.
    pub pending: Vec<NonNull<Header>>,
    /// Weak cells whose target has died.
    pub cleared: Vec<NonNull<Header>>,
}

impl Registries {
    pub(crate) const fn new() -> Registries {
        Registries {
            weaks: Aged::new(),
            finalizables: Aged::new(),
            drops: Aged::new(),
            ephemerons: Vec::new(),
            pending: Vec::new(),
            cleared: Vec::new(),
        }
    }
}
