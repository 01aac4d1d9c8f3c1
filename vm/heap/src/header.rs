//! The first word of every cell, and the layouts it names.

use std::cell::Cell;
use std::ptr::NonNull;

use crate::tracer::Tracer;

/// The first word of every heap cell.
///
/// | bits   | content                                            |
/// |--------|----------------------------------------------------|
/// | 0..32  | `tag`: the runtime's shape id                      |
/// | 32..40 | [`flags`]: the collector's                         |
/// | 40..56 | [`LayoutId`]                                       |
/// | 56..64 | `aux`: free for the runtime                        |
///
/// The flags are the byte at offset [`Header::FLAGS_OFFSET`] on a little-endian machine, which is how compiled code tests
/// them. A header may also stand outside the heap (static, immortal objects): the collector never looks at those.
#[repr(C)]
#[derive(Debug)]
pub struct Header {
    word: Cell<u64>,
}

/// Bits of the header's flag byte. Except for `HAS_ATTRS` and `USER` only the heap changes them.
pub mod flags {
    /// Survived a collection and is not remembered: a pointer stored into it must be reported to the write barrier.
    pub const OLD: u8 = 1;
    /// A large array whose stores are tracked by card (1 KiB) instead of as a whole.
    pub const CARDS: u8 = 2;
    /// Has a dirty card and stands in the list of such arrays.
    pub const CARDS_DIRTY: u8 = 4;
    /// Registered for finalization, not yet finalized.
    pub const HAS_FIN: u8 = 8;
    /// Was the target of a weak reference at some time.
    pub const HAS_WEAK: u8 = 16;
    /// The runtime's: the object has a side array of attributes.
    pub const HAS_ATTRS: u8 = 32;
    /// Registered for its layout's `drop`.
    pub const HAS_DROP: u8 = 64;
    /// The runtime's, free for any use.
    pub const USER: u8 = 128;
}

const FLAGS_SHIFT: u32 = 32;
const AUX_SHIFT: u32 = 56;

/// `flags::OLD` as it stands in the header word.
pub(crate) const OLD_WORD: u64 = (flags::OLD as u64) << FLAGS_SHIFT;

impl Header {
    /// Byte offset of the flag byte within the header, for compiled code.
    pub const FLAGS_OFFSET: usize = if cfg!(target_endian = "little") { 4 } else { 3 };
    /// Where the 16 bits of the layout begin in the header's word.
    pub const LAYOUT_SHIFT: u32 = 40;

    /// A fresh header with no flag set and `aux` zero.
    #[inline(always)]
    pub const fn new(tag: u32, layout: LayoutId) -> Header {
        Header::from_bits(Header::bits_of(tag, layout, 0))
    }

    /// The word that a fresh header holds, for compiled code.
    #[inline(always)]
    pub const fn bits_of(tag: u32, layout: LayoutId, aux: u8) -> u64 {
        tag as u64 | (layout.0 as u64) << Header::LAYOUT_SHIFT | (aux as u64) << AUX_SHIFT
    }

    /// A header from its word. The collector's flags should be zero.
    #[inline(always)]
    pub const fn from_bits(bits: u64) -> Header {
        Header { word: Cell::new(bits) }
    }

    /// The whole word.
    #[inline(always)]
    pub fn bits(&self) -> u64 {
        self.word.get()
    }

    #[inline(always)]
    pub(crate) fn set_bits(&self, bits: u64) {
        self.word.set(bits);
    }

    /// The runtime's shape id.
    #[inline(always)]
    pub fn tag(&self) -> u32 {
        self.word.get() as u32
    }

    /// Changes the shape id, keeping the rest.
    #[inline(always)]
    pub fn set_tag(&self, tag: u32) {
        self.word.set(self.word.get() & !0xffff_ffff | u64::from(tag));
    }

    /// The flag byte, see [`flags`].
    #[inline(always)]
    pub fn flags(&self) -> u8 {
        (self.word.get() >> FLAGS_SHIFT) as u8
    }

    /// Whether any of the given flags is set.
    #[inline(always)]
    pub fn has(&self, flags: u8) -> bool {
        self.flags() & flags != 0
    }

    /// Sets flags. The runtime may do so with `HAS_ATTRS` and `USER` only.
    #[inline(always)]
    pub fn add_flags(&self, flags: u8) {
        self.word.set(self.word.get() | u64::from(flags) << FLAGS_SHIFT);
    }

    /// Clears flags. The runtime may do so with `HAS_ATTRS` and `USER` only.
    #[inline(always)]
    pub fn remove_flags(&self, flags: u8) {
        self.word.set(self.word.get() & !(u64::from(flags) << FLAGS_SHIFT));
    }

    /// How the collector reads the cell.
    #[inline(always)]
    pub fn layout(&self) -> LayoutId {
        LayoutId((self.word.get() >> Header::LAYOUT_SHIFT) as u16)
    }

    /// The runtime's byte.
    #[inline(always)]
    pub fn aux(&self) -> u8 {
        (self.word.get() >> AUX_SHIFT) as u8
    }

    /// Changes the runtime's byte.
    #[inline(always)]
    pub fn set_aux(&self, aux: u8) {
        self.word.set(self.word.get() & !(0xff << AUX_SHIFT) | u64::from(aux) << AUX_SHIFT);
    }
}

/// Index into a heap's table of [`Layout`]s.
#[derive(Copy, Clone, Debug, Eq, PartialEq, Hash)]
#[repr(transparent)]
pub struct LayoutId(pub u16);

/// How the pointers in a cell are found.
#[derive(Copy, Clone, Debug)]
pub enum Trace {
    /// There are none.
    Leaf,
    /// Every 8-byte word after the header, to the end of the cell, is either a pointer to the *start* of a cell of this
    /// heap or a bit pattern that is no address inside the heap's reservation: small integers, NaN-boxed values with their
    /// top bits set, addresses of functions and of malloc's memory.
    Words,
    /// A function that hands every pointer of the cell to the tracer. It must not allocate, and must accept a cell that has
    /// just been allocated and is still zero behind its header.
    Custom(unsafe fn(NonNull<Header>, &mut Tracer)),
}

/// What the collector knows about one kind of cell.
#[derive(Copy, Clone, Debug)]
pub struct Layout {
    /// For statistics and error messages.
    pub name: &'static str,
    /// How its pointers are found.
    pub trace: Trace,
    /// Called once when a cell registered with [`crate::Heap::register_drop`] has died, or when the heap is torn down. It may
    /// free what the cell owns outside the heap; it must not touch another cell (that may be gone) nor call the heap, but for
    /// [`crate::Heap::external`].
    pub drop: Option<unsafe fn(NonNull<Header>)>,
}
