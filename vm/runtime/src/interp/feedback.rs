//! Feedback: what an instruction has met. It lives beside the code, never in it, and serves both as the inline cache of
//! the interpreter and as the profile of the JIT.

use std::alloc::Layout;
use std::cell::Cell;
use std::ops::Range;

use crate::value::Value;

/// How an instruction's cache is to be used. What the other fields mean depends on it.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Kind {
    /// Not run yet, or nothing to remember.
    Empty = 0,
    /// LOAD_ATTR, STORE_ATTR: slot `index` of objects of shape `shape` or of the `extra` next ones (a part of a run:
    /// [`crate::state::shapes`]).
    Inline = 1,
    /// LOAD_ATTR: an attribute of the class (version `version`) of objects of shape `shape` or of the `extra` next ones:
    /// `value`, not bound.
    ClassValue = 3,
    /// LOAD_ATTR of a method: the same; `value` takes the object as its first argument.
    Method = 4,
    /// LOAD_ATTR: entry `index` of the dict of a module whose keys have version `version`.
    Module = 5,
    /// LOAD_ATTR on a class: `value` while the class, whose address `index` and `extra` hold (low half, high half), has
    /// version `version`.
    TypeValue = 6,
    /// STORE_ATTR: the store adds the attribute: the object moves from `shape` to shape `extra`, slot `index` in place.
    AddInline = 7,
    /// LOAD_GLOBAL: entry `index` of the globals, whose keys have version `version`.
    Global = 8,
    /// LOAD_GLOBAL: entry `index` of the builtins with keys version `extra`, the globals' being `version`.
    Builtin = 9,
    /// LOAD_ATTR: the property `value` of the class (version `version`) of objects of shape `shape`; its getter is a Python
    /// function.
    Property = 10,
    /// LOAD_ATTR: the slot of `__slots__` with key in slot `index` (in place).
    SlotDescriptor = 11,
    /// Many shapes: not worth a cache.
    Megamorphic = 12,
    /// FOR_ITER: iterators of shape `shape`, `extra` of other shapes.
    Iterator = 13,
    /// JUMP_BACKWARD: `index` counts; `value` is the entry of the loop's compiled code.
    Compiled = 14,
    /// BINARY_OP, COMPARE_OP: a left operand of shape `shape`, an instance of a class statement's class, and a right one of
    /// shape `extra`. BINARY_OP `[]`, STORE_SUBSCR: such a container; `extra` is 0.
    Operator = 15,
    /// LOAD_SUPER_ATTR: the method `value` for a receiver of shape `shape`, whose class has version `version`, behind the
    /// class that has version `index`. `extra` is 1 where it has met others.
    SuperMethod = 16,
    /// CALL of objects of shape `shape`: `__call__` of their class (version `version`) is the Python function `value`.
    CallMethod = 17,
    /// CALL of a bound method: of the Python function `value`, which the class (version `version`) of objects of shape
    /// `shape` has under its own name.
    BoundMethod = 18,
    /// CALL of a bound native method: its definition is at the address `value`.
    BoundNative = 19,
    /// CALL of a Python function: `value` is the last one, if it is still alive.
    Function = 20,
    /// LOAD_ATTR of a method on a class: as TypeValue, the function `value` of a class method; the class goes before the
    /// arguments.
    ClassMethod = 22,
    /// CALL of a native function: its first argument is of shape `shape`.
    FirstArgument = 21,
}

/// Pairs of operands that an operator has met, as bits. Ints are those in place.
pub mod seen {
    pub const INT_INT: u16 = 1;
    pub const FLOAT_FLOAT: u16 = 2;
    pub const INT_FLOAT: u16 = 4;
    pub const FLOAT_INT: u16 = 8;
    /// A container and its index.
    pub const LIST_INT: u16 = 16;
    pub const TUPLE_INT: u16 = 32;
    pub const OTHER: u16 = 64;
    /// CALL was run.
    pub const CALLED: u16 = 128;
    /// What the first three arguments of a CALL were (a receiver counts) that was no Python function's: an int in place, a
    /// float, anything else, shifted by [`ARGUMENT_SHIFTS`].
    pub const ARGUMENT_INT: u16 = 1;
    pub const ARGUMENT_FLOAT: u16 = 2;
    pub const ARGUMENT_OTHER: u16 = 4;
    pub const ARGUMENT_SHIFTS: [u16; 3] = [0, 3, 8];
    /// A dict (of a derived class, too) and a key that may be compared natively (`protocol/keys.rs`).
    pub const DICT_KEY: u16 = 128;
    pub const STR_INT: u16 = 256;
    pub const BYTES_INT: u16 = 512;
    pub const BYTEARRAY_INT: u16 = 1024;
    /// An `array.array` (whose type code is the entry's `index`).
    pub const ARRAY_INT: u16 = 2048;
    pub const STR_STR: u16 = 4096;
    /// CONTAINS_OP: a set, a list or a tuple, and such a key.
    pub const SET_KEY: u16 = 8192;
    pub const SEQUENCE_KEY: u16 = 16384;
    /// LOAD_ATTR, STORE_ATTR, LOAD_GLOBAL were run without a cache, or filled it.
    pub const RUN: u16 = CALLED;
    /// BINARY_OP, COMPARE_OP: objects of builtin types themselves, of which [`crate::interp::ops::exact`] may know the
    /// result (one of them may be an int in place).
    pub const EXACT: u16 = 8192;
    /// A container of a builtin type, and a slice.
    pub const SLICE: u16 = 16384;
    /// UNPACK_SEQUENCE: a list or tuple of the right length.
    pub const LIST: u16 = LIST_INT;
    pub const TUPLE: u16 = TUPLE_INT;
}

