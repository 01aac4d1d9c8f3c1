//! What CPython tells of its native modules' functions, types and attributes: `__text_signature__` and `__doc__`. They stand
//! in two tables of text, which are searched when somebody asks, and cost nothing before.

use crate::object::def::TypeDef;
use crate::state::Vm;

/// The tables: records in the bytewise order of their names, a tab behind the name if there is more.
#[derive(Copy, Clone, Default)]
pub struct Described {
    /// A line for each thing that CPython has, with its signature; `\\` and `\n` are escaped in it.
    pub signatures: &'static str,
    /// Records that end in a zero byte, with the text.
    pub docs: &'static str,
}

/// What stands behind a name: nothing, or the text. None where there is no such name.
fn find(table: &'static str, end: u8, name: &str) -> Option<&'static str> {
    let bytes = table.as_bytes();
    // Both are where records begin.
    let (mut low, mut high) = (0, bytes.len());
    while low < high {
        let middle = low + (high - low) / 2;
        let start = bytes.get(low..middle)?.iter().rposition(|b| *b == end).map_or(low, |at| low + at + 1);
        let stop = bytes.get(start..high)?.iter().position(|b| *b == end).map_or(high, |at| start + at);
        let record = table.get(start..stop)?;
        let (key, text) = record.split_once('\t').unwrap_or((record, ""));
        match key.cmp(name) {
            std::cmp::Ordering::Equal => return Some(text),
            std::cmp::Ordering::Less => low = stop + 1,
            std::cmp::Ordering::Greater => high = start,
        }
    }
    None
}

fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        out.push(match c {
            '\\' if rest.next() == Some('n') => '\n',
            c => c,
        });
    }
    out
}

/// The full name of a native type.
pub fn type_name(def: &TypeDef) -> String {
    format!("{}.{}", def.module, def.name)
}

/// The signature; an inner None where CPython has the thing, but tells no signature. `slot`: a special method, of which
/// most types say the same.
pub fn signature(vm: &Vm, owner: &str, name: &str, slot: bool) -> Option<Option<String>> {
    let table = vm.described.get().signatures;
    let text = find(table, b'\n', &format!("{owner}.{name}"))
        .or_else(|| find(table, b'\n', &format!("*.{name}")).filter(|_| slot))?;
    Some(Some(unescape(text)).filter(|t| !t.is_empty()))
}

pub fn type_signature(vm: &Vm, def: &TypeDef) -> Option<Option<String>> {
    signature(vm, def.module, def.name, false)
}

/// The `__doc__`.
pub fn doc(vm: &Vm, owner: &str, name: &str) -> Option<&'static str> {
    find(vm.described.get().docs, 0, &format!("{owner}.{name}"))
}

#[cfg(test)]
mod tests {
    use super::{find, unescape};

    #[test]
    fn every_record_is_found() {
        let table = "a\ta's\na.b\nab\t(x,\\ny='\\\\')\nb\tb's\n";
        assert_eq!(find(table, b'\n', "a"), Some("a's"));
        assert_eq!(find(table, b'\n', "a.b"), Some(""));
        assert_eq!(find(table, b'\n', "ab").map(unescape).as_deref(), Some("(x,\ny='\\')"));
        assert_eq!(find(table, b'\n', "b"), Some("b's"));
        for absent in ["", "A", "a.", "aa", "abc", "c"] {
            assert_eq!(find(table, b'\n', absent), None);
        }
        assert_eq!(find("", 0, "a"), None);
    }
}
