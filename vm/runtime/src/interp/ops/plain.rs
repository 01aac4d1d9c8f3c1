//! What compiled code calls where its guards have told the operands' types. These functions run no Python code, look at
//! no frame and can't raise. `None`: nothing is done, and the opcode's own function is to be asked.

use crate::PyResult;
use crate::interp::feedback::Feedback;
use crate::object::Ref;
use crate::protocol::keys;
use crate::state::Vm;
use crate::state::names::Special;
use crate::types::bytes::PyBytes;
use crate::types::dict::PyDict;
use crate::types::list::{PyList, methods as list_methods};
use crate::types::set::PySet;
use crate::types::shape;
use crate::types::slice::{PySlice, adjust};
use crate::types::str::{self, PyStr};
use crate::types::tuple::PyTuple;
use crate::types::type_object::PyType;
use crate::value::{Slot, Value};

/// What was allocated for the result, if there was memory.
pub(super) fn made<T>(vm: &Vm, result: PyResult<T>) -> Option<T> {
    match result {
        Ok(v) => Some(v),
        // The opcode's function runs out of memory, too.
        Err(raised) => {
            vm.take_raised(raised);
            None
        }
    }
}

/// A dict whose class, if it is derived, has `dict`'s own method.
#[inline(always)]
fn dict_with(vm: &Vm, v: Value, method: Special) -> Option<Ref<PyDict>> {
    let dict = v.downcast::<PyDict>()?;
    let plain = v.as_obj()?.shape_id() == shape::dict || keys::is_inherited(vm.type_of(v), vm.types.dict, method);
    plain.then_some(dict)
}

/// `dict[key]`, if it is there.
pub fn dict_get(vm: &Vm, dict: Value, key: Value) -> Slot {
    let dict = dict_with(vm, dict, Special::GetItem)?;
    dict.find_plain(vm, key, keys::hash(vm, key)?)?.and_then(|entry| dict.table()?.entry(entry)).map(|(_, v)| v)
}

/// `dict[key] = value`.
pub fn dict_set(vm: &Vm, dict: Value, key: Value, value: Value) -> Option<()> {
    let dict = dict_with(vm, dict, Special::SetItem)?;
    let hash = keys::hash(vm, key)?;
    match dict.find_plain(vm, key, hash)? {
        Some(entry) => dict.table()?.set_value(entry, value),
        None => made(vm, dict.insert_new(vm, key, hash, value))?,
    }
    Some(())
}

/// `key in container`.
pub fn contains(vm: &Vm, container: Value, key: Value) -> Option<bool> {
    let obj = container.as_obj()?;
    match obj.shape_id() {
        shape::set | shape::frozenset => obj.downcast::<PySet>()?.contains_plain(vm, key, keys::hash(vm, key)?),
        shape::list => sequence_contains(vm, obj.downcast::<PyList>()?.as_slice(), key),
        shape::tuple => sequence_contains(vm, obj.downcast::<PyTuple>()?.as_slice(), key),
        shape::str => Some(str::methods::has_part(obj.downcast::<PyStr>()?, vm.exact_str(key)?)),
        _ => {
            let dict = dict_with(vm, container, Special::Contains)?;
            Some(dict.find_plain(vm, key, keys::hash(vm, key)?)?.is_some())
        }
    }
}

fn sequence_contains(vm: &Vm, items: &[Value], key: Value) -> Option<bool> {
    for item in items {
        if keys::eq(vm, *item, key)? {
            return Some(true);
        }
    }
    Some(false)
}

/// `a == b` of exact strings.
pub fn str_equals(vm: &Vm, a: Value, b: Value) -> Option<bool> {
    Some(vm.exact_str(a)?.equals(&*vm.exact_str(b)?))
}

/// `a + b` of exact strings.
pub fn concat(vm: &Vm, a: Value, b: Value) -> Slot {
    let (a, b) = (vm.exact_str(a)?, vm.exact_str(b)?);
    made(vm, str::methods::concat(vm, a, b)).map(Ref::value)
}

/// `string[index]`.
pub fn str_item(vm: &Vm, s: Value, index: Value) -> Slot {
    let (s, i) = (vm.exact_str(s)?, index.as_small_int()?);
    let i = crate::protocol::item::wrap(i, s.len());
    if i >= s.len() {
        return None;
    }
    made(vm, str::get_char(vm, s, i)).map(Ref::value)
}

/// FORMAT_SIMPLE, or `str(v)`, of a string or a number in place.
pub fn format_simple(vm: &Vm, v: Value) -> Slot {
    if vm.exact_str(v).is_some() {
        return Some(v);
    }
    if !v.is_small_int() && !v.is_float() {
        return None;
    }
    made(vm, vm.str(v)).map(Ref::value)
}

