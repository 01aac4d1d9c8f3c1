//! `_bisect`.

use brolga_runtime::module_def::{ModuleDef, nothing};
use brolga_runtime::object::{Args, MethodDef};
use brolga_runtime::protocol::compare::Compare;
use brolga_runtime::state::Vm;
use brolga_runtime::types::list::PyList;
use brolga_runtime::types::shape;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, method};

/// Where `x` belongs in `a` between `lo` and `hi`: behind equal items, or before them.
fn search(vm: &Vm, args: &Args<'_>, x: Value, right: bool) -> PyResult<usize> {
    let a = args.get(0);
    let key = args.opt_not_none(4);
    let lo = match args.opt(2) {
        Some(lo) => vm.to_isize(lo)?,
        None => 0,
    };
    let Ok(mut lo) = usize::try_from(lo) else { return Err(vm.value_error("lo must be non-negative")) };
    let mut hi = match args.opt_not_none(3) {
        Some(hi) => vm.to_isize(hi)?,
        None => -1,
    };
    if hi < 0 {
        hi = vm.len(a)? as isize;
    }
    let mut hi = hi as usize;
    let list = vm.exact::<PyList>(a, shape::list);
    while lo < hi {
        let middle = lo + (hi - lo) / 2;
        let item = match list.and_then(|l| l.get(middle)) {
            Some(item) => item,
            None => vm.get_item(a, vm.new_int_u64(middle as u64)?)?,
        };
        let item = match key {
            Some(key) => vm.call(key, &[item])?,
            None => item,
        };
        let go_left =
            if right { vm.compare_bool(x, item, Compare::Lt)? } else { !vm.compare_bool(item, x, Compare::Lt)? };
        if go_left {
            hi = middle;
        } else {
            lo = middle + 1;
        }
    }
    Ok(lo)
}

fn insert(vm: &Vm, args: &Args<'_>, right: bool) -> PyResult<()> {
    let x = args.get(1);
    let sought = match args.opt_not_none(4) {
        Some(key) => vm.call(key, &[x])?,
        None => x,
    };
    let at = search(vm, args, sought, right)?;
    match vm.exact::<PyList>(args.get(0), shape::list) {
        Some(list) => list.insert(vm, at, x),
        None => vm.call_method(args.get(0), "insert", &[Value::from_len(at), x]).map(|_| ()),
    }
}

fn bisect_right(vm: &Vm, args: &Args<'_>) -> PyResult<usize> {
    search(vm, args, args.get(1), true)
}

fn bisect_left(vm: &Vm, args: &Args<'_>) -> PyResult<usize> {
    search(vm, args, args.get(1), false)
}

fn insort_right(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    insert(vm, args, true)
}

fn insort_left(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    insert(vm, args, false)
}

const FUNCTIONS: &[MethodDef] = &[
    method!("bisect_right", "($module, /, a, x, lo=0, hi=None, *, key=None)", bisect_right).doc(
        "Return the index where to insert item x in list a, assuming a is sorted.\n\nThe return value i is such that all e \
         in a[:i] have e <= x, and all e in\na[i:] have e > x.  So if x already appears in the list, a.insert(i, x) \
         will\ninsert just after the rightmost x already there.\n\nOptional args lo (default 0) and hi (default len(a)) \
         bound the\nslice of a to be searched.\n\nA custom key function can be supplied to customize the sort order.",
    ),
    method!("bisect_left", "($module, /, a, x, lo=0, hi=None, *, key=None)", bisect_left).doc(
        "Return the index where to insert item x in list a, assuming a is sorted.\n\nThe return value i is such that all e \
         in a[:i] have e < x, and all e in\na[i:] have e >= x.  So if x already appears in the list, a.insert(i, x) \
         will\ninsert just before the leftmost x already there.\n\nOptional args lo (default 0) and hi (default len(a)) \
         bound the\nslice of a to be searched.\n\nA custom key function can be supplied to customize the sort order.",
    ),
    method!("insort_right", "($module, /, a, x, lo=0, hi=None, *, key=None)", insort_right).doc(
        "Insert item x in list a, and keep it sorted assuming a is sorted.\n\nIf x is already in a, insert it to the right \
         of the rightmost x.\n\nOptional args lo (default 0) and hi (default len(a)) bound the\nslice of a to be \
         searched.\n\nA custom key function can be supplied to customize the sort order.",
    ),
    method!("insort_left", "($module, /, a, x, lo=0, hi=None, *, key=None)", insort_left).doc(
        "Insert item x in list a, and keep it sorted assuming a is sorted.\n\nIf x is already in a, insert it to the left \
         of the leftmost x.\n\nOptional args lo (default 0) and hi (default len(a)) bound the\nslice of a to be \
         searched.\n\nA custom key function can be supplied to customize the sort order.",
    ),
];

pub static MODULE: ModuleDef = ModuleDef::new("_bisect", FUNCTIONS, nothing).doc(
    "Bisection algorithms.\n\nThis module provides support for maintaining a list in sorted order without\nhaving to sort the \
     list after each insertion. For long lists of items with\nexpensive comparison operations, this can be an improvement \
     over the more\ncommon approach.\n",
);
