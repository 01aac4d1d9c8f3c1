//! Code array -> `Program`: validation and translation in one pass, so that nothing is run that was not checked.
//!
//! The layout of each code is that of CPython's `re/_compiler.py`; `skip` words count from their own position. Every jump is
//! forward and stays in its block, so the translated program's only backward jumps are those of `Until`, which counts.

use crate::charset::{Class, Fold, SetItem};
use crate::codes::{At, Category, MAXGROUPS, info, op};
use crate::first;
use crate::program::{
    Alt, First, Greed, InvalidCode, Item, Loop, Op, Program, RefFold, RepeatOne, Sub, SubKind, bound,
};
use std::collections::HashMap;

/// Nesting that is followed; each level is one native frame of `block`. Python's own parser gives up earlier.
const MAX_DEPTH: usize = 1000;

type Res<T> = Result<T, InvalidCode>;
const BAD: InvalidCode = InvalidCode::Malformed;

pub(crate) fn translate(code: &[u32], groups: usize) -> Res<Program> {
    if groups > MAXGROUPS {
        return Err(BAD);
    }
    let (&last, body) = code.split_last().ok_or(BAD)?;
    if last != op::SUCCESS {
        return Err(BAD);
    }
    let mut t = Translator {
        code,
        program: Program::empty(groups),
        class_ids: HashMap::new(),
        // Only the two readings of a conditional can make the pass go over words twice.
        fuel: code.len().saturating_mul(16).saturating_add(1024),
        in_sub: 0,
        has_condition: false,
        has_backref: false,
    };
    t.block(0, body.len(), 0)?;
    t.emit(Op::Match)?;
    let Translator { mut program, has_condition, has_backref, .. } = t;
    first::analyse(&mut program, has_condition, has_backref);
    if let Some(text) = t_info_prefix(code) {
        first::use_prefix(&mut program, text);
    }
    Ok(program)
}

/// The literal prefix of a checked INFO block, and whether it is the whole pattern.
fn t_info_prefix(code: &[u32]) -> Option<(&[u32], bool)> {
    let [op::INFO, _, flags, _, _, len, _, rest @ ..] = code else { return None };
    if flags & info::PREFIX == 0 {
        return None;
    }
    let text = rest.get(..*len as usize)?;
    Some((text, flags & info::LITERAL != 0))
}

struct Translator<'a> {
    code: &'a [u32],
    program: Program,
    /// Equal sets share a class.
    class_ids: HashMap<u64, Vec<u32>>,
    fuel: usize,
    in_sub: usize,
    has_condition: bool,
    has_backref: bool,
}

fn index(n: usize) -> Res<u32> {
    u32::try_from(n).map_err(|_| InvalidCode::TooLarge)
}

fn push<T>(list: &mut Vec<T>, value: T) -> Res<u32> {
    let at = index(list.len())?;
    list.try_reserve(1).map_err(|_| InvalidCode::TooLarge)?;
    list.push(value);
    Ok(at)
}

