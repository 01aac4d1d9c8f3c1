//! Marshal streams and plain code objects as runtime objects. The format itself is `brolga_bytecode::marshal`'s.

use brolga_bytecode::code::CodeObject;
use brolga_bytecode::marshal::{CodeHeader, Options, ReadError, Sink, Source};
use brolga_bytecode::verifier::{ConstKind, View};

use crate::object::Ref;
use crate::state::Vm;
use crate::types::array::ValueVec;
use crate::types::bytes::PyBytes;
use crate::types::code::{CodeData, PyCode};
use crate::types::dict::PyDict;
use crate::types::list::PyList;
use crate::types::set::PySet;
use crate::types::shape;
use crate::types::slice::PySlice;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::value::Value;
use crate::{PyResult, Raised};

/// The longest tuple that exists before its items, so that it can be in one of them.
const MAX_EARLY_TUPLE: usize = 1 << 12;

/// Where a stream comes from.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Trust {
    /// Made by our own compiler at build time: not verified again.
    Own,
    /// Anything else: every code object is verified before it can run.
    Foreign,
}

/// Reads a marshal stream; the second result is how many bytes it took.
pub fn load(vm: &Vm, data: &[u8], trust: Trust, allow_code: bool) -> PyResult<(Value, usize)> {
    let mut rest = data;
    let value = load_from(vm, &mut rest, trust, allow_code)?;
    Ok((value, data.len() - rest.len()))
}

/// [`load`] from any source, of which nothing behind the value is taken.
pub fn load_from<I: Source<Raised>>(vm: &Vm, source: &mut I, trust: Trust, allow_code: bool) -> PyResult<Value> {
    let mut sink = ValueSink { vm, stack: ValueVec::new(), refs: ValueVec::new(), trust };
    match brolga_bytecode::marshal::read_from(source, Options { allow_code }, &mut sink) {
        Ok(()) => sink.stack.pop().ok_or_else(|| vm.value_error("bad marshal data (no value)")),
        Err(ReadError::Eof(text)) => Err(vm.eof_error(text)),
        Err(ReadError::Value(text)) => Err(vm.value_error(text)),
        Err(ReadError::Type(text)) => Err(vm.type_error(text)),
        Err(ReadError::Sink(raised)) => Err(raised),
    }
}

/// Makes runtime objects of a stream's values; its stack and its references are rooted vectors.
struct ValueSink<'a> {
    vm: &'a Vm,
    stack: ValueVec,
    refs: ValueVec,
    trust: Trust,
}

impl ValueSink<'_> {
    fn push(&mut self, value: impl Into<Value>) -> PyResult<()> {
        self.stack.push(self.vm, value.into())
    }

    /// The top `n` values, which are taken off by the caller's `truncate`.
    fn top(&self, n: usize) -> &[Value] {
        let all = self.stack.as_slice();
        &all[all.len().saturating_sub(n)..]
    }

    fn drop_top(&mut self, n: usize) {
        self.stack.truncate(self.stack.len().saturating_sub(n));
    }

    fn pop(&mut self) -> PyResult<Value> {
        self.stack.pop().ok_or_else(|| self.vm.value_error("bad marshal data (nothing on the stack)"))
    }

    fn peek<T: crate::object::HeapType>(&self, below: usize) -> PyResult<Ref<T>> {
        let at = self.stack.len().checked_sub(below + 1);
        at.and_then(|i| self.stack.get(i))
            .and_then(Value::downcast)
            .ok_or_else(|| self.vm.value_error("bad marshal data (wrong container)"))
    }
}

