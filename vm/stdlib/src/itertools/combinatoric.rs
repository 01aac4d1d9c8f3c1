//! `product`, `permutations`, `combinations`, `combinations_with_replacement`. All keep lists of indices into their pools
//! and the values of the next result.

use std::cell::Cell;

use brolga_runtime::object::def::type_flags;
use brolga_runtime::object::{Args, Field, MethodDef, Ref, TypeDef};
use brolga_runtime::state::Vm;
use brolga_runtime::types::array::ValueVec;
use brolga_runtime::types::list::PyList;
use brolga_runtime::types::tuple::PyTuple;
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, Raised, method};

use crate::object::{class_argument, itself, object};

object!(pub struct Combinatoric: ITERTOOLS_COMBINATORIC {
    /// The pool, or a tuple of pools.
    pool: Field,
    indices: Field,
    /// Of permutations only.
    cycles: Field,
    /// The values of the last result.
    values: Field,
    length: Cell<usize>,
    /// 0 before the first result, 1 after it, 2 at the end.
    state: Cell<u8>,
});

const FRESH: u8 = 0;
const RUNNING: u8 = 1;
const ENDED: u8 = 2;

struct Parts {
    pool: Ref<PyTuple>,
    indices: Ref<PyList>,
    values: Ref<PyList>,
}

fn parts(this: Ref<Combinatoric>) -> Option<Parts> {
    Some(Parts {
        pool: this.pool.get()?.downcast()?,
        indices: this.indices.get()?.downcast()?,
        values: this.values.get()?.downcast()?,
    })
}

fn index(list: Ref<PyList>, i: usize) -> usize {
    list.get(i).and_then(Value::as_small_int).unwrap_or(0) as usize
}

fn set_index(list: Ref<PyList>, i: usize, to: usize) {
    list.set(i, Value::from_len(to));
}

fn list_of(vm: &Vm, numbers: impl Iterator<Item = usize>) -> PyResult<Ref<PyList>> {
    let values = ValueVec::new();
    for n in numbers {
        values.push(vm, Value::from_len(n))?;
    }
    PyList::from_vec(vm, values)
}

fn make(
    vm: &Vm,
    class: Ref<PyType>,
    pool: Ref<PyTuple>,
    indices: Ref<PyList>,
    cycles: Option<Ref<PyList>>,
    length: usize,
    ended: bool,
) -> PyResult<Ref<Combinatoric>> {
    let values = ValueVec::new();
    if !ended {
        for _ in 0..length {
            values.push(vm, Value::NONE)?;
        }
    }
    let values = PyList::from_vec(vm, values)?;
    let this: Ref<Combinatoric> = vm.alloc_instance(class)?;
    this.pool.init(pool.value());
    this.indices.init(indices.value());
    this.cycles.init(cycles.map(Ref::value));
    this.values.init(values.value());
    this.length.set(length);
    this.state.set(if ended { ENDED } else { FRESH });
    Ok(this)
}

/// The pool as a tuple, and `r`.
fn pool_and_r(vm: &Vm, args: &Args<'_>) -> PyResult<(Ref<PyTuple>, usize)> {
    let pool = vm.tuple_from(args.get(1))?;
    let r = vm.to_isize(args.get(2))?;
    Ok((pool, check_r(vm, r)?))
}

fn check_r(vm: &Vm, r: isize) -> PyResult<usize> {
    usize::try_from(r).map_err(|_| -> Raised { vm.value_error("r must be non-negative") })
}

fn result(vm: &Vm, p: &Parts) -> PyResult<Slot> {
    Ok(Some(vm.new_tuple(p.values.as_slice())?.value()))
}

/// Sets the values from `from` on to what the indices name.
fn refresh(p: &Parts, from: usize, length: usize) {
    for i in from..length {
        p.values.set(i, p.pool.get(index(p.indices, i)).unwrap_or(Value::NONE));
    }
}

fn combinations_new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Combinatoric>> {
    let (pool, r) = pool_and_r(vm, args)?;
    let ended = r > pool.len();
    let indices = list_of(vm, 0..if ended { 0 } else { r })?;
    make(vm, class_argument(vm, args)?, pool, indices, None, r, ended)
}

