//! Printing an uncaught exception.
//!
//! As CPython does, the text is made by the library's `traceback` module (`_print_exception_bltin`): source lines,
//! carets, suggestions, groups. Where that cannot be had (start-up, a broken library, no memory or stack left) a plainer
//! printer of ours takes over: [`format_plain`].

use std::fmt::Write as _;
use std::io::Write as _;

use super::{
    PyException, SYNTAX_END_LINENO, SYNTAX_END_OFFSET, SYNTAX_FILENAME, SYNTAX_LINENO, SYNTAX_MSG, SYNTAX_OFFSET,
    SYNTAX_TEXT, SYSTEM_EXIT_CODE, group,
};
use crate::PyResult;
use crate::object::Ref;
use crate::state::Vm;
use crate::types::int;
use crate::types::list::PyList;
use crate::types::str::PyStr;
use crate::types::traceback::PyTraceback;
use crate::types::tuple::PyTuple;
use crate::value::{Slot, Value};

/// Writes text to `sys.stderr`, or to file descriptor 2 where there is no such file.
pub fn write(vm: &Vm, text: &str) {
    if text.is_empty() {
        return;
    }
    let file = if vm.sys.is_set() { vm.sys.get_str(vm, vm.names.stderr) } else { None };
    match file {
        Some(file) if file.is_none() => {}
        Some(file) => {
            let written = vm.new_str(text).and_then(|text| vm.call_method(file, "write", &[text.value()]));
            if let Err(raised) = written {
                vm.take_raised(raised);
                write_raw(text);
            }
        }
        None => write_raw(text),
    }
}

fn write_raw(text: &str) {
    // Nobody is left to hear of a failure.
    let _ = std::io::stderr().write_all(text.as_bytes());
}

fn flush(vm: &Vm) {
    if let Some(file) = vm.sys.get_str(vm, vm.names.stderr).filter(|f| !f.is_none())
        && let Err(raised) = vm.call_method(file, "flush", &[])
    {
        vm.take_raised(raised);
    }
}

/// Prints an exception to `sys.stderr` as `sys.__excepthook__` does.
pub fn print(vm: &Vm, exception: Ref<PyException>) {
    if vm.sys.is_set() && vm.sys.get_str(vm, vm.names.stderr).is_some_and(Value::is_none) {
        return;
    }
    if let Err(raised) = print_by_library(vm, exception) {
        vm.take_raised(raised);
        let text = format_plain(vm, exception);
        write(vm, &text);
    }
    if vm.sys.is_set() {
        flush(vm);
    }
}

fn print_by_library(vm: &Vm, exception: Ref<PyException>) -> PyResult<()> {
    let module = vm.import("traceback")?;
    let function = vm.get_attr_str(module, "_print_exception_bltin")?;
    vm.call(function, &[exception.value()])?;
    Ok(())
}

/// `sys.__excepthook__(type, value, traceback)`.
pub fn default_excepthook(vm: &Vm, value: Value, traceback: Value) -> PyResult<()> {
    match value.downcast::<PyException>() {
        Some(exception) => {
            if exception.traceback().is_none() && traceback.downcast::<PyTraceback>().is_some() {
                exception.set_traceback(traceback);
            }
            print(vm, exception);
        }
        None => write(
            vm,
            &format!("TypeError: print_exception(): Exception expected for value, {} found\n", vm.type_name(value)),
        ),
    }
    Ok(())
}

