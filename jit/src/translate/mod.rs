//! Bytecode and feedback to SSA: the frame's slots become values.
//!
//! One pass over the blocks of a region. Locals that the region stores, and what stands on the value stack, are
//! parameters of every block; other locals are loaded once, at the entry. What an instruction does natively is guarded
//! by what its feedback has seen; what it has no fast path for is a call to its `ops` function, and what it can't do at
//! all yet is left to the interpreter by an exit.

mod binary;
mod builder;
mod general;
mod ops;
pub mod region;
pub mod source;

use crate::ir::{Reason, Unit};
use builder::Builder;
use region::Region;
use source::Source;

/// Translates the loop; `depth` is what stands on the value stack at its header.
pub fn translate_loop(source: &Source<'_>, region: &Region, depth: usize) -> Option<Unit> {
    let mut b = Builder::new(source, region, depth)?;
    b.entry();
    while let Some((at, block)) = b.next_block() {
        b.begin(at, block)?;
        let mut at = at;
        loop {
            let Some(instruction) = region.instructions.get(&at).copied() else {
                // Falls out of the region.
                b.exit_to(at, Reason::LoopEnd);
                break;
            };
            ops::translate(&mut b, &instruction)?;
            if b.is_ended() {
                break;
            }
            at = instruction.next;
            if region.leaders.contains(&at) {
                b.jump_to(at)?;
                break;
            }
        }
    }
    Some(b.finish())
}
