//! `datetime`: the storage, its constructors and its arithmetic. [`methods`] has the rest.

mod methods;

use std::cell::Cell;
use std::ptr::NonNull;

use brolga_runtime::object::{Args, Field, Header, Ref};
use brolga_runtime::protocol::compare::Compare;
use brolga_runtime::state::Vm;
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, Raised};

use super::arguments::Signature;
use super::calendar::{Clock, Day};
use super::date::{self, check_day, day_bytes, is_month, later, pickled_day, pickled_state};
use super::delta::{self, Delta, from_total, trace_field};
use super::time::{call_with_fold, check_clock, clock_bytes, pickled_clock};
use super::zone;
use crate::arguments::parsed_int;
use crate::object::{class_argument, object};

object!(
    pub struct Stamp: DATETIME_STAMP {
        zone: Field,
        day: Cell<Day>,
        clock: Cell<Clock>,
        fold: Cell<bool>,
        hash: Cell<Option<i64>>,
    }
);

/// Traces the zone, and the attributes of an instance of a subclass; the rest is plain data.
///
/// # Safety
/// `obj` is a live cell of this layout.
pub unsafe fn trace_stamp(obj: NonNull<Header>, tracer: &mut brolga_heap::Tracer) {
    // SAFETY: the collector calls this for live cells of this layout.
    let this: Ref<Stamp> = unsafe { Ref::from_ptr(obj) };
    trace_field(&this._attrs, tracer);
    trace_field(&this.zone, tracer);
}

const DAY: i128 = 86_400_000_000;

impl Stamp {
    pub fn zone(&self) -> Slot {
        self.zone.get()
    }

    pub fn day(&self) -> Day {
        self.day.get()
    }

    pub fn clock(&self) -> Clock {
        self.clock.get()
    }

    pub fn fold(&self) -> bool {
        self.fold.get()
    }

    /// Microseconds since the beginning of year 1 (or so), without regard to the zone.
    fn total(&self) -> i128 {
        let clock = self.clock();
        i128::from(self.day().ordinal()) * DAY + i128::from(clock.seconds()) * 1_000_000 + i128::from(clock.microsecond)
    }

    fn bytes(&self) -> [u8; 10] {
        let mut bytes = [0; 10];
        let (front, back) = bytes.split_at_mut(4);
        front.copy_from_slice(&day_bytes(self.day()));
        back.copy_from_slice(&clock_bytes(self.clock()));
        bytes
    }
}

pub fn class(vm: &Vm) -> PyResult<Ref<PyType>> {
    vm.native_type_with_bases(&methods::DEF, &[date::class(vm)?])
}

fn make(vm: &Vm, class: Ref<PyType>, day: Day, clock: Clock, zone: Slot, fold: bool) -> PyResult<Ref<Stamp>> {
    let this: Ref<Stamp> = vm.alloc_instance(class)?;
    this.zone.init(zone);
    this.day.set(day);
    this.clock.set(clock);
    this.fold.set(fold);
    Ok(this)
}

pub fn new_stamp(vm: &Vm, day: Day, clock: Clock, zone: Slot, fold: bool) -> PyResult<Value> {
    Ok(make(vm, class(vm)?, day, clock, zone, fold)?.value())
}

/// An instance of `datetime` or a subclass, by whose constructor it is made.
fn new_of(vm: &Vm, of: Ref<PyType>, day: Day, clock: Clock, zone: Value, fold: i32) -> PyResult<Value> {
    if of == class(vm)? {
        let day = check_day(vm, day.year, day.month, day.day)?;
        let fold = check_clock(vm, clock, fold)?;
        return new_stamp(vm, day, clock, zone::argument(vm, zone)?, fold);
    }
    let Clock { hour, minute, second, microsecond } = clock;
    let [y, m, d, hh, mm, ss, us] =
        [day.year, day.month, day.day, hour, minute, second, microsecond].map(Value::from_i32);
    call_with_fold(vm, of, &[y, m, d, hh, mm, ss, us, zone], fold)
}

static NEW: Signature = Signature {
    function: "",
    names: &["year", "month", "day", "hour", "minute", "second", "microsecond", "tzinfo", "fold"],
    required: 3,
    positional: 8,
};

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let class = class_argument(vm, args)?;
    if let [state, rest @ ..] = args.rest
        && rest.len() <= 1
        && let Some(state) = pickled_state(vm, *state, "datetime", 10, 2, |byte| is_month(byte & 0x7f))?
    {
        let zone = zone::pickled(vm, rest.first().copied())?;
        let fold = state.get(2).is_some_and(|byte| byte & 0x80 != 0);
        let clock = pickled_clock(state.get(4..).unwrap_or(&[]));
        return Ok(make(vm, class, pickled_day(&state), clock, zone, fold)?.value());
    }
    let (mut parts, mut zone, mut fold) = ([0; 7], Value::NONE, 0);
    NEW.bind(vm, args, |i, value| {
        match i {
            7 => zone = value,
            8 => fold = parsed_int(vm, value)?,
            _ => parts[i] = parsed_int(vm, value)?,
        }
        Ok(())
    })?;
    let [year, month, day, hour, minute, second, microsecond] = parts;
    let day = check_day(vm, year, month, day)?;
    let clock = Clock { hour, minute, second, microsecond };
    let fold = check_clock(vm, clock, fold)?;
    let zone = zone::argument(vm, zone)?;
    Ok(make(vm, class, day, clock, zone, fold)?.value())
}

