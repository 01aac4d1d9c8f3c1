//! `object`.

use crate::attributes::instance::{self, PyInstance};
use crate::object::def::{GetSetDef, MethodDef, TypeDef, type_flags};
use crate::object::layout::INSTANCE;
use crate::object::{Args, Ref};
use crate::state::Vm;
use crate::state::names::Special;
use crate::types::array::ValueVec;
use crate::types::dict::PyDict;
use crate::types::native_function::PyNativeFunction;
use crate::types::str::PyStr;
use crate::types::type_object::PyType;
use crate::value::{Slot, Value};
use crate::{PyResult, getset, method};

/// The methods by which caches know that a class reads and writes attributes in the ordinary way.
pub static PLAIN_ACCESS: [MethodDef; 4] = [
    method!("__getattribute__", 2, getattribute),
    method!("__setattr__", 3, setattr),
    method!("__delattr__", 2, delattr),
    method!("__reduce__", 1, reduce),
];

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let Some(class) = args.get(0).downcast::<PyType>() else {
        return Err(vm.type_error(format!("object.__new__(X): X is not a type object ({})", vm.type_name(args.get(0)))));
    };
    if !args.rest.is_empty() || !args.kw.is_empty() {
        let overrides_new = !class.special(Special::New).is_some_and(|f| f.same_bits(vm.object_new()));
        let overrides_init = !class.special(Special::Init).is_some_and(|f| f.same_bits(vm.object_init()));
        if overrides_new {
            return Err(vm.type_error("object.__new__() takes exactly one argument (the type to instantiate)"));
        }
        if !overrides_init {
            return Err(vm.type_error(format!("{}() takes no arguments", class.tp_name())));
        }
    }
    if class.has_flag(type_flags::ABSTRACT) {
        return Err(abstract_error(vm, class)?);
    }
    if class.has_flag(type_flags::DISALLOW_NEW) {
        return Err(vm.type_error(format!("cannot create '{}' instances", class.tp_name())));
    }
    if class.layout() != INSTANCE {
        return Err(vm.type_error(format!(
            "object.__new__({0}) is not safe, use {0}.__new__()",
            class.native_def().map_or("", |d| d.name)
        )));
    }
    Ok(PyInstance::new(vm, class)?.value())
}

#[cold]
fn abstract_error(vm: &Vm, class: Ref<PyType>) -> PyResult<crate::Raised> {
    let names = vm.get_attr(class.value(), vm.names.__abstractmethods__)?;
    let sorted = vm.list_from(names)?;
    vm.call_method(sorted.value(), "sort", &[])?;
    let quoted: Vec<String> = sorted.as_slice().iter().map(|n| format!("'{}'", vm.to_lossy(*n))).collect();
    let plural = if quoted.len() == 1 { "" } else { "s" };
    Ok(vm.type_error(format!(
        "Can't instantiate abstract class {} without an implementation for abstract method{plural} {}",
        class.tp_name(),
        quoted.join(", ")
    )))
}

fn init(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    if args.rest.is_empty() && args.kw.is_empty() {
        return Ok(());
    }
    let class = vm.type_of(args.get(0));
    if !class.special(Special::Init).is_some_and(|f| f.same_bits(vm.object_init())) {
        return Err(vm.type_error("object.__init__() takes exactly one argument (the instance to initialize)"));
    }
    if class.special(Special::New).is_some_and(|f| f.same_bits(vm.object_new())) {
        return Err(vm.type_error(format!(
            "{}.__init__() takes exactly one argument (the instance to initialize)",
            class.tp_name()
        )));
    }
    Ok(())
}

fn getattribute(vm: &Vm, this: Value, name: Value) -> PyResult<Value> {
    let name = attribute_name(vm, name)?;
    match vm.generic_get_attr(this, vm.type_of(this), name)? {
        Some(value) => Ok(value),
        None => Err(vm.no_attribute(this, name)),
    }
}

