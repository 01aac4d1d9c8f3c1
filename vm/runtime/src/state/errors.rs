//! Raising. Each function makes an exception, leaves it in the thread state and gives the [`Raised`] to return.

use super::Vm;
use crate::error::{PyResult, Raised};
use crate::object::{LayoutId, Ref};
use crate::types::exception::PyException;
use crate::types::str::PyStr;
use crate::types::type_object::PyType;
use crate::value::{Slot, Value};

macro_rules! raisers {
    ($($name:ident),* $(,)?) => {
        impl Vm {
            $(
                #[cold]
                pub fn $name(&self, message: impl AsRef<str>) -> Raised {
                    self.raise_message(self.types.$name, message.as_ref())
                }
            )*
        }
    };
}

raisers! {
    type_error, value_error, index_error, attribute_error, overflow_error, zero_division_error, runtime_error,
    system_error, not_implemented_error, assertion_error, import_error, buffer_error, eof_error, lookup_error,
    recursion_error, unbound_local_error, reference_error, syntax_error, arithmetic_error,
}

impl Vm {
    /// Raises a new `class(message)`.
    #[cold]
    pub fn raise_message(&self, class: Ref<PyType>, message: &str) -> Raised {
        match self.new_str(message) {
            Ok(message) => self.raise_args(class, &[message.value()]),
            Err(raised) => raised,
        }
    }

    /// Raises a new `class(*args)`, made natively (`class` is one of the builtin exceptions).
    #[cold]
    pub fn raise_args(&self, class: Ref<PyType>, args: &[Value]) -> Raised {
        match PyException::new(self, class, args) {
            Ok(exception) => self.raise(exception),
            Err(raised) => raised,
        }
    }

    /// Raises this exception, the one being handled becoming its context.
    pub fn raise(&self, exception: Ref<PyException>) -> Raised {
        exception.set_context_at_raise(self);
        self.raised.set(Some(exception.value()));
        Raised(())
    }

    /// Raises this exception as it is.
    pub fn reraise(&self, exception: Ref<PyException>) -> Raised {
        self.raised.set(Some(exception.value()));
        Raised(())
    }

    /// The exception in flight, which then is no longer: for whoever handles a [`Raised`].
    pub fn take_raised(&self, _: Raised) -> Ref<PyException> {
        self.take_pending()
    }

    pub(crate) fn take_pending(&self) -> Ref<PyException> {
        match self.raised.take().and_then(Value::downcast::<PyException>) {
            Some(exception) => exception,
            // A fault in the VM itself: an error was reported and no exception left.
            None => match PyException::new(self, self.types.system_error, &[]) {
                Ok(exception) => exception,
                Err(_) => self.memory_error_object(),
            },
        }
    }

    /// If the exception in flight is a `class`, takes it; else gives the `Raised` back.
    pub fn catch(&self, raised: Raised, class: Ref<PyType>) -> PyResult<Ref<PyException>> {
        match self.raised.get() {
            Some(e) if self.is_instance(e, class) => Ok(self.take_raised(raised)),
            _ => Err(raised),
        }
    }

    /// `Ok(None)` where `result` is an error of this class.
    pub fn suppress<T>(&self, result: PyResult<T>, class: Ref<PyType>) -> PyResult<Option<T>> {
        match result {
            Ok(value) => Ok(Some(value)),
            Err(raised) => self.catch(raised, class).map(|_| None),
        }
    }

    /// The exception being handled (`sys.exception()`).
    pub fn handled_exception(&self) -> Slot {
        let mut item = self.handled.get();
        loop {
            // SAFETY: the chain goes from the innermost running generator to the thread's own item, all alive.
            let handled = unsafe { item.as_ref() }?;
            if let Some(value) = handled.value.get()
                && !value.is_none()
            {
                return Some(value);
            }
            item = handled.previous.get();
        }
    }

    /// The innermost item of the exceptions being handled.
    #[inline(always)]
    pub(crate) fn handled_item(&self) -> &super::HandledException {
        // SAFETY: `handled` always points to a live item: the thread's own or a running generator's.
        unsafe { &*self.handled.get() }
    }

    #[cold]
    pub fn memory_error(&self) -> Raised {
        let exception = match PyException::new_memory_error(self) {
            Some(exception) => exception,
            None => self.memory_error_object(),
        };
        self.raised.set(Some(exception.value()));
        Raised(())
    }

