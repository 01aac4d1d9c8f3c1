//! What a pickler remembers of the objects that it has written: by identity, under numbers.

use std::cell::RefCell;
use std::ptr::NonNull;

use brolga_runtime::PyResult;
use brolga_runtime::object::{Header, Ref};
use brolga_runtime::state::Vm;
use brolga_runtime::types::list::PyList;
use brolga_runtime::value::Value;

use super::pickler::Pickler;

/// The plain half: the objects themselves are in a list, which keeps them alive; objects do not move.
#[derive(Default)]
pub struct Indexes {
    /// Open addressing: places in the list, plus one; 0 where free. The length is a power of two.
    table: Vec<u32>,
    /// The number of each object in the list; empty while each is its place.
    numbers: Vec<u32>,
}

/// What [`crate::layouts`] calls for a dead pickler.
///
/// # Safety
/// A dead cell of the layout of picklers.
pub unsafe fn drop_indexes(cell: NonNull<Header>) {
    // SAFETY: by this function's contract.
    let pickler: Ref<Pickler> = unsafe { Ref::from_ptr(cell) };
    // SAFETY: the object is dead.
    unsafe { pickler.indexes.free() };
}

fn place(v: Value, mask: usize) -> usize {
    ((v.bits() >> 4).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as usize & mask
}

impl Indexes {
    fn find(&self, objects: &[Value], v: Value) -> Option<u32> {
        let mask = self.table.len().checked_sub(1)?;
        let mut at = place(v, mask);
        loop {
            let entry = self.table[at].checked_sub(1)? as usize;
            if objects.get(entry).is_some_and(|other| other.same_bits(v)) {
                return self.number(entry);
            }
            at = (at + 1) & mask;
        }
    }

    fn number(&self, at: usize) -> Option<u32> {
        if self.numbers.is_empty() { u32::try_from(at).ok() } else { self.numbers.get(at).copied() }
    }

    fn insert(&mut self, at: usize, v: Value) {
        let mask = self.table.len() - 1;
        let mut i = place(v, mask);
        while self.table[i] != 0 {
            i = (i + 1) & mask;
        }
        self.table[i] = at as u32 + 1;
    }

    /// Remembers the last of the objects.
    fn add(&mut self, vm: &Vm, objects: &[Value], number: u32) -> PyResult<()> {
        let at = objects.len() - 1;
        let memory = |_| vm.memory_error();
        if !self.numbers.is_empty() || at != number as usize {
            self.numbers.try_reserve(objects.len() - self.numbers.len()).map_err(memory)?;
            self.numbers.extend(self.numbers.len() as u32..at as u32);
            self.numbers.push(number);
        }
        if objects.len() * 2 > self.table.len() {
            let size = (self.table.len() * 4).max(128);
            let mut table = Vec::new();
            table.try_reserve_exact(size).map_err(memory)?;
            table.resize(size, 0);
            self.table = table;
            for (i, v) in objects.iter().enumerate() {
                self.insert(i, *v);
            }
        } else {
            self.insert(at, objects[at]);
        }
        Ok(())
    }
}

impl Pickler {
    fn indexes(&self) -> Option<&RefCell<Indexes>> {
        self.indexes.get()
    }

    fn remembered(&self) -> Option<Ref<PyList>> {
        self.memo.get().and_then(Value::downcast)
    }

    /// The number under which the object was written.
    pub(super) fn number_of(&self, v: Value) -> Option<u32> {
        let objects = self.remembered()?;
        self.indexes()?.borrow().find(objects.as_slice(), v)
    }

    pub(super) fn memo_len(&self) -> usize {
        self.remembered().map_or(0, |objects| objects.len())
    }

    /// The objects with their numbers.
    pub(super) fn memo_entry(&self, i: usize) -> Option<(u32, Value)> {
        let object = self.remembered()?.get(i)?;
        let number = self.indexes()?.borrow().number(i)?;
        Some((number, object))
    }

    pub(super) fn forget_all(&self) {
        if let Some(objects) = self.remembered() {
            objects.clear();
        }
        if let Some(indexes) = self.indexes() {
            *indexes.borrow_mut() = Indexes::default();
        }
    }
}

/// Remembers an object under a number.
pub(super) fn remember(vm: &Vm, pickler: Ref<Pickler>, v: Value, number: u32) -> PyResult<()> {
    let objects = match pickler.remembered() {
        Some(objects) => objects,
        None => {
            let objects = vm.new_list(&[])?;
            pickler.memo.set(pickler, objects.value());
            objects
        }
    };
    if u32::try_from(objects.len() + 1).is_err() {
        return Err(vm.memory_error());
    }
    objects.push(vm, v)?;
    match pickler.indexes() {
        Some(indexes) => indexes.borrow_mut().add(vm, objects.as_slice(), number),
        None => Err(vm.system_error("a pickler without a memo")),
    }
}
