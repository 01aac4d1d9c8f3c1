//! What is compiled, when, and when no longer.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use brolga_bytecode::constants::flags;
use brolga_bytecode::instructions::Instructions;
use brolga_bytecode::opcode::Opcode;
use brolga_heap::flags::HAS_ATTRS;
use brolga_runtime::attributes::instance::SLOTS_OFFSET;
use brolga_runtime::frame::{Frame, OnReturn};
use brolga_runtime::interp::feedback::{Feedback, Former, Kind, seen};
use brolga_runtime::interp::native::{Compiler, Entry, Template, resume_interpreted, run_interpreted};
use brolga_runtime::object::def::type_flags;
use brolga_runtime::object::layout::INSTANCE;
use brolga_runtime::object::{Header, Ref};
use brolga_runtime::protocol::number::{BinaryOp, INPLACE};
use brolga_runtime::state::Vm;
use brolga_runtime::state::config::JitMode;
use brolga_runtime::state::names::Special;
use brolga_runtime::types::array::ARRAY_ITEMS_OFFSET;
use brolga_runtime::types::code::PyCode;
use brolga_runtime::types::dict::PyDict;
use brolga_runtime::types::function::PyFunction;
use brolga_runtime::types::list::PyList;
use brolga_runtime::types::native_function::PyNativeFunction;
use brolga_runtime::types::shape;
use brolga_runtime::types::tuple::PyTuple;
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::value::Value;
use cranelift_codegen::isa::TargetIsa;
use cranelift_codegen::settings::{self, Configurable};

use crate::code::{CodeMemory, Pool};
use crate::helpers::Helper;
use crate::ir::{Inst, Op, Reason, Unit};
use crate::log::{Line, Log};
use crate::lower::{self, Addresses, Dump, Exit};
use crate::opt::{self, Options};
use crate::options::JitOptions;
use crate::perf_map::PerfMap;
use crate::stress::Stress;
use crate::translate::region;
use crate::translate::source::{self, Callee, Function, Native, Operator, Profile, Resolver, Source, Table};
use crate::translate::{translate_function, translate_generator, translate_loop};

/// Turns of a loop before it is compiled.
const LOOP_THRESHOLD: u32 = 1000;
/// Compilation takes no more than this and one part in so many of the time that has passed; what comes too early waits
/// for its next turns.
const FREE_TIME: Duration = Duration::from_millis(60);
const TIME_SHARE: u32 = 4;
/// Calls of a function before it is compiled.
const CALL_THRESHOLD: u32 = 200;
/// Loops and functions of more instructions stay interpreted.
const MAX_INSTRUCTIONS: usize = 4000;
/// An exit that is taken so often asks for another compilation, without the guess that failed.
const MAX_FAILURES: u32 = 50;
/// An exit that was taken so often is looked at when another has asked for a compilation.
const FEW_FAILURES: u32 = 5;
/// Compilations of one loop or function.
const MAX_VERSIONS: u32 = 12;
/// After so many of them no guess that fails gets a second try.
const LEARNING_VERSIONS: u32 = 4;

/// Where a unit is entered.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
enum Place {
    /// A loop's header (code units), and the counter of the jump back to it, which is part of the code object.
    Loop {
        code: usize,
        header: u32,
        counter: *const Feedback,
    },
    Function {
        code: usize,
    },
    /// The body of a function's generators.
    Generator {
        code: usize,
    },
}

impl Place {
    fn counter(&self) -> Option<*const Feedback> {
        match self {
            Place::Loop { counter, .. } => Some(*counter),
            Place::Function { .. } | Place::Generator { .. } => None,
        }
    }

    fn same(&self, other: &Place) -> bool {
        match (self, other) {
            (Place::Loop { code: a, header: x, .. }, Place::Loop { code: b, header: y, .. }) => a == b && x == y,
            (Place::Function { code: a }, Place::Function { code: b })
            | (Place::Generator { code: a }, Place::Generator { code: b }) => a == b,
            _ => false,
        }
    }
}

/// What was compiled, or could not be. Its code object lives as long as the JIT.
struct Site {
    place: Place,
    versions: u32,
    /// What its next version does not do.
    options: opt::Options,
    /// Where guesses have failed (code object's address, code unit).
    failed: HashSet<(u64, u32)>,
    /// A loop's jumps back that enter its code.
    counters: Vec<*const Feedback>,
    /// Its code, while it is entered.
    entry: Option<Entry>,
    /// Why it stays interpreted.
    refused: Option<&'static str>,
}

