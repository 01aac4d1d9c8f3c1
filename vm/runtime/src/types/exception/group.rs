//! `BaseExceptionGroup`, `ExceptionGroup`, and what `except*` does with them.

use std::collections::HashSet;

use super::base::{class_arg, field, init_args, no_keywords};
use super::{GROUP_EXCEPTIONS, GROUP_MESSAGE, GROUP_TEXT, PyException};
use crate::object::def::{GetSetDef, MethodDef};
use crate::object::{Args, Ref};
use crate::state::Vm;
use crate::state::names::Special;
use crate::types::array::ValueVec;
use crate::types::list::PyList;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::types::type_object::PyType;
use crate::value::{Slot, Value};
use crate::{PyResult, getset, method};

/// `class(message, exceptions)`.
pub(super) fn new_native(vm: &Vm, class: Ref<PyType>, args: &[Value]) -> PyResult<Ref<PyException>> {
    let [message, exceptions] = args else {
        return Err(
            vm.type_error(format!("BaseExceptionGroup.__new__() takes exactly 2 arguments ({} given)", args.len()))
        );
    };
    if message.downcast::<PyStr>().is_none() {
        return Err(vm.type_error(format!(
            "BaseExceptionGroup.__new__() argument 1 must be str, not {}",
            vm.type_name(*message)
        )));
    }
    let kind = vm.type_of(*exceptions);
    let is_sequence = kind.special(Special::GetItem).is_some()
        && !vm.is_instance(*exceptions, vm.types.dict)
        && exceptions.downcast::<PyType>().is_none();
    if !is_sequence {
        return Err(vm.type_error("second argument (exceptions) must be a sequence"));
    }
    let items = vm.tuple_from(*exceptions)?;
    if items.is_empty() {
        return Err(vm.value_error("second argument (exceptions) must be a non-empty sequence"));
    }
    let mut all_ordinary = true;
    for (i, item) in items.as_slice().iter().enumerate() {
        if !vm.is_instance(*item, vm.types.base_exception) {
            return Err(vm.value_error(format!("Item {i} of second argument (exceptions) is not an exception")));
        }
        all_ordinary &= vm.is_instance(*item, vm.types.exception);
    }
    let t = &vm.types;
    let class = if class == t.base_exception_group {
        if all_ordinary { t.exception_group } else { class }
    } else if all_ordinary || !class.is_subtype(t.exception) {
        class
    } else if class == t.exception_group {
        return Err(vm.type_error("Cannot nest BaseExceptions in an ExceptionGroup"));
    } else {
        return Err(vm.type_error(format!("Cannot nest BaseExceptions in '{}'", class.name())));
    };
    let plain = exceptions.downcast::<PyList>().is_some() || exceptions.downcast::<PyTuple>().is_some();
    let text = if plain { None } else { Some(vm.repr(*exceptions)?) };
    let group = PyException::alloc(vm, class, vm.new_tuple(args)?)?;
    group.set_extra(GROUP_MESSAGE, *message);
    group.set_extra(GROUP_EXCEPTIONS, items.value());
    if let Some(text) = text {
        group.set_extra(GROUP_TEXT, text.value());
    }
    Ok(group)
}

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyException>> {
    new_native(vm, class_arg(vm, args)?, args.rest)
}

fn init(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let class = vm.type_of(args.get(0));
    no_keywords(vm, class, args)?;
    init_args(vm, args)?;
    Ok(())
}

/// The exceptions of a group, a tuple.
pub fn exceptions(vm: &Vm, group: Ref<PyException>) -> Ref<PyTuple> {
    group.extra(GROUP_EXCEPTIONS).and_then(Value::downcast).unwrap_or(*vm.empty_tuple)
}

pub fn is_group(vm: &Vm, v: Value) -> bool {
    vm.is_instance(v, vm.types.base_exception_group)
}

fn str(vm: &Vm, this: Ref<PyException>) -> PyResult<Ref<PyStr>> {
    let message = vm.str(this.extra(GROUP_MESSAGE).unwrap_or(Value::NONE))?;
    let n = exceptions(vm, this).len();
    let plural = if n == 1 { "" } else { "s" };
    super::base::concat(vm, &["", &format!(" ({n} sub-exception{plural})")], &[message])
}

/// As the group was made: what has become of the arguments since does not show.
fn repr(vm: &Vm, this: Ref<PyException>) -> PyResult<Ref<PyStr>> {
    let name = vm.short_type_name(this.value());
    let message = vm.repr(this.extra(GROUP_MESSAGE).unwrap_or(Value::NONE))?;
    let items = match this.extra(GROUP_TEXT).and_then(Value::downcast::<PyStr>) {
        Some(text) => text,
        None => {
            let items = exceptions(vm, this);
            let list = this.args(vm).as_slice().get(1).is_some_and(|a| a.downcast::<PyList>().is_some());
            vm.repr(if list { vm.new_list(items.as_slice())?.value() } else { items.value() })?
        }
    };
    super::base::concat(vm, &[&format!("{name}("), ", ", ")"], &[message, items])
}

