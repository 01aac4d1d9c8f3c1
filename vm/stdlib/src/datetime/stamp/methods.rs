//! `datetime`: class methods, conversions and texts.

use brolga_runtime::PyResult;
use brolga_runtime::object::{Args, GetSetDef, MethodDef, Ref, TypeDef, def::type_flags};
use brolga_runtime::state::Vm;
use brolga_runtime::types::int;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{comparisons, method};

use super::super::arguments::{Signature, exactly, got};
use super::super::calendar::{Clock, Day, days_in_month};
use super::super::date::{class_of, day_of, day_text, iso_argument, malformed, new_date, parse, replaced};
use super::super::delta::{Delta, from_total, total_seconds};
use super::super::time::{Time, is_end_of_day, iso_zone, new_time, offset_value, with_zone};
use super::super::{format, iso, local, zone};
use super::{
    Stamp, add, between, compare, hash, make, moved, moved_parts, new, new_of, new_stamp, no_stamp, offset_of,
    receiver, subtract, subtract_reflected,
};
use crate::arguments::parsed_int;

/// An instance of the class for a time of UTC, as clocks here show it or, with a zone, as those of UTC do.
fn at(vm: &Vm, of: Ref<PyType>, seconds: i64, microsecond: i32, zone: Value, is_utc: bool) -> PyResult<Value> {
    let (day, clock, fold) = if is_utc {
        let (day, clock) = local::parts(&local::broken_down(vm, seconds, false)?);
        (day, clock, false)
    } else if zone.is_none() {
        local::at(vm, seconds)?
    } else {
        let (day, clock) = local::parts(&local::broken_down(vm, seconds, true)?);
        (day, clock, false)
    };
    new_of(vm, of, day, Clock { microsecond, ..clock }, zone, i32::from(fold))
}

/// [`at`], in that zone.
fn in_zone(vm: &Vm, of: Ref<PyType>, seconds: i64, microsecond: i32, zone: Slot) -> PyResult<Value> {
    match zone {
        None => at(vm, of, seconds, microsecond, Value::NONE, false),
        Some(zone) => {
            let utc = at(vm, of, seconds, microsecond, zone, true)?;
            vm.call_method(zone, "fromutc", &[utc])
        }
    }
}

fn current(vm: &Vm) -> PyResult<(i64, i32)> {
    let ns = crate::time::told_ns(vm, libc::CLOCK_REALTIME)?;
    Ok((ns.div_euclid(1_000_000_000), (ns.rem_euclid(1_000_000_000) / 1000) as i32))
}

fn now(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let zone = zone::argument(vm, args.opt(1).unwrap_or(Value::NONE))?;
    let (seconds, microsecond) = current(vm)?;
    in_zone(vm, class_of(vm, args.get(0))?, seconds, microsecond, zone)
}

fn utc_now(vm: &Vm, class: Value) -> PyResult<Value> {
    let message = "datetime.datetime.utcnow() is deprecated and scheduled for removal in a future version. Use \
                   timezone-aware objects to represent datetimes in UTC: datetime.datetime.now(datetime.UTC).";
    vm.warn(vm.types.deprecation_warning, message, 1)?;
    let (seconds, microsecond) = current(vm)?;
    at(vm, class_of(vm, class)?, seconds, microsecond, Value::NONE, true)
}

/// A timestamp as seconds and microseconds, rounded to the nearest, halves to even.
fn timestamp(vm: &Vm, v: Value) -> PyResult<(i64, i32)> {
    let out_of_range = || vm.overflow_error("timestamp out of range for platform time_t");
    if let Some(f) = brolga_runtime::types::float::value(v) {
        if f.is_nan() {
            return Err(vm.value_error("Invalid value NaN (not a number)"));
        }
        let (mut whole, mut fraction) = (f.trunc(), (f.fract() * 1e6).round_ties_even());
        if fraction >= 1e6 {
            fraction -= 1e6;
            whole += 1.0;
        } else if fraction < 0.0 {
            fraction += 1e6;
            whole -= 1.0;
        }
        if !(-9.223372036854775e18..9.223372036854775e18).contains(&whole) {
            return Err(out_of_range());
        }
        return Ok((whole as i64, fraction as i32));
    }
    let whole = match vm.index(v) {
        Ok(whole) => whole,
        Err(raised) => {
            vm.catch(raised, vm.types.type_error)?;
            return Err(vm.type_error(format!("argument must be int or float, not {}", vm.tp_name(v))));
        }
    };
    Ok((int::to_i64(whole).ok_or_else(out_of_range)?, 0))
}

