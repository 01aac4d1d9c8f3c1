//! `slice`, and what sequence types need to apply one.

use crate::object::def::{GetSetDef, MethodDef, TypeDef};
use crate::object::layout::SLICE;
use crate::object::{Args, Field, Header, HeapType, LayoutId, Ref};
use crate::protocol::compare::Compare;
use crate::state::Vm;
use crate::state::names::Special;
use crate::types::tuple::PyTuple;
use crate::types::{int, shape};
use crate::value::Value;
use crate::{PyResult, comparisons, getset, method};

#[repr(C)]
pub struct PySlice {
    header: Header,
    start: Field,
    stop: Field,
    step: Field,
}

// SAFETY: repr(C), header first, then fields.
unsafe impl HeapType for PySlice {
    const LAYOUT: LayoutId = SLICE;
}

/// A slice applied to a sequence: the first index, the end, the step, and how many items there are.
pub type Indices = (isize, isize, isize, usize);

impl PySlice {
    pub fn new(vm: &Vm, start: Value, stop: Value, step: Value) -> PyResult<Ref<PySlice>> {
        let slice: Ref<PySlice> = vm.alloc(shape::slice)?;
        slice.start.init(start);
        slice.stop.init(stop);
        slice.step.init(step);
        Ok(slice)
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

    /// The slice of a sequence of `len` items, as `PySlice_Unpack` and `PySlice_AdjustIndices`. This runs `__index__`
    /// methods, which may change the sequence: where that matters, call [`unpack`] first, then [`adjust`] by the
    /// length at that time.
    pub fn indices(&self, vm: &Vm, len: usize) -> PyResult<Indices> {
        let (start, stop, step) = unpack(vm, self)?;
        Ok(adjust(len, start, stop, step))
    }

    fn tuple(&self, vm: &Vm) -> PyResult<Ref<PyTuple>> {
        vm.new_tuple(&[self.start(), self.stop(), self.step()])
    }
}

/// Start, stop and step as machine numbers, clamped; the step is never 0 nor `isize::MIN`.
pub fn unpack(vm: &Vm, slice: &PySlice) -> PyResult<(isize, isize, isize)> {
    let step = match slice.step() {
        v if v.is_none() => 1,
        v => match index(vm, v)? {
            0 => return Err(vm.value_error("slice step cannot be zero")),
            step => step.max(-isize::MAX),
        },
    };
    let start = match slice.start() {
        v if v.is_none() && step < 0 => isize::MAX,
        v if v.is_none() => 0,
        v => index(vm, v)?,
    };
    let stop = match slice.stop() {
        v if v.is_none() && step < 0 => isize::MIN,
        v if v.is_none() => isize::MAX,
        v => index(vm, v)?,
    };
    Ok((start, stop, step))
}

/// Brings an unpacked slice within a sequence of `len` items.
pub fn adjust(len: usize, start: isize, stop: isize, step: isize) -> Indices {
    let n = isize::try_from(len).unwrap_or(isize::MAX);
    let bound = |i: isize| {
        let (low, high) = if step < 0 { (-1, n - 1) } else { (0, n) };
        if i < 0 { i.saturating_add(n).max(low) } else { i.min(high) }
    };
    let (start, stop) = (bound(start), bound(stop));
    let count = if step < 0 {
        if stop < start { (start - stop - 1) as usize / step.unsigned_abs() + 1 } else { 0 }
    } else if start < stop {
        (stop - start - 1) as usize / (step as usize).max(1) + 1
    } else {
        0
    };
    (start, stop, step, count)
}

const BAD_INDEX: &str = "slice indices must be integers or None or have an __index__ method";

/// A bound of a slice (not None), clamped: also for `list.index` and its like.
pub fn index(vm: &Vm, v: Value) -> PyResult<isize> {
    if let Some(i) = v.as_small_int() {
        return Ok(i as isize);
    }
    if vm.type_of(v).special(Special::Index).is_none() {
        return Err(vm.type_error(BAD_INDEX));
    }
    vm.to_isize_clamped(v)
}

/// A bound as an int of any size.
fn big_index(vm: &Vm, v: Value) -> PyResult<Value> {
    if vm.type_of(v).special(Special::Index).is_none() {
        return Err(vm.type_error(BAD_INDEX));
    }
    vm.index(v)
}

/// `indices(len)` in ints of any size.
pub fn big_indices(vm: &Vm, slice: &PySlice, len: Value) -> PyResult<(Value, Value, Value)> {
    let zero = Value::from_i32(0);
    let one = Value::from_i32(1);
    let step = match slice.step() {
        v if v.is_none() => one,
        v => big_index(vm, v)?,
    };
    if int::is_zero(step) {
        return Err(vm.value_error("slice step cannot be zero"));
    }
    let backward = int::is_negative(step);
    let (low, high) = if backward { (Value::from_i32(-1), int::sub(vm, len, one)?) } else { (zero, len) };
    let bound = |v: Value, default: Value| -> PyResult<Value> {
        if v.is_none() {
            return Ok(default);
        }
        let i = big_index(vm, v)?;
        if int::is_negative(i) {
            let i = int::add(vm, i, len)?;
            Ok(if int::compare(i, low).is_lt() { low } else { i })
        } else {
            Ok(if int::compare(i, high).is_gt() { high } else { i })
        }
    };
    let start = bound(slice.start(), if backward { high } else { low })?;
    let stop = bound(slice.stop(), if backward { low } else { high })?;
    Ok((start, stop, step))
}

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let none = Value::NONE;
    let slice = match *args.rest {
        [] => return Err(vm.type_error("slice expected at least 1 argument, got 0")),
        [stop] => PySlice::new(vm, none, stop, none)?,
        [start, stop] => PySlice::new(vm, start, stop, none)?,
        [start, stop, step] => PySlice::new(vm, start, stop, step)?,
        _ => {
            return Err(vm.type_error(format!("slice expected at most 3 arguments, got {}", args.rest.len())));
        }
    };
    Ok(slice.value())
}

