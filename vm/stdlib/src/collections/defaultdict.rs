//! `defaultdict`: a dict with one field more, behind those of the dict.

use brolga_runtime::object::def::{MethodDef, TypeDef, type_flags};
use brolga_runtime::object::layout::DICT;
use brolga_runtime::object::{Args, Field, GetSetDef, Ref};
use brolga_runtime::state::Vm;
use brolga_runtime::types::dict::PyDict;
use brolga_runtime::types::dict::methods::{update_from, update_from_args};
use brolga_runtime::types::dict::views::PyDictView;
use brolga_runtime::types::list::methods::{class_arg, class_getitem, receiver};
use brolga_runtime::types::list::repr;
use brolga_runtime::types::shape;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, getset, method};

/// The bytes of an instance: a dict's, and the factory.
const SIZE: usize = size_of::<PyDict>() + 8;

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyDict>> {
    vm.alloc_instance_sized(class_arg(vm, args)?, Some(SIZE))
}

/// The field behind the dict. `None`: this dict was not made as a defaultdict (its class was assigned).
fn factory_field(vm: &Vm, dict: Ref<PyDict>) -> Option<&'static Field> {
    if vm.heap.size_of_cell(dict.obj().as_ptr()) < SIZE {
        return None;
    }
    let field = (dict.addr() + size_of::<PyDict>()) as *const Field;
    // SAFETY: the cell has room for one field behind the dict's struct, which nothing else uses, zeroed when it was
    // allocated, and the layout's trace covers all words of the cell. The object outlives the use: its caller holds it.
    Some(unsafe { &*field })
}

fn factory(vm: &Vm, dict: Ref<PyDict>) -> Slot {
    factory_field(vm, dict).and_then(Field::get).filter(|f| !f.is_none())
}

fn init(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let dict: Ref<PyDict> = receiver(vm, args)?;
    let (default, rest) = match args.rest {
        [] => (None, args.rest),
        [first, rest @ ..] => (Some(*first), rest),
    };
    if let Some(default) = default
        && !default.is_none()
        && !vm.is_callable(default)
    {
        return Err(vm.type_error("first argument must be callable or None"));
    }
    if let Some(field) = factory_field(vm, dict) {
        field.set(dict, default);
    }
    let args = Args { bound: args.bound, rest, kw: args.kw };
    update_from_args(vm, dict, &args, "dict")
}

fn missing(vm: &Vm, dict: Ref<PyDict>, key: Value) -> PyResult<Value> {
    let Some(factory) = factory(vm, dict) else { return Err(vm.key_error(key)) };
    let value = vm.call(factory, &[])?;
    // The factory may have made one meanwhile: that one stays.
    let hash = vm.hash_key(key)?;
    dict.set_default_hashed(vm, key, hash, value)
}

fn make_repr(vm: &Vm, dict: Ref<PyDict>) -> PyResult<Ref<PyStr>> {
    let factory = factory_field(vm, dict).and_then(Field::get).unwrap_or(Value::NONE);
    // A factory may be a method of this very dict.
    let factory = repr::guarded(vm, factory, "...", |text| text.push_repr(vm, factory))?;
    let plain = vm.types.dict.lookup(vm, vm.intern("__repr__")?);
    let items = match plain {
        Some(method) => vm.call(method, &[dict.value()])?,
        None => Value::NONE,
    };
    let mut text = repr::TextParts::new();
    text.push_str(vm, &vm.short_type_name(dict.value()))?;
    text.push_str(vm, "(")?;
    text.push(vm, factory)?;
    text.push_str(vm, ", ")?;
    if let Some(items) = items.downcast::<PyStr>() {
        text.push(vm, items)?;
    }
    text.push_str(vm, ")")?;
    text.finish(vm)
}

/// A new one of the same class, with these items.
fn with_items(vm: &Vm, like: Ref<PyDict>, items: Value) -> PyResult<Value> {
    let factory = factory_field(vm, like).and_then(Field::get).unwrap_or(Value::NONE);
    vm.call(vm.type_of(like.value()).value(), &[factory, items])
}

fn copy(vm: &Vm, dict: Ref<PyDict>) -> PyResult<Value> {
    with_items(vm, dict, dict.value())
}

fn union(vm: &Vm, like: Ref<PyDict>, a: Value, b: Value) -> PyResult<Value> {
    if a.downcast::<PyDict>().is_none() || b.downcast::<PyDict>().is_none() {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let new = with_items(vm, like, a)?;
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

fn reduce(vm: &Vm, dict: Ref<PyDict>) -> PyResult<Value> {
    let args = match factory(vm, dict) {
        Some(factory) => vm.new_tuple(&[factory])?,
        None => vm.new_tuple(&[])?,
    };
    let items = vm.iter(PyDictView::new(vm, dict, shape::dict_items)?.value())?;
    let class = vm.type_of(dict.value()).value();
    Ok(vm.new_tuple(&[class, args.value(), Value::NONE, Value::NONE, items])?.value())
}

fn default_factory(vm: &Vm, dict: Ref<PyDict>) -> Slot {
    factory_field(vm, dict).and_then(Field::get)
}

fn set_default_factory(vm: &Vm, dict: Ref<PyDict>, value: Slot) -> PyResult<()> {
    if let Some(field) = factory_field(vm, dict) {
        field.set(dict, value);
    }
    Ok(())
}

const METHODS: &[MethodDef] = &[
    method!("__new__", "($type, *args, **kwargs)", new).static_(),
    method!("__init__", "($self, /, *args, **kwargs)", init),
    method!("__repr__", 1, make_repr),
    method!("__or__", 2, or),
    method!("__ror__", 2, ror),
    method!("__missing__", 2, missing).doc(
        "__missing__(key) # Called by __getitem__ for missing key; pseudo-code:\n  if self.default_factory is None: raise \
         KeyError((key,))\n  self[key] = value = self.default_factory()\n  return value\n",
    ),
    method!("copy", 1, copy).doc("D.copy() -> a shallow copy of D."),
    method!("__copy__", 1, copy).doc("D.copy() -> a shallow copy of D."),
    method!("__reduce__", 1, reduce).doc("Return state information for pickling."),
    method!("__class_getitem__", 2, class_getitem).class().doc("See PEP 585"),
];
const GETSET: &[GetSetDef] = &[getset!("default_factory", default_factory, set_default_factory).member()];

pub static DEF: TypeDef = TypeDef {
    module: "collections",
    layout: Some(DICT),
    flags: type_flags::BASETYPE,
    methods: &[METHODS],
    getset: GETSET,
    doc: Some(
        "defaultdict(default_factory=None, /, [...]) --> dict with default factory\n\nThe default factory is called \
         without arguments to produce\na new value when a key is not present, in __getitem__ only.\nA defaultdict compares \
         equal to a dict with the same items.\nAll remaining arguments are treated the same as if they were\npassed to the \
         dict constructor, including keyword arguments.\n",
    ),
    ..TypeDef::new("defaultdict")
};
