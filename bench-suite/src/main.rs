//! The bench-suite: programs of our own, compared with other Pythons (`compare`) or counted in instructions (`count`).

mod compare;
mod count;
mod figures;
mod page;
mod plots;
mod programs;
mod pythons;
mod run;
mod table;

const HELP: &str = "\
usage: bench-suite compare [option] ... [NAME=COMMAND] ...
       bench-suite count [option] ...
       bench-suite list

compare: runs the programs in several Pythons, in turns, and says how many times as fast
each is as the first. Without a NAME=COMMAND it takes those that it finds: python3.14,
python3.15 with its JIT, pypy3, graalpy, rustpython, and the brolga that was built with it.
Before any number is printed, all Pythons must have given the same results.

  --only=A,B            these programs
  --seconds=S           processor time for each program in each Python (3)
  --rounds=N            so many times; the median counts (1)
  --html=FILE           a page with plots: steady state, warm-up, memory, start-up
  --svg=FILE            a picture of the steady state, as the README has
  --json=FILE           all figures
  --pyperformance=DIR   measure programs of pyperformance (its folder with bm_*) instead
  --packages=DIR        where the packages are that they import

count: counts the instructions of each program, of start-up, import and compilation, under
valgrind's callgrind, and compares them with the baseline.

  --only=A,B            these
  --save                write the baseline anew
  --sample              a fixed part of all, which takes a minute or two
  --jobs=N              so many at a time (as many as there are processors)
  --threshold=PERCENT   exit with 3 if one takes more by so much (2)
";

/// What was asked for, and is not there or not right.
pub const WRONG: i32 = 2;

fn main() {
    let status = match command() {
        Ok(status) => status,
        Err(text) => {
            eprintln!("bench-suite: {text}");
            WRONG
        }
    };
    std::process::exit(status);
}

fn command() -> Result<i32, String> {
    use lexopt::Arg::{Long, Short, Value};
    let mut parser = lexopt::Parser::from_env();
    let mut compare = compare::Options::default();
    let mut count = count::Options::default();
    let mut what = None;
    while let Some(arg) = parser.next().map_err(wrong)? {
        match arg {
            Long("help") | Short('h') => {
                print!("{HELP}");
                return Ok(0);
            }
            Long("only") => compare.only = value(&mut parser)?.split(',').map(str::to_owned).collect(),
            Long("seconds") => compare.seconds = number(&value(&mut parser)?)?,
            Long("rounds") => compare.rounds = number::<usize>(&value(&mut parser)?)?.max(1),
            Long("html") => compare.html = Some(value(&mut parser)?),
            Long("svg") => compare.svg = Some(value(&mut parser)?),
            Long("json") => compare.json = Some(value(&mut parser)?),
            Long("pyperformance") => compare.pyperformance = Some(value(&mut parser)?),
            Long("packages") => compare.packages = Some(value(&mut parser)?),
            Long("save") => count.save = true,
            Long("sample") => count.sample = true,
            Long("jobs") => count.jobs = number::<usize>(&value(&mut parser)?)?.max(1),
            Long("threshold") => count.threshold = number(value(&mut parser)?.trim_end_matches('%'))?,
            Value(word) if what.is_none() => what = Some(word.to_string_lossy().into_owned()),
            Value(word) => compare.pythons.push(pythons::parse(&word.to_string_lossy())?),
            other => return Err(wrong(other.unexpected())),
        }
    }
    count.only.clone_from(&compare.only);
    match what.as_deref() {
        Some("compare") => compare::main(compare),
        Some("count") => count::main(&count),
        Some("list") => {
            programs::ours()?.iter().for_each(|p| println!("{:16} {}", p.name, p.about));
            Ok(0)
        }
        _ => {
            eprint!("{HELP}");
            Ok(WRONG)
        }
    }
}

fn wrong(e: lexopt::Error) -> String {
    format!("{e} (--help says what there is)")
}

fn value(parser: &mut lexopt::Parser) -> Result<String, String> {
    parser.value().map(|v| v.to_string_lossy().into_owned()).map_err(wrong)
}

fn number<T: std::str::FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("{text:?} is no number that fits here"))
}
