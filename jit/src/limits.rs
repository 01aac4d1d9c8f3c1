//! What the JIT is told not to do (`-X jit-only`, `jit-without`, `jit-general`): with these `--jit-diff` finds out which
//! function, which pass and which instruction a wrong result comes from (docs/jit-diff.md).
//!
//! A *place* is `FILE:LINE:NAME`: the last part of the file's path, the line where the function begins, its qualified name.
//! Behind it, `/KIND@UNIT` names one of its units: `/loop@12`, `/function@0`, `/generator@0`.

use std::ops::RangeInclusive;

use brolga_runtime::interp::inspect::UnitKind;
use brolga_runtime::object::Ref;
use brolga_runtime::types::code::PyCode;
use rustc_hash::FxHashSet as HashSet;

use crate::opt::{self, Options};

/// Restrictions; by default there are none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Only these functions or units are compiled.
    pub only: Option<HashSet<String>>,
    /// Passes that are left out.
    pub without: Vec<&'static str>,
    /// Instructions (a function's place, code units) that are compiled without guesses.
    pub general: Vec<(String, RangeInclusive<u32>)>,
}

impl Limits {
    /// `-X jit-only=PLACE,...`
    pub fn only(&mut self, value: &str) {
        self.only.get_or_insert_default().extend(list(value));
    }

    /// `-X jit-without=PASS,...`
    pub fn without(&mut self, value: &str) -> Result<(), String> {
        for name in list(value) {
            let Some(pass) = opt::PASSES.iter().find(|p| **p == name) else {
                return Err(format!(
                    "-X jit-without: no pass is called '{name}'; there are {}\n",
                    opt::PASSES.join(", ")
                ));
            };
            self.without.push(pass);
        }
        Ok(())
    }

    /// `-X jit-general=PLACE@UNIT,...` or `PLACE@FIRST-LAST`
    pub fn general(&mut self, value: &str) -> Result<(), String> {
        for item in list(value) {
            let parsed = item.rsplit_once('@').and_then(|(place, units)| {
                let (first, last) = units.split_once('-').unwrap_or((units, units));
                Some((place.to_owned(), first.parse().ok()?..=last.parse().ok()?))
            });
            let Some(parsed) = parsed else {
                return Err("-X jit-general: wants FILE:LINE:NAME@UNIT or FILE:LINE:NAME@FIRST-LAST\n".to_owned());
            };
            self.general.push(parsed);
        }
        Ok(())
    }

    /// May this unit be compiled?
    pub fn allow(&self, code: Ref<PyCode>, kind: UnitKind, at: u32) -> bool {
        let Some(only) = &self.only else { return true };
        let place = place(code);
        let unit = format!("{place}/{}@{at}", kind.name());
        only.contains(&place) || only.contains(&unit)
    }

    /// The code units of the instructions of this function that are compiled without guesses.
    pub fn general_in(&self, code: Ref<PyCode>) -> Vec<u32> {
        if self.general.is_empty() {
            return Vec::new();
        }
        let place = place(code);
        let length = u32::try_from(code.data().code.len() / 2).unwrap_or(0);
        let named = self.general.iter().filter(|(of, _)| *of == place);
        named.flat_map(|(_, units)| *units.start()..=(*units.end()).min(length)).collect()
    }
}

/// A function's place.
pub fn place(code: Ref<PyCode>) -> String {
    let file = code.filename_str().map_or_else(String::new, |n| n.to_lossy());
    let file = file.rsplit('/').next().unwrap_or("");
    let name = code.qualname_str().or(code.name_str()).map_or_else(String::new, |n| n.to_lossy());
    format!("{file}:{}:{name}", code.data().firstlineno).replace(',', ";")
}

fn list(value: &str) -> impl Iterator<Item = String> {
    value.split(',').filter(|item| !item.is_empty()).map(str::to_owned)
}

/// Which instructions (code units) of a function are not guessed about: those whose guesses have failed, and those the limits
/// name.
pub fn refused_within(options: &Options, code: Ref<PyCode>) -> HashSet<u32> {
    let address = code.addr() as u64;
    let failed = options.refused.iter().filter(|(of, _)| *of == address).map(|(_, unit)| *unit);
    failed.chain(options.limits.general_in(code)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options() {
        let mut limits = Limits::default();
        limits.only("a.py:1:f,a.py:9:g/loop@4");
        assert_eq!(limits.only.as_ref().map(HashSet::len), Some(2));
        assert!(limits.without("hoist,promote").is_ok());
        assert_eq!(limits.without, ["hoist", "promote"]);
        assert!(limits.without("hoost").is_err());
        assert!(limits.general("a.py:1:f@12").is_ok());
        assert!(limits.general("a.py:1:f@3-9").is_ok());
        assert_eq!(limits.general, [("a.py:1:f".to_owned(), 12..=12), ("a.py:1:f".to_owned(), 3..=9)]);
        assert!(limits.general("a.py:1:f").is_err());
    }
}