fn derive(vm: &Vm, this: Ref<PyException>, exceptions: Value) -> PyResult<Value> {
    let message = this.extra(GROUP_MESSAGE).unwrap_or(Value::NONE);
    vm.call(vm.types.base_exception_group.value(), &[message, exceptions])
}

/// A group of some of the original's exceptions, with all else as the original has it; `None` for none of them.
fn subset(vm: &Vm, original: Ref<PyException>, part: ValueVec) -> PyResult<Slot> {
    if part.is_empty() {
        return Ok(None);
    }
    let part = PyList::from_vec(vm, part)?;
    let made = vm.call_method(original.value(), "derive", &[part.value()])?;
    let Some(group) = made.downcast::<PyException>().filter(|g| is_group(vm, g.value())) else {
        return Err(vm.type_error("derive must return an instance of BaseExceptionGroup"));
    };
    group.set_traceback(original.traceback());
    group.set_context(original.context());
    group.set_cause(original.cause());
    if let Some(notes) = vm.get_attr_opt(original.value(), vm.names.__notes__)? {
        // The parts must not share the list. What is no sequence is left alone, as printing does.
        if vm.type_of(notes).special(Special::GetItem).is_some() {
            let copy = vm.list_from(notes)?;
            vm.set_attr(made, vm.names.__notes__, copy.value())?;
        }
    }
    Ok(Some(made))
}

/// What `split` looks for.
enum Matcher {
    /// An exception class or a tuple of them.
    Type(Value),
    Predicate(Value),
    /// The identities of leaves.
    Leaves(HashSet<usize>),
}

impl Matcher {
    fn new(vm: &Vm, value: Value) -> PyResult<Matcher> {
        if value.downcast::<PyType>().is_none() && vm.type_of(value).special(Special::Call).is_some() {
            return Ok(Matcher::Predicate(value));
        }
        let is_type = match value.downcast::<PyTuple>() {
            Some(tuple) => tuple.as_slice().iter().all(|t| vm.is_exception_class(*t)),
            None => vm.is_exception_class(value),
        };
        if is_type {
            return Ok(Matcher::Type(value));
        }
        Err(vm.type_error("expected an exception type, a tuple of exception types, or a callable (other than a class)"))
    }

    fn accepts(&self, vm: &Vm, exception: Ref<PyException>) -> PyResult<bool> {
        match self {
            Matcher::Type(types) => Ok(matches(vm, exception, *types)),
            Matcher::Predicate(predicate) => {
                let result = vm.call(*predicate, &[exception.value()])?;
                vm.is_true(result)
            }
            Matcher::Leaves(ids) => Ok(!is_group(vm, exception.value()) && ids.contains(&exception.addr())),
        }
    }
}

/// The exception is an instance of the class, or of one in the (nested) tuple. What is no class matches nothing.
pub fn matches(vm: &Vm, exception: Ref<PyException>, types: Value) -> bool {
    if let Some(class) = types.downcast::<PyType>() {
        return vm.is_instance(exception.value(), class);
    }
    if vm.check_native_stack(" in exception match").is_err() {
        vm.take_pending();
        return false;
    }
    types.downcast::<PyTuple>().is_some_and(|tuple| tuple.as_slice().iter().any(|t| matches(vm, exception, *t)))
}

/// Splits into (what matches, the rest); the rest only if asked for.
fn split_by(vm: &Vm, exception: Ref<PyException>, matcher: &Matcher, rest: bool) -> PyResult<(Slot, Slot)> {
    if matcher.accepts(vm, exception)? {
        return Ok((Some(exception.value()), None));
    }
    if !is_group(vm, exception.value()) {
        return Ok((None, rest.then(|| exception.value())));
    }
    vm.check_native_stack(" in exceptiongroup_split_recursive")?;
    let (matched, others) = (ValueVec::new(), ValueVec::new());
    for item in exceptions(vm, exception).as_slice() {
        let Some(item) = item.downcast::<PyException>() else { continue };
        let (m, r) = split_by(vm, item, matcher, rest)?;
        if let Some(m) = m {
            matched.push(vm, m)?;
        }
        if let Some(r) = r {
            others.push(vm, r)?;
        }
    }
    let matched = subset(vm, exception, matched)?;
    let others = if rest { subset(vm, exception, others)? } else { None };
    Ok((matched, others))
}

fn split(vm: &Vm, this: Ref<PyException>, condition: Value) -> PyResult<Ref<PyTuple>> {
    let matcher = Matcher::new(vm, condition)?;
    let (matched, rest) = split_by(vm, this, &matcher, true)?;
    vm.new_tuple(&[matched.unwrap_or(Value::NONE), rest.unwrap_or(Value::NONE)])
}

