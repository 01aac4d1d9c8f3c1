//! `range` and its iterators, in arithmetic only.

use std::cell::Cell;
use std::cmp::Ordering;

use crate::object::def::{GetSetDef, MethodDef, TypeDef, type_flags};
use crate::object::layout::{LONG_RANGE_ITER, RANGE, RANGE_ITER};
use crate::object::{Args, Field, Header, HeapType, LayoutId, Ref};
use crate::protocol::compare::Compare;
use crate::state::Vm;
use crate::types::slice::{PySlice, big_indices};
use crate::types::{int, shape};
use crate::value::{Slot, Value};
use crate::{PyResult, getset, method};

/// All four are exact ints.
#[repr(C)]
pub struct PyRange {
    header: Header,
    start: Field,
    stop: Field,
    step: Field,
    length: Field,
}

/// Where compiled code finds a range's ints.
pub const RANGE_START_OFFSET: usize = std::mem::offset_of!(PyRange, start);
pub const RANGE_STEP_OFFSET: usize = std::mem::offset_of!(PyRange, step);
pub const RANGE_LENGTH_OFFSET: usize = std::mem::offset_of!(PyRange, length);

// SAFETY: repr(C), header first, then fields.
unsafe impl HeapType for PyRange {
    const LAYOUT: LayoutId = RANGE;
}

/// The iterator of a range whose numbers and length fit 64 bits.
#[repr(C)]
pub struct PyRangeIter {
    header: Header,
    next: Cell<i64>,
    step: Cell<i64>,
    remaining: Cell<u64>,
}

/// Where compiled code finds what a range iterator counts.
pub const NEXT_OFFSET: usize = std::mem::offset_of!(PyRangeIter, next);
pub const STEP_OFFSET: usize = std::mem::offset_of!(PyRangeIter, step);
pub const REMAINING_OFFSET: usize = std::mem::offset_of!(PyRangeIter, remaining);

// SAFETY: repr(C), header first; the layout is a leaf, for raw numbers may look like addresses.
unsafe impl HeapType for PyRangeIter {
    const LAYOUT: LayoutId = RANGE_ITER;
}

/// The iterator of any other range: exact ints.
#[repr(C)]
pub struct PyLongRangeIter {
    header: Header,
    next: Field,
    step: Field,
    remaining: Field,
}

// SAFETY: repr(C), header first, then fields.
unsafe impl HeapType for PyLongRangeIter {
    const LAYOUT: LayoutId = LONG_RANGE_ITER;
}

const ZERO: Value = Value::from_i32(0);
const ONE: Value = Value::from_i32(1);

impl PyRange {
    /// A range of exact ints; the step is not 0.
    pub fn new(vm: &Vm, start: Value, stop: Value, step: Value) -> PyResult<Ref<PyRange>> {
        let length = length(vm, start, stop, step)?;
        let range: Ref<PyRange> = vm.alloc(shape::range)?;
        range.start.init(start);
        range.stop.init(stop);
        range.step.init(step);
        range.length.init(length);
        Ok(range)
    }

    pub fn start(&self) -> Value {
        self.start.get_or_none()
    }

    pub fn stop(&self) -> Value {
        self.stop.get_or_none()
    }

    pub fn step(&self) -> Value {
        self.step.get_or_none()
    }

    /// How many numbers: an int of any size.
    pub fn length(&self) -> Value {
        self.length.get_or_none()
    }

    /// Start, step and length, if all numbers of the range, and the one behind the last, fit 64 bits.
    #[inline]
    pub fn small(&self) -> Option<(i64, i64, u64)> {
        let (start, step) = (int::to_i64(self.start())?, int::to_i64(self.step())?);
        int::to_i64(self.stop())?;
        Some((start, step, int::to_u64(self.length())?))
    }

    /// The number at `i`, which is in range.
    fn at(&self, vm: &Vm, i: Value) -> PyResult<Value> {
        if let (Some(start), Some(step), Some(i)) =
            (self.start().as_small_int(), self.step().as_small_int(), i.as_small_int())
            && let Some(v) = step.checked_mul(i).and_then(|d| d.checked_add(start))
        {
            return vm.new_int(v);
        }
        int::add(vm, self.start(), int::mul(vm, i, self.step())?)
    }

