//! `_locale`: the C library's locale.

use std::ffi::{CStr, CString};

use brolga_runtime::module_def::ModuleDef;
use brolga_runtime::object::{Args, MethodDef, Ref};
use brolga_runtime::state::Vm;
use brolga_runtime::types::module::PyModule;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, Raised, method};

use crate::exception_class::{Base, ExceptionClass};
use crate::posix::path;

unsafe extern "C" {
    fn strcoll(a: *const libc::c_char, b: *const libc::c_char) -> i32;
    fn strxfrm(to: *mut libc::c_char, from: *const libc::c_char, n: usize) -> usize;
}

static ERROR: ExceptionClass = ExceptionClass::new("locale", "Error", Base::Exception);

fn error(vm: &Vm, message: &str) -> Raised {
    ERROR.raise(vm, message)
}

fn c_string(vm: &Vm, v: Value, function: &str, position: u32) -> PyResult<CString> {
    let Some(s) = v.downcast::<PyStr>() else {
        return Err(vm.type_error(format!("{function}() argument {position} must be str, not {}", vm.type_name(v))));
    };
    CString::new(path::encode(vm, s)?).map_err(|_| vm.value_error("embedded null character"))
}

/// A string of the C library's.
///
/// # Safety
/// `p` is null or ends in a zero byte, and stays as it is meanwhile.
unsafe fn text(vm: &Vm, p: *const libc::c_char) -> PyResult<Value> {
    if p.is_null() {
        return Ok(vm.names.empty.value());
    }
    // SAFETY: by the contract.
    Ok(path::decode(vm, unsafe { CStr::from_ptr(p) }.to_bytes())?.value())
}

fn setlocale(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let category = vm.to_i32(args.get(0))?;
    if !(0..=12).contains(&category) {
        return Err(error(vm, "invalid locale category"));
    }
    let name = match args.opt_not_none(1) {
        None => None,
        Some(v) => Some(c_string(vm, v, "setlocale", 2)?),
    };
    let pointer = name.as_ref().map_or(std::ptr::null(), |n| n.as_ptr());
    // SAFETY: null or a C string; the GIL keeps the interpreter's threads from changing the locale at once.
    let result = unsafe { libc::setlocale(category, pointer) };
    if result.is_null() {
        let message = if name.is_some() { "unsupported locale setting" } else { "locale query failed" };
        return Err(error(vm, message));
    }
    // SAFETY: the C library's own string.
    unsafe { text(vm, result) }
}

fn localeconv(vm: &Vm) -> PyResult<Value> {
    let dict = vm.new_dict()?;
    // SAFETY: the C library's own structure; nothing changes the locale while the GIL is held.
    let Some(conv) = (unsafe { libc::localeconv().as_ref() }) else { return Ok(dict.value()) };
    let grouping = |p: *const libc::c_char| -> PyResult<Value> {
        let list = vm.new_list(&[])?;
        if !p.is_null() {
            // SAFETY: the C library's own string.
            let bytes = unsafe { CStr::from_ptr(p) }.to_bytes();
            for b in bytes {
                list.push(vm, Value::from_i32(i32::from(*b as i8)))?;
                if *b == libc::c_char::MAX as u8 {
                    return Ok(list.value());
                }
            }
            if !bytes.is_empty() {
                list.push(vm, Value::from_i32(0))?;
            }
        }
        Ok(list.value())
    };
    for (name, p) in [
        ("decimal_point", conv.decimal_point),
        ("thousands_sep", conv.thousands_sep),
        ("int_curr_symbol", conv.int_curr_symbol),
        ("currency_symbol", conv.currency_symbol),
        ("mon_decimal_point", conv.mon_decimal_point),
        ("mon_thousands_sep", conv.mon_thousands_sep),
        ("positive_sign", conv.positive_sign),
        ("negative_sign", conv.negative_sign),
    ] {
        // SAFETY: the C library's own string.
        dict.set_name(vm, name, unsafe { text(vm, p) }?)?;
    }
    dict.set_name(vm, "grouping", grouping(conv.grouping)?)?;
    dict.set_name(vm, "mon_grouping", grouping(conv.mon_grouping)?)?;
    for (name, n) in [
        ("int_frac_digits", conv.int_frac_digits),
        ("frac_digits", conv.frac_digits),
        ("p_cs_precedes", conv.p_cs_precedes),
        ("p_sep_by_space", conv.p_sep_by_space),
        ("n_cs_precedes", conv.n_cs_precedes),
        ("n_sep_by_space", conv.n_sep_by_space),
        ("p_sign_posn", conv.p_sign_posn),
        ("n_sign_posn", conv.n_sign_posn),
    ] {
        dict.set_name(vm, name, Value::from_i32(i32::from(n)))?;
    }
    Ok(dict.value())
}

