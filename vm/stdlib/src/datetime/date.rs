//! `date`.

use std::cell::Cell;
use std::ptr::NonNull;

use brolga_runtime::codecs;
use brolga_runtime::object::{Args, GetSetDef, Header, MethodDef, Ref, TypeDef, def::type_flags};
use brolga_runtime::protocol::compare::Compare;
use brolga_runtime::state::Vm;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, comparisons, getset, method};

use super::arguments::{Signature, exactly, got};
use super::calendar::{Clock, Day, IsoError, MAX_ORDINAL, MAX_YEAR, MIN_YEAR, days_in_month, from_iso};
use super::delta::{Delta, new_delta, trace_field};
use super::stamp::{self, Stamp};
use super::{format, iso, local, weeks};
use crate::arguments::parsed_int;
use crate::object::{class_argument, object};

object!(
    pub struct Date: DATETIME_DATE {
        day: Cell<Day>,
        hash: Cell<Option<i64>>,
    }
);

/// Traces the attributes of an instance of a subclass; the rest is plain data.
///
/// # Safety
/// `obj` is a live cell of this layout.
pub unsafe fn trace_date(obj: NonNull<Header>, tracer: &mut brolga_heap::Tracer) {
    // SAFETY: the collector calls this for live cells of this layout.
    let this: Ref<Date> = unsafe { Ref::from_ptr(obj) };
    trace_field(&this._attrs, tracer);
}

pub fn class(vm: &Vm) -> PyResult<Ref<PyType>> {
    vm.native_type(&DEF)
}

/// The day of a `date` or `datetime`.
pub fn day_of(v: Value) -> Option<Day> {
    match v.downcast::<Date>() {
        Some(date) => Some(date.day.get()),
        None => v.downcast::<Stamp>().map(|stamp| stamp.day()),
    }
}

/// The receiver of a method that `datetime` inherits.
pub fn receiver(vm: &Vm, v: Value) -> PyResult<Day> {
    day_of(v)
        .ok_or_else(|| vm.type_error(format!("descriptor requires a 'datetime.date' object, not '{}'", vm.tp_name(v))))
}

pub fn check_day(vm: &Vm, year: i32, month: i32, day: i32) -> PyResult<Day> {
    if !(MIN_YEAR..=MAX_YEAR).contains(&year) {
        return Err(vm.value_error(format!("year must be in {MIN_YEAR}..{MAX_YEAR}, not {year}")));
    }
    if !(1..=12).contains(&month) {
        return Err(vm.value_error(format!("month must be in 1..12, not {month}")));
    }
    let last = days_in_month(year, month);
    if !(1..=last).contains(&day) {
        return Err(vm.value_error(format!("day {day} must be in range 1..{last} for month {month} in year {year}")));
    }
    Ok(Day { year, month, day })
}

/// The day so many days later.
pub fn later(vm: &Vm, day: Day, days: i64) -> PyResult<Day> {
    match i32::try_from(i64::from(day.ordinal()) + days) {
        Ok(ordinal) if (1..=MAX_ORDINAL).contains(&ordinal) => Ok(Day::from_ordinal(ordinal)),
        _ => Err(vm.overflow_error("date value out of range")),
    }
}

fn make(vm: &Vm, class: Ref<PyType>, day: Day) -> PyResult<Value> {
    let this: Ref<Date> = vm.alloc_instance(class)?;
    this.day.set(day);
    Ok(this.value())
}

pub fn new_date(vm: &Vm, day: Day) -> PyResult<Value> {
    make(vm, class(vm)?, day)
}

/// An instance of `date` or a subclass, by whose constructor it is made.
fn new_of(vm: &Vm, of: Ref<PyType>, year: i32, month: i32, day: i32) -> PyResult<Value> {
    if of == class(vm)? {
        return new_date(vm, check_day(vm, year, month, day)?);
    }
    if of == stamp::class(vm)? {
        return stamp::new_stamp(vm, check_day(vm, year, month, day)?, Clock::default(), None, false);
    }
    vm.call(of.value(), &[year, month, day].map(Value::from_i32))
}

