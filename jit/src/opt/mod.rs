//! The passes over the IR. Each keeps a unit valid.

pub mod dce;
mod dominators;
pub mod hoist;
pub mod intervals;
pub mod loops;
mod memory;
pub mod merge;
pub mod numbering;
pub mod parameters;
pub mod promote;
pub mod representation;
pub mod rotate;
mod share;
mod virtuals;

use std::sync::Arc;

use rustc_hash::FxHashSet as HashSet;

use crate::ir::Unit;
use crate::limits::Limits;

/// What a compilation shall not do again.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Loops (code units) whose guards failed when they were moved out.
    pub unhoisted: Vec<u32>,
    /// Instructions (code object's address, code unit) whose guesses have failed.
    pub refused: HashSet<(u64, u32)>,
    /// Instructions about which a guess has failed once, in whatever unit: they keep a general way beside the next guess.
    pub open: HashSet<(u64, u32)>,
    /// Functions (their code objects' addresses) that are called with a frame: their inlined frames were often seen, or left
    /// by exceptions, or their code is large.
    pub called: HashSet<u64>,
    /// What the command line says is not to be done.
    pub limits: Arc<Limits>,
}

/// The passes that a unit does without, if it must (`-X jit-without`).
pub const PASSES: [&str; 11] = [
    "rotate",
    "merge",
    "parameters",
    "numbering",
    "virtuals",
    "representation",
    "hoist",
    "promote",
    "intervals",
    "share",
    "dce",
];

/// All of them, in order. `after` is called after each, with its name.
pub fn run(unit: &mut Unit, options: &Options, mut after: impl FnMut(&Unit, &'static str)) {
    let mut pass = |unit: &mut Unit, name: &'static str, pass: &dyn Fn(&mut Unit)| {
        if options.limits.without.contains(&name) {
            return;
        }
        pass(unit);
        after(unit, name);
    };
    pass(unit, "rotate", &rotate::run);
    pass(unit, "merge", &merge::run);
    pass(unit, "parameters", &parameters::run);
    pass(unit, "numbering", &numbering::run);
    pass(unit, "virtuals", &virtuals::run);
    pass(unit, "merge", &merge::run);
    pass(unit, "parameters", &parameters::run);
    pass(unit, "numbering", &numbering::run);
    pass(unit, "representation", &|u| representation::run(u, options));
    // What has a representation now needs no guard.
    pass(unit, "numbering", &numbering::run);
    pass(unit, "parameters", &parameters::run);
    pass(unit, "hoist", &|u| hoist::run(u, options));
    pass(unit, "numbering", &numbering::run);
    pass(unit, "promote", &|u| promote::run(u, options));
    pass(unit, "parameters", &parameters::run);
    pass(unit, "numbering", &numbering::run);
    pass(unit, "representation", &|u| representation::run(u, options));
    pass(unit, "numbering", &numbering::run);
    pass(unit, "parameters", &parameters::run);
    pass(unit, "hoist", &|u| hoist::run(u, options));
    pass(unit, "numbering", &numbering::run);
    pass(unit, "intervals", &|u| intervals::run(u, options));
    pass(unit, "share", &share::run);
    pass(unit, "dce", &dce::run);
    pass(unit, "merge", &merge::run);
    pass(unit, "compact", &merge::compact);
}
