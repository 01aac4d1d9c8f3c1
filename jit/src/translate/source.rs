//! What the translator reads of a code object: a snapshot, so that translation needs no heap and can be tested alone.

use brolga_runtime::interp::feedback::Kind;

/// What an instruction has met; see [`brolga_runtime::interp::feedback::Feedback`].
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Profile {
    pub kind: Kind,
    pub seen: u16,
    pub index: u32,
    pub shape: u32,
    pub version: u32,
    pub extra: u32,
    pub value: u64,
    /// For cached attributes: what is known of shape `shape`.
    pub place: Option<Place>,
}

/// Where a cached attribute lies.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Place {
    /// In the object, at this offset, while the epoch is the profile's version.
    Offset(u32),
    /// In its class, whose version stands at this address.
    Class(u64),
    /// LOAD_GLOBAL: the value's address while the dicts of these addresses have these tables.
    Global { globals: u64, builtins: u64, tables: [Option<Table>; 2], value: u64 },
}

/// A dict's table: the field that holds it, itself, and the version of its keys.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Table {
    pub field: u64,
    pub address: u64,
    pub version_address: u64,
    pub version: u32,
}

/// A code object, as far as translation reads it.
#[derive(Debug)]
pub struct Source<'a> {
    /// `co_code`.
    pub code: &'a [u8],
    /// The number of the feedback entry of the instruction at a code unit.
    pub feedback_numbers: Vec<u16>,
    pub profiles: Vec<Profile>,
    /// The constants' words.
    pub consts: Vec<u64>,
    pub nlocalsplus: usize,
    /// Address of the interpreter's shape epoch.
    pub epoch: u64,
}

impl Source<'_> {
    /// What the instruction at this code unit, one with caches, has met.
    pub fn profile(&self, unit: usize) -> Option<(u16, Profile)> {
        let number = *self.feedback_numbers.get(unit)?;
        Some((number, *self.profiles.get(number as usize)?))
    }
}