impl Site {
    /// What an exit that is taken often says of the next version. Is one wanted?
    fn learn(&mut self, exit: &Exit) -> bool {
        match exit.reason {
            Reason::LoopEnd | Reason::Return | Reason::Raise | Reason::Polled | Reason::Leave | Reason::Raised => false,
            Reason::Hoisted => {
                self.options.unhoisted.push(exit.pc);
                true
            }
            Reason::NotRun => true,
            // The interpreter learns what it was. Where it goes on failing, and where nothing is to be learnt, the
            // instruction is not guessed about again.
            Reason::Guard | Reason::Overflow | Reason::Error => {
                let place = (exit.code, exit.pc);
                if self.options.refused.contains(&place) {
                    return false;
                }
                let learns = exit.reason == Reason::Guard && self.versions <= LEARNING_VERSIONS;
                if !self.failed.insert(place) || !learns {
                    self.options.refused.insert(place);
                }
                true
            }
            Reason::Interpreted => {
                if let Place::Loop { .. } = self.place {
                    self.refused = Some("it runs instructions that are left to the interpreter");
                }
                // The rest of a function may still be worth it.
                self.refused.is_some()
            }
        }
    }
}

/// One of all units' exits.
struct ExitCount {
    site: usize,
    /// Of the site's code.
    version: u32,
    exit: Exit,
    count: Cell<u32>,
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
    sites: RefCell<Vec<Site>>,
    exits: RefCell<Vec<ExitCount>>,
    /// What the frames of inlined functions are made from; compiled code has their addresses.
    templates: RefCell<Vec<Box<[Template]>>>,
    /// What is kept alive because units refer to it.
    rooted: RefCell<HashSet<u64>>,
    /// Every operation is a call to its `ops` function.
    no_fast_paths: bool,
    /// Compilations are not put off.
    is_eager: bool,
    /// Guards that fail though their condition holds.
    stress: Option<Rc<Stress>>,
    log: Option<Log>,
    perf: Option<PerfMap>,
    /// For the log: how often each operation was lowered.
    lowered: RefCell<BTreeMap<(&'static str, &'static str), u64>>,
    started: Instant,
    /// What compilations have taken.
    spent: Cell<Duration>,
}

impl Jit {
    pub fn new(no_fast_paths: bool, is_eager: bool, options: &JitOptions) -> Jit {
        Jit {
            machine: OnceCell::new(),
            sites: RefCell::default(),
            exits: RefCell::default(),
            templates: RefCell::default(),
            rooted: RefCell::default(),
            no_fast_paths,
            is_eager: is_eager || options.stress.is_some() || options.thresholds.is_some(),
            stress: options.stress.clone().map(|plan| Rc::new(Stress::new(plan))),
            log: options.log.as_deref().and_then(|path| Log::open(path).ok()),
            perf: options.perf.then(PerfMap::default),
            lowered: RefCell::default(),
            started: Instant::now(),
            spent: Cell::default(),
        }
    }

    /// Turns the JIT of an interpreter on, as its configuration says.
    pub fn install(vm: &Vm) {
        let (loops, calls, no_fast_paths) = match vm.config.jit {
            JitMode::Off => return,
            JitMode::On => (LOOP_THRESHOLD, CALL_THRESHOLD, false),
            JitMode::Eager => (2, 2, false),
            JitMode::NoFast => (2, 2, true),
        };
        // The command line has been checked.
        let options = JitOptions::of(&vm.config).unwrap_or_default();
        let (loops, calls) = options.thresholds.unwrap_or((loops, calls));
        vm.compiler.set(Box::new(Jit::new(no_fast_paths, vm.config.jit != JitMode::On, &options)));
        vm.loop_threshold.set(loops);
        vm.call_threshold.set(calls);
    }

    /// The code of a loop that another jump back to its header has asked for.
    fn known_entry(&self, place: Place) -> Option<Entry> {
        let mut sites = self.sites.borrow_mut();
        let site = sites.iter_mut().find(|s| s.place.same(&place))?;
        let (counter, entry) = (place.counter()?, site.entry?);
        site.counters.push(counter);
        Some(entry)
    }

    /// Has compilation had its share of the time so far?
    fn is_overdrawn(&self) -> bool {
        !self.is_eager && self.spent.get() > FREE_TIME + self.started.elapsed() / TIME_SHARE
    }

