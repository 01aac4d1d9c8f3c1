//! `dict`: lookup, insertion, deletion. The storage stands in [`table`], the methods in [`methods`].

pub mod iter;
pub mod methods;
pub mod table;
pub mod update;
pub mod views;

use std::cell::Cell;

use crate::PyResult;
use crate::object::layout::DICT;
use crate::object::{Field, Header, HeapType, LayoutId, Ref};
use crate::protocol::keys;
use crate::state::Vm;
use crate::types::shape;
use crate::types::str::PyStr;
use crate::value::{Slot, Value};
use table::{Probe, PyDictTable};

#[repr(C)]
pub struct PyDict {
    header: Header,
    pub(crate) attrs: Field,
    /// A [`PyDictTable`], or empty while nothing was ever stored.
    table: Field,
    /// Number of items.
    used: Cell<usize>,
}

// SAFETY: repr(C), header first; a count is no heap address.
unsafe impl HeapType for PyDict {
    const LAYOUT: LayoutId = DICT;
}

/// Where compiled code finds the number of items.
pub const USED_OFFSET: usize = std::mem::offset_of!(PyDict, used);

/// Where a key was found.
struct Found {
    at: usize,
    entry: usize,
}

impl Vm {
    /// `hash(v)` of a key; "cannot use 'list' as a dict key (unhashable type: 'list')".
    #[inline]
    pub fn hash_key(&self, v: Value) -> PyResult<i64> {
        self.hash(v).map_err(|raised| crate::types::set::unhashable(self, raised, v, "dict key"))
    }
}

impl PyDict {
    /// The table, and the address of the field that holds it, for compiled code.
    pub fn table_place(&self) -> Option<(*const Field, Ref<PyDictTable>)> {
        Some((&raw const self.table, self.table()?))
    }

    pub fn new(vm: &Vm) -> PyResult<Ref<PyDict>> {
        vm.alloc(shape::dict)
    }

    pub fn with_capacity(vm: &Vm, entries: usize) -> PyResult<Ref<PyDict>> {
        let table = if entries == 0 { None } else { Some(PyDictTable::new(vm, entries, true)?) };
        let dict: Ref<PyDict> = vm.alloc(shape::dict)?;
        dict.table.init(table.map(Ref::value));
        Ok(dict)
    }

    #[inline(always)]
    pub fn len(&self) -> usize {
        self.used.get()
    }

    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    #[inline(always)]
    pub fn table(&self) -> Option<Ref<PyDictTable>> {
        // SAFETY: `table` is only ever set to a table.
        self.table.get().and_then(Value::as_obj).map(|o| unsafe { Ref::from_ptr(o.as_ptr()) })
    }

    /// The item at or after `*position`, which is moved behind it: iteration that survives changes of the dict.
    pub fn next_item(&self, position: &mut usize) -> Option<(Value, Value)> {
        let table = self.table()?;
        while *position < table.filled() {
            let entry = table.entry(*position);
            *position += 1;
            if entry.is_some() {
                return entry;
            }
        }
        None
    }

    /// [`PyDict::next_item`] with the key's hash.
    pub fn next_item_hashed(&self, vm: &Vm, position: &mut usize) -> Option<(Value, Value, i64)> {
        let (key, value) = self.next_item(position)?;
        Some((key, value, self.table()?.hash(vm, *position - 1)))
    }

    /// The item before `*position` (a number of entries, [`PyDict::end_position`] at first), which is moved to it.
    pub fn previous_item(&self, position: &mut usize) -> Option<(Value, Value)> {
        let table = self.table()?;
        *position = (*position).min(table.filled());
        while *position > 0 {
            *position -= 1;
            let entry = table.entry(*position);
            if entry.is_some() {
                return entry;
            }
        }
        None
    }

    pub fn end_position(&self) -> usize {
        self.table().map_or(0, |t| t.filled())
    }

