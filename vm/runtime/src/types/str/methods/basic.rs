//! The special methods of `str`.

use brolga_text::{Text, repr as text_repr, search};

use crate::codecs;
use crate::object::layout::STR;
use crate::object::{Args, MethodDef, Ref};
use crate::protocol::compare::Compare;
use crate::state::Vm;
use crate::state::names::Special;
use crate::types::slice::PySlice;
use crate::types::str::{PyStr, ops};
use crate::types::type_object::PyType;
use crate::types::{shape, slice};
use crate::value::Value;
use crate::{PyResult, method};

/// `str.__new__`.
fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let Some(class) = args.get(0).downcast::<PyType>() else {
        return Err(vm.type_error("str.__new__(X): X is not a type object"));
    };
    if class.layout() != STR {
        let name = class.name();
        return Err(vm.type_error(format!("str.__new__({name}): {name} is not a subtype of str")));
    }
    let text = match (args.opt(1), args.opt(2), args.opt(3)) {
        (None, ..) => vm.names.empty,
        (Some(object), None, None) => vm.str(object)?,
        (Some(object), encoding, errors) => {
            let encoding = encoding.map(|v| argument(vm, v, "str() argument 'encoding'")).transpose()?;
            let errors = errors.map(|v| argument(vm, v, "str() argument 'errors'")).transpose()?;
            decode_object(vm, object, encoding, errors)?
        }
    };
    if class == vm.types.str {
        return Ok(text.value());
    }
    Ok(new_instance(vm, class, text)?.value())
}

/// The instance of a subclass with this text.
fn new_instance(vm: &Vm, class: Ref<PyType>, text: Ref<PyStr>) -> PyResult<Ref<PyStr>> {
    let s = PyStr::copy_with_shape(vm, class.root_shape(), text.text())?;
    vm.made_instance(class, s.obj());
    Ok(s)
}

/// A `str` argument: "{what} must be str, not T".
fn argument(vm: &Vm, v: Value, what: &str) -> PyResult<Ref<PyStr>> {
    vm.expect_str(v, what)
}

fn decode_object(
    vm: &Vm,
    object: Value,
    encoding: Option<Ref<PyStr>>,
    errors: Option<Ref<PyStr>>,
) -> PyResult<Ref<PyStr>> {
    if object.downcast::<PyStr>().is_some() {
        return Err(vm.type_error("decoding str is not supported"));
    }
    if !vm.has_buffer(object) {
        let name = vm.type_name(object);
        return Err(vm.type_error(format!("decoding to str: need a bytes-like object, {name} found")));
    }
    let buffer = vm.buffer(object, false)?;
    codecs::decode(vm, object, buffer.as_slice(), encoding, errors)
}

fn repr(vm: &Vm, this: Ref<PyStr>) -> PyResult<Ref<PyStr>> {
    PyStr::from_data(vm, text_repr::repr_str(this.view()))
}

fn str(vm: &Vm, this: Ref<PyStr>) -> PyResult<Ref<PyStr>> {
    ops::exact(vm, this)
}

fn hash(vm: &Vm, this: Ref<PyStr>) -> i64 {
    this.hash(vm)
}

fn len(_: &Vm, this: Ref<PyStr>) -> usize {
    this.len()
}

#[inline]
pub(crate) fn compare(_: &Vm, this: Ref<PyStr>, other: Value, op: Compare) -> Value {
    let Some(other) = other.downcast::<PyStr>() else { return Value::NOT_IMPLEMENTED };
    Value::from_bool(match op {
        Compare::Eq => this.equals(&other),
        Compare::Ne => !this.equals(&other),
        _ => op.accepts(this.view().compare(other.view())),
    })
}

pub(crate) fn get_item(vm: &Vm, this: Ref<PyStr>, key: Value) -> PyResult<Ref<PyStr>> {
    if let Some(slice) = key.downcast::<PySlice>() {
        return get_slice(vm, this, slice);
    }
    if !key.is_small_int() && vm.type_of(key).special(Special::Index).is_none() {
        let name = vm.type_name(key);
        return Err(vm.type_error(format!("string indices must be integers, not '{name}'")));
    }
    let i = index_number(vm, key)?;
    let i = if i < 0 { i.saturating_add_unsigned(this.len()) } else { i };
    match usize::try_from(i) {
        Ok(i) if i < this.len() => ops::get_char(vm, this, i),
        _ => Err(vm.index_error("string index out of range")),
    }
}

/// The index of `seq[key]`, or the IndexError of one beyond 64 bits.
pub(crate) fn index_number(vm: &Vm, key: Value) -> PyResult<isize> {
    if let Some(i) = key.as_small_int() {
        return Ok(i as isize);
    }
    let i = vm.index(key)?;
    match crate::types::int::to_i64(i) {
        Some(i) => Ok(i as isize),
        None => Err(vm.index_error(format!("cannot fit '{}' into an index-sized integer", vm.type_name(key)))),
    }
}

