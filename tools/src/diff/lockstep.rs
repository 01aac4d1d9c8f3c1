//! `--jit-diff --lockstep`: finds the very bytecode before which two engines' frames no longer hold the same.
//!
//! Bytecodes are counted alike in all engines, so their numbers are places that both come by. The first engine writes down
//! what its frames hold at some thousand of them, from the program's start to its end; the second compares as it runs, and
//! is stopped where it differs. What lies between that place and the one before is looked at again, in as many steps, until a
//! step is one bytecode.

use std::fs;

use super::engine::{Bench, Engine};

/// Places that a run tells of.
const PLACES: u64 = 2000;

/// What was found of one engine.
pub struct Walked {
    pub engine: Engine,
    /// Bytecodes that the first engine ran, and places at which the two were compared.
    pub bytecodes: u64,
    pub places: usize,
    pub parted: Option<Parted>,
}

/// Where two engines part: what each is at and holds, before the bytecode of this number (from 0).
pub struct Parted {
    pub number: u64,
    /// The last at which they agreed.
    pub before: Option<String>,
    pub first: Option<String>,
    pub second: Option<String>,
}

/// The bytecodes that the program takes in an engine; what it reads from outside is written down.
fn bytecodes(bench: &Bench, engine: &Engine) -> Result<u64, String> {
    let seen = bench.run(engine, &["-X".to_owned(), "fuel".to_owned()], true)?;
    let count =
        seen.stderr.lines().rev().find_map(|l| l.strip_prefix("brolga: ")?.strip_suffix(" bytecodes")?.parse().ok());
    count.ok_or_else(|| "the program does not come to an end that could be compared".to_owned())
}

/// What one engine holds from the bytecode `from` on, at each `step`.
fn trail(bench: &Bench, engine: &Engine, from: u64, step: u64, against: bool) -> Result<Vec<String>, String> {
    let path = bench.file(if against { "trail.second" } else { "trail.first" });
    let mut option = format!("trail={}:{from}:{step}:{PLACES}", path.display());
    if against {
        option += &format!(":{}", bench.file("trail.first").display());
    }
    let extra: Vec<String> = ["-X", "fuel", "-X", &option].map(str::to_owned).into();
    bench.run(engine, &extra, false)?;
    let text = fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    Ok(text.lines().map(str::to_owned).collect())
}

fn number_of(line: Option<&String>) -> Option<u64> {
    line?.split('\t').next()?.parse().ok()
}

/// Compares an engine with the first one.
pub fn walk(bench: &Bench, first: &Engine, engine: &Engine) -> Result<Walked, String> {
    let bytecodes = bytecodes(bench, first)?;
    let (mut from, mut step, mut places) = (1, bytecodes.div_ceil(PLACES - 1).max(1), 0);
    let mut known = None;
    loop {
        let one = trail(bench, first, from, step, false)?;
        let other = trail(bench, engine, from, step, true)?;
        let same = one.iter().zip(&other).take_while(|(a, b)| a == b).count();
        places += same;
        if same == one.len() && same == other.len() {
            // (One that was known, and is not there when it is looked for in smaller steps, is told as it was.)
            return Ok(Walked { engine: engine.clone(), bytecodes, places, parted: known });
        }
        let (a, b) = (one.get(same), other.get(same));
        let before = same.checked_sub(1).and_then(|i| one.get(i));
        let number = number_of(a).or(number_of(b)).unwrap_or(from);
        let parted = Parted { number, before: before.cloned(), first: a.cloned(), second: b.cloned() };
        if step == 1 {
            return Ok(Walked { engine: engine.clone(), bytecodes, places, parted: Some(parted) });
        }
        from = number_of(before).map_or(from.saturating_sub(step), |n| n).max(1);
        step = step.div_ceil(PLACES - 2).max(1);
        known = Some(parted);
    }
}

impl Walked {
    /// For whoever asked.
    pub fn text(&self, first: &Engine) -> String {
        let Some(parted) = &self.parted else {
            return format!(
                "{} holds the same as {first} at {} places of {} bytecodes.\n",
                self.engine, self.places, self.bytecodes
            );
        };
        let shown = |line: &Option<String>| match line {
            Some(line) => line.split('\t').skip(1).collect::<Vec<_>>().join("\n        called from "),
            None => "(it has ended)".to_owned(),
        };
        let mut text = format!("{} parts from {first} after {} bytecodes.\n", self.engine, parted.number);
        text += &format!("    {first}:\n        {}\n", shown(&parted.first));
        text += &format!("    {}:\n        {}\n", self.engine, shown(&parted.second));
        if parted.before.is_some() {
            text += &format!("    before, both:\n        {}\n", shown(&parted.before));
        }
        text
    }
}
