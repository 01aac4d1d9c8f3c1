//! What `--jit-diff` says, and the folder that reproduces a difference.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::Compared;
use super::copy;
use super::engine::{Bench, Engine, Seen};
use super::narrow::Narrowed;
use crate::child::{self, Run};
use crate::json::Json;

/// All that there is to say.
pub struct Told<'a> {
    pub first: &'a Engine,
    pub reference: &'a Seen,
    pub all: &'a [Compared],
    pub narrowed: Option<&'a Narrowed>,
    pub folder: Option<PathBuf>,
}

/// What no run can be given again, and whether the program seems to use it.
fn not_replayed(seen: &Seen) -> Vec<&'static str> {
    let uses = |module: &str| seen.uses.iter().any(|m| m == module);
    let mut all = Vec::new();
    if uses("socket") || uses("asyncio") {
        all.push("what comes from sockets");
    }
    if uses("subprocess") || uses("multiprocessing") {
        all.push("what other processes do");
    }
    if uses("threading") || uses("multiprocessing") {
        all.push("the order in which threads run");
    }
    all
}

impl Told<'_> {
    pub fn text(&self, bench: &Bench) -> String {
        let mut out = format!("\nCompared with {} (the reference):\n", self.first);
        for c in self.all {
            match c.differences.as_slice() {
                [] => _ = writeln!(out, "  {}: the same", c.engine),
                differences => {
                    let _ = writeln!(out, "  {}: DIFFERENT", c.engine);
                    for d in differences {
                        let _ = writeln!(out, "    {}: {}", d.what, d.place);
                        let _ = writeln!(out, "      {:<12} {}", "reference:", d.expected);
                        let _ = writeln!(out, "      {:<12} {}", "here:", d.found);
                    }
                }
            }
        }
        out += "Compared were: standard output and error, exit status, exception and traceback, the main module's names at the end, and the files in the working folder.\n";
        out += "Replayed were: standard input, clocks, random bytes and seeds; hashes had the seed 0.\n";
        out += "Not replayed: the process's number";
        for what in not_replayed(self.reference) {
            out += ", ";
            out += what;
        }
        out += "; files outside the working folder were not copied.\n";
        if self.reference.names.is_none() {
            out += "The program did not come to its end in the reference: names could not be compared.\n";
        }
        if let Some(kind) = self.all.iter().find_map(|c| c.seen.read_more.as_ref()) {
            let _ = writeln!(out, "A run read more ({kind}) than the reference did, and got what there really was.");
        }
        if let Some(narrowed) = self.narrowed {
            out += &narrowed_text(narrowed);
        }
        if let Some(folder) = &self.folder {
            let shown = folder.strip_prefix(bench.origin()).unwrap_or(folder);
            let _ = writeln!(out, "To see it again: {}", shown.join("reproduce.sh").display());
        }
        out
    }

    pub fn json(&self) -> Json {
        let engines = self.all.iter().map(|c| {
            let differences = c.differences.iter().map(|d| {
                Json::Object(vec![
                    ("what", d.what.into()),
                    ("place", d.place.as_str().into()),
                    ("expected", d.expected.as_str().into()),
                    ("found", d.found.as_str().into()),
                ])
            });
            Json::Object(vec![
                ("engine", c.engine.to_string().into()),
                ("same", c.differences.is_empty().into()),
                ("differences", differences.collect()),
            ])
        });
        Json::Object(vec![
            ("schema", Json::Int(1)),
            ("reference", self.first.to_string().into()),
            ("engines", engines.collect()),
            ("narrowed", self.narrowed.map_or(Json::Null, narrowed_json)),
            ("not_replayed", not_replayed(self.reference).into_iter().collect()),
            ("folder", self.folder.as_ref().map(|f| f.display().to_string()).into()),
        ])
    }
}

