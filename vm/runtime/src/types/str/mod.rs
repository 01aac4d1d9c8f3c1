//! `str`: the storage. 1, 2 or 4 bytes a character as PEP 393 has it: always the narrowest that holds the widest
//! character; Latin-1 counts as one byte. The methods stand in [`methods`].

pub mod builder;
pub mod methods;
pub mod ops;

use std::cell::Cell;

use brolga_heap::flags::HAS_ATTRS;

use crate::PyResult;
use crate::object::layout::STR;
use crate::object::{Field, Header, HeapType, LayoutId, Ref};
use crate::state::Vm;
use crate::types::shape;

pub use builder::StrBuilder;
pub use ops::{concat, get_char, join_values, slice};

/// A string. An instance of a subclass has its attributes' field behind the text, aligned to 8.
#[repr(C)]
pub struct PyStr {
    header: Header,
    /// 0 while not computed (the empty string's is 0).
    hash: Cell<i64>,
    /// bits 0..2 log2 of the character width, bit 2 all ASCII, bit 3 interned, bits 8.. length in characters.
    meta: Cell<u64>,
    data: [u8; 0],
}

// SAFETY: repr(C), header first; traced by its own function, for a hash may look like an address.
unsafe impl HeapType for PyStr {
    const LAYOUT: LayoutId = STR;
}

/// Bytes before the text.
pub const STR_DATA_OFFSET: usize = 24;

/// Where compiled code finds a string's `meta`, which is this or more unless the string is empty.
pub const META_OFFSET: usize = std::mem::offset_of!(PyStr, meta);
pub const META_ONE_CHARACTER: u64 = 1 << 8;

const ASCII: u64 = 1 << 2;
const INTERNED: u64 = 1 << 3;

/// The text of a string by its width. Latin-1 in one byte, surrogates allowed in two and four.
pub use brolga_text::Text;

impl PyStr {
    /// A string from UTF-8.
    pub fn new(vm: &Vm, s: &str) -> PyResult<Ref<PyStr>> {
        if s.is_ascii() {
            return PyStr::from_latin1(vm, s.as_bytes());
        }
        match s.chars().max().unwrap_or('\0') as u32 {
            0..=0xff => PyStr::build(vm, shape::str, s.chars().count(), 0, |out: &mut [u8]| {
                out.iter_mut().zip(s.chars()).for_each(|(o, c)| *o = c as u32 as u8);
            }),
            0x100..=0xffff => PyStr::build(vm, shape::str, s.chars().count(), 1, |out: &mut [u16]| {
                out.iter_mut().zip(s.chars()).for_each(|(o, c)| *o = c as u32 as u16);
            }),
            _ => PyStr::build(vm, shape::str, s.chars().count(), 2, |out: &mut [u32]| {
                out.iter_mut().zip(s.chars()).for_each(|(o, c)| *o = c as u32);
            }),
        }
    }

    /// A string of characters up to U+00FF, one byte each.
    pub fn from_latin1(vm: &Vm, bytes: &[u8]) -> PyResult<Ref<PyStr>> {
        if let (true, [byte]) = (vm.latin1_chars.is_set(), bytes) {
            return Ok(vm.latin1_char(*byte));
        }
        PyStr::build(vm, shape::str, bytes.len(), 0, |out: &mut [u8]| out.copy_from_slice(bytes))
    }

    /// A string of these UTF-16 code units, each a character (surrogates too): narrowed where it can be.
    pub fn from_ucs2(vm: &Vm, units: &[u16]) -> PyResult<Ref<PyStr>> {
        if units.iter().all(|u| *u < 0x100) {
            if let [c] = units
                && vm.latin1_chars.is_set()
            {
                return Ok(vm.latin1_char(*c as u8));
            }
            return PyStr::build(vm, shape::str, units.len(), 0, |out: &mut [u8]| {
                out.iter_mut().zip(units).for_each(|(o, u)| *o = *u as u8);
            });
        }
        PyStr::build(vm, shape::str, units.len(), 1, |out: &mut [u16]| out.copy_from_slice(units))
    }

