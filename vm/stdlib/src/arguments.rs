//! Conversions of arguments that several modules share.

use brolga_runtime::PyResult;
use brolga_runtime::object::Args;
use brolga_runtime::state::Vm;
use brolga_runtime::state::names::Special;
use brolga_runtime::types::int;
use brolga_runtime::value::{Slot, Value};

/// A C `int`.
pub fn c_int(vm: &Vm, v: Value) -> PyResult<i32> {
    vm.to_i32(v)
}

/// A C `int`, in the words of functions that parse their arguments by a format.
pub fn parsed_int(vm: &Vm, v: Value) -> PyResult<i32> {
    let i = vm.to_i64(v)?;
    let side = if i > 0 { "greater than maximum" } else { "less than minimum" };
    i32::try_from(i).map_err(|_| vm.overflow_error(format!("signed integer is {side}")))
}

/// A C `int` that has a default.
pub fn c_int_or(vm: &Vm, v: Slot, default: i32) -> PyResult<i32> {
    v.map_or(Ok(default), |v| c_int(vm, v))
}

/// An int of any size, of which only the low 64 bits matter.
pub fn bits(vm: &Vm, v: Value) -> PyResult<u64> {
    Ok(int::low_u64(vm.index(v)?))
}

/// A number that is not negative, up to `max`: C's `unsigned` and what `kind` says.
pub fn unsigned(vm: &Vm, v: Value, max: u64, kind: &str) -> PyResult<u64> {
    let i = vm.index(v)?;
    match int::to_u64(i) {
        Some(n) if n <= max => Ok(n),
        _ if int::is_negative(i) => Err(vm.value_error("Cannot convert negative int")),
        _ => Err(vm.overflow_error(format!("Python int too large for C unsigned {kind}"))),
    }
}

/// What C's `PySequence_Check` takes for a sequence.
pub fn is_sequence(vm: &Vm, v: Value) -> bool {
    vm.type_of(v).special(Special::GetItem).is_some() && !vm.is_instance(v, vm.types.dict)
}

/// A file descriptor: an int, or an object with a `fileno` method.
pub fn descriptor(vm: &Vm, v: Value) -> PyResult<i32> {
    let fd = if v.is_bool() {
        vm.warn(vm.types.runtime_warning, "bool is used as a file descriptor", 1)?;
        c_int(vm, v)?
    } else if vm.is_instance(v, vm.types.int) {
        c_int(vm, v)?
    } else if let Some(method) = vm.get_attr_opt(v, vm.intern("fileno")?)? {
        let fd = vm.call(method, &[])?;
        if !vm.is_instance(fd, vm.types.int) {
            return Err(vm.type_error("fileno() returned a non-integer"));
        }
        c_int(vm, fd)?
    } else {
        return Err(vm.type_error("argument must be an int, or have a fileno() method."));
    };
    if fd < 0 {
        return Err(vm.value_error(format!("file descriptor cannot be a negative integer ({fd})")));
    }
    Ok(fd)
}

/// A user's or group's number (`what` is "uid" or "gid"); -1 stands for itself.
pub fn owner_id(vm: &Vm, v: Value, what: &str) -> PyResult<u32> {
    let wrong = || vm.type_error(format!("{what} should be integer, not {}", vm.type_name(v)));
    let i = match vm.index(v) {
        Ok(i) => i,
        Err(raised) => {
            vm.catch(raised, vm.types.type_error)?;
            return Err(wrong());
        }
    };
    match int::to_i64(i) {
        Some(-1) => Ok(u32::MAX),
        Some(n) => u32::try_from(n).map_err(|_| vm.overflow_error(format!("{what} is less than minimum"))),
        None if int::is_negative(i) => Err(vm.overflow_error(format!("{what} is less than minimum"))),
        None => Err(vm.overflow_error(format!("{what} is greater than maximum"))),
    }
}

/// A user's or group's number as Python's: the highest is -1.
pub fn owner_value(id: u32) -> Value {
    if id == u32::MAX { Value::from_i32(-1) } else { Value::from_int_truncated(i64::from(id)) }
}

/// A duration in units of `unit` nanoseconds, as nanoseconds; fractions are rounded away from zero, lest a wait ends
/// too early. A TypeError where it is no number.
pub fn nanoseconds(vm: &Vm, v: Value, unit: i64) -> PyResult<i64> {
    let too_large = || vm.overflow_error("timestamp out of range for C PyTime_t");
    if vm.is_instance(v, vm.types.float) {
        let ns = vm.to_f64(v)? * unit as f64;
        if ns.is_nan() {
            return Err(vm.value_error("Invalid value NaN (not a number)"));
        }
        let ns = if ns >= 0.0 { ns.ceil() } else { ns.floor() };
        // The bounds of i64, of which the upper one is not reached.
        return if (i64::MIN as f64..-(i64::MIN as f64)).contains(&ns) { Ok(ns as i64) } else { Err(too_large()) };
    }
    match vm.index(v) {
        Ok(i) => int::to_i64(i).and_then(|i| i.checked_mul(unit)).ok_or_else(too_large),
        Err(raised) => {
            vm.catch(raised, vm.types.type_error)?;
            Err(vm.type_error(format!("'{}' object cannot be interpreted as an integer or float", vm.type_name(v))))
        }
    }
}

pub const SECOND: i64 = 1_000_000_000;
pub const MILLISECOND: i64 = 1_000_000;

/// Now, on the clock that only goes forward.
pub fn monotonic_ns() -> i64 {
    let mut t = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: room for a time; this clock always exists.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &mut t) };
    t.tv_sec.saturating_mul(SECOND).saturating_add(t.tv_nsec)
}

/// A moment on the monotonic clock until which something may take, `None` for ever.
#[derive(Copy, Clone)]
pub struct Deadline(pub Option<i64>);

impl Deadline {
    /// In so many nanoseconds; negative: never.
    pub fn after(ns: i64) -> Deadline {
        Deadline(if ns < 0 { None } else { Some(monotonic_ns().saturating_add(ns)) })
    }

    /// What is left, not negative.
    pub fn left(self) -> Option<i64> {
        self.0.map(|end| end.saturating_sub(monotonic_ns()).max(0))
    }

    /// What is left for `poll` and `epoll_wait`: milliseconds rounded up, -1 for ever.
    pub fn left_ms(self) -> i32 {
        match self.left() {
            None => -1,
            Some(ns) => i32::try_from((ns + MILLISECOND - 1) / MILLISECOND).unwrap_or(i32::MAX),
        }
    }

    pub fn is_over(self) -> bool {
        self.left() == Some(0)
    }
}

/// Refuses the arguments of a class whose instances are made without any.
pub fn no_arguments(vm: &Vm, args: &Args<'_>, class: &str) -> PyResult<()> {
    if !args.kw.is_empty() {
        return Err(vm.type_error(format!("{class}() takes no keyword arguments")));
    }
    if !args.rest.is_empty() {
        return Err(vm.type_error(format!("{class}() takes no positional arguments")));
    }
    Ok(())
}
