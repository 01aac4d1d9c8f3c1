//! One program in one process.

use std::path::Path;
use std::time::{Duration, Instant};

use brolga_tools::child::{Ended, Run};
use serde_json::Value;

use crate::programs::Program;
use crate::pythons::Python;

/// What is measured in a process.
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// Iterations so far, of the batch, seconds the batch took, processor seconds of the process at its end.
    pub batches: Vec<(f64, f64, f64, f64)>,
    /// Kilobytes that were resident, at most.
    pub memory: u64,
    /// What the program's last iteration gave; `None` where it is not known.
    pub result: Option<String>,
}

/// Where and how long.
#[derive(Clone, Debug)]
pub struct Surroundings<'a> {
    /// The suite's.
    pub folder: &'a Path,
    pub packages: Option<&'a str>,
    pub seconds: f64,
    /// After so many iterations it ends; 0: after its seconds.
    pub iterations: u32,
}

fn environment(s: &Surroundings<'_>) -> Vec<(String, String)> {
    let mut path = s.folder.join("python").display().to_string();
    if let Some(packages) = s.packages {
        path = format!("{path}:{packages}");
    }
    let text = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    vec![
        text("PYTHONPATH", &path),
        text("PYTHONHASHSEED", "0"),
        text("PYTHONDONTWRITEBYTECODE", "1"),
        text("LANG", "C.UTF-8"),
    ]
}

fn child(
    python: &Python,
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
    seconds: f64,
) -> Result<Duration, String> {
    let (program, options) = python.command.split_first().ok_or("no command")?;
    let run = Run {
        program: Path::new(program),
        arguments: options.iter().cloned().chain(arguments).collect(),
        environment,
        folder: None,
        stdin: b"",
        timeout: Duration::from_secs_f64(60.0 + 40.0 * seconds),
    };
    let begun = Instant::now();
    let outcome = run.run().map_err(|e| format!("{program}: {e}"))?;
    let took = begun.elapsed();
    if outcome.status == Ended::Status(0) {
        return Ok(took);
    }
    let text = String::from_utf8_lossy(&outcome.stderr).into_owned();
    let last: Vec<&str> = text.lines().rev().take(3).collect();
    Err(format!("{}: {}", outcome.status, last.into_iter().rev().collect::<Vec<_>>().join(" | ")))
}

/// Runs a program to its end.
pub fn program(python: &Python, program: &Program, s: &Surroundings<'_>) -> Result<Record, String> {
    let out = std::env::temp_dir().join(format!("bench-suite-{}.json", std::process::id()));
    let _ = std::fs::remove_file(&out);
    let mut environment = environment(s);
    environment.push(("BENCH_SECONDS".to_owned(), s.seconds.to_string()));
    environment.push(("BENCH_ITERATIONS".to_owned(), s.iterations.to_string()));
    environment
        .push(("BENCH_ONLY".to_owned(), if program.measures_itself { program.name.clone() } else { String::new() }));
    environment.push(("BENCH_OUT".to_owned(), out.display().to_string()));
    let path = program.path.display().to_string();
    let arguments = match program.measures_itself {
        true => vec![path],
        false => vec![s.folder.join("python/run.py").display().to_string(), path],
    };
    child(python, arguments, environment, s.seconds)?;
    let text = std::fs::read_to_string(&out).map_err(|_| "it has measured nothing".to_owned())?;
    let _ = std::fs::remove_file(&out);
    let json: Value = serde_json::from_str(&text).map_err(|e| e.to_string())?;
    let batch = |r: &Value| Some((r[0].as_f64()?, r[1].as_f64()?, r[2].as_f64()?, r[3].as_f64()?));
    let batches: Option<Vec<_>> = json["records"].as_array().and_then(|all| all.iter().map(batch).collect());
    Ok(Record {
        batches: batches.filter(|b| !b.is_empty()).ok_or("it has measured nothing")?,
        memory: json["memory"].as_u64().unwrap_or(0),
        result: json["result"].as_str().map(str::to_owned),
    })
}

/// Starts and ends a Python that does nothing: milliseconds.
pub fn start_up(python: &Python, s: &Surroundings<'_>) -> Result<f64, String> {
    let took = child(python, vec!["-c".to_owned(), "pass".to_owned()], environment(s), 1.0)?;
    Ok(took.as_secs_f64() * 1e3)
}
