//! `co_linetable`: the source position of every instruction (CPython's Objects/locations format of 3.11 and later).

/// Where a piece of code comes from; CPython's `None` is `None` here. Lines from 1, columns are UTF-8 bytes from 0.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Position {
    pub line: Option<i32>,
    pub end_line: Option<i32>,
    pub column: Option<u32>,
    pub end_column: Option<u32>,
}

/// One entry of the table: `start..end` in bytes of `co_code`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Location {
    pub start: u32,
    pub end: u32,
    pub position: Position,
}

/// Iterator over the entries. A malformed table (only a hostile one is) ends early.
#[derive(Clone, Debug)]
pub struct Locations<'a> {
    bytes: &'a [u8],
    at: u32,
    line: i32,
}

impl<'a> Locations<'a> {
    pub fn new(linetable: &'a [u8], firstlineno: i32) -> Self {
        Locations { bytes: linetable, at: 0, line: firstlineno }
    }

    fn byte(&mut self) -> Option<u8> {
        let (&byte, rest) = self.bytes.split_first()?;
        // Only an entry's first byte has bit 7 set.
        if byte & 0x80 != 0 {
            return None;
        }
        self.bytes = rest;
        Some(byte)
    }

    /// Six bits a byte, least significant first.
    fn varint(&mut self) -> Option<u32> {
        let mut value: u32 = 0;
        let mut shift = 0;
        loop {
            let byte = self.byte()?;
            value |= u32::from(byte & 0x3f).checked_shl(shift)?;
            if byte & 0x40 == 0 {
                return Some(value);
            }
            shift += 6;
        }
    }

    fn signed_varint(&mut self) -> Option<i32> {
        let value = self.varint()?;
        let magnitude = (value >> 1) as i32;
        Some(if value & 1 != 0 { magnitude.wrapping_neg() } else { magnitude })
    }

    fn entry(&mut self) -> Option<Location> {
        let (&first, rest) = self.bytes.split_first()?;
        if first & 0x80 == 0 {
            return None;
        }
        self.bytes = rest;
        let length = (u32::from(first & 7) + 1) * 2;
        let kind = first >> 3 & 15;
        let mut position = Position::default();
        match kind {
            // No location.
            15 => {}
            // Long form.
            14 => {
                self.line = self.line.wrapping_add(self.signed_varint()?);
                position.line = Some(self.line);
                position.end_line = Some(self.line.wrapping_add(self.varint()? as i32));
                position.column = self.varint()?.checked_sub(1);
                position.end_column = self.varint()?.checked_sub(1);
            }
            // A line without columns.
            13 => {
                self.line = self.line.wrapping_add(self.signed_varint()?);
                position.line = Some(self.line);
                position.end_line = Some(self.line);
            }
            // One line, 0 to 2 lines further, columns in a byte each.
            10..=12 => {
                self.line = self.line.wrapping_add(i32::from(kind - 10));
                position.line = Some(self.line);
                position.end_line = Some(self.line);
                position.column = Some(u32::from(self.byte()?));
                position.end_column = Some(u32::from(self.byte()?));
            }
            // Short form: same line, column below 80, width below 16.
            _ => {
                let second = self.byte()?;
                let column = u32::from(kind) << 3 | u32::from(second >> 4);
                position.line = Some(self.line);
                position.end_line = Some(self.line);
                position.column = Some(column);
                position.end_column = Some(column + u32::from(second & 15));
            }
        }
        let start = self.at;
        self.at = self.at.checked_add(length)?;
        Some(Location { start, end: self.at, position })
    }
}

impl Iterator for Locations<'_> {
    type Item = Location;

    fn next(&mut self) -> Option<Location> {
        let entry = self.entry();
        if entry.is_none() {
            self.bytes = &[];
        }
        entry
    }
}

/// `co_positions()`: one position for each code unit.
pub fn positions(linetable: &[u8], firstlineno: i32) -> impl Iterator<Item = Position> + '_ {
    Locations::new(linetable, firstlineno).flat_map(|l| {
        let units = (l.end - l.start) / 2;
        (0..units).map(move |_| l.position)
    })
}

/// `co_lines()`: (start, end, line) with neighbours of one line joined.
#[derive(Clone, Debug)]
pub struct Lines<'a> {
    inner: Locations<'a>,
    pending: Option<(u32, u32, Option<i32>)>,
}

impl<'a> Lines<'a> {
    pub fn new(linetable: &'a [u8], firstlineno: i32) -> Self {
        let mut inner = Locations::new(linetable, firstlineno);
        let pending = inner.next().map(|l| (l.start, l.end, l.position.line));
        Lines { inner, pending }
    }
}

impl Iterator for Lines<'_> {
    type Item = (u32, u32, Option<i32>);

    fn next(&mut self) -> Option<Self::Item> {
        let (start, mut end, line) = self.pending?;
        loop {
            self.pending = self.inner.next().map(|l| (l.start, l.end, l.position.line));
            match self.pending {
                Some((_, next_end, next_line)) if next_line == line => end = next_end,
                _ => return Some((start, end, line)),
            }
        }
    }
}

/// The position of the instruction at a byte offset.
pub fn position_at(linetable: &[u8], firstlineno: i32, offset: u32) -> Option<Position> {
    Locations::new(linetable, firstlineno).find(|l| (l.start..l.end).contains(&offset)).map(|l| l.position)
}

/// The line of the instruction at a byte offset (CPython's `PyCode_Addr2Line`).
pub fn line_at(linetable: &[u8], firstlineno: i32, offset: u32) -> Option<i32> {
    position_at(linetable, firstlineno, offset).and_then(|p| p.line)
}
