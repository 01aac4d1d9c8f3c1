//! Runtime values to a marshal stream.

use brolga_bytecode::marshal::Writer;
use brolga_runtime::object::Ref;
use brolga_runtime::state::Vm;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::types::code::PyCode;
use brolga_runtime::types::complex::PyComplex;
use brolga_runtime::types::dict::PyDict;
use brolga_runtime::types::int;
use brolga_runtime::types::list::PyList;
use brolga_runtime::types::set::PySet;
use brolga_runtime::types::slice::PySlice;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::types::tuple::PyTuple;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, Raised};
use brolga_text::float::{Flags, format_double};

fn unmarshallable(vm: &Vm) -> Raised {
    vm.value_error("unmarshallable object")
}

/// UTF-8 with surrogates, as the format has it.
fn wtf8(s: Ref<PyStr>) -> Vec<u8> {
    if let Some(ascii) = s.as_ascii() {
        return ascii.as_bytes().to_vec();
    }
    brolga_bytecode::Wtf8String::from_code_points(s.chars()).as_bytes().to_vec()
}

fn write_str(w: &mut Writer, s: Ref<PyStr>) {
    w.str(&wtf8(s), s.is_interned(), Some(s.value().bits()));
}

/// What holds for a whole stream.
pub struct Context {
    pub allow_code: bool,
    /// Code objects and slices that are being written, by identity: a stream cannot say that one is in itself.
    pub active: std::cell::RefCell<Vec<u64>>,
}

/// Writes one value; `left` is how many levels more are allowed.
pub fn write(vm: &Vm, w: &mut Writer, v: Value, context: &Context, left: usize) -> PyResult<()> {
    vm.check_native_stack(" while marshalling")?;
    let Some(left) = left.checked_sub(1) else {
        return Err(vm.value_error("object too deeply nested to marshal"));
    };
    let id = Some(v.bits());
    match v {
        v if v.is_none() => w.none(),
        v if v.bits() == Value::TRUE.bits() => w.bool(true),
        v if v.bits() == Value::FALSE.bits() => w.bool(false),
        v if v.bits() == Value::ELLIPSIS.bits() => w.ellipsis(),
        v if v.bits() == vm.types.stop_iteration.value().bits() => w.stop_iteration(),
        v if v.as_small_int().is_some() => w.int(v.as_small_int().unwrap_or(0), None),
        v if v.as_f64().is_some() => {
            let f = v.as_f64().unwrap_or(0.0);
            if w.version() > 1 {
                w.float(f, None);
            } else {
                w.float_text(&float_text(vm, f)?, None);
            }
        }
        _ => return write_object(vm, w, v, context, left, id),
    }
    Ok(())
}

/// As the old versions have floats.
fn float_text(vm: &Vm, value: f64) -> PyResult<String> {
    format_double(value, b'g', 17, Flags::default()).map_err(|_| vm.memory_error())
}

fn write_object(vm: &Vm, w: &mut Writer, v: Value, context: &Context, left: usize, id: Option<u64>) -> PyResult<()> {
    if let Some(s) = v.downcast::<PyStr>().filter(|_| vm.exact_str(v).is_some()) {
        write_str(w, s);
        return Ok(());
    }
    let class = vm.type_of(v);
    let is = |t: Ref<brolga_runtime::types::type_object::PyType>| class == t;
    let t = &vm.types;
    if is(t.int) {
        let (negative, digits) = int::to_digits15(v);
        match brolga_bytecode::code::small_int(negative, &digits) {
            Some(small) => w.int(small, id),
            None => w.big_int(negative, &digits, id),
        }
    } else if let Some(c) = v.downcast::<PyComplex>().filter(|_| is(t.complex)) {
        if w.version() > 1 {
            w.complex(c.get().0, c.get().1, id);
        } else {
            w.complex_text(&float_text(vm, c.get().0)?, &float_text(vm, c.get().1)?, id);
        }
    } else if let Some(b) = v.downcast::<PyBytes>().filter(|_| is(t.bytes)) {
        w.bytes(b.as_slice(), id);
    } else if let Some(items) = v.downcast::<PyTuple>().filter(|_| is(t.tuple)) {
        if w.tuple(items.len(), id) {
            for i in 0..items.len() {
                write(vm, w, items.get(i).unwrap_or(Value::NONE), context, left)?;
            }
        }
    } else if let Some(items) = v.downcast::<PyList>().filter(|_| is(t.list)) {
        let n = items.len();
        if w.list(n, id) {
            for i in 0..n {
                write(vm, w, items.get(i).unwrap_or(Value::NONE), context, left)?;
            }
        }
    } else if let Some(items) = v.downcast::<PyDict>().filter(|_| is(t.dict)) {
        if w.dict(id) {
            let mut position = 0;
            while let Some((key, value)) = items.next_item(&mut position) {
                write(vm, w, key, context, left)?;
                write(vm, w, value, context, left)?;
            }
            w.end_dict();
        }
    } else if v.downcast::<PySet>().is_some() && (is(t.set) || is(t.frozenset)) {
        write_set(vm, w, v, is(t.set), context, left, id)?;
    } else if let Some(s) = v.downcast::<PySlice>().filter(|_| is(t.slice)) {
        if w.version() < 5 {
            return Err(unmarshallable(vm));
        }
        let _active = Active::new(vm, context, v)?;
        if w.slice(id) {
            for part in [s.start(), s.stop(), s.step()] {
                write(vm, w, part, context, left)?;
            }
        }
    } else if v.downcast::<PyCode>().is_some() {
        if !context.allow_code {
            return Err(vm.value_error("marshalling code objects is disallowed"));
        }
        let _active = Active::new(vm, context, v)?;
        write_code(vm, w, v, context, left, id)?;
    } else if vm.has_buffer(v) {
        let bytes = vm.buffer(v, false)?;
        w.bytes(bytes.as_slice(), id);
    } else {
        return Err(unmarshallable(vm));
    }
    Ok(())
}