static FROM_TIMESTAMP: Signature =
    Signature { function: "fromtimestamp", names: &["timestamp", "tz"], required: 1, positional: 2 };

fn from_timestamp(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let (mut stamp, mut zone) = (Value::NONE, Value::NONE);
    FROM_TIMESTAMP.bind(vm, args, |i, value| {
        *(if i == 0 { &mut stamp } else { &mut zone }) = value;
        Ok(())
    })?;
    let zone = zone::argument(vm, zone)?;
    let (seconds, microsecond) = timestamp(vm, stamp)?;
    in_zone(vm, class_of(vm, args.get(0))?, seconds, microsecond, zone)
}

fn from_utc_timestamp(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let message = "datetime.datetime.utcfromtimestamp() is deprecated and scheduled for removal in a future version. \
                   Use timezone-aware objects to represent datetimes in UTC: \
                   datetime.datetime.fromtimestamp(timestamp, datetime.UTC).";
    vm.warn(vm.types.deprecation_warning, message, 1)?;
    let given = exactly(vm, args, "utcfromtimestamp", 1)?;
    let (seconds, microsecond) = timestamp(vm, given.first().copied().unwrap_or(Value::NONE))?;
    at(vm, class_of(vm, args.get(0))?, seconds, microsecond, Value::NONE, true)
}

fn strptime(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    parse(vm, args, "_strptime_datetime_datetime")
}

static COMBINE: Signature =
    Signature { function: "combine", names: &["date", "time", "tzinfo"], required: 2, positional: 3 };

fn combine(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let (mut day, mut time, mut zone) = (None, None, None);
    COMBINE.bind(vm, args, |i, value| {
        let wanted = match i {
            0 => {
                day = day_of(value);
                if day.is_some() {
                    return Ok(());
                }
                "datetime.date"
            }
            1 => {
                time = value.downcast::<Time>();
                if time.is_some() {
                    return Ok(());
                }
                "datetime.time"
            }
            _ => {
                zone = Some(value);
                return Ok(());
            }
        };
        Err(vm.type_error(format!("combine() argument {} must be {wanted}, not {}", i + 1, got(vm, value))))
    })?;
    let (Some(day), Some(time)) = (day, time) else { return Err(no_stamp(vm)) };
    let zone = zone.unwrap_or_else(|| time.zone().unwrap_or(Value::NONE));
    new_of(vm, class_of(vm, args.get(0))?, day, time.clock(), zone, i32::from(time.fold()))
}

/// The parts of a text: a date that may have to be the day after, and a time.
fn parse_iso(text: Ref<PyStr>) -> Option<(Day, iso::ParsedTime)> {
    if text.len() < 7 {
        return None;
    }
    // Any character may stand between date and time. It is one in ASCII from here on, so that places are those of bytes.
    let mut chars: Vec<u32> = text.chars().collect();
    for at in [7, 8, 10] {
        if let Some(c) = chars.get_mut(at)
            && (0xd800..0xe000).contains(c)
        {
            *c = u32::from('T');
            break;
        }
    }
    let mut bytes = Vec::with_capacity(chars.len());
    for c in &chars {
        match char::from_u32(*c) {
            Some(c) => bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            None => return None,
        }
    }
    let parsed = || -> Result<(Day, iso::ParsedTime), iso::Malformed> {
        let end = iso::date_end(&bytes)?;
        let day = iso::date(&bytes, end)?;
        let rest = bytes.get(end..).unwrap_or(&[]);
        // The separator, of one character.
        let width = match rest.first() {
            None => return Ok((day, iso::ParsedTime { clock: Clock::default(), offset: None })),
            Some(0..=0x7f) => 1,
            Some(0xe0..=0xef) => 3,
            Some(0xf0..) => 4,
            Some(_) => 2,
        };
        Ok((day, iso::time(rest.get(width..).unwrap_or(&[]))?))
    };
    parsed().ok()
}

fn from_iso_format(vm: &Vm, class: Value, text: Value) -> PyResult<Value> {
    let text = iso_argument(vm, text)?;
    let Some((mut day, time)) = parse_iso(text) else { return Err(malformed(vm, text)) };
    let mut clock = time.clock;
    let zone = iso_zone(vm, time.offset)?;
    let exists = (1..=12).contains(&day.month) && day.day <= days_in_month(day.year, day.month);
    if exists && is_end_of_day(vm, clock)? {
        clock.hour = 0;
        day.day += 1;
        if day.day > days_in_month(day.year, day.month) {
            day.day = 1;
            day.month += 1;
        }
        if day.month > 12 {
            day.month = 1;
            day.year += 1;
        }
    }
    new_of(vm, class_of(vm, class)?, day, clock, zone, 0)
}

