//! The figures as a table for a terminal.

use std::fmt::Write;

use crate::compare::Results;
use crate::figures::geometric_mean;

fn seconds(s: f64) -> String {
    match s {
        _ if s >= 1.0 => format!("{s:.2} s"),
        _ if s >= 1e-3 => format!("{:.2} ms", s * 1e3),
        _ => format!("{:.1} us", s * 1e6),
    }
}

pub fn table(r: &Results) -> String {
    let mut out = String::new();
    let width = r.rows.iter().map(|row| row.program.len()).max().unwrap_or(0).max(16) + 2;
    let cell = r.pythons.iter().map(|p| p.len() + 9).max().unwrap_or(0).max(14);
    let _ = write!(out, "{:width$}{:>12}", "", r.pythons[0]);
    for name in &r.pythons[1..] {
        let _ = write!(out, "{:>cell$}{:>cell$}", format!("{name} steady"), format!("{name} 1 s"));
    }
    out.push('\n');
    for row in &r.rows {
        let _ = write!(out, "{:width$}{:>12}", row.program, seconds(row.figures[0].steady));
        for f in &row.figures[1..] {
            let _ = write!(out, "{:>cell$.2}{:>cell$.2}", f.ratio, f.one_second);
        }
        out.push('\n');
    }
    let _ = write!(out, "{:width$}{:>12}", "geometric mean", "");
    for i in 1..r.pythons.len() {
        let of = |f: &dyn Fn(&crate::compare::Figures) -> f64| {
            geometric_mean(&r.rows.iter().map(|row| f(&row.figures[i])).collect::<Vec<_>>()).unwrap_or(f64::NAN)
        };
        let _ = write!(out, "{:>cell$.2}{:>cell$.2}", of(&|f| f.ratio), of(&|f| f.one_second));
    }
    out.push_str("\n\n");
    for (i, name) in r.pythons.iter().enumerate() {
        let memory: Vec<f64> = r.rows.iter().map(|row| row.figures[i].memory.max(1) as f64).collect();
        let memory = geometric_mean(&memory).unwrap_or(f64::NAN) / 1024.0;
        let _ = writeln!(out, "{name:width$}{:>9.1} ms to start and end, {memory:.0} MB in the mean", r.starts[i]);
    }
    let _ = writeln!(
        out,
        "\nTimes as fast as {}: in the steady state, and for a process that does what it does in its first second.",
        r.pythons[0]
    );
    match r.unchecked.as_slice() {
        [] => out.push_str("All gave the same results.\n"),
        names => {
            let _ = writeln!(out, "All gave the same results; these programs tell none: {}.", names.join(", "));
        }
    }
    out
}
