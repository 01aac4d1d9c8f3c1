//! `zip`, and what it shares with `map`: advancing several iterators at once.

use std::cell::Cell;

use crate::object::def::{MethodDef, TypeDef, type_flags};
use crate::object::layout::ZIP;
use crate::object::{Args, Field, Header, HeapType, LayoutId, Ref};
use crate::state::Vm;
use crate::types::array::ValueVec;
use crate::types::list::methods::{class_arg, same};
use crate::types::tuple::PyTuple;
use crate::value::{Slot, Value};
use crate::{PyResult, method};

#[repr(C)]
pub struct PyZip {
    header: Header,
    attrs: Field,
    /// A tuple.
    iterators: Field,
    strict: Cell<bool>,
}

// SAFETY: repr(C), header first; beside fields a flag.
unsafe impl HeapType for PyZip {
    const LAYOUT: LayoutId = ZIP;
}

/// Where compiled code finds the tuple of iterators, and whether it is strict (a byte, zeros behind it).
pub const ZIP_ITERATORS_OFFSET: usize = std::mem::offset_of!(PyZip, iterators);
pub const ZIP_STRICT_OFFSET: usize = std::mem::offset_of!(PyZip, strict);

impl PyZip {
    pub fn inner(&self) -> Option<Ref<PyTuple>> {
        self.iterators.get()?.downcast()
    }
}

/// The iterators of these iterables.
pub(crate) fn iterators(vm: &Vm, iterables: &[Value]) -> PyResult<Ref<PyTuple>> {
    let all = ValueVec::with_capacity(vm, iterables.len())?;
    for iterable in iterables {
        all.push(vm, vm.iter(*iterable)?)?;
    }
    vm.new_tuple(all.as_slice())
}

/// Advances each of the iterators and gives `f` the items; `None` when one has none left. If `strict`, they must all end
/// at once.
pub(crate) fn advance_all<R>(
    vm: &Vm,
    iterators: Ref<PyTuple>,
    strict: bool,
    name: &str,
    f: impl FnOnce(&[Value]) -> PyResult<R>,
) -> PyResult<Option<R>> {
    let all = iterators.as_slice();
    // A few fit on the native stack, which is scanned.
    let mut few = [Value::NONE; 4];
    if let Some(items) = few.get_mut(..all.len()) {
        for (i, iterator) in all.iter().enumerate() {
            match vm.next(*iterator)? {
                Some(item) => items[i] = item,
                None => return ended(vm, all, i, strict, name),
            }
        }
        return f(items).map(Some);
    }
    let items = ValueVec::with_capacity(vm, all.len())?;
    for (i, iterator) in all.iter().enumerate() {
        match vm.next(*iterator)? {
            Some(item) => items.push(vm, item)?,
            None => return ended(vm, all, i, strict, name),
        }
    }
    f(items.as_slice()).map(Some)
}

/// Iterator `i` has no more items: if `strict`, no other may have.
#[cold]
fn ended<R>(vm: &Vm, all: &[Value], i: usize, strict: bool, name: &str) -> PyResult<Option<R>> {
    if !strict {
        return Ok(None);
    }
    let mismatch = |i: usize, what: &str| {
        let plural = if i == 1 { " " } else { "s 1-" };
        vm.value_error(format!("{name}() argument {} is {what} than argument{plural}{i}", i + 1))
    };
    if i > 0 {
        return Err(mismatch(i, "shorter"));
    }
    for (i, iterator) in all.iter().enumerate().skip(1) {
        if vm.next(*iterator)?.is_some() {
            return Err(mismatch(i, "longer"));
        }
    }
    Ok(None)
}

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyZip>> {
    let strict = match args.opt(1) {
        Some(strict) => vm.is_true(strict)?,
        None => false,
    };
    let iterators = iterators(vm, args.rest)?;
    let this: Ref<PyZip> = vm.alloc_instance(class_arg(vm, args)?)?;
    this.iterators.init(iterators.value());
    this.strict.set(strict);
    Ok(this)
}

fn next(vm: &Vm, this: Value) -> PyResult<Slot> {
    let Some(this) = this.downcast::<PyZip>() else { return Ok(None) };
    let Some(iterators) = this.iterators.get().and_then(Value::downcast::<PyTuple>) else { return Ok(None) };
    if iterators.is_empty() {
        return Ok(None);
    }
    advance_all(vm, iterators, this.strict.get(), "zip", |items| Ok(vm.new_tuple(items)?.value()))
}

fn reduce(vm: &Vm, this: Ref<PyZip>) -> PyResult<Value> {
    let class = vm.type_of(this.value()).value();
    let iterators = this.iterators.get_or_none();
    let parts: &[Value] = &[class, iterators, Value::TRUE];
    Ok(vm.new_tuple(if this.strict.get() { parts } else { &parts[..2] })?.value())
}

fn setstate(vm: &Vm, this: Ref<PyZip>, strict: Value) -> PyResult<()> {
    this.strict.set(vm.is_true(strict)?);
    Ok(())
}

const METHODS: &[MethodDef] = &[
    method!("__new__", "($type, /, *iterables, strict=False)", new).static_(),
    method!("__iter__", 1, same),
    method!("__reduce__", 1, reduce).doc("Return state information for pickling."),
    method!("__setstate__", 2, setstate).doc("Set state information for unpickling."),
];

pub static DEF: TypeDef = TypeDef {
    layout: Some(ZIP),
    flags: type_flags::BASETYPE,
    methods: &[METHODS],
    iternext: Some(next),
    doc: Some(
        "The zip object yields n-length tuples, where n is the number of iterables\npassed as positional arguments to \
         zip().  The i-th element in every tuple\ncomes from the i-th iterable argument to zip().  This continues until \
         the\nshortest argument is exhausted.\n\nIf strict is true and one of the arguments is exhausted before the \
         others,\nraise a ValueError.\n\n   >>> list(zip('abcdefg', range(3), range(4)))\n   [('a', 0, 0), ('b', 1, 1), \
         ('c', 2, 2)]",
    ),
    ..TypeDef::new("zip")
};