/// The day and time so many microseconds later.
fn moved_parts(vm: &Vm, this: Ref<Stamp>, by: i128) -> PyResult<(Day, Clock)> {
    let total = this.total() + by;
    let days = total.div_euclid(DAY) - i128::from(this.day().ordinal());
    let day = later(vm, this.day(), i64::try_from(days).unwrap_or(i64::MAX / 2))?;
    let rest = total.rem_euclid(DAY) as i64;
    Ok((day, Clock::from_seconds((rest / 1_000_000) as i32, (rest % 1_000_000) as i32)))
}

/// The `datetime` so many microseconds later, of the same class and zone.
pub fn moved(vm: &Vm, this: Ref<Stamp>, by: i128) -> PyResult<Value> {
    let (day, clock) = moved_parts(vm, this, by)?;
    new_of(vm, vm.type_of(this.value()), day, clock, this.zone.get_or_none(), 0)
}

fn offset_of(vm: &Vm, this: Ref<Stamp>) -> PyResult<Option<Ref<Delta>>> {
    zone::ask_offset(vm, this.zone(), "utcoffset", this.value())
}

fn same_zone(a: Ref<Stamp>, b: Ref<Stamp>) -> bool {
    match (a.zone(), b.zone()) {
        (None, None) => true,
        (Some(a), Some(b)) => a.is(b),
        _ => false,
    }
}

fn add(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
    let (stamp, delta) = match (a.downcast::<Stamp>(), b.downcast::<Delta>()) {
        (Some(stamp), Some(delta)) => (stamp, delta),
        _ => match (b.downcast::<Stamp>(), a.downcast::<Delta>()) {
            (Some(stamp), Some(delta)) => (stamp, delta),
            _ => return Ok(Value::NOT_IMPLEMENTED),
        },
    };
    moved(vm, stamp, delta.total())
}

/// The microseconds between two. In one zone they are those between what clocks show.
fn between(vm: &Vm, a: Ref<Stamp>, b: Ref<Stamp>) -> PyResult<i128> {
    let plain = a.total() - b.total();
    if same_zone(a, b) {
        return Ok(plain);
    }
    let offsets = (offset_of(vm, a)?, offset_of(vm, b)?);
    match offsets {
        (None, None) => Ok(plain),
        (Some(x), Some(y)) => Ok(plain - (x.total() - y.total())),
        _ => Err(vm.type_error("can't subtract offset-naive and offset-aware datetimes")),
    }
}

fn subtract(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
    let Some(a) = a.downcast::<Stamp>() else { return Ok(Value::NOT_IMPLEMENTED) };
    if let Some(b) = b.downcast::<Stamp>() {
        return from_total(vm, between(vm, a, b)?);
    }
    match b.downcast::<Delta>() {
        Some(delta) => moved(vm, a, -delta.total()),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn subtract_reflected(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
    subtract(vm, b, a)
}

/// Does the offset depend on the fold? Such a time is equal to none in another zone (PEP 495).
fn is_problematic(vm: &Vm, this: Ref<Stamp>, offset: Option<Ref<Delta>>) -> PyResult<bool> {
    let class = vm.type_of(this.value());
    let flipped = make(vm, class, this.day(), this.clock(), this.zone(), !this.fold())?;
    let other = offset_of(vm, flipped)?;
    Ok(other.map(|d| d.parts()) != offset.map(|d| d.parts()))
}

fn compare(vm: &Vm, this: Ref<Stamp>, other: Value, op: Compare) -> PyResult<Value> {
    let Some(other) = other.downcast::<Stamp>() else { return Ok(Value::NOT_IMPLEMENTED) };
    let mut order = this.total().cmp(&other.total());
    if !same_zone(this, other) {
        let (a, b) = (offset_of(vm, this)?, offset_of(vm, other)?);
        match (a, b) {
            (None, None) => {}
            (Some(x), Some(y)) => order = (this.total() - x.total()).cmp(&(other.total() - y.total())),
            _ => {
                return match op {
                    Compare::Eq => Ok(Value::FALSE),
                    Compare::Ne => Ok(Value::TRUE),
                    _ => Err(vm.type_error("can't compare offset-naive and offset-aware datetimes")),
                };
            }
        }
        let by_equality = matches!(op, Compare::Eq | Compare::Ne);
        if by_equality && order.is_eq() && (is_problematic(vm, this, a)? || is_problematic(vm, other, b)?) {
            return Ok(Value::from_bool(op == Compare::Ne));
        }
    }
    Ok(Value::from_bool(op.accepts(order)))
}

fn hash(vm: &Vm, this: Ref<Stamp>) -> PyResult<i64> {
    if let Some(hash) = this.hash.get() {
        return Ok(hash);
    }
    // The zone is asked about the first of two equal times.
    let first = if this.fold() {
        make(vm, vm.type_of(this.value()), this.day(), this.clock(), this.zone(), false)?
    } else {
        this
    };
    let hash = match offset_of(vm, first)? {
        None => vm.hash_bytes(&this.bytes()),
        Some(offset) => {
            let moment = from_total(vm, this.total() - offset.total())?;
            match moment.downcast::<Delta>() {
                Some(moment) => delta::hash(vm, moment)?,
                None => vm.hash(moment)?,
            }
        }
    };
    this.hash.set(Some(hash));
    Ok(hash)
}

/// The receiver of a method with named parameters.
fn receiver(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Stamp>> {
    brolga_runtime::object::FromValue::from_value(vm, args.get(0))
}

#[cold]
fn no_stamp(vm: &Vm) -> Raised {
    vm.type_error("a datetime is required")
}