fn repr(vm: &Vm, this: Ref<PySlice>) -> PyResult<Value> {
    let start = vm.repr(this.start())?;
    let stop = vm.repr(this.stop())?;
    let step = vm.repr(this.step())?;
    let mut out = Vec::new();
    for part in [&*vm.new_str("slice(")?, &*start, &*vm.new_str(", ")?, &*stop, &*vm.new_str(", ")?, &*step] {
        out.extend(part.chars());
    }
    out.push(u32::from(')'));
    Ok(crate::types::str::PyStr::from_ucs4(vm, &out)?.value())
}

/// CPython's `slicehash`: that of a tuple of three, without its length.
fn hash(vm: &Vm, this: Ref<PySlice>) -> PyResult<i64> {
    const PRIME_1: u64 = 11_400_714_785_074_694_791;
    const PRIME_2: u64 = 14_029_467_366_897_019_727;
    const PRIME_5: u64 = 2_870_177_450_012_600_261;
    let mut acc = PRIME_5;
    for part in [this.start(), this.stop(), this.step()] {
        let lane = vm.hash(part)? as u64;
        acc = acc.wrapping_add(lane.wrapping_mul(PRIME_2)).rotate_left(31).wrapping_mul(PRIME_1);
    }
    Ok(if acc == u64::MAX { 1_546_275_796 } else { acc as i64 })
}

fn compare(vm: &Vm, this: Ref<PySlice>, other: Value, op: Compare) -> PyResult<Value> {
    let Some(other) = other.downcast::<PySlice>() else { return Ok(Value::NOT_IMPLEMENTED) };
    if this == other {
        return Ok(Value::from_bool(matches!(op, Compare::Eq | Compare::Le | Compare::Ge)));
    }
    let (a, b) = (this.tuple(vm)?, other.tuple(vm)?);
    vm.compare(a.value(), b.value(), op)
}

fn indices(vm: &Vm, this: Ref<PySlice>, len: Value) -> PyResult<Value> {
    let len = vm.index(len)?;
    if int::is_negative(len) {
        return Err(vm.value_error("length should not be negative"));
    }
    let (start, stop, step) = big_indices(vm, &this, len)?;
    Ok(vm.new_tuple(&[start, stop, step])?.value())
}

fn reduce(vm: &Vm, this: Ref<PySlice>) -> PyResult<Value> {
    let state = this.tuple(vm)?;
    Ok(vm.new_tuple(&[vm.types.slice.value(), state.value()])?.value())
}

fn get_start(_: &Vm, this: Ref<PySlice>) -> Value {
    this.start()
}
fn get_stop(_: &Vm, this: Ref<PySlice>) -> Value {
    this.stop()
}
fn get_step(_: &Vm, this: Ref<PySlice>) -> Value {
    this.step()
}

const METHODS: &[MethodDef] = &[
    method!("__new__", "($type, /, *args)", new).static_(),
    method!("__repr__", 1, repr),
    method!("__hash__", 1, hash),
    method!("indices", 2, indices).doc(
        "S.indices(len) -> (start, stop, stride)\n\nAssuming a sequence of length len, calculate the start and stop\n\
         indices, and the stride length of the extended slice described by\nS. Out of bounds indices are clipped in a \
         manner consistent with the\nhandling of normal slices.",
    ),
    method!("__reduce__", 1, reduce).doc("Return state information for pickling."),
];

const GETSET: &[GetSetDef] =
    &[getset!("start", get_start).member(), getset!("stop", get_stop).member(), getset!("step", get_step).member()];

pub static DEF: TypeDef = TypeDef {
    layout: Some(SLICE),
    methods: &[METHODS, comparisons!(compare)],
    getset: GETSET,
    doc: Some(
        "slice(stop)\nslice(start, stop[, step])\n\nCreate a slice object.\n\nThis is used for extended slicing (e.g. \
         a[0:10:2]).",
    ),
    ..TypeDef::new("slice")
};

#[cfg(test)]
mod tests {
    use super::adjust;

    #[test]
    fn adjusts_as_cpython() {
        assert_eq!(adjust(10, 0, isize::MAX, 1), (0, 10, 1, 10));
        assert_eq!(adjust(10, isize::MAX, isize::MIN, -1), (9, -1, -1, 10));
        assert_eq!(adjust(10, -3, isize::MAX, 2), (7, 10, 2, 2));
        assert_eq!(adjust(0, isize::MAX, isize::MIN, -1), (-1, -1, -1, 0));
        assert_eq!(adjust(5, 3, 1, 1), (3, 1, 1, 0));
        assert_eq!(adjust(5, 4, 0, -isize::MAX), (4, 0, -isize::MAX, 1));
    }
}