    /// The code of a place, in its next version; `None`: it stays interpreted.
    fn code_for(&self, vm: &Vm, frame: &Frame, place: Place) -> Option<Entry> {
        if let Some(entry) = self.known_entry(place) {
            return Some(entry);
        }
        if self.is_overdrawn() {
            return None;
        }
        let (site, options) = {
            let mut sites = self.sites.borrow_mut();
            let at = match sites.iter().position(|s| s.place.same(&place)) {
                Some(at) => at,
                None => {
                    root(vm, frame.code.get().value())?;
                    sites.push(Site {
                        place,
                        versions: 0,
                        options: Options::default(),
                        failed: HashSet::new(),
                        counters: Vec::new(),
                        entry: None,
                        refused: None,
                    });
                    sites.len() - 1
                }
            };
            let site = &mut sites[at];
            if site.versions >= MAX_VERSIONS && site.refused.is_none() {
                site.refused = Some("too many guesses failed");
            }
            if site.refused.is_some() {
                return None;
            }
            site.versions += 1;
            (at, site.options.clone())
        };
        // A fault of the code generator leaves the place to the interpreter.
        let begun = Instant::now();
        let compiled = catch_unwind(AssertUnwindSafe(|| self.compile(vm, frame, site, place, &options)));
        self.spent.set(self.spent.get() + begun.elapsed());
        match compiled.unwrap_or(Err("the code generator failed")) {
            Ok(entry) => {
                let site = &mut self.sites.borrow_mut()[site];
                site.entry = Some(entry);
                site.counters.extend(place.counter());
                Some(entry)
            }
            Err(why) => {
                self.sites.borrow_mut()[site].refused = Some(why);
                if let Some(log) = &self.log {
                    log.write(place.describe(Line::new("refused")).number("unit", site).text("why", why));
                }
                None
            }
        }
    }

    fn compile(
        &self,
        vm: &Vm,
        frame: &Frame,
        site: usize,
        place: Place,
        options: &Options,
    ) -> Result<Entry, &'static str> {
        let machine = self.machine.get_or_init(Machine::new).as_ref().ok_or("no code can be made for this machine")?;
        let code = frame.code.get();
        let source =
            snapshot(vm, code, frame.globals.get(), frame.builtins.get(), self.no_fast_paths, &options.refused);
        let source = Rc::new(source);
        let resolver =
            Values { vm, no_fast_paths: self.no_fast_paths, refused: &options.refused, met: RefCell::default() };
        let unit = match place {
            Place::Loop { header, .. } => {
                let region =
                    region::of_loop(&source.code, &source.exceptiontable, header as usize * 2, MAX_INSTRUCTIONS);
                let region = region.ok_or("the loop is too long")?;
                if region.instructions.values().any(|i| i.opcode == Opcode::YIELD_VALUE) {
                    // Before long: it has turned often enough.
                    code.resumes_left.set(1);
                    return Err("it suspends its frame: the generator is compiled instead");
                }
                let depth = frame.live_slots().len().checked_sub(code.nlocalsplus()).ok_or("an odd value stack")?;
                translate_loop(source, region, depth, &resolver)
            }
            Place::Function { .. } => {
                let region = region::of_function(&source.code, &source.exceptiontable, MAX_INSTRUCTIONS);
                let region = region.ok_or("the function is too long")?;
                translate_function(source, region, &resolver)
            }
            Place::Generator { .. } => {
                let region = region::of_generator(&source.code, &source.exceptiontable, MAX_INSTRUCTIONS);
                let (region, resumed) = region.ok_or("the generator is too long")?;
                translate_generator(source, region, &resumed, &resolver)
            }
        };
        let mut unit = unit.ok_or("the bytecode can't be translated")?;
        let check = cfg!(debug_assertions) || dumps(vm, "check");
        opt::run(&mut unit, options, |unit, pass| {
            if check && let Err(wrong) = crate::ir::validate(unit) {
                eprintln!("{wrong:?} after {pass}\n{unit}");
            }
        });
        // Generators are entered where they were suspended: each such place has a guard anyway.
        if self.stress.is_some() && !matches!(place, Place::Generator { .. }) {
            guard_entry(&mut unit);
        }
        if dumps(vm, "ir") {
            eprintln!("{}\n{unit}", unit.frames[0].name);
        }
        let dump = match () {
            () if dumps(vm, "clif") => Dump::Clif,
            () if dumps(vm, "asm") => Dump::Asm,
            () => Dump::None,
        };
        for value in resolver.met.borrow().iter().copied().chain(constants(&unit)) {
            if self.rooted.borrow_mut().insert(value.bits()) {
                root(vm, value).ok_or("no memory")?;
            }
        }
        let version = self.sites.borrow()[site].versions;
        let mut exits = self.exits.borrow_mut();
        let mut templates = self.templates.borrow_mut();
        let mut addresses = Addresses {
            recursion_limit: std::ptr::from_ref(&vm.recursion_limit) as u64,
            first_exit: exits.len() as u64,
            stress: self.stress.clone(),
            templates: Vec::new(),
        };
        let mut of_unit = Vec::with_capacity(unit.frames.len());
        for info in &unit.frames {
            // SAFETY: addresses of objects that translation has met, which are rooted above.
            of_unit.push(unsafe {
                Template {
                    code: Ref::from_ptr(Value::from_bits(info.code).as_obj().ok_or("no code object")?.as_ptr()),
                    globals: Value::from_bits(info.globals),
                    builtins: Value::from_bits(info.builtins),
                    on_return: if info.is_operator { OnReturn::Operator } else { OnReturn::Init },
                }
            });
        }
        let of_unit = of_unit.into_boxed_slice();
        addresses.templates = of_unit.iter().map(|t| std::ptr::from_ref(t) as u64).collect();
        templates.push(of_unit);
        let lowered = lower::lower(&machine.isa, &machine.pool, &unit, &addresses, dump)
            .map_err(|_| "the code generator refused the loop")?;
        let at = machine.memory.put(&lowered.bytes).ok_or("code memory is full")?;
        if let Some(perf) = &self.perf {
            perf.add(at as usize, lowered.bytes.len(), &place.symbol());
        }
        self.log_compiled(site, place, &unit, lowered.bytes.len(), lowered.exits.len());
        exits.extend(lowered.exits.into_iter().map(|exit| ExitCount { site, version, exit, count: Cell::new(0) }));
        // SAFETY: the code of a unit, made with this signature.
        Ok(unsafe { std::mem::transmute::<*const u8, Entry>(at) })
    }
}

