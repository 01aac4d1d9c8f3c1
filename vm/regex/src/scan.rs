//! One-character tests and the loops over them: what the matcher spends its time in.

use crate::codes::{At, Words};
use crate::program::{First, Item, Op, Program, RepeatOne};
use crate::props::{self, Props};
use crate::subject::Char;

/// What does not change during a match.
pub(crate) struct Context<'a, C> {
    pub program: &'a Program,
    /// The subject up to its end position.
    pub s: &'a [C],
    pub props: &'a dyn Props,
    /// A match must end at the end.
    pub match_all: bool,
}

#[inline(always)]
pub(crate) fn starts<C: Char>(cx: &Context<'_, C>, first: First, ptr: usize) -> bool {
    match first {
        First::Any => true,
        First::Literal(c) => cx.s.get(ptr).is_some_and(|x| x.code() == c),
        First::Set(id) => match (cx.s.get(ptr), cx.program.firsts.get(id as usize)) {
            (Some(x), Some(set)) => set.low.get(x.code() as usize).copied().unwrap_or(set.high),
            _ => false,
        },
    }
}

/// Whether the item takes this character.
#[inline(always)]
pub(crate) fn takes<C: Char>(cx: &Context<'_, C>, item: Item, x: C) -> bool {
    let c = x.code();
    match item {
        Item::AnyAll => true,
        Item::NotNewline => c != 10,
        Item::Literal(l) => c == l,
        Item::NotLiteral(l) => c != l,
        Item::Class(id) => cx.program.classes.get(id as usize).is_some_and(|class| class.has(c, cx.props)),
        Item::Dynamic(id) => cx.program.classes.get(id as usize).is_some_and(|class| class.eval(c, cx.props)),
        Item::Fail => false,
    }
}

/// The end of the longest run of the item from `from`, of at most `max` characters.
pub(crate) fn run_end<C: Char>(cx: &Context<'_, C>, item: Item, from: usize, max: usize) -> usize {
    let limit = from.saturating_add(max).min(cx.s.len());
    let Some(s) = cx.s.get(from..limit) else { return from };
    let len = match item {
        Item::AnyAll => s.len(),
        Item::NotNewline => C::from_code(10).and_then(|x| C::find(s, x)).unwrap_or(s.len()),
        Item::Literal(l) => s.iter().position(|x| x.code() != l).unwrap_or(s.len()),
        Item::NotLiteral(l) => C::from_code(l).and_then(|x| C::find(s, x)).unwrap_or(s.len()),
        Item::Class(id) => match cx.program.classes.get(id as usize) {
            Some(class) => s.iter().position(|x| !class.has(x.code(), cx.props)).unwrap_or(s.len()),
            None => 0,
        },
        Item::Dynamic(_) => s.iter().position(|x| !takes(cx, item, *x)).unwrap_or(s.len()),
        Item::Fail => 0,
    };
    from + len
}

pub(crate) fn at<C: Char>(cx: &Context<'_, C>, at: At, ptr: usize) -> bool {
    let s = cx.s;
    let newline = |i: usize| s.get(i).is_some_and(|x| x.code() == 10);
    match at {
        At::BeginString => ptr == 0,
        At::BeginLine => ptr == 0 || newline(ptr - 1),
        At::End => ptr == s.len() || (ptr + 1 == s.len() && newline(ptr)),
        At::EndLine => ptr == s.len() || newline(ptr),
        At::EndString => ptr == s.len(),
        At::Boundary(words, sense) => {
            let word = |x: &C| match words {
                Words::Ascii => props::is_word_ascii(x.code()),
                Words::Locale => props::is_word_locale(x.code(), cx.props),
                Words::Unicode => props::is_word_unicode(x.code(), cx.props),
            };
            let before = ptr > 0 && s.get(ptr - 1).is_some_and(word);
            let after = s.get(ptr).is_some_and(word);
            (before != after) == sense
        }
    }
}

/// The width of a sub-match's body that is one test of characters and nothing else.
#[inline(always)]
pub(crate) fn plain_width(ops: &[Op], body: usize) -> Option<usize> {
    match (ops.get(body)?, ops.get(body + 1)?) {
        (Op::One(_), Op::SubEnd) => Some(1),
        (Op::String { len, .. }, Op::SubEnd) => Some(*len as usize),
        _ => None,
    }
}

/// Such a body's test at `from`.
#[inline(always)]
pub(crate) fn plain_test<C: Char>(cx: &Context<'_, C>, ops: &[Op], body: usize, from: usize, width: usize) -> bool {
    let Some(there) = cx.s.get(from..).and_then(|t| t.get(..width)) else { return false };
    match (ops.get(body), there) {
        (Some(Op::One(item)), [x]) => takes(cx, *item, *x),
        (Some(Op::String { start, .. }), _) => {
            let start = *start as usize;
            let text = cx.program.strings.get(start..start + width);
            text.is_some_and(|text| there.iter().zip(text).all(|(a, b)| a.code() == *b))
        }
        _ => false,
    }
}

/// The last position from `min` to `from` where the tail can start.
#[inline(always)]
pub(crate) fn give_back<C: Char>(cx: &Context<'_, C>, tail: First, min: usize, from: usize) -> Option<usize> {
    match tail {
        First::Any => (from >= min).then_some(from),
        First::Literal(c) => {
            let to = from.saturating_add(1).min(cx.s.len());
            let window = cx.s.get(min..to)?;
            if window.len() > 16
                && let (Some(bytes), Ok(c)) = (C::as_bytes(window), u8::try_from(c))
            {
                return memchr::memrchr(c, bytes).map(|i| min + i);
            }
            window.iter().rposition(|x| x.code() == c).map(|i| min + i)
        }
        First::Set(_) => {
            let to = from.saturating_add(1).min(cx.s.len());
            (min..to).rev().find(|&i| starts(cx, tail, i))
        }
    }
}

/// The next position after `from` where the tail can start, with only the item between and at most `left` of it.
#[inline(always)]
pub(crate) fn take_more<C: Char>(cx: &Context<'_, C>, r: &RepeatOne, from: usize, left: usize) -> Option<usize> {
    let mut ptr = from;
    let limit = from.saturating_add(left);
    while ptr < limit {
        let x = *cx.s.get(ptr)?;
        if !takes(cx, r.item, x) {
            return None;
        }
        ptr += 1;
        if starts(cx, r.tail, ptr) {
            return Some(ptr);
        }
    }
    None
}
