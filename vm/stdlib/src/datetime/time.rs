//! `time`.

use std::cell::Cell;
use std::ptr::NonNull;

use brolga_runtime::object::{Args, Field, GetSetDef, Header, MethodDef, Ref, TypeDef, def::type_flags};
use brolga_runtime::protocol::compare::Compare;
use brolga_runtime::state::Vm;
use brolga_runtime::types::str::ops;
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, comparisons, method};

use super::arguments::{Signature, exactly};
use super::calendar::Clock;
use super::date::{
    class_of, dunder_format, format_argument, iso_argument, malformed, parse, pickled_state, replaced, utf8,
};
use super::delta::{Delta, from_total, new_delta, trace_field};
use super::{delta, format, iso, zone};
use crate::arguments::parsed_int;
use crate::object::{class_argument, object};

object!(
    pub struct Time: DATETIME_TIME {
        zone: Field,
        clock: Cell<Clock>,
        fold: Cell<bool>,
        hash: Cell<Option<i64>>,
    }
);

/// Traces the zone, and the attributes of an instance of a subclass; the rest is plain data.
///
/// # Safety
/// `obj` is a live cell of this layout.
pub unsafe fn trace_time(obj: NonNull<Header>, tracer: &mut brolga_heap::Tracer) {
    // SAFETY: the collector calls this for live cells of this layout.
    let this: Ref<Time> = unsafe { Ref::from_ptr(obj) };
    trace_field(&this._attrs, tracer);
    trace_field(&this.zone, tracer);
}

impl Time {
    pub fn zone(&self) -> Slot {
        self.zone.get()
    }

    pub fn clock(&self) -> Clock {
        self.clock.get()
    }

    pub fn fold(&self) -> bool {
        self.fold.get()
    }
}

pub fn class(vm: &Vm) -> PyResult<Ref<PyType>> {
    vm.native_type(&DEF)
}

/// Checks the parts of a time of day.
pub fn check_clock(vm: &Vm, clock: Clock, fold: i32) -> PyResult<bool> {
    let Clock { hour, minute, second, microsecond } = clock;
    let parts =
        [("hour", hour, 23), ("minute", minute, 59), ("second", second, 59), ("microsecond", microsecond, 999_999)];
    for (name, value, last) in parts {
        if !(0..=last).contains(&value) {
            return Err(vm.value_error(format!("{name} must be in 0..{last}, not {value}")));
        }
    }
    match fold {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(vm.value_error(format!("fold must be either 0 or 1, not {fold}"))),
    }
}

fn make(vm: &Vm, class: Ref<PyType>, clock: Clock, zone: Slot, fold: bool) -> PyResult<Ref<Time>> {
    let this: Ref<Time> = vm.alloc_instance(class)?;
    this.zone.init(zone);
    this.clock.set(clock);
    this.fold.set(fold);
    Ok(this)
}

pub fn new_time(vm: &Vm, clock: Clock, zone: Slot, fold: bool) -> PyResult<Value> {
    Ok(make(vm, class(vm)?, clock, zone, fold)?.value())
}

/// Arguments by position, and `fold=` where it is not 0: for the constructor of a subclass.
pub fn call_with_fold(vm: &Vm, class: Ref<PyType>, args: &[Value], fold: i32) -> PyResult<Value> {
    if fold == 0 {
        return vm.call(class.value(), args);
    }
    let names = vm.new_tuple(&[vm.intern("fold")?.value()])?;
    let mut all = args.to_vec();
    all.push(Value::from_i32(fold));
    let all = brolga_runtime::types::array::ValueVec::from_slice(vm, &all)?;
    vm.call_kw(class.value(), all.as_slice(), Some(names))
}

/// An instance of `time` or a subclass, by whose constructor it is made.
fn new_of(vm: &Vm, of: Ref<PyType>, clock: Clock, zone: Value, fold: i32) -> PyResult<Value> {
    let Clock { hour, minute, second, microsecond } = clock;
    if of == class(vm)? {
        let fold = check_clock(vm, clock, fold)?;
        return new_time(vm, clock, zone::argument(vm, zone)?, fold);
    }
    let [h, m, s, us] = [hour, minute, second, microsecond].map(Value::from_i32);
    call_with_fold(vm, of, &[h, m, s, us, zone], fold)
}

static NEW: Signature = Signature {
    function: "",
    names: &["hour", "minute", "second", "microsecond", "tzinfo", "fold"],
    required: 0,
    positional: 5,
};