// ---- what is in one -----------------------------------------------------------------------------------------------------

fn date(vm: &Vm, this: Ref<Stamp>) -> PyResult<Value> {
    new_date(vm, this.day())
}

fn time(vm: &Vm, this: Ref<Stamp>) -> PyResult<Value> {
    new_time(vm, this.clock(), None, this.fold())
}

fn time_with_zone(vm: &Vm, this: Ref<Stamp>) -> PyResult<Value> {
    new_time(vm, this.clock(), this.zone(), this.fold())
}

fn ctime(_: &Vm, this: Ref<Stamp>) -> String {
    format::ctime(this.day(), this.clock())
}

fn utc_offset(vm: &Vm, this: Ref<Stamp>) -> PyResult<Slot> {
    Ok(offset_value(offset_of(vm, this)?))
}

fn dst_of(vm: &Vm, this: Ref<Stamp>) -> PyResult<Option<Ref<Delta>>> {
    zone::ask_offset(vm, this.zone(), "dst", this.value())
}

fn dst(vm: &Vm, this: Ref<Stamp>) -> PyResult<Slot> {
    Ok(offset_value(dst_of(vm, this)?))
}

fn zone_name(vm: &Vm, this: Ref<Stamp>) -> PyResult<Slot> {
    Ok(zone::ask_name(vm, this.zone(), this.value())?.map(Ref::value))
}

fn time_tuple(vm: &Vm, this: Ref<Stamp>) -> PyResult<Value> {
    let dst = dst_of(vm, this)?.map_or(-1, |d| i32::from(!d.is_zero()));
    local::struct_time(vm, this.day(), this.clock(), dst)
}

fn utc_time_tuple(vm: &Vm, this: Ref<Stamp>) -> PyResult<Value> {
    let (day, clock) = match offset_of(vm, this)? {
        Some(offset) => moved_parts(vm, this, -offset.total())?,
        None => (this.day(), this.clock()),
    };
    local::struct_time(vm, day, clock, 0)
}

fn epoch(vm: &Vm) -> PyResult<Ref<Stamp>> {
    let day = Day { year: 1970, month: 1, day: 1 };
    let epoch = new_stamp(vm, day, Clock::default(), Some(zone::utc(vm)?), false)?;
    epoch.downcast().ok_or_else(|| no_stamp(vm))
}

fn to_timestamp(vm: &Vm, this: Ref<Stamp>) -> PyResult<Value> {
    if this.zone().is_some() {
        let since = from_total(vm, between(vm, this, epoch(vm)?)?)?;
        return match since.downcast::<Delta>() {
            Some(since) => total_seconds(vm, since),
            None => Err(no_stamp(vm)),
        };
    }
    let seconds = local::to_utc(vm, this.day(), this.clock(), this.fold())? - local::EPOCH;
    Ok(Value::from_f64(seconds as f64 + f64::from(this.clock().microsecond) / 1e6))
}

/// The zone that is used here at a time that clocks here show.
fn local_zone(vm: &Vm, this: Ref<Stamp>) -> PyResult<Value> {
    let mut seconds = local::to_utc(vm, this.day(), this.clock(), this.fold())?;
    let other = local::to_utc(vm, this.day(), this.clock(), !this.fold())?;
    // In a gap the later of the two is the one.
    if other != seconds && (other > seconds) == this.fold() {
        seconds = other;
    }
    local::zone_at(vm, seconds - local::EPOCH)
}

