//! Interned strings: equal ones are one object, so attribute names compare by address.

use std::cell::RefCell;

use hashbrown::HashTable;

use super::Vm;
use super::names::Special;
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
            let hash = self.hash_bytes(text.as_bytes());
            if let Some(s) = self.interned.table.borrow().find(hash as u64, |s| s.equals_str(text)) {
                return Ok(*s);
            }
        }
        let s = PyStr::new(self, text)?;
        Ok(self.intern_str(s))
    }

    /// The interned string equal to `s`: `s` itself if it is the first. A subclass's instance stays as it is.
    pub fn intern_str(&self, s: Ref<PyStr>) -> Ref<PyStr> {
        if s.is_interned() || self.exact_str(s.value()).is_none() {
            return s;
        }
        let hash = s.hash(self) as u64;
        let mut table = self.interned.table.borrow_mut();
        if let Some(other) = table.find(hash, |other| other.equals(&s)) {
            return *other;
        }
        // Where there is no memory the string stays as it is: lookups by address then fail, and those by text find it.
        if table.try_reserve(1, |other| other.hash(self) as u64).is_err() {
            return s;
        }
        table.insert_unique(hash, s, |other| other.hash(self) as u64);
        s.set_interned();
        if let Some(text) = s.as_ascii()
            && text.starts_with("__")
            && let Some(special) = Special::all().find(|special| special.name() == text)
        {
            s.obj().header().set_aux(special as u8 + 1);
        }
        s
    }
}
