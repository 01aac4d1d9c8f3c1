//! `partial` and its `Placeholder`.

use std::cell::Cell;

use brolga_runtime::object::{Args, Field, GetSetDef, MethodDef, Ref, TypeDef, def::type_flags};
use brolga_runtime::state::Vm;
use brolga_runtime::state::names::Special;
use brolga_runtime::types::array::ValueVec;
use brolga_runtime::types::dict::PyDict;
use brolga_runtime::types::method::PyMethod;
use brolga_runtime::types::shape;
use brolga_runtime::types::tuple::PyTuple;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, getset, method};

use crate::object::{class_argument, class_getitem, object};

object!(pub struct Partial: FUNCTOOLS_PARTIAL {
    function: Field,
    args: Field,
    keywords: Field,
    placeholders: Cell<usize>,
});

object!(pub struct Placeholder: FUNCTOOLS_PLACEHOLDER {});

/// The key under which the one `Placeholder` is kept.
static PLACEHOLDER: u8 = 0;

pub fn placeholder(vm: &Vm) -> PyResult<Value> {
    if let Some(found) = vm.kept(&PLACEHOLDER) {
        return Ok(found);
    }
    let this: Ref<Placeholder> = vm.alloc_instance(vm.native_type(&PLACEHOLDER_DEF)?)?;
    vm.keep(&PLACEHOLDER, this.value());
    Ok(this.value())
}

fn placeholder_new(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    if !args.rest.is_empty() || !args.kw.is_empty() {
        return Err(vm.type_error("_PlaceholderType takes no arguments"));
    }
    placeholder(vm)
}

fn placeholder_text(_: &Vm, _: Value) -> &'static str {
    "Placeholder"
}

static PLACEHOLDER_METHODS: &[MethodDef] = &[
    method!("__new__", "($type, *args, **kwargs)", placeholder_new).static_(),
    method!("__repr__", 1, placeholder_text),
    method!("__reduce__", 1, placeholder_text),
];

pub static PLACEHOLDER_DEF: TypeDef = TypeDef {
    module: "functools",
    layout: Some(crate::layouts::FUNCTOOLS_PLACEHOLDER),
    methods: &[PLACEHOLDER_METHODS],
    doc: Some("The type of the Placeholder singleton.\n\nUsed as a placeholder for partial arguments."),
    ..TypeDef::new("_PlaceholderType")
};

impl Partial {
    fn args(&self, vm: &Vm) -> Ref<PyTuple> {
        self.args.get().and_then(Value::downcast).unwrap_or(*vm.empty_tuple)
    }

    fn keywords(&self) -> Option<Ref<PyDict>> {
        self.keywords.get()?.downcast()
    }
}

fn count_placeholders(vm: &Vm, args: &[Value]) -> PyResult<usize> {
    let placeholder = placeholder(vm)?;
    Ok(args.iter().filter(|a| a.is(placeholder)).count())
}

