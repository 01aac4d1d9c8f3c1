//! `StringIO`: a text stream in memory.

use brolga_runtime::object::{Args, GetSetDef, MethodDef, Ref, TypeDef};
use brolga_runtime::state::Vm;
use brolga_runtime::types::bytearray::PyByteBuffer;
use brolga_runtime::types::str::{PyStr, StrBuilder};
use brolga_runtime::types::tuple::PyTuple;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, getset, method};
use brolga_text::{CodeUnit, Text, with_units};

use super::memory::{buffer_of, heap_struct, room};
use super::newline::{self, LineEnd, State, find_char, line_end};
use super::{base, class_arg, receiver};

heap_struct! {
    PyStringIO, IO_STRING,
    fields {
        /// A `PyByteBuffer` with `len` characters of `1 << width` bytes, or the string it is.
        data,
        /// `newline` as it was given.
        newline,
    }
    data {
        len: usize,
        pos: usize,
        width: u32,
        flags: u32,
        /// Endings seen.
        seen: u32,
    }
}

const READY: u32 = 1;
const CLOSED: u32 = 2;
const UNIVERSAL: u32 = 4;
const TRANSLATE: u32 = 8;
const WRITE_CR: u32 = 16;
const WRITE_CRLF: u32 = 32;

type Me = Ref<PyStringIO>;

impl PyStringIO {
    fn has(&self, flag: u32) -> bool {
        self.flags.get() & flag != 0
    }

    /// The text. Not to be held across anything that runs Python.
    fn text(&self) -> Text<'_> {
        if let Some(s) = self.data.get().and_then(Value::downcast::<PyStr>) {
            // SAFETY: the string is in a field of this object; the borrow of it is of what the string's cell holds.
            return unsafe { std::mem::transmute::<Text<'_>, Text<'_>>(s.view()) };
        }
        let Some(b) = buffer_of(&self.data) else { return Text::One(&[]) };
        let (p, len) = (b.as_ptr(), self.len.get());
        // SAFETY: the buffer holds `len` characters of this width, and begins at a multiple of 16.
        unsafe {
            match self.width.get() {
                0 => Text::One(std::slice::from_raw_parts(p, len)),
                1 => Text::Two(std::slice::from_raw_parts(p.cast(), len)),
                _ => Text::Four(std::slice::from_raw_parts(p.cast(), len)),
            }
        }
    }

    fn line_end(&self) -> LineEnd {
        if self.has(TRANSLATE) {
            LineEnd::Lf
        } else if self.has(UNIVERSAL) {
            LineEnd::Any
        } else if self.has(WRITE_CR) {
            LineEnd::Cr
        } else if self.has(WRITE_CRLF) {
            LineEnd::CrLf
        } else {
            LineEnd::Lf
        }
    }
}

fn width_of(text: Text<'_>) -> u32 {
    match text {
        Text::One(_) => 0,
        Text::Two(_) => 1,
        Text::Four(_) => 2,
    }
}

fn check(vm: &Vm, this: Me) -> PyResult<()> {
    if !this.has(READY) {
        return Err(vm.value_error("I/O operation on uninitialized object"));
    }
    if this.has(CLOSED) { Err(vm.value_error("I/O operation on closed file")) } else { Ok(()) }
}

/// Copies units to memory of another width, which is not narrower.
///
/// # Safety
/// `to` has room for all units at this width.
unsafe fn copy_units<U: CodeUnit>(units: &[U], to: *mut u8, width: u32) {
    // SAFETY: by the contract.
    unsafe {
        match width {
            0 => units.iter().enumerate().for_each(|(i, u)| *to.add(i) = u.code() as u8),
            1 => units.iter().enumerate().for_each(|(i, u)| *to.cast::<u16>().add(i) = u.code() as u16),
            _ => units.iter().enumerate().for_each(|(i, u)| *to.cast::<u32>().add(i) = u.code()),
        }
    }
}

/// Copies text to memory of a width that is not narrower.
///
/// # Safety
/// As [`copy_units`].
unsafe fn copy_text(text: Text<'_>, to: *mut u8, width: u32) {
    // SAFETY: by the contract; text of the same width is the same bytes.
    unsafe {
        match (text, width) {
            (Text::One(t), 0) => std::ptr::copy_nonoverlapping(t.as_ptr(), to, t.len()),
            (Text::Two(t), 1) => std::ptr::copy_nonoverlapping(t.as_ptr(), to.cast(), t.len()),
            (Text::Four(t), 2) => std::ptr::copy_nonoverlapping(t.as_ptr(), to.cast(), t.len()),
            (text, width) => with_units!(text, |units| copy_units(units, to, width)),
        }
    }
}

