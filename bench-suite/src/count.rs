//! `bench-suite count`: instructions under valgrind's callgrind, against the baseline in the repository. Counts hardly vary where times
//! do, so that two percent more is a finding.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use brolga_tools::child::{Ended, Run};
use brolga_tools::count::simulated;
use indicatif::ProgressBar;

use crate::{programs, pythons};

/// What it is told.
#[derive(Clone, Debug)]
pub struct Options {
    pub only: Vec<String>,
    pub save: bool,
    /// Of all only [`SAMPLE`].
    pub sample: bool,
    /// How many are counted at a time: what else the machine does is nothing to them.
    pub jobs: usize,
    /// Percent.
    pub threshold: f64,
}

impl Default for Options {
    fn default() -> Options {
        let jobs = std::thread::available_parallelism().map_or(1, |n| n.get());
        Options { only: Vec::new(), save: false, sample: false, jobs, threshold: 2.0 }
    }
}

/// The exit status where something takes more than it may.
const ABOVE: i32 = 3;
/// Turns of a program: enough for the hot parts to be compiled.
const TURNS: &str = "6";
const LIMIT: Duration = Duration::from_secs(900);

/// What CI counts: something of each kind.
const SAMPLE: &[&str] = &[
    "start-up",
    "import",
    "compile",
    "nbody off",
    "nbody on",
    "queens on",
    "raytrace on",
    "json_parser off",
    "json_parser on",
    "word_count on",
    "pipeline on",
    "machine on",
    "bigint_pi on",
];

/// What is counted: a name, and arguments.
fn subjects(folder: &Path) -> Result<Vec<(String, Vec<String>)>, String> {
    let words = |words: &[&str]| words.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>();
    let mut all = vec![
        ("start-up".to_owned(), words(&["-X", "jit=on", "-X", "jit-wait", "-c", "pass"])),
        (
            "import".to_owned(),
            words(&[
                "-X",
                "jit=on",
                "-X",
                "jit-wait",
                "-c",
                "import argparse, asyncio, dataclasses, decimal, json, re",
            ]),
        ),
        (
            "compile".to_owned(),
            words(&[
                "-X",
                "jit=off",
                "-c",
                "import inspect, argparse; s = inspect.getsource(argparse); compile(s, 's', 'exec')",
            ]),
        ),
    ];
    let once = folder.join("python/once.py").display().to_string();
    for program in programs::ours()? {
        for engine in ["off", "on"] {
            let mode = format!("jit={engine}");
            let path = program.path.display().to_string();
            all.push((
                format!("{} {engine}", program.name),
                words(&["-X", &mode, "-X", "jit-wait", &once, &path, TURNS]),
            ));
        }
    }
    Ok(all)
}

fn read(path: &Path) -> BTreeMap<String, u64> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let line = |line: &str| {
        let (name, count) = line.rsplit_once(' ')?;
        Some((name.to_owned(), count.parse().ok()?))
    };
    text.lines().filter(|l| !l.starts_with('#')).filter_map(line).collect()
}

/// Before the name of the processor that a baseline was counted on.
const COUNTED_ON: &str = "# Counted on: ";

/// This machine's processor. The C library has other routines for others, so counts differ.
fn processor() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    name.map_or_else(|| std::env::consts::ARCH.to_owned(), |(_, name)| name.trim().to_owned())
}

/// The processor of a baseline.
fn counted_on(path: &Path) -> Option<String> {
    let text = std::fs::read_to_string(path).ok()?;
    text.lines().find_map(|line| line.strip_prefix(COUNTED_ON)).map(str::to_owned)
}

fn save(path: &Path, counts: &BTreeMap<String, u64>) -> Result<(), String> {
    let mut text =
        "# Instructions (valgrind's callgrind): what, engine, count. `bench-suite count --save` writes it.\n"
            .to_owned();
    let _ = writeln!(text, "{COUNTED_ON}{}", processor());
    for (name, count) in counts {
        let _ = writeln!(text, "{name} {count}");
    }
    if let Some(folder) = path.parent() {
        let _ = std::fs::create_dir_all(folder);
    }
    std::fs::write(path, text).map_err(|e| format!("{}: {e}", path.display()))
}