/// `stored` with its placeholders filled from the front of `given`, and the rest of `given` behind.
fn fill(vm: &Vm, stored: Ref<PyTuple>, holes: usize, given: &[Value]) -> PyResult<ValueVec> {
    let all = ValueVec::with_capacity(vm, stored.len() + given.len())?;
    let mut rest = given.iter();
    if holes == 0 {
        all.extend(vm, stored.as_slice())?;
    } else {
        let placeholder = placeholder(vm)?;
        for value in stored.as_slice() {
            let value = if value.is(placeholder) { rest.next().copied().unwrap_or(*value) } else { *value };
            all.push(vm, value)?;
        }
    }
    for value in rest {
        all.push(vm, *value)?;
    }
    Ok(all)
}

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Partial>> {
    let class = class_argument(vm, args)?;
    let Some((&function, given)) = args.rest.split_first() else {
        return Err(vm.type_error("type 'partial' takes at least one argument"));
    };
    if !vm.is_callable(function) {
        return Err(vm.type_error("the first argument must be callable"));
    }
    let placeholder = placeholder(vm)?;
    if given.last().is_some_and(|a| a.is(placeholder)) {
        return Err(vm.type_error("trailing Placeholders are not allowed"));
    }
    for (_, value) in args.kw.iter() {
        if value.is(placeholder) {
            return Err(vm.type_error("Placeholder cannot be passed as a keyword argument"));
        }
    }
    // A partial of a partial without attributes of its own is one partial.
    let inner = function.downcast::<Partial>().filter(|p| p._attrs.is_empty() && calls_as_partial(vm, function));
    let (function, all) = match inner {
        Some(p) => (p.function.get_or_none(), fill(vm, p.args(vm), p.placeholders.get(), given)?),
        None => (function, ValueVec::from_slice(vm, given)?),
    };
    let keywords = match inner.and_then(|p| p.keywords()) {
        Some(keywords) => keywords.copy(vm)?,
        None => vm.new_dict()?,
    };
    for (name, value) in args.kw.iter() {
        keywords.set_item(vm, name, value)?;
    }
    let holes = count_placeholders(vm, all.as_slice())?;
    let all = vm.new_tuple(all.as_slice())?;
    let this: Ref<Partial> = vm.alloc_instance(class)?;
    this.function.init(function);
    this.args.init(all.value());
    this.keywords.init(keywords.value());
    this.placeholders.set(holes);
    Ok(this)
}

/// Has its class no `__call__` of its own?
fn calls_as_partial(vm: &Vm, function: Value) -> bool {
    let Ok(partial) = vm.native_type(&DEF) else { return false };
    let (own, native) = (vm.type_of(function).special(Special::Call), partial.special(Special::Call));
    own.zip(native).is_some_and(|(own, native)| own.same_bits(native))
}

fn call(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let Some(this) = args.get(0).downcast::<Partial>() else { return Err(vm.type_error("a partial is required")) };
    let holes = this.placeholders.get();
    if args.rest.len() < holes {
        return Err(vm.type_error(format!(
            "missing positional arguments in 'partial' call; expected at least {holes}, got {}",
            args.rest.len()
        )));
    }
    let all = fill(vm, this.args(vm), holes, args.rest)?;
    let stored = this.keywords().filter(|k| !k.is_empty());
    let function = this.function.get_or_none();
    if stored.is_none() && args.kw.is_empty() {
        return vm.call(function, all.as_slice());
    }
    let keywords = match stored {
        Some(stored) if args.kw.is_empty() => stored,
        Some(stored) => stored.copy(vm)?,
        None => vm.new_dict()?,
    };
    for (name, value) in args.kw.iter() {
        keywords.set_item(vm, name, value)?;
    }
    vm.call_with_dict(function, all.as_slice(), Some(keywords))
}

fn repr(vm: &Vm, this: Ref<Partial>) -> PyResult<Value> {
    if !vm.enter_repr(this.value()) {
        return Ok(vm.new_str("...")?.value());
    }
    let text = repr_text(vm, this);
    vm.leave_repr(this.value());
    Ok(vm.new_str(&text?)?.value())
}

fn repr_text(vm: &Vm, this: Ref<Partial>) -> PyResult<String> {
    // A repr may change the state: what is shown is as it is now.
    let (args, keywords) = (this.args(vm), this.keywords());
    let mut text =
        format!("{}({}", vm.type_full_name(vm.type_of(this.value())), vm.repr_lossy(this.function.get_or_none())?);
    for i in 0..args.len() {
        text.push_str(", ");
        text.push_str(&vm.repr_lossy(args.get(i).unwrap_or(Value::NONE))?);
    }
    let mut position = 0;
    while let Some((key, value)) = keywords.and_then(|k| k.next_item(&mut position)) {
        text.push_str(", ");
        text.push_str(&vm.str(key)?.to_lossy());
        text.push('=');
        text.push_str(&vm.repr_lossy(value)?);
    }
    text.push(')');
    Ok(text)
}

