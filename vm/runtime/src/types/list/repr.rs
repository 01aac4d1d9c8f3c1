//! Making the text of a container's repr, item by item, with the guard against containers that hold themselves.

use crate::PyResult;
use crate::object::Ref;
use crate::state::Vm;
use crate::types::str::{PyStr, Text};
use crate::value::Value;

/// A text that grows; one byte a character until a wider one comes.
pub struct TextParts {
    narrow: Vec<u8>,
    /// Takes over from `narrow` at the first character beyond U+00FF.
    wide: Option<Vec<u32>>,
}

impl TextParts {
    pub fn new() -> TextParts {
        TextParts { narrow: Vec::new(), wide: None }
    }

    /// Appends Rust text.
    pub fn push_str(&mut self, vm: &Vm, s: &str) -> PyResult<()> {
        if let (true, None) = (s.is_ascii(), &self.wide) {
            self.narrow.try_reserve(s.len()).map_err(|_| vm.memory_error())?;
            self.narrow.extend_from_slice(s.as_bytes());
            return Ok(());
        }
        self.push_codes(vm, s.len(), s.chars().map(|c| c as u32))
    }

    /// Appends a string object's text.
    pub fn push(&mut self, vm: &Vm, s: Ref<PyStr>) -> PyResult<()> {
        match (s.text(), &self.wide) {
            (Text::One(t), None) => {
                self.narrow.try_reserve(t.len()).map_err(|_| vm.memory_error())?;
                self.narrow.extend_from_slice(t);
                Ok(())
            }
            _ => self.push_codes(vm, s.len(), s.chars()),
        }
    }

    fn push_codes(&mut self, vm: &Vm, count: usize, codes: impl Iterator<Item = u32>) -> PyResult<()> {
        let mut wide = match self.wide.take() {
            Some(wide) => wide,
            None => {
                let mut wide = Vec::new();
                wide.try_reserve(self.narrow.len()).map_err(|_| vm.memory_error())?;
                wide.extend(self.narrow.drain(..).map(u32::from));
                wide
            }
        };
        let reserved = wide.try_reserve(count);
        if reserved.is_ok() {
            wide.extend(codes);
        }
        self.wide = Some(wide);
        reserved.map_err(|_| vm.memory_error())
    }

    /// Appends `repr(v)`.
    pub fn push_repr(&mut self, vm: &Vm, v: Value) -> PyResult<()> {
        let s = vm.repr(v)?;
        self.push(vm, s)
    }

    pub fn finish(self, vm: &Vm) -> PyResult<Ref<PyStr>> {
        match self.wide {
            Some(wide) => PyStr::from_ucs4(vm, &wide),
            None => PyStr::from_latin1(vm, &self.narrow),
        }
    }
}

/// Runs `make` unless `container` is inside its own repr: then the text is `recursive`.
pub fn guarded(
    vm: &Vm,
    container: Value,
    recursive: &str,
    make: impl FnOnce(&mut TextParts) -> PyResult<()>,
) -> PyResult<Ref<PyStr>> {
    if !vm.enter_repr(container) {
        return vm.new_str(recursive);
    }
    let mut text = TextParts::new();
    let made = make(&mut text);
    vm.leave_repr(container);
    made?;
    text.finish(vm)
}

/// Appends the items that `next` gives, by index, separated by commas.
pub fn push_items(vm: &Vm, text: &mut TextParts, mut next: impl FnMut(usize) -> Option<Value>) -> PyResult<()> {
    let mut i = 0;
    while let Some(item) = next(i) {
        if i > 0 {
            text.push_str(vm, ", ")?;
        }
        text.push_repr(vm, item)?;
        i += 1;
    }
    Ok(())
}
