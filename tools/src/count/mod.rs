//! `--jit-count`: how many instructions a program takes in the interpreter and with the JIT, exactly, and whether that has
//! become more than it was.
//!
//! Time on a machine that others use is noise; the number of instructions is not. Addresses are the same in each run, hashes
//! have a fixed seed, and the program waits for its code, so that two runs give the same number (nearly: what the program
//! reads from outside may differ).

mod hardware;
mod valgrind;

use std::fmt::Write;
use std::path::Path;
use std::time::Duration;

use crate::child::{self, Ended, Outcome, Run};
use crate::json::Json;

/// What `--jit-count` is told.
#[derive(Clone, Debug, PartialEq)]
pub struct CountOptions {
    pub json: bool,
    /// `--save=FILE`: where the counts go.
    pub save: Option<String>,
    /// `--against=FILE`: counts to compare with.
    pub against: Option<String>,
    /// Percent that they may be above those.
    pub threshold: f64,
    pub engines: Vec<String>,
    /// `--by=hardware|valgrind`
    pub by: Option<String>,
}

/// The exit status where there are more instructions than the threshold allows, where the engines' results differ, and where nothing
/// could be counted.
const ABOVE: i32 = 3;
const DIFFERENT: i32 = 4;
const FAILED: i32 = 2;
/// The longest run, counted by simulation.
const TIMEOUT: Duration = Duration::from_secs(3600);

/// What counts.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
enum Counter {
    Hardware,
    Valgrind,
}

impl Counter {
    fn name(self) -> &'static str {
        match self {
            Counter::Hardware => "hardware",
            Counter::Valgrind => "valgrind",
        }
    }

    fn sentence(self) -> &'static str {
        match self {
            Counter::Hardware => "the processor's own counter, in user mode",
            Counter::Valgrind => "valgrind's callgrind",
        }
    }

    /// What can count here.
    fn choose(by: Option<&str>) -> Result<Counter, String> {
        let hardware = || hardware::check().map(|()| Counter::Hardware);
        let valgrind = || valgrind::check().map(|()| Counter::Valgrind);
        match by {
            Some("hardware") => hardware(),
            Some("valgrind") => valgrind(),
            Some(other) => Err(format!("--by: '{other}' is none of hardware, valgrind")),
            None => hardware().or_else(|first| {
                valgrind().map_err(|second| {
                    format!(
                        "instructions can't be counted here:\n  {first}\n  {second}\nAllow the first (as root: sysctl kernel.perf_event_paranoid=2), or install valgrind"
                    )
                })
            }),
        }
    }

    fn run(self, run: &Run<'_>) -> Result<(Outcome, u64), String> {
        match self {
            Counter::Hardware => hardware::count(run),
            Counter::Valgrind => valgrind::count(run),
        }
    }
}

/// One engine's count.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Count {
    engine: String,
    instructions: u64,
    /// What it was, in the file to compare with.
    before: Option<u64>,
}

impl Count {
    fn change(&self) -> Option<f64> {
        self.before.filter(|b| *b > 0).map(|b| (self.instructions as f64 / b as f64 - 1.0) * 100.0)
    }
}

/// Runs a program under callgrind: what it did, and its instructions. (A simulated processor is the same on each machine.)
pub fn simulated(run: &Run<'_>) -> Result<(Outcome, u64), String> {
    valgrind::count(run)
}

/// Runs it; `arguments` are all but the tool's own.
pub fn main(options: &CountOptions, arguments: &[String]) -> i32 {
    match count(options, arguments) {
        Ok(status) => status,
        Err(why) => {
            eprintln!("brolga: --jit-count: {why}");
            FAILED
        }
    }
}

fn count(options: &CountOptions, arguments: &[String]) -> Result<i32, String> {
    let counter = Counter::choose(options.by.as_deref())?;
    let before = match &options.against {
        Some(file) => read_counts(file, counter)?,
        None => Vec::new(),
    };
    let program = child::own_program()?;
    let stdin = child::standard_input();
    let mut counts = Vec::new();
    let mut first: Option<(String, Outcome)> = None;
    for engine in &options.engines {
        let run = Run {
            program: &program,
            arguments: ["-X", &format!("jit={engine}"), "-X", "jit-wait"]
                .into_iter()
                .map(str::to_owned)
                .chain(arguments.iter().cloned())
                .collect(),
            environment: vec![("PYTHONHASHSEED".to_owned(), hash_seed())],
            folder: None,
            stdin: &stdin,
            timeout: TIMEOUT,
        };
        let (outcome, instructions) = counter.run(&run)?;
        // Numbers of programs that do different things say nothing.
        match &first {
            None => first = Some((engine.clone(), outcome)),
            Some((other, expected)) if *expected != outcome => {
                eprintln!(
                    "brolga: --jit-count: the program does not write the same with -X jit={other} and -X jit={engine}, so its counts can't be compared. Does it print times or random numbers? Otherwise --jit-diff finds out why."
                );
                return Ok(DIFFERENT);
            }
            Some(_) => {}
        }
        let before = before.iter().find(|(name, _)| name == engine).map(|(_, n)| *n);
        counts.push(Count { engine: engine.clone(), instructions, before });
    }
    let Some((_, outcome)) = first else { return Err("no engine to count".to_owned()) };
    pass_on(&outcome);
    let above = counts.iter().any(|c| c.change().is_some_and(|change| change > options.threshold));
    match options.json {
        true => eprintln!("{}", json(&counts, counter, options, above)),
        false => eprint!("{}", text(&counts, counter, options, outcome.status)),
    }
    if let Some(file) = &options.save {
        save_counts(file, counter, &counts)?;
    }
    Ok(match outcome.status {
        _ if above => ABOVE,
        Ended::Status(status) => status,
        _ => 1,
    })
}

