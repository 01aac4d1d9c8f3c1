//! The part of a code object that a unit covers: a loop, divided into basic blocks.

use std::collections::{BTreeMap, BTreeSet};

use brolga_bytecode::depth::depth_at;
use brolga_bytecode::exceptions::find_handler;
use brolga_bytecode::instructions::{Instruction, Instructions};
use brolga_bytecode::opcode::{Jump, Opcode};
use brolga_runtime::interp::delegation::{JUMP_BACK, SEND_JUMP};

/// A loop's instructions by offset (bytes), and where its blocks begin.
#[derive(Debug)]
pub struct Region {
    pub instructions: BTreeMap<usize, Instruction>,
    pub leaders: BTreeSet<usize>,
    pub header: usize,
}

impl Region {
    /// Where loops begin: the targets of jumps back.
    pub fn headers(&self) -> BTreeSet<usize> {
        let targets = self.instructions.values().filter_map(|i| target(i).filter(|t| *t <= i.start));
        targets.collect()
    }
}

/// All that can be reached from a function's start; `None` where it is more than `cap` instructions. Without `exceptions`
/// there are no handlers in it.
pub fn of_function(code: &[u8], exceptions: &[u8], cap: usize) -> Option<Region> {
    reached_from(0, instructions(code)?, cap, |_, at| handler(exceptions, at))
}

/// A generator's code behind its RETURN_GENERATOR, and where it is resumed (at its start, and behind what suspends it): the
/// offset, and how many values are on the stack. `None` where it is more than `cap` instructions, or makes no generator.
pub fn of_generator(code: &[u8], exceptions: &[u8], cap: usize) -> Option<(Region, Vec<(usize, usize)>)> {
    let all = instructions(code)?;
    let start = all.values().find(|i| i.opcode == Opcode::RETURN_GENERATOR)?.next;
    // What the whole body is in turns a StopIteration into a RuntimeError: that is left to the interpreter.
    let mut region = reached_from(start, all, cap, |all, at| {
        let target = handler(exceptions, at)?;
        let first = all.get(&target)?;
        (first.opcode != Opcode::CALL_INTRINSIC_1 || first.arg != STOPITERATION_ERROR).then_some(target)
    })?;
    // At the start there is a None. (It comes first, since it is asked for last; the ends of what is delegated to are rare, too.)
    let mut resumed = vec![(start, 1)];
    for i in region.instructions.values().filter(|i| i.opcode == Opcode::YIELD_VALUE) {
        if let Some(end) = end_of_delegation(&region.instructions, i) {
            resumed.push((end, depth_at(code, exceptions, i.offset)?.before as usize));
        }
    }
    for i in region.instructions.values().filter(|i| i.opcode == Opcode::YIELD_VALUE) {
        // What is sent takes the place of what was yielded.
        resumed.push((i.next, depth_at(code, exceptions, i.offset)?.before as usize));
    }
    region.leaders.extend(resumed.iter().map(|(at, _)| at));
    Some((region, resumed))
}

/// Where a generator goes on when what it has delegated to by this YIELD_VALUE has come to its end: where
/// [`brolga_runtime::interp::delegation`] sets it.
fn end_of_delegation(all: &BTreeMap<usize, Instruction>, i: &Instruction) -> Option<usize> {
    let is =
        |at: usize, opcode, arg| all.get(&at).is_some_and(|i| i.opcode == opcode && i.arg == arg && i.offset == at);
    let send = i.offset.checked_sub(4)?;
    let resume = all.get(&i.next).filter(|r| r.opcode == Opcode::RESUME && r.arg & 2 != 0)?;
    let goes_back = is(resume.next, Opcode::JUMP_BACKWARD_NO_INTERRUPT, JUMP_BACK);
    (is(send, Opcode::SEND, SEND_JUMP) && goes_back).then_some(resume.next + 2)
}

/// A code object's instructions by offset.
fn instructions(code: &[u8]) -> Option<BTreeMap<usize, Instruction>> {
    let mut all = BTreeMap::new();
    for instruction in Instructions::new(code) {
        let instruction = instruction.ok()?;
        all.insert(instruction.start, instruction);
    }
    Some(all)
}

