//! What is compiled, when, and when no longer.
//!
//! A compilation is prepared where the program runs (translation reads the heap), done on a thread of its own, and put
//! in place when the program next asks for code; in the modes that are for tests it is done at once.

mod inspect;
mod job;
mod place;
mod record;
mod report;
mod site;
mod values;

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use brolga_bytecode::constants::flags;
use brolga_bytecode::opcode::Opcode;
use brolga_runtime::frame::{Frame, OnReturn};
use brolga_runtime::interp::feedback::{Feedback, Kind};
use brolga_runtime::interp::inspect::{Event, Inspect, Watch};
use brolga_runtime::interp::native::{Compiler, Entry, Template, run_interpreted};
use brolga_runtime::object::Ref;
use brolga_runtime::state::Vm;
use brolga_runtime::state::config::JitMode;
use brolga_runtime::types::code::PyCode;
use brolga_runtime::types::list::PyList;
use brolga_runtime::value::Value;
use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

use self::job::{Backend, Done, Job, Show, Worker};
use self::place::Place;
use self::record::Recorder;
use self::site::{Exits, MANY_FAILURES, Site};
use self::values::{Values, snapshot};
use crate::clock;
use crate::code::CodeMemory;
use crate::dumps::Dumps;
use crate::gdb::Gdb;
use crate::ir::{Reason, Returns, TemplateKey, Unit};
use crate::limits::Limits;
use crate::log::{Line, Log};
use crate::lower::{Addresses, Code, Dump, Exit};
use crate::opt::Options;
use crate::options::JitOptions;
use crate::perf_map::PerfMap;
use crate::stress::Stress;
use crate::translate::region;
use crate::translate::source::Source;
use crate::translate::{translate_function, translate_generator, translate_loop};

/// Turns of a loop before it is compiled.
const LOOP_THRESHOLD: u32 = 1000;
/// Calls of a function before it is compiled. (Of 200, 500 and 1,000, over 22 programs of pyperformance on a busy machine, the
/// best of three: in the first second 4.00, 4.09 and 4.16 times CPython's speed, and 10.1, 10.0 and 9.4 later. An import of
/// the library alone calls some ten functions 200 times.)
const CALL_THRESHOLD: u32 = 500;
/// Compilation takes no more than this and one part in so many of the process's time; what comes too early waits for its
/// next turns. That holds for the thread, too: with much more, programs whose guesses fail in their first second compile
/// versions that do not last. (Processor time: on a busy machine a program is not to get less code.)
const FREE_TIME: Duration = Duration::from_millis(100);
const TIME_SHARE: u32 = 3;
/// A function that was called so often before one of its loops got hot is compiled as a whole, and not the loop first: its next
/// calls come soon. (A loop that a call goes on in is compiled when it gets hot again.)
const OFTEN_CALLED: u32 = 10;
/// Each time so many versions have been made, the next have to be as hot once more. (Of 16, 24, 64 and never, over 17 programs of
/// pyperformance: 24 was best in the first second, by a tenth, and not worse later. docutils, with 640 places of 200 calls,
/// spent a quarter of its time compiling.)
const RISE: usize = 24;
/// So many compilations wait for the thread at most: what waits is made from what was known when it was asked for.
const MAX_WAITING: usize = 4;
/// Units of so few operations are compiled at once, which takes a few milliseconds.
const SMALL_UNIT: usize = 300;
/// A function whose code has so many bytes is called from then on, and not made anew in each of its callers. (Of 5,000, 8,000,
/// 12,000 and without end, raytrace took 2.20, 2.19, 2.18 and 2.55 G instructions for CPython's first second, and 0.31, 0.28,
/// 0.31 and 0.33 for each turn later; deltablue made no difference.)
const LARGE_CODE: usize = 8_000;
/// A place whose code is being made asks again after one in so many of its turns or calls.
const ASK_AGAIN: u32 = 8;
/// Loops and functions of more instructions stay interpreted.
const MAX_INSTRUCTIONS: usize = 4000;
/// An exit that is taken so often asks for another compilation, without the guess that failed.
const MAX_FAILURES: u32 = 50;
/// An exit that was taken so often is looked at when another has asked for a compilation.
const FEW_FAILURES: u32 = 5;
/// Compilations of one loop or function.
const MAX_VERSIONS: u32 = 12;
/// An exit's number is its compilation's times this and its own there.
const EXITS_OF_ONE: u64 = 1 << 16;