/// What TO_BOOL has met, as bits.
pub mod truth {
    pub const BOOL: u16 = 1;
    pub const INT: u16 = 2;
    pub const FLOAT: u16 = 4;
    pub const NONE: u16 = 8;
    pub const STR: u16 = 16;
    pub const LIST: u16 = 32;
    pub const OTHER: u16 = super::seen::OTHER;
    pub const TUPLE: u16 = 128;
    pub const DICT: u16 = 256;
    /// Objects of the entry's shape whose class (of the entry's version) has neither `__bool__` nor `__len__`.
    pub const OBJECT: u16 = 512;
    pub const BYTES: u16 = 1024;
    pub const SET: u16 = 2048;
}

/// One instruction's entry in the side table.
#[repr(C)]
pub struct Feedback {
    pub kind: Cell<Kind>,
    /// How often the cache was filled anew.
    pub misses: Cell<u8>,
    /// [`seen`] bits.
    pub seen: Cell<u16>,
    pub index: Cell<u32>,
    pub shape: Cell<u32>,
    pub version: Cell<u32>,
    pub extra: Cell<u32>,
    /// The bits of a value that is alive while the cache's check holds.
    pub value: Cell<u64>,
    /// What the cache held before it was filled anew, for the JIT.
    former: Cell<*mut Vec<Former>>,
}

/// A cache's former content: one shape of several that an instruction meets.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Former {
    pub kind: Kind,
    pub shape: u32,
    pub version: u32,
    pub index: u32,
    pub extra: u32,
    pub value: u64,
}

impl Former {
    /// Is the shape one of those that it is about?
    pub fn covers(&self, shape: u32) -> bool {
        shape.wrapping_sub(self.shape) <= self.span()
    }

    /// How many shapes behind `shape` it is about, too.
    pub fn span(&self) -> u32 {
        if matches!(self.kind, Kind::Inline | Kind::ClassValue | Kind::Method) { self.extra } else { 0 }
    }
}

/// An instruction that has met more shapes than this is megamorphic for the JIT, too.
pub const MAX_FORMER: usize = 5;

impl Drop for Feedback {
    fn drop(&mut self) {
        let former = self.former.get();
        if !former.is_null() {
            // SAFETY: made in `keep` with a box's layout, by the same allocator.
            drop(unsafe { Box::from_raw(former) });
        }
    }
}

const _: () = assert!(size_of::<Feedback>() == 48 || size_of::<Feedback>() == 40);

/// Caches refilled this often are no longer.
pub const MAX_MISSES: u8 = 64;

impl Feedback {
    /// FOR_ITER iterates over something that iterates over others (`enumerate`, `zip`): `index` has their shapes, each in
    /// eight bits, 0xff for what is no small number.
    #[inline]
    pub fn meets_inner(&self, shapes: impl Iterator<Item = u32>) {
        let packed = shapes.enumerate().fold(0, |all, (k, shape)| match k {
            0..3 => all | shape.min(0xff) << (8 * k),
            _ => 0xff,
        });
        self.index.set(packed);
    }

    /// FOR_ITER iterates over an object of this shape; `extra` counts the changes.
    #[inline(always)]
    pub fn meets_iterator(&self, shape: u32) {
        if shape != self.shape.get() {
            self.kind.set(Kind::Iterator);
            self.extra.set(self.extra.get().saturating_add(u32::from(self.shape.get() != 0)));
            self.shape.set(shape);
        }
    }

    pub const fn new() -> Feedback {
        Feedback {
            kind: Cell::new(Kind::Empty),
            misses: Cell::new(0),
            seen: Cell::new(0),
            index: Cell::new(0),
            shape: Cell::new(0),
            version: Cell::new(0),
            extra: Cell::new(0),
            value: Cell::new(0),
            former: Cell::new(std::ptr::null_mut()),
        }
    }