fn hash_seed() -> String {
    std::env::var("PYTHONHASHSEED").ok().filter(|v| v.parse::<u32>().is_ok()).unwrap_or_else(|| "0".to_owned())
}

/// What the program wrote, once.
fn pass_on(outcome: &Outcome) {
    use std::io::Write;
    let _ = std::io::stdout().write_all(&outcome.stdout);
    let _ = std::io::stdout().flush();
    let _ = std::io::stderr().write_all(&outcome.stderr);
}

/// Digits in groups.
fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

fn text(counts: &[Count], counter: Counter, options: &CountOptions, ended: Ended) -> String {
    let mut out = format!("\nInstructions, counted by {}", counter.sentence());
    if ended != Ended::Status(0) {
        let _ = write!(out, " (the program: {ended})");
    }
    out.push('\n');
    let base = counts.first().map_or(0, |c| c.instructions);
    for c in counts {
        let _ = write!(out, "  -X jit={:<7}{:>20}", c.engine, grouped(c.instructions));
        if c.engine != counts[0].engine && c.instructions > 0 {
            let _ = write!(
                out,
                "   {:.2} times fewer than -X jit={}",
                base as f64 / c.instructions as f64,
                counts[0].engine
            );
        }
        if let Some(change) = c.change() {
            let judged = if change > options.threshold { "  ABOVE THE THRESHOLD" } else { "" };
            let _ = write!(out, "   {change:+.3} % against {}{judged}", options.against.as_deref().unwrap_or("?"));
        } else if let Some(file) = &options.against {
            let _ = write!(out, "   (not in {file})");
        }
        out.push('\n');
    }
    out
}

fn json(counts: &[Count], counter: Counter, options: &CountOptions, above: bool) -> Json {
    let all = counts.iter().map(|c| {
        Json::Object(vec![
            ("engine", c.engine.as_str().into()),
            ("instructions", c.instructions.into()),
            ("before", c.before.into()),
            ("change_percent", c.change().into()),
        ])
    });
    Json::Object(vec![
        ("schema", Json::Int(1)),
        ("by", counter.name().into()),
        ("counts", all.collect()),
        ("threshold_percent", options.threshold.into()),
        ("above", above.into()),
    ])
}

const HEADING: &str = "# Instructions counted by brolga --jit-count, version 1.";

/// The file: a heading, `by` and what counted, then each engine and its count, with a tab between.
fn save_counts(file: &str, counter: Counter, counts: &[Count]) -> Result<(), String> {
    let mut text = format!("{HEADING}\nby\t{}\n", counter.name());
    for c in counts {
        let _ = writeln!(text, "{}\t{}", c.engine, c.instructions);
    }
    std::fs::write(Path::new(file), text).map_err(|e| format!("{file}: {e}"))
}

fn read_counts(file: &str, counter: Counter) -> Result<Vec<(String, u64)>, String> {
    let text = std::fs::read_to_string(file).map_err(|e| format!("{file}: {e}"))?;
    parse_counts(&text, counter).map_err(|why| format!("{file}: {why}"))
}

fn parse_counts(text: &str, counter: Counter) -> Result<Vec<(String, u64)>, String> {
    let mut lines = text.lines();
    if lines.next() != Some(HEADING) {
        return Err("it is no file that --save has written".to_owned());
    }
    let mut counts = Vec::new();
    for line in lines.filter(|l| !l.is_empty()) {
        let (name, value) = line.split_once('\t').ok_or("a line without a tab")?;
        if name == "by" {
            if value != counter.name() {
                return Err(format!(
                    "its counts are by {value}, these would be by {}: they can't be compared (see --by)",
                    counter.name()
                ));
            }
            continue;
        }
        counts.push((name.to_owned(), value.parse().map_err(|_| "a count is no number")?));
    }
    Ok(counts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files() {
        let file = std::env::temp_dir().join(format!("brolga-count-{}", std::process::id()));
        let name = file.to_str().unwrap();
        let counts = [Count { engine: "off".to_owned(), instructions: 1_234_567, before: None }];
        save_counts(name, Counter::Valgrind, &counts).unwrap();
        assert_eq!(read_counts(name, Counter::Valgrind).unwrap(), [("off".to_owned(), 1_234_567)]);
        assert!(read_counts(name, Counter::Hardware).unwrap_err().contains("can't be compared"));
        assert!(parse_counts("something else", Counter::Hardware).is_err());
        std::fs::remove_file(file).unwrap();
    }

    #[test]
    fn changes() {
        let count = Count { engine: "on".to_owned(), instructions: 103, before: Some(100) };
        assert!((count.change().unwrap() - 3.0).abs() < 1e-9);
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(grouped(12), "12");
    }
}