    fn contains_int(&self, vm: &Vm, v: Value) -> PyResult<bool> {
        let (start, stop, step) = (self.start(), self.stop(), self.step());
        let inside = if int::is_negative(step) {
            int::compare(v, start) != Ordering::Greater && int::compare(v, stop) == Ordering::Greater
        } else {
            int::compare(v, start) != Ordering::Less && int::compare(v, stop) == Ordering::Less
        };
        if !inside {
            return Ok(false);
        }
        if let (Some(v), Some(start), Some(step)) = (int::to_i64(v), start.as_small_int(), step.as_small_int()) {
            return Ok((i128::from(v) - i128::from(start)) % i128::from(step) == 0);
        }
        Ok(int::is_zero(int::modulo(vm, int::sub(vm, v, start)?, step)?))
    }

    fn iterate(&self, vm: &Vm) -> PyResult<Value> {
        if let Some((start, step, remaining)) = self.small() {
            return Ok(PyRangeIter::new(vm, start, step, remaining)?.value());
        }
        new_long_iter(vm, self.start(), self.step(), self.length())
    }
}

/// `len(range(start, stop, step))`, of any size.
fn length(vm: &Vm, start: Value, stop: Value, step: Value) -> PyResult<Value> {
    if let (Some(start), Some(stop), Some(step)) = (int::to_i64(start), int::to_i64(stop), int::to_i64(step)) {
        let (low, high) = if step > 0 { (start, stop) } else { (stop, start) };
        if low >= high {
            return Ok(ZERO);
        }
        let distance = (i128::from(high) - i128::from(low) - 1) as u64;
        return match (distance / step.unsigned_abs()).checked_add(1) {
            Some(n) => vm.new_int_u64(n),
            None => vm.new_int_i128(1 << 64),
        };
    }
    let (low, high, step) =
        if int::is_negative(step) { (stop, start, int::neg(vm, step)?) } else { (start, stop, step) };
    if int::compare(low, high) != Ordering::Less {
        return Ok(ZERO);
    }
    let distance = int::sub(vm, int::sub(vm, high, low)?, ONE)?;
    int::add(vm, int::floor_div(vm, distance, step)?, ONE)
}

impl PyRangeIter {
    pub fn new(vm: &Vm, next: i64, step: i64, remaining: u64) -> PyResult<Ref<PyRangeIter>> {
        let it: Ref<PyRangeIter> = vm.alloc(shape::range_iter)?;
        it.next.set(next);
        it.step.set(step);
        it.remaining.set(remaining);
        Ok(it)
    }

    /// The next number.
    #[inline(always)]
    pub fn advance(&self) -> Option<i64> {
        let remaining = self.remaining.get().checked_sub(1)?;
        let next = self.next.get();
        self.remaining.set(remaining);
        // The one behind the last may not fit; it is never given out.
        self.next.set(next.wrapping_add(self.step.get()));
        Some(next)
    }

    /// The numbers left.
    pub fn remaining(&self) -> u64 {
        self.remaining.get()
    }
}

fn new_long_iter(vm: &Vm, next: Value, step: Value, remaining: Value) -> PyResult<Value> {
    let it: Ref<PyLongRangeIter> = vm.alloc(shape::long_range_iter)?;
    it.next.init(next);
    it.step.init(step);
    it.remaining.init(remaining);
    Ok(it.value())
}

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let number = |v: Value| -> PyResult<Value> { int::to_exact(vm, vm.index(v)?) };
    let range = match *args.rest {
        [] => return Err(vm.type_error("range expected at least 1 argument, got 0")),
        [stop] => PyRange::new(vm, ZERO, number(stop)?, ONE)?,
        [start, stop] => PyRange::new(vm, number(start)?, number(stop)?, ONE)?,
        [start, stop, step] => {
            let (start, stop, step) = (number(start)?, number(stop)?, number(step)?);
            if int::is_zero(step) {
                return Err(vm.value_error("range() arg 3 must not be zero"));
            }
            PyRange::new(vm, start, stop, step)?
        }
        _ => {
            return Err(vm.type_error(format!("range expected at most 3 arguments, got {}", args.rest.len())));
        }
    };
    Ok(range.value())
}

fn repr(vm: &Vm, this: Ref<PyRange>) -> PyResult<String> {
    let (start, stop) = (int::repr(vm, this.start())?, int::repr(vm, this.stop())?);
    Ok(match this.step().as_small_int() {
        Some(1) => format!("range({start}, {stop})"),
        _ => format!("range({start}, {stop}, {})", int::repr(vm, this.step())?),
    })
}

