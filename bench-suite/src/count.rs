//! `bench-suite count`: instructions under valgrind's callgrind, against the baseline in the repository. Counts hardly vary where times
//! do, so that two percent more is a finding.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
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
    /// Percent.
    pub threshold: f64,
}

impl Default for Options {
    fn default() -> Options {
        Options { only: Vec::new(), save: false, threshold: 2.0 }
    }
}

/// The exit status where something takes more than it may.
const ABOVE: i32 = 3;
/// Turns of a program: enough for the hot parts to be compiled.
const TURNS: &str = "6";
const LIMIT: Duration = Duration::from_secs(900);

/// What is counted: a name, and arguments.
fn subjects(folder: &Path) -> Result<Vec<(String, Vec<String>)>, String> {
    let words = |words: &[&str]| words.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>();
    let mut all = vec![
        ("start-up".to_owned(), words(&["-X", "jit=on", "-c", "pass"])),
        (
            "import".to_owned(),
            words(&["-X", "jit=on", "-c", "import argparse, asyncio, dataclasses, decimal, json, re"]),
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

fn save(path: &Path, counts: &BTreeMap<String, u64>) -> Result<(), String> {
    let mut text =
        "# Instructions (valgrind's callgrind): what, engine, count. `bench-suite count --save` writes it.\n"
            .to_owned();
    for (name, count) in counts {
        let _ = writeln!(text, "{name} {count}");
    }
    if let Some(folder) = path.parent() {
        let _ = std::fs::create_dir_all(folder);
    }
    std::fs::write(path, text).map_err(|e| format!("{}: {e}", path.display()))
}

pub fn main(options: &Options) -> Result<i32, String> {
    let folder = programs::folder()?;
    let brolga = pythons::brolga().ok_or("there is no brolga: build it first")?;
    let path = folder.join(format!("baselines/{}.txt", std::env::consts::ARCH));
    let before = read(&path);
    let mut subjects = subjects(&folder)?;
    if !options.only.is_empty() {
        subjects.retain(|(name, _)| options.only.iter().any(|o| name == o || name.split(' ').next() == Some(o)));
    }
    let bar = ProgressBar::new(subjects.len() as u64);
    let (mut all, mut results, mut above) = (before.clone(), BTreeMap::new(), 0);
    for (name, arguments) in subjects {
        let run = Run {
            program: &brolga,
            arguments,
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
        // Both engines of a program must have written the same.
        let program = name.split(' ').next().unwrap_or(&name).to_owned();
        if *results.entry(program).or_insert_with(|| outcome.stdout.clone()) != outcome.stdout {
            return Err(format!("{name}: it does not give the same with and without the JIT"));
        }
        let change = before.get(&name).map(|b| (count as f64 / *b as f64 - 1.0) * 100.0);
        let is_above = change.is_some_and(|c| c > options.threshold);
        above += usize::from(is_above);
        let change = change.map_or_else(|| "new".to_owned(), |c| format!("{c:+.2} %"));
        bar.suspend(|| println!("{name:24}{count:>16}{change:>12}{}", if is_above { "  <-- more" } else { "" }));
        bar.inc(1);
        all.insert(name, count);
        // It takes long: what is counted is kept.
        if options.save {
            save(&path, &all)?;
        }
    }
    bar.finish_and_clear();
    if options.save {
        return Ok(0);
    }
    if above > 0 {
        println!("{above} take more than {} % above the baseline.", options.threshold);
        return Ok(ABOVE);
    }
    Ok(0)
}
