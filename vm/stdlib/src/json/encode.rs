//! `make_encoder`: writing values.

use std::cell::Cell;

use brolga_runtime::object::{Args, Field, FromValue, GetSetDef, MethodDef, Ref, TypeDef};
use brolga_runtime::state::Vm;
use brolga_runtime::types::dict::PyDict;
use brolga_runtime::types::list::PyList;
use brolga_runtime::types::native_function::PyNativeFunction;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::types::tuple::PyTuple;
use brolga_runtime::types::{float, int, shape};
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, Raised, getset, method};
use brolga_text::TextBuf;

use super::escape;
use crate::object::{class_argument, named_arguments, object};

object!(
    pub struct Encoder: JSON_ENCODER {
        markers: Field,
        default: Field,
        encoder: Field,
        indent: Field,
        key_separator: Field,
        item_separator: Field,
        sort_keys: Cell<bool>,
        skip_keys: Cell<bool>,
        allow_nan: Cell<bool>,
        strings: Cell<Strings>,
    }
);

/// How strings are encoded.
#[derive(Copy, Clone, PartialEq, Eq)]
#[repr(u8)]
enum Strings {
    /// By calling the encoder.
    Other,
    Ascii,
    Unicode,
}

struct Writer<'a> {
    vm: &'a Vm,
    options: Ref<Encoder>,
    strings: Strings,
    /// The objects that are being written, by address; for circles.
    markers: Option<Ref<PyDict>>,
    indent: Option<Ref<PyStr>>,
    key_separator: Ref<PyStr>,
    item_separator: Ref<PyStr>,
    out: TextBuf,
}

