//! A compilation from SSA to bytes, which needs nothing of the heap: it can be done on a thread of its own.

use std::cell::RefCell;
use std::mem::ManuallyDrop;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::Builder;
use std::time::{Duration, Instant};

use brolga_runtime::value::Value;
use cranelift_codegen::isa::TargetIsa;
use cranelift_codegen::settings::{self, Configurable};

use super::record::{Scribe, Written};
use crate::clock;
use crate::code::Pool;
use crate::ir::{self, Inst, Op, Unit};
use crate::lower::{self, Addresses, Code, Dump, Scratch};
use crate::opt::loops::has_tight_loop;
use crate::opt::{self, Options};
use crate::stress::Stress;

/// What is to be compiled.
#[derive(Debug)]
pub struct Job {
    /// Its number among all compilations.
    pub number: usize,
    pub unit: Unit,
    pub options: Options,
    pub addresses: Addresses,
    /// It gets a guard at its entry, for stress modes to make it fail.
    pub guards_entry: bool,
    pub show: Show,
}

/// What is written to stderr on the way (`-X jit-dump`).
#[derive(Copy, Clone, Debug)]
pub struct Show {
    /// What the validator finds wrong after a pass.
    pub check: bool,
    pub ir: bool,
    pub dump: Dump,
    /// The listing is not for stderr.
    pub quiet: bool,
    /// What is made is written down, for reports.
    pub records: bool,
}

/// What has become of it.
#[derive(Debug)]
pub struct Done {
    pub number: usize,
    pub result: Result<Made, &'static str>,
    pub took: Duration,
}

/// The unit as it became, its code, and what was written down.
type Made = (Unit, Code, Option<Box<Written>>);

/// Makes code.
pub struct Backend {
    /// For units with a tight loop: the code generator looks at the code as a whole, too.
    thorough: Arc<dyn TargetIsa>,
    /// For all others: what it would still find is not worth the time, for the passes over the IR have been there.
    quick: Arc<dyn TargetIsa>,
    pool: Pool,
    scratch: RefCell<Scratch>,
}

impl Backend {
    /// `None` on a machine that the code generator does not know.
    pub fn new() -> Option<Backend> {
        Some(Backend {
            thorough: isa("speed")?,
            quick: isa("none")?,
            pool: Pool::default(),
            scratch: RefCell::default(),
        })
    }

    /// A fault of the code generator is an answer, too.
    pub fn run(&self, job: Job, stress: Option<&Stress>) -> Done {
        let (number, begun) = (job.number, clock::of_thread());
        let shown = matches!(job.show.dump, Dump::Clif | Dump::Asm | Dump::ClifAndAsm) && !job.show.quiet;
        let result = catch_unwind(AssertUnwindSafe(|| self.compile(job, stress)));
        if shown && let Ok(Ok((unit, code, _))) = &result {
            eprintln!("{}\n{}", unit.frames[0].name, code.listing);
        }
        Done {
            number,
            result: result.unwrap_or(Err("the code generator failed")),
            took: clock::of_thread().saturating_sub(begun),
        }
    }

    fn compile(&self, mut job: Job, stress: Option<&Stress>) -> Result<Made, &'static str> {
        let begun = Instant::now();
        let mut scribe = job.show.records.then(Scribe::default);
        if let Some(scribe) = &mut scribe {
            scribe.pass(&job.unit, "translated");
        }
        opt::run(&mut job.unit, &job.options, |unit, pass| {
            if job.show.check
                && let Err(wrong) = ir::validate(unit)
            {
                eprintln!("{wrong:?} after {pass}\n{unit}");
            }
            if let Some(scribe) = &mut scribe {
                scribe.pass(unit, pass);
            }
        });
        if job.guards_entry {
            guard_entry(&mut job.unit);
        }
        if job.show.ir {
            eprintln!("{}\n{}", job.unit.frames[0].name, job.unit);
        }
        // After a fault it is in no known state.
        let mut scratch = self.scratch.take();
        let isa = if has_tight_loop(&job.unit) { &self.thorough } else { &self.quick };
        let code = lower::lower(&mut scratch, isa, &self.pool, &job.unit, &job.addresses, stress, job.show.dump)
            .map_err(|_| "the code generator refused the loop")?;
        self.scratch.replace(scratch);
        let written = scribe.map(|scribe| Box::new(scribe.code(&job.unit, &code, begun)));
        Ok((job.unit, code, written))
    }
}

