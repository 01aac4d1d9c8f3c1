//! Interned strings: equal ones are one object, so attribute names compare by address.

use std::cell::RefCell;

use hashbrown::HashTable;

use super::Vm;
use crate::PyResult;
use crate::object::Ref;
use crate::types::str::PyStr;

/// Every interned string, by its hash. (They are roots.)
pub struct Interned {
    pub(crate) table: RefCell<HashTable<Ref<PyStr>>>,
}

impl Interned {
    /// With room for what a start interns: growing would touch twice the memory.
    pub fn new() -> Interned {
        Interned { table: RefCell::new(HashTable::with_capacity(7000)) }
    }
}

impl Vm {
    /// The interned string of this text.
    pub fn intern(&self, text: &str) -> PyResult<Ref<PyStr>> {
        if text.is_ascii() {
            return self.intern_ascii(text.as_bytes());
        }
        let s = PyStr::new(self, text)?;
        Ok(self.intern_str(s))
    }

    /// The interned string of this text, which is ASCII.
    pub(crate) fn intern_ascii(&self, text: &[u8]) -> PyResult<Ref<PyStr>> {
        let hash = self.hash_bytes(text);
        if let Some(s) = self.interned.table.borrow().find(hash as u64, |s| s.is_ascii() && s.raw_bytes() == text) {
            return Ok(*s);
        }
        let s = PyStr::from_latin1(self, text)?;
        s.set_hash(hash);
        Ok(self.insert_interned(s, hash as u64))
    }

    /// The interned string equal to `s`: `s` itself if it is the first. A subclass's instance stays as it is.
    pub fn intern_str(&self, s: Ref<PyStr>) -> Ref<PyStr> {
        if s.is_interned() || self.exact_str(s.value()).is_none() {
            return s;
        }
        let hash = s.hash(self) as u64;
        if let Some(other) = self.interned.table.borrow().find(hash, |other| other.equals(&s)) {
            return *other;
        }
        self.insert_interned(s, hash)
    }

    /// A string that is not in the table yet.
    fn insert_interned(&self, s: Ref<PyStr>, hash: u64) -> Ref<PyStr> {
        let mut table = self.interned.table.borrow_mut();
        // Where there is no memory the string stays as it is: lookups by address then fail, and those by text find it.
        if table.try_reserve(1, |other| other.hash(self) as u64).is_err() {
            return s;
        }
        table.insert_unique(hash, s, |other| other.hash(self) as u64);
        s.set_interned();
        s
    }
}
