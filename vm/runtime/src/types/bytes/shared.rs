//! The methods that `bytes` and `bytearray` share, generic over the two.

use brolga_text::search::split::{self, Ends, Rules, Span};
use brolga_text::search::{find as search, replace as replacing};
use brolga_text::{NoMemory, Text};

use super::PyBytes;
use super::construct::{self, byte, copy, reserve};
use crate::PyResult;
use crate::codecs;
use crate::object::{Args, FromValue, HeapType, Ref};
use crate::protocol::buffer::Buffer;
use crate::protocol::compare::Compare;
use crate::state::Vm;
use crate::state::names::Special;
use crate::types::list::PyList;
use crate::types::slice::PySlice;
use crate::types::str::PyStr;
use crate::types::str::methods::{adjust_range, index_number, is_iterable, most, repeat_count, unpack_range};
use crate::types::tuple::PyTuple;
use crate::value::Value;

/// `bytes` or `bytearray`.
pub trait BytesLike: HeapType {
    const NAME: &'static str;
    const HEX_DOC: &'static str;
    /// The bytes. Those of a bytearray may change or move when Python code runs.
    fn slice(&self) -> &[u8];
    /// A new exact object.
    fn make(vm: &Vm, bytes: &[u8]) -> PyResult<Value>;
    /// A new exact object of one after the other.
    fn joined(vm: &Vm, a: &[u8], b: &[u8]) -> PyResult<Value> {
        let mut out = Vec::new();
        reserve(vm, &mut out, a.len().saturating_add(b.len()))?;
        out.extend_from_slice(a);
        out.extend_from_slice(b);
        Self::make(vm, &out)
    }
    /// What a method that changes nothing gives: the object itself, if it is exact bytes, else a copy.
    fn same(vm: &Vm, this: Ref<Self>) -> PyResult<Value>;
}

type R = PyResult<Value>;

/// Lends a bytearray's memory, so that Python code that runs meanwhile cannot resize it; bytes need no such care.
fn hold<B: BytesLike>(vm: &Vm, this: Ref<B>) -> PyResult<Option<Buffer<'_>>> {
    if B::NAME == "bytes" { Ok(None) } else { Ok(Some(vm.buffer_any(this.value(), false)?)) }
}

pub(crate) fn receiver<B: BytesLike>(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<B>> {
    Ref::from_value(vm, args.get(0))
}

fn data<B: BytesLike>(vm: &Vm, text: Result<brolga_text::TextData, NoMemory>) -> R {
    match vm.memory(text)?.as_text() {
        Text::One(bytes) => B::make(vm, bytes),
        _ => Err(vm.system_error("bytes beyond 255")),
    }
}

/// What is searched for: an int or a bytes-like object.
enum Needle<'vm> {
    Byte([u8; 1]),
    Bytes(Buffer<'vm>),
}

impl Needle<'_> {
    fn as_slice(&self) -> &[u8] {
        match self {
            Needle::Byte(b) => b,
            Needle::Bytes(b) => b.as_slice(),
        }
    }
}

fn needle(vm: &Vm, v: Value, contains: bool) -> PyResult<Needle<'_>> {
    if vm.has_buffer(v) {
        return Ok(Needle::Bytes(vm.buffer(v, false)?));
    }
    if v.is_small_int() || vm.is_instance(v, vm.types.int) || vm.type_of(v).special(Special::Index).is_some() {
        return Ok(Needle::Byte([byte(vm, v, "byte")?]));
    }
    let name = vm.type_name(v);
    Err(vm.type_error(if contains {
        format!("a bytes-like object is required, not '{name}'")
    } else {
        format!("argument should be integer or bytes-like object, not '{name}'")
    }))
}

fn search_with<B: BytesLike>(
    vm: &Vm,
    args: &Args<'_>,
    search: fn(Text<'_>, Text<'_>) -> Option<usize>,
) -> PyResult<Option<usize>> {
    let this = receiver::<B>(vm, args)?;
    let _held = hold(vm, this)?;
    let needle = needle(vm, args.get(1), false)?;
    let (start, end) = unpack_range(vm, args.opt(2), args.opt(3))?;
    let (start, end) = adjust_range(start, end, this.slice().len());
    let part = this.slice().get(start..end);
    Ok(part.and_then(|p| Some(search(Text::One(p), Text::One(needle.as_slice()))? + start)))
}

