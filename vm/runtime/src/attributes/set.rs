//! Writing and deleting attributes.

use crate::PyResult;
use crate::attributes::instance;
use crate::object::Ref;
use crate::object::def::type_flags;
use crate::state::Vm;
use crate::state::names::Special;
use crate::types::str::PyStr;
use crate::types::type_object::PyType;
use crate::value::{Slot, Value};

impl Vm {
    /// `v.name = value`.
    pub fn set_attr(&self, v: Value, name: Ref<PyStr>, value: Value) -> PyResult<()> {
        self.store_attr(v, name, Some(value))
    }

    pub fn set_attr_str(&self, v: Value, name: &str, value: Value) -> PyResult<()> {
        let name = self.intern(name)?;
        self.set_attr(v, name, value)
    }

    /// `del v.name`.
    pub fn del_attr(&self, v: Value, name: Ref<PyStr>) -> PyResult<()> {
        self.store_attr(v, name, None)
    }

    fn store_attr(&self, v: Value, name: Ref<PyStr>, value: Slot) -> PyResult<()> {
        let name = self.intern_str(name);
        let class = self.type_of(v);
        if class.has_flag(type_flags::PLAIN_SETATTR) {
            return self.generic_set_attr(v, class, name, value);
        }
        let found = match value {
            Some(value) => self.call_special(v, Special::SetAttr, &[name.value(), value])?,
            None => self.call_special(v, Special::DelAttr, &[name.value()])?,
        };
        match found {
            Some(_) => Ok(()),
            None => self.generic_set_attr(v, class, name, value),
        }
    }

    /// `object.__setattr__` and `object.__delattr__`.
    pub fn generic_set_attr(&self, v: Value, class: Ref<PyType>, name: Ref<PyStr>, value: Slot) -> PyResult<()> {
        let on_class = class.lookup(self, name);
        if let Some(descriptor) = on_class
            && let Some(done) = self.descriptor_set(descriptor, v, value)
        {
            return done;
        }
        let object = v.as_obj().filter(|_| class.has_flag(type_flags::HAS_DICT));
        match (object, value) {
            (Some(obj), Some(value)) if instance::attrs_field(obj).is_some() => instance::set(self, obj, name, value),
            (Some(obj), None) => match instance::delete(self, obj, name)? {
                true => Ok(()),
                false => Err(self.no_attribute(v, name)),
            },
            _ if on_class.is_some() => Err(self.attribute_error_for(
                v,
                name,
                &format!("'{}' object attribute '{}' is read-only", class.tp_name(), name.to_lossy()),
            )),
            (None, _) if !class.has_flag(type_flags::HAS_DICT) => Err(self.attribute_error_for(
                v,
                name,
                &format!(
                    "'{}' object has no attribute '{}' and no __dict__ for setting new attributes",
                    class.tp_name(),
                    name.to_lossy()
                ),
            )),
            _ => Err(self.no_attribute(v, name)),
        }
    }

    /// Sets or deletes by a data descriptor; `None`: it is not one.
    pub fn descriptor_set(&self, descriptor: Value, v: Value, value: Slot) -> Option<PyResult<()>> {
        if let Some(g) = descriptor.downcast::<crate::types::getset::PyGetSet>() {
            return Some(g.set(self, v, value));
        }
        let class = self.type_of(descriptor);
        let (set, delete) = (class.special(Special::Set), class.special(Special::Delete));
        if set.is_none() && delete.is_none() {
            return None;
        }
        let done = match (value, set, delete) {
            (Some(value), Some(set), _) => self.call_unbound(set, descriptor, &[v, value]),
            (None, _, Some(delete)) => self.call_unbound(delete, descriptor, &[v]),
            (Some(_), None, _) => Err(self.attribute_error("__set__")),
            (None, _, None) => Err(self.attribute_error("__delete__")),
        };
        Some(done.map(|_| ()))
    }

    /// `type.__setattr__` and `type.__delattr__`.
    pub fn type_set_attr(&self, class: Ref<PyType>, name: Ref<PyStr>, value: Slot) -> PyResult<()> {
        if class.has_flag(type_flags::IMMUTABLE) {
            return Err(self.type_error(format!(
                "cannot set '{}' attribute of immutable type '{}'",
                name.to_lossy(),
                self.type_full_name(class)
            )));
        }
        let meta = self.type_of(class.value());
        if let Some(descriptor) = meta.lookup(self, name)
            && let Some(done) = self.descriptor_set(descriptor, class.value(), value)
        {
            return done;
        }
        let Some(dict) = class.dict() else { return Ok(()) };
        let special = Special::from_aux(name.obj().header().aux());
        let gone_or_new = match value {
            Some(value) => {
                dict.set_str(self, name, value)?;
                value
            }
            None => match dict.remove_str(self, name) {
                Some(old) => old,
                None => return Err(self.no_attribute(class.value(), name)),
            },
        };
        match special {
            Some(Special::Get | Special::Set | Special::Delete) => self.descriptors_changed(),
            Some(_) => self.void_shape_caches(),
            None if self.is_data_descriptor(gone_or_new) => self.void_shape_caches(),
            None => {}
        }
        class.modified(self, Some(name));
        Ok(())
    }
}