    /// The value of an interned (or any exact) string key. Runs no Python: other keys are compared only if they are
    /// exact strings too... which is right, as a string's `__eq__` with a non-string is decided by the other's type,
    /// and keys of other types that equal strings are found by [`Ref::<PyDict>::get_item`].
    pub fn get_str(&self, vm: &Vm, name: Ref<PyStr>) -> Slot {
        let table = self.table()?;
        let found = find_str(vm, table, name)?;
        table.entry(found.entry).map(|(_, v)| v)
    }

    /// The number of the entry that holds an exact string key, for inline caches.
    pub fn entry_of_str(&self, vm: &Vm, name: Ref<PyStr>) -> Option<usize> {
        find_str(vm, self.table()?, name).map(|f| f.entry)
    }
}

/// Looks an exact string up without running Python.
#[inline]
fn find_str(vm: &Vm, table: Ref<PyDictTable>, name: Ref<PyStr>) -> Option<Found> {
    let hash = name.hash(vm);
    let mut probe = table.probe(hash);
    loop {
        match table.index_at(probe.at) {
            Probe::Empty => return None,
            Probe::Deleted => {}
            Probe::Entry(entry) => {
                if let Some(key) = table.key(entry) {
                    if key.same_bits(name.value()) {
                        return Some(Found { at: probe.at, entry });
                    }
                    if let Some(other) = key.downcast::<PyStr>()
                        && other.hash(vm) == hash
                        && other.equals(&name)
                    {
                        return Some(Found { at: probe.at, entry });
                    }
                }
            }
        }
        probe.advance();
    }
}

