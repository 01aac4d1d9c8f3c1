//! What a pickler writes for an object of each type.

use brolga_runtime::object::Ref;
use brolga_runtime::state::Vm;
use brolga_runtime::types::array::ValueVec;
use brolga_runtime::types::bytearray::PyByteArray;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::types::dict::PyDict;
use brolga_runtime::types::int;
use brolga_runtime::types::list::PyList;
use brolga_runtime::types::memoryview::PyMemoryView;
use brolga_runtime::types::set::PySet;
use brolga_runtime::types::shape;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::types::tuple::PyTuple;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, Raised};

use super::buffer::PickleBuffer;
use super::opcodes::*;
use super::output::Output;
use super::pickler::Pickler;
use super::{PICKLING_ERROR, class_name, memo, with_note};

/// One run of a pickler. It lives on the native stack, where the collector sees its values.
pub(super) struct Saver<'vm> {
    pub vm: &'vm Vm,
    pub pickler: Ref<Pickler>,
    pub out: Output<'vm>,
    pub protocol: u32,
    persistent_id: Slot,
    reducer: Slot,
    /// How deep containers are nested in fast mode, and which are open beyond a depth.
    depth: usize,
    open: ValueVec,
}

/// Fast mode has no memo: containers nested deeper than this are watched, so that a cycle is noticed.
const FAST_NESTING: usize = 50;

