//! The signals: their exceptions, and the views of a context that show which are set.

use brolga_runtime::object::{Args, MethodDef, Ref, TypeDef, def::type_flags};
use brolga_runtime::protocol::compare::Compare;
use brolga_runtime::state::Vm;
use brolga_runtime::types::dict::PyDict;
use brolga_runtime::types::exception::PyException;
use brolga_runtime::types::list::PyList;
use brolga_runtime::types::tuple::PyTuple;
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, Raised, comparisons, method};

use super::context::Context;
use super::number::status::*;
use crate::io::memory::heap_struct;

/// The signals in CPython's order: names, and the conditions that they stand for.
pub const SIGNALS: [(&str, u32); 9] = [
    ("InvalidOperation", ANY_INVALID),
    ("FloatOperation", FLOAT_OPERATION),
    ("DivisionByZero", DIVISION_BY_ZERO),
    ("Overflow", OVERFLOW),
    ("Underflow", UNDERFLOW),
    ("Subnormal", SUBNORMAL),
    ("Inexact", INEXACT),
    ("Rounded", ROUNDED),
    ("Clamped", CLAMPED),
];

/// The conditions that have exceptions of their own.
pub const CONDITIONS: [(&str, u32); 4] = [
    ("ConversionSyntax", CONVERSION_SYNTAX),
    ("DivisionImpossible", DIVISION_IMPOSSIBLE),
    ("DivisionUndefined", DIVISION_UNDEFINED),
    ("InvalidContext", INVALID_CONTEXT),
];

/// The order in which a context's repr names them.
const SHOWN: [usize; 9] = [8, 0, 2, 6, 1, 3, 7, 5, 4];

/// Tuples of the exceptions, in the orders above.
static SIGNAL_CLASSES: u8 = 0;
static CONDITION_CLASSES: u8 = 1;
/// `SignalDict`.
static VIEW_CLASS: u8 = 2;
static ROOT_CLASS: u8 = 3;

fn classes(vm: &Vm, key: &'static u8) -> PyResult<Ref<PyTuple>> {
    vm.kept(key).and_then(Value::downcast).ok_or_else(|| vm.runtime_error("_decimal is not initialised"))
}

/// The exceptions that the module shows: made once, however often the module is.
pub fn make_classes(vm: &Vm) -> PyResult<Vec<(&'static str, Value)>> {
    if let Some(root) = vm.kept(&ROOT_CLASS) {
        let mut all = vec![("DecimalException", root)];
        all.extend(SIGNALS.iter().map(|s| s.0).zip(classes(vm, &SIGNAL_CLASSES)?.as_slice().iter().copied()));
        all.extend(CONDITIONS.iter().map(|s| s.0).zip(classes(vm, &CONDITION_CLASSES)?.as_slice().iter().copied()));
        return Ok(all);
    }
    let make = |name: &'static str, bases: &[Value]| -> PyResult<(&'static str, Value)> {
        let dict = vm.new_dict()?;
        dict.set_str(vm, vm.names.__module__, vm.intern("decimal")?.value())?;
        let bases = vm.new_tuple(bases)?;
        let class = vm.call(vm.types.type_.value(), &[vm.intern(name)?.value(), bases.value(), dict.value()])?;
        Ok((name, class))
    };
    let root = make("DecimalException", &[vm.types.arithmetic_error.value()])?;
    let zero_division = vm.types.zero_division_error.value();
    let clamped = make("Clamped", &[root.1])?;
    let invalid = make("InvalidOperation", &[root.1])?;
    let division = make("DivisionByZero", &[root.1, zero_division])?;
    let inexact = make("Inexact", &[root.1])?;
    let rounded = make("Rounded", &[root.1])?;
    let subnormal = make("Subnormal", &[root.1])?;
    let overflow = make("Overflow", &[inexact.1, rounded.1])?;
    let underflow = make("Underflow", &[inexact.1, rounded.1, subnormal.1])?;
    let float = make("FloatOperation", &[root.1, vm.types.type_error.value()])?;
    let signals = [invalid, float, division, overflow, underflow, subnormal, inexact, rounded, clamped];
    let conditions = [
        make("ConversionSyntax", &[invalid.1])?,
        make("DivisionImpossible", &[invalid.1])?,
        make("DivisionUndefined", &[invalid.1, zero_division])?,
        make("InvalidContext", &[invalid.1])?,
    ];
    vm.keep(&SIGNAL_CLASSES, vm.new_tuple(&signals.map(|s| s.1))?.value());
    vm.keep(&CONDITION_CLASSES, vm.new_tuple(&conditions.map(|s| s.1))?.value());
    vm.keep(&ROOT_CLASS, root.1);
    let mut all = vec![root];
    all.extend(signals);
    all.extend(conditions);
    Ok(all)
}

/// The exception for trapped conditions.
#[cold]
pub fn raise(vm: &Vm, trapped: u32) -> Raised {
    match make_exception(vm, trapped) {
        Ok(e) => vm.raise(e),
        Err(raised) => raised,
    }
}

