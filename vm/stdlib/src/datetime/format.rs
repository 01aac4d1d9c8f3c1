//! Texts of days and times.

use brolga_runtime::PyResult;
use brolga_runtime::object::Ref;
use brolga_runtime::state::Vm;
use brolga_runtime::types::int;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::types::str::builder::StrBuilder;
use brolga_runtime::value::{Slot, Value};

use super::calendar::{Clock, Day};
use super::zone;

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

pub fn ctime(day: Day, clock: Clock) -> String {
    let weekday = DAYS.get(day.weekday() as usize).copied().unwrap_or("");
    let month = MONTHS.get((day.month - 1).max(0) as usize).copied().unwrap_or("");
    let Clock { hour, minute, second, .. } = clock;
    format!("{weekday} {month} {:2} {hour:02}:{minute:02}:{second:02} {:04}", day.day, day.year)
}

/// Which parts of a time of day `isoformat` shows.
pub fn clock_text(vm: &Vm, clock: Clock, spec: Slot, function_argument: usize) -> PyResult<String> {
    let Clock { hour, minute, second, microsecond } = clock;
    let spec = match spec {
        None => None,
        Some(v) => match v.downcast::<PyStr>() {
            Some(s) => Some(s.to_lossy()),
            None => {
                let got = super::arguments::got(vm, v);
                return Err(vm.type_error(format!("isoformat() argument {function_argument} must be str, not {got}")));
            }
        },
    };
    let spec = match spec.as_deref() {
        None | Some("auto") if microsecond == 0 => "seconds",
        None | Some("auto") => "microseconds",
        Some(other) => other,
    };
    Ok(match spec {
        "hours" => format!("{hour:02}"),
        "minutes" => format!("{hour:02}:{minute:02}"),
        "seconds" => format!("{hour:02}:{minute:02}:{second:02}"),
        "milliseconds" => format!("{hour:02}:{minute:02}:{second:02}.{:03}", microsecond / 1000),
        "microseconds" => format!("{hour:02}:{minute:02}:{second:02}.{microsecond:06}"),
        _ => return Err(vm.value_error("Unknown timespec value")),
    })
}

/// What a format may ask for that the C library does not know.
pub struct Subject {
    pub zone: Slot,
    /// What the zone is asked about.
    pub about: Value,
    pub microsecond: i32,
}

impl Subject {
    fn offset(&self, vm: &Vm, separator: &str) -> PyResult<String> {
        let offset = zone::ask_offset(vm, self.zone, "utcoffset", self.about)?;
        Ok(offset.map_or_else(String::new, |offset| zone::offset_text(offset, separator)))
    }

    /// The zone's name, with each `%` doubled: what comes of it is a format.
    fn name(&self, vm: &Vm, out: &mut StrBuilder) -> PyResult<()> {
        if let Some(name) = zone::ask_name(vm, self.zone, self.about)? {
            let args = [vm.new_str("%")?.value(), vm.new_str("%%")?.value()];
            let name = vm.call_method(name.value(), "replace", &args)?;
            let Some(name) = name.downcast::<PyStr>() else {
                return Err(vm.type_error("tzname.replace() did not return a string"));
            };
            out.push_str(&name);
        }
        Ok(())
    }
}

/// `time.strftime`, with `%f`, `%z`, `%:z` and `%Z` filled in, and years of four digits.
pub fn strftime(vm: &Vm, text: Ref<PyStr>, tuple: Value, subject: &Subject) -> PyResult<Value> {
    let function = vm.import_attr("time", "strftime")?;
    let chars: Vec<u32> = text.chars().collect();
    let mut out = StrBuilder::with_capacity(chars.len());
    let year = || -> PyResult<i64> { vm.to_i64(vm.get_item(tuple, Value::from_i32(0))?) };
    let mut i = 0;
    while let Some(c) = chars.get(i).copied() {
        i += 1;
        let Some(code) = chars.get(i).copied().filter(|_| c == u32::from('%')) else {
            out.push(c);
            continue;
        };
        i += 1;
        match char::from_u32(code) {
            Some('f') => out.push_rust(&format!("{:06}", subject.microsecond)),
            Some('z') => out.push_rust(&subject.offset(vm, "")?),
            Some(':') if chars.get(i) == Some(&u32::from('z')) => {
                i += 1;
                out.push_rust(&subject.offset(vm, ":")?);
            }
            Some('Z') => subject.name(vm, &mut out)?,
            // The C library writes years before 1000 with fewer digits.
            Some(code @ ('Y' | 'G' | 'F' | 'C')) if year()? < 1000 => {
                let mut number = year()?;
                if code == 'G' {
                    let shown = vm.call(function, &[vm.new_str("%G")?.value(), tuple])?;
                    let shown = vm.to_lossy(shown);
                    number = shown.trim().parse().unwrap_or(number);
                }
                match code {
                    'C' => out.push_rust(&format!("{:02}", number / 100)),
                    'F' => {
                        let field = |i: i32| -> PyResult<i64> {
                            let v = vm.get_item(tuple, Value::from_i32(i))?;
                            int::to_i64(v).ok_or_else(|| vm.type_error("an integer is required"))
                        };
                        out.push_rust(&format!("{number:04}-{:02}-{:02}", field(1)?, field(2)?));
                    }
                    _ => out.push_rust(&format!("{number:04}")),
                }
            }
            _ => {
                out.push(c);
                out.push(code);
            }
        }
    }
    vm.call(function, &[out.finish(vm)?.value(), tuple])
}