fn as_time_zone(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let this = receiver(vm, args)?;
    let mut wanted = Value::NONE;
    AS_TIME_ZONE.bind(vm, args, |_, value| {
        wanted = value;
        Ok(())
    })?;
    let wanted = zone::argument(vm, wanted)?;
    let mut own = match this.zone() {
        Some(zone) => zone,
        None => local_zone(vm, this)?,
    };
    let offset = loop {
        if wanted.is_some_and(|wanted| wanted.is(own)) {
            return Ok(this.value());
        }
        match zone::ask_offset(vm, Some(own), "utcoffset", this.value())? {
            Some(offset) => break offset,
            // A zone that does not know is none.
            None => own = local_zone(vm, this)?,
        }
    };
    let utc = moved(vm, this, -offset.total())?;
    let utc: Ref<Stamp> = utc.downcast().ok_or_else(|| no_stamp(vm))?;
    let utc = make(vm, vm.type_of(utc.value()), utc.day(), utc.clock(), Some(zone::utc(vm)?), utc.fold())?;
    let wanted = match wanted {
        Some(wanted) => wanted,
        None => {
            let since = between(vm, utc, epoch(vm)?)?;
            local::zone_at(vm, i64::try_from(since.div_euclid(1_000_000)).unwrap_or(0))?
        }
    };
    utc.zone.set(utc, wanted);
    vm.call_method(wanted, "fromutc", &[utc.value()])
}

static AS_TIME_ZONE: Signature = Signature { function: "astimezone", names: &["tz"], required: 0, positional: 1 };

fn replace(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let this = receiver(vm, args)?;
    let (day, clock) = (this.day(), this.clock());
    let day = Day {
        year: replaced(vm, args, 1, day.year)?,
        month: replaced(vm, args, 2, day.month)?,
        day: replaced(vm, args, 3, day.day)?,
    };
    let clock = Clock {
        hour: replaced(vm, args, 4, clock.hour)?,
        minute: replaced(vm, args, 5, clock.minute)?,
        second: replaced(vm, args, 6, clock.second)?,
        microsecond: replaced(vm, args, 7, clock.microsecond)?,
    };
    let zone = args.opt(8).unwrap_or_else(|| this.zone().unwrap_or(Value::NONE));
    let fold = replaced(vm, args, 9, i32::from(this.fold()))?;
    new_of(vm, vm.type_of(this.value()), day, clock, zone, fold)
}

// ---- texts --------------------------------------------------------------------------------------------------------------

fn repr(vm: &Vm, this: Ref<Stamp>) -> PyResult<Value> {
    let Day { year, month, day } = this.day();
    let Clock { hour, minute, second, microsecond } = this.clock();
    let mut text = format!("{}({year}, {month}, {day}, {hour}, {minute}", vm.tp_name(this.value()));
    if second != 0 || microsecond != 0 {
        text.push_str(&format!(", {second}"));
    }
    if microsecond != 0 {
        text.push_str(&format!(", {microsecond}"));
    }
    if this.fold() {
        text.push_str(", fold=1");
    }
    with_zone(vm, text, this.zone(), ")")
}

fn str(vm: &Vm, this: Value) -> PyResult<Value> {
    vm.call_method(this, "isoformat", &[vm.new_str(" ")?.value()])
}

static ISO_FORMAT: Signature =
    Signature { function: "isoformat", names: &["sep", "timespec"], required: 0, positional: 2 };

fn iso_format(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let this = receiver(vm, args)?;
    let (mut separator, mut spec) = (u32::from('T'), None);
    ISO_FORMAT.bind(vm, args, |i, value| {
        if i == 1 {
            spec = Some(value);
            return Ok(());
        }
        let wrong =
            |got: String| vm.type_error(format!("isoformat() argument 1 must be a unicode character, not {got}"));
        match value.downcast::<PyStr>() {
            Some(s) if s.len() == 1 => separator = s.char_at(0),
            Some(s) => return Err(wrong(format!("a string of length {}", s.len()))),
            None => return Err(wrong(got(vm, value))),
        }
        Ok(())
    })?;
    let mut text = brolga_runtime::types::str::builder::StrBuilder::new();
    text.push_rust(&day_text(this.day()));
    text.push(separator);
    text.push_rust(&format::clock_text(vm, this.clock(), spec, 2)?);
    if let Some(offset) = offset_of(vm, this)? {
        text.push_rust(&zone::offset_text(offset, ":"));
    }
    Ok(text.finish(vm)?.value())
}

fn reduced(vm: &Vm, this: Ref<Stamp>, protocol: i32) -> PyResult<Value> {
    let mut bytes = this.bytes();
    if protocol > 3 && this.fold() {
        bytes[2] |= 0x80;
    }
    crate::datetime::reduced_to(vm, this.value(), &bytes, this.zone())
}

fn reduce_ex(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let this = receiver(vm, args)?;
    let protocol = exactly(vm, args, "__reduce_ex__", 1)?.first().copied().unwrap_or(Value::NONE);
    reduced(vm, this, parsed_int(vm, protocol)?)
}

