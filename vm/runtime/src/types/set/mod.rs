//! `set` and `frozenset`: the struct, lookup, insertion, and the operations on whole sets, in the order in which CPython
//! does them. The storage stands in [`table`], the methods in [`methods`], the iterator in [`iter`].

pub mod iter;
mod methods;
pub mod ops;
pub mod table;

use std::cell::Cell;

use crate::PyResult;
use crate::object::layout::SET;
use crate::object::{Field, Header, HeapType, LayoutId, Ref};
use crate::protocol::keys;
use crate::state::Vm;
use crate::types::shape;
use crate::types::type_object::PyType;
use crate::value::{Slot, Value};
pub use iter::{ITER_DEF, PySetIter};
pub use methods::{DEF, FROZEN_DEF};
pub use ops::update;
use table::{Look, MIN_SIZE, Probe, PySetTable, State};

#[repr(C)]
pub struct PySet {
    header: Header,
    attrs: Field,
    /// A [`PySetTable`], or empty while nothing was ever stored (as good as one of [`MIN_SIZE`] unused entries).
    table: Field,
    /// Entries used, dummies included.
    fill: Cell<usize>,
    used: Cell<usize>,
    /// A frozenset's hash, -1 while not computed... stored as its complement, so that zeroed memory says so.
    hash: Cell<i64>,
    /// Where `pop` goes on.
    finger: Cell<usize>,
}

/// Where compiled code finds the number of items.
pub const USED_OFFSET: usize = std::mem::offset_of!(PySet, used);

// SAFETY: repr(C), header first; traced by its own function, for a hash may look like an address.
unsafe impl HeapType for PySet {
    const LAYOUT: LayoutId = SET;
}

/// Traces attributes and table.
pub(crate) unsafe fn trace(obj: std::ptr::NonNull<Header>, tracer: &mut brolga_heap::Tracer) {
    // SAFETY: the collector calls this for live cells of this layout.
    let set: Ref<PySet> = unsafe { Ref::from_ptr(obj) };
    for field in [&set.attrs, &set.table] {
        if let Some(v) = field.get() {
            tracer.mark_value_word(v.bits());
        }
    }
}

impl Vm {
    /// `hash(v)` of an element; "cannot use 'list' as a set element (unhashable type: 'list')".
    #[inline]
    pub fn hash_element(&self, v: Value) -> PyResult<i64> {
        self.hash(v).map_err(|raised| unhashable(self, raised, v, "set element"))
    }
}

/// Says what an unhashable object was to be used as.
#[cold]
pub(crate) fn unhashable(vm: &Vm, raised: crate::Raised, v: Value, what: &str) -> crate::Raised {
    match vm.raised.get() {
        Some(e) if vm.type_of(e) == vm.types.type_error => {}
        _ => return raised,
    }
    let e = vm.take_raised(raised);
    match vm.str(e.value()) {
        Ok(text) => {
            let class = vm.fully_qualified_name(vm.type_of(v));
            vm.type_error(format!("cannot use '{class}' as a {what} ({})", text.to_lossy()))
        }
        Err(raised) => raised,
    }
}

impl PySet {
    /// A new empty set: `shape` is [`shape::set`] or [`shape::frozenset`].
    pub fn new(vm: &Vm, shape: u32) -> PyResult<Ref<PySet>> {
        vm.alloc(shape)
    }

    /// A set of these values.
    pub fn from_slice(vm: &Vm, shape: u32, items: &[Value]) -> PyResult<Ref<PySet>> {
        let set = PySet::new(vm, shape)?;
        for item in items {
            set.add(vm, *item)?;
        }
        Ok(set)
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
    pub fn table(&self) -> Option<Ref<PySetTable>> {
        // SAFETY: `table` is only ever set to a table.
        self.table.get().and_then(Value::as_obj).map(|o| unsafe { Ref::from_ptr(o.as_ptr()) })
    }

    fn mask(&self) -> usize {
        self.table().map_or(MIN_SIZE - 1, |t| t.mask())
    }

    /// The element at or after `*position`, which is moved behind it: iteration that survives changes of the set.
    #[inline]
    pub fn next_element(&self, position: &mut usize) -> Option<(Value, i64)> {
        self.table()?.next(position)
    }

    pub(crate) fn cached_hash(&self) -> Option<i64> {
        match !self.hash.get() {
            -1 => None,
            hash => Some(hash),
        }
    }
}

/// Where a search ended.
enum Found {
    At(Ref<PySetTable>, usize),
    /// The unused entry where it belongs, and a dummy that was passed on the way there (the last one, as in CPython):
    /// that is taken first.
    Unused(Ref<PySetTable>, usize, Option<usize>),
    NoTable,
}

impl Ref<PySet> {
    pub(crate) fn is_frozen(self, vm: &Vm) -> bool {
        self.header.tag() == shape::frozenset || vm.is_instance(self.value(), vm.types.frozenset)
    }

