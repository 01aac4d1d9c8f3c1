//! Warnings from native code: by `_warnings`, as everything else's.

use crate::PyResult;
use crate::object::Ref;
use crate::state::Vm;
use crate::types::type_object::PyType;
use crate::value::Value;

/// Issues a warning: message, category, stack level. `_warnings` sets it when it is made, early in the start.
pub type WarnHook = fn(&Vm, Value, Value, i64) -> PyResult<()>;

impl Vm {
    /// `warnings.warn(message, category, stacklevel)`; an error where a filter makes it one.
    pub fn warn(&self, category: Ref<PyType>, message: &str, stacklevel: i32) -> PyResult<()> {
        let Some(hook) = self.warn_hook.get() else { return Ok(()) };
        let message = self.new_str(message)?;
        hook(self, message.value(), category.value(), i64::from(stacklevel))
    }
}