/// Memory of its own for the text, of a width that is not narrower, with room up to `end` characters.
fn own(vm: &Vm, this: Me, width: u32, end: usize) -> PyResult<Ref<PyByteBuffer>> {
    let len = this.len.get();
    let bytes = |n: usize, width: u32| n.checked_mul(1 << width).ok_or_else(|| vm.memory_error());
    if buffer_of(&this.data).is_some() && this.width.get() == width {
        let used = bytes(len, width)?;
        let wanted = bytes(end, width)?;
        return room(vm, this.obj(), &this.data, used, wanted.saturating_sub(used));
    }
    let wanted = bytes(end.max(len), width)?;
    let new = PyByteBuffer::new(vm, wanted.max(64))?;
    // SAFETY: the new buffer has room for `len` characters of this width.
    unsafe { copy_text(this.text(), new.as_ptr(), width) };
    this.data.set(this, new.value());
    this.width.set(width);
    Ok(new)
}

/// What is written when `text` is: with its endings as the stream wants them.
fn translated(vm: &Vm, this: Me, text: Ref<PyStr>) -> PyResult<Ref<PyStr>> {
    let mut text = text;
    if this.has(UNIVERSAL) {
        let mut state = State { pending_cr: false, seen: this.seen.get() };
        text = newline::decode(vm, &mut state, text, this.has(TRANSLATE), true)?;
        this.seen.set(state.seen);
    }
    if this.has(WRITE_CR | WRITE_CRLF) && find_char(text.view(), b'\n', 0).is_some() {
        let view = text.view();
        let mut out = StrBuilder::with_capacity(view.len());
        let mut at = 0;
        while let Some(lf) = find_char(view, b'\n', at) {
            out.buf().push_text(view.slice(at, lf));
            out.push(13);
            if this.has(WRITE_CRLF) {
                out.push(10);
            }
            at = lf + 1;
        }
        out.buf().push_text(view.slice(at, usize::MAX));
        text = out.finish(vm)?;
    }
    Ok(text)
}

fn write_str(vm: &Vm, this: Me, text: Ref<PyStr>) -> PyResult<()> {
    let text = if this.has(UNIVERSAL | WRITE_CR | WRITE_CRLF) { translated(vm, this, text)? } else { text };
    let view = text.view();
    if view.is_empty() {
        return Ok(());
    }
    let (pos, old) = (this.pos.get(), this.len.get());
    // The first write to an empty stream keeps the string as it is.
    if old == 0 && pos == 0 && this.data.is_empty() {
        this.data.set(this, text.value());
        this.width.set(width_of(view));
        this.len.set(view.len());
        this.pos.set(view.len());
        return Ok(());
    }
    let Some(end) = pos.checked_add(view.len()).filter(|e| *e <= isize::MAX as usize / 4) else {
        return Err(vm.overflow_error("new position too large"));
    };
    let width = width_of(view).max(this.width.get());
    let buffer = own(vm, this, width, end)?;
    // SAFETY: `own` made room up to `end`; between the old end and the position come zeros.
    unsafe {
        if pos > old {
            std::ptr::write_bytes(buffer.as_ptr().add(old << width), 0, (pos - old) << width);
        }
        copy_text(view, buffer.as_ptr().add(pos << width), width);
    }
    this.pos.set(end);
    this.len.set(old.max(end));
    Ok(())
}

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Me> {
    vm.alloc_instance(class_arg(vm, args)?)
}

fn set_newline(vm: &Vm, this: Me, newline: Option<Ref<PyStr>>) -> PyResult<()> {
    let flags = match newline {
        None => UNIVERSAL | TRANSLATE,
        Some(n) => match n.as_ascii() {
            Some("") => UNIVERSAL,
            Some("\n") => 0,
            Some("\r") => WRITE_CR,
            Some("\r\n") => WRITE_CRLF,
            _ => {
                return Err(vm.value_error(format!("illegal newline value: {}", vm.repr_lossy(n.value())?)));
            }
        },
    };
    this.newline.set(this, newline.map_or(Value::NONE, Ref::value));
    this.data.set(this, None);
    this.len.set(0);
    this.pos.set(0);
    this.width.set(0);
    this.seen.set(0);
    this.flags.set(flags | READY);
    Ok(())
}