impl Sink for ValueSink<'_> {
    type Error = Raised;

    fn none(&mut self) -> PyResult<()> {
        self.push(Value::NONE)
    }
    fn bool(&mut self, value: bool) -> PyResult<()> {
        self.push(Value::from_bool(value))
    }
    fn ellipsis(&mut self) -> PyResult<()> {
        self.push(Value::ELLIPSIS)
    }
    fn stop_iteration(&mut self) -> PyResult<()> {
        self.push(self.vm.types.stop_iteration)
    }
    fn int(&mut self, value: i64) -> PyResult<()> {
        let v = self.vm.new_int(value)?;
        self.push(v)
    }
    fn big_int(&mut self, negative: bool, digits15: &[u16]) -> PyResult<()> {
        let v = crate::types::int::from_digits15(self.vm, negative, digits15)?;
        self.push(v)
    }
    fn float(&mut self, value: f64) -> PyResult<()> {
        self.push(Value::from_f64(value))
    }
    fn complex(&mut self, re: f64, im: f64) -> PyResult<()> {
        let v = crate::types::complex::new_complex(self.vm, re, im)?;
        self.push(v)
    }
    fn str(&mut self, text: &[u8], ascii: bool, interned: bool) -> PyResult<()> {
        let s = match (ascii, interned) {
            (true, true) => self.vm.intern_ascii(text)?,
            (true, false) => PyStr::from_latin1(self.vm, text)?,
            (false, true) => self.vm.intern_str(from_wtf8(self.vm, text)?),
            (false, false) => from_wtf8(self.vm, text)?,
        };
        self.push(s)
    }
    fn bytes(&mut self, bytes: &[u8]) -> PyResult<()> {
        let b = PyBytes::new(self.vm, bytes)?;
        self.push(b)
    }
    fn tuple(&mut self, n: usize) -> PyResult<()> {
        let t = PyTuple::new(self.vm, self.top(n))?;
        self.drop_top(n);
        self.push(t)
    }
    fn tuple_begin(&mut self, n: usize) -> PyResult<bool> {
        // A stream can promise long tuples at every level: these come from their items only.
        if n > MAX_EARLY_TUPLE {
            return Ok(false);
        }
        let t = PyTuple::unfilled(self.vm, n)?;
        self.push(t)?;
        Ok(true)
    }
    fn tuple_end(&mut self, n: usize) -> PyResult<()> {
        PyTuple::fill(self.peek::<PyTuple>(n)?, self.top(n));
        self.drop_top(n);
        Ok(())
    }
    fn frozenset(&mut self, n: usize) -> PyResult<()> {
        let set = PySet::new(self.vm, shape::frozenset)?;
        for i in 0..n {
            let at = self.stack.len() - n + i;
            if let Some(item) = self.stack.get(at) {
                set.add(self.vm, item)?;
            }
        }
        self.drop_top(n);
        self.push(set)
    }
    fn slice(&mut self) -> PyResult<()> {
        let parts = self.top(3);
        let [start, stop, step] = parts else { return Err(self.vm.value_error("bad marshal data (slice)")) };
        let s = PySlice::new(self.vm, *start, *stop, *step)?;
        self.drop_top(3);
        self.push(s)
    }
    fn list_begin(&mut self, n: usize) -> PyResult<()> {
        let list = PyList::with_capacity(self.vm, n)?;
        self.push(list)
    }
    fn list_append(&mut self) -> PyResult<()> {
        let value = self.pop()?;
        self.peek::<PyList>(0)?.push(self.vm, value)
    }
    fn dict_begin(&mut self) -> PyResult<()> {
        let dict = PyDict::new(self.vm)?;
        self.push(dict)
    }
    fn dict_insert(&mut self) -> PyResult<()> {
        let value = self.pop()?;
        let key = self.pop()?;
        self.peek::<PyDict>(0)?.set_item(self.vm, key, value)
    }
    fn set_begin(&mut self, _: usize) -> PyResult<()> {
        let set = PySet::new(self.vm, shape::set)?;
        self.push(set)
    }
    fn set_add(&mut self) -> PyResult<()> {
        let value = self.pop()?;
        self.peek::<PySet>(0)?.add(self.vm, value)
    }
    fn code(&mut self, header: CodeHeader) -> PyResult<()> {
        let vm = self.vm;
        let bad = |what: &str| vm.value_error(format!("bad marshal data (code object: {what})"));
        let (code, kinds, linetable, exceptiontable) =
            (self.peek::<PyBytes>(9)?, self.peek::<PyBytes>(5)?, self.peek::<PyBytes>(1)?, self.peek::<PyBytes>(0)?);
        let (consts, names, localsplusnames) =
            (self.peek::<PyTuple>(8)?, self.peek::<PyTuple>(7)?, self.peek::<PyTuple>(6)?);
        let (filename, name, qualname) = (self.peek::<PyStr>(4)?, self.peek::<PyStr>(3)?, self.peek::<PyStr>(2)?);
        let counts = [header.argcount, header.posonlyargcount, header.kwonlyargcount, header.stacksize, header.flags];
        if counts.iter().any(|n| *n < 0) || header.posonlyargcount > header.argcount {
            return Err(bad("negative count"));
        }
        if kinds.as_slice().len() != localsplusnames.len() {
            return Err(bad("localspluskinds"));
        }
        let names = interned_tuple(vm, names)?;
        let localsplusnames = interned_tuple(vm, localsplusnames)?;
        let data = CodeData {
            argcount: header.argcount as u32,
            posonlyargcount: header.posonlyargcount as u32,
            kwonlyargcount: header.kwonlyargcount as u32,
            firstlineno: header.firstlineno,
            code: code.as_slice().into(),
            localspluskinds: kinds.as_slice().into(),
            linetable: linetable.as_slice().into(),
            exceptiontable: exceptiontable.as_slice().into(),
        };
        if self.trust == Trust::Foreign {
            verify(vm, &data, header.stacksize as u32, header.flags as u32, consts, names.len())?;
        }
        let code = PyCode::new(
            vm,
            data,
            header.stacksize as u32,
            header.flags as u32,
            consts,
            names,
            localsplusnames,
            filename,
            name,
            qualname,
        )?;
        self.drop_top(10);
        self.push(code)
    }
    fn bind_ref(&mut self, index: usize) -> PyResult<()> {
        let value = self.stack.get(self.stack.len().wrapping_sub(1)).unwrap_or(Value::NONE);
        while self.refs.len() <= index {
            self.refs.push(self.vm, Value::NONE)?;
        }
        self.refs.set(index, value);
        Ok(())
    }
    fn load_ref(&mut self, index: usize) -> PyResult<()> {
        let value = self.refs.get(index).unwrap_or(Value::NONE);
        self.push(value)
    }
}