/// The objects that a unit has as constants. A guard has seen that somebody else holds them, but that may change while the
/// unit still has them.
fn constants(unit: &Unit) -> impl Iterator<Item = Value> {
    let words = unit.insts.iter().filter(|i| matches!(i.op, Op::Const | Op::GuardIs)).map(|i| i.immediates[0]);
    // SAFETY: words of slots, of objects that are alive: translation has just read them. (The marker of an iterator's end is
    // no object's.)
    words.filter(|w| *w >= 0x100).map(|w| unsafe { Value::from_bits(w) }).filter(|v| v.as_obj().is_some())
}

/// Where the values that units refer to are kept alive.
static ROOTS: u8 = 0;

/// Keeps a value alive as long as the interpreter. `None`: no memory.
fn root(vm: &Vm, value: Value) -> Option<()> {
    let list = match vm.kept(&ROOTS).and_then(|v| v.downcast::<PyList>()) {
        Some(list) => list,
        None => {
            let list = vm.new_list(&[]).ok()?;
            vm.keep(&ROOTS, list.value());
            list
        }
    };
    list.push(vm, value).ok()
}

impl Compiler for Jit {
    fn hot_loop(&self, vm: &Vm, frame: &Frame, header: u32, counter: &Feedback) -> Option<Entry> {
        self.code_for(vm, frame, Place::Loop { code: frame.code.get().addr(), header, counter })
    }

    fn calls_to_next(&self, vm: &Vm) -> u32 {
        // Where it was refused, that is found out fast.
        vm.call_threshold.get().saturating_mul(if self.is_overdrawn() { 4 } else { 1000 })
    }

    fn hot_function(&self, vm: &Vm, frame: &Frame) -> Option<Entry> {
        let code = frame.code.get();
        if code.has_flag(flags::GENERATOR | flags::COROUTINE | flags::ASYNC_GENERATOR) {
            return None;
        }
        self.code_for(vm, frame, Place::Function { code: code.addr() })
    }

    fn hot_generator(&self, vm: &Vm, frame: &Frame) -> Option<Entry> {
        self.code_for(vm, frame, Place::Generator { code: frame.code.get().addr() })
    }

    fn left(&self, vm: &Vm, exit: u64) {
        let exits = self.exits.borrow();
        let Some(ExitCount { site: at, version, exit, count }) = exits.get(exit as usize) else { return };
        if self.stress.as_ref().is_some_and(|s| s.take_forced()) {
            return;
        }
        count.set(count.get() + 1);
        if count.get() < MAX_FAILURES {
            return;
        }
        let mut sites = self.sites.borrow_mut();
        let Some(site) = sites.get_mut(*at) else { return };
        if !site.learn(exit) {
            return;
        }
        // What else has failed in this version, if less often.
        for e in exits.iter().filter(|e| e.site == *at && e.version == *version && e.count.get() >= FEW_FAILURES) {
            if !std::ptr::eq(&e.exit, exit) {
                site.learn(&e.exit);
            }
        }
        if let Some(log) = &self.log {
            let line = site.place.describe(Line::new("discarded")).number("unit", at);
            log.write(line.text("reason", exit.reason.name()).text("in", &exit.function).number("at", exit.pc));
        }
        // The interpreter counts anew, and learns.
        site.entry = None;
        match site.place {
            Place::Loop { .. } => {
                for counter in site.counters.drain(..) {
                    // SAFETY: the site's code object is alive, and the counter part of it.
                    let counter = unsafe { &*counter };
                    counter.kind.set(Kind::Empty);
                    counter.index.set(0);
                }
            }
            Place::Function { .. } => {
                let code = site.place.code();
                code.native.set(run_interpreted);
                code.calls_left.set(vm.call_threshold.get());
            }
            Place::Generator { .. } => {
                let code = site.place.code();
                code.resume.set(resume_interpreted);
                code.resumes_left.set(vm.call_threshold.get());
            }
        }
    }

