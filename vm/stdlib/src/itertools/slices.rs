//! `islice`, `pairwise`, `batched`.

use std::cell::Cell;

use brolga_runtime::object::def::type_flags;
use brolga_runtime::object::{Args, Field, MethodDef, Ref, TypeDef};
use brolga_runtime::state::Vm;
use brolga_runtime::types::array::ValueVec;
use brolga_runtime::types::int;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, method};

use crate::object::{class_argument, itself, object};

object!(pub struct Islice: ITERTOOLS_ISLICE {
    iterator: Field,
    next: Cell<i64>,
    /// -1: no end.
    stop: Cell<i64>,
    step: Cell<i64>,
    count: Cell<i64>,
});

/// A bound: `None` where it is no int of at least 0 that fits.
fn bound(vm: &Vm, v: Value) -> PyResult<Option<i64>> {
    match vm.index(v) {
        Ok(i) => Ok(int::to_i64(i).filter(|i| *i >= 0)),
        Err(raised) => {
            let error = vm.take_raised(raised);
            if vm.is_instance(error.value(), vm.types.exception) { Ok(None) } else { Err(vm.reraise(error)) }
        }
    }
}

fn islice_new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Islice>> {
    let class = class_argument(vm, args)?;
    let (mut start, mut stop, mut step) = (0, -1, 1);
    let stop_arg = if args.opt(3).is_some() { args.get(3) } else { args.get(2) };
    if !stop_arg.is_none() {
        match bound(vm, stop_arg)? {
            Some(i) => stop = i,
            None if args.opt(3).is_none() => {
                return Err(
                    vm.value_error("Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize.")
                );
            }
            None => {
                return Err(
                    vm.value_error("Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize.")
                );
            }
        }
    }
    if args.opt(3).is_some()
        && let Some(v) = args.opt_not_none(2)
    {
        match bound(vm, v)? {
            Some(i) => start = i,
            None => {
                return Err(vm.value_error("Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize."));
            }
        }
    }
    if let Some(v) = args.opt_not_none(4) {
        match bound(vm, v)?.filter(|i| *i >= 1) {
            Some(i) => step = i,
            None => return Err(vm.value_error("Step for islice() must be a positive integer or None.")),
        }
    }
    let iterator = vm.iter(args.get(1))?;
    let this: Ref<Islice> = vm.alloc_instance(class)?;
    this.iterator.init(iterator);
    this.next.set(start);
    this.stop.set(stop);
    this.step.set(step);
    Ok(this)
}

fn islice_next(vm: &Vm, this: Value) -> PyResult<Slot> {
    let Some(this) = this.downcast::<Islice>() else { return Ok(None) };
    let Some(iterator) = this.iterator.get() else { return Ok(None) };
    while this.count.get() < this.next.get() {
        if vm.next(iterator)?.is_none() {
            this.iterator.set(this, None);
            return Ok(None);
        }
        this.count.set(this.count.get() + 1);
    }
    let stop = this.stop.get();
    let item = if stop != -1 && this.count.get() >= stop { None } else { vm.next(iterator)? };
    if item.is_none() {
        this.iterator.set(this, None);
        return Ok(None);
    }
    this.count.set(this.count.get() + 1);
    let limit = if stop == -1 { i64::MAX } else { stop };
    this.next.set(this.next.get().saturating_add(this.step.get()).min(limit));
    Ok(item)
}

static ISLICE_METHODS: &[MethodDef] = &[
    method!("__new__", "($type, iterable, start, stop=None, step=None, /)", islice_new).static_(),
    method!("__iter__", 1, itself),
];

pub static ISLICE: TypeDef = TypeDef {
    module: "itertools",
    layout: Some(crate::layouts::ITERTOOLS_ISLICE),
    flags: type_flags::BASETYPE,
    methods: &[ISLICE_METHODS],
    iternext: Some(islice_next),
    doc: Some("islice(iterable, stop) --> islice object\nislice(iterable, start, stop[, step]) --> islice object"),
    ..TypeDef::new("islice")
};

object!(pub struct Pairwise: ITERTOOLS_PAIRWISE { iterator: Field, old: Field });

fn pairwise_new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Pairwise>> {
    let class = class_argument(vm, args)?;
    let iterator = vm.iter(args.get(1))?;
    let this: Ref<Pairwise> = vm.alloc_instance(class)?;
    this.iterator.init(iterator);
    Ok(this)
}

