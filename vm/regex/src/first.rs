//! First sets: which characters a piece of program can start with. They let the matcher skip attempts that must fail.
//!
//! A first set is always a superset, so skipping by it changes no result. One exception is kept out: a skipped attempt sets
//! no marks, and CPython does not undo marks outside of repeats, which only a conditional on a still open group can see. With
//! conditionals in the pattern, sets do not look past marks.

use crate::charset::{Class, High};
use crate::codes::At;
use crate::program::{Few, First, FirstSet, Greed, Item, Op, Program, Strategy, SubKind};
use crate::subject::Needle;
use std::borrow::Cow;
use std::collections::HashMap;

/// Ops looked at for one set: keeps the analysis linear in the program.
const BUDGET: usize = 200;
const MAX_DEPTH: usize = 16;

fn class_of(program: &Program, id: u32) -> Option<&Class> {
    program.classes.get(id as usize)
}

/// The characters of an item.
fn item_set(program: &Program, item: Item) -> Option<FirstSet> {
    let mut set = FirstSet { low: [false; 256], high: false };
    match item {
        Item::AnyAll => set = FirstSet { low: [true; 256], high: true },
        Item::NotNewline => {
            set = FirstSet { low: [true; 256], high: true };
            set.low[10] = false;
        }
        Item::Literal(c) => match set.low.get_mut(c as usize) {
            Some(slot) => *slot = true,
            None => set.high = true,
        },
        Item::NotLiteral(c) => {
            set = FirstSet { low: [true; 256], high: true };
            if let Some(slot) = set.low.get_mut(c as usize) {
                *slot = false;
            }
        }
        Item::Class(id) => {
            let class = class_of(program, id)?;
            set = FirstSet { low: class.table, high: class.high != High::Never };
        }
        Item::Dynamic(_) => return None,
        Item::Fail => {}
    }
    Some(set)
}

fn union(into: &mut FirstSet, other: &FirstSet) {
    for (a, b) in into.low.iter_mut().zip(&other.low) {
        *a |= b;
    }
    into.high |= other.high;
}

struct Walk<'a> {
    program: &'a Program,
    past_marks: bool,
    fuel: usize,
}

impl Walk<'_> {
    /// The first set of the program from `pc` on; `None` when it may match the empty string or is not known.
    fn from(&mut self, mut pc: u32, depth: usize) -> Option<FirstSet> {
        if depth > MAX_DEPTH {
            return None;
        }
        loop {
            self.fuel = self.fuel.checked_sub(1)?;
            match *self.program.ops.get(pc as usize)? {
                Op::Fail => return item_set(self.program, Item::Fail),
                Op::Match | Op::SubEnd | Op::Until(_) | Op::GroupRef(..) | Op::IfGroup(..) => return None,
                Op::One(item) => return item_set(self.program, item),
                Op::String { start, .. } => {
                    return item_set(self.program, Item::Literal(*self.program.strings.get(start as usize)?));
                }
                Op::At(_) => pc += 1,
                Op::Mark(_) if self.past_marks => pc += 1,
                Op::Mark(_) => return None,
                Op::Jump(target) => pc = target,
                Op::Branch(id) => {
                    let mut set = item_set(self.program, Item::Fail)?;
                    for alt in self.program.branches.get(id as usize)? {
                        union(&mut set, &self.from(alt.pc, depth + 1)?);
                    }
                    return Some(set);
                }
                Op::RepeatOne(id) => {
                    let repeat = self.program.repeats.get(id as usize)?;
                    let mut set = item_set(self.program, repeat.item)?;
                    if repeat.min == 0 {
                        union(&mut set, &self.from(pc + 1, depth + 1)?);
                    }
                    return Some(set);
                }
                Op::Repeat(id) => {
                    let l = self.program.loops.get(id as usize)?;
                    let mut set = self.from(l.body, depth + 1)?;
                    if l.min == 0 {
                        union(&mut set, &self.from(l.tail, depth + 1)?);
                    }
                    return Some(set);
                }
                Op::Sub(id) => {
                    let sub = self.program.subs.get(id as usize)?;
                    match sub.kind {
                        // What must follow by a lookahead must be there whatever comes after it.
                        SubKind::Assert { back: 0 } if self.past_marks => {
                            if let Some(set) = self.from(sub.body, depth + 1) {
                                return Some(set);
                            }
                            pc = sub.tail;
                        }
                        // A lookaround takes nothing; it may set marks.
                        SubKind::Assert { .. } | SubKind::AssertNot { .. } if self.past_marks => pc = sub.tail,
                        SubKind::Assert { .. } | SubKind::AssertNot { .. } => return None,
                        SubKind::Atomic => return self.from(sub.body, depth + 1),
                        SubKind::Possessive { min, .. } => {
                            let mut set = self.from(sub.body, depth + 1)?;
                            if min == 0 {
                                union(&mut set, &self.from(sub.tail, depth + 1)?);
                            }
                            return Some(set);
                        }
                    }
                }
            }
        }
    }
}