    fn ended(&self, vm: &Vm) {
        self.log_end();
        if !dumps(vm, "exits") {
            return;
        }
        let (sites, exits) = (self.sites.borrow(), self.exits.borrow());
        for site in sites.iter() {
            let code = site.place.code();
            let name = code.name_str().map_or_else(String::new, |n| n.to_lossy());
            let why = site.refused.unwrap_or("compiled");
            eprintln!("{name} {:?}: {} versions, {why}", site.place, site.versions);
        }
        let mut taken: Vec<_> = exits.iter().filter(|e| e.count.get() > 0).collect();
        taken.sort_by_key(|e| std::cmp::Reverse(e.count.get()));
        for e in taken.iter().take(1000) {
            let code = sites[e.site].place.code();
            let name = code.name_str().map_or_else(String::new, |n| n.to_lossy());
            eprintln!(
                "{:9} {} in {} of {name} (version {}), at {}",
                e.count.get(),
                e.exit.reason.name(),
                e.exit.function,
                e.version,
                e.exit.pc
            );
        }
    }
}

/// A guard at the unit's entry that holds, for stress modes to make it fail.
fn guard_entry(unit: &mut Unit) {
    let state = unit.entry_state();
    let inst = |op: Op, operands, state| Inst { op, immediates: [1, 0], operands, state, ty: op.info().result };
    let holds = unit.make(inst(Op::Bool, Vec::new(), None));
    let guard = unit.make(inst(Op::GuardTrue, vec![holds], Some(state)));
    if let Some(entry) = unit.blocks.first_mut() {
        entry.insts.splice(0..0, [holds, guard]);
    }
}

/// Was `-X jit-dump=` given with this?
fn dumps(vm: &Vm, what: &str) -> bool {
    vm.config.x_options.iter().any(|(name, value)| name == "jit-dump" && value.as_deref() == Some(what))
}

impl Place {
    fn code(&self) -> Ref<PyCode> {
        let (Place::Loop { code, .. } | Place::Function { code } | Place::Generator { code }) = *self;
        // SAFETY: a site's code object is alive.
        unsafe { Ref::from_ptr(std::ptr::NonNull::new_unchecked(code as *mut Header)) }
    }
}

impl Place {
    /// The place in a line of the log.
    fn describe(&self, line: Line) -> Line {
        let code = self.code();
        let name = code.name_str().map_or_else(String::new, |n| n.to_lossy());
        let file = code.filename_str().map_or_else(String::new, |n| n.to_lossy());
        let (kind, at) = match self {
            Place::Loop { header, .. } => ("loop", *header),
            Place::Function { .. } => ("function", 0),
            Place::Generator { .. } => ("generator", 0),
        };
        let line = line.text("kind", kind).text("function", &name).text("file", &file);
        match i32::try_from(at).ok().and_then(|at| code.line_of(at.saturating_mul(2))) {
            Some(number) => line.number("line", number).number("at", at),
            None => line.number("at", at),
        }
    }
}

impl Place {
    /// Its name for profilers, as CPython's.
    fn symbol(&self) -> String {
        let code = self.code();
        let file = code.filename_str().map_or_else(String::new, |n| n.to_lossy());
        let name = code.qualname_str().or(code.name_str()).map_or_else(String::new, |n| n.to_lossy());
        match self {
            Place::Loop { header, .. } => {
                let line = i32::try_from(*header).ok().and_then(|at| code.line_of(at.saturating_mul(2)));
                format!("py::{name}:{file} (loop at line {})", line.unwrap_or(0))
            }
            Place::Function { .. } | Place::Generator { .. } => format!("py::{name}:{file}"),
        }
    }
}

/// Puts a place in a code object into a line: file, function, line of source, code unit.
fn position(line: Line, code: u64, pc: u32) -> Line {
    let Some(code) = std::ptr::NonNull::new(code as *mut Header) else { return line };
    // SAFETY: the code object of a unit's frame, which is kept alive.
    let code: Ref<PyCode> = unsafe { Ref::from_ptr(code) };
    let name = code.name_str().map_or_else(String::new, |n| n.to_lossy());
    let file = code.filename_str().map_or_else(String::new, |n| n.to_lossy());
    let number = i32::try_from(pc).ok().and_then(|pc| code.line_of(pc.saturating_mul(2)));
    line.text("in", &name).text("file", &file).number("line", number.unwrap_or(0)).number("at", pc)
}

