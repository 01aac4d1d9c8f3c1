//! Deoptimisation: what an exit leaves to be done. The exit's code puts the values that its frame state names into the
//! thread's exit words, as they stand, and returns; from there [`Restore::run`] writes the frames as the interpreter would
//! have them. So an exit takes little code, and states that name the same values share it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::NonNull;

use brolga_heap::{Header, write_barrier};
use brolga_runtime::frame::Frame;
use brolga_runtime::interp::native::{EXIT_WORDS, Template, push_inlined};
use brolga_runtime::state::Vm;
use brolga_runtime::value::{DOUBLE_OFFSET, INT_TAG, Slot, Value};

use crate::planted;

/// Where a word comes from.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Source {
    /// One of the constants.
    Constant(u32),
    /// One of the thread's exit words.
    Live(u16, Form),
    /// A virtual object, made before.
    Virtual(u16),
}

/// How a value stands among the exit words.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Form {
    /// A slot's word.
    Slot,
    /// A number that goes into a slot boxed.
    Int,
    Float,
    /// The lowest byte counts.
    Bool,
    /// 64 bits that stay as they are.
    Raw,
}

/// A field that the code held as a value.
#[derive(Clone, Debug)]
pub struct Pending {
    pub object: Source,
    pub offset: u64,
    pub value: Source,
    /// A number rather than a slot.
    pub raw: bool,
}

/// An object that was never made.
#[derive(Clone, Debug)]
pub struct Virtual {
    pub header: u64,
    pub bytes: u64,
    /// The words behind its header; zeros follow.
    pub fields: Box<[Source]>,
}

/// Which frame is written.
#[derive(Clone, Debug)]
pub enum Of {
    /// The current one: the unit's own, or an inlined one that stands on the VM stack already.
    Current,
    /// An inlined one, to be pushed: the address of its template, its function and its `result`, if it has one.
    Inlined { template: u64, function: Source, result: Option<Source> },
}

#[derive(Clone, Debug)]
pub struct FrameWrite {
    pub of: Of,
    /// (slot, word): locals, cells and free variables, then the value stack.
    pub slots: Box<[(u32, Source)]>,
    /// Where it goes on: an address in the executable stream.
    pub instr: u64,
    /// Slots below the top of its value stack.
    pub used: u32,
}

/// What is done where a state is left by, in this order.
#[derive(Clone, Debug, Default)]
pub struct Restore {
    pub constants: Box<[u64]>,
    pub virtuals: Box<[Virtual]>,
    pub pending: Box<[Pending]>,
    /// Outermost first.
    pub frames: Box<[FrameWrite]>,
    /// Fuel to give back, unless the instruction has raised.
    pub refund: u32,
}

/// Virtual objects of one state.
pub const MAX_VIRTUALS: usize = 64;

/// The words that a restoration reads, where the collector sees them: on the native stack.
struct Words {
    live: [u64; EXIT_WORDS],
    made: [u64; MAX_VIRTUALS],
}

impl Restore {
    /// Brings the frames of the exit that has just been taken to where the interpreter goes on. `false`: there was no memory
    /// for a virtual object, the MemoryError is raised, and None stands for it.
    ///
    /// # Safety
    /// Compiled code of the current frame has just left by an exit with this restoration, and put its values into the
    /// thread's exit words.
    pub unsafe fn run(&self, vm: &Vm) -> bool {
        let mut words = Words { live: vm.exit_words.get(), made: [0; MAX_VIRTUALS] };
        let mut complete = true;
        for (k, v) in self.virtuals.iter().enumerate().take(MAX_VIRTUALS) {
            let made = self.make(vm, v, &words);
            complete &= made.is_some();
            words.made[k] = made.unwrap_or(Value::NONE.bits());
            // Not in registers only that a callee need not save.
            std::hint::black_box(&mut words);
        }
        for p in &self.pending {
            if planted::is(13) {
                continue;
            }
            let (object, word) = (self.word(p.object, &words), self.word(p.value, &words));
            // SAFETY: an object that is alive, and one of its fields; the barrier behind a store of a slot.
            unsafe {
                ((object + p.offset) as *mut u64).write(word);
                if !p.raw
                    && let Some(cell) = NonNull::new(object as *mut Header)
                {
                    write_barrier(cell);
                }
            }
        }
        for (depth, f) in self.frames.iter().enumerate() {
            // SAFETY: by this function's contract; there is room for the inlined frames, for the code has looked; slots are
            // those of the frames' code objects.
            unsafe { self.write_frame(vm, f, depth, &words) };
        }
        complete
    }

    fn word(&self, source: Source, words: &Words) -> u64 {
        match source {
            Source::Constant(k) => self.constants.get(k as usize).copied().unwrap_or(Value::NONE.bits()),
            Source::Virtual(k) => words.made.get(usize::from(k)).copied().unwrap_or(Value::NONE.bits()),
            Source::Live(k, form) => {
                let word = words.live.get(usize::from(k)).copied().unwrap_or(Value::NONE.bits());
                match form {
                    Form::Slot | Form::Raw => word,
                    Form::Int => word | INT_TAG,
                    // The only NaNs in registers are those without payload.
                    Form::Float => word.wrapping_add(DOUBLE_OFFSET),
                    Form::Bool => Value::from_bool(word & 0xff != 0).bits(),
                }
            }
        }
    }

    fn make(&self, vm: &Vm, v: &Virtual, words: &Words) -> Option<u64> {
        // SAFETY: the header was made for an object of this size; the cell is filled below, before anything else.
        let cell = catch_unwind(AssertUnwindSafe(|| unsafe {
            vm.alloc.alloc_dynamic(v.bytes as usize, Header::from_bits(v.header))
        }));
        let Some(cell) = cell.ok().flatten() else {
            let _raised = vm.memory_error();
            return None;
        };
        for (k, field) in v.fields.iter().enumerate() {
            // SAFETY: the cell has room for these words behind its header.
            unsafe { cell.as_ptr().cast::<u64>().add(k + 1).write(self.word(*field, words)) };
        }
        Some(cell.as_ptr() as u64)
    }

    /// # Safety
    /// As [`Restore::run`].
    unsafe fn write_frame(&self, vm: &Vm, f: &FrameWrite, depth: usize, words: &Words) {
        // SAFETY: by the caller's contract.
        unsafe {
            let frame: *mut Frame = match f.of {
                Of::Current => vm.frame.get(),
                Of::Inlined { template, function, result } => {
                    let result = result.filter(|_| !planted::is(15)).map_or(0, |r| self.word(r, words));
                    push_inlined(vm, template as *const Template, self.word(function, words), result)
                }
            };
            let locals = (*frame).locals_ptr();
            for (slot, source) in &f.slots {
                if planted::is(14) && depth > 0 && *slot == 1 {
                    continue;
                }
                locals.cast::<u64>().add(*slot as usize).write(self.word(*source, words));
            }
            (*frame).instr.set(f.instr as *const u16);
            (*frame).sp.set(locals.add(f.used as usize).cast::<Slot>());
        }
    }
}
