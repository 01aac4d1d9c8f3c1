//! Hostile code arrays and hostile matches: errors, never panics, never without end.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::allow_attributes_without_reason,
    reason = "tests"
)]

use brolga_regex::{Error, InvalidCode, Latin1, Mode, Program, validate};

struct Rng(u64);

impl Rng {
    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % below as u64) as usize
    }
}

/// Runs a valid program a little in every mode and width.
fn exercise(program: &Program) {
    let text = b"aab\n b1\xff";
    let wide: Vec<u32> = text.iter().map(|&c| u32::from(c) * 37).collect();
    for mode in [Mode::Match, Mode::Fullmatch, Mode::Search] {
        for pos in [0, 3] {
            let mut m = program.matcher();
            m.set_memory_limit(1 << 20);
            let mut polls = 0;
            let mut poll = || {
                polls += 1;
                polls < 4
            };
            let _ = m.run(program, text, pos, 8, mode, pos == 3, &Latin1, &mut poll);
            let _ = m.run(program, &wide, pos, usize::MAX, mode, false, &Latin1, &mut poll);
            for group in 0..=program.groups() + 1 {
                m.group(group);
            }
        }
    }
}

fn corpus_codes() -> Vec<(Vec<u32>, usize)> {
    include_str!("data/corpus.txt")
        .lines()
        .filter_map(|l| l.strip_prefix("P "))
        .map(|l| {
            let words: Vec<&str> = l.split(' ').collect();
            (words[2].split(',').map(|w| w.parse().unwrap()).collect(), words[1].parse().unwrap())
        })
        .collect()
}

#[test]
fn random_arrays() {
    let mut r = Rng(0x1234_5678_9abc_def1);
    let mut valid = 0;
    for _ in 0..200_000 {
        let len = r.next(24);
        let code: Vec<u32> = (0..len)
            .map(|_| match r.next(10) {
                0 => u32::MAX - r.next(4) as u32,
                1 => r.next(300) as u32,
                2..=4 => r.next(8) as u32,
                _ => r.next(44) as u32,
            })
            .chain([1])
            .collect();
        if let Ok(program) = Program::new(&code, r.next(4), 0) {
            valid += 1;
            exercise(&program);
        }
    }
    assert!(valid > 100, "{valid}");
}

#[test]
fn mutated_arrays() {
    let codes = corpus_codes();
    let mut r = Rng(0x9e37_79b9_7f4a_7c15);
    let mut valid = 0;
    for (code, groups) in codes.iter().cycle().take(60_000) {
        let mut code = code.clone();
        for _ in 0..1 + r.next(3) {
            let at = r.next(code.len());
            match r.next(4) {
                0 => {
                    code.remove(at);
                }
                1 => code.insert(at, r.next(44) as u32),
                2 => code[at] = code[at].wrapping_add(r.next(5) as u32).wrapping_sub(2),
                _ => code[at] = [0, 1, 255, 65536, u32::MAX, 0x8000_0000][r.next(6)],
            }
            if code.is_empty() {
                code.push(1);
            }
        }
        assert_eq!(validate(&code, *groups).is_ok(), Program::new(&code, *groups, 0).is_ok());
        if let Ok(program) = Program::new(&code, *groups, 0) {
            valid += 1;
            exercise(&program);
        }
    }
    assert!(valid > 1000, "{valid}");
}

#[test]
fn deep_nesting_is_an_error() {
    // ATOMIC_GROUP <skip to behind its SUCCESS> ... SUCCESS, nested
    let depth = 5000;
    let mut code: Vec<u32> = (0..depth).flat_map(|level| [27, 3 * (depth - level) - 1]).collect();
    code.extend(std::iter::repeat_n(1, depth as usize + 1));
    assert_eq!(validate(&code, 0), Err(InvalidCode::TooDeep));
    let depth = 900;
    let mut code: Vec<u32> = (0..depth).flat_map(|level| [27, 3 * (depth - level) - 1]).collect();
    code.extend(std::iter::repeat_n(1, depth as usize + 1));
    assert_eq!(validate(&code, 0), Ok(()));
}

#[test]
fn nested_conditionals_do_not_explode() {
    // Operands that look like a JUMP make each conditional readable in two ways.
    let mut code = vec![16, 15];
    for _ in 0..60 {
        code.splice(0..0, [12, 0, code.len() as u32 + 4]);
        code.extend([15, 1]);
    }
    code.push(1);
    let _ = validate(&code, 1);
}

/// `(?:ab)*c`
const PAIRS: &[u32] = &[14, 4, 0, 1, u32::MAX, 23, 7, 0, u32::MAX, 16, 97, 16, 98, 18, 16, 99, 1];

#[test]
fn memory_is_limited() {
    let program = Program::new(PAIRS, 0, 0).unwrap();
    let text = b"ab".repeat(1_000_000);
    let mut m = program.matcher();
    m.set_memory_limit(1 << 20);
    let result = m.run(&program, &text, 0, text.len(), Mode::Match, false, &Latin1, &mut || true);
    assert_eq!(result, Err(Error::Memory));
    m.set_memory_limit(1 << 30);
    let result = m.run(&program, &text, 0, text.len(), Mode::Match, false, &Latin1, &mut || true);
    assert_eq!(result, Ok(false));
}

/// `(?:a+)+b`
const NESTED: &[u32] = &[14, 4, 0, 2, u32::MAX, 23, 10, 1, u32::MAX, 24, 6, 1, u32::MAX, 16, 97, 1, 18, 16, 98, 1];

#[test]
fn the_poll_interrupts() {
    let program = Program::new(NESTED, 0, 0).unwrap();
    // No `b` may follow an `a`, and yet the first sets must not see it: exponential.
    let text = [b"a".repeat(60), b"c".to_vec()].concat();
    let mut polls = 0;
    let result = program.matcher().run(&program, &text, 0, text.len(), Mode::Match, false, &Latin1, &mut || {
        polls += 1;
        polls < 10
    });
    assert_eq!(result, Err(Error::Interrupted));
    assert_eq!(polls, 10);
}
