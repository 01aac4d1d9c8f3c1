//! Counting by simulation: callgrind.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::child::{Outcome, Run, find_program};

/// Is it there?
pub fn check() -> Result<(), String> {
    match find_program("valgrind") {
        Some(_) => Ok(()),
        None => Err("valgrind is not installed".to_owned()),
    }
}

/// Runs it under callgrind.
pub fn count(run: &Run<'_>) -> Result<(Outcome, u64), String> {
    let valgrind = find_program("valgrind").ok_or("valgrind is not installed")?;
    // (Several may be counted at a time.)
    static RUNS: AtomicUsize = AtomicUsize::new(0);
    let number = RUNS.fetch_add(1, Ordering::Relaxed);
    let log = std::env::temp_dir().join(format!("brolga-count-{}-{number}.log", std::process::id()));
    let mut arguments = vec![
        "--tool=callgrind".to_owned(),
        "--callgrind-out-file=/dev/null".to_owned(),
        format!("--log-file={}", log.display()),
        run.program.display().to_string(),
    ];
    arguments.extend(run.arguments.iter().cloned());
    let outcome = Run { program: &valgrind, arguments, ..run.clone() }.run().map_err(|e| format!("valgrind: {e}"));
    let text = std::fs::read_to_string(&log).unwrap_or_default();
    let _ = std::fs::remove_file(&log);
    let outcome = outcome?;
    total(&text).map(|n| (outcome, n)).ok_or_else(|| format!("valgrind has counted nothing:\n{text}"))
}

/// `==123== Collected : 456`
fn total(log: &str) -> Option<u64> {
    let line = log.lines().rfind(|l| l.contains("Collected :"))?;
    line.rsplit(':').next()?.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    #[test]
    fn totals() {
        assert_eq!(super::total("==7== Events    : Ir\n==7== Collected : 12345\n==7== \n"), Some(12345));
        assert_eq!(super::total("==7== oh"), None);
    }
}