/// That of (length, start, step), where what does not matter is None.
fn hash(vm: &Vm, this: Ref<PyRange>) -> PyResult<i64> {
    let (length, mut start, mut step) = (this.length(), this.start(), this.step());
    match length.as_small_int() {
        Some(0) => (start, step) = (Value::NONE, Value::NONE),
        Some(1) => step = Value::NONE,
        _ => {}
    }
    let key = vm.new_tuple(&[length, start, step])?;
    vm.hash(key.value())
}

fn equal(a: Ref<PyRange>, b: Ref<PyRange>) -> bool {
    let same = |x: Value, y: Value| int::compare(x, y) == Ordering::Equal;
    if a == b {
        return true;
    }
    same(a.length(), b.length())
        && (int::is_zero(a.length())
            || (same(a.start(), b.start()) && (same(a.length(), ONE) || same(a.step(), b.step()))))
}

fn compare(this: Ref<PyRange>, other: Value, op: Compare) -> Value {
    match other.downcast::<PyRange>() {
        Some(other) => Value::from_bool(equal(this, other) == (op == Compare::Eq)),
        None => Value::NOT_IMPLEMENTED,
    }
}

fn eq(_: &Vm, this: Ref<PyRange>, other: Value) -> Value {
    compare(this, other, Compare::Eq)
}

fn ne(_: &Vm, this: Ref<PyRange>, other: Value) -> Value {
    compare(this, other, Compare::Ne)
}

/// Ranges are not ordered.
fn unordered(_: &Vm, _: Ref<PyRange>, _: Value) -> Value {
    Value::NOT_IMPLEMENTED
}

fn iter(vm: &Vm, this: Ref<PyRange>) -> PyResult<Value> {
    this.iterate(vm)
}

fn is_true(_: &Vm, this: Ref<PyRange>) -> bool {
    !int::is_zero(this.length())
}

fn len(vm: &Vm, this: Ref<PyRange>) -> PyResult<isize> {
    vm.to_isize(this.length())
}

fn get_item(vm: &Vm, this: Ref<PyRange>, key: Value) -> PyResult<Value> {
    if let Some(slice) = key.downcast::<PySlice>() {
        let (start, stop, step) = big_indices(vm, &slice, this.length())?;
        let (start, stop) = (this.at(vm, start)?, this.at(vm, stop)?);
        return Ok(PyRange::new(vm, start, stop, int::mul(vm, this.step(), step)?)?.value());
    }
    if vm.type_of(key).special(crate::state::names::Special::Index).is_none() {
        return Err(vm.type_error(format!("range indices must be integers or slices, not {}", vm.type_name(key))));
    }
    let mut i = vm.index(key)?;
    if int::is_negative(i) {
        i = int::add(vm, i, this.length())?;
    }
    if int::is_negative(i) || int::compare(i, this.length()) != Ordering::Less {
        return Err(vm.index_error("range object index out of range"));
    }
    this.at(vm, i)
}

/// An exact int or a bool: looked up by arithmetic. Anything else may compare as it likes.
fn is_plain_int(vm: &Vm, v: Value) -> bool {
    v.is_small_int() || v.is_bool() || vm.type_of(v) == vm.types.int
}

/// The positions of the numbers equal to `v`, the first only or all counted.
fn search(vm: &Vm, this: Ref<PyRange>, v: Value, mut found: impl FnMut(i64) -> bool) -> PyResult<()> {
    let it = this.iterate(vm)?;
    let mut i = 0i64;
    while let Some(item) = vm.next(it)? {
        if vm.eq(item, v)? && found(i) {
            return Ok(());
        }
        i = i.saturating_add(1);
    }
    Ok(())
}

fn contains(vm: &Vm, this: Ref<PyRange>, v: Value) -> PyResult<bool> {
    if is_plain_int(vm, v) {
        return this.contains_int(vm, v);
    }
    let mut hit = false;
    search(vm, this, v, |_| {
        hit = true;
        true
    })?;
    Ok(hit)
}

fn count(vm: &Vm, this: Ref<PyRange>, v: Value) -> PyResult<u64> {
    if is_plain_int(vm, v) {
        return Ok(u64::from(this.contains_int(vm, v)?));
    }
    let mut n = 0u64;
    search(vm, this, v, |_| {
        n += 1;
        false
    })?;
    Ok(n)
}

