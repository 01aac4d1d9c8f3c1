//! `list`: the methods.

use crate::object::def::{MethodDef, TypeDef, type_flags};
use crate::object::layout::{LIST, LIST_ITER};
use crate::object::{Args, Ref};
use crate::protocol::compare::Compare;
use crate::state::Vm;
use crate::types::array::ValueVec;
use crate::types::dict::PyDict;
pub use crate::types::list::iter::PyListIter;
use crate::types::list::{PyList, index, iter, repr, sort};
use crate::types::slice::{self, PySlice};
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::types::type_object::PyType;
use crate::types::{generic_alias, shape};
use crate::value::Value;
use crate::{PyResult, comparisons, method};

/// The class argument of a `__new__` or class method.
pub fn class_arg(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyType>> {
    args.get(0)
        .downcast::<PyType>()
        .ok_or_else(|| vm.type_error(format!("__new__(X): X is not a type object ({})", vm.type_name(args.get(0)))))
}

/// The receiver of a method with named parameters.
pub fn receiver<T: crate::object::HeapType>(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<T>> {
    crate::object::FromValue::from_value(vm, args.get(0))
}

/// `self`, for iterators.
pub fn same(_: &Vm, this: Value) -> Value {
    this
}

/// `cls[item]`.
pub fn class_getitem(vm: &Vm, class: Value, item: Value) -> PyResult<Value> {
    generic_alias::new(vm, class, item)
}

/// "NAME expected at most 1 argument, got N" for what takes an optional iterable, as the argument binder does not
/// see through `*args`.
fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyList>> {
    let class = class_arg(vm, args)?;
    if class == vm.types.list { PyList::new(vm, &[]) } else { vm.alloc_instance(class) }
}

fn init(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let list: Ref<PyList> = receiver(vm, args)?;
    if !list.is_empty() {
        list.clear();
    }
    match args.opt(1) {
        Some(iterable) => extend_from_iterable(vm, list, iterable),
        None => Ok(()),
    }
}

/// `list.extend(iterable)`: what was taken before an error stays.
pub fn extend_from_iterable(vm: &Vm, list: Ref<PyList>, iterable: Value) -> PyResult<()> {
    if let Some(obj) = iterable.as_obj() {
        match obj.shape_id() {
            shape::list => {
                if let Some(other) = obj.downcast::<PyList>() {
                    return extend_from_list(vm, list, other);
                }
            }
            shape::tuple => {
                if let Some(other) = obj.downcast::<PyTuple>() {
                    return list.extend(vm, other.as_slice());
                }
            }
            shape::dict => {
                if let Some(other) = obj.downcast::<PyDict>() {
                    list.reserve(vm, other.len())?;
                    let mut position = 0;
                    while let Some((key, _)) = other.next_item(&mut position) {
                        list.push(vm, key)?;
                    }
                    return Ok(());
                }
            }
            shape::str => {
                if let Some(s) = obj.downcast::<PyStr>() {
                    list.reserve(vm, s.len())?;
                    for i in 0..s.len() {
                        let c = PyStr::from_char(vm, s.char_at(i))?;
                        list.push(vm, c.value())?;
                    }
                    return Ok(());
                }
            }
            _ => {}
        }
    }
    let iterator = vm.iter(iterable)?;
    let hint = vm.length_hint(iterable, 8)?;
    if hint > 8 {
        // A hint may be wrong: it is no reason to fail, nor to take much memory ahead.
        list.reserve(vm, hint.min(MAX_TRUSTED_HINT))?;
    }
    while let Some(item) = vm.next(iterator)? {
        list.push(vm, item)?;
    }
    Ok(())
}

/// Items for which a length hint alone gets memory.
const MAX_TRUSTED_HINT: usize = 1 << 20;

/// Appends another list's items (which may be the same list).
fn extend_from_list(vm: &Vm, list: Ref<PyList>, other: Ref<PyList>) -> PyResult<()> {
    let count = other.len();
    if count == 0 {
        return Ok(());
    }
    list.reserve(vm, count)?;
    // Nothing runs between here and the copy; the source slice is fetched after the storage has its final place.
    list.extend(vm, other.as_slice().get(..count).unwrap_or(&[]))
}

fn append(vm: &Vm, list: Ref<PyList>, item: Value) -> PyResult<()> {
    list.push(vm, item)
}

fn extend(vm: &Vm, list: Ref<PyList>, iterable: Value) -> PyResult<()> {
    extend_from_iterable(vm, list, iterable)
}

fn iadd(vm: &Vm, list: Ref<PyList>, iterable: Value) -> PyResult<Ref<PyList>> {
    extend_from_iterable(vm, list, iterable)?;
    Ok(list)
}

fn insert(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let list: Ref<PyList> = receiver(vm, args)?;
    let at = vm.to_isize(args.get(1))?;
    let len = list.len();
    let at = if at < 0 { usize::try_from(at.saturating_add_unsigned(len)).unwrap_or(0) } else { at as usize };
    list.insert(vm, at.min(len), args.get(2))
}

fn pop(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let list: Ref<PyList> = receiver(vm, args)?;
    let i = match args.opt(1) {
        Some(i) => vm.to_isize(i)? as i64,
        None => -1,
    };
    if list.is_empty() {
        return Err(vm.index_error("pop from empty list"));
    }
    list.remove_at(index::wrapped(i, list.len())).ok_or_else(|| vm.index_error("pop index out of range"))
}

fn clear(_: &Vm, list: Ref<PyList>) {
    list.clear();
}

fn copy(vm: &Vm, list: Ref<PyList>) -> PyResult<Ref<PyList>> {
    slice_of(vm, list, 0, list.len())
}

/// A new list of the items from `start` to `stop`.
fn slice_of(vm: &Vm, list: Ref<PyList>, start: usize, stop: usize) -> PyResult<Ref<PyList>> {
    PyList::part(vm, list, start, stop, 0)
}

/// The index of the first item from `start` on, before `stop`, that equals `value`.
fn find(vm: &Vm, list: Ref<PyList>, value: Value, start: usize, stop: usize) -> PyResult<Option<usize>> {
    let mut i = start;
    while i < stop {
        let Some(item) = list.get(i) else { break };
        if vm.eq(item, value)? {
            return Ok(Some(i));
        }
        i += 1;
    }
    Ok(None)
}

fn remove(vm: &Vm, list: Ref<PyList>, value: Value) -> PyResult<()> {
    match find(vm, list, value, 0, usize::MAX)? {
        Some(i) => {
            list.remove_at(i);
            Ok(())
        }
        None => Err(vm.value_error("list.remove(x): x not in list")),
    }
}

fn index_of(vm: &Vm, args: &Args<'_>) -> PyResult<usize> {
    let list: Ref<PyList> = receiver(vm, args)?;
    let start = index::bound(vm, args.opt(2), 0, list.len())?;
    let stop = index::bound(vm, args.opt(3), usize::MAX, list.len())?;
    find(vm, list, args.get(1), start, stop)?.ok_or_else(|| vm.value_error("list.index(x): x not in list"))
}

fn count(vm: &Vm, list: Ref<PyList>, value: Value) -> PyResult<usize> {
    let (mut i, mut n) = (0, 0);
    while let Some(item) = list.get(i) {
        if vm.eq(item, value)? {
            n += 1;
        }
        i += 1;
    }
    Ok(n)
}

pub(crate) fn contains(vm: &Vm, list: Ref<PyList>, value: Value) -> PyResult<bool> {
    Ok(find(vm, list, value, 0, usize::MAX)?.is_some())
}

fn reverse(_: &Vm, list: Ref<PyList>) {
    let (mut i, mut j) = (0, list.len());
    while i + 1 < j {
        j -= 1;
        if let (Some(a), Some(b)) = (list.get(i), list.get(j)) {
            list.set(i, b);
            list.set(j, a);
        }
        i += 1;
    }
}

fn sort(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let list: Ref<PyList> = receiver(vm, args)?;
    let reverse = match args.opt(2) {
        Some(reverse) => vm.is_true(reverse)?,
        None => false,
    };
    sort::sort_list(vm, list, args.opt_not_none(1), reverse)
}

fn len(_: &Vm, list: Ref<PyList>) -> usize {
    list.len()
}

pub(crate) fn getitem(vm: &Vm, list: Ref<PyList>, key: Value) -> PyResult<Value> {
    if let Some(slice) = key.downcast::<PySlice>() {
        let (start, stop, step) = slice::unpack(vm, &slice)?;
        let (start, _, step, count) = slice::adjust(list.len(), start, stop, step);
        if step == 1 {
            return Ok(slice_of(vm, list, start as usize, start as usize + count)?.value());
        }
        return Ok(stepped(vm, list, start, step, count)?.value());
    }
    let i = index::subscript(vm, key, "list")?;
    list.get(index::wrapped(i, list.len())).ok_or_else(|| vm.index_error("list index out of range"))
}

/// A new list of `count` items from `start` on, `step` apart: what [`slice::adjust`] says that a slice has.
pub(crate) fn stepped(vm: &Vm, list: Ref<PyList>, start: isize, step: isize, count: usize) -> PyResult<Ref<PyList>> {
    let new = PyList::with_capacity(vm, count)?;
    if let Some(array) = new.array() {
        let items = list.as_slice();
        let slots = array.slots().get(..count).unwrap_or(&[]);
        let backwards = usize::try_from(start).ok().filter(|_| step == -1).and_then(|start| {
            let last = start + 1;
            items.get(last.checked_sub(count)?..last)
        });
        match backwards {
            Some(items) => slots.iter().zip(items.iter().rev()).for_each(|(slot, item)| slot.init(*item)),
            None => {
                let mut at = start;
                for slot in slots {
                    slot.init(items.get(at as usize).copied());
                    at = at.wrapping_add(step);
                }
            }
        }
        array.obj().wrote();
        new.set_len(count);
    }
    Ok(new)
}

pub(crate) fn setitem(vm: &Vm, list: Ref<PyList>, key: Value, value: Value) -> PyResult<()> {
    if let Some(slice) = key.downcast::<PySlice>() {
        return assign_slice(vm, list, slice, value);
    }
    let i = index::wrapped(index::subscript(vm, key, "list")?, list.len());
    if i >= list.len() {
        return Err(vm.index_error("list assignment index out of range"));
    }
    list.set(i, value);
    Ok(())
}

/// `list[slice] = value`.
fn assign_slice(vm: &Vm, list: Ref<PyList>, slice: Ref<PySlice>, value: Value) -> PyResult<()> {
    let (start, stop, step) = slice::unpack(vm, &slice)?;
    let items = match vm.collect(value) {
        Ok(items) => items,
        Err(raised) if is_iterable(vm, value) => return Err(raised),
        Err(raised) => {
            vm.catch(raised, vm.types.type_error)?;
            return Err(vm.type_error("must assign iterable to extended slice"));
        }
    };
    let (start, stop, step, count) = slice::adjust(list.len(), start, stop, step);
    if step == 1 {
        let start = start as usize;
        return replace_range(vm, list, start, (stop.max(0) as usize).max(start), &items);
    }
    if items.len() != count {
        return Err(vm.value_error(format!(
            "attempt to assign sequence of size {} to extended slice of size {count}",
            items.len()
        )));
    }
    let mut at = start;
    for i in 0..count {
        if let Some(item) = items.get(i) {
            list.set(at as usize, item);
        }
        at = at.wrapping_add(step);
    }
    Ok(())
}

/// Whether a failure to collect `v` came from its items rather than from `iter(v)`.
fn is_iterable(vm: &Vm, v: Value) -> bool {
    use crate::state::names::Special;
    let class = vm.type_of(v);
    class.special(Special::Iter).is_some_and(|m| !m.is_none()) || class.special(Special::GetItem).is_some()
}

/// Replaces the items from `start` to `stop` by others.
fn replace_range(vm: &Vm, list: Ref<PyList>, start: usize, stop: usize, items: &ValueVec) -> PyResult<()> {
    replace_by(vm, list, start, stop, items.len(), || items.as_slice())
}

/// The same by what `items` gives, once there is room: `added` values that are not the list's own.
pub(crate) fn replace_by<'a>(
    vm: &Vm,
    list: Ref<PyList>,
    start: usize,
    stop: usize,
    added: usize,
    items: impl FnOnce() -> &'a [Value],
) -> PyResult<()> {
    let len = list.len();
    let (start, stop) = (start.min(len), stop.min(len).max(start.min(len)));
    let removed = stop - start;
    if added > removed {
        let more = added - removed;
        let array = list.reserve(vm, more)?;
        array.move_within(stop, stop + more, len - stop);
        array.copy_from(start, items());
        list.set_len(len + more);
    } else if let Some(array) = list.array() {
        array.copy_from(start, items());
        array.move_within(stop, start + added, len - stop);
        list.truncate(len - (removed - added));
    }
    Ok(())
}

pub(crate) fn delitem(vm: &Vm, list: Ref<PyList>, key: Value) -> PyResult<()> {
    let Some(slice) = key.downcast::<PySlice>() else {
        let i = index::subscript(vm, key, "list")?;
        return match list.remove_at(index::wrapped(i, list.len())) {
            Some(_) => Ok(()),
            None => Err(vm.index_error("list assignment index out of range")),
        };
    };
    let (start, stop, step) = slice::unpack(vm, &slice)?;
    let (start, _, step, count) = slice::adjust(list.len(), start, stop, step);
    if count == 0 {
        return Ok(());
    }
    if step == 1 {
        return replace_range(vm, list, start as usize, start as usize + count, &ValueVec::new());
    }
    // Counted upwards: the first one to go, and how far apart they are.
    let (first, apart) = if step > 0 {
        (start as usize, step as usize)
    } else {
        ((start + step * (count as isize - 1)) as usize, step.unsigned_abs())
    };
    let (len, mut kept) = (list.len(), first);
    let (mut next, mut left) = (first, count);
    for i in first..len {
        if i == next && left > 0 {
            left -= 1;
            next = next.saturating_add(apart);
        } else if let Some(item) = list.get(i) {
            list.set(kept, item);
            kept += 1;
        }
    }
    list.truncate(kept);
    Ok(())
}

pub(crate) fn add(vm: &Vm, list: Ref<PyList>, other: Value) -> PyResult<Value> {
    let Some(other) = other.downcast::<PyList>() else { return Ok(Value::NOT_IMPLEMENTED) };
    let new = PyList::part(vm, list, 0, list.len(), other.len())?;
    new.extend(vm, other.as_slice())?;
    Ok(new.value())
}

/// Appends the first `len` items of `list` to `target` until they are there `times` times more. `target` has room.
fn repeat_into(vm: &Vm, target: Ref<PyList>, list: Ref<PyList>, len: usize, times: usize) -> PyResult<()> {
    if len == 1 {
        let Some(item) = list.get(0) else { return Ok(()) };
        let array = target.reserve(vm, times)?;
        let first = target.len();
        for slot in array.slots().iter().skip(first).take(times) {
            slot.init(item);
        }
        array.obj().wrote();
        target.set_len(first + times);
        return Ok(());
    }
    for _ in 0..times {
        target.extend(vm, list.as_slice().get(..len).unwrap_or(&[]))?;
    }
    Ok(())
}

pub(crate) fn mul(vm: &Vm, list: Ref<PyList>, n: Value) -> PyResult<Value> {
    let Some(times) = index::repeat_count(vm, n)? else { return Ok(Value::NOT_IMPLEMENTED) };
    let total = list.len().checked_mul(times).ok_or_else(|| vm.memory_error())?;
    let new = PyList::with_capacity(vm, total)?;
    if total > 0 {
        repeat_into(vm, new, list, list.len(), times)?;
    }
    Ok(new.value())
}

pub(crate) fn imul(vm: &Vm, list: Ref<PyList>, n: Value) -> PyResult<Value> {
    let Some(times) = index::repeat_count(vm, n)? else { return Ok(Value::NOT_IMPLEMENTED) };
    let len = list.len();
    if times == 0 {
        list.clear();
    } else if len > 0 && times > 1 {
        let more = len.checked_mul(times - 1).ok_or_else(|| vm.memory_error())?;
        list.reserve(vm, more)?;
        repeat_into(vm, list, list, len, times - 1)?;
    }
    Ok(list.value())
}

/// The six comparisons; `OP` numbers them as [`Compare`].
pub(crate) fn rich(vm: &Vm, list: Ref<PyList>, other: Value, op: Compare) -> PyResult<Value> {
    let Some(other) = other.downcast::<PyList>() else { return Ok(Value::NOT_IMPLEMENTED) };
    if list.len() != other.len() && matches!(op, Compare::Eq | Compare::Ne) {
        return Ok(Value::from_bool(op == Compare::Ne));
    }
    let mut i = 0;
    while let (Some(a), Some(b)) = (list.get(i), other.get(i)) {
        if !vm.eq(a, b)? {
            // Comparing may have emptied the lists.
            if i >= list.len() || i >= other.len() {
                break;
            }
            return match op {
                Compare::Eq => Ok(Value::FALSE),
                Compare::Ne => Ok(Value::TRUE),
                _ => vm.compare(a, b, op),
            };
        }
        i += 1;
    }
    Ok(Value::from_bool(op.holds(&list.len(), &other.len())))
}

fn make_repr(vm: &Vm, list: Ref<PyList>) -> PyResult<Ref<PyStr>> {
    if list.is_empty() {
        return vm.new_str("[]");
    }
    repr::guarded(vm, list.value(), "[...]", |text| {
        text.push_str(vm, "[")?;
        repr::push_items(vm, text, |i| list.get(i))?;
        text.push_str(vm, "]")
    })
}

fn sizeof(_: &Vm, list: Ref<PyList>) -> usize {
    40 + list.array().map_or(0, |a| a.capacity()) * 8
}

fn make_iter(vm: &Vm, list: Ref<PyList>) -> PyResult<Ref<PyListIter>> {
    PyListIter::new(vm, list.value())
}

fn reversed(vm: &Vm, list: Ref<PyList>) -> PyResult<Ref<PyListIter>> {
    PyListIter::new_reverse(vm, list)
}

const METHODS: &[MethodDef] = &[
    method!("__new__", "($type, *args, **kwargs)", new).static_(),
    method!("__init__", "($self, iterable=(), /)", init),
    method!("__repr__", 1, make_repr),
    method!("__iter__", 1, make_iter),
    method!("__len__", 1, len),
    method!("__getitem__", 2, getitem).ordinary(),
    method!("__setitem__", 3, setitem),
    method!("__delitem__", 2, delitem),
    method!("__add__", 2, add),
    method!("__mul__", 2, mul),
    method!("__rmul__", 2, mul),
    method!("__contains__", 2, contains),
    method!("__iadd__", 2, iadd),
    method!("__imul__", 2, imul),
    method!("__reversed__", 1, reversed).doc("Return a reverse iterator over the list."),
    method!("__sizeof__", 1, sizeof).doc("Return the size of the list in memory, in bytes."),
    method!("clear", 1, clear).doc("Remove all items from list."),
    method!("copy", 1, copy).doc("Return a shallow copy of the list."),
    method!("append", 2, append).doc("Append object to the end of the list."),
    method!("insert", "($self, index, object, /)", insert).doc("Insert object before index."),
    method!("extend", 2, extend).doc("Extend list by appending elements from the iterable."),
    method!("pop", "($self, index=-1, /)", pop)
        .doc("Remove and return item at index (default last).\n\nRaises IndexError if list is empty or index is out of range."),
    method!("remove", 2, remove)
        .doc("Remove first occurrence of value.\n\nRaises ValueError if the value is not present."),
    method!("index", "($self, value, start=0, stop=sys.maxsize, /)", index_of)
        .doc("Return first index of value.\n\nRaises ValueError if the value is not present."),
    method!("count", 2, count).doc("Return number of occurrences of value."),
    method!("reverse", 1, reverse).doc("Reverse *IN PLACE*."),
    method!("sort", "($self, /, *, key=None, reverse=False)", sort).doc(
        "Sort the list in ascending order and return None.\n\nThe sort is in-place (i.e. the list itself is modified) \
         and stable (i.e. the\norder of two equal elements is maintained).\n\nIf a key function is given, apply it once \
         to each list item and sort them,\nascending or descending, according to their function values.\n\nThe reverse \
         flag can be set to sort in descending order.",
    ),
    method!("__class_getitem__", 2, class_getitem).class().doc("See PEP 585"),
];

pub static DEF: TypeDef = TypeDef {
    layout: Some(LIST),
    flags: type_flags::BASETYPE | type_flags::SEQUENCE | type_flags::MATCH_SELF,
    methods: &[METHODS, comparisons!(rich)],
    doc: Some(
        "Built-in mutable sequence.\n\nIf no argument is given, the constructor creates a new empty list.\nThe argument \
         must be an iterable if specified.",
    ),
    ..TypeDef::new("list")
};

pub static ITER_DEF: TypeDef = TypeDef {
    layout: Some(LIST_ITER),
    flags: type_flags::DISALLOW_NEW,
    methods: &[iter::METHODS],
    iternext: Some(iter::next),
    ..TypeDef::new("list_iterator")
};

pub static REVERSE_ITER_DEF: TypeDef = TypeDef {
    layout: Some(LIST_ITER),
    flags: type_flags::DISALLOW_NEW,
    methods: &[iter::REVERSE_METHODS],
    iternext: Some(iter::next_reverse),
    ..TypeDef::new("list_reverseiterator")
};
