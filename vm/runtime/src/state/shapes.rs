//! Shapes: what the header's 32-bit tag stands for. A shape gives an object's class and where its attributes lie.
//!
//! Builtin types have one shape each, whose id is a constant ([`crate::types::shape`]). An instance with attributes
//! moves along a tree of shapes as they are added, one child per added name; the root is its class's.
//!
//! The first child of a shape has the next id, its first child the one after, as far as ids were set aside for such a
//! *run*. What lies where in one shape of a run lies there in all later ones. So a cache is good for a range of ids, and
//! one comparison tells whether an object, however far it has come, has an attribute in a certain slot.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::ops::Range;

use super::Vm;
use crate::PyResult;
use crate::object::Ref;
use crate::types::str::PyStr;
use crate::types::type_object::PyType;

/// Where a shape's attributes are stored.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum ShapeKind {
    /// Attribute `i` is in slot `i`: in the object while `i < inline`, else in its side array.
    Slots,
    /// The attributes are in a dict in the place of the side array.
    Dict,
}

pub struct Shape {
    pub id: u32,
    pub class: Cell<Ref<PyType>>,
    pub kind: ShapeKind,
    /// Slots in the object itself.
    pub inline: u16,
    /// Attributes, this shape's key counted.
    pub count: u16,
    pub parent: Option<&'static Shape>,
    /// The attribute that the parent lacks; its slot is `count - 1`.
    pub key: Option<Ref<PyStr>>,
    /// The ids of its run: each of these shapes that exists is the child of the one before, and, but for the first, adds
    /// an attribute that the class did not have when it was made.
    pub run: Range<u32>,
    /// Instructions meet objects of several shapes of the run (known of its first shape).
    varied: Cell<bool>,
    children: RefCell<Vec<&'static Shape>>,
    /// Made when a shape of many attributes is first asked: interned string's address -> slot.
    index: RefCell<Option<HashMap<usize, u16, AddressHash>>>,
}

/// Hashes addresses of cells, which differ from their fifth bit on.
#[derive(Default)]
pub struct AddressHasher(u64);

type AddressHash = std::hash::BuildHasherDefault<AddressHasher>;

impl std::hash::Hasher for AddressHasher {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, _: &[u8]) {}
    fn write_usize(&mut self, address: usize) {
        self.0 = (address as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_right(32);
    }
}

/// Above this many attributes a new one turns the object's attributes into a dict.
pub const MAX_SLOTS: u16 = 1000;
/// From this many attributes on a lookup uses an index.
const INDEXED_FROM: u16 = 8;
/// How many ids a run gets beyond those of the slots in place.
const SPARE_IDS: u32 = 4;

impl Shape {
    /// The slot of the attribute that `name` (interned) is.
    pub fn find(&self, name: Ref<PyStr>) -> Option<u16> {
        if self.count == 0 || self.kind == ShapeKind::Dict {
            return None;
        }
        if self.count >= INDEXED_FROM {
            return self.find_indexed(name);
        }
        let mut shape = self;
        loop {
            if shape.key == Some(name) {
                return Some(shape.count - 1);
            }
            shape = shape.parent?;
        }
    }

    fn find_indexed(&self, name: Ref<PyStr>) -> Option<u16> {
        if let Some(index) = &*self.index.borrow() {
            return index.get(&name.addr()).copied();
        }
        let index: HashMap<usize, u16, AddressHash> =
            self.keys().into_iter().zip(0u16..).map(|(k, i)| (k.addr(), i)).collect();
        let found = index.get(&name.addr()).copied();
        *self.index.borrow_mut() = Some(index);
        found
    }

    /// The attributes' names in order of their slots.
    pub fn keys(&self) -> Vec<Ref<PyStr>> {
        let mut keys = Vec::with_capacity(self.count as usize);
        let mut shape = Some(self);
        while let Some(s) = shape {
            keys.extend(s.key);
            shape = s.parent;
        }
        keys.reverse();
        keys
    }