    /// Keeps the cache's content for the JIT: it is about to be filled anew.
    fn keep(&self) {
        let now = self.now();
        if !matches!(now.kind, Kind::Inline | Kind::ClassValue | Kind::Method | Kind::AddInline) {
            return;
        }
        // Without memory it is forgotten: the JIT knows less then.
        if self.former.get().is_null() {
            // SAFETY: of a size that is not 0.
            let place = unsafe { std::alloc::alloc(Layout::new::<Vec<Former>>()) }.cast::<Vec<Former>>();
            if place.is_null() {
                return;
            }
            // SAFETY: fresh memory of the type's layout. As a box has it: `drop` frees it as one.
            unsafe { place.write(Vec::new()) };
            self.former.set(place);
        }
        // SAFETY: made above; nobody else holds a reference: `former` copies.
        let all = unsafe { &mut *self.former.get() };
        if let Some(same) = all.iter_mut().find(|f| f.covers(now.shape) || now.covers(f.shape)) {
            *same = now;
        } else if all.len() < MAX_FORMER && all.try_reserve(1).is_ok() {
            all.push(now);
        }
    }

    /// What the cache holds.
    pub fn now(&self) -> Former {
        Former {
            kind: self.kind.get(),
            shape: self.shape.get(),
            version: self.version.get(),
            index: self.index.get(),
            extra: self.extra.get(),
            value: self.value.get(),
        }
    }

    /// What the cache held before, each shape once.
    pub fn former(&self) -> Vec<Former> {
        let former = self.former.get();
        // SAFETY: as in `keep`.
        if former.is_null() { Vec::new() } else { unsafe { (*former).clone() } }
    }

    /// The operator has met such operands.
    #[inline(always)]
    pub fn saw(&self, pair: u16) {
        self.seen.set(self.seen.get() | pair);
    }

    /// CALL of a Python function.
    #[inline(always)]
    pub fn met_function(&self, function: Value) {
        self.kind.set(Kind::Function);
        self.value.set(function.bits());
        self.saw(seen::CALLED);
    }

    /// CALL of something that is no Python function.
    #[inline]
    pub fn met_arguments(&self, args: &[Value]) {
        let mut bits = seen::CALLED;
        for (v, shift) in args.iter().zip(seen::ARGUMENT_SHIFTS) {
            let kind = match v {
                v if v.is_small_int() => seen::ARGUMENT_INT,
                v if v.is_float() => seen::ARGUMENT_FLOAT,
                _ => seen::ARGUMENT_OTHER,
            };
            bits |= kind << shift;
        }
        self.saw(bits);
    }

    /// Counts a miss; `false`: the instruction has had too many to be cached again.
    pub fn missed(&self) -> bool {
        let misses = self.misses.get();
        self.keep();
        if misses >= MAX_MISSES {
            self.kind.set(Kind::Megamorphic);
            return false;
        }
        self.misses.set(misses + 1);
        true
    }

    /// CALL of a native function has met a first argument of this shape.
    #[inline]
    pub fn met_first_argument(&self, shape: u32) {
        match self.kind.get() {
            Kind::Empty => {
                self.kind.set(Kind::FirstArgument);
                self.shape.set(shape);
            }
            Kind::FirstArgument if self.shape.get() != shape => self.kind.set(Kind::Megamorphic),
            _ => {}
        }
    }

    /// An operator has met operands of these shapes.
    pub fn met_operands(&self, left: u32, right: u32) {
        match self.kind.get() {
            Kind::Empty => {
                self.kind.set(Kind::Operator);
                self.shape.set(left);
                self.extra.set(right);
            }
            Kind::Operator if self.shape.get() != left || self.extra.get() != right => {
                self.kind.set(Kind::Megamorphic);
            }
            _ => {}
        }
    }

    /// As new.
    pub fn clear(&self) {
        self.fill(Kind::Empty, 0, 0, 0, 0);
        self.misses.set(0);
        self.extra.set(0);
    }

    /// Remembers what another entry does, if the instruction has not had too many misses.
    pub fn follow(&self, other: &Feedback) {
        if self.may_follow() {
            self.fill(other.kind.get(), other.shape.get(), other.version.get(), other.index.get(), other.value.get());
            self.extra.set(other.extra.get());
        }
    }

    /// Remembers what another entry does for some of its shapes.
    pub fn follow_for(&self, other: &Feedback, shapes: Range<u32>) {
        if self.may_follow() {
            self.fill_run(other.kind.get(), shapes, other.version.get(), other.index.get(), other.value.get());
        }
    }

    fn may_follow(&self) -> bool {
        self.kind.get() != Kind::Megamorphic && self.missed()
    }

    /// [`Feedback::fill`] for a part of a run of shapes.
    pub fn fill_run(&self, kind: Kind, shapes: Range<u32>, version: u32, index: u32, value: u64) {
        self.fill(kind, shapes.start, version, index, value);
        self.extra.set(shapes.end.saturating_sub(shapes.start + 1));
    }

    /// [`Feedback::fill`] for what is read from a class.
    pub fn fill_for_class(&self, kind: Kind, class: Value, version: u32, value: Value) {
        self.fill(kind, 0, version, class.bits() as u32, value.bits());
        self.extra.set((class.bits() >> 32) as u32);
    }

    pub fn fill(&self, kind: Kind, shape: u32, version: u32, index: u32, value: u64) {
        self.kind.set(kind);
        self.shape.set(shape);
        self.version.set(version);
        self.index.set(index);
        self.value.set(value);
    }
}
