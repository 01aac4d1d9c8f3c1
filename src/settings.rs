//! What `-X` options and environment variables of CPython's may say, and its errors where they say something else.

use crate::args::Command;

/// CPython's error of a setting that it reads when it begins.
pub fn fatal(setting: &str, what: &str) -> Command {
    Command::Fatal(format!(
        "Fatal Python error: config_init_{setting}: {what}\nPython runtime state: preinitialized\n\n"
    ))
}

/// `-X importtime`, `-X importtime=1` or `=2`.
pub fn import_time(option: &str, level: Option<&str>) -> Result<u8, Command> {
    match level {
        None | Some("1") => Ok(1),
        Some("2") => Ok(2),
        Some(_) => Err(fatal("import_time", &format!("{option} other than 1 and 2 are reserved for future use."))),
    }
}

/// The longest text of an int: 0 is no limit.
pub fn max_str_digits(option: &str, n: &str) -> Result<usize, Command> {
    let n = n.parse::<usize>().ok().filter(|n| *n == 0 || *n >= 640);
    n.ok_or_else(|| {
        fatal("int_max_str_digits", &format!("{option}: invalid limit; must be >= 640 or 0 for unlimited."))
    })
}

/// `-X utf8[=0|1]`. (What is wrong is told a step earlier than the rest.)
pub fn utf8(what: &str, on: Option<&str>) -> Result<bool, Command> {
    match on {
        None | Some("1") => Ok(true),
        Some("0") => Ok(false),
        Some(_) => Err(Command::Fatal(format!(
            "Fatal Python error: preconfig_init_utf8_mode: invalid {what}\nPython runtime state: preinitializing\n\n"
        ))),
    }
}

/// `-X cpu_count=N`, or `default`: as many as there are.
pub fn cpu_count(n: Option<&str>) -> Result<Option<u32>, Command> {
    match n.map(|n| (n, n.parse::<u32>())) {
        Some(("default", _)) => Ok(None),
        Some((_, Ok(n))) if 0 < n && n <= i32::MAX as u32 => Ok(Some(n)),
        _ => Err(fatal(
            "cpu_count",
            "-X cpu_count=n option: n is missing or an invalid number, n must be greater than 0",
        )),
    }
}

/// `0` or `1`.
pub fn switch(setting: &str, what: &str, on: Option<&str>) -> Result<bool, Command> {
    match on {
        Some("0") => Ok(false),
        Some("1") => Ok(true),
        _ => Err(fatal(setting, &format!("{what} is missing or invalid"))),
    }
}

/// `-X gil=1`: there is one.
pub fn gil(on: Option<&str>) -> Result<(), Command> {
    let wrong = match on {
        Some("1") => return Ok(()),
        Some("0") => "Disabling the GIL is not supported by this build",
        _ => "PYTHON_GIL / -X gil must be \"0\" or \"1\"",
    };
    Err(Command::Fatal(format!(
        "Fatal Python error: config_read_gil: {wrong}\nPython runtime state: preinitialized\n\n"
    )))
}
