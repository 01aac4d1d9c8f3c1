//! The numbers of the code arrays that CPython 3.14's `re._compiler` emits (`re/_constants.py`, `MAGIC`).

/// `_sre.MAGIC`: the version of the code format this crate runs.
pub const MAGIC: u32 = 20230612;
/// `_sre.CODESIZE`: bytes per code word.
pub const CODESIZE: u32 = 4;
/// `_sre.MAXREPEAT`: "no upper bound" in a repeat.
pub const MAXREPEAT: u32 = u32::MAX;
/// `_sre.MAXGROUPS` on a 64-bit machine.
pub const MAXGROUPS: usize = (i32::MAX / 2) as usize;

pub(crate) mod op {
    pub const FAILURE: u32 = 0;
    pub const SUCCESS: u32 = 1;
    pub const ANY: u32 = 2;
    pub const ANY_ALL: u32 = 3;
    pub const ASSERT: u32 = 4;
    pub const ASSERT_NOT: u32 = 5;
    pub const AT: u32 = 6;
    pub const BRANCH: u32 = 7;
    pub const CATEGORY: u32 = 8;
    pub const CHARSET: u32 = 9;
    pub const BIGCHARSET: u32 = 10;
    pub const GROUPREF: u32 = 11;
    pub const GROUPREF_EXISTS: u32 = 12;
    pub const IN: u32 = 13;
    pub const INFO: u32 = 14;
    pub const JUMP: u32 = 15;
    pub const LITERAL: u32 = 16;
    pub const MARK: u32 = 17;
    pub const MAX_UNTIL: u32 = 18;
    pub const MIN_UNTIL: u32 = 19;
    pub const NOT_LITERAL: u32 = 20;
    pub const NEGATE: u32 = 21;
    pub const RANGE: u32 = 22;
    pub const REPEAT: u32 = 23;
    pub const REPEAT_ONE: u32 = 24;
    pub const MIN_REPEAT_ONE: u32 = 26;
    pub const ATOMIC_GROUP: u32 = 27;
    pub const POSSESSIVE_REPEAT: u32 = 28;
    pub const POSSESSIVE_REPEAT_ONE: u32 = 29;
    pub const GROUPREF_IGNORE: u32 = 30;
    pub const IN_IGNORE: u32 = 31;
    pub const LITERAL_IGNORE: u32 = 32;
    pub const NOT_LITERAL_IGNORE: u32 = 33;
    pub const GROUPREF_LOC_IGNORE: u32 = 34;
    pub const IN_LOC_IGNORE: u32 = 35;
    pub const LITERAL_LOC_IGNORE: u32 = 36;
    pub const NOT_LITERAL_LOC_IGNORE: u32 = 37;
    pub const GROUPREF_UNI_IGNORE: u32 = 38;
    pub const IN_UNI_IGNORE: u32 = 39;
    pub const LITERAL_UNI_IGNORE: u32 = 40;
    pub const NOT_LITERAL_UNI_IGNORE: u32 = 41;
    pub const RANGE_UNI_IGNORE: u32 = 42;
}

/// Bits of the INFO block's flags word.
pub(crate) mod info {
    pub const PREFIX: u32 = 1;
    pub const LITERAL: u32 = 2;
    pub const CHARSET: u32 = 4;
}

/// Positions (`AT` operands).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum At {
    BeginString,
    BeginLine,
    End,
    EndLine,
    EndString,
    Boundary(Words, bool),
}

/// Which characters a boundary takes for word characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Words {
    Ascii,
    Locale,
    Unicode,
}

impl At {
    pub fn from_code(code: u32) -> Option<At> {
        Some(match code {
            0 | 2 => At::BeginString,
            1 => At::BeginLine,
            3 => At::Boundary(Words::Ascii, true),
            4 => At::Boundary(Words::Ascii, false),
            5 => At::End,
            6 => At::EndLine,
            7 => At::EndString,
            8 => At::Boundary(Words::Locale, true),
            9 => At::Boundary(Words::Locale, false),
            10 => At::Boundary(Words::Unicode, true),
            11 => At::Boundary(Words::Unicode, false),
            _ => return None,
        })
    }
}

/// Character categories; the second field of each variant of `Category` is the sense (`false`: the negated category).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Digit,
    Space,
    Word,
    Linebreak,
    LocWord,
    UniDigit,
    UniSpace,
    UniWord,
    UniLinebreak,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Category {
    pub kind: Kind,
    pub sense: bool,
}

impl Category {
    pub fn from_code(code: u32) -> Option<Category> {
        const KINDS: [Kind; 9] = [
            Kind::Digit,
            Kind::Space,
            Kind::Word,
            Kind::Linebreak,
            Kind::LocWord,
            Kind::UniDigit,
            Kind::UniSpace,
            Kind::UniWord,
            Kind::UniLinebreak,
        ];
        let kind = *KINDS.get(usize::try_from(code / 2).ok()?)?;
        Some(Category { kind, sense: code.is_multiple_of(2) })
    }
}