pub fn find<B: BytesLike>(vm: &Vm, args: &Args<'_>) -> R {
    Ok(search_with::<B>(vm, args, search::find)?.map_or(Value::from_i32(-1), Value::from_len))
}
pub fn rfind<B: BytesLike>(vm: &Vm, args: &Args<'_>) -> R {
    Ok(search_with::<B>(vm, args, search::rfind)?.map_or(Value::from_i32(-1), Value::from_len))
}
pub fn index<B: BytesLike>(vm: &Vm, args: &Args<'_>) -> R {
    let found = search_with::<B>(vm, args, search::find)?;
    found.map(Value::from_len).ok_or_else(|| vm.value_error("subsection not found"))
}
pub fn rindex<B: BytesLike>(vm: &Vm, args: &Args<'_>) -> R {
    let found = search_with::<B>(vm, args, search::rfind)?;
    found.map(Value::from_len).ok_or_else(|| vm.value_error("subsection not found"))
}

pub fn count<B: BytesLike>(vm: &Vm, args: &Args<'_>) -> PyResult<usize> {
    let this = receiver::<B>(vm, args)?;
    let _held = hold(vm, this)?;
    let needle = needle(vm, args.get(1), false)?;
    let (start, end) = unpack_range(vm, args.opt(2), args.opt(3))?;
    let (start, end) = adjust_range(start, end, this.slice().len());
    let part = this.slice().get(start..end);
    Ok(part.map_or(0, |p| search::count(Text::One(p), Text::One(needle.as_slice()))))
}

pub fn contains<B: BytesLike>(vm: &Vm, this: Ref<B>, item: Value) -> PyResult<bool> {
    let _held = hold(vm, this)?;
    let needle = needle(vm, item, true)?;
    Ok(search::contains(Text::One(this.slice()), Text::One(needle.as_slice())))
}

