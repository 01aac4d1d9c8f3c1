//! The state of a translation: the unit so far, the current block, and which value each slot of the frame holds there.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use brolga_bytecode::instructions::Instruction;
use brolga_bytecode::opcode::Opcode;
use brolga_runtime::value::Value;
use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

use super::blocks::Arriving;
use super::fuel::Meter;
use super::handlers;
use super::region::Region;
use super::source::{Function, Profile, Resolver, Source};
use crate::helpers::Helper;
use crate::ir::{Block, End, FrameInfo, FrameState, Op, Origin, Reason, Returns, State, Target, Type, Unit, Val};

/// Instructions of one unit's inlined functions, in all.
const INLINE_BUDGET: usize = 600;
/// Longer functions are called.
const MAX_INLINED: usize = 120;
const MAX_INLINE_DEPTH: usize = 5;
/// Attempts at inlining in one unit, given up or not.
const MAX_ATTEMPTS: usize = 40;

pub struct Builder<'a> {
    pub unit: Unit,
    pub resolver: &'a dyn Resolver,
    /// The block that is being filled.
    pub(super) block: Block,
    pub(super) ended: bool,
    /// The unit's own frame, and the inlined ones that are being translated.
    scopes: Vec<Scope>,
    /// Instructions of inlined functions that may still be translated.
    pub budget: usize,
    /// Inlined functions that were begun.
    attempts: usize,
    /// How often inlined frames are pushed for others to see.
    pushes: usize,
    /// The unit is a generator's code.
    is_generator: bool,
    /// Values that are no empty slots.
    full: HashSet<Val>,
    /// Values that are one of some objects.
    choices: HashMap<Val, Vec<u64>>,
    /// Which instruction is being translated.
    origin: Origin,
    /// Where the fuel is, if bytecodes are counted.
    fuel: Option<u64>,
}

/// What becomes of what a called function returns.
#[derive(Copy, Clone)]
pub enum Receives {
    /// It is the call's result.
    Result,
    /// It is None: an `__init__`, whose instance is the result.
    Instance(Val),
    /// An operator's method: these operands (a tuple) go on where it is NotImplemented.
    Operator(Val),
    /// The same of a comparison that is to give a bool.
    Truth(Val),
    /// Nobody asks for it.
    Nothing,
}

/// See [`Builder::checkpoint`].
pub struct Checkpoint {
    lengths: [usize; 5],
    block: Block,
    in_block: usize,
    snapshot: Snapshot,
    budget: usize,
    pushes: usize,
    origin: Origin,
}

/// More showings of an inlined function's frame cost more than a frame of its own.
const MAX_PUSHES: usize = 1;

/// See [`Builder::snapshot`].
#[derive(Clone)]
pub struct Snapshot {
    slots: Vec<Val>,
    dirty: Vec<bool>,
}

/// One frame's code and slots.
pub(super) struct Scope {
    pub(super) source: Rc<Source>,
    pub(super) region: Region,
    /// What each slot holds: locals, cells and free variables, then the value stack.
    pub(super) slots: Vec<Val>,
    /// Which of them differ from the frame's memory; all of an inlined one's.
    pub(super) dirty: Vec<bool>,
    /// Locals that the region stores.
    pub(super) stored: BTreeSet<usize>,
    /// Blocks of bytecode by offset: block, stack depth.
    pub(super) blocks: BTreeMap<usize, (Block, usize)>,
    pub(super) pending: Vec<usize>,
    /// Where its loops begin.
    pub(super) headers: BTreeSet<usize>,
    /// By the offset of a block: how the locals come there (of the unit's own frame).
    pub(super) arriving: BTreeMap<usize, Arriving>,
    /// Where the current block of bytecode begins.
    pub(super) position: Option<usize>,
    /// Its number among the unit's frames.
    pub(super) frame: u32,
    pub(super) caller: Option<State>,
    /// Where its result goes; `None` for the unit's own.
    pub(super) return_to: Option<Block>,
    /// Fuel: see [`super::fuel`].
    pub(super) meter: Meter,
}

