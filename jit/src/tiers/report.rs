//! What the command line asks to be told: the log (`-X jit-log`: docs/jit-log.md), and where code was left
//! (`-X jit-dump=exits`).

use brolga_runtime::object::{Header, Ref};
use brolga_runtime::types::code::PyCode;

use super::Jit;
use super::site::Exits;
use crate::helpers::Helper;
use crate::ir::{Op, Reason, Unit};
use crate::limits;
use crate::log::Line;

/// Puts a place in a code object into a line: file, function, line of source, code unit.
fn position(line: Line, code: u64, pc: u32) -> Line {
    let Some(code) = std::ptr::NonNull::new(code as *mut Header) else { return line };
    // SAFETY: the code object of a unit's frame, which is kept alive.
    let code: Ref<PyCode> = unsafe { Ref::from_ptr(code) };
    let name = code.name_str().map_or_else(String::new, |n| n.to_lossy());
    let file = code.filename_str().map_or_else(String::new, |n| n.to_lossy());
    let number = i32::try_from(pc).ok().and_then(|pc| code.line_of(pc.saturating_mul(2)));
    line.text("in", &name).text("file", &file).number("line", number.unwrap_or(0)).number("at", pc)
}

/// The functions that are in a unit, each once: place and length in code units (docs/jit-log.md).
fn functions(unit: &Unit) -> Vec<String> {
    let mut all = Vec::new();
    for frame in &unit.frames {
        let Some(code) = std::ptr::NonNull::new(frame.code as *mut Header) else { continue };
        // SAFETY: as above.
        let code: Ref<PyCode> = unsafe { Ref::from_ptr(code) };
        let function = format!("{}@{}", limits::place(code), code.data().code.len() / 2);
        if !all.contains(&function) {
            all.push(function);
        }
    }
    all
}

impl Jit {
    pub(super) fn log_compiled(&self, of: &Exits, unit: &Unit, bytes: usize, exits: usize) {
        let Some(log) = &self.log else { return };
        let mut lowered = self.lowered.borrow_mut();
        for block in &unit.blocks {
            for v in &block.insts {
                let inst = unit.inst(*v);
                let helper = match inst.op {
                    Op::Call | Op::TryCall | Op::Fast | Op::FastRead => Helper::ALL.get(inst.immediates[0] as usize),
                    _ => None,
                };
                *lowered.entry((inst.op.info().name, helper.map_or("", |h| h.name()))).or_default() += 1;
            }
        }
        let line = of.place.describe(Line::new("compiled")).number("unit", of.site).number("version", of.version);
        let line = line.number("bytes", bytes).number("exits", exits).number("inlined", unit.frames.len() - 1);
        let line = line.text("functions", &functions(unit).join(","));
        log.write(line.number("seconds", format_args!("{:.6}", self.started.elapsed().as_secs_f64())));
    }

    pub(super) fn log_end(&self) {
        let Some(log) = &self.log else { return };
        let (sites, exits) = (self.sites.borrow(), self.exits.borrow());
        let all = exits.iter().flat_map(|of| of.all.iter().map(move |(exit, count)| (of.site, exit, count.get())));
        log.write_all(all.filter(|(_, _, count)| *count > 0).map(|(site, exit, count)| {
            let line = position(Line::new("exit").text("reason", exit.reason.name()), exit.code, exit.pc);
            line.number("unit", site).number("count", count)
        }));
        let mut lowered = self.lowered.borrow().clone();
        if self.stress.is_some() {
            // What is never reached is told, too.
            Op::ALL.iter().for_each(|op| _ = lowered.entry((op.info().name, "")).or_default());
            Helper::ALL.iter().for_each(|h| _ = lowered.entry(("", h.name())).or_default());
        }
        log.write_all(lowered.iter().map(|((op, helper), count)| {
            Line::new("lowered").text("op", op).text("helper", helper).number("count", count)
        }));
        let mut end = Line::new("end").number("units", sites.iter().filter(|s| s.entry.is_some()).count());
        end = end.number("refused", sites.iter().filter(|s| s.refused.is_some()).count());
        end = end.number("compile_seconds", format_args!("{:.6}", self.spent.get().as_secs_f64()));
        if let Some(stress) = &self.stress {
            log.write_all(stress.guards().into_iter().enumerate().map(|(i, (guard, executed))| {
                let line = position(Line::new("guard").number("number", i), guard.code, guard.pc);
                let line = line.text("kind", guard.kind.name()).text("op", guard.op);
                line.text("reason", guard.reason.map_or("", Reason::name)).number("executed", executed)
            }));
            end = end.number("guards", stress.count()).number("forced", stress.failures());
        }
        log.write(end);
    }

    /// Where code was left, how often.
    pub(super) fn show_exits(&self) {
        let (sites, exits) = (self.sites.borrow(), self.exits.borrow());
        for site in sites.iter() {
            let code = site.place.code();
            let name = code.name_str().map_or_else(String::new, |n| n.to_lossy());
            let why = site.refused.unwrap_or("compiled");
            eprintln!("{name} {:?}: {} versions, {why}", site.place, site.versions);
        }
        let all = exits.iter().flat_map(|of| of.all.iter().map(move |(exit, count)| (of, exit, count.get())));
        let mut taken: Vec<_> = all.filter(|(_, _, count)| *count > 0).collect();
        taken.sort_by_key(|(_, _, count)| std::cmp::Reverse(*count));
        for (of, exit, count) in taken.iter().take(1000) {
            let name = of.place.code().name_str().map_or_else(String::new, |n| n.to_lossy());
            let (reason, version) = (exit.reason.name(), of.version);
            eprintln!("{count:9} {reason} in {} of {name} (version {version}), at {}", exit.function, exit.pc);
        }
    }
}
