//! `callable_iterator`: `iter(callable, sentinel)`.

use crate::object::def::{MethodDef, TypeDef, type_flags};
use crate::object::layout::CALLABLE_ITER;
use crate::object::{Field, Header, HeapType, LayoutId, Ref};
use crate::state::Vm;
use crate::types::list::methods::same;
use crate::types::shape;
use crate::value::{Slot, Value};
use crate::{PyResult, method};

#[repr(C)]
pub struct PyCallableIter {
    header: Header,
    /// Both empty once the iterator is exhausted.
    callable: Field,
    sentinel: Field,
}

// SAFETY: repr(C), header first, fields only.
unsafe impl HeapType for PyCallableIter {
    const LAYOUT: LayoutId = CALLABLE_ITER;
}

impl PyCallableIter {
    pub fn new(vm: &Vm, callable: Value, sentinel: Value) -> PyResult<Ref<PyCallableIter>> {
        let it: Ref<PyCallableIter> = vm.alloc(shape::callable_iter)?;
        it.callable.init(callable);
        it.sentinel.init(sentinel);
        Ok(it)
    }

    fn exhaust(&self) {
        self.callable.init(None);
        self.sentinel.init(None);
    }
}

fn next(vm: &Vm, this: Value) -> PyResult<Slot> {
    let Some(this) = this.downcast::<PyCallableIter>() else { return Ok(None) };
    let Some(callable) = this.callable.get() else { return Ok(None) };
    let result = match vm.call(callable, &[]) {
        Ok(result) => result,
        Err(raised) => {
            vm.catch(raised, vm.types.stop_iteration)?;
            this.exhaust();
            return Ok(None);
        }
    };
    // The call may have exhausted this very iterator.
    let Some(sentinel) = this.sentinel.get() else { return Ok(None) };
    if vm.eq(sentinel, result)? {
        this.exhaust();
        return Ok(None);
    }
    Ok(Some(result))
}

fn reduce(vm: &Vm, this: Ref<PyCallableIter>) -> PyResult<Value> {
    let iter = vm.builtin(vm.intern("iter")?)?;
    let args = match (this.callable.get(), this.sentinel.get()) {
        (Some(callable), Some(sentinel)) => vm.new_tuple(&[callable, sentinel])?,
        _ => vm.new_tuple(&[vm.empty_tuple.value()])?,
    };
    Ok(vm.new_tuple(&[iter, args.value()])?.value())
}

const METHODS: &[MethodDef] =
    &[method!("__iter__", 1, same), method!("__reduce__", 1, reduce).doc("Return state information for pickling.")];

pub static DEF: TypeDef = TypeDef {
    layout: Some(CALLABLE_ITER),
    flags: type_flags::DISALLOW_NEW,
    methods: &[METHODS],
    iternext: Some(next),
    ..TypeDef::new("callable_iterator")
};
