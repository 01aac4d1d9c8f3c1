//! The JIT's intermediate representation: SSA with block parameters, in place of stack slots.
//!
//! A [`Unit`] is what is compiled at once: a loop, or a function from its start. Its values have one of four
//! representations ([`Type`]); operations are the rows of one table ([`Op`]); whatever may leave the unit names a
//! [`FrameState`], which says where the interpreter goes on and what the frame's slots then hold.
//!
//! The text form ([`std::fmt::Display`], [`parse`]) is what fixtures and `--jit-dump=ir` show:
//!
//! ```text
//! b0():
//!   v0 = load_slot 1
//!   v1 = guard_int v0 @s0
//!   v2 = int 1
//!   v3 = int_add v1, v2 @s0
//!   exit @s1 loop_end
//! s0: at 14, depth 1 []
//! s1: at 20, depth 0 [1: v3]
//! ```

mod op;
mod parse;
mod places;
mod print;
mod validate;

pub use op::{Effects, Info, Op};
pub use parse::{ParseError, parse};
pub use places::Places;
pub use print::Row;
pub use validate::{Invalid, validate};

/// How a value is held.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
pub enum Type {
    /// A slot word: a `Value`, or 0.
    Any,
    /// A Python int of 49 bits, as an `i64`.
    Int,
    /// A Python float.
    Float,
    /// A Python bool, as a condition.
    Bool,
}

macro_rules! indexes {
    ($($(#[$doc:meta])* $name:ident $letter:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Copy, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub u32);

        impl $name {
            #[inline(always)]
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!($letter, "{}"), self.0)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{self}")
            }
        }
    )*};
}

indexes! {
    /// An instruction, and its result.
    Val "v";
    Block "b";
    State "s";
}

/// One instruction.
#[derive(Clone, PartialEq, Debug)]
pub struct Inst {
    pub op: Op,
    pub immediates: [u64; 2],
    pub operands: Vec<Val>,
    /// Where it leaves the unit to, for operations that may.
    pub state: Option<State>,
    /// The result's.
    pub ty: Option<Type>,
}

/// How a block ends.
#[derive(Clone, PartialEq, Debug)]
pub enum End {
    Jump(Target),
    Branch(Val, Target, Target),
    /// The function returns this.
    Return(Val),
    /// The generator yields this: the frame is written as the state says, and suspended.
    Yield(State, Val),
    /// The generator returns this.
    Finish(Val),
    /// Goes on in the interpreter.
    Exit(State, Reason),
}

/// A block with its arguments.
#[derive(Clone, PartialEq, Debug)]
pub struct Target {
    pub block: Block,
    pub arguments: Vec<Val>,
}

/// How a number stands in an array's memory.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[repr(u64)]
pub enum NumberKind {
    I8 = 0,
    U8 = 1,
    I16 = 2,
    U16 = 3,
    I32 = 4,
    U32 = 5,
    I64 = 6,
}

impl NumberKind {
    pub const ALL: [NumberKind; 7] = [
        NumberKind::I8,
        NumberKind::U8,
        NumberKind::I16,
        NumberKind::U16,
        NumberKind::I32,
        NumberKind::U32,
        NumberKind::I64,
    ];

    /// Log2 of its bytes.
    pub fn shift(self) -> i64 {
        self as i64 >> 1
    }

    /// The numbers that fit: from, to.
    pub fn range(self) -> Option<(i64, i64)> {
        let bits = 8 << self.shift();
        match self {
            NumberKind::I64 => None,
            NumberKind::U8 | NumberKind::U16 | NumberKind::U32 => Some((0, (1 << bits) - 1)),
            _ => Some((-(1 << (bits - 1)), (1 << (bits - 1)) - 1)),
        }
    }
}

/// Why compiled code was left; each has a counter.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
#[repr(u8)]
pub enum Reason {
    /// Control left the loop that was compiled.
    LoopEnd,
    /// The function returns: the interpreter does the rest.
    Return,
    /// An instruction that was never run when the unit was compiled.
    NotRun,
    /// An instruction that is left to the interpreter.
    Interpreted,
    /// A `raise` that the interpreter does.
    Raise,
    /// A guess about a value failed.
    Guard,
    /// The same, in a guard that was moved out of a loop.
    Hoisted,
    /// An int left 49 bits.
    Overflow,
    /// A division by zero, an index out of range: the interpreter raises.
    Error,
    /// A called operation raised.
    Raised,
    /// The frame was written from outside, or tracing began.
    Leave,
    /// A signal, another thread, a finalizer.
    Polled,
    /// Fuel runs out within the next instructions.
    Fuel,
}

