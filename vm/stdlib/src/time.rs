//! `time`.

use std::ffi::CString;

use brolga_runtime::module_def::ModuleDef;
use brolga_runtime::object::{Args, MethodDef, Ref};
use brolga_runtime::state::Vm;
use brolga_runtime::state::names::Special;
use brolga_runtime::struct_sequence;
use brolga_runtime::types::module::PyModule;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::types::str::builder::StrBuilder;
use brolga_runtime::types::tuple::PyTuple;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, Raised, method};

use crate::posix::path;

unsafe extern "C" {
    fn tzset();
    fn strftime(buffer: *mut libc::c_char, max: usize, format: *const libc::c_char, tm: *const libc::tm) -> usize;
}

struct_sequence! {
    pub static STRUCT_TIME = "struct_time" in "time", "The time value as returned by gmtime(), localtime(), and strptime(), and\n accepted by asctime(), mktime() and strftime().  May be considered as a\n sequence of 9 integers.\n\n Note that several fields' values are not the same as those defined by\n the C language standard for struct tm.  For example, the value of the\n field tm_year is the actual year, not year - 1900.  See individual\n fields' descriptions for details.";
    visible ["tm_year", "tm_mon", "tm_mday", "tm_hour", "tm_min", "tm_sec", "tm_wday", "tm_yday", "tm_isdst"],
    hidden ["tm_zone", "tm_gmtoff"],
    unnamed 0
}

const BILLION: i64 = 1_000_000_000;

fn clock_ns(vm: &Vm, clock: libc::clockid_t) -> PyResult<i64> {
    let mut t = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: room for a time.
    if unsafe { libc::clock_gettime(clock, &mut t) } != 0 {
        return Err(vm.last_os_error(None));
    }
    Ok(t.tv_sec.saturating_mul(BILLION).saturating_add(t.tv_nsec))
}

/// What the program is told.
pub(crate) fn told_ns(vm: &Vm, clock: libc::clockid_t) -> PyResult<i64> {
    Ok(vm.clock_from_outside(clock, clock_ns(vm, clock)?))
}

/// Nanoseconds as seconds: exact where there is no fraction.
fn seconds(ns: i64) -> f64 {
    if ns % BILLION == 0 { (ns / BILLION) as f64 } else { ns as f64 / 1e9 }
}

macro_rules! clocks {
    ($($name:ident $name_ns:ident $clock:ident),* $(,)?) => {$(
        fn $name(vm: &Vm) -> PyResult<f64> {
            Ok(seconds(told_ns(vm, libc::$clock)?))
        }
        fn $name_ns(vm: &Vm) -> PyResult<i64> {
            told_ns(vm, libc::$clock)
        }
    )*};
}
clocks! {
    time time_ns CLOCK_REALTIME, monotonic monotonic_ns CLOCK_MONOTONIC,
    process_time process_time_ns CLOCK_PROCESS_CPUTIME_ID, thread_time thread_time_ns CLOCK_THREAD_CPUTIME_ID,
}

fn clock_gettime(vm: &Vm, clock: Value) -> PyResult<f64> {
    Ok(seconds(told_ns(vm, vm.to_i32(clock)?)?))
}

fn clock_gettime_ns(vm: &Vm, clock: Value) -> PyResult<i64> {
    told_ns(vm, vm.to_i32(clock)?)
}

fn resolution(vm: &Vm, clock: libc::clockid_t) -> PyResult<f64> {
    let mut t = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: room for a time.
    if unsafe { libc::clock_getres(clock, &mut t) } != 0 {
        return Err(vm.last_os_error(None));
    }
    Ok(t.tv_sec as f64 + t.tv_nsec as f64 * 1e-9)
}

fn clock_getres(vm: &Vm, clock: Value) -> PyResult<f64> {
    resolution(vm, vm.to_i32(clock)?)
}

