//! Interned strings: equal ones are one object, so attribute names compare by address.

use std::cell::RefCell;
use std::collections::HashMap;

use super::Vm;
use super::names::Special;
use crate::PyResult;
use crate::object::Ref;
use crate::types::str::PyStr;

/// By hash, then by text. (The values are roots.)
#[derive(Default)]
pub struct Interned {
    pub(crate) table: RefCell<HashMap<i64, Bucket, IdentityHash>>,
}

#[derive(Clone)]
pub enum Bucket {
    One(Ref<PyStr>),
    Many(Vec<Ref<PyStr>>),
}

/// The keys are hashes already.
#[derive(Default, Clone)]
pub struct IdentityHash;

impl std::hash::BuildHasher for IdentityHash {
    type Hasher = Identity;
    fn build_hasher(&self) -> Identity {
        Identity(0)
    }
}

pub struct Identity(u64);

impl std::hash::Hasher for Identity {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, _: &[u8]) {}
    fn write_i64(&mut self, i: i64) {
        self.0 = i as u64;
    }
}

impl Vm {
    /// The interned string of this text.
    pub fn intern(&self, text: &str) -> PyResult<Ref<PyStr>> {
        if text.is_ascii() {
            let hash = self.hash_bytes(text.as_bytes());
            let found = match self.interned.table.borrow().get(&hash) {
                Some(Bucket::One(s)) if s.equals_str(text) => Some(*s),
                Some(Bucket::Many(all)) => all.iter().find(|s| s.equals_str(text)).copied(),
                _ => None,
            };
            if let Some(s) = found {
                return Ok(s);
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
        let hash = s.hash(self);
        let mut table = self.interned.table.borrow_mut();
        match table.get_mut(&hash) {
            None => {
                table.insert(hash, Bucket::One(s));
            }
            Some(Bucket::One(other)) if other.equals(&s) => return *other,
            Some(bucket @ Bucket::One(_)) => {
                if let Bucket::One(other) = *bucket {
                    *bucket = Bucket::Many(vec![other, s]);
                }
            }
            Some(Bucket::Many(all)) => match all.iter().find(|o| o.equals(&s)) {
                Some(other) => return *other,
                None => all.push(s),
            },
        }
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