/// Where code is made.
enum Machine {
    /// Nothing was hot yet: most programs end before.
    Unmade,
    /// Here, at once.
    Here(Box<Backend>),
    /// On a thread of its own, but small units at once.
    Behind(Worker, Box<Backend>),
    /// The code generator does not know this machine.
    Nowhere,
}

/// Whether a place that asked for code has it.
enum Have {
    Code(Entry),
    /// Not yet; it asks again after one in so many of its turns or calls.
    Later(u32),
    Never,
}

/// The just-in-time compiler of one interpreter.
pub struct Jit {
    machine: RefCell<Machine>,
    memory: OnceCell<Option<CodeMemory>>,
    sites: RefCell<Vec<Site>>,
    /// How many versions have failed at an instruction (code object's address, code unit).
    failures: RefCell<HashMap<(u64, u32), u32>>,
    /// Functions (code objects' addresses) whose inlined frames have often been seen, or left by exceptions, or that are large.
    called: RefCell<HashSet<u64>>,
    /// How often each place was asked for.
    asked_for: RefCell<HashMap<(usize, u32), usize>>,
    /// By the number of the compilation: its exits, none while it is not done.
    exits: RefCell<Vec<Exits>>,
    /// How many compilations the thread has been given and not done.
    waiting: Cell<usize>,
    /// What the frames of inlined functions are made from; compiled code has their addresses.
    templates: RefCell<HashMap<TemplateKey, Box<Template>>>,
    /// What is kept alive because units refer to it.
    rooted: RefCell<HashSet<u64>>,
    /// Every operation is a call to its `ops` function.
    no_fast_paths: bool,
    /// Compilations are not put off.
    is_eager: bool,
    dumps: Dumps,
    /// The program waits for its code.
    waits: bool,
    /// Guards that fail though their condition holds.
    stress: Option<Rc<Stress>>,
    log: Option<Log>,
    perf: Option<PerfMap>,
    gdb: Option<Gdb>,
    /// For the log: how often each operation was lowered.
    lowered: RefCell<BTreeMap<(&'static str, &'static str), u64>>,
    started: Instant,
    /// What compilations have taken, of processor time.
    spent: Cell<Duration>,
    /// After which part of its calls a function asks again that has just asked in vain.
    ask_again: Cell<Option<u32>>,
    /// What is not to be compiled, or not so.
    limits: Arc<Limits>,
    /// What is asked for now is to be compiled at once.
    now: Cell<bool>,
    /// Code objects (addresses) whose compilation was put off.
    put_off: RefCell<HashSet<usize>>,
    /// Versions that were given up.
    discarded: Cell<usize>,
    /// Events that somebody wants.
    watched: Cell<Watch>,
    events: RefCell<Vec<Event>>,
    /// What it does is written down, for reports.
    recorder: OnceCell<Recorder>,
}