fn get_clock_info(vm: &Vm, name: Value) -> PyResult<Value> {
    let Some(text) = name.downcast::<PyStr>() else {
        return Err(vm.type_error(format!("get_clock_info() argument 1 must be str, not {}", vm.type_name(name))));
    };
    let (clock, implementation, is_monotonic, adjustable) = match text.as_ascii() {
        Some("time") => (libc::CLOCK_REALTIME, "clock_gettime(CLOCK_REALTIME)", false, true),
        Some("monotonic" | "perf_counter") => (libc::CLOCK_MONOTONIC, "clock_gettime(CLOCK_MONOTONIC)", true, false),
        Some("process_time") => {
            (libc::CLOCK_PROCESS_CPUTIME_ID, "clock_gettime(CLOCK_PROCESS_CPUTIME_ID)", true, false)
        }
        Some("thread_time") => (libc::CLOCK_THREAD_CPUTIME_ID, "clock_gettime(CLOCK_THREAD_CPUTIME_ID)", true, false),
        _ => return Err(vm.value_error("unknown clock")),
    };
    let info = vm.new_dict()?;
    info.set_name(vm, "implementation", vm.new_str(implementation)?.value())?;
    info.set_name(vm, "monotonic", Value::from_bool(is_monotonic))?;
    info.set_name(vm, "adjustable", Value::from_bool(adjustable))?;
    info.set_name(vm, "resolution", Value::from_f64(resolution(vm, clock)?))?;
    vm.call_with_dict(vm.types.namespace.value(), &[], Some(info))
}

/// Seconds as nanoseconds, rounded up away from zero as `sleep` does.
fn duration_ns(vm: &Vm, v: Value) -> PyResult<i64> {
    let too_large = || vm.overflow_error("timestamp too large to convert to C PyTime_t");
    if let Some(f) = v.as_f64() {
        if f.is_nan() {
            return Err(vm.value_error("Invalid value NaN (not a number)"));
        }
        let ns = f * 1e9;
        let ns = if ns >= 0.0 { ns.ceil() } else { ns.floor() };
        return if (-9.223372036854775e18..9.223372036854775e18).contains(&ns) {
            Ok(ns as i64)
        } else {
            Err(too_large())
        };
    }
    if vm.is_instance(v, vm.types.float) {
        let f = vm.to_f64(v)?;
        return duration_ns(vm, Value::from_f64(f));
    }
    if vm.type_of(v).special(Special::Index).is_none() {
        return Err(vm.type_error(format!(
            "'{}' object cannot be interpreted as an integer or float",
            vm.type_full_name(vm.type_of(v))
        )));
    }
    let whole = vm.index(v)?;
    brolga_runtime::types::int::to_i64(whole).and_then(|s| s.checked_mul(BILLION)).ok_or_else(too_large)
}

fn sleep(vm: &Vm, v: Value) -> PyResult<()> {
    vm.audit("time.sleep", &[v])?;
    let ns = duration_ns(vm, v)?;
    if ns < 0 {
        return Err(vm.value_error("sleep length must be non-negative"));
    }
    let deadline = clock_ns(vm, libc::CLOCK_MONOTONIC)?.saturating_add(ns);
    let until = libc::timespec { tv_sec: (deadline / BILLION) as libc::time_t, tv_nsec: (deadline % BILLION) as _ };
    loop {
        // SAFETY: a time, and no room for the rest is asked for.
        let error = vm.allow_threads(|| unsafe {
            libc::clock_nanosleep(libc::CLOCK_MONOTONIC, libc::TIMER_ABSTIME, &until, std::ptr::null_mut())
        });
        match error {
            0 => return Ok(()),
            libc::EINTR => vm.poll()?,
            errno => return Err(vm.os_error(errno, None)),
        }
    }
}

fn new_tm() -> libc::tm {
    // SAFETY: all zero is a `tm`.
    unsafe { std::mem::zeroed() }
}

fn to_struct(vm: &Vm, tm: &libc::tm) -> PyResult<Value> {
    let zone = if tm.tm_zone.is_null() {
        Value::NONE
    } else {
        // SAFETY: the C library's own string, ended by a zero byte.
        let bytes = unsafe { std::ffi::CStr::from_ptr(tm.tm_zone) }.to_bytes();
        path::decode(vm, bytes)?.value()
    };
    let values = [
        vm.new_int(i64::from(tm.tm_year) + 1900)?,
        Value::from_i32(tm.tm_mon + 1),
        Value::from_i32(tm.tm_mday),
        Value::from_i32(tm.tm_hour),
        Value::from_i32(tm.tm_min),
        Value::from_i32(tm.tm_sec),
        Value::from_i32((tm.tm_wday + 6) % 7),
        Value::from_i32(tm.tm_yday + 1),
        Value::from_i32(tm.tm_isdst),
        zone,
        vm.new_int(tm.tm_gmtoff)?,
    ];
    STRUCT_TIME.make(vm, &values)
}