/// The time of day in six bytes of a pickled state.
pub fn pickled_clock(state: &[u8]) -> Clock {
    let at = |i: usize| state.get(i).copied().map_or(0, i32::from);
    Clock { hour: at(0) & 0x7f, minute: at(1), second: at(2), microsecond: at(3) << 16 | at(4) << 8 | at(5) }
}

pub fn clock_bytes(clock: Clock) -> [u8; 6] {
    let us = clock.microsecond;
    [clock.hour as u8, clock.minute as u8, clock.second as u8, (us >> 16) as u8, (us >> 8) as u8, us as u8]
}

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let class = class_argument(vm, args)?;
    if let [state, rest @ ..] = args.rest
        && rest.len() <= 1
        && let Some(state) = pickled_state(vm, *state, "time", 6, 0, |byte| byte & 0x7f < 24)?
    {
        let zone = zone::pickled(vm, rest.first().copied())?;
        let fold = state.first().is_some_and(|byte| byte & 0x80 != 0);
        return Ok(make(vm, class, pickled_clock(&state), zone, fold)?.value());
    }
    let (mut parts, mut zone, mut fold) = ([0; 4], Value::NONE, 0);
    NEW.bind(vm, args, |i, value| {
        match i {
            4 => zone = value,
            5 => fold = parsed_int(vm, value)?,
            _ => parts[i] = parsed_int(vm, value)?,
        }
        Ok(())
    })?;
    let [hour, minute, second, microsecond] = parts;
    let clock = Clock { hour, minute, second, microsecond };
    let fold = check_clock(vm, clock, fold)?;
    let zone = zone::argument(vm, zone)?;
    Ok(make(vm, class, clock, zone, fold)?.value())
}

/// The zone that a text in ISO format names.
pub fn iso_zone(vm: &Vm, offset: Option<(i32, i32)>) -> PyResult<Value> {
    match offset {
        None => Ok(Value::NONE),
        Some((seconds, microseconds)) => zone::fixed(vm, new_delta(vm, 0, seconds, microseconds)?, None),
    }
}

/// Midnight at the end of a day is written 24:00. Is this that? It is an error if it is later.
pub fn is_end_of_day(vm: &Vm, clock: Clock) -> PyResult<bool> {
    if clock.hour != 24 {
        return Ok(false);
    }
    if (clock.minute, clock.second, clock.microsecond) == (0, 0, 0) {
        return Ok(true);
    }
    Err(vm.value_error("minute, second, and microsecond must be 0 when hour is 24"))
}

fn from_iso_format(vm: &Vm, class: Value, text: Value) -> PyResult<Value> {
    let text = iso_argument(vm, text)?;
    let Some(bytes) = utf8(vm, text)? else { return Err(malformed(vm, text)) };
    // The letter before a time may be left out where it stands alone.
    let Ok(parsed) = iso::time(bytes.strip_prefix(b"T").unwrap_or(&bytes)) else { return Err(malformed(vm, text)) };
    let mut clock = parsed.clock;
    if is_end_of_day(vm, clock)? {
        clock.hour = 0;
    }
    let zone = iso_zone(vm, parsed.offset)?;
    new_of(vm, class_of(vm, class)?, clock, zone, 0)
}

fn strptime(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    parse(vm, args, "_strptime_datetime_time")
}

pub fn offset_value(offset: Option<Ref<Delta>>) -> Slot {
    offset.map(Ref::value)
}

fn offset_of(vm: &Vm, this: Ref<Time>) -> PyResult<Option<Ref<Delta>>> {
    zone::ask_offset(vm, this.zone(), "utcoffset", Value::NONE)
}

fn utc_offset(vm: &Vm, this: Ref<Time>) -> PyResult<Slot> {
    Ok(offset_value(offset_of(vm, this)?))
}

fn dst(vm: &Vm, this: Ref<Time>) -> PyResult<Slot> {
    Ok(offset_value(zone::ask_offset(vm, this.zone(), "dst", Value::NONE)?))
}

fn zone_name(vm: &Vm, this: Ref<Time>) -> PyResult<Slot> {
    Ok(zone::ask_name(vm, this.zone(), Value::NONE)?.map(Ref::value))
}

