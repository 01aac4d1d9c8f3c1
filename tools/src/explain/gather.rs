//! What there is to say: samples and the JIT's own counts, brought together by function.

use std::collections::HashMap;

use brolga_runtime::interp::inspect::{Stats, UnitKind, UnitReport, UnitState};
use brolga_runtime::interp::seen::types_at;
use brolga_runtime::object::Ref;
use brolga_runtime::state::sampler::{Samples, Tally};
use brolga_runtime::types::code::PyCode;
use brolga_runtime::{Value, Vm};
use brolga_stdlib::brolga::advice::{self, Advice};

/// Functions with less of the time are not named.
const LEAST_SHARE: f64 = 0.01;
/// Nor are those with less time than this (seconds): one sample says little.
const LEAST_SECONDS: f64 = 0.006;
/// All that is said.
#[derive(Debug, Default)]
pub struct Report {
    pub program: String,
    pub mode: &'static str,
    /// Of the wall clock, and of all the process's processors.
    pub seconds: f64,
    pub cpu_seconds: f64,
    /// Of a run in the interpreter, where one was made to compare with.
    pub interpreter_seconds: Option<f64>,
    /// Why there are no samples.
    pub no_samples: Option<String>,
    pub period_seconds: f64,
    pub samples: u64,
    pub dropped: u64,
    pub total: Tally,
    pub stats: Stats,
    pub functions: Vec<Function>,
    pub exits: Vec<Exit>,
    /// Names of units that were compiled again and again.
    pub unstable: Vec<String>,
}

/// A function that took time.
#[derive(Clone, Debug)]
pub struct Function {
    pub name: String,
    pub file: String,
    pub line: u32,
    pub tally: Tally,
    /// `compiled`, `loops`, `inlined` or `interpreted`.
    pub state: &'static str,
    /// Why a part of it was interpreted; empty where that part is small.
    pub reasons: Vec<Advice>,
}

/// A place where compiled code was left.
#[derive(Clone, Debug)]
pub struct Exit {
    pub function: String,
    pub file: String,
    pub line: u32,
    pub source: Option<String>,
    pub count: u64,
    pub reason: &'static str,
    pub sentence: &'static str,
    /// A guess that failed, not how the code ends.
    pub is_failure: bool,
    pub types: Vec<String>,
    pub advice: Advice,
}

impl Report {
    pub fn share(&self, samples: u64) -> f64 {
        if self.total.all() == 0 { 0.0 } else { samples as f64 / self.total.all() as f64 }
    }
}

/// The code object at an address that a sample has, if it is still one.
pub(crate) fn code_at(vm: &Vm, address: usize) -> Option<Ref<PyCode>> {
    let cell = vm.heap.is_cell(address as u64).filter(|c| c.as_ptr() as usize == address)?;
    // SAFETY: a cell of the heap begins there.
    unsafe { Value::from_bits(cell.as_ptr() as u64) }.downcast()
}

pub fn gather(vm: &Vm, samples: Result<&Samples, String>, (seconds, cpu_seconds): (f64, f64)) -> Report {
    let mut report = Report {
        program: vm.config.argv.first().cloned().unwrap_or_default(),
        mode: match vm.config.jit {
            brolga_runtime::state::config::JitMode::Off => "off",
            brolga_runtime::state::config::JitMode::On => "on",
            brolga_runtime::state::config::JitMode::Eager => "eager",
            brolga_runtime::state::config::JitMode::NoFast => "nofast",
        },
        seconds,
        cpu_seconds,
        ..Report::default()
    };
    let units = if vm.compiler.is_set() { vm.compiler.inspect().units() } else { Vec::new() };
    if vm.compiler.is_set() {
        report.stats = vm.compiler.inspect().stats();
    }
    match samples {
        Ok(samples) => functions(vm, &mut report, samples, &units),
        Err(why) => report.no_samples = Some(why),
    }
    exits(vm, &mut report, &units);
    report.unstable = units
        .iter()
        .filter(|u| u.state == UnitState::Refused("too many guesses failed"))
        .map(|u| format!("{} of {}", advice::unit_name(u), advice::name_of(u.code)))
        .collect();
    report
}