/// The argument of `localtime` and its like: seconds, now where there are none.
pub(crate) fn timestamp(vm: &Vm, v: Option<Value>) -> PyResult<libc::time_t> {
    let Some(v) = v.filter(|v| !v.is_none()) else {
        return Ok(told_ns(vm, libc::CLOCK_REALTIME)?.div_euclid(BILLION) as libc::time_t);
    };
    let out_of_range = || vm.overflow_error("timestamp out of range for platform time_t");
    if vm.is_instance(v, vm.types.float) {
        let f = vm.to_f64(v)?;
        if f.is_nan() {
            return Err(vm.value_error("Invalid value NaN (not a number)"));
        }
        let f = f.floor();
        return if (-9.223372036854775e18..9.223372036854775e18).contains(&f) {
            Ok(f as libc::time_t)
        } else {
            Err(out_of_range())
        };
    }
    let i = vm.index(v)?;
    brolga_runtime::types::int::to_i64(i).map(|i| i as libc::time_t).ok_or_else(out_of_range)
}

pub(crate) fn broken_down(vm: &Vm, t: libc::time_t, local: bool) -> PyResult<libc::tm> {
    let mut tm = new_tm();
    // SAFETY: a time, and room for its parts.
    let result = unsafe { if local { libc::localtime_r(&t, &mut tm) } else { libc::gmtime_r(&t, &mut tm) } };
    if result.is_null() {
        return Err(vm.last_os_error(None));
    }
    Ok(tm)
}

fn localtime(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    to_struct(vm, &broken_down(vm, timestamp(vm, args.opt(0))?, true)?)
}

fn gmtime(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    to_struct(vm, &broken_down(vm, timestamp(vm, args.opt(0))?, false)?)
}

/// Nine ints as a `tm`.
fn from_struct(vm: &Vm, v: Value, function: &str) -> PyResult<libc::tm> {
    let Some(t) = v.downcast::<PyTuple>() else {
        return Err(vm.type_error("Tuple or struct_time argument required"));
    };
    let illegal = || -> Raised { vm.type_error(format!("{function}(): illegal time tuple argument")) };
    if t.len() != 9 {
        return Err(illegal());
    }
    let mut parts = [0i32; 9];
    for (part, item) in parts.iter_mut().zip(t.as_slice()) {
        *part = vm.to_i32(*item)?;
    }
    let [year, mon, mday, hour, min, sec, wday, yday, isdst] = parts;
    let mut tm = new_tm();
    tm.tm_year = year.checked_sub(1900).ok_or_else(|| vm.overflow_error("year out of range"))?;
    tm.tm_mon = mon.wrapping_sub(1);
    tm.tm_mday = mday;
    tm.tm_hour = hour;
    tm.tm_min = min;
    tm.tm_sec = sec;
    tm.tm_wday = wday.wrapping_add(1) % 7;
    tm.tm_yday = yday.wrapping_sub(1);
    tm.tm_isdst = isdst;
    if vm.type_of(v) == STRUCT_TIME.class(vm)? {
        let offset = vm.get_attr_str(v, "tm_gmtoff")?;
        if !offset.is_none() {
            tm.tm_gmtoff = vm.to_i64(offset)? as _;
        }
    }
    Ok(tm)
}

/// Checks the parts' ranges; 0 where 1 is the least stands for 1.
fn check_ranges(vm: &Vm, tm: &mut libc::tm) -> PyResult<()> {
    if tm.tm_mon == -1 {
        tm.tm_mon = 0;
    }
    if tm.tm_mday == 0 {
        tm.tm_mday = 1;
    }
    if tm.tm_yday == -1 {
        tm.tm_yday = 0;
    }
    let checks = [
        ((0..=11).contains(&tm.tm_mon), "month out of range"),
        ((1..=31).contains(&tm.tm_mday), "day of month out of range"),
        ((0..=23).contains(&tm.tm_hour), "hour out of range"),
        ((0..=59).contains(&tm.tm_min), "minute out of range"),
        ((0..=61).contains(&tm.tm_sec), "seconds out of range"),
        (tm.tm_wday >= 0, "day of week out of range"),
        ((0..=365).contains(&tm.tm_yday), "day of year out of range"),
    ];
    match checks.iter().find(|(fine, _)| !fine) {
        Some((_, message)) => Err(vm.value_error(message)),
        None => Ok(()),
    }
}

fn tm_argument(vm: &Vm, v: Option<Value>, function: &str) -> PyResult<libc::tm> {
    match v {
        None => broken_down(vm, timestamp(vm, None)?, true),
        Some(v) => {
            let mut tm = from_struct(vm, v, function)?;
            check_ranges(vm, &mut tm)?;
            Ok(tm)
        }
    }
}

