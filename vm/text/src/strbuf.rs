//! A builder of flat text that widens as wider code points arrive.

use crate::text::{CodeUnit, Text};
use crate::{NoMemory, with_units};

/// Finished text, in the narrowest width that holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TextData {
    One(Vec<u8>),
    Two(Vec<u16>),
    Four(Vec<u32>),
}

impl TextData {
    pub fn as_text(&self) -> Text<'_> {
        match self {
            TextData::One(v) => Text::One(v),
            TextData::Two(v) => Text::Two(v),
            TextData::Four(v) => Text::Four(v),
        }
    }

    pub fn len(&self) -> usize {
        self.as_text().len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Builds text of unknown width: Latin-1 until a wider code point is pushed.
///
/// Pushing never fails; when memory runs out the buffer drops what it holds, ignores what follows, and [`TextBuf::finish`]
/// reports it. So loops need no error path, and a size that a program controls cannot abort the process.
#[derive(Clone, Debug)]
pub struct TextBuf {
    data: TextData,
    failed: bool,
}

impl Default for TextBuf {
    fn default() -> Self {
        Self::new()
    }
}

/// Makes room for `extra` more units, growing geometrically.
#[inline]
fn room<U>(v: &mut Vec<U>, extra: usize) -> bool {
    v.capacity() - v.len() >= extra || v.try_reserve(extra).is_ok()
}

fn widened<A: CodeUnit, B: CodeUnit>(from: &[A], extra: usize) -> Option<Vec<B>> {
    let mut wide = Vec::new();
    wide.try_reserve(from.len().checked_add(extra)?).ok()?;
    wide.extend(from.iter().filter_map(|u| B::from_code(u.code())));
    Some(wide)
}

impl TextBuf {
    pub fn new() -> Self {
        TextBuf { data: TextData::One(Vec::new()), failed: false }
    }

    /// A buffer with room for `units` Latin-1 code points. A size that cannot be had now is left to later pushes.
    pub fn with_capacity(units: usize) -> Self {
        let mut v = Vec::new();
        let _ = v.try_reserve(units);
        TextBuf { data: TextData::One(v), failed: false }
    }

    #[inline]
    pub fn len(&self) -> usize {
        match &self.data {
            TextData::One(v) => v.len(),
            TextData::Two(v) => v.len(),
            TextData::Four(v) => v.len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn as_text(&self) -> Text<'_> {
        self.data.as_text()
    }

    /// Whether memory ran out; `finish` will say so too.
    pub fn failed(&self) -> bool {
        self.failed
    }

    /// Forgets everything and ignores later pushes: `finish` will report `NoMemory`.
    #[cold]
    pub fn fail(&mut self) {
        self.failed = true;
        self.data = TextData::One(Vec::new());
    }

    /// Appends one code point.
    #[inline]
    pub fn push(&mut self, code: u32) {
        match &mut self.data {
            TextData::One(v) if code <= 0xFF && v.len() < v.capacity() => v.push(code as u8),
            TextData::Two(v) if code <= 0xFFFF && v.len() < v.capacity() => v.push(code as u16),
            TextData::Four(v) if v.len() < v.capacity() => v.push(code),
            _ => self.push_slow(code),
        }
    }

    #[cold]
    fn push_slow(&mut self, code: u32) {
        self.prepare(code, 1);
        if self.failed {
            return;
        }
        match &mut self.data {
            TextData::One(v) => v.push(code as u8),
            TextData::Two(v) => v.push(code as u16),
            TextData::Four(v) => v.push(code),
        }
    }

    /// Widens for `max` and makes room for `extra` more code points, so that pushes up to that are quick.
    pub fn prepare(&mut self, max: u32, extra: usize) {
        if self.failed {
            return;
        }
        let wide = match &self.data {
            TextData::One(v) if max > 0xFFFF => Some(widened(v, extra).map(TextData::Four)),
            TextData::One(v) if max > 0xFF => Some(widened(v, extra).map(TextData::Two)),
            TextData::Two(v) if max > 0xFFFF => Some(widened(v, extra).map(TextData::Four)),
            _ => None,
        };
        let ok = match wide {
            Some(Some(data)) => {
                self.data = data;
                true
            }
            Some(None) => false,
            None => match &mut self.data {
                TextData::One(v) => room(v, extra),
                TextData::Two(v) => room(v, extra),
                TextData::Four(v) => room(v, extra),
            },
        };
        if !ok {
            self.fail();
        }
    }

    /// Appends `count` times the same code point.
    pub fn push_repeated(&mut self, code: u32, count: usize) {
        self.prepare(code, count);
        if self.failed || count == 0 {
            return;
        }
        match &mut self.data {
            TextData::One(v) => v.resize(v.len() + count, code as u8),
            TextData::Two(v) => v.resize(v.len() + count, code as u16),
            TextData::Four(v) => v.resize(v.len() + count, code),
        }
    }

    /// Appends bytes that are Latin-1 code points (ASCII above all).
    pub fn push_latin1(&mut self, bytes: &[u8]) {
        self.prepare(0, bytes.len());
        if self.failed {
            return;
        }
        match &mut self.data {
            TextData::One(v) => v.extend_from_slice(bytes),
            TextData::Two(v) => v.extend(bytes.iter().map(|&b| u16::from(b))),
            TextData::Four(v) => v.extend(bytes.iter().map(|&b| u32::from(b))),
        }
    }

    pub fn push_str(&mut self, text: &str) {
        if text.is_ascii() {
            self.push_latin1(text.as_bytes());
        } else {
            for c in text.chars() {
                self.push(u32::from(c));
            }
        }
    }

    /// Appends units of any width; widens once, by the largest of them.
    pub fn push_slice<U: CodeUnit>(&mut self, units: &[U]) {
        let max = if U::MAX <= 0xFF { 0 } else { units.iter().copied().max().map_or(0, |u| u.code()) };
        self.prepare(max, units.len());
        if self.failed {
            return;
        }
        match &mut self.data {
            TextData::One(v) => v.extend(units.iter().map(|u| u.code() as u8)),
            TextData::Two(v) => v.extend(units.iter().map(|u| u.code() as u16)),
            TextData::Four(v) => v.extend(units.iter().map(|u| u.code())),
        }
    }

    /// Appends the `count` characters of `text`, none of which is wider than `max`.
    pub(crate) fn push_chars(&mut self, text: &str, max: u32, count: usize) {
        self.prepare(max, count);
        if self.failed {
            return;
        }
        // Room was made: growing first and then writing spares a check for each character.
        macro_rules! write {
            ($v:expr, $t:ty) => {{
                let start = $v.len();
                $v.resize(start + count, 0);
                let free = $v.get_mut(start..).unwrap_or(&mut []);
                for (slot, c) in free.iter_mut().zip(text.chars()) {
                    *slot = u32::from(c) as $t;
                }
            }};
        }
        match &mut self.data {
            TextData::One(v) => write!(v, u8),
            TextData::Two(v) => write!(v, u16),
            TextData::Four(v) => write!(v, u32),
        }
    }

    pub fn push_text(&mut self, text: Text<'_>) {
        with_units!(text, |s| self.push_slice(s));
    }

    /// Shortens to `len` code points. The width stays until `finish`.
    pub fn truncate(&mut self, len: usize) {
        match &mut self.data {
            TextData::One(v) => v.truncate(len),
            TextData::Two(v) => v.truncate(len),
            TextData::Four(v) => v.truncate(len),
        }
    }

    /// The text, in the narrowest width that holds it.
    pub fn finish(self) -> Result<TextData, NoMemory> {
        if self.failed {
            return Err(NoMemory);
        }
        let data = self.data;
        let narrow = match &data {
            TextData::One(_) => return Ok(data),
            // A widened buffer was widened by a code point that needs it, unless `prepare` or `truncate` came between.
            TextData::Two(v) if v.iter().any(|&u| u > 0xFF) => return Ok(data),
            TextData::Two(v) => widened(v, 0).map(TextData::One),
            TextData::Four(v) => match data.as_text().max_code() {
                0..=0xFF => widened(v, 0).map(TextData::One),
                0x100..=0xFFFF => widened(v, 0).map(TextData::Two),
                _ => return Ok(data),
            },
        };
        narrow.ok_or(NoMemory)
    }
}

impl std::fmt::Write for TextBuf {
    fn write_str(&mut self, s: &str) -> std::fmt::Result {
        self.push_str(s);
        Ok(())
    }
}

impl From<&str> for TextBuf {
    fn from(s: &str) -> Self {
        let mut buf = TextBuf::with_capacity(s.len());
        buf.push_str(s);
        buf
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widens_and_narrows() {
        let mut b = TextBuf::new();
        b.push_str("ab");
        b.push(0xE9);
        assert!(matches!(b.data, TextData::One(_)));
        b.push(0x20AC);
        assert!(matches!(b.data, TextData::Two(_)));
        b.push(0x1F600);
        assert_eq!(b.clone().finish(), Ok(TextData::Four(vec![97, 98, 0xE9, 0x20AC, 0x1F600])));
        b.truncate(4);
        assert_eq!(b.clone().finish(), Ok(TextData::Two(vec![97, 98, 0xE9, 0x20AC])));
        b.truncate(3);
        assert_eq!(b.finish(), Ok(TextData::One(vec![97, 98, 0xE9])));
    }

    #[test]
    fn too_much_is_an_error() {
        let mut b = TextBuf::new();
        b.push_repeated(32, usize::MAX / 2);
        assert_eq!(b.finish(), Err(NoMemory));
    }
}
