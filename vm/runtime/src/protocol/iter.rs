//! Iteration, length and containment.

use crate::PyResult;
use crate::object::Ref;
use crate::protocol::exact;
use crate::state::Vm;
use crate::state::names::Special;
use crate::types::array::ValueVec;
use crate::types::bytes::PyBytes;
use crate::types::dict::PyDict;
use crate::types::generator::{PyGenerator, Step, step};
use crate::types::list::PyList;
use crate::types::range::PyRange;
use crate::types::seq_iter::PySeqIter;
use crate::types::set::PySet;
use crate::types::set::iter::PySetIter;
use crate::types::shape;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::types::type_object::PyType;
use crate::value::{Slot, Value};

/// Can it be iterated by its `__getitem__`? A native class without a length has one that takes keys, not positions.
fn is_sequence(class: Ref<PyType>) -> bool {
    match class.special(Special::GetItem) {
        Some(method) => {
            method.downcast::<crate::types::native_function::PyNativeFunction>().is_none()
                || class.special(Special::Len).is_some()
        }
        None => false,
    }
}

impl Vm {
    /// `iter(v)`.
    pub fn iter(&self, v: Value) -> PyResult<Value> {
        if let Some(iterator) = exact::iter(self, v) {
            return iterator;
        }
        let class = self.type_of(v);
        match class.special(Special::Iter) {
            Some(method) if method.is_none() => {
                Err(self.type_error(format!("'{}' object is not iterable", class.tp_name())))
            }
            Some(_) => {
                let Some(it) = self.call_special(v, Special::Iter, &[])? else {
                    return Err(self.type_error(format!("'{}' object is not iterable", class.tp_name())));
                };
                if !self.is_iterator(it) {
                    return Err(self.type_error(format!("iter() returned non-iterator of type '{}'", self.tp_name(it))));
                }
                Ok(it)
            }
            None if is_sequence(class) && v.downcast::<PyDict>().is_none() => Ok(PySeqIter::new(self, v)?.value()),
            None => Err(self.type_error(format!("'{}' object is not iterable", class.tp_name()))),
        }
    }

    pub fn is_iterator(&self, v: Value) -> bool {
        let class = self.type_of(v);
        class.iternext().is_some() || class.special(Special::Next).is_some_and(|m| !m.is_none())
    }

    /// The next item of an iterator; `None` at the end (StopIteration is swallowed).
    #[inline]
    pub fn next(&self, iterator: Value) -> PyResult<Slot> {
        if let Some(g) = self.exact::<PyGenerator>(iterator, shape::generator) {
            return match step(self, g, Value::NONE) {
                Ok(Step::Yielded(v)) => Ok(Some(v)),
                Ok(Step::Returned(_)) => Ok(None),
                Err(raised) => self.catch(raised, self.types.stop_iteration).map(|_| None),
            };
        }
        let class = self.type_of(iterator);
        if let Some(next) = class.iternext() {
            return match next(self, iterator) {
                Ok(item) => Ok(item),
                // A generator that returned a value, or a function that was called on the way.
                Err(raised) => self.catch(raised, self.types.stop_iteration).map(|_| None),
            };
        }
        match self.call_special(iterator, Special::Next, &[]) {
            Ok(Some(value)) => Ok(Some(value)),
            Ok(None) => Err(self.type_error(format!("'{}' object is not an iterator", class.tp_name()))),
            Err(raised) => self.catch(raised, self.types.stop_iteration).map(|_| None),
        }
    }

    /// Calls `f` with every item of an iterable.
    pub fn for_each(&self, iterable: Value, mut f: impl FnMut(Value) -> PyResult<()>) -> PyResult<()> {
        if let Some(tuple) = self.exact::<PyTuple>(iterable, shape::tuple) {
            for i in 0..tuple.len() {
                f(tuple.get(i).unwrap_or(Value::NONE))?;
            }
            return Ok(());
        }
        if let Some(list) = self.exact::<PyList>(iterable, shape::list) {
            let mut i = 0;
            while let Some(item) = list.get(i) {
                f(item)?;
                i += 1;
            }
            return Ok(());
        }
        if let Some(bytes) = self.exact::<PyBytes>(iterable, shape::bytes) {
            for i in 0..bytes.len() {
                f(Value::from_i32(i32::from(bytes.as_slice().get(i).copied().unwrap_or(0))))?;
            }
            return Ok(());
        }
        let iterator = self.iter(iterable)?;
        if let Some(it) = self.exact::<PySetIter>(iterator, shape::set_iter) {
            while let Some(item) = it.advance(self)? {
                f(item)?;
            }
            return Ok(());
        }
        while let Some(item) = self.next(iterator)? {
            f(item)?;
        }
        Ok(())
    }

