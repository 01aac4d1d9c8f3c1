//! `Dialect`: how a table is written.

use brolga_runtime::object::{Args, Field, GetSetDef, MethodDef, Ref, TypeDef, def::type_flags};
use brolga_runtime::state::Vm;
use brolga_runtime::types::int;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, getset, method};

use super::{parameters, registered};
use crate::object::{class_argument, object};

/// When fields are quoted.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Quoting {
    Minimal,
    All,
    NonNumeric,
    None,
    Strings,
    NotNull,
}

pub const QUOTINGS: [(&str, i64); 6] = [
    ("QUOTE_MINIMAL", 0),
    ("QUOTE_ALL", 1),
    ("QUOTE_NONNUMERIC", 2),
    ("QUOTE_NONE", 3),
    ("QUOTE_STRINGS", 4),
    ("QUOTE_NOTNULL", 5),
];

impl Quoting {
    fn of(n: i64) -> Option<Quoting> {
        Some(match n {
            0 => Quoting::Minimal,
            1 => Quoting::All,
            2 => Quoting::NonNumeric,
            3 => Quoting::None,
            4 => Quoting::Strings,
            5 => Quoting::NotNull,
            _ => return None,
        })
    }
}

object!(
    pub struct Dialect: CSV_DIALECT {
        /// Characters as strings of one, `None` for none; the rest as Python shows it.
        delimiter: Field,
        quotechar: Field,
        escapechar: Field,
        lineterminator: Field,
        quoting: Field,
        doublequote: Field,
        skipinitialspace: Field,
        strict: Field,
    }
);

/// A dialect as the reader and the writer need it.
pub struct Options {
    pub delimiter: u32,
    pub quotechar: Option<u32>,
    pub escapechar: Option<u32>,
    pub lineterminator: Ref<PyStr>,
    pub quoting: Quoting,
    pub doublequote: bool,
    pub skip_space: bool,
    pub strict: bool,
}

impl Options {
    pub fn of(vm: &Vm, dialect: Value) -> PyResult<Options> {
        let Some(d) = dialect.downcast::<Dialect>() else { return Err(vm.type_error("a Dialect is required")) };
        let char_of = |f: &Field| f.get().and_then(Value::downcast::<PyStr>).map(|s| s.char_at(0));
        let flag = |f: &Field| f.get().and_then(Value::as_bool).unwrap_or(false);
        let quoting = d.quoting.get().and_then(int::to_i64).and_then(Quoting::of);
        Ok(Options {
            delimiter: char_of(&d.delimiter).unwrap_or(u32::from(b',')),
            quotechar: char_of(&d.quotechar),
            escapechar: char_of(&d.escapechar),
            lineterminator: d.lineterminator.get().and_then(Value::downcast).unwrap_or(vm.names.empty),
            quoting: quoting.unwrap_or(Quoting::Minimal),
            doublequote: flag(&d.doublequote),
            skip_space: flag(&d.skipinitialspace),
            strict: flag(&d.strict),
        })
    }
}

/// The dialect of a reader or writer: `base` with the keyword arguments of `args`.
pub fn make(vm: &Vm, base: Option<Value>, args: &Args<'_>) -> PyResult<Ref<Dialect>> {
    let keywords = Args { bound: &[], rest: &[], kw: args.kw };
    let mut given = parameters(vm, &keywords)?;
    if let Some(base) = base {
        if given[0].is_some() {
            return Err(vm.type_error("argument for function given by name ('dialect') and position (1)"));
        }
        given[0] = Some(base);
    }
    build(vm, vm.native_type(&DEF)?, given)
}

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Dialect>> {
    build(vm, class_argument(vm, args)?, parameters(vm, args)?)
}

/// A string of one character; the message of the error says whether it may be `None`.
fn one_char(vm: &Vm, name: &str, v: Value, or_none: &str) -> PyResult<Value> {
    let what = match v.downcast::<PyStr>() {
        Some(s) if s.len() == 1 => return Ok(v),
        Some(s) => format!("a string of length {}", s.len()),
        None => vm.tp_name(v),
    };
    Err(vm.type_error(format!("\"{name}\" must be a unicode character{or_none}, not {what}")))
}

fn char_or_none(vm: &Vm, name: &str, v: Option<Value>, default: Option<&str>) -> PyResult<Value> {
    match (v, default) {
        (None, None) => Ok(Value::NONE),
        (None, Some(default)) => Ok(vm.intern(default)?.value()),
        (Some(v), _) if v.is_none() => Ok(v),
        (Some(v), _) => one_char(vm, name, v, " or None"),
    }
}

/// Refuses characters that the format needs for itself.
fn check_char(vm: &Vm, name: &str, c: Value, terminator: Ref<PyStr>, space: bool) -> PyResult<()> {
    let Some(c) = c.downcast::<PyStr>().map(|s| s.char_at(0)) else { return Ok(()) };
    if c == 0x0d || c == 0x0a || (c == 0x20 && !space) {
        return Err(vm.value_error(format!("bad {name} value")));
    }
    if terminator.chars().any(|t| t == c) {
        return Err(vm.value_error(format!("bad {name} or lineterminator value")));
    }
    Ok(())
}

fn check_pair(vm: &Vm, names: (&str, &str), a: Value, b: Value) -> PyResult<()> {
    match (a.downcast::<PyStr>(), b.downcast::<PyStr>()) {
        (Some(a), Some(b)) if a.char_at(0) == b.char_at(0) => {
            Err(vm.value_error(format!("bad {} or {} value", names.0, names.1)))
        }
        _ => Ok(()),
    }
}

