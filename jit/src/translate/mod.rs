//! Bytecode and feedback to SSA: the frame's slots become values.
//!
//! One pass over the blocks of a region. Locals that the region stores, and what stands on the value stack, are
//! parameters of every block; other locals are loaded once, at the entry. What an instruction does natively is guarded
//! by what its feedback has seen; what it has no fast path for is a call to its `ops` function, and what it can't do at
//! all yet is left to the interpreter by an exit.

mod allocate;
mod binary;
mod blocks;
mod builder;
mod calls;
mod classes;
mod fast;
mod fuel;
mod general;
mod handlers;
mod iterate;
mod natives;
mod ops;
mod polymorphic;
pub mod region;
pub mod source;
mod variables;

use std::rc::Rc;

use crate::ir::{Reason, Unit};
use builder::Builder;
use region::Region;
use source::{Resolver, Source};

/// Translates a loop; `depth` is what stands on the value stack at its header.
pub fn translate_loop(source: Rc<Source>, region: Region, depth: usize, resolver: &dyn Resolver) -> Option<Unit> {
    let mut b = Builder::new(source, region, resolver)?;
    b.loop_entry(depth)?;
    translate_scope(&mut b)?;
    Some(b.finish())
}

/// Translates a function from its start.
pub fn translate_function(source: Rc<Source>, region: Region, resolver: &dyn Resolver) -> Option<Unit> {
    let mut b = Builder::new(source, region, resolver)?;
    b.function_entry()?;
    translate_scope(&mut b)?;
    Some(b.finish())
}

/// Translates a generator's code; `resumed`: at which offsets it is resumed, and how many values are on its stack then.
pub fn translate_generator(
    source: Rc<Source>,
    region: Region,
    resumed: &[(usize, usize)],
    resolver: &dyn Resolver,
) -> Option<Unit> {
    let mut b = Builder::new(source, region, resolver)?;
    b.generator_entry(resumed)?;
    translate_scope(&mut b)?;
    Some(b.finish())
}

/// The blocks of the builder's innermost scope.
fn translate_scope(b: &mut Builder<'_>) -> Option<()> {
    while let Some((at, block)) = b.next_block() {
        b.begin(at, block)?;
        let mut at = at;
        loop {
            let Some(instruction) = b.instruction_at(at) else {
                // Falls out of the region.
                b.exit_to(at, Reason::LoopEnd);
                break;
            };
            let around = b.at(b.origin_of(&instruction));
            fuel::take(b, &instruction);
            ops::translate(b, &instruction)?;
            b.at(around);
            if b.is_ended() {
                break;
            }
            at = instruction.next;
            if b.has_leader(at) {
                b.jump_to(at)?;
                break;
            }
        }
    }
    Some(())
}