impl Translator<'_> {
    fn emit(&mut self, op: Op) -> Res<u32> {
        push(&mut self.program.ops, op)
    }

    fn here(&self) -> Res<u32> {
        index(self.program.ops.len())
    }

    /// The word at `at`, which must lie before `end`.
    fn word(&self, at: usize, end: usize) -> Res<u32> {
        if at < end { self.code.get(at).copied().ok_or(BAD) } else { Err(BAD) }
    }

    /// The target of the skip word at `at`; it may be `end` at most.
    fn skip(&self, at: usize, end: usize) -> Res<usize> {
        let skip = self.word(at, end)? as usize;
        let target = at.checked_add(skip).ok_or(BAD)?;
        if target <= end { Ok(target) } else { Err(BAD) }
    }

    /// Translates the words `at..end`.
    fn block(&mut self, mut at: usize, end: usize, depth: usize) -> Res<()> {
        if depth > MAX_DEPTH {
            return Err(InvalidCode::TooDeep);
        }
        while at < end {
            self.fuel = self.fuel.checked_sub(1).ok_or(BAD)?;
            at = self.one(at, end, depth)?;
        }
        Ok(())
    }

    /// Translates the code at `at` and gives the next one's position.
    fn one(&mut self, at: usize, end: usize, depth: usize) -> Res<usize> {
        if let Some((item, next)) = self.item(at, end)? {
            match item {
                Item::Literal(_) => return self.literals(at, end),
                Item::Fail => self.emit(Op::Fail)?,
                _ => self.emit(Op::One(item))?,
            };
            return Ok(next);
        }
        let code = self.word(at, end)?;
        match code {
            op::SUCCESS => {
                self.emit(if self.in_sub > 0 { Op::SubEnd } else { Op::Match })?;
                Ok(at + 1)
            }
            op::MARK => {
                let mark = self.word(at + 1, end)?;
                if mark as usize >= self.program.groups * 2 {
                    return Err(BAD);
                }
                self.emit(Op::Mark(mark))?;
                Ok(at + 2)
            }
            op::AT => {
                let position = At::from_code(self.word(at + 1, end)?).ok_or(BAD)?;
                self.emit(Op::At(position))?;
                Ok(at + 2)
            }
            op::INFO => self.info(at, end),
            op::BRANCH => self.branch(at, end, depth),
            op::REPEAT_ONE | op::MIN_REPEAT_ONE | op::POSSESSIVE_REPEAT_ONE => self.repeat_one(code, at, end),
            op::REPEAT | op::POSSESSIVE_REPEAT => self.repeat(code, at, end, depth),
            op::ATOMIC_GROUP => {
                let stop = self.skip(at + 1, end)?;
                self.sub(SubKind::Atomic, at + 2, stop, depth)?;
                Ok(stop)
            }
            op::ASSERT | op::ASSERT_NOT => {
                let stop = self.skip(at + 1, end)?;
                let back = self.word(at + 2, end)?;
                if back & 0x8000_0000 != 0 {
                    return Err(BAD); // wider than a match can be
                }
                let back = back as usize;
                let kind = if code == op::ASSERT { SubKind::Assert { back } } else { SubKind::AssertNot { back } };
                self.sub(kind, at + 3, stop, depth)?;
                Ok(stop)
            }
            op::GROUPREF | op::GROUPREF_IGNORE | op::GROUPREF_LOC_IGNORE | op::GROUPREF_UNI_IGNORE => {
                let group = self.group(at + 1, end)?;
                let fold = match code {
                    op::GROUPREF => RefFold::Exact,
                    op::GROUPREF_IGNORE => RefFold::Ascii,
                    op::GROUPREF_LOC_IGNORE => RefFold::Locale,
                    _ => RefFold::Unicode,
                };
                self.has_backref = true;
                self.emit(Op::GroupRef(group, fold))?;
                Ok(at + 2)
            }
            op::GROUPREF_EXISTS => self.condition(at, end, depth),
            _ => Err(BAD),
        }
    }

    fn group(&self, at: usize, end: usize) -> Res<u32> {
        let group = self.word(at, end)?;
        if (group as usize) < self.program.groups { Ok(group) } else { Err(BAD) }
    }

    /// A run of literals, as one op.
    fn literals(&mut self, mut at: usize, end: usize) -> Res<usize> {
        let start = self.program.strings.len();
        while at + 1 < end && self.code.get(at) == Some(&op::LITERAL) {
            let c = self.word(at + 1, end)?;
            push(&mut self.program.strings, c)?;
            at += 2;
        }
        match self.program.strings.get(start..) {
            Some(&[c]) => {
                self.program.strings.truncate(start);
                self.emit(Op::One(Item::Literal(c)))?;
            }
            Some(run) => {
                let len = index(run.len())?;
                self.emit(Op::String { start: index(start)?, len })?;
            }
            None => return Err(BAD),
        }
        Ok(at)
    }

    /// A code that tests one character, when there is one at `at`.
    fn item(&mut self, at: usize, end: usize) -> Res<Option<(Item, usize)>> {
        let code = self.word(at, end)?;
        let item = match code {
            op::FAILURE => return Ok(Some((Item::Fail, at + 1))),
            op::ANY => return Ok(Some((Item::NotNewline, at + 1))),
            op::ANY_ALL => return Ok(Some((Item::AnyAll, at + 1))),
            op::LITERAL => Item::Literal(self.word(at + 1, end)?),
            op::NOT_LITERAL => Item::NotLiteral(self.word(at + 1, end)?),
            op::LITERAL_IGNORE | op::LITERAL_LOC_IGNORE | op::LITERAL_UNI_IGNORE => {
                self.folded_literal(code, at, end, false)?
            }
            op::NOT_LITERAL_IGNORE | op::NOT_LITERAL_LOC_IGNORE | op::NOT_LITERAL_UNI_IGNORE => {
                self.folded_literal(code, at, end, true)?
            }
            op::CATEGORY => {
                let category = Category::from_code(self.word(at + 1, end)?).ok_or(BAD)?;
                self.class(at, at + 2, vec![SetItem::Category(category)], Fold::None, false)?
            }
            op::IN | op::IN_IGNORE | op::IN_LOC_IGNORE | op::IN_UNI_IGNORE => {
                let stop = self.skip(at + 1, end)?;
                if stop < at + 3 || self.word(stop - 1, end)? != op::FAILURE {
                    return Err(BAD);
                }
                let items = self.charset(at + 2, stop - 1)?;
                let fold = match code {
                    op::IN => Fold::None,
                    op::IN_IGNORE => Fold::Ascii,
                    op::IN_LOC_IGNORE => Fold::Locale,
                    _ => Fold::Unicode,
                };
                return Ok(Some((self.class(at, stop, items, fold, false)?, stop)));
            }
            _ => return Ok(None),
        };
        Ok(Some((item, at + 2)))
    }

    fn folded_literal(&mut self, code: u32, at: usize, end: usize, invert: bool) -> Res<Item> {
        let c = self.word(at + 1, end)?;
        let fold = match code {
            op::LITERAL_IGNORE | op::NOT_LITERAL_IGNORE => Fold::Ascii,
            op::LITERAL_LOC_IGNORE | op::NOT_LITERAL_LOC_IGNORE => Fold::Locale,
            _ => Fold::Unicode,
        };
        self.class(at, at + 2, vec![SetItem::Literal(c)], fold, invert)
    }

    /// The class for the words `from..to`; equal words give the same class.
    fn class(&mut self, from: usize, to: usize, items: Vec<SetItem>, fold: Fold, invert: bool) -> Res<Item> {
        let words = self.code.get(from..to).ok_or(BAD)?;
        let key = words.iter().fold(0u64, |h, &w| h.rotate_left(5).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ u64::from(w));
        let same = self.class_ids.get(&key).and_then(|ids| {
            ids.iter()
                .copied()
                .find(|&id| self.program.classes.get(id as usize).is_some_and(|c| c.is(&items, fold, invert)))
        });
        let id = match same {
            Some(id) => id,
            None => {
                let id = push(&mut self.program.classes, Class::new(items, fold, invert))?;
                self.class_ids.entry(key).or_default().push(id);
                id
            }
        };
        let dynamic = self.program.classes.get(id as usize).is_some_and(|c| c.dynamic);
        Ok(if dynamic { Item::Dynamic(id) } else { Item::Class(id) })
    }

    /// The items of a set, without the FAILURE that ends it.
    fn charset(&self, mut at: usize, end: usize) -> Res<Vec<SetItem>> {
        let mut items = Vec::new();
        let words = |from: usize, len: usize| -> Res<Box<[u32]>> {
            let to = from.checked_add(len).ok_or(BAD)?;
            if to > end {
                return Err(BAD);
            }
            Ok(self.code.get(from..to).ok_or(BAD)?.into())
        };
        while at < end {
            let code = self.word(at, end)?;
            at += 1;
            let (item, len) = match code {
                op::NEGATE => (SetItem::Negate, 0),
                op::LITERAL => (SetItem::Literal(self.word(at, end)?), 1),
                op::RANGE => (SetItem::Range(self.word(at, end)?, self.word(at + 1, end)?), 2),
                op::RANGE_UNI_IGNORE => (SetItem::RangeUniIgnore(self.word(at, end)?, self.word(at + 1, end)?), 2),
                op::CATEGORY => (SetItem::Category(Category::from_code(self.word(at, end)?).ok_or(BAD)?), 1),
                op::CHARSET => (SetItem::Bitmap(words(at, 8)?), 8),
                op::BIGCHARSET => {
                    let count = self.word(at, end)? as usize;
                    // The block numbers are bytes in memory order: the compiler casts a bytearray to words.
                    let index: Box<[u8]> = words(at + 1, 64)?.iter().flat_map(|w| w.to_ne_bytes()).collect();
                    if index.iter().any(|&block| usize::from(block) >= count) {
                        return Err(BAD);
                    }
                    let len = count.checked_mul(8).ok_or(BAD)?;
                    (SetItem::Big { index, blocks: words(at + 65, len)? }, 65 + len)
                }
                _ => return Err(BAD),
            };
            items.push(item);
            at += len;
        }
        Ok(items)
    }

    /// `<INFO> <skip> <flags> <min> <max> [prefix or charset]`
    fn info(&mut self, at: usize, end: usize) -> Res<usize> {
        let stop = self.skip(at + 1, end)?;
        let flags = self.word(at + 2, stop)?;
        let min = self.word(at + 3, stop)?;
        self.word(at + 4, stop)?; // max
        if flags & !(info::PREFIX | info::LITERAL | info::CHARSET) != 0
            || (flags & info::PREFIX != 0 && flags & info::CHARSET != 0)
            || (flags & info::LITERAL != 0 && flags & info::PREFIX == 0)
        {
            return Err(BAD);
        }
        let mut rest = at + 5;
        if flags & info::PREFIX != 0 {
            let len = self.word(rest, stop)? as usize;
            let skip = self.word(rest + 1, stop)? as usize;
            let overlap = (rest + 2).checked_add(len).ok_or(BAD)?;
            rest = overlap.checked_add(len).ok_or(BAD)?;
            if skip > len || rest > stop {
                return Err(BAD);
            }
            if self.code.get(overlap..rest).ok_or(BAD)?.iter().any(|&w| w as usize >= len) {
                return Err(BAD);
            }
        }
        if flags & info::CHARSET != 0 {
            if stop <= rest || self.word(stop - 1, stop)? != op::FAILURE {
                return Err(BAD);
            }
            // Only checked: what a match can start with is computed from the pattern itself.
            self.charset(rest, stop - 1)?;
            rest = stop;
        }
        if rest != stop {
            return Err(BAD);
        }
        if at == 0 {
            self.program.min_width = min as usize;
        }
        Ok(stop)
    }

    /// `<BRANCH> { <skip> code <JUMP> <to the end> }... <0>`
    fn branch(&mut self, at: usize, end: usize, depth: usize) -> Res<usize> {
        let id = push(&mut self.program.branches, Box::default())?;
        self.emit(Op::Branch(id))?;
        let mut alts = Vec::new();
        let mut jumps = Vec::new();
        let mut target = None;
        let mut at = at + 1;
        while self.word(at, end)? != 0 {
            let next = self.skip(at, end)?;
            // code, JUMP and its skip lie between
            if next < at + 3 || self.word(next - 2, end)? != op::JUMP {
                return Err(BAD);
            }
            let out = self.skip(next - 1, end)?;
            if *target.get_or_insert(out) != out {
                return Err(BAD);
            }
            alts.push(Alt { pc: self.here()?, first: First::Any });
            self.block(at + 1, next - 2, depth + 1)?;
            jumps.push(self.emit(Op::Jump(0))?);
            at = next;
        }
        if target.is_some_and(|t| t != at + 1) {
            return Err(BAD);
        }
        let out = self.here()?;
        for jump in jumps {
            if let Some(op) = self.program.ops.get_mut(jump as usize) {
                *op = Op::Jump(out);
            }
        }
        if let Some(slot) = self.program.branches.get_mut(id as usize) {
            *slot = alts.into_boxed_slice();
        }
        Ok(at + 1)
    }

    /// `<min> <max>` at `at`
    fn bounds(&self, at: usize, end: usize) -> Res<(usize, usize)> {
        let (min, max) = (self.word(at, end)?, self.word(at + 1, end)?);
        if min > max { Err(BAD) } else { Ok((min as usize, bound(max))) }
    }

    /// `<REPEAT_ONE> <skip> <min> <max> item <SUCCESS>`
    fn repeat_one(&mut self, code: u32, at: usize, end: usize) -> Res<usize> {
        let stop = self.skip(at + 1, end)?;
        let (min, max) = self.bounds(at + 2, stop)?;
        // CPython's own check lets any code stand here; its compiler puts exactly one item.
        let Some((item, next)) = self.item(at + 4, stop)? else { return Err(BAD) };
        if next + 1 != stop || self.word(next, stop)? != op::SUCCESS {
            return Err(BAD);
        }
        let greed = match code {
            op::REPEAT_ONE => Greed::Greedy,
            op::MIN_REPEAT_ONE => Greed::Lazy,
            _ => Greed::Possessive,
        };
        let repeat = RepeatOne { item, min, max, greed, tail: First::Any, disjoint_low: false, disjoint: false };
        let id = push(&mut self.program.repeats, repeat)?;
        self.emit(Op::RepeatOne(id))?;
        Ok(stop)
    }

    /// `<REPEAT> <skip> <min> <max> body <UNTIL>`; the skip leads to the UNTIL
    fn repeat(&mut self, code: u32, at: usize, end: usize, depth: usize) -> Res<usize> {
        let until = self.skip(at + 1, end)?;
        let (min, max) = self.bounds(at + 2, until)?;
        let last = self.word(until, end)?;
        if code == op::POSSESSIVE_REPEAT {
            if last != op::SUCCESS {
                return Err(BAD);
            }
            self.sub(SubKind::Possessive { min, max }, at + 4, until + 1, depth)?;
            return Ok(until + 1);
        }
        let greedy = match last {
            op::MAX_UNTIL => true,
            op::MIN_UNTIL => false,
            _ => return Err(BAD),
        };
        let l = Loop { min, max, greedy, body: 0, tail: 0, body_first: First::Any, tail_first: First::Any };
        let id = push(&mut self.program.loops, l)?;
        self.emit(Op::Repeat(id))?;
        let body = self.here()?;
        self.block(at + 4, until, depth + 1)?;
        self.emit(Op::Until(id))?;
        let tail = self.here()?;
        if let Some(l) = self.program.loops.get_mut(id as usize) {
            (l.body, l.tail) = (body, tail);
        }
        Ok(until + 1)
    }

    /// The body `from..stop - 1` of a sub-match, which ends with SUCCESS.
    fn sub(&mut self, kind: SubKind, from: usize, stop: usize, depth: usize) -> Res<()> {
        if stop <= from || self.word(stop - 1, stop)? != op::SUCCESS {
            return Err(BAD);
        }
        let id = push(&mut self.program.subs, Sub { kind, body: 0, tail: 0 })?;
        self.emit(Op::Sub(id))?;
        let body = self.here()?;
        self.in_sub += 1;
        self.block(from, stop - 1, depth + 1)?;
        self.in_sub -= 1;
        self.emit(Op::SubEnd)?;
        let tail = self.here()?;
        if let Some(sub) = self.program.subs.get_mut(id as usize) {
            (sub.body, sub.tail) = (body, tail);
        }
        Ok(())
    }

    /// `<GROUPREF_EXISTS> <group> <skip to no> yes [<JUMP> <skip> no]`; the skip counts from the group word
    fn condition(&mut self, at: usize, end: usize, depth: usize) -> Res<usize> {
        let group = self.group(at + 1, end)?;
        let skip = self.word(at + 2, end)? as usize;
        let no = (at + 1).checked_add(skip).ok_or(BAD)?;
        if no > end || no < at + 3 {
            return Err(BAD);
        }
        self.has_condition = true;
        let test = self.emit(Op::IfGroup(group, 0))?;
        // A JUMP before the `no` part tells that there is one; an operand can look the same, then that reading fails.
        if no >= at + 5 && self.word(no - 2, end)? == op::JUMP {
            let mark = self.mark();
            match self.condition_with_else(at, no, end, depth, test) {
                Err(InvalidCode::Malformed) => self.rewind(mark),
                result => return result,
            }
        }
        self.block(at + 3, no, depth + 1)?;
        let out = self.here()?;
        self.patch(test, Op::IfGroup(group, out));
        Ok(no)
    }

    fn condition_with_else(&mut self, at: usize, no: usize, end: usize, depth: usize, test: u32) -> Res<usize> {
        let group = self.group(at + 1, end)?;
        let stop = self.skip(no - 1, end)?;
        if stop < no {
            return Err(BAD);
        }
        self.block(at + 3, no - 2, depth + 1)?;
        let jump = self.emit(Op::Jump(0))?;
        let other = self.here()?;
        self.patch(test, Op::IfGroup(group, other));
        self.block(no, stop, depth + 1)?;
        let out = self.here()?;
        self.patch(jump, Op::Jump(out));
        Ok(stop)
    }

    fn patch(&mut self, at: u32, op: Op) {
        if let Some(slot) = self.program.ops.get_mut(at as usize) {
            *slot = op;
        }
    }

    /// The lengths of all tables, to undo a reading that failed. (Classes may stay.)
    fn mark(&self) -> [usize; 7] {
        let p = &self.program;
        [p.ops.len(), p.strings.len(), p.repeats.len(), p.loops.len(), p.branches.len(), p.subs.len(), self.in_sub]
    }

    fn rewind(&mut self, [ops, strings, repeats, loops, branches, subs, in_sub]: [usize; 7]) {
        let p = &mut self.program;
        p.ops.truncate(ops);
        p.strings.truncate(strings);
        p.repeats.truncate(repeats);
        p.loops.truncate(loops);
        p.branches.truncate(branches);
        p.subs.truncate(subs);
        self.in_sub = in_sub;
    }
}
