//! `-X importtime`: what each import took, on stderr, in CPython's columns.

use std::cell::Cell;
use std::io::Write;
use std::time::{Duration, Instant};

use crate::object::Ref;
use crate::state::Vm;
use crate::types::str::PyStr;

/// The interpreter's account of its imports.
#[derive(Default)]
pub struct ImportTimes {
    has_header: Cell<bool>,
    /// Imports within each other that are under way.
    level: Cell<usize>,
    /// What the imports took that the current one has made.
    inner: Cell<Duration>,
}

/// An import under way.
pub(super) struct Timed {
    start: Instant,
    /// What others took before it, within the one around it.
    before: Duration,
}

/// A line for stderr. (Where that cannot be written to, there is nobody to tell.)
fn say(line: std::fmt::Arguments<'_>) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

fn header(vm: &Vm) {
    if !vm.import_times.has_header.replace(true) {
        say(format_args!("import time: self [us] | cumulative | imported package"));
    }
}

/// A module is about to be searched for and loaded.
pub(super) fn begin(vm: &Vm) -> Option<Timed> {
    if vm.config.import_time == 0 {
        return None;
    }
    header(vm);
    let times = &vm.import_times;
    times.level.set(times.level.get() + 1);
    Some(Timed { start: Instant::now(), before: times.inner.take() })
}

/// It is loaded, or could not be.
pub(super) fn end(vm: &Vm, timed: Option<Timed>, name: Ref<PyStr>) {
    let Some(Timed { start, before }) = timed else { return };
    let (took, times) = (start.elapsed(), &vm.import_times);
    let own = took.saturating_sub(times.inner.get());
    times.level.set(times.level.get() - 1);
    times.inner.set(before + took);
    let micros = |d: Duration| d.as_nanos().div_ceil(1000);
    let (name, indent) = (name.to_lossy(), times.level.get() * 2);
    say(format_args!("import time: {:9} | {:10} | {:indent$}{name}", micros(own), micros(took), ""));
}

/// It was there already: `-X importtime=2` says so.
pub(super) fn cached(vm: &Vm, name: Ref<PyStr>) {
    if vm.config.import_time >= 2 {
        header(vm);
        let (name, indent) = (name.to_lossy(), vm.import_times.level.get() * 2);
        say(format_args!("import time: cached    | cached     | {:indent$}{name}", ""));
    }
}