/// The class that a class method was called of.
pub fn class_of(vm: &Vm, v: Value) -> PyResult<Ref<PyType>> {
    v.downcast().ok_or_else(|| vm.type_error("a class is required"))
}

/// The bytes of a pickled state, if `v` is one: `len` bytes, of which the one at `at` passes a test.
pub fn pickled_state(
    vm: &Vm,
    v: Value,
    class: &str,
    len: usize,
    at: usize,
    sane: impl Fn(u32) -> bool,
) -> PyResult<Option<Vec<u8>>> {
    if let Some(bytes) = v.downcast::<PyBytes>() {
        let bytes = bytes.as_slice();
        let is_state = bytes.len() == len && bytes.get(at).is_some_and(|b| sane(u32::from(*b)));
        return Ok(is_state.then(|| bytes.to_vec()));
    }
    let Some(text) = v.downcast::<PyStr>() else { return Ok(None) };
    if text.len() != len || !sane(text.char_at(at)) {
        return Ok(None);
    }
    let bytes: Result<Vec<u8>, _> = text.chars().map(u8::try_from).collect();
    match bytes {
        Ok(bytes) => Ok(Some(bytes)),
        Err(_) => Err(vm.value_error(format!(
            "Failed to encode latin1 string when unpickling a {class} object. \
             pickle.load(data, encoding='latin1') is assumed."
        ))),
    }
}

/// Is this byte of a pickled state a month?
pub fn is_month(byte: u32) -> bool {
    (1..=12).contains(&byte)
}

/// The day in the first bytes of a pickled state.
pub fn pickled_day(state: &[u8]) -> Day {
    let at = |i: usize| state.get(i).copied().map_or(0, i32::from);
    Day { year: at(0) << 8 | at(1), month: at(2) & 0x7f, day: at(3) }
}

pub fn day_bytes(day: Day) -> [u8; 4] {
    [(day.year >> 8) as u8, day.year as u8, day.month as u8, day.day as u8]
}

static NEW: Signature = Signature { function: "", names: &["year", "month", "day"], required: 3, positional: 3 };
static FROM_ISO: Signature =
    Signature { function: "fromisocalendar", names: &["year", "week", "day"], required: 3, positional: 3 };

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let class = class_argument(vm, args)?;
    if let [state] = args.rest
        && let Some(state) = pickled_state(vm, *state, "date", 4, 2, is_month)?
    {
        return make(vm, class, pickled_day(&state));
    }
    let mut parts = [0; 3];
    NEW.bind(vm, args, |i, value| {
        parts[i] = parsed_int(vm, value)?;
        Ok(())
    })?;
    make(vm, class, check_day(vm, parts[0], parts[1], parts[2])?)
}

fn from_timestamp(vm: &Vm, class: Value, timestamp: Value) -> PyResult<Value> {
    if timestamp.is_none() {
        return Err(vm.type_error("'NoneType' object cannot be interpreted as an integer"));
    }
    let seconds = crate::time::timestamp(vm, Some(timestamp))?;
    let (day, _) = local::parts(&local::broken_down(vm, seconds, true)?);
    new_of(vm, class_of(vm, class)?, day.year, day.month, day.day)
}

fn today(vm: &Vm, class: Value) -> PyResult<Value> {
    let now = vm.call(vm.import_attr("time", "time")?, &[])?;
    vm.call_method(class, "fromtimestamp", &[now])
}

fn from_ordinal(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let given = exactly(vm, args, "fromordinal", 1)?;
    let ordinal = parsed_int(vm, given.first().copied().unwrap_or(Value::NONE))?;
    if ordinal < 1 {
        return Err(vm.value_error("ordinal must be >= 1"));
    }
    let day = Day::from_ordinal(ordinal.min(i32::MAX - 1000));
    new_of(vm, class_of(vm, args.get(0))?, day.year, day.month, day.day)
}

/// The text that a `fromisoformat` gets.
pub fn iso_argument(vm: &Vm, text: Value) -> PyResult<Ref<PyStr>> {
    text.downcast().ok_or_else(|| vm.type_error("fromisoformat: argument must be str"))
}