    /// All items of an iterable.
    pub fn collect(&self, iterable: Value) -> PyResult<ValueVec> {
        if let Some(tuple) = self.exact::<PyTuple>(iterable, shape::tuple) {
            return ValueVec::from_slice(self, tuple.as_slice());
        }
        if let Some(list) = self.exact::<PyList>(iterable, shape::list) {
            return ValueVec::from_slice(self, list.as_slice());
        }
        let items = match self.plain_len(iterable) {
            Some(len) => ValueVec::with_capacity(self, len)?,
            None => ValueVec::new(),
        };
        self.for_each(iterable, |v| items.push(self, v))?;
        Ok(items)
    }

    /// How many items a builtin container that is no list or tuple has, if it is a small number.
    fn plain_len(&self, v: Value) -> Option<usize> {
        let obj = v.as_obj()?;
        let len = match obj.shape_id() {
            shape::set | shape::frozenset => obj.downcast::<PySet>()?.len(),
            shape::dict => obj.downcast::<PyDict>()?.len(),
            shape::bytes => obj.downcast::<PyBytes>()?.len(),
            shape::range => obj.downcast::<PyRange>()?.small()?.2 as usize,
            _ => return None,
        };
        (len <= 1 << 20).then_some(len)
    }

    /// `tuple(v)`; an exact tuple is itself.
    pub fn tuple_from(&self, iterable: Value) -> PyResult<Ref<PyTuple>> {
        if let Some(tuple) = self.exact::<PyTuple>(iterable, shape::tuple) {
            return Ok(tuple);
        }
        let items = self.collect(iterable)?;
        PyTuple::new(self, items.as_slice())
    }

    pub fn list_from(&self, iterable: Value) -> PyResult<Ref<PyList>> {
        PyList::from_vec(self, self.collect(iterable)?)
    }

    /// `len(v)`.
    pub fn len(&self, v: Value) -> PyResult<usize> {
        if let Some(obj) = v.as_obj() {
            let found = match obj.shape_id() {
                shape::list => obj.downcast::<PyList>().map(|l| l.len()),
                shape::tuple => obj.downcast::<PyTuple>().map(|l| l.len()),
                shape::str => obj.downcast::<PyStr>().map(|l| l.len()),
                shape::dict => obj.downcast::<PyDict>().map(|l| l.len()),
                shape::set | shape::frozenset => obj.downcast::<PySet>().map(|l| l.len()),
                shape::bytes => obj.downcast::<PyBytes>().map(|l| l.len()),
                _ => None,
            };
            if let Some(n) = found {
                return Ok(n);
            }
        }
        let Some(result) = self.call_special(v, Special::Len, &[])? else {
            return Err(self.type_error(format!("object of type '{}' has no len()", self.tp_name(v))));
        };
        let n = self.index(result)?;
        match crate::types::int::to_i64(n) {
            Some(n) if n >= 0 => Ok(n as usize),
            _ if crate::types::int::is_negative(n) => Err(self.value_error("__len__() should return >= 0")),
            _ => Err(self.overflow_error("cannot fit 'int' into an index-sized integer")),
        }
    }

    /// `operator.length_hint(v)`.
    pub fn length_hint(&self, v: Value, default: usize) -> PyResult<usize> {
        let class = self.type_of(v);
        if class.special(Special::Len).is_some() {
            match self.len(v) {
                Ok(n) => return Ok(n),
                Err(raised) => {
                    self.catch(raised, self.types.type_error)?;
                }
            }
        }
        if class.special(Special::LengthHint).is_none() {
            return Ok(default);
        }
        let hint = match self.call_special(v, Special::LengthHint, &[]) {
            Ok(hint) => hint,
            Err(raised) => {
                self.catch(raised, self.types.type_error)?;
                return Ok(default);
            }
        };
        match hint {
            Some(h) if h.same_bits(Value::NOT_IMPLEMENTED) => Ok(default),
            Some(h) if self.is_instance(h, self.types.int) => match crate::types::int::to_i64(h) {
                Some(n) if n >= 0 => Ok(n as usize),
                Some(_) => Err(self.value_error("__length_hint__() should return >= 0")),
                None => Err(self.overflow_error("cannot fit 'int' into an index-sized integer")),
            },
            Some(h) => Err(self.type_error(format!("__length_hint__ must be an integer, not {}", self.tp_name(h)))),
            None => Ok(default),
        }
    }

    /// `item in container`.
    pub fn contains(&self, container: Value, item: Value) -> PyResult<bool> {
        if let Some(found) = exact::contains(self, container, item) {
            return found;
        }
        let class = self.type_of(container);
        match class.special(Special::Contains) {
            Some(m) if m.is_none() => Err(self.type_error(format!("'{}' object is not a container", class.tp_name()))),
            Some(_) => match self.call_special(container, Special::Contains, &[item])? {
                Some(found) => self.is_true(found),
                None => Ok(false),
            },
            None => {
                let iterator = match self.iter(container) {
                    Ok(iterator) => iterator,
                    Err(raised) => {
                        self.catch(raised, self.types.type_error)?;
                        return Err(self.type_error(format!(
                            "argument of type '{}' is not a container or iterable",
                            class.tp_name()
                        )));
                    }
                };
                while let Some(other) = self.next(iterator)? {
                    if self.eq(other, item)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
        }
    }
}