fn str_or_none(vm: &Vm, v: Slot, what: &str) -> PyResult<Option<Ref<PyStr>>> {
    match v.filter(|v| !v.is_none()) {
        None => Ok(None),
        Some(v) => match v.downcast::<PyStr>() {
            Some(s) => Ok(Some(s)),
            None => Err(vm.type_error(format!("{what}, not {}", vm.type_name(v)))),
        },
    }
}

fn init(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let this: Me = receiver(vm, args.get(0))?;
    this.flags.set(0);
    let newline = match args.opt(2) {
        None => Some(vm.intern("\n")?),
        given => str_or_none(vm, given, "newline must be str or None")?,
    };
    let value = str_or_none(vm, args.opt(1), "initial_value must be str or None")?;
    set_newline(vm, this, newline)?;
    if let Some(value) = value {
        write_str(vm, this, value)?;
        this.pos.set(0);
    }
    Ok(())
}

fn write(vm: &Vm, this: Me, text: Value) -> PyResult<Value> {
    let Some(text) = text.downcast::<PyStr>() else {
        return Err(vm.type_error(format!("string argument expected, got '{}'", vm.type_name(text))));
    };
    check(vm, this)?;
    write_str(vm, this, text)?;
    Ok(Value::from_len(text.len()))
}

fn getvalue(vm: &Vm, this: Me) -> PyResult<Value> {
    check(vm, this)?;
    if let Some(s) = this.data.get().and_then(|v| vm.exact_str(v))
        && s.len() == this.len.get()
    {
        return Ok(s.value());
    }
    let text = PyStr::from_text(vm, this.text().slice(0, this.len.get()))?;
    Ok(text.value())
}

fn take(vm: &Vm, this: Me, end: usize) -> PyResult<Ref<PyStr>> {
    let from = this.pos.get();
    let end = end.min(this.len.get());
    if from >= end {
        return Ok(vm.names.empty);
    }
    this.pos.set(end);
    if from == 0
        && end == this.len.get()
        && let Some(s) = this.data.get().and_then(|v| vm.exact_str(v))
        && s.len() == end
    {
        return Ok(s);
    }
    PyStr::from_text(vm, this.text().slice(from, end))
}