fn build(vm: &Vm, class: Ref<PyType>, mut given: [Option<Value>; 9]) -> PyResult<Ref<Dialect>> {
    let mut base = given[0];
    if let Some(name) = base.filter(|b| b.downcast::<PyStr>().is_some()) {
        base = Some(registered(vm, name)?);
    }
    if let Some(base) = base {
        if let Some(same) = base.downcast::<Dialect>()
            && class == vm.native_type(&DEF)?
            && given.iter().skip(1).all(Option::is_none)
        {
            return Ok(same);
        }
        for (slot, name) in given.iter_mut().zip(super::PARAMETERS).skip(1) {
            if slot.is_none() {
                // What goes wrong with an attribute counts as its absence.
                *slot = match vm.get_attr_str(base, name) {
                    Ok(v) => Some(v),
                    Err(raised) => {
                        vm.take_raised(raised);
                        None
                    }
                };
            }
        }
    }
    let [_, delimiter, doublequote, escapechar, lineterminator, quotechar, quoting, skip_space, strict] = given;
    let flag = |v: Option<Value>, default| v.map_or(Ok(default), |v| vm.is_true(v)).map(Value::from_bool);
    let delimiter = match delimiter {
        Some(v) => one_char(vm, "delimiter", v, "")?,
        None => vm.intern(",")?.value(),
    };
    let doublequote = flag(doublequote, true)?;
    let escapechar = char_or_none(vm, "escapechar", escapechar, None)?;
    let terminator = match lineterminator {
        Some(v) => match v.downcast::<PyStr>() {
            Some(s) => s,
            None => {
                return Err(vm.type_error(format!("\"lineterminator\" must be a string, not {}", vm.tp_name(v))));
            }
        },
        None => vm.intern("\r\n")?,
    };
    let no_quotes = quotechar.is_some_and(Value::is_none) && quoting.is_none();
    let quotechar = char_or_none(vm, "quotechar", quotechar, Some("\""))?;
    let mut mode = match quoting {
        Some(v) if vm.type_of(v) != vm.types.int => {
            return Err(vm.type_error(format!("\"quoting\" must be an integer, not {}", vm.tp_name(v))));
        }
        Some(v) => i64::from(vm.to_i32(v)?),
        None => 0,
    };
    let skip_space = flag(skip_space, false)?;
    let strict = flag(strict, false)?;
    if Quoting::of(mode).is_none() {
        return Err(vm.type_error("bad \"quoting\" value"));
    }
    if no_quotes {
        mode = 3;
    }
    if mode != 3 && quotechar.is_none() {
        return Err(vm.type_error("quotechar must be set if quoting enabled"));
    }
    let space = skip_space.as_bool() != Some(true);
    check_char(vm, "delimiter", delimiter, terminator, true)?;
    check_char(vm, "escapechar", escapechar, terminator, space)?;
    check_char(vm, "quotechar", quotechar, terminator, space)?;
    check_pair(vm, ("delimiter", "escapechar"), delimiter, escapechar)?;
    check_pair(vm, ("delimiter", "quotechar"), delimiter, quotechar)?;
    check_pair(vm, ("escapechar", "quotechar"), escapechar, quotechar)?;

    let this: Ref<Dialect> = vm.alloc_instance(class)?;
    this.delimiter.init(delimiter);
    this.quotechar.init(quotechar);
    this.escapechar.init(escapechar);
    this.lineterminator.init(terminator.value());
    this.quoting.init(Value::from_int_truncated(mode));
    this.doublequote.init(doublequote);
    this.skipinitialspace.init(skip_space);
    this.strict.init(strict);
    Ok(this)
}

fn no_pickle(vm: &Vm, this: Value) -> PyResult<()> {
    Err(vm.type_error(format!("cannot pickle '{}' instances", vm.short_type_name(this))))
}

fn no_pickle_ex(vm: &Vm, this: Value, _protocol: Value) -> PyResult<()> {
    no_pickle(vm, this)
}

macro_rules! members {
    ($($name:ident),*) => {$(
        fn $name(_: &Vm, this: Ref<Dialect>) -> Value {
            this.$name.get_or_none()
        }
    )*};
}
members!(delimiter, quotechar, escapechar, lineterminator, quoting, doublequote, skipinitialspace, strict);

static METHODS: &[MethodDef] = &[
    method!("__new__", "($type, *args, **kwargs)", new).static_(),
    method!("__reduce__", 1, no_pickle).doc("raises an exception to avoid pickling"),
    method!("__reduce_ex__", 2, no_pickle_ex).doc("raises an exception to avoid pickling"),
];
static GETSET: &[GetSetDef] = &[
    getset!("delimiter", delimiter),
    getset!("escapechar", escapechar),
    getset!("lineterminator", lineterminator),
    getset!("quotechar", quotechar),
    getset!("quoting", quoting),
    getset!("skipinitialspace", skipinitialspace).member(),
    getset!("doublequote", doublequote).member(),
    getset!("strict", strict).member(),
];

pub static DEF: TypeDef = TypeDef {
    module: "_csv",
    layout: Some(crate::layouts::CSV_DIALECT),
    flags: type_flags::BASETYPE,
    methods: &[METHODS],
    getset: GETSET,
    doc: Some("CSV dialect\n\nThe Dialect type records CSV parsing and generation options.\n"),
    ..TypeDef::new("Dialect")
};
