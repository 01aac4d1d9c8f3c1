//! `co_exceptiontable`: which handler covers which instructions.

/// One entry; offsets in bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Entry {
    pub start: u32,
    /// One past the last covered offset.
    pub end: u32,
    pub target: u32,
    /// Stack slots kept when the handler is entered; the offset (with `lasti`) and the exception are pushed on top.
    pub depth: u32,
    /// Push the offset of the raising instruction before the exception.
    pub lasti: bool,
}

/// Iterator over a table; ends at its end or at the first malformed entry (see [`ExceptionTable::malformed`]).
#[derive(Clone, Debug)]
pub struct ExceptionTable<'a> {
    bytes: &'a [u8],
    bad: bool,
}

impl<'a> ExceptionTable<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        ExceptionTable { bytes, bad: false }
    }

    /// Whether the iteration ended before the table did.
    pub fn malformed(&self) -> bool {
        self.bad
    }

    /// Six bits a byte, most significant first; bit 6: more follow; bit 7 marks an entry's first byte.
    fn varint(&mut self, first: bool) -> Option<u32> {
        let (&byte, rest) = self.bytes.split_first()?;
        if (byte & 0x80 != 0) != first {
            return None;
        }
        self.bytes = rest;
        let mut value = u32::from(byte & 0x3f);
        let mut more = byte & 0x40 != 0;
        while more {
            let (&byte, rest) = self.bytes.split_first()?;
            if byte & 0x80 != 0 || value > u32::MAX >> 6 {
                return None;
            }
            self.bytes = rest;
            value = value << 6 | u32::from(byte & 0x3f);
            more = byte & 0x40 != 0;
        }
        Some(value)
    }

    fn entry(&mut self) -> Option<Entry> {
        let start = self.varint(true)?.checked_mul(2)?;
        let length = self.varint(false)?.checked_mul(2)?;
        let target = self.varint(false)?.checked_mul(2)?;
        let depth_lasti = self.varint(false)?;
        let end = start.checked_add(length)?;
        Some(Entry { start, end, target, depth: depth_lasti >> 1, lasti: depth_lasti & 1 != 0 })
    }
}

impl Iterator for ExceptionTable<'_> {
    type Item = Entry;

    fn next(&mut self) -> Option<Entry> {
        if self.bytes.is_empty() || self.bad {
            return None;
        }
        let entry = self.entry();
        self.bad = entry.is_none();
        entry
    }
}

/// The handler that covers the instruction at `offset`. Entries stand in order of `start` and do not overlap.
pub fn find_handler(table: &[u8], offset: u32) -> Option<Entry> {
    for entry in ExceptionTable::new(table) {
        if entry.start > offset {
            return None;
        }
        if offset < entry.end {
            return Some(entry);
        }
    }
    None
}
