//! The public face of a match: modes, the search over start positions, and what a match left behind.

use crate::exec::{Error, Machine, UNSET};
use crate::program::{Few, First, Program, Strategy};
use crate::props::Props;
use crate::scan::{Context, run_end};
use crate::subject::Char;

/// Bytes that the backtracking stack may take unless `set_memory_limit` says otherwise.
const DEFAULT_LIMIT: usize = 2 << 30;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// At the start position.
    Match,
    /// At the start position, up to the end.
    Fullmatch,
    /// At the first position from the start position on.
    Search,
}

/// The reusable state of matches. It is tied to no program: a run takes the room its program needs.
#[derive(Debug)]
pub struct Matcher {
    machine: Machine,
    start: usize,
    end: usize,
}

impl Program {
    /// A fresh state to run programs with.
    pub fn matcher(&self) -> Matcher {
        Matcher::new()
    }
}

impl Matcher {
    pub fn new() -> Matcher {
        Matcher { machine: Machine::new(DEFAULT_LIMIT), start: 0, end: 0 }
    }

    /// How many bytes the backtracking stack may take before a run ends in `Error::Memory`.
    pub fn set_memory_limit(&mut self, bytes: usize) {
        self.machine.limit = bytes;
    }

    /// Runs `program` on `subject[..end]` from `pos` on; both are cut to the subject's length. `^` and lookbehind see the
    /// subject before `pos`. With `must_advance` an empty match at `pos` does not count. `poll` is called every few thousand
    /// steps and stops the run by answering `false`; the subject must stay as it is meanwhile.
    pub fn run<C: Char>(
        &mut self,
        program: &Program,
        subject: &[C],
        pos: usize,
        end: usize,
        mode: Mode,
        must_advance: bool,
        props: &dyn Props,
        poll: &mut dyn FnMut() -> bool,
    ) -> Result<bool, Error> {
        self.machine.reset(program.groups)?;
        let end = end.min(subject.len());
        let Some(s) = subject.get(..end) else { return Err(Error::Internal) };
        if pos > end {
            return Ok(false);
        }
        let cx = Context { program, s, props, match_all: mode == Mode::Fullmatch };
        let found = if end - pos < program.min_width {
            Ok(None)
        } else if mode == Mode::Search {
            search(&mut self.machine, &cx, pos, must_advance, poll)
        } else {
            self.machine.run(&cx, pos, (0, pos), must_advance, poll).map(|end| end.map(|end| (pos, end)))
        };
        self.machine.trim();
        match found? {
            Some((start, end)) => {
                (self.start, self.end) = (start, end);
                Ok(true)
            }
            None => Ok(false),
        }
    }

    /// Where the last match starts.
    pub fn start(&self) -> usize {
        self.start
    }

    /// Where it ends.
    pub fn end(&self) -> usize {
        self.end
    }

    /// The marks of `group` (from 1 on; 0 is the whole match), when it took part. The start of a captured group is not
    /// beyond its end in any code that `re` compiles; hand-made code can do it, and CPython then raises `SystemError`.
    pub fn group(&self, group: usize) -> Option<(usize, usize)> {
        let Some(i) = group.checked_sub(1) else { return Some((self.start, self.end)) };
        let i = i.checked_mul(2)?;
        if i as i64 >= i64::from(self.machine.lastmark) {
            return None;
        }
        match (self.machine.marks.get(i), self.machine.marks.get(i + 1)) {
            (Some(&a), Some(&b)) if a != UNSET && b != UNSET => Some((a, b)),
            _ => None,
        }
    }

    /// The group closed last, as `Match.lastindex`.
    pub fn lastindex(&self) -> Option<usize> {
        usize::try_from(self.machine.lastindex).ok()
    }
}

impl Default for Matcher {
    fn default() -> Matcher {
        Matcher::new()
    }
}

/// The first start from `from` to `last` that can match, by the strategy.
#[inline(always)]
fn candidate<C: Char>(cx: &Context<'_, C>, from: usize, last: usize) -> Option<usize> {
    let s = cx.s;
    let found = match &cx.program.strategy {
        Strategy::Anchored | Strategy::General => from,
        Strategy::Line => match from.checked_sub(1) {
            None => 0,
            // The first newline at or after the character before `from`.
            Some(before) => from + C::find(s.get(before..)?, C::from_code(10)?)?,
        },
        Strategy::Prefix { needle, .. } => from + C::find_seq(s.get(from..)?, needle)?,
        Strategy::Behind { needle } => {
            let base = from.saturating_sub(needle.text.len());
            base + C::find_seq(s.get(base..)?, needle)? + needle.text.len()
        }
        Strategy::First { first, few } => {
            let rest = s.get(from..)?;
            let at = match (first, C::as_bytes(rest)) {
                (First::Any, _) => Some(0),
                (_, Some(bytes)) if !matches!(few, Few::Many) => match *few {
                    Few::One(a) => memchr::memchr(a, bytes),
                    Few::Two(a, b) => memchr::memchr2(a, b, bytes),
                    Few::Three(a, b, c) => memchr::memchr3(a, b, c, bytes),
                    Few::Many => Some(0),
                },
                (First::Literal(c), _) => C::find(rest, C::from_code(*c)?),
                (First::Set(id), _) => {
                    let set = cx.program.firsts.get(*id as usize)?;
                    rest.iter().position(|x| set.low.get(x.code() as usize).copied().unwrap_or(set.high))
                }
            };
            from + at?
        }
    };
    (found <= last).then_some(found)
}

fn search<C: Char>(
    machine: &mut Machine,
    cx: &Context<'_, C>,
    pos: usize,
    must_advance: bool,
    poll: &mut dyn FnMut() -> bool,
) -> Result<Option<(usize, usize)>, Error> {
    let program = cx.program;
    let last = cx.s.len() - program.min_width;
    // A prefix that is the first op need not be matched again.
    let (skip_ops, skip) = match &program.strategy {
        Strategy::Prefix { needle, first_op: true, .. } => (1, needle.text.len()),
        _ => (0, 0),
    };
    let mut from = pos;
    loop {
        let Some(start) = candidate(cx, from, last) else { return Ok(None) };
        if let Strategy::Prefix { needle, whole: true, .. } = &program.strategy {
            return Ok(Some((start, start + needle.text.len())));
        }
        machine.lastmark = -1;
        machine.lastindex = -1;
        let advance = must_advance && start == pos;
        if let Some(end) = machine.run(cx, start, (skip_ops, start + skip), advance, poll)? {
            return Ok(Some((start, end)));
        }
        machine.tick(poll)?;
        if matches!(program.strategy, Strategy::Anchored) {
            return Ok(None);
        }
        from = start + 1;
        if !advance && let Some(r) = program.leading_run.and_then(|id| program.repeats.get(id as usize)) {
            // All later starts in this run fail too, and so does the one at its end.
            from = from.max(run_end(cx, r.item, start, usize::MAX).saturating_add(1));
        }
        if from > last {
            return Ok(None);
        }
    }
}
