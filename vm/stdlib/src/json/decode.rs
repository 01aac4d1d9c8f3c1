//! `make_scanner`: reading values.

use std::cell::Cell;

use brolga_runtime::object::{Args, Field, GetSetDef, MethodDef, Ref, TypeDef};
use brolga_runtime::state::Vm;
use brolga_runtime::types::array::PyArray;
use brolga_runtime::types::list::PyList;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::types::tuple::PyTuple;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, getset, method};
use brolga_text::{CodeUnit, Text};

use super::strings::{KEYS, Reader};
use super::text_argument;
use crate::object::{class_argument, named_arguments, object};

object!(
    pub struct Scanner: JSON_SCANNER {
        object_hook: Field,
        object_pairs_hook: Field,
        parse_float: Field,
        parse_int: Field,
        parse_constant: Field,
        /// See [`super::strings::KEYS`].
        keys: Field,
        strict: Cell<bool>,
    }
);

/// What is called for parts of a document; `None`: the ordinary thing is done.
struct Hooks {
    object: Option<Value>,
    pairs: Option<Value>,
    float: Option<Value>,
    int: Option<Value>,
    constant: Value,
    keys: Ref<PyArray>,
}

struct Parser<'a, U> {
    reader: Reader<'a, U>,
    hooks: &'a Hooks,
}

/// A value and the index behind it.
type Parsed = PyResult<(Value, usize)>;

