//! `BaseException`: what all exceptions have. `KeyError`'s `str`.

use super::PyException;
use crate::object::def::{GetSetDef, MethodDef};
use crate::object::{Args, Ref};
use crate::state::Vm;
use crate::types::dict::PyDict;
use crate::types::list::PyList;
use crate::types::str::PyStr;
use crate::types::traceback::PyTraceback;
use crate::types::tuple::PyTuple;
use crate::types::type_object::PyType;
use crate::value::{Slot, Value};
use crate::{PyResult, Raised, getset, method};

/// The receiver of a method.
pub(super) fn receiver(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyException>> {
    args.get(0).downcast().ok_or_else(|| vm.type_error("an exception is required"))
}

/// "X() takes no keyword arguments".
pub(super) fn no_keywords(vm: &Vm, class: Ref<PyType>, args: &Args<'_>) -> PyResult<()> {
    if args.kw.is_empty() {
        return Ok(());
    }
    Err(vm.type_error(format!("{}() takes no keyword arguments", class.name())))
}

/// The class that a `__new__` is to make an instance of.
pub(super) fn class_arg(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyType>> {
    args.get(0).downcast().ok_or_else(|| vm.type_error("a class is required"))
}

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyException>> {
    let class = class_arg(vm, args)?;
    let tuple = vm.new_tuple(args.rest)?;
    PyException::alloc(vm, class, tuple)
}

/// `BaseException.__init__`, which the families' own begin with.
pub(super) fn init_args(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyException>> {
    let this = receiver(vm, args)?;
    // `__new__` has most often stored the very same arguments.
    if this.args(vm).as_slice().iter().map(|v| v.bits()).ne(args.rest.iter().map(|v| v.bits())) {
        this.set_args(vm.new_tuple(args.rest)?);
    }
    Ok(this)
}

fn init(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let this = receiver(vm, args)?;
    no_keywords(vm, vm.type_of(this.value()), args)?;
    init_args(vm, args)?;
    Ok(())
}

/// `BaseException.__str__`.
pub(super) fn to_str(vm: &Vm, this: Ref<PyException>) -> PyResult<Ref<PyStr>> {
    let args = this.args(vm);
    match args.as_slice() {
        [] => vm.new_str(""),
        [one] => vm.str(*one),
        _ => vm.str(args.value()),
    }
}

fn repr(vm: &Vm, this: Ref<PyException>) -> PyResult<Ref<PyStr>> {
    let name = vm.type_of(this.value()).name();
    let args = this.args(vm);
    let (open, text, close) = match args.as_slice() {
        [one] => ("(", vm.repr(*one)?, ")"),
        _ => ("", vm.repr(args.value())?, ""),
    };
    concat(vm, &[&format!("{name}{open}"), "", close], &[text])
}

/// Literal text with strings put in between, lone surrogates kept: `literals[0] strings[0] literals[1] ...`, where an
/// empty literal may stand anywhere.
pub(super) fn concat(vm: &Vm, literals: &[&str], strings: &[Ref<PyStr>]) -> PyResult<Ref<PyStr>> {
    let mut points: Vec<u32> = Vec::new();
    let size = literals.iter().map(|l| l.len()).chain(strings.iter().map(|s| s.len())).sum();
    points.try_reserve(size).map_err(|_| vm.memory_error())?;
    for i in 0..literals.len().max(strings.len()) {
        points.extend(literals.get(i).into_iter().flat_map(|l| l.chars()).map(|c| c as u32));
        points.extend(strings.get(i).into_iter().flat_map(|s| s.chars()));
    }
    PyStr::from_ucs4(vm, &points)
}

/// The object's `__dict__`, where it has one with something in it.
pub(super) fn dict_if_any(vm: &Vm, this: Ref<PyException>) -> PyResult<Option<Ref<PyDict>>> {
    let dict = vm.get_attr_opt(this.value(), vm.names.__dict__)?;
    Ok(dict.and_then(Value::downcast::<PyDict>).filter(|d| !d.is_empty()))
}

fn reduce(vm: &Vm, this: Ref<PyException>) -> PyResult<Ref<PyTuple>> {
    reduce_with(vm, this, this.args(vm))
}

/// `(class, args)` or `(class, args, dict)`.
pub(super) fn reduce_with(vm: &Vm, this: Ref<PyException>, args: Ref<PyTuple>) -> PyResult<Ref<PyTuple>> {
    let class = vm.type_of(this.value()).value();
    match dict_if_any(vm, this)? {
        Some(dict) => vm.new_tuple(&[class, args.value(), dict.value()]),
        None => vm.new_tuple(&[class, args.value()]),
    }
}

fn setstate(vm: &Vm, this: Ref<PyException>, state: Value) -> PyResult<()> {
    if state.is_none() {
        return Ok(());
    }
    let Some(dict) = state.downcast::<PyDict>() else { return Err(vm.type_error("state is not a dictionary")) };
    let mut position = 0;
    while let Some((key, value)) = dict.next_item(&mut position) {
        let name = vm.expect_str(key, "attribute name")?;
        vm.set_attr(this.value(), vm.intern_str(name), value)?;
    }
    Ok(())
}

fn with_traceback(vm: &Vm, this: Ref<PyException>, traceback: Value) -> PyResult<Ref<PyException>> {
    set_traceback(vm, this, Some(traceback))?;
    Ok(this)
}

fn add_note(vm: &Vm, this: Ref<PyException>, note: Value) -> PyResult<()> {
    if note.downcast::<PyStr>().is_none() {
        return Err(vm.type_error(format!("add_note() argument must be str, not {}", vm.type_name(note))));
    }
    let name = vm.names.__notes__;
    match vm.get_attr_opt(this.value(), name)? {
        None => {
            let list = vm.new_list(&[note])?;
            vm.set_attr(this.value(), name, list.value())
        }
        Some(notes) => match notes.downcast::<PyList>() {
            Some(list) => list.push(vm, note),
            None => Err(vm.type_error("Cannot add note: __notes__ is not a list")),
        },
    }
}

fn not_deletable(vm: &Vm, name: &str) -> Raised {
    vm.type_error(format!("{name} may not be deleted"))
}

fn args(vm: &Vm, this: Ref<PyException>) -> Ref<PyTuple> {
    this.args(vm)
}

fn set_args(vm: &Vm, this: Ref<PyException>, value: Slot) -> PyResult<()> {
    let value = value.ok_or_else(|| not_deletable(vm, "args"))?;
    this.set_args(vm.tuple_from(value)?);
    Ok(())
}

fn traceback(_: &Vm, this: Ref<PyException>) -> Slot {
    this.traceback()
}

fn set_traceback(vm: &Vm, this: Ref<PyException>, value: Slot) -> PyResult<()> {
    let value = value.ok_or_else(|| not_deletable(vm, "__traceback__"))?;
    if !value.is_none() && value.downcast::<PyTraceback>().is_none() {
        return Err(vm.type_error("__traceback__ must be a traceback or None"));
    }
    this.set_traceback(value);
    Ok(())
}

fn exception_or_none(vm: &Vm, value: Slot, name: &str, what: &str) -> PyResult<Option<Ref<PyException>>> {
    let value = value.ok_or_else(|| not_deletable(vm, name))?;
    match value.downcast::<PyException>() {
        None if !value.is_none() => {
            Err(vm.type_error(format!("exception {what} must be None or derive from BaseException")))
        }
        exception => Ok(exception),
    }
}

fn context(_: &Vm, this: Ref<PyException>) -> Slot {
    PyException::context(&this).map(Ref::value)
}

fn set_context(vm: &Vm, this: Ref<PyException>, value: Slot) -> PyResult<()> {
    this.set_context(exception_or_none(vm, value, "__context__", "context")?);
    Ok(())
}

fn cause(_: &Vm, this: Ref<PyException>) -> Slot {
    PyException::cause(&this).map(Ref::value)
}

fn set_cause(vm: &Vm, this: Ref<PyException>, value: Slot) -> PyResult<()> {
    this.set_cause(exception_or_none(vm, value, "__cause__", "cause")?);
    Ok(())
}

fn suppress_context(_: &Vm, this: Ref<PyException>) -> bool {
    PyException::suppress_context(&this)
}

fn set_suppress_context(vm: &Vm, this: Ref<PyException>, value: Slot) -> PyResult<()> {
    match value {
        None => Err(vm.type_error("can't delete numeric/char attribute")),
        Some(value) => {
            let on = value.as_bool().ok_or_else(|| vm.type_error("attribute value type must be bool"))?;
            this.set_suppress_context(on);
            Ok(())
        }
    }
}

/// The getter of field `I` of an exception's family.
pub(super) fn field<const I: usize>(_: &Vm, this: Ref<PyException>) -> Slot {
    this.extra(I)
}

/// Its setter; a deleted one reads as None.
pub(super) fn set_field<const I: usize>(_: &Vm, this: Ref<PyException>, value: Slot) -> PyResult<()> {
    this.set_extra(I, value);
    Ok(())
}

fn key_error_str(vm: &Vm, this: Ref<PyException>) -> PyResult<Ref<PyStr>> {
    match this.args(vm).as_slice() {
        [key] => vm.repr(*key),
        _ => to_str(vm, this),
    }
}

pub(super) const METHODS: &[MethodDef] = &[
    method!("__new__", "($type, *args, **kwargs)", new).static_(),
    method!("__init__", "($self, /, *args, **kwargs)", init),
    method!("__repr__", 1, repr),
    method!("__str__", 1, to_str),
    method!("__reduce__", 1, reduce),
    method!("__setstate__", 2, setstate),
    method!("with_traceback", 2, with_traceback).doc("Set self.__traceback__ to tb and return self."),
    method!("add_note", 2, add_note).doc("Add a note to the exception"),
];

pub(super) const GETSET: &[GetSetDef] = &[
    getset!("__dict__", crate::types::object::get_dict, crate::types::object::set_dict),
    getset!("args", args, set_args),
    getset!("__traceback__", traceback, set_traceback),
    getset!("__context__", context, set_context),
    getset!("__cause__", cause, set_cause),
    getset!("__suppress_context__", suppress_context, set_suppress_context).member(),
];

pub(super) const KEY_ERROR: &[MethodDef] = &[method!("__str__", 1, key_error_str)];
