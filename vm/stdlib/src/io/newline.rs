//! Ends of lines: finding them, and `IncrementalNewlineDecoder`, which translates them.

use brolga_runtime::object::{Args, GetSetDef, MethodDef, Ref, TypeDef};
use brolga_runtime::state::Vm;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::types::int;
use brolga_runtime::types::str::{PyStr, StrBuilder, concat, slice};
use brolga_runtime::types::tuple::PyTuple;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, getset, method};
use brolga_text::{CodeUnit, Text, with_units};

use super::memory::heap_struct;

/// The position of a byte, by libc's vectors.
#[inline]
pub fn find_byte(byte: u8, bytes: &[u8]) -> Option<usize> {
    if bytes.is_empty() {
        return None;
    }
    // SAFETY: looks at the slice only.
    let found = unsafe { libc::memchr(bytes.as_ptr().cast(), i32::from(byte), bytes.len()) };
    if found.is_null() { None } else { Some(found as usize - bytes.as_ptr() as usize) }
}

/// The position of an ASCII character from `start` on.
#[inline]
pub fn find_char(text: Text<'_>, c: u8, start: usize) -> Option<usize> {
    match text {
        Text::One(s) => find_byte(c, s.get(start..)?),
        Text::Two(s) => u16::from(c).position(s.get(start..)?),
        Text::Four(s) => u32::from(c).position(s.get(start..)?),
    }
    .map(|i| i + start)
}

/// What ends a line.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum LineEnd {
    /// `\n`, all others being translated or none.
    Lf,
    Cr,
    CrLf,
    /// Any of the three, as they stand.
    Any,
}

/// Where the line that starts at `start` ends: behind its ending. `None`: no ending is there.
pub fn line_end(text: Text<'_>, start: usize, end: LineEnd) -> Option<usize> {
    match end {
        LineEnd::Lf => find_char(text, b'\n', start).map(|i| i + 1),
        LineEnd::Cr => find_char(text, b'\r', start).map(|i| i + 1),
        LineEnd::CrLf => {
            let mut at = start;
            loop {
                let cr = find_char(text, b'\r', at)?;
                if text.get(cr + 1) == Some(u32::from(b'\n')) {
                    return Some(cr + 2);
                }
                at = cr + 1;
            }
        }
        LineEnd::Any => {
            let lf = find_char(text, b'\n', start);
            // Only what lies before the line feed matters.
            let cr = find_char(text.slice(0, lf.unwrap_or(usize::MAX)), b'\r', start);
            match (cr, lf) {
                (Some(cr), Some(lf)) if cr + 1 == lf => Some(lf + 1),
                (Some(cr), _) => Some(cr + 1),
                (None, Some(lf)) => Some(lf + 1),
                (None, None) => None,
            }
        }
    }
}

/// Endings seen, bits.
pub const SEEN_CR: u32 = 1;
pub const SEEN_LF: u32 = 2;
pub const SEEN_CRLF: u32 = 4;

/// The state of a translation.
#[derive(Copy, Clone, Default, PartialEq, Eq, Debug)]
pub struct State {
    /// The last input ended in a `\r`, which was held back.
    pub pending_cr: bool,
    pub seen: u32,
}