/// Sets by content, so that equal ones share a table.
#[derive(Default)]
struct Interner {
    ids: HashMap<[u64; 5], u32>,
}

impl Interner {
    fn first(&mut self, program: &mut Program, set: Option<FirstSet>) -> First {
        let Some(set) = set else { return First::Any };
        let mut key = [0u64; 5];
        let mut only = None;
        let mut count = 0;
        for (i, &member) in set.low.iter().enumerate() {
            if member {
                if let Some(word) = key.get_mut(i / 64) {
                    *word |= 1 << (i % 64);
                }
                only = Some(i as u32);
                count += 1;
            }
        }
        key[4] = u64::from(set.high);
        if let (Some(c), 1, false) = (only, count, set.high) {
            return First::Literal(c);
        }
        if let Some(&id) = self.ids.get(&key) {
            return First::Set(id);
        }
        let Ok(id) = u32::try_from(program.firsts.len()) else { return First::Any };
        program.firsts.push(set);
        self.ids.insert(key, id);
        First::Set(id)
    }
}

fn walk(program: &Program, pc: u32, past_marks: bool) -> Option<FirstSet> {
    Walk { program, past_marks, fuel: BUDGET }.from(pc, 0)
}

/// Fills in what the translation left open: first sets, disjointness, the search strategy.
pub(crate) fn analyse(program: &mut Program, has_condition: bool, has_backref: bool) {
    let past_marks = !has_condition;
    let mut interner = Interner::default();
    for pc in 0..program.ops.len() {
        let Some(&op) = program.ops.get(pc) else { break };
        match op {
            Op::RepeatOne(id) => {
                let tail = walk(program, pc as u32 + 1, past_marks);
                let item = program.repeats.get(id as usize).and_then(|r| item_set(program, r.item));
                let mut disjoint_low = false;
                let mut disjoint = false;
                if let (Some(tail), Some(item)) = (&tail, &item) {
                    disjoint_low = tail.low.iter().zip(&item.low).all(|(a, b)| !(a & b));
                    disjoint = disjoint_low && !(tail.high && item.high);
                }
                let tail = interner.first(program, tail);
                if let Some(repeat) = program.repeats.get_mut(id as usize) {
                    (repeat.tail, repeat.disjoint_low, repeat.disjoint) = (tail, disjoint_low, disjoint);
                }
            }
            Op::Repeat(id) => {
                let Some((body, tail)) = program.loops.get(id as usize).map(|l| (l.body, l.tail)) else { continue };
                let (body, tail) = (walk(program, body, past_marks), walk(program, tail, past_marks));
                let (body, tail) = (interner.first(program, body), interner.first(program, tail));
                if let Some(l) = program.loops.get_mut(id as usize) {
                    (l.body_first, l.tail_first) = (body, tail);
                }
            }
            Op::Branch(id) => {
                let pcs: Vec<u32> =
                    program.branches.get(id as usize).into_iter().flat_map(|b| b.iter().map(|a| a.pc)).collect();
                for (i, pc) in pcs.into_iter().enumerate() {
                    let set = walk(program, pc, past_marks);
                    let first = interner.first(program, set);
                    if let Some(alt) = program.branches.get_mut(id as usize).and_then(|b| b.get_mut(i)) {
                        alt.first = first;
                    }
                }
            }
            _ => {}
        }
    }
    // Marks are reset between attempts, so a search may look past them.
    let start = walk(program, 0, true);
    program.strategy = match program.ops.first() {
        Some(Op::At(At::BeginString)) => Strategy::Anchored,
        Some(Op::At(At::BeginLine)) => Strategy::Line,
        _ if let Some(needle) = leading_behind(program) => Strategy::Behind { needle },
        _ => {
            let few = start.as_ref().map_or(Few::Many, few);
            match interner.first(program, start) {
                First::Any => Strategy::General,
                first => Strategy::First { first, few },
            }
        }
    };
    if !has_condition && !has_backref {
        program.leading_run = leading_run(program);
    }
}