fn reduce(vm: &Vm, this: Ref<Stamp>) -> PyResult<Value> {
    reduced(vm, this, 2)
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
    method!("now", "($type, /, tz=None)", now).class().doc(
        "Returns new datetime object representing current time local to tz.\n\n  tz\n    Timezone object.\n\nIf no tz is \
         specified, uses local timezone.",
    ),
    method!("utcnow", 1, utc_now).class().doc("Return a new datetime representing UTC day and time."),
    method!("fromtimestamp", "($type, *args, **kwargs)", from_timestamp)
        .class()
        .doc("timestamp[, tz] -> tz's local time from POSIX timestamp."),
    method!("utcfromtimestamp", "($type, *args, **kwargs)", from_utc_timestamp)
        .class()
        .doc("Construct a naive UTC datetime from a POSIX timestamp."),
    method!("strptime", "($type, *args, **kwargs)", strptime)
        .class()
        .doc("string, format -> new datetime parsed from a string (like time.strptime())."),
    method!("combine", "($type, *args, **kwargs)", combine)
        .class()
        .doc("date, time -> datetime with same date and time fields"),
    method!("fromisoformat", 2, from_iso_format)
        .class()
        .doc("string -> datetime from a string in most ISO 8601 formats"),
    method!("date", 1, date).doc("Return date object with same year, month and day."),
    method!("time", 1, time).doc("Return time object with same time but with tzinfo=None."),
    method!("timetz", 1, time_with_zone).doc("Return time object with same time and tzinfo."),
    method!("ctime", 1, ctime).doc("Return ctime() style string."),
    method!("timetuple", 1, time_tuple).doc("Return time tuple, compatible with time.localtime()."),
    method!("timestamp", 1, to_timestamp).doc("Return POSIX timestamp as float."),
    method!("utctimetuple", 1, utc_time_tuple).doc("Return UTC time tuple, compatible with time.localtime()."),
    method!("isoformat", "($self, *args, **kwargs)", iso_format).doc(
        "[sep] -> string in ISO 8601 format, YYYY-MM-DDT[HH[:MM[:SS[.mmm[uuu]]]]][+HH:MM].\nsep is used to separate \
         the year from the time, and defaults to 'T'.\nThe optional argument timespec specifies the number of \
         additional terms\nof the time to include. Valid options are 'auto', 'hours', 'minutes',\n'seconds', \
         'milliseconds' and 'microseconds'.\n",
    ),
    method!("utcoffset", 1, utc_offset).doc("Return self.tzinfo.utcoffset(self)."),
    method!("tzname", 1, zone_name).doc("Return self.tzinfo.tzname(self)."),
    method!("dst", 1, dst).doc("Return self.tzinfo.dst(self)."),
    method!(
        "replace",
        "($self, /, year=unchanged, month=unchanged, day=unchanged, hour=unchanged, minute=unchanged, second=unchanged, microsecond=unchanged, tzinfo=unchanged, *, fold=unchanged)",
        replace
    )
    .doc("Return datetime with new specified fields."),
    method!(
        "__replace__",
        "($self, /, year=unchanged, month=unchanged, day=unchanged, hour=unchanged, minute=unchanged, second=unchanged, microsecond=unchanged, tzinfo=unchanged, *, fold=unchanged)",
        replace
    )
    .text("($self, /, **changes)")
    .called("replace")
    .doc("The same as replace()."),
    method!("astimezone", "($self, *args, **kwargs)", as_time_zone).doc("tz -> convert to local time in new timezone tz\n"),
    method!("__reduce_ex__", "($self, *args, **kwargs)", reduce_ex).doc("__reduce_ex__(proto) -> (cls, state)"),
    method!("__reduce__", 1, reduce).doc("__reduce__() -> (cls, state)"),
];

static GETSET: &[GetSetDef] = &clock_getters!(Stamp);

pub static DEF: TypeDef = TypeDef {
    module: "datetime",
    layout: Some(crate::layouts::DATETIME_STAMP),
    flags: type_flags::BASETYPE,
    methods: &[METHODS, comparisons!(compare)],
    getset: GETSET,
    doc: Some(
        "datetime(year, month, day[, hour[, minute[, second[, microsecond[,tzinfo]]]]])\n\nThe year, month and day \
         arguments are required. tzinfo may be None, or an\ninstance of a tzinfo subclass. The remaining arguments may \
         be ints.\n",
    ),
    ..TypeDef::new("datetime")
};