impl Writer<'_> {
    fn push_ascii(&mut self, text: &str) {
        self.out.push_latin1(text.as_bytes());
    }

    fn push_small_int(&mut self, n: i64) {
        // 20 digits and a sign at most.
        let mut digits = [0u8; 20];
        let mut at = digits.len();
        let mut rest = n.unsigned_abs();
        loop {
            at -= 1;
            digits[at] = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 || at == 0 {
                break;
            }
        }
        if n < 0 {
            self.out.push(u32::from(b'-'));
        }
        self.out.push_latin1(&digits[at..]);
    }

    /// The digits of an int, whatever its class's `__repr__` is.
    fn push_int(&mut self, v: Value) -> PyResult<()> {
        match v.as_small_int() {
            Some(n) => self.push_small_int(n),
            None => {
                let digits = int::repr(self.vm, v)?;
                self.push_ascii(&digits);
            }
        }
        Ok(())
    }

    fn push_float(&mut self, v: Value) -> PyResult<()> {
        let f = float::value(v).unwrap_or(f64::NAN);
        if f.is_finite() {
            let digits = brolga_text::float::repr(f);
            self.push_ascii(&digits);
            return Ok(());
        }
        if !self.options.allow_nan.get() {
            let shown = self.vm.repr_lossy(v)?;
            return Err(self.vm.value_error(format!("Out of range float values are not JSON compliant: {shown}")));
        }
        self.push_ascii(if f.is_nan() {
            "NaN"
        } else if f > 0.0 {
            "Infinity"
        } else {
            "-Infinity"
        });
        Ok(())
    }

    fn push_string(&mut self, text: Ref<PyStr>) -> PyResult<()> {
        if self.strings != Strings::Other {
            escape::push(&mut self.out, text.view(), self.strings == Strings::Ascii);
            return Ok(());
        }
        let encoded = self.vm.call(self.options.encoder.get_or_none(), &[text.value()])?;
        match encoded.downcast::<PyStr>() {
            Some(encoded) => self.out.push_text(encoded.view()),
            None => {
                let got = self.vm.tp_name(encoded);
                return Err(self.vm.type_error(format!("encoder() must return a string, not {got}")));
            }
        }
        Ok(())
    }

    fn push_separator(&mut self, separator: Ref<PyStr>) {
        self.out.push_text(separator.view());
    }

    fn newline(&mut self, level: i64) {
        if let Some(indent) = self.indent {
            self.out.push(u32::from(b'\n'));
            let view = indent.view();
            if view.is_empty() {
                return;
            }
            // The caller may have begun at any level.
            for _ in 0..level {
                if self.out.failed() {
                    break;
                }
                self.out.push_text(view);
            }
        }
    }

    /// Notes that a container is being written; the marker is to be given back.
    fn enter(&mut self, v: Value) -> PyResult<Option<Value>> {
        let Some(markers) = self.markers else { return Ok(None) };
        let vm = self.vm;
        let id = vm.new_int_u64(vm.id_of(v))?;
        if markers.contains(vm, id)? {
            return Err(vm.value_error("Circular reference detected"));
        }
        markers.set_item(vm, id, v)?;
        Ok(Some(id))
    }

    fn leave(&mut self, marker: Option<Value>) -> PyResult<()> {
        if let (Some(markers), Some(id)) = (self.markers, marker) {
            let removed = markers.remove(self.vm, id)?;
            if removed.is_none() {
                return Err(self.vm.key_error(id));
            }
        }
        Ok(())
    }

    fn value(&mut self, v: Value, level: i64) -> PyResult<()> {
        let vm = self.vm;
        if v.is_none() {
            self.push_ascii("null");
        } else if let Some(b) = v.as_bool() {
            self.push_ascii(if b { "true" } else { "false" });
        } else if let Some(text) = v.downcast::<PyStr>() {
            self.push_string(text)?;
        } else if v.is_small_int() {
            self.push_int(v)?;
        } else if v.is_float() {
            self.push_float(v)?;
        } else if let Some(list) = v.downcast::<PyList>() {
            vm.check_native_stack(" while encoding a JSON object")?;
            self.sequence(v, |i| list.get(i), level)?;
        } else if let Some(tuple) = v.downcast::<PyTuple>() {
            vm.check_native_stack(" while encoding a JSON object")?;
            self.sequence(v, |i| tuple.get(i), level)?;
        } else if let Some(dict) = v.downcast::<PyDict>() {
            vm.check_native_stack(" while encoding a JSON object")?;
            self.dict(dict, level)?;
        } else if vm.is_instance(v, vm.types.int) {
            self.push_int(v)?;
        } else if vm.is_instance(v, vm.types.float) {
            self.push_float(v)?;
        } else {
            self.other(v, level)?;
        }
        if self.out.failed() { Err(vm.memory_error()) } else { Ok(()) }
    }

    /// An object for which the encoder's `default` gives another.
    fn other(&mut self, v: Value, level: i64) -> PyResult<()> {
        let vm = self.vm;
        let marker = self.enter(v)?;
        let instead = vm.call(self.options.default.get_or_none(), &[v])?;
        vm.check_native_stack(" while encoding a JSON object")?;
        if let Err(raised) = self.value(instead, level) {
            return Err(self.note(raised, || Ok(format!("when serializing {} object", self.class_name(v)))));
        }
        self.leave(marker)
    }

    fn class_name(&self, v: Value) -> String {
        let name = self.vm.type_full_name(self.vm.type_of(v));
        name.strip_prefix("__main__.").map_or(name.clone(), str::to_owned)
    }

    /// Adds a note about where an exception came from.
    #[cold]
    fn note(&self, raised: Raised, text: impl FnOnce() -> PyResult<String>) -> Raised {
        let vm = self.vm;
        let e = vm.take_raised(raised);
        let add = || -> PyResult<()> {
            let text = vm.new_str(&text()?)?;
            vm.call_method(e.value(), "add_note", &[text.value()]).map(|_| ())
        };
        if let Err(raised) = add() {
            // What goes wrong here is of no interest.
            vm.take_raised(raised);
        }
        vm.reraise(e)
    }

    fn sequence(&mut self, v: Value, item: impl Fn(usize) -> Option<Value>, level: i64) -> PyResult<()> {
        if item(0).is_none() {
            self.push_ascii("[]");
            return Ok(());
        }
        let marker = self.enter(v)?;
        self.out.push(u32::from(b'['));
        self.newline(level + 1);
        let mut i = 0;
        while let Some(next) = item(i) {
            if i > 0 {
                self.push_separator(self.item_separator);
                self.newline(level + 1);
            }
            if let Err(raised) = self.value(next, level + 1) {
                return Err(self.note(raised, || Ok(format!("when serializing {} item {i}", self.class_name(v)))));
            }
            i += 1;
        }
        self.newline(level);
        self.out.push(u32::from(b']'));
        self.leave(marker)
    }

    fn dict(&mut self, dict: Ref<PyDict>, level: i64) -> PyResult<()> {
        if dict.is_empty() {
            self.push_ascii("{}");
            return Ok(());
        }
        let vm = self.vm;
        let marker = self.enter(dict.value())?;
        self.out.push(u32::from(b'{'));
        let mut first = true;
        if self.options.sort_keys.get() || vm.exact::<PyDict>(dict.value(), shape::dict).is_none() {
            let items = vm.call_method(dict.value(), "items", &[])?;
            let items = vm.list_from(items)?;
            if self.options.sort_keys.get() {
                vm.call_method(items.value(), "sort", &[])?;
            }
            let mut i = 0;
            while let Some(item) = items.get(i) {
                i += 1;
                let pair = item.downcast::<PyTuple>().filter(|t| t.len() == 2);
                let (Some(key), Some(value)) = (pair.and_then(|p| p.get(0)), pair.and_then(|p| p.get(1))) else {
                    return Err(vm.value_error("items must return 2-tuples"));
                };
                self.item(dict, key, value, level + 1, &mut first)?;
            }
        } else {
            let mut position = 0;
            while let Some((key, value)) = dict.next_item(&mut position) {
                self.item(dict, key, value, level + 1, &mut first)?;
            }
        }
        if !first {
            self.newline(level);
        }
        self.out.push(u32::from(b'}'));
        self.leave(marker)
    }

    fn item(&mut self, dict: Ref<PyDict>, key: Value, value: Value, level: i64, first: &mut bool) -> PyResult<()> {
        let vm = self.vm;
        // Keys that are no strings become some.
        let text = match key.downcast::<PyStr>() {
            Some(text) => text,
            None => {
                let before = self.out.len();
                if vm.is_instance(key, vm.types.float) {
                    self.push_float(key)?;
                } else if let Some(b) = key.as_bool() {
                    self.push_ascii(if b { "true" } else { "false" });
                } else if key.is_none() {
                    self.push_ascii("null");
                } else if vm.is_instance(key, vm.types.int) {
                    self.push_int(key)?;
                } else if self.options.skip_keys.get() {
                    return Ok(());
                } else {
                    let got = vm.tp_name(key);
                    return Err(vm.type_error(format!("keys must be str, int, float, bool or None, not {got}")));
                }
                let text = PyStr::from_text(vm, self.out.as_text().slice(before, self.out.len()))?;
                self.out.truncate(before);
                text
            }
        };
        if !std::mem::replace(first, false) {
            self.push_separator(self.item_separator);
        }
        self.newline(level);
        self.push_string(text)?;
        self.push_separator(self.key_separator);
        if let Err(raised) = self.value(value, level) {
            return Err(self.note(raised, || {
                Ok(format!("when serializing {} item {}", self.class_name(dict.value()), vm.repr_lossy(key)?))
            }));
        }
        Ok(())
    }
}