fn ascii_time(tm: &libc::tm) -> String {
    const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let day = DAYS.get(tm.tm_wday.rem_euclid(7) as usize).unwrap_or(&"");
    let month = MONTHS.get(tm.tm_mon.rem_euclid(12) as usize).unwrap_or(&"");
    let year = i64::from(tm.tm_year) + 1900;
    format!("{day} {month}{:3} {:02}:{:02}:{:02} {year}", tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec)
}

fn asctime(vm: &Vm, args: &Args<'_>) -> PyResult<String> {
    Ok(ascii_time(&tm_argument(vm, args.opt(0), "asctime")?))
}

fn ctime(vm: &Vm, args: &Args<'_>) -> PyResult<String> {
    Ok(ascii_time(&broken_down(vm, timestamp(vm, args.opt(0))?, true)?))
}

fn mktime(vm: &Vm, v: Value) -> PyResult<f64> {
    let mut tm = from_struct(vm, v, "mktime")?;
    // -1 is a time, too: the day of the week tells whether it was computed.
    tm.tm_wday = -1;
    // SAFETY: the parts of a time.
    let t = unsafe { libc::mktime(&mut tm) };
    if t == -1 && tm.tm_wday == -1 {
        return Err(vm.overflow_error("mktime argument out of range"));
    }
    Ok(t as f64)
}

/// One piece of a format without zero bytes.
fn format_piece(vm: &Vm, format: &[u8], tm: &libc::tm, out: &mut Vec<u8>) -> PyResult<()> {
    if format.is_empty() {
        return Ok(());
    }
    let Ok(text) = CString::new(format) else { return Err(vm.value_error("embedded null character")) };
    let mut size = 1024usize;
    loop {
        let mut buffer: Vec<u8> = Vec::new();
        buffer.try_reserve_exact(size).map_err(|_| vm.memory_error())?;
        buffer.resize(size, 0);
        // SAFETY: room for so many bytes, a C string, the parts of a time.
        let n = unsafe { strftime(buffer.as_mut_ptr().cast(), size, text.as_ptr(), tm) };
        // An empty result can't be told from one that needs more room but by the size.
        if n > 0 || size > 256 * format.len() {
            out.extend_from_slice(buffer.get(..n).unwrap_or(&[]));
            return Ok(());
        }
        size = size.saturating_mul(2);
    }
}

fn format_time(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let format = args.get(0);
    let Some(format) = format.downcast::<PyStr>() else {
        return Err(vm.type_error(format!("strftime() argument 1 must be str, not {}", vm.type_name(format))));
    };
    let mut tm = match args.opt(1) {
        None => broken_down(vm, timestamp(vm, None)?, true)?,
        Some(v) => from_struct(vm, v, "strftime")?,
    };
    let names = zone_names(vm)?;
    if tm.tm_zone.is_null() {
        tm.tm_zone = if tm.tm_isdst > 0 { names.1.as_ptr() } else { names.0.as_ptr() };
    }
    check_ranges(vm, &mut tm)?;
    tm.tm_isdst = tm.tm_isdst.clamp(-1, 1);
    // What is not ASCII passes through as it is: the C library could not read all of it.
    let chars: Vec<u32> = format.chars().collect();
    let mut out = StrBuilder::with_capacity(chars.len());
    for run in chars.chunk_by(|a, b| is_format(*a) == is_format(*b)) {
        if !run.first().copied().is_some_and(is_format) {
            run.iter().for_each(|c| out.push(*c));
            continue;
        }
        let (bytes, mut piece): (Vec<u8>, Vec<u8>) = (run.iter().map(|c| *c as u8).collect(), Vec::new());
        format_piece(vm, &bytes, &tm, &mut piece)?;
        out.push_str(&*path::decode(vm, &piece)?);
    }
    Ok(out.finish(vm)?.value())
}

/// Is this a character of a format that the C library gets?
fn is_format(c: u32) -> bool {
    (1..0x80).contains(&c)
}

fn strptime(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let parse = vm.import_attr("_strptime", "_strptime_time")?;
    vm.call(parse, args.rest)
}

/// The zone's names and offsets west of UTC, in winter and in summer.
struct Zone {
    names: [String; 2],
    offsets: [i64; 2],
}

