//! Which tool the command line asks for. The tools are long options before the program, so that they never take a script's
//! name or its arguments; all other options are the program's and are handed on as they are.

use crate::count::CountOptions;
use crate::diff::DiffOptions;
use crate::explain::{ExplainOptions, Finding};
use crate::profile::ProfileOptions;
use crate::report::ReportOptions;

/// A tool and what it is told.
#[derive(Clone, Debug, PartialEq)]
pub enum Tool {
    /// `--jit-explain`
    Explain(ExplainOptions),
    /// `--jit-count`
    Count(CountOptions),
    /// `--jit-diff`
    Diff(DiffOptions),
    /// `--profile[=FILE]`
    Profile(ProfileOptions),
    /// `--jit-report[=FILE]`
    Report(ReportOptions),
    /// `--help-jit`
    Help,
}

/// The tools' own options, before it is known which tool they are for.
#[derive(Default)]
struct Given {
    tool: Option<(String, Option<String>)>,
    options: Vec<(String, Option<String>)>,
}

/// Options of tools; which of them take a value.
const OPTIONS: [(&str, bool); 11] = [
    ("json", false),
    ("fail-on", true),
    ("against", true),
    ("save", true),
    ("threshold", true),
    ("engines", true),
    ("out", true),
    ("timeout", true),
    ("no-narrow", false),
    ("lockstep", false),
    ("by", true),
];

/// Takes the tool and its options out of the arguments: the tool, if there is one, and the arguments that are left. `Err`: the text for
/// stderr.
pub fn split(argv: &[String]) -> Result<(Option<Tool>, Vec<String>), String> {
    let mut given = Given::default();
    let mut rest: Vec<String> = argv.first().cloned().into_iter().collect();
    let mut arguments = argv.iter().skip(1);
    // Options of tools are taken only where there is a tool.
    let is_tool = |arg: &str| {
        let name = arg.split('=').next().unwrap_or(arg);
        matches!(name, "--jit-explain" | "--jit-report" | "--jit-count" | "--jit-diff" | "--profile" | "--help-jit")
    };
    let wants_tool = before_program(argv).iter().any(|a| is_tool(a));
    while let Some(arg) = arguments.next() {
        let Some(long) = arg.strip_prefix("--").filter(|long| wants_tool && !long.is_empty()) else {
            rest.push(arg.clone());
            if takes_next(arg) {
                rest.extend(arguments.next().cloned());
            } else if is_program(arg) {
                break;
            }
            continue;
        };
        let (name, value) = match long.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (long, None),
        };
        if is_tool(arg) {
            if let Some((other, _)) = &given.tool {
                return Err(format!("--{name} and --{other} can't be had at once\n"));
            }
            given.tool = Some((name.to_owned(), value));
        } else if let Some((_, takes)) = OPTIONS.iter().find(|(option, _)| *option == name) {
            let value = match (takes, value) {
                (true, None) => Some(arguments.next().cloned().ok_or_else(|| format!("--{name} wants a value\n"))?),
                (false, Some(_)) => return Err(format!("--{name} takes no value\n")),
                (_, value) => value,
            };
            given.options.push((name.to_owned(), value));
        } else {
            rest.push(arg.clone());
        }
    }
    rest.extend(arguments.cloned());
    Ok((tool(given)?, rest))
}

/// The arguments before the program.
fn before_program(argv: &[String]) -> &[String] {
    let mut end = 1;
    while let Some(arg) = argv.get(end) {
        if is_program(arg) {
            break;
        }
        end += if takes_next(arg) { 2 } else { 1 };
    }
    argv.get(1..end.min(argv.len())).unwrap_or(&[])
}

/// Is this where the program is named?
fn is_program(arg: &str) -> bool {
    if arg == "-" || !arg.starts_with('-') {
        return true;
    }
    // `-c` and `-m`, also behind other letters.
    !arg.starts_with("--") && letters(arg).any(|c| matches!(c, 'c' | 'm'))
}

/// Is the next argument this option's value?
fn takes_next(arg: &str) -> bool {
    !arg.starts_with("--") && arg.starts_with('-') && matches!(letters(arg).last(), Some('X' | 'W')) && {
        let end = arg.chars().last();
        matches!(end, Some('X' | 'W'))
    }
}

/// The option letters of a word, up to one that takes a value.
fn letters(arg: &str) -> impl Iterator<Item = char> {
    let mut ended = false;
    arg.chars().skip(1).take_while(move |c| {
        let take = !ended;
        ended |= matches!(c, 'X' | 'W' | 'c' | 'm');
        take
    })
}

