//! GET_ITER, FOR_ITER, GET_AWAITABLE, GET_AITER, GET_ANEXT, GET_YIELD_FROM_ITER, GET_LEN.

use brolga_bytecode::constants::flags;

use crate::PyResult;
use crate::interp::feedback::Feedback;
use crate::object::Obj;
use crate::state::Vm;
use crate::state::names::Special;
use crate::types::enumerate::PyEnumerate;
use crate::types::exception::PyException;
use crate::types::generator::{PyGenerator, Step, step};
use crate::types::list::PyList;
use crate::types::list::methods::PyListIter;
use crate::types::range::PyRangeIter;
use crate::types::set::iter::PySetIter;
use crate::types::shape;
use crate::types::tuple::methods::PyTupleIter;
use crate::types::zip::PyZip;
use crate::value::{Slot, Value};

pub fn get_iter(vm: &Vm, v: Value) -> PyResult<Value> {
    if let Some(list) = vm.exact::<PyList>(v, shape::list) {
        return Ok(PyListIter::new(vm, list.value())?.value());
    }
    vm.iter(v)
}

/// FOR_ITER: the next item, `None` at the end. Generators are resumed by the interpreter itself.
#[inline(always)]
pub fn for_iter(vm: &Vm, iterator: Value, feedback: &Feedback) -> PyResult<Slot> {
    if let Some(obj) = iterator.as_obj() {
        feedback.meets_iterator(obj.shape_id());
        match obj.shape_id() {
            shape::list_iter => {
                if let Some(it) = obj.downcast::<PyListIter>() {
                    return Ok(it.advance());
                }
            }
            shape::range_iter => {
                if let Some(it) = obj.downcast::<PyRangeIter>() {
                    return match it.advance() {
                        Some(i) => match Value::from_small_int(i) {
                            Some(v) => Ok(Some(v)),
                            None => vm.new_int(i).map(Some),
                        },
                        None => Ok(None),
                    };
                }
            }
            // In compiled code; the interpreter resumes it by itself.
            shape::generator => {
                if let Some(g) = obj.downcast::<PyGenerator>() {
                    return Ok(match step(vm, g, Value::NONE)? {
                        Step::Yielded(item) => Some(item),
                        Step::Returned(_) => None,
                    });
                }
            }
            shape::tuple_iter => {
                if let Some(it) = obj.downcast::<PyTupleIter>() {
                    return Ok(it.advance());
                }
            }
            shape::set_iter => {
                if let Some(it) = obj.downcast::<PySetIter>() {
                    return it.advance(vm);
                }
            }
            shape::enumerate | shape::zip => meets_inner(obj, feedback),
            _ => {}
        }
    }
    for_iter_slow(vm, iterator)
}

/// What an `enumerate` or a `zip` iterates over.
fn meets_inner(obj: Obj, feedback: &Feedback) {
    let shape_of = |v: &Value| v.as_obj().map_or(0, Obj::shape_id);
    if let Some(e) = obj.downcast::<PyEnumerate>() {
        feedback.meets_inner(e.inner().iter().map(shape_of));
    } else if let Some(iterators) = obj.downcast::<PyZip>().and_then(|z| z.inner()) {
        feedback.meets_inner(iterators.as_slice().iter().map(shape_of));
    }
}

#[inline(never)]
fn for_iter_slow(vm: &Vm, iterator: Value) -> PyResult<Slot> {
    vm.next(iterator)
}

/// GET_YIELD_FROM_ITER.
pub fn get_yield_from_iter(vm: &Vm, v: Value, code_flags: u32) -> PyResult<Value> {
    if let Some(g) = v.downcast::<PyGenerator>() {
        if g.is_coroutine() {
            if code_flags & (flags::COROUTINE | flags::ITERABLE_COROUTINE) == 0 {
                return Err(vm.type_error("cannot 'yield from' a coroutine object in a non-coroutine generator"));
            }
            return Ok(v);
        }
        if g.is_generator() {
            return Ok(v);
        }
    }
    get_iter(vm, v)
}

