//! `dict`: the methods.

use crate::object::def::{MethodDef, TypeDef, type_flags};
use crate::object::layout::DICT;
use crate::object::{Args, Ref};
use crate::state::Vm;
use crate::state::names::Special;
use crate::types::dict::PyDict;
use crate::types::dict::iter::PyDictIter;
use crate::types::dict::views::PyDictView;
use crate::types::list::methods::{class_arg, class_getitem, receiver};
use crate::types::list::repr;
use crate::types::set::PySet;
use crate::types::shape;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::value::Value;
use crate::{PyResult, method};

pub use crate::types::dict::iter::{
    ITEM_ITER_DEF, KEY_ITER_DEF, REVERSE_ITEM_ITER_DEF, REVERSE_KEY_ITER_DEF, REVERSE_VALUE_ITER_DEF, VALUE_ITER_DEF,
};
pub use crate::types::dict::update::{merge_unique, update, update_from};
pub use crate::types::dict::views::{ITEMS_DEF, KEYS_DEF, VALUES_DEF};

/// The hash of a key, see [`Vm::hash_key`].
pub fn hash_key(vm: &Vm, key: Value) -> PyResult<i64> {
    vm.hash_key(key)
}

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyDict>> {
    let class = class_arg(vm, args)?;
    if class == vm.types.dict { PyDict::new(vm) } else { vm.alloc_instance(class) }
}

/// What `dict()` and `dict.update()` share: at most one positional argument, then the keyword arguments.
pub fn update_from_args(vm: &Vm, dict: Ref<PyDict>, args: &Args<'_>, name: &str) -> PyResult<()> {
    match args.rest {
        [] => {}
        [other] => update_from(vm, dict, *other)?,
        more => {
            return Err(vm.type_error(format!("{name} expected at most 1 argument, got {}", more.len())));
        }
    }
    for (key, value) in args.kw.iter() {
        dict.set_item(vm, key, value)?;
    }
    Ok(())
}

fn init(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    update_from_args(vm, receiver(vm, args)?, args, "dict")
}

fn update_method(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    update_from_args(vm, receiver(vm, args)?, args, "update")
}

fn len(_: &Vm, dict: Ref<PyDict>) -> usize {
    dict.len()
}

fn getitem(vm: &Vm, dict: Ref<PyDict>, key: Value) -> PyResult<Value> {
    if let Some(value) = dict.get_item(vm, key)? {
        return Ok(value);
    }
    if vm.type_of(dict.value()) != vm.types.dict
        && let Some(value) = vm.call_special(dict.value(), Special::Missing, &[key])?
    {
        return Ok(value);
    }
    Err(vm.key_error(key))
}

fn setitem(vm: &Vm, dict: Ref<PyDict>, key: Value, value: Value) -> PyResult<()> {
    dict.set_item(vm, key, value)
}

pub(crate) fn delitem(vm: &Vm, dict: Ref<PyDict>, key: Value) -> PyResult<()> {
    match dict.remove(vm, key)? {
        Some(_) => Ok(()),
        None => Err(vm.key_error(key)),
    }
}

fn contains(vm: &Vm, dict: Ref<PyDict>, key: Value) -> PyResult<bool> {
    dict.contains(vm, key)
}

fn get(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let dict: Ref<PyDict> = receiver(vm, args)?;
    Ok(dict.get_item(vm, args.get(1))?.unwrap_or_else(|| args.get(2)))
}

fn setdefault(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let dict: Ref<PyDict> = receiver(vm, args)?;
    let key = args.get(1);
    let hash = vm.hash_key(key)?;
    dict.set_default_hashed(vm, key, hash, args.get(2))
}

fn pop(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let dict: Ref<PyDict> = receiver(vm, args)?;
    // An empty dict does not even ask for the hash.
    let found = if dict.is_empty() { None } else { dict.remove(vm, args.get(1))? };
    match found.or(args.opt(2)) {
        Some(value) => Ok(value),
        None => Err(vm.key_error(args.get(1))),
    }
}

fn popitem(vm: &Vm, dict: Ref<PyDict>) -> PyResult<Ref<PyTuple>> {
    match dict.pop_last(vm)? {
        Some((key, value)) => vm.new_tuple(&[key, value]),
        None => Err(vm.key_error(vm.new_str("popitem(): dictionary is empty")?.value())),
    }
}

