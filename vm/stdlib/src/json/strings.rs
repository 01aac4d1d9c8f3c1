//! Reading strings.

use brolga_runtime::PyResult;
use brolga_runtime::object::{Args, Ref};
use brolga_runtime::state::Vm;
use brolga_runtime::types::array::PyArray;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::types::tuple::PyTuple;
use brolga_runtime::value::Value;
use brolga_text::{CodeUnit, Text, TextBuf};

use super::{decode_error, text_argument};

/// Strings that keys of objects were read as: the same keys come again and again. A key's place is told by its
/// characters, and whatever was there before is overwritten.
pub const KEYS: usize = 256;
/// Longer keys are not kept.
const LONGEST_KEY: usize = 64;

pub struct Reader<'a, U> {
    pub vm: &'a Vm,
    /// The string that `units` are part of: it keeps them alive, and errors show it.
    pub source: Value,
    pub units: &'a [U],
    pub strict: bool,
}

impl<U: CodeUnit> Reader<'_, U> {
    #[inline(always)]
    pub fn at(&self, i: usize) -> u32 {
        self.units.get(i).map_or(u32::MAX, |u| u.code())
    }

    #[cold]
    pub fn error<T>(&self, message: &str, at: usize) -> PyResult<T> {
        Err(decode_error(self.vm, message, self.source, at as i64))
    }

    /// The end of the characters from `start` on that stand for themselves: a quote, a backslash, a control character
    /// or the end of the text.
    #[inline]
    fn plain_end(&self, start: usize) -> usize {
        let rest = self.units.get(start..).unwrap_or(&[]);
        let special = |c: u32| c == 0x22 || c == 0x5c || c <= 0x1f;
        start + rest.iter().position(|u| special(u.code())).unwrap_or(rest.len())
    }

    /// [`Reader::plain_end`], control characters being an error or counting as plain.
    fn text_end(&self, start: usize) -> PyResult<usize> {
        let mut end = self.plain_end(start);
        while self.at(end) <= 0x1f {
            if self.strict {
                return self.error("Invalid control character at", end);
            }
            end = self.plain_end(end + 1);
        }
        Ok(end)
    }

    /// The string whose first character is at `start`, and the index behind its closing quote.
    #[inline]
    pub fn string(&self, start: usize) -> PyResult<(Ref<PyStr>, usize)> {
        let end = self.text_end(start)?;
        if self.at(end) == 0x22 {
            return Ok((self.slice(start, end)?, end + 1));
        }
        self.escaped_string(start, end)
    }

    fn slice(&self, start: usize, end: usize) -> PyResult<Ref<PyStr>> {
        PyStr::from_text(self.vm, U::wrap(self.units.get(start..end).unwrap_or(&[])))
    }

    #[cold]
    fn unterminated<T>(&self, start: usize) -> PyResult<T> {
        Err(decode_error(self.vm, "Unterminated string starting at", self.source, start as i64 - 1))
    }

    /// A string with escapes; the first special character is at `end`.
    fn escaped_string(&self, start: usize, mut end: usize) -> PyResult<(Ref<PyStr>, usize)> {
        let mut out = TextBuf::with_capacity(end - start + 16);
        let mut from = start;
        loop {
            out.push_slice(self.units.get(from..end).unwrap_or(&[]));
            match self.at(end) {
                0x22 => return Ok((PyStr::from_buf(self.vm, out)?, end + 1)),
                0x5c => {}
                _ => return self.unterminated(start),
            }
            let escape = end + 1;
            if escape >= self.units.len() {
                return self.unterminated(start);
            }
            from = escape + 1;
            let c = match u8::try_from(self.at(escape)) {
                Ok(c @ (b'"' | b'\\' | b'/')) => u32::from(c),
                Ok(b'b') => 0x08,
                Ok(b'f') => 0x0c,
                Ok(b'n') => 0x0a,
                Ok(b'r') => 0x0d,
                Ok(b't') => 0x09,
                Ok(b'u') => {
                    let (c, behind) = self.unicode_escape(escape)?;
                    from = behind;
                    c
                }
                _ => return self.error("Invalid \\escape", escape - 1),
            };
            out.push(c);
            end = self.text_end(from)?;
        }
    }

    /// Four hexadecimal digits from `at` on.
    fn four_digits(&self, at: usize) -> Option<u32> {
        if at + 4 > self.units.len() {
            return None;
        }
        (at..at + 4).try_fold(0, |n, i| Some(n << 4 | char::from_u32(self.at(i))?.to_digit(16)?))
    }

    /// The character of `\uXXXX`, or of two such that are a surrogate pair, and the index behind. `u` is that of the
    /// letter.
    fn unicode_escape(&self, u: usize) -> PyResult<(u32, usize)> {
        const INVALID: &str = "Invalid \\uXXXX escape";
        let Some(c) = self.four_digits(u + 1) else { return self.error(INVALID, u) };
        let behind = u + 5;
        let more = behind + 6 < self.units.len() && self.at(behind) == 0x5c && self.at(behind + 1) == u32::from(b'u');
        if (0xd800..0xdc00).contains(&c) && more {
            let Some(low) = self.four_digits(behind + 2) else { return self.error(INVALID, behind + 1) };
            if (0xdc00..0xe000).contains(&low) {
                return Ok((0x1_0000 + ((c & 0x3ff) << 10) + (low & 0x3ff), behind + 6));
            }
        }
        Ok((c, behind))
    }

    /// As [`Reader::string`], for a key.
    pub fn key(&self, start: usize, keys: Ref<PyArray>) -> PyResult<(Ref<PyStr>, usize)> {
        let end = self.plain_end(start);
        if self.at(end) != 0x22 || end - start > LONGEST_KEY {
            return self.string(start);
        }
        let units = self.units.get(start..end).unwrap_or(&[]);
        // FNV-1a, of which the upper bits are the better ones.
        let hash = units.iter().fold(0x811c_9dc5u32, |h, u| (h ^ u.code()).wrapping_mul(0x0100_0193));
        let place = (hash >> 16 ^ hash) as usize % KEYS;
        if let Some(known) = keys.get(place).and_then(Value::downcast::<PyStr>)
            && known.view().equals(U::wrap(units))
        {
            return Ok((known, end + 1));
        }
        let key = self.slice(start, end)?;
        keys.set(place, key.value());
        Ok((key, end + 1))
    }
}

fn pair(vm: &Vm, text: Ref<PyStr>, end: usize) -> PyResult<Ref<PyTuple>> {
    vm.new_tuple(&[text.value(), Value::from_len(end)])
}

/// `scanstring(string, end, strict=True)`
pub fn scanstring(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyTuple>> {
    let (source, end, strict) = match args.rest {
        [source, end] => (*source, *end, true),
        [source, end, strict] => (*source, *end, vm.is_true(*strict)?),
        few @ ([] | [_]) => {
            return Err(vm.type_error(format!("scanstring() takes at least 2 arguments ({} given)", few.len())));
        }
        many => {
            return Err(vm.type_error(format!("scanstring() takes at most 3 arguments ({} given)", many.len())));
        }
    };
    let end = vm.to_isize(end)?;
    let text = text_argument(vm, source)?;
    let start = usize::try_from(end).ok().filter(|end| *end <= text.len());
    let Some(start) = start else { return Err(vm.value_error("end is out of bounds")) };
    let (result, end) = match text.view() {
        Text::One(units) => Reader { vm, source, units, strict }.string(start)?,
        Text::Two(units) => Reader { vm, source, units, strict }.string(start)?,
        Text::Four(units) => Reader { vm, source, units, strict }.string(start)?,
    };
    pair(vm, result, end)
}
