//! What the structs of this module share: the macro that defines them, and bytes that grow.

use brolga_runtime::PyResult;
use brolga_runtime::object::{Field, Obj, Ref};
use brolga_runtime::state::Vm;
use brolga_runtime::types::bytearray::PyByteBuffer;
use brolga_runtime::value::Value;

/// A struct of the heap: `fields` are values; `data` are words that the collector does not look at (positions in
/// files can be any number, addresses too).
macro_rules! heap_struct {
    ($(#[$doc:meta])* $name:ident, $layout:ident, fields { $($(#[$fdoc:meta])* $field:ident),* $(,)? } data { $($(#[$ddoc:meta])* $data:ident: $ty:ty),* $(,)? }) => {
        $(#[$doc])*
        #[repr(C)]
        pub struct $name {
            header: brolga_runtime::object::Header,
            pub attrs: brolga_runtime::object::Field,
            $($(#[$fdoc])* pub $field: brolga_runtime::object::Field,)*
            $($(#[$ddoc])* pub $data: std::cell::Cell<$ty>,)*
        }

        // SAFETY: repr(C), header first, valid when zeroed; traced by the function below, which knows the fields.
        unsafe impl brolga_runtime::object::HeapType for $name {
            const LAYOUT: brolga_runtime::object::LayoutId = crate::layouts::$layout;
        }

        /// # Safety
        /// `obj` is a live cell of this layout.
        pub unsafe fn trace(obj: std::ptr::NonNull<brolga_heap::Header>, tracer: &mut brolga_heap::Tracer) {
            // SAFETY: the collector calls this for live cells of this layout.
            let this: brolga_runtime::object::Ref<$name> = unsafe { brolga_runtime::object::Ref::from_ptr(obj) };
            if let Some(v) = this.attrs.get() {
                tracer.mark_value_word(v.bits());
            }
            $(if let Some(v) = this.$field.get() {
                tracer.mark_value_word(v.bits());
            })*
        }
    };
}
pub(crate) use heap_struct;

/// The bytes in a field, if it has some.
pub fn buffer_of(field: &Field) -> Option<Ref<PyByteBuffer>> {
    field.get().and_then(Value::downcast)
}

/// Room for `needed` bytes behind the `used` ones in the buffer of a field, which is replaced by a larger one where
/// there is not.
pub fn room(vm: &Vm, owner: Obj, field: &Field, used: usize, needed: usize) -> PyResult<Ref<PyByteBuffer>> {
    let wanted = used.checked_add(needed).ok_or_else(|| vm.memory_error())?;
    let old = buffer_of(field);
    if let Some(b) = old
        && b.capacity() >= wanted
    {
        return Ok(b);
    }
    let capacity = if used == 0 { wanted } else { wanted.max(used.saturating_mul(2)) }.max(64);
    let new = PyByteBuffer::new(vm, capacity)?;
    if let Some(old) = old {
        // SAFETY: both cells hold `used` bytes at least, and are not the same.
        unsafe { std::ptr::copy_nonoverlapping(old.as_ptr(), new.as_ptr(), used.min(old.capacity())) };
    }
    field.set(owner, new.value());
    Ok(new)
}
