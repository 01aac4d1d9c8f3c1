//! What the bodies of hot loops consist of, operation by operation: each `tests/loops/NAME.py` has a loop of one class, and
//! `NAME.ir` lists, of each unit that is compiled for it, the blocks of its loops (of a unit without a loop, all blocks).
//! Values are numbered anew from the first that is named, numbers that differ from run to run (addresses, shapes,
//! versions) stand as `..`, frame states as `@`.
//!
//! `BROLGA_BLESS=1 cargo test --test hot_loops` writes the lists anew. Read what has changed: an operation more in a body
//! is paid on each turn.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;

/// Runs a program's loop long enough for its last version.
const DRIVER: &str = "
import sys
names = {'__name__': 'loop'}
with open(sys.argv[1]) as file:
    exec(compile(file.read(), 'loop.py', 'exec'), names)
for _ in range(4):
    names['f'](*names['setup'](), 20000)
";

/// The operations whose immediates are addresses, shapes and versions.
const CHANGING: &[&str] = &["guard_shape", "has_shape", "set_shape", "guard_word", "guard_is", "const", "new", "call"];

fn dump(program: &Path) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_brolga"))
        .args(["-I", "-S", "-X", "jit=on", "-X", "jit-dump=ir", "-c", DRIVER])
        .arg(program)
        .env("PYTHONHASHSEED", "0")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// One block of a unit's text.
struct Block<'a> {
    name: &'a str,
    lines: Vec<&'a str>,
}

fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut blocks: Vec<Block<'_>> = Vec::new();
    for line in text.lines() {
        if line.starts_with('b') && line.ends_with(':') {
            blocks.push(Block { name: line.split('(').next().unwrap(), lines: vec![line] });
        } else if line.starts_with("  ")
            && let Some(block) = blocks.last_mut()
        {
            block.lines.push(line);
        }
    }
    blocks
}

/// Is the block part of a loop? Loops stand together: from where one of the later blocks jumps back to.
fn in_loop(blocks: &[Block<'_>]) -> Vec<bool> {
    let mut inside = vec![false; blocks.len()];
    for (at, block) in blocks.iter().enumerate() {
        let end = block.lines.last().copied().unwrap_or("");
        for (to, target) in blocks[..=at].iter().enumerate() {
            if end.contains(&format!("{}(", target.name)) {
                inside[to..=at].fill(true);
            }
        }
    }
    inside
}

/// A line whose values are numbered by `names`, without what changes from run to run.
fn plain(line: &str, names: &mut HashMap<String, usize>) -> String {
    let operation = line.rsplit(" = ").next().unwrap().trim();
    let changing = CHANGING.iter().any(|c| operation.starts_with(c));
    let mut out = String::new();
    let mut rest = line;
    while !rest.is_empty() {
        let word = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '@').unwrap_or(rest.len());
        if word == 0 {
            let next = rest.chars().next().unwrap();
            out.push(next);
            rest = &rest[next.len_utf8()..];
            continue;
        }
        let (token, after) = rest.split_at(word);
        rest = after;
        let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
        if let Some(hex) = token.strip_prefix("0x") {
            let number = u64::from_str_radix(hex, 16).unwrap();
            // Floats and the words of small ints are as they are on every run.
            let address = (0x1_0000..1 << 48).contains(&number);
            if changing || address { out.push_str("..") } else { out.push_str(token) }
        } else if token.starts_with("@s") && digits(&token[2..]) {
            out.push('@');
        } else if token.starts_with('v') && digits(&token[1..]) {
            let next = names.len();
            let number = *names.entry(token.to_owned()).or_insert(next);
            write!(out, "v{number}").unwrap();
        } else {
            out.push_str(token);
        }
    }
    out
}

fn listing(dump: &str) -> String {
    // A later version takes the place of an earlier one.
    let mut units: BTreeMap<String, &str> = BTreeMap::new();
    for text in dump.split("\n\n") {
        let mut lines = text.trim_start().lines();
        let (Some(name), Some(place)) = (lines.next(), lines.next()) else { continue };
        units.insert(format!("{name}, {place}"), text);
    }
    let mut out = String::new();
    for (place, text) in units {
        let blocks = blocks(text);
        let inside = in_loop(&blocks);
        let all = !inside.contains(&true);
        let mut names = HashMap::new();
        writeln!(out, "{place}").unwrap();
        for (block, inside) in blocks.iter().zip(inside) {
            if inside || all {
                for line in &block.lines {
                    writeln!(out, "{}", plain(line, &mut names)).unwrap();
                }
            }
        }
        out.push('\n');
    }
    out
}

#[test]
fn hot_loops() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/loops");
    let mut programs: Vec<_> = fs::read_dir(&folder).unwrap().flatten().map(|e| e.path()).collect();
    programs.retain(|p| p.extension().is_some_and(|e| e == "py"));
    programs.sort();
    assert!(programs.len() >= 9, "the loops are gone");
    let mut differ = Vec::new();
    for program in programs {
        let found = listing(&dump(&program));
        let expected = program.with_extension("ir");
        if std::env::var_os("BROLGA_BLESS").is_some() {
            fs::write(&expected, &found).unwrap();
        }
        if fs::read_to_string(&expected).unwrap_or_default() != found {
            differ.push(format!("{}\n{found}", expected.display()));
        }
    }
    assert!(differ.is_empty(), "BROLGA_BLESS=1 writes them anew:\n{}", differ.join("\n"));
}
