//! `--jit-explain`: runs the program, and then says what share of the work ran compiled, what was hot, why what is not
//! compiled is not, and where compiled code was left.

mod findings;
pub(crate) mod gather;
pub(crate) mod render;

use std::time::Instant;

use brolga_runtime::Vm;
use brolga_runtime::state::sampler::Sampler;

pub use findings::Finding;
use gather::Report;

/// One sample each millisecond of processor time.
pub(crate) const PERIOD: i64 = 1_000_000;
/// The exit status where `--fail-on` has found something.
pub const FOUND: i32 = 3;

/// What `--jit-explain` is told.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ExplainOptions {
    /// `--jit-explain=FILE`; stderr otherwise.
    pub to: Option<String>,
    pub json: bool,
    pub fail_on: Vec<Finding>,
}

/// An explanation that is being made while the program runs.
pub struct Explainer {
    options: ExplainOptions,
    sampler: Result<Sampler, String>,
    started: Instant,
    cpu: f64,
    process: u32,
}

/// Processor time of this process, in seconds.
pub(crate) fn cpu_seconds() -> f64 {
    let mut t = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: room for a time.
    unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &raw mut t) };
    t.tv_sec as f64 + t.tv_nsec as f64 / 1e9
}

impl Explainer {
    /// Begins, before the program.
    pub fn start(vm: &Vm, options: ExplainOptions) -> Explainer {
        let addresses = if vm.compiler.is_set() { vm.compiler.inspect().addresses() } else { None };
        let sampler = Sampler::start(vm, PERIOD, addresses.unwrap_or(0..0), false).map_err(|e| e.to_string());
        Explainer { options, sampler, started: Instant::now(), cpu: cpu_seconds(), process: std::process::id() }
    }

    /// The program has ended, and what it made is still there: takes down what is to be said. `None` in a process that was
    /// forked off, whose end is nobody's business.
    pub fn gather(self, vm: &Vm) -> Option<Explanation> {
        if self.process != std::process::id() {
            return None;
        }
        let seconds = (self.started.elapsed().as_secs_f64(), cpu_seconds() - self.cpu);
        let samples = self.sampler.map(Sampler::stop);
        let report = gather::gather(vm, samples.as_ref().map_err(Clone::clone), seconds);
        Some(Explanation { options: self.options, report })
    }
}

/// What is said at the end.
pub struct Explanation {
    options: ExplainOptions,
    report: Report,
}

impl Explanation {
    /// Says it, and gives the exit status: the program's own, or [`FOUND`]. `again` are the arguments for a run in the
    /// interpreter, to compare with.
    pub fn say(mut self, status: i32, again: &[String]) -> i32 {
        if self.options.fail_on.contains(&Finding::Slower) {
            self.report.interpreter_seconds = findings::interpreter_seconds(again);
        }
        let found: Vec<(Finding, String)> =
            self.options.fail_on.iter().filter_map(|f| Some((*f, f.of(&self.report)?))).collect();
        let text = match self.options.json {
            true => format!("{}\n", render::json(&self.report, &found)),
            false => render::text(&self.report, &found),
        };
        match &self.options.to {
            None => eprint!("{text}"),
            Some(path) => {
                if let Err(e) = std::fs::write(path, text) {
                    eprintln!("brolga: --jit-explain: {path}: {e}");
                    return if status == 0 { 1 } else { status };
                }
            }
        }
        if status == 0 && !found.is_empty() { FOUND } else { status }
    }
}