pub fn malformed(vm: &Vm, text: Ref<PyStr>) -> brolga_runtime::Raised {
    match vm.repr_lossy(text.value()) {
        Ok(shown) => vm.value_error(format!("Invalid isoformat string: {shown}")),
        Err(raised) => raised,
    }
}

fn from_iso_format(vm: &Vm, class: Value, text: Value) -> PyResult<Value> {
    let text = iso_argument(vm, text)?;
    let parsed = match text.as_ascii() {
        Some(ascii) if matches!(ascii.len(), 7 | 8 | 10) => iso::date(ascii.as_bytes(), ascii.len()),
        _ => Err(iso::Malformed),
    };
    match parsed {
        Ok(day) => new_of(vm, class_of(vm, class)?, day.year, day.month, day.day),
        Err(iso::Malformed) => Err(malformed(vm, text)),
    }
}

fn from_iso_calendar(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let mut parts = [0; 3];
    FROM_ISO.bind(vm, args, |i, value| {
        parts[i] = match parsed_int(vm, value) {
            Ok(part) => part,
            Err(raised) => {
                vm.catch(raised, vm.types.overflow_error)?;
                return Err(vm.value_error("ISO calendar component out of range"));
            }
        };
        Ok(())
    })?;
    let [year, week, weekday] = parts;
    match from_iso(year, week, weekday) {
        Ok(day) => new_of(vm, class_of(vm, args.get(0))?, day.year, day.month, day.day),
        Err(IsoError::Year) => Err(vm.value_error(format!("year must be in {MIN_YEAR}..{MAX_YEAR}, not {year}"))),
        Err(IsoError::Week) => Err(vm.value_error(format!("Invalid week: {week}"))),
        Err(IsoError::Weekday) => Err(vm.value_error(format!("Invalid weekday: {weekday} (range is [1, 7])"))),
    }
}

/// `strptime` of the three classes, by the library's function for each.
pub fn parse(vm: &Vm, args: &Args<'_>, function: &str) -> PyResult<Value> {
    let given = exactly(vm, args, "strptime", 2)?;
    for (i, v) in given.iter().enumerate() {
        if v.downcast::<PyStr>().is_none() {
            let got = got(vm, *v);
            return Err(vm.type_error(format!("strptime() argument {} must be str, not {got}", i + 1)));
        }
    }
    let function = vm.import_attr("_strptime", function)?;
    let &[text, format] = given else { return Err(vm.type_error("strptime() takes exactly 2 arguments")) };
    vm.call(function, &[args.get(0), text, format])
}

fn strptime(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    parse(vm, args, "_strptime_datetime_date")
}

fn moved(vm: &Vm, this: Ref<Date>, days: i64) -> PyResult<Value> {
    let day = later(vm, this.day.get(), days)?;
    new_of(vm, vm.type_of(this.value()), day.year, day.month, day.day)
}

fn add(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
    let (date, delta) = match (a.downcast::<Date>(), b.downcast::<Delta>()) {
        (Some(date), Some(delta)) => (date, delta),
        _ => match (b.downcast::<Date>(), a.downcast::<Delta>()) {
            (Some(date), Some(delta)) => (date, delta),
            _ => return Ok(Value::NOT_IMPLEMENTED),
        },
    };
    moved(vm, date, i64::from(delta.parts().0))
}

