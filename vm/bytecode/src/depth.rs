//! How deep the value stack is at one instruction of verified code.

use crate::exceptions::ExceptionTable;
use crate::instructions::{Instruction, Instructions};
use crate::opcode::{Jump, Opcode};
use crate::stack_effect::StackEffect;

/// An instruction and the depths around it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Depth {
    pub instruction: Instruction,
    /// Slots in use when it begins.
    pub before: u32,
    /// Slots that it may use on its way, its results included; never fewer than `before`.
    pub during: u32,
}

/// The depth at the instruction whose opcode stands at `offset` (bytes). The verifier made sure that there is one depth only, so
/// any path to it tells. `None`: there is no such instruction, no path, or no memory to look for one.
pub fn depth_at(code: &[u8], exceptiontable: &[u8], offset: usize) -> Option<Depth> {
    let mut instructions = Vec::new();
    instructions.try_reserve_exact(code.len() / 2).ok()?;
    for instruction in Instructions::new(code) {
        instructions.push(instruction.ok()?);
    }
    let mut depths: Vec<Option<u32>> = Vec::new();
    depths.try_reserve_exact(instructions.len()).ok()?;
    depths.resize(instructions.len(), None);
    let index_of = |at: usize| instructions.binary_search_by_key(&at, |i| i.start).ok();
    let wanted = instructions.binary_search_by_key(&offset, |i| i.offset).ok()?;
    // Each instruction is entered once, from one that is not left on it.
    let mut pending: Vec<(usize, u32)> = Vec::new();
    pending.try_reserve(64).ok()?;
    pending.push((0, 0));
    for entry in ExceptionTable::new(exceptiontable) {
        let pushed = 1 + u32::from(entry.lasti);
        pending.try_reserve(1).ok()?;
        pending.push((index_of(entry.target as usize)?, entry.depth.checked_add(pushed)?));
    }
    while let Some((mut index, mut depth)) = pending.pop() {
        while let (Some(instruction), Some(known)) = (instructions.get(index), depths.get_mut(index)) {
            if known.is_some() {
                break;
            }
            *known = Some(depth);
            let op = instruction.opcode;
            let effect = StackEffect::of(op, instruction.arg);
            if index == wanted {
                let after = depth.checked_sub(effect.pops)?.checked_add(effect.pushes.max(effect.pushes_on_jump))?;
                return Some(Depth { instruction: *instruction, before: depth, during: depth.max(after) });
            }
            let left = depth.checked_sub(effect.pops)?;
            match op.jump() {
                Jump::None | Jump::AsyncForSource => {}
                jump => {
                    let target = index_of(instruction.jump_target()?)?;
                    let after = left.checked_add(effect.pushes_on_jump)?;
                    pending.try_reserve(1).ok()?;
                    // Over the END_FOR, without an item.
                    pending.push(if jump == Jump::ForIter { (target + 1, depth) } else { (target, after) });
                }
            }
            if op.ends_block() {
                break;
            }
            depth = left.checked_add(effect.pushes)?;
            index += 1;
        }
    }
    None
}

/// Whether the instruction is a call whose callable is on the value stack, and how far below the top.
pub fn callable_below_top(instruction: &Instruction) -> Option<u32> {
    match instruction.opcode {
        Opcode::CALL => instruction.arg.checked_add(2),
        Opcode::CALL_KW => instruction.arg.checked_add(3),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `for x in y: f(x)`, but for the names.
    const LOOP: &[(Opcode, u8)] = &[
        (Opcode::RESUME, 0),
        (Opcode::LOAD_FAST, 0),
        (Opcode::GET_ITER, 0),
        (Opcode::FOR_ITER, 11),
        (Opcode::STORE_FAST, 1),
        (Opcode::LOAD_FAST, 2),
        (Opcode::PUSH_NULL, 0),
        (Opcode::LOAD_FAST, 1),
        (Opcode::CALL, 1),
        (Opcode::POP_TOP, 0),
        (Opcode::JUMP_BACKWARD, 13),
        (Opcode::END_FOR, 0),
        (Opcode::POP_ITER, 0),
        (Opcode::LOAD_CONST, 0),
        (Opcode::RETURN_VALUE, 0),
    ];

    fn assemble() -> (Vec<u8>, Vec<usize>) {
        let (mut code, mut offsets) = (Vec::new(), Vec::new());
        for (op, arg) in LOOP {
            offsets.push(code.len());
            code.extend([*op as u8, *arg]);
            code.extend(std::iter::repeat_n(0, 2 * op.caches()));
        }
        (code, offsets)
    }

    #[test]
    fn depths_around_a_loop() {
        let (code, offsets) = assemble();
        let depth = |i: usize| depth_at(&code, &[], offsets[i]).map(|d| (d.instruction.opcode, d.before, d.during));
        assert_eq!(depth(0), Some((Opcode::RESUME, 0, 0)));
        assert_eq!(depth(3), Some((Opcode::FOR_ITER, 1, 2)));
        assert_eq!(depth(8), Some((Opcode::CALL, 4, 4)));
        assert_eq!(depth(12), Some((Opcode::POP_ITER, 1, 1)));
        assert_eq!(depth(14), Some((Opcode::RETURN_VALUE, 1, 1)));
        assert_eq!(depth_at(&code, &[], 1), None);
    }

    #[test]
    fn a_handler_has_its_own_depth() {
        let code: Vec<u8> = [
            (Opcode::RESUME, 0),
            (Opcode::LOAD_CONST, 0),
            (Opcode::RETURN_VALUE, 0),
            (Opcode::PUSH_EXC_INFO, 0),
            (Opcode::POP_TOP, 0),
            (Opcode::RERAISE, 1),
        ]
        .iter()
        .flat_map(|(op, arg)| [*op as u8, *arg])
        .collect();
        // Start 1, length 2, target 3, depth 4 with lasti.
        let table = [0x80 | 1, 2, 3, 4 << 1 | 1];
        assert_eq!(depth_at(&code, &table, 6).map(|d| d.before), Some(6));
        assert_eq!(depth_at(&code, &table, 8).map(|d| d.before), Some(7));
    }
}
