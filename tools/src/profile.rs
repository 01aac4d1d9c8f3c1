//! `--profile`: a sampling profiler of the main thread that tells the interpreter, compiled code and the collector apart. Its
//! file opens in the Firefox Profiler; collapsed stacks are for flame graphs.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::io::Write as _;
use std::time::SystemTime;

use brolga_runtime::Vm;
use brolga_runtime::state::sampler::{Sample, Sampler, Samples};
use brolga_stdlib::brolga::advice;
use fxprof_processed_profile::{
    CategoryColor, CategoryHandle, CpuDelta, Frame, FrameFlags, FrameInfo, Profile, SamplingInterval, Timestamp,
};

use crate::explain::PERIOD;
use crate::explain::gather::code_at;

/// What `--profile` is told.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProfileOptions {
    pub to: String,
}

/// A profile that is being taken.
pub struct Profiler {
    options: ProfileOptions,
    sampler: Result<Sampler, String>,
    started: SystemTime,
    process: u32,
}

impl Profiler {
    /// Begins, before the program.
    pub fn start(vm: &Vm, options: ProfileOptions) -> Profiler {
        let addresses = if vm.compiler.is_set() { vm.compiler.inspect().addresses() } else { None };
        let sampler = Sampler::start(vm, PERIOD, addresses.unwrap_or(0..0), true).map_err(|e| e.to_string());
        Profiler { options, sampler, started: SystemTime::now(), process: std::process::id() }
    }

    /// The program has ended, and what it made is still there: takes names down. `None` in a process that was forked off.
    pub fn gather(self, vm: &Vm) -> Option<Taken> {
        if self.process != std::process::id() {
            return None;
        }
        let samples = self.sampler.map(Sampler::stop);
        let mut names = HashMap::new();
        for address in samples.iter().flat_map(|s| &s.frames) {
            names.entry(*address).or_insert_with(|| match code_at(vm, *address) {
                Some(code) => {
                    let (file, line) = (advice::file_of(code), code.data().firstlineno.max(0));
                    format!("{} ({file}:{line})", advice::name_of(code))
                }
                None => "(gone)".to_owned(),
            });
        }
        let mut lines = HashMap::new();
        for sample in samples.iter().flat_map(|s| &s.all).filter(|s| s.compiled == 0 && s.code != 0) {
            lines.entry((sample.code, sample.instr)).or_insert_with(|| {
                let code = code_at(vm, sample.code)?;
                let at = sample.instr.checked_sub(code.instructions().addr())?;
                let line =
                    code.line_of(i32::try_from(at).ok().filter(|at| (*at as usize) < code.data().code.len())?)?;
                Some(format!("{}:{line}", advice::file_of(code)))
            });
        }
        let program = vm.config.argv.first().cloned().unwrap_or_default();
        Some(Taken { options: self.options, samples, names, lines, program, started: self.started })
    }
}

/// A profile that was taken.
pub struct Taken {
    options: ProfileOptions,
    samples: Result<Samples, String>,
    /// By code objects' addresses.
    names: HashMap<usize, String>,
    /// Where the interpreter was, by code object and instruction.
    lines: HashMap<(usize, usize), Option<String>>,
    program: String,
    started: SystemTime,
}

/// Who ran.
fn engine(sample: &Sample) -> &'static str {
    match (sample.collecting, sample.compiled) {
        (true, _) => "Collector",
        (false, 0) => "Interpreter",
        (false, _) => "Compiled code",
    }
}

impl Taken {
    /// Writes the file, and gives the exit status: the program's own.
    pub fn write(&self, status: i32) -> i32 {
        let samples = match &self.samples {
            Ok(samples) => samples,
            Err(why) => {
                eprintln!("brolga: --profile: no samples could be taken: {why}");
                return if status == 0 { 1 } else { status };
            }
        };
        let path = &self.options.to;
        let written = match path.ends_with(".txt") {
            true => std::fs::write(path, self.collapsed(samples)),
            false => self.firefox(samples, path),
        };
        match written {
            Ok(()) => {
                eprintln!("brolga: --profile: {} samples are in {path}", samples.all.len());
                status
            }
            Err(e) => {
                eprintln!("brolga: --profile: {path}: {e}");
                if status == 0 { 1 } else { status }
            }
        }
    }

    /// The code objects of a sample's stack, the innermost first.
    fn stack<'a>(&self, samples: &'a Samples, sample: &Sample) -> &'a [usize] {
        let start = sample.stack as usize;
        samples.frames.get(start..start + sample.depth as usize).unwrap_or(&[])
    }

    fn name(&self, address: usize) -> &str {
        self.names.get(&address).map_or("(gone)", String::as_str)
    }

    /// The line that the innermost function was at, where the interpreter ran it.
    fn line(&self, sample: &Sample) -> Option<&str> {
        self.lines.get(&(sample.code, sample.instr)).filter(|_| sample.compiled == 0)?.as_deref()
    }

    /// A line for each stack: `outer;inner;FILE:LINE;[engine] COUNT`.
    fn collapsed(&self, samples: &Samples) -> String {
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        for sample in &samples.all {
            let stack = self.stack(samples, sample).iter().rev().map(|a| self.name(*a).replace(';', ":"));
            let line = self.line(sample).map(|line| line.replace(';', ":"));
            let parts: Vec<String> = stack.chain(line).chain([format!("[{}]", engine(sample))]).collect();
            *counts.entry(parts.join(";")).or_default() += u64::from(sample.weight);
        }
        let mut text = String::new();
        for (stack, count) in counts {
            let _ = writeln!(text, "{stack} {count}");
        }
        text
    }

    fn firefox(&self, samples: &Samples, path: &str) -> std::io::Result<()> {
        let interval = SamplingInterval::from_nanos(samples.period.unsigned_abs());
        let mut profile = Profile::new(&self.program, self.started.into(), interval);
        let start = Timestamp::from_nanos_since_reference(0);
        let process = profile.add_process(&self.program, std::process::id(), start);
        let thread = profile.add_thread(process, std::process::id(), start, true);
        let categories: HashMap<&str, CategoryHandle> = [
            ("Interpreter", CategoryColor::Yellow),
            ("Compiled code", CategoryColor::Green),
            ("Collector", CategoryColor::Orange),
        ]
        .into_iter()
        .map(|(name, color)| (name, profile.add_category(name, color)))
        .collect();
        for sample in &samples.all {
            let engine = engine(sample);
            let category = categories.get(engine).copied().unwrap_or(CategoryHandle::OTHER);
            let mut frames = Vec::new();
            let stack = self.stack(samples, sample).iter().rev().map(|a| self.name(*a));
            let names = stack.chain(self.line(sample)).chain([engine]);
            for name in names {
                let frame = Frame::Label(profile.intern_string(name));
                frames.push(FrameInfo { frame, category_pair: category.into(), flags: FrameFlags::empty() });
            }
            let stack = profile.intern_stack_frames(thread, frames.into_iter());
            let spent = CpuDelta::from_nanos(u64::from(sample.weight) * samples.period.unsigned_abs());
            let weight = i32::try_from(sample.weight).unwrap_or(i32::MAX);
            let at = Timestamp::from_nanos_since_reference(sample.time);
            profile.add_sample(thread, at, stack, spent, weight);
        }
        let mut file = std::io::BufWriter::new(std::fs::File::create(path)?);
        serde_json::to_writer(&mut file, &profile)?;
        file.flush()
    }
}