impl Scope {
    fn new(source: Rc<Source>, region: Region) -> Option<Scope> {
        let mut stored = BTreeSet::new();
        for instruction in region.instructions.values() {
            let arg = instruction.arg as usize;
            match instruction.opcode {
                Opcode::STORE_FAST | Opcode::DELETE_FAST | Opcode::LOAD_FAST_AND_CLEAR | Opcode::MAKE_CELL => {
                    stored.insert(arg);
                }
                Opcode::COPY_FREE_VARS => {
                    stored.extend(source.nlocalsplus.checked_sub(arg)?..source.nlocalsplus);
                }
                Opcode::STORE_FAST_LOAD_FAST => {
                    stored.insert(arg >> 4);
                }
                Opcode::STORE_FAST_STORE_FAST => {
                    stored.insert(arg >> 4);
                    stored.insert(arg & 15);
                }
                _ => {}
            }
        }
        if stored.iter().any(|i| *i >= source.nlocalsplus) {
            return None;
        }
        Some(Scope {
            headers: region.headers(),
            arriving: BTreeMap::new(),
            source,
            region,
            slots: Vec::new(),
            dirty: Vec::new(),
            stored,
            blocks: BTreeMap::new(),
            pending: Vec::new(),
            position: None,
            frame: 0,
            caller: None,
            return_to: None,
            meter: Meter::default(),
        })
    }
}

fn frame_info(source: &Source) -> FrameInfo {
    FrameInfo {
        name: source.name.clone(),
        code: source.address,
        instructions: source.instructions,
        nlocalsplus: source.nlocalsplus as u32,
        slots: source.frame_slots as u32,
        globals: source.globals,
        builtins: source.builtins,
        function: None,
        instance: None,
        returns: Returns::Push,
    }
}