fn zone(vm: &Vm) -> PyResult<Zone> {
    const YEAR: i64 = (365 * 24 + 6) * 3600;
    let now = told_ns(vm, libc::CLOCK_REALTIME)? / BILLION;
    let start = now / YEAR * YEAR;
    let at = |t: i64| -> PyResult<(String, i64)> {
        let tm = broken_down(vm, t as libc::time_t, true)?;
        let name = if tm.tm_zone.is_null() {
            "   ".to_owned()
        } else {
            // SAFETY: the C library's own string, ended by a zero byte.
            unsafe { std::ffi::CStr::from_ptr(tm.tm_zone) }.to_string_lossy().into_owned()
        };
        Ok((name, -(tm.tm_gmtoff as i64)))
    };
    let (january, july) = (at(start)?, at(start + YEAR / 2)?);
    // In the south summer is in January.
    let (standard, summer) = if january.1 < july.1 { (july, january) } else { (january, july) };
    Ok(Zone { names: [standard.0, summer.0], offsets: [standard.1, summer.1] })
}

fn zone_names(vm: &Vm) -> PyResult<(CString, CString)> {
    let [standard, summer] = zone(vm)?.names;
    Ok((CString::new(standard).unwrap_or_default(), CString::new(summer).unwrap_or_default()))
}

fn set_zone(vm: &Vm, module: Ref<PyModule>) -> PyResult<()> {
    let zone = zone(vm)?;
    let [standard, summer] = zone.names;
    module.add_int(vm, "timezone", zone.offsets[0])?;
    module.add_int(vm, "altzone", zone.offsets[1])?;
    module.add_int(vm, "daylight", i64::from(zone.offsets[0] != zone.offsets[1]))?;
    let names = [vm.new_str(&standard)?.value(), vm.new_str(&summer)?.value()];
    module.add(vm, "tzname", vm.new_tuple(&names)?)
}

fn set_time_zone(vm: &Vm) -> PyResult<()> {
    // SAFETY: reads the environment; the GIL keeps the interpreter's threads from changing it at once.
    unsafe { tzset() };
    match vm.import("time")?.downcast::<PyModule>() {
        Some(module) => set_zone(vm, module),
        None => Ok(()),
    }
}

static FUNCTIONS: &[MethodDef] = &[
    method!("time", 0, time),
    method!("time_ns", 0, time_ns),
    method!("monotonic", 0, monotonic),
    method!("monotonic_ns", 0, monotonic_ns),
    method!("perf_counter", 0, monotonic),
    method!("perf_counter_ns", 0, monotonic_ns),
    method!("process_time", 0, process_time),
    method!("process_time_ns", 0, process_time_ns),
    method!("thread_time", 0, thread_time),
    method!("thread_time_ns", 0, thread_time_ns),
    method!("clock_gettime", 1, clock_gettime),
    method!("clock_gettime_ns", 1, clock_gettime_ns),
    method!("clock_getres", 1, clock_getres),
    method!("get_clock_info", 1, get_clock_info),
    method!("sleep", 1, sleep),
    method!("localtime", "(seconds=None, /)", localtime),
    method!("gmtime", "(seconds=None, /)", gmtime),
    method!("asctime", "(time_tuple=None, /)", asctime),
    method!("ctime", "(seconds=None, /)", ctime),
    method!("mktime", 1, mktime),
    method!("strftime", "(format, time_tuple=None, /)", format_time),
    method!("strptime", "(*args)", strptime),
    method!("tzset", 0, set_time_zone),
];

fn init(vm: &Vm, module: Ref<PyModule>) -> PyResult<()> {
    // SAFETY: as above.
    unsafe { tzset() };
    set_zone(vm, module)?;
    module.add_type(vm, STRUCT_TIME.class(vm)?)?;
    module.add_int(vm, "_STRUCT_TM_ITEMS", 11)?;
    for (name, clock) in [
        ("CLOCK_REALTIME", libc::CLOCK_REALTIME),
        ("CLOCK_MONOTONIC", libc::CLOCK_MONOTONIC),
        ("CLOCK_PROCESS_CPUTIME_ID", libc::CLOCK_PROCESS_CPUTIME_ID),
        ("CLOCK_THREAD_CPUTIME_ID", libc::CLOCK_THREAD_CPUTIME_ID),
        ("CLOCK_MONOTONIC_RAW", libc::CLOCK_MONOTONIC_RAW),
        ("CLOCK_BOOTTIME", libc::CLOCK_BOOTTIME),
        ("CLOCK_TAI", libc::CLOCK_TAI),
    ] {
        module.add_int(vm, name, i64::from(clock))?;
    }
    Ok(())
}

pub static MODULE: ModuleDef =
    ModuleDef::new("time", FUNCTIONS, init).doc("This module provides various functions to manipulate time values.");
