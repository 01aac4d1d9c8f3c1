//! What all native types here share.

use brolga_runtime::PyResult;
use brolga_runtime::object::{Args, Ref};
use brolga_runtime::state::Vm;
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::value::Value;

/// Defines the struct of a native type: `object!(pub struct Chain: CHAIN { source: Field, active: Field })`. Beside
/// [`Field`](brolga_runtime::object::Field)s it may have cells of plain data that can't look like a heap address.
macro_rules! object {
    ($(#[$meta:meta])* $vis:vis struct $name:ident: $layout:ident { $($(#[$fmeta:meta])* $fvis:vis $field:ident: $t:ty),* $(,)? }) => {
        $(#[$meta])*
        #[repr(C)]
        $vis struct $name {
            _header: brolga_runtime::object::Header,
            _attrs: brolga_runtime::object::Field,
            $($(#[$fmeta])* $fvis $field: $t),*
        }
        // SAFETY: repr(C), header first, then the attributes' field; the rest are fields, and cells of plain data that
        // is no heap address or that the layout's own trace function skips. All zero is valid for each.
        unsafe impl brolga_runtime::object::HeapType for $name {
            const LAYOUT: brolga_runtime::object::LayoutId = crate::layouts::$layout;
        }
    };
}
pub(crate) use object;

/// Argument 0 of a `__new__`.
pub fn class_argument(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyType>> {
    args.get(0).downcast().ok_or_else(|| vm.type_error("object.__new__(X): X is not a type object"))
}

/// `__iter__` of iterators.
pub fn itself(_: &Vm, v: Value) -> Value {
    v
}

/// `__class_getitem__` of generic classes.
pub fn class_getitem(vm: &Vm, class: Value, item: Value) -> PyResult<Value> {
    brolga_runtime::types::generic_alias::new(vm, class, item)
}