/// The items that a slice from `start` to `stop`, each an int in place or None, has of `len`.
#[inline]
fn bounds(start: Value, stop: Value, len: usize) -> Option<(usize, usize)> {
    let bound = |v: Value, default: usize| {
        if v.is_none() {
            return Some(default);
        }
        let i = v.as_small_int()?;
        let i = if i < 0 { i.saturating_add_unsigned(len as u64).max(0) } else { i };
        Some((i as usize).min(len))
    };
    let (start, stop) = (bound(start, 0)?, bound(stop, len)?);
    Some((start, stop.max(start)))
}

/// BINARY_SLICE of a list, tuple, string or bytes between ints in place (or None).
pub fn slice(vm: &Vm, container: Value, start: Value, stop: Value) -> Slot {
    let obj = container.as_obj()?;
    match obj.shape_id() {
        shape::list => {
            let list = obj.downcast::<PyList>()?;
            let (start, stop) = bounds(start, stop, list.len())?;
            made(vm, PyList::part(vm, list, start, stop, 0)).map(Ref::value)
        }
        shape::tuple => {
            let tuple = obj.downcast::<PyTuple>()?;
            let (start, stop) = bounds(start, stop, tuple.len())?;
            if stop - start == tuple.len() {
                return Some(container);
            }
            made(vm, vm.new_tuple(tuple.as_slice().get(start..stop)?)).map(Ref::value)
        }
        shape::str => {
            let s = obj.downcast::<PyStr>()?;
            let (start, stop) = bounds(start, stop, s.len())?;
            made(vm, str::slice(vm, s, start, stop)).map(Ref::value)
        }
        shape::bytes => {
            let bytes = obj.downcast::<PyBytes>()?;
            let (start, stop) = bounds(start, stop, bytes.len())?;
            if stop - start == bytes.len() {
                return Some(container);
            }
            made(vm, PyBytes::new(vm, bytes.as_slice().get(start..stop)?)).map(Ref::value)
        }
        _ => None,
    }
}

/// `container[slice]` where the slice's bounds are ints in place (or None): of a list, or without a step.
pub fn get_slice(vm: &Vm, container: Value, slice: Value) -> Slot {
    let slice = vm.exact::<PySlice>(slice, shape::slice)?;
    let (start, stop, step) = (slice.start(), slice.stop(), slice.step());
    if step.is_none() {
        return self::slice(vm, container, start, stop);
    }
    let list = vm.exact::<PyList>(container, shape::list)?;
    let step = step.as_small_int().filter(|step| *step != 0)? as isize;
    let bound = |v: Value, none: isize| if v.is_none() { Some(none) } else { v.as_small_int().map(|i| i as isize) };
    let (first, end) = if step < 0 { (isize::MAX, isize::MIN) } else { (0, isize::MAX) };
    let (start, stop) = (bound(start, first)?, bound(stop, end)?);
    let (start, _, step, count) = adjust(list.len(), start, stop, step);
    made(vm, list_methods::stepped(vm, list, start, step, count)).map(Ref::value)
}

/// `container[slice] = value` where the slice has no step.
pub fn set_slice(vm: &Vm, container: Value, slice: Value, value: Value) -> Option<()> {
    let slice = vm.exact::<PySlice>(slice, shape::slice).filter(|slice| slice.step().is_none())?;
    store_slice(vm, container, slice.start(), slice.stop(), value)
}

/// STORE_SLICE, of a list's or a tuple's items into a list.
pub fn store_slice(vm: &Vm, container: Value, start: Value, stop: Value, value: Value) -> Option<()> {
    let list = vm.exact::<PyList>(container, shape::list)?;
    let from = value.as_obj()?;
    let (start, stop) = bounds(start, stop, list.len())?;
    match from.shape_id() {
        shape::list => {
            let items = from.downcast::<PyList>().filter(|items| *items != list)?;
            made(vm, list_methods::replace_by(vm, list, start, stop, items.len(), || items.as_slice()))
        }
        shape::tuple => {
            let items = from.downcast::<PyTuple>()?;
            made(vm, list_methods::replace_by(vm, list, start, stop, items.len(), || items.as_slice()))
        }
        _ => None,
    }
}

/// LOAD_ATTR, as the instruction's cache says.
pub fn load_attr(vm: &Vm, owner: Value, feedback: &Feedback) -> Slot {
    super::attributes::cached_attr(vm, owner.as_obj()?, feedback)
}

/// LOAD_ATTR of an attribute that objects of this shape are known to have.
pub fn shared_attr(vm: &Vm, owner: Value, name: Value) -> Slot {
    super::attributes::shared_attr(vm, owner, name.downcast()?)
}

/// LOAD_ATTR of a method likewise: it goes before its object.
pub fn shared_method(vm: &Vm, owner: Value, name: Value) -> Slot {
    super::attributes::shared_method(vm, owner, name.downcast()?)
}