fn narrowed_text(n: &Narrowed) -> String {
    let mut out = format!("\nWhere it comes from ({} runs):\n", n.runs);
    if n.is_unsteady {
        out += "  It did not come again when the program was run again: the program depends on something that is not replayed, or the fault is one of timing or of memory.\n";
        return out;
    }
    if n.without_code {
        out += "  It is there with nothing compiled at all: what differs is the interpreter, or what the program reads from outside.\n";
        return out;
    }
    match n.units.as_slice() {
        [] => out += "  It goes away as soon as it is said what is to be compiled: no function could be singled out.\n",
        units => {
            let _ = writeln!(out, "  compiled units it takes: {}", units.join(", "));
        }
    }
    if n.not_passes {
        out += "  pass: none; it is there without all passes, so translation or lowering is at fault\n";
    } else if let [pass, others @ ..] = n.passes.as_slice() {
        let _ = write!(out, "  pass: {pass} (without it the difference is gone");
        if !others.is_empty() {
            let _ = write!(out, "; so it is without {}", others.join(" or "));
        }
        out += ")\n";
    } else if !n.functions.is_empty() {
        out += "  pass: no single one; it takes several together\n";
    }
    if n.instructions.is_empty() && !n.functions.is_empty() {
        out += "  instruction: no single function's guesses are at fault\n";
    }
    for i in &n.instructions {
        let units = match i.first == i.last {
            true => format!("code unit {}", i.first),
            false => format!("code units {} to {}", i.first, i.last),
        };
        let _ = writeln!(out, "  instruction: {units} of {} (without guesses there it is gone)", i.place);
        for line in i.source.iter().flat_map(|s| s.lines()) {
            let _ = writeln!(out, "    {line}");
        }
        if let Some(guard) = &i.guard {
            let _ = writeln!(
                out,
                "    guard: {guard}; made to fail once, the difference is gone: it lets through what it should not, or what follows is wrong"
            );
        }
        if !i.exits.is_empty() {
            let exits = i.exits.join(", ");
            let _ = writeln!(out, "    exits taken there: {exits}; what they restore (their frame state) may be wrong");
        }
    }
    out
}

fn narrowed_json(n: &Narrowed) -> Json {
    let instructions = n.instructions.iter().map(|i| {
        Json::Object(vec![
            ("function", i.place.as_str().into()),
            ("first_code_unit", i.first.into()),
            ("last_code_unit", i.last.into()),
            ("source", i.source.clone().into()),
            ("guard", i.guard.clone().into()),
            ("exits", i.exits.iter().map(String::as_str).collect()),
        ])
    });
    Json::Object(vec![
        ("runs", n.runs.into()),
        ("unsteady", n.is_unsteady.into()),
        ("without_code", n.without_code.into()),
        ("units", n.units.iter().map(String::as_str).collect()),
        ("passes", n.passes.iter().copied().collect()),
        ("not_passes", n.not_passes.into()),
        ("instructions", instructions.collect()),
        ("options", n.options.iter().map(String::as_str).collect()),
    ])
}

/// The lines and instructions at these code units of a function, told by a run of ours. `None`: the source is not to be had.
pub fn where_is(bench: &Bench, place: &str, first: u32, last: u32) -> Option<String> {
    let mut parts = place.splitn(3, ':');
    let (file, line, name) = (parts.next()?, parts.next()?, parts.next()?);
    let own = child::own_program().ok()?;
    let script = bench.arguments.iter().find(|a| a.rsplit('/').next() == Some(file));
    let source = match script {
        Some(script) => fs::read(bench.origin().join(script)).ok()?,
        // `-c`: the text follows.
        None if file == "<string>" => {
            let at = bench.arguments.iter().position(|a| a == "-c")?;
            format!("{}\n", bench.arguments.get(at + 1)?).into_bytes()
        }
        None => fs::read(bench.origin().join(file)).ok()?,
    };
    let arguments = vec![
        "-X".to_owned(),
        "jit=off".to_owned(),
        "-c".to_owned(),
        include_str!("where.py").to_owned(),
        line.to_owned(),
        name.to_owned(),
        first.to_string(),
        last.to_string(),
    ];
    let run = Run {
        program: &own,
        arguments,
        environment: Vec::new(),
        folder: None,
        stdin: &source,
        timeout: Duration::from_secs(60),
    };
    let text = String::from_utf8(run.run().ok()?.stdout).ok()?;
    (!text.is_empty()).then_some(text)
}

