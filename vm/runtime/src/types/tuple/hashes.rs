//! Hashes of tuples. CPython keeps a tuple's hash in the tuple; here a table beside the heap remembers those of tuples whose
//! hash takes long, by address. Objects do not move, and an address is given anew only after a collection that found its
//! object dead: what is known of old objects holds until the next full collection, the rest until the next of any kind.

use std::cell::Cell;

use brolga_heap::CollectionKind;

use crate::PyResult;
use crate::object::Ref;
use crate::state::Vm;
use crate::types::shape;
use crate::types::tuple::PyTuple;
use crate::value::Value;

/// Entries; a power of two. (Memory comes to them as they are used.)
const SIZE: usize = 1 << 16;

/// Added to the address of a tuple that was old already.
const WAS_OLD: usize = 1;

/// As many entries of young tuples are listed; where there are more, all entries are looked at.
const LISTED: usize = 4096;

struct Entry {
    /// The tuple's address, 0 where empty; with [`WAS_OLD`], or not.
    tuple: Cell<usize>,
    hash: Cell<i64>,
}

/// What is known of tuples' hashes.
pub(crate) struct TupleHashes {
    entries: Box<[Entry]>,
    used: Cell<bool>,
    /// The first so many numbers are of entries that got young tuples since the last collection.
    young: Box<[Cell<u32>]>,
    listed: Cell<usize>,
}

impl TupleHashes {
    pub(crate) fn new() -> TupleHashes {
        // SAFETY: an entry of zeros is an empty one, and a number's zeros are a number.
        let (entries, young) =
            unsafe { (Box::new_zeroed_slice(SIZE).assume_init(), Box::new_zeroed_slice(LISTED).assume_init()) };
        TupleHashes { entries, used: Cell::new(false), young, listed: Cell::new(0) }
    }

    #[inline(always)]
    fn place(tuple: Ref<PyTuple>) -> usize {
        // Addresses are multiples of 16; tuples made in a row of blocks differ in the bits above, too.
        let address = tuple.addr() >> 4;
        (address ^ address >> 12) & (SIZE - 1)
    }

    #[inline(always)]
    fn known(&self, tuple: Ref<PyTuple>) -> Option<i64> {
        let entry = &self.entries[TupleHashes::place(tuple)];
        (entry.tuple.get() & !WAS_OLD == tuple.addr()).then(|| entry.hash.get())
    }

    fn remember(&self, tuple: Ref<PyTuple>, hash: i64) {
        let place = TupleHashes::place(tuple);
        let entry = &self.entries[place];
        entry.hash.set(hash);
        self.used.set(true);
        if tuple.obj().header().has(brolga_heap::flags::OLD) {
            entry.tuple.set(tuple.addr() | WAS_OLD);
            return;
        }
        entry.tuple.set(tuple.addr());
        if let Some(next) = self.young.get(self.listed.get()) {
            next.set(place as u32);
        }
        self.listed.set(self.listed.get().saturating_add(1));
    }

    /// After a collection.
    pub(crate) fn forget(&self, kind: CollectionKind) {
        let listed = self.listed.replace(0);
        let forget_young = |entry: &Entry| {
            let tuple = entry.tuple.get();
            if tuple != 0 && tuple & WAS_OLD == 0 {
                entry.tuple.set(0);
            }
        };
        if matches!(kind, CollectionKind::Full) {
            // What is zero is left alone: pages that nothing was written to have no memory yet.
            if self.used.replace(false) {
                self.entries.iter().filter(|entry| entry.tuple.get() != 0).for_each(|entry| entry.tuple.set(0));
            }
        } else if let Some(young) = self.young.get(..listed) {
            young.iter().for_each(|place| forget_young(&self.entries[place.get() as usize]));
        } else {
            self.entries.iter().for_each(forget_young);
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
        let lane = match vm.exact::<PyTuple>(*item, shape::tuple) {
            Some(tuple) => hash(vm, tuple, Asked::Within)?,
            None => vm.hash(*item)?,
        };
        acc = add_lane(acc, lane);
    }
    Ok(finish(acc, items.len()))
}

/// Those of so many ints in place, or fewer, are computed faster than they are found.
const SHORT: usize = 4;

/// How a tuple's hash is asked for.
#[derive(Copy, Clone, PartialEq, Eq)]
pub(crate) enum Asked {
    /// By itself: a young tuple, mostly made for this one question, is not remembered.
    Alone,
    /// As an item of another, which may have it more than once.
    Within,
}

/// The hash of a short tuple of ints in place.
#[inline(always)]
fn of_ints(items: &[Value]) -> Option<i64> {
    if items.len() > SHORT {
        return None;
    }
    let mut acc = PRIME_5;
    for item in items {
        let i = item.as_small_int()?;
        acc = add_lane(acc, if i == -1 { -2 } else { i });
    }
    Some(finish(acc, items.len()))
}

/// The hash of a tuple, or of an instance of a subclass as a tuple.
pub(crate) fn hash(vm: &Vm, tuple: Ref<PyTuple>, asked: Asked) -> PyResult<i64> {
    let items = tuple.as_slice();
    let is_remembered = is_remembered(tuple, asked);
    if let Some(hash) = known(vm, tuple, is_remembered) {
        return Ok(hash);
    }
    vm.check_native_stack(" while hashing a tuple")?;
    let hash = hash_items(vm, items)?;
    if is_remembered {
        vm.tuple_hashes.remember(tuple, hash);
    }
    Ok(hash)
}

/// The same without running Python code: `of` gives the hash of an item, where it can be told.
#[inline]
pub(crate) fn plain_hash(vm: &Vm, tuple: Ref<PyTuple>, asked: Asked, of: impl Fn(Value) -> Option<i64>) -> Option<i64> {
    let items = tuple.as_slice();
    let is_remembered = is_remembered(tuple, asked);
    if let Some(hash) = known(vm, tuple, is_remembered) {
        return Some(hash);
    }
    let acc = items.iter().try_fold(PRIME_5, |acc, item| Some(add_lane(acc, of(*item)?)))?;
    let hash = finish(acc, items.len());
    if is_remembered {
        vm.tuple_hashes.remember(tuple, hash);
    }
    Some(hash)
}

#[inline(always)]
fn is_remembered(tuple: Ref<PyTuple>, asked: Asked) -> bool {
    asked == Asked::Within || tuple.obj().header().has(brolga_heap::flags::OLD)
}

#[inline(always)]
fn known(vm: &Vm, tuple: Ref<PyTuple>, is_remembered: bool) -> Option<i64> {
    of_ints(tuple.as_slice()).or_else(|| is_remembered.then(|| vm.tuple_hashes.known(tuple)).flatten())
}