/// `, tzinfo=...` and `, fold=1` before the parenthesis that ends a repr.
pub fn with_zone(vm: &Vm, text: String, zone: Slot, end: &str) -> PyResult<Value> {
    match zone {
        None => Ok(vm.new_str(&format!("{text}{end}"))?.value()),
        Some(zone) => {
            let front = vm.new_str(&format!("{text}, tzinfo="))?;
            let (zone, end) = (vm.repr(zone)?, vm.new_str(end)?);
            Ok(ops::join(vm, None, &[front.value(), zone.value(), end.value()])?.value())
        }
    }
}

fn repr(vm: &Vm, this: Ref<Time>) -> PyResult<Value> {
    let Clock { hour, minute, second, microsecond } = this.clock();
    let mut text = format!("{}({hour}, {minute}", vm.tp_name(this.value()));
    if second != 0 || microsecond != 0 {
        text.push_str(&format!(", {second}"));
    }
    if microsecond != 0 {
        text.push_str(&format!(", {microsecond}"));
    }
    with_zone(vm, text, this.zone(), if this.fold() { ", fold=1)" } else { ")" })
}

fn str(vm: &Vm, this: Value) -> PyResult<Value> {
    vm.call_method(this, "isoformat", &[])
}

static ISO_FORMAT: Signature = Signature { function: "isoformat", names: &["timespec"], required: 0, positional: 1 };

fn iso_format(vm: &Vm, args: &Args<'_>) -> PyResult<String> {
    let this: Ref<Time> = brolga_runtime::object::FromValue::from_value(vm, args.get(0))?;
    let mut spec = None;
    ISO_FORMAT.bind(vm, args, |_, value| {
        spec = Some(value);
        Ok(())
    })?;
    let mut text = format::clock_text(vm, this.clock(), spec, 1)?;
    if let Some(offset) = offset_of(vm, this)? {
        text.push_str(&zone::offset_text(offset, ":"));
    }
    Ok(text)
}

fn strftime(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let this: Ref<Time> = brolga_runtime::object::FromValue::from_value(vm, args.get(0))?;
    let text = format_argument(vm, args)?;
    let Clock { hour, minute, second, microsecond } = this.clock();
    // The day is one that exists.
    let tuple = vm.new_tuple(&[1900, 1, 1, hour, minute, second, 0, 1, -1].map(Value::from_i32))?;
    let subject = format::Subject { zone: this.zone(), about: Value::NONE, microsecond };
    format::strftime(vm, text, tuple.value(), &subject)
}

fn compare(vm: &Vm, this: Ref<Time>, other: Value, op: Compare) -> PyResult<Value> {
    let Some(other) = other.downcast::<Time>() else { return Ok(Value::NOT_IMPLEMENTED) };
    let plain = |vm: &Vm| -> PyResult<Value> {
        let _ = vm;
        Ok(Value::from_bool(op.accepts(this.clock().cmp(&other.clock()))))
    };
    let same_zone = match (this.zone(), other.zone()) {
        (None, None) => true,
        (Some(a), Some(b)) => a.is(b),
        _ => false,
    };
    if same_zone {
        return plain(vm);
    }
    let offsets = (offset_of(vm, this)?, offset_of(vm, other)?);
    match offsets {
        (None, None) => plain(vm),
        (Some(a), Some(b)) => {
            let moment = |time: Ref<Time>, offset: Ref<Delta>| {
                i128::from(time.clock().seconds()) * 1_000_000 + i128::from(time.clock().microsecond) - offset.total()
            };
            Ok(Value::from_bool(op.accepts(moment(this, a).cmp(&moment(other, b)))))
        }
        _ => match op {
            Compare::Eq => Ok(Value::FALSE),
            Compare::Ne => Ok(Value::TRUE),
            _ => Err(vm.type_error("can't compare offset-naive and offset-aware times")),
        },
    }
}

fn hash(vm: &Vm, this: Ref<Time>) -> PyResult<i64> {
    if let Some(hash) = this.hash.get() {
        return Ok(hash);
    }
    // The zone is asked about the first of two equal times.
    let first = if this.fold() { make(vm, vm.type_of(this.value()), this.clock(), this.zone(), false)? } else { this };
    let hash = match offset_of(vm, first)? {
        None => vm.hash_bytes(&clock_bytes(this.clock())),
        Some(offset) => {
            let clock = this.clock();
            let total = i128::from(clock.seconds()) * 1_000_000 + i128::from(clock.microsecond) - offset.total();
            let moment = from_total(vm, total)?;
            match moment.downcast::<Delta>() {
                Some(moment) => delta::hash(vm, moment)?,
                None => vm.hash(moment)?,
            }
        }
    };
    this.hash.set(Some(hash));
    Ok(hash)
}

