//! The matcher: a backtracking machine with an explicit stack.
//!
//! Its results are those of CPython's `sre_lib.h`, quirks included: marks are restored only where CPython restores them
//! (outside of any repeat, a choice restores `lastmark` and `lastindex` but not the marks below), an empty iteration of a
//! repeat ends it, and `lastindex` is the last group closed on the path.

use crate::first::only_longest;
use crate::program::{Greed, Op, RefFold, RepeatOne, SubKind};
use crate::props;
use crate::scan::{Context, at, give_back, plain_test, plain_width, run_end, starts, take_more, takes};
use crate::subject::Char;

/// Why a match was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// The backtracking stack needs more memory than there is, or than is allowed: `MemoryError`.
    Memory,
    /// The poll callback asked to stop: the exception is already set there.
    Interrupted,
    /// The program and the matcher are at odds; CPython's `RuntimeError: internal error in regular expression engine`.
    Internal,
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Error::Memory => "out of memory in a regular expression",
            Error::Interrupted => "interrupted",
            Error::Internal => "internal error in regular expression engine",
        })
    }
}

impl std::error::Error for Error {}

/// An unset mark, an empty "last position".
pub(crate) const UNSET: usize = usize::MAX;
/// No repeat is active.
const NO_REPEAT: u32 = u32::MAX;
/// A choice that does not restore marks.
const NO_TRAIL: u32 = u32::MAX;
/// Steps between two polls.
const POLL_EVERY: u32 = 4096;

/// An active general repeat.
#[derive(Clone, Copy, Debug)]
struct Rep {
    /// Iterations begun; wraps to the maximum before the first (CPython's -1).
    count: usize,
    prev: u32,
    /// Where the last optional iteration began.
    last: usize,
}

/// What a choice restores of the marks.
#[derive(Clone, Copy, Debug)]
struct Saved {
    lastmark: i32,
    lastindex: i32,
    trail: u32,
}

/// One entry of the backtracking stack: what to do when what was tried after it fails.
#[derive(Clone, Copy, Debug)]
enum Frame {
    /// Try the next alternative.
    Branch { id: u32, next: u32, ptr: usize, saved: Saved },
    /// Give back one character and try the tail.
    Greedy { id: u32, pc: u32, min: usize, ptr: usize, saved: Saved },
    /// Take one more character and try the tail.
    Lazy { id: u32, pc: u32, ptr: usize, left: usize, saved: Saved },
    /// Leave the repeat's context.
    Repeat { rep: u32 },
    /// Take back a required iteration.
    Required { rep: u32 },
    /// An optional iteration failed: try the tail.
    Body { rep: u32, id: u32, ptr: usize, last: usize, saved: Saved },
    /// The tail failed: go back into the repeat's context.
    Tail { rep: u32 },
    /// The tail of a lazy repeat failed: try another iteration.
    LazyTail { rep: u32, id: u32, ptr: usize, saved: Saved },
    /// That iteration failed.
    LazyBody { rep: u32, last: usize },
    /// A sub-match; `outer` is the enclosing one's index.
    Sub { id: u32, outer: u32, repeat: u32, reps: u32, ptr: usize, count: usize, saved: Saved },
}

/// The reusable state of a matcher: marks and stacks. Nothing is allocated per attempt.
#[derive(Debug)]
pub(crate) struct Machine {
    pub marks: Vec<usize>,
    /// Highest valid index into `marks`, or -1.
    pub lastmark: i32,
    /// Last closed group, or -1.
    pub lastindex: i32,
    frames: Vec<Frame>,
    reps: Vec<Rep>,
    /// Overwritten marks: (index, old value).
    trail: Vec<(u32, usize)>,
    /// Bytes the stacks may take.
    pub limit: usize,
    steps: u32,
}

/// Doubles a full stack, or takes what is left of `room` (bytes).
fn more<T>(stack: &mut Vec<T>, room: &mut usize) -> Result<(), Error> {
    if stack.len() < stack.capacity() {
        return Ok(());
    }
    let add = stack.len().max(16).min(*room / size_of::<T>());
    if add == 0 {
        return Err(Error::Memory);
    }
    stack.try_reserve_exact(add).map_err(|_| Error::Memory)?;
    *room -= add * size_of::<T>();
    Ok(())
}