    /// The MemoryError made at start-up.
    fn memory_error_object(&self) -> Ref<PyException> {
        match self.memory_error.downcast() {
            Some(exception) => exception,
            None => std::process::abort(),
        }
    }

    #[cold]
    pub fn key_error(&self, key: Value) -> Raised {
        self.raise_args(self.types.key_error, &[key])
    }

    #[cold]
    pub fn stop_iteration(&self, value: Slot) -> Raised {
        match value {
            // A tuple or an exception as the value must not be taken for the arguments.
            Some(value) => self.raise_args(self.types.stop_iteration, &[value]),
            None => self.raise_args(self.types.stop_iteration, &[]),
        }
    }

    /// "'C' object has no attribute 'x'", with `name` and `obj` set.
    #[cold]
    pub fn no_attribute(&self, object: Value, name: Ref<PyStr>) -> Raised {
        let message = match object.downcast::<PyType>() {
            Some(class) => format!("type object '{}' has no attribute '{}'", class.tp_name(), name.to_lossy()),
            None => format!("'{}' object has no attribute '{}'", self.type_of(object).tp_name(), name.to_lossy()),
        };
        self.attribute_error_for(object, name, &message)
    }

    #[cold]
    pub fn attribute_error_for(&self, object: Value, name: Ref<PyStr>, message: &str) -> Raised {
        let raised = self.raise_message(self.types.attribute_error, message);
        if let Some(e) = self.raised.get().and_then(Value::downcast::<PyException>) {
            e.set_extra(crate::types::exception::ATTRIBUTE_NAME, name.value());
            e.set_extra(crate::types::exception::ATTRIBUTE_OBJ, object);
        }
        raised
    }

    /// "name 'x' is not defined", with `name` set.
    #[cold]
    pub fn name_error(&self, name: Ref<PyStr>, message: &str) -> Raised {
        let raised = self.raise_message(self.types.name_error, message);
        if let Some(e) = self.raised.get().and_then(Value::downcast::<PyException>) {
            e.set_extra(crate::types::exception::NAME_NAME, name.value());
        }
        raised
    }

    /// The OSError (or its subclass) for an errno, with optional file names.
    #[cold]
    pub fn os_error(&self, errno: i32, filename: Slot) -> Raised {
        self.os_error2(errno, filename, None)
    }

    #[cold]
    pub fn os_error2(&self, errno: i32, filename: Slot, filename2: Slot) -> Raised {
        let make = || -> PyResult<Ref<PyException>> {
            let text = self.new_str(&crate::types::exception::strerror(errno))?;
            let args = [
                Some(Value::from_i32(errno)),
                Some(text.value()),
                filename.or(filename2.map(|_| Value::NONE)),
                filename2.map(|_| Value::NONE),
                filename2,
            ];
            let given: Vec<Value> = args.iter().map_while(|a| *a).collect();
            let e = self.call(self.types.os_error.value(), &given)?;
            e.downcast().ok_or_else(|| self.system_error("OSError is no exception"))
        };
        match make() {
            Ok(e) => self.raise(e),
            Err(raised) => raised,
        }
    }

    /// The OSError of a failed call of the operating system.
    #[cold]
    pub fn io_error(&self, error: &std::io::Error, filename: Slot) -> Raised {
        self.os_error(error.raw_os_error().unwrap_or(libc::EIO), filename)
    }

    #[cold]
    pub fn last_os_error(&self, filename: Slot) -> Raised {
        self.io_error(&std::io::Error::last_os_error(), filename)
    }

    /// A receiver of the wrong kind (a native method called on an object whose layout is another).
    #[cold]
    pub fn wrong_layout(&self, _: LayoutId, got: Value) -> Raised {
        self.type_error(format!("descriptor doesn't apply to a '{}' object", self.type_of(got).tp_name()))
    }

    /// Writes an exception that nobody can receive to `sys.unraisablehook`.
    pub fn write_unraisable(&self, raised: Raised, object: Value, message: Option<&str>) {
        let exception = self.take_raised(raised);
        // What unwinds a program that is stopped is nobody's error.
        if self.is_stopping() {
            return;
        }
        crate::types::exception::unraisable::report(self, exception, object, message);
    }
}