    /// Finds a key. Comparing may run Python, which may change the set: the search then starts again.
    fn find(self, vm: &Vm, key: Value, hash: i64) -> PyResult<Found> {
        'again: loop {
            let Some(table) = self.table() else { return Ok(Found::NoTable) };
            let mut probe = Probe::new(hash, table.mask());
            let mut dummy = None;
            loop {
                let at = probe.at();
                match table.state(at) {
                    State::Unused => return Ok(Found::Unused(table, at, dummy)),
                    State::Dummy => dummy = Some(at),
                    State::Active(other, h) if h == hash => {
                        if other.is(key) {
                            return Ok(Found::At(table, at));
                        }
                        let equal = vm.eq(other, key)?;
                        if self.table() != Some(table) || !table.key(at).is_some_and(|k| k.same_bits(other)) {
                            continue 'again;
                        }
                        if equal {
                            return Ok(Found::At(table, at));
                        }
                    }
                    _ => {}
                }
                probe.advance();
            }
        }
    }

    /// Is this plain key ([`keys`]) in the set? Runs no Python: `None` where an element must be asked.
    pub(crate) fn contains_plain(self, vm: &Vm, key: Value, hash: i64) -> Option<bool> {
        let Some(table) = self.table() else { return Some(false) };
        table.contains_by(hash, key, |other| keys::eq(vm, other, key))
    }

    /// Adds a value.
    #[inline]
    pub fn add(self, vm: &Vm, key: Value) -> PyResult<()> {
        let hash = vm.hash_element(key)?;
        self.add_hashed(vm, key, hash)?;
        Ok(())
    }

    /// Adds a value with its hash; `false`: it was there already.
    pub fn add_hashed(self, vm: &Vm, key: Value, hash: i64) -> PyResult<bool> {
        let (table, at) = loop {
            if let Some(table) = self.table() {
                match table.look(key, hash) {
                    Look::Here(_) => return Ok(false),
                    Look::Absent(at) => break (table, at),
                    Look::Ask => {}
                }
            }
            match self.find(vm, key, hash)? {
                Found::At(..) => return Ok(false),
                Found::Unused(table, _, Some(dummy)) => {
                    table.put(dummy, key, hash);
                    self.used.set(self.used.get() + 1);
                    return Ok(true);
                }
                Found::Unused(table, at, None) => break (table, at),
                Found::NoTable => {
                    let table = PySetTable::new(vm, MIN_SIZE)?;
                    self.table.set(self, table.value());
                }
            }
        };
        table.put(at, key, hash);
        self.fill.set(self.fill.get() + 1);
        self.used.set(self.used.get() + 1);
        if self.fill.get() * 5 >= table.mask() * 3 {
            self.resize(vm, self.growth())?;
        }
        Ok(true)
    }

    /// How many elements to make room for when a set is full, or full of dummies.
    fn growth(self) -> usize {
        let used = self.used.get();
        if used > 50000 { used * 2 } else { used * 4 }
    }

    /// A table for more than `wanted` elements, without dummies.
    pub(crate) fn resize(self, vm: &Vm, wanted: usize) -> PyResult<()> {
        let mut size = MIN_SIZE;
        while size <= wanted {
            size = size.checked_mul(2).ok_or_else(|| vm.memory_error())?;
        }
        let new = PySetTable::new(vm, size)?;
        if let Some(old) = self.table() {
            new.fill_from(old);
        }
        self.table.set(self, new.value());
        self.fill.set(self.used.get());
        Ok(())
    }

