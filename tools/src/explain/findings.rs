//! What `--fail-on` can ask for: findings that shall make a CI job fail.

use std::process::{Command, Stdio};

use super::gather::Report;

/// A kind of finding.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// Code is compiled, left, and compiled again without end.
    DeoptLoop,
    /// A function with a tenth of the time runs in the interpreter.
    UncompiledHot,
    /// The program took longer than with `-X jit=off`.
    Slower,
}

/// Where compiled code was left so often by one failing guess, that guess should not have been made again.
const DEOPT_LOOP: u64 = 1000;
/// The share of the time that makes a function hot here.
const HOT: f64 = 0.1;
/// Less processor time says nothing.
const LEAST_SECONDS: f64 = 0.2;
/// So much longer, and so many seconds, is slower.
const SLOWER_RATIO: f64 = 1.05;
const SLOWER_SECONDS: f64 = 0.05;

impl Finding {
    pub const ALL: [Finding; 3] = [Finding::DeoptLoop, Finding::UncompiledHot, Finding::Slower];

    pub fn name(self) -> &'static str {
        match self {
            Finding::DeoptLoop => "deopt-loop",
            Finding::UncompiledHot => "uncompiled-hot",
            Finding::Slower => "slower",
        }
    }

    /// What was found, if it was.
    pub fn of(self, report: &Report) -> Option<String> {
        match self {
            Finding::DeoptLoop => {
                let exit = report.exits.iter().find(|e| e.is_failure && e.count >= DEOPT_LOOP);
                let exit = exit.map(|e| {
                    format!("compiled code was left {} times at {}:{} in {}", e.count, e.file, e.line, e.function)
                });
                exit.or_else(|| report.unstable.first().map(|unit| format!("the guesses for {unit} kept failing")))
            }
            Finding::UncompiledHot => {
                let function = report.functions.iter().find(|f| {
                    f.line > 0
                        && report.share(f.tally.interpreted) >= HOT
                        && f.tally.interpreted as f64 * report.period_seconds >= LEAST_SECONDS
                })?;
                let share = report.share(function.tally.interpreted) * 100.0;
                Some(format!(
                    "{} ({}:{}) spent {share:.0} % of the time in the interpreter",
                    function.name, function.file, function.line
                ))
            }
            Finding::Slower => {
                let interpreter = report.interpreter_seconds?;
                let slower = report.cpu_seconds > interpreter * SLOWER_RATIO
                    && report.cpu_seconds > interpreter + SLOWER_SECONDS;
                slower.then(|| {
                    format!(
                        "the program took {:.2} s of processor time, and {interpreter:.2} s with the JIT off",
                        report.cpu_seconds
                    )
                })
            }
        }
    }
}

/// Processor time of the program in the interpreter, its output thrown away. `None`: it could not be run.
pub fn interpreter_seconds(arguments: &[String]) -> Option<f64> {
    let before = children_seconds();
    let status = Command::new(std::env::current_exe().ok()?)
        .args(["-X", "jit=off"])
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    status.ok().map(|_| children_seconds() - before)
}

fn children_seconds() -> f64 {
    // SAFETY: room for the numbers.
    let usage = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        libc::getrusage(libc::RUSAGE_CHILDREN, &raw mut usage);
        usage
    };
    let seconds = |t: libc::timeval| t.tv_sec as f64 + t.tv_usec as f64 / 1e6;
    seconds(usage.ru_utime) + seconds(usage.ru_stime)
}
