//! Python values that Rust holds.

use std::fmt::{self, Debug, Display, Formatter};

use brolga_runtime::value::Value;

use super::convert::{Arguments, FromPython, ToPython, collect};
use super::error::Error;
use super::vm::Vm;

/// A Python value, alive as long as this is.
pub struct Object<'vm> {
    vm: &'vm Vm,
    number: u32,
}

impl<'vm> Object<'vm> {
    pub(super) fn of(vm: &'vm Vm, number: u32) -> Object<'vm> {
        Object { vm, number }
    }

    pub(super) fn vm(&self) -> &'vm Vm {
        self.vm
    }

    pub(super) fn value(&self) -> Value {
        self.vm.state().handles.get(self.number).unwrap_or(Value::NONE)
    }

    /// The value in Rust; [`Error::Conversion`] where it is not of a kind that makes a `T`.
    pub fn extract<T: FromPython>(&self) -> Result<T, Error> {
        T::from_python(self)
    }

    /// Calls it with these arguments.
    pub fn call(&self, arguments: impl Arguments) -> Result<Object<'vm>, Error> {
        self.call_with(arguments, &[])
    }

    /// Calls it with these arguments, and these by name.
    pub fn call_with(&self, arguments: impl Arguments, named: &[(&str, &dyn ToPython)]) -> Result<Object<'vm>, Error> {
        let vm = self.vm;
        let arguments = arguments.to_objects(vm)?;
        let named = collect(vm, named.iter().map(|(name, v)| Ok((*name, v.to_python(vm)?))))?;
        // The tuple and the dict are held here, where the collector finds them.
        let positional = vm.run_object(|state| {
            let list = state.new_list(&[])?;
            for argument in &arguments {
                list.push(state, argument.value())?;
            }
            Ok(state.new_tuple(list.as_slice())?.value())
        })?;
        let keywords = vm.run_object(|state| {
            let dict = state.new_dict()?;
            for (name, value) in &named {
                dict.set_item(state, state.intern(name)?.value(), value.value())?;
            }
            Ok(dict.value())
        })?;
        vm.run_object(|state| match positional.value().downcast::<brolga_runtime::types::tuple::PyTuple>() {
            Some(tuple) => state.call_with_dict(self.value(), tuple.as_slice(), keywords.value().downcast()),
            None => Err(state.system_error("no arguments")),
        })
    }

    /// Calls a method.
    pub fn call_method(&self, name: &str, arguments: impl Arguments) -> Result<Object<'vm>, Error> {
        self.get_attr(name)?.call(arguments)
    }

    pub fn get_attr(&self, name: &str) -> Result<Object<'vm>, Error> {
        self.vm.run_object(|state| state.get_attr_str(self.value(), name))
    }

    pub fn set_attr(&self, name: &str, value: impl ToPython) -> Result<(), Error> {
        let value = value.to_python(self.vm)?;
        self.vm.run(|state| state.set_attr_str(self.value(), name, value.value()))
    }

    /// `self[key]`
    pub fn get_item(&self, key: impl ToPython) -> Result<Object<'vm>, Error> {
        let key = key.to_python(self.vm)?;
        self.vm.run_object(|state| state.get_item(self.value(), key.value()))
    }

    /// `self[key] = value`
    pub fn set_item(&self, key: impl ToPython, value: impl ToPython) -> Result<(), Error> {
        let (key, value) = (key.to_python(self.vm)?, value.to_python(self.vm)?);
        self.vm.run(|state| state.set_item(self.value(), key.value(), value.value()))
    }

    /// `len(self)`
    pub fn len(&self) -> Result<usize, Error> {
        self.vm.run(|state| state.len(self.value()))
    }

    /// `not self`
    pub fn is_empty(&self) -> Result<bool, Error> {
        self.vm.run(|state| Ok(!state.is_true(self.value())?))
    }

    /// Goes through it as a `for` loop does.
    pub fn iter(&self) -> Result<Iter<'vm>, Error> {
        let iterator = self.vm.run_object(|state| state.iter(self.value()))?;
        Ok(Iter { iterator })
    }

    pub fn is_none(&self) -> bool {
        self.value().is_none()
    }

    /// The name of its class.
    pub fn type_name(&self) -> String {
        self.vm.state().type_name(self.value())
    }

    /// What `str()` gives of it.
    pub fn str(&self) -> Result<String, Error> {
        self.vm.run(|state| Ok(state.str(self.value())?.to_lossy()))
    }

    /// What `repr()` gives of it.
    pub fn repr(&self) -> Result<String, Error> {
        self.vm.run(|state| state.repr_lossy(self.value()))
    }
}

impl Drop for Object<'_> {
    fn drop(&mut self) {
        self.vm.state().handles.release(self.number);
    }
}

/// `repr()`, or the class where that fails.
impl Debug for Object<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.repr() {
            Ok(text) => f.write_str(&text),
            Err(_) => write!(f, "<{} object>", self.type_name()),
        }
    }
}

/// `str()`, or the class where that fails.
impl Display for Object<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.str() {
            Ok(text) => f.write_str(&text),
            Err(_) => write!(f, "<{} object>", self.type_name()),
        }
    }
}

/// See [`Object::iter`].
pub struct Iter<'vm> {
    iterator: Object<'vm>,
}

impl<'vm> Iterator for Iter<'vm> {
    type Item = Result<Object<'vm>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let vm = self.iterator.vm();
        match vm.run(|state| state.next(self.iterator.value())) {
            Ok(Some(value)) => Some(vm.hold(value)),
            Ok(None) => None,
            Err(error) => Some(Err(error)),
        }
    }
}
