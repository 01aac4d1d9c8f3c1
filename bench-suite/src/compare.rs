//! `bench-suite compare`: first whether the Pythons agree, and only then how fast they are.

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use crate::figures::{median, one_second};
use crate::programs::{self, Program};
use crate::pythons::{self, Python};
use crate::run::{self, Record, Surroundings};
use crate::{page, plots, table};

/// What it is told.
#[derive(Clone, Debug)]
pub struct Options {
    pub pythons: Vec<Python>,
    pub only: Vec<String>,
    pub seconds: f64,
    pub rounds: usize,
    pub html: Option<String>,
    pub svg: Option<String>,
    pub json: Option<String>,
    pub pyperformance: Option<String>,
    pub packages: Option<String>,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            pythons: Vec::new(),
            only: Vec::new(),
            seconds: 3.0,
            rounds: 1,
            html: None,
            svg: None,
            json: None,
            pyperformance: None,
            packages: None,
        }
    }
}

/// The exit status where the Pythons disagree.
const DIFFERENT: i32 = 1;
/// Iterations of the run that compares results, and starts of each Python.
const CHECKED: u32 = 2;
const STARTS: usize = 10;

/// How one Python did with one program, in the median of the rounds.
#[derive(Clone, Debug)]
pub struct Figures {
    /// Seconds of an iteration; how many times as fast as the first Python that is, and a whole process.
    pub steady: f64,
    pub ratio: f64,
    pub one_second: f64,
    pub memory: u64,
    /// Of the first round.
    pub record: Record,
}

/// A program with the figures of all Pythons.
#[derive(Clone, Debug)]
pub struct Row {
    pub program: String,
    pub figures: Vec<Figures>,
}

/// All that was measured.
#[derive(Clone, Debug)]
pub struct Results {
    pub pythons: Vec<String>,
    pub rows: Vec<Row>,
    /// Milliseconds that each takes to start and end, doing nothing.
    pub starts: Vec<f64>,
    /// Results that no Python could name: the program says nothing of them.
    pub unchecked: Vec<String>,
}

fn bar(length: usize, what: &'static str) -> ProgressBar {
    let bar = ProgressBar::new(length as u64);
    if let Ok(style) = ProgressStyle::with_template("{prefix:10} {wide_bar} {pos}/{len}  {msg}") {
        bar.set_style(style);
    }
    bar.set_prefix(what);
    bar
}

pub fn main(options: Options) -> Result<i32, String> {
    let folder = programs::folder()?;
    let mut all = match &options.pyperformance {
        Some(folder) => programs::pyperformance(folder, &options.only)?,
        None => programs::ours()?,
    };
    if !options.only.is_empty() {
        if let Some(wrong) = options.only.iter().find(|name| !all.iter().any(|p| p.name == **name)) {
            return Err(format!("there is no program {wrong:?}; `bench-suite list` names them"));
        }
        all.retain(|p| options.only.contains(&p.name));
    }
    let pythons = if options.pythons.is_empty() { pythons::found() } else { options.pythons.clone() };
    if pythons.len() < 2 {
        return Err("two Pythons at least are to be compared: name them as NAME=COMMAND".to_owned());
    }
    let surroundings = Surroundings {
        folder: &folder,
        packages: options.packages.as_deref(),
        seconds: options.seconds,
        iterations: 0,
    };
    let (differences, unchecked) = check(&all, &pythons, &surroundings);
    if !differences.is_empty() {
        eprintln!("The Pythons do not give the same, so nothing is measured:");
        differences.iter().for_each(|d| eprintln!("  {d}"));
        return Ok(DIFFERENT);
    }
    let results = measure(&all, &pythons, &surroundings, options.rounds, unchecked)?;
    print!("{}", table::table(&results));
    let write = |path: &Option<String>, text: &dyn Fn() -> String| match path {
        Some(path) => std::fs::write(path, text()).map_err(|e| format!("{path}: {e}")),
        None => Ok(()),
    };
    write(&options.html, &|| page::page(&results))?;
    write(&options.svg, &|| plots::standalone(&results))?;
    write(&options.json, &|| json(&results))?;
    Ok(0)
}

