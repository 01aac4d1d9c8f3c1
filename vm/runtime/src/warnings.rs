//! Warnings from native code: by `_warnings.warn`, as everything else's.

use crate::PyResult;
use crate::object::Ref;
use crate::state::Vm;
use crate::types::type_object::PyType;
use crate::value::Value;

impl Vm {
    /// `warnings.warn(message, category, stacklevel)`; an error where a filter makes it one.
    pub fn warn(&self, category: Ref<PyType>, message: &str, stacklevel: i32) -> PyResult<()> {
        let Some(module) = self.modules.get_item(self, self.intern("warnings")?.value())? else { return Ok(()) };
        let message = self.new_str(message)?;
        self.call_method(module, "warn", &[message.value(), category.value(), Value::from_i32(stacklevel)])?;
        Ok(())
    }
}