impl Jit {
    pub fn new(no_fast_paths: bool, is_eager: bool, options: &JitOptions) -> Jit {
        let is_eager = is_eager || options.stress.is_some() || options.thresholds.is_some();
        Jit {
            machine: RefCell::new(Machine::Unmade),
            memory: OnceCell::new(),
            sites: RefCell::default(),
            failures: RefCell::default(),
            called: RefCell::default(),
            asked_for: RefCell::default(),
            exits: RefCell::default(),
            waiting: Cell::new(0),
            templates: RefCell::default(),
            rooted: RefCell::default(),
            no_fast_paths,
            is_eager,
            dumps: options.dumps.clone(),
            waits: options.waits || is_eager,
            stress: options.stress.clone().map(|plan| Rc::new(Stress::new(plan))),
            log: options.log.as_deref().and_then(|path| Log::open(path).ok()),
            perf: options.perf.then(PerfMap::default),
            gdb: options.gdb.then(Gdb::default),
            lowered: RefCell::default(),
            started: Instant::now(),
            spent: Cell::default(),
            ask_again: Cell::new(None),
            limits: Arc::new(options.limits.clone()),
            now: Cell::new(false),
            put_off: RefCell::default(),
            discarded: Cell::new(0),
            watched: Cell::default(),
            events: RefCell::default(),
            recorder: OnceCell::new(),
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
        let mut options = JitOptions::of(&vm.config).unwrap_or_default();
        let (loops, calls) = options.thresholds.unwrap_or((loops, calls));
        options.waits |= options.dumps.is_of_units();
        vm.compiler.set(Box::new(Jit::new(no_fast_paths, vm.config.jit != JitMode::On, &options)));
        vm.loop_threshold.set(loops);
        vm.call_threshold.set(calls);
    }

    /// The code of a place that has some. (Another jump back to a loop's header has the same.)
    fn known_entry(&self, place: Place) -> Option<Entry> {
        let mut sites = self.sites.borrow_mut();
        let site = sites.iter_mut().find(|s| s.place.same(&place))?;
        let entry = site.entry?;
        site.counters.extend(place.counter());
        Some(entry)
    }

    /// Has compilation had its share of the time so far? (Where the program waits for its code, as under a count of instructions, the
    /// same is compiled each time.)
    fn is_overdrawn(&self) -> bool {
        !self.is_eager && !self.waits && self.spent.get() > FREE_TIME + clock::of_process() / TIME_SHARE
    }

    /// Has the place been asked for often enough? The more has been compiled, the hotter the next has to be: what a program
    /// with many hot places calls now and then does not earn its compilation.
    fn is_due(&self, place: Place) -> bool {
        if self.is_eager {
            return true;
        }
        let mut asked = self.asked_for.borrow_mut();
        let times = asked.entry(place.key()).or_default();
        *times += 1;
        *times > self.exits.borrow().len() / RISE
    }

    /// The code of a place, in its next version, or the way to it.
    fn code_for(&self, vm: &Vm, frame: &Frame, place: Place) -> Have {
        let _compiling = vm.compiling();
        self.take_done(vm);
        if let Some(entry) = self.known_entry(place) {
            return Have::Code(entry);
        }
        if !self.limits.allow(place.code(), place.kind(), place.at()) {
            return Have::Never;
        }
        let now = self.now.get();
        if self.waiting.get() >= MAX_WAITING && !now {
            return Have::Later(ASK_AGAIN);
        }
        if (self.is_overdrawn() || !self.is_due(place)) && !now {
            self.put_off.borrow_mut().insert(place.code().addr());
            return Have::Later(1);
        }
        let site = match self.next_version(vm, place) {
            Ok(site) => site,
            Err(have) => return have,
        };
        // A fault of the translator leaves the place to the interpreter.
        let begun = clock::of_thread();
        let prepared = catch_unwind(AssertUnwindSafe(|| self.prepare(vm, frame, site, place)));
        self.spent.set(self.spent.get() + clock::of_thread().saturating_sub(begun));
        let job = match prepared.unwrap_or(Err("the translator failed")) {
            Ok(job) => job,
            Err(why) => {
                self.refuse(vm, site, why);
                return Have::Never;
            }
        };
        let done = match &*self.machine.borrow() {
            Machine::Behind(_, backend) if now || job.unit.insts.len() <= SMALL_UNIT => Some(backend.run(job, None)),
            Machine::Here(backend) => Some(backend.run(job, self.stress.as_deref())),
            Machine::Behind(worker, _) if worker.send(job) => None,
            _ => {
                self.refuse(vm, site, "no code can be made on this machine");
                return Have::Never;
            }
        };
        match done {
            Some(done) => self.finish(vm, done),
            None => {
                if let Some(recorder) = self.recorder.get() {
                    recorder.handed_on(self.exits.borrow().len() - 1);
                }
                self.sites.borrow_mut()[site].is_waiting = true;
                self.waiting.set(self.waiting.get() + 1);
                return Have::Later(ASK_AGAIN);
            }
        }
        self.known_entry(place).map_or(Have::Never, Have::Code)
    }

    /// Begins a place's next version: the number of its site.
    fn next_version(&self, vm: &Vm, place: Place) -> Result<usize, Have> {
        let mut sites = self.sites.borrow_mut();
        let at = match sites.iter().position(|s| s.place.same(&place)) {
            Some(at) => at,
            None => {
                root(vm, place.code().value()).ok_or(Have::Never)?;
                sites.push(Site::new(place));
                sites.len() - 1
            }
        };
        let site = &mut sites[at];
        if site.is_waiting {
            return Err(Have::Later(ASK_AGAIN));
        }
        if site.versions >= MAX_VERSIONS && site.refused.is_none() {
            site.refused = Some("too many guesses failed");
        }
        if site.refused.is_some() {
            return Err(Have::Never);
        }
        site.versions += 1;
        Ok(at)
    }

    fn refuse(&self, vm: &Vm, site: usize, why: &'static str) {
        let mut sites = self.sites.borrow_mut();
        sites[site].refused = Some(why);
        let place = sites[site].place;
        self.tell(vm, Event::Refused { kind: place.kind(), code: place.code(), at: place.at(), why });
        if let Some(log) = &self.log {
            log.write(sites[site].place.describe(Line::new("refused")).number("unit", site).text("why", why));
        }
    }

    /// Makes sure that there is something that makes code; in a process that was forked off its thread is not.
    fn set_up(&self) {
        let mut machine = self.machine.borrow_mut();
        match &*machine {
            Machine::Unmade => {}
            Machine::Behind(worker, _) if !worker.is_of_this_process() => {}
            _ => return,
        }
        // What the thread of another process had to do is not done here.
        self.waiting.set(0);
        self.sites.borrow_mut().iter_mut().for_each(|site| site.is_waiting = false);
        let alone = self.waits || std::thread::available_parallelism().is_ok_and(|n| n.get() == 1);
        let worker = if alone { None } else { Backend::new().and_then(Worker::start) };
        *machine = match (worker, Backend::new()) {
            (Some(worker), Some(backend)) => Machine::Behind(worker, Box::new(backend)),
            (None, Some(backend)) => Machine::Here(Box::new(backend)),
            (_, None) => Machine::Nowhere,
        };
    }

    /// Puts into place what the thread has made.
    fn take_done(&self, vm: &Vm) {
        self.set_up();
        while self.waiting.get() > 0 {
            let done = match &*self.machine.borrow() {
                Machine::Behind(worker, _) => worker.take(),
                _ => None,
            };
            let Some(done) = done else { break };
            self.waiting.set(self.waiting.get() - 1);
            self.finish(vm, done);
        }
    }

    /// An exit was taken: what it says of the next version, if it was often enough.
    fn count(&self, vm: &Vm, number: usize, exit: usize) {
        let exits = self.exits.borrow();
        let Some(of) = exits.get(number) else { return };
        let Some((exit, count)) = of.all.get(exit) else { return };
        if self.stress.as_ref().is_some_and(|s| s.take_forced()) {
            return;
        }
        count.set(count.get() + 1);
        if let Some(recorder) = self.recorder.get() {
            recorder.left(number, exit);
        }
        self.tell_exit(vm, exit, count.get());
        if count.get() < MAX_FAILURES {
            return;
        }
        let mut sites = self.sites.borrow_mut();
        let Some(site) = sites.get_mut(of.site) else { return };
        // What is still in code that was given up says nothing of the next version.
        let is_given_up = of.version != site.versions || site.entry.is_none();
        if is_given_up || !site.learn(exit, self.failed_at(exit)) {
            return;
        }
        if matches!(exit.reason, Reason::Leave | Reason::Raise | Reason::Raised) {
            self.called.borrow_mut().insert(exit.code);
        }
        // What else has failed in this version, if less often.
        for (other, count) in &of.all {
            if count.get() >= FEW_FAILURES && !std::ptr::eq(other, exit) {
                site.learn(other, self.failed_at(other));
            }
        }
        if let Some(log) = &self.log {
            let line = site.place.describe(Line::new("discarded")).number("unit", of.site);
            log.write(line.text("reason", exit.reason.name()).text("in", &exit.function).number("at", exit.pc));
        }
        if let Some(recorder) = self.recorder.get() {
            recorder.given_up(number, exit);
        }
        // The interpreter counts anew, and learns.
        site.entry = None;
        self.discarded.set(self.discarded.get() + 1);
        match site.place {
            Place::Loop { .. } => {
                for counter in site.counters.drain(..) {
                    // SAFETY: the site's code object is alive, and the counter part of it.
                    let counter = unsafe { &*counter };
                    counter.kind.set(Kind::Empty);
                    counter.index.set(0);
                }
            }
            Place::Function { .. } | Place::Generator { .. } => site.place.forgets(vm.call_threshold.get()),
        }
    }

    /// One more version has failed at an exit's instruction: how many have.
    fn failed_at(&self, exit: &Exit) -> u32 {
        let mut failures = self.failures.borrow_mut();
        let count = failures.entry((exit.code, exit.pc)).or_default();
        if matches!(exit.reason, Reason::Guard | Reason::Overflow | Reason::Error) {
            *count += 1;
        }
        *count
    }

    /// What the heap has to do with a compilation.
    fn prepare(&self, vm: &Vm, frame: &Frame, site: usize, place: Place) -> Result<Job, &'static str> {
        let options = self.with_failures(self.sites.borrow()[site].options.clone());
        let unit = self.translate(vm, frame, place, &options)?;
        let number = self.exits.borrow().len();
        let addresses = self.addresses(vm, &unit, number)?;
        let version = self.sites.borrow()[site].versions;
        if let Some(recorder) = self.recorder.get() {
            recorder.begin(site, place.kind(), place.code(), place.at(), version);
        }
        self.exits.borrow_mut().push(Exits {
            site,
            version,
            place,
            at: 0,
            bytes: 0,
            inlined: Vec::new(),
            all: Vec::new(),
            restores: Vec::new(),
        });
        let dumps = self.dumps.of_function(&unit.frames[0].name);
        let show = Show {
            check: cfg!(debug_assertions) || dumps.check,
            ir: dumps.ir,
            dump: match () {
                () if dumps.clif && dumps.asm => Dump::ClifAndAsm,
                () if dumps.clif => Dump::Clif,
                () if dumps.asm => Dump::Asm,
                () if self.recorder.get().is_some() => Dump::Places,
                () => Dump::None,
            },
            quiet: false,
            records: self.recorder.get().is_some(),
        };
        // Generators are entered where they were suspended: each such place has a guard anyway.
        let guards_entry = self.stress.is_some() && !matches!(place, Place::Generator { .. });
        Ok(Job { number, unit, options, addresses, guards_entry, show })
    }

