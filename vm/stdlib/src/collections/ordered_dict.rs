//! `OrderedDict`: a dict whose items can be moved to either end. The order is that of the dict itself.

use std::cell::Cell;

use brolga_runtime::object::def::{MethodDef, TypeDef, type_flags};
use brolga_runtime::object::layout::DICT;
use brolga_runtime::object::{Args, Field, Ref};
use brolga_runtime::protocol::compare::Compare;
use brolga_runtime::state::Vm;
use brolga_runtime::types::dict::PyDict;
use brolga_runtime::types::dict::table::PyDictTable;
use brolga_runtime::types::list::methods::{class_arg, receiver};
use brolga_runtime::types::list::repr;
use brolga_runtime::types::object;
use brolga_runtime::types::shape;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::types::tuple::PyTuple;
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, comparisons, getset, method};

use super::ordered_dict_iter::{self, Order};

/// What an instance has behind the dict.
#[repr(C)]
struct Extra {
    /// Counts changes of the order that nothing else shows.
    moves: Cell<usize>,
    /// So many entries at the start of `gap_table` are known to be unused.
    gap: Cell<usize>,
    gap_table: Field,
}

const SIZE: usize = size_of::<PyDict>() + size_of::<Extra>();

/// `None`: this dict was not made as an OrderedDict (its class was assigned).
fn extra(vm: &Vm, dict: Ref<PyDict>) -> Option<&'static Extra> {
    if vm.heap.size_of_cell(dict.obj().as_ptr()) < SIZE {
        return None;
    }
    let extra = (dict.addr() + size_of::<PyDict>()) as *const Extra;
    // SAFETY: the cell has room for it behind the dict's struct, which nothing else uses, zeroed when it was allocated;
    // the layout's trace covers all words of the cell, and counts are no heap addresses. The object outlives the use:
    // its caller holds it.
    Some(unsafe { &*extra })
}

/// What changes with every change of the keys or their order.
#[derive(Copy, Clone, PartialEq)]
pub struct State {
    pub table: Option<Ref<PyDictTable>>,
    pub filled: usize,
    pub len: usize,
    pub moves: usize,
}

pub fn state(vm: &Vm, dict: Ref<PyDict>) -> State {
    State {
        table: dict.table(),
        filled: dict.end_position(),
        len: dict.len(),
        moves: extra(vm, dict).map_or(0, |e| e.moves.get()),
    }
}

/// RuntimeError if the keys or their order have changed since.
fn check_unchanged(vm: &Vm, dict: Ref<PyDict>, before: State) -> PyResult<()> {
    if state(vm, dict) == before { Ok(()) } else { Err(vm.runtime_error("OrderedDict mutated during iteration")) }
}

fn moved(vm: &Vm, dict: Ref<PyDict>) {
    if let Some(extra) = extra(vm, dict) {
        extra.moves.set(extra.moves.get().wrapping_add(1) & 0xffff_ffff);
    }
}

/// How many entries at the table's start are known to be unused; first sets it.
fn gap(vm: &Vm, dict: Ref<PyDict>, new: Option<usize>) -> usize {
    let Some(extra) = extra(vm, dict) else { return 0 };
    let table = dict.table().map(Ref::value);
    if let Some(new) = new {
        extra.gap.set(new);
        extra.gap_table.set(dict, table);
        return new;
    }
    match (extra.gap_table.get(), table) {
        (Some(known), Some(table)) if known.same_bits(table) => extra.gap.get(),
        _ => 0,
    }
}

fn is_exact(vm: &Vm, dict: Ref<PyDict>) -> PyResult<bool> {
    Ok(vm.type_of(dict.value()) == class(vm)?)
}

pub fn class(vm: &Vm) -> PyResult<Ref<PyType>> {
    vm.native_type_with_bases(&DEF, &[vm.types.dict])
}

fn allocate(vm: &Vm, class: Ref<PyType>) -> PyResult<Ref<PyDict>> {
    let dict: Ref<PyDict> = vm.alloc_instance_sized(class, Some(SIZE))?;
    // Plain dicts have no attributes, instances of this class have.
    dict.obj().header().add_flags(brolga_heap::flags::HAS_ATTRS);
    Ok(dict)
}

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyDict>> {
    allocate(vm, class_arg(vm, args)?)
}

/// `self[key] = value`, by the class's own `__setitem__`.
fn store(vm: &Vm, dict: Ref<PyDict>, exact: bool, key: Value, value: Value) -> PyResult<()> {
    if exact { dict.set_item(vm, key, value) } else { vm.set_item(dict.value(), key, value) }
}

