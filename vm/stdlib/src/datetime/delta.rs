//! `timedelta`.

use std::cell::Cell;
use std::ptr::NonNull;

use brolga_runtime::object::{Args, Field, GetSetDef, Header, MethodDef, Ref, TypeDef, def::type_flags};
use brolga_runtime::protocol::compare::Compare;
use brolga_runtime::protocol::number::BinaryOp;
use brolga_runtime::state::Vm;
use brolga_runtime::types::int;
use brolga_runtime::types::tuple::PyTuple;
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, comparisons, getset, method};
use dashu_int::IBig;

use super::arguments::Signature;
use crate::object::{class_argument, object};

/// The magnitude of a `timedelta`, in days.
pub const MAX_DAYS: i32 = 999_999_999;
const SECOND: i128 = 1_000_000;
const DAY: i128 = 86_400 * SECOND;

object!(
    pub struct Delta: DATETIME_DELTA {
        days: Cell<i32>,
        /// Less than a day.
        seconds: Cell<i32>,
        /// Less than a second.
        microseconds: Cell<i32>,
        hash: Cell<Option<i64>>,
    }
);

/// Traces the attributes of an instance of a subclass; the rest is plain data.
///
/// # Safety
/// `obj` is a live cell of this layout.
pub unsafe fn trace_delta(obj: NonNull<Header>, tracer: &mut brolga_heap::Tracer) {
    // SAFETY: the collector calls this for live cells of this layout.
    let this: Ref<Delta> = unsafe { Ref::from_ptr(obj) };
    trace_field(&this._attrs, tracer);
}

pub fn trace_field(field: &Field, tracer: &mut brolga_heap::Tracer) {
    if let Some(v) = field.get() {
        tracer.mark_value_word(v.bits());
    }
}

impl Delta {
    pub fn parts(&self) -> (i32, i32, i32) {
        (self.days.get(), self.seconds.get(), self.microseconds.get())
    }

    /// All of it in microseconds.
    pub fn total(&self) -> i128 {
        let (days, seconds, microseconds) = self.parts();
        i128::from(days) * DAY + i128::from(seconds) * SECOND + i128::from(microseconds)
    }

    pub fn is_zero(&self) -> bool {
        self.parts() == (0, 0, 0)
    }
}

pub fn class(vm: &Vm) -> PyResult<Ref<PyType>> {
    vm.native_type(&DEF)
}

/// The key of the one `timedelta(0)`.
static ZERO: u8 = 0;

/// A `timedelta`, of parts in any range.
pub fn new_delta(vm: &Vm, days: i32, seconds: i32, microseconds: i32) -> PyResult<Value> {
    let total = i128::from(days) * DAY + i128::from(seconds) * SECOND + i128::from(microseconds);
    from_total(vm, total)
}

/// A `timedelta` of so many microseconds.
pub fn from_total(vm: &Vm, total: i128) -> PyResult<Value> {
    from_total_of(vm, total, class(vm)?)
}

fn too_large(vm: &Vm) -> brolga_runtime::Raised {
    vm.overflow_error("Python int too large to convert to C int")
}

fn from_total_of(vm: &Vm, total: i128, of: Ref<PyType>) -> PyResult<Value> {
    let days = i32::try_from(total.div_euclid(DAY)).map_err(|_| too_large(vm))?;
    if !(-MAX_DAYS..=MAX_DAYS).contains(&days) {
        return Err(vm.overflow_error(format!("days={days}; must have magnitude <= {MAX_DAYS}")));
    }
    let exact = of == class(vm)?;
    if total == 0
        && exact
        && let Some(zero) = vm.kept(&ZERO)
    {
        return Ok(zero);
    }
    let rest = total.rem_euclid(DAY);
    let this: Ref<Delta> = vm.alloc_instance(of)?;
    this.days.set(days);
    this.seconds.set((rest / SECOND) as i32);
    this.microseconds.set((rest % SECOND) as i32);
    if total == 0 && exact {
        vm.keep(&ZERO, this.value());
    }
    Ok(this.value())
}

/// A `timedelta` of microseconds that an int has.
fn from_int(vm: &Vm, total: Value) -> PyResult<Value> {
    match int::to_ibig(total).map(|total| i128::try_from(&total)) {
        Some(Ok(total)) => from_total(vm, total),
        Some(Err(_)) => Err(too_large(vm)),
        // A subclass of int with arithmetic of its own.
        None => {
            let got = vm.tp_name(total);
            Err(vm.type_error(format!("unsupported operand type(s) for divmod(): '{got}' and 'int'")))
        }
    }
}