fn read(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyStr>> {
    let this: Me = receiver(vm, args.get(0))?;
    let n = base::size_arg(vm, args.opt(1))?;
    check(vm, this)?;
    let end = usize::try_from(n).map_or(usize::MAX, |n| this.pos.get().saturating_add(n));
    take(vm, this, end)
}

fn line(vm: &Vm, this: Me, limit: i64) -> PyResult<Ref<PyStr>> {
    let from = this.pos.get();
    let text = this.text().slice(0, this.len.get());
    if from >= text.len() {
        return Ok(vm.names.empty);
    }
    let end = line_end(text, from, this.line_end()).unwrap_or(text.len());
    let most = usize::try_from(limit).map_or(usize::MAX, |n| from.saturating_add(n));
    take(vm, this, end.min(most))
}

fn readline(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyStr>> {
    let this: Me = receiver(vm, args.get(0))?;
    let limit = base::size_arg(vm, args.opt(1))?;
    check(vm, this)?;
    line(vm, this, limit)
}

fn next(vm: &Vm, this: Value) -> PyResult<Slot> {
    let me: Me = receiver(vm, this)?;
    check(vm, me)?;
    if vm.type_of(this).is_heap_type() {
        return base::next(vm, this);
    }
    let line = line(vm, me, -1)?;
    Ok(if line.is_empty() { None } else { Some(line.value()) })
}

fn tell(vm: &Vm, this: Me) -> PyResult<usize> {
    check(vm, this)?;
    Ok(this.pos.get())
}

fn seek(vm: &Vm, args: &Args<'_>) -> PyResult<usize> {
    let this: Me = receiver(vm, args.get(0))?;
    let offset = vm.to_isize(args.get(1))?;
    let whence = args.opt(2).map_or(Ok(0), |w| vm.to_i32(w))?;
    check(vm, this)?;
    if !matches!(whence, 0..=2) {
        return Err(vm.value_error(format!("Invalid whence ({whence}, should be 0, 1 or 2)")));
    }
    if offset < 0 && whence == 0 {
        return Err(vm.value_error(format!("Negative seek position {offset}")));
    }
    if whence != 0 && offset != 0 {
        return Err(super::os_error_text(vm, "Can't do nonzero cur-relative seeks"));
    }
    this.pos.set(match whence {
        0 => offset as usize,
        1 => this.pos.get(),
        _ => this.len.get(),
    });
    Ok(this.pos.get())
}

fn truncate(vm: &Vm, args: &Args<'_>) -> PyResult<usize> {
    let this: Me = receiver(vm, args.get(0))?;
    check(vm, this)?;
    let size = match args.opt_not_none(1) {
        Some(v) => vm.to_isize(v)?,
        None => this.pos.get() as isize,
    };
    let Ok(size) = usize::try_from(size) else {
        return Err(vm.value_error(format!("Negative size value {size}")));
    };
    if size < this.len.get() {
        own(vm, this, this.width.get(), this.len.get())?;
        this.len.set(size);
    }
    Ok(size)
}

fn close(_: &Vm, this: Me) {
    this.flags.set(this.flags.get() | CLOSED);
    this.data.set(this, None);
    this.len.set(0);
}

fn yes(vm: &Vm, this: Me) -> PyResult<bool> {
    check(vm, this)?;
    Ok(true)
}

fn getstate(vm: &Vm, this: Me) -> PyResult<Value> {
    let value = getvalue(vm, this)?;
    let dict = super::own_dict(vm, this.value())?;
    Ok(vm.new_tuple(&[value, this.newline.get_or_none(), Value::from_len(this.pos.get()), dict])?.value())
}

fn setstate(vm: &Vm, this: Me, state: Value) -> PyResult<()> {
    let Some(tuple) = state.downcast::<PyTuple>().filter(|t| t.len() >= 4) else {
        return Err(vm.type_error(format!(
            "{}.__setstate__ argument should be 4-tuple, got {}",
            vm.type_name(this.value()),
            vm.type_name(state)
        )));
    };
    let at = |i: usize| tuple.get(i).unwrap_or(Value::NONE);
    let newline = str_or_none(vm, tuple.get(1), "newline must be str or None")?;
    let value = str_or_none(vm, tuple.get(0), "initial_value must be str or None")?;
    set_newline(vm, this, newline)?;
    // The value comes as it was: it is not translated again.
    if let Some(value) = value {
        let flags = this.flags.replace(READY);
        let written = write_str(vm, this, value);
        this.flags.set(flags);
        written?;
    }
    if !vm.is_instance(at(2), vm.types.int) {
        return Err(vm.type_error(format!("third item of state must be an integer, got {}", vm.type_name(at(2)))));
    }
    let Ok(pos) = usize::try_from(vm.to_isize(at(2))?) else {
        return Err(vm.value_error("position value cannot be negative"));
    };
    this.pos.set(pos);
    super::update_dict(vm, this.value(), at(3), "fourth item of state should be a dict, got a ")
}

fn get_closed(vm: &Vm, this: Me) -> PyResult<bool> {
    if !this.has(READY) {
        return Err(vm.value_error("I/O operation on uninitialized object"));
    }
    Ok(this.has(CLOSED))
}

fn get_newlines(vm: &Vm, this: Me) -> PyResult<Value> {
    check(vm, this)?;
    newline::seen_value(vm, this.seen.get())
}

fn get_line_buffering(vm: &Vm, this: Me) -> PyResult<bool> {
    check(vm, this)?;
    Ok(false)
}

const METHODS: &[MethodDef] = &[
    method!("__new__", "($type, *args, **kwargs)", new).static_(),
    method!("__init__", "($self, /, initial_value='', newline='\\n')", init),
    method!("close", 1, close),
    method!("getvalue", 1, getvalue),
    method!("read", "($self, size=-1, /)", read),
    method!("readline", "($self, size=-1, /)", readline),
    method!("tell", 1, tell),
    method!("truncate", "($self, pos=None, /)", truncate),
    method!("seek", "($self, pos, whence=0, /)", seek),
    method!("write", 2, write),
    method!("seekable", 1, yes),
    method!("readable", 1, yes),
    method!("writable", 1, yes),
    method!("__getstate__", 1, getstate),
    method!("__setstate__", 2, setstate),
];

const GETSET: &[GetSetDef] =
    &[getset!("closed", get_closed), getset!("newlines", get_newlines), getset!("line_buffering", get_line_buffering)];

pub static DEF: TypeDef = TypeDef {
    module: "_io",
    layout: Some(crate::layouts::IO_STRING),
    flags: base::FLAGS,
    methods: &[METHODS],
    getset: GETSET,
    iternext: Some(next),
    doc: Some(
        "Text I/O implementation using an in-memory buffer.\n\nThe initial_value argument sets the value of object.  The newline\nargument is like the one of TextIOWrapper's constructor.",
    ),
    ..TypeDef::new("StringIO")
};