impl<'vm> Saver<'vm> {
    pub fn new(vm: &'vm Vm, pickler: Ref<Pickler>, out: Output<'vm>, persistent_id: Slot, reducer: Slot) -> Saver<'vm> {
        let protocol = pickler.protocol.get();
        Saver { vm, pickler, out, protocol, persistent_id, reducer, depth: 0, open: ValueVec::new() }
    }

    pub fn bin(&self) -> bool {
        self.pickler.bin.get() != 0
    }

    pub fn error(&self, message: impl AsRef<str>) -> Raised {
        PICKLING_ERROR.raise(self.vm, message)
    }

    /// Runs `f`; an error gets the note "when serializing T WHAT".
    pub fn noted(
        &mut self,
        of: Value,
        what: impl FnOnce() -> String,
        f: impl FnOnce(&mut Self) -> PyResult<()>,
    ) -> PyResult<()> {
        f(self).map_err(|raised| {
            with_note(self.vm, raised, || Ok(format!("when serializing {} {}", class_name(self.vm, of), what())))
        })
    }

    pub fn save(&mut self, v: Value) -> PyResult<()> {
        self.vm.check_native_stack(" while pickling an object")?;
        self.out.boundary()?;
        if let Some(function) = self.persistent_id
            && self.save_persistent(function, v)?
        {
            return Ok(());
        }
        self.save_as_itself(v)
    }

    /// As [`Saver::save`], the object not being asked for a persistent id.
    fn save_as_itself(&mut self, v: Value) -> PyResult<()> {
        let Some(object) = v.as_obj() else { return self.save_plain(v) };
        let shape = object.shape_id();
        if shape == shape::int {
            return self.save_int(v);
        }
        if let Some(number) = self.pickler.number_of(v) {
            return self.get(number);
        }
        match shape {
            shape::str => return self.save_str(v),
            shape::bytes => return self.save_bytes(v),
            _ => {}
        }
        if let Some(reducer) = self.reducer {
            let reduced = self.vm.call(reducer, &[v])?;
            if !reduced.same_bits(Value::NOT_IMPLEMENTED) {
                return self.save_reduced(v, reduced);
            }
        }
        match shape {
            shape::dict => self.save_dict(v),
            shape::list => self.save_list(v),
            shape::tuple => self.save_tuple(v),
            shape::set => self.save_set(v),
            shape::frozenset => self.save_frozenset(v),
            shape::bytearray => self.save_bytearray(v),
            _ => match v.downcast::<PickleBuffer>() {
                Some(buffer) => self.save_buffer(buffer),
                None => self.save_other(v),
            },
        }
    }

    /// What is no object on the heap.
    fn save_plain(&mut self, v: Value) -> PyResult<()> {
        if v.is_none() {
            return self.out.put(&[NONE]);
        }
        if let Some(b) = v.as_bool() {
            return match (self.protocol >= 2, b) {
                (true, true) => self.out.put(&[NEWTRUE]),
                (true, false) => self.out.put(&[NEWFALSE]),
                (false, true) => self.out.put(b"I01\n"),
                (false, false) => self.out.put(b"I00\n"),
            };
        }
        if let Some(i) = v.as_small_int() {
            if let Ok(i) = i32::try_from(i) {
                return self.save_i32(i);
            }
            return self.save_int(v);
        }
        if let Some(f) = v.as_f64() {
            if !self.bin() {
                let text = self.vm.repr_lossy(v)?;
                return self.out.put(format!("F{text}\n").as_bytes());
            }
            let mut data = [BINFLOAT; 9];
            data[1..].copy_from_slice(&f.to_bits().to_be_bytes());
            return self.out.put(&data);
        }
        // Ellipsis, NotImplemented.
        if let Some(reducer) = self.reducer {
            let reduced = self.vm.call(reducer, &[v])?;
            if !reduced.same_bits(Value::NOT_IMPLEMENTED) {
                return self.save_reduced(v, reduced);
            }
        }
        if let Some(number) = self.pickler.number_of(v) {
            return self.get(number);
        }
        self.save_other(v)
    }

    fn save_i32(&mut self, i: i32) -> PyResult<()> {
        if !self.bin() {
            return self.out.put(format!("I{i}\n").as_bytes());
        }
        let [a, b, c, d] = i.to_le_bytes();
        match i {
            0..=0xff => self.out.put(&[BININT1, a]),
            0x100..=0xffff => self.out.put(&[BININT2, a, b]),
            _ => self.out.put(&[BININT, a, b, c, d]),
        }
    }

    /// An int of any size.
    fn save_int(&mut self, v: Value) -> PyResult<()> {
        if let Some(i) = int::to_i64(v).and_then(|i| i32::try_from(i).ok()) {
            return self.save_i32(i);
        }
        if self.protocol < 2 {
            let text = int::digits(self.vm, v, 10)?;
            return self.out.put(format!("L{text}L\n").as_bytes());
        }
        // Two's complement in as few bytes as will do.
        let bits = int::bit_length(v);
        let len = usize::try_from(bits / 8 + 1).map_err(|_| self.vm.memory_error())?;
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(len + 5).map_err(|_| self.vm.memory_error())?;
        bytes.resize(len, 0);
        int::write_bytes(self.vm, v, true, &mut bytes)?;
        if let [.., before, 0xff] = bytes.as_slice()
            && before & 0x80 != 0
        {
            bytes.pop();
        }
        let header: Vec<u8> = match u8::try_from(bytes.len()) {
            Ok(len) => vec![LONG1, len],
            Err(_) => match i32::try_from(bytes.len()) {
                Ok(len) => [&[LONG4], len.to_le_bytes().as_slice()].concat(),
                Err(_) => return Err(self.vm.overflow_error("int too large to pickle")),
            },
        };
        self.out.put(&header)?;
        self.out.put(&bytes)
    }

    // ---- the memo -----------------------------------------------------------------------------------------------------

    /// Writes a reference to an object in the memo.
    pub fn get(&mut self, number: u32) -> PyResult<()> {
        let [a, b, c, d] = number.to_le_bytes();
        match (self.bin(), number) {
            (false, _) => self.out.put(format!("g{number}\n").as_bytes()),
            (true, 0..=0xff) => self.out.put(&[BINGET, a]),
            (true, _) => self.out.put(&[LONG_BINGET, a, b, c, d]),
        }
    }

    /// Puts an object that was just written into the memo.
    pub fn memoize(&mut self, v: Value) -> PyResult<()> {
        if self.pickler.fast.get() != 0 {
            return Ok(());
        }
        let number = u32::try_from(self.pickler.memo_len()).map_err(|_| self.vm.memory_error())?;
        memo::remember(self.vm, self.pickler, v, number)?;
        if self.protocol >= 4 {
            return self.out.put(&[MEMOIZE]);
        }
        let [a, b, c, d] = number.to_le_bytes();
        match (self.bin(), number) {
            (false, _) => self.out.put(format!("p{number}\n").as_bytes()),
            (true, 0..=0xff) => self.out.put(&[BINPUT, a]),
            (true, _) => self.out.put(&[LONG_BINPUT, a, b, c, d]),
        }
    }

    /// Writes a container's elements, in fast mode with a look at cycles.
    fn nested(&mut self, v: Value, f: impl FnOnce(&mut Self) -> PyResult<()>) -> PyResult<()> {
        if self.pickler.fast.get() == 0 {
            return f(self);
        }
        self.depth += 1;
        let watched = self.depth >= FAST_NESTING;
        if watched {
            if self.open.as_slice().iter().any(|other| other.same_bits(v)) {
                self.depth -= 1;
                let name = self.vm.type_name(v);
                return Err(self.vm.value_error(format!(
                    "fast mode: can't pickle cyclic objects including object type {name} at {:#x}",
                    self.vm.id_of(v)
                )));
            }
            self.open.push(self.vm, v)?;
        }
        let result = f(self);
        if watched {
            self.open.pop();
        }
        self.depth -= 1;
        result
    }

    // ---- text and bytes -----------------------------------------------------------------------------------------------

    fn save_str(&mut self, v: Value) -> PyResult<()> {
        let Some(s) = v.downcast::<PyStr>() else { return Ok(()) };
        if !self.bin() {
            let escaped = raw_unicode_escape(&s);
            self.out.put(&[UNICODE])?;
            self.out.put(&escaped)?;
            self.out.put(b"\n")?;
            return self.memoize(v);
        }
        match s.as_ascii() {
            Some(text) => self.put_text(text.as_bytes())?,
            None => {
                let utf8 = surrogate_pass(&s);
                self.put_text(&utf8)?;
            }
        }
        self.memoize(v)
    }

    fn put_text(&mut self, utf8: &[u8]) -> PyResult<()> {
        let len = utf8.len();
        let header = match u32::try_from(len) {
            Ok(short @ 0..=0xff) if self.protocol >= 4 => {
                // One call for what is most common.
                let mut data = [0u8; 34];
                if len <= 32 {
                    data[0] = SHORT_BINUNICODE;
                    data[1] = short as u8;
                    data[2..2 + len].copy_from_slice(utf8);
                    return self.out.put(&data[..2 + len]);
                }
                vec![SHORT_BINUNICODE, short as u8]
            }
            Ok(len) => [&[BINUNICODE], len.to_le_bytes().as_slice()].concat(),
            Err(_) if self.protocol >= 4 => [&[BINUNICODE8], (len as u64).to_le_bytes().as_slice()].concat(),
            Err(_) => {
                return Err(self
                    .vm
                    .overflow_error("serializing a string larger than 4 GiB requires pickle protocol 4 or higher"));
            }
        };
        self.out.put_large(&header, utf8, None)
    }

    fn save_bytes(&mut self, v: Value) -> PyResult<()> {
        let Some(bytes) = v.downcast::<PyBytes>() else { return Ok(()) };
        if self.protocol < 3 {
            let (function, args) = if bytes.is_empty() {
                (self.vm.types.bytes.value(), self.vm.new_tuple(&[])?)
            } else {
                let text = PyStr::from_latin1(self.vm, bytes.as_slice())?;
                let latin1 = self.vm.new_str("latin1")?;
                let encode = self.vm.import_attr("codecs", "encode")?;
                (encode, self.vm.new_tuple(&[text.value(), latin1.value()])?)
            };
            return self.save_call(v, function, args);
        }
        self.put_bytes(bytes.as_slice(), Some(v))?;
        self.memoize(v)
    }

    fn put_bytes(&mut self, data: &[u8], object: Slot) -> PyResult<()> {
        let len = data.len();
        let header = match u32::try_from(len) {
            Ok(short @ 0..=0xff) => vec![SHORT_BINBYTES, short as u8],
            Ok(len) => [&[BINBYTES], len.to_le_bytes().as_slice()].concat(),
            Err(_) if self.protocol >= 4 => [&[BINBYTES8], (len as u64).to_le_bytes().as_slice()].concat(),
            Err(_) => {
                return Err(self.vm.overflow_error(
                    "serializing a bytes object larger than 4 GiB requires pickle protocol 4 or higher",
                ));
            }
        };
        self.out.put_large(&header, data, object)
    }

    fn save_bytearray(&mut self, v: Value) -> PyResult<()> {
        let Some(bytes) = v.downcast::<PyByteArray>() else { return Ok(()) };
        if self.protocol < 5 {
            let args = if bytes.is_empty() {
                self.vm.new_tuple(&[])?
            } else {
                let copy = PyBytes::new(self.vm, bytes.as_slice())?;
                self.vm.new_tuple(&[copy.value()])?
            };
            return self.save_call(v, self.vm.types.bytearray.value(), args);
        }
        self.put_bytearray(bytes.as_slice(), v)?;
        self.memoize(v)
    }

    fn put_bytearray(&mut self, data: &[u8], object: Value) -> PyResult<()> {
        let header = [&[BYTEARRAY8], (data.len() as u64).to_le_bytes().as_slice()].concat();
        self.out.put_large(&header, data, Some(object))
    }

    fn save_buffer(&mut self, buffer: Ref<PickleBuffer>) -> PyResult<()> {
        if self.protocol < 5 {
            return Err(self.error("PickleBuffer can only be pickled with protocol >= 5"));
        }
        let v = buffer.value();
        // A view of our own: the callback may release the object's.
        let view = PyMemoryView::new(self.vm, buffer.view(self.vm)?, false)?;
        self.save_view(v, view)?;
        self.vm.call_method(view.value(), "release", &[]).map(|_| ())
    }

    fn save_view(&mut self, v: Value, view: Ref<PyMemoryView>) -> PyResult<()> {
        let lent = self.vm.buffer_any(view.value(), false)?;
        let dims = lent.raw.dims();
        if !dims.is_c_contiguous(lent.raw.itemsize) && !dims.is_f_contiguous(lent.raw.itemsize) {
            return Err(self.error("PickleBuffer can not be pickled when pointing to a non-contiguous buffer"));
        }
        let in_band = match self.pickler.buffer_callback.get() {
            Some(callback) => {
                let answer = self.vm.call(callback, &[v])?;
                self.vm.is_true(answer)?
            }
            None => true,
        };
        if in_band {
            // What lies side by side, in whatever order of its dimensions. A copy: a file's `write` may keep it.
            let copy = PyBytes::new(self.vm, lent.as_slice())?;
            if lent.raw.readonly {
                self.put_bytes(copy.as_slice(), Some(copy.value()))?;
            } else {
                self.put_bytearray(copy.as_slice(), copy.value())?;
            }
            return self.memoize(v);
        }
        self.out.put(&[NEXT_BUFFER])?;
        if lent.raw.readonly { self.out.put(&[READONLY_BUFFER]) } else { Ok(()) }
    }

    // ---- containers ---------------------------------------------------------------------------------------------------

    fn save_tuple(&mut self, v: Value) -> PyResult<()> {
        let Some(tuple) = v.downcast::<PyTuple>() else { return Ok(()) };
        let len = tuple.len();
        if len == 0 {
            return self.out.put(if self.bin() { &[EMPTY_TUPLE] } else { &[MARK, TUPLE] });
        }
        let short = len <= 3 && self.protocol >= 2;
        if !short {
            self.out.put(&[MARK])?;
        }
        for (i, item) in tuple.as_slice().iter().enumerate() {
            self.noted(v, || format!("item {i}"), |this| this.save(*item))?;
        }
        // Saving the items may have saved the tuple itself: it refers to itself then.
        if let Some(number) = self.pickler.number_of(v) {
            if short || !self.bin() {
                let pops = if short { len } else { len + 1 };
                for _ in 0..pops {
                    self.out.put(&[POP])?;
                }
            } else {
                self.out.put(&[POP_MARK])?;
            }
            return self.get(number);
        }
        let code = match len {
            1 if short => TUPLE1,
            2 if short => TUPLE2,
            3 if short => TUPLE3,
            _ => TUPLE,
        };
        self.out.put(&[code])?;
        self.memoize(v)
    }

    fn save_list(&mut self, v: Value) -> PyResult<()> {
        self.nested(v, |this| {
            this.out.put(if this.bin() { &[EMPTY_LIST] } else { &[MARK, LIST] })?;
            this.memoize(v)?;
            let Some(list) = v.downcast::<PyList>() else { return Ok(()) };
            if list.is_empty() {
                return Ok(());
            }
            if this.protocol == 0 {
                let items = this.vm.iter(v)?;
                return this.batch_list(items, v);
            }
            if list.len() == 1 {
                if let Some(item) = list.get(0) {
                    this.noted(v, || "item 0".to_owned(), |this| this.save(item))?;
                }
                return this.out.put(&[APPEND]);
            }
            let mut i = 0;
            loop {
                this.out.put(&[MARK])?;
                let mut batch = 0;
                while let Some(item) = list.get(i) {
                    this.noted(v, || format!("item {i}"), |this| this.save(item))?;
                    i += 1;
                    batch += 1;
                    if batch == BATCH {
                        break;
                    }
                }
                this.out.put(&[APPENDS])?;
                if i >= list.len() {
                    return Ok(());
                }
            }
        })
    }

    /// Elements to append to the list-like object on the stack.
    pub fn batch_list(&mut self, items: Value, of: Value) -> PyResult<()> {
        let mut i = 0;
        if self.protocol == 0 {
            while let Some(item) = self.vm.next(items)? {
                self.noted(of, || format!("item {i}"), |this| this.save(item))?;
                self.out.put(&[APPEND])?;
                i += 1;
            }
            return Ok(());
        }
        loop {
            let Some(first) = self.vm.next(items)? else { return Ok(()) };
            let mut item = self.vm.next(items)?;
            if item.is_none() {
                self.noted(of, || format!("item {i}"), |this| this.save(first))?;
                return self.out.put(&[APPEND]);
            }
            self.out.put(&[MARK])?;
            self.noted(of, || format!("item {i}"), |this| this.save(first))?;
            i += 1;
            let mut batch = 1;
            while let Some(next) = item {
                self.noted(of, || format!("item {i}"), |this| this.save(next))?;
                i += 1;
                batch += 1;
                if batch == BATCH {
                    break;
                }
                item = self.vm.next(items)?;
            }
            self.out.put(&[APPENDS])?;
            if batch < BATCH {
                return Ok(());
            }
        }
    }

    fn save_value(&mut self, of: Value, key: Value, value: Value) -> PyResult<()> {
        self.save(value).map_err(|raised| {
            with_note(self.vm, raised, || {
                let shown = self.vm.repr_lossy(key)?;
                Ok(format!("when serializing {} item {shown}", class_name(self.vm, of)))
            })
        })
    }

    fn save_dict(&mut self, v: Value) -> PyResult<()> {
        self.nested(v, |this| {
            this.out.put(if this.bin() { &[EMPTY_DICT] } else { &[MARK, DICT] })?;
            this.memoize(v)?;
            let Some(dict) = v.downcast::<PyDict>() else { return Ok(()) };
            if dict.is_empty() {
                return Ok(());
            }
            if this.protocol > 0 {
                return this.save_entries(dict, v);
            }
            let items = this.vm.call_method(v, "items", &[])?;
            let items = this.vm.iter(items)?;
            this.batch_dict(items, v)
        })
    }

    /// The entries of a dict, which is not empty. `of` is named in notes.
    pub fn save_entries(&mut self, dict: Ref<PyDict>, of: Value) -> PyResult<()> {
        let len = dict.len();
        let mut position = 0;
        if len == 1 {
            if let Some((key, value)) = dict.next_item(&mut position) {
                self.save(key)?;
                self.save_value(of, key, value)?;
            }
            return self.out.put(&[SETITEM]);
        }
        loop {
            let mut batch = 0;
            self.out.put(&[MARK])?;
            while let Some((key, value)) = dict.next_item(&mut position) {
                self.save(key)?;
                self.save_value(of, key, value)?;
                batch += 1;
                if batch == BATCH {
                    break;
                }
            }
            self.out.put(&[SETITEMS])?;
            if dict.len() != len {
                return Err(self.vm.runtime_error("dictionary changed size during iteration"));
            }
            if batch < BATCH {
                return Ok(());
            }
        }
    }

    /// Pairs to set in the dict-like object on the stack.
    pub fn batch_dict(&mut self, items: Value, of: Value) -> PyResult<()> {
        let pair = |this: &Self, item: Value| -> PyResult<(Value, Value)> {
            match item.downcast::<PyTuple>().filter(|t| t.len() == 2) {
                Some(t) => Ok((t.get(0).unwrap_or(Value::NONE), t.get(1).unwrap_or(Value::NONE))),
                None => Err(this.vm.type_error("dict items iterator must return 2-tuples")),
            }
        };
        let entry = |this: &mut Self, item: Value| -> PyResult<()> {
            let (key, value) = pair(this, item)?;
            this.save(key)?;
            this.save_value(of, key, value)
        };
        if self.protocol == 0 {
            while let Some(item) = self.vm.next(items)? {
                entry(self, item)?;
                self.out.put(&[SETITEM])?;
            }
            return Ok(());
        }
        loop {
            let Some(first) = self.vm.next(items)? else { return Ok(()) };
            pair(self, first)?;
            let mut item = self.vm.next(items)?;
            if item.is_none() {
                entry(self, first)?;
                return self.out.put(&[SETITEM]);
            }
            self.out.put(&[MARK])?;
            entry(self, first)?;
            let mut batch = 1;
            while let Some(next) = item {
                entry(self, next)?;
                batch += 1;
                if batch == BATCH {
                    break;
                }
                item = self.vm.next(items)?;
            }
            self.out.put(&[SETITEMS])?;
            if batch < BATCH {
                return Ok(());
            }
        }
    }

    fn save_set(&mut self, v: Value) -> PyResult<()> {
        let Some(set) = v.downcast::<PySet>() else { return Ok(()) };
        if self.protocol < 4 {
            let items = self.vm.list_from(v)?;
            let args = self.vm.new_tuple(&[items.value()])?;
            return self.save_call(v, self.vm.types.set.value(), args);
        }
        self.out.put(&[EMPTY_SET])?;
        self.memoize(v)?;
        let len = set.len();
        if len == 0 {
            return Ok(());
        }
        let mut position = 0;
        loop {
            let mut batch = 0;
            self.out.put(&[MARK])?;
            while let Some((item, _)) = set.next_element(&mut position) {
                self.noted(v, || "element".to_owned(), |this| this.save(item))?;
                batch += 1;
                if batch == BATCH {
                    break;
                }
            }
            self.out.put(&[ADDITEMS])?;
            if set.len() != len {
                return Err(self.vm.runtime_error("set changed size during iteration"));
            }
            if batch < BATCH {
                return Ok(());
            }
        }
    }

    fn save_frozenset(&mut self, v: Value) -> PyResult<()> {
        let Some(set) = v.downcast::<PySet>() else { return Ok(()) };
        if self.protocol < 4 {
            let items = self.vm.list_from(v)?;
            let args = self.vm.new_tuple(&[items.value()])?;
            return self.save_call(v, self.vm.types.frozenset.value(), args);
        }
        self.nested(v, |this| {
            this.out.put(&[MARK])?;
            let mut position = 0;
            while let Some((item, _)) = set.next_element(&mut position) {
                this.noted(v, || "element".to_owned(), |this| this.save(item))?;
            }
            // It may refer to itself, as a tuple may.
            if let Some(number) = this.pickler.number_of(v) {
                this.out.put(&[POP_MARK])?;
                return this.get(number);
            }
            this.out.put(&[FROZENSET])?;
            this.memoize(v)
        })
    }

    // ---- persistent ids -----------------------------------------------------------------------------------------------

    fn save_persistent(&mut self, function: Value, v: Value) -> PyResult<bool> {
        let id = self.vm.call(function, &[v])?;
        if id.is_none() {
            return Ok(false);
        }
        if self.bin() {
            self.save_as_itself(id)?;
            self.out.put(&[BINPERSID])?;
            return Ok(true);
        }
        let text = self.vm.str(id)?;
        let Some(ascii) = text.as_ascii() else {
            return Err(self.error("persistent IDs in protocol 0 must be ASCII strings"));
        };
        self.out.put(format!("P{ascii}\n").as_bytes())?;
        Ok(true)
    }
}

/// UTF-8 in which surrogates are encoded as any other code point.
fn surrogate_pass(s: &PyStr) -> Vec<u8> {
    let mut out = Vec::with_capacity(s.len() * 2);
    for c in s.chars() {
        match char::from_u32(c) {
            Some(c) => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            None => {
                out.extend_from_slice(&[0xe0 | (c >> 12) as u8, 0x80 | (c >> 6 & 0x3f) as u8, 0x80 | (c & 0x3f) as u8])
            }
        }
    }
    out
}

/// Protocol 0's text: Latin-1 with escapes, for newlines, too.
fn raw_unicode_escape(s: &PyStr) -> Vec<u8> {
    let mut out = Vec::with_capacity(s.len() + 8);
    for c in s.chars() {
        match c {
            0x5c | 0 | 0x0a | 0x0d | 0x1a | 0x100..=0xffff => out.extend_from_slice(format!("\\u{c:04x}").as_bytes()),
            0..=0xff => out.push(c as u8),
            _ => out.extend_from_slice(format!("\\U{c:08x}").as_bytes()),
        }
    }
    out
}