/// Translates a piece of text, or (not `translate`) only notes what endings it has.
pub fn decode(vm: &Vm, state: &mut State, input: Ref<PyStr>, translate: bool, is_final: bool) -> PyResult<Ref<PyStr>> {
    let mut text = input;
    if state.pending_cr && (is_final || !text.is_empty()) {
        text = concat(vm, PyStr::from_latin1(vm, b"\r")?, text)?;
        state.pending_cr = false;
    }
    if !is_final && !text.is_empty() && text.char_at(text.len() - 1) == u32::from(b'\r') {
        text = slice(vm, text, 0, text.len() - 1)?;
        state.pending_cr = true;
    }
    if text.is_empty() {
        return Ok(text);
    }
    let view = text.view();
    if find_char(view, b'\r', 0).is_none() {
        if state.seen & SEEN_LF == 0 && find_char(view, b'\n', 0).is_some() {
            state.seen |= SEEN_LF;
        }
        return Ok(text);
    }
    if !translate {
        if state.seen != SEEN_CR | SEEN_LF | SEEN_CRLF {
            with_units!(view, |units| note_endings(units, &mut state.seen));
        }
        return Ok(text);
    }
    let mut out = StrBuilder::with_capacity(view.len());
    let mut at = 0;
    while let Some(cr) = find_char(view, b'\r', at) {
        if state.seen & SEEN_LF == 0 && find_char(view.slice(0, cr), b'\n', at).is_some() {
            state.seen |= SEEN_LF;
        }
        out.buf().push_text(view.slice(at, cr));
        out.push(u32::from(b'\n'));
        if view.get(cr + 1) == Some(u32::from(b'\n')) {
            state.seen |= SEEN_CRLF;
            at = cr + 2;
        } else {
            state.seen |= SEEN_CR;
            at = cr + 1;
        }
    }
    let rest = view.slice(at, usize::MAX);
    if state.seen & SEEN_LF == 0 && find_char(rest, b'\n', 0).is_some() {
        state.seen |= SEEN_LF;
    }
    out.buf().push_text(rest);
    out.finish(vm)
}

fn note_endings<U: CodeUnit>(units: &[U], seen: &mut u32) {
    let mut previous = 0;
    for (i, unit) in units.iter().enumerate() {
        let c = unit.code();
        if c == 10 {
            *seen |= if previous == 13 { SEEN_CRLF } else { SEEN_LF };
        } else if c == 13 && units.get(i + 1).is_none_or(|n| n.code() != 10) {
            *seen |= SEEN_CR;
        }
        previous = c;
    }
}

/// `newlines` of a stream: None, a string or a tuple.
pub fn seen_value(vm: &Vm, seen: u32) -> PyResult<Value> {
    let mut found = Vec::new();
    for (bit, text) in [(SEEN_CR, "\r"), (SEEN_LF, "\n"), (SEEN_CRLF, "\r\n")] {
        if seen & bit != 0 {
            found.push(text);
        }
    }
    let text = |i: usize| -> PyResult<Value> { Ok(vm.intern(found.get(i).copied().unwrap_or(""))?.value()) };
    match found.len() {
        0 => Ok(Value::NONE),
        1 => text(0),
        2 => Ok(vm.new_tuple(&[text(0)?, text(1)?])?.value()),
        _ => Ok(vm.new_tuple(&[text(0)?, text(1)?, text(2)?])?.value()),
    }
}

heap_struct! {
    PyNewlineDecoder, IO_NEWLINE_DECODER,
    fields {
        /// The decoder below; None where the input is text.
        decoder,
        errors,
    }
    data {
        /// bit 0 made ready, 1 translate, 2 a `\r` is held back, 8.. endings seen.
        bits: u32,
    }
}

const READY: u32 = 1;
const TRANSLATE: u32 = 2;
const PENDING: u32 = 4;

type Me = Ref<PyNewlineDecoder>;

fn state(this: Me) -> State {
    State { pending_cr: this.bits.get() & PENDING != 0, seen: this.bits.get() >> 8 }
}

fn set_state(this: Me, state: State) {
    let kept = this.bits.get() & (READY | TRANSLATE);
    this.bits.set(kept | if state.pending_cr { PENDING } else { 0 } | state.seen << 8);
}

fn check(vm: &Vm, this: Me) -> PyResult<()> {
    if this.bits.get() & READY == 0 {
        return Err(vm.value_error("IncrementalNewlineDecoder.__init__() not called"));
    }
    Ok(())
}

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Me> {
    vm.alloc_instance(super::class_arg(vm, args)?)
}

fn init(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let this: Me = super::receiver(vm, args.get(0))?;
    let translate = vm.is_true(args.get(2))?;
    this.decoder.set(this, args.get(1));
    this.errors.set(
        this,
        match args.opt(3) {
            Some(e) => e,
            None => vm.intern("strict")?.value(),
        },
    );
    this.bits.set(READY | if translate { TRANSLATE } else { 0 });
    Ok(())
}