    /// A string of these code points: narrowed where it can be.
    pub fn from_ucs4(vm: &Vm, points: &[u32]) -> PyResult<Ref<PyStr>> {
        match points.iter().copied().max().unwrap_or(0) {
            0..=0xff => {
                if let [c] = points
                    && vm.latin1_chars.is_set()
                {
                    return Ok(vm.latin1_char(*c as u8));
                }
                PyStr::build(vm, shape::str, points.len(), 0, |out: &mut [u8]| {
                    out.iter_mut().zip(points).for_each(|(o, c)| *o = *c as u8);
                })
            }
            0x100..=0xffff => PyStr::build(vm, shape::str, points.len(), 1, |out: &mut [u16]| {
                out.iter_mut().zip(points).for_each(|(o, c)| *o = *c as u16);
            }),
            _ => PyStr::build(vm, shape::str, points.len(), 2, |out: &mut [u32]| out.copy_from_slice(points)),
        }
    }

    pub fn from_char(vm: &Vm, c: u32) -> PyResult<Ref<PyStr>> {
        PyStr::from_ucs4(vm, &[c])
    }

    /// A new string object of `len` characters of width `1 << width`, its text written by `fill`, which gets the text
    /// zeroed. The caller promises the narrowest width that holds the text. `T` is `u8`, `u16`, `u32` for width 0, 1, 2.
    pub(crate) fn build<T: Copy + Into<u32>>(
        vm: &Vm,
        shape: u32,
        len: usize,
        width: u32,
        fill: impl FnOnce(&mut [T]),
    ) -> PyResult<Ref<PyStr>> {
        debug_assert_eq!(size_of::<T>(), 1 << width);
        // 7 + 8: an instance of a subclass has room for its attributes.
        let extra = if shape == crate::types::shape::str { 0 } else { 15 };
        let bytes = len.checked_mul(size_of::<T>()).and_then(|b| b.checked_add(STR_DATA_OFFSET + extra));
        let s: Ref<PyStr> = vm.alloc_sized(shape, bytes)?;
        // SAFETY: the fresh cell has room for `len` characters behind the struct; nobody else sees it yet; the data
        // begins at offset 24, aligned for `u32`.
        let text = unsafe { std::slice::from_raw_parts_mut(s.data.as_ptr() as *mut T, len) };
        fill(text);
        // (Without a branch for each character.)
        let ascii = width == 0 && text.iter().fold(0, |all: u32, c| all | (*c).into()) < 0x80;
        s.meta.set((len as u64) << 8 | width as u64 | if ascii { ASCII } else { 0 });
        Ok(s)
    }

    /// The string of a subclass with the same text.
    pub fn copy_with_shape(vm: &Vm, shape: u32, text: Text<'_>) -> PyResult<Ref<PyStr>> {
        match text {
            Text::One(t) => PyStr::build(vm, shape, t.len(), 0, |out: &mut [u8]| out.copy_from_slice(t)),
            Text::Two(t) => PyStr::build(vm, shape, t.len(), 1, |out: &mut [u16]| out.copy_from_slice(t)),
            Text::Four(t) => PyStr::build(vm, shape, t.len(), 2, |out: &mut [u32]| out.copy_from_slice(t)),
        }
    }

    /// Length in characters.
    #[inline(always)]
    pub fn len(&self) -> usize {
        (self.meta.get() >> 8) as usize
    }

    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    #[inline(always)]
    pub fn is_ascii(&self) -> bool {
        self.meta.get() & ASCII != 0
    }

    #[inline(always)]
    pub fn is_interned(&self) -> bool {
        self.meta.get() & INTERNED != 0
    }

    pub(crate) fn set_interned(&self) {
        self.meta.set(self.meta.get() | INTERNED);
    }

    /// Log2 of the bytes a character takes: 0, 1 or 2.
    #[inline(always)]
    pub fn width(&self) -> u32 {
        (self.meta.get() & 3) as u32
    }