impl<U: CodeUnit> Parser<'_, U> {
    #[inline(always)]
    fn vm(&self) -> &Vm {
        self.reader.vm
    }

    #[inline(always)]
    fn at(&self, i: usize) -> u32 {
        self.reader.at(i)
    }

    /// The index of the next character that is no white space.
    #[inline(always)]
    fn skip(&self, mut i: usize) -> usize {
        while matches!(self.at(i), 0x20 | 0x09 | 0x0a | 0x0d) {
            i += 1;
        }
        i
    }

    /// Nothing at this index is a value. The decoder makes its error of it.
    #[cold]
    fn stop(&self, at: usize) -> Parsed {
        Err(self.vm().stop_iteration(Some(Value::from_len(at))))
    }

    fn is_word(&self, at: usize, word: &[u8]) -> bool {
        word.iter().enumerate().all(|(i, c)| self.at(at + i) == u32::from(*c))
    }

    fn value(&self, at: usize) -> Parsed {
        match u8::try_from(self.at(at)) {
            Ok(b'"') => {
                let (text, end) = self.reader.string(at + 1)?;
                Ok((text.value(), end))
            }
            Ok(b'{') => {
                self.vm().check_native_stack(" while decoding a JSON object from a unicode string")?;
                self.object(at + 1)
            }
            Ok(b'[') => {
                self.vm().check_native_stack(" while decoding a JSON array from a unicode string")?;
                self.array(at + 1)
            }
            Ok(b'n') if self.is_word(at, b"null") => Ok((Value::NONE, at + 4)),
            Ok(b't') if self.is_word(at, b"true") => Ok((Value::TRUE, at + 4)),
            Ok(b'f') if self.is_word(at, b"false") => Ok((Value::FALSE, at + 5)),
            Ok(b'N') if self.is_word(at, b"NaN") => self.constant("NaN", at + 3),
            Ok(b'I') if self.is_word(at, b"Infinity") => self.constant("Infinity", at + 8),
            Ok(b'-') if self.is_word(at, b"-Infinity") => self.constant("-Infinity", at + 9),
            _ if at >= self.reader.units.len() => self.stop(at),
            _ => self.number(at),
        }
    }

    fn constant(&self, name: &str, end: usize) -> Parsed {
        let name = self.vm().intern(name)?;
        Ok((self.vm().call(self.hooks.constant, &[name.value()])?, end))
    }

    fn array(&self, start: usize) -> Parsed {
        let vm = self.vm();
        let list = PyList::with_capacity(vm, 0)?;
        let mut at = self.skip(start);
        if self.at(at) == u32::from(b']') {
            return Ok((list.value(), at + 1));
        }
        loop {
            let (item, end) = self.value(at)?;
            list.push(vm, item)?;
            at = self.skip(end);
            match u8::try_from(self.at(at)) {
                Ok(b']') => return Ok((list.value(), at + 1)),
                Ok(b',') => {}
                _ => return self.reader.error("Expecting ',' delimiter", at),
            }
            let comma = at;
            at = self.skip(at + 1);
            if self.at(at) == u32::from(b']') {
                return self.reader.error("Illegal trailing comma before end of array", comma);
            }
        }
    }

    fn object(&self, start: usize) -> Parsed {
        let vm = self.vm();
        let dict = vm.new_dict()?;
        let pairs = match self.hooks.pairs {
            Some(_) => Some(PyList::with_capacity(vm, 0)?),
            None => None,
        };
        let mut at = self.skip(start);
        if self.at(at) != u32::from(b'}') {
            loop {
                if self.at(at) != 0x22 {
                    return self.reader.error("Expecting property name enclosed in double quotes", at);
                }
                let (key, end) = self.reader.key(at + 1, self.hooks.keys)?;
                at = self.skip(end);
                if self.at(at) != u32::from(b':') {
                    return self.reader.error("Expecting ':' delimiter", at);
                }
                let (value, end) = self.value(self.skip(at + 1))?;
                match pairs {
                    Some(pairs) => pairs.push(vm, vm.new_tuple(&[key.value(), value])?.value())?,
                    None => dict.set_item(vm, key.value(), value)?,
                }
                at = self.skip(end);
                match u8::try_from(self.at(at)) {
                    Ok(b'}') => break,
                    Ok(b',') => {}
                    _ => return self.reader.error("Expecting ',' delimiter", at),
                }
                let comma = at;
                at = self.skip(at + 1);
                if self.at(at) == u32::from(b'}') {
                    return self.reader.error("Illegal trailing comma before end of object", comma);
                }
            }
        }
        let result = match (self.hooks.pairs, pairs, self.hooks.object) {
            (Some(hook), Some(pairs), _) => vm.call(hook, &[pairs.value()])?,
            (_, _, Some(hook)) => vm.call(hook, &[dict.value()])?,
            _ => dict.value(),
        };
        Ok((result, at + 1))
    }

    #[inline(always)]
    fn is_digit(&self, i: usize) -> bool {
        self.at(i).wrapping_sub(0x30) < 10
    }

    fn digits_end(&self, mut i: usize) -> usize {
        while self.is_digit(i) {
            i += 1;
        }
        i
    }

    fn number(&self, start: usize) -> Parsed {
        let negative = self.at(start) == u32::from(b'-');
        let first = start + usize::from(negative);
        if !self.is_digit(first) {
            return self.stop(start);
        }
        let whole = if self.at(first) == u32::from(b'0') { first + 1 } else { self.digits_end(first) };
        let mut end = whole;
        if self.at(end) == u32::from(b'.') && self.is_digit(end + 1) {
            end = self.digits_end(end + 1);
        }
        if matches!(u8::try_from(self.at(end)), Ok(b'e' | b'E')) {
            let sign = matches!(u8::try_from(self.at(end + 1)), Ok(b'+' | b'-'));
            let digits = end + 1 + usize::from(sign);
            if self.is_digit(digits) {
                end = self.digits_end(digits);
            }
        }
        let is_float = end != whole;
        let hook = if is_float { self.hooks.float } else { self.hooks.int };
        if hook.is_none() && !is_float && whole - first <= 15 {
            // Fits an int in place.
            let n = (first..whole).fold(0i64, |n, i| n * 10 + i64::from(self.at(i).wrapping_sub(0x30)));
            return Ok((self.vm().new_int(if negative { -n } else { n })?, end));
        }
        Ok((self.long_number(start, end, is_float, hook)?, end))
    }

    fn long_number(&self, start: usize, end: usize, is_float: bool, hook: Option<Value>) -> PyResult<Value> {
        let vm = self.vm();
        // ASCII, as the caller has seen.
        let digits: String =
            self.reader.units.get(start..end).unwrap_or(&[]).iter().map(|u| u.code() as u8 as char).collect();
        if hook.is_none()
            && is_float
            && let Ok(f) = digits.parse::<f64>()
        {
            return Ok(Value::from_f64(f));
        }
        let text = vm.new_str(&digits)?;
        let function = hook.unwrap_or(if is_float { vm.types.float.value() } else { vm.types.int.value() });
        vm.call(function, &[text.value()])
    }
}

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Scanner>> {
    let class = class_argument(vm, args)?;
    let [context] = named_arguments(vm, args, "make_scanner", ["context"], 1)?;
    let context = context.unwrap_or(Value::NONE);
    let strict = vm.get_attr_str(context, "strict")?;
    let strict = vm.is_true(strict)?;
    let object_hook = vm.get_attr_str(context, "object_hook")?;
    let object_pairs_hook = vm.get_attr_str(context, "object_pairs_hook")?;
    let parse_float = vm.get_attr_str(context, "parse_float")?;
    let parse_int = vm.get_attr_str(context, "parse_int")?;
    let parse_constant = vm.get_attr_str(context, "parse_constant")?;
    let keys = PyArray::new(vm, KEYS)?;
    let this: Ref<Scanner> = vm.alloc_instance(class)?;
    this.object_hook.init(object_hook);
    this.object_pairs_hook.init(object_pairs_hook);
    this.parse_float.init(parse_float);
    this.parse_int.init(parse_int);
    this.parse_constant.init(parse_constant);
    this.keys.init(keys.value());
    this.strict.set(strict);
    Ok(this)
}

