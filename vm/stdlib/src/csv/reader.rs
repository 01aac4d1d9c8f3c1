//! `reader`: rows from lines.

use std::cell::Cell;

use brolga_runtime::object::{Args, Field, GetSetDef, MethodDef, Ref, TypeDef, def::type_flags};
use brolga_runtime::state::Vm;
use brolga_runtime::types::list::PyList;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, getset, method};
use brolga_text::{CodeUnit, Text, TextBuf};

use super::dialect::{self, Options, Quoting};
use super::{error, limit, one_or_two};
use crate::object::{itself, object};

object!(
    pub struct Reader: CSV_READER {
        lines: Field,
        dialect: Field,
        line_num: Cell<usize>,
        /// Counts the rows given.
        rows: Cell<usize>,
    }
);

/// Where in a row one is.
#[derive(Copy, Clone, PartialEq, Eq)]
enum State {
    StartRecord,
    StartField,
    Escaped,
    InField,
    Quoted,
    EscapedInQuotes,
    /// Behind a quote in a quoted field, which may be its end or half of two.
    QuoteInQuotes,
    EatNewline,
    AfterEscapedNewline,
}

const NEWLINE: u32 = 0x0a;
const RETURN: u32 = 0x0d;
/// What comes behind the last character of a line.
const END: u32 = u32::MAX;

fn is_newline(c: u32) -> bool {
    c == NEWLINE || c == RETURN
}

struct Parser<'a> {
    vm: &'a Vm,
    options: &'a Options,
    limit: usize,
    state: State,
    fields: Ref<PyList>,
    field: TextBuf,
    /// No quote has been seen in the field.
    unquoted: bool,
}

impl Parser<'_> {
    fn add<U: CodeUnit>(&mut self, units: &[U]) -> PyResult<()> {
        if self.field.len() + units.len() > self.limit {
            return Err(error(self.vm, format!("field larger than field limit ({})", limit(self.vm))));
        }
        self.field.push_slice(units);
        Ok(())
    }

    fn save(&mut self) -> PyResult<()> {
        let field = std::mem::replace(&mut self.field, TextBuf::new());
        let unquoted = std::mem::replace(&mut self.unquoted, true);
        if field.failed() {
            return Err(self.vm.memory_error());
        }
        self.store(field.as_text(), unquoted)?;
        // The memory serves the next field.
        self.field = field;
        self.field.truncate(0);
        Ok(())
    }

    /// Adds a field to the row.
    fn store(&mut self, field: Text<'_>, unquoted: bool) -> PyResult<()> {
        let vm = self.vm;
        let quoting = self.options.quoting;
        let value = if field.is_empty() && unquoted && matches!(quoting, Quoting::NotNull | Quoting::Strings) {
            Value::NONE
        } else {
            let text = PyStr::from_text(vm, field)?;
            if unquoted && !field.is_empty() && matches!(quoting, Quoting::NonNumeric | Quoting::Strings) {
                vm.call(vm.types.float.value(), &[text.value()])?
            } else {
                text.value()
            }
        };
        self.fields.push(vm, value)
    }

    /// The end of a field at the end of a line or at a newline.
    fn save_last(&mut self, c: u32) -> PyResult<()> {
        self.save()?;
        self.state = if c == END { State::StartRecord } else { State::EatNewline };
        Ok(())
    }

    fn line<U: CodeUnit>(&mut self, units: &[U]) -> PyResult<()> {
        let mut i = 0;
        while let Some(unit) = units.get(i) {
            let rest = units.get(i..).unwrap_or(&[]);
            // Characters that mean nothing are taken together.
            let run = match self.state {
                State::StartRecord | State::StartField if self.is_plain_start(unit.code()) => {
                    let end = self.field_end(rest);
                    let next = rest.get(end).map(|u| u.code());
                    if next != Some(self.escape()) && end <= self.limit {
                        // A whole field.
                        self.store(U::wrap(rest.get(..end).unwrap_or(&[])), true)?;
                        i += end + 1;
                        match next {
                            Some(c) if c == self.options.delimiter => self.state = State::StartField,
                            Some(_) => self.state = State::EatNewline,
                            None => {
                                self.state = State::StartRecord;
                                return Ok(());
                            }
                        }
                        continue;
                    }
                    0
                }
                State::InField => self.field_end(rest),
                State::Quoted => {
                    let (escape, quote) = (self.escape(), self.options.quotechar.unwrap_or(END));
                    let special = |u: &U| u.code() == escape || u.code() == quote;
                    rest.iter().position(special).unwrap_or(rest.len())
                }
                _ => 0,
            };
            if run > 0 {
                self.add(rest.get(..run).unwrap_or(&[]))?;
                i += run;
                continue;
            }
            self.step(unit.code())?;
            i += 1;
        }
        self.step(END)
    }

    /// The escape character, or what is no character.
    fn escape(&self) -> u32 {
        self.options.escapechar.unwrap_or(END)
    }

    /// May a field without quotes begin with the character?
    fn is_plain_start(&self, c: u32) -> bool {
        let o = self.options;
        let quote = Some(c) == o.quotechar && o.quoting != Quoting::None;
        !(is_newline(c) || quote || c == self.escape() || c == 0x20 && o.skip_space)
    }

    /// How many characters come before the end of a field without quotes, or before an escape.
    fn field_end<U: CodeUnit>(&self, units: &[U]) -> usize {
        let (delimiter, escape) = (self.options.delimiter, self.escape());
        let special = |u: &U| {
            let c = u.code();
            c == delimiter || is_newline(c) || c == escape
        };
        units.iter().position(special).unwrap_or(units.len())
    }

    fn step(&mut self, c: u32) -> PyResult<()> {
        let o = self.options;
        let newline = is_newline(c) || c == END;
        let quote = Some(c) == o.quotechar && o.quoting != Quoting::None;
        match self.state {
            State::StartRecord if c == END => {}
            State::StartRecord if is_newline(c) => self.state = State::EatNewline,
            State::StartRecord | State::StartField => {
                self.state = State::StartField;
                if newline {
                    self.save_last(c)?;
                } else if quote {
                    self.unquoted = false;
                    self.state = State::Quoted;
                } else if Some(c) == o.escapechar {
                    self.state = State::Escaped;
                } else if c == 0x20 && o.skip_space {
                } else if c == o.delimiter {
                    self.save()?;
                } else {
                    self.add(&[c])?;
                    self.state = State::InField;
                }
            }
            State::Escaped => {
                self.state = if is_newline(c) { State::AfterEscapedNewline } else { State::InField };
                self.add(&[if c == END { NEWLINE } else { c }])?;
            }
            State::AfterEscapedNewline if c == END => {}
            State::AfterEscapedNewline | State::InField => {
                if newline {
                    self.save_last(c)?;
                } else if Some(c) == o.escapechar {
                    self.state = State::Escaped;
                } else if c == o.delimiter {
                    self.save()?;
                    self.state = State::StartField;
                } else {
                    self.state = State::InField;
                    self.add(&[c])?;
                }
            }
            State::Quoted => {
                if c == END {
                } else if Some(c) == o.escapechar {
                    self.state = State::EscapedInQuotes;
                } else if quote {
                    self.state = if o.doublequote { State::QuoteInQuotes } else { State::InField };
                } else {
                    self.add(&[c])?;
                }
            }
            State::EscapedInQuotes => {
                self.add(&[if c == END { NEWLINE } else { c }])?;
                self.state = State::Quoted;
            }
            State::QuoteInQuotes => {
                if quote {
                    self.add(&[c])?;
                    self.state = State::Quoted;
                } else if c == o.delimiter {
                    self.save()?;
                    self.state = State::StartField;
                } else if newline {
                    self.save_last(c)?;
                } else if !o.strict {
                    self.add(&[c])?;
                    self.state = State::InField;
                } else {
                    let shown = |c: Option<u32>| c.and_then(char::from_u32).unwrap_or('\u{fffd}');
                    return Err(error(
                        self.vm,
                        format!("'{}' expected after '{}'", shown(Some(o.delimiter)), shown(o.quotechar)),
                    ));
                }
            }
            State::EatNewline => {
                if c == END {
                    self.state = State::StartRecord;
                } else if !newline {
                    return Err(error(
                        self.vm,
                        "new-line character seen in unquoted field - do you need to open the file with newline=''?",
                    ));
                }
            }
        }
        Ok(())
    }
}