const PARAMETERS: [&str; 9] = [
    "markers",
    "default",
    "encoder",
    "indent",
    "key_separator",
    "item_separator",
    "sort_keys",
    "skipkeys",
    "allow_nan",
];

/// Which of this module's own functions the encoder of strings is.
fn strings(encoder: Value) -> Strings {
    let function = encoder.downcast::<PyNativeFunction>().map(|f| f.def());
    let is = |def: Option<&brolga_runtime::object::MethodDef>| match (function, def) {
        (Some(a), Some(b)) => std::ptr::eq(a, b),
        _ => false,
    };
    if is(super::FUNCTIONS.first()) {
        Strings::Ascii
    } else if is(super::FUNCTIONS.get(1)) {
        Strings::Unicode
    } else {
        Strings::Other
    }
}

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Encoder>> {
    let class = class_argument(vm, args)?;
    let given = named_arguments(vm, args, "make_encoder", PARAMETERS, 9)?;
    let [markers, default, encoder, indent, key_separator, item_separator, sort_keys, skip_keys, allow_nan] =
        given.map(|v| v.unwrap_or(Value::NONE));
    for (v, at) in [(key_separator, 5), (item_separator, 6)] {
        if v.downcast::<PyStr>().is_none() {
            let what = if v.is_none() { "None".to_owned() } else { vm.tp_name(v) };
            return Err(vm.type_error(format!("make_encoder() argument {at} must be str, not {what}")));
        }
    }
    let (sort_keys, skip_keys, allow_nan) = (vm.is_true(sort_keys)?, vm.is_true(skip_keys)?, vm.is_true(allow_nan)?);
    if !markers.is_none() && markers.downcast::<PyDict>().is_none() {
        let got = vm.tp_name(markers);
        return Err(vm.type_error(format!("make_encoder() argument 1 must be dict or None, not {got}")));
    }
    let this: Ref<Encoder> = vm.alloc_instance(class)?;
    this.markers.init(markers);
    this.default.init(default);
    this.encoder.init(encoder);
    this.indent.init(indent);
    this.key_separator.init(key_separator);
    this.item_separator.init(item_separator);
    this.sort_keys.set(sort_keys);
    this.skip_keys.set(skip_keys);
    this.allow_nan.set(allow_nan);
    this.strings.set(strings(encoder));
    Ok(this)
}