fn combinations_next(vm: &Vm, this: Value) -> PyResult<Slot> {
    let Some(this) = this.downcast::<Combinatoric>() else { return Ok(None) };
    let Some(p) = parts(this).filter(|_| this.state.get() != ENDED) else { return Ok(None) };
    let (n, r) = (p.pool.len(), this.length.get());
    if this.state.get() == FRESH {
        this.state.set(RUNNING);
        refresh(&p, 0, r);
        return result(vm, &p);
    }
    let Some(i) = (0..r).rev().find(|i| index(p.indices, *i) != i + n - r) else {
        this.state.set(ENDED);
        return Ok(None);
    };
    let first = index(p.indices, i) + 1;
    for j in i..r {
        set_index(p.indices, j, first + (j - i));
    }
    refresh(&p, i, r);
    result(vm, &p)
}

fn replacement_new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Combinatoric>> {
    let (pool, r) = pool_and_r(vm, args)?;
    let ended = pool.is_empty() && r > 0;
    let indices = list_of(vm, (0..if ended { 0 } else { r }).map(|_| 0))?;
    make(vm, class_argument(vm, args)?, pool, indices, None, r, ended)
}

fn replacement_next(vm: &Vm, this: Value) -> PyResult<Slot> {
    let Some(this) = this.downcast::<Combinatoric>() else { return Ok(None) };
    let Some(p) = parts(this).filter(|_| this.state.get() != ENDED) else { return Ok(None) };
    let (n, r) = (p.pool.len(), this.length.get());
    if this.state.get() == FRESH {
        this.state.set(RUNNING);
        refresh(&p, 0, r);
        return result(vm, &p);
    }
    let Some(i) = (0..r).rev().find(|i| index(p.indices, *i) + 1 != n) else {
        this.state.set(ENDED);
        return Ok(None);
    };
    let to = index(p.indices, i) + 1;
    for j in i..r {
        set_index(p.indices, j, to);
    }
    refresh(&p, i, r);
    result(vm, &p)
}

fn permutations_new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Combinatoric>> {
    let pool = vm.tuple_from(args.get(1))?;
    let n = pool.len();
    let r = match args.opt_not_none(2) {
        None => n,
        Some(r) if vm.is_instance(r, vm.types.int) => check_r(vm, vm.to_isize(r)?)?,
        Some(_) => return Err(vm.type_error("Expected int as r")),
    };
    let ended = r > n;
    let indices = list_of(vm, 0..n)?;
    let cycles = list_of(vm, (0..if ended { 0 } else { r }).map(|i| n - i))?;
    make(vm, class_argument(vm, args)?, pool, indices, Some(cycles), r, ended)
}

fn permutations_next(vm: &Vm, this: Value) -> PyResult<Slot> {
    let Some(this) = this.downcast::<Combinatoric>() else { return Ok(None) };
    let Some(p) = parts(this).filter(|_| this.state.get() != ENDED) else { return Ok(None) };
    let Some(cycles) = this.cycles.get().and_then(Value::downcast::<PyList>) else { return Ok(None) };
    let (n, r) = (p.pool.len(), this.length.get());
    if this.state.get() == FRESH {
        this.state.set(RUNNING);
        refresh(&p, 0, r);
        return result(vm, &p);
    }
    for i in (0..r).rev() {
        let cycle = index(cycles, i).saturating_sub(1);
        if cycle == 0 {
            // Rotate what is from i on to the left.
            let first = index(p.indices, i);
            for j in i..n.saturating_sub(1) {
                set_index(p.indices, j, index(p.indices, j + 1));
            }
            set_index(p.indices, n - 1, first);
            set_index(cycles, i, n - i);
        } else {
            set_index(cycles, i, cycle);
            let (a, b) = (index(p.indices, i), index(p.indices, n - cycle));
            set_index(p.indices, i, b);
            set_index(p.indices, n - cycle, a);
            refresh(&p, i, r);
            return result(vm, &p);
        }
    }
    this.state.set(ENDED);
    Ok(None)
}