/// What becomes of an exception that left the program: `sys.last_exc` is set and `sys.excepthook` called.
pub fn report_uncaught(vm: &Vm, exception: Ref<PyException>) {
    let class = vm.type_of(exception.value()).value();
    let traceback = exception.traceback().unwrap_or(Value::NONE);
    let names = &vm.names;
    let last = [
        (names.last_exc, exception.value()),
        (names.last_type, class),
        (names.last_value, exception.value()),
        (names.last_traceback, traceback),
    ];
    for (name, value) in last {
        if let Err(raised) = vm.sys.set_str(vm, name, value) {
            vm.take_raised(raised);
        }
    }
    match vm.sys.get_str(vm, names.excepthook) {
        Some(hook) => {
            // A hook that raises does not keep the exception from being shown, but for RuntimeError.
            if let Err(raised) = vm.audit("sys.excepthook", &[hook, class, exception.value(), traceback]) {
                match vm.catch(raised, vm.types.runtime_error) {
                    Ok(_) => return,
                    Err(raised) => vm.write_unraisable(raised, Value::NONE, None),
                }
            }
            if let Err(raised) = vm.call(hook, &[class, exception.value(), traceback]) {
                let second = vm.take_raised(raised);
                write(vm, "Error in sys.excepthook:\n");
                print(vm, second);
                write(vm, "\nOriginal exception was:\n");
                print(vm, exception);
            }
        }
        None => {
            write(vm, "sys.excepthook is missing\n");
            print(vm, exception);
        }
    }
}

/// The exit status that a SystemExit asks for; what is no number is printed.
pub fn system_exit_status(vm: &Vm, exception: Ref<PyException>) -> i32 {
    let code = match vm.get_attr_str(exception.value(), "code") {
        Ok(code) => code,
        Err(raised) => {
            vm.take_raised(raised);
            exception.extra(SYSTEM_EXIT_CODE).unwrap_or(Value::NONE)
        }
    };
    if code.is_none() {
        return 0;
    }
    if vm.is_instance(code, vm.types.int) {
        return int::to_i64(code).map_or(-1, |i| i as i32);
    }
    match vm.str(code) {
        Ok(text) => write(vm, &format!("{}\n", text.to_lossy())),
        Err(raised) => {
            vm.take_raised(raised);
        }
    }
    flush(vm);
    1
}

const CAUSE: &str = "\nThe above exception was the direct cause of the following exception:\n\n";
const CONTEXT: &str = "\nDuring handling of the above exception, another exception occurred:\n\n";
/// Equal entries after this many are counted, not shown.
const REPEATED: u32 = 3;
/// Links of a chain, and depth of groups, that are printed.
const MAX_CHAIN: usize = 1000;
const MAX_GROUP_DEPTH: usize = 10;
const MAX_GROUP_WIDTH: usize = 15;

/// The traceback as text, made without the library: no carets, no suggestions.
pub fn format_plain(vm: &Vm, exception: Ref<PyException>) -> String {
    let mut out = String::new();
    format_chain(vm, exception, 0, &mut out);
    out
}

fn format_chain(vm: &Vm, exception: Ref<PyException>, depth: usize, out: &mut String) {
    // From the one raised last back to the first; each with what is said between it and the one before.
    let mut chain = vec![(exception, "")];
    let mut current = exception;
    while chain.len() < MAX_CHAIN {
        let (next, text) = match (current.cause(), current.context()) {
            (Some(cause), _) => (cause, CAUSE),
            (None, Some(context)) if !current.suppress_context() => (context, CONTEXT),
            _ => break,
        };
        if chain.iter().any(|(e, _)| *e == next) {
            break;
        }
        if let Some(last) = chain.last_mut() {
            last.1 = text;
        }
        chain.push((next, ""));
        current = next;
    }
    for (e, before) in chain.into_iter().rev() {
        out.push_str(before);
        format_one(vm, e, depth, out);
    }
}

