//! What the interpreter and other natives do with strings: views, slices, joining.

use brolga_text::{Text, TextBuf, TextData};

use super::PyStr;
use crate::PyResult;
use crate::object::Ref;
use crate::state::Vm;
use crate::types::shape;
use crate::value::Value;

impl PyStr {
    /// The text, for the algorithms of `brolga_text`. Strings don't change: it may be held as long as the string is.
    #[inline(always)]
    pub fn view(&self) -> Text<'_> {
        match self.text() {
            super::Text::One(t) => Text::One(t),
            super::Text::Two(t) => Text::Two(t),
            super::Text::Four(t) => Text::Four(t),
        }
    }

    /// A string of this text, narrowed where it can be.
    pub fn from_text(vm: &Vm, text: Text<'_>) -> PyResult<Ref<PyStr>> {
        match text {
            Text::One([]) => Ok(vm.names.empty),
            Text::One(t) => PyStr::from_latin1(vm, t),
            Text::Two([]) | Text::Four([]) => Ok(vm.names.empty),
            Text::Two(t) => PyStr::from_ucs2(vm, t),
            Text::Four(t) => PyStr::from_ucs4(vm, t),
        }
    }

    /// A string of the text that an algorithm made.
    pub fn from_data(vm: &Vm, data: Result<TextData, brolga_text::NoMemory>) -> PyResult<Ref<PyStr>> {
        let data = vm.memory(data)?;
        PyStr::from_text(vm, data.as_text())
    }

    /// A string of what a builder holds, which need not be as narrow as it can be: `from_text` narrows.
    pub fn from_buf(vm: &Vm, buf: TextBuf) -> PyResult<Ref<PyStr>> {
        if buf.failed() {
            return Err(vm.memory_error());
        }
        PyStr::from_text(vm, buf.as_text())
    }
}

/// An exact `str` with this text: the string itself, if it is one.
pub fn exact(vm: &Vm, s: Ref<PyStr>) -> PyResult<Ref<PyStr>> {
    if s.obj().shape_id() == shape::str { Ok(s) } else { PyStr::from_text(vm, s.view()) }
}

/// The characters `start..end`, clamped.
pub fn slice(vm: &Vm, s: Ref<PyStr>, start: usize, end: usize) -> PyResult<Ref<PyStr>> {
    if start == 0 && end >= s.len() {
        return exact(vm, s);
    }
    PyStr::from_text(vm, s.view().slice(start, end))
}

/// The character at `i`, which is in range.
#[inline]
pub fn get_char(vm: &Vm, s: Ref<PyStr>, i: usize) -> PyResult<Ref<PyStr>> {
    match s.char_at(i) {
        c @ 0..=0xff => Ok(vm.latin1_char(c as u8)),
        c @ 0x100..=0xffff => PyStr::build(vm, shape::str, 1, 1, |out: &mut [u16]| out.fill(c as u16)),
        c => PyStr::build(vm, shape::str, 1, 2, |out: &mut [u32]| out.fill(c)),
    }
}

/// Copies `text` into `out` from `at` on; `out` is wide enough for its characters. Gives the position behind it.
macro_rules! copy_at {
    ($out:expr, $at:expr, $text:expr, $unit:ty) => {{
        let text = $text;
        let end = $at + text.len();
        if let Some(out) = $out.get_mut($at..end) {
            brolga_text::with_units!(text, |units| {
                out.iter_mut().zip(units).for_each(|(o, u)| *o = brolga_text::CodeUnit::code(*u) as $unit);
            });
        }
        end
    }};
}

/// A string of `len` characters and this width, put together from pieces.
fn assemble<'a>(vm: &Vm, len: usize, width: u32, pieces: impl Iterator<Item = Text<'a>>) -> PyResult<Ref<PyStr>> {
    match width {
        0 => PyStr::build(vm, shape::str, len, 0, |out: &mut [u8]| {
            let mut at = 0;
            for piece in pieces {
                let end = at + piece.len();
                if let (Text::One(units), Some(out)) = (piece, out.get_mut(at..end)) {
                    out.copy_from_slice(units);
                }
                at = end;
            }
        }),
        1 => PyStr::build(vm, shape::str, len, 1, |out: &mut [u16]| {
            let mut at = 0;
            for piece in pieces {
                at = copy_at!(out, at, piece, u16);
            }
        }),
        _ => PyStr::build(vm, shape::str, len, 2, |out: &mut [u32]| {
            let mut at = 0;
            for piece in pieces {
                at = copy_at!(out, at, piece, u32);
            }
        }),
    }
}

