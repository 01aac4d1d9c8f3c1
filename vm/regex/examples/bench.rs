//! Times the engine on the files of tools/dump_code.py, beside CPython's times: `bench DIRECTORY`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::allow_attributes_without_reason,
    reason = "a tool for developers"
)]

use brolga_regex::{Char, Latin1, Mode, Program};
use std::time::Instant;

fn count<C: Char>(program: &Program, s: &[C]) -> usize {
    let mut m = program.matcher();
    let (mut start, mut must_advance, mut n) = (0, false, 0);
    while m.run(program, s, start, s.len(), Mode::Search, must_advance, &Latin1, &mut || true).unwrap() {
        n += 1;
        must_advance = m.end() == m.start();
        start = m.end();
    }
    n
}

fn time<C: Char>(program: &Program, s: &[C]) -> (usize, f64) {
    let mut best = f64::MAX;
    let mut n = 0;
    for _ in 0..5 {
        let t = Instant::now();
        n = count(program, s);
        best = best.min(t.elapsed().as_secs_f64() * 1e3);
    }
    (n, best)
}

fn main() {
    let dir = std::env::args().nth(1).expect("the directory of tools/dump_code.py");
    let text = std::fs::read(format!("{dir}/text.txt")).unwrap();
    let wide: Vec<u32> = text.iter().map(|&c| u32::from(c)).collect();
    let (mut product, mut product_wide, mut patterns) = (1.0f64, 1.0f64, 0);
    println!("{:45} {:>8} {:>9} {:>9} {:>6} {:>9}", "pattern", "matches", "CPython", "u8", "ratio", "u32");
    for line in std::fs::read_to_string(format!("{dir}/patterns.txt")).unwrap().lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let code: Vec<u32> = fields[4].split(',').map(|w| w.parse().unwrap()).collect();
        let program = Program::new(&code, fields[3].parse().unwrap(), 0).unwrap();
        let theirs: f64 = fields[2].parse().unwrap();
        let (n, ours) = time(&program, &text);
        let (n_wide, ours_wide) = time(&program, &wide);
        assert_eq!([n, n_wide].map(|n| n.to_string()), [fields[1], fields[1]], "{}", fields[0]);
        println!("{:45} {n:>8} {theirs:>9.3} {ours:>9.3} {:>6.2} {ours_wide:>9.3}", fields[0], ours / theirs);
        product *= ours / theirs;
        product_wide *= ours_wide / theirs;
        patterns += 1;
    }
    let mean = |p: f64| p.powf(1.0 / f64::from(patterns));
    println!("geometric mean of ours/CPython's: u8 {:.2}, u32 {:.2}", mean(product), mean(product_wide));
}