/// The units of a `timedelta`'s arguments, in microseconds.
const UNITS: [i64; 7] = [86_400_000_000, 1_000_000, 1, 1_000, 60_000_000, 3_600_000_000, 604_800_000_000];
/// The order in which they are summed up.
const ORDER: [usize; 7] = [2, 3, 1, 4, 5, 0, 6];

static NEW: Signature = Signature {
    function: "__new__",
    names: &["days", "seconds", "microseconds", "milliseconds", "minutes", "hours", "weeks"],
    required: 0,
    positional: 7,
};

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let class = class_argument(vm, args)?;
    let mut given: [Slot; 7] = [None; 7];
    NEW.bind(vm, args, |i, value| {
        given[i] = Some(value);
        Ok(())
    })?;
    // Ints of up to 49 bits can't overflow the sum.
    let mut total = 0i128;
    for (value, unit) in given.iter().zip(UNITS) {
        let Some(value) = value else { continue };
        match value.as_small_int() {
            Some(i) => total += i128::from(i) * i128::from(unit),
            None => return new_of_any(vm, class, &given),
        }
    }
    from_total_of(vm, total, class)
}

/// What remains of floats is summed up apart, and rounded at the end.
fn new_of_any(vm: &Vm, class: Ref<PyType>, given: &[Slot; 7]) -> PyResult<Value> {
    let (mut total, mut rest) = (IBig::from(0), 0.0f64);
    for at in ORDER {
        let Some(value) = given[at] else { continue };
        let unit = UNITS[at];
        if let Some(i) = int::to_ibig(value) {
            total += i * IBig::from(unit);
        } else if let Some(f) = brolga_runtime::types::float::value(value) {
            let whole = whole_part(vm, f)?;
            total += whole * IBig::from(unit);
            let fraction = f.fract() * unit as f64;
            total += whole_part(vm, fraction)?;
            rest += fraction.fract();
        } else {
            let (name, got) = (NEW.names[at], vm.tp_name(value));
            return Err(vm.type_error(format!("unsupported type for timedelta {name} component: {got}")));
        }
    }
    if rest != 0.0 {
        let mut rounded = rest.round();
        if (rounded - rest).abs() == 0.5 {
            // Halves go to the even sum.
            let odd = if &total % IBig::from(2) == IBig::from(0) { 0.0 } else { 1.0 };
            rounded = 2.0 * ((rest + odd) * 0.5).round() - odd;
        }
        total += IBig::from(rounded as i64);
    }
    let total = i128::try_from(&total).map_err(|_| too_large(vm))?;
    from_total_of(vm, total, class)
}

fn whole_part(vm: &Vm, f: f64) -> PyResult<IBig> {
    let whole = int::from_f64(vm, f.trunc())?;
    int::to_ibig(whole).ok_or_else(|| vm.system_error("no int"))
}

fn delta(v: Value) -> Option<Ref<Delta>> {
    v.downcast()
}

fn is_int(vm: &Vm, v: Value) -> bool {
    vm.is_instance(v, vm.types.int)
}

fn is_float(vm: &Vm, v: Value) -> bool {
    vm.is_instance(v, vm.types.float)
}

fn total_value(vm: &Vm, d: Ref<Delta>) -> PyResult<Value> {
    vm.new_int_i128(d.total())
}