/// Runs each program shortly in each Python: where they differ, and which programs give nothing that could.
fn check(all: &[Program], pythons: &[Python], s: &Surroundings<'_>) -> (Vec<String>, Vec<String>) {
    let short = Surroundings { iterations: CHECKED, ..s.clone() };
    let bar = bar(all.len() * pythons.len(), "checking");
    let (mut differences, mut unchecked) = (Vec::new(), Vec::new());
    for program in all {
        let mut first: Option<(&str, Option<String>)> = None;
        for python in pythons {
            bar.set_message(format!("{} in {}", program.name, python.name));
            match (run::program(python, program, &short), &first) {
                (Err(why), _) => differences.push(format!("{} in {}: {why}", program.name, python.name)),
                (Ok(record), None) => first = Some((&python.name, record.result)),
                (Ok(record), Some((by, result))) if record.result != *result => {
                    let text = |r: &Option<String>| r.clone().unwrap_or_else(|| "nothing".to_owned());
                    differences.push(format!(
                        "{}: {} gives {}, {} gives {}",
                        program.name,
                        by,
                        text(result),
                        python.name,
                        text(&record.result)
                    ));
                }
                (Ok(_), Some(_)) => {}
            }
            bar.inc(1);
        }
        if matches!(first, Some((_, None))) {
            unchecked.push(program.name.clone());
        }
    }
    bar.finish_and_clear();
    (differences, unchecked)
}

fn measure(
    all: &[Program],
    pythons: &[Python],
    s: &Surroundings<'_>,
    rounds: usize,
    unchecked: Vec<String>,
) -> Result<Results, String> {
    let bar = bar(all.len() * pythons.len() * rounds + STARTS * pythons.len(), "measuring");
    let mut starts: Vec<Vec<f64>> = vec![Vec::new(); pythons.len()];
    for _ in 0..STARTS {
        for (python, times) in pythons.iter().zip(&mut starts) {
            bar.set_message(format!("start-up of {}", python.name));
            times.push(run::start_up(python, s).map_err(|e| format!("{}: {e}", python.name))?);
            bar.inc(1);
        }
    }
    let mut rows = Vec::new();
    for program in all {
        let mut records: Vec<Vec<Record>> = vec![Vec::new(); pythons.len()];
        for _ in 0..rounds {
            for (python, of) in pythons.iter().zip(&mut records) {
                bar.set_message(format!("{} in {}", program.name, python.name));
                of.push(
                    run::program(python, program, s)
                        .map_err(|e| format!("{} in {}: {e}", program.name, python.name))?,
                );
                bar.inc(1);
            }
        }
        rows.push(Row { program: program.name.clone(), figures: figures(&records) });
    }
    bar.finish_and_clear();
    let starts = starts.iter().map(|times| median(times).unwrap_or(f64::NAN)).collect();
    Ok(Results { pythons: pythons.iter().map(|p| p.name.clone()).collect(), rows, starts, unchecked })
}

/// By Python, from the records of its rounds; what was measured in one round is compared with its own round only.
fn figures(records: &[Vec<Record>]) -> Vec<Figures> {
    let of = |all: Vec<f64>| median(&all).unwrap_or(f64::NAN);
    records
        .iter()
        .map(|own| Figures {
            steady: of(own.iter().map(Record::steady).collect()),
            ratio: of(records[0].iter().zip(own).map(|(base, r)| base.steady() / r.steady()).collect()),
            one_second: of(records[0].iter().zip(own).map(|(base, r)| one_second(base, r)).collect()),
            memory: own.iter().map(|r| r.memory).max().unwrap_or(0),
            record: own[0].clone(),
        })
        .collect()
}

fn json(results: &Results) -> String {
    let rows: Vec<_> = results
        .rows
        .iter()
        .map(|row| {
            let figures: serde_json::Map<_, _> = results
                .pythons
                .iter()
                .zip(&row.figures)
                .map(|(name, f)| {
                    let value = json!({"steady_seconds": f.steady, "steady": f.ratio, "one_second": f.one_second, "kilobytes": f.memory});
                    (name.clone(), value)
                })
                .collect();
            json!({"program": row.program, "pythons": figures})
        })
        .collect();
    let starts: serde_json::Map<_, _> =
        results.pythons.iter().cloned().zip(results.starts.iter().map(|t| json!(t))).collect();
    format!("{:#}\n", json!({"rows": rows, "start_milliseconds": starts, "results_not_checked": results.unchecked}))
}