fn subtract(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
    let Some(a) = a.downcast::<Date>() else { return Ok(Value::NOT_IMPLEMENTED) };
    if let Some(b) = b.downcast::<Date>() {
        return new_delta(vm, a.day.get().ordinal() - b.day.get().ordinal(), 0, 0);
    }
    match b.downcast::<Delta>() {
        Some(delta) => moved(vm, a, -i64::from(delta.parts().0)),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn subtract_reflected(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
    subtract(vm, b, a)
}

/// With a `datetime` a `date` cannot be compared, though that is a subclass.
fn compare(_: &Vm, this: Value, other: Value, op: Compare) -> Value {
    match (this.downcast::<Date>(), other.downcast::<Date>()) {
        (Some(this), Some(other)) => Value::from_bool(op.accepts(this.day.get().cmp(&other.day.get()))),
        _ => Value::NOT_IMPLEMENTED,
    }
}

fn hash(vm: &Vm, this: Ref<Date>) -> i64 {
    if let Some(hash) = this.hash.get() {
        return hash;
    }
    let hash = vm.hash_bytes(&day_bytes(this.day.get()));
    this.hash.set(Some(hash));
    hash
}

fn repr(vm: &Vm, this: Value) -> PyResult<String> {
    let Day { year, month, day } = receiver(vm, this)?;
    Ok(format!("{}({year}, {month}, {day})", vm.tp_name(this)))
}

pub fn day_text(day: Day) -> String {
    format!("{:04}-{:02}-{:02}", day.year, day.month, day.day)
}

fn iso_format(vm: &Vm, this: Value) -> PyResult<String> {
    Ok(day_text(receiver(vm, this)?))
}

fn str(vm: &Vm, this: Value) -> PyResult<Value> {
    vm.call_method(this, "isoformat", &[])
}

fn ctime(vm: &Vm, this: Value) -> PyResult<String> {
    Ok(format::ctime(receiver(vm, this)?, Clock::default()))
}

static STRFTIME: Signature = Signature { function: "strftime", names: &["format"], required: 1, positional: 1 };

/// The format that a `strftime` gets.
pub fn format_argument(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyStr>> {
    let mut format = None;
    STRFTIME.bind(vm, args, |_, value| {
        format = value.downcast::<PyStr>();
        match format {
            Some(_) => Ok(()),
            None => Err(vm.type_error(format!("strftime() argument 1 must be str, not {}", got(vm, value)))),
        }
    })?;
    format.ok_or_else(|| vm.type_error("strftime() missing required argument 'format' (pos 1)"))
}

fn strftime(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let (this, text) = (args.get(0), format_argument(vm, args)?);
    let tuple = vm.call_method(this, "timetuple", &[])?;
    let subject = match this.downcast::<Stamp>() {
        Some(stamp) => format::Subject { zone: stamp.zone(), about: this, microsecond: stamp.clock().microsecond },
        None => format::Subject { zone: None, about: this, microsecond: 0 },
    };
    format::strftime(vm, text, tuple, &subject)
}

pub fn dunder_format(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let format = exactly(vm, args, "__format__", 1)?.first().copied().unwrap_or(Value::NONE);
    let Some(text) = format.downcast::<PyStr>() else {
        return Err(vm.type_error(format!("__format__() argument 1 must be str, not {}", got(vm, format))));
    };
    if text.is_empty() {
        return Ok(vm.str(args.get(0))?.value());
    }
    vm.call_method(args.get(0), "strftime", &[format])
}

fn time_tuple(vm: &Vm, this: Value) -> PyResult<Value> {
    local::struct_time(vm, receiver(vm, this)?, Clock::default(), -1)
}

fn weekday(vm: &Vm, this: Value) -> PyResult<i32> {
    Ok(receiver(vm, this)?.weekday())
}

fn iso_weekday(vm: &Vm, this: Value) -> PyResult<i32> {
    Ok(receiver(vm, this)?.weekday() + 1)
}

fn ordinal(vm: &Vm, this: Value) -> PyResult<i32> {
    Ok(receiver(vm, this)?.ordinal())
}

fn iso_calendar(vm: &Vm, this: Value) -> PyResult<Value> {
    let (year, week, weekday) = receiver(vm, this)?.iso();
    weeks::new_week(vm, year, week, weekday)
}

/// An argument of `replace`, or what there is.
pub fn replaced(vm: &Vm, args: &Args<'_>, i: usize, now: i32) -> PyResult<i32> {
    args.opt(i).map_or(Ok(now), |v| vm.to_i32(v))
}

fn replace(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let day = receiver(vm, args.get(0))?;
    let year = replaced(vm, args, 1, day.year)?;
    let month = replaced(vm, args, 2, day.month)?;
    let day = replaced(vm, args, 3, day.day)?;
    new_of(vm, vm.type_of(args.get(0)), year, month, day)
}

fn reduce(vm: &Vm, this: Value) -> PyResult<Value> {
    let state = PyBytes::new(vm, &day_bytes(receiver(vm, this)?))?;
    let state = vm.new_tuple(&[state.value()])?;
    Ok(vm.new_tuple(&[vm.type_of(this).value(), state.value()])?.value())
}

fn year(vm: &Vm, this: Value) -> PyResult<i32> {
    Ok(receiver(vm, this)?.year)
}

fn month(vm: &Vm, this: Value) -> PyResult<i32> {
    Ok(receiver(vm, this)?.month)
}

fn day(vm: &Vm, this: Value) -> PyResult<i32> {
    Ok(receiver(vm, this)?.day)
}

/// Text as UTF-8, for what looks at bytes; a lone surrogate is no text.
pub fn utf8(vm: &Vm, text: Ref<PyStr>) -> PyResult<Option<Vec<u8>>> {
    vm.suppress(codecs::utf8(vm, text), vm.types.value_error)
}

static METHODS: &[MethodDef] = &[
    method!("__new__", "($type, *args, **kwargs)", new).static_(),
    method!("__repr__", 1, repr),
    method!("__str__", 1, str),
    method!("__hash__", 1, hash),
    method!("__add__", 2, add),
    method!("__radd__", 2, add),
    method!("__sub__", 2, subtract),
    method!("__rsub__", 2, subtract_reflected),
    method!("fromtimestamp", 2, from_timestamp).class().text("($type, timestamp, /)").doc(
        "Create a date from a POSIX timestamp.\n\nThe timestamp is a number, e.g. created via time.time(), that is \
         interpreted\nas local time.",
    ),
    method!("today", 1, today)
        .class()
        .doc("Current date or datetime:  same as self.__class__.fromtimestamp(time.time())."),
    method!("fromordinal", "($type, *args, **kwargs)", from_ordinal)
        .class()
        .doc("int -> date corresponding to a proleptic Gregorian ordinal."),
    method!("fromisoformat", 2, from_iso_format)
        .class()
        .doc("str -> Construct a date from a string in ISO 8601 format."),
    method!("fromisocalendar", "($type, *args, **kwargs)", from_iso_calendar).class().doc(
        "int, int, int -> Construct a date from the ISO year, week number and weekday.\n\nThis is the inverse of the \
         date.isocalendar() function",
    ),
    method!("strptime", "($type, *args, **kwargs)", strptime)
        .class()
        .doc("string, format -> new date parsed from a string (like time.strptime())."),
    method!("ctime", 1, ctime).doc("Return ctime() style string."),
    method!("strftime", "($self, *args, **kwargs)", strftime).doc("format -> strftime() style string."),
    method!("__format__", "($self, *args, **kwargs)", dunder_format).doc("Formats self with strftime."),
    method!("timetuple", 1, time_tuple).doc("Return time tuple, compatible with time.localtime()."),
    method!("isocalendar", 1, iso_calendar).doc("Return a named tuple containing ISO year, week number, and weekday."),
    method!("isoformat", 1, iso_format).doc("Return string in ISO 8601 format, YYYY-MM-DD."),
    method!("isoweekday", 1, iso_weekday)
        .doc("Return the day of the week represented by the date.\nMonday == 1 ... Sunday == 7"),
    method!("toordinal", 1, ordinal).doc("Return proleptic Gregorian ordinal.  January 1 of year 1 is day 1."),
    method!("weekday", 1, weekday)
        .doc("Return the day of the week represented by the date.\nMonday == 0 ... Sunday == 6"),
    method!("replace", "($self, /, year=unchanged, month=unchanged, day=unchanged)", replace)
        .doc("Return date with new specified fields."),
    method!("__replace__", "($self, /, year=unchanged, month=unchanged, day=unchanged)", replace)
        .text("($self, /, **changes)")
        .called("replace")
        .doc("The same as replace()."),
    method!("__reduce__", 1, reduce).doc("__reduce__() -> (cls, state)"),
];

static GETSET: &[GetSetDef] = &[getset!("year", year), getset!("month", month), getset!("day", day)];

static DEF: TypeDef = TypeDef {
    module: "datetime",
    layout: Some(crate::layouts::DATETIME_DATE),
    flags: type_flags::BASETYPE,
    methods: &[METHODS, comparisons!(compare)],
    getset: GETSET,
    doc: Some("date(year, month, day) --> date object"),
    ..TypeDef::new("date")
};
