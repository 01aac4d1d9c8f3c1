//! `open`.

use brolga_runtime::object::{Args, Ref};
use brolga_runtime::state::Vm;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, Raised};

use super::buffered::{self, Kind};
use super::{base, fileio, text};

/// How text is coded.
#[derive(Copy, Clone, Default)]
pub struct TextArgs {
    pub encoding: Option<Ref<PyStr>>,
    pub errors: Option<Ref<PyStr>>,
    pub newline: Option<Ref<PyStr>>,
}

pub fn open_function(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let mode = match args.opt(1) {
        None => "r".to_owned(),
        Some(m) => match m.downcast::<PyStr>() {
            Some(m) => m.to_lossy(),
            None => return Err(vm.type_error(format!("open() argument 'mode' must be str, not {}", vm.type_name(m)))),
        },
    };
    let buffering = args.opt(2).map_or(Ok(-1), |b| vm.to_i32(b))?;
    let text = TextArgs {
        encoding: super::optional_str(vm, args.opt(3), "open", "encoding")?,
        errors: super::optional_str(vm, args.opt(4), "open", "errors")?,
        newline: super::optional_str(vm, args.opt(5), "open", "newline")?,
    };
    let closefd = args.opt(6).map_or(Ok(true), |c| vm.is_true(c))?;
    open(vm, args.get(0), &mode, buffering, text, closefd, args.opt_not_none(7))
}

/// The parts of a mode.
#[derive(Default)]
struct Mode {
    raw: String,
    binary: bool,
    updating: bool,
    writing: bool,
}

fn parse(vm: &Vm, mode: &str, text: TextArgs, buffering: i32) -> PyResult<Mode> {
    let invalid = || -> Raised { vm.value_error(format!("invalid mode: '{mode}'")) };
    let mut seen = String::new();
    for c in mode.chars() {
        if !"xrwab+t".contains(c) || seen.contains(c) {
            return Err(invalid());
        }
        seen.push(c);
    }
    let has = |c: char| seen.contains(c);
    if has('t') && has('b') {
        return Err(vm.value_error("can't have text and binary mode at once"));
    }
    let kinds = "xrwa".chars().filter(|c| has(*c)).count();
    // None at all is for `FileIO` to say.
    if kinds > 1 {
        return Err(vm.value_error("must have exactly one of create/read/write/append mode"));
    }
    let binary = has('b');
    for (given, what) in
        [(text.encoding.is_some(), "encoding"), (text.errors.is_some(), "errors"), (text.newline.is_some(), "newline")]
    {
        if binary && given {
            let article = if what == "newline" { "a" } else { "an" };
            return Err(vm.value_error(format!("binary mode doesn't take {article} {what} argument")));
        }
    }
    if binary && buffering == 1 {
        vm.warn(
            vm.types.runtime_warning,
            "line buffering (buffering=1) isn't supported in binary mode, the default buffer size will be used",
            1,
        )?;
    }
    let raw = "xrwa+".chars().filter(|c| has(*c)).collect();
    Ok(Mode { raw, binary, updating: has('+'), writing: !has('r') })
}

/// `open(file, mode, ...)`.
pub fn open(
    vm: &Vm,
    file: Value,
    mode: &str,
    buffering: i32,
    text: TextArgs,
    closefd: bool,
    opener: Slot,
) -> PyResult<Value> {
    let path = if vm.is_instance(file, vm.types.int) { file } else { super::fspath(vm, file)? };
    let m = parse(vm, mode, text, buffering)?;
    let raw = fileio::create(vm, path, &m.raw, closefd, opener)?;
    let mut result = raw.value();
    let wrapped = (|| -> PyResult<Value> {
        let mut size = i64::from(buffering);
        let mut line_buffering = false;
        if buffering < 0 || buffering == 1 {
            line_buffering = buffering == 1 || raw.isatty_open_only();
            size = raw.blksize().clamp(super::DEFAULT_BUFFER_SIZE, 8 << 20) as i64;
        }
        if size == 0 {
            if !m.binary {
                return Err(vm.value_error("can't have unbuffered text I/O"));
            }
            return Ok(result);
        }
        let kind = match (m.updating, m.writing) {
            (true, _) => Kind::Random,
            (false, true) => Kind::Writer,
            (false, false) => Kind::Reader,
        };
        let buffer = buffered::create(vm, kind, raw.value(), size)?;
        result = buffer.value();
        if m.binary {
            return Ok(result);
        }
        let wrapper = text::create(vm, result, text, line_buffering, false)?;
        result = wrapper.value();
        vm.set_attr_str(result, "mode", vm.new_str(mode)?.value())?;
        Ok(result)
    })();
    match wrapped {
        Ok(v) => Ok(v),
        Err(raised) => base::chain(vm, Err::<(), _>(raised), |vm| vm.call_method(result, "close", &[])),
    }
}