/// STORE_ATTR, as the instruction's cache says.
pub fn store_attr(vm: &Vm, owner: Value, value: Value, feedback: &Feedback) -> Option<()> {
    made(vm, super::attributes::cached_store(vm, owner.as_obj()?, value, feedback)?)
}

/// `len(v)` of builtin containers.
pub fn len(v: Value) -> Slot {
    let obj = v.as_obj()?;
    let len = match obj.shape_id() {
        shape::list => obj.downcast::<PyList>()?.len(),
        shape::tuple => obj.downcast::<PyTuple>()?.len(),
        shape::str => obj.downcast::<PyStr>()?.len(),
        shape::dict => obj.downcast::<PyDict>()?.len(),
        shape::set | shape::frozenset => obj.downcast::<PySet>()?.len(),
        shape::bytes => obj.downcast::<PyBytes>()?.len(),
        _ => return None,
    };
    Some(Value::from_len(len))
}

/// `a == b` where both compare by identity.
pub fn same_object(vm: &Vm, a: Value, b: Value) -> Option<bool> {
    let plain = |v: Value| vm.compares_by_identity(vm.type_of(v));
    (plain(a) && plain(b)).then(|| a.is(b))
}

/// `isinstance(v, class)` where the answer takes no look at `v.__class__`.
pub fn isinstance(vm: &Vm, v: Value, class: Value) -> Option<bool> {
    let of = vm.type_of(v);
    let is_of = |class: Value| {
        let class = class.downcast::<PyType>().filter(|c| vm.type_of(c.value()) == vm.types.type_)?;
        Some(of.is_subtype(class))
    };
    let is_instance = match vm.exact::<PyTuple>(class, shape::tuple) {
        None => is_of(class)?,
        Some(classes) => {
            let mut any = false;
            for class in classes.as_slice() {
                any = any || is_of(*class)?;
            }
            any
        }
    };
    (is_instance || vm.has_plain_class(of)).then_some(is_instance)
}

/// `abs(v)` of a number in place.
pub fn abs(v: Value) -> Slot {
    match v.as_small_int() {
        // The least int in place has no positive one there.
        Some(i) => Value::from_small_int(i.abs()),
        None => v.as_f64().map(|f| Value::from_f64(f.abs())),
    }
}

/// `ord(v)`.
pub fn ord(vm: &Vm, v: Value) -> Slot {
    if let Some(bytes) = vm.exact::<PyBytes>(v, shape::bytes) {
        return match bytes.as_slice() {
            [byte] => Some(Value::from_len(usize::from(*byte))),
            _ => None,
        };
    }
    let s = vm.exact_str(v)?;
    (s.len() == 1).then(|| Value::from_len(s.char_at(0) as usize))
}

/// `chr(v)` of Latin-1.
pub fn chr(vm: &Vm, v: Value) -> Slot {
    Some(vm.latin1_char(u8::try_from(v.as_small_int()?).ok()?).value())
}

/// `list.append(list, v)`.
pub fn list_append(vm: &Vm, list: Value, v: Value) -> Slot {
    let list = vm.exact::<PyList>(list, shape::list)?;
    made(vm, list.push(vm, v))?;
    Some(Value::NONE)
}

/// `dict.get(key, default)`.
pub fn dict_get_or(vm: &Vm, dict: Value, key: Value, default: Value) -> Slot {
    let dict = vm.exact::<PyDict>(dict, shape::dict)?;
    match dict.find_plain(vm, key, keys::hash(vm, key)?)? {
        Some(entry) => dict.table()?.entry(entry).map(|(_, v)| v),
        None => Some(default),
    }
}

/// `dict.setdefault(key, value)`.
pub fn dict_set_default(vm: &Vm, dict: Value, key: Value, value: Value) -> Slot {
    let dict = vm.exact::<PyDict>(dict, shape::dict)?;
    let hash = keys::hash(vm, key)?;
    match dict.find_plain(vm, key, hash)? {
        Some(entry) => dict.table()?.entry(entry).map(|(_, v)| v),
        None => made(vm, dict.insert_new(vm, key, hash, value)).map(|()| value),
    }
}

/// `set.add(v)`.
pub fn set_add(vm: &Vm, set: Value, v: Value) -> Slot {
    let set = vm.exact::<PySet>(set, shape::set)?;
    let hash = keys::hash(vm, v)?;
    // (What has the same hash has been compared, so that no Python is run.)
    if !set.contains_plain(vm, v, hash)? {
        made(vm, set.add_hashed(vm, v, hash))?;
    }
    Some(Value::NONE)
}

/// `str.startswith(affix)`, or `endswith`.
pub fn str_has_affix(vm: &Vm, s: Value, affix: Value, at_end: bool) -> Option<bool> {
    Some(str::methods::has_affix(vm.exact_str(s)?, vm.exact_str(affix)?, at_end))
}
