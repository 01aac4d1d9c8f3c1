//! What is compiled, when, and when no longer.

use std::cell::{Cell, OnceCell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use brolga_bytecode::instructions::Instructions;
use brolga_runtime::attributes::instance::SLOTS_OFFSET;
use brolga_runtime::frame::Frame;
use brolga_runtime::interp::feedback::{Feedback, Kind, seen};
use brolga_runtime::interp::native::{Compiler, Entry};
use brolga_runtime::object::Ref;
use brolga_runtime::state::Vm;
use brolga_runtime::state::config::JitMode;
use brolga_runtime::types::code::PyCode;
use brolga_runtime::types::dict::PyDict;
use brolga_runtime::types::shape;
use cranelift_codegen::isa::TargetIsa;
use cranelift_codegen::settings::{self, Configurable};

use crate::code::{CodeMemory, Pool};
use crate::ir::Reason;
use crate::lower::{self, Addresses, Dump, Exit};
use crate::opt::{self, Options};
use crate::translate::region;
use crate::translate::source::{Place, Profile, Source, Table};
use crate::translate::translate_loop;

/// Turns of a loop before it is compiled.
const LOOP_THRESHOLD: u32 = 1000;
/// Loops of more instructions stay interpreted.
const MAX_INSTRUCTIONS: usize = 4000;
/// An exit that is taken so often asks for another compilation, without the guess that failed.
const MAX_FAILURES: u32 = 50;
/// Compilations of one loop.
const MAX_VERSIONS: u32 = 4;

/// A compiled loop.
struct Unit {
    /// The loop: its code object's address and its header (code units).
    place: (usize, u32),
    exits: Vec<(Exit, Cell<u32>)>,
}

/// A loop that was compiled, or could not be.
struct Loop {
    place: (usize, u32),
    versions: u32,
    /// What its next version does not do.
    options: opt::Options,
    /// Why it stays interpreted.
    refused: Option<&'static str>,
}

/// What makes code and keeps it.
struct Machine {
    isa: Arc<dyn TargetIsa>,
    memory: CodeMemory,
    pool: Pool,
}

impl Machine {
    /// `None` on a machine that the code generator does not know, or without memory.
    fn new() -> Option<Machine> {
        let mut flags = settings::builder();
        for (name, value) in [
            ("opt_level", "speed"),
            ("preserve_frame_pointers", "true"),
            ("enable_verifier", if cfg!(debug_assertions) { "true" } else { "false" }),
        ] {
            flags.set(name, value).ok()?;
        }
        let isa = cranelift_native::builder().ok()?.finish(settings::Flags::new(flags)).ok()?;
        Some(Machine { isa, memory: CodeMemory::new()?, pool: Pool::default() })
    }
}

/// The just-in-time compiler of one interpreter.
pub struct Jit {
    /// Made at the first hot loop: most programs end before.
    machine: OnceCell<Option<Machine>>,
    units: RefCell<Vec<Unit>>,
    loops: RefCell<Vec<Loop>>,
    /// Every operation is a call to its `ops` function.
    no_fast_paths: bool,
}

impl Jit {
    pub fn new(no_fast_paths: bool) -> Jit {
        Jit { machine: OnceCell::new(), units: RefCell::default(), loops: RefCell::default(), no_fast_paths }
    }

    /// Turns the JIT of an interpreter on, as its configuration says.
    pub fn install(vm: &Vm) {
        let (threshold, no_fast_paths) = match vm.config.jit {
            JitMode::Off => return,
            JitMode::On => (LOOP_THRESHOLD, false),
            JitMode::Eager => (2, false),
            JitMode::NoFast => (2, true),
        };
        vm.compiler.set(Box::new(Jit::new(no_fast_paths)));
        vm.loop_threshold.set(threshold);
    }

    fn compile(
        &self,
        vm: &Vm,
        frame: &Frame,
        header: u32,
        options: &Options,
    ) -> Result<(Entry, Vec<Exit>), &'static str> {
        let machine = self.machine.get_or_init(Machine::new).as_ref().ok_or("no code can be made for this machine")?;
        let code = frame.code.get();
        let bytes: &[u8] = &code.data().code;
        let region = region::of_loop(bytes, header as usize * 2, MAX_INSTRUCTIONS).ok_or("the loop is too long")?;
        let source = snapshot(vm, code, frame, self.no_fast_paths);
        let depth = frame.live_slots().len().checked_sub(code.nlocalsplus()).ok_or("an odd value stack")?;
        let mut unit = translate_loop(&source, &region, depth).ok_or("the loop can't be translated")?;
        opt::run(&mut unit, options, |_, _| ());
        debug_assert_eq!(crate::ir::validate(&unit), Ok(()), "{unit}");
        let addresses = Addresses { instructions: code.instructions() as usize, nlocalsplus: code.nlocalsplus() };
        let dump = vm.config.x_options.iter().find(|(name, _)| name == "jit-dump").and_then(|(_, v)| v.as_deref());
        let dump = match dump {
            Some("ir") => {
                eprintln!("{unit}");
                Dump::None
            }
            Some("clif") => Dump::Clif,
            Some("asm") => Dump::Asm,
            _ => Dump::None,
        };
        let lowered = lower::lower(&machine.isa, &machine.pool, &unit, addresses, dump)
            .map_err(|_| "the code generator refused the loop")?;
        let place = machine.memory.put(&lowered.bytes).ok_or("code memory is full")?;
        // SAFETY: the code of a unit, made with this signature.
        Ok((unsafe { std::mem::transmute::<*const u8, Entry>(place) }, lowered.exits))
    }
}

