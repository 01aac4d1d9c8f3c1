//! What differs between two runs.

use super::copy::Entry;
use super::engine::Seen;

/// Something that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// `stdout`, `stderr`, `status`, `exception`, `globals`, `files`
    pub what: &'static str,
    /// Where, in words.
    pub place: String,
    pub expected: String,
    pub found: String,
}

/// So many characters of a line are shown.
const SHOWN: usize = 160;
/// So many names and files are.
const NAMED: usize = 5;

/// Compares a run with the reference. `foreign`: another Python made it, whose warnings and wording of its own are no
/// difference.
pub fn compare(reference: &Seen, other: &Seen, foreign: bool) -> Vec<Difference> {
    let mut all = Vec::new();
    let mut differ = |what, place: String, expected: String, found: String| {
        all.push(Difference { what, place, expected: cut(&expected), found: cut(&found) });
    };
    if reference.ended != other.ended {
        differ("status", "how it ended".to_owned(), reference.ended.to_string(), other.ended.to_string());
    }
    if let Some((line, a, b)) = first_line(&reference.stdout, &other.stdout) {
        differ("stdout", format!("line {line} of standard output"), a, b);
    }
    let exceptions = (exception(&reference.stderr), exception(&other.stderr));
    if exceptions.0 != exceptions.1 {
        let text = |e: Option<&str>| e.unwrap_or("(no exception)").to_owned();
        differ("exception", "the exception".to_owned(), text(exceptions.0), text(exceptions.1));
    } else if let Some((line, a, b)) = first_line(&reference.stderr, &other.stderr)
        && !(foreign && exceptions.0.is_none())
    {
        let what = if exceptions.0.is_some() { "traceback" } else { "stderr" };
        differ(what, format!("line {line} of standard error"), a, b);
    }
    names(reference, other, &mut differ);
    files(reference, other, &mut differ);
    all
}

/// The exception's own line: the last one that a traceback ends with.
fn exception(stderr: &str) -> Option<&str> {
    let start = stderr.rfind("Traceback (most recent call last):")?;
    stderr[start..].lines().skip(1).find(|l| !l.starts_with(' ') && !l.is_empty())
}

fn first_line(a: &str, b: &str) -> Option<(usize, String, String)> {
    if a == b {
        return None;
    }
    let (mut x, mut y) = (a.split('\n'), b.split('\n'));
    let mut number = 0;
    loop {
        number += 1;
        match (x.next(), y.next()) {
            (Some(p), Some(q)) if p == q => {}
            (None, None) => return None,
            (p, q) => {
                let text = |line: Option<&str>| line.map_or("(the end)".to_owned(), |l| format!("{l:?}"));
                return Some((number, text(p), text(q)));
            }
        }
    }
}

fn names(reference: &Seen, other: &Seen, differ: &mut impl FnMut(&'static str, String, String, String)) {
    let (a, b) = match (&reference.names, &other.names) {
        (Some(a), Some(b)) => (a, b),
        // The status says that one did not come to its end.
        _ => return,
    };
    let value = |all: &[(String, String)], name: &str| all.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone());
    let mut all: Vec<&String> = a.iter().chain(b).map(|(name, _)| name).collect();
    all.sort();
    all.dedup();
    let gone = || "(no such name)".to_owned();
    let different = all.into_iter().filter(|name| value(a, name) != value(b, name));
    for name in different.take(NAMED) {
        differ(
            "globals",
            format!("the global '{name}' at the end"),
            value(a, name).unwrap_or_else(gone),
            value(b, name).unwrap_or_else(gone),
        );
    }
}

fn files(reference: &Seen, other: &Seen, differ: &mut impl FnMut(&'static str, String, String, String)) {
    let paths: std::collections::BTreeSet<_> = reference.files.keys().chain(other.files.keys()).collect();
    let different = paths.into_iter().filter(|path| reference.files.get(*path) != other.files.get(*path));
    for path in different.take(NAMED) {
        let text = |entry: Option<&Entry>| match entry {
            None => "(no such file)".to_owned(),
            Some(Entry::Folder) => "a folder".to_owned(),
            Some(Entry::Link(to)) => format!("a link to {}", to.display()),
            Some(Entry::File(bytes)) => format!("{} bytes: {:?}", bytes.len(), String::from_utf8_lossy(bytes)),
            Some(Entry::Long(length)) => format!("{length} bytes"),
            Some(Entry::Other) => "something else".to_owned(),
        };
        let (a, b) = (reference.files.get(path), other.files.get(path));
        differ("files", format!("the file {}", path.display()), text(a), text(b));
    }
}

fn cut(text: &str) -> String {
    if text.chars().count() <= SHOWN {
        return text.to_owned();
    }
    format!("{}...", text.chars().take(SHOWN).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::child::Ended;

    fn seen(stdout: &str, stderr: &str) -> Seen {
        Seen { stdout: stdout.to_owned(), stderr: stderr.to_owned(), ended: Ended::Status(0), ..Seen::default() }
    }

    #[test]
    fn lines_and_exceptions() {
        let same = seen("a\nb\n", "");
        assert_eq!(compare(&same, &same, false), []);
        let all = compare(&same, &seen("a\nc\n", ""), false);
        assert_eq!((all.len(), all[0].what, all[0].found.as_str()), (1, "stdout", "\"c\""));
        let trace =
            |line: &str| seen("", &format!("Traceback (most recent call last):\n  File \"x\", line 1, in f\n{line}\n"));
        let all = compare(&trace("ValueError: 1"), &trace("ValueError: 2"), false);
        assert_eq!((all.len(), all[0].what, all[0].expected.as_str()), (1, "exception", "ValueError: 1"));
    }

    #[test]
    fn names_and_files() {
        let mut a = seen("", "");
        a.names = Some(vec![("x".to_owned(), "1".to_owned()), ("y".to_owned(), "2".to_owned())]);
        a.files.insert("f".into(), Entry::File(b"1".to_vec()));
        let mut b = a.clone();
        b.names = Some(vec![("x".to_owned(), "1".to_owned())]);
        b.files.clear();
        let all = compare(&a, &b, true);
        assert_eq!(all.iter().map(|d| d.what).collect::<Vec<_>>(), ["globals", "files"]);
    }
}
