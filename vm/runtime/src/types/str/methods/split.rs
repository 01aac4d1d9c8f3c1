//! Taking apart and putting together: `split`, `join`, `strip`, `partition`, ...

use brolga_text::NoMemory;
use brolga_text::search::find;
use brolga_text::search::split::{self, Ends, Rules, Span};

use super::receiver;
use crate::object::{Args, MethodDef, Ref};
use crate::state::Vm;
use crate::types::list::PyList;
use crate::types::str::{PyStr, ops};
use crate::types::tuple::PyTuple;
use crate::value::Value;
use crate::{PyResult, method};

/// The parts of the text as a list of strings.
fn parts(vm: &Vm, this: Ref<PyStr>, spans: Result<Vec<Span>, NoMemory>) -> PyResult<Value> {
    let spans = vm.memory(spans)?;
    let list = PyList::with_capacity(vm, spans.len())?;
    for span in spans {
        list.push(vm, ops::slice(vm, this, span.start, span.end)?.value())?;
    }
    Ok(list.value())
}

/// `maxsplit` as a number of splits.
pub(crate) fn most(vm: &Vm, maxsplit: Option<Value>) -> PyResult<usize> {
    match maxsplit {
        Some(v) => Ok(usize::try_from(vm.to_isize(v)?).unwrap_or(usize::MAX)),
        None => Ok(usize::MAX),
    }
}

/// The separator: `None` for blanks.
fn separator(vm: &Vm, v: Option<Value>) -> PyResult<Option<Ref<PyStr>>> {
    let Some(v) = v.filter(|v| !v.is_none()) else { return Ok(None) };
    let Some(s) = v.downcast::<PyStr>() else {
        let got = vm.type_name(v);
        return Err(vm.type_error(format!("must be str or None, not {got}")));
    };
    if s.is_empty() {
        return Err(vm.value_error("empty separator"));
    }
    Ok(Some(s))
}

fn split(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let this = receiver(vm, args)?;
    let most = most(vm, args.opt(2))?;
    let spans = match separator(vm, args.opt(1))? {
        Some(s) => split::split(this.view(), s.view(), most),
        None => split::split_whitespace(this.view(), most, Rules::Str),
    };
    parts(vm, this, spans)
}

fn rsplit(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let this = receiver(vm, args)?;
    let most = most(vm, args.opt(2))?;
    let spans = match separator(vm, args.opt(1))? {
        Some(s) => split::rsplit(this.view(), s.view(), most),
        None => split::rsplit_whitespace(this.view(), most, Rules::Str),
    };
    parts(vm, this, spans)
}

fn splitlines(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let this = receiver(vm, args)?;
    let keep_ends = match args.opt(1) {
        Some(v) => vm.is_true(v)?,
        None => false,
    };
    parts(vm, this, split::split_lines(this.view(), keep_ends, Rules::Str))
}

fn partition_separator(vm: &Vm, v: Value) -> PyResult<Ref<PyStr>> {
    let Some(s) = v.downcast::<PyStr>() else {
        let got = vm.type_name(v);
        return Err(vm.type_error(format!("must be str, not {got}")));
    };
    if s.is_empty() {
        return Err(vm.value_error("empty separator"));
    }
    Ok(s)
}

fn partition(vm: &Vm, this: Ref<PyStr>, separator: Value) -> PyResult<Ref<PyTuple>> {
    let s = partition_separator(vm, separator)?;
    let empty = vm.names.empty.value();
    match find::find(this.view(), s.view()) {
        Some(at) => {
            let before = ops::slice(vm, this, 0, at)?;
            let after = ops::slice(vm, this, at + s.len(), this.len())?;
            vm.new_tuple(&[before.value(), s.value(), after.value()])
        }
        None => vm.new_tuple(&[ops::exact(vm, this)?.value(), empty, empty]),
    }
}

fn rpartition(vm: &Vm, this: Ref<PyStr>, separator: Value) -> PyResult<Ref<PyTuple>> {
    let s = partition_separator(vm, separator)?;
    let empty = vm.names.empty.value();
    match find::rfind(this.view(), s.view()) {
        Some(at) => {
            let before = ops::slice(vm, this, 0, at)?;
            let after = ops::slice(vm, this, at + s.len(), this.len())?;
            vm.new_tuple(&[before.value(), s.value(), after.value()])
        }
        None => vm.new_tuple(&[empty, empty, ops::exact(vm, this)?.value()]),
    }
}

fn strip_with(vm: &Vm, args: &Args<'_>, name: &str, ends: Ends) -> PyResult<Ref<PyStr>> {
    let this = receiver(vm, args)?;
    let chars = match args.opt_not_none(1) {
        None => None,
        Some(v) => match v.downcast::<PyStr>() {
            Some(s) => Some(s),
            None => {
                return Err(vm.type_error(format!("{name} arg must be None or str")));
            }
        },
    };
    let span = split::strip(this.view(), chars.as_ref().map(|s| s.view()), ends, Rules::Str);
    ops::slice(vm, this, span.start, span.end)
}

fn strip(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyStr>> {
    strip_with(vm, args, "strip", Ends::Both)
}
fn lstrip(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyStr>> {
    strip_with(vm, args, "lstrip", Ends::Left)
}
fn rstrip(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyStr>> {
    strip_with(vm, args, "rstrip", Ends::Right)
}

fn join(vm: &Vm, this: Ref<PyStr>, iterable: Value) -> PyResult<Ref<PyStr>> {
    if !is_iterable(vm, iterable) {
        return Err(vm.type_error("can only join an iterable"));
    }
    let items = vm.collect(iterable)?;
    ops::join(vm, Some(this), items.as_slice())
}

/// Whether `iter(v)` can succeed.
pub(crate) fn is_iterable(vm: &Vm, v: Value) -> bool {
    use crate::state::names::Special;
    let class = vm.type_of(v);
    match class.special(Special::Iter) {
        Some(m) => !m.is_none(),
        None => class.special(Special::GetItem).is_some(),
    }
}

pub(super) const METHODS: &[MethodDef] = &[
    method!("split", "($self, /, sep=None, maxsplit=-1)", split),
    method!("rsplit", "($self, /, sep=None, maxsplit=-1)", rsplit),
    method!("splitlines", "($self, /, keepends=False)", splitlines),
    method!("partition", 2, partition),
    method!("rpartition", 2, rpartition),
    method!("strip", "($self, chars=None, /)", strip),
    method!("lstrip", "($self, chars=None, /)", lstrip),
    method!("rstrip", "($self, chars=None, /)", rstrip),
    method!("join", 2, join),
];
