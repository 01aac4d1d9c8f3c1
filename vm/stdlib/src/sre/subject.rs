//! What a pattern is matched against: a string, or the bytes that an object lends.

use brolga_regex::{Error, Matcher, Mode, Program, Props};
use brolga_runtime::PyResult;
use brolga_runtime::object::Ref;
use brolga_runtime::protocol::buffer::Buffer;
use brolga_runtime::state::Vm;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::types::shape;
use brolga_runtime::types::str::{self, PyStr, Text};
use brolga_runtime::value::Value;
use brolga_text::unicode;

/// Character properties beyond Latin-1.
struct Unicode;

impl Props for Unicode {
    fn is_alnum(&self, ch: u32) -> bool {
        unicode::is_alnum(ch)
    }
    fn is_decimal(&self, ch: u32) -> bool {
        unicode::is_decimal(ch)
    }
    fn is_space(&self, ch: u32) -> bool {
        unicode::is_space(ch)
    }
    fn is_linebreak(&self, ch: u32) -> bool {
        unicode::is_linebreak(ch)
    }
    fn to_lower(&self, ch: u32) -> u32 {
        unicode::to_lower(ch).as_slice().first().copied().unwrap_or(ch)
    }
    fn to_upper(&self, ch: u32) -> u32 {
        unicode::to_upper(ch).as_slice().first().copied().unwrap_or(ch)
    }
}

enum Memory<'vm> {
    Str(Ref<PyStr>),
    Bytes(Buffer<'vm>),
}

/// A subject, lent for as long as this lives.
pub struct Subject<'vm> {
    pub value: Value,
    memory: Memory<'vm>,
}

impl<'vm> Subject<'vm> {
    /// `kind`: whether the pattern is text; `None` where it is neither text nor bytes.
    pub fn new(vm: &'vm Vm, value: Value, text_pattern: Option<bool>) -> PyResult<Subject<'vm>> {
        if let Some(s) = value.downcast::<PyStr>() {
            if text_pattern == Some(false) {
                return Err(vm.type_error("cannot use a bytes pattern on a string-like object"));
            }
            return Ok(Subject { value, memory: Memory::Str(s) });
        }
        if !vm.has_buffer(value) {
            return Err(vm.type_error(format!("expected string or bytes-like object, got '{}'", vm.type_name(value))));
        }
        let buffer = vm.buffer(value, false)?;
        if text_pattern == Some(true) {
            return Err(vm.type_error("cannot use a string pattern on a bytes-like object"));
        }
        Ok(Subject { value, memory: Memory::Bytes(buffer) })
    }

    pub fn len(&self) -> usize {
        match &self.memory {
            Memory::Str(s) => s.len(),
            Memory::Bytes(b) => b.len(),
        }
    }

    /// A piece as an object of its own.
    pub fn slice(&self, vm: &Vm, start: usize, end: usize) -> PyResult<Value> {
        let end = end.min(self.len());
        let start = start.min(end);
        match &self.memory {
            Memory::Str(s) => Ok(str::slice(vm, *s, start, end)?.value()),
            Memory::Bytes(b) => {
                let whole = start == 0 && end == b.len();
                if whole && vm.exact::<PyBytes>(self.value, shape::bytes).is_some() {
                    return Ok(self.value);
                }
                Ok(PyBytes::new(vm, b.as_slice().get(start..end).unwrap_or(&[]))?.value())
            }
        }
    }

    /// `""` or `b""`.
    pub fn empty(&self, vm: &Vm) -> PyResult<Value> {
        match self.memory {
            Memory::Str(_) => Ok(vm.names.empty.value()),
            Memory::Bytes(_) => Ok(PyBytes::new(vm, &[])?.value()),
        }
    }

    /// Runs the program. Signals are looked at meanwhile; what their handlers raise ends the run.
    pub fn run(
        &self,
        vm: &Vm,
        matcher: &mut Matcher,
        program: &Program,
        pos: usize,
        end: usize,
        mode: Mode,
        must_advance: bool,
    ) -> PyResult<bool> {
        let mut raised = None;
        let mut poll = || match vm.poll() {
            Ok(()) => true,
            Err(r) => {
                raised = Some(r);
                false
            }
        };
        let poll: &mut dyn FnMut() -> bool = &mut poll;
        let result = match &self.memory {
            Memory::Str(s) => match s.text() {
                Text::One(t) => matcher.run(program, t, pos, end, mode, must_advance, &Unicode, poll),
                Text::Two(t) => matcher.run(program, t, pos, end, mode, must_advance, &Unicode, poll),
                Text::Four(t) => matcher.run(program, t, pos, end, mode, must_advance, &Unicode, poll),
            },
            Memory::Bytes(b) => matcher.run(program, b.as_slice(), pos, end, mode, must_advance, &Unicode, poll),
        };
        match result {
            Ok(found) => Ok(found),
            Err(Error::Memory) => Err(vm.memory_error()),
            Err(Error::Interrupted) => {
                Err(raised.unwrap_or_else(|| vm.system_error("a regular expression was interrupted without cause")))
            }
            Err(Error::Internal) => Err(vm.runtime_error("internal error in regular expression engine")),
        }
    }
}
