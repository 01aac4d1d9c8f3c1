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

/// All of them, in order, but those that have nothing to do: what has changed nothing needs no numbering behind it, and a
/// unit without loops no passes over loops. `after` is called after each, with its name.
pub fn run(unit: &mut Unit, options: &Options, mut after: impl FnMut(&Unit, &'static str)) {
    let mut pass = |unit: &mut Unit, name: &'static str, pass: &dyn Fn(&mut Unit) -> bool| {
        if options.limits.without.contains(&name) {
            return false;
        }
        let changed = pass(unit);
        after(unit, name);
        changed
    };
    let rotate: &dyn Fn(&mut Unit) -> bool = &always(rotate::run);
    let merge: &dyn Fn(&mut Unit) -> bool = &always(merge::run);
    let parameters: &dyn Fn(&mut Unit) -> bool = &always(parameters::run);
    let numbering: &dyn Fn(&mut Unit) -> bool = &always(numbering::run);
    let representation: &dyn Fn(&mut Unit) -> bool = &|u| representation::run(u, options);
    let hoist: &dyn Fn(&mut Unit) -> bool = &|u| hoist::run(u, options);
    pass(unit, "rotate", rotate);
    pass(unit, "merge", merge);
    pass(unit, "parameters", parameters);
    pass(unit, "numbering", numbering);
    if pass(unit, "virtuals", &virtuals::run) {
        pass(unit, "merge", merge);
        pass(unit, "parameters", parameters);
    }
    pass(unit, "numbering", numbering);
    // What has a representation now needs no guard.
    if pass(unit, "representation", representation) {
        pass(unit, "numbering", numbering);
        pass(unit, "parameters", parameters);
    }
    if loops::any(unit) {
        if pass(unit, "hoist", hoist) {
            pass(unit, "numbering", numbering);
            pass(unit, "parameters", parameters);
        }
        if pass(unit, "promote", &|u| promote::run(u, options)) {
            pass(unit, "parameters", parameters);
            pass(unit, "numbering", numbering);
            if pass(unit, "representation", representation) {
                pass(unit, "numbering", numbering);
            }
            pass(unit, "parameters", parameters);
            if pass(unit, "hoist", hoist) {
                pass(unit, "numbering", numbering);
            }
        }
    }
    pass(unit, "intervals", &always(|u| intervals::run(u, options)));
    pass(unit, "share", &always(share::run));
    pass(unit, "dce", &always(dce::run));
    pass(unit, "merge", merge);
    pass(unit, "compact", &always(merge::compact));
}

/// A pass of which nobody asks whether it has changed something.
fn always(pass: impl Fn(&mut Unit)) -> impl Fn(&mut Unit) -> bool {
    move |unit| {
        pass(unit);
        true
    }
}