impl Ref<PyDict> {
    /// Finds a key. Comparing may run Python, which may change the dict: the search then starts again.
    fn find(self, vm: &Vm, key: Value, hash: i64) -> PyResult<Option<(Ref<PyDictTable>, Found)>> {
        'again: loop {
            let Some(table) = self.table() else { return Ok(None) };
            if table.is_strings()
                && let Some(name) = vm.exact_str(key)
            {
                return Ok(find_str(vm, table, name).map(|f| (table, f)));
            }
            let mut probe = table.probe(hash);
            loop {
                match table.index_at(probe.at) {
                    Probe::Empty => return Ok(None),
                    Probe::Deleted => {}
                    Probe::Entry(entry) => {
                        if let Some(other) = table.key(entry) {
                            let found = Found { at: probe.at, entry };
                            if other.is(key) {
                                return Ok(Some((table, found)));
                            }
                            if table.hash(vm, entry) == hash {
                                let equal = vm.eq(other, key)?;
                                if self.table() != Some(table) || !table.key(entry).is_some_and(|k| k.same_bits(other))
                                {
                                    continue 'again;
                                }
                                if equal {
                                    return Ok(Some((table, found)));
                                }
                            }
                        }
                    }
                }
                probe.advance();
            }
        }
    }

    /// The entry of a plain key ([`keys`]), without running Python: outer `None` where a key that may be equal must be
    /// asked.
    pub(crate) fn find_plain(self, vm: &Vm, key: Value, hash: i64) -> Option<Option<usize>> {
        let Some(table) = self.table() else { return Some(None) };
        let mut probe = table.probe(hash);
        loop {
            match table.index_at(probe.at) {
                Probe::Empty => return Some(None),
                Probe::Deleted => {}
                Probe::Entry(entry) => {
                    if let Some(other) = table.key(entry)
                        && (other.same_bits(key) || table.hash(vm, entry) == hash && keys::eq(vm, other, key)?)
                    {
                        return Some(Some(entry));
                    }
                }
            }
            probe.advance();
        }
    }

    /// `dict.get(key)`, by hash and equality.
    #[inline]
    pub fn get_item(self, vm: &Vm, key: Value) -> PyResult<Slot> {
        if let (Some(name), Some(table)) = (vm.exact_str(key), self.table())
            && table.is_strings()
        {
            return Ok(find_str(vm, table, name).and_then(|f| table.entry(f.entry)).map(|(_, v)| v));
        }
        let hash = vm.hash_key(key)?;
        self.get_item_hashed(vm, key, hash)
    }

    pub fn get_item_hashed(self, vm: &Vm, key: Value, hash: i64) -> PyResult<Slot> {
        Ok(self.find(vm, key, hash)?.and_then(|(table, f)| table.entry(f.entry)).map(|(_, v)| v))
    }

    pub fn contains(self, vm: &Vm, key: Value) -> PyResult<bool> {
        Ok(self.get_item(vm, key)?.is_some())
    }

    /// `dict[key] = value`.
    #[inline]
    pub fn set_item(self, vm: &Vm, key: Value, value: Value) -> PyResult<()> {
        let hash = vm.hash_key(key)?;
        self.set_item_hashed(vm, key, hash, value)
    }

    pub fn set_item_hashed(self, vm: &Vm, key: Value, hash: i64, value: Value) -> PyResult<()> {
        if let Some((table, found)) = self.find(vm, key, hash)? {
            table.set_value(found.entry, value);
            return Ok(());
        }
        self.insert_new(vm, key, hash, value)
    }

    /// The value of the key, which is put there if it is missing: with one search.
    pub fn set_default_hashed(self, vm: &Vm, key: Value, hash: i64, value: Value) -> PyResult<Value> {
        if let Some((table, found)) = self.find(vm, key, hash)?
            && let Some((_, value)) = table.entry(found.entry)
        {
            return Ok(value);
        }
        self.insert_new(vm, key, hash, value)?;
        Ok(value)
    }

    /// Sets an exact string key: runs no Python.
    pub fn set_str(self, vm: &Vm, name: Ref<PyStr>, value: Value) -> PyResult<()> {
        if let Some(table) = self.table()
            && let Some(found) = find_str(vm, table, name)
        {
            table.set_value(found.entry, value);
            return Ok(());
        }
        self.insert_new(vm, name.value(), name.hash(vm), value)
    }

    /// Sets a string key that is made and interned from Rust text.
    pub fn set_name(self, vm: &Vm, name: &str, value: Value) -> PyResult<()> {
        let name = vm.intern(name)?;
        self.set_str(vm, name, value)
    }

    pub(crate) fn insert_new(self, vm: &Vm, key: Value, hash: i64, value: Value) -> PyResult<()> {
        let is_str = vm.exact_str(key).is_some();
        let table = match self.table() {
            Some(table) if table.has_room() && (is_str || !table.is_strings()) => table,
            old => self.resize(vm, old, is_str)?,
        };
        table.insert_new(hash, key, value);
        self.used.set(self.used.get() + 1);
        Ok(())
    }

    /// A bigger table (or one without the deleted entries), with the same items.
    #[cold]
    fn resize(self, vm: &Vm, old: Option<Ref<PyDictTable>>, adding_str: bool) -> PyResult<Ref<PyDictTable>> {
        let used = self.used.get();
        let strings = adding_str && old.is_none_or(|t| t.is_strings());
        let new = PyDictTable::new(vm, (used * 2).max(used + 1), strings)?;
        if let Some(old) = old {
            for entry in 0..old.filled() {
                if let Some((key, value)) = old.entry(entry) {
                    new.insert_new(old.hash(vm, entry), key, value);
                }
            }
        }
        self.table.set(self, new.value());
        Ok(new)
    }

    /// Removes a key and gives its value.
    pub fn remove(self, vm: &Vm, key: Value) -> PyResult<Slot> {
        let hash = vm.hash_key(key)?;
        let Some((table, found)) = self.find(vm, key, hash)? else { return Ok(None) };
        let value = table.delete_at(found.at, found.entry);
        if value.is_some() {
            self.used.set(self.used.get() - 1);
        }
        Ok(value)
    }

    /// Removes an exact string key.
    pub fn remove_str(self, vm: &Vm, name: Ref<PyStr>) -> Slot {
        let table = self.table()?;
        let found = find_str(vm, table, name)?;
        let value = table.delete_at(found.at, found.entry)?;
        self.used.set(self.used.get() - 1);
        Some(value)
    }

    /// Removes and gives the last item.
    pub fn pop_last(self, vm: &Vm) -> PyResult<Option<(Value, Value)>> {
        let mut position = self.end_position();
        let Some((key, value)) = self.previous_item(&mut position) else { return Ok(None) };
        let Some(table) = self.table() else { return Ok(None) };
        let mut probe = table.probe(table.hash(vm, position));
        loop {
            match table.index_at(probe.at) {
                Probe::Entry(entry) if entry == position => break,
                Probe::Empty => return Ok(None),
                _ => probe.advance(),
            }
        }
        table.delete_at(probe.at, position);
        table.forget_from(position);
        self.used.set(self.used.get() - 1);
        Ok(Some((key, value)))
    }

    /// Moves a key that is there behind all others, or before all others; false where it is not there. `gap` is how
    /// many entries at the table's start are known to be unused, and is updated. Comparing keys may run Python.
    pub fn move_to_end(self, vm: &Vm, key: Value, last: bool, gap: impl Fn(Option<usize>) -> usize) -> PyResult<bool> {
        let hash = vm.hash_key(key)?;
        let Some((table, found)) = self.find(vm, key, hash)? else { return Ok(false) };
        let Some((key, value)) = table.entry(found.entry) else { return Ok(false) };
        let is_str = table.is_strings();
        if last {
            if found.entry + 1 == table.filled() {
                return Ok(true);
            }
            // Room first: nothing may fail once the entry is out.
            let (table, found) = if table.has_room() {
                (table, found)
            } else {
                let table = self.resize(vm, Some(table), is_str)?;
                match self.find_entry(vm, table, key, hash) {
                    Some(found) => (table, found),
                    None => return Ok(false),
                }
            };
            table.delete_at(found.at, found.entry);
            table.insert_new(hash, key, value);
            return Ok(true);
        }
        let first = table.first_used(gap(None));
        gap(Some(first));
        if first == found.entry {
            return Ok(true);
        }
        if first > 0 {
            table.delete_at(found.at, found.entry);
            table.insert_at(first - 1, hash, key, value);
            gap(Some(first - 1));
            return Ok(true);
        }
        // A new table, with as much room at the start as there are items.
        let room = self.used.get().max(8);
        let new = PyDictTable::new(vm, room * 3, is_str)?;
        new.leave_gap(room);
        new.insert_at(room - 1, hash, key, value);
        for entry in 0..table.filled() {
            if entry != found.entry
                && let Some((key, value)) = table.entry(entry)
            {
                new.insert_new(table.hash(vm, entry), key, value);
            }
        }
        self.table.set(self, new.value());
        gap(Some(room - 1));
        Ok(true)
    }

    /// Where a key that is in the table stands, by its identity.
    fn find_entry(self, _: &Vm, table: Ref<PyDictTable>, key: Value, hash: i64) -> Option<Found> {
        let mut probe = table.probe(hash);
        loop {
            match table.index_at(probe.at) {
                Probe::Empty => return None,
                Probe::Entry(entry) if table.key(entry).is_some_and(|k| k.same_bits(key)) => {
                    return Some(Found { at: probe.at, entry });
                }
                _ => probe.advance(),
            }
        }
    }

    /// Removes and gives the item of an entry.
    pub fn take_entry(self, vm: &Vm, entry: usize) -> Option<(Value, Value)> {
        let table = self.table()?;
        let (key, value) = table.entry(entry)?;
        let found = self.find_entry(vm, table, key, table.hash(vm, entry))?;
        table.delete_at(found.at, entry);
        self.used.set(self.used.get() - 1);
        Some((key, value))
    }

    pub fn clear(self) {
        self.used.set(0);
        self.table.set(self, None);
    }

    /// A new plain dict with the same items.
    pub fn copy(self, vm: &Vm) -> PyResult<Ref<PyDict>> {
        let new = PyDict::with_capacity(vm, self.len())?;
        let mut position = 0;
        let strings = self.table().is_none_or(|t| t.is_strings());
        while let Some((key, value)) = self.next_item(&mut position) {
            match (strings, vm.exact_str(key)) {
                (true, Some(name)) => new.insert_new(vm, key, name.hash(vm), value)?,
                _ => {
                    let hash = match self.table() {
                        Some(t) => t.hash(vm, position - 1),
                        None => break,
                    };
                    new.insert_new(vm, key, hash, value)?;
                }
            }
        }
        Ok(new)
    }
}