impl Reason {
    pub const ALL: [Reason; 13] = [
        Reason::LoopEnd,
        Reason::Return,
        Reason::NotRun,
        Reason::Interpreted,
        Reason::Raise,
        Reason::Guard,
        Reason::Hoisted,
        Reason::Overflow,
        Reason::Error,
        Reason::Raised,
        Reason::Leave,
        Reason::Polled,
        Reason::Fuel,
    ];

    /// In the text form and in reports.
    pub fn name(self) -> &'static str {
        match self {
            Reason::LoopEnd => "loop_end",
            Reason::Return => "return",
            Reason::NotRun => "not_run",
            Reason::Interpreted => "interpreted",
            Reason::Raise => "raise",
            Reason::Guard => "guard",
            Reason::Hoisted => "hoisted",
            Reason::Overflow => "overflow",
            Reason::Error => "error",
            Reason::Raised => "raised",
            Reason::Leave => "leave",
            Reason::Polled => "polled",
            Reason::Fuel => "fuel",
        }
    }

    /// For whoever asks why.
    pub fn sentence(self) -> &'static str {
        match self {
            Reason::LoopEnd => "the loop ended",
            Reason::Return => "the function returned",
            Reason::NotRun => "code was reached that had not run before compilation",
            Reason::Interpreted => "an instruction is left to the interpreter",
            Reason::Raise => "an exception is raised by the interpreter",
            Reason::Guard => "a value was not of the kind seen before compilation",
            Reason::Hoisted => "a value was not of the kind seen before compilation, at a loop's start",
            Reason::Overflow => "an int grew beyond 49 bits",
            Reason::Error => "an operation was about to raise",
            Reason::Raised => "a called operation raised an exception",
            Reason::Leave => "the frame was changed from outside, or tracing began",
            Reason::Polled => "a signal, another thread or a finalizer had to run",
            Reason::Fuel => "fuel ran out",
        }
    }
}

/// Where the interpreter goes on, and what the frame's slots then hold. Slots not named are in the frame already.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct FrameState {
    /// Which of the unit's frames.
    pub frame: u32,
    /// An inlined frame's caller, at its call; `None` for the unit's own frame, and where `pushed`.
    pub caller: Option<State>,
    /// An inlined frame that stands on the VM stack already, its callers as they are to be.
    pub pushed: bool,
    /// The instruction at which it goes on, in code units.
    pub pc: u32,
    /// Values on the value stack then.
    pub depth: u32,
    /// (slot, value): slot numbers count locals, cells and free variables, then the value stack.
    pub slots: Vec<(u32, Val)>,
    /// What is to be written into objects first.
    pub pending: Vec<Pending>,
    /// Objects that are to be made before all else, each behind those that it refers to. The state and its callers' name
    /// them by values that nothing computes.
    pub virtuals: Vec<Virtual>,
    /// Leaves by that state, an earlier one, from which the interpreter does again what had no effect; of this state only
    /// the place counts, as the one whose guess has failed.
    pub instead: Option<State>,
    /// Bytecodes that fuel was taken for and that the interpreter does, or does again, from there: it is given back, unless
    /// the instruction has raised.
    pub refund: u32,
}

/// An object that was not made: a header's word, a size in bytes, and the words behind the header (zeros follow).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Virtual {
    pub object: Val,
    pub header: u64,
    pub bytes: u64,
    pub fields: Vec<Val>,
}

/// A field that is held as a value meanwhile.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Pending {
    pub object: Val,
    pub offset: u64,
    /// A 64-bit number rather than a slot.
    pub raw: bool,
    pub value: Val,
}

/// A frame that a unit's code runs in.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct FrameInfo {
    /// The function's, for dumps.
    pub name: String,
    /// Addresses of the code object and of its executable stream.
    pub code: u64,
    pub instructions: u64,
    pub nlocalsplus: u32,
    /// Locals, cells, free variables and value stack.
    pub slots: u32,
    pub globals: u64,
    pub builtins: u64,
    /// Of an inlined frame: its function, what happens with what it returns, and what its `result` is for that: the instance
    /// where it is an `__init__`, a tuple of the operands where it is an operator's method.
    pub function: Option<Val>,
    pub returns: Returns,
    pub instance: Option<Val>,
}