fn format_one(vm: &Vm, e: Ref<PyException>, depth: usize, out: &mut String) {
    let is_group = group::is_group(vm, e.value());
    let heading = if is_group {
        "Exception Group Traceback (most recent call last):\n"
    } else {
        "Traceback (most recent call last):\n"
    };
    let mut own = String::new();
    if let Some(tb) = e.traceback().and_then(Value::downcast::<PyTraceback>) {
        own.push_str(heading);
        format_traceback(vm, tb, &mut own);
    }
    if vm.is_instance(e.value(), vm.types.syntax_error) {
        format_syntax_location(vm, e, &mut own);
    }
    own.push_str(&exception_line(vm, e));
    own.push('\n');
    format_notes(vm, e, &mut own);
    if !is_group {
        out.push_str(&own);
        return;
    }
    let margin = "    ".repeat(depth);
    if depth == 0 {
        for (i, line) in own.lines().enumerate() {
            let _ = writeln!(out, "  {} {line}", if i == 0 { "+" } else { "|" });
        }
    } else {
        out.push_str(&own);
    }
    if depth >= MAX_GROUP_DEPTH {
        let _ = writeln!(out, "... (max_group_depth is {MAX_GROUP_DEPTH})");
        return;
    }
    let items = group::exceptions(vm, e);
    for (i, item) in items.as_slice().iter().enumerate() {
        let lead = if i == 0 { "+-" } else { "  " };
        let shown = if i < MAX_GROUP_WIDTH { (i + 1).to_string() } else { "...".to_owned() };
        let _ = writeln!(out, "{margin}  {lead}+---------------- {shown} ----------------");
        let mut inner = String::new();
        match item.downcast::<PyException>() {
            Some(item) if i < MAX_GROUP_WIDTH => format_chain(vm, item, depth + 1, &mut inner),
            _ => {
                let rest = items.len() - MAX_GROUP_WIDTH.min(items.len());
                let _ = writeln!(inner, "and {rest} more exception{}", if rest == 1 { "" } else { "s" });
            }
        }
        for line in inner.lines() {
            // Lines of a group inside bring their own margin.
            if line.starts_with("  +") || line.trim_start().starts_with("+-") {
                let _ = writeln!(out, "{margin}  {line}");
            } else {
                let _ = writeln!(out, "{margin}    | {line}");
            }
        }
        if i >= MAX_GROUP_WIDTH {
            break;
        }
    }
    let _ = writeln!(out, "{margin}    +------------------------------------");
}

fn text_attr(vm: &Vm, object: Value, name: &str) -> Option<String> {
    match vm.get_attr_str(object, name) {
        Ok(value) => value.downcast::<PyStr>().map(|s| s.to_lossy()),
        Err(raised) => {
            vm.take_raised(raised);
            None
        }
    }
}

fn format_traceback(vm: &Vm, first: Ref<PyTraceback>, out: &mut String) {
    let mut last: Option<(String, i32, String)> = None;
    let mut count = 0u32;
    let mut entry = Some(first);
    while let Some(tb) = entry {
        entry = tb.next();
        let code = match vm.get_attr_str(tb.frame(), "f_code") {
            Ok(code) => code,
            Err(raised) => {
                vm.take_raised(raised);
                Value::NONE
            }
        };
        let filename = text_attr(vm, code, "co_filename").unwrap_or_else(|| "<unknown>".to_owned());
        let name = text_attr(vm, code, "co_name").unwrap_or_else(|| "<unknown>".to_owned());
        let lineno = tb.lineno().unwrap_or(0);
        let key = (filename, lineno, name);
        if last.as_ref() == Some(&key) {
            count += 1;
            if count >= REPEATED {
                continue;
            }
        } else {
            format_repeated(count, out);
            count = 0;
        }
        let _ = writeln!(out, "  File \"{}\", line {}, in {}", key.0, key.1, key.2);
        if let Some(line) = source_line(vm, &key.0, key.1) {
            let line = line.trim();
            if !line.is_empty() {
                let _ = writeln!(out, "    {line}");
            }
        }
        last = Some(key);
    }
    format_repeated(count, out);
}

fn format_repeated(count: u32, out: &mut String) {
    if count >= REPEATED {
        let n = count - REPEATED + 1;
        let _ = writeln!(out, "  [Previous line repeated {n} more time{}]", if n == 1 { "" } else { "s" });
    }
}

/// A line of a source file, read anew: this is for the worst of times only.
fn source_line(vm: &Vm, filename: &str, lineno: i32) -> Option<String> {
    if let Some(hook) = vm.source_hook.get()
        && let Some(line) = usize::try_from(lineno).ok().and_then(|n| hook(vm, filename, n))
    {
        return Some(line);
    }
    let wanted = usize::try_from(lineno).ok()?.checked_sub(1)?;
    if filename.starts_with('<') || vm.host_is_closed.get() {
        return None;
    }
    let bytes = std::fs::read(filename).ok()?;
    String::from_utf8_lossy(&bytes).lines().nth(wanted).map(str::to_owned)
}

