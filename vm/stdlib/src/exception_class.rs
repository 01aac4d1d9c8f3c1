//! Exception classes that belong to a native module, such as `zlib.error`.

use brolga_runtime::object::Ref;
use brolga_runtime::state::Vm;
use brolga_runtime::types::exception::PyException;
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, Raised};

/// Which builtin class one derives from.
#[derive(Copy, Clone)]
pub enum Base {
    Exception,
    OsError,
    SyntaxError,
    ValueError,
    Other(&'static ExceptionClass),
}

/// A class `module.name`, made at its first use in each interpreter. One of these is a `static`, by whose address the
/// class is kept.
pub struct ExceptionClass {
    module: &'static str,
    name: &'static str,
    base: Base,
    doc: Option<&'static str>,
}

impl ExceptionClass {
    pub const fn new(module: &'static str, name: &'static str, base: Base) -> ExceptionClass {
        ExceptionClass { module, name, base, doc: None }
    }

    pub const fn doc(mut self, doc: &'static str) -> ExceptionClass {
        self.doc = Some(doc);
        self
    }

    pub fn class(&'static self, vm: &Vm) -> PyResult<Ref<PyType>> {
        if let Some(class) = vm.kept(self).and_then(Value::downcast) {
            return Ok(class);
        }
        let dict = vm.new_dict()?;
        dict.set_str(vm, vm.names.__module__, vm.intern(self.module)?.value())?;
        if let Some(doc) = self.doc {
            dict.set_name(vm, "__doc__", vm.new_str(doc)?.value())?;
        }
        let base = match self.base {
            Base::Exception => vm.types.exception,
            Base::OsError => vm.types.os_error,
            Base::SyntaxError => vm.types.syntax_error,
            Base::ValueError => vm.types.value_error,
            Base::Other(class) => class.class(vm)?,
        };
        let bases = vm.new_tuple(&[base.value()])?;
        let class = vm.call(vm.types.type_.value(), &[vm.intern(self.name)?.value(), bases.value(), dict.value()])?;
        vm.keep(self, class);
        class.downcast().ok_or_else(|| vm.system_error("an exception's class is no class"))
    }

    /// An exception with this message.
    #[cold]
    pub fn raise(&'static self, vm: &Vm, message: impl AsRef<str>) -> Raised {
        match vm.new_str(message.as_ref()) {
            Ok(message) => self.raise_args(vm, &[message.value()]),
            Err(raised) => raised,
        }
    }

    /// An exception with a number and a text, as errors of the system have them.
    #[cold]
    pub fn raise_numbered(&'static self, vm: &Vm, number: i32, text: &str) -> Raised {
        match vm.new_str(text) {
            Ok(text) => self.raise_args(vm, &[Value::from_i32(number), text.value()]),
            Err(raised) => raised,
        }
    }

    /// An exception made of these arguments.
    #[cold]
    pub fn raise_args(&'static self, vm: &Vm, args: &[Value]) -> Raised {
        let made = self.class(vm).and_then(|class| vm.call(class.value(), args));
        match made.map(Value::downcast::<PyException>) {
            Ok(Some(e)) => vm.raise(e),
            Ok(None) => vm.system_error("an error is no exception"),
            Err(raised) => raised,
        }
    }
}