fn make_exception(vm: &Vm, trapped: u32) -> PyResult<Ref<PyException>> {
    let signals = classes(vm, &SIGNAL_CLASSES)?;
    let conditions = classes(vm, &CONDITION_CLASSES)?;
    let named = vm.new_list(&[])?;
    if trapped & INVALID_OPERATION != 0 {
        named.push(vm, signals.get(0).unwrap_or(Value::NONE))?;
    }
    for (i, (_, bits)) in CONDITIONS.iter().enumerate() {
        if trapped & bits != 0 {
            named.push(vm, conditions.get(i).unwrap_or(Value::NONE))?;
        }
    }
    let mut class = None;
    for (i, (_, bits)) in SIGNALS.iter().enumerate() {
        if trapped & bits != 0 {
            class = class.or(signals.get(i));
            if i > 0 {
                named.push(vm, signals.get(i).unwrap_or(Value::NONE))?;
            }
        }
    }
    let class = class.ok_or_else(|| vm.runtime_error("no signal to raise"))?;
    vm.call(class, &[named.value()])?.downcast().ok_or_else(|| vm.runtime_error("a signal is no exception"))
}

/// The signals in a mask, as a context's repr has them.
pub fn names(mask: u32) -> String {
    let set: Vec<&str> = SHOWN.iter().map(|i| SIGNALS[*i]).filter(|(_, bits)| mask & bits != 0).map(|s| s.0).collect();
    format!("[{}]", set.join(", "))
}

/// The classes of the signals in a mask.
pub fn to_list(vm: &Vm, mask: u32) -> PyResult<Ref<PyList>> {
    let signals = classes(vm, &SIGNAL_CLASSES)?;
    let list = vm.new_list(&[])?;
    for (i, (_, bits)) in SIGNALS.iter().enumerate() {
        if mask & bits != 0 {
            list.push(vm, signals.get(i).unwrap_or(Value::NONE))?;
        }
    }
    Ok(list)
}

/// The conditions of one signal's class.
fn signal(vm: &Vm, class: Value) -> PyResult<u32> {
    let signals = classes(vm, &SIGNAL_CLASSES)?;
    match signals.as_slice().iter().position(|c| c.same_bits(class)) {
        Some(i) => Ok(SIGNALS[i].1),
        None => {
            let message = "valid values for signals are:\n  [InvalidOperation, FloatOperation, DivisionByZero,\n   \
                           Overflow, Underflow, Subnormal, Inexact, Rounded,\n   Clamped]";
            Err(vm.key_error(vm.new_str(message)?.value()))
        }
    }
}

pub fn from_list(vm: &Vm, list: Ref<PyList>) -> PyResult<u32> {
    let mut mask = 0;
    let mut i = 0;
    while i < list.len() {
        mask |= signal(vm, list.as_slice().get(i).copied().unwrap_or(Value::NONE))?;
        i += 1;
    }
    Ok(mask)
}

/// From a view, or a dict that names every signal.
pub fn from_dict(vm: &Vm, v: Value) -> PyResult<u32> {
    if let Some(view) = v.downcast::<SignalView>() {
        return mask(vm, view);
    }
    let Some(dict) = v.downcast::<PyDict>() else { return Err(vm.type_error("argument must be a signal dict")) };
    if dict.len() != SIGNALS.len() {
        return Err(vm.key_error(vm.new_str("invalid signal dict")?.value()));
    }
    let mut mask = 0;
    let signals = classes(vm, &SIGNAL_CLASSES)?;
    for (i, (_, bits)) in SIGNALS.iter().enumerate() {
        let class = signals.get(i).unwrap_or(Value::NONE);
        let Some(set) = dict.get_item(vm, class)? else {
            return Err(vm.key_error(vm.new_str("invalid signal dict")?.value()));
        };
        if vm.is_true(set)? {
            mask |= bits;
        }
    }
    Ok(mask)
}

/// Which of a context's masks a view shows.
#[derive(Copy, Clone, PartialEq, Eq)]
pub enum Which {
    Flags,
    Traps,
}

heap_struct! {
    /// A mapping from signals to whether they are set in a context.
    SignalView, DECIMAL_SIGNALS,
    fields { context }
    data { traps: bool }
}

/// The view of a context, always the same.
pub fn view(vm: &Vm, context: Ref<Context>, which: Which) -> PyResult<Value> {
    let field = if which == Which::Traps { &context.traps_view } else { &context.flags_view };
    if let Some(v) = field.get() {
        return Ok(v);
    }
    let class: Ref<PyType> = vm
        .kept(&VIEW_CLASS)
        .and_then(Value::downcast)
        .ok_or_else(|| vm.runtime_error("_decimal is not initialised"))?;
    let view: Ref<SignalView> = vm.alloc_instance(class)?;
    view.context.init(context.value());
    view.traps.set(which == Which::Traps);
    field.set(context, view.value());
    Ok(view.value())
}