impl<'a> Builder<'a> {
    pub fn new(source: Rc<Source>, region: Region, resolver: &'a dyn Resolver) -> Option<Builder<'a>> {
        let mut unit = Unit::new();
        unit.frames.push(frame_info(&source));
        Some(Builder {
            unit,
            resolver,
            block: Block(0),
            ended: false,
            scopes: vec![Scope::new(source, region)?],
            budget: INLINE_BUDGET,
            attempts: 0,
            pushes: 0,
            is_generator: false,
            full: HashSet::default(),
            choices: HashMap::default(),
            origin: Origin::default(),
            fuel: resolver.fuel(),
        })
    }

    pub(super) fn scope(&self) -> &Scope {
        // The first scope is never popped.
        &self.scopes[self.scopes.len() - 1]
    }

    pub(super) fn scope_mut(&mut self) -> &mut Scope {
        let last = self.scopes.len() - 1;
        &mut self.scopes[last]
    }

    pub fn is_inlined(&self) -> bool {
        self.scopes.len() > 1
    }

    /// The entry of a loop: every slot is loaded from the frame.
    pub fn loop_entry(&mut self, depth: usize) -> Option<()> {
        let header = self.scope().region.header;
        self.unit.header = Some(((header / 2) as u32, depth as u32));
        self.origin.pc = (header / 2) as u32;
        self.block = self.unit.block();
        for slot in 0..self.scope().source.nlocalsplus + depth {
            let v = self.push(Op::LoadSlot, [slot as u64, 0], vec![], None);
            self.scope_mut().slots.push(v);
            self.scope_mut().dirty.push(false);
        }
        self.jump_to(header)
    }

    /// The entry of a function: its parameters are loaded, other locals are empty.
    pub fn function_entry(&mut self) -> Option<()> {
        self.unit.header = Some((0, 0));
        self.block = self.unit.block();
        let source = self.scope().source.clone();
        for slot in 0..source.nlocalsplus {
            let v = if slot < source.parameters {
                self.push(Op::LoadSlot, [slot as u64, 0], vec![], None)
            } else {
                self.constant(0)
            };
            self.scope_mut().slots.push(v);
            self.scope_mut().dirty.push(false);
        }
        let state = self.state_at(0);
        self.push(Op::GuardStack, [0; 2], vec![], Some(state));
        self.jump_to(0)
    }

    /// The entry of a generator: it goes on where it was suspended. `resumed`: at which offsets that can be, and how many
    /// values are on the stack then.
    pub fn generator_entry(&mut self, resumed: &[(usize, usize)]) -> Option<()> {
        self.is_generator = true;
        self.unit.header = Some((0, 0));
        self.block = self.unit.block();
        for slot in 0..self.scope().source.nlocalsplus {
            let v = self.push(Op::LoadSlot, [slot as u64, 0], vec![], None);
            self.scope_mut().slots.push(v);
            self.scope_mut().dirty.push(false);
        }
        let locals = self.snapshot();
        for (i, &(at, depth)) in resumed.iter().enumerate().rev() {
            let next = (i > 0).then(|| (self.unit.block(), self.unit.block()));
            if let Some((here, next)) = next {
                let is_here = self.pure(Op::ResumesAt, (at / 2) as u64, &[]);
                let to = |block| Target { block, arguments: Vec::new() };
                self.end(End::Branch(is_here, to(here), to(next)));
                self.set_block(here);
            }
            for slot in 0..depth {
                let v = self.push(Op::LoadSlot, [(self.scope().source.nlocalsplus + slot) as u64, 0], vec![], None);
                self.scope_mut().slots.push(v);
                self.scope_mut().dirty.push(false);
            }
            let state = self.state_at(at);
            self.push(Op::GuardStack, [0; 2], vec![], Some(state));
            self.jump_to(at)?;
            if let Some((_, next)) = next {
                self.set_block(next);
                self.restore(&locals);
            }
        }
        Some(())
    }

    /// YIELD_VALUE, with the value popped.
    pub fn yield_value(&mut self, i: &Instruction, v: Val) {
        let state = self.state_at(i.offset);
        self.end(End::Yield(state, v));
    }

    pub fn is_generator(&self) -> bool {
        self.is_generator && !self.is_inlined()
    }

    /// Can a function of this code be inlined here?
    pub fn can_inline(&self, source: &Source, region: &Region) -> bool {
        let size = region.instructions.len();
        !source.is_called
            && size <= MAX_INLINED
            && size <= self.budget
            && self.attempts < MAX_ATTEMPTS
            && self.scopes.len() <= MAX_INLINE_DEPTH
            && !self.scopes.iter().any(|s| s.source.address == source.address)
    }

    /// Begins to translate a function in place of a call: its parameters are `arguments`, its caller goes on with its
    /// result on the stack. The callable and its arguments are popped already.
    pub fn begin_inlined(
        &mut self,
        i: &Instruction,
        f: &Function,
        region: Region,
        function: Val,
        receives: Receives,
        arguments: &[Val],
    ) -> Option<()> {
        let source = f.source.clone();
        self.attempts += 1;
        self.budget = self.budget.saturating_sub(region.instructions.len());
        let caller = self.state_at(i.offset);
        let return_to = self.unit.block();
        self.unit.parameter(return_to, Type::Any);
        let mut info = frame_info(&source);
        info.function = Some(function);
        (info.instance, info.returns) = match receives {
            Receives::Result => (None, Returns::Push),
            Receives::Instance(object) => (Some(object), Returns::Init),
            Receives::Operator(operands) => (Some(operands), Returns::Operator),
            Receives::Truth(operands) => (Some(operands), Returns::Truth),
            Receives::Nothing => (Some(self.constant(Value::NONE.bits())), Returns::Discard),
        };
        self.unit.frames.push(info);
        let mut scope = Scope::new(source.clone(), region)?;
        scope.frame = self.unit.frames.len() as u32 - 1;
        scope.caller = Some(caller);
        scope.return_to = Some(return_to);
        let empty = self.constant(0);
        scope.slots = arguments.to_vec();
        scope.slots.resize(source.nlocalsplus, empty);
        scope.dirty = vec![true; source.nlocalsplus];
        self.scopes.push(scope);
        self.set_closure(&f.closure);
        self.jump_to(0)
    }

    /// The inlined function's free variables are these cells.
    fn set_closure(&mut self, cells: &[u64]) {
        let cells: Vec<Val> = cells.iter().map(|c| self.constant(*c)).collect();
        let scope = self.scope_mut();
        let first = scope.source.nlocalsplus.saturating_sub(cells.len());
        for (slot, cell) in scope.slots[first..].iter_mut().zip(cells) {
            *slot = cell;
        }
    }

    /// Is a local slot's value known?
    pub fn is_constant(&self, local: usize) -> bool {
        self.local(local).is_some_and(|v| self.unit.inst(v).op == Op::Const)
    }

    /// What to go back to where it does not pay to inline.
    pub fn checkpoint(&self) -> Checkpoint {
        Checkpoint {
            lengths: [
                self.unit.insts.len(),
                self.unit.blocks.len(),
                self.unit.states.len(),
                self.unit.frames.len(),
                self.unit.callees.len(),
            ],
            block: self.block,
            in_block: self.unit.blocks[self.block.index()].insts.len(),
            snapshot: self.snapshot(),
            budget: self.budget,
            pushes: self.pushes,
            origin: self.origin,
        }
    }

    pub fn pushes(&self) -> usize {
        self.pushes
    }

    /// What was pushed on a way that is seldom taken does not count.
    pub fn set_pushes(&mut self, pushes: usize) {
        self.pushes = pushes;
    }

    /// Would calls with frames of their own cost less than what was inlined since the checkpoint?
    pub fn is_worse(&self, since: &Checkpoint) -> bool {
        self.pushes > since.pushes + MAX_PUSHES
    }

    /// Undoes what was translated since the checkpoint, in this scope or inlined ones.
    pub fn roll_back(&mut self, to: &Checkpoint) {
        let [insts, blocks, states, frames, callees] = to.lengths;
        self.unit.insts.truncate(insts);
        self.unit.origins.truncate(insts);
        self.origin = to.origin;
        self.unit.blocks.truncate(blocks);
        self.unit.states.truncate(states);
        self.unit.frames.truncate(frames);
        self.unit.callees.truncate(callees);
        self.full.retain(|v| v.index() < insts);
        self.choices.retain(|v, _| v.index() < insts);
        let block = &mut self.unit.blocks[to.block.index()];
        block.insts.truncate(to.in_block);
        block.end = None;
        (self.block, self.ended) = (to.block, false);
        (self.budget, self.pushes) = (to.budget, to.pushes);
        self.restore(&to.snapshot);
    }

    /// The inlined function's code is translated: goes on in its caller; its result.
    pub fn end_inlined(&mut self) -> Option<Val> {
        let scope = self.scopes.pop()?;
        let return_to = scope.return_to?;
        self.set_block(return_to);
        self.unit.blocks[return_to.index()].parameters.first().copied()
    }

    /// RETURN_VALUE, with the value popped.
    pub fn return_value(&mut self, i: &Instruction, v: Val) -> Option<()> {
        let Some(block) = self.scope().return_to else {
            self.end(if self.is_generator { End::Finish(v) } else { End::Return(v) });
            return Some(());
        };
        let mut result = v;
        let info = &self.unit.frames[self.scope().frame as usize];
        let (returns, instance) = (info.returns, info.instance);
        // Where it is not what the caller goes on with, the interpreter returns it.
        let is_known = |op| matches!(op, Op::New | Op::BoxInt | Op::BoxFloat | Op::BoxBool);
        match (returns, instance, self.def(v).0) {
            (Returns::Truth, _, op) if op != Op::BoxBool => {
                let state = self.returning(i, v)?;
                let truth = self.guarded(Op::GuardBool, 0, &[v], state);
                result = self.pure(Op::BoxBool, 0, &[truth]);
            }
            (Returns::Operator, _, op) if !is_known(op) => {
                let state = self.returning(i, v)?;
                let refusal = self.constant(Value::NOT_IMPLEMENTED.bits());
                let refused = self.pure(Op::Same, 0, &[v, refusal]);
                self.guarded(Op::GuardFalse, 0, &[refused], state);
            }
            (Returns::Init, Some(instance), _) => {
                let state = self.returning(i, v)?;
                self.guarded(Op::GuardIs, Value::NONE.bits(), &[v], state);
                result = instance;
            }
            _ => {}
        }
        self.end(End::Jump(Target { block, arguments: vec![result] }));
        Some(())
    }

    /// The state before a RETURN_VALUE of `v`, which is popped already.
    fn returning(&mut self, i: &Instruction, v: Val) -> Option<State> {
        self.push_value(v);
        let state = self.state_at(i.start);
        self.pop()?;
        Some(state)
    }

    pub fn exit_to(&mut self, at: usize, reason: Reason) {
        let state = self.state_at(at);
        self.end(End::Exit(state, reason));
    }

    pub(super) fn end(&mut self, end: End) {
        self.unit.blocks[self.block.index()].end = Some(end);
        self.ended = true;
    }

    pub fn is_ended(&self) -> bool {
        self.ended
    }

    /// A new block, to be filled next while the slots stay as they are.
    pub fn split(&mut self) -> Block {
        self.unit.block()
    }

    pub fn set_block(&mut self, block: Block) {
        self.block = block;
        self.ended = false;
    }

    pub fn end_with(&mut self, end: End) {
        self.end(end);
    }

    pub fn finish(mut self) -> Unit {
        self.at(Origin::default());
        self.unit
    }

    /// Where an instruction of the innermost frame is.
    pub fn origin_of(&self, i: &Instruction) -> Origin {
        Origin { frame: self.scope().frame, pc: (i.start / 2) as u32 }
    }

    /// From now on values are made for that instruction; the one they were made for before.
    pub fn at(&mut self, origin: Origin) -> Origin {
        self.unit.origins.resize(self.unit.insts.len(), self.origin);
        std::mem::replace(&mut self.origin, origin)
    }

    // The frame's slots.

    pub fn depth(&self) -> usize {
        self.scope().slots.len() - self.scope().source.nlocalsplus
    }

    pub fn local(&self, i: usize) -> Option<Val> {
        (i < self.scope().source.nlocalsplus).then(|| self.scope().slots[i])
    }

    pub fn set_local(&mut self, i: usize, v: Val) -> Option<()> {
        let scope = self.scope_mut();
        if i >= scope.source.nlocalsplus || !scope.stored.contains(&i) {
            return None;
        }
        scope.slots[i] = v;
        scope.dirty[i] = true;
        Some(())
    }

    pub fn push_value(&mut self, v: Val) {
        let scope = self.scope_mut();
        scope.slots.push(v);
        scope.dirty.push(true);
    }

    pub fn pop(&mut self) -> Option<Val> {
        if self.depth() == 0 {
            return None;
        }
        self.scope_mut().dirty.pop();
        self.scope_mut().slots.pop()
    }

    /// The value `n` below the top, from 1.
    pub fn peek(&self, n: usize) -> Option<Val> {
        if n == 0 || n > self.depth() {
            return None;
        }
        let slots = &self.scope().slots;
        slots.get(slots.len() - n).copied()
    }

    pub fn replace(&mut self, n: usize, v: Val) -> Option<()> {
        self.peek(n)?;
        let scope = self.scope_mut();
        let at = scope.slots.len() - n;
        scope.slots[at] = v;
        scope.dirty[at] = true;
        Some(())
    }

    /// The slot number of the value `n` below the top, from 1.
    pub fn slot_of(&self, n: usize) -> Option<usize> {
        self.peek(n)?;
        Some(self.scope().slots.len() - n)
    }

    // Instructions.

    pub fn push(&mut self, op: Op, immediates: [u64; 2], operands: Vec<Val>, state: Option<State>) -> Val {
        self.unit.push(self.block, op, immediates, operands, state)
    }

    pub fn pure(&mut self, op: Op, immediate: u64, operands: &[Val]) -> Val {
        self.push(op, [immediate, 0], operands.to_vec(), None)
    }

    pub fn guarded(&mut self, op: Op, immediate: u64, operands: &[Val], state: State) -> Val {
        self.push(op, [immediate, 0], operands.to_vec(), Some(state))
    }

    pub fn constant(&mut self, bits: u64) -> Val {
        self.pure(Op::Const, bits, &[])
    }

    /// The frame as it is now, going on at an offset.
    pub fn state_at(&mut self, at: usize) -> State {
        let scope = self.scope();
        let slots = scope.slots.iter().zip(&scope.dirty).enumerate();
        let slots = slots.filter(|(_, (_, dirty))| **dirty).map(|(i, (v, _))| (i as u32, *v)).collect();
        let state = FrameState {
            frame: scope.frame,
            caller: scope.caller,
            pushed: false,
            pc: (at / 2) as u32,
            depth: self.depth() as u32,
            slots,
            pending: Vec::new(),
            virtuals: Vec::new(),
            instead: None,
            refund: u32::from(self.is_paid_at(at)),
        };
        self.unit.state(state)
    }

    /// The state before an instruction, for guards.
    pub fn before(&mut self, instruction: &Instruction) -> State {
        self.state_at(instruction.start)
    }

    /// The same where the frames stand on the VM stack and hold the locals.
    fn pushed_state_at(&mut self, at: usize) -> State {
        let scope = self.scope();
        let stack = scope.slots.iter().enumerate().skip(scope.source.nlocalsplus);
        let slots = stack.map(|(i, v)| (i as u32, *v)).collect();
        let state = FrameState {
            frame: scope.frame,
            caller: None,
            pushed: true,
            pc: (at / 2) as u32,
            depth: self.depth() as u32,
            slots,
            pending: Vec::new(),
            virtuals: Vec::new(),
            instead: None,
            refund: u32::from(self.is_paid_at(at)),
        };
        self.unit.state(state)
    }

    /// Stores the slots from `first` to `end` that differ from the frame's.
    pub(super) fn flush(&mut self, first: usize, end: usize) {
        for i in first..end {
            if std::mem::replace(&mut self.scope_mut().dirty[i], false) {
                let v = self.scope().slots[i];
                self.push(Op::StoreSlot, [i as u64, 0], vec![v], None);
            }
        }
    }

    /// Stores a local that differs from the frame: a helper reads it there.
    pub fn store_local(&mut self, i: usize) -> Option<()> {
        if i >= self.scope().slots.len() {
            return None;
        }
        // An inlined frame is pushed with all its slots.
        if !self.is_inlined() {
            self.flush(i, i + 1);
        }
        Some(())
    }

    /// Stores the top `n` values of the stack: a helper reads them there. Gives the first one's slot.
    pub fn spill_top(&mut self, n: usize) -> Option<usize> {
        let end = self.scope().slots.len();
        let first = end.checked_sub(n)?;
        // An inlined frame is pushed with all its slots.
        if !self.is_inlined() {
            self.flush(first, end);
        }
        Some(first)
    }

    /// Makes the frame one that others may look at; the state at which a call from here raises.
    fn show_frame(&mut self, instruction: &Instruction, runs_python: bool) -> State {
        // It raises at the opcode itself, whatever prefixes it has.
        let at = instruction.offset;
        if self.is_inlined() {
            let state = self.state_at(at);
            self.pushes += 1;
            self.push(Op::PushFrames, [0; 2], vec![], Some(state));
            return self.pushed_state_at(at);
        }
        if runs_python {
            self.flush(0, self.scope().source.nlocalsplus);
        }
        self.state_at(at)
    }

    /// Calls a helper; the operands still stand on the value stack. [`Builder::left`] follows, with the results pushed.
    pub fn call(&mut self, instruction: &Instruction, helper: Helper, immediate: u64, operands: &[Val]) -> Val {
        let state = if self.is_inlined() && helper.needs_no_frame() {
            self.state_at(instruction.offset)
        } else {
            self.show_frame(instruction, helper.runs_python())
        };
        if let Some(handler) = handlers::handler(self, instruction)
            && let Some(v) = handlers::call(self, instruction, handler, helper, immediate, operands)
        {
            return v;
        }
        self.push(Op::Call, [helper as u64, immediate], operands.to_vec(), Some(state))
    }

    /// Resumes a generator from the unit's own frame, for FOR_ITER or, with what is sent, for SEND; [`Builder::left`]
    /// follows. It leaves where little native stack is left.
    pub fn resume_generator(&mut self, instruction: &Instruction, immediate: u64, operands: &[Val]) -> Option<Val> {
        let before = self.before(instruction);
        self.push(Op::GuardStack, [0; 2], vec![], Some(before));
        let state = self.show_frame(instruction, true);
        let sends = operands.len() > 1;
        let handler = handlers::handler(self, instruction);
        let op = match (sends, handler.is_some()) {
            (false, false) => Op::ResumeGenerator,
            (false, true) => Op::TryResumeGenerator,
            (true, false) => Op::SendGenerator,
            (true, true) => Op::TrySendGenerator,
        };
        let v = self.push(op, [immediate, 0], operands.to_vec(), Some(state));
        if let Some(handler) = handler {
            handlers::catch(self, instruction, handler, v, true)?;
        }
        Some(v)
    }

    /// After a call, its results on the stack: leaves where it ran Python code and the frame was changed meanwhile.
    pub fn left(&mut self, instruction: &Instruction, helper: Helper) {
        self.left_to(instruction.next, helper);
    }

    /// [`Builder::left`] where it goes on at an offset.
    pub fn left_to(&mut self, at: usize, helper: Helper) {
        if !(self.is_inlined() && helper.needs_no_frame()) {
            self.hide_frame(at, helper.runs_python());
        }
    }

    fn hide_frame(&mut self, at: usize, runs_python: bool) {
        if !self.is_inlined() {
            if runs_python {
                let state = self.state_at(at);
                self.push(Op::CheckLeave, [0; 2], vec![], Some(state));
            }
            return;
        }
        let state = self.pushed_state_at(at);
        let frames = self.scopes.len() as u64 - 1;
        self.push(Op::CheckLeave, [frames, 0], vec![], Some(state));
        self.push(Op::PopFrames, [frames, 0], vec![], None);
    }

    /// Calls a Python function with a frame of its own; the operands still stand on the value stack, `n` slots of it.
    pub fn call_python(
        &mut self,
        i: &Instruction,
        source: &Source,
        function: Val,
        receives: Receives,
        arguments: &[Val],
        n: usize,
    ) -> Option<()> {
        let state = self.show_frame(i, true);
        self.unit.callees.push(frame_info(source));
        let number = self.unit.callees.len() as u64 - 1;
        let mut operands = vec![function];
        operands.extend(arguments);
        let handler = handlers::handler(self, i);
        let op = if handler.is_some() { Op::TryCallPython } else { Op::CallPython };
        let v = self.push(op, [number, 0], operands, Some(state));
        if let Some(handler) = handler {
            handlers::catch(self, i, handler, v, true)?;
        }
        // What an `__init__` was called for, before anything can leave behind the call.
        let v = match receives {
            Receives::Instance(object) => {
                self.push(Op::Call, [Helper::InitResult as u64, 0], vec![v, object], Some(state))
            }
            _ => v,
        };
        for _ in 0..n {
            self.pop()?;
        }
        match receives {
            Receives::Nothing => self.hide_frame(i.next, true),
            _ => {
                self.push_value(v);
                self.hide_frame(i.next, true);
            }
        }
        Some(())
    }

    /// How many frames are inlined here, and their slots (headers included) with one more of `slots`.
    pub fn room(&self, slots: usize) -> [u64; 2] {
        let header = brolga_runtime::frame::FRAME_SLOTS;
        let inlined: usize = self.scopes.iter().skip(1).map(|s| s.source.frame_slots + header).sum();
        [self.scopes.len() as u64, (inlined + slots + header) as u64]
    }

    /// Where the fuel is, if bytecodes are counted; how far it is paid for in the innermost frame.
    pub(super) fn meter(&mut self) -> Option<(u64, &mut Meter)> {
        let address = self.fuel?;
        Some((address, &mut self.scope_mut().meter))
    }

    /// Is the instruction at an offset the one being translated, for which fuel was taken?
    fn is_paid_at(&self, at: usize) -> bool {
        self.fuel.is_some() && self.scope().meter.is_at(at)
    }

    pub fn has_instruction(&self, at: usize) -> bool {
        self.scope().region.instructions.contains_key(&at)
    }

    /// Stores the locals that differ from the frame: somebody may look at it.
    pub fn flush_locals(&mut self) {
        self.flush(0, self.scope().source.nlocalsplus);
    }

    /// A slot that the last helper wrote into the frame.
    pub fn load_written(&mut self, slot: usize) -> Val {
        let op = if self.is_inlined() { Op::LoadPushedSlot } else { Op::LoadSlot };
        self.pure(op, slot as u64, &[])
    }

    /// `v` is no empty slot.
    pub fn set_full(&mut self, v: Val) {
        self.full.insert(v);
    }

    pub fn is_full(&self, v: Val) -> bool {
        self.full.contains(&v)
    }

    /// `v` is one of these objects.
    pub fn set_choices(&mut self, v: Val, choices: Vec<u64>) {
        self.choices.insert(v, choices);
    }

    pub fn choices(&self, v: Val) -> Option<Vec<u64>> {
        self.choices.get(&v).cloned()
    }

    /// The frame's slots, to be gone back to where ways part.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot { slots: self.scope().slots.clone(), dirty: self.scope().dirty.clone() }
    }