fn index(vm: &Vm, this: Ref<PyRange>, v: Value) -> PyResult<Value> {
    if is_plain_int(vm, v) {
        if !this.contains_int(vm, v)? {
            return Err(vm.value_error("range.index(x): x not in range"));
        }
        return int::floor_div(vm, int::sub(vm, v, this.start())?, this.step());
    }
    let mut at = None;
    search(vm, this, v, |i| {
        at = Some(i);
        true
    })?;
    match at {
        Some(i) => vm.new_int(i),
        None => Err(vm.value_error("sequence.index(x): x not in sequence")),
    }
}

fn reversed(vm: &Vm, this: Ref<PyRange>) -> PyResult<Value> {
    let length = this.length();
    if let Some((start, step, n)) = this.small()
        && let Some(back) = step.checked_neg()
    {
        let last = i128::from(start) + i128::from(step) * (i128::from(n) - 1);
        if n == 0 {
            return Ok(PyRangeIter::new(vm, start, back, 0)?.value());
        }
        if let Ok(last) = i64::try_from(last) {
            return Ok(PyRangeIter::new(vm, last, back, n)?.value());
        }
    }
    let last = this.at(vm, int::sub(vm, length, ONE)?)?;
    new_long_iter(vm, last, int::neg(vm, this.step())?, length)
}

fn reduce(vm: &Vm, this: Ref<PyRange>) -> PyResult<Value> {
    let args = vm.new_tuple(&[this.start(), this.stop(), this.step()])?;
    Ok(vm.new_tuple(&[vm.types.range.value(), args.value()])?.value())
}

fn get_start(_: &Vm, this: Ref<PyRange>) -> Value {
    this.start()
}
fn get_stop(_: &Vm, this: Ref<PyRange>) -> Value {
    this.stop()
}
fn get_step(_: &Vm, this: Ref<PyRange>) -> Value {
    this.step()
}

const METHODS: &[MethodDef] = &[
    method!("__new__", "($type, /, *args)", new).static_(),
    method!("__repr__", 1, repr),
    method!("__hash__", 1, hash),
    method!("__lt__", 2, unordered),
    method!("__le__", 2, unordered),
    method!("__eq__", 2, eq),
    method!("__ne__", 2, ne),
    method!("__gt__", 2, unordered),
    method!("__ge__", 2, unordered),
    method!("__iter__", 1, iter),
    method!("__bool__", 1, is_true),
    method!("__len__", 1, len),
    method!("__getitem__", 2, get_item),
    method!("__contains__", 2, contains),
    method!("__reversed__", 1, reversed).doc("Return a reverse iterator."),
    method!("__reduce__", 1, reduce),
    method!("count", 2, count).doc("rangeobject.count(value) -> integer -- return number of occurrences of value"),
    method!("index", 2, index).doc(
        "rangeobject.index(value) -> integer -- return index of value.\nRaise ValueError if the value is not present.",
    ),
];

const GETSET: &[GetSetDef] =
    &[getset!("start", get_start).member(), getset!("stop", get_stop).member(), getset!("step", get_step).member()];

pub static DEF: TypeDef = TypeDef {
    layout: Some(RANGE),
    flags: type_flags::SEQUENCE,
    methods: &[METHODS],
    getset: GETSET,
    doc: Some(
        "range(stop) -> range object\nrange(start, stop[, step]) -> range object\n\nReturn an object that produces a \
         sequence of integers from start (inclusive)\nto stop (exclusive) by step.  range(i, j) produces i, i+1, i+2, \
         ..., j-1.\nstart defaults to 0, and stop is omitted!  range(4) produces 0, 1, 2, 3.\nThese are exactly the \
         valid indices for a list of 4 elements.\nWhen step is given, it specifies the increment (or decrement).",
    ),
    ..TypeDef::new("range")
};

fn iter_self(_: &Vm, this: Value) -> Value {
    this
}

fn small_next(vm: &Vm, this: Value) -> PyResult<Slot> {
    match this.downcast::<PyRangeIter>().and_then(|it| it.advance()) {
        Some(i) => vm.new_int(i).map(Some),
        None => Ok(None),
    }
}

fn small_length_hint(_: &Vm, this: Ref<PyRangeIter>) -> u64 {
    this.remaining.get()
}