/// Stores the pairs of an iterable.
fn store_pairs(vm: &Vm, dict: Ref<PyDict>, exact: bool, pairs: Value) -> PyResult<()> {
    vm.for_each(pairs, |pair| {
        let iterator = vm.iter(pair)?;
        let Some(key) = vm.next(iterator)? else {
            return Err(vm.value_error("need more than 0 values to unpack"));
        };
        let Some(value) = vm.next(iterator)? else {
            return Err(vm.value_error("need more than 1 value to unpack"));
        };
        if vm.next(iterator)?.is_some() {
            return Err(vm.value_error("too many values to unpack (expected 2)"));
        }
        store(vm, dict, exact, key, value)
    })
}

/// From a mapping, or an iterable of pairs.
fn update_from(vm: &Vm, dict: Ref<PyDict>, other: Value) -> PyResult<()> {
    let exact = is_exact(vm, dict)?;
    if let Some(other) = vm.exact::<PyDict>(other, shape::dict) {
        let items = other.copy(vm)?;
        let mut position = 0;
        while let Some((key, value)) = items.next_item(&mut position) {
            store(vm, dict, exact, key, value)?;
        }
        return Ok(());
    }
    if let Some(keys) = vm.get_attr_opt(other, vm.names.keys)? {
        let keys = vm.call(keys, &[])?;
        return vm.for_each(keys, |key| {
            let value = vm.get_item(other, key)?;
            store(vm, dict, exact, key, value)
        });
    }
    if let Some(items) = vm.get_attr_opt(other, vm.names.items)? {
        let items = vm.call(items, &[])?;
        return store_pairs(vm, dict, exact, items);
    }
    store_pairs(vm, dict, exact, other)
}

fn update_from_args(vm: &Vm, dict: Ref<PyDict>, args: &Args<'_>) -> PyResult<()> {
    if let Some(other) = args.rest.first() {
        update_from(vm, dict, *other)?;
    }
    let exact = is_exact(vm, dict)?;
    args.kw.iter().try_for_each(|(key, value)| store(vm, dict, exact, key, value))
}

fn init(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    if args.rest.len() > 1 {
        return Err(vm.type_error(format!("expected at most 1 argument, got {}", args.rest.len())));
    }
    update_from_args(vm, receiver(vm, args)?, args)
}

fn update(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    if args.rest.len() > 1 {
        return Err(vm.type_error(format!("update() takes at most 1 positional argument ({} given)", args.rest.len())));
    }
    update_from_args(vm, receiver(vm, args)?, args)
}

fn setitem(vm: &Vm, dict: Ref<PyDict>, key: Value, value: Value) -> PyResult<()> {
    dict.set_item(vm, key, value)
}

fn delitem(vm: &Vm, dict: Ref<PyDict>, key: Value) -> PyResult<()> {
    match dict.remove(vm, key)? {
        Some(_) => Ok(()),
        None => Err(vm.key_error(key)),
    }
}

fn fromkeys(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let value = args.opt(2).unwrap_or(Value::NONE);
    let made = vm.call(args.get(0), &[])?;
    vm.for_each(args.get(1), |key| vm.set_item(made, key, value))?;
    Ok(made)
}

fn setdefault(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let dict: Ref<PyDict> = receiver(vm, args)?;
    let (key, default) = (args.get(1), args.opt(2).unwrap_or(Value::NONE));
    if is_exact(vm, dict)? {
        let hash = vm.hash(key)?;
        if let Some(value) = dict.get_item_hashed(vm, key, hash)? {
            return Ok(value);
        }
        dict.set_item_hashed(vm, key, hash, default)?;
        return Ok(default);
    }
    if vm.contains(dict.value(), key)? {
        return vm.get_item(dict.value(), key);
    }
    vm.set_item(dict.value(), key, default)?;
    Ok(default)
}

fn pop(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let dict: Ref<PyDict> = receiver(vm, args)?;
    let key = args.get(1);
    vm.hash(key)?;
    match dict.remove(vm, key)?.or(args.opt(2)) {
        Some(value) => Ok(value),
        None => Err(vm.key_error(key)),
    }
}

