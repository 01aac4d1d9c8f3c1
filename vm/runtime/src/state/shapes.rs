//! Shapes: what the header's 32-bit tag stands for. A shape gives an object's class and where its attributes lie.
//!
//! Builtin types have one shape each, whose id is a constant ([`crate::types::shape`]). An instance with attributes
//! moves along a tree of shapes as they are added, one child per added name; the root is its class's.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

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
        let child = vm.shapes.add(vm, |id| Shape {
            id,
            class: Cell::new(self.class.get()),
            kind: ShapeKind::Slots,
            inline: self.inline,
            count: self.count + 1,
            parent: Some(self),
            key: Some(name),
            children: RefCell::default(),
            index: RefCell::default(),
        })?;
        self.children.borrow_mut().push(child);
        Ok(child)
    }
}

/// All shapes of an interpreter, by id, in one reserved range of memory: a lookup is one load.
pub struct ShapeTable {
    base: *mut *const Shape,
    len: Cell<u32>,
    capacity: u32,
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
                return Ok(ShapeTable { base: base.cast(), len: Cell::new(reserved + 1), capacity });
            }
            if capacity <= 1 << 16 {
                return Err(std::io::Error::last_os_error());
            }
            capacity /= 2;
        }
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
            children: RefCell::default(),
            index: RefCell::default(),
        }));
        debug_assert!(id < self.len.get());
        // SAFETY: `id` is one of the reserved ids, inside the mapping.
        unsafe { *self.base.add(id as usize) = shape };
    }

    fn add(&self, vm: &Vm, make: impl FnOnce(u32) -> Shape) -> PyResult<&'static Shape> {
        let id = self.len.get();
        if id >= self.capacity {
            return Err(vm.memory_error());
        }
        let shape: &'static Shape = Box::leak(Box::new(make(id)));
        // SAFETY: below the capacity, inside the mapping.
        unsafe { *self.base.add(id as usize) = shape };
        self.len.set(id + 1);
        Ok(shape)
    }

    /// A root shape of `class`.
    pub fn add_root(&self, vm: &Vm, class: Ref<PyType>, kind: ShapeKind, inline: u16) -> PyResult<&'static Shape> {
        self.add(vm, |id| Shape {
            id,
            class: Cell::new(class),
            kind,
            inline,
            count: 0,
            parent: None,
            key: None,
            children: RefCell::default(),
            index: RefCell::default(),
        })
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