/// The interned string of an attribute's name.
pub fn attribute_name(vm: &Vm, name: Value) -> PyResult<Ref<PyStr>> {
    match name.downcast::<PyStr>() {
        Some(name) if vm.exact_str(name.value()).is_some() => Ok(vm.intern_str(name)),
        Some(name) => {
            let plain = PyStr::from_text(vm, name.text())?;
            Ok(vm.intern_str(plain))
        }
        None => Err(vm.type_error(format!("attribute name must be string, not '{}'", vm.type_name(name)))),
    }
}

fn setattr(vm: &Vm, this: Value, name: Value, value: Value) -> PyResult<()> {
    let name = attribute_name(vm, name)?;
    if let Some(class) = this.downcast::<PyType>() {
        return Err(
            vm.type_error(format!("can't apply this __setattr__ to {} object", vm.type_of(class.value()).tp_name()))
        );
    }
    vm.generic_set_attr(this, vm.type_of(this), name, Some(value))
}

fn delattr(vm: &Vm, this: Value, name: Value) -> PyResult<()> {
    let name = attribute_name(vm, name)?;
    if let Some(class) = this.downcast::<PyType>() {
        return Err(
            vm.type_error(format!("can't apply this __delattr__ to {} object", vm.type_of(class.value()).tp_name()))
        );
    }
    vm.generic_set_attr(this, vm.type_of(this), name, None)
}

fn repr(vm: &Vm, this: Value) -> String {
    let class = vm.type_of(this);
    let module = class.dict().and_then(|d| d.get_str(vm, vm.names.__module__)).and_then(Value::downcast::<PyStr>);
    let qualname = vm.type_qualname(class);
    match module.map(|m| m.to_lossy()) {
        Some(m) if m != "builtins" => format!("<{m}.{qualname} object at {:#x}>", vm.id_of(this)),
        _ => format!("<{} object at {:#x}>", vm.type_full_name(class), vm.id_of(this)),
    }
}

/// What `__repr__` gives, unchecked: whoever asked for the text checks it, and names `__str__` if it is none.
fn str(vm: &Vm, this: Value) -> PyResult<Value> {
    vm.check_native_stack(" while getting the str of an object")?;
    match vm.call_special(this, Special::Repr, &[])? {
        Some(text) => Ok(text),
        None => Ok(vm.repr(this)?.value()),
    }
}

fn hash(vm: &Vm, this: Value) -> i64 {
    identity_hash(vm.id_of(this))
}

/// The hash of an object that is only equal to itself. Large objects lie 64 times 16 bytes apart, or a multiple of it: classes
/// as keys would all come to the same few places of a table, but for the bits above.
pub fn identity_hash(id: u64) -> i64 {
    let h = id.rotate_right(4);
    let h = (h ^ h >> 6) as i64;
    if h == -1 { -2 } else { h }
}

fn eq(_: &Vm, this: Value, other: Value) -> Value {
    if this.is(other) { Value::TRUE } else { Value::NOT_IMPLEMENTED }
}

