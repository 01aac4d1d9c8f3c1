//! [`StrBuilder`]: builds a string whose width is not known beforehand, for natives of every kind.

use brolga_text::{NoMemory, TextBuf};

use super::PyStr;
use crate::PyResult;
use crate::object::Ref;
use crate::state::Vm;

/// A string being built: Latin-1 until a wider character is pushed. Pushing never fails; when memory runs out,
/// [`StrBuilder::finish`] raises MemoryError. It holds plain text only, so it may live across calls of Python code.
#[derive(Default)]
pub struct StrBuilder {
    buf: TextBuf,
}

impl StrBuilder {
    pub fn new() -> StrBuilder {
        StrBuilder { buf: TextBuf::new() }
    }

    pub fn with_capacity(chars: usize) -> StrBuilder {
        StrBuilder { buf: TextBuf::with_capacity(chars) }
    }

    /// Characters so far.
    pub fn len(&self) -> usize {
        self.buf.len()
    }

    pub fn is_empty(&self) -> bool {
        self.buf.is_empty()
    }

    #[inline]
    pub fn push_str(&mut self, s: &PyStr) {
        self.buf.push_text(s.view());
    }

    /// One code point.
    #[inline]
    pub fn push(&mut self, c: u32) {
        self.buf.push(c);
    }

    pub fn push_rust(&mut self, s: &str) {
        self.buf.push_str(s);
    }

    /// The characters `start..end` of `s`, both clamped.
    pub fn push_slice(&mut self, s: &PyStr, start: usize, end: usize) {
        self.buf.push_text(s.view().slice(start, end));
    }

    /// `count` times the same code point.
    pub fn push_repeated(&mut self, c: u32, count: usize) {
        self.buf.push_repeated(c, count);
    }

    /// The text itself, for the formatting functions of `brolga_text`.
    pub fn buf(&mut self) -> &mut TextBuf {
        &mut self.buf
    }

    pub fn finish(self, vm: &Vm) -> PyResult<Ref<PyStr>> {
        PyStr::from_buf(vm, self.buf)
    }
}

impl std::fmt::Write for StrBuilder {
    fn write_str(&mut self, s: &str) -> std::fmt::Result {
        self.push_rust(s);
        Ok(())
    }
}

impl Vm {
    /// The result of an algorithm on text that may have run out of memory.
    pub(crate) fn memory<T>(&self, result: Result<T, NoMemory>) -> PyResult<T> {
        result.map_err(|_| self.memory_error())
    }
}