/// GET_AWAITABLE. `oparg` 1: `__aenter__`'s result, 2: `__aexit__`'s.
pub fn get_awaitable(vm: &Vm, v: Value, oparg: u32) -> PyResult<Value> {
    // One that has not begun awaits nothing.
    if let Some(coroutine) = vm.exact::<PyGenerator>(v, shape::coroutine)
        && !coroutine.is_started()
    {
        return Ok(v);
    }
    match awaitable_iter(vm, v)? {
        Some(iterator) => {
            if let Some(coroutine) = iterator.downcast::<PyGenerator>()
                && coroutine.is_coroutine()
                && coroutine.awaited_on().is_some()
            {
                return Err(vm.runtime_error("coroutine is being awaited already"));
            }
            Ok(iterator)
        }
        None => {
            let name = vm.type_name(v);
            Err(vm.type_error(match oparg {
                1 => {
                    format!("'async with' received an object from __aenter__ that does not implement __await__: {name}")
                }
                2 => {
                    format!("'async with' received an object from __aexit__ that does not implement __await__: {name}")
                }
                _ => format!("'{name}' object can't be awaited"),
            }))
        }
    }
}

/// The iterator to drive an awaitable with; `None`: it is none.
pub fn awaitable_iter(vm: &Vm, v: Value) -> PyResult<Slot> {
    if let Some(g) = v.downcast::<PyGenerator>()
        && (g.is_coroutine() || g.is_iterable_coroutine())
    {
        return Ok(Some(v));
    }
    let Some(iterator) = vm.call_special(v, Special::Await, &[])? else { return Ok(None) };
    if let Some(g) = iterator.downcast::<PyGenerator>()
        && (g.is_coroutine() || g.is_iterable_coroutine())
    {
        return Err(vm.type_error("__await__() returned a coroutine"));
    }
    if !vm.is_iterator(iterator) {
        return Err(vm.type_error(format!("__await__() returned non-iterator of type '{}'", vm.type_name(iterator))));
    }
    Ok(Some(iterator))
}

/// GET_AITER.
pub fn get_aiter(vm: &Vm, v: Value) -> PyResult<Value> {
    let Some(iterator) = vm.call_special(v, Special::AIter, &[])? else {
        return Err(
            vm.type_error(format!("'async for' requires an object with __aiter__ method, got {}", vm.type_name(v)))
        );
    };
    if vm.type_of(iterator).special(Special::ANext).is_none() {
        return Err(vm.type_error(format!(
            "'async for' received an object from __aiter__ that does not implement __anext__: {}",
            vm.type_name(iterator)
        )));
    }
    Ok(iterator)
}

/// GET_ANEXT.
pub fn get_anext(vm: &Vm, iterator: Value) -> PyResult<Value> {
    if let Some(g) = vm.exact::<PyGenerator>(iterator, shape::async_generator) {
        return crate::types::asyncgen::anext_in_loop(vm, g);
    }
    let Some(awaitable) = vm.call_special(iterator, Special::ANext, &[])? else {
        return Err(vm.type_error(format!(
            "'async for' requires an iterator with __anext__ method, got {}",
            vm.type_name(iterator)
        )));
    };
    let raised = match awaitable_iter(vm, awaitable) {
        Ok(Some(iterator)) => return Ok(iterator),
        Ok(None) => vm.type_error(format!("'{}' object can't be awaited", vm.type_name(awaitable))),
        Err(raised) => raised,
    };
    let cause = vm.take_raised(raised);
    let raised =
        vm.type_error(format!("'async for' received an invalid object from __anext__: {}", vm.type_name(awaitable)));
    if let Some(e) = vm.raised.get().and_then(Value::downcast::<PyException>) {
        e.set_cause(Some(cause));
        e.set_context(Some(cause));
    }
    Err(raised)
}

/// GET_LEN.
pub fn get_len(vm: &Vm, v: Value) -> PyResult<Value> {
    Ok(Value::from_len(vm.len(v)?))
}