/// Marks a value as being written.
struct Active<'a>(&'a Context);

impl Active<'_> {
    fn new<'a>(vm: &Vm, context: &'a Context, v: Value) -> PyResult<Active<'a>> {
        let mut active = context.active.borrow_mut();
        if active.contains(&v.bits()) {
            return Err(vm.value_error("recursive object cannot be marshalled"));
        }
        active.push(v.bits());
        Ok(Active(context))
    }
}

impl Drop for Active<'_> {
    fn drop(&mut self) {
        self.0.active.borrow_mut().pop();
    }
}

/// The items come in the order of their own streams, so that equal sets give equal streams.
fn write_set(
    vm: &Vm,
    w: &mut Writer,
    v: Value,
    mutable: bool,
    context: &Context,
    left: usize,
    id: Option<u64>,
) -> PyResult<()> {
    let items = vm.list_from(v)?;
    let more = if mutable { w.set(items.len(), id) } else { w.frozenset(items.len(), id) };
    if !more {
        return Ok(());
    }
    let mut order: Vec<(Vec<u8>, usize)> = Vec::new();
    for i in 0..items.len() {
        let mut alone = Writer::new(w.version());
        write(vm, &mut alone, items.get(i).unwrap_or(Value::NONE), context, left)?;
        order.push((alone.finish(), i));
        if v.downcast::<PySet>().is_some_and(|set| set.len() != items.len()) {
            return Err(vm.runtime_error("set changed size during iteration"));
        }
    }
    order.sort();
    for (_, i) in order {
        write(vm, w, items.get(i).unwrap_or(Value::NONE), context, left)?;
    }
    Ok(())
}

fn write_code(vm: &Vm, w: &mut Writer, v: Value, context: &Context, left: usize, id: Option<u64>) -> PyResult<()> {
    let Some(code) = v.downcast::<PyCode>() else { return Ok(()) };
    if !w.code(id) {
        return Ok(());
    }
    let data = code.data();
    let counts = [data.argcount, data.posonlyargcount, data.kwonlyargcount, code.stacksize() as u32, code.flags.get()];
    for n in counts {
        w.raw_i32(n as i32);
    }
    w.bytes(&data.code, None);
    write(vm, w, code.consts().map_or(vm.empty_tuple.value(), |c| c.value()), context, left)?;
    write(vm, w, vm.get_attr_str(v, "co_names")?, context, left)?;
    let n = code.nlocalsplus();
    w.tuple(n, None);
    for i in 0..n {
        if let Some(name) = code.local_name(i) {
            write_str(w, name);
        }
    }
    w.bytes(&data.localspluskinds, None);
    for part in ["co_filename", "co_name", "co_qualname"] {
        write(vm, w, vm.get_attr_str(v, part)?, context, left)?;
    }
    w.raw_i32(data.firstlineno);
    w.bytes(&data.linetable, None);
    w.bytes(&data.exceptiontable, None);
    Ok(())
}