fn subgroup(vm: &Vm, this: Ref<PyException>, condition: Value) -> PyResult<Slot> {
    let matcher = Matcher::new(vm, condition)?;
    Ok(split_by(vm, this, &matcher, false)?.0)
}

/// CHECK_EG_MATCH: splits what is left of the exception by an `except*` clause: (rest, matched), each may be None. A
/// bare exception that matches is wrapped in a group. The interpreter has checked `types`.
pub fn check_eg_match(vm: &Vm, exception: Value, types: Value) -> PyResult<(Value, Value)> {
    let Some(e) = exception.downcast::<PyException>() else { return Ok((Value::NONE, Value::NONE)) };
    if matches(vm, e, types) {
        if is_group(vm, exception) {
            return Ok((Value::NONE, exception));
        }
        let group = wrap(vm, vm.new_tuple(&[exception])?.value())?;
        if let Some(group) = group.downcast::<PyException>() {
            crate::types::traceback::add_current_frame(vm, group);
        }
        return Ok((Value::NONE, group));
    }
    if !is_group(vm, exception) {
        return Ok((exception, Value::NONE));
    }
    let pair = vm.call_method(exception, "split", &[types])?;
    let class = vm.type_name(exception);
    let Some(tuple) = pair.downcast::<PyTuple>() else {
        return Err(vm.type_error(format!("{class}.split must return a tuple, not {}", vm.type_name(pair))));
    };
    match tuple.as_slice() {
        [matched, rest, ..] => Ok((*rest, *matched)),
        short => Err(vm.type_error(format!("{class}.split must return a 2-tuple, got tuple of size {}", short.len()))),
    }
}

fn wrap(vm: &Vm, exceptions: Value) -> PyResult<Value> {
    let message = vm.names.empty.value();
    vm.call(vm.types.base_exception_group.value(), &[message, exceptions])
}

/// Adds the identities of the exceptions that are no groups.
fn collect_leaves(vm: &Vm, exception: Value, into: &mut HashSet<usize>) -> PyResult<()> {
    let Some(e) = exception.downcast::<PyException>() else { return Ok(()) };
    if !is_group(vm, exception) {
        into.insert(e.addr());
        return Ok(());
    }
    vm.check_native_stack(" in collect_exception_group_leaf_ids")?;
    exceptions(vm, e).as_slice().iter().try_for_each(|item| collect_leaves(vm, *item, into))
}

/// The end of a `try` with `except*` clauses: what to raise of the exceptions that the clauses raised, and of the parts
/// of the original that are raised again; None for nothing.
pub fn prep_reraise_star(vm: &Vm, original: Value, raised: Value) -> PyResult<Value> {
    let Some(list) = raised.downcast::<PyList>() else { return Ok(Value::NONE) };
    if list.is_empty() {
        return Ok(Value::NONE);
    }
    let Some(original) = original.downcast::<PyException>().filter(|o| is_group(vm, o.value())) else {
        // A bare exception was wrapped: only one clause can have run.
        return Ok(list.get(0).unwrap_or(Value::NONE));
    };
    let (new, again) = (ValueVec::new(), ValueVec::new());
    let mut i = 0;
    while let Some(item) = list.get(i) {
        i += 1;
        let Some(e) = item.downcast::<PyException>() else { continue };
        // A part of the original has its traceback, cause and context.
        let same = same_slot(e.traceback(), original.traceback())
            && e.cause() == original.cause()
            && e.context() == original.context();
        if same { again.push(vm, item)? } else { new.push(vm, item)? }
    }
    let mut leaves = HashSet::new();
    for item in again.as_slice() {
        collect_leaves(vm, *item, &mut leaves)?;
    }
    let again = split_by(vm, original, &Matcher::Leaves(leaves), false)?.0;
    if new.is_empty() {
        return Ok(again.unwrap_or(Value::NONE));
    }
    if let Some(again) = again {
        new.push(vm, again)?;
    }
    match new.as_slice() {
        [one] => Ok(*one),
        all => wrap(vm, vm.new_list(all)?.value()),
    }
}

fn same_slot(a: Slot, b: Slot) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => a.same_bits(b),
        (a, b) => a.is_none() && b.is_none(),
    }
}

pub(super) const METHODS: &[MethodDef] = &[
    method!("__new__", "($type, *args, **kwargs)", new).static_(),
    method!("__init__", "($self, /, *args, **kwargs)", init),
    method!("__str__", 1, str),
    method!("__repr__", 1, repr),
    method!("derive", 2, derive),
    method!("split", 2, split),
    method!("subgroup", 2, subgroup),
    method!("__class_getitem__", 2, crate::types::generic_alias::class_getitem).class().doc("See PEP 585"),
];
pub(super) const GETSET: &[GetSetDef] =
    &[getset!("message", field::<GROUP_MESSAGE>).member(), getset!("exceptions", field::<GROUP_EXCEPTIONS>).member()];