    /// The text. Strings don't change: the slice may be held as long as the string is.
    #[inline(always)]
    pub fn text(&self) -> Text<'_> {
        let (p, len) = (self.data.as_ptr(), self.len());
        // SAFETY: `build` put `len` characters of this width behind the struct.
        unsafe {
            match self.width() {
                0 => Text::One(std::slice::from_raw_parts(p, len)),
                1 => Text::Two(std::slice::from_raw_parts(p.cast(), len)),
                _ => Text::Four(std::slice::from_raw_parts(p.cast(), len)),
            }
        }
    }

    /// The text's bytes as they lie in memory: of equal strings they are equal.
    #[inline(always)]
    pub fn raw_bytes(&self) -> &[u8] {
        // SAFETY: as `text`.
        unsafe { std::slice::from_raw_parts(self.data.as_ptr(), self.len() << self.width()) }
    }

    /// The text, if all of it is ASCII.
    #[inline(always)]
    pub fn as_ascii(&self) -> Option<&str> {
        // SAFETY: ASCII is UTF-8.
        if self.is_ascii() { Some(unsafe { std::str::from_utf8_unchecked(self.raw_bytes()) }) } else { None }
    }

    /// The code point at `i`, which is in range; 0 where it is not.
    #[inline(always)]
    pub fn char_at(&self, i: usize) -> u32 {
        match self.text() {
            Text::One(t) => t.get(i).map_or(0, |c| *c as u32),
            Text::Two(t) => t.get(i).map_or(0, |c| *c as u32),
            Text::Four(t) => t.get(i).copied().unwrap_or(0),
        }
    }

    pub fn chars(&self) -> impl DoubleEndedIterator<Item = u32> + ExactSizeIterator + '_ {
        (0..self.len()).map(|i| self.char_at(i))
    }

    /// The text as Rust's string; lone surrogates become U+FFFD. For messages; see [`PyStr::to_utf8`] for the exact.
    pub fn to_lossy(&self) -> String {
        match self.as_ascii() {
            Some(s) => s.to_owned(),
            None => self.chars().map(|c| char::from_u32(c).unwrap_or('\u{fffd}')).collect(),
        }
    }

    /// UTF-8, or the index of the first surrogate.
    pub fn to_utf8(&self) -> Result<String, usize> {
        match self.as_ascii() {
            Some(s) => Ok(s.to_owned()),
            None => self.chars().enumerate().map(|(i, c)| char::from_u32(c).ok_or(i)).collect(),
        }
    }

    #[inline(always)]
    pub fn equals(&self, other: &PyStr) -> bool {
        std::ptr::eq(self, other)
            || ((self.meta.get() ^ other.meta.get()) & !(ASCII | INTERNED) == 0
                && self.raw_bytes() == other.raw_bytes())
    }

    pub fn equals_str(&self, s: &str) -> bool {
        match self.as_ascii() {
            Some(a) => a == s,
            None => self.chars().eq(s.chars().map(|c| c as u32)),
        }
    }

    /// The hash, computed once.
    #[inline(always)]
    pub fn hash(&self, vm: &Vm) -> i64 {
        let hash = self.hash.get();
        if hash != 0 {
            return hash;
        }
        let hash = vm.hash_bytes(self.raw_bytes());
        self.hash.set(hash);
        hash
    }

    /// Of a string whose text has this hash.
    pub(crate) fn set_hash(&self, hash: i64) {
        self.hash.set(hash);
    }

    /// The field behind the text of an instance of a subclass with attributes.
    pub(crate) fn attrs_field(&self) -> *const Field {
        let bytes = (self.len() << self.width()).next_multiple_of(8);
        // SAFETY: the caller only uses it where the cell was made with room for it.
        unsafe { self.data.as_ptr().add(bytes).cast() }
    }
}

/// Traces the attributes of an instance of a subclass; a plain string names nothing.
pub(crate) unsafe fn trace(obj: std::ptr::NonNull<Header>, tracer: &mut brolga_heap::Tracer) {
    // SAFETY: the collector calls this for live cells of this layout.
    let s: Ref<PyStr> = unsafe { Ref::from_ptr(obj) };
    if s.header.flags() & HAS_ATTRS != 0 {
        // SAFETY: the flag says that the cell has the field.
        if let Some(v) = unsafe { (*s.attrs_field()).get() } {
            tracer.mark_value_word(v.bits());
        }
    }
}
