//! `tzinfo` and `timezone`, and what is asked of any object of these classes.

use brolga_runtime::object::{Args, Field, MethodDef, Ref, TypeDef, def::type_flags};
use brolga_runtime::protocol::compare::Compare;
use brolga_runtime::state::Vm;
use brolga_runtime::types::str::{PyStr, ops};
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, Raised, comparisons, method};

use super::arguments::{Signature, got};
use super::delta::{self, Delta, new_delta};
use super::stamp::{self, Stamp};
use crate::object::{class_argument, object};

object!(
    pub struct TzInfo: DATETIME_TZINFO {}
);

object!(
    pub struct TimeZone: DATETIME_TIMEZONE {
        /// A `timedelta`.
        offset: Field,
        /// A str, or empty.
        name: Field,
    }
);

pub fn tzinfo_class(vm: &Vm) -> PyResult<Ref<PyType>> {
    vm.native_type(&TZINFO)
}

pub fn timezone_class(vm: &Vm) -> PyResult<Ref<PyType>> {
    vm.native_type_with_bases(&TIMEZONE, &[tzinfo_class(vm)?])
}

fn is_tzinfo(vm: &Vm, v: Value) -> PyResult<bool> {
    Ok(v.is_obj() && vm.is_instance(v, tzinfo_class(vm)?))
}

/// An argument that is to be a `tzinfo` or `None` (which is no zone).
pub fn argument(vm: &Vm, v: Value) -> PyResult<Slot> {
    if v.is_none() {
        return Ok(None);
    }
    if is_tzinfo(vm, v)? {
        return Ok(Some(v));
    }
    let got = vm.tp_name(v);
    Err(vm.type_error(format!("tzinfo argument must be None or of a tzinfo subclass, not type '{got}'")))
}

/// The zone of a pickled object.
pub fn pickled(vm: &Vm, v: Slot) -> PyResult<Slot> {
    match v.filter(|v| !v.is_none()) {
        Some(v) if !is_tzinfo(vm, v)? => Err(vm.type_error("bad tzinfo state arg")),
        zone => Ok(zone),
    }
}

/// The key of the one zone without offset and name.
static UTC: u8 = 0;

pub fn utc(vm: &Vm) -> PyResult<Value> {
    if let Some(utc) = vm.kept(&UTC) {
        return Ok(utc);
    }
    let utc = make(vm, new_delta(vm, 0, 0, 0)?, None)?;
    vm.keep(&UTC, utc);
    Ok(utc)
}

fn make(vm: &Vm, offset: Value, name: Slot) -> PyResult<Value> {
    let this: Ref<TimeZone> = vm.alloc_instance(timezone_class(vm)?)?;
    this.offset.init(offset);
    this.name.init(name);
    Ok(this.value())
}

fn is_offset(d: Ref<Delta>) -> bool {
    let (days, seconds, microseconds) = d.parts();
    days == 0 || (days == -1 && (seconds, microseconds) != (0, 0))
}

fn bad_offset(vm: &Vm, offset: Value) -> Raised {
    match vm.repr_lossy(offset) {
        Ok(shown) => vm.value_error(format!(
            "offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24), not {shown}"
        )),
        Err(raised) => raised,
    }
}

/// The zone with this offset, a `timedelta`.
pub fn fixed(vm: &Vm, offset: Value, name: Slot) -> PyResult<Value> {
    let Some(d) = offset.downcast::<Delta>() else { return Err(vm.type_error("offset must be a timedelta")) };
    if name.is_none() && d.is_zero() {
        return utc(vm);
    }
    if is_offset(d) { make(vm, offset, name) } else { Err(bad_offset(vm, offset)) }
}

/// What `tzinfo.utcoffset` or `tzinfo.dst` says of `about`.
pub fn ask_offset(vm: &Vm, zone: Slot, method: &str, about: Value) -> PyResult<Option<Ref<Delta>>> {
    let Some(zone) = zone else { return Ok(None) };
    if let Some(fixed) = zone.downcast::<TimeZone>() {
        return Ok(if method == "dst" { None } else { fixed.offset.get().and_then(Value::downcast) });
    }
    let offset = vm.call_method(zone, method, &[about])?;
    if offset.is_none() {
        return Ok(None);
    }
    match offset.downcast::<Delta>() {
        Some(d) if is_offset(d) => Ok(Some(d)),
        Some(_) => Err(bad_offset(vm, offset)),
        None => {
            let got = vm.tp_name(offset);
            Err(vm.type_error(format!("tzinfo.{method}() must return None or timedelta, not '{got}'")))
        }
    }
}

/// What `tzinfo.tzname` says of `about`.
pub fn ask_name(vm: &Vm, zone: Slot, about: Value) -> PyResult<Option<Ref<PyStr>>> {
    let Some(zone) = zone else { return Ok(None) };
    let name = vm.call_method(zone, "tzname", &[about])?;
    if name.is_none() {
        return Ok(None);
    }
    match name.downcast() {
        Some(name) => Ok(Some(name)),
        None => {
            let got = vm.tp_name(name);
            Err(vm.type_error(format!("tzinfo.tzname() must return None or a string, not '{got}'")))
        }
    }
}