/// `a + b`.
pub fn concat(vm: &Vm, a: Ref<PyStr>, b: Ref<PyStr>) -> PyResult<Ref<PyStr>> {
    if a.is_empty() {
        return exact(vm, b);
    }
    if b.is_empty() {
        return exact(vm, a);
    }
    let Some(len) = a.len().checked_add(b.len()) else {
        return Err(vm.overflow_error("strings are too large to concat"));
    };
    assemble(vm, len, a.width().max(b.width()), [a.view(), b.view()].into_iter())
}

/// The parts, all of them strings, one behind the other (BUILD_STRING). `values` is rooted by the caller.
pub fn join_values(vm: &Vm, values: &[Value]) -> PyResult<Ref<PyStr>> {
    join(vm, None, values)
}

/// `separator.join(values)`; `values` are rooted by the caller and don't change.
pub fn join(vm: &Vm, separator: Option<Ref<PyStr>>, values: &[Value]) -> PyResult<Ref<PyStr>> {
    match values {
        [] => return Ok(vm.names.empty),
        [one] if vm.exact_str(*one).is_some() => {
            return vm.exact_str(*one).ok_or_else(|| vm.system_error("not a string"));
        }
        _ => {}
    }
    let separator = separator.filter(|s| !s.is_empty());
    let mut len = separator.map_or(Some(0), |s| s.len().checked_mul(values.len() - 1));
    let mut width = separator.map_or(0, |s| s.width());
    for (i, value) in values.iter().enumerate() {
        let Some(s) = value.downcast::<PyStr>() else {
            let name = vm.type_name(*value);
            return Err(vm.type_error(format!("sequence item {i}: expected str instance, {name} found")));
        };
        len = len.and_then(|n| n.checked_add(s.len()));
        width = width.max(s.width());
    }
    let Some(len) = len else {
        return Err(vm.overflow_error("join() result is too long for a Python string"));
    };
    if len == 0 {
        return Ok(vm.names.empty);
    }
    if width == 0 && separator.is_none() {
        return PyStr::build(vm, shape::str, len, 0, |out: &mut [u8]| {
            let mut at = 0;
            for value in values {
                if let Text::One(text) = value_view(value)
                    && let Some(place) = out.get_mut(at..at + text.len())
                {
                    place.copy_from_slice(text);
                    at += text.len();
                }
            }
        });
    }
    let pieces = values.iter().enumerate().flat_map(|(i, value)| {
        let separator = if i == 0 { Text::One(&[]) } else { separator_view(&separator) };
        [separator, value_view(value)]
    });
    let s = assemble(vm, len, width, pieces)?;
    Ok(s)
}

fn separator_view(separator: &Option<Ref<PyStr>>) -> Text<'_> {
    separator.as_ref().map_or(Text::One(&[]), |s| s.view())
}

/// The text of a string value that lives as long as the slice it stands in.
fn value_view(value: &Value) -> Text<'_> {
    match value.downcast::<PyStr>() {
        // SAFETY: the string is kept alive by the (rooted) slot that `value` borrows, and strings neither move nor change.
        Some(s) => unsafe { (*s.raw()).view() },
        None => Text::One(&[]),
    }
}

/// `s * count`.
pub fn repeat(vm: &Vm, s: Ref<PyStr>, count: isize) -> PyResult<Ref<PyStr>> {
    let count = usize::try_from(count).unwrap_or(0);
    if count == 0 || s.is_empty() {
        return Ok(vm.names.empty);
    }
    if count == 1 {
        return exact(vm, s);
    }
    let Some(len) = s.len().checked_mul(count).filter(|n| *n <= isize::MAX as usize) else {
        return Err(vm.overflow_error("repeated string is too long"));
    };
    match s.view() {
        Text::One([c]) => {
            let c = *c;
            PyStr::build(vm, shape::str, len, 0, |out: &mut [u8]| out.fill(c))
        }
        Text::One(t) => PyStr::build(vm, shape::str, len, 0, |out: &mut [u8]| {
            out.chunks_exact_mut(t.len()).for_each(|o| o.copy_from_slice(t));
        }),
        Text::Two(t) => PyStr::build(vm, shape::str, len, 1, |out: &mut [u16]| {
            out.chunks_exact_mut(t.len()).for_each(|o| o.copy_from_slice(t));
        }),
        Text::Four(t) => PyStr::build(vm, shape::str, len, 2, |out: &mut [u32]| {
            out.chunks_exact_mut(t.len()).for_each(|o| o.copy_from_slice(t));
        }),
    }
}