fn keys(vm: &Vm, dict: Ref<PyDict>) -> PyResult<Ref<PyDictView>> {
    PyDictView::new(vm, dict, shape::dict_keys)
}

fn values(vm: &Vm, dict: Ref<PyDict>) -> PyResult<Ref<PyDictView>> {
    PyDictView::new(vm, dict, shape::dict_values)
}

fn items(vm: &Vm, dict: Ref<PyDict>) -> PyResult<Ref<PyDictView>> {
    PyDictView::new(vm, dict, shape::dict_items)
}

fn make_iter(vm: &Vm, dict: Ref<PyDict>) -> PyResult<Ref<PyDictIter>> {
    PyDictIter::new(vm, dict, shape::dict_key_iter)
}

fn reversed(vm: &Vm, dict: Ref<PyDict>) -> PyResult<Ref<PyDictIter>> {
    PyDictIter::new(vm, dict, shape::dict_reverse_key_iter)
}

fn clear(_: &Vm, dict: Ref<PyDict>) {
    dict.clear();
}

fn copy(vm: &Vm, dict: Ref<PyDict>) -> PyResult<Ref<PyDict>> {
    dict.copy(vm)
}

fn fromkeys(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let value = args.get(2);
    let made = vm.call(args.get(0), &[])?;
    match vm.exact::<PyDict>(made, shape::dict) {
        Some(dict) => {
            // Where the hashes of the keys are known, they are not asked again.
            let keys = args.get(1);
            let set = vm.exact::<PySet>(keys, shape::set).or(vm.exact::<PySet>(keys, shape::frozenset));
            let mut position = 0;
            if let Some(set) = set {
                while let Some((key, hash)) = set.next_element(&mut position) {
                    dict.set_item_hashed(vm, key, hash, value)?;
                }
            } else if let Some(from) = vm.exact::<PyDict>(keys, shape::dict) {
                while let Some((key, _, hash)) = from.next_item_hashed(vm, &mut position) {
                    dict.set_item_hashed(vm, key, hash, value)?;
                }
            } else {
                vm.for_each(keys, |key| dict.set_item(vm, key, value))?;
            }
        }
        None => vm.for_each(args.get(1), |key| vm.set_item(made, key, value))?,
    }
    Ok(made)
}

pub(crate) fn or(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
    let (Some(a), Some(_)) = (a.downcast::<PyDict>(), b.downcast::<PyDict>()) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let new = a.copy(vm)?;
    update_from(vm, new, b)?;
    Ok(new.value())
}

fn ror(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
    or(vm, b, a)
}

fn ior(vm: &Vm, dict: Ref<PyDict>, other: Value) -> PyResult<Ref<PyDict>> {
    update_from(vm, dict, other)?;
    Ok(dict)
}

pub(crate) fn equal(vm: &Vm, a: Ref<PyDict>, b: Ref<PyDict>) -> PyResult<bool> {
    if a.len() != b.len() {
        return Ok(false);
    }
    let mut position = 0;
    while let Some((key, value, hash)) = a.next_item_hashed(vm, &mut position) {
        match b.get_item_hashed(vm, key, hash)? {
            Some(other) if vm.eq(value, other)? => {}
            _ => return Ok(false),
        }
    }
    Ok(true)
}

