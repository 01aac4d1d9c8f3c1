//! `repr`, `str`, `format` and what messages need.

use crate::PyResult;
use crate::object::Ref;
use crate::state::Vm;
use crate::state::names::Special;
use crate::types::str::PyStr;
use crate::types::type_object::PyType;
use crate::value::Value;

impl Vm {
    /// `repr(v)`.
    pub fn repr(&self, v: Value) -> PyResult<Ref<PyStr>> {
        self.check_native_stack(" while getting the repr of an object")?;
        match self.call_special(v, Special::Repr, &[])? {
            Some(s) => s
                .downcast()
                .ok_or_else(|| self.type_error(format!("__repr__ returned non-string (type {})", self.type_name(s)))),
            None => self.new_str(&format!("<{} object at {:#x}>", self.type_name(v), self.id_of(v))),
        }
    }

    /// `str(v)`.
    pub fn str(&self, v: Value) -> PyResult<Ref<PyStr>> {
        if let Some(s) = self.exact_str(v) {
            return Ok(s);
        }
        if let Some(i) = v.as_small_int() {
            return self.decimal(i);
        }
        self.check_native_stack(" while getting the str of an object")?;
        match self.call_special(v, Special::Str, &[])? {
            Some(s) => s
                .downcast()
                .ok_or_else(|| self.type_error(format!("__str__ returned non-string (type {})", self.type_name(s)))),
            None => self.repr(v),
        }
    }

    /// An int's digits.
    fn decimal(&self, i: i64) -> PyResult<Ref<PyStr>> {
        // 64 bits have 19 digits, and a sign.
        let (mut text, mut at, mut rest) = ([0; 20], 20, i.unsigned_abs());
        loop {
            at -= 1;
            text[at] = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        if i < 0 {
            at -= 1;
            text[at] = b'-';
        }
        PyStr::from_latin1(self, &text[at..])
    }

    /// `ascii(v)`.
    pub fn ascii(&self, v: Value) -> PyResult<Ref<PyStr>> {
        let s = self.repr(v)?;
        if s.is_ascii() {
            return Ok(s);
        }
        let mut out = String::new();
        for c in s.chars() {
            match c {
                0..0x80 => out.push(c as u8 as char),
                0x80..0x100 => out.push_str(&format!("\\x{c:02x}")),
                0x100..0x10000 => out.push_str(&format!("\\u{c:04x}")),
                _ => out.push_str(&format!("\\U{c:08x}")),
            }
        }
        self.new_str(&out)
    }

    /// `format(v, spec)`.
    pub fn format(&self, v: Value, spec: Ref<PyStr>) -> PyResult<Ref<PyStr>> {
        if spec.is_empty() {
            if let Some(s) = self.exact_str(v) {
                return Ok(s);
            }
            if v.is_small_int() {
                return self.str(v);
            }
        }
        match self.call_special(v, Special::Format, &[spec.value()])? {
            Some(s) => s
                .downcast()
                .ok_or_else(|| self.type_error(format!("__format__ must return a str, not {}", self.type_name(s)))),
            None => Err(self.type_error(format!("Type {} doesn't define __format__", self.type_name(v)))),
        }
    }

    /// The text of a string object, for messages; empty for anything else.
    pub fn to_lossy(&self, v: Value) -> String {
        v.downcast::<PyStr>().map_or_else(String::new, |s| s.to_lossy())
    }

    /// The repr for a message; a failure of it is the error.
    pub fn repr_lossy(&self, v: Value) -> PyResult<String> {
        Ok(self.repr(v)?.to_lossy())
    }

    pub fn type_qualname(&self, class: Ref<PyType>) -> String {
        class.qualname.get().map_or_else(|| class.name(), |q| self.to_lossy(q))
    }

    /// As [`Vm::type_full_name`], but the main module goes without saying, as `builtins` does.
    pub fn fully_qualified_name(&self, class: Ref<PyType>) -> String {
        let name = self.type_full_name(class);
        match name.strip_prefix("__main__.") {
            Some(rest) => rest.to_owned(),
            None => name,
        }
    }

    /// `__module__` + `.` + `__qualname__`, the module left out for builtins.
    pub fn type_full_name(&self, class: Ref<PyType>) -> String {
        let qualname = self.type_qualname(class);
        let module = class.dict().and_then(|d| d.get_str(self, self.names.__module__));
        match module.and_then(Value::downcast::<PyStr>).map(|s| s.to_lossy()) {
            Some(m) if m != "builtins" && class.is_heap_type() => format!("{m}.{qualname}"),
            None if !class.is_heap_type() => match class.native_def() {
                Some(d) if d.module != "builtins" => format!("{}.{qualname}", d.module),
                _ => qualname,
            },
            Some(m) if m != "builtins" => format!("{m}.{qualname}"),
            _ => qualname,
        }
    }

    /// Marks `object` as having its repr made. `false`: it is already, so `[...]` is due; nothing must be left then.
    pub fn enter_repr(&self, object: Value) -> bool {
        let mut running = self.repr_running.borrow_mut();
        let id = object.bits() as usize;
        if running.contains(&id) {
            return false;
        }
        running.push(id);
        true
    }

    pub fn leave_repr(&self, object: Value) {
        let id = object.bits() as usize;
        let mut running = self.repr_running.borrow_mut();
        if let Some(i) = running.iter().rposition(|r| *r == id) {
            running.remove(i);
        }
    }
}