/// The state of an iterator for pickle: `iter(range(...))` over what is left.
fn reduce_rest(vm: &Vm, next: Value, step: Value, remaining: Value) -> PyResult<Value> {
    let stop = int::add(vm, next, int::mul(vm, remaining, step)?)?;
    // The stop must not make the range a long one: any value behind the last item will do.
    let stop = match (int::to_i64(stop), int::to_i64(step)) {
        (None, Some(by)) if int::to_i64(next).is_some() => {
            int::add(vm, stop, vm.new_int(by.signum().wrapping_sub(by))?)?
        }
        _ => stop,
    };
    let range = PyRange::new(vm, next, stop, step)?;
    let args = vm.new_tuple(&[range.value()])?;
    let iter = vm.builtin(vm.intern("iter")?)?;
    Ok(vm.new_tuple(&[iter, args.value(), Value::NONE])?.value())
}

fn small_reduce(vm: &Vm, this: Ref<PyRangeIter>) -> PyResult<Value> {
    let (next, step) = (vm.new_int(this.next.get())?, vm.new_int(this.step.get())?);
    reduce_rest(vm, next, step, vm.new_int_u64(this.remaining.get())?)
}

fn small_set_state(vm: &Vm, this: Ref<PyRangeIter>, state: Value) -> PyResult<()> {
    let skip = vm.to_i64(state)?;
    let skip = u64::try_from(skip).unwrap_or(0).min(this.remaining.get());
    this.next.set(this.next.get().wrapping_add(this.step.get().wrapping_mul(skip as i64)));
    this.remaining.set(this.remaining.get() - skip);
    Ok(())
}

const ITER_METHODS: &[MethodDef] = &[
    method!("__iter__", 1, iter_self),
    method!("__length_hint__", 1, small_length_hint).doc("Private method returning an estimate of len(list(it))."),
    method!("__reduce__", 1, small_reduce).doc("Return state information for pickling."),
    method!("__setstate__", 2, small_set_state).doc("Set state information for unpickling."),
];

pub static ITER_DEF: TypeDef = TypeDef {
    layout: Some(RANGE_ITER),
    flags: type_flags::DISALLOW_NEW,
    methods: &[ITER_METHODS],
    iternext: Some(small_next),
    ..TypeDef::new("range_iterator")
};

fn long_next(vm: &Vm, this: Value) -> PyResult<Slot> {
    let Some(this) = this.downcast::<PyLongRangeIter>() else { return Ok(None) };
    let (next, remaining) = (this.next.get_or_none(), this.remaining.get_or_none());
    if int::is_zero(remaining) {
        return Ok(None);
    }
    let after = int::add(vm, next, this.step.get_or_none())?;
    let remaining = int::sub(vm, remaining, ONE)?;
    this.next.set(this, after);
    this.remaining.set(this, remaining);
    Ok(Some(next))
}

fn long_length_hint(_: &Vm, this: Ref<PyLongRangeIter>) -> Value {
    this.remaining.get_or_none()
}

fn long_reduce(vm: &Vm, this: Ref<PyLongRangeIter>) -> PyResult<Value> {
    reduce_rest(vm, this.next.get_or_none(), this.step.get_or_none(), this.remaining.get_or_none())
}

fn long_set_state(vm: &Vm, this: Ref<PyLongRangeIter>, state: Value) -> PyResult<()> {
    let mut skip = int::to_exact(vm, vm.index(state)?)?;
    let remaining = this.remaining.get_or_none();
    if int::is_negative(skip) {
        skip = ZERO;
    } else if int::compare(skip, remaining) == Ordering::Greater {
        skip = remaining;
    }
    let next = int::add(vm, this.next.get_or_none(), int::mul(vm, skip, this.step.get_or_none())?)?;
    let remaining = int::sub(vm, remaining, skip)?;
    this.next.set(this, next);
    this.remaining.set(this, remaining);
    Ok(())
}

const LONG_ITER_METHODS: &[MethodDef] = &[
    method!("__iter__", 1, iter_self),
    method!("__length_hint__", 1, long_length_hint).doc("Private method returning an estimate of len(list(it))."),
    method!("__reduce__", 1, long_reduce).doc("Return state information for pickling."),
    method!("__setstate__", 2, long_set_state).doc("Set state information for unpickling."),
];

pub static LONG_ITER_DEF: TypeDef = TypeDef {
    layout: Some(LONG_RANGE_ITER),
    flags: type_flags::DISALLOW_NEW,
    methods: &[LONG_ITER_METHODS],
    iternext: Some(long_next),
    ..TypeDef::new("longrange_iterator")
};
