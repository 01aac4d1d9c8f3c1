//! Deep and hostile sources end in a code object or an error, on any stack.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may fail by panicking")]

use brolga_bytecode::{marshal, verifier};
use brolga_compiler::{ErrorKind, Mode, Options, Source, compile};

fn on_small_stack<T: Send + 'static>(run: impl FnOnce() -> T + Send + 'static) -> T {
    std::thread::Builder::new().stack_size(256 << 10).spawn(run).unwrap().join().unwrap()
}

fn run(source: String) -> Result<(), ErrorKind> {
    on_small_stack(move || {
        compile(Source::Text(&source), "<test>", Mode::Exec, &Options::default()).map(|_| ()).map_err(|e| e.kind)
    })
}

#[test]
fn sums_and_chains() {
    assert_eq!(run(format!("x = {}1", "a+".repeat(5_000))), Ok(()));
    assert_eq!(run(format!("x = a{}", ".b".repeat(5_000))), Ok(()));
    assert_eq!(run(format!("x = {}1", "-".repeat(5_000))), Ok(()));
    assert_eq!(run(format!("x = {}1", "not ".repeat(5_000))), Ok(()));
    assert_eq!(run(format!("if a: pass\n{}", "elif a: pass\n".repeat(3_000))), Ok(()));
}

#[test]
fn beyond_all_limits() {
    assert_eq!(run(format!("x = {}1{}", "(".repeat(201), ")".repeat(201))), Err(ErrorKind::SyntaxError));
    assert_eq!(run(format!("x = {}1{}", "(".repeat(200), ")".repeat(200))), Ok(()));
    assert_eq!(run("(".repeat(100_000)), Err(ErrorKind::SyntaxError));
    assert_eq!(run(format!("x = {}1", "-".repeat(1_000_000))), Err(ErrorKind::RecursionError));
    assert_eq!(run(format!("x = {}1", "-".repeat(100_000))), Err(ErrorKind::RecursionError));
    assert_eq!(run(format!("x = {}1", "lambda: ".repeat(500))), Ok(()));
    assert_eq!(run(format!("x = {}1", "lambda: ".repeat(501))), Err(ErrorKind::RecursionError));
    assert_eq!(run(format!("x = {}1{}", "(a for a in ".repeat(100), ")".repeat(100))), Ok(()));
    let mut source = String::new();
    for level in 0..120 {
        source.push_str(&" ".repeat(level));
        source.push_str("if a:\n");
    }
    source.push_str(&" ".repeat(120));
    source.push_str("pass\n");
    assert_eq!(run(source), Err(ErrorKind::IndentationError));
}

/// A small generator of pseudo-random numbers (xorshift64).
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n as u64) as usize
    }
}

/// Programs with pieces cut out, doubled and swapped: no panic, and what compiles verifies and survives marshal.
#[test]
fn mutated_sources() {
    on_small_stack(|| {
        let source = include_str!("data/mutate.py");
        let mut random = Random(0x2545_f491_4f6c_dd1d);
        let boundaries: Vec<usize> = source.char_indices().map(|(i, _)| i).collect();
        let mut compiled = 0;
        for _ in 0..1_500 {
            let mut text = source.to_owned();
            for _ in 0..=random.below(3) {
                let (a, b) = (boundaries[random.below(boundaries.len())], random.below(12));
                let a = a.min(text.len().saturating_sub(1));
                let end = (a + b).min(text.len());
                let (Some(head), Some(piece), Some(tail)) = (text.get(..a), text.get(a..end), text.get(end..)) else {
                    continue;
                };
                text = match random.below(3) {
                    0 => format!("{head}{tail}"),
                    1 => format!("{head}{piece}{piece}{tail}"),
                    _ => {
                        let with =
                            ["(", ")", "'", "\"", "\n", "    ", ":", "=", "{", "}", "[", "*", "f'", "\\", "é", "0"];
                        format!("{head}{}{tail}", with[random.below(with.len())])
                    }
                };
            }
            for mode in [Mode::Exec, Mode::Single, Mode::Eval] {
                if let Ok(result) = compile(Source::Text(&text), "<test>", mode, &Options::default()) {
                    compiled += 1;
                    verifier::verify_tree(&result.code).unwrap_or_else(|e| panic!("{e}\n{text}"));
                    let again = marshal::load_code(&marshal::write_code(&result.code)).unwrap();
                    assert!(*again == result.code);
                }
            }
        }
        assert!(compiled > 50, "{compiled}");
    });
}

/// The code generator's search for equal constants must not take time by the square of their number; equal ones are one.
#[test]
fn large_displays() {
    use brolga_bytecode::Const;
    let pairs = |n: i64, key: &dyn Fn(i64) -> String| -> String {
        (0..n).map(|i| format!("{}: ({i}, 'x{i}', -{i}.5)", key(i))).collect::<Vec<_>>().join(", ")
    };
    for source in [
        format!("{{{}}}", pairs(70_000, &|i| i.to_string())),
        format!("{{{}}}", pairs(20_000, &|i| format!("'x{i}'"))),
        format!("[{}]", (0..100_000).map(|i| i.to_string()).collect::<Vec<_>>().join(", ")),
    ] {
        let begun = std::time::Instant::now();
        let code = compile(Source::Text(&source), "<string>", Mode::Eval, &Options::default()).unwrap().code;
        assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
        verifier::verify_tree(&code).unwrap();
        assert!(code.consts.iter().all(|c| !matches!(c, Const::Float(f) if f.is_nan())));
    }
    let numbers = (300..12_300).map(|i| format!("{i}: {i}")).collect::<Vec<_>>().join(", ");
    let code =
        compile(Source::Text(&format!("{{{numbers}}}")), "<string>", Mode::Eval, &Options::default()).unwrap().code;
    assert_eq!(code.consts.to_vec(), (300..12_300).map(Const::Int).collect::<Vec<_>>());
}
