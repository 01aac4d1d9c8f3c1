//! Hashes of tuples. CPython keeps a tuple's hash in the tuple; here a table beside the heap remembers those of tuples whose
//! hash takes long, by address. Objects do not move, and an address is given anew only after a collection that found its
//! object dead: what is known of old objects holds until the next full collection, the rest until the next of any kind.

use std::cell::Cell;

use brolga_heap::CollectionKind;

use crate::PyResult;
use crate::object::Ref;
use crate::state::Vm;
use crate::types::tuple::PyTuple;
use crate::value::Value;

/// Entries; a power of two.
const SIZE: usize = 8192;

/// Added to the address of a tuple that was old already.
const WAS_OLD: usize = 1;

struct Entry {
    /// The tuple's address, 0 where empty; with [`WAS_OLD`], or not.
    tuple: Cell<usize>,
    hash: Cell<i64>,
}

/// What is known of tuples' hashes.
pub(crate) struct TupleHashes {
    entries: Box<[Entry]>,
    used: Cell<bool>,
}

impl TupleHashes {
    pub(crate) fn new() -> TupleHashes {
        // SAFETY: an entry of zeros is an empty one. (Memory comes to it as it is used.)
        TupleHashes { entries: unsafe { Box::new_zeroed_slice(SIZE).assume_init() }, used: Cell::new(false) }
    }

    #[inline(always)]
    fn entry(&self, tuple: Ref<PyTuple>) -> &Entry {
        // Addresses are multiples of 16; tuples made in a row of blocks differ in the bits above, too.
        let address = tuple.addr() >> 4;
        &self.entries[(address ^ address >> 12) & (SIZE - 1)]
    }

    /// After a collection.
    pub(crate) fn forget(&self, kind: CollectionKind) {
        if !self.used.get() {
            return;
        }
        let full = matches!(kind, CollectionKind::Full);
        self.used.set(!full);
        for entry in self.entries.iter() {
            if full || entry.tuple.get() & WAS_OLD == 0 {
                entry.tuple.set(0);
            }
        }
    }
}

const PRIME_1: u64 = 11400714785074694791;
const PRIME_2: u64 = 14029467366897019727;
const PRIME_5: u64 = 2870177450012600261;

#[inline(always)]
fn add_lane(acc: u64, hash: i64) -> u64 {
    acc.wrapping_add((hash as u64).wrapping_mul(PRIME_2)).rotate_left(31).wrapping_mul(PRIME_1)
}

#[inline(always)]
fn finish(acc: u64, len: usize) -> i64 {
    let acc = acc.wrapping_add(len as u64 ^ (PRIME_5 ^ 3527539));
    if acc == u64::MAX { 1546275796 } else { acc as i64 }
}

/// The hash of a tuple of items with these hashes: CPython's variant of xxHash.
pub fn hash_items(vm: &Vm, items: &[Value]) -> PyResult<i64> {
    let mut acc = PRIME_5;
    for item in items {
        acc = add_lane(acc, vm.hash(*item)?);
    }
    Ok(finish(acc, items.len()))
}

/// Longer ones are always remembered.
const SHORT: usize = 4;

/// The hash of a tuple, or of an instance of a subclass as a tuple.
pub(crate) fn hash(vm: &Vm, tuple: Ref<PyTuple>) -> PyResult<i64> {
    let items = tuple.as_slice();
    if items.len() <= SHORT {
        let mut acc = PRIME_5;
        let mut simple = true;
        for item in items {
            let lane = match (item.as_small_int(), vm.exact_str(*item)) {
                (Some(-1), _) => -2,
                (Some(i), _) => i,
                (None, Some(s)) => s.hash(vm),
                (None, None) => {
                    simple = false;
                    break;
                }
            };
            acc = add_lane(acc, lane);
        }
        if simple {
            return Ok(finish(acc, items.len()));
        }
    }
    let entry = vm.tuple_hashes.entry(tuple);
    if entry.tuple.get() & !WAS_OLD == tuple.addr() {
        return Ok(entry.hash.get());
    }
    vm.check_native_stack(" while hashing a tuple")?;
    let hash = hash_items(vm, items)?;
    let old = tuple.obj().header().has(brolga_heap::flags::OLD);
    entry.tuple.set(if old { tuple.addr() | WAS_OLD } else { tuple.addr() });
    entry.hash.set(hash);
    vm.tuple_hashes.used.set(true);
    Ok(hash)
}