/// `scan_once(string, idx)`
fn call(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyTuple>> {
    let this: Ref<Scanner> = brolga_runtime::object::FromValue::from_value(vm, args.get(0))?;
    let [source, index] = named_arguments(vm, args, "scan_once", ["string", "idx"], 2)?;
    let source = source.unwrap_or(Value::NONE);
    let index = vm.to_isize(index.unwrap_or(Value::NONE))?;
    let text: Ref<PyStr> = text_argument(vm, source)?;
    let Ok(index) = usize::try_from(index) else { return Err(vm.value_error("idx cannot be negative")) };
    let given = |field: &Field| field.get().filter(|v| !v.is_none());
    let other_than = |field: &Field, class: Value| field.get().filter(|v| !v.is(class));
    let keys = match this.keys.get().and_then(Value::downcast::<PyArray>) {
        Some(keys) => keys,
        None => PyArray::new(vm, KEYS)?,
    };
    let hooks = Hooks {
        object: given(&this.object_hook),
        pairs: given(&this.object_pairs_hook),
        float: other_than(&this.parse_float, vm.types.float.value()),
        int: other_than(&this.parse_int, vm.types.int.value()),
        constant: this.parse_constant.get_or_none(),
        keys,
    };
    let (hooks, strict) = (&hooks, this.strict.get());
    let (value, end) = match text.view() {
        Text::One(units) => Parser { reader: Reader { vm, source, units, strict }, hooks }.value(index)?,
        Text::Two(units) => Parser { reader: Reader { vm, source, units, strict }, hooks }.value(index)?,
        Text::Four(units) => Parser { reader: Reader { vm, source, units, strict }, hooks }.value(index)?,
    };
    vm.new_tuple(&[value, Value::from_len(end)])
}

macro_rules! members {
    ($($name:ident),*) => {$(
        fn $name(_: &Vm, this: Ref<Scanner>) -> Value {
            this.$name.get_or_none()
        }
    )*};
}
members!(object_hook, object_pairs_hook, parse_float, parse_int, parse_constant);

fn strict(_: &Vm, this: Ref<Scanner>) -> bool {
    this.strict.get()
}

static METHODS: &[MethodDef] = &[
    method!("__new__", "($type, /, *args, **kwargs)", new).static_(),
    method!("__call__", "($self, /, *args, **kwargs)", call),
];
static GETSET: &[GetSetDef] = &[
    getset!("strict", strict).member(),
    getset!("object_hook", object_hook).member(),
    getset!("object_pairs_hook", object_pairs_hook).member(),
    getset!("parse_float", parse_float).member(),
    getset!("parse_int", parse_int).member(),
    getset!("parse_constant", parse_constant).member(),
];

pub static DEF: TypeDef = TypeDef {
    module: "_json",
    layout: Some(crate::layouts::JSON_SCANNER),
    methods: &[METHODS],
    getset: GETSET,
    doc: Some("JSON scanner object"),
    ..TypeDef::new("Scanner")
};
