//! What each opcode does.

use brolga_runtime::codecs;
use brolga_runtime::object::Ref;
use brolga_runtime::state::Vm;
use brolga_runtime::types::array::ValueVec;
use brolga_runtime::types::bytearray::PyByteArray;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::types::int;
use brolga_runtime::types::list::PyList;
use brolga_runtime::types::memoryview::PyMemoryView;
use brolga_runtime::types::set::PySet;
use brolga_runtime::types::shape;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, Raised};

use super::input::Input;
use super::opcodes::*;
use super::unpickler::{self, Unpickler};
use super::{HIGHEST_PROTOCOL, UNPICKLING_ERROR, build};

/// One run of an unpickler. It lives on the native stack, where the collector sees its values.
pub(super) struct Loader<'vm> {
    pub vm: &'vm Vm,
    pub unpickler: Ref<Unpickler>,
    input: Input<'vm>,
    pub stack: ValueVec,
    marks: Vec<usize>,
    persistent_load: Slot,
    find_class: Slot,
    surrogate_pass: Option<Ref<PyStr>>,
}

impl<'vm> Loader<'vm> {
    pub fn new(
        vm: &'vm Vm,
        unpickler: Ref<Unpickler>,
        input: Input<'vm>,
        persistent_load: Slot,
        find_class: Slot,
    ) -> Loader<'vm> {
        Loader {
            vm,
            unpickler,
            input,
            stack: ValueVec::new(),
            marks: Vec::new(),
            persistent_load,
            find_class,
            surrogate_pass: None,
        }
    }

    pub fn error(&self, message: impl AsRef<str>) -> Raised {
        UNPICKLING_ERROR.raise(self.vm, message)
    }

    pub fn load(mut self) -> PyResult<Value> {
        loop {
            let opcode = match self.input.opcode() {
                Ok(Some(opcode)) => opcode,
                Ok(None) => return Err(self.vm.raise_message(self.vm.types.eof_error, "Ran out of input")),
                Err(raised) => return Err(raised),
            };
            if opcode == STOP {
                break;
            }
            self.run(opcode)?;
        }
        self.input.skip_consumed()?;
        self.pop()
    }

    // ---- the stack ----------------------------------------------------------------------------------------------------

    /// Below this nothing may be popped: the innermost mark.
    #[inline(always)]
    pub fn fence(&self) -> usize {
        self.marks.last().copied().unwrap_or(0)
    }

    #[cold]
    pub fn underflow(&self) -> Raised {
        self.error(if self.marks.is_empty() { "unpickling stack underflow" } else { "unexpected MARK found" })
    }

    #[inline]
    fn push(&mut self, v: Value) -> PyResult<()> {
        self.stack.push(self.vm, v)
    }

    #[inline]
    pub fn pop(&mut self) -> PyResult<Value> {
        if self.stack.len() <= self.fence() {
            return Err(self.underflow());
        }
        self.stack.pop().ok_or_else(|| self.underflow())
    }

    #[inline]
    pub fn top(&self) -> PyResult<Value> {
        let len = self.stack.len();
        match len.checked_sub(1) {
            Some(at) if len > self.fence() => self.stack.get(at).ok_or_else(|| self.underflow()),
            _ => Err(self.underflow()),
        }
    }

    pub fn replace_top(&mut self, v: Value) {
        if let Some(at) = self.stack.len().checked_sub(1) {
            self.stack.set(at, v);
        }
    }

    /// Takes the innermost mark off; what is above it begins there.
    fn mark(&mut self) -> PyResult<usize> {
        self.marks.pop().ok_or_else(|| self.error("could not find MARK"))
    }

    /// The values from `start` on.
    pub fn above(&self, start: usize) -> &[Value] {
        self.stack.as_slice().get(start..).unwrap_or(&[])
    }

    // ---- opcodes ------------------------------------------------------------------------------------------------------

    fn run(&mut self, opcode: u8) -> PyResult<()> {
        let vm = self.vm;
        match opcode {
            NONE => self.push(Value::NONE),
            NEWTRUE => self.push(Value::TRUE),
            NEWFALSE => self.push(Value::FALSE),
            BININT => {
                let i = i32::from_le_bytes(self.input.array()?);
                self.push(Value::from_i32(i))
            }
            BININT1 => {
                let [b] = self.input.array()?;
                self.push(Value::from_i32(i32::from(b)))
            }
            BININT2 => {
                let i = u16::from_le_bytes(self.input.array()?);
                self.push(Value::from_i32(i32::from(i)))
            }
            BINFLOAT => {
                let f = f64::from_bits(u64::from_be_bytes(self.input.array()?));
                self.push(Value::from_f64(f))
            }
            SHORT_BINUNICODE => {
                let [n] = self.input.array()?;
                self.text(n as usize)
            }
            BINUNICODE => {
                let n = u32::from_le_bytes(self.input.array()?);
                self.text(n as usize)
            }
            BINUNICODE8 => {
                let n = self.size("BINUNICODE")?;
                self.text(n)
            }
            SHORT_BINBYTES => {
                let [n] = self.input.array()?;
                self.bytes(n as usize)
            }
            BINBYTES => {
                let n = u32::from_le_bytes(self.input.array()?);
                self.bytes(n as usize)
            }
            BINBYTES8 => {
                let n = self.size("BINBYTES")?;
                self.bytes(n)
            }
            BYTEARRAY8 => self.bytearray(),
            MARK => {
                self.marks.try_reserve(1).map_err(|_| vm.memory_error())?;
                self.marks.push(self.stack.len());
                Ok(())
            }
            MEMOIZE => {
                let v = self.top()?;
                unpickler::remember(vm, self.unpickler, self.unpickler.count.get() as u64, v)
            }
            BINPUT => {
                let [i] = self.input.array()?;
                unpickler::remember(vm, self.unpickler, u64::from(i), self.top()?)
            }
            LONG_BINPUT => {
                let i = u32::from_le_bytes(self.input.array()?);
                unpickler::remember(vm, self.unpickler, u64::from(i), self.top()?)
            }
            BINGET => {
                let [i] = self.input.array()?;
                self.recall(u64::from(i))
            }
            LONG_BINGET => {
                let i = u32::from_le_bytes(self.input.array()?);
                self.recall(u64::from(i))
            }
            EMPTY_TUPLE => self.push(vm.empty_tuple.value()),
            TUPLE1 => self.tuple(1),
            TUPLE2 => self.tuple(2),
            TUPLE3 => self.tuple(3),
            TUPLE => {
                let start = self.mark()?;
                let tuple = vm.new_tuple(self.above(start))?;
                self.stack.truncate(start);
                self.push(tuple.value())
            }
            EMPTY_LIST => {
                let list = vm.new_list(&[])?;
                self.push(list.value())
            }
            LIST => {
                let start = self.mark()?;
                let list = vm.new_list(self.above(start))?;
                self.stack.truncate(start);
                self.push(list.value())
            }
            EMPTY_DICT => {
                let dict = vm.new_dict()?;
                self.push(dict.value())
            }
            EMPTY_SET => {
                let set = PySet::new(vm, shape::set)?;
                self.push(set.value())
            }
            APPEND => {
                let at = self.stack.len().checked_sub(1).ok_or_else(|| self.underflow())?;
                self.append(at)
            }
            APPENDS => {
                let start = self.mark()?;
                self.append(start)
            }
            SETITEM => {
                let at = self.stack.len().checked_sub(2).ok_or_else(|| self.underflow())?;
                self.set_items(at)
            }
            SETITEMS => {
                let start = self.mark()?;
                self.set_items(start)
            }
            STACK_GLOBAL => {
                let name = self.pop()?;
                let module = self.pop()?;
                match (vm.exact_str(module), vm.exact_str(name)) {
                    (Some(module), Some(name)) => self.global(module, name),
                    _ => Err(self.error("STACK_GLOBAL requires str")),
                }
            }
            NEWOBJ => build::new_object(self, false),
            NEWOBJ_EX => build::new_object(self, true),
            REDUCE => {
                let args = self.pop()?;
                let function = self.pop()?;
                let made = build::call(self, function, args)?;
                self.push(made)
            }
            BUILD => build::set_state(self),
            PROTO => {
                let [protocol] = self.input.array()?;
                if i64::from(protocol) > HIGHEST_PROTOCOL {
                    return Err(vm.value_error(format!("unsupported pickle protocol: {protocol}")));
                }
                self.unpickler.protocol.set(u32::from(protocol));
                Ok(())
            }
            FRAME => {
                let n = self.size_named("FRAME length exceeds system's maximum of")?;
                self.input.begin_frame(n)
            }
            _ => self.run_rare(opcode),
        }
    }

    fn run_rare(&mut self, opcode: u8) -> PyResult<()> {
        let vm = self.vm;
        match opcode {
            POP => {
                if self.marks.last() == Some(&self.stack.len()) {
                    self.marks.pop();
                    return Ok(());
                }
                self.pop().map(|_| ())
            }
            POP_MARK => {
                let start = self.mark()?;
                self.stack.truncate(start);
                Ok(())
            }
            DUP => {
                let v = self.top()?;
                self.push(v)
            }
            LONG1 => {
                let [n] = self.input.array()?;
                self.long(n as usize)
            }
            LONG4 => match usize::try_from(i32::from_le_bytes(self.input.array()?)) {
                Ok(n) => self.long(n),
                Err(_) => Err(self.error("LONG pickle has negative byte count")),
            },
            INT => {
                let line = self.input.line()?;
                if line.is_empty() {
                    return Err(self.input.truncated());
                }
                let v = match line.as_slice() {
                    b"00" => Value::FALSE,
                    b"01" => Value::TRUE,
                    text => {
                        let v = self.int_of(text);
                        match vm.suppress(v, vm.types.value_error)? {
                            Some(v) => v,
                            None => return Err(vm.value_error("could not convert string to int")),
                        }
                    }
                };
                self.push(v)
            }
            LONG => {
                let mut line = self.input.line()?;
                if line.is_empty() {
                    return Err(self.input.truncated());
                }
                if line.last() == Some(&b'L') {
                    line.pop();
                }
                let v = self.int_of(&line)?;
                self.push(v)
            }
            FLOAT => {
                let line = self.input.line()?;
                if line.is_empty() {
                    return Err(self.input.truncated());
                }
                let text = std::str::from_utf8(&line).ok().filter(|text| *text == text.trim());
                let wrong = || {
                    let line = String::from_utf8_lossy(&line);
                    vm.value_error(format!("could not convert string to float: '{line}\n'"))
                };
                let Some(text) = text else { return Err(wrong()) };
                let text = vm.new_str(text)?;
                let v = vm.call(vm.types.float.value(), &[text.value()]);
                match vm.suppress(v, vm.types.value_error)? {
                    Some(v) => self.push(v),
                    None => Err(wrong()),
                }
            }
            STRING => {
                let line = self.input.line()?;
                let inner = match line.as_slice() {
                    [first @ (b'"' | b'\''), inner @ .., last] if first == last => inner,
                    _ => return Err(self.error("the STRING opcode argument must be quoted")),
                };
                let raw = PyBytes::new(vm, inner)?;
                let decoded = vm.call(vm.import_attr("_codecs", "escape_decode")?, &[raw.value()])?;
                let decoded = vm.get_item(decoded, Value::from_i32(0))?;
                match decoded.downcast::<PyBytes>() {
                    Some(bytes) => self.old_string(bytes),
                    None => Err(vm.type_error("escape_decode gave no bytes")),
                }
            }
            BINSTRING => match usize::try_from(i32::from_le_bytes(self.input.array()?)) {
                Ok(n) => {
                    let bytes = PyBytes::new(vm, self.input.read(n)?)?;
                    self.old_string(bytes)
                }
                Err(_) => Err(self.error("BINSTRING pickle has negative byte count")),
            },
            SHORT_BINSTRING => {
                let [n] = self.input.array()?;
                let bytes = PyBytes::new(vm, self.input.read(n as usize)?)?;
                self.old_string(bytes)
            }
            UNICODE => {
                let line = self.input.line()?;
                let raw = PyBytes::new(vm, &line)?;
                let encoding = vm.new_str("raw-unicode-escape")?;
                let text = codecs::decode(vm, raw.value(), raw.as_slice(), Some(encoding), None)?;
                self.push(text.value())
            }
            DICT => {
                let start = self.mark()?;
                let dict = vm.new_dict()?;
                if !(self.stack.len() - start).is_multiple_of(2) {
                    return Err(self.error("odd number of items for DICT"));
                }
                let mut i = start;
                while let (Some(key), Some(value)) = (self.stack.get(i), self.stack.get(i + 1)) {
                    dict.set_item(vm, key, value)?;
                    i += 2;
                }
                self.stack.truncate(start);
                self.push(dict.value())
            }
            FROZENSET => {
                let start = self.mark()?;
                let set = PySet::new(vm, shape::frozenset)?;
                for i in start..self.stack.len() {
                    set.add(vm, self.stack.get(i).unwrap_or(Value::NONE))?;
                }
                self.stack.truncate(start);
                self.push(set.value())
            }
            ADDITEMS => self.add_items(),
            PUT => {
                let line = self.input.line()?;
                if line.is_empty() {
                    return Err(self.input.truncated());
                }
                let v = self.top()?;
                let number = vm.to_i64(self.int_of(&line)?)?;
                match u64::try_from(number) {
                    Ok(number) => unpickler::remember(vm, self.unpickler, number, v),
                    Err(_) => Err(vm.value_error("negative PUT argument")),
                }
            }
            GET => {
                let line = self.input.line()?;
                if line.is_empty() {
                    return Err(self.input.truncated());
                }
                let number = vm.to_i64(self.int_of(&line)?)?;
                match u64::try_from(number) {
                    Ok(number) => self.recall(number),
                    Err(_) => Err(self.error(format!("Memo value not found at index {number}"))),
                }
            }
            GLOBAL => {
                let module = self.utf8_line()?;
                let name = self.utf8_line()?;
                self.global(module, name)
            }
            INST => {
                let line = |this: &mut Self| -> PyResult<Ref<PyStr>> {
                    let line = this.input.line()?;
                    let raw = PyBytes::new(vm, &line)?;
                    codecs::decode(vm, raw.value(), raw.as_slice(), Some(vm.intern("ascii")?), None)
                };
                let start = self.mark()?;
                let module = line(self)?;
                let name = line(self)?;
                let class = self.find(module, name)?;
                let made = build::instantiate(self, class, start)?;
                self.stack.truncate(start);
                self.push(made)
            }
            OBJ => {
                let start = self.mark()?;
                let Some(class) = self.stack.get(start) else { return Err(self.underflow()) };
                let made = build::instantiate(self, class, start + 1)?;
                self.stack.truncate(start);
                self.push(made)
            }
            PERSID => {
                let line = self.input.line()?;
                let id = match std::str::from_utf8(&line) {
                    Ok(text) if text.is_ascii() => vm.new_str(text)?,
                    _ => return Err(self.error("persistent IDs in protocol 0 must be ASCII strings")),
                };
                self.persistent(id.value())
            }
            BINPERSID => {
                let id = self.pop()?;
                self.persistent(id)
            }
            EXT1 => {
                let [code] = self.input.array()?;
                self.extension(i64::from(code))
            }
            EXT2 => {
                let code = u16::from_le_bytes(self.input.array()?);
                self.extension(i64::from(code))
            }
            EXT4 => {
                let code = i32::from_le_bytes(self.input.array()?);
                self.extension(i64::from(code))
            }
            NEXT_BUFFER => {
                let Some(buffers) = self.unpickler.buffers.get() else {
                    return Err(
                        self.error("pickle stream refers to out-of-band data but no *buffers* argument was given")
                    );
                };
                match vm.next(buffers)? {
                    Some(buffer) => self.push(buffer),
                    None => Err(self.error("not enough out-of-band buffers")),
                }
            }
            READONLY_BUFFER => {
                let buffer = self.top()?;
                let view = PyMemoryView::new(vm, buffer, false)?;
                if !view.is_readonly() {
                    let readonly = vm.call_method(view.value(), "toreadonly", &[])?;
                    self.replace_top(readonly);
                }
                Ok(())
            }
            other => Err(self.error(match other {
                b'\'' | b'\\' => format!("invalid load key, '\\x{other:02x}'."),
                0x20..=0x7e => format!("invalid load key, '{}'.", char::from(other)),
                _ => format!("invalid load key, '\\x{other:02x}'."),
            })),
        }
    }

    fn size(&mut self, what: &str) -> PyResult<usize> {
        self.size_named(&format!("{what} exceeds system's maximum size of"))
    }

    /// A length of eight bytes.
    fn size_named(&mut self, message: &str) -> PyResult<usize> {
        let n = u64::from_le_bytes(self.input.array()?);
        match isize::try_from(n) {
            Ok(n) => Ok(n.unsigned_abs()),
            Err(_) => Err(self.vm.overflow_error(format!("{message} {} bytes", isize::MAX))),
        }
    }

    fn text(&mut self, n: usize) -> PyResult<()> {
        let vm = self.vm;
        let data = self.input.read(n)?;
        if data.is_ascii() {
            let text = PyStr::from_latin1(vm, data)?;
            return self.push(text.value());
        }
        let raw = PyBytes::new(vm, data)?;
        let pass = match self.surrogate_pass {
            Some(pass) => pass,
            None => *self.surrogate_pass.insert(vm.intern("surrogatepass")?),
        };
        let text = codecs::decode(vm, raw.value(), raw.as_slice(), None, Some(pass))?;
        self.push(text.value())
    }

    fn bytes(&mut self, n: usize) -> PyResult<()> {
        let bytes = PyBytes::new(self.vm, self.input.read(n)?)?;
        self.push(bytes.value())
    }

    fn bytearray(&mut self) -> PyResult<()> {
        let n = self.size("BYTEARRAY8")?;
        // What is there is known to be there; a file may say that there is less.
        if n <= 1 << 16 || self.input.reaches(n)? {
            let array = PyByteArray::new(self.vm, &[])?;
            array.resize(self.vm, n)?;
            self.input.read_into(array.value())?;
            return self.push(array.value());
        }
        Err(self.input.truncated())
    }

    fn long(&mut self, n: usize) -> PyResult<()> {
        let v = int::read_bytes(self.vm, self.input.read(n)?, true)?;
        self.push(v)
    }

    /// The int that a line of protocol 0 names.
    fn int_of(&self, text: &[u8]) -> PyResult<Value> {
        let raw = PyBytes::new(self.vm, text)?;
        self.vm.call(self.vm.types.int.value(), &[raw.value()])
    }

    fn utf8_line(&mut self) -> PyResult<Ref<PyStr>> {
        let line = self.input.line()?;
        if line.is_empty() {
            return Err(self.input.truncated());
        }
        let raw = PyBytes::new(self.vm, &line)?;
        codecs::decode(self.vm, raw.value(), raw.as_slice(), None, None)
    }

    /// A string of Python 2.
    fn old_string(&mut self, bytes: Ref<PyBytes>) -> PyResult<()> {
        let (encoding, errors) = (self.unpickler.encoding.get(), self.unpickler.errors.get());
        let encoding = encoding.and_then(Value::downcast::<PyStr>);
        if encoding.is_some_and(|e| e.equals_str("bytes")) {
            return self.push(bytes.value());
        }
        let errors = errors.and_then(Value::downcast::<PyStr>);
        let text = codecs::decode(self.vm, bytes.value(), bytes.as_slice(), encoding, errors)?;
        self.push(text.value())
    }

    fn tuple(&mut self, len: usize) -> PyResult<()> {
        let start = self.stack.len().checked_sub(len).filter(|start| *start >= self.fence());
        let Some(start) = start else { return Err(self.underflow()) };
        let tuple = self.vm.new_tuple(self.above(start))?;
        self.stack.truncate(start);
        self.push(tuple.value())
    }

    fn recall(&mut self, number: u64) -> PyResult<()> {
        match self.unpickler.recall(self.vm, number)? {
            Some(v) => self.push(v),
            None => Err(self.error(format!("Memo value not found at index {number}"))),
        }
    }

    /// Appends what stands from `start` on to the list below.
    fn append(&mut self, start: usize) -> PyResult<()> {
        let vm = self.vm;
        let len = self.stack.len();
        if start > len || start <= self.fence() {
            return Err(self.underflow());
        }
        if start == len {
            return Ok(());
        }
        let target = self.stack.get(start - 1).unwrap_or(Value::NONE);
        if let Some(list) = vm.exact::<PyList>(target, shape::list) {
            list.extend(vm, self.above(start))?;
        } else if let Some(extend) = vm.get_attr_opt(target, vm.intern("extend")?)? {
            let items = vm.new_list(self.above(start))?;
            vm.call(extend, &[items.value()])?;
        } else {
            // By PEP 307 there is an `extend`, but older ones have `append` only.
            let append = vm.get_attr_str(target, "append")?;
            for i in start..len {
                vm.call(append, &[self.stack.get(i).unwrap_or(Value::NONE)])?;
            }
        }
        self.stack.truncate(start);
        Ok(())
    }

    fn set_items(&mut self, start: usize) -> PyResult<()> {
        let vm = self.vm;
        let len = self.stack.len();
        if start > len || start <= self.fence() {
            return Err(self.underflow());
        }
        if start == len {
            return Ok(());
        }
        if !(len - start).is_multiple_of(2) {
            return Err(self.error("odd number of items for SETITEMS"));
        }
        let target = self.stack.get(start - 1).unwrap_or(Value::NONE);
        let dict = vm.exact::<brolga_runtime::types::dict::PyDict>(target, shape::dict);
        let mut i = start;
        while let (Some(key), Some(value)) = (self.stack.get(i), self.stack.get(i + 1)) {
            match dict {
                Some(dict) => dict.set_item(vm, key, value)?,
                None => vm.set_item(target, key, value)?,
            }
            i += 2;
        }
        self.stack.truncate(start);
        Ok(())
    }

    fn add_items(&mut self) -> PyResult<()> {
        let vm = self.vm;
        let start = self.mark()?;
        let len = self.stack.len();
        if start > len || start <= self.fence() {
            return Err(self.underflow());
        }
        if start == len {
            return Ok(());
        }
        let target = self.stack.get(start - 1).unwrap_or(Value::NONE);
        let set = target.downcast::<PySet>().filter(|_| vm.is_instance(target, vm.types.set));
        let add = match set {
            Some(_) => None,
            None => Some(vm.get_attr_str(target, "add")?),
        };
        for i in start..len {
            let item = self.stack.get(i).unwrap_or(Value::NONE);
            match (set, add) {
                (Some(set), _) => set.add(vm, item)?,
                (None, Some(add)) => vm.call(add, &[item]).map(|_| ())?,
                (None, None) => {}
            }
        }
        self.stack.truncate(start);
        Ok(())
    }

    fn persistent(&mut self, id: Value) -> PyResult<()> {
        let vm = self.vm;
        let v = match self.persistent_load {
            Some(function) => vm.call(function, &[id])?,
            None => vm.call_method(self.unpickler.value(), "persistent_load", &[id])?,
        };
        self.push(v)
    }

    /// A class or function by its name, as the unpickler or its subclass finds it.
    pub fn find(&mut self, module: Ref<PyStr>, name: Ref<PyStr>) -> PyResult<Value> {
        match self.find_class {
            Some(function) => self.vm.call(function, &[module.value(), name.value()]),
            None => build::find_class(self.vm, self.unpickler, module, name),
        }
    }

    fn global(&mut self, module: Ref<PyStr>, name: Ref<PyStr>) -> PyResult<()> {
        let found = self.find(module, name)?;
        self.push(found)
    }

    fn extension(&mut self, code: i64) -> PyResult<()> {
        let found = build::extension(self, code)?;
        self.push(found)
    }
}
