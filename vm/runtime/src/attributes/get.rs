//! Reading attributes.

use crate::PyResult;
use crate::attributes::instance;
use crate::object::Ref;
use crate::object::def::type_flags;
use crate::state::Vm;
use crate::state::names::Special;
use crate::types::module::PyModule;
use crate::types::native_function::PyNativeFunction;
use crate::types::shape;
use crate::types::str::PyStr;
use crate::types::type_object::PyType;
use crate::value::{Slot, Value};

impl Vm {
    /// `v.name`.
    pub fn get_attr(&self, v: Value, name: Ref<PyStr>) -> PyResult<Value> {
        let name = self.intern_str(name);
        let class = self.type_of(v);
        if class.has_flag(type_flags::PLAIN_GETATTR) {
            return match self.generic_get_attr(v, class, name)? {
                Some(value) => Ok(value),
                None => Err(self.no_attribute(v, name)),
            };
        }
        self.get_attr_special(v, class, name)
    }

    pub fn get_attr_str(&self, v: Value, name: &str) -> PyResult<Value> {
        let name = self.intern(name)?;
        self.get_attr(v, name)
    }

    /// `v.name`, `None` where that is an AttributeError.
    pub fn get_attr_opt(&self, v: Value, name: Ref<PyStr>) -> PyResult<Slot> {
        let name = self.intern_str(name);
        let class = self.type_of(v);
        if class.has_flag(type_flags::PLAIN_GETATTR) {
            return match self.generic_get_attr(v, class, name) {
                Ok(found) => Ok(found),
                Err(raised) => self.catch(raised, self.types.attribute_error).map(|_| None),
            };
        }
        if let Some(t) = v.downcast::<PyType>()
            && class == self.types.type_
        {
            return match self.type_get_attr(t, name) {
                Ok(found) => Ok(found),
                Err(raised) => self.catch(raised, self.types.attribute_error).map(|_| None),
            };
        }
        let found = self.get_attr_special(v, class, name);
        self.suppress(found, self.types.attribute_error)
    }

    /// The class has its own `__getattribute__`, or a `__getattr__`.
    fn get_attr_special(&self, v: Value, class: Ref<PyType>, name: Ref<PyStr>) -> PyResult<Value> {
        let getattribute = class.special(Special::GetAttribute);
        let native = getattribute.and_then(Value::downcast::<PyNativeFunction>);
        let found = if native.is_some_and(|f| f.is_object_getattribute()) {
            // Missing attributes are no exception when there is a `__getattr__` to ask.
            match self.generic_get_attr(v, class, name) {
                Ok(Some(value)) => return Ok(value),
                Ok(None) => None,
                Err(raised) => Some(raised),
            }
        } else {
            match getattribute {
                Some(method) => match self.call_unbound(method, v, &[name.value()]) {
                    Ok(value) => return Ok(value),
                    Err(raised) => Some(raised),
                },
                None => None,
            }
        };
        let Some(getattr) = class.special(Special::GetAttr) else {
            return Err(match found {
                Some(raised) => self.attribute_context(raised, v, name),
                None => self.no_attribute(v, name),
            });
        };
        if let Some(raised) = found {
            self.catch(raised, self.types.attribute_error)?;
        }
        self.call_unbound(getattr, v, &[name.value()]).map_err(|raised| self.attribute_context(raised, v, name))
    }

    /// An AttributeError that says neither name nor object gets those that were asked for.
    #[cold]
    fn attribute_context(&self, raised: crate::Raised, v: Value, name: Ref<PyStr>) -> crate::Raised {
        use crate::types::exception::{ATTRIBUTE_NAME, ATTRIBUTE_OBJ, PyException};
        if let Some(e) = self.raised.get().and_then(Value::downcast::<PyException>)
            && self.is_instance(e.value(), self.types.attribute_error)
            && e.extra(ATTRIBUTE_NAME).is_none()
            && e.extra(ATTRIBUTE_OBJ).is_none()
        {
            e.set_extra(ATTRIBUTE_NAME, name.value());
            e.set_extra(ATTRIBUTE_OBJ, v);
        }
        raised
    }

    /// `object.__getattribute__`: data descriptors of the class, then the instance, then the class.
    pub fn generic_get_attr(&self, v: Value, class: Ref<PyType>, name: Ref<PyStr>) -> PyResult<Slot> {
        let on_class = class.lookup(self, name);
        if let Some(descriptor) = on_class
            && self.is_data_descriptor(descriptor)
            && let Some(value) = self.descriptor_get(descriptor, Some(v), class.value())?
        {
            return Ok(Some(value));
        }
        if let Some(obj) = v.as_obj()
            && let Some(value) = instance::get(self, obj, name)
        {
            return Ok(Some(value));
        }
        match on_class {
            Some(descriptor) => match self.descriptor_get(descriptor, Some(v), class.value())? {
                Some(value) => Ok(Some(value)),
                None => Ok(Some(descriptor)),
            },
            None => Ok(None),
        }
    }

    /// Has it a `__set__` or a `__delete__`?
    #[inline]
    pub fn is_data_descriptor(&self, v: Value) -> bool {
        let Some(obj) = v.as_obj() else { return false };
        match obj.shape_id() {
            shape::function | shape::method_descriptor | shape::wrapper_descriptor => false,
            shape::getset | shape::member | shape::property => true,
            _ => {
                let class = self.type_of(v);
                class.special(Special::Set).is_some() || class.special(Special::Delete).is_some()
            }
        }
    }

    /// What `v.name(...)` calls: the function and whether `v` goes before the arguments (no bound method is made).
    #[inline]
    pub fn get_method(&self, v: Value, name: Ref<PyStr>) -> PyResult<(Value, bool)> {
        let class = self.type_of(v);
        if class.has_flag(type_flags::PLAIN_GETATTR)
            && let Some(found) = class.lookup(self, name)
            && self.type_of(found).has_flag(type_flags::METHOD_DESCRIPTOR)
        {
            if let Some(obj) = v.as_obj()
                && let Some(own) = instance::get(self, obj, name)
            {
                return Ok((own, false));
            }
            return Ok((found, true));
        }
        Ok((self.get_attr(v, name)?, false))
    }

    /// `type.__getattribute__`.
    pub fn type_get_attr(&self, class: Ref<PyType>, name: Ref<PyStr>) -> PyResult<Slot> {
        let meta = self.type_of(class.value());
        let on_meta = meta.lookup(self, name);
        if let Some(descriptor) = on_meta
            && self.is_data_descriptor(descriptor)
            && let Some(value) = self.descriptor_get(descriptor, Some(class.value()), meta.value())?
        {
            return Ok(Some(value));
        }
        if let Some(found) = class.lookup(self, name) {
            return match self.descriptor_get(found, None, class.value())? {
                Some(value) => Ok(Some(value)),
                None => Ok(Some(found)),
            };
        }
        match on_meta {
            Some(descriptor) => match self.descriptor_get(descriptor, Some(class.value()), meta.value())? {
                Some(value) => Ok(Some(value)),
                None => Ok(Some(descriptor)),
            },
            None => Ok(None),
        }
    }

    /// `module.__getattribute__`: its dict, then its `__getattr__`.
    pub fn module_get_attr(&self, module: Ref<PyModule>, name: Ref<PyStr>) -> PyResult<Value> {
        if let Some(value) = self.generic_get_attr(module.value(), self.type_of(module.value()), name)? {
            return Ok(value);
        }
        crate::types::module::missing_attribute(self, module, name)
    }
}