/// All that can be reached from `start`; `handler` says where an instruction goes if it raises.
fn reached_from(
    start: usize,
    all: BTreeMap<usize, Instruction>,
    cap: usize,
    handler: impl Fn(&BTreeMap<usize, Instruction>, usize) -> Option<usize>,
) -> Option<Region> {
    let mut reached = BTreeSet::new();
    let mut leaders = BTreeSet::from([start]);
    let mut work = vec![start];
    while let Some(at) = work.pop() {
        if !reached.insert(at) {
            continue;
        }
        if reached.len() > cap {
            return None;
        }
        let instruction = all.get(&at)?;
        if let Some(target) = target(instruction) {
            leaders.insert(target);
            leaders.insert(instruction.next);
        }
        work.extend(successors(instruction));
        let handler = handler(&all, at);
        leaders.extend(handler);
        work.extend(handler);
    }
    leaders.retain(|l| reached.contains(l));
    let instructions = all.into_iter().filter(|(at, _)| reached.contains(at)).collect();
    Some(Region { instructions, leaders, header: start })
}

/// CALL_INTRINSIC_1's argument.
const STOPITERATION_ERROR: u32 = 3;

/// The natural loop of all jumps back to `header`; `None` where there is none, or it is larger than `cap` instructions.
pub fn of_loop(code: &[u8], exceptions: &[u8], header: usize, cap: usize) -> Option<Region> {
    let all = instructions(code)?;
    // From the header on.
    let mut reached = BTreeSet::new();
    let mut predecessors: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    let mut work = vec![header];
    while let Some(at) = work.pop() {
        if !reached.insert(at) {
            continue;
        }
        for next in successors(all.get(&at)?).into_iter().chain(handler(exceptions, at)) {
            predecessors.entry(next).or_default().push(at);
            work.push(next);
        }
    }
    // Of these, what leads back to it by a jump back. Loops around it lead to it from above: they are units of their own, for
    // in this one their loop would have no start that comes before the inner one's.
    let mut body = BTreeSet::from([header]);
    let mut work: Vec<usize> = predecessors.get(&header)?.iter().copied().filter(|p| *p >= header).collect();
    while let Some(at) = work.pop() {
        if body.insert(at) {
            work.extend(predecessors.get(&at).into_iter().flatten());
        }
    }
    if body.len() > cap {
        return None;
    }
    let mut leaders = BTreeSet::from([header]);
    for at in &body {
        let instruction = all.get(at)?;
        if let Some(target) = target(instruction) {
            leaders.insert(target);
            leaders.insert(instruction.next);
        }
        leaders.extend(handler(exceptions, *at));
    }
    leaders.retain(|l| body.contains(l));
    let instructions = all.into_iter().filter(|(at, _)| body.contains(at)).collect();
    Some(Region { instructions, leaders, header })
}

/// Where an instruction jumps to, if it does.
pub fn target(instruction: &Instruction) -> Option<usize> {
    let target = instruction.jump_target()?;
    match instruction.opcode.jump() {
        // Over the END_FOR.
        Jump::ForIter => Some(target + 2),
        Jump::AsyncForSource => None,
        _ => Some(target),
    }
}

/// Where an instruction goes if it raises. (It may be one that never does.)
fn handler(exceptions: &[u8], at: usize) -> Option<usize> {
    find_handler(exceptions, u32::try_from(at).ok()?).map(|entry| entry.target as usize)
}

fn successors(instruction: &Instruction) -> Vec<usize> {
    let mut all = Vec::new();
    match instruction.opcode.jump() {
        Jump::Forward | Jump::Backward => all.extend(target(instruction)),
        Jump::Conditional | Jump::ForIter | Jump::Send => {
            all.push(instruction.next);
            all.extend(target(instruction));
        }
        Jump::None | Jump::AsyncForSource => {
            let ends = matches!(
                instruction.opcode,
                Opcode::RETURN_VALUE | Opcode::RAISE_VARARGS | Opcode::RERAISE | Opcode::INTERPRETER_EXIT
            );
            if !ends {
                all.push(instruction.next);
            }
        }
    }
    all
}