impl Compiler for Jit {
    fn hot_loop(&self, vm: &Vm, frame: &Frame, header: u32, counter: &Feedback) -> Option<Entry> {
        let place = (frame.code.get().addr(), header);
        let mut loops = self.loops.borrow_mut();
        let at = match loops.iter().position(|l| l.place == place) {
            Some(at) => at,
            None => {
                loops.push(Loop { place, versions: 0, options: Options::default(), refused: None });
                loops.len() - 1
            }
        };
        let this = &mut loops[at];
        if this.refused.is_some() {
            return None;
        }
        if this.versions >= MAX_VERSIONS {
            this.refused = Some("too many guesses failed");
            return None;
        }
        this.versions += 1;
        // A fault of the code generator leaves the loop to the interpreter.
        let compiled = catch_unwind(AssertUnwindSafe(|| self.compile(vm, frame, header, &this.options)));
        match compiled.unwrap_or(Err("the code generator failed")) {
            Ok((entry, exits)) => {
                let mut units = self.units.borrow_mut();
                counter.extra.set(units.len() as u32);
                units.push(Unit { place, exits: exits.into_iter().map(|e| (e, Cell::new(0))).collect() });
                Some(entry)
            }
            Err(why) => {
                this.refused = Some(why);
                None
            }
        }
    }

    fn left(&self, counter: &Feedback, exit: u64) {
        let units = self.units.borrow();
        let Some(unit) = units.get(counter.extra.get() as usize) else { return };
        let Some((exit, count)) = unit.exits.get(exit as usize) else { return };
        count.set(count.get() + 1);
        if count.get() < MAX_FAILURES {
            return;
        }
        match exit.reason {
            Reason::LoopEnd | Reason::Return | Reason::Raise | Reason::Polled | Reason::Leave | Reason::Raised => {}
            Reason::Hoisted => {
                counter.kind.set(Kind::Empty);
                counter.index.set(0);
                if let Some(l) = self.loops.borrow_mut().iter_mut().find(|l| l.place == unit.place) {
                    l.options.unhoisted.push(exit.pc);
                }
            }
            Reason::NotRun | Reason::Guard | Reason::Overflow | Reason::Error => {
                // The interpreter counts anew, and learns.
                counter.kind.set(Kind::Empty);
                counter.index.set(0);
            }
            Reason::Interpreted => {
                counter.kind.set(Kind::Empty);
                if let Some(l) = self.loops.borrow_mut().iter_mut().find(|l| l.place == unit.place) {
                    l.refused = Some("it runs instructions that are left to the interpreter");
                }
            }
        }
    }
}