fn get_slice(vm: &Vm, this: Ref<PyStr>, key: Ref<PySlice>) -> PyResult<Ref<PyStr>> {
    let (start, _, step, count) = key.indices(vm, this.len())?;
    if count == 0 {
        return Ok(vm.names.empty);
    }
    let first = usize::try_from(start).unwrap_or(0);
    if step == 1 {
        return slice_exact(vm, this, first, first.saturating_add(count));
    }
    macro_rules! pick {
        ($units:expr, $make:expr) => {{
            let mut out = Vec::new();
            vm.memory(out.try_reserve_exact(count).map_err(brolga_text::NoMemory::from))?;
            let mut at = start;
            for _ in 0..count {
                out.extend(usize::try_from(at).ok().and_then(|i| $units.get(i)).copied());
                at = at.saturating_add(step);
            }
            $make(&out)
        }};
    }
    match this.view() {
        Text::One(units) => pick!(units, |out: &Vec<u8>| PyStr::from_latin1(vm, out)),
        Text::Two(units) => pick!(units, |out: &Vec<u16>| PyStr::from_ucs2(vm, out)),
        Text::Four(units) => pick!(units, |out: &Vec<u32>| PyStr::from_ucs4(vm, out)),
    }
}

fn slice_exact(vm: &Vm, this: Ref<PyStr>, start: usize, end: usize) -> PyResult<Ref<PyStr>> {
    ops::slice(vm, this, start, end)
}

/// Is a text part of another?
pub fn has_part(this: Ref<PyStr>, part: Ref<PyStr>) -> bool {
    search::find::contains(this.view(), part.view())
}

fn contains(vm: &Vm, this: Ref<PyStr>, item: Value) -> PyResult<bool> {
    let Some(item) = item.downcast::<PyStr>() else {
        let name = vm.type_name(item);
        return Err(vm.type_error(format!("'in <string>' requires string as left operand, not {name}")));
    };
    Ok(has_part(this, item))
}

fn add(vm: &Vm, this: Ref<PyStr>, other: Value) -> PyResult<Value> {
    match other.downcast::<PyStr>() {
        Some(other) => Ok(ops::concat(vm, this, other)?.value()),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

/// The count of `seq * count`; `None` where it is no int.
pub(crate) fn repeat_count(vm: &Vm, v: Value) -> PyResult<Option<isize>> {
    if let Some(i) = v.as_small_int() {
        return Ok(Some(i as isize));
    }
    if !v.is_bool() && vm.type_of(v).special(Special::Index).is_none() {
        return Ok(None);
    }
    let i = vm.index(v)?;
    match crate::types::int::to_i64(i) {
        Some(i) => Ok(Some(i as isize)),
        None => Err(vm.overflow_error(format!("cannot fit '{}' into an index-sized integer", vm.type_name(v)))),
    }
}

pub(crate) fn repeat(vm: &Vm, this: Ref<PyStr>, count: Value) -> PyResult<Value> {
    match repeat_count(vm, count)? {
        Some(count) => Ok(ops::repeat(vm, this, count)?.value()),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn getnewargs(vm: &Vm, this: Ref<PyStr>) -> PyResult<Value> {
    let text = PyStr::copy_with_shape(vm, shape::str, this.text())?;
    Ok(vm.new_tuple(&[text.value()])?.value())
}

/// As CPython's: a header of 40 (ASCII) or 56 bytes, the text, a terminator.
fn sizeof(_: &Vm, this: Ref<PyStr>) -> usize {
    let unit = 1 << this.width();
    let header = if this.is_ascii() { 40 } else { 56 };
    header + (this.len() + 1) * unit
}

fn encode(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let this = super::receiver(vm, args)?;
    let encoding = args.opt(1).map(|v| argument(vm, v, "encode() argument 'encoding'")).transpose()?;
    let errors = args.opt(2).map(|v| argument(vm, v, "encode() argument 'errors'")).transpose()?;
    Ok(codecs::encode(vm, this, encoding, errors)?.value())
}

/// Start and end of a search as `find` and its like take them, brought within `len`. The end may lie before the start.
pub(crate) fn range_arguments(
    vm: &Vm,
    start: Option<Value>,
    end: Option<Value>,
    len: usize,
) -> PyResult<(usize, usize)> {
    let (start, end) = unpack_range(vm, start, end)?;
    Ok(adjust_range(start, end, len))
}

pub(crate) fn unpack_range(vm: &Vm, start: Option<Value>, end: Option<Value>) -> PyResult<(isize, isize)> {
    let start = match start.filter(|v| !v.is_none()) {
        Some(v) => slice::index(vm, v)?,
        None => 0,
    };
    let end = match end.filter(|v| !v.is_none()) {
        Some(v) => slice::index(vm, v)?,
        None => isize::MAX,
    };
    Ok((start, end))
}

pub(crate) fn adjust_range(start: isize, end: isize, len: usize) -> (usize, usize) {
    let bound = |i: isize| if i < 0 { i.saturating_add_unsigned(len).max(0) as usize } else { i as usize };
    // A start beyond the end stays there: nothing, not even the empty string, is found.
    (bound(start), bound(end).min(len))
}

pub(super) const METHODS: &[MethodDef] = &[
    method!("__new__", "($type, object='', encoding='utf-8', errors='strict')", new).static_(),
    method!("__repr__", 1, repr),
    method!("__str__", 1, str),
    method!("__hash__", 1, hash),
    method!("__len__", 1, len),
    method!("__iter__", 1, super::iter::iter),
    method!("__getitem__", 2, get_item),
    method!("__contains__", 2, contains),
    method!("__add__", 2, add),
    method!("__mul__", 2, repeat),
    method!("__rmul__", 2, repeat),
    method!("__getnewargs__", 1, getnewargs),
    method!("__sizeof__", 1, sizeof),
    method!("encode", "($self, /, encoding='utf-8', errors='strict')", encode),
];
