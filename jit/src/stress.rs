//! The stress modes (`-X jit-stress=`): guards that fail though their condition holds.
//!
//! A *guard* here is anything that may leave compiled code, or its fast way, by a condition: guards on values, checks
//! after calls, polls, the entry of a unit, and helpers that may answer that they have done nothing. Each guard of each unit that is
//! lowered has a number, in the order of lowering: the same program has the same numbers in each run.
//!
//! Compiled code counts in memory cells; without a stress mode it has none of this. A forced failure is not
//! learnt from: the code says which of its exits was forced ([`Stress::take_forced`]).

use std::cell::{Cell, RefCell};

use crate::ir::Reason;

/// What a guard is for.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum GuardKind {
    /// A guess, an overflow, an operation that would raise.
    Guess = 0,
    /// The check behind a call: was the frame changed, is something no longer so?
    Leave = 1,
    Poll = 2,
    /// The start of a unit.
    Entry = 3,
    /// A helper that may do nothing: its slow way is taken.
    Slow = 4,
}

impl GuardKind {
    const ALL: [GuardKind; 5] =
        [GuardKind::Guess, GuardKind::Leave, GuardKind::Poll, GuardKind::Entry, GuardKind::Slow];

    pub fn name(self) -> &'static str {
        match self {
            GuardKind::Guess => "guess",
            GuardKind::Leave => "leave",
            GuardKind::Poll => "poll",
            GuardKind::Entry => "entry",
            GuardKind::Slow => "slow",
        }
    }

    /// Of what leaves for that reason; `None`: it can't be forced, for something has happened then.
    pub fn of(reason: Reason) -> Option<GuardKind> {
        match reason {
            Reason::Guard | Reason::Hoisted | Reason::Overflow | Reason::Error => Some(GuardKind::Guess),
            Reason::Leave => Some(GuardKind::Leave),
            Reason::Polled | Reason::Fuel => Some(GuardKind::Poll),
            Reason::LoopEnd
            | Reason::Return
            | Reason::NotRun
            | Reason::Interpreted
            | Reason::Raise
            | Reason::Raised => None,
        }
    }

    fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// What is forced.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Plan {
    /// Of the guards of these kinds (bits), every so manieth that is executed.
    Every { kinds: u8, period: u64 },
    /// One guard, when it is executed for the so manieth time.
    One { guard: u64, execution: u64 },
    /// Nothing: guards count how often they are executed.
    Count,
}

impl Plan {
    /// Parses `deopt:every=7`, `poll+leave:every=1`, `guard:12`, `guard:12:3` or `count`.
    pub fn parse(text: &str) -> Result<Plan, String> {
        let wrong = || format!("-X jit-stress: unknown mode '{text}'\n");
        if text == "count" {
            return Ok(Plan::Count);
        }
        let (what, rest) = text.split_once(':').ok_or_else(wrong)?;
        if let Some(period) = rest.strip_prefix("every=") {
            let period = period.parse().ok().filter(|n| *n > 0).ok_or_else(wrong)?;
            let mut kinds = 0;
            for name in what.split('+') {
                kinds |= match name {
                    "deopt" => GuardKind::ALL.iter().fold(0, |bits, k| bits | k.bit()) & !GuardKind::Slow.bit(),
                    "all" => GuardKind::ALL.iter().fold(0, |bits, k| bits | k.bit()),
                    _ => GuardKind::ALL.iter().find(|k| k.name() == name).ok_or_else(wrong)?.bit(),
                };
            }
            return Ok(Plan::Every { kinds, period });
        }
        if what != "guard" {
            return Err(wrong());
        }
        let (guard, execution) = rest.split_once(':').unwrap_or((rest, "1"));
        let guard = guard.parse().map_err(|_| wrong())?;
        let execution = execution.parse().ok().filter(|n| *n > 0).ok_or_else(wrong)?;
        Ok(Plan::One { guard, execution })
    }
}

/// One guard, for the list of them.
#[derive(Clone, Debug)]
pub struct Guard {
    pub kind: GuardKind,
    /// The operation's name in the IR.
    pub op: &'static str,
    pub reason: Option<Reason>,
    /// The function that it stands in, inlined or not, and where.
    pub code: u64,
    pub pc: u32,
    /// The cell that counts its executions.
    cell: u64,
}

/// What a guard's code does besides its check.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Forcing {
    Nothing,
    /// Adds one to the cell at this address.
    Count(u64),
    /// Takes one from the cell at this address, and fails where that makes 0; then it is `period` again (0: never again),
    /// and the cell `forced` 1.
    Fail {
        cell: u64,
        period: u64,
        forced: u64,
    },
}