    pub fn restore(&mut self, snapshot: &Snapshot) {
        let scope = self.scope_mut();
        (scope.slots, scope.dirty) = (snapshot.slots.clone(), snapshot.dirty.clone());
    }

    /// The slots where this way and those before meet: they hold the same, but not all ways have stored all of them.
    pub fn merge_snapshot(&self, other: Option<Snapshot>) -> Snapshot {
        let mut snapshot = self.snapshot();
        if let Some(other) = other {
            snapshot.dirty.iter_mut().zip(other.dirty).for_each(|(x, y)| *x |= y);
        }
        snapshot
    }

    pub fn has_leader(&self, at: usize) -> bool {
        self.scope().region.leaders.contains(&at)
    }

    pub fn instruction_at(&self, at: usize) -> Option<Instruction> {
        self.scope().region.instructions.get(&at).copied()
    }

    pub fn profile(&self, instruction: &Instruction) -> Option<(u16, Profile)> {
        self.scope().source.profile(instruction.offset / 2)
    }

    pub fn source(&self) -> Rc<Source> {
        self.scope().source.clone()
    }

    /// Has a guess about this instruction, one without a profile, failed?
    pub fn is_refused(&self, instruction: &Instruction) -> bool {
        self.scope().source.refused.contains(&((instruction.start / 2) as u32))
    }

    /// Has a guess about this instruction, one with a profile, failed once?
    pub fn is_open(&self, instruction: &Instruction) -> bool {
        self.scope().source.open.contains(&((instruction.start / 2) as u32))
    }

    /// The definition of a value.
    pub fn def(&self, v: Val) -> (Op, u64, &[Val]) {
        let inst = self.unit.inst(v);
        (inst.op, inst.immediates[0], &inst.operands)
    }
}