/// `+HH:MM`, with seconds and microseconds if there are any.
pub fn offset_text(offset: Ref<Delta>, separator: &str) -> String {
    let total = offset.total();
    let sign = if total < 0 { '-' } else { '+' };
    let total = total.unsigned_abs();
    let (seconds, microseconds) = (total / 1_000_000, total % 1_000_000);
    let mut text = format!("{sign}{:02}{separator}{:02}", seconds / 3600, seconds / 60 % 60);
    if seconds % 60 != 0 || microseconds != 0 {
        text.push_str(&format!("{separator}{:02}", seconds % 60));
    }
    if microseconds != 0 {
        text.push_str(&format!(".{microseconds:06}"));
    }
    text
}

// ---- tzinfo -----------------------------------------------------------------------------------------------------------

fn new_tzinfo(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<TzInfo>> {
    vm.alloc_instance(class_argument(vm, args)?)
}

fn to_implement(vm: &Vm, method: &str) -> Raised {
    vm.not_implemented_error(format!("a tzinfo subclass must implement {method}()"))
}

fn tzinfo_name(vm: &Vm, _: Value, _: Value) -> PyResult<Value> {
    Err(to_implement(vm, "tzname"))
}

fn tzinfo_offset(vm: &Vm, _: Value, _: Value) -> PyResult<Value> {
    Err(to_implement(vm, "utcoffset"))
}

fn tzinfo_dst(vm: &Vm, _: Value, _: Value) -> PyResult<Value> {
    Err(to_implement(vm, "dst"))
}

/// The argument of a `fromutc`, whose zone is the receiver.
fn own_stamp(vm: &Vm, this: Value, about: Value) -> PyResult<Ref<Stamp>> {
    let Some(about) = about.downcast::<Stamp>() else {
        return Err(vm.type_error("fromutc: argument must be a datetime"));
    };
    if about.zone().is_some_and(|zone| zone.is(this)) {
        return Ok(about);
    }
    Err(vm.value_error("fromutc: dt.tzinfo is not self"))
}

fn tzinfo_from_utc(vm: &Vm, this: Value, about: Value) -> PyResult<Value> {
    let stamp = own_stamp(vm, this, about)?;
    let Some(offset) = ask_offset(vm, stamp.zone(), "utcoffset", about)? else {
        return Err(vm.value_error("fromutc: non-None utcoffset() result required"));
    };
    let Some(dst) = ask_offset(vm, stamp.zone(), "dst", about)? else {
        return Err(vm.value_error("fromutc: non-None dst() result required"));
    };
    let standard = stamp::moved(vm, stamp, offset.total() - dst.total())?;
    let Some(dst) = ask_offset(vm, stamp.zone(), "dst", standard)? else {
        return Err(vm.value_error("fromutc: tz.dst() gave inconsistent results; cannot convert"));
    };
    match standard.downcast::<Stamp>() {
        Some(standard) if !dst.is_zero() => stamp::moved(vm, standard, dst.total()),
        _ => Ok(standard),
    }
}

fn tzinfo_reduce(vm: &Vm, this: Value) -> PyResult<Value> {
    let args = match vm.get_attr_opt(this, vm.intern("__getinitargs__")?)? {
        Some(method) => vm.call(method, &[])?,
        None => vm.empty_tuple.value(),
    };
    let state = vm.call_method(this, "__getstate__", &[])?;
    Ok(vm.new_tuple(&[vm.type_of(this).value(), args, state])?.value())
}

static TZINFO_METHODS: &[MethodDef] = &[
    method!("__new__", "($type, *args, **kwargs)", new_tzinfo).static_(),
    method!("tzname", 2, tzinfo_name).doc("datetime -> string name of time zone."),
    method!("utcoffset", 2, tzinfo_offset)
        .doc("datetime -> timedelta showing offset from UTC, negative values indicating West of UTC"),
    method!("dst", 2, tzinfo_dst).doc("datetime -> DST offset as timedelta positive east of UTC."),
    method!("fromutc", 2, tzinfo_from_utc).doc("datetime in UTC -> datetime in local time."),
    method!("__reduce__", 1, tzinfo_reduce).doc("-> (cls, state)"),
];

static TZINFO: TypeDef = TypeDef {
    module: "datetime",
    layout: Some(crate::layouts::DATETIME_TZINFO),
    flags: type_flags::BASETYPE,
    methods: &[TZINFO_METHODS],
    doc: Some("Abstract base class for time zone info objects."),
    ..TypeDef::new("tzinfo")
};

// ---- timezone ---------------------------------------------------------------------------------------------------------

static NEW: Signature = Signature { function: "timezone", names: &["offset", "name"], required: 1, positional: 2 };

fn new_timezone(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let (mut offset, mut name) = (Value::NONE, None);
    NEW.bind(vm, args, |i, value| {
        let (wanted, right) = match i {
            0 => ("datetime.timedelta", value.downcast::<Delta>().is_some()),
            _ => ("str", value.downcast::<PyStr>().is_some()),
        };
        if !right {
            let (at, got) = (i + 1, got(vm, value));
            return Err(vm.type_error(format!("timezone() argument {at} must be {wanted}, not {got}")));
        }
        if i == 0 {
            offset = value;
        } else {
            name = Some(value);
        }
        Ok(())
    })?;
    fixed(vm, offset, name)
}

fn offset_of(vm: &Vm, this: Ref<TimeZone>) -> PyResult<Ref<Delta>> {
    this.offset.get().and_then(Value::downcast).ok_or_else(|| vm.system_error("a timezone without an offset"))
}

fn compare(_: &Vm, this: Ref<TimeZone>, other: Value, op: Compare) -> Value {
    let offset = |zone: Ref<TimeZone>| zone.offset.get().and_then(Value::downcast::<Delta>).map(|d| d.parts());
    match (op, other.downcast::<TimeZone>()) {
        (Compare::Eq, Some(other)) => Value::from_bool(offset(this) == offset(other)),
        (Compare::Ne, Some(other)) => Value::from_bool(offset(this) != offset(other)),
        _ => Value::NOT_IMPLEMENTED,
    }
}

fn hash(vm: &Vm, this: Ref<TimeZone>) -> PyResult<i64> {
    delta::hash(vm, offset_of(vm, this)?)
}

fn repr(vm: &Vm, this: Ref<TimeZone>) -> PyResult<Value> {
    let class = vm.tp_name(this.value());
    if utc(vm)?.is(this.value()) {
        return Ok(vm.new_str(&format!("{class}.utc"))?.value());
    }
    let (front, back) = (vm.new_str(&format!("{class}("))?, vm.new_str(")")?);
    let offset = vm.repr(this.offset.get_or_none())?;
    match this.name.get() {
        None => Ok(ops::join(vm, None, &[front.value(), offset.value(), back.value()])?.value()),
        Some(name) => {
            let (comma, name) = (vm.new_str(", ")?, vm.repr(name)?);
            let parts = [front, offset, comma, name, back].map(Ref::value);
            Ok(ops::join(vm, None, &parts)?.value())
        }
    }
}

fn str(vm: &Vm, this: Ref<TimeZone>) -> PyResult<Value> {
    if let Some(name) = this.name.get() {
        return Ok(name);
    }
    let offset = offset_of(vm, this)?;
    let text = if offset.is_zero() { "UTC".to_owned() } else { format!("UTC{}", offset_text(offset, ":")) };
    Ok(vm.new_str(&text)?.value())
}

fn check_argument(vm: &Vm, about: Value, method: &str) -> PyResult<()> {
    if about.is_none() || about.downcast::<Stamp>().is_some() {
        return Ok(());
    }
    let got = vm.tp_name(about);
    Err(vm.type_error(format!("{method}(dt) argument must be a datetime instance or None, not {got}")))
}

fn name(vm: &Vm, this: Ref<TimeZone>, about: Value) -> PyResult<Value> {
    check_argument(vm, about, "tzname")?;
    str(vm, this)
}

fn utc_offset(vm: &Vm, this: Ref<TimeZone>, about: Value) -> PyResult<Value> {
    check_argument(vm, about, "utcoffset")?;
    Ok(this.offset.get_or_none())
}

fn dst(vm: &Vm, _: Ref<TimeZone>, about: Value) -> PyResult<()> {
    check_argument(vm, about, "dst")
}

fn from_utc(vm: &Vm, this: Ref<TimeZone>, about: Value) -> PyResult<Value> {
    let stamp = own_stamp(vm, this.value(), about)?;
    stamp::moved(vm, stamp, offset_of(vm, this)?.total())
}

fn init_args(vm: &Vm, this: Ref<TimeZone>) -> PyResult<Value> {
    let offset = this.offset.get_or_none();
    let args = match this.name.get() {
        Some(name) => vm.new_tuple(&[offset, name])?,
        None => vm.new_tuple(&[offset])?,
    };
    Ok(args.value())
}

static TIMEZONE_METHODS: &[MethodDef] = &[
    method!("__new__", "($type, *args, **kwargs)", new_timezone).static_(),
    method!("__repr__", 1, repr),
    method!("__str__", 1, str),
    method!("__hash__", 1, hash),
    method!("tzname", 2, name).doc(
        "If name is specified when timezone is created, returns the name.  Otherwise returns offset as 'UTC(+|-)HH:MM'.",
    ),
    method!("utcoffset", 2, utc_offset).doc("Return fixed offset."),
    method!("dst", 2, dst).doc("Return None."),
    method!("fromutc", 2, from_utc).doc("datetime in UTC -> datetime in local time."),
    method!("__getinitargs__", 1, init_args).doc("pickle support"),
];

static TIMEZONE: TypeDef = TypeDef {
    module: "datetime",
    layout: Some(crate::layouts::DATETIME_TIMEZONE),
    methods: &[TIMEZONE_METHODS, comparisons!(compare)],
    doc: Some("Fixed offset from UTC implementation of tzinfo."),
    ..TypeDef::new("timezone")
};