/// The stress mode of a run.
#[derive(Debug)]
pub struct Stress {
    plan: Plan,
    /// Two cells that every plan has, FORCED and COUNTDOWN.
    cells: Box<[Cell<u64>; 2]>,
    /// Boxed, for compiled code has their addresses.
    counters: RefCell<Vec<Box<[Cell<u64>]>>>,
    guards: RefCell<Vec<Guard>>,
    /// Guards so far.
    count: Cell<u64>,
    failures: Cell<u64>,
}

/// Cells: whether the exit just taken was forced, and what counts down to the next failure.
const FORCED: usize = 0;
const COUNTDOWN: usize = 1;

/// Counters in a chunk.
const CHUNK: usize = 256;

impl Stress {
    pub fn new(plan: Plan) -> Stress {
        let first = match &plan {
            Plan::Every { period, .. } => *period,
            Plan::One { execution, .. } => *execution,
            Plan::Count => 0,
        };
        Stress {
            plan,
            cells: Box::new([Cell::new(0), Cell::new(first)]),
            counters: RefCell::default(),
            guards: RefCell::default(),
            count: Cell::new(0),
            failures: Cell::new(0),
        }
    }

    fn address(&self, cell: usize) -> u64 {
        self.cells[cell].as_ptr() as u64
    }

    /// The next guard that is lowered: what its code does.
    pub fn guard(&self, kind: GuardKind, op: &'static str, reason: Option<Reason>, code: u64, pc: u32) -> Forcing {
        let number = self.count.get();
        self.count.set(number + 1);
        // What has no exit forces nothing that `left` would hear of.
        let forced = self.address(FORCED);
        match self.plan {
            Plan::Every { kinds, period } if kinds & kind.bit() != 0 => {
                Forcing::Fail { cell: self.address(COUNTDOWN), period, forced }
            }
            Plan::One { guard, .. } if guard == number => {
                Forcing::Fail { cell: self.address(COUNTDOWN), period: 0, forced }
            }
            Plan::Every { .. } | Plan::One { .. } => Forcing::Nothing,
            Plan::Count => {
                let mut guards = self.guards.borrow_mut();
                let mut counters = self.counters.borrow_mut();
                if guards.len().is_multiple_of(CHUNK) {
                    counters.push((0..CHUNK).map(|_| Cell::new(0)).collect());
                }
                let cell = counters[guards.len() / CHUNK][guards.len() % CHUNK].as_ptr() as u64;
                guards.push(Guard { kind, op, reason, code, pc, cell });
                Forcing::Count(cell)
            }
        }
    }

    /// Was the exit that has just been taken forced?
    pub fn take_forced(&self) -> bool {
        let forced = self.cells[FORCED].replace(0) != 0;
        if forced {
            self.failures.set(self.failures.get() + 1);
        }
        forced
    }

    /// How many exits were forced.
    pub fn failures(&self) -> u64 {
        self.failures.get()
    }

    /// How many guards there are.
    pub fn count(&self) -> u64 {
        self.count.get()
    }

    /// The guards, by number, each with how often it was executed; empty unless they count.
    pub fn guards(&self) -> Vec<(Guard, u64)> {
        let guards = self.guards.borrow();
        // SAFETY: cells are boxed and live as long as `self`.
        guards.iter().map(|g| (g.clone(), unsafe { *(g.cell as *const u64) })).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plans() {
        assert_eq!(Plan::parse("guard:12"), Ok(Plan::One { guard: 12, execution: 1 }));
        assert_eq!(Plan::parse("guard:12:3"), Ok(Plan::One { guard: 12, execution: 3 }));
        assert_eq!(Plan::parse("deopt:every=7"), Ok(Plan::Every { kinds: 0b1111, period: 7 }));
        assert_eq!(Plan::parse("poll+slow:every=1"), Ok(Plan::Every { kinds: 0b10100, period: 1 }));
        assert_eq!(Plan::parse("count"), Ok(Plan::Count));
        for wrong in ["", "deopt", "deopt:every=0", "deopt:7", "polls:every=2", "guard:", "guard:1:0", "guard:x"] {
            assert!(Plan::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn every_guard_has_a_number() {
        let stress = Stress::new(Plan::One { guard: 1, execution: 5 });
        let next = || stress.guard(GuardKind::Guess, "guard_int", Some(Reason::Guard), 0, 0);
        assert_eq!(next(), Forcing::Nothing);
        assert!(matches!(next(), Forcing::Fail { period: 0, .. }));
        assert_eq!(next(), Forcing::Nothing);
        assert_eq!(stress.count(), 3);
        assert!(!stress.take_forced());
    }
}