    /// The shape with one attribute more.
    pub fn child(&'static self, vm: &Vm, name: Ref<PyStr>) -> PyResult<&'static Shape> {
        if let Some(child) = self.children.borrow().iter().find(|s| s.key == Some(name)) {
            return Ok(child);
        }
        let count = self.count + 1;
        let follows = self.run.contains(&(self.id + 1))
            && vm.shapes.is_free(self.id + 1)
            && self.class.get().lookup(vm, name).is_none();
        let (id, run) = if follows {
            (self.id + 1, self.run.clone())
        } else {
            let run = vm.shapes.set_aside(vm, u32::from(self.inline.saturating_sub(count)) + SPARE_IDS)?;
            (run.start, run)
        };
        let child = vm.shapes.put(Shape {
            id,
            class: Cell::new(self.class.get()),
            kind: ShapeKind::Slots,
            inline: self.inline,
            count,
            parent: Some(self),
            key: Some(name),
            run,
            varied: Cell::new(false),
            children: RefCell::default(),
            index: RefCell::default(),
        });
        self.children.borrow_mut().push(child);
        Ok(child)
    }

    /// The ids of the run's shapes that have, as this one, an attribute in slot `slot`.
    pub fn with_slot(&self, slot: u16) -> Range<u32> {
        // Each shape of a run has one attribute more than the one before.
        let above = u32::from(self.count.saturating_sub(slot + 1));
        self.id.saturating_sub(above).max(self.run.start)..self.run.end
    }

    /// The ids of the run's shapes if none has an attribute of this name (interned), else its own. (Later shapes of the
    /// run do not have it either, while it is the class's.)
    pub fn without_key(&self, vm: &Vm, name: Ref<PyStr>) -> Range<u32> {
        let mut last = self;
        for id in self.id + 1..self.run.end {
            match vm.shapes.try_get(id) {
                Some(next) => last = next,
                None => break,
            }
        }
        if last.find(name).is_none() { self.run.clone() } else { self.id..self.id + 1 }
    }

    /// Do instructions meet objects of several shapes of this run?
    pub fn is_varied(&self, vm: &Vm) -> bool {
        vm.shapes.get(self.run.start).varied.get()
    }

    /// An instruction met shape `other` after this one.
    pub fn meets(&self, vm: &Vm, other: u32) {
        if other != self.id && self.run.contains(&other) {
            vm.shapes.get(self.run.start).varied.set(true);
        }
    }
}

/// All shapes of an interpreter, by id, in one reserved range of memory: a lookup is one load.
pub struct ShapeTable {
    base: *mut *const Shape,
    len: Cell<u32>,
    capacity: u32,
    made: Cell<usize>,
}

impl ShapeTable {
    /// `reserved`: how many ids, from 1, the builtin types have.
    pub fn new(reserved: u32) -> std::io::Result<ShapeTable> {
        let mut capacity: u32 = 1 << 26;
        loop {
            let bytes = capacity as usize * size_of::<*const Shape>();
            // SAFETY: a fresh anonymous mapping.
            let base = unsafe {
                libc::mmap(
                    std::ptr::null_mut(),
                    bytes,
                    libc::PROT_READ | libc::PROT_WRITE,
                    libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE,
                    -1,
                    0,
                )
            };
            if base != libc::MAP_FAILED {
                return Ok(ShapeTable {
                    base: base.cast(),
                    len: Cell::new(reserved + 1),
                    capacity,
                    made: Cell::new(0),
                });
            }
            if capacity <= 1 << 16 {
                return Err(std::io::Error::last_os_error());
            }
            capacity /= 2;
        }
    }

    /// Where the table is, for as long as the process lives: the addresses of shapes by their ids.
    pub fn address(&self) -> usize {
        self.base as usize
    }

    /// The shape with this id, which came from an object's header.
    #[inline(always)]
    pub fn get(&self, id: u32) -> &'static Shape {
        debug_assert!(id < self.len.get());
        // SAFETY: ids in headers are below `len`, and their entries were set (builtin types' at start-up, others by
        // `add`) before any object got them. Shapes live as long as the process.
        unsafe { &**self.base.add(id as usize) }
    }

    /// Sets the shape of a builtin type.
    pub(crate) fn set_builtin(&self, id: u32, class: Ref<PyType>) {
        let shape = Box::leak(Box::new(Shape {
            id,
            class: Cell::new(class),
            kind: ShapeKind::Slots,
            inline: 0,
            count: 0,
            parent: None,
            key: None,
            run: id..id + 1,
            varied: Cell::new(false),
            children: RefCell::default(),
            index: RefCell::default(),
        }));
        debug_assert!(id < self.len.get());
        // SAFETY: `id` is one of the reserved ids, inside the mapping.
        unsafe { *self.base.add(id as usize) = shape };
        self.made.set(self.made.get() + 1);
    }

    /// How many shapes there are.
    pub fn made(&self) -> usize {
        self.made.get()
    }

    /// Takes ids for a run of shapes.
    fn set_aside(&self, vm: &Vm, ids: u32) -> PyResult<Range<u32>> {
        let first = self.len.get();
        match first.checked_add(ids) {
            Some(end) if end <= self.capacity => {
                self.len.set(end);
                Ok(first..end)
            }
            _ => Err(vm.memory_error()),
        }
    }

    /// Is this id, one that was set aside, no shape's yet?
    fn is_free(&self, id: u32) -> bool {
        self.try_get(id).is_none()
    }

    /// The shape with this id, if there is one.
    fn try_get(&self, id: u32) -> Option<&'static Shape> {
        if id >= self.len.get() {
            return None;
        }
        // SAFETY: inside the mapping, whose entries are null or set to shapes that live as long as the process.
        unsafe { (*self.base.add(id as usize)).as_ref() }
    }

    /// Keeps a shape under its id, which was set aside.
    fn put(&self, shape: Shape) -> &'static Shape {
        let shape: &'static Shape = Box::leak(Box::new(shape));
        debug_assert!(shape.id < self.len.get());
        // SAFETY: below `len`, inside the mapping.
        unsafe { *self.base.add(shape.id as usize) = shape };
        self.made.set(self.made.get() + 1);
        shape
    }

    /// A root shape of `class`.
    pub fn add_root(&self, vm: &Vm, class: Ref<PyType>, kind: ShapeKind, inline: u16) -> PyResult<&'static Shape> {
        let more = if kind == ShapeKind::Slots && inline > 0 { u32::from(inline) + SPARE_IDS } else { 0 };
        let run = self.set_aside(vm, 1 + more)?;
        Ok(self.put(Shape {
            id: run.start,
            class: Cell::new(class),
            kind,
            inline,
            count: 0,
            parent: None,
            key: None,
            run,
            varied: Cell::new(false),
            children: RefCell::default(),
            index: RefCell::default(),
        }))
    }

    /// Every shape, for the collector's roots.
    pub fn each(&self, mut f: impl FnMut(&'static Shape)) {
        for id in 1..self.len.get() {
            // SAFETY: entries below `len` are null (a builtin type not made yet) or set.
            if let Some(shape) = unsafe { (*self.base.add(id as usize)).as_ref() } {
                f(shape);
            }
        }
    }
}
