//! What a JIT has written down of its work, for reports (`--jit-report`): each compilation with its listings, where each part
//! of them comes from in the bytecode, and when code was left. Plain data.

use super::inspect::UnitKind;
use crate::object::Ref;
use crate::types::code::PyCode;

/// All that was written down. Times are seconds since it began.
#[derive(Clone, Debug, Default)]
pub struct Recording {
    pub compilations: Vec<Compilation>,
    pub exits: Vec<Exits>,
    /// Exits beyond what is kept: they are counted, but not when they were.
    pub exits_dropped: u64,
    /// Listings that there was no room for.
    pub listings_dropped: usize,
    /// Where code begins, how much memory it has taken, and how much there is.
    pub base: usize,
    pub used: usize,
    pub size: usize,
    /// Code begins at multiples of this.
    pub page: usize,
}

/// One compilation.
#[derive(Clone, Debug)]
pub struct Compilation {
    /// Which of [`Inspect::units`](super::inspect::Inspect::units).
    pub unit: usize,
    pub kind: UnitKind,
    /// Alive as long as the JIT.
    pub code: Ref<PyCode>,
    /// Where it begins (code units).
    pub at: u32,
    pub version: u32,
    /// When the program asked for it, when the code generator began and ended, and when the code was there for the program.
    pub asked: f64,
    pub begun: f64,
    pub ended: f64,
    pub placed: f64,
    /// It was made on the compiler's own thread.
    pub is_behind: bool,
    /// Why there is no code.
    pub refused: Option<&'static str>,
    /// When and why it was given up, and where: a sentence, the function, the code unit.
    pub given_up: Option<(f64, &'static str, Ref<PyCode>, u32)>,
    /// Where the code is.
    pub address: usize,
    pub bytes: Vec<u8>,
    /// Which bytes stand for which place: start, end, index into the listings' places.
    pub parts: Vec<(u32, u32, u32)>,
    /// The unit's own function, then inlined ones. Alive as long as the JIT.
    pub frames: Vec<Ref<PyCode>>,
    pub listings: Listings,
}

/// The forms that a unit went through.
#[derive(Clone, Debug, Default)]
pub struct Listings {
    /// Places in the bytecode: which of the frames, and the code unit.
    pub places: Vec<(u32, u32)>,
    /// Lines, each once, with their places.
    pub lines: Vec<(String, Option<u32>)>,
    /// The intermediate representation as translated, and after each pass that changed it.
    pub passes: Vec<Listing>,
    /// What the code generator gets.
    pub clif: Listing,
}

/// A text: the numbers of its lines.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    pub name: String,
    pub rows: Vec<u32>,
}

/// How often a compilation's code was left in a while.
#[derive(Copy, Clone, Debug)]
pub struct Exits {
    /// When that while began; how long it is: [`WHILE`].
    pub time: f64,
    /// Which of [`Recording::compilations`].
    pub compilation: usize,
    /// By guesses that failed, and as code ends.
    pub failed: u32,
    pub expected: u32,
}

/// Seconds that exits are counted together.
pub const WHILE: f64 = 0.02;

impl Recording {
    /// Which compilation's code is at an address, and how far behind its start.
    pub fn at(&self, address: usize) -> Option<(usize, u32)> {
        self.compilations.iter().enumerate().find_map(|(i, c)| {
            let offset = address.checked_sub(c.address)?;
            (offset < c.bytes.len()).then_some((i, offset as u32))
        })
    }
}

impl Compilation {
    /// The function and the code unit that a byte of the code stands for. What belongs to none stands for what is before it.
    pub fn place_at(&self, offset: u32) -> Option<(Ref<PyCode>, u32)> {
        let next = self.parts.partition_point(|(start, ..)| *start <= offset);
        let (.., place) = self.parts.get(next.checked_sub(1)?)?;
        let (frame, pc) = self.listings.places.get(*place as usize)?;
        Some((*self.frames.get(*frame as usize)?, *pc))
    }
}
