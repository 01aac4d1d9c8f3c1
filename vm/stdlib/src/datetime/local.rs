//! The local time, as the C library knows it.

use brolga_runtime::PyResult;
use brolga_runtime::codecs;
use brolga_runtime::state::Vm;
use brolga_runtime::value::{Slot, Value};

use super::calendar::{Clock, Day, EPOCH_ORDINAL, MAX_YEAR, MIN_YEAR};
use super::delta::new_delta;
use super::zone;

/// The longest that a fold has ever been, in seconds: Kwajalein skipped back a day, nearly.
const MAX_FOLD: i64 = 24 * 3600;
pub const EPOCH: i64 = EPOCH_ORDINAL * 24 * 3600;

pub fn broken_down(vm: &Vm, t: i64, local: bool) -> PyResult<libc::tm> {
    crate::time::broken_down(vm, t as libc::time_t, local)
}

/// Day and time of day. A leap second is the one before it.
pub fn parts(tm: &libc::tm) -> (Day, Clock) {
    let day = Day { year: tm.tm_year.saturating_add(1900), month: tm.tm_mon + 1, day: tm.tm_mday };
    (day, Clock { hour: tm.tm_hour, minute: tm.tm_min, second: tm.tm_sec.min(59), microsecond: 0 })
}

/// The seconds from the beginning of year 1 (or so) to that time.
pub fn since_year_1(vm: &Vm, day: Day, clock: Clock) -> PyResult<i64> {
    if !(MIN_YEAR..=MAX_YEAR).contains(&day.year) {
        return Err(vm.value_error(format!("year must be in {MIN_YEAR}..{MAX_YEAR}, not {}", day.year)));
    }
    Ok(i64::from(day.ordinal()) * 86_400 + i64::from(clock.seconds()))
}

/// What clocks here show at a time of UTC; both in seconds as [`since_year_1`] counts them.
fn shown_at(vm: &Vm, utc: i64) -> PyResult<i64> {
    let (day, clock) = parts(&broken_down(vm, utc - EPOCH, true)?);
    since_year_1(vm, day, clock)
}

/// The local time `t` (seconds since the epoch), and whether clocks have shown it before.
pub fn at(vm: &Vm, t: i64) -> PyResult<(Day, Clock, bool)> {
    let (day, clock) = parts(&broken_down(vm, t, true)?);
    let shown = since_year_1(vm, day, clock)?;
    let before = shown_at(vm, EPOCH + t - MAX_FOLD)?;
    let change = shown - before - MAX_FOLD;
    let fold = change < 0 && shown_at(vm, EPOCH + t + change)? == shown;
    Ok((day, clock, fold))
}

/// The time of UTC when clocks here show this: the first such, or with `fold` the last. In a gap, by the offset before it, or
/// with `fold` behind it.
pub fn to_utc(vm: &Vm, day: Day, clock: Clock, fold: bool) -> PyResult<i64> {
    let shown = since_year_1(vm, day, clock)?;
    let offset = shown_at(vm, shown)? - shown;
    let first = shown - offset;
    let first_shown = shown_at(vm, first)?;
    let other_offset = if first_shown == shown {
        // One solution. There may be another, on the other side of a change.
        let elsewhere = if fold { first + MAX_FOLD } else { first - MAX_FOLD };
        let there = shown_at(vm, elsewhere)? - elsewhere;
        if there == offset {
            return Ok(first);
        }
        there
    } else {
        first_shown - first
    };
    let second = shown - other_offset;
    if shown_at(vm, second)? == shown {
        return Ok(second);
    }
    if first_shown == shown {
        return Ok(first);
    }
    Ok(if fold { first.min(second) } else { first.max(second) })
}

/// The zone that is used here at a time (seconds since the epoch).
pub fn zone_at(vm: &Vm, t: i64) -> PyResult<Value> {
    let tm = broken_down(vm, t, true)?;
    let seconds = i32::try_from(tm.tm_gmtoff).unwrap_or(0);
    let name: Slot = if tm.tm_zone.is_null() {
        None
    } else {
        // SAFETY: a string of the C library's, or null; nothing has changed the zone since.
        let name = unsafe { std::ffi::CStr::from_ptr(tm.tm_zone) }.to_bytes().to_vec();
        Some(codecs::fs_decode(vm, &name)?.value())
    };
    zone::fixed(vm, new_delta(vm, 0, seconds, 0)?, name)
}

/// A `time.struct_time`.
pub fn struct_time(vm: &Vm, day: Day, clock: Clock, dst: i32) -> PyResult<Value> {
    let fields =
        [day.year, day.month, day.day, clock.hour, clock.minute, clock.second, day.weekday(), day.day_of_year(), dst];
    let fields = vm.new_tuple(&fields.map(Value::from_i32))?;
    vm.call(vm.import_attr("time", "struct_time")?, &[fields.value()])
}