fn collate(vm: &Vm, a: Value, b: Value) -> PyResult<i32> {
    let (a, b) = (c_string(vm, a, "strcoll", 1)?, c_string(vm, b, "strcoll", 2)?);
    // SAFETY: C strings.
    Ok(unsafe { strcoll(a.as_ptr(), b.as_ptr()) })
}

fn transform(vm: &Vm, s: Value) -> PyResult<Value> {
    let s = c_string(vm, s, "strxfrm", 1)?;
    // SAFETY: a C string; no room is given, so nothing is written.
    let n = unsafe { strxfrm(std::ptr::null_mut(), s.as_ptr(), 0) };
    let mut out: Vec<u8> = Vec::new();
    out.try_reserve_exact(n.saturating_add(1)).map_err(|_| vm.memory_error())?;
    out.resize(n.saturating_add(1), 0);
    // SAFETY: a C string, and room for the result and its zero byte.
    unsafe { strxfrm(out.as_mut_ptr().cast(), s.as_ptr(), out.len()) };
    Ok(path::decode(vm, out.get(..n).unwrap_or(&[]))?.value())
}

fn nl_langinfo(vm: &Vm, item: Value) -> PyResult<Value> {
    let item = vm.to_i32(item)?;
    if !LANGINFO.iter().any(|(_, n)| *n == item) {
        return Err(vm.value_error("unsupported langinfo constant"));
    }
    // SAFETY: a known item; the C library's own string.
    unsafe { text(vm, libc::nl_langinfo(item)) }
}

fn getencoding(vm: &Vm) -> PyResult<Value> {
    if vm.config.utf8_mode {
        return Ok(vm.names.utf_8.value());
    }
    // SAFETY: the C library's own string.
    unsafe { text(vm, libc::nl_langinfo(libc::CODESET)) }
}

macro_rules! items {
    ($($name:ident),* $(,)?) => { &[$((stringify!($name), libc::$name)),*] };
}

static LANGINFO: &[(&str, libc::nl_item)] = items![
    ABDAY_1,
    ABDAY_2,
    ABDAY_3,
    ABDAY_4,
    ABDAY_5,
    ABDAY_6,
    ABDAY_7,
    ABMON_1,
    ABMON_2,
    ABMON_3,
    ABMON_4,
    ABMON_5,
    ABMON_6,
    ABMON_7,
    ABMON_8,
    ABMON_9,
    ABMON_10,
    ABMON_11,
    ABMON_12,
    ALT_DIGITS,
    AM_STR,
    CODESET,
    CRNCYSTR,
    DAY_1,
    DAY_2,
    DAY_3,
    DAY_4,
    DAY_5,
    DAY_6,
    DAY_7,
    D_FMT,
    D_T_FMT,
    ERA,
    ERA_D_FMT,
    ERA_D_T_FMT,
    ERA_T_FMT,
    MON_1,
    MON_2,
    MON_3,
    MON_4,
    MON_5,
    MON_6,
    MON_7,
    MON_8,
    MON_9,
    MON_10,
    MON_11,
    MON_12,
    NOEXPR,
    PM_STR,
    RADIXCHAR,
    THOUSEP,
    T_FMT,
    T_FMT_AMPM,
    YESEXPR,
];

static CATEGORIES: &[(&str, i32)] = items![LC_ALL, LC_COLLATE, LC_CTYPE, LC_MESSAGES, LC_MONETARY, LC_NUMERIC, LC_TIME];

static FUNCTIONS: &[MethodDef] = &[
    method!("setlocale", "($module, category, locale=None, /)", setlocale),
    method!("localeconv", 0, localeconv),
    method!("strcoll", 2, collate),
    method!("strxfrm", 1, transform),
    method!("nl_langinfo", 1, nl_langinfo),
    method!("getencoding", 0, getencoding),
];

fn init(vm: &Vm, module: Ref<PyModule>) -> PyResult<()> {
    module.add(vm, "Error", ERROR.class(vm)?)?;
    module.add_int(vm, "CHAR_MAX", 127)?;
    for (name, n) in CATEGORIES.iter().chain(LANGINFO) {
        module.add_int(vm, name, i64::from(*n))?;
    }
    Ok(())
}

pub static MODULE: ModuleDef = ModuleDef::new("_locale", FUNCTIONS, init).doc("Support for POSIX locales.");
