//! `count`, `cycle`, `repeat`.

use std::cell::Cell;

use brolga_runtime::object::def::type_flags;
use brolga_runtime::object::{Args, Field, MethodDef, Ref, TypeDef};
use brolga_runtime::protocol::number::BinaryOp;
use brolga_runtime::state::Vm;
use brolga_runtime::state::names::Special;
use brolga_runtime::types::int;
use brolga_runtime::types::list::PyList;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, method};

use crate::object::{class_argument, itself, object};

object!(pub struct Count: ITERTOOLS_COUNT { current: Field, step: Field });

fn is_number(vm: &Vm, v: Value) -> bool {
    if v.is_small_int() || v.is_float() {
        return true;
    }
    let class = vm.type_of(v);
    [Special::Index, Special::Int, Special::Float].iter().any(|s| class.special(*s).is_some())
        || vm.is_instance(v, vm.types.complex)
}

fn count_new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Count>> {
    let class = class_argument(vm, args)?;
    let (start, step) = (args.opt(1).unwrap_or(Value::from_i32(0)), args.opt(2).unwrap_or(Value::from_i32(1)));
    if !is_number(vm, start) || !is_number(vm, step) {
        return Err(vm.type_error("a number is required"));
    }
    let this: Ref<Count> = vm.alloc_instance(class)?;
    this.current.init(start);
    this.step.init(step);
    Ok(this)
}

fn count_next(vm: &Vm, this: Value) -> PyResult<Slot> {
    let Some(this) = this.downcast::<Count>() else { return Ok(None) };
    let (current, step) = (this.current.get_or_none(), this.step.get_or_none());
    let next = match (current.as_small_int(), step.as_small_int()) {
        (Some(a), Some(b)) => vm.new_int(a + b)?,
        _ => vm.binary_op(current, step, BinaryOp::Add)?,
    };
    this.current.set(this, next);
    Ok(Some(current))
}

fn count_repr(vm: &Vm, this: Ref<Count>) -> PyResult<String> {
    let (current, step) = (this.current.get_or_none(), this.step.get_or_none());
    let name = vm.short_type_name(this.value());
    let start = vm.repr_lossy(current)?;
    if vm.is_instance(step, vm.types.int) && int::to_i64(step) == Some(1) {
        return Ok(format!("{name}({start})"));
    }
    Ok(format!("{name}({start}, {})", vm.repr_lossy(step)?))
}

static COUNT_METHODS: &[MethodDef] = &[
    method!("__new__", "($type, start=0, step=1)", count_new).static_(),
    method!("__iter__", 1, itself),
    method!("__repr__", 1, count_repr),
];

pub static COUNT: TypeDef = TypeDef {
    module: "itertools",
    layout: Some(crate::layouts::ITERTOOLS_COUNT),
    flags: type_flags::BASETYPE,
    methods: &[COUNT_METHODS],
    iternext: Some(count_next),
    doc: Some("Return a count object whose .__next__() method returns consecutive values."),
    ..TypeDef::new("count")
};

object!(pub struct Cycle: ITERTOOLS_CYCLE {
    /// Empty once it has ended.
    iterator: Field,
    saved: Field,
    index: Cell<usize>,
});

fn cycle_new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Cycle>> {
    let class = class_argument(vm, args)?;
    let iterator = vm.iter(args.get(1))?;
    let saved = PyList::new(vm, &[])?;
    let this: Ref<Cycle> = vm.alloc_instance(class)?;
    this.iterator.init(iterator);
    this.saved.init(saved.value());
    Ok(this)
}

fn cycle_next(vm: &Vm, this: Value) -> PyResult<Slot> {
    let Some(this) = this.downcast::<Cycle>() else { return Ok(None) };
    let Some(saved) = this.saved.get().and_then(Value::downcast::<PyList>) else { return Ok(None) };
    if let Some(iterator) = this.iterator.get() {
        if let Some(item) = vm.next(iterator)? {
            saved.push(vm, item)?;
            return Ok(Some(item));
        }
        this.iterator.set(this, None);
    }
    let i = this.index.get();
    let item = saved.get(i);
    this.index.set(if i + 1 >= saved.len() { 0 } else { i + 1 });
    Ok(item)
}

static CYCLE_METHODS: &[MethodDef] =
    &[method!("__new__", "($type, iterable, /)", cycle_new).static_(), method!("__iter__", 1, itself)];

pub static CYCLE: TypeDef = TypeDef {
    module: "itertools",
    layout: Some(crate::layouts::ITERTOOLS_CYCLE),
    flags: type_flags::BASETYPE,
    methods: &[CYCLE_METHODS],
    iternext: Some(cycle_next),
    doc: Some("Return elements from the iterable until it is exhausted. Then repeat the sequence indefinitely."),
    ..TypeDef::new("cycle")
};

object!(pub struct Repeat: ITERTOOLS_REPEAT {
    item: Field,
    /// How many are left; -1: no end.
    left: Cell<i64>,
});

fn repeat_new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Repeat>> {
    let class = class_argument(vm, args)?;
    let left = match args.opt(2) {
        Some(times) => vm.to_isize(times)?.max(0) as i64,
        None => -1,
    };
    let this: Ref<Repeat> = vm.alloc_instance(class)?;
    this.item.init(args.get(1));
    this.left.set(left);
    Ok(this)
}

fn repeat_next(_: &Vm, this: Value) -> PyResult<Slot> {
    let Some(this) = this.downcast::<Repeat>() else { return Ok(None) };
    match this.left.get() {
        0 => return Ok(None),
        n if n > 0 => this.left.set(n - 1),
        _ => {}
    }
    Ok(this.item.get())
}

fn repeat_repr(vm: &Vm, this: Ref<Repeat>) -> PyResult<String> {
    let name = vm.short_type_name(this.value());
    let item = vm.repr_lossy(this.item.get_or_none())?;
    Ok(match this.left.get() {
        n if n < 0 => format!("{name}({item})"),
        n => format!("{name}({item}, {n})"),
    })
}

fn repeat_length_hint(vm: &Vm, this: Ref<Repeat>) -> PyResult<i64> {
    match this.left.get() {
        n if n < 0 => Err(vm.type_error("len() of unsized object")),
        n => Ok(n),
    }
}

static REPEAT_METHODS: &[MethodDef] = &[
    method!("__new__", "($type, object, times=None)", repeat_new).static_(),
    method!("__iter__", 1, itself),
    method!("__repr__", 1, repeat_repr),
    method!("__length_hint__", 1, repeat_length_hint),
];

pub static REPEAT: TypeDef = TypeDef {
    module: "itertools",
    layout: Some(crate::layouts::ITERTOOLS_REPEAT),
    flags: type_flags::BASETYPE,
    methods: &[REPEAT_METHODS],
    iternext: Some(repeat_next),
    doc: Some(
        "repeat(object [,times]) -> create an iterator which returns the object\nfor the specified number of times.  If not specified, returns the object\nendlessly.",
    ),
    ..TypeDef::new("repeat")
};