fn product_new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Combinatoric>> {
    let repeat = match args.opt(1) {
        Some(v) => vm.to_isize(v)?,
        None => 1,
    };
    let Ok(repeat) = usize::try_from(repeat) else {
        return Err(vm.value_error("repeat argument cannot be negative"));
    };
    let given = if repeat == 0 { &[] } else { args.rest };
    if given.len().checked_mul(repeat).is_none_or(|n| n > isize::MAX as usize / 8) {
        return Err(vm.overflow_error("repeat argument too large"));
    }
    let pools = ValueVec::new();
    for iterable in given {
        pools.push(vm, vm.tuple_from(*iterable)?.value())?;
    }
    let once = pools.len();
    if once > 0 {
        for i in 0..once * (repeat - 1) {
            pools.push(vm, pools.get(i % once).unwrap_or(Value::NONE))?;
        }
    }
    let pools = PyTuple::new(vm, pools.as_slice())?;
    let indices = list_of(vm, (0..pools.len()).map(|_| 0))?;
    let empty = pools.as_slice().iter().any(|p| p.downcast::<PyTuple>().is_none_or(|p| p.is_empty()));
    make(vm, class_argument(vm, args)?, pools, indices, None, pools.len(), empty)
}

fn product_next(vm: &Vm, this: Value) -> PyResult<Slot> {
    let Some(this) = this.downcast::<Combinatoric>() else { return Ok(None) };
    let Some(p) = parts(this).filter(|_| this.state.get() != ENDED) else { return Ok(None) };
    let pool = |i: usize| p.pool.get(i).and_then(Value::downcast::<PyTuple>);
    if this.state.get() == FRESH {
        this.state.set(RUNNING);
        for i in 0..this.length.get() {
            p.values.set(i, pool(i).and_then(|p| p.get(0)).unwrap_or(Value::NONE));
        }
        return result(vm, &p);
    }
    for i in (0..this.length.get()).rev() {
        let Some(pool) = pool(i) else { break };
        let next = index(p.indices, i) + 1;
        let next = if next >= pool.len() { 0 } else { next };
        set_index(p.indices, i, next);
        p.values.set(i, pool.get(next).unwrap_or(Value::NONE));
        if next != 0 {
            return result(vm, &p);
        }
    }
    this.state.set(ENDED);
    Ok(None)
}

macro_rules! combinatoric_type {
    ($def:ident, $methods:ident, $name:literal, $signature:literal, $new:path, $next:path, $doc:literal) => {
        static $methods: &[MethodDef] =
            &[method!("__new__", $signature, $new).static_(), method!("__iter__", 1, itself)];
        pub static $def: TypeDef = TypeDef {
            module: "itertools",
            layout: Some(crate::layouts::ITERTOOLS_COMBINATORIC),
            flags: type_flags::BASETYPE,
            methods: &[$methods],
            iternext: Some($next),
            doc: Some($doc),
            ..TypeDef::new($name)
        };
    };
}

combinatoric_type!(
    COMBINATIONS,
    COMBINATIONS_METHODS,
    "combinations",
    "($type, iterable, r)",
    combinations_new,
    combinations_next,
    "Return successive r-length combinations of elements in the iterable.\n\ncombinations(range(4), 3) --> (0,1,2), (0,1,3), (0,2,3), (1,2,3)"
);
combinatoric_type!(
    COMBINATIONS_WITH_REPLACEMENT,
    REPLACEMENT_METHODS,
    "combinations_with_replacement",
    "($type, iterable, r)",
    replacement_new,
    replacement_next,
    "Return successive r-length combinations of elements in the iterable allowing individual elements to have successive repeats.\n\ncombinations_with_replacement('ABC', 2) --> ('A','A'), ('A','B'), ('A','C'), ('B','B'), ('B','C'), ('C','C')"
);
combinatoric_type!(
    PERMUTATIONS,
    PERMUTATIONS_METHODS,
    "permutations",
    "($type, iterable, r=None)",
    permutations_new,
    permutations_next,
    "Return successive r-length permutations of elements in the iterable.\n\npermutations(range(3), 2) --> (0,1), (0,2), (1,0), (1,2), (2,0), (2,1)"
);
combinatoric_type!(
    PRODUCT,
    PRODUCT_METHODS,
    "product",
    "($type, *iterables, repeat=1)",
    product_new,
    product_next,
    "product(*iterables, repeat=1)\n--\n\nCartesian product of input iterables.  Equivalent to nested for-loops."
);
