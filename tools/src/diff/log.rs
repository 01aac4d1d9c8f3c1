//! Reading the JIT's log (docs/jit-log.md): flat objects of texts and numbers, one a line.

use std::path::Path;

/// One event.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Event(Vec<(String, String)>);

impl Event {
    /// A member's text, or the digits of its number.
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v)
    }

    pub fn is(&self, event: &str) -> bool {
        self.get("event") == event
    }

    pub fn number(&self, name: &str) -> u64 {
        self.get(name).parse().unwrap_or(0)
    }
}

/// All events of a log; lines that are none are left out.
pub fn read(path: &Path) -> Vec<Event> {
    std::fs::read_to_string(path).unwrap_or_default().lines().filter_map(parse).collect()
}

fn parse(line: &str) -> Option<Event> {
    let mut rest = line.trim().strip_prefix('{')?;
    let mut members = Vec::new();
    loop {
        let (name, after) = text(rest)?;
        let after = after.strip_prefix(':')?;
        let (value, after) = if after.starts_with('"') {
            text(after)?
        } else {
            let end = after.find([',', '}'])?;
            (after[..end].to_owned(), &after[end..])
        };
        members.push((name, value));
        match after.strip_prefix(',') {
            Some(next) => rest = next,
            None => return (after == "}").then_some(Event(members)),
        }
    }
}

/// A text in quotes, and what follows it.
fn text(from: &str) -> Option<(String, &str)> {
    let from = from.strip_prefix('"')?;
    let mut out = String::new();
    let mut chars = from.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((out, &from[at + 1..])),
            '\\' => match chars.next()?.1 {
                'u' => {
                    let digits: String = (0..4).filter_map(|_| chars.next().map(|(_, c)| c)).collect();
                    out.push(char::from_u32(u32::from_str_radix(&digits, 16).ok()?)?);
                }
                escaped => out.push(escaped),
            },
            c => out.push(c),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events() {
        let event = parse("{\"event\":\"compiled\",\"function\":\"a\\\"b\\u000a\",\"unit\":12}").unwrap();
        assert!(event.is("compiled"));
        assert_eq!(event.get("function"), "a\"b\n");
        assert_eq!(event.number("unit"), 12);
        assert_eq!(parse("{\"event\""), None);
        assert_eq!(parse(""), None);
    }
}
