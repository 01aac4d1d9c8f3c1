//! `_datetime`: `date`, `time`, `datetime`, `timedelta`, `tzinfo` and `timezone`.
//!
//! [`calendar`] counts days and [`iso`] reads texts, without objects. [`delta`], [`zone`], [`date`], [`time`] and
//! [`stamp`] (the class `datetime`) are the types, [`weeks`] what `isocalendar` gives. [`local`] asks the C library for the
//! local time, [`format`] makes texts, [`arguments`] words the errors of constructors.

/// The attributes that a `time` and a `datetime` have alike.
macro_rules! clock_getters {
    ($class:ty) => {{
        fn hour(_: &Vm, this: Ref<$class>) -> i32 {
            this.clock().hour
        }
        fn minute(_: &Vm, this: Ref<$class>) -> i32 {
            this.clock().minute
        }
        fn second(_: &Vm, this: Ref<$class>) -> i32 {
            this.clock().second
        }
        fn microsecond(_: &Vm, this: Ref<$class>) -> i32 {
            this.clock().microsecond
        }
        fn tzinfo(_: &Vm, this: Ref<$class>) -> Slot {
            this.zone()
        }
        fn fold(_: &Vm, this: Ref<$class>) -> i32 {
            i32::from(this.fold())
        }
        use brolga_runtime::getset;
        [
            getset!("hour", hour),
            getset!("minute", minute),
            getset!("second", second),
            getset!("microsecond", microsecond),
            getset!("tzinfo", tzinfo),
            getset!("fold", fold),
        ]
    }};
}

mod arguments;
mod calendar;
mod date;
mod delta;
mod format;
mod iso;
mod local;
mod stamp;
mod time;
mod weeks;
mod zone;

use brolga_runtime::PyResult;
use brolga_runtime::module_def::ModuleDef;
use brolga_runtime::object::Ref;
use brolga_runtime::state::Vm;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::types::module::PyModule;
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::value::{Slot, Value};

use calendar::{Clock, Day, MAX_YEAR, MIN_YEAR};
use delta::new_delta;

pub use date::trace_date;
pub use delta::trace_delta;
pub use stamp::trace_stamp;
pub use time::trace_time;

/// What `__reduce__` gives for an object with such a state, and perhaps a zone.
fn reduced_to(vm: &Vm, this: Value, bytes: &[u8], zone: Slot) -> PyResult<Value> {
    let state = PyBytes::new(vm, bytes)?.value();
    let state = match zone {
        Some(zone) => vm.new_tuple(&[state, zone])?,
        None => vm.new_tuple(&[state])?,
    };
    Ok(vm.new_tuple(&[vm.type_of(this).value(), state.value()])?.value())
}

/// Attributes of a class beside its methods.
fn add_constants<const N: usize>(vm: &Vm, class: Ref<PyType>, constants: [(&str, Value); N]) -> PyResult<()> {
    let Some(dict) = class.dict() else { return Err(vm.system_error("a class without a dict")) };
    for (name, value) in constants {
        // The class is the same when the module is made again, and what is known of its attributes stays so.
        if dict.get_str(vm, vm.intern(name)?).is_none() {
            dict.set_name(vm, name, value)?;
        }
    }
    Ok(())
}

fn init(vm: &Vm, m: Ref<PyModule>) -> PyResult<()> {
    let classes = [date::class(vm)?, stamp::class(vm)?, time::class(vm)?, delta::class(vm)?, zone::tzinfo_class(vm)?];
    for class in classes {
        m.add_type(vm, class)?;
    }
    m.add_type(vm, zone::timezone_class(vm)?)?;
    let [date, stamp, time, delta, _] = classes;
    let first = Day { year: 1, month: 1, day: 1 };
    let last = Day { year: MAX_YEAR, month: 12, day: 31 };
    let evening = Clock { hour: 23, minute: 59, second: 59, microsecond: 999_999 };
    let morning = Clock::default();
    let microsecond = new_delta(vm, 0, 0, 1)?;
    let constants = [
        ("min", new_delta(vm, -delta::MAX_DAYS, 0, 0)?),
        ("max", new_delta(vm, delta::MAX_DAYS, 86_399, 999_999)?),
        ("resolution", microsecond),
    ];
    add_constants(vm, delta, constants)?;
    let constants = [
        ("min", date::new_date(vm, first)?),
        ("max", date::new_date(vm, last)?),
        ("resolution", new_delta(vm, 1, 0, 0)?),
    ];
    add_constants(vm, date, constants)?;
    let constants = [
        ("min", time::new_time(vm, morning, None, false)?),
        ("max", time::new_time(vm, evening, None, false)?),
        ("resolution", microsecond),
    ];
    add_constants(vm, time, constants)?;
    let constants = [
        ("min", stamp::new_stamp(vm, first, morning, None, false)?),
        ("max", stamp::new_stamp(vm, last, evening, None, false)?),
        ("resolution", microsecond),
    ];
    add_constants(vm, stamp, constants)?;
    // The extremes are whole minutes, though finer offsets can be made.
    let utc = zone::utc(vm)?;
    let constants = [
        ("utc", utc),
        ("min", zone::fixed(vm, new_delta(vm, -1, 60, 0)?, None)?),
        ("max", zone::fixed(vm, new_delta(vm, 0, (23 * 60 + 59) * 60, 0)?, None)?),
    ];
    add_constants(vm, zone::timezone_class(vm)?, constants)?;
    m.add_int(vm, "MINYEAR", i64::from(MIN_YEAR))?;
    m.add_int(vm, "MAXYEAR", i64::from(MAX_YEAR))?;
    m.add(vm, "UTC", utc)
}

pub static MODULE: ModuleDef =
    ModuleDef::new("_datetime", &[], init).doc("Fast implementation of the datetime module.");
