//! What CPython finds, recorded (tests/data/corpus.txt, made by tools/make_corpus.py) and, with `BROLGA_CPYTHON` naming a
//! CPython 3.14, live: its own test.re_tests and fresh random patterns (`BROLGA_REGEX_CASES`, `BROLGA_REGEX_SEED`).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::allow_attributes_without_reason,
    reason = "tests"
)]

use brolga_regex::{Char, Matcher, Mode, Program, Props};
use std::process::Command;

/// Unicode by std: good for the letters that the corpus uses.
struct Std;

fn ch(c: u32) -> char {
    char::from_u32(c).unwrap_or('\0')
}

impl Props for Std {
    fn is_alnum(&self, c: u32) -> bool {
        ch(c).is_alphanumeric()
    }
    fn is_decimal(&self, c: u32) -> bool {
        (0x30..=0x39).contains(&c) || (0x660..=0x669).contains(&c)
    }
    fn is_space(&self, c: u32) -> bool {
        ch(c).is_whitespace()
    }
    fn is_linebreak(&self, c: u32) -> bool {
        c == 0x2028 || c == 0x2029
    }
    fn to_lower(&self, c: u32) -> u32 {
        ch(c).to_lowercase().next().unwrap() as u32
    }
    fn to_upper(&self, c: u32) -> u32 {
        ch(c).to_uppercase().next().unwrap() as u32
    }
}

thread_local! {
    /// The pattern at work, for messages.
    static SOURCE: std::cell::RefCell<String> = const { std::cell::RefCell::new(String::new()) };
}

fn show(m: &Matcher, groups: usize) -> String {
    let mut out = String::new();
    for g in 0..=groups {
        match m.group(g) {
            Some((a, b)) => out += &format!("{a}:{b},"),
            None => out += "-,",
        }
    }
    out + &m.lastindex().unwrap_or(0).to_string()
}

fn results<C: Char>(program: &Program, s: &[C], pos: usize, end: usize) -> [String; 3] {
    let mut m = program.matcher();
    let mut polls = 0;
    let mut run = |m: &mut Matcher, pos, mode, must_advance| {
        let mut poll = || {
            polls += 1;
            polls < 100_000
        };
        m.run(program, s, pos, end, mode, must_advance, &Std, &mut poll)
            .unwrap_or_else(|e| panic!("{e}: {} at {pos} {mode:?}", SOURCE.with_borrow(String::clone)))
    };
    let mut one = |mode| if run(&mut m, pos, mode, false) { show(&m, program.groups()) } else { "0".to_string() };
    let (a, b) = (one(Mode::Match), one(Mode::Fullmatch));
    let mut all = Vec::new();
    let (mut start, mut must_advance) = (pos, false);
    while run(&mut m, start, Mode::Search, must_advance) {
        all.push(show(&m, program.groups()));
        must_advance = m.end() == m.start();
        start = m.end();
    }
    [a, b, if all.is_empty() { "-".to_string() } else { all.join(";") }]
}

fn list(text: &str) -> Vec<u32> {
    if text == "-" { Vec::new() } else { text.split(',').map(|w| w.parse().unwrap()).collect() }
}

/// Runs a corpus and gives the number of subjects.
fn check(corpus: &str) -> usize {
    let (mut count, mut failures) = (0, Vec::new());
    let mut program: Option<Program> = None;
    let mut source = "";
    let mut lines = corpus.lines();
    while let Some(line) = lines.next() {
        let (kind, rest) = line.split_at(2);
        match kind {
            "P " => {
                let words: Vec<&str> = rest.split(' ').collect();
                let code = list(words[2]);
                let flags = words[0].parse().unwrap();
                program = Some(
                    Program::new(&code, words[1].parse().unwrap(), flags).unwrap_or_else(|e| panic!("{line}: {e}")),
                );
            }
            "# " => {
                source = rest;
                SOURCE.set(rest.to_string());
            }
            "S " => {
                let words: Vec<&str> = rest.split(' ').collect();
                let (pos, end) = (words[1].parse().unwrap(), words[2].parse().unwrap());
                let s = list(words[3]);
                let program = program.as_ref().unwrap();
                let want: Vec<&str> = (0..3).map(|_| &lines.next().unwrap()[2..]).collect();
                let most = s.iter().copied().max().unwrap_or(0);
                let mut got = Vec::new();
                if most < 256 {
                    got.push(results(program, &s.iter().map(|&c| c as u8).collect::<Vec<_>>(), pos, end));
                }
                if most < 65536 {
                    got.push(results(program, &s.iter().map(|&c| c as u16).collect::<Vec<_>>(), pos, end));
                }
                got.push(results(program, &s, pos, end));
                for (width, got) in got.iter().enumerate() {
                    if got[..] != want[..] {
                        failures
                            .push(format!("{source} on {s:?} {pos}..{end} (width {width}):\n  {got:?}\n  {want:?}"));
                    }
                }
                count += 1;
            }
            _ => panic!("{line}"),
        }
    }
    assert!(
        failures.is_empty(),
        "{} of {count} differ\n{}",
        failures.len(),
        failures[..failures.len().min(20)].join("\n")
    );
    count
}

#[test]
fn recorded() {
    assert!(check(include_str!("data/corpus.txt")) > 1000);
}

fn live(args: &[&str]) -> Option<String> {
    let python = std::env::var_os("BROLGA_CPYTHON")?;
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tools/make_corpus.py");
    let output = Command::new(python).arg(script).args(args).env("PYTHONIOENCODING", "utf-8").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap())
}

#[test]
fn cpython_re_tests() {
    if let Some(corpus) = live(&["re_tests"]) {
        assert!(check(&corpus) > 500);
    }
}

#[test]
fn random_patterns() {
    let cases = std::env::var("BROLGA_REGEX_CASES").unwrap_or("3000".to_string());
    let seed = std::env::var("BROLGA_REGEX_SEED").unwrap_or("7".to_string());
    if let Some(corpus) = live(&["generated", &cases, &seed]) {
        check(&corpus);
    }
}
