//! The JIT's options on the command line, besides its mode: all `-X jit-...`.

use brolga_runtime::state::config::Config;

use crate::dumps::Dumps;
use crate::gdb::Gdb;
use crate::limits::Limits;
use crate::perf_map::PerfMap;
use crate::planted;
use crate::stress::Plan;

/// What `-X jit-...` says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JitOptions {
    /// `jit-stress`
    pub stress: Option<Plan>,
    /// `jit-threshold=LOOPS[,CALLS]`: in place of the mode's.
    pub thresholds: Option<(u32, u32)>,
    /// `jit-log=FILE`
    pub log: Option<String>,
    /// `perf`: names of compiled code for profilers.
    pub perf: bool,
    /// `gdb`: names of compiled code for the debugger.
    pub gdb: bool,
    /// `jit-only`, `jit-without`, `jit-general`
    pub limits: Limits,
    /// `jit-dump`
    pub dumps: Dumps,
    /// `jit-wait`: the program waits for its code.
    pub waits: bool,
}

impl JitOptions {
    /// Parses them; the error is the text for stderr.
    pub fn of(config: &Config) -> Result<JitOptions, String> {
        let mut options =
            JitOptions { perf: PerfMap::is_wanted(config), gdb: Gdb::is_wanted(config), ..JitOptions::default() };
        for (name, value) in &config.x_options {
            let value = value.as_deref();
            match name.as_str() {
                "jit-stress" => options.stress = Some(Plan::parse(value.unwrap_or(""))?),
                "jit-threshold" => {
                    let wrong = || "-X jit-threshold: wants LOOPS or LOOPS,CALLS, numbers above 1\n".to_owned();
                    let value = value.unwrap_or("");
                    let (loops, calls) = value.split_once(',').unwrap_or((value, value));
                    let number = |text: &str| text.parse().ok().filter(|n| *n > 1).ok_or_else(wrong);
                    options.thresholds = Some((number(loops)?, number(calls)?));
                }
                "jit-plant" if !planted::choose(value.unwrap_or("")) => {
                    return Err("-X jit-plant: this build has no such bug\n".to_owned());
                }
                "jit-only" => options.limits.only(value.unwrap_or("")),
                "jit-without" => options.limits.without(value.unwrap_or(""))?,
                "jit-general" => options.limits.general(value.unwrap_or(""))?,
                "jit-dump" => options.dumps = Dumps::parse(value.unwrap_or(""))?,
                "jit-wait" => options.waits = true,
                "jit-log" => match value {
                    Some(file) if !file.is_empty() => options.log = Some(file.to_owned()),
                    _ => return Err("-X jit-log: wants a file\n".to_owned()),
                },
                _ => {}
            }
        }
        Ok(options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(options: &[(&str, &str)]) -> Result<JitOptions, String> {
        let x_options = options.iter().map(|(name, value)| ((*name).to_owned(), Some((*value).to_owned()))).collect();
        JitOptions::of(&Config { x_options, ..Config::default() })
    }

    #[test]
    fn options() {
        assert_eq!(of(&[("jit", "eager"), ("other", "x")]), Ok(JitOptions::default()));
        assert_eq!(of(&[("jit-threshold", "20")]).unwrap().thresholds, Some((20, 20)));
        assert_eq!(of(&[("jit-threshold", "20,5")]).unwrap().thresholds, Some((20, 5)));
        assert!(of(&[("jit-wait", "")]).unwrap().waits);
        assert_eq!(of(&[("jit-log", "a.jsonl")]).unwrap().log.as_deref(), Some("a.jsonl"));
        for wrong in [("jit-threshold", "0"), ("jit-threshold", "1,2"), ("jit-log", ""), ("jit-stress", "x")] {
            assert!(of(&[wrong]).is_err(), "{wrong:?}");
        }
    }
}