fn replace(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let this: Ref<Time> = brolga_runtime::object::FromValue::from_value(vm, args.get(0))?;
    let now = this.clock();
    let clock = Clock {
        hour: replaced(vm, args, 1, now.hour)?,
        minute: replaced(vm, args, 2, now.minute)?,
        second: replaced(vm, args, 3, now.second)?,
        microsecond: replaced(vm, args, 4, now.microsecond)?,
    };
    let zone = args.opt(5).unwrap_or_else(|| this.zone().unwrap_or(Value::NONE));
    let fold = replaced(vm, args, 6, i32::from(this.fold()))?;
    new_of(vm, vm.type_of(this.value()), clock, zone, fold)
}

fn reduced(vm: &Vm, this: Ref<Time>, protocol: i64) -> PyResult<Value> {
    let mut bytes = clock_bytes(this.clock());
    if protocol > 3 && this.fold() {
        bytes[0] |= 0x80;
    }
    super::reduced_to(vm, this.value(), &bytes, this.zone())
}

fn reduce_ex(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let this: Ref<Time> = brolga_runtime::object::FromValue::from_value(vm, args.get(0))?;
    let protocol = exactly(vm, args, "__reduce_ex__", 1)?.first().copied().unwrap_or(Value::NONE);
    reduced(vm, this, i64::from(parsed_int(vm, protocol)?))
}

fn reduce(vm: &Vm, this: Ref<Time>) -> PyResult<Value> {
    reduced(vm, this, 2)
}

static METHODS: &[MethodDef] = &[
    method!("__new__", "($type, *args, **kwargs)", new).static_(),
    method!("__repr__", 1, repr),
    method!("__str__", 1, str),
    method!("__hash__", 1, hash),
    method!("fromisoformat", 2, from_iso_format)
        .class()
        .doc("string -> time from a string in ISO 8601 format"),
    method!("strptime", "($type, *args, **kwargs)", strptime)
        .class()
        .doc("string, format -> new time parsed from a string (like time.strptime())."),
    method!("isoformat", "($self, *args, **kwargs)", iso_format).doc(
        "Return string in ISO 8601 format, [HH[:MM[:SS[.mmm[uuu]]]]][+HH:MM].\n\nThe optional argument timespec \
         specifies the number of additional terms\nof the time to include. Valid options are 'auto', 'hours', \
         'minutes',\n'seconds', 'milliseconds' and 'microseconds'.\n",
    ),
    method!("strftime", "($self, *args, **kwargs)", strftime).doc("format -> strftime() style string."),
    method!("__format__", "($self, *args, **kwargs)", dunder_format).doc("Formats self with strftime."),
    method!("utcoffset", 1, utc_offset).doc("Return self.tzinfo.utcoffset(self)."),
    method!("tzname", 1, zone_name).doc("Return self.tzinfo.tzname(self)."),
    method!("dst", 1, dst).doc("Return self.tzinfo.dst(self)."),
    method!(
        "replace",
        "($self, /, hour=unchanged, minute=unchanged, second=unchanged, microsecond=unchanged, tzinfo=unchanged, *, fold=unchanged)",
        replace
    )
    .doc("Return time with new specified fields."),
    method!(
        "__replace__",
        "($self, /, hour=unchanged, minute=unchanged, second=unchanged, microsecond=unchanged, tzinfo=unchanged, *, fold=unchanged)",
        replace
    )
    .text("($self, /, **changes)")
    .called("replace")
    .doc("The same as replace()."),
    method!("__reduce_ex__", "($self, *args, **kwargs)", reduce_ex).doc("__reduce_ex__(proto) -> (cls, state)"),
    method!("__reduce__", 1, reduce).doc("__reduce__() -> (cls, state)"),
];

static GETSET: &[GetSetDef] = &clock_getters!(Time);

static DEF: TypeDef = TypeDef {
    module: "datetime",
    layout: Some(crate::layouts::DATETIME_TIME),
    flags: type_flags::BASETYPE,
    methods: &[METHODS, comparisons!(compare)],
    getset: GETSET,
    doc: Some(
        "time([hour[, minute[, second[, microsecond[, tzinfo]]]]]) --> a time object\n\nAll arguments are optional. \
         tzinfo may be None, or an instance of\na tzinfo subclass. The remaining arguments may be ints.\n",
    ),
    ..TypeDef::new("time")
};