/// The log (`-X jit-log`): docs/jit-log.md.
impl Jit {
    fn log_compiled(&self, site: usize, place: Place, unit: &Unit, bytes: usize, exits: usize) {
        let Some(log) = &self.log else { return };
        let mut lowered = self.lowered.borrow_mut();
        for block in &unit.blocks {
            for v in &block.insts {
                let inst = unit.inst(*v);
                let helper = match inst.op {
                    Op::Call | Op::TryCall | Op::Fast | Op::FastRead => Helper::ALL.get(inst.immediates[0] as usize),
                    _ => None,
                };
                *lowered.entry((inst.op.info().name, helper.map_or("", |h| h.name()))).or_default() += 1;
            }
        }
        let version = self.sites.borrow().get(site).map_or(0, |s| s.versions);
        let line = place.describe(Line::new("compiled")).number("unit", site).number("version", version);
        let line = line.number("bytes", bytes).number("exits", exits).number("inlined", unit.frames.len() - 1);
        log.write(line.number("seconds", format_args!("{:.6}", self.started.elapsed().as_secs_f64())));
    }

    fn log_end(&self) {
        let Some(log) = &self.log else { return };
        let (sites, exits) = (self.sites.borrow(), self.exits.borrow());
        let taken = exits.iter().filter(|e| e.count.get() > 0);
        log.write_all(taken.map(|e| {
            let line = position(Line::new("exit").text("reason", e.exit.reason.name()), e.exit.code, e.exit.pc);
            line.number("unit", e.site).number("count", e.count.get())
        }));
        let mut lowered = self.lowered.borrow().clone();
        if self.stress.is_some() {
            // What is never reached is told, too.
            Op::ALL.iter().for_each(|op| _ = lowered.entry((op.info().name, "")).or_default());
            Helper::ALL.iter().for_each(|h| _ = lowered.entry(("", h.name())).or_default());
        }
        log.write_all(lowered.iter().map(|((op, helper), count)| {
            Line::new("lowered").text("op", op).text("helper", helper).number("count", count)
        }));
        let mut end = Line::new("end").number("units", sites.iter().filter(|s| s.entry.is_some()).count());
        end = end.number("refused", sites.iter().filter(|s| s.refused.is_some()).count());
        end = end.number("compile_seconds", format_args!("{:.6}", self.spent.get().as_secs_f64()));
        if let Some(stress) = &self.stress {
            log.write_all(stress.guards().into_iter().enumerate().map(|(i, (guard, executed))| {
                let line = position(Line::new("guard").number("number", i), guard.code, guard.pc);
                let line = line.text("kind", guard.kind.name()).text("op", guard.op);
                line.text("reason", guard.reason.map_or("", Reason::name)).number("executed", executed)
            }));
            end = end.number("guards", stress.count()).number("forced", stress.failures());
        }
        log.write(end);
    }
}

/// Tells what callees are, from the values that are there now.
struct Values<'a> {
    vm: &'a Vm,
    no_fast_paths: bool,
    /// Instructions (code object's address, code unit) whose guesses have failed.
    refused: &'a HashSet<(u64, u32)>,
    /// What the unit will refer to.
    met: RefCell<Vec<Value>>,
}

impl Values<'_> {
    fn function(&self, f: Ref<PyFunction>) -> Function {
        let code = f.code();
        for value in [f.value(), code.value()] {
            self.met.borrow_mut().push(value);
        }
        let words =
            |t: Option<Ref<PyTuple>>| t.map_or_else(Vec::new, |t| t.as_slice().iter().map(|v| v.bits()).collect());
        Function {
            value: f.value().bits(),
            source: Rc::new(snapshot(self.vm, code, f.globals(), f.builtins(), self.no_fast_paths, self.refused)),
            version: (std::ptr::from_ref(&f.version) as u64, f.version.get()),
            defaults: words(f.defaults()),
            closure: words(f.closure()),
        }
    }
}