/// This machine, with the code generator's level of optimization.
fn isa(level: &str) -> Option<Arc<dyn TargetIsa>> {
    let mut flags = settings::builder();
    for (name, value) in [
        ("opt_level", level),
        ("preserve_frame_pointers", "true"),
        // Frame pointers are enough for who looks at the stack.
        ("unwind_info", "false"),
        ("enable_verifier", if cfg!(debug_assertions) { "true" } else { "false" }),
    ] {
        flags.set(name, value).ok()?;
    }
    cranelift_native::builder().ok()?.finish(settings::Flags::new(flags)).ok()
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

/// The objects that a unit has as constants. A guard has seen that somebody else holds them, but that may change while the
/// unit still has them.
pub fn constants(unit: &Unit) -> impl Iterator<Item = Value> {
    let words = unit.insts.iter().filter(|i| matches!(i.op, Op::Const | Op::GuardIs)).map(|i| i.immediates[0]);
    // SAFETY: words of slots, of objects that are alive: translation has just read them. (The marker of an iterator's end is
    // no object's.)
    words.filter(|w| *w >= 0x100).map(|w| unsafe { Value::from_bits(w) }).filter(|v| v.as_obj().is_some())
}

/// Native stack of the thread that compiles.
const WORKER_STACK: usize = 16 << 20;

/// A thread that compiles one job after the other.
pub struct Worker {
    // Not dropped in a process that was forked off: what they share with the thread may be locked there for ever.
    jobs: ManuallyDrop<Sender<Job>>,
    done: ManuallyDrop<Receiver<Done>>,
    /// The process it is a thread of: one that was forked off has none.
    process: u32,
}

impl Worker {
    /// `None`: there can't be one.
    pub fn start(backend: Backend) -> Option<Worker> {
        let (jobs, to_do) = channel::<Job>();
        let (finished, done) = channel();
        let work = move || {
            for job in to_do {
                if finished.send(backend.run(job, None)).is_err() {
                    break;
                }
            }
        };
        let builder = Builder::new().name("brolga-jit".to_owned()).stack_size(WORKER_STACK);
        without_signals(|| builder.spawn(work).ok())?;
        let (jobs, done) = (ManuallyDrop::new(jobs), ManuallyDrop::new(done));
        Some(Worker { jobs, done, process: std::process::id() })
    }

    pub fn is_of_this_process(&self) -> bool {
        self.process == std::process::id()
    }

    /// `false`: the thread is gone.
    pub fn send(&self, job: Job) -> bool {
        self.jobs.send(job).is_ok()
    }

    /// What has been finished since it was last asked, one at a time.
    pub fn take(&self) -> Option<Done> {
        self.done.try_recv().ok()
    }
}

/// The thread ends when it has done what it is at.
impl Drop for Worker {
    fn drop(&mut self) {
        if self.is_of_this_process() {
            // SAFETY: neither is used again.
            unsafe {
                ManuallyDrop::drop(&mut self.jobs);
                ManuallyDrop::drop(&mut self.done);
            }
        }
    }
}

/// Threads started in `f` get no signals: those are for the program's threads.
fn without_signals<T>(f: impl FnOnce() -> T) -> T {
    // SAFETY: plain calls; the mask is put back as it was.
    unsafe {
        let (mut all, mut before) = (std::mem::zeroed(), std::mem::zeroed());
        libc::sigfillset(&raw mut all);
        libc::pthread_sigmask(libc::SIG_SETMASK, &raw const all, &raw mut before);
        let result = f();
        libc::pthread_sigmask(libc::SIG_SETMASK, &raw const before, std::ptr::null_mut());
        result
    }
}
