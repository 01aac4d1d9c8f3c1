//! `--jit-diff`: runs the program in each engine, compares all that can be seen of it, and, where something differs, finds out
//! by itself which function, which pass and which instruction it comes from.

mod compare;
mod copy;
mod engine;
pub mod in_process;
mod lockstep;
mod log;
mod narrow;
mod report;
mod trail;

use std::path::PathBuf;
use std::time::Duration;

use crate::child;
use compare::{Difference, compare};
use engine::{Bench, Engine, Seen};

/// What `--jit-diff` is told.
#[derive(Clone, Debug, PartialEq)]
pub struct DiffOptions {
    /// `--against=PYTHON`: a CPython to compare with, too.
    pub against: Option<String>,
    pub engines: Vec<String>,
    /// `--out=FOLDER`: where what reproduces a difference goes.
    pub out: Option<String>,
    /// Not with `--no-narrow`.
    pub narrows: bool,
    /// `--lockstep`: the frames are compared on the way, not what can be seen from outside.
    pub lockstep: bool,
    pub json: bool,
    /// Seconds that one run may take.
    pub timeout: u64,
}

/// Exit statuses: something differs; nothing could be compared.
const DIFFERENT: i32 = 1;
const FAILED: i32 = 2;

/// What was found of one engine.
#[derive(Debug)]
pub struct Compared {
    pub engine: Engine,
    pub seen: Seen,
    pub differences: Vec<Difference>,
}

/// Runs it; `arguments` are all but the tool's own.
pub fn main(options: &DiffOptions, arguments: &[String]) -> i32 {
    match diff(options, arguments) {
        Ok(status) => status,
        Err(why) => {
            eprintln!("brolga: --jit-diff: {why}");
            FAILED
        }
    }
}

fn diff(options: &DiffOptions, arguments: &[String]) -> Result<i32, String> {
    let mut engines: Vec<Engine> = options.engines.iter().map(|e| Engine::Own(e.clone())).collect();
    if let Some(name) = &options.against {
        let path = child::find_program(name).ok_or_else(|| format!("--against: there is no program '{name}'"))?;
        engines.push(Engine::Python(path));
    }
    if engines.len() < 2 {
        return Err("there is only one engine, and nothing to compare it with".to_owned());
    }
    if options.lockstep && options.against.is_some() {
        return Err("--lockstep compares our own engines; --against is another Python".to_owned());
    }
    let bench = Bench::new(arguments, child::standard_input(), Duration::from_secs(options.timeout))?;
    let mut engines = engines.into_iter();
    let Some(first) = engines.next() else { return Ok(FAILED) };
    if options.lockstep {
        let mut differs = false;
        for engine in engines {
            let walked = lockstep::walk(&bench, &first, &engine)?;
            eprint!("brolga: --jit-diff: {}", walked.text(&first));
            differs |= walked.parted.is_some();
        }
        return Ok(if differs { DIFFERENT } else { 0 });
    }
    eprintln!("brolga: --jit-diff: running the program with {first} ...");
    let reference = bench.run(&first, &[], true)?;
    let mut all = Vec::new();
    for engine in engines {
        eprintln!("brolga: --jit-diff: running the program with {engine} ...");
        let seen = bench.run(&engine, &[], false)?;
        let differences = compare(&reference, &seen, matches!(engine, Engine::Python(_)));
        all.push(Compared { engine, seen, differences });
    }
    // The first engine of ours that differs is looked into.
    let mut narrowed = None;
    if let Some(found) = all.iter().find(|c| matches!(c.engine, Engine::Own(_)) && !c.differences.is_empty())
        && options.narrows
        && matches!(&first, Engine::Own(_))
    {
        eprintln!("brolga: --jit-diff: they differ; looking for the reason ...");
        narrowed = Some(narrow::narrow(&bench, &found.engine, &reference)?);
    }
    let differs = all.iter().any(|c| !c.differences.is_empty());
    let folder = if differs {
        let out = options.out.clone().unwrap_or_else(|| "brolga-diff".to_owned());
        Some(report::reproduction(&PathBuf::from(out), &bench, &first, &reference, &all, narrowed.as_ref())?)
    } else {
        None
    };
    let told = report::Told { first: &first, reference: &reference, all: &all, narrowed: narrowed.as_ref(), folder };
    match options.json {
        true => eprintln!("{}", told.json()),
        false => eprint!("{}", told.text(&bench)),
    }
    Ok(if differs { DIFFERENT } else { 0 })
}