impl Resolver for Values<'_> {
    fn items(&self, tuple: u64) -> Option<Vec<u64>> {
        // SAFETY: a constant of a code object that is alive.
        let tuple = unsafe { Value::from_bits(tuple) }.downcast::<PyTuple>()?;
        Some(tuple.as_slice().iter().map(|v| v.bits()).collect())
    }

    fn operator(&self, left: u32, right: u32, arg: u32) -> Option<Operator> {
        if self.no_fast_paths {
            return None;
        }
        let (index, inplace) = if arg >= INPLACE { (arg - INPLACE, true) } else { (arg, false) };
        let (method, of_inplace) = BinaryOp::from_index(index)?.methods();
        let class = self.vm.shapes.get(left).class.get();
        if class.layout() != INSTANCE || inplace && class.special(of_inplace).is_some() {
            return None;
        }
        let f = class.special(method)?.downcast::<PyFunction>()?;
        let version = |class: Ref<PyType>| {
            self.met.borrow_mut().push(class.value());
            (std::ptr::from_ref(&class.version) as u64, class.version(self.vm))
        };
        let right_version = match right {
            shape::int | shape::float => None,
            _ => {
                let other = self.vm.shapes.get(right).class.get();
                // A subclass's reflected method may come first.
                if other != class && (other.layout() != INSTANCE || other.is_subtype(class)) {
                    return None;
                }
                (other != class).then(|| version(other))
            }
        };
        Some(Operator { function: self.function(f), left: version(class), right: right_version })
    }

    fn callee(&self, value: u64) -> Option<Callee> {
        if self.no_fast_paths || value == 0 {
            return None;
        }
        // SAFETY: the translator asks for values that are alive.
        let value = unsafe { Value::from_bits(value) };
        if let Some(f) = value.downcast::<PyFunction>() {
            return Some(Callee::Function(self.function(f)));
        }
        if let Some(f) = value.downcast::<PyNativeFunction>() {
            self.met.borrow_mut().push(value);
            let of_builtins =
                f.owner_type().is_none() && f.module_name().is_some_and(|m| self.vm.to_lossy(m) == "builtins");
            let of_list = f.is_descriptor() && f.owner_type() == Some(self.vm.types.list);
            return Some(Callee::Native(match f.def().name {
                "len" if of_builtins => Native::Len,
                "isinstance" if of_builtins => Native::IsInstance,
                "abs" if of_builtins => Native::Abs,
                "ord" if of_builtins => Native::Ord,
                "chr" if of_builtins => Native::Chr,
                "append" if of_list => Native::ListAppend,
                _ => Native::Other,
            }));
        }
        if value.same_bits(self.vm.types.range.value()) {
            self.met.borrow_mut().push(value);
            return Some(Callee::Range);
        }
        if let Some(class) = value.downcast::<PyType>() {
            // What the interpreter's calls do (`interp::calls`), for classes without `__del__`.
            let plain = self.vm.type_of(value) == self.vm.types.type_
                && class.layout() == INSTANCE
                && !class.has_flag(type_flags::ABSTRACT | type_flags::DISALLOW_NEW | type_flags::HAS_DEL)
                && class.special(Special::New).is_some_and(|new| new.same_bits(self.vm.object_new()));
            if !plain {
                return None;
            }
            self.met.borrow_mut().push(value);
            let version = (std::ptr::from_ref(&class.version) as u64, class.version(self.vm));
            let init = class.special(Special::Init).and_then(Value::downcast::<PyFunction>);
            // Its constructor runs no other code, if there is none of `object`'s either.
            let no_init = class.special(Special::Init).is_some_and(|init| init.same_bits(self.vm.object_init()));
            if init.is_none() && !no_init {
                return None;
            }
            let shape = self.vm.shapes.get(class.root_shape());
            let flags = if class.is_heap_type() { HAS_ATTRS } else { 0 };
            let header = Header::bits_of(shape.id, INSTANCE, 0) | u64::from(flags) << (8 * Header::FLAGS_OFFSET);
            let instance = (header, SLOTS_OFFSET as u64 + 8 * u64::from(shape.inline));
            return Some(Callee::Class { version, init: init.map(|f| self.function(f)), instance });
        }
        None
    }
}

/// What translation reads.
fn snapshot(
    vm: &Vm,
    code: Ref<PyCode>,
    globals: Value,
    builtins: Value,
    no_fast_paths: bool,
    refused: &HashSet<(u64, u32)>,
) -> Source {
    let bytes: &[u8] = &code.data().code;
    // Makes the side table, if there is none yet.
    let instructions = code.instructions();
    let mut feedback_numbers = vec![0; bytes.len() / 2];
    let mut profiles = Vec::new();
    let mut others = HashMap::new();
    for instruction in Instructions::new(bytes).flatten() {
        if instruction.opcode.caches() == 0 {
            continue;
        }
        let unit = instruction.offset / 2;
        // SAFETY: the first cache unit of an instruction of the executable stream, and the entry it names.
        let (number, entry) = unsafe {
            let number = *instructions.add(unit + 1);
            (number, &*code.feedback_base().add(number as usize))
        };
        feedback_numbers[unit] = number;
        if profiles.len() <= number as usize {
            profiles.resize(number as usize + 1, blank());
        }
        if no_fast_paths || refused.contains(&(code.addr() as u64, (instruction.start / 2) as u32)) {
            profiles[number as usize] = blank();
            continue;
        }
        profiles[number as usize] = profile(vm, globals, builtins, entry);
        let former = entry.former();
        if !former.is_empty() {
            let former = former.into_iter().map(|f| {
                let place = place(vm, globals, builtins, &f);
                Profile {
                    kind: f.kind,
                    seen: 0,
                    index: f.index,
                    shape: f.shape,
                    version: f.version,
                    extra: f.extra,
                    value: f.value,
                    place,
                }
            });
            others.insert(number, former.collect());
        }
    }
    let parameters = code.argcount()
        + code.kwonlyargcount()
        + usize::from(code.has_flag(flags::VARARGS))
        + usize::from(code.has_flag(flags::VARKEYWORDS));
    Source {
        name: code.name_str().map_or_else(String::new, |n| n.to_lossy()),
        code: bytes.to_vec(),
        exceptiontable: code.data().exceptiontable.to_vec(),
        address: code.addr() as u64,
        instructions: instructions as u64,
        frame_slots: code.frame_slots(),
        parameters: parameters.min(code.nlocalsplus()),
        argcount: code.argcount(),
        positional_only: code.data().posonlyargcount as usize,
        parameter_names: (0..code.argcount()).map(|i| code.local_name(i).map_or(0, |n| n.value().bits())).collect(),
        is_plain: code.is_simple() && !code.has_flag(flags::GENERATOR | flags::COROUTINE | flags::ASYNC_GENERATOR),
        globals: globals.bits(),
        builtins: builtins.bits(),
        feedback_numbers,
        profiles,
        others,
        consts: code.consts().map_or_else(Vec::new, |t| t.as_slice().iter().map(|v| v.bits()).collect()),
        nlocalsplus: code.nlocalsplus(),
        epoch: std::ptr::from_ref(&vm.shape_epoch) as u64,
        no_fast_paths,
        refused: refused.iter().filter(|(of, _)| *of == code.addr() as u64).map(|(_, unit)| *unit).collect(),
    }
}

