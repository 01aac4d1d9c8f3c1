//! `--jit-report`: a page in one file that shows where a program's time went, and what the JIT made of it: source, bytecode,
//! intermediate representation, the code generator's input and machine code side by side.

mod code;
mod data;
mod machine;
mod page;
mod sources;
mod tally;

use std::time::Instant;

use brolga_runtime::Vm;
use brolga_runtime::state::sampler::Sampler;

use crate::explain::{PERIOD, cpu_seconds, gather, render};

/// What `--jit-report` is told.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReportOptions {
    pub to: String,
}

/// A report that is being made while the program runs.
pub struct Reporter {
    options: ReportOptions,
    sampler: Result<Sampler, String>,
    started: Instant,
    cpu: f64,
    process: u32,
}

impl Reporter {
    /// Begins, before the program.
    pub fn start(vm: &Vm, options: ReportOptions) -> Reporter {
        let mut addresses = None;
        if vm.compiler.is_set() {
            vm.compiler.inspect().record();
            addresses = vm.compiler.inspect().addresses();
        }
        let sampler = Sampler::start(vm, PERIOD, addresses.unwrap_or(0..0), false).map_err(|e| e.to_string());
        Reporter { options, sampler, started: Instant::now(), cpu: cpu_seconds(), process: std::process::id() }
    }

    /// The program has ended, and what it made is still there: makes the page. `None` in a process that was forked off.
    pub fn gather(self, vm: &Vm) -> Option<Page> {
        if self.process != std::process::id() {
            return None;
        }
        let seconds = (self.started.elapsed().as_secs_f64(), cpu_seconds() - self.cpu);
        let samples = self.sampler.map(Sampler::stop);
        let report = gather::gather(vm, samples.as_ref().map_err(Clone::clone), seconds);
        let recording = match vm.compiler.is_set() {
            true => vm.compiler.inspect().recording().unwrap_or_default(),
            false => Default::default(),
        };
        let tally = tally::tally(vm, samples.as_ref().ok(), &recording);
        let data = data::data(vm, render::json(&report, &[]), seconds.0, &recording, &tally);
        Some(Page { to: self.options.to, html: page::page(&report.program, &data) })
    }
}

/// The page that was made.
pub struct Page {
    to: String,
    html: String,
}

impl Page {
    /// Writes the file, and gives the exit status: the program's own.
    pub fn write(&self, status: i32) -> i32 {
        match std::fs::write(&self.to, &self.html) {
            Ok(()) => {
                eprintln!("brolga: --jit-report: open {} in a browser", self.to);
                status
            }
            Err(e) => {
                eprintln!("brolga: --jit-report: {}: {e}", self.to);
                if status == 0 { 1 } else { status }
            }
        }
    }
}