/// `_iterencode(obj, _current_indent_level)`
fn call(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyTuple>> {
    let this = Ref::<Encoder>::from_value(vm, args.get(0))?;
    let [object, level] = named_arguments(vm, args, "_iterencode", ["obj", "_current_indent_level"], 2)?;
    let level = vm.to_isize(level.unwrap_or(Value::NONE))?;
    let text = |field: &Field| field.get().and_then(Value::downcast::<PyStr>).unwrap_or(vm.names.empty);
    let indent = this.indent.get_or_none();
    let indent = match indent.downcast::<PyStr>() {
        None if !indent.is_none() => {
            return Err(
                vm.type_error(format!("make_encoder() argument 4 must be str or None, not {}", vm.tp_name(indent)))
            );
        }
        indent => indent,
    };
    let mut writer = Writer {
        vm,
        options: this,
        strings: this.strings.get(),
        markers: this.markers.get().and_then(Value::downcast::<PyDict>),
        indent,
        key_separator: text(&this.key_separator),
        item_separator: text(&this.item_separator),
        out: TextBuf::with_capacity(64),
    };
    // One more for each container, and those are bounded by the native stack.
    writer.value(object.unwrap_or(Value::NONE), (level as i64).clamp(0, i64::MAX / 2))?;
    let result = PyStr::from_buf(vm, writer.out)?;
    vm.new_tuple(&[result.value()])
}

macro_rules! members {
    ($get:ident -> $t:ty: $($name:ident),*) => {$(
        fn $name(_: &Vm, this: Ref<Encoder>) -> $t {
            this.$name.$get()
        }
    )*};
}
members!(get_or_none -> Value: markers, default, encoder, indent, key_separator, item_separator);
members!(get -> bool: sort_keys, skip_keys);

static METHODS: &[MethodDef] = &[
    method!("__new__", "($type, /, *args, **kwargs)", new).static_(),
    method!("__call__", "($self, /, *args, **kwargs)", call),
];
static GETSET: &[GetSetDef] = &[
    getset!("markers", markers).member(),
    getset!("default", default).member(),
    getset!("encoder", encoder).member(),
    getset!("indent", indent).member(),
    getset!("key_separator", key_separator).member(),
    getset!("item_separator", item_separator).member(),
    getset!("sort_keys", sort_keys).member(),
    getset!("skipkeys", skip_keys).member(),
];

pub static DEF: TypeDef = TypeDef {
    module: "_json",
    layout: Some(crate::layouts::JSON_ENCODER),
    methods: &[METHODS],
    getset: GETSET,
    doc: Some(
        "Encoder(markers, default, encoder, indent, key_separator, item_separator, sort_keys, skipkeys, allow_nan)",
    ),
    ..TypeDef::new("Encoder")
};