fn affix<B: BytesLike>(vm: &Vm, args: &Args<'_>, name: &str, test: fn(&[u8], &[u8]) -> bool) -> PyResult<bool> {
    let this = receiver::<B>(vm, args)?;
    let (start, end) = unpack_range(vm, args.opt(2), args.opt(3))?;
    let holds = |v: Value| -> PyResult<bool> {
        let held = vm.buffer(this.value(), false)?;
        let affix = vm.buffer(v, false)?;
        drop(held);
        let (start, end) = adjust_range(start, end, this.slice().len());
        Ok(this.slice().get(start..end).is_some_and(|part| test(part, affix.as_slice())))
    };
    let v = args.get(1);
    if let Some(all) = v.downcast::<PyTuple>() {
        for v in all.as_slice() {
            if holds(*v)? {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    if !vm.has_buffer(v) {
        let got = vm.type_name(v);
        return Err(vm.type_error(format!("{name} first arg must be bytes or a tuple of bytes, not {got}")));
    }
    holds(v)
}

pub fn startswith<B: BytesLike>(vm: &Vm, args: &Args<'_>) -> PyResult<bool> {
    affix::<B>(vm, args, "startswith", |part, affix| part.starts_with(affix))
}
pub fn endswith<B: BytesLike>(vm: &Vm, args: &Args<'_>) -> PyResult<bool> {
    affix::<B>(vm, args, "endswith", |part, affix| part.ends_with(affix))
}

pub fn removeprefix<B: BytesLike>(vm: &Vm, this: Ref<B>, prefix: Value) -> R {
    let prefix = vm.buffer(prefix, false)?;
    match this.slice().strip_prefix(prefix.as_slice()) {
        Some(rest) if !prefix.is_empty() => B::make(vm, &copy(vm, rest)?),
        _ => B::same(vm, this),
    }
}
pub fn removesuffix<B: BytesLike>(vm: &Vm, this: Ref<B>, suffix: Value) -> R {
    let suffix = vm.buffer(suffix, false)?;
    match this.slice().strip_suffix(suffix.as_slice()) {
        Some(rest) if !suffix.is_empty() => B::make(vm, &copy(vm, rest)?),
        _ => B::same(vm, this),
    }
}

/// The parts as a list. No Python code runs while it is made, so the bytes stay as they are.
fn parts<B: BytesLike>(vm: &Vm, this: Ref<B>, spans: Result<Vec<Span>, NoMemory>) -> R {
    let spans = vm.memory(spans)?;
    let list = PyList::with_capacity(vm, spans.len())?;
    for span in spans {
        list.push(vm, B::make(vm, this.slice().get(span).unwrap_or(&[]))?)?;
    }
    Ok(list.value())
}

fn separator(vm: &Vm, v: Option<Value>) -> PyResult<Option<Buffer<'_>>> {
    let Some(v) = v.filter(|v| !v.is_none()) else { return Ok(None) };
    let buffer = vm.buffer(v, false)?;
    if buffer.is_empty() {
        return Err(vm.value_error("empty separator"));
    }
    Ok(Some(buffer))
}

pub fn split<B: BytesLike>(vm: &Vm, args: &Args<'_>) -> R {
    let this = receiver::<B>(vm, args)?;
    let most = most(vm, args.opt(2))?;
    // What gives the separator must not resize a bytearray meanwhile.
    let held = vm.buffer(this.value(), false)?;
    let separator = separator(vm, args.opt(1))?;
    drop(held);
    let text = Text::One(this.slice());
    let spans = match &separator {
        Some(s) => split::split(text, Text::One(s.as_slice()), most),
        None => split::split_whitespace(text, most, Rules::Bytes),
    };
    parts(vm, this, spans)
}

pub fn rsplit<B: BytesLike>(vm: &Vm, args: &Args<'_>) -> R {
    let this = receiver::<B>(vm, args)?;
    let most = most(vm, args.opt(2))?;
    // What gives the separator must not resize a bytearray meanwhile.
    let held = vm.buffer(this.value(), false)?;
    let separator = separator(vm, args.opt(1))?;
    drop(held);
    let text = Text::One(this.slice());
    let spans = match &separator {
        Some(s) => split::rsplit(text, Text::One(s.as_slice()), most),
        None => split::rsplit_whitespace(text, most, Rules::Bytes),
    };
    parts(vm, this, spans)
}

pub fn splitlines<B: BytesLike>(vm: &Vm, args: &Args<'_>) -> R {
    let this = receiver::<B>(vm, args)?;
    let keep = match args.opt(1) {
        Some(v) => vm.is_true(v)?,
        None => false,
    };
    parts(vm, this, split::split_lines(Text::One(this.slice()), keep, Rules::Bytes))
}

fn partition_with<B: BytesLike>(vm: &Vm, this: Ref<B>, v: Value, last: bool) -> R {
    let separator = vm.buffer(v, false)?;
    if separator.is_empty() {
        return Err(vm.value_error("empty separator"));
    }
    let (text, sep) = (Text::One(this.slice()), Text::One(separator.as_slice()));
    let found = if last { search::rfind(text, sep) } else { search::find(text, sep) };
    let (n, len) = (separator.len(), this.slice().len());
    let part = |start: usize, end: usize| B::make(vm, this.slice().get(start..end).unwrap_or(&[]));
    let tuple = match found {
        Some(at) => {
            let before = part(0, at)?;
            let middle = if B::NAME == "bytes" { v } else { part(at, at + n)? };
            let after = part(at + n, len)?;
            vm.new_tuple(&[before, middle, after])?
        }
        None => {
            let (whole, a, b) = (B::same(vm, this)?, part(0, 0)?, part(0, 0)?);
            if last { vm.new_tuple(&[a, b, whole])? } else { vm.new_tuple(&[whole, a, b])? }
        }
    };
    Ok(tuple.value())
}

pub fn partition<B: BytesLike>(vm: &Vm, this: Ref<B>, separator: Value) -> R {
    partition_with(vm, this, separator, false)
}
pub fn rpartition<B: BytesLike>(vm: &Vm, this: Ref<B>, separator: Value) -> R {
    partition_with(vm, this, separator, true)
}

fn strip_with<B: BytesLike>(vm: &Vm, args: &Args<'_>, ends: Ends) -> R {
    let this = receiver::<B>(vm, args)?;
    let chars = match args.opt_not_none(1) {
        Some(v) => Some(vm.buffer(v, false)?),
        None => None,
    };
    let len = this.slice().len();
    let chars = chars.as_ref().map(|b| Text::One(b.as_slice()));
    let span = split::strip(Text::One(this.slice()), chars, ends, Rules::Bytes);
    if span == (0..len) {
        return B::same(vm, this);
    }
    B::make(vm, this.slice().get(span).unwrap_or(&[]))
}

pub fn strip<B: BytesLike>(vm: &Vm, args: &Args<'_>) -> R {
    strip_with::<B>(vm, args, Ends::Both)
}
pub fn lstrip<B: BytesLike>(vm: &Vm, args: &Args<'_>) -> R {
    strip_with::<B>(vm, args, Ends::Left)
}
pub fn rstrip<B: BytesLike>(vm: &Vm, args: &Args<'_>) -> R {
    strip_with::<B>(vm, args, Ends::Right)
}

pub fn join<B: BytesLike>(vm: &Vm, this: Ref<B>, iterable: Value) -> R {
    if !is_iterable(vm, iterable) {
        return Err(vm.type_error("can only join an iterable"));
    }
    let _held = hold(vm, this)?;
    let items = vm.collect(iterable)?;
    let list = vm.exact::<PyList>(iterable, crate::types::shape::list);
    let mut out = Vec::new();
    for i in 0..items.len() {
        let item = items.get(i).unwrap_or(Value::NONE);
        if i > 0 {
            reserve(vm, &mut out, this.slice().len())?;
            out.extend_from_slice(this.slice());
        }
        if let Some(bytes) = vm.exact::<PyBytes>(item, crate::types::shape::bytes) {
            if list.is_some_and(|list| list.len() != items.len()) {
                return Err(vm.runtime_error("sequence changed size during iteration"));
            }
            reserve(vm, &mut out, bytes.len())?;
            out.extend_from_slice(bytes.as_slice());
            continue;
        }
        if !vm.has_buffer(item) {
            let got = vm.type_name(item);
            return Err(vm.type_error(format!("sequence item {i}: expected a bytes-like object, {got} found")));
        }
        let buffer = vm.buffer(item, false)?;
        if list.is_some_and(|list| list.len() != items.len()) {
            return Err(vm.runtime_error("sequence changed size during iteration"));
        }
        reserve(vm, &mut out, buffer.len())?;
        out.extend_from_slice(buffer.as_slice());
    }
    B::make(vm, &out)
}

pub fn replace<B: BytesLike>(vm: &Vm, args: &Args<'_>) -> R {
    let this = receiver::<B>(vm, args)?;
    let old = vm.buffer(args.get(1), false)?;
    let new = vm.buffer(args.get(2), false)?;
    let most = most(vm, args.opt(3))?;
    let (old, new) = (Text::One(old.as_slice()), Text::One(new.as_slice()));
    match vm.memory(replacing::replace(Text::One(this.slice()), old, new, most))? {
        Some(text) => data::<B>(vm, Ok(text)),
        None => B::same(vm, this),
    }
}

pub fn expandtabs<B: BytesLike>(vm: &Vm, args: &Args<'_>) -> R {
    let this = receiver::<B>(vm, args)?;
    let size = match args.opt(1) {
        Some(v) => usize::try_from(vm.to_i32(v)?).unwrap_or(0),
        None => 8,
    };
    match vm.memory(replacing::expand_tabs(Text::One(this.slice()), size))? {
        Some(text) => data::<B>(vm, Ok(text)),
        None => B::same(vm, this),
    }
}

fn fill(vm: &Vm, v: Option<Value>, name: &str) -> PyResult<u8> {
    let Some(v) = v else { return Ok(b' ') };
    let t = &vm.types;
    if !vm.is_instance(v, t.bytes) && !vm.is_instance(v, t.bytearray) {
        let got = vm.type_name(v);
        return Err(vm.type_error(format!("{name}() argument 2 must be a byte string of length 1, not {got}")));
    }
    let buffer = vm.buffer(v, false)?;
    match buffer.as_slice() {
        [b] => Ok(*b),
        other => {
            let kind = if vm.is_instance(v, t.bytes) { "bytes" } else { "bytearray" };
            let n = other.len();
            Err(vm.type_error(format!(
                "{name}(): argument 2 must be a byte string of length 1, not a {kind} object of length {n}"
            )))
        }
    }
}

fn pad<B: BytesLike>(vm: &Vm, args: &Args<'_>, name: &str, left: fn(usize, usize) -> usize) -> R {
    let this = receiver::<B>(vm, args)?;
    let width = usize::try_from(vm.to_isize(args.get(1))?).unwrap_or(0);
    let fill = fill(vm, args.opt(2), name)?;
    let bytes = this.slice();
    let missing = width.saturating_sub(bytes.len());
    if missing == 0 {
        return B::same(vm, this);
    }
    let left = left(missing, width);
    let mut out = Vec::new();
    reserve(vm, &mut out, width)?;
    out.resize(left, fill);
    out.extend_from_slice(bytes);
    out.resize(width, fill);
    B::make(vm, &out)
}

pub fn center<B: BytesLike>(vm: &Vm, args: &Args<'_>) -> R {
    pad::<B>(vm, args, "center", |missing, width| missing / 2 + (missing & width & 1))
}
pub fn ljust<B: BytesLike>(vm: &Vm, args: &Args<'_>) -> R {
    pad::<B>(vm, args, "ljust", |_, _| 0)
}
pub fn rjust<B: BytesLike>(vm: &Vm, args: &Args<'_>) -> R {
    pad::<B>(vm, args, "rjust", |missing, _| missing)
}

pub fn zfill<B: BytesLike>(vm: &Vm, this: Ref<B>, width: isize) -> R {
    let bytes = this.slice();
    let width = usize::try_from(width).unwrap_or(0);
    if width <= bytes.len() {
        return B::same(vm, this);
    }
    let missing = width - bytes.len();
    let sign = usize::from(matches!(bytes.first(), Some(b'+' | b'-')));
    let mut out = Vec::new();
    reserve(vm, &mut out, width)?;
    out.extend(bytes.iter().take(sign));
    out.resize(sign + missing, b'0');
    out.extend(bytes.iter().skip(sign));
    B::make(vm, &out)
}

fn mapped<B: BytesLike>(vm: &Vm, this: Ref<B>, f: impl Fn(&mut [u8])) -> R {
    let mut out = copy(vm, this.slice())?;
    f(&mut out);
    B::make(vm, &out)
}

pub fn lower<B: BytesLike>(vm: &Vm, this: Ref<B>) -> R {
    mapped(vm, this, |b| b.make_ascii_lowercase())
}
pub fn upper<B: BytesLike>(vm: &Vm, this: Ref<B>) -> R {
    mapped(vm, this, |b| b.make_ascii_uppercase())
}
pub fn swapcase<B: BytesLike>(vm: &Vm, this: Ref<B>) -> R {
    mapped(vm, this, |bytes| {
        for b in bytes.iter_mut().filter(|b| b.is_ascii_alphabetic()) {
            *b ^= 0x20;
        }
    })
}
pub fn capitalize<B: BytesLike>(vm: &Vm, this: Ref<B>) -> R {
    mapped(vm, this, |bytes| {
        bytes.make_ascii_lowercase();
        bytes.iter_mut().take(1).for_each(|b| *b = b.to_ascii_uppercase());
    })
}
pub fn title<B: BytesLike>(vm: &Vm, this: Ref<B>) -> R {
    mapped(vm, this, |bytes| {
        let mut after_letter = false;
        for b in bytes {
            *b = if after_letter { b.to_ascii_lowercase() } else { b.to_ascii_uppercase() };
            after_letter = b.is_ascii_alphabetic();
        }
    })
}

macro_rules! all {
    ($($name:ident = $test:expr),* $(,)?) => {$(
        pub fn $name<B: BytesLike>(_: &Vm, this: Ref<B>) -> bool {
            let bytes = this.slice();
            !bytes.is_empty() && bytes.iter().all($test)
        }
    )*};
}

all! {
    isalnum = |b| b.is_ascii_alphanumeric(),
    isalpha = |b| b.is_ascii_alphabetic(),
    isdigit = |b| b.is_ascii_digit(),
    isspace = |b| matches!(b, b'\t'..=b'\r' | b' '),
}

pub fn isascii<B: BytesLike>(_: &Vm, this: Ref<B>) -> bool {
    this.slice().is_ascii()
}
pub fn islower<B: BytesLike>(_: &Vm, this: Ref<B>) -> bool {
    let bytes = this.slice();
    bytes.iter().any(|b| b.is_ascii_lowercase()) && !bytes.iter().any(|b| b.is_ascii_uppercase())
}
pub fn isupper<B: BytesLike>(_: &Vm, this: Ref<B>) -> bool {
    let bytes = this.slice();
    bytes.iter().any(|b| b.is_ascii_uppercase()) && !bytes.iter().any(|b| b.is_ascii_lowercase())
}
pub fn istitle<B: BytesLike>(_: &Vm, this: Ref<B>) -> bool {
    let (mut cased, mut after_letter) = (false, false);
    for b in this.slice() {
        if (b.is_ascii_uppercase() && after_letter) || (b.is_ascii_lowercase() && !after_letter) {
            return false;
        }
        after_letter = b.is_ascii_alphabetic();
        cased |= after_letter;
    }
    cased
}

pub fn translate<B: BytesLike>(vm: &Vm, args: &Args<'_>) -> R {
    let this = receiver::<B>(vm, args)?;
    let table = match args.opt_not_none(1) {
        Some(v) => {
            let buffer = vm.buffer(v, false)?;
            if buffer.len() != 256 {
                return Err(vm.value_error("translation table must be 256 characters long"));
            }
            Some(buffer)
        }
        None => None,
    };
    let mut deleted = [false; 256];
    if let Some(v) = args.opt(2) {
        for b in vm.buffer(v, false)?.as_slice() {
            deleted[usize::from(*b)] = true;
        }
    }
    let mut out = Vec::new();
    reserve(vm, &mut out, this.slice().len())?;
    let table = table.as_ref().map(|t| t.as_slice());
    for b in this.slice() {
        if !deleted[usize::from(*b)] {
            out.push(table.and_then(|t| t.get(usize::from(*b))).copied().unwrap_or(*b));
        }
    }
    B::make(vm, &out)
}

pub fn maketrans(vm: &Vm, args: &Args<'_>) -> R {
    let from = vm.buffer(args.get(0), false)?;
    let to = vm.buffer(args.get(1), false)?;
    if from.len() != to.len() {
        return Err(vm.value_error("maketrans arguments must have same length"));
    }
    let mut table: [u8; 256] = std::array::from_fn(|i| i as u8);
    for (f, t) in from.as_slice().iter().zip(to.as_slice()) {
        table[usize::from(*f)] = *t;
    }
    Ok(super::PyBytes::new(vm, &table)?.value())
}

pub fn decode<B: BytesLike>(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyStr>> {
    let this = receiver::<B>(vm, args)?;
    let encoding = args.opt(1).map(|v| vm.expect_str(v, "decode() argument 'encoding'")).transpose()?;
    let errors = args.opt(2).map(|v| vm.expect_str(v, "decode() argument 'errors'")).transpose()?;
    let buffer = vm.buffer(this.value(), false)?;
    codecs::decode(vm, this.value(), buffer.as_slice(), encoding, errors)
}

pub fn hex<B: BytesLike>(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyStr>> {
    let this = receiver::<B>(vm, args)?;
    let buffer = vm.buffer(this.value(), false)?;
    construct::to_hex(vm, buffer.as_slice(), args.opt(1), args.opt(2))
}

pub fn len<B: BytesLike>(_: &Vm, this: Ref<B>) -> usize {
    this.slice().len()
}

/// `a + b`, both bytes-like.
pub fn add<B: BytesLike>(vm: &Vm, this: Ref<B>, other: Value) -> R {
    if let Some(other) = vm.exact::<PyBytes>(other, crate::types::shape::bytes) {
        return B::joined(vm, this.slice(), other.as_slice());
    }
    if !vm.has_buffer(other) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let other = vm.buffer(other, false)?;
    B::joined(vm, this.slice(), other.as_slice())
}

/// The bytes repeated.
pub(crate) fn repeated(vm: &Vm, bytes: &[u8], count: isize) -> PyResult<Vec<u8>> {
    let count = usize::try_from(count).unwrap_or(0);
    let total = bytes.len().checked_mul(count).ok_or_else(|| vm.memory_error())?;
    let mut out = Vec::new();
    reserve(vm, &mut out, total)?;
    match bytes {
        [] => {}
        [b] => out.resize(total, *b),
        _ => (0..count).for_each(|_| out.extend_from_slice(bytes)),
    }
    Ok(out)
}

pub fn mul<B: BytesLike>(vm: &Vm, this: Ref<B>, count: Value) -> R {
    match repeat_count(vm, count)? {
        Some(1) => B::same(vm, this),
        Some(count) => B::make(vm, &repeated(vm, this.slice(), count)?),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

/// The bytes of a slice.
pub(crate) fn sliced(vm: &Vm, bytes: &[u8], start: isize, step: isize, count: usize) -> PyResult<Vec<u8>> {
    let first = usize::try_from(start).unwrap_or(0);
    if step == 1 {
        return copy(vm, bytes.get(first..first.saturating_add(count)).unwrap_or(&[]));
    }
    let mut out = Vec::new();
    reserve(vm, &mut out, count)?;
    let mut at = start;
    for _ in 0..count {
        out.extend(usize::try_from(at).ok().and_then(|i| bytes.get(i)).copied());
        at = at.saturating_add(step);
    }
    Ok(out)
}

pub fn get_item<B: BytesLike>(vm: &Vm, this: Ref<B>, key: Value) -> R {
    if let Some(slice) = key.downcast::<PySlice>() {
        let (start, stop, step) = crate::types::slice::unpack(vm, &slice)?;
        let len = this.slice().len();
        let (start, _, step, count) = crate::types::slice::adjust(len, start, stop, step);
        if step == 1 && count == len {
            return B::same(vm, this);
        }
        return B::make(vm, &sliced(vm, this.slice(), start, step, count)?);
    }
    let byte_indices = B::NAME == "bytes";
    if !key.is_small_int() && vm.type_of(key).special(Special::Index).is_none() {
        let got = vm.type_name(key);
        let what = if byte_indices { "byte" } else { "bytearray" };
        return Err(vm.type_error(format!("{what} indices must be integers or slices, not {got}")));
    }
    let i = index_number(vm, key)?;
    let bytes = this.slice();
    let i = if i < 0 { i.saturating_add_unsigned(bytes.len()) } else { i };
    match usize::try_from(i).ok().and_then(|i| bytes.get(i)) {
        Some(b) => Ok(Value::from_i32(i32::from(*b))),
        None if byte_indices => Err(vm.index_error("index out of range")),
        None => Err(vm.index_error("bytearray index out of range")),
    }
}

pub(crate) fn compare<B: BytesLike>(vm: &Vm, this: Ref<B>, other: Value, op: Compare) -> R {
    // `bytes` are compared with their kind only, `bytearray`s with any buffer.
    if B::NAME == "bytes" && other.downcast::<super::PyBytes>().is_none() || !vm.has_buffer(other) {
        if vm.config.bytes_warning > 0 && matches!(op, Compare::Eq | Compare::Ne) {
            warn_of_comparison(vm, B::NAME, other)?;
        }
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let other = vm.buffer(other, false)?;
    Ok(Value::from_bool(op.accepts(this.slice().cmp(other.as_slice()))))
}

/// Under `-b`: bytes never equal text, and bytes no number.
#[cold]
fn warn_of_comparison(vm: &Vm, name: &str, other: Value) -> PyResult<()> {
    let with = if vm.is_instance(other, vm.types.str) {
        "string"
    } else if name == "bytes" && vm.is_instance(other, vm.types.int) {
        "int"
    } else {
        return Ok(());
    };
    vm.warn(vm.types.bytes_warning, &format!("Comparison between {name} and {with}"), 1)
}

/// `str(b)`, which is a mistake more often than not: `-b` warns of it.
pub(crate) fn warn_of_text<B: BytesLike>(vm: &Vm) -> PyResult<()> {
    if vm.config.bytes_warning == 0 {
        return Ok(());
    }
    vm.warn(vm.types.bytes_warning, &format!("str() on a {} instance", B::NAME), 1)
}

/// The table of the shared methods, for `$t`.
macro_rules! shared_methods {
    ($t:ty) => {{
        use $crate::method;
        use $crate::types::bytes::shared as s;
        &[
            method!("__len__", 1, s::len::<$t>),
            method!("__getitem__", 2, s::get_item::<$t>),
            method!("__contains__", 2, s::contains::<$t>),
            method!("__add__", 2, s::add::<$t>),
            method!("__mul__", 2, s::mul::<$t>),
            method!("__rmul__", 2, s::mul::<$t>),
            method!("capitalize", 1, s::capitalize::<$t>),
            method!("center", "($self, width, fillchar=b' ', /)", s::center::<$t>),
            method!("count", "($self, sub, start=None, end=None, /)", s::count::<$t>),
            method!("decode", "($self, /, encoding='utf-8', errors='strict')", s::decode::<$t>),
            method!("endswith", "($self, suffix, start=None, end=None, /)", s::endswith::<$t>),
            method!("expandtabs", "($self, /, tabsize=8)", s::expandtabs::<$t>),
            method!("find", "($self, sub, start=None, end=None, /)", s::find::<$t>),
            method!("hex", "($self, /, sep=<unrepresentable>, bytes_per_sep=1)", s::hex::<$t>)
                .doc(<$t as s::BytesLike>::HEX_DOC),
            method!("index", "($self, sub, start=None, end=None, /)", s::index::<$t>),
            method!("isalnum", 1, s::isalnum::<$t>),
            method!("isalpha", 1, s::isalpha::<$t>),
            method!("isascii", 1, s::isascii::<$t>),
            method!("isdigit", 1, s::isdigit::<$t>),
            method!("islower", 1, s::islower::<$t>),
            method!("isspace", 1, s::isspace::<$t>),
            method!("istitle", 1, s::istitle::<$t>),
            method!("isupper", 1, s::isupper::<$t>),
            method!("join", 2, s::join::<$t>),
            method!("ljust", "($self, width, fillchar=b' ', /)", s::ljust::<$t>),
            method!("lower", 1, s::lower::<$t>),
            method!("lstrip", "($self, bytes=None, /)", s::lstrip::<$t>),
            method!("maketrans", "(frm, to, /)", s::maketrans).static_(),
            method!("partition", 2, s::partition::<$t>),
            method!("replace", "($self, old, new, count=-1, /)", s::replace::<$t>),
            method!("removeprefix", 2, s::removeprefix::<$t>),
            method!("removesuffix", 2, s::removesuffix::<$t>),
            method!("rfind", "($self, sub, start=None, end=None, /)", s::rfind::<$t>),
            method!("rindex", "($self, sub, start=None, end=None, /)", s::rindex::<$t>),
            method!("rjust", "($self, width, fillchar=b' ', /)", s::rjust::<$t>),
            method!("rpartition", 2, s::rpartition::<$t>),
            method!("rsplit", "($self, /, sep=None, maxsplit=-1)", s::rsplit::<$t>),
            method!("rstrip", "($self, bytes=None, /)", s::rstrip::<$t>),
            method!("split", "($self, /, sep=None, maxsplit=-1)", s::split::<$t>),
            method!("splitlines", "($self, /, keepends=False)", s::splitlines::<$t>),
            method!("startswith", "($self, prefix, start=None, end=None, /)", s::startswith::<$t>),
            method!("strip", "($self, bytes=None, /)", s::strip::<$t>),
            method!("swapcase", 1, s::swapcase::<$t>),
            method!("title", 1, s::title::<$t>),
            method!("translate", "($self, table, /, delete=b'')", s::translate::<$t>),
            method!("upper", 1, s::upper::<$t>),
            method!("zfill", 2, s::zfill::<$t>),
        ]
    }};
}
pub(crate) use shared_methods;