impl Machine {
    pub fn new(limit: usize) -> Machine {
        Machine {
            marks: Vec::new(),
            lastmark: -1,
            lastindex: -1,
            frames: Vec::new(),
            reps: Vec::new(),
            trail: Vec::new(),
            limit,
            steps: POLL_EVERY,
        }
    }

    /// Makes room for the program's marks and forgets the last match.
    pub fn reset(&mut self, groups: usize) -> Result<(), Error> {
        let len = groups.checked_mul(2).ok_or(Error::Memory)?;
        if self.marks.len() != len {
            self.marks.clear();
            self.marks.try_reserve_exact(len).map_err(|_| Error::Memory)?;
            self.marks.resize(len, UNSET);
        }
        self.lastmark = -1;
        self.lastindex = -1;
        Ok(())
    }

    /// Gives back the memory of a match that went deep.
    pub fn trim(&mut self) {
        const KEEP: usize = 4096;
        self.frames.clear();
        self.reps.clear();
        self.trail.clear();
        if self.frames.capacity() > KEEP {
            self.frames.shrink_to(KEEP);
        }
        if self.reps.capacity() > KEEP {
            self.reps.shrink_to(KEEP);
        }
        if self.trail.capacity() > KEEP {
            self.trail.shrink_to(KEEP);
        }
    }

    /// Counts steps that are not the machine's own, such as attempts of a search.
    #[inline(always)]
    pub fn tick(&mut self, poll: &mut dyn FnMut() -> bool) -> Result<(), Error> {
        self.steps -= 1;
        if self.steps == 0 { self.poll(poll) } else { Ok(()) }
    }

    #[cold]
    #[inline(never)]
    fn poll(&mut self, poll: &mut dyn FnMut() -> bool) -> Result<(), Error> {
        self.steps = POLL_EVERY;
        if poll() { Ok(()) } else { Err(Error::Interrupted) }
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self) -> Result<(), Error> {
        let used = self.frames.capacity() * size_of::<Frame>()
            + self.reps.capacity() * size_of::<Rep>()
            + self.trail.capacity() * size_of::<(u32, usize)>();
        let mut room = self.limit.saturating_sub(used);
        // Indexes into the stacks are 32 bits wide.
        if self.frames.len() >= NO_REPEAT as usize - 1 {
            return Err(Error::Memory);
        }
        more(&mut self.frames, &mut room)?;
        more(&mut self.reps, &mut room)?;
        more(&mut self.trail, &mut room)
    }

    #[inline(always)]
    fn push(&mut self, frame: Frame) -> Result<(), Error> {
        if self.frames.len() == self.frames.capacity() {
            self.grow()?;
        }
        self.frames.push(frame);
        Ok(())
    }

    /// A choice's snapshot; marks are restored only `with_marks`.
    #[inline(always)]
    fn save(&self, with_marks: bool) -> Saved {
        let trail = if with_marks { self.trail.len() as u32 } else { NO_TRAIL };
        Saved { lastmark: self.lastmark, lastindex: self.lastindex, trail }
    }

    #[inline(always)]
    fn restore(&mut self, saved: Saved) {
        self.lastmark = saved.lastmark;
        self.lastindex = saved.lastindex;
        if saved.trail != NO_TRAIL {
            while self.trail.len() > saved.trail as usize {
                if let Some((i, old)) = self.trail.pop()
                    && let Some(mark) = self.marks.get_mut(i as usize)
                {
                    *mark = old;
                }
            }
        }
    }

    #[inline(always)]
    fn mark(&mut self, index: u32, ptr: usize) -> Result<(), Error> {
        if index & 1 == 1 {
            self.lastindex = (index / 2 + 1) as i32;
        }
        if index as i32 > self.lastmark {
            // Marks above `lastmark` are not valid: those skipped over become unset.
            let from = (self.lastmark + 1) as usize;
            if let Some(skipped) = self.marks.get_mut(from..index as usize) {
                skipped.fill(UNSET);
            }
            self.lastmark = index as i32;
        } else if !self.frames.is_empty() {
            if self.trail.len() == self.trail.capacity() || self.trail.len() >= NO_TRAIL as usize - 1 {
                self.grow()?;
            }
            if self.trail.len() >= NO_TRAIL as usize - 1 {
                return Err(Error::Memory);
            }
            if let Some(&old) = self.marks.get(index as usize) {
                self.trail.push((index, old));
            }
        }
        if let Some(mark) = self.marks.get_mut(index as usize) {
            *mark = ptr;
        }
        Ok(())
    }