fn next(vm: &Vm, this: Value) -> PyResult<Slot> {
    let Some(this) = this.downcast::<Reader>() else { return Ok(None) };
    let options = Options::of(vm, this.dialect.get_or_none())?;
    let mut parser = Parser {
        vm,
        options: &options,
        limit: usize::try_from(limit(vm)).unwrap_or(0),
        state: State::StartRecord,
        fields: PyList::with_capacity(vm, 0)?,
        field: TextBuf::new(),
        unquoted: true,
    };
    loop {
        let rows = this.rows.get();
        let line = vm.next(this.lines.get_or_none())?;
        if this.rows.get() != rows {
            return Err(error(vm, "iterator has already advanced the reader"));
        }
        let Some(line) = line else {
            if parser.field.is_empty() && parser.state != State::Quoted {
                return Ok(None);
            }
            if options.strict {
                return Err(error(vm, "unexpected end of data"));
            }
            parser.save()?;
            break;
        };
        let Some(line) = line.downcast::<PyStr>() else {
            return Err(error(
                vm,
                format!(
                    "iterator should return strings, not {} (the file should be opened in text mode)",
                    vm.tp_name(line)
                ),
            ));
        };
        this.line_num.set(this.line_num.get() + 1);
        match line.view() {
            Text::One(units) => parser.line(units)?,
            Text::Two(units) => parser.line(units)?,
            Text::Four(units) => parser.line(units)?,
        }
        if parser.state == State::StartRecord {
            break;
        }
    }
    this.rows.set(this.rows.get() + 1);
    Ok(Some(parser.fields.value()))
}

/// `reader(iterable, dialect='excel', **fmtparams)`
pub fn make(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Reader>> {
    let (lines, base) = one_or_two(vm, "reader", args)?;
    let lines = vm.iter(lines)?;
    let dialect = dialect::make(vm, base, args)?;
    let this: Ref<Reader> = vm.alloc_instance(vm.native_type(&DEF)?)?;
    this.lines.init(lines);
    this.dialect.init(dialect.value());
    Ok(this)
}

fn get_dialect(_: &Vm, this: Ref<Reader>) -> Value {
    this.dialect.get_or_none()
}

fn line_num(_: &Vm, this: Ref<Reader>) -> usize {
    this.line_num.get()
}

static METHODS: &[MethodDef] = &[method!("__iter__", 1, itself)];
static GETSET: &[GetSetDef] = &[getset!("dialect", get_dialect).member(), getset!("line_num", line_num).member()];

pub static DEF: TypeDef = TypeDef {
    module: "_csv",
    layout: Some(crate::layouts::CSV_READER),
    flags: type_flags::BASETYPE | type_flags::DISALLOW_NEW,
    methods: &[METHODS],
    getset: GETSET,
    iternext: Some(next),
    doc: Some("CSV reader\n\nReader objects are responsible for reading and parsing tabular data\nin CSV format.\n"),
    ..TypeDef::new("reader")
};