/// A word for the shell.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_=./:,@+%".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

/// Writes a folder with the working folder as it was, standard input, what was recorded, what each engine gave, and a script.
pub fn reproduction(
    folder: &Path,
    bench: &Bench,
    first: &Engine,
    reference: &Seen,
    all: &[Compared],
    narrowed: Option<&Narrowed>,
) -> Result<PathBuf, String> {
    let folder = std::path::absolute(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let wrong = |e: std::io::Error| format!("{}: {e}", folder.display());
    if folder.exists() {
        if !folder.join("reproduce.sh").exists() {
            return Err(format!("{} is there already, and not ours: name another folder by --out", folder.display()));
        }
        fs::remove_dir_all(&folder).map_err(wrong)?;
    }
    // The folder may lie in the one that is copied.
    let work = bench.file("kept");
    let _ = fs::remove_dir_all(&work);
    copy::copy(bench.origin(), &work)?;
    fs::create_dir_all(&folder).map_err(wrong)?;
    copy::copy(&work, &folder.join("work"))?;
    fs::write(folder.join("stdin"), &bench.stdin).map_err(wrong)?;
    fs::copy(bench.file("record"), folder.join("record")).map_err(wrong)?;
    let keep = |name: &str, seen: &Seen| -> Result<(), String> {
        let mut names = String::new();
        for (name, value) in seen.names.iter().flatten() {
            let _ = writeln!(names, "{name} = {value}");
        }
        for (kind, text) in [("stdout", &seen.stdout), ("stderr", &seen.stderr), ("globals", &names)] {
            fs::write(folder.join(format!("{name}.{kind}")), text).map_err(wrong)?;
        }
        fs::write(folder.join(format!("{name}.status")), format!("{}\n", seen.ended)).map_err(wrong)
    };
    keep("reference", reference)?;
    for c in all.iter().filter(|c| !c.differences.is_empty()) {
        let name = match &c.engine {
            Engine::Own(mode) => mode.clone(),
            Engine::Python(path) => path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned()),
        };
        keep(&name, &c.seen)?;
    }
    if let Some(narrowed) = narrowed {
        fs::write(folder.join("found.txt"), narrowed_text(narrowed)).map_err(wrong)?;
    }
    fs::write(folder.join("reproduce.sh"), script(bench, first, all, narrowed)).map_err(wrong)?;
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(folder.join("reproduce.sh"), mode).map_err(wrong)?;
    Ok(folder)
}

fn script(bench: &Bench, first: &Engine, all: &[Compared], narrowed: Option<&Narrowed>) -> String {
    let mut out = String::from(
        "#!/bin/sh\n# Runs the program as --jit-diff did, in the reference and where it differs.\n# BROLGA names another build.\nhere=$(cd \"$(dirname \"$0\")\" && pwd)\ncd \"$here/work\" || exit 2\n",
    );
    let _ = writeln!(
        out,
        "brolga=${{BROLGA:-{}}}",
        quoted(&child::own_program().map_or_else(|_| "brolga".to_owned(), |p| p.display().to_string()))
    );
    out += "export PYTHONHASHSEED=0 PYTHONDONTWRITEBYTECODE=1\n";
    let program: Vec<String> = bench.arguments.iter().map(|a| quoted(a)).collect();
    let found = all.iter().find(|c| matches!(c.engine, Engine::Own(_)) && !c.differences.is_empty());
    for engine in std::iter::once(first).chain(found.map(|c| &c.engine)) {
        let Engine::Own(mode) = engine else { continue };
        let mut extra = String::new();
        if engine != first
            && let Some(narrowed) = narrowed
        {
            for word in &narrowed.options {
                extra += &format!(" {}", quoted(word));
            }
        }
        let _ = writeln!(out, "echo '== {engine}'");
        let _ = writeln!(
            out,
            "\"$brolga\" -X jit={mode} -X jit-wait -X outside=replay:\"$here/record\"{extra} {} <\"$here/stdin\"; echo \"exit status $?\"",
            program.join(" ")
        );
    }
    out
}
