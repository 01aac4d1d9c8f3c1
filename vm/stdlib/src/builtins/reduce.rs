//! The functions that go through an iterable: `all`, `any`, `sum`, `min`, `max`, `sorted`.

use brolga_runtime::object::Args;
use brolga_runtime::protocol::compare::Compare;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::types::complex::{self, PyComplex};
use brolga_runtime::types::list::PyList;
use brolga_runtime::types::shape;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::{PyResult, Slot, Value, Vm};

pub fn all(vm: &Vm, iterable: Value) -> PyResult<bool> {
    let iterator = vm.iter(iterable)?;
    while let Some(v) = vm.next(iterator)? {
        if !vm.is_true(v)? {
            return Ok(false);
        }
    }
    Ok(true)
}

pub fn any(vm: &Vm, iterable: Value) -> PyResult<bool> {
    let iterator = vm.iter(iterable)?;
    while let Some(v) = vm.next(iterator)? {
        if vm.is_true(v)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Floats are added with Neumaier's compensation, as CPython does since 3.12.
struct FloatSum {
    high: f64,
    low: f64,
}

impl FloatSum {
    fn add(&mut self, x: f64) {
        let t = self.high + x;
        if self.high.abs() >= x.abs() {
            self.low += (self.high - t) + x;
        } else {
            self.low += (x - t) + self.high;
        }
        self.high = t;
    }

    fn total(&self) -> f64 {
        if self.low != 0.0 && self.low.is_finite() { self.high + self.low } else { self.high }
    }
}

pub fn sum(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let start = args.opt(1).unwrap_or(Value::from_i32(0));
    if start.downcast::<PyStr>().is_some() {
        return Err(vm.type_error("sum() can't sum strings [use ''.join(seq) instead]"));
    }
    if start.downcast::<PyBytes>().is_some() {
        return Err(vm.type_error("sum() can't sum bytes [use b''.join(seq) instead]"));
    }
    if vm.is_instance(start, vm.types.bytearray) {
        return Err(vm.type_error("sum() can't sum bytearray [use b''.join(seq) instead]"));
    }
    let iterator = vm.iter(args.get(0))?;
    let mut total = start;
    // Ints in place, then floats, then anything.
    let mut pending: Slot = None;
    if let Some(mut acc) = total.as_small_int() {
        loop {
            let Some(v) = vm.next(iterator)? else { return vm.new_int(acc) };
            let i = v.as_small_int().or_else(|| v.as_bool().map(i64::from));
            match i.and_then(|i| acc.checked_add(i)) {
                Some(sum) => acc = sum,
                None => {
                    total = vm.new_int(acc)?;
                    pending = Some(v);
                    break;
                }
            }
        }
    }
    let first_float = match (total.as_f64(), pending.and_then(Value::as_f64)) {
        (Some(f), _) => Some(f),
        (None, Some(_)) => total.as_small_int().map(|i| i as f64),
        _ => None,
    };
    if let Some(first) = first_float {
        let mut acc = FloatSum { high: first, low: 0.0 };
        loop {
            let v = match pending.take() {
                Some(v) => v,
                None => match vm.next(iterator)? {
                    Some(v) => v,
                    None => return Ok(Value::from_f64(acc.total())),
                },
            };
            if let Some(f) = v.as_f64() {
                acc.add(f);
            } else if let Some(i) = v.as_small_int() {
                acc.add(i as f64);
            } else if vm.is_instance(v, vm.types.int) {
                acc.add(vm.to_f64(v)?);
            } else {
                total = Value::from_f64(acc.total());
                pending = Some(v);
                break;
            }
        }
    }
    if let Some(v) = pending.take() {
        total = super::functions::add(vm, total, v)?;
    }
    if let Some((real, imag)) = vm.exact::<PyComplex>(total, shape::complex).map(|c| c.get()) {
        let (mut real, mut imag) = (FloatSum { high: real, low: 0.0 }, FloatSum { high: imag, low: 0.0 });
        loop {
            let Some(v) = vm.next(iterator)? else {
                return complex::new_complex(vm, real.total(), imag.total());
            };
            if let Some(c) = vm.exact::<PyComplex>(v, shape::complex) {
                let (r, i) = c.get();
                real.add(r);
                imag.add(i);
            } else if vm.is_instance(v, vm.types.int) || vm.is_instance(v, vm.types.float) {
                real.add(vm.to_f64(v)?);
            } else {
                total = complex::new_complex(vm, real.total(), imag.total())?;
                pending = Some(v);
                break;
            }
        }
    }
    loop {
        let v = match pending.take() {
            Some(v) => v,
            None => match vm.next(iterator)? {
                Some(v) => v,
                None => return Ok(total),
            },
        };
        total = super::functions::add(vm, total, v)?;
    }
}

pub fn max(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    extreme(vm, args, Compare::Gt, "max")
}

pub fn min(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    extreme(vm, args, Compare::Lt, "min")
}

fn extreme(vm: &Vm, args: &Args<'_>, op: Compare, name: &str) -> PyResult<Value> {
    let key = args.opt_not_none(0);
    let default = args.opt(1);
    let several = match args.rest {
        [] => return Err(vm.type_error(format!("{name} expected at least 1 argument, got 0"))),
        [_] => None,
        many => Some(many),
    };
    if several.is_some() && default.is_some() {
        return Err(vm.type_error(format!("Cannot specify a default for {name}() with multiple positional arguments")));
    }
    let mut best: Option<(Value, Value)> = None;
    let mut consider = |v: Value| -> PyResult<()> {
        if let (None, Some((kept, _)), Some(i)) = (key, best, v.as_small_int())
            && let Some(least) = kept.as_small_int()
        {
            if op.holds(&i, &least) {
                best = Some((v, v));
            }
            return Ok(());
        }
        let k = match key {
            Some(key) => vm.call(key, &[v])?,
            None => v,
        };
        best = match best {
            None => Some((v, k)),
            Some((_, best_key)) if vm.compare_bool(k, best_key, op)? => Some((v, k)),
            kept => kept,
        };
        Ok(())
    };
    match several {
        Some(many) => {
            for v in many {
                consider(*v)?;
            }
        }
        None => vm.for_each(args.rest[0], &mut consider)?,
    }
    match (best, default) {
        (Some((v, _)), _) => Ok(v),
        (None, Some(default)) => Ok(default),
        (None, None) => Err(vm.value_error(format!("{name}() iterable argument is empty"))),
    }
}

pub fn sorted(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let values = vm.collect(args.get(0))?;
    let reverse = match args.opt(2) {
        Some(v) => vm.is_true(v)?,
        None => false,
    };
    brolga_runtime::types::list::sort::sort_values(vm, &values, args.opt_not_none(1), reverse)?;
    Ok(PyList::from_vec(vm, values)?.value())
}