fn tool(given: Given) -> Result<Option<Tool>, String> {
    let Some((name, value)) = given.tool else { return Ok(None) };
    let mut left = given.options;
    let mut take = |name: &str| {
        let at = left.iter().position(|(n, _)| n == name)?;
        Some(left.remove(at).1)
    };
    let engines = |text: Option<String>, default: &str| -> Result<Vec<String>, String> {
        let all: Vec<String> = text.as_deref().unwrap_or(default).split(',').map(str::to_owned).collect();
        match all.iter().find(|e| !["off", "on", "eager", "nofast"].contains(&e.as_str())) {
            Some(wrong) => Err(format!("--engines: '{wrong}' is none of off, nofast, on, eager\n")),
            None => Ok(all),
        }
    };
    let tool = match name.as_str() {
        "help-jit" => Tool::Help,
        "profile" => Tool::Profile(ProfileOptions { to: value.unwrap_or_else(|| "profile.json".to_owned()) }),
        "jit-report" => Tool::Report(ReportOptions { to: value.unwrap_or_else(|| "report.html".to_owned()) }),
        "jit-explain" => {
            let mut options = ExplainOptions { to: value, json: take("json").is_some(), ..Default::default() };
            for name in take("fail-on").flatten().iter().flat_map(|list| list.split(',')) {
                let finding = Finding::ALL.into_iter().find(|f| f.name() == name);
                let all = Finding::ALL.map(Finding::name).join(", ");
                options.fail_on.push(finding.ok_or_else(|| format!("--fail-on: '{name}' is none of {all}\n"))?);
            }
            Tool::Explain(options)
        }
        "jit-count" => {
            let threshold = match take("threshold").flatten() {
                None => 2.0,
                Some(text) => text
                    .trim_end_matches('%')
                    .parse()
                    .ok()
                    .filter(|n: &f64| *n >= 0.0)
                    .ok_or_else(|| format!("--threshold: '{text}' is no percentage\n"))?,
            };
            Tool::Count(CountOptions {
                json: take("json").is_some(),
                save: take("save").flatten(),
                against: take("against").flatten(),
                threshold,
                engines: engines(take("engines").flatten(), "off,on")?,
                by: take("by").flatten(),
            })
        }
        _ => {
            let timeout = match take("timeout").flatten() {
                None => 600,
                Some(text) => text.parse().map_err(|_| format!("--timeout: '{text}' is no number of seconds\n"))?,
            };
            Tool::Diff(DiffOptions {
                against: take("against").flatten(),
                engines: engines(take("engines").flatten(), "off,nofast,on,eager")?,
                out: take("out").flatten(),
                narrows: take("no-narrow").is_none(),
                lockstep: take("lockstep").is_some(),
                json: take("json").is_some(),
                timeout,
            })
        }
    };
    match left.first() {
        Some((wrong, _)) => Err(format!("--{wrong} is no option of --{name}; see --help-jit\n")),
        None => Ok(Some(tool)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(args: &[&str]) -> Result<(Option<Tool>, Vec<String>), String> {
        let argv: Vec<String> = std::iter::once("brolga").chain(args.iter().copied()).map(str::to_owned).collect();
        split(&argv).map(|(tool, rest)| (tool, rest[1..].to_vec()))
    }

    #[test]
    fn without_a_tool_nothing_is_taken() {
        for args in [&["a.py", "--json"][..], &["--json", "a.py"], &["-X", "jit=off", "-c", "x", "--jit-explain"]] {
            let (tool, rest) = of(args).unwrap();
            assert_eq!(tool, None);
            assert_eq!(rest, args);
        }
    }

    #[test]
    fn a_tool_and_the_program() {
        let (tool, rest) = of(&["-X", "jit=eager", "--jit-explain", "--json", "a.py", "--json", "--jit-diff"]).unwrap();
        assert!(matches!(tool, Some(Tool::Explain(ExplainOptions { json: true, .. }))));
        assert_eq!(rest, ["-X", "jit=eager", "a.py", "--json", "--jit-diff"]);
        let (tool, _) = of(&["--jit-report=a.html", "-m", "m"]).unwrap();
        assert_eq!(tool, Some(Tool::Report(ReportOptions { to: "a.html".to_owned() })));
        let (tool, rest) = of(&["--jit-diff", "--against", "python3.14", "-Bc", "print()", "x"]).unwrap();
        assert!(matches!(tool, Some(Tool::Diff(DiffOptions { against: Some(a), .. })) if a == "python3.14"));
        assert_eq!(rest, ["-Bc", "print()", "x"]);
    }

    #[test]
    fn what_is_wrong() {
        for args in [
            &["--jit-explain", "--jit-diff", "a.py"][..],
            &["--jit-explain", "--fail-on=nonsense", "a.py"],
            &["--jit-explain", "--save=x", "a.py"],
            &["--jit-count", "--engines=fast", "a.py"],
            &["--jit-diff", "--json=3", "a.py"],
        ] {
            assert!(of(args).is_err(), "{args:?}");
        }
    }
}