/// The inverse of `__eq__`.
fn ne(vm: &Vm, this: Value, other: Value) -> PyResult<Value> {
    match vm.call_comparison(this, Special::Eq, other)? {
        Some(v) => Ok(Value::from_bool(!vm.is_true(v)?)),
        _ => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn order(_: &Vm, _: Value, _: Value) -> Value {
    Value::NOT_IMPLEMENTED
}

fn format(vm: &Vm, this: Value, spec: Value) -> PyResult<Ref<PyStr>> {
    let spec = vm.expect_str(spec, "__format__() argument")?;
    if !spec.is_empty() {
        return Err(vm.type_error(format!("unsupported format string passed to {}.__format__", vm.type_name(this))));
    }
    vm.str(this)
}

fn init_subclass(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    if let Some((_, _)) = args.kw.iter().next() {
        let name = args.get(0).downcast::<PyType>().map(|t| t.tp_name()).unwrap_or_default();
        return Err(vm.type_error(format!("{name}.__init_subclass__() takes no keyword arguments")));
    }
    Ok(())
}

fn subclasshook(_: &Vm, _: &Args<'_>) -> Value {
    Value::NOT_IMPLEMENTED
}

fn dir(vm: &Vm, this: Value) -> PyResult<Value> {
    let names = match vm.get_attr_opt(this, vm.names.__dict__)?.and_then(Value::downcast::<PyDict>) {
        Some(dict) => dict.copy(vm)?,
        None => PyDict::new(vm)?,
    };
    let found = vm.get_attr_opt(this, vm.names.__class__)?;
    if let Some(class) = found.and_then(Value::downcast::<PyType>) {
        class_names(vm, class, names)?;
    }
    Ok(vm.list_from(names.value())?.value())
}

/// Adds the names of a class's attributes and its bases'.
pub fn class_names(vm: &Vm, class: Ref<PyType>, names: Ref<PyDict>) -> PyResult<()> {
    for t in class.mro() {
        let Some(dict) = t.dict() else { continue };
        let mut position = 0;
        while let Some((name, _)) = dict.next_item(&mut position) {
            names.set_item(vm, name, Value::NONE)?;
        }
    }
    Ok(())
}

fn sizeof(vm: &Vm, this: Value) -> usize {
    match this.as_obj() {
        Some(obj) => vm.heap.size_of_cell(obj.as_ptr()),
        // A float in place: what CPython's takes.
        None if this.is_float() => 24,
        None => 16,
    }
}

fn reduce(vm: &Vm, this: Value) -> PyResult<Value> {
    reduce_by_copyreg(vm, this, 0)
}

fn reduce_ex(vm: &Vm, this: Value, protocol: i64) -> PyResult<Value> {
    // A `__reduce__` of the object's own goes first.
    let class = vm.type_of(this);
    let reduce = vm.get_attr(this, vm.names.__reduce__)?;
    let own = class.special(Special::Reduce);
    let is_object_s =
        own.and_then(Value::downcast::<PyNativeFunction>).is_some_and(|f| std::ptr::eq(f.def(), &PLAIN_ACCESS[3]));
    if !is_object_s {
        return vm.call(reduce, &[]);
    }
    reduce_by_copyreg(vm, this, protocol)
}

/// `copyreg` does it, as in CPython; protocol 2 and up natively there: here by the same Python-visible steps.
fn reduce_by_copyreg(vm: &Vm, this: Value, protocol: i64) -> PyResult<Value> {
    let copyreg = vm.import("copyreg")?;
    if protocol < 2 {
        return vm.call_method(copyreg, "_reduce_ex", &[this, Value::from_int_truncated(protocol)]);
    }
    let class = vm.get_attr(this, vm.names.__class__)?;
    let (args, kwargs) = new_arguments(vm, this)?;
    let required = args.is_none() && !vm.is_instance(this, vm.types.list) && !vm.is_instance(this, vm.types.dict);
    let state = get_state_checked(vm, this, required)?;
    let (function, arguments) = match kwargs.and_then(Value::downcast::<PyDict>).filter(|d| !d.is_empty()) {
        Some(kwargs) => {
            let new = vm.get_attr_str(copyreg, "__newobj_ex__")?;
            let args = match args {
                Some(args) => args,
                None => vm.new_tuple(&[])?.value(),
            };
            (new, vm.new_tuple(&[class, args, kwargs.value()])?)
        }
        None => {
            let new = vm.get_attr(copyreg, vm.names.__newobj__)?;
            let all = ValueVec::new();
            all.push(vm, class)?;
            if let Some(args) = args {
                vm.for_each(args, |a| all.push(vm, a))?;
            }
            (new, vm.new_tuple(all.as_slice())?)
        }
    };
    let list_items = if vm.is_instance(this, vm.types.list) { vm.iter(this)? } else { Value::NONE };
    let dict_items = if vm.is_instance(this, vm.types.dict) {
        let items = vm.call_method(this, "items", &[])?;
        vm.iter(items)?
    } else {
        Value::NONE
    };
    Ok(vm.new_tuple(&[function, arguments.value(), state, list_items, dict_items])?.value())
}

/// What `__getnewargs_ex__` or `__getnewargs__` give.
fn new_arguments(vm: &Vm, this: Value) -> PyResult<(Slot, Slot)> {
    // As special methods, they are the class's.
    let class = vm.type_of(this);
    if let Some(method) = class.lookup(vm, vm.names.__getnewargs_ex__) {
        let found = vm.call_unbound(method, this, &[])?;
        let Some(pair) = found.downcast::<crate::types::tuple::PyTuple>() else {
            return Err(
                vm.type_error(format!("__getnewargs_ex__ should return a tuple, not '{}'", vm.type_name(found)))
            );
        };
        if pair.len() != 2 {
            return Err(
                vm.value_error(format!("__getnewargs_ex__ should return a tuple of length 2, not {}", pair.len()))
            );
        }
        let (args, kwargs) = (pair.get(0).unwrap_or(Value::NONE), pair.get(1).unwrap_or(Value::NONE));
        if args.downcast::<crate::types::tuple::PyTuple>().is_none() {
            return Err(vm.type_error(format!(
                "first item of the tuple returned by __getnewargs_ex__ must be a tuple, not '{}'",
                vm.type_name(args)
            )));
        }
        if kwargs.downcast::<PyDict>().is_none() {
            return Err(vm.type_error(format!(
                "second item of the tuple returned by __getnewargs_ex__ must be a dict, not '{}'",
                vm.type_name(kwargs)
            )));
        }
        return Ok((Some(args), Some(kwargs)));
    }
    if let Some(method) = class.lookup(vm, vm.names.__getnewargs__) {
        let found = vm.call_unbound(method, this, &[])?;
        if found.downcast::<crate::types::tuple::PyTuple>().is_none() {
            return Err(vm.type_error(format!("__getnewargs__ should return a tuple, not '{}'", vm.type_name(found))));
        }
        return Ok((Some(found), None));
    }
    Ok((None, None))
}

fn getstate(vm: &Vm, this: Value) -> PyResult<Value> {
    default_state(vm, this, false)
}

fn get_state_checked(vm: &Vm, this: Value, required: bool) -> PyResult<Value> {
    let getter = vm.get_attr(this, vm.names.__getstate__)?;
    let native = getter
        .downcast::<PyNativeFunction>()
        .is_some_and(|f| f.def().name == "__getstate__" && f.owner_type() == Some(vm.types.object));
    if native { default_state(vm, this, required) } else { vm.call(getter, &[]) }
}

/// The instance's dict, or (dict, slots) where the class has `__slots__`.
fn default_state(vm: &Vm, this: Value, required: bool) -> PyResult<Value> {
    let class = vm.type_of(this);
    // What native code keeps beside the attributes is not in any state.
    if required && class.layout() != INSTANCE {
        return Err(vm.type_error(format!("cannot pickle '{}' object", class.tp_name())));
    }
    let dict = match vm.get_attr_opt(this, vm.names.__dict__)?.and_then(Value::downcast::<PyDict>) {
        Some(dict) if !dict.is_empty() || class.is_heap_type() => {
            if dict.is_empty() {
                Value::NONE
            } else {
                dict.value()
            }
        }
        _ => Value::NONE,
    };
    let copyreg = vm.import("copyreg")?;
    let names = vm.call_method(copyreg, "_slotnames", &[class.value()])?;
    let slots = PyDict::new(vm)?;
    if !names.is_none() {
        vm.for_each(names, |name| {
            if let Some(text) = name.downcast::<PyStr>()
                && let Some(value) = vm.get_attr_opt(this, text)?
            {
                slots.set_item(vm, name, value)?;
            }
            Ok(())
        })?;
    }
    if slots.is_empty() {
        return Ok(dict);
    }
    Ok(vm.new_tuple(&[dict, slots.value()])?.value())
}

fn get_class(vm: &Vm, this: Value) -> Value {
    vm.type_of(this).value()
}

fn set_class(vm: &Vm, this: Value, value: Slot) -> PyResult<()> {
    let Some(value) = value else { return Err(vm.type_error("can't delete __class__ attribute")) };
    let Some(class) = value.downcast::<PyType>() else {
        return Err(vm.type_error(format!("__class__ must be set to a class, not '{}' object", vm.type_name(value))));
    };
    vm.audit_attribute(this, "__class__", Some(value))?;
    let old = vm.type_of(this);
    let module = vm.is_instance(this, vm.types.module) && class.is_subtype(vm.types.module);
    if !module && (old.has_flag(type_flags::IMMUTABLE) || class.has_flag(type_flags::IMMUTABLE)) {
        return Err(vm.type_error("__class__ assignment only supported for mutable types or ModuleType subclasses"));
    }
    let same = |flag| old.has_flag(flag) == class.has_flag(flag);
    let same_dict = same(type_flags::HAS_DICT) && same(type_flags::WEAKREFABLE);
    if old.layout() != class.layout() || !same_dict || !crate::types::type_object::create::same_slots(vm, old, class) {
        return Err(vm.type_error(format!(
            "__class__ assignment: '{}' object layout differs from '{}'",
            class.tp_name(),
            old.name()
        )));
    }
    match this.as_obj() {
        Some(obj) => instance::set_class(vm, obj, class),
        None => Ok(()),
    }
}

fn doc(_: &Vm, _: Value) -> Value {
    Value::NONE
}

/// `__dict__` of instances.
pub fn get_dict(vm: &Vm, this: Value) -> PyResult<Value> {
    if let Some(dict) = this.downcast::<PyType>().and_then(|class| class.dict()) {
        return Ok(crate::types::mappingproxy::PyMappingProxy::new(vm, dict.value())?.value());
    }
    match this.as_obj() {
        Some(obj) if instance::attrs_field(obj).is_some() => Ok(instance::to_dict(vm, obj)?.value()),
        _ => Err(vm.no_attribute(this, vm.names.__dict__)),
    }
}

pub fn set_dict(vm: &Vm, this: Value, value: Slot) -> PyResult<()> {
    if this.downcast::<PyType>().is_some() || vm.is_instance(this, vm.types.module) {
        // Their own `__dict__` stands before the one that the class of such an object has.
        let class = if this.downcast::<PyType>().is_some() { "type" } else { "module" };
        return Err(vm.attribute_error(format!("attribute '__dict__' of '{class}' objects is not writable")));
    }
    // Deleted, it is an empty one.
    let value = match value {
        Some(value) => value,
        None => vm.new_dict()?.value(),
    };
    let Some(dict) = value.downcast::<PyDict>() else {
        return Err(vm.type_error(format!("__dict__ must be set to a dictionary, not a '{}'", vm.type_name(value))));
    };
    match this.as_obj() {
        Some(obj) => instance::set_dict(vm, obj, dict),
        None => Err(vm.no_attribute(this, vm.names.__dict__)),
    }
}

const METHODS: &[MethodDef] = &[
    method!("__new__", "($type, *args, **kwargs)", new).static_(),
    method!("__init__", "($self, /, *args, **kwargs)", init),
    method!("__repr__", 1, repr),
    method!("__str__", 1, str),
    method!("__hash__", 1, hash),
    method!("__eq__", 2, eq),
    method!("__ne__", 2, ne),
    method!("__lt__", 2, order),
    method!("__le__", 2, order),
    method!("__gt__", 2, order),
    method!("__ge__", 2, order),
    method!("__format__", 2, format),
    method!("__init_subclass__", "($type, /, *args, **kwargs)", init_subclass).class(),
    method!("__subclasshook__", "($type, object, /)", subclasshook).class(),
    method!("__dir__", 1, dir),
    method!("__sizeof__", 1, sizeof),
    method!("__reduce_ex__", 2, reduce_ex),
    method!("__getstate__", 1, getstate),
];
const GETSET: &[GetSetDef] = &[getset!("__class__", get_class, set_class), getset!("__doc__", doc)];

pub static DEF: TypeDef = TypeDef {
    layout: Some(INSTANCE),
    flags: type_flags::BASETYPE,
    methods: &[METHODS, &PLAIN_ACCESS],
    getset: GETSET,
    ..TypeDef::new("object")
};

impl Vm {
    /// `object.__new__`, as it stands in the class's dict.
    #[inline]
    pub fn object_new(&self) -> Value {
        self.types.object.special(Special::New).unwrap_or(Value::NONE)
    }

    #[inline]
    pub fn object_init(&self) -> Value {
        self.types.object.special(Special::Init).unwrap_or(Value::NONE)
    }
}
