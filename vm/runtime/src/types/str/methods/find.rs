//! Searching: `find`, `index`, `count`, `startswith`, ...

use brolga_text::Text;
use brolga_text::search::find as search;

use super::basic::range_arguments;
use super::receiver;
use crate::object::{Args, MethodDef, Ref};
use crate::state::Vm;
use crate::types::str::{PyStr, ops};
use crate::types::tuple::PyTuple;
use crate::value::Value;
use crate::{PyResult, method};

/// The needle, the part of the text that is searched, and where that begins; `None` where the range is empty beyond.
fn arguments<'a>(
    vm: &Vm,
    this: &'a Ref<PyStr>,
    args: &Args<'_>,
    name: &str,
) -> PyResult<(Ref<PyStr>, Option<(Text<'a>, usize)>)> {
    let sub = args.get(1);
    let Some(sub) = sub.downcast::<PyStr>() else {
        let got = vm.type_name(sub);
        return Err(vm.type_error(format!("{name}() argument 1 must be str, not {got}")));
    };
    let (start, end) = range_arguments(vm, args.opt(2), args.opt(3), this.len())?;
    if start > end {
        return Ok((sub, None));
    }
    Ok((sub, Some((this.view().slice(start, end), start))))
}

fn search_with(
    vm: &Vm,
    args: &Args<'_>,
    name: &str,
    search: fn(Text<'_>, Text<'_>) -> Option<usize>,
) -> PyResult<Option<usize>> {
    let this = receiver(vm, args)?;
    let (sub, part) = arguments(vm, &this, args, name)?;
    Ok(part.and_then(|(text, at)| Some(search(text, sub.view())? + at)))
}

fn or_minus_one(found: Option<usize>) -> Value {
    found.map_or(Value::from_i32(-1), Value::from_len)
}

fn or_error(vm: &Vm, found: Option<usize>) -> PyResult<Value> {
    found.map(Value::from_len).ok_or_else(|| vm.value_error("substring not found"))
}

fn find(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    Ok(or_minus_one(search_with(vm, args, "find", search::find)?))
}
fn rfind(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    Ok(or_minus_one(search_with(vm, args, "rfind", search::rfind)?))
}
fn index(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let found = search_with(vm, args, "index", search::find)?;
    or_error(vm, found)
}
fn rindex(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let found = search_with(vm, args, "rindex", search::rfind)?;
    or_error(vm, found)
}

fn count(vm: &Vm, args: &Args<'_>) -> PyResult<usize> {
    let this = receiver(vm, args)?;
    let (sub, part) = arguments(vm, &this, args, "count")?;
    Ok(part.map_or(0, |(text, _)| search::count(text, sub.view())))
}

/// `startswith` and `endswith`.
fn affix(vm: &Vm, args: &Args<'_>, name: &str, test: fn(Text<'_>, Text<'_>) -> bool) -> PyResult<bool> {
    let this = receiver(vm, args)?;
    let (start, end) = range_arguments(vm, args.opt(2), args.opt(3), this.len())?;
    let holds = |affix: Ref<PyStr>| start <= end && test(this.view().slice(start, end), affix.view());
    let affix = args.get(1);
    if let Some(affix) = affix.downcast::<PyStr>() {
        return Ok(holds(affix));
    }
    let Some(all) = affix.downcast::<PyTuple>() else {
        let got = vm.type_name(affix);
        return Err(vm.type_error(format!("{name} first arg must be str or a tuple of str, not {got}")));
    };
    for v in all.as_slice() {
        match v.downcast::<PyStr>() {
            Some(affix) if holds(affix) => return Ok(true),
            Some(_) => {}
            None => {
                let got = vm.type_name(*v);
                return Err(vm.type_error(format!("tuple for {name} must only contain str, not {got}")));
            }
        }
    }
    Ok(false)
}

/// Does a text begin, or end, with another?
pub fn has_affix(this: Ref<PyStr>, affix: Ref<PyStr>, at_end: bool) -> bool {
    let test = if at_end { search::ends_with } else { search::starts_with };
    test(this.view(), affix.view())
}

fn startswith(vm: &Vm, args: &Args<'_>) -> PyResult<bool> {
    affix(vm, args, "startswith", search::starts_with)
}
fn endswith(vm: &Vm, args: &Args<'_>) -> PyResult<bool> {
    affix(vm, args, "endswith", search::ends_with)
}

fn removeprefix(vm: &Vm, this: Ref<PyStr>, prefix: Value) -> PyResult<Ref<PyStr>> {
    let prefix = vm.expect_str(prefix, "removeprefix() argument")?;
    let cut = if search::starts_with(this.view(), prefix.view()) { prefix.len() } else { 0 };
    ops::slice(vm, this, cut, this.len())
}
fn removesuffix(vm: &Vm, this: Ref<PyStr>, suffix: Value) -> PyResult<Ref<PyStr>> {
    let suffix = vm.expect_str(suffix, "removesuffix() argument")?;
    let cut = if search::ends_with(this.view(), suffix.view()) { suffix.len() } else { 0 };
    ops::slice(vm, this, 0, this.len() - cut)
}

pub(super) const METHODS: &[MethodDef] = &[
    method!("find", "($self, sub, start=None, end=None, /)", find),
    method!("rfind", "($self, sub, start=None, end=None, /)", rfind),
    method!("index", "($self, sub, start=None, end=None, /)", index),
    method!("rindex", "($self, sub, start=None, end=None, /)", rindex),
    method!("count", "($self, sub, start=None, end=None, /)", count),
    method!("startswith", "($self, prefix, start=None, end=None, /)", startswith),
    method!("endswith", "($self, suffix, start=None, end=None, /)", endswith),
    method!("removeprefix", 2, removeprefix),
    method!("removesuffix", 2, removesuffix),
];
