//! `-X trail=FILE:FIRST:STEP:COUNT`: writes a line for the bytecode with the number FIRST and for each STEP more, COUNT in all,
//! before it is run: where it is, and what the frames then hold. As bytecodes are counted alike in all engines, two runs'
//! lines can be compared. With `:AGAINST` behind it, another run's file, the program is stopped at the first line that differs.
//!
//! No code of the program is called for that: of objects only the class is told.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Lines, Write};

use brolga_runtime::Vm;
use brolga_runtime::frame::Frame;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::types::cell::PyCell;
use brolga_runtime::types::dict::PyDict;
use brolga_runtime::types::int;
use brolga_runtime::types::list::PyList;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::types::tuple::PyTuple;
use brolga_runtime::value::{Slot, Value};

/// Frames that are told of.
const MAX_FRAMES: usize = 8;
/// Items of a container, and characters of a text.
const MAX_ITEMS: usize = 4;
const MAX_TEXT: usize = 40;

struct Trail {
    file: BufWriter<File>,
    against: Option<Lines<BufReader<File>>>,
    step: u64,
    left: u64,
}

/// Begins it. `Err` is text for stderr.
pub fn start(vm: &Vm, value: &str) -> Result<(), String> {
    let mut parts = value.split(':');
    let path = parts.next().unwrap_or("");
    let mut number = || parts.next().and_then(|n| n.parse::<u64>().ok());
    let (Some(first), Some(step), Some(count)) = (number(), number(), number()) else {
        return Err("-X trail: wants FILE:FIRST:STEP:COUNT[:AGAINST]\n".to_owned());
    };
    let wrong = |path: &str, e: std::io::Error| format!("-X trail: {path}: {e}\n");
    let against = match parts.next() {
        Some(other) => Some(BufReader::new(File::open(other).map_err(|e| wrong(other, e))?).lines()),
        None => None,
    };
    let file = BufWriter::new(File::create(path).map_err(|e| wrong(path, e))?);
    let mut trail = Trail { file, against, step: step.max(1), left: count };
    vm.meter.turn_on(Box::new(move |vm| trail.next(vm)));
    vm.meter.begin(first);
    Ok(())
}

impl Trail {
    /// Tells of the next bytecode: how many follow until the next that is told of; `None`: here the other run is elsewhere.
    fn next(&mut self, vm: &Vm) -> Option<u64> {
        if self.left == 0 {
            return Some(u64::MAX);
        }
        self.left -= 1;
        let line = format!("{}\t{}", vm.meter.used(), state(vm));
        // (What can't be written is missed by whoever reads it.)
        let _ = writeln!(self.file, "{line}").and_then(|()| self.file.flush());
        if let Some(other) = &mut self.against
            && !other.next().is_some_and(|other| other.is_ok_and(|other| other == line))
        {
            return None;
        }
        Some(self.step)
    }
}

/// The frames of the current thread, the innermost first: a tab between them.
fn state(vm: &Vm) -> String {
    let mut text = String::new();
    let mut next = vm.frame.get();
    for depth in 0..MAX_FRAMES {
        // SAFETY: the chain of live frames.
        let Some(frame) = (unsafe { next.as_ref() }) else { break };
        if depth > 0 {
            text.push('\t');
        }
        tell(vm, frame, depth == 0, &mut text);
        next = frame.previous.get();
    }
    text
}

/// Where a frame is, and its variables; the value stack of the innermost only, which others may have in registers.
fn tell(vm: &Vm, frame: &Frame, with_stack: bool, text: &mut String) {
    let code = frame.code.get();
    let name = |s: Option<brolga_runtime::object::Ref<PyStr>>| s.map_or_else(String::new, |s| s.to_lossy());
    let file = name(code.filename_str());
    let file = file.rsplit('/').next().unwrap_or(&file);
    let line = frame.lineno().unwrap_or(0);
    let _ = write!(text, "{file}:{line} {} @{}", name(code.qualname_str()), frame.lasti().max(0) / 2);
    for i in 0..code.nlocalsplus() {
        if let Some(v) = frame.local(i) {
            let _ = write!(text, " {}=", name(code.local_name(i)));
            value(vm, v, 0, text);
        }
    }
    if with_stack {
        text.push_str(" |");
        for slot in frame.live_slots().get(code.nlocalsplus()..).unwrap_or(&[]) {
            text.push(' ');
            match slot {
                Some(v) => value(vm, *v, 0, text),
                None => text.push('-'),
            }
        }
    }
}

fn items(vm: &Vm, items: &[Value], depth: usize, text: &mut String) {
    for v in items.iter().take(MAX_ITEMS) {
        value(vm, *v, depth + 1, text);
        text.push(',');
    }
    if items.len() > MAX_ITEMS {
        let _ = write!(text, "+{}", items.len() - MAX_ITEMS);
    }
}

fn value(vm: &Vm, v: Value, depth: usize, text: &mut String) {
    if let Some(i) = v.as_small_int() {
        let _ = write!(text, "{i}");
    } else if let Some(f) = v.as_f64() {
        let _ = write!(text, "{f:?}");
    } else if v.is_none() {
        text.push_str("None");
    } else if v.is_bool() {
        text.push_str(if v.same_bits(Value::TRUE) { "True" } else { "False" });
    } else if let Some(view) = int::view(&v) {
        let mut buffer = [0];
        let limbs = view.magnitude(&mut buffer);
        let _ = write!(text, "int:{}{:x}x{}", if view.is_negative() { "-" } else { "" }, limbs[0], limbs.len());
    } else if let Some(s) = v.downcast::<PyStr>() {
        let short: String = s.to_lossy().chars().take(MAX_TEXT).collect();
        let _ = write!(text, "{short:?}/{}", s.len());
    } else if let Some(b) = v.downcast::<PyBytes>() {
        let _ = write!(text, "bytes/{}", b.len());
    } else if depth > 1 {
        text.push('.');
    } else if let Some(t) = v.downcast::<PyTuple>() {
        text.push('(');
        items(vm, t.as_slice(), depth, text);
        text.push(')');
    } else if let Some(l) = v.downcast::<PyList>() {
        text.push('[');
        items(vm, l.as_slice(), depth, text);
        text.push(']');
    } else if let Some(d) = v.downcast::<PyDict>() {
        let _ = write!(text, "dict/{}", d.len());
    } else if let Some(cell) = v.downcast::<PyCell>() {
        let contents: Slot = cell.get();
        text.push('*');
        if let Some(v) = contents {
            value(vm, v, depth + 1, text);
        }
    } else {
        text.push_str(&vm.type_name(v).replace(['\t', '\n'], " "));
    }
}
