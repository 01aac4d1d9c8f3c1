//! What tools ask a JIT: which code there is, why some is not, where code is left. Plain data; nothing here changes what
//! runs but [`Inspect::compile`].

use std::ops::Range;

use crate::frame::Frame;
use crate::interp::recording::Recording;
use crate::object::Ref;
use crate::state::Vm;
use crate::types::code::PyCode;

/// What is compiled as one piece.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum UnitKind {
    Loop,
    Function,
    /// The body of a function's generators.
    Generator,
}

impl UnitKind {
    pub fn name(self) -> &'static str {
        match self {
            UnitKind::Loop => "loop",
            UnitKind::Function => "function",
            UnitKind::Generator => "generator",
        }
    }
}

/// What has become of a place that was hot.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum UnitState {
    Compiled,
    /// Its code is being made.
    Waiting,
    /// A guess failed too often: the interpreter runs it until its next version is compiled.
    Discarded,
    /// It stays interpreted; why, as a code for [`UnitReport::why`].
    Refused(&'static str),
}

impl UnitState {
    pub fn name(self) -> &'static str {
        match self {
            UnitState::Compiled => "compiled",
            UnitState::Waiting => "waiting",
            UnitState::Discarded => "discarded",
            UnitState::Refused(_) => "refused",
        }
    }
}

/// A loop, function or generator that was hot.
#[derive(Clone, Debug)]
pub struct UnitReport {
    pub number: usize,
    pub kind: UnitKind,
    /// Alive as long as the JIT.
    pub code: Ref<PyCode>,
    /// Where it begins (code units).
    pub at: u32,
    pub state: UnitState,
    /// How often it was compiled.
    pub versions: u32,
    /// Of the last version: its size in bytes, and the functions inlined into it.
    pub bytes: usize,
    pub inlined: Vec<String>,
    /// Of all versions; only those that were taken.
    pub exits: Vec<ExitReport>,
}

/// A way out of compiled code that was taken.
#[derive(Clone, Debug)]
pub struct ExitReport {
    /// A name (`guard`, `overflow`, ...), and a sentence for whoever asks why.
    pub reason: &'static str,
    pub sentence: &'static str,
    /// Leaving so is how this code ends, or what the program asked for: nothing is lost by it.
    pub is_expected: bool,
    /// Where the interpreter goes on: the function (inlined or the unit's own) and the code unit.
    pub code: Ref<PyCode>,
    pub at: u32,
    pub count: u32,
    /// Of which version of the unit.
    pub version: u32,
}

/// Counts of all that a JIT has done.
#[derive(Copy, Clone, Default, Debug)]
pub struct Stats {
    /// Places that have code now, and that stay interpreted.
    pub compiled: usize,
    pub refused: usize,
    /// Compilations, those of later versions counted.
    pub compilations: usize,
    /// Versions that were given up because a guess failed too often.
    pub discarded: usize,
    /// Exits taken.
    pub exits: u64,
    /// Bytes of code in place; of memory for it that is used, and that there is.
    pub bytes: usize,
    pub memory_used: usize,
    pub memory_size: usize,
    pub seconds: f64,
}

/// In which form code is listed.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Form {
    /// The JIT's own intermediate representation, after its passes.
    Ir,
    /// What the code generator gets.
    Clif,
    /// What it makes of it.
    Assembly,
}

/// Something that happened, for hooks.
#[derive(Clone, Debug)]
pub enum Event {
    Compiled { kind: UnitKind, code: Ref<PyCode>, at: u32, version: u32, bytes: usize },
    Refused { kind: UnitKind, code: Ref<PyCode>, at: u32, why: &'static str },
    Exit { reason: &'static str, code: Ref<PyCode>, at: u32, count: u32 },
}

/// Which events are kept for [`Inspect::take_events`].
#[derive(Copy, Clone, Default, PartialEq, Eq, Debug)]
pub struct Watch {
    pub compilations: bool,
    pub exits: bool,
}

/// A JIT as tools see it.
pub trait Inspect {
    /// All places that were hot.
    fn units(&self) -> Vec<UnitReport>;

    fn stats(&self) -> Stats;

    /// Was the function's or one of its loops' compilation put off, because compilation had had its share of the time?
    fn was_put_off(&self, code: Ref<PyCode>) -> bool;

    /// Compiles the function of a frame that stands at its first instruction, now. `Err`: why not.
    fn compile(&self, vm: &Vm, frame: &Frame) -> Result<(), &'static str>;

    /// The code that a function, or its loop or generator at `at`, would get from what is known now. The frame stands there.
    fn listing(&self, vm: &Vm, frame: &Frame, kind: UnitKind, at: u32, form: Form) -> Result<String, &'static str>;

    /// All addresses that code may have.
    fn addresses(&self) -> Option<Range<usize>>;

    /// Writes down what it does from now on. (That costs memory and time.)
    fn record(&self);

    /// What was written down.
    fn recording(&self) -> Option<Recording>;

    /// Which unit has its code at this address.
    fn unit_at(&self, address: usize) -> Option<usize>;

    /// Keeps events from now on.
    fn watch(&self, what: Watch);

    /// The events since it was last asked.
    fn take_events(&self) -> Vec<Event>;
}

/// Calls `f` with a frame of these parts that stands at the code unit `at`, with a value stack of the right height. It is
/// never the current frame, and its slots are empty: it is there for [`Inspect`] to look at. `None`: there is no such
/// instruction, or no room.
pub fn with_frame<R>(
    vm: &Vm,
    code: Ref<PyCode>,
    globals: crate::Value,
    builtins: crate::Value,
    at: u32,
    f: impl FnOnce(&Frame) -> R,
) -> Option<R> {
    let data = code.data();
    let depth = match at {
        0 => 0,
        _ => brolga_bytecode::depth::depth_at(&data.code, &data.exceptiontable, at as usize * 2)?.before as usize,
    };
    // A module's frame has its globals as its locals; functions have none.
    let is_function = code.has_flag(brolga_bytecode::constants::flags::OPTIMIZED);
    let locals = (!is_function).then_some(globals);
    let frame = match vm.push_frame(code, globals, builtins, None, locals) {
        Ok(frame) => frame,
        Err(raised) => {
            vm.take_raised(raised);
            return None;
        }
    };
    // SAFETY: just pushed, with room for the code's whole value stack; `at` is one of its instructions.
    let result = unsafe {
        (*frame).instr.set(code.instructions().add(at as usize));
        (*frame).sp.set((*frame).stack_base().add(depth));
        f(&*frame)
    };
    vm.pop_frame(frame);
    Some(result)
}
