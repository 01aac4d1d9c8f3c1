//! The records that the generated tables hold.

#[derive(Debug)]
pub struct TypeRecord {
    pub flags: u16,
    pub upper: i32,
    pub lower: i32,
    pub title: i32,
    pub full: u16,
    pub numeric: u8,
    pub decimal: u8,
    pub digit: u8,
}

impl TypeRecord {
    pub const fn new(
        flags: u16,
        upper: i32,
        lower: i32,
        title: i32,
        full: u16,
        numeric: u8,
        decimal: u8,
        digit: u8,
    ) -> Self {
        TypeRecord { flags, upper, lower, title, full, numeric, decimal, digit }
    }
}

#[derive(Debug)]
pub struct DbRecord {
    pub category: u8,
    pub bidirectional: u8,
    pub combining: u8,
    pub mirrored: u8,
    pub width: u8,
    pub quick_check: u8,
}

impl DbRecord {
    pub const fn new(category: u8, bidirectional: u8, combining: u8, mirrored: u8, width: u8, quick_check: u8) -> Self {
        DbRecord { category, bidirectional, combining, mirrored, width, quick_check }
    }
}