/// What happens with what an inlined frame returns; see `frame::OnReturn`.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug, Default)]
pub enum Returns {
    #[default]
    Push,
    Init,
    Operator,
    /// As an operator's, and it is to be a bool.
    Truth,
    Discard,
}

/// What the frames of an inlined function are made from: code object, globals, builtins, what becomes of their result.
pub type TemplateKey = (u64, u64, u64, Returns);

impl FrameInfo {
    pub fn template(&self) -> TemplateKey {
        (self.code, self.globals, self.builtins, self.returns)
    }
}

#[derive(Clone, PartialEq, Debug)]
pub struct BlockData {
    pub parameters: Vec<Val>,
    pub insts: Vec<Val>,
    /// `None` only while it is being built.
    pub end: Option<End>,
}

/// What is compiled at once. Block 0 is where it is entered; it has no parameters.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Unit {
    pub insts: Vec<Inst>,
    pub blocks: Vec<BlockData>,
    pub states: Vec<FrameState>,
    /// The unit's own frame, then those of inlined functions.
    pub frames: Vec<FrameInfo>,
    /// Those that [`Op::CallPython`] makes.
    pub callees: Vec<FrameInfo>,
    /// For a loop: where its header is (code units), and what stands on the value stack there.
    pub header: Option<(u32, u32)>,
    /// For reports: by value, what translation made it for. Passes make values beyond.
    pub origins: Vec<Origin>,
}

/// An instruction of the bytecode: which of the unit's frames, and the code unit.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Origin {
    pub frame: u32,
    pub pc: u32,
}

impl FrameState {
    pub fn each_value_mut(&mut self, mut f: impl FnMut(&mut Val)) {
        self.slots.iter_mut().for_each(|(_, v)| f(v));
        for p in &mut self.pending {
            f(&mut p.object);
            f(&mut p.value);
        }
        self.virtuals.iter_mut().flat_map(|v| &mut v.fields).for_each(f);
    }

    /// The values it names.
    pub fn values(&self) -> impl Iterator<Item = Val> {
        self.slots.iter().map(|(_, v)| *v).chain(self.pending.iter().flat_map(|p| [p.object, p.value]))
    }
}

impl Unit {
    /// The state of the frame before anything was done: the interpreter goes on at the header.
    pub fn entry_state(&mut self) -> State {
        let (pc, depth) = self.header.unwrap_or((0, 0));
        let state = FrameState { pc, depth, ..FrameState::default() };
        match self.states.iter().position(|s| *s == state) {
            Some(i) => State(i as u32),
            None => {
                self.states.push(state);
                State(self.states.len() as u32 - 1)
            }
        }
    }

    pub fn new() -> Unit {
        Unit::default()
    }

    pub fn block(&mut self) -> Block {
        self.blocks.push(BlockData { parameters: Vec::new(), insts: Vec::new(), end: None });
        Block(self.blocks.len() as u32 - 1)
    }

    pub fn parameter(&mut self, block: Block, ty: Type) -> Val {
        let v = self.make(Inst { op: Op::Param, immediates: [0; 2], operands: Vec::new(), state: None, ty: Some(ty) });
        self.blocks[block.index()].parameters.push(v);
        v
    }

    /// An instruction in no block yet.
    pub fn make(&mut self, inst: Inst) -> Val {
        self.insts.push(inst);
        Val(self.insts.len() as u32 - 1)
    }

    /// Appends an instruction to a block.
    pub fn push(
        &mut self,
        block: Block,
        op: Op,
        immediates: [u64; 2],
        operands: Vec<Val>,
        state: Option<State>,
    ) -> Val {
        let v = self.make(Inst { op, immediates, operands, state, ty: op.info().result });
        self.blocks[block.index()].insts.push(v);
        v
    }

    pub fn state(&mut self, state: FrameState) -> State {
        if self.states.last() != Some(&state) {
            self.states.push(state);
        }
        State(self.states.len() as u32 - 1)
    }

    #[inline]
    pub fn inst(&self, v: Val) -> &Inst {
        &self.insts[v.index()]
    }

    #[inline]
    pub fn ty(&self, v: Val) -> Option<Type> {
        self.insts[v.index()].ty
    }

    pub fn block_ids(&self) -> impl Iterator<Item = Block> + use<> {
        (0..self.blocks.len() as u32).map(Block)
    }