fn add(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
    match (delta(a), delta(b)) {
        (Some(a), Some(b)) => from_total(vm, a.total() + b.total()),
        _ => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn subtract(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
    match (delta(a), delta(b)) {
        (Some(a), Some(b)) => from_total(vm, a.total() - b.total()),
        _ => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn subtract_reflected(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
    subtract(vm, b, a)
}

/// The quotient of two ints, rounded to the nearest, halves to even.
fn divide_nearest(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
    let (Some(a), Some(b)) = (int::to_ibig(a), int::to_ibig(b)) else {
        return Err(vm.type_error("non-integer arguments in division"));
    };
    let zero = IBig::from(0);
    if b == zero {
        return Err(vm.zero_division_error("division by zero"));
    }
    let (a, b) = if b < zero { (-a, -b) } else { (a, b) };
    let mut quotient = &a / &b;
    let mut rest = &a % &b;
    if rest < zero {
        rest += &b;
        quotient -= IBig::from(1);
    }
    let twice = rest * IBig::from(2);
    if twice > b || (twice == b && &quotient % IBig::from(2) != zero) {
        quotient += IBig::from(1);
    }
    int::from_ibig(vm, &quotient)
}

/// Times or, by swapped parts of the ratio, divided by a float.
fn scaled(vm: &Vm, d: Ref<Delta>, factor: Value, divide: bool) -> PyResult<Value> {
    let ratio = vm.call_method(factor, "as_integer_ratio", &[])?;
    let Some(ratio) = ratio.downcast::<PyTuple>() else {
        let got = vm.tp_name(ratio);
        return Err(
            vm.type_error(format!("unexpected return type from as_integer_ratio(): expected tuple, not '{got}'"))
        );
    };
    let &[numerator, denominator] = ratio.as_slice() else {
        return Err(vm.value_error("as_integer_ratio() must return a 2-tuple"));
    };
    let (times, by) = if divide { (denominator, numerator) } else { (numerator, denominator) };
    let product = vm.binary_op(total_value(vm, d)?, times, BinaryOp::Mul)?;
    from_int(vm, divide_nearest(vm, product, by)?)
}

fn multiply(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
    let (d, factor) = match (delta(a), delta(b)) {
        (Some(d), _) => (d, b),
        (None, Some(d)) => (d, a),
        _ => return Ok(Value::NOT_IMPLEMENTED),
    };
    if is_int(vm, factor) {
        let product = vm.binary_op(factor, total_value(vm, d)?, BinaryOp::Mul)?;
        return from_int(vm, product);
    }
    if is_float(vm, factor) { scaled(vm, d, factor, false) } else { Ok(Value::NOT_IMPLEMENTED) }
}

fn floor_divide(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
    let Some(d) = delta(a) else { return Ok(Value::NOT_IMPLEMENTED) };
    let total = total_value(vm, d)?;
    if is_int(vm, b) {
        return from_int(vm, vm.binary_op(total, b, BinaryOp::FloorDiv)?);
    }
    match delta(b) {
        Some(by) => int::floor_div(vm, total, total_value(vm, by)?),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn true_divide(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
    let Some(d) = delta(a) else { return Ok(Value::NOT_IMPLEMENTED) };
    if let Some(by) = delta(b) {
        return int::true_div(vm, total_value(vm, d)?, total_value(vm, by)?);
    }
    if is_float(vm, b) {
        return scaled(vm, d, b, true);
    }
    if is_int(vm, b) {
        return from_int(vm, divide_nearest(vm, total_value(vm, d)?, b)?);
    }
    Ok(Value::NOT_IMPLEMENTED)
}

fn remainder(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
    match (delta(a), delta(b)) {
        (Some(a), Some(b)) => from_int(vm, int::modulo(vm, total_value(vm, a)?, total_value(vm, b)?)?),
        _ => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn divmod(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
    let (Some(x), Some(y)) = (delta(a), delta(b)) else { return Ok(Value::NOT_IMPLEMENTED) };
    let quotient = int::floor_div(vm, total_value(vm, x)?, total_value(vm, y)?)?;
    let rest = remainder(vm, a, b)?;
    Ok(vm.new_tuple(&[quotient, rest])?.value())
}

macro_rules! reflected {
    ($($name:ident = $f:ident;)*) => {$(
        fn $name(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
            $f(vm, b, a)
        }
    )*};
}

reflected! {
    floor_divide_reflected = floor_divide;
    true_divide_reflected = true_divide;
    remainder_reflected = remainder;
    divmod_reflected = divmod;
}

fn negative(vm: &Vm, this: Ref<Delta>) -> PyResult<Value> {
    from_total(vm, -this.total())
}

fn positive(vm: &Vm, this: Ref<Delta>) -> PyResult<Value> {
    from_total(vm, this.total())
}

fn absolute(vm: &Vm, this: Ref<Delta>) -> PyResult<Value> {
    from_total(vm, this.total().abs())
}

fn truth(_: &Vm, this: Ref<Delta>) -> bool {
    !this.is_zero()
}

fn compare(_: &Vm, this: Ref<Delta>, other: Value, op: Compare) -> Value {
    match delta(other) {
        Some(other) => Value::from_bool(op.accepts(this.parts().cmp(&other.parts()))),
        None => Value::NOT_IMPLEMENTED,
    }
}

fn state(vm: &Vm, this: Ref<Delta>) -> PyResult<Value> {
    let (days, seconds, microseconds) = this.parts();
    Ok(vm.new_tuple(&[days, seconds, microseconds].map(Value::from_i32))?.value())
}

pub fn hash(vm: &Vm, this: Ref<Delta>) -> PyResult<i64> {
    if let Some(hash) = this.hash.get() {
        return Ok(hash);
    }
    let hash = vm.hash(state(vm, this)?)?;
    this.hash.set(Some(hash));
    Ok(hash)
}

fn repr(vm: &Vm, this: Ref<Delta>) -> String {
    let (days, seconds, microseconds) = this.parts();
    let parts: Vec<String> = [("days", days), ("seconds", seconds), ("microseconds", microseconds)]
        .iter()
        .filter(|(_, value)| *value != 0)
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let parts = if parts.is_empty() { "0".to_owned() } else { parts.join(", ") };
    format!("{}({parts})", vm.tp_name(this.value()))
}

fn str(_: &Vm, this: Ref<Delta>) -> String {
    let (days, seconds, microseconds) = this.parts();
    let mut text = match days {
        0 => String::new(),
        1 | -1 => format!("{days} day, "),
        _ => format!("{days} days, "),
    };
    text.push_str(&format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60));
    if microseconds != 0 {
        text.push_str(&format!(".{microseconds:06}"));
    }
    text
}

pub fn total_seconds(vm: &Vm, this: Ref<Delta>) -> PyResult<Value> {
    int::true_div(vm, total_value(vm, this)?, Value::from_i32(1_000_000))
}

fn reduce(vm: &Vm, this: Ref<Delta>) -> PyResult<Value> {
    Ok(vm.new_tuple(&[vm.type_of(this.value()).value(), state(vm, this)?])?.value())
}

fn days(_: &Vm, this: Ref<Delta>) -> i32 {
    this.days.get()
}

fn seconds(_: &Vm, this: Ref<Delta>) -> i32 {
    this.seconds.get()
}

fn microseconds(_: &Vm, this: Ref<Delta>) -> i32 {
    this.microseconds.get()
}

static METHODS: &[MethodDef] = &[
    method!("__new__", "($type, *args, **kwargs)", new).static_(),
    method!("__repr__", 1, repr),
    method!("__str__", 1, str),
    method!("__hash__", 1, hash),
    method!("__bool__", 1, truth),
    method!("__neg__", 1, negative),
    method!("__pos__", 1, positive),
    method!("__abs__", 1, absolute),
    method!("__add__", 2, add),
    method!("__radd__", 2, add),
    method!("__sub__", 2, subtract),
    method!("__rsub__", 2, subtract_reflected),
    method!("__mul__", 2, multiply),
    method!("__rmul__", 2, multiply),
    method!("__floordiv__", 2, floor_divide),
    method!("__rfloordiv__", 2, floor_divide_reflected),
    method!("__truediv__", 2, true_divide),
    method!("__rtruediv__", 2, true_divide_reflected),
    method!("__mod__", 2, remainder),
    method!("__rmod__", 2, remainder_reflected),
    method!("__divmod__", 2, divmod),
    method!("__rdivmod__", 2, divmod_reflected),
    method!("total_seconds", 1, total_seconds).doc("Total seconds in the duration."),
    method!("__reduce__", 1, reduce).doc("__reduce__() -> (cls, state)"),
];

static GETSET: &[GetSetDef] = &[
    getset!("days", days).member().doc("Number of days."),
    getset!("seconds", seconds).member().doc("Number of seconds (>= 0 and less than 1 day)."),
    getset!("microseconds", microseconds).member().doc("Number of microseconds (>= 0 and less than 1 second)."),
];

static DEF: TypeDef = TypeDef {
    module: "datetime",
    layout: Some(crate::layouts::DATETIME_DELTA),
    flags: type_flags::BASETYPE,
    methods: &[METHODS, comparisons!(compare)],
    getset: GETSET,
    doc: Some(
        "Difference between two datetime values.\n\ntimedelta(days=0, seconds=0, microseconds=0, milliseconds=0, \
         minutes=0, hours=0, weeks=0)\n\nAll arguments are optional and default to 0.\nArguments may be integers or \
         floats, and may be positive or negative.",
    ),
    ..TypeDef::new("timedelta")
};
