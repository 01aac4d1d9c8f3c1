//! What is known of a place: its code, its versions, the guesses that failed.

use std::cell::Cell;

use brolga_runtime::interp::feedback::Feedback;
use brolga_runtime::interp::native::Entry;
use rustc_hash::FxHashSet as HashSet;

use super::place::Place;
use crate::deopt::Restore;
use crate::ir::Reason;
use crate::lower::Exit;
use crate::opt;

/// After so many versions no guess that fails gets a second try.
const LEARNING_VERSIONS: u32 = 4;

/// Where so many versions, of any code, have failed at an instruction, no code guesses about it any more.
pub const MANY_FAILURES: u32 = 4;

/// What was compiled, or could not be. Its code object lives as long as the JIT.
pub struct Site {
    pub place: Place,
    pub versions: u32,
    /// What its next version does not do.
    pub options: opt::Options,
    /// Where guesses have failed (code object's address, code unit).
    failed: HashSet<(u64, u32)>,
    /// A loop's jumps back that enter its code.
    pub counters: Vec<*const Feedback>,
    /// Its code, while it is entered.
    pub entry: Option<Entry>,
    /// Its next version is being made.
    pub is_waiting: bool,
    /// Why it stays interpreted.
    pub refused: Option<&'static str>,
}

impl Site {
    pub fn new(place: Place) -> Site {
        Site {
            place,
            versions: 0,
            options: opt::Options::default(),
            failed: HashSet::default(),
            counters: Vec::new(),
            entry: None,
            is_waiting: false,
            refused: None,
        }
    }

    /// What an exit that is taken often says of the next version. Is one wanted?
    /// `elsewhere`: versions, of any place's code, that have failed at the same instruction.
    pub fn learn(&mut self, exit: &Exit, elsewhere: u32) -> bool {
        match exit.reason {
            Reason::LoopEnd | Reason::Return | Reason::Polled | Reason::Fuel => false,
            // Its inlined frame was seen, as by a traceback, or what it raised is caught in it or further out: a function with a
            // frame of its own, and its caller, go on in compiled code.
            Reason::Leave | Reason::Raise | Reason::Raised => exit.is_inlined && self.options.called.insert(exit.code),
            Reason::Hoisted => {
                self.options.unhoisted.push(exit.pc);
                true
            }
            // Where it has not been found out what was run, it is not asked again.
            Reason::NotRun => {
                let place = (exit.code, exit.pc);
                if !self.failed.insert(place) {
                    self.options.refused.insert(place);
                }
                true
            }
            // The interpreter learns what it was. Where it goes on failing, and where nothing is to be learnt, the
            // instruction is not guessed about again.
            Reason::Guard | Reason::Overflow | Reason::Error => {
                let place = (exit.code, exit.pc);
                if self.options.refused.contains(&place) {
                    return false;
                }
                let learns =
                    exit.reason == Reason::Guard && self.versions <= LEARNING_VERSIONS && elsewhere < MANY_FAILURES;
                if !self.failed.insert(place) || !learns {
                    self.options.refused.insert(place);
                }
                true
            }
            Reason::Interpreted => {
                if let Place::Loop { .. } = self.place {
                    self.refused = Some("it runs instructions that are left to the interpreter");
                }
                // The rest of a function may still be worth it.
                self.refused.is_some()
            }
        }
    }
}

/// The exits of one compilation's code.
pub struct Exits {
    pub site: usize,
    /// Of the site's code.
    pub version: u32,
    pub place: Place,
    /// Where its code is, how long, and which functions are inlined into it. 0: it is not done.
    pub at: usize,
    pub bytes: usize,
    pub inlined: Vec<String>,
    /// Each with how often it was taken.
    pub all: Vec<(Exit, Cell<u32>)>,
    pub restores: Vec<Restore>,
}