    /// The options of a compilation, with what is known of instructions that have failed elsewhere.
    fn with_failures(&self, mut options: Options) -> Options {
        let many = |(place, failures): (&(u64, u32), &u32)| (*failures >= MANY_FAILURES).then_some(*place);
        options.refused.extend(self.failures.borrow().iter().filter_map(many));
        options.open.extend(self.failures.borrow().keys());
        options.called.extend(self.called.borrow().iter());
        options.limits = Arc::clone(&self.limits);
        options
    }

    /// What the code of the compilation with this number refers to.
    fn addresses(&self, vm: &Vm, unit: &Unit, number: usize) -> Result<Addresses, &'static str> {
        let mut templates = self.templates.borrow_mut();
        for info in &unit.frames {
            let std::collections::hash_map::Entry::Vacant(place) = templates.entry(info.template()) else { continue };
            // SAFETY: addresses of objects that translation has met, which are rooted.
            place.insert(Box::new(unsafe {
                Template {
                    code: Ref::from_ptr(Value::from_bits(info.code).as_obj().ok_or("no code object")?.as_ptr()),
                    globals: Value::from_bits(info.globals),
                    builtins: Value::from_bits(info.builtins),
                    on_return: match info.returns {
                        Returns::Push => OnReturn::Push,
                        Returns::Init => OnReturn::Init,
                        Returns::Operator | Returns::Truth => OnReturn::Operator,
                        Returns::Discard => OnReturn::Discard,
                    },
                }
            }));
        }
        let address = |key| templates.get(&key).map(|t| (key, std::ptr::from_ref::<Template>(t) as u64));
        Ok(Addresses {
            recursion_limit: std::ptr::from_ref(&vm.recursion_limit) as u64,
            shapes: vm.shapes.address() as u64,
            first_exit: number as u64 * EXITS_OF_ONE,
            templates: unit.frames.iter().filter_map(|info| address(info.template())).collect(),
        })
    }

    fn translate(&self, vm: &Vm, frame: &Frame, place: Place, options: &Options) -> Result<Unit, &'static str> {
        let code = frame.code.get();
        let source = snapshot(vm, code, frame.globals.get(), frame.builtins.get(), self.no_fast_paths, options);
        let is_module = frame.locals.get().is_some_and(|l| l.same_bits(frame.globals.get()));
        let source = Rc::new(Source { is_module, ..source });
        let resolver = Values { vm, no_fast_paths: self.no_fast_paths, options, met: RefCell::default() };
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
        let unit = unit.ok_or("the bytecode can't be translated")?;
        for value in resolver.met.borrow().iter().copied().chain(job::constants(&unit)) {
            if self.rooted.borrow_mut().insert(value.bits()) {
                root(vm, value).ok_or("no memory")?;
            }
        }
        Ok(unit)
    }

    /// Puts a compilation's code into place.
    fn finish(&self, vm: &Vm, done: Done) {
        self.spent.set(self.spent.get() + done.took);
        let (site, place) = match self.exits.borrow().get(done.number) {
            Some(of) => (of.site, of.place),
            None => return,
        };
        self.sites.borrow_mut()[site].is_waiting = false;
        let put = done.result.and_then(|(unit, code, written)| {
            let entry = self.put(vm, done.number, &unit, code)?;
            if let (Some(recorder), Some(written)) = (self.recorder.get(), written) {
                recorder.placed(done.number, &unit, entry as usize, *written);
            }
            Ok(entry)
        });
        match put {
            Ok(entry) => {
                self.sites.borrow_mut()[site].entry = Some(entry);
                place.enters(entry);
            }
            Err(why) => {
                if let Some(recorder) = self.recorder.get() {
                    recorder.refused(done.number, why);
                }
                self.refuse(vm, site, why);
            }
        }
    }

    /// Puts code into memory, and makes its exits known.
    fn put(&self, vm: &Vm, number: usize, unit: &Unit, code: Code) -> Result<Entry, &'static str> {
        if code.exits.len() as u64 > EXITS_OF_ONE {
            return Err("it has too many exits");
        }
        let memory = self.memory.get_or_init(CodeMemory::new).as_ref().ok_or("there is no memory for code")?;
        let at = memory.put(&code.bytes).ok_or("code memory is full")?;
        let mut exits = self.exits.borrow_mut();
        let of = exits.get_mut(number).ok_or("no such compilation")?;
        if let Some(perf) = &self.perf {
            perf.add(at as usize, code.bytes.len(), &of.place.symbol());
        }
        if let Some(gdb) = &self.gdb {
            gdb.add(at as usize, code.bytes.len(), &of.place.symbol());
        }
        self.log_compiled(of, unit, code.bytes.len(), code.exits.len());
        let (kind, code_object, start) = (of.place.kind(), of.place.code(), of.place.at());
        let (version, bytes) = (of.version, code.bytes.len());
        self.tell(vm, Event::Compiled { kind, code: code_object, at: start, version, bytes });
        of.at = at as usize;
        of.bytes = bytes;
        if matches!(of.place, Place::Function { .. }) && bytes >= LARGE_CODE && !self.is_eager {
            self.called.borrow_mut().insert(code_object.addr() as u64);
        }
        of.inlined = unit.frames.iter().skip(1).map(|frame| frame.name.clone()).collect();
        of.all = code.exits.into_iter().map(|exit| (exit, Cell::new(0))).collect();
        of.restores = code.restores;
        // SAFETY: the code of a unit, made with this signature.
        Ok(unsafe { std::mem::transmute::<*const u8, Entry>(at) })
    }

    /// Is the code of the function that a hot loop is in wanted first? Then its next call asks for it.
    fn prefers_function(&self, vm: &Vm, code: Ref<PyCode>) -> bool {
        let called = vm.call_threshold.get().saturating_sub(code.calls_left.get());
        let is_wanted = !self.is_eager
            && called >= OFTEN_CALLED
            && !code.has_flag(flags::GENERATOR | flags::COROUTINE | flags::ASYNC_GENERATOR)
            && std::ptr::fn_addr_eq(code.native.get(), run_interpreted as Entry);
        if is_wanted {
            code.calls_left.set(1);
        }
        is_wanted
    }

    /// The place's code, for the interpreter's counters.
    fn asked(&self, vm: &Vm, frame: &Frame, place: Place) -> Option<Entry> {
        let (entry, ask_again) = match self.code_for(vm, frame, place) {
            Have::Code(entry) => (Some(entry), None),
            Have::Later(part) => (None, Some(part)),
            Have::Never => (None, None),
        };
        self.ask_again.set(ask_again);
        entry
    }
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
        let place = Place::Loop { code: frame.code.get().addr(), header, counter };
        let entry = match self.prefers_function(vm, frame.code.get()) {
            true => {
                self.ask_again.set(Some(1));
                None
            }
            false => self.asked(vm, frame, place),
        };
        if let Some(part) = self.ask_again.get() {
            let turns = vm.loop_threshold.get();
            counter.index.set(turns - turns / part);
        }
        entry
    }

    fn calls_to_next(&self, vm: &Vm) -> u32 {
        match self.ask_again.get() {
            Some(part) => (vm.call_threshold.get() / part).max(1),
            // It was refused.
            None => vm.call_threshold.get().saturating_mul(1000),
        }
    }

    fn hot_function(&self, vm: &Vm, frame: &Frame) -> Option<Entry> {
        let code = frame.code.get();
        if code.has_flag(flags::GENERATOR | flags::COROUTINE | flags::ASYNC_GENERATOR) {
            return None;
        }
        self.asked(vm, frame, Place::Function { code: code.addr() })
    }

    fn hot_generator(&self, vm: &Vm, frame: &Frame) -> Option<Entry> {
        self.asked(vm, frame, Place::Generator { code: frame.code.get().addr() })
    }

    unsafe fn left(&self, vm: &Vm, exit: u64) -> bool {
        let (of, exit) = ((exit / EXITS_OF_ONE) as usize, (exit % EXITS_OF_ONE) as usize);
        let complete = {
            let exits = self.exits.borrow();
            let exit = exits.get(of).and_then(|of| of.all.get(exit).map(|(exit, _)| (of, exit)));
            let restore = exit.and_then(|(of, exit)| Some((of.restores.get(exit.restore)?, exit.reason)));
            restore.is_none_or(|(restore, reason)| {
                if reason != Reason::Raised {
                    vm.meter.left.set(vm.meter.left.get() + i64::from(restore.refund));
                }
                // SAFETY: by this function's contract.
                unsafe { restore.run(vm) }
            })
        };
        self.count(vm, of, exit);
        complete
    }

    fn inspect(&self) -> &dyn Inspect {
        self
    }

    fn ended(&self, _: &Vm) {
        self.log_end();
        if self.dumps.exits {
            self.show_exits();
        }
    }
}
