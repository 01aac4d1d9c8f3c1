//! Character sets: one-character tests, compiled to a table for the first 256 code points and a rule for the rest.

use crate::codes::{Category, Kind};
use crate::props::{self, Latin1, Props};

/// One item of a set, in the order of the code array; the first that holds decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SetItem {
    /// Flips the meaning of the items after it.
    Negate,
    Literal(u32),
    Range(u32, u32),
    /// A range that also takes a character whose upper case lies in it.
    RangeUniIgnore(u32, u32),
    Category(Category),
    /// 256 bits for the first 256 code points.
    Bitmap(Box<[u32]>),
    /// A two-level bitmap of the BMP: for each high byte the number of its 256-bit block.
    Big {
        index: Box<[u8]>,
        blocks: Box<[u32]>,
    },
}

/// What is done to the character before the set is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fold {
    None,
    Ascii,
    Unicode,
    /// Both cases of the C locale are asked.
    Locale,
}

/// How code points from 256 up are decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum High {
    Never,
    Always,
    /// `\w` of Unicode, or its negation.
    Word(bool),
    /// Walk the items.
    Items,
}

#[derive(Clone, Debug)]
pub(crate) struct Class {
    /// Meaningless for a `dynamic` class.
    pub table: [bool; 256],
    pub high: High,
    /// Depends on the C locale: the table is not to be used.
    pub dynamic: bool,
    invert: bool,
    fold: Fold,
    items: Box<[SetItem]>,
}

fn bit(words: &[u32], index: usize) -> bool {
    words.get(index / 32).is_some_and(|w| (w >> (index % 32)) & 1 != 0)
}

/// Is the character one of those that the item names?
fn hits(item: &SetItem, ch: u32, props: &dyn Props) -> bool {
    match item {
        SetItem::Negate => false,
        SetItem::Literal(c) => ch == *c,
        SetItem::Range(lo, hi) => (*lo..=*hi).contains(&ch),
        SetItem::RangeUniIgnore(lo, hi) => {
            (*lo..=*hi).contains(&ch) || {
                let upper = if ch < 256 { Latin1.to_upper(ch) } else { props.to_upper(ch) };
                (*lo..=*hi).contains(&upper)
            }
        }
        SetItem::Category(category) => props::in_category(*category, ch, props),
        SetItem::Bitmap(bits) => ch < 256 && bit(bits, ch as usize),
        SetItem::Big { index, blocks } => {
            let ch = ch as usize;
            index.get(ch >> 8).is_some_and(|&block| bit(blocks, usize::from(block) * 256 + (ch & 255)))
        }
    }
}

/// The plain membership test over the items; a character with another case is in an item that names either.
fn in_items(items: &[SetItem], ch: u32, other: Option<u32>, props: &dyn Props) -> bool {
    let mut ok = true;
    for item in items {
        if matches!(item, SetItem::Negate) {
            ok = !ok;
        } else if hits(item, ch, props) || other.is_some_and(|other| hits(item, other, props)) {
            return ok;
        }
    }
    !ok
}

impl Class {
    pub fn new(items: Vec<SetItem>, fold: Fold, invert: bool) -> Class {
        let dynamic = fold == Fold::Locale
            || items.iter().any(|i| matches!(i, SetItem::Category(Category { kind: Kind::LocWord, .. })));
        let mut class =
            Class { table: [false; 256], high: High::Items, dynamic, invert, fold, items: items.into_boxed_slice() };
        if !dynamic {
            for ch in 0..256u32 {
                class.table[ch as usize] = class.eval(ch, &Latin1);
            }
            class.high = class.decide_high();
        }
        class
    }

    /// Whether this is the class of these items.
    pub fn is(&self, items: &[SetItem], fold: Fold, invert: bool) -> bool {
        self.fold == fold && self.invert == invert && *self.items == *items
    }

    /// Membership by the definition, for any character.
    pub fn eval(&self, ch: u32, props: &dyn Props) -> bool {
        let member = match self.fold {
            Fold::None => in_items(&self.items, ch, None, props),
            Fold::Ascii => in_items(&self.items, props::lower_ascii(ch), None, props),
            Fold::Unicode => in_items(&self.items, props::lower_unicode(ch, props), None, props),
            Fold::Locale => {
                let lower = props::lower_locale(ch, props);
                let upper = props::upper_locale(ch, props);
                in_items(&self.items, lower, (upper != lower).then_some(upper), props)
            }
        };
        member != self.invert
    }

    fn decide_high(&self) -> High {
        // Lower-casing can bring a high character down (the Kelvin sign), so only the other folds can be decided here.
        if self.fold == Fold::Unicode {
            return High::Items;
        }
        let mut sense = true;
        let mut undecided = None;
        let mut count = 0;
        for item in &self.items {
            let always = match item {
                SetItem::Negate => {
                    sense = !sense;
                    continue;
                }
                SetItem::Literal(c) if *c < 256 => continue,
                SetItem::Range(_, hi) if *hi < 256 => continue,
                SetItem::Bitmap(_) => continue,
                SetItem::Range(lo, hi) => *lo <= 256 && *hi >= 0x10_ffff,
                SetItem::Category(Category {
                    kind: Kind::Digit | Kind::Space | Kind::Word | Kind::Linebreak,
                    sense,
                }) => {
                    if *sense {
                        continue;
                    }
                    true
                }
                _ => false,
            };
            if always && count == 0 {
                return if sense != self.invert { High::Always } else { High::Never };
            }
            undecided = Some((item, sense));
            count += 1;
        }
        match undecided {
            None if sense == self.invert => High::Always,
            None => High::Never,
            Some((SetItem::Category(Category { kind: Kind::UniWord, sense: word }), item_sense))
                if count == 1 && item_sense == sense =>
            {
                // One word category decides: a hit gives `sense`, a miss its opposite.
                High::Word((*word == sense) != self.invert)
            }
            Some(_) => High::Items,
        }
    }

    /// Membership of a character from 256 up, not dynamic.
    #[inline]
    pub fn has_high(&self, ch: u32, props: &dyn Props) -> bool {
        match self.high {
            High::Never => false,
            High::Always => true,
            High::Word(sense) => props.is_alnum(ch) == sense,
            High::Items => self.eval(ch, props),
        }
    }

    /// Membership of any character, not dynamic.
    #[inline]
    pub fn has(&self, ch: u32, props: &dyn Props) -> bool {
        match self.table.get(ch as usize) {
            Some(&member) => member,
            None => self.has_high(ch, props),
        }
    }
}