    /// Makes room once for `more` elements that are going to be added.
    pub(crate) fn reserve(self, vm: &Vm, more: usize) -> PyResult<()> {
        if (self.fill.get() + more) * 5 >= self.mask() * 3 {
            self.resize(vm, (self.used.get() + more) * 2)?;
        }
        Ok(())
    }

    #[inline(always)]
    pub fn contains_hashed(self, vm: &Vm, key: Value, hash: i64) -> PyResult<bool> {
        match self.table().map(|table| table.look(key, hash)) {
            Some(Look::Here(_)) => Ok(true),
            Some(Look::Absent(_)) | None => Ok(false),
            Some(Look::Ask) => Ok(matches!(self.find(vm, key, hash)?, Found::At(..))),
        }
    }

    /// `key in self`; an unhashable set is looked for as the frozenset it equals.
    pub fn contains(self, vm: &Vm, key: Value) -> PyResult<bool> {
        let hash = self.hash_sought(vm, key)?;
        self.contains_hashed(vm, key, hash)
    }

    fn hash_sought(self, vm: &Vm, key: Value) -> PyResult<i64> {
        let raised = match vm.hash_element(key) {
            Ok(hash) => return Ok(hash),
            Err(raised) => raised,
        };
        match key.downcast::<PySet>() {
            Some(set) if !set.is_frozen(vm) => {
                vm.catch(raised, vm.types.type_error)?;
                Ok(ops::hash(set))
            }
            _ => Err(raised),
        }
    }

    /// Takes a key out; `false`: it was not there.
    pub fn discard(self, vm: &Vm, key: Value) -> PyResult<bool> {
        let hash = self.hash_sought(vm, key)?;
        self.discard_hashed(vm, key, hash)
    }

    pub fn discard_hashed(self, vm: &Vm, key: Value, hash: i64) -> PyResult<bool> {
        let Some(table) = self.table() else { return Ok(false) };
        match table.look(key, hash) {
            Look::Here(at) => {
                table.make_dummy(at);
                self.used.set(self.used.get() - 1);
                return Ok(true);
            }
            Look::Absent(_) => return Ok(false),
            Look::Ask => {}
        }
        match self.find(vm, key, hash)? {
            Found::At(table, at) => {
                table.make_dummy(at);
                self.used.set(self.used.get() - 1);
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    /// Takes some element out.
    pub fn pop(self) -> Slot {
        if self.is_empty() {
            return None;
        }
        let table = self.table()?;
        let mask = table.mask();
        let mut at = self.finger.get() & mask;
        // There is an element, so this ends.
        let key = loop {
            match table.key(at) {
                Some(key) => break key,
                None => at = if at >= mask { 0 } else { at + 1 },
            }
        };
        table.make_dummy(at);
        self.used.set(self.used.get() - 1);
        self.finger.set(at + 1);
        Some(key)
    }

    pub fn clear(self) {
        self.table.set(self, None);
        self.fill.set(0);
        self.used.set(0);
    }

    /// Takes over the elements of `other`, which is not used any more.
    pub(crate) fn replace_by(self, other: Ref<PySet>) {
        self.table.set(self, other.table.get());
        self.fill.set(other.fill.get());
        self.used.set(other.used.get());
    }
}

/// `set` or `frozenset`, whichever `set` is an instance of: what operators make.
pub(crate) fn base_shape(vm: &Vm, set: Ref<PySet>) -> u32 {
    match set.header.tag() {
        exact @ (shape::set | shape::frozenset) => exact,
        _ if set.is_frozen(vm) => shape::frozenset,
        _ => shape::set,
    }
}

/// A new set of `class`, with the elements of an iterable.
pub(crate) fn new_of_class(vm: &Vm, class: Ref<PyType>, iterable: Slot) -> PyResult<Ref<PySet>> {
    let set: Ref<PySet> = if class == vm.types.set {
        PySet::new(vm, shape::set)?
    } else if class == vm.types.frozenset {
        PySet::new(vm, shape::frozenset)?
    } else {
        vm.alloc_instance(class)?
    };
    if let Some(iterable) = iterable {
        update(vm, set, iterable)?;
    }
    Ok(set)
}