fn functions(vm: &Vm, report: &mut Report, samples: &Samples, units: &[UnitReport]) {
    report.period_seconds = samples.period as f64 / 1e9;
    report.samples = samples.all.len() as u64;
    report.dropped = samples.dropped as u64;
    let mut all: Vec<(Option<Ref<PyCode>>, Tally)> =
        samples.by_function().into_iter().map(|(address, tally)| (code_at(vm, address), tally)).collect();
    for (_, tally) in &all {
        report.total.interpreted += tally.interpreted;
        report.total.compiled += tally.compiled;
        report.total.collecting += tally.collecting;
    }
    all.sort_by_key(|(code, tally)| (std::cmp::Reverse(tally.all()), code.map(|c| c.addr())));
    for (code, tally) in all {
        let seconds = tally.all() as f64 * report.period_seconds;
        if report.share(tally.all()) < LEAST_SHARE || seconds < LEAST_SECONDS {
            break;
        }
        let Some(code) = code else {
            let (name, file) = ("(start, end, and code that is gone)".to_owned(), String::new());
            let why =
                "no Python function was running, or one whose code is gone now: imports, the end, code made by exec";
            let reasons = vec![Advice { name: "gone", why: why.to_owned(), change: None }];
            report.functions.push(Function { name, file, line: 0, tally, state: "interpreted", reasons });
            continue;
        };
        let own = || units.iter().filter(|u| u.code == code && u.state == UnitState::Compiled);
        let state = if own().any(|u| u.kind != UnitKind::Loop) {
            "compiled"
        } else if own().next().is_some() {
            "loops"
        } else if tally.compiled > tally.interpreted {
            "inlined"
        } else {
            "interpreted"
        };
        // A percent of all in the interpreter asks for a reason, and so does having no code.
        let interpreted = report.share(tally.interpreted) >= LEAST_SHARE || state == "interpreted";
        let reasons = if interpreted { advice::of_interpreted(vm, code, units) } else { Vec::new() };
        report.functions.push(Function {
            name: advice::name_of(code),
            file: advice::file_of(code),
            line: code.data().firstlineno.max(0) as u32,
            tally,
            state,
            reasons,
        });
    }
}

fn exits(vm: &Vm, report: &mut Report, units: &[UnitReport]) {
    // What the versions of a unit, and units it is inlined into, have in common is one place.
    let mut places: HashMap<(usize, u32, &'static str), (u64, &brolga_runtime::interp::inspect::ExitReport)> =
        HashMap::new();
    for exit in units.iter().flat_map(|u| &u.exits) {
        if matches!(exit.reason, "loop_end" | "return") {
            continue;
        }
        places.entry((exit.code.addr(), exit.at, exit.reason)).or_insert((0, exit)).0 += u64::from(exit.count);
    }
    let mut all: Vec<_> = places.into_iter().collect();
    all.sort_by_key(|((_, at, reason), (count, exit))| {
        (std::cmp::Reverse(*count), advice::name_of(exit.code), *at, *reason)
    });
    for (_, (count, exit)) in all {
        let (file, line) = (advice::file_of(exit.code), advice::line_of(exit.code, exit.at));
        report.exits.push(Exit {
            function: advice::name_of(exit.code),
            source: source_line(vm, &file, line),
            file,
            line,
            count,
            reason: exit.reason,
            sentence: exit.sentence,
            is_failure: !exit.is_expected,
            types: types_at(vm, exit.code, exit.at),
            advice: advice::of_exit(vm, exit),
        });
    }
}

fn source_line(vm: &Vm, file: &str, line: u32) -> Option<String> {
    let number = (line as usize).checked_sub(1)?;
    match std::fs::read_to_string(file) {
        Ok(text) => text.lines().nth(number).map(|l| l.trim().to_owned()),
        Err(_) => vm.source_hook.get()?(vm, file, line as usize).map(|l| l.trim().to_owned()),
    }
}