fn popitem(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyTuple>> {
    let dict: Ref<PyDict> = receiver(vm, args)?;
    let last = args.opt(1).map_or(Ok(true), |v| vm.is_true(v))?;
    let taken = if last {
        dict.pop_last(vm)?
    } else {
        match dict.table() {
            Some(table) => {
                let first = table.first_used(gap(vm, dict, None));
                gap(vm, dict, Some(first));
                dict.take_entry(vm, first)
            }
            None => None,
        }
    };
    moved(vm, dict);
    match taken {
        Some((key, value)) => vm.new_tuple(&[key, value]),
        None => Err(vm.key_error(vm.new_str("dictionary is empty")?.value())),
    }
}

fn move_to_end(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let dict: Ref<PyDict> = receiver(vm, args)?;
    let key = args.get(1);
    let last = args.opt(2).map_or(Ok(true), |v| vm.is_true(v))?;
    vm.hash(key)?;
    let before = gap_of_first(vm, dict);
    if !dict.move_to_end(vm, key, last, |new| gap(vm, dict, new))? {
        return Err(vm.key_error(key));
    }
    if !last && before != gap_of_first(vm, dict) {
        moved(vm, dict);
    }
    Ok(())
}

/// Where the first item stands.
fn gap_of_first(vm: &Vm, dict: Ref<PyDict>) -> usize {
    let Some(table) = dict.table() else { return 0 };
    let first = table.first_used(gap(vm, dict, None));
    gap(vm, dict, Some(first))
}

fn clear(vm: &Vm, dict: Ref<PyDict>) {
    dict.clear();
    gap(vm, dict, Some(0));
    moved(vm, dict);
}

fn copy(vm: &Vm, dict: Ref<PyDict>) -> PyResult<Value> {
    if is_exact(vm, dict)? {
        let new = allocate(vm, class(vm)?)?;
        let before = state(vm, dict);
        let mut position = 0;
        while let Some((key, value, hash)) = dict.next_item_hashed(vm, &mut position) {
            new.set_item_hashed(vm, key, hash, value)?;
            check_unchanged(vm, dict, before)?;
        }
        return Ok(new.value());
    }
    let new = vm.call(vm.type_of(dict.value()).value(), &[])?;
    let before = state(vm, dict);
    let mut position = 0;
    while let Some((key, _)) = dict.next_item(&mut position) {
        let value = vm.get_item(dict.value(), key)?;
        check_unchanged(vm, dict, before)?;
        vm.set_item(new, key, value)?;
        check_unchanged(vm, dict, before)?;
    }
    Ok(new)
}

fn make_repr(vm: &Vm, dict: Ref<PyDict>) -> PyResult<Ref<PyStr>> {
    let name = vm.short_type_name(dict.value());
    if dict.is_empty() {
        return vm.new_str(&format!("{name}()"));
    }
    repr::guarded(vm, dict.value(), "...", |text| {
        let copy = dict.copy(vm)?;
        text.push_str(vm, &name)?;
        text.push_str(vm, "(")?;
        text.push_repr(vm, copy.value())?;
        text.push_str(vm, ")")
    })
}

/// The keys of both, in order.
fn same_order(vm: &Vm, a: Ref<PyDict>, b: Ref<PyDict>) -> PyResult<bool> {
    let (mut p, mut q) = (0, 0);
    let before = (state(vm, a), state(vm, b));
    loop {
        match (a.next_item(&mut p), b.next_item(&mut q)) {
            (None, None) => return Ok(true),
            (Some((x, _)), Some((y, _))) => {
                let same = x.is(y) || vm.eq(x, y)?;
                if before != (state(vm, a), state(vm, b)) {
                    return Err(vm.runtime_error("OrderedDict mutated during iteration"));
                }
                if !same {
                    return Ok(false);
                }
            }
            _ => return Ok(false),
        }
    }
}

fn rich(vm: &Vm, dict: Ref<PyDict>, other: Value, op: Compare) -> PyResult<Value> {
    let Some(theirs) = other.downcast::<PyDict>() else { return Ok(Value::NOT_IMPLEMENTED) };
    if !matches!(op, Compare::Eq | Compare::Ne) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let plain = vm.types.dict.lookup(vm, vm.intern("__eq__")?);
    let mut equal = match plain {
        Some(method) => vm.call(method, &[dict.value(), other])?.same_bits(Value::TRUE),
        None => false,
    };
    if equal && vm.is_instance(other, class(vm)?) {
        equal = same_order(vm, dict, theirs)?;
    }
    Ok(Value::from_bool(equal == (op == Compare::Eq)))
}

fn union(vm: &Vm, like: Ref<PyDict>, a: Value, b: Value) -> PyResult<Value> {
    if a.downcast::<PyDict>().is_none() || b.downcast::<PyDict>().is_none() {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let new = vm.call(vm.type_of(like.value()).value(), &[a])?;
    match new.downcast::<PyDict>() {
        Some(dict) => update_from(vm, dict, b)?,
        None => return Err(vm.type_error("dict expected")),
    }
    Ok(new)
}

fn or(vm: &Vm, this: Ref<PyDict>, other: Value) -> PyResult<Value> {
    union(vm, this, this.value(), other)
}

fn ror(vm: &Vm, this: Ref<PyDict>, other: Value) -> PyResult<Value> {
    union(vm, this, other, this.value())
}

fn ior(vm: &Vm, dict: Ref<PyDict>, other: Value) -> PyResult<Ref<PyDict>> {
    update_from(vm, dict, other)?;
    Ok(dict)
}

fn reduce(vm: &Vm, dict: Ref<PyDict>) -> PyResult<Value> {
    let state = vm.call_method(dict.value(), "__getstate__", &[])?;
    let items = vm.call_method(dict.value(), "items", &[])?;
    let items = vm.iter(items)?;
    let class = vm.type_of(dict.value()).value();
    Ok(vm.new_tuple(&[class, vm.empty_tuple.value(), state, Value::NONE, items])?.value())
}

fn sizeof(_: &Vm, dict: Ref<PyDict>) -> usize {
    SIZE + dict.table().map_or(0, |t| t.bytes())
}

fn make_iter(vm: &Vm, dict: Ref<PyDict>) -> PyResult<Value> {
    ordered_dict_iter::new(vm, dict, shape::dict_keys, Order::Forward)
}

fn reversed(vm: &Vm, dict: Ref<PyDict>) -> PyResult<Value> {
    ordered_dict_iter::new(vm, dict, shape::dict_keys, Order::Backward)
}

static METHODS: &[MethodDef] = &[
    method!("__new__", "($type, *args, **kwargs)", new).static_(),
    method!("__init__", "($self, /, *args, **kwargs)", init),
    method!("__repr__", 1, make_repr),
    method!("__iter__", 1, make_iter),
    method!("__or__", 2, or),
    method!("__ror__", 2, ror),
    method!("__ior__", 2, ior),
    method!("__setitem__", 3, setitem),
    method!("__delitem__", 2, delitem),
    method!("fromkeys", "($type, /, iterable, value=None)", fromkeys)
        .class()
        .doc("Create a new ordered dictionary with keys from iterable and values set to value."),
    method!("__sizeof__", 1, sizeof),
    method!("__reduce__", 1, reduce).doc("Return state information for pickling"),
    method!("setdefault", "($self, /, key, default=None)", setdefault).doc(
        "Insert key with a value of default if key is not in the dictionary.\n\nReturn the value for key if key is in the dictionary, else default.",
    ),
    method!("pop", "($self, /, key, default=<unrepresentable>)", pop).doc(
        "od.pop(key[,default]) -> v, remove specified key and return the corresponding value.\n\nIf the key is not found, return the default if given; otherwise,\nraise a KeyError.",
    ),
    method!("popitem", "($self, /, last=True)", popitem).doc(
        "Remove and return a (key, value) pair from the dictionary.\n\nPairs are returned in LIFO order if last is true or FIFO order if false.",
    ),
    method!("keys", 1, ordered_dict_iter::keys),
    method!("values", 1, ordered_dict_iter::values),
    method!("items", 1, ordered_dict_iter::items),
    method!("update", "($self, /, *args, **kwargs)", update),
    method!("clear", 1, clear).doc("Remove all items from ordered dict."),
    method!("copy", 1, copy).doc("A shallow copy of ordered dict."),
    method!("__reversed__", 1, reversed).doc("od.__reversed__() <==> reversed(od)"),
    method!("move_to_end", "($self, /, key, last=True)", move_to_end).doc(
        "Move an existing element to the end (or beginning if last is false).\n\nRaise KeyError if the element does not exist.",
    ),
];

pub static DEF: TypeDef = TypeDef {
    module: "collections",
    layout: Some(DICT),
    flags: type_flags::BASETYPE | type_flags::HAS_DICT | type_flags::WEAKREFABLE,
    methods: &[METHODS, comparisons!(rich)],
    getset: &[getset!("__dict__", object::get_dict, object::set_dict)],
    doc: Some("Dictionary that remembers insertion order"),
    ..TypeDef::new("OrderedDict")
};
