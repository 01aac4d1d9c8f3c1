//! The passes over the IR. Each keeps a unit valid.

pub mod dce;
mod dominators;
pub mod hoist;
pub mod loops;
pub mod numbering;
pub mod parameters;
pub mod representation;

use crate::ir::Unit;

/// All of them, in order.
pub fn run(unit: &mut Unit) {
    parameters::run(unit);
    numbering::run(unit);
    representation::run(unit);
    // What has a representation now needs no guard.
    numbering::run(unit);
    parameters::run(unit);
    hoist::run(unit);
    numbering::run(unit);
    dce::run(unit);
}