/// What translation reads.
fn snapshot(vm: &Vm, code: Ref<PyCode>, frame: &Frame, no_fast_paths: bool) -> Source<'static> {
    // SAFETY: the code object of the running frame lives longer than the compilation.
    let bytes: &'static [u8] = unsafe { std::slice::from_raw_parts(code.data().code.as_ptr(), code.data().code.len()) };
    let mut feedback_numbers = vec![0; bytes.len() / 2];
    let mut profiles = Vec::new();
    for instruction in Instructions::new(bytes).flatten() {
        if instruction.opcode.caches() == 0 {
            continue;
        }
        let unit = instruction.offset / 2;
        // SAFETY: the first cache unit of an instruction of the executable stream, and the entry it names.
        let (number, entry) = unsafe {
            let number = *code.instructions().add(unit + 1);
            (number, &*code.feedback_base().add(number as usize))
        };
        feedback_numbers[unit] = number;
        if profiles.len() <= number as usize {
            profiles.resize(number as usize + 1, blank());
        }
        profiles[number as usize] = if no_fast_paths { blank() } else { profile(vm, frame, entry) };
    }
    Source {
        code: bytes,
        feedback_numbers,
        profiles,
        consts: code.consts().map_or_else(Vec::new, |t| t.as_slice().iter().map(|v| v.bits()).collect()),
        nlocalsplus: code.nlocalsplus(),
        epoch: std::ptr::from_ref(&vm.shape_epoch) as u64,
    }
}

/// A profile that has no fast path.
fn blank() -> Profile {
    Profile { kind: Kind::Empty, seen: seen::OTHER, index: 0, shape: 0, version: 0, extra: 0, value: 0, place: None }
}

fn profile(vm: &Vm, frame: &Frame, entry: &Feedback) -> Profile {
    Profile {
        kind: entry.kind.get(),
        seen: entry.seen.get(),
        index: entry.index.get(),
        shape: entry.shape.get(),
        version: entry.version.get(),
        extra: entry.extra.get(),
        value: entry.value.get(),
        place: place(vm, frame, entry),
    }
}

fn place(vm: &Vm, frame: &Frame, entry: &Feedback) -> Option<Place> {
    match entry.kind.get() {
        Kind::Inline => {
            let shape = vm.shapes.get(entry.shape.get());
            let index = entry.index.get();
            (index < u32::from(shape.inline)).then(|| Place::Offset(SLOTS_OFFSET as u32 + 8 * index))
        }
        Kind::Method | Kind::ClassValue => {
            // Numbers and bools have no header.
            if matches!(entry.shape.get(), shape::int | shape::float | shape::bool) {
                return None;
            }
            let class = vm.shapes.get(entry.shape.get()).class.get();
            // Classes and modules share their shapes: what is cached for them is another kind.
            Some(Place::Class(std::ptr::from_ref(&class.version) as u64))
        }
        Kind::Global => {
            let globals = vm.exact::<PyDict>(frame.globals.get(), shape::dict)?;
            let (table, value) = table_place(globals, entry.version.get(), entry.index.get())?;
            Some(Place::Global {
                globals: globals.addr() as u64,
                builtins: frame.builtins.get().bits(),
                tables: [Some(table), None],
                value,
            })
        }
        Kind::Builtin => {
            let globals = vm.exact::<PyDict>(frame.globals.get(), shape::dict)?;
            let builtins = vm.exact::<PyDict>(frame.builtins.get(), shape::dict)?;
            let (first, _) = table_place(globals, entry.version.get(), 0)?;
            let (second, value) = table_place(builtins, entry.extra.get(), entry.index.get())?;
            Some(Place::Global {
                globals: globals.addr() as u64,
                builtins: builtins.addr() as u64,
                tables: [Some(first), Some(second)],
                value,
            })
        }
        _ => None,
    }
}

/// A dict's table, if it has this version, and the address of an entry's value.
fn table_place(dict: Ref<PyDict>, version: u32, entry: u32) -> Option<(Table, u64)> {
    let (field, table) = dict.table_place()?;
    if version == 0 || table.current_version() != version {
        return None;
    }
    let (version_address, value) = table.places(entry as usize);
    Some((
        Table { field: field as u64, address: table.addr() as u64, version_address: version_address as u64, version },
        value as u64,
    ))
}