    /// The blocks reachable from the first, in reverse postorder.
    pub fn reverse_postorder(&self) -> Vec<Block> {
        let mut order = Vec::with_capacity(self.blocks.len());
        let mut seen = vec![false; self.blocks.len()];
        let mut work = Vec::with_capacity(64);
        work.push((Block(0), self.successors(Block(0))));
        if let Some(first) = seen.first_mut() {
            *first = true;
        }
        while let Some((block, successors)) = work.last_mut() {
            match successors.next() {
                Some(successor) => {
                    if !std::mem::replace(&mut seen[successor.index()], true) {
                        work.push((successor, self.successors(successor)));
                    }
                }
                None => {
                    order.push(*block);
                    work.pop();
                }
            }
        }
        order.reverse();
        order
    }

    pub fn successors(&self, block: Block) -> impl Iterator<Item = Block> + use<> {
        let two = match &self.blocks[block.index()].end {
            Some(End::Jump(t)) => [Some(t.block), None],
            // The likelier one last, so that it comes first in reverse postorder.
            Some(End::Branch(_, a, b)) => [Some(b.block), Some(a.block)],
            _ => [None, None],
        };
        two.into_iter().flatten()
    }

    /// The anchors' states.
    pub fn anchors(&self) -> Vec<State> {
        let insts = self.blocks.iter().flat_map(|b| &b.insts).map(|v| self.inst(*v));
        insts.filter(|i| i.op == Op::Anchor).filter_map(|i| i.state).collect()
    }

    /// The state that says what is left behind where a guard with this one fails.
    pub fn left_by(&self, state: State) -> State {
        self.states.get(state.index()).and_then(|s| s.instead).unwrap_or(state)
    }

    /// Calls `f` with each value that a frame state names, its callers' included, but for virtual objects.
    pub fn each_of_state(&self, state: State, f: &mut dyn FnMut(Val)) {
        let state = self.left_by(state);
        let virtuals = self.states.get(state.index()).map_or(&[][..], |s| &s.virtuals);
        let mut f = |v: Val| {
            if virtuals.iter().all(|known| known.object != v) {
                f(v);
            }
        };
        virtuals.iter().flat_map(|v| &v.fields).for_each(|v| f(*v));
        let mut next = Some(state);
        while let Some(state) = next.and_then(|s| self.states.get(s.index())) {
            state.values().for_each(&mut f);
            if let Some(frame) = self.frames.get(state.frame as usize).filter(|_| !state.pushed) {
                frame.function.iter().chain(&frame.instance).for_each(|v| f(*v));
            }
            next = state.caller;
        }
    }

    /// Calls `f` with each value that an instruction, its frame state or a block's end uses.
    pub fn each_use(&self, block: Block, mut f: impl FnMut(Val)) {
        let data = &self.blocks[block.index()];
        for v in &data.insts {
            let inst = self.inst(*v);
            inst.operands.iter().for_each(|v| f(*v));
            if let Some(s) = inst.state {
                self.each_of_state(s, &mut f);
            }
        }
        match &data.end {
            Some(End::Jump(t)) => t.arguments.iter().for_each(|v| f(*v)),
            Some(End::Branch(c, a, b)) => {
                f(*c);
                a.arguments.iter().chain(&b.arguments).for_each(|v| f(*v));
            }
            Some(End::Return(v) | End::Finish(v)) => f(*v),
            Some(End::Yield(s, v)) => {
                f(*v);
                self.each_of_state(*s, &mut f);
            }
            Some(End::Exit(s, _)) => self.each_of_state(*s, &mut f),
            None => {}
        }
    }

    /// Every use of a value becomes what `map` gives for it.
    pub fn rename(&mut self, map: &[Val]) {
        let to = |v: &mut Val| *v = map[v.index()];
        for inst in &mut self.insts {
            inst.operands.iter_mut().for_each(to);
        }
        for state in &mut self.states {
            state.each_value_mut(to);
        }
        for frame in &mut self.frames {
            frame.function.iter_mut().chain(&mut frame.instance).for_each(to);
        }
        for block in &mut self.blocks {
            match &mut block.end {
                Some(End::Jump(t)) => t.arguments.iter_mut().for_each(to),
                Some(End::Branch(c, a, b)) => {
                    to(c);
                    a.arguments.iter_mut().chain(&mut b.arguments).for_each(to);
                }
                Some(End::Return(v) | End::Finish(v) | End::Yield(_, v)) => to(v),
                _ => {}
            }
        }
    }
}