/// "module.Class: text".
fn exception_line(vm: &Vm, e: Ref<PyException>) -> String {
    let mut name = vm.type_full_name(vm.type_of(e.value()));
    if let Some(rest) = name.strip_prefix("__main__.") {
        name = rest.to_owned();
    }
    let text = if vm.is_instance(e.value(), vm.types.syntax_error) {
        vm.str(e.extra(SYNTAX_MSG).unwrap_or(Value::NONE))
    } else {
        vm.str(e.value())
    };
    match text {
        Ok(text) if text.is_empty() => name,
        Ok(text) => format!("{name}: {}", text.to_lossy()),
        Err(raised) => {
            vm.take_raised(raised);
            format!("{name}: <exception str() failed>")
        }
    }
}

fn format_notes(vm: &Vm, e: Ref<PyException>, out: &mut String) {
    let notes = match vm.get_attr_opt(e.value(), vm.names.__notes__) {
        Ok(Some(notes)) => notes,
        Ok(None) => return,
        Err(raised) => {
            vm.take_raised(raised);
            return;
        }
    };
    let len = notes.downcast::<PyList>().map(|l| l.len()).or(notes.downcast::<PyTuple>().map(|t| t.len()));
    let at = |i: usize| -> Slot {
        notes.downcast::<PyList>().and_then(|l| l.get(i)).or(notes.downcast::<PyTuple>().and_then(|t| t.get(i)))
    };
    for i in 0..len.unwrap_or(0) {
        let Some(note) = at(i) else { break };
        let text = match vm.str(note) {
            Ok(text) => text.to_lossy(),
            Err(raised) => {
                vm.take_raised(raised);
                "<note str() failed>".to_owned()
            }
        };
        for line in text.split('\n') {
            let _ = writeln!(out, "{line}");
        }
    }
}

/// File, line and text of a SyntaxError, with the carets below.
fn format_syntax_location(vm: &Vm, e: Ref<PyException>, out: &mut String) {
    let number = |index: usize| e.extra(index).and_then(int::to_i64);
    let Some(lineno) = number(SYNTAX_LINENO) else { return };
    let filename = vm.to_lossy(e.extra(SYNTAX_FILENAME).unwrap_or(Value::NONE));
    let filename = if filename.is_empty() { "<string>".to_owned() } else { filename };
    let _ = writeln!(out, "  File \"{filename}\", line {lineno}");
    let text = match e.extra(SYNTAX_TEXT).and_then(Value::downcast::<PyStr>) {
        Some(text) => text.to_lossy(),
        None => match i32::try_from(lineno).ok().and_then(|n| source_line(vm, &filename, n)) {
            Some(text) => text,
            None => return,
        },
    };
    let line = text.trim_end_matches('\n');
    let shown = line.trim_start_matches([' ', '\n', '\x0c']);
    let cut = (line.chars().count() - shown.chars().count()) as i64;
    let _ = writeln!(out, "    {shown}");
    let Some(offset) = number(SYNTAX_OFFSET).filter(|o| *o >= 1) else { return };
    let same_line = number(SYNTAX_END_LINENO).is_none_or(|end| end == lineno);
    let end = match number(SYNTAX_END_OFFSET) {
        Some(end) if same_line && end > offset => end,
        Some(end) if same_line && end != 0 && end != -1 => offset + 1,
        _ if same_line => offset + 1,
        _ => line.chars().count() as i64 + 1,
    };
    let width = shown.chars().count() as i64;
    let (start, end) = (offset - 1 - cut, (end - 1 - cut).min(width.max(offset - cut)));
    if start >= 0 && start <= width {
        let space: String =
            shown.chars().take(start as usize).map(|c| if c.is_whitespace() { c } else { ' ' }).collect();
        let carets = (end - start).clamp(1, width.max(1)) as usize;
        let _ = writeln!(out, "    {space}{}", "^".repeat(carets));
    }
}

impl Vm {
    /// Prints an exception to `sys.stderr` with its traceback.
    pub fn print_exception(&self, exception: Ref<PyException>) {
        print(self, exception);
    }
}