fn reduce(vm: &Vm, this: Ref<Partial>) -> PyResult<Value> {
    let dict = match this._attrs.get() {
        Some(_) => brolga_runtime::types::object::get_dict(vm, this.value())?,
        None => Value::NONE,
    };
    let function = this.function.get_or_none();
    let args = vm.new_tuple(&[function])?;
    let state = vm.new_tuple(&[function, this.args(vm).value(), this.keywords.get_or_none(), dict])?;
    Ok(vm.new_tuple(&[vm.type_of(this.value()).value(), args.value(), state.value()])?.value())
}

fn set_state(vm: &Vm, this: Ref<Partial>, state: Value) -> PyResult<()> {
    let invalid = || vm.type_error("invalid partial state");
    let state = state.downcast::<PyTuple>().filter(|s| s.len() == 4).ok_or_else(invalid)?;
    let item = |i| state.get(i).unwrap_or(Value::NONE);
    let (function, args, keywords, dict) = (item(0), item(1), item(2), item(3));
    let args = args.downcast::<PyTuple>().filter(|_| vm.is_callable(function)).ok_or_else(invalid)?;
    if !keywords.is_none() && keywords.downcast::<PyDict>().is_none() {
        return Err(invalid());
    }
    let placeholder = placeholder(vm)?;
    if args.as_slice().last().is_some_and(|a| a.is(placeholder)) {
        return Err(vm.type_error("trailing Placeholders are not allowed"));
    }
    let holes = count_placeholders(vm, args.as_slice())?;
    let args =
        if vm.exact::<PyTuple>(args.value(), shape::tuple).is_some() { args } else { vm.new_tuple(args.as_slice())? };
    let keywords = match keywords.downcast::<PyDict>() {
        None => vm.new_dict()?,
        Some(k) if vm.exact::<PyDict>(k.value(), shape::dict).is_some() => k,
        Some(k) => k.copy(vm)?,
    };
    this.function.set(this, function);
    this.args.set(this, args.value());
    this.keywords.set(this, keywords.value());
    this.placeholders.set(holes);
    let dict = if dict.is_none() { vm.new_dict()?.value() } else { dict };
    brolga_runtime::types::object::set_dict(vm, this.value(), Some(dict))
}

fn get(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    match args.opt_not_none(1) {
        Some(receiver) => Ok(PyMethod::new(vm, args.get(0), receiver)?.value()),
        None => Ok(args.get(0)),
    }
}

/// Can be replaced, not deleted.
fn set_dict(vm: &Vm, this: Value, value: Slot) -> PyResult<()> {
    if value.is_none() {
        return Err(vm.type_error("cannot delete __dict__"));
    }
    brolga_runtime::types::object::set_dict(vm, this, value)
}

fn get_function(_: &Vm, this: Ref<Partial>) -> Slot {
    this.function.get()
}

fn get_args(_: &Vm, this: Ref<Partial>) -> Slot {
    this.args.get()
}

fn get_keywords(_: &Vm, this: Ref<Partial>) -> Slot {
    this.keywords.get()
}

static METHODS: &[MethodDef] = &[
    method!("__new__", "($type, /, *args, **keywords)", new).static_(),
    method!("__call__", "($self, /, *args, **kwargs)", call),
    method!("__get__", "($self, instance, owner=None, /)", get),
    method!("__repr__", 1, repr),
    method!("__reduce__", 1, reduce),
    method!("__setstate__", 2, set_state),
    method!("__class_getitem__", 2, class_getitem).class(),
];
static GETSET: &[GetSetDef] = &[
    getset!("func", get_function).member(),
    getset!("args", get_args).member(),
    getset!("keywords", get_keywords).member(),
    getset!("__dict__", brolga_runtime::types::object::get_dict, set_dict),
];

pub static DEF: TypeDef = TypeDef {
    module: "functools",
    layout: Some(crate::layouts::FUNCTOOLS_PARTIAL),
    flags: type_flags::BASETYPE | type_flags::HAS_DICT | type_flags::WEAKREFABLE,
    methods: &[METHODS],
    getset: GETSET,
    doc: Some("Create a new function with partial application of the given arguments and keywords."),
    ..TypeDef::new("partial")
};