/// A profile that has no fast path.
fn blank() -> Profile {
    Profile { kind: Kind::Empty, seen: seen::OTHER, index: 0, shape: 0, version: 0, extra: 0, value: 0, place: None }
}

fn profile(vm: &Vm, globals: Value, builtins: Value, entry: &Feedback) -> Profile {
    Profile {
        kind: entry.kind.get(),
        seen: entry.seen.get(),
        index: entry.index.get(),
        shape: entry.shape.get(),
        version: entry.version.get(),
        extra: entry.extra.get(),
        value: entry.value.get(),
        place: place(vm, globals, builtins, &entry.now()),
    }
}

fn place(vm: &Vm, globals: Value, builtins: Value, entry: &Former) -> Option<source::Place> {
    use source::Place;

    match entry.kind {
        Kind::Inline => {
            let shape = vm.shapes.get(entry.shape);
            let index = entry.index;
            match index.checked_sub(u32::from(shape.inline)) {
                None => Some(Place::Offset(SLOTS_OFFSET as u32 + 8 * index)),
                Some(behind) if shape.class.get().layout() == INSTANCE => {
                    Some(Place::Side(ARRAY_ITEMS_OFFSET as u32 + 8 * behind))
                }
                Some(_) => None,
            }
        }
        Kind::AddInline => {
            let (before, after) = (vm.shapes.get(entry.shape), vm.shapes.get(entry.extra));
            let index = entry.index;
            let fits = before.class.get().layout() == INSTANCE && index < u32::from(after.inline);
            let version = std::ptr::from_ref(&before.class.get().version) as u64;
            fits.then(|| Place::Add(SLOTS_OFFSET as u32 + 8 * index, version))
        }
        Kind::Method | Kind::ClassValue => {
            // Numbers and bools have no header.
            if matches!(entry.shape, shape::int | shape::float | shape::bool) {
                return None;
            }
            let class = vm.shapes.get(entry.shape).class.get();
            // Classes and modules share their shapes: what is cached for them is another kind.
            if class.version.get() != entry.version {
                return None;
            }
            Some(Place::Class(std::ptr::from_ref(&class.version) as u64))
        }
        Kind::Global => {
            let globals = vm.exact::<PyDict>(globals, shape::dict)?;
            let (table, value) = table_place(globals, entry.version, entry.index)?;
            let now = word_at(value);
            Some(Place::Global {
                globals: globals.addr() as u64,
                builtins: builtins.bits(),
                tables: [Some(table), None],
                value,
                now,
            })
        }
        Kind::Builtin => {
            let globals = vm.exact::<PyDict>(globals, shape::dict)?;
            let builtins = vm.exact::<PyDict>(builtins, shape::dict)?;
            let (first, _) = table_place(globals, entry.version, 0)?;
            let (second, value) = table_place(builtins, entry.extra, entry.index)?;
            let now = word_at(value);
            Some(Place::Global {
                globals: globals.addr() as u64,
                builtins: builtins.addr() as u64,
                tables: [Some(first), Some(second)],
                value,
                now,
            })
        }
        _ => None,
    }
}

fn word_at(address: u64) -> u64 {
    // SAFETY: the address of a value in a dict's table that is alive.
    unsafe { *(address as *const u64) }
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