/// The decoder of a text stream that translates.
fn decode_method(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyStr>> {
    let this: Me = super::receiver(vm, args.get(0))?;
    check(vm, this)?;
    let input = args.get(1);
    let is_final = args.opt(2).map_or(Ok(false), |f| vm.is_true(f))?;
    let decoder = this.decoder.get_or_none();
    let text = if decoder.is_none() {
        input
    } else {
        vm.call_method(decoder, "decode", &[input, Value::from_bool(is_final)])?
    };
    let Some(text) = text.downcast::<PyStr>() else {
        return Err(vm.type_error(format!("decoder should return a string result, not '{}'", vm.type_name(text))));
    };
    let mut s = state(this);
    let result = decode(vm, &mut s, text, this.bits.get() & TRANSLATE != 0, is_final)?;
    set_state(this, s);
    Ok(result)
}

fn getstate(vm: &Vm, this: Me) -> PyResult<Value> {
    check(vm, this)?;
    let decoder = this.decoder.get_or_none();
    let (buffer, flag) = if decoder.is_none() {
        (PyBytes::new(vm, b"")?.value(), 0)
    } else {
        let got = vm.call_method(decoder, "getstate", &[])?;
        let Some(pair) = got.downcast::<PyTuple>() else {
            return Err(vm.type_error("illegal decoder state"));
        };
        let [buffer, flag] = *pair.as_slice() else { return Err(vm.type_error("illegal decoder state")) };
        (buffer, int::low_u64(vm.index(flag)?))
    };
    let pending = u64::from(this.bits.get() & PENDING != 0);
    let flag = vm.new_int_u64(flag << 1 | pending)?;
    Ok(vm.new_tuple(&[buffer, flag])?.value())
}

fn setstate(vm: &Vm, this: Me, new: Value) -> PyResult<()> {
    check(vm, this)?;
    let Some(pair) = new.downcast::<PyTuple>() else { return Err(vm.type_error("state argument must be a tuple")) };
    let [buffer, flag] = *pair.as_slice() else { return Err(vm.type_error("setstate(): illegal state argument")) };
    let flag = int::low_u64(vm.index(flag)?);
    let mut s = state(this);
    s.pending_cr = flag & 1 != 0;
    set_state(this, s);
    let decoder = this.decoder.get_or_none();
    if !decoder.is_none() {
        let inner = vm.new_tuple(&[buffer, vm.new_int_u64(flag >> 1)?])?;
        vm.call_method(decoder, "setstate", &[inner.value()])?;
    }
    Ok(())
}

fn reset(vm: &Vm, this: Me) -> PyResult<()> {
    check(vm, this)?;
    set_state(this, State::default());
    let decoder = this.decoder.get_or_none();
    if !decoder.is_none() {
        vm.call_method(decoder, "reset", &[])?;
    }
    Ok(())
}

fn newlines(vm: &Vm, this: Me) -> PyResult<Value> {
    check(vm, this)?;
    seen_value(vm, state(this).seen)
}

const METHODS: &[MethodDef] = &[
    method!("__new__", "($type, *args, **kwargs)", new).static_(),
    method!("__init__", "($self, /, decoder, translate, errors='strict')", init),
    method!("decode", "($self, /, input, final=False)", decode_method),
    method!("getstate", 1, getstate),
    method!("setstate", 2, setstate),
    method!("reset", 1, reset),
];

const GETSET: &[GetSetDef] = &[getset!("newlines", newlines)];

pub static DEF: TypeDef = TypeDef {
    module: "_io",
    layout: Some(crate::layouts::IO_NEWLINE_DECODER),
    flags: brolga_runtime::object::def::type_flags::BASETYPE,
    methods: &[METHODS],
    getset: GETSET,
    doc: Some(
        "Codec used when reading a file in universal newlines mode.\n\nIt wraps another incremental decoder, translating \\r\\n and \\r into \\n.\nIt also records the types of newlines encountered.  When used with\ntranslate=False, it ensures that the newline sequence is returned in\none piece. When used with decoder=None, it expects unicode strings as\ndecode input and translates newlines without first invoking an external\ndecoder.",
    ),
    ..TypeDef::new("IncrementalNewlineDecoder")
};