fn eq(vm: &Vm, dict: Ref<PyDict>, other: Value) -> PyResult<Value> {
    match other.downcast::<PyDict>() {
        Some(other) => Ok(Value::from_bool(equal(vm, dict, other)?)),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn ne(vm: &Vm, dict: Ref<PyDict>, other: Value) -> PyResult<Value> {
    match other.downcast::<PyDict>() {
        Some(other) => Ok(Value::from_bool(!equal(vm, dict, other)?)),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

/// Dicts have no order.
pub(crate) fn no_order(_: &Vm, _: Value, _: Value) -> Value {
    Value::NOT_IMPLEMENTED
}

fn make_repr(vm: &Vm, dict: Ref<PyDict>) -> PyResult<Ref<PyStr>> {
    if dict.is_empty() {
        return vm.new_str("{}");
    }
    repr::guarded(vm, dict.value(), "{...}", |text| {
        text.push_str(vm, "{")?;
        let (mut position, mut first) = (0, true);
        while let Some((key, value)) = dict.next_item(&mut position) {
            if !first {
                text.push_str(vm, ", ")?;
            }
            first = false;
            text.push_repr(vm, key)?;
            text.push_str(vm, ": ")?;
            text.push_repr(vm, value)?;
        }
        text.push_str(vm, "}")
    })
}

fn sizeof(_: &Vm, dict: Ref<PyDict>) -> usize {
    48 + dict.table().map_or(0, |t| t.bytes())
}

const METHODS: &[MethodDef] = &[
    method!("__new__", "($type, *args, **kwargs)", new).static_(),
    method!("__init__", "($self, /, *args, **kwargs)", init),
    method!("__repr__", 1, make_repr),
    method!("__lt__", 2, no_order),
    method!("__le__", 2, no_order),
    method!("__eq__", 2, eq),
    method!("__ne__", 2, ne),
    method!("__gt__", 2, no_order),
    method!("__ge__", 2, no_order),
    method!("__iter__", 1, make_iter),
    method!("__or__", 2, or),
    method!("__ror__", 2, ror),
    method!("__ior__", 2, ior),
    method!("__len__", 1, len),
    method!("__getitem__", 2, getitem).ordinary().doc("Return self[key]."),
    method!("__setitem__", 3, setitem),
    method!("__delitem__", 2, delitem),
    method!("__contains__", 2, contains).ordinary().doc("True if the dictionary has the specified key, else False."),
    method!("__sizeof__", 1, sizeof).doc("Return the size of the dict in memory."),
    method!("get", "($self, key, default=None, /)", get)
        .doc("Return the value for key if key is in the dictionary, else default."),
    method!("setdefault", "($self, key, default=None, /)", setdefault).doc(
        "Insert key with a value of default if key is not in the dictionary.\n\nReturn the value for key if key is in \
         the dictionary, else default.",
    ),
    method!("pop", "($self, key, default=<unrepresentable>, /)", pop).doc(
        "D.pop(k[,d]) -> v, remove specified key and return the corresponding value.\n\nIf the key is not found, return \
         the default if given; otherwise,\nraise a KeyError.",
    ),
    method!("popitem", 1, popitem).doc(
        "Remove and return a (key, value) pair as a 2-tuple.\n\nPairs are returned in LIFO (last-in, first-out) \
         order.\nRaises KeyError if the dict is empty.",
    ),
    method!("keys", 1, keys).doc("Return a set-like object providing a view on the dict's keys."),
    method!("items", 1, items).doc("Return a set-like object providing a view on the dict's items."),
    method!("values", 1, values).doc("Return an object providing a view on the dict's values."),
    method!("update", "($self, /, *args, **kwargs)", update_method).doc(
        "D.update([E, ]**F) -> None.  Update D from mapping/iterable E and F.\nIf E is present and has a .keys() \
         method, then does:  for k in E.keys(): D[k] = E[k]\nIf E is present and lacks a .keys() method, then does:  \
         for k, v in E: D[k] = v\nIn either case, this is followed by: for k in F:  D[k] = F[k]",
    ),
    method!("fromkeys", "($type, iterable, value=None, /)", fromkeys)
        .class()
        .doc("Create a new dictionary with keys from iterable and values set to value."),
    method!("clear", 1, clear).doc("Remove all items from the dict."),
    method!("copy", 1, copy).doc("Return a shallow copy of the dict."),
    method!("__reversed__", 1, reversed).doc("Return a reverse iterator over the dict keys."),
    method!("__class_getitem__", 2, class_getitem).class().doc("See PEP 585"),
];

pub static DEF: TypeDef = TypeDef {
    layout: Some(DICT),
    flags: type_flags::BASETYPE | type_flags::MAPPING | type_flags::MATCH_SELF,
    methods: &[METHODS],
    doc: Some(
        "dict() -> new empty dictionary\ndict(mapping) -> new dictionary initialized from a mapping object's\n    (key, \
         value) pairs\ndict(iterable) -> new dictionary initialized as if via:\n    d = {}\n    for k, v in \
         iterable:\n        d[k] = v\ndict(**kwargs) -> new dictionary initialized with the name=value pairs\n    in \
         the keyword argument list.  For example:  dict(one=1, two=2)",
    ),
    ..TypeDef::new("dict")
};
