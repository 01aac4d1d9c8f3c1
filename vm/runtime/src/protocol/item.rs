//! `v[key]`, `v[key] = value`, `del v[key]`.

use crate::PyResult;
use crate::interp::ops::plain;
use crate::object::Ref;
use crate::protocol::exact;
use crate::state::Vm;
use crate::state::names::Special;
use crate::types::dict::PyDict;
use crate::types::list::{PyList, methods as list_methods};
use crate::types::shape;
use crate::types::tuple::PyTuple;
use crate::types::type_object::PyType;
use crate::types::typed_array::PyTypedArray;
use crate::value::Value;

impl Vm {
    /// `v[key]`.
    #[inline]
    pub fn get_item(&self, v: Value, key: Value) -> PyResult<Value> {
        if let (Some(obj), Some(i)) = (v.as_obj(), key.as_small_int()) {
            let found = match obj.shape_id() {
                shape::list => obj.downcast::<PyList>().and_then(|l| l.get(wrap(i, l.len()))),
                shape::tuple => obj.downcast::<PyTuple>().and_then(|t| t.get(wrap(i, t.len()))),
                shape::typed_array => obj.downcast::<PyTypedArray>().and_then(|a| a.get_fast(wrap(i, a.len()))),
                _ => None,
            };
            if let Some(value) = found {
                return Ok(value);
            }
        }
        self.get_item_slow(v, key)
    }

    fn get_item_slow(&self, v: Value, key: Value) -> PyResult<Value> {
        // With a slice.
        if let Some(list) = self.exact::<PyList>(v, shape::list) {
            return list_methods::getitem(self, list, key);
        }
        if let Some(dict) = self.exact::<PyDict>(v, shape::dict) {
            return match dict.get_item(self, key)? {
                Some(value) => Ok(value),
                None => Err(self.key_error(key)),
            };
        }
        if let Some(item) = exact::get_item(self, v, key) {
            return item;
        }
        // A dict of a derived class.
        if let Some(value) = plain::dict_get(self, v, key) {
            return Ok(value);
        }
        if let Some(value) = self.call_special(v, Special::GetItem, &[key])? {
            return Ok(value);
        }
        if let Some(class) = v.downcast::<PyType>() {
            return self.class_get_item(class, key);
        }
        Err(self.type_error(format!("'{}' object is not subscriptable", self.tp_name(v))))
    }

    /// `Class[key]` for a class whose metaclass has no `__getitem__`.
    fn class_get_item(&self, class: Ref<PyType>, key: Value) -> PyResult<Value> {
        if class == self.types.type_ {
            return crate::types::generic_alias::new(self, class.value(), key);
        }
        let name = self.special_name(Special::ClassGetItem);
        match self.get_attr_opt(class.value(), name)? {
            Some(method) if !method.is_none() => self.call(method, &[key]),
            _ => Err(self.type_error(format!("type '{}' is not subscriptable", class.tp_name()))),
        }
    }

    /// `v[key] = value`.
    #[inline]
    pub fn set_item(&self, v: Value, key: Value, value: Value) -> PyResult<()> {
        if let Some(obj) = v.as_obj() {
            match obj.shape_id() {
                shape::list => {
                    if let (Some(list), Some(i)) = (obj.downcast::<PyList>(), key.as_small_int()) {
                        let i = wrap(i, list.len());
                        if i < list.len() {
                            list.set(i, value);
                            return Ok(());
                        }
                    }
                    if let Some(list) = obj.downcast::<PyList>() {
                        return list_methods::setitem(self, list, key, value);
                    }
                }
                shape::dict => {
                    if let Some(dict) = obj.downcast::<PyDict>() {
                        return dict.set_item(self, key, value);
                    }
                }
                shape::typed_array => {
                    if let (Some(array), Some(i)) = (obj.downcast::<PyTypedArray>(), key.as_small_int())
                        && array.set_fast(wrap(i, array.len()), value)
                    {
                        return Ok(());
                    }
                }
                _ => {}
            }
        }
        if plain::dict_set(self, v, key, value).is_some() {
            return Ok(());
        }
        match self.call_special(v, Special::SetItem, &[key, value])? {
            Some(_) => Ok(()),
            None => Err(self.type_error(format!("'{}' object does not support item assignment", self.tp_name(v)))),
        }
    }

    /// `del v[key]`.
    pub fn del_item(&self, v: Value, key: Value) -> PyResult<()> {
        if let Some(done) = exact::del_item(self, v, key) {
            return done;
        }
        match self.call_special(v, Special::DelItem, &[key])? {
            Some(_) => Ok(()),
            None => {
                // A sequence is asked for a number, anything else for a key.
                let by_number = self.is_like_sequence(v) && self.type_of(key).special(Special::Index).is_some();
                let how = if by_number { "doesn't" } else { "does not" };
                Err(self.type_error(format!("'{}' object {how} support item deletion", self.tp_name(v))))
            }
        }
    }
}

/// A Python index as an index from the start; out of range stays out of range.
#[inline(always)]
pub fn wrap(i: i64, len: usize) -> usize {
    if i < 0 { i.wrapping_add(len as i64) as usize } else { i as usize }
}
