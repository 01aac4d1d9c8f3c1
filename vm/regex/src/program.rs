//! The internal program: a code array with jumps resolved, sets as tables and repeats in side tables.

use crate::charset::Class;
use crate::codes::{At, MAXREPEAT};
use crate::subject::Needle;
use crate::translate;

/// The code array is not one that `re._compiler` emits (CPython: `RuntimeError: invalid SRE code`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvalidCode {
    /// Not well-formed.
    Malformed,
    /// Nested deeper than this crate follows.
    TooDeep,
    /// The translated program does not fit in memory or in its own indexes.
    TooLarge,
}

impl std::fmt::Display for InvalidCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            InvalidCode::Malformed => "invalid SRE code",
            InvalidCode::TooDeep => "SRE code is nested too deep",
            InvalidCode::TooLarge => "SRE code is too large",
        })
    }
}

impl std::error::Error for InvalidCode {}

/// How a back reference compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RefFold {
    Exact,
    Ascii,
    Locale,
    Unicode,
}

/// A one-character test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Item {
    AnyAll,
    NotNewline,
    Literal(u32),
    NotLiteral(u32),
    /// A class with a table.
    Class(u32),
    /// A class that the locale decides.
    Dynamic(u32),
    Fail,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    Fail,
    /// End of the whole pattern.
    Match,
    /// End of the innermost sub-match (lookaround, atomic group, possessive repeat).
    SubEnd,
    One(Item),
    /// A run of literals: `strings[start..start + len]`.
    String {
        start: u32,
        len: u32,
    },
    At(At),
    Mark(u32),
    Jump(u32),
    Branch(u32),
    /// A repeat of a one-character item; the tail follows.
    RepeatOne(u32),
    Repeat(u32),
    Until(u32),
    /// Lookaround, atomic group or possessive repeat: `subs[i]`.
    Sub(u32),
    GroupRef(u32, RefFold),
    /// Goes on when the group matched, else jumps.
    IfGroup(u32, u32),
}

/// What is known of the character a piece of program must start with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum First {
    /// Nothing (it may match the empty string).
    Any,
    Literal(u32),
    /// Index into `firsts`.
    Set(u32),
}

/// A superset of the characters a piece of program can start with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FirstSet {
    pub low: [bool; 256],
    /// Characters from 256 up may start it.
    pub high: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Greed {
    Greedy,
    Lazy,
    Possessive,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct RepeatOne {
    pub item: Item,
    pub min: usize,
    /// `usize::MAX`: no bound.
    pub max: usize,
    pub greed: Greed,
    /// What the tail must start with.
    pub tail: First,
    /// No character below 256 is in both the item and the tail's first set: only the longest repeat can match.
    pub disjoint_low: bool,
    /// The same for all characters.
    pub disjoint: bool,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Loop {
    pub min: usize,
    pub max: usize,
    pub greedy: bool,
    pub body: u32,
    pub tail: u32,
    pub body_first: First,
    pub tail_first: First,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Alt {
    pub pc: u32,
    pub first: First,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SubKind {
    Assert { back: usize },
    AssertNot { back: usize },
    Atomic,
    Possessive { min: usize, max: usize },
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Sub {
    pub kind: SubKind,
    pub body: u32,
    pub tail: u32,
}

/// How a search finds the positions worth an attempt.
#[derive(Clone, Debug)]
pub(crate) enum Strategy {
    /// Only the first position can match.
    Anchored,
    /// Only the beginnings of lines can match.
    Line,
    /// The pattern starts with this text; `whole`: it is nothing else; `first_op`: it is the first op.
    Prefix {
        needle: Needle,
        whole: bool,
        first_op: bool,
    },
    /// It starts with a lookbehind at just this text.
    Behind {
        needle: Needle,
    },
    /// It starts with a character of a set: for bytes also as a list when there are at most three.
    First {
        first: First,
        few: Few,
    },
    General,
}

/// At most three bytes, for `memchr`.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Few {
    Many,
    One(u8),
    Two(u8, u8),
    Three(u8, u8, u8),
}

/// A validated and translated pattern.
#[derive(Clone, Debug)]
pub struct Program {
    pub(crate) ops: Vec<Op>,
    pub(crate) strings: Vec<u32>,
    pub(crate) classes: Vec<Class>,
    pub(crate) firsts: Vec<FirstSet>,
    pub(crate) repeats: Vec<RepeatOne>,
    pub(crate) loops: Vec<Loop>,
    pub(crate) branches: Vec<Box<[Alt]>>,
    pub(crate) subs: Vec<Sub>,
    pub(crate) groups: usize,
    /// Least number of characters a match takes, by the INFO block.
    pub(crate) min_width: usize,
    pub(crate) strategy: Strategy,
    /// The repeat (index into `repeats`) the pattern starts with, when a failed attempt within a run of its item shows that
    /// no later start within that run can match.
    pub(crate) leading_run: Option<u32>,
    flags: u32,
}

impl Program {
    /// Validates `code` and translates it. `groups` counts the capturing groups, without group 0. `flags` are kept for the
    /// caller: all that matters to matching is in the codes.
    pub fn new(code: &[u32], groups: usize, flags: u32) -> Result<Program, InvalidCode> {
        let mut program = translate::translate(code, groups)?;
        program.flags = flags;
        Ok(program)
    }

    /// The number of capturing groups, without group 0.
    pub fn groups(&self) -> usize {
        self.groups
    }

    /// The flags given to `new`.
    pub fn flags(&self) -> u32 {
        self.flags
    }

    pub(crate) fn empty(groups: usize) -> Program {
        Program {
            ops: Vec::new(),
            strings: Vec::new(),
            classes: Vec::new(),
            firsts: Vec::new(),
            repeats: Vec::new(),
            loops: Vec::new(),
            branches: Vec::new(),
            subs: Vec::new(),
            groups,
            min_width: 0,
            strategy: Strategy::General,
            leading_run: None,
            flags: 0,
        }
    }
}

pub(crate) fn bound(max: u32) -> usize {
    if max == MAXREPEAT { usize::MAX } else { max as usize }
}

/// Whether `code` is well-formed: total on any array. (`Program::new` does the same check; nothing runs unvalidated.)
pub fn validate(code: &[u32], groups: usize) -> Result<(), InvalidCode> {
    translate::translate(code, groups).map(drop)
}