/// One subject's instructions, and what it wrote.
fn counted(brolga: &Path, name: &str, arguments: &[String]) -> Result<(u64, Vec<u8>), String> {
    let run = Run {
        program: brolga,
        arguments: arguments.to_vec(),
        environment: vec![
            ("PYTHONHASHSEED".to_owned(), "0".to_owned()),
            ("PYTHONDONTWRITEBYTECODE".to_owned(), "1".to_owned()),
        ],
        folder: None,
        stdin: b"",
        timeout: LIMIT,
    };
    let (outcome, count) = simulated(&run)?;
    if outcome.status != Ended::Status(0) {
        return Err(format!("{name}: {}\n{}", outcome.status, String::from_utf8_lossy(&outcome.stderr)));
    }
    Ok((count, outcome.stdout))
}

/// The program that a subject runs, or the subject.
fn program_of(name: &str) -> &str {
    name.split(' ').next().unwrap_or(name)
}

/// What has been found out, by several threads.
struct Findings {
    counts: BTreeMap<String, u64>,
    /// What each program wrote in the first of its engines.
    written: BTreeMap<String, Vec<u8>>,
    above: usize,
    wrong: Option<String>,
}

pub fn main(options: &Options) -> Result<i32, String> {
    let folder = programs::folder()?;
    let brolga = pythons::brolga().ok_or("there is no brolga: build it first")?;
    let path = folder.join(format!("baselines/{}.txt", std::env::consts::ARCH));
    let before = read(&path);
    let mut subjects = subjects(&folder)?;
    if options.sample {
        subjects.retain(|(name, _)| SAMPLE.contains(&name.as_str()));
    }
    if !options.only.is_empty() {
        subjects.retain(|(name, _)| options.only.iter().any(|o| name == o || program_of(name) == o));
    }
    let bar = ProgressBar::new(subjects.len() as u64);
    let findings = Findings { counts: before.clone(), written: BTreeMap::new(), above: 0, wrong: None };
    let (findings, next) = (Mutex::new(findings), AtomicUsize::new(0));
    let work = || {
        while let Some((name, arguments)) = subjects.get(next.fetch_add(1, Ordering::Relaxed)) {
            let counted = counted(&brolga, name, arguments);
            let mut findings = findings.lock().unwrap_or_else(PoisonError::into_inner);
            let (count, written) = match counted {
                Ok(counted) => counted,
                Err(why) => return findings.wrong = Some(why),
            };
            // Both engines of a program must have written the same.
            let first = findings.written.entry(program_of(name).to_owned()).or_insert_with(|| written.clone());
            if *first != written {
                return findings.wrong = Some(format!("{name}: it does not give the same with and without the JIT"));
            }
            let change = before.get(name).map(|b| (count as f64 / *b as f64 - 1.0) * 100.0);
            let is_above = change.is_some_and(|c| c > options.threshold);
            findings.above += usize::from(is_above);
            let change = change.map_or_else(|| "new".to_owned(), |c| format!("{c:+.3} %"));
            bar.suspend(|| println!("{name:24}{count:>16}{change:>12}{}", if is_above { "  <-- more" } else { "" }));
            bar.inc(1);
            findings.counts.insert(name.clone(), count);
            // It takes long: what is counted is kept.
            if options.save
                && let Err(why) = save(&path, &findings.counts)
            {
                return findings.wrong = Some(why);
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..options.jobs {
            scope.spawn(work);
        }
    });
    bar.finish_and_clear();
    let findings = findings.into_inner().unwrap_or_else(PoisonError::into_inner);
    if let Some(why) = findings.wrong {
        return Err(why);
    }
    if options.save {
        return Ok(0);
    }
    if findings.above > 0 {
        println!("{} take more than {} % above the baseline.", findings.above, options.threshold);
        let of = counted_on(&path).unwrap_or_default();
        if of != processor() {
            println!("It is another processor's ({of}), for which the C library has other routines: no failure.");
            return Ok(0);
        }
        return Ok(ABOVE);
    }
    Ok(0)
}