    /// The span of a group (0-based), when both its marks are valid and in order.
    fn span(&self, group: u32) -> Option<(usize, usize)> {
        let i = group as usize * 2;
        if i as i64 >= i64::from(self.lastmark) {
            return None;
        }
        match (self.marks.get(i), self.marks.get(i + 1)) {
            (Some(&a), Some(&b)) if a != UNSET && b != UNSET && a <= b => Some((a, b)),
            _ => None,
        }
    }

    /// Runs the program for a match at `start` from op `pc` and position `ptr` on (what lies before is known to match); gives
    /// the end of the match. `must_advance`: an empty match does not count.
    pub fn run<C: Char>(
        &mut self,
        cx: &Context<'_, C>,
        start: usize,
        (mut pc, mut ptr): (usize, usize),
        must_advance: bool,
        poll: &mut dyn FnMut() -> bool,
    ) -> Result<Option<usize>, Error> {
        let program = cx.program;
        let ops = program.ops.as_slice();
        let s = cx.s;
        self.frames.clear();
        self.reps.clear();
        self.trail.clear();
        let mut repeat = NO_REPEAT;
        // Index of the innermost sub-match's frame.
        let mut sub = NO_REPEAT;
        'next: loop {
            'fail: {
                let Some(&op) = ops.get(pc) else { return Err(Error::Internal) };
                match op {
                    Op::Fail => break 'fail,
                    Op::One(item) => match s.get(ptr) {
                        Some(&x) if takes(cx, item, x) => {
                            ptr += 1;
                            pc += 1;
                            continue 'next;
                        }
                        _ => break 'fail,
                    },
                    Op::String { start, len } => {
                        let (start, len) = (start as usize, len as usize);
                        let (Some(text), Some(there)) =
                            (program.strings.get(start..start + len), s.get(ptr..).and_then(|t| t.get(..len)))
                        else {
                            break 'fail;
                        };
                        if there.iter().zip(text).all(|(a, b)| a.code() == *b) {
                            ptr += len;
                            pc += 1;
                            continue 'next;
                        }
                        break 'fail;
                    }
                    Op::Mark(index) => {
                        self.mark(index, ptr)?;
                        pc += 1;
                        continue 'next;
                    }
                    Op::Jump(target) => {
                        pc = target as usize;
                        continue 'next;
                    }
                    Op::At(position) => {
                        if at(cx, position, ptr) {
                            pc += 1;
                            continue 'next;
                        }
                        break 'fail;
                    }
                    Op::Match => {
                        if (cx.match_all && ptr != s.len()) || (must_advance && ptr == start) {
                            break 'fail;
                        }
                        return Ok(Some(ptr));
                    }
                    Op::RepeatOne(id) => {
                        let Some(r) = program.repeats.get(id as usize) else { return Err(Error::Internal) };
                        pc += 1;
                        match self.repeat_one(cx, r, id, pc, ptr, repeat != NO_REPEAT)? {
                            Some(end) => {
                                ptr = end;
                                continue 'next;
                            }
                            None => break 'fail,
                        }
                    }
                    Op::Branch(id) => {
                        let Some(alts) = program.branches.get(id as usize) else { return Err(Error::Internal) };
                        let mut viable = alts
                            .iter()
                            .enumerate()
                            .filter(|(_, alt)| starts(cx, alt.first, ptr))
                            .map(|(i, a)| (i, a.pc));
                        let Some((_, target)) = viable.next() else { break 'fail };
                        if let Some((next, _)) = viable.next() {
                            let saved = self.save(repeat != NO_REPEAT);
                            self.push(Frame::Branch { id, next: next as u32, ptr, saved })?;
                        }
                        pc = target as usize;
                        continue 'next;
                    }
                    Op::Repeat(id) => {
                        let Some(l) = program.loops.get(id as usize) else { return Err(Error::Internal) };
                        if l.min > 0 && !starts(cx, l.body_first, ptr) {
                            break 'fail;
                        }
                        if self.reps.len() == self.reps.capacity() {
                            self.grow()?;
                        }
                        let rep = self.reps.len() as u32;
                        self.reps.push(Rep { count: usize::MAX, prev: repeat, last: UNSET });
                        self.push(Frame::Repeat { rep })?;
                        repeat = rep;
                        // On to the loop's end, which counts and decides; it stands before the tail.
                        pc = (l.tail as usize).wrapping_sub(1);
                        continue 'next;
                    }
                    Op::Until(id) => {
                        self.tick(poll)?;
                        let Some(l) = program.loops.get(id as usize) else { return Err(Error::Internal) };
                        let Some(r) = self.reps.get_mut(repeat as usize) else { return Err(Error::Internal) };
                        let rep = repeat;
                        let count = r.count.wrapping_add(1);
                        if count < l.min {
                            if !starts(cx, l.body_first, ptr) {
                                break 'fail;
                            }
                            r.count = count;
                            self.push(Frame::Required { rep })?;
                            pc = l.body as usize;
                            continue 'next;
                        }
                        if l.greedy {
                            if count < l.max && ptr != r.last && starts(cx, l.body_first, ptr) {
                                let last = r.last;
                                r.count = count;
                                r.last = ptr;
                                let saved = self.save(true);
                                self.push(Frame::Body { rep, id, ptr, last, saved })?;
                                pc = l.body as usize;
                                continue 'next;
                            }
                            if !starts(cx, l.tail_first, ptr) {
                                break 'fail;
                            }
                            repeat = r.prev;
                            self.push(Frame::Tail { rep })?;
                        } else {
                            repeat = r.prev;
                            let saved = self.save(repeat != NO_REPEAT);
                            self.push(Frame::LazyTail { rep, id, ptr, saved })?;
                            if !starts(cx, l.tail_first, ptr) {
                                break 'fail;
                            }
                        }
                        pc = l.tail as usize;
                        continue 'next;
                    }
                    Op::Sub(id) => {
                        let Some(m) = program.subs.get(id as usize) else { return Err(Error::Internal) };
                        let from = match m.kind {
                            SubKind::Assert { back } => match ptr.checked_sub(back) {
                                Some(from) => from,
                                None => break 'fail,
                            },
                            SubKind::AssertNot { back } => match ptr.checked_sub(back) {
                                Some(from) => from,
                                // Nothing that wide lies behind: not matched, so it holds.
                                None => {
                                    pc = m.tail as usize;
                                    continue 'next;
                                }
                            },
                            SubKind::Atomic => ptr,
                            SubKind::Possessive { max: 0, .. } => {
                                pc = m.tail as usize;
                                continue 'next;
                            }
                            SubKind::Possessive { .. } => ptr,
                        };
                        // A lookaround of one test needs no frame.
                        if let (SubKind::Assert { .. } | SubKind::AssertNot { .. }, Some(width)) =
                            (m.kind, plain_width(ops, m.body as usize))
                        {
                            let holds = plain_test(cx, ops, m.body as usize, from, width);
                            if holds == matches!(m.kind, SubKind::Assert { .. }) {
                                pc = m.tail as usize;
                                continue 'next;
                            }
                            break 'fail;
                        }
                        let possessive = matches!(m.kind, SubKind::Possessive { .. });
                        let saved = self.save(possessive || repeat != NO_REPEAT);
                        let reps = self.reps.len() as u32;
                        let frame = Frame::Sub { id, outer: sub, repeat, reps, ptr, count: 0, saved };
                        sub = self.frames.len() as u32;
                        self.push(frame)?;
                        if possessive {
                            repeat = self.enter_possessive(repeat)?;
                        }
                        ptr = from;
                        pc = m.body as usize;
                        continue 'next;
                    }
                    Op::SubEnd => {
                        let Some(&Frame::Sub { id, outer, repeat: before, reps, ptr: from, count, .. }) =
                            self.frames.get(sub as usize)
                        else {
                            return Err(Error::Internal);
                        };
                        let Some(m) = program.subs.get(id as usize) else { return Err(Error::Internal) };
                        self.frames.truncate(sub as usize);
                        self.reps.truncate(reps as usize);
                        if self.frames.is_empty() {
                            self.trail.clear();
                        }
                        sub = outer;
                        repeat = before;
                        match m.kind {
                            SubKind::Assert { .. } => ptr = from,
                            SubKind::AssertNot { .. } => break 'fail,
                            SubKind::Atomic => {}
                            SubKind::Possessive { min, max } => {
                                self.tick(poll)?;
                                let count = count + 1;
                                // Once the required ones are done, an empty iteration is the last. (The first optional
                                // one always runs.)
                                if count < min || (count < max && (ptr != from || count == min)) {
                                    let saved = self.save(true);
                                    let frame = Frame::Sub { id, outer: sub, repeat, reps, ptr, count, saved };
                                    sub = self.frames.len() as u32;
                                    self.push(frame)?;
                                    repeat = self.enter_possessive(repeat)?;
                                    pc = m.body as usize;
                                    continue 'next;
                                }
                            }
                        }
                        pc = m.tail as usize;
                        continue 'next;
                    }
                    Op::GroupRef(group, fold) => {
                        let Some((from, to)) = self.span(group) else { break 'fail };
                        let len = to - from;
                        let (Some(text), Some(there)) = (s.get(from..to), s.get(ptr..).and_then(|t| t.get(..len)))
                        else {
                            break 'fail;
                        };
                        let same = match fold {
                            RefFold::Exact => text == there,
                            _ => text.iter().zip(there).all(|(a, b)| {
                                let lower = |c: u32| match fold {
                                    RefFold::Exact => c,
                                    RefFold::Ascii => props::lower_ascii(c),
                                    RefFold::Unicode => props::lower_unicode(c, cx.props),
                                    RefFold::Locale => props::lower_locale(c, cx.props),
                                };
                                lower(a.code()) == lower(b.code())
                            }),
                        };
                        if same {
                            ptr += len;
                            pc += 1;
                            continue 'next;
                        }
                        break 'fail;
                    }
                    Op::IfGroup(group, other) => {
                        pc = if self.span(group).is_some() { pc + 1 } else { other as usize };
                        continue 'next;
                    }
                }
            }
            // What was tried has failed: back to the newest choice.
            self.tick(poll)?;
            loop {
                let Some(top) = self.frames.last_mut() else { return Ok(None) };
                match *top {
                    Frame::Branch { id, next, ptr: from, saved } => {
                        let Some(alts) = program.branches.get(id as usize) else { return Err(Error::Internal) };
                        let Some(alt) = alts.get(next as usize) else { return Err(Error::Internal) };
                        let rest = alts.iter().enumerate().skip(next as usize + 1);
                        match rest.map(|(i, a)| (i, a.first)).find(|(_, first)| starts(cx, *first, from)) {
                            Some((i, _)) => *top = Frame::Branch { id, next: i as u32, ptr: from, saved },
                            None => {
                                self.frames.pop();
                            }
                        }
                        self.restore(saved);
                        ptr = from;
                        pc = alt.pc as usize;
                        continue 'next;
                    }
                    Frame::Greedy { id, pc: tail, min, ptr: from, saved } => {
                        let Some(r) = program.repeats.get(id as usize) else { return Err(Error::Internal) };
                        match give_back(cx, r.tail, min, from - 1) {
                            Some(to) => {
                                if to > min {
                                    *top = Frame::Greedy { id, pc: tail, min, ptr: to, saved };
                                } else {
                                    self.frames.pop();
                                }
                                self.restore(saved);
                                ptr = to;
                                pc = tail as usize;
                                continue 'next;
                            }
                            None => {
                                self.frames.pop();
                                self.restore(saved);
                            }
                        }
                    }
                    Frame::Lazy { id, pc: tail, ptr: from, left, saved } => {
                        let Some(r) = program.repeats.get(id as usize) else { return Err(Error::Internal) };
                        match take_more(cx, r, from, left) {
                            Some(to) => {
                                let left = left - (to - from);
                                *top = Frame::Lazy { id, pc: tail, ptr: to, left, saved };
                                self.restore(saved);
                                ptr = to;
                                pc = tail as usize;
                                continue 'next;
                            }
                            None => {
                                self.frames.pop();
                                self.restore(saved);
                            }
                        }
                    }
                    Frame::Repeat { rep } => {
                        repeat = self.reps.get(rep as usize).map_or(NO_REPEAT, |r| r.prev);
                        self.reps.truncate(rep as usize);
                        self.frames.pop();
                    }
                    Frame::Required { rep } => {
                        if let Some(r) = self.reps.get_mut(rep as usize) {
                            r.count = r.count.wrapping_sub(1);
                        }
                        self.frames.pop();
                    }
                    Frame::Body { rep, id, ptr: from, last, saved } => {
                        let Some(l) = program.loops.get(id as usize) else { return Err(Error::Internal) };
                        let Some(r) = self.reps.get_mut(rep as usize) else { return Err(Error::Internal) };
                        r.last = last;
                        r.count = r.count.wrapping_sub(1);
                        let prev = r.prev;
                        let go = starts(cx, l.tail_first, from);
                        if go {
                            *top = Frame::Tail { rep };
                        } else {
                            self.frames.pop();
                        }
                        self.restore(saved);
                        if go {
                            repeat = prev;
                            ptr = from;
                            pc = l.tail as usize;
                            continue 'next;
                        }
                    }
                    Frame::Tail { rep } => {
                        repeat = rep;
                        self.frames.pop();
                    }
                    Frame::LazyTail { rep, id, ptr: from, saved } => {
                        repeat = rep;
                        let Some(l) = program.loops.get(id as usize) else { return Err(Error::Internal) };
                        let Some(r) = self.reps.get_mut(rep as usize) else { return Err(Error::Internal) };
                        let count = r.count.wrapping_add(1);
                        let go = count < l.max && from != r.last && starts(cx, l.body_first, from);
                        if go {
                            *top = Frame::LazyBody { rep, last: r.last };
                            r.count = count;
                            r.last = from;
                        } else {
                            self.frames.pop();
                        }
                        self.restore(saved);
                        if go {
                            ptr = from;
                            pc = l.body as usize;
                            continue 'next;
                        }
                    }
                    Frame::LazyBody { rep, last } => {
                        if let Some(r) = self.reps.get_mut(rep as usize) {
                            r.last = last;
                            r.count = r.count.wrapping_sub(1);
                        }
                        self.frames.pop();
                    }
                    Frame::Sub { id, outer, repeat: before, reps, ptr: from, count, saved } => {
                        let Some(m) = program.subs.get(id as usize) else { return Err(Error::Internal) };
                        self.frames.pop();
                        self.reps.truncate(reps as usize);
                        sub = outer;
                        repeat = before;
                        match m.kind {
                            SubKind::Assert { .. } | SubKind::Atomic => {}
                            SubKind::Possessive { min, .. } if count < min => {}
                            SubKind::AssertNot { .. } | SubKind::Possessive { .. } => {
                                self.restore(saved);
                                ptr = from;
                                pc = m.tail as usize;
                                continue 'next;
                            }
                        }
                    }
                }
            }
        }
    }

