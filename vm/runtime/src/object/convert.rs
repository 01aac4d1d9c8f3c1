//! Conversions between Python values and the Rust types of a native function's parameters and result.

use super::{HeapType, Obj, Ref};
use crate::PyResult;
use crate::state::Vm;
use crate::value::{Slot, Value};

/// A parameter of a native function.
pub trait FromValue: Sized {
    fn from_value(vm: &Vm, value: Value) -> PyResult<Self>;
}

impl FromValue for Value {
    #[inline(always)]
    fn from_value(_: &Vm, value: Value) -> PyResult<Self> {
        Ok(value)
    }
}

/// A receiver or argument that must have a native layout.
impl<T: HeapType> FromValue for Ref<T> {
    #[inline(always)]
    fn from_value(vm: &Vm, value: Value) -> PyResult<Self> {
        match value.downcast() {
            Some(r) => Ok(r),
            None => Err(vm.wrong_layout(T::LAYOUT, value)),
        }
    }
}

impl FromValue for Obj {
    fn from_value(vm: &Vm, value: Value) -> PyResult<Self> {
        value.as_obj().ok_or_else(|| vm.type_error("object expected"))
    }
}

/// An int by `__index__`, as CPython's `n` (Py_ssize_t) converter.
impl FromValue for isize {
    #[inline]
    fn from_value(vm: &Vm, value: Value) -> PyResult<Self> {
        vm.to_isize(value)
    }
}

impl FromValue for i64 {
    #[inline]
    fn from_value(vm: &Vm, value: Value) -> PyResult<Self> {
        vm.to_i64(value)
    }
}

impl FromValue for i32 {
    fn from_value(vm: &Vm, value: Value) -> PyResult<Self> {
        vm.to_i32(value)
    }
}

/// A float by `__float__` or `__index__`.
impl FromValue for f64 {
    #[inline]
    fn from_value(vm: &Vm, value: Value) -> PyResult<Self> {
        vm.to_f64(value)
    }
}

/// The truth of any object.
impl FromValue for bool {
    #[inline]
    fn from_value(vm: &Vm, value: Value) -> PyResult<Self> {
        vm.is_true(value)
    }
}

/// A result of a native function.
pub trait IntoResult {
    fn into_result(self, vm: &Vm) -> PyResult<Value>;
}

macro_rules! into_result {
    ($($t:ty: |$v:ident, $vm:ident| $e:expr;)*) => {$(
        impl IntoResult for $t {
            #[inline(always)]
            fn into_result(self, $vm: &Vm) -> PyResult<Value> {
                let $v = self;
                $e
            }
        }
    )*};
}

into_result! {
    Value: |v, _vm| Ok(v);
    (): |_v, _vm| Ok(Value::NONE);
    bool: |v, _vm| Ok(Value::from_bool(v));
    f64: |v, _vm| Ok(Value::from_f64(v));
    i32: |v, _vm| Ok(Value::from_i32(v));
    u32: |v, _vm| Ok(Value::from_int_truncated(v as i64));
    i64: |v, vm| vm.new_int(v);
    u64: |v, vm| vm.new_int_u64(v);
    isize: |v, vm| vm.new_int(v as i64);
    usize: |v, vm| vm.new_int_u64(v as u64);
    &str: |v, vm| Ok(vm.new_str(v)?.value());
    String: |v, vm| Ok(vm.new_str(&v)?.value());
}

/// `None` is Python's `None`.
impl IntoResult for Slot {
    #[inline(always)]
    fn into_result(self, _: &Vm) -> PyResult<Value> {
        Ok(self.unwrap_or(Value::NONE))
    }
}

impl<T: HeapType> IntoResult for Ref<T> {
    #[inline(always)]
    fn into_result(self, _: &Vm) -> PyResult<Value> {
        Ok(self.value())
    }
}

impl<T: IntoResult> IntoResult for PyResult<T> {
    #[inline(always)]
    fn into_result(self, vm: &Vm) -> PyResult<Value> {
        self?.into_result(vm)
    }
}