/// Makes `SignalDict`, of the class below and `MutableMapping`.
pub fn make_view_class(vm: &Vm, mutable_mapping: Value) -> PyResult<()> {
    if vm.kept(&VIEW_CLASS).is_some() {
        return Ok(());
    }
    let mixin = vm.native_type(&MIXIN)?;
    let bases = vm.new_tuple(&[mixin.value(), mutable_mapping])?;
    let dict = vm.new_dict()?;
    let name = vm.intern("SignalDict")?;
    let metaclass = vm.type_of(mutable_mapping);
    let class = vm.call(metaclass.value(), &[name.value(), bases.value(), dict.value()])?;
    vm.keep(&VIEW_CLASS, class);
    Ok(())
}

/// A view that a program made by itself has none.
fn context_of(vm: &Vm, view: Ref<SignalView>) -> PyResult<Ref<Context>> {
    view.context.get().and_then(Value::downcast).ok_or_else(|| vm.value_error("invalid signal dict"))
}

fn mask(vm: &Vm, view: Ref<SignalView>) -> PyResult<u32> {
    let c = context_of(vm, view)?;
    Ok(if view.traps.get() { c.traps.get() } else { c.status.get() })
}

fn len(vm: &Vm, view: Ref<SignalView>) -> PyResult<usize> {
    context_of(vm, view)?;
    Ok(SIGNALS.len())
}

fn iter(vm: &Vm, view: Ref<SignalView>) -> PyResult<Value> {
    context_of(vm, view)?;
    vm.iter(classes(vm, &SIGNAL_CLASSES)?.value())
}

fn get_item(vm: &Vm, view: Ref<SignalView>, key: Value) -> PyResult<bool> {
    Ok(mask(vm, view)? & signal(vm, key)? != 0)
}

fn set_item(vm: &Vm, view: Ref<SignalView>, key: Value, v: Value) -> PyResult<()> {
    let context = context_of(vm, view)?;
    let bits = signal(vm, key)?;
    let on = vm.is_true(v)?;
    let mask = mask(vm, view)?;
    let mask = if on { mask | bits } else { mask & !bits };
    if view.traps.get() {
        context.traps.set(mask)
    } else {
        context.status.set(mask)
    }
    Ok(())
}

fn delete_item(vm: &Vm, view: Ref<SignalView>, _: Value) -> PyResult<()> {
    context_of(vm, view)?;
    Err(vm.value_error("signal keys cannot be deleted"))
}

fn repr(vm: &Vm, view: Ref<SignalView>) -> PyResult<String> {
    let mask = mask(vm, view)?;
    let signals = classes(vm, &SIGNAL_CLASSES)?;
    let mut parts = Vec::new();
    for (i, (_, bits)) in SIGNALS.iter().enumerate() {
        let shown = vm.repr_lossy(signals.get(i).unwrap_or(Value::NONE))?;
        parts.push(format!("{shown}:{}", if mask & bits != 0 { "True" } else { "False" }));
    }
    Ok(format!("{{{}}}", parts.join(", ")))
}

fn compare(vm: &Vm, view: Ref<SignalView>, other: Value, op: Compare) -> PyResult<Value> {
    if !matches!(op, Compare::Eq | Compare::Ne) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let own = mask(vm, view)?;
    let equal = if let Some(other) = other.downcast::<SignalView>() {
        own == mask(vm, other)?
    } else if other.downcast::<PyDict>().is_some() {
        let other = match from_dict(vm, other) {
            Ok(other) => other,
            Err(raised) => {
                vm.catch(raised, vm.types.key_error)?;
                return Ok(Value::NOT_IMPLEMENTED);
            }
        };
        own == other
    } else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    Ok(Value::from_bool(equal == (op == Compare::Eq)))
}

fn copy(vm: &Vm, view: Ref<SignalView>) -> PyResult<Ref<PyDict>> {
    let mask = mask(vm, view)?;
    let dict = vm.new_dict()?;
    let signals = classes(vm, &SIGNAL_CLASSES)?;
    for (i, (_, bits)) in SIGNALS.iter().enumerate() {
        dict.set_item(vm, signals.get(i).unwrap_or(Value::NONE), Value::from_bool(mask & bits != 0))?;
    }
    Ok(dict)
}

fn init(_: &Vm, _: &Args<'_>) -> Slot {
    None
}

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<SignalView>> {
    vm.alloc_instance(crate::object::class_argument(vm, args)?)
}

static METHODS: &[MethodDef] = &[
    method!("__new__", "($type, *args, **kwargs)", new).static_(),
    method!("__init__", "($self, /, *args, **kwargs)", init),
    method!("__len__", 1, len),
    method!("__iter__", 1, iter),
    method!("__getitem__", 2, get_item),
    method!("__setitem__", 3, set_item),
    method!("__delitem__", 2, delete_item),
    method!("__repr__", 1, repr),
    method!("copy", 1, copy),
];

static MIXIN: TypeDef = TypeDef {
    module: "decimal",
    layout: Some(crate::layouts::DECIMAL_SIGNALS),
    flags: type_flags::BASETYPE | type_flags::MAPPING,
    methods: &[METHODS, comparisons!(compare)],
    ..TypeDef::new("SignalDictMixin")
};