fn pairwise_next(vm: &Vm, this: Value) -> PyResult<Slot> {
    let Some(this) = this.downcast::<Pairwise>() else { return Ok(None) };
    let Some(iterator) = this.iterator.get() else { return Ok(None) };
    let end = |result: PyResult<Slot>| {
        if !matches!(result, Ok(Some(_))) {
            this.iterator.set(this, None);
            this.old.set(this, None);
        }
        result
    };
    let old = match this.old.get() {
        Some(old) => old,
        None => {
            let Some(old) = end(vm.next(iterator))? else { return Ok(None) };
            this.old.set(this, old);
            // The call may have come back here and ended it.
            if this.iterator.is_empty() {
                this.old.set(this, None);
                return Ok(None);
            }
            old
        }
    };
    let Some(new) = end(vm.next(iterator))? else { return Ok(None) };
    this.old.set(this, new);
    Ok(Some(vm.new_tuple(&[old, new])?.value()))
}

static PAIRWISE_METHODS: &[MethodDef] =
    &[method!("__new__", "($type, iterable, /)", pairwise_new).static_(), method!("__iter__", 1, itself)];

pub static PAIRWISE: TypeDef = TypeDef {
    module: "itertools",
    layout: Some(crate::layouts::ITERTOOLS_PAIRWISE),
    flags: type_flags::BASETYPE,
    methods: &[PAIRWISE_METHODS],
    iternext: Some(pairwise_next),
    doc: Some(
        "Return an iterator of overlapping pairs taken from the input iterator.\n\n    s -> (s0,s1), (s1,s2), (s2, s3), ...",
    ),
    ..TypeDef::new("pairwise")
};

object!(pub struct Batched: ITERTOOLS_BATCHED { iterator: Field, size: Cell<i64>, strict: Cell<bool> });

fn batched_new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Batched>> {
    let class = class_argument(vm, args)?;
    let size = vm.to_isize(args.get(2))?;
    let strict = args.opt(3).map_or(Ok(false), |v| vm.is_true(v))?;
    if size < 1 {
        return Err(vm.value_error("n must be at least one"));
    }
    let iterator = vm.iter(args.get(1))?;
    let this: Ref<Batched> = vm.alloc_instance(class)?;
    this.iterator.init(iterator);
    this.size.set(size as i64);
    this.strict.set(strict);
    Ok(this)
}

fn batched_next(vm: &Vm, this: Value) -> PyResult<Slot> {
    let Some(this) = this.downcast::<Batched>() else { return Ok(None) };
    let Some(iterator) = this.iterator.get() else { return Ok(None) };
    let items = ValueVec::new();
    while (items.len() as i64) < this.size.get() {
        match vm.next(iterator) {
            Ok(Some(item)) => items.push(vm, item)?,
            Ok(None) => {
                this.iterator.set(this, None);
                if items.is_empty() {
                    return Ok(None);
                }
                if this.strict.get() {
                    return Err(vm.value_error("batched(): incomplete batch"));
                }
                break;
            }
            Err(raised) => {
                this.iterator.set(this, None);
                return Err(raised);
            }
        }
    }
    Ok(Some(vm.new_tuple(items.as_slice())?.value()))
}

static BATCHED_METHODS: &[MethodDef] = &[
    method!("__new__", "($type, iterable, n, *, strict=False)", batched_new).static_(),
    method!("__iter__", 1, itself),
];

pub static BATCHED: TypeDef = TypeDef {
    module: "itertools",
    layout: Some(crate::layouts::ITERTOOLS_BATCHED),
    flags: type_flags::BASETYPE,
    methods: &[BATCHED_METHODS],
    iternext: Some(batched_next),
    doc: Some(
        "Batch data into tuples of length n. The last batch may be shorter than n.\n\nLoops over the input iterable and accumulates data into tuples\nup to size n.  The input is consumed lazily, just enough to\nfill a batch.  The result is yielded as soon as a batch is full\nor when the input iterable is exhausted.\n\n    >>> for batch in batched('ABCDEFG', 3):\n    ...     print(batch)\n    ...\n    ('A', 'B', 'C')\n    ('D', 'E', 'F')\n    ('G',)\n\nIf \"strict\" is True, raises a ValueError if the final batch is shorter\nthan n.",
    ),
    ..TypeDef::new("batched")
};