/// The unbounded one-character repeat at the very start, if any.
///
/// From a start within a run of its item the tail is tried at positions up to the run's end; a later start in the same run
/// tries a subset of them. Without back references and conditionals the tail's result depends on the position alone.
fn leading_run(program: &Program) -> Option<u32> {
    let mut ops = program.ops.iter();
    loop {
        match ops.next()? {
            Op::Mark(_) => {}
            Op::RepeatOne(id) => {
                let repeat = program.repeats.get(*id as usize)?;
                let stable = !matches!(repeat.item, Item::Dynamic(_) | Item::Fail);
                return (repeat.max == usize::MAX && stable).then_some(*id);
            }
            _ => return None,
        }
    }
}

fn few(set: &FirstSet) -> Few {
    let mut members = set.low.iter().enumerate().filter(|(_, m)| **m).map(|(i, _)| i as u8);
    match (members.next(), members.next(), members.next(), members.next()) {
        (Some(a), None, ..) => Few::One(a),
        (Some(a), Some(b), None, _) => Few::Two(a, b),
        (Some(a), Some(b), Some(c), None) => Few::Three(a, b, c),
        _ => Few::Many,
    }
}

/// The text of a literal op.
fn literal_op(program: &Program, pc: usize) -> Option<Cow<'_, [u32]>> {
    match program.ops.get(pc)? {
        Op::String { start, len } => {
            let start = *start as usize;
            program.strings.get(start..start + *len as usize).map(Cow::Borrowed)
        }
        Op::One(Item::Literal(c)) => Some(Cow::Owned(vec![*c])),
        _ => None,
    }
}

/// The text that a lookbehind at the very start asks for, when it asks for just one.
fn leading_behind(program: &Program) -> Option<Needle> {
    let Some(Op::Sub(id)) = program.ops.first() else { return None };
    let sub = program.subs.get(*id as usize)?;
    let body = sub.body as usize;
    let text = literal_op(program, body)?;
    let whole = program.ops.get(body + 1) == Some(&Op::SubEnd);
    (whole && sub.kind == SubKind::Assert { back: text.len() }).then(|| Needle::new(&text))
}

/// Takes the INFO block's literal prefix as the search strategy.
pub(crate) fn use_prefix(program: &mut Program, (text, whole): (&[u32], bool)) {
    if text.is_empty() || matches!(program.strategy, Strategy::Anchored | Strategy::Line) {
        return;
    }
    let first_op = literal_op(program, 0).is_some_and(|op| *op == *text);
    program.strategy = Strategy::Prefix { needle: Needle::new(text), whole: whole && program.groups == 0, first_op };
}

/// Whether only the longest repeat can match before its tail, for subjects of bytes (`low`) or of any width.
pub(crate) fn only_longest(repeat: &crate::program::RepeatOne, low: bool) -> bool {
    repeat.greed == Greed::Greedy && (repeat.disjoint || (low && repeat.disjoint_low))
}