    /// Opens the context of a possessive repeat: it counts in its frame, but in its body choices restore marks.
    fn enter_possessive(&mut self, prev: u32) -> Result<u32, Error> {
        if self.reps.len() == self.reps.capacity() {
            self.grow()?;
        }
        let rep = self.reps.len() as u32;
        self.reps.push(Rep { count: 0, prev, last: UNSET });
        Ok(rep)
    }

    /// A repeat of one character: where its tail is tried first. Leaves a frame when there are other places.
    #[inline(always)]
    fn repeat_one<C: Char>(
        &mut self,
        cx: &Context<'_, C>,
        r: &RepeatOne,
        id: u32,
        tail: usize,
        ptr: usize,
        in_repeat: bool,
    ) -> Result<Option<usize>, Error> {
        if r.min > cx.s.len() - ptr {
            return Ok(None);
        }
        let Some(min) = ptr.checked_add(r.min) else { return Ok(None) };
        match r.greed {
            Greed::Greedy => {
                let end = run_end(cx, r.item, ptr, r.max);
                if end < min {
                    return Ok(None);
                }
                if only_longest(r, C::as_bytes(&[]).is_some()) {
                    return Ok(starts(cx, r.tail, end).then_some(end));
                }
                let Some(to) = give_back(cx, r.tail, min, end) else { return Ok(None) };
                if to > min {
                    let saved = self.save(in_repeat);
                    self.push(Frame::Greedy { id, pc: tail as u32, min, ptr: to, saved })?;
                }
                Ok(Some(to))
            }
            Greed::Possessive => {
                let end = run_end(cx, r.item, ptr, r.max);
                Ok((end >= min).then_some(end))
            }
            Greed::Lazy => {
                if r.min > 0 && run_end(cx, r.item, ptr, r.min) < min {
                    return Ok(None);
                }
                let left = if r.max == usize::MAX { usize::MAX } else { r.max - r.min };
                let to = if starts(cx, r.tail, min) { Some(min) } else { take_more(cx, r, min, left) };
                if let Some(to) = to {
                    let saved = self.save(in_repeat);
                    self.push(Frame::Lazy { id, pc: tail as u32, ptr: to, left: left - (to - min), saved })?;
                }
                Ok(to)
            }
        }
    }
}