/// The same tuple if all its items are interned strings, else one that has them interned.
fn interned_tuple(vm: &Vm, tuple: Ref<PyTuple>) -> PyResult<Ref<PyTuple>> {
    let mut all = true;
    for item in tuple.as_slice() {
        match item.downcast::<PyStr>() {
            Some(s) => all &= s.is_interned(),
            None => return Err(vm.value_error("bad marshal data (name is no string)")),
        }
    }
    if all {
        return Ok(tuple);
    }
    let items = ValueVec::new();
    for item in tuple.as_slice() {
        if let Some(s) = item.downcast::<PyStr>() {
            items.push(vm, vm.intern_str(s).value())?;
        }
    }
    PyTuple::new(vm, items.as_slice())
}

/// A string from WTF-8.
pub fn from_wtf8(vm: &Vm, text: &[u8]) -> PyResult<Ref<PyStr>> {
    if let Ok(text) = std::str::from_utf8(text) {
        return PyStr::new(vm, text);
    }
    let mut points: Vec<u32> = Vec::new();
    let mut rest = text;
    while let [first, tail @ ..] = rest {
        let (len, bits) = match first {
            0..0x80 => (0, *first as u32),
            0x80..0xe0 => (1, (first & 0x1f) as u32),
            0xe0..0xf0 => (2, (first & 0x0f) as u32),
            _ => (3, (first & 0x07) as u32),
        };
        let more = tail.get(..len).unwrap_or(tail);
        points.push(more.iter().fold(bits, |c, b| c << 6 | (b & 0x3f) as u32));
        rest = &tail[more.len()..];
    }
    PyStr::from_ucs4(vm, &points)
}

/// Verifies what a code object is to be made of.
pub fn verify(
    vm: &Vm,
    data: &CodeData,
    stacksize: u32,
    flags: u32,
    consts: Ref<PyTuple>,
    names: usize,
) -> PyResult<()> {
    let kind = |i: usize| match consts.get(i).and_then(Value::downcast::<PyTuple>) {
        Some(t) if t.as_slice().iter().all(|v| v.downcast::<PyStr>().is_some()) => ConstKind::StrTuple(t.len()),
        _ => ConstKind::Other,
    };
    verify_view(vm, data, stacksize, flags, consts.len(), names, &kind)
}

fn verify_view(
    vm: &Vm,
    data: &CodeData,
    stacksize: u32,
    flags: u32,
    consts: usize,
    names: usize,
    const_kind: &dyn Fn(usize) -> ConstKind,
) -> PyResult<()> {
    let view = View {
        code: &data.code,
        consts,
        const_kind,
        names,
        localspluskinds: &data.localspluskinds,
        stacksize,
        exceptiontable: &data.exceptiontable,
        flags,
        argcount: data.argcount,
        posonlyargcount: data.posonlyargcount,
        kwonlyargcount: data.kwonlyargcount,
    };
    match brolga_bytecode::verifier::verify(&view) {
        Ok(_) => Ok(()),
        Err(e) => Err(vm.value_error(e.to_string())),
    }
}

/// The runtime's code object of one that our compiler made.
pub fn code_from_plain(vm: &Vm, plain: &CodeObject) -> PyResult<Ref<PyCode>> {
    let bytes = brolga_bytecode::marshal::write_code_in_order(plain);
    let (value, _) = load(vm, &bytes, Trust::Own, true)?;
    value.downcast().ok_or_else(|| vm.system_error("the compiler made no code object"))
}
