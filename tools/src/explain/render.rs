//! The report as text for people, and as JSON.

use std::fmt::Write;

use brolga_stdlib::brolga::advice::Advice;

use super::findings::Finding;
use super::gather::Report;
use crate::json::Json;

/// So many functions are named, at most, and so many exits. (JSON has all.)
const MOST_FUNCTIONS: usize = 20;
const MOST_EXITS: usize = 20;
/// An exit that was taken fewer times is how code learns, and not worth a word.
const FEW_EXITS: u64 = 10;

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

/// The last parts of a long path.
fn short(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// "1 exit", "2 exits".
fn counted(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

pub fn text(report: &Report, found: &[(Finding, String)]) -> String {
    let mut out = String::new();
    head(&mut out, report);
    functions(&mut out, report);
    reasons(&mut out, report);
    exits(&mut out, report);
    for (finding, what) in found {
        let _ = writeln!(out, "\n--fail-on={}: {what}.", finding.name());
    }
    out
}

fn head(out: &mut String, r: &Report) {
    let _ = writeln!(out, "\nWhat the JIT did for {} (-X jit={})\n", r.program, r.mode);
    let _ = writeln!(
        out,
        "  It ran {:.2} s, and took {:.2} s of processor time, {:.2} s of which went into compiling.",
        r.seconds, r.cpu_seconds, r.stats.seconds
    );
    if r.mode != "off" {
        let _ = writeln!(
            out,
            "  {} compiled in {}, {} left to the interpreter, {} given up because guesses failed; {} KB of code.",
            counted(r.stats.compiled, "loop or function").replace("loop or functions", "loops or functions"),
            counted(r.stats.compilations, "compilation"),
            r.stats.refused,
            counted(r.stats.discarded, "version"),
            r.stats.bytes.div_ceil(1024)
        );
    }
    if let Some(why) = &r.no_samples {
        let _ = writeln!(out, "  No samples could be taken ({why}): shares of the time are not known.");
        return;
    }
    if r.total.all() == 0 {
        let _ = writeln!(out, "  It was too short to be sampled.");
        return;
    }
    let _ = writeln!(out, "\nWhere the main thread's time went");
    let _ = writeln!(out, "  {:>7}  compiled code, and what it called", percent(r.share(r.total.compiled)));
    let _ = writeln!(out, "  {:>7}  the interpreter, and what it called", percent(r.share(r.total.interpreted)));
    let _ = writeln!(out, "  {:>7}  of either was the garbage collector", percent(r.share(r.total.collecting)));
    if r.samples < 100 {
        let _ = writeln!(out, "  (That was short: with so few samples, shares are rough.)");
    }
    let _ = writeln!(
        out,
        "  ({}, each standing for {:.1} ms of the main thread's processor time{})",
        counted(r.samples as usize, "sample"),
        r.period_seconds * 1e3 * r.total.all() as f64 / r.samples.max(1) as f64,
        if r.dropped > 0 { format!("; {} more were too many to keep", r.dropped) } else { String::new() }
    );
}

fn functions(out: &mut String, r: &Report) {
    if r.functions.is_empty() {
        return;
    }
    let _ = writeln!(out, "\nThe hottest functions");
    let _ = writeln!(out, "     time  of that compiled");
    for f in r.functions.iter().take(MOST_FUNCTIONS) {
        let place = if f.file.is_empty() { String::new() } else { format!("  {}:{}", short(&f.file), f.line) };
        let compiled = if f.tally.all() == 0 { 0.0 } else { f.tally.compiled as f64 / f.tally.all() as f64 };
        let state = match f.state {
            "loops" => "  (its loops are compiled)",
            "inlined" => "  (compiled as a part of its caller)",
            "interpreted" if f.line > 0 => "  (not compiled)",
            _ => "",
        };
        let _ = writeln!(
            out,
            "  {:>7}  {:>7}           {}{place}{state}",
            percent(r.share(f.tally.all())),
            percent(compiled),
            f.name
        );
    }
}

fn advice(out: &mut String, indent: &str, advice: &Advice) {
    if let Some(change) = &advice.change {
        let _ = writeln!(out, "{indent}What helps: {change}.");
    }
}

fn reasons(out: &mut String, r: &Report) {
    let explained: Vec<_> =
        r.functions.iter().take(MOST_FUNCTIONS).filter(|f| f.line > 0 && !f.reasons.is_empty()).collect();
    if explained.is_empty() {
        return;
    }
    let _ = writeln!(out, "\nWhy some of it ran in the interpreter");
    // What holds for all is said once.
    if let Some(first) = explained.first().and_then(|f| f.reasons.first())
        && matches!(first.name, "off" | "tracing")
    {
        let _ = writeln!(out, "  {}.", first.why);
        advice(out, "    ", first);
        return;
    }
    for f in explained {
        let _ = writeln!(
            out,
            "  {} ({}:{}), {} of the time in the interpreter",
            f.name,
            short(&f.file),
            f.line,
            percent(r.share(f.tally.interpreted))
        );
        for reason in &f.reasons {
            let _ = writeln!(out, "    - {}.", reason.why);
            advice(out, "      ", reason);
        }
    }
}

fn exits(out: &mut String, r: &Report) {
    let often: Vec<_> = r.exits.iter().filter(|e| e.count >= FEW_EXITS).take(MOST_EXITS).collect();
    if often.is_empty() {
        return;
    }
    let _ = writeln!(out, "\nWhere compiled code was left for the interpreter, most often first");
    for e in often {
        let _ =
            writeln!(out, "  {:>7} times  {}:{} in {}: {}", e.count, short(&e.file), e.line, e.function, e.sentence);
        if let Some(source) = &e.source {
            let _ = writeln!(out, "                 {source}");
        }
        if !e.types.is_empty() {
            let _ = writeln!(out, "                 seen here: {}", e.types.join("; "));
        }
        advice(out, "                 ", &e.advice);
    }
}

fn advice_json(advice: &Advice) -> Json {
    Json::Object(vec![
        ("name", advice.name.into()),
        ("why", advice.why.as_str().into()),
        ("change", advice.change.clone().into()),
    ])
}

/// One object; `schema` changes when the meaning of a member does.
pub fn json(r: &Report, found: &[(Finding, String)]) -> Json {
    let functions = r.functions.iter().map(|f| {
        Json::Object(vec![
            ("function", f.name.as_str().into()),
            ("file", f.file.as_str().into()),
            ("line", f.line.into()),
            ("share", r.share(f.tally.all()).into()),
            ("share_compiled", r.share(f.tally.compiled).into()),
            ("share_interpreted", r.share(f.tally.interpreted).into()),
            ("state", f.state.into()),
            ("reasons", f.reasons.iter().map(advice_json).collect()),
        ])
    });
    let exits = r.exits.iter().map(|e| {
        Json::Object(vec![
            ("count", e.count.into()),
            ("reason", e.reason.into()),
            ("sentence", e.sentence.into()),
            ("function", e.function.as_str().into()),
            ("file", e.file.as_str().into()),
            ("line", e.line.into()),
            ("source", e.source.clone().into()),
            ("name", e.advice.name.into()),
            ("why", e.advice.why.as_str().into()),
            ("types", e.types.iter().map(String::as_str).collect()),
            ("change", e.advice.change.clone().into()),
        ])
    });
    let found = found
        .iter()
        .map(|(finding, what)| Json::Object(vec![("finding", finding.name().into()), ("what", what.as_str().into())]));
    Json::Object(vec![
        ("schema", Json::Int(1)),
        ("program", r.program.as_str().into()),
        ("jit", r.mode.into()),
        ("seconds", r.seconds.into()),
        ("cpu_seconds", r.cpu_seconds.into()),
        ("compile_seconds", r.stats.seconds.into()),
        ("interpreter_cpu_seconds", r.interpreter_seconds.into()),
        ("samples", r.samples.into()),
        ("sampling_failed", r.no_samples.clone().into()),
        ("share_compiled", r.share(r.total.compiled).into()),
        ("share_interpreted", r.share(r.total.interpreted).into()),
        ("share_collector", r.share(r.total.collecting).into()),
        ("compiled", r.stats.compiled.into()),
        ("refused", r.stats.refused.into()),
        ("compilations", r.stats.compilations.into()),
        ("discarded", r.stats.discarded.into()),
        ("code_bytes", r.stats.bytes.into()),
        ("functions", functions.collect()),
        ("exits", exits.collect()),
        ("found", found.collect()),
    ])
}
