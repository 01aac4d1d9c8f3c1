//! The methods and attributes of `type`.

use super::{PyType, create};
use crate::object::def::{GetSetDef, MethodDef, TypeDef, type_flags};
use crate::object::layout::TYPE;
use crate::object::{Args, Ref};
use crate::state::Vm;
use crate::state::names::Special;
use crate::types::array::ValueVec;
use crate::types::described;
use crate::types::dict::PyDict;
use crate::types::list::PyList;
use crate::types::mappingproxy::PyMappingProxy;
use crate::types::object::attribute_name;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::types::union;
use crate::value::{Slot, Value};
use crate::{PyResult, getset, method};

fn init(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    if args.rest.len() == 1 && !args.kw.is_empty() {
        return Err(vm.type_error("type.__init__() takes no keyword arguments"));
    }
    if args.rest.len() != 1 && args.rest.len() != 3 {
        return Err(vm.type_error("type.__init__() takes 1 or 3 arguments"));
    }
    Ok(())
}

fn call(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let Some(class) = args.get(0).downcast::<PyType>() else {
        return Err(vm.type_error("type.__call__(X): X is not a type object"));
    };
    if args.kw.is_empty() {
        return vm.call_type(class, args.rest, None);
    }
    let all = ValueVec::from_slice(vm, args.rest)?;
    let names = ValueVec::new();
    for (name, value) in args.kw.iter() {
        names.push(vm, name)?;
        all.push(vm, value)?;
    }
    let names = vm.new_tuple(names.as_slice())?;
    vm.call_type(class, all.as_slice(), Some(names))
}

fn getattribute(vm: &Vm, class: Ref<PyType>, name: Value) -> PyResult<Value> {
    let name = attribute_name(vm, name)?;
    match vm.type_get_attr(class, name)? {
        Some(value) => Ok(value),
        None => Err(vm.no_attribute(class.value(), name)),
    }
}

fn setattr(vm: &Vm, class: Ref<PyType>, name: Value, value: Value) -> PyResult<()> {
    let name = attribute_name(vm, name)?;
    vm.type_set_attr(class, name, Some(value))
}

fn delattr(vm: &Vm, class: Ref<PyType>, name: Value) -> PyResult<()> {
    let name = attribute_name(vm, name)?;
    vm.type_set_attr(class, name, None)
}

fn repr(vm: &Vm, class: Ref<PyType>) -> String {
    format!("<class '{}'>", vm.type_full_name(class))
}

fn prepare(vm: &Vm, _: &Args<'_>) -> PyResult<Value> {
    Ok(vm.new_dict()?.value())
}

fn instancecheck(vm: &Vm, class: Ref<PyType>, object: Value) -> PyResult<bool> {
    vm.is_instance_default(object, class.value())
}

fn subclasscheck(vm: &Vm, class: Ref<PyType>, sub: Value) -> PyResult<bool> {
    vm.is_subclass_default(sub, class.value())
}

fn subclasses(vm: &Vm, class: Ref<PyType>) -> PyResult<Ref<PyList>> {
    let list = PyList::new(vm, &[])?;
    let mut result = Ok(());
    class.each_subclass(|t| {
        if result.is_ok() {
            result = list.push(vm, t.value());
        }
    });
    result?;
    Ok(list)
}

fn mro_method(vm: &Vm, class: Ref<PyType>) -> PyResult<Value> {
    let linear = super::mro::linearise(vm, class)?;
    Ok(vm.list_from(linear.value())?.value())
}

fn dir(vm: &Vm, class: Ref<PyType>) -> PyResult<Value> {
    let names = PyDict::new(vm)?;
    crate::types::object::class_names(vm, class, names)?;
    Ok(vm.list_from(names.value())?.value())
}

fn or(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
    crate::types::union::new(vm, a, b)
}

fn ror(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
    crate::types::union::new(vm, b, a)
}

fn sizeof(vm: &Vm, class: Ref<PyType>) -> usize {
    vm.heap.size_of_cell(class.obj().as_ptr())
}

fn get_name(vm: &Vm, class: Ref<PyType>) -> PyResult<Value> {
    match class.name.get() {
        Some(name) => Ok(name),
        None => Ok(vm.new_str(&class.name())?.value()),
    }
}

/// What setting and deleting a class's own attributes ask first.
fn check_mutable(vm: &Vm, class: Ref<PyType>, name: &str, value: Slot) -> PyResult<()> {
    if class.has_flag(type_flags::IMMUTABLE) {
        return Err(
            vm.type_error(format!("cannot set '{name}' attribute of immutable type '{}'", vm.type_full_name(class)))
        );
    }
    if value.is_none() {
        return Err(vm.type_error(format!("cannot delete '{name}' attribute of immutable type '{}'", class.tp_name())));
    }
    Ok(())
}

fn set_name(vm: &Vm, class: Ref<PyType>, value: Slot) -> PyResult<()> {
    check_mutable(vm, class, "__name__", value)?;
    vm.audit_attribute(class.value(), "__name__", value)?;
    match value {
        Some(v) if v.downcast::<PyStr>().is_some() => {
            if let Some(name) = v.downcast::<PyStr>() {
                if name.chars().any(|c| c == 0) {
                    return Err(vm.value_error("type name must not contain null characters"));
                }
                create::encodable(vm, name)?;
            }
            class.name.set(class, v);
        }
        Some(v) => {
            return Err(vm.type_error(format!(
                "can only assign string to {}.__name__, not '{}'",
                class.tp_name(),
                vm.type_name(v)
            )));
        }
        None => {}
    }
    Ok(())
}

fn get_qualname(vm: &Vm, class: Ref<PyType>) -> PyResult<Value> {
    match class.qualname.get() {
        Some(name) => Ok(name),
        None => get_name(vm, class),
    }
}

fn set_qualname(vm: &Vm, class: Ref<PyType>, value: Slot) -> PyResult<()> {
    check_mutable(vm, class, "__qualname__", value)?;
    match value {
        Some(v) if v.downcast::<PyStr>().is_some() => class.qualname.set(class, v),
        Some(v) => {
            return Err(vm.type_error(format!(
                "can only assign string to {}.__qualname__, not '{}'",
                class.tp_name(),
                vm.type_name(v)
            )));
        }
        None => {}
    }
    Ok(())
}

fn get_module(vm: &Vm, class: Ref<PyType>) -> PyResult<Value> {
    // The dict of a native class may have a descriptor of this name, for its instances.
    if let Some(def) = class.native_def().filter(|_| !class.is_heap_type()) {
        return Ok(vm.intern(def.module)?.value());
    }
    match class.dict().and_then(|d| d.get_str(vm, vm.names.__module__)) {
        Some(found) => Ok(found),
        None => Err(vm.attribute_error("__module__")),
    }
}

fn set_in_dict(vm: &Vm, class: Ref<PyType>, name: Ref<PyStr>, value: Slot) -> PyResult<()> {
    check_mutable(vm, class, &name.to_lossy(), value)?;
    if let (Some(dict), Some(value)) = (class.dict(), value) {
        dict.set_str(vm, name, value)?;
        class.modified(vm, Some(name));
    }
    Ok(())
}

fn set_module(vm: &Vm, class: Ref<PyType>, value: Slot) -> PyResult<()> {
    set_in_dict(vm, class, vm.names.__module__, value)?;
    // A line of another module's file says nothing.
    if let Some(dict) = class.dict() {
        dict.remove_str(vm, vm.intern("__firstlineno__")?);
    }
    Ok(())
}

fn get_dict(vm: &Vm, class: Ref<PyType>) -> PyResult<Value> {
    match class.dict() {
        Some(dict) => Ok(PyMappingProxy::new(vm, dict.value())?.value()),
        None => Ok(Value::NONE),
    }
}

fn get_bases(_: &Vm, class: Ref<PyType>) -> Slot {
    class.bases.get()
}

fn set_bases(vm: &Vm, class: Ref<PyType>, value: Slot) -> PyResult<()> {
    check_mutable(vm, class, "__bases__", value)?;
    vm.audit_attribute(class.value(), "__bases__", value)?;
    create::set_bases(vm, class, value.unwrap_or(Value::NONE))
}

fn get_base(_: &Vm, class: Ref<PyType>) -> Slot {
    class.base.get()
}

fn get_mro(_: &Vm, class: Ref<PyType>) -> Slot {
    class.mro.get()
}

fn get_doc(vm: &Vm, class: Ref<PyType>) -> PyResult<Value> {
    if let Some(def) = class.native_def().filter(|_| !class.is_heap_type())
        && let Some(doc) = described::doc(vm, def.module, def.name)
    {
        return Ok(vm.new_str(doc)?.value());
    }
    let Some(doc) = class.dict().and_then(|d| d.get_str(vm, vm.names.__doc__)) else { return Ok(Value::NONE) };
    match vm.descriptor_get(doc, None, class.value())? {
        Some(doc) => Ok(doc),
        None => Ok(doc),
    }
}

fn set_doc(vm: &Vm, class: Ref<PyType>, value: Slot) -> PyResult<()> {
    set_in_dict(vm, class, vm.names.__doc__, value)
}

fn get_abstractmethods(vm: &Vm, class: Ref<PyType>) -> PyResult<Value> {
    let name = vm.names.__abstractmethods__;
    match class.dict().and_then(|d| d.get_str(vm, name)).filter(|_| class != vm.types.type_) {
        Some(found) => Ok(found),
        None => Err(vm.attribute_error_for(class.value(), name, "__abstractmethods__")),
    }
}

fn set_abstractmethods(vm: &Vm, class: Ref<PyType>, value: Slot) -> PyResult<()> {
    let name = vm.names.__abstractmethods__;
    let Some(dict) = class.dict() else { return Ok(()) };
    let abstract_ = match value {
        Some(value) => {
            dict.set_str(vm, name, value)?;
            vm.is_true(value)?
        }
        None => {
            if dict.remove_str(vm, name).is_none() {
                return Err(vm.attribute_error_for(class.value(), name, "__abstractmethods__"));
            }
            false
        }
    };
    class.set_flag(type_flags::ABSTRACT, abstract_);
    class.modified(vm, Some(name));
    Ok(())
}

/// Not 0 where instances have a `__dict__`: CPython's numbers, of which only that is of use.
fn dict_offset(_: &Vm, class: Ref<PyType>) -> i32 {
    match class.has_flag(type_flags::HAS_DICT) {
        true if class.is_heap_type() => -1,
        true => 16,
        false => 0,
    }
}

/// Not 0 where instances can have weak references.
fn weakref_offset(_: &Vm, class: Ref<PyType>) -> i32 {
    match class.has_flag(type_flags::WEAKREFABLE) {
        true if class.is_heap_type() => -32,
        true => 32,
        false => 0,
    }
}

/// Is a native class one that CPython makes at run time? Those of extension modules are. `copyreg` asks, to find the base
/// that makes an instance.
fn is_made_at_run_time(class: Ref<PyType>) -> bool {
    class.native_def().is_some_and(|d| !matches!(d.module, "builtins" | "types" | "weakref") && d.name != "Union")
}

/// `tp_flags`, as far as `inspect` and `abc` read them.
fn get_flags(_: &Vm, class: Ref<PyType>) -> i64 {
    let mut flags = 1 << 12; // READY
    for (ours, theirs) in [
        (type_flags::HEAP_TYPE, 9),
        (type_flags::BASETYPE, 10),
        (type_flags::IMMUTABLE, 8),
        (type_flags::SEQUENCE, 5),
        (type_flags::MAPPING, 6),
        (type_flags::DISALLOW_NEW, 7),
        (type_flags::ABSTRACT, 20),
        (type_flags::METHOD_DESCRIPTOR, 17),
        (type_flags::IS_EXCEPTION, 30),
        (type_flags::IS_TYPE, 31),
    ] {
        if class.has_flag(ours) {
            flags |= 1i64 << theirs;
        }
    }
    if is_made_at_run_time(class) {
        flags |= 1 << 9;
    }
    flags
}

fn get_text_signature(vm: &Vm, class: Ref<PyType>) -> PyResult<Value> {
    let def = class.native_def().filter(|_| !class.is_heap_type());
    if let Some(told) = def.and_then(|def| described::type_signature(vm, def)) {
        return told.map_or(Ok(Value::NONE), |text| Ok(vm.new_str(&text)?.value()));
    }
    let text = def.and_then(|def| {
        // Native code that looks at its arguments itself; CPython tells nothing of these.
        let told = |text: &&str| !text.starts_with("($type, *args") && !text.starts_with("($self, /, *args");
        let find = |name: &str| {
            let method = def.methods.iter().copied().flatten().find(|m| m.name == name);
            method.and_then(|m| m.params.text).filter(told)
        };
        find("__new__").or_else(|| find("__init__"))
    });
    match text {
        // Of `__new__($type, x=0, /)` the class shows `(x=0, /)`.
        Some(text) => {
            let rest = text.trim_start_matches('(').trim_start_matches("$type").trim_start_matches("$self");
            let rest = rest.trim_start_matches(", /, ").trim_start_matches(", ");
            Ok(vm.new_str(&format!("({rest}"))?.value())
        }
        None => Ok(Value::NONE),
    }
}

/// `__annotations__`: made by calling `__annotate__` at the first reading.
fn get_annotations(vm: &Vm, class: Ref<PyType>) -> PyResult<Value> {
    let Some(dict) = class.dict().filter(|_| class.is_heap_type()) else {
        return Err(vm.no_attribute(class.value(), vm.names.__annotations__));
    };
    for name in [vm.names.__annotations__, vm.names.__annotations_cache__] {
        if let Some(found) = dict.get_str(vm, name) {
            return match vm.descriptor_get(found, None, class.value())? {
                Some(bound) => Ok(bound),
                None => Ok(found),
            };
        }
    }
    let annotate = get_annotate(vm, class)?;
    let annotations = if vm.is_callable(annotate) {
        let found = vm.call(annotate, &[Value::from_i32(1)])?;
        if found.downcast::<PyDict>().is_none() {
            return Err(vm.type_error(format!("__annotate__ returned non-dict of type '{}'", vm.type_name(found))));
        }
        found
    } else {
        vm.new_dict()?.value()
    };
    dict.set_str(vm, vm.names.__annotations_cache__, annotations)?;
    Ok(annotations)
}

fn set_annotations(vm: &Vm, class: Ref<PyType>, value: Slot) -> PyResult<()> {
    if class.has_flag(type_flags::IMMUTABLE) {
        return check_mutable(vm, class, "__annotations__", value);
    }
    let Some(dict) = class.dict() else { return Ok(()) };
    match value {
        Some(value) => {
            let name = if dict.get_str(vm, vm.names.__annotations__).is_some() {
                vm.names.__annotations__
            } else {
                vm.names.__annotations_cache__
            };
            dict.set_str(vm, name, value)?;
        }
        None => {
            let first = dict.remove_str(vm, vm.names.__annotations__);
            let second = dict.remove_str(vm, vm.names.__annotations_cache__);
            if first.or(second).is_none() {
                return Err(vm.attribute_error("__annotations__"));
            }
        }
    }
    dict.remove_str(vm, vm.names.__annotate_func__);
    dict.remove_str(vm, vm.names.__annotate__);
    class.modified(vm, Some(vm.names.__annotations__));
    Ok(())
}

fn get_annotate(vm: &Vm, class: Ref<PyType>) -> PyResult<Value> {
    let Some(dict) = class.dict().filter(|_| class.is_heap_type()) else {
        return Err(vm.no_attribute(class.value(), vm.names.__annotate__));
    };
    for name in [vm.names.__annotate__, vm.names.__annotate_func__] {
        if let Some(found) = dict.get_str(vm, name) {
            return Ok(vm.descriptor_get(found, None, class.value())?.unwrap_or(found));
        }
    }
    dict.set_str(vm, vm.names.__annotate_func__, Value::NONE)?;
    Ok(Value::NONE)
}

fn set_annotate(vm: &Vm, class: Ref<PyType>, value: Slot) -> PyResult<()> {
    let Some(value) = value else { return Err(vm.type_error("cannot delete __annotate__ attribute")) };
    check_mutable(vm, class, "__annotate__", Some(value))?;
    if !value.is_none() && !vm.is_callable(value) {
        return Err(vm.type_error("__annotate__ must be callable or None"));
    }
    if let Some(dict) = class.dict() {
        dict.set_str(vm, vm.names.__annotate_func__, value)?;
        if !value.is_none() {
            dict.remove_str(vm, vm.names.__annotations_cache__);
        }
        class.modified(vm, Some(vm.names.__annotate__));
    }
    Ok(())
}

fn get_type_params(vm: &Vm, class: Ref<PyType>) -> PyResult<Value> {
    match class.dict().and_then(|d| d.get_str(vm, vm.names.__type_params__)).filter(|_| class != vm.types.type_) {
        Some(found) => Ok(found),
        None => Ok(vm.new_tuple(&[])?.value()),
    }
}

fn set_type_params(vm: &Vm, class: Ref<PyType>, value: Slot) -> PyResult<()> {
    set_in_dict(vm, class, vm.names.__type_params__, value)
}

fn get_zero(_: &Vm, _: Ref<PyType>) -> i32 {
    0
}

const METHODS: &[MethodDef] = &[
    method!("__new__", "($type, *args, **kwargs)", create::type_new).static_(),
    method!("__init__", "($self, /, *args, **kwargs)", init),
    method!("__call__", "($self, /, *args, **kwargs)", call),
    method!("__getattribute__", 2, getattribute),
    method!("__setattr__", 3, setattr),
    method!("__delattr__", 2, delattr),
    method!("__repr__", 1, repr),
    method!("__prepare__", "($cls, *args, **kwargs)", prepare).class(),
    method!("__instancecheck__", 2, instancecheck),
    method!("__subclasscheck__", 2, subclasscheck),
    method!("__subclasses__", 1, subclasses),
    method!("mro", 1, mro_method),
    method!("__dir__", 1, dir),
    method!("__or__", 2, or),
    method!("__ror__", 2, ror),
    method!("__sizeof__", 1, sizeof),
];
const GETSET: &[GetSetDef] = &[
    getset!("__name__", get_name, set_name),
    getset!("__qualname__", get_qualname, set_qualname),
    getset!("__module__", get_module, set_module),
    getset!("__bases__", get_bases, set_bases),
    getset!("__base__", get_base).member(),
    getset!("__mro__", get_mro),
    getset!("__dict__", get_dict),
    getset!("__doc__", get_doc, set_doc),
    getset!("__abstractmethods__", get_abstractmethods, set_abstractmethods),
    getset!("__flags__", get_flags).member(),
    getset!("__text_signature__", get_text_signature),
    getset!("__annotations__", get_annotations, set_annotations),
    getset!("__annotate__", get_annotate, set_annotate),
    getset!("__type_params__", get_type_params, set_type_params),
    getset!("__basicsize__", get_zero).member(),
    getset!("__itemsize__", get_zero).member(),
    getset!("__dictoffset__", dict_offset).member(),
    getset!("__weakrefoffset__", weakref_offset).member(),
];

pub static DEF: TypeDef = TypeDef {
    layout: Some(TYPE),
    flags: type_flags::BASETYPE | type_flags::IS_TYPE | type_flags::WEAKREFABLE,
    methods: &[METHODS],
    getset: GETSET,
    ..TypeDef::new("type")
};

impl Vm {
    /// `isinstance(v, class_or_tuple)`.
    pub fn is_instance_of(&self, v: Value, class: Value) -> PyResult<bool> {
        if self.type_of(v).value().is(class) {
            return Ok(true);
        }
        if let Some(t) = class.downcast::<PyType>()
            && self.type_of(class) == self.types.type_
        {
            return self.is_instance_default(v, t.value());
        }
        if let Some(tuple) = class.downcast::<PyTuple>().or_else(|| union::args_of(self, class)) {
            self.check_native_stack(" in __instancecheck__")?;
            for t in tuple.as_slice() {
                if self.is_instance_of(v, *t)? {
                    return Ok(true);
                }
            }
            return Ok(false);
        }
        match self.call_special(class, Special::InstanceCheck, &[v])? {
            Some(answer) => self.is_true(answer),
            None => self.is_instance_default(v, class),
        }
    }

    /// Is `__class__` of this class's instances just that, whatever they say else?
    pub fn has_plain_class(&self, class: Ref<PyType>) -> bool {
        let found = |c: Ref<PyType>| c.lookup(self, self.names.__class__);
        class.has_flag(type_flags::PLAIN_GETATTR)
            && found(class).zip(found(self.types.object)).is_some_and(|(found, plain)| found.same_bits(plain))
    }

    /// By the class and `__class__`.
    pub fn is_instance_default(&self, v: Value, class: Value) -> PyResult<bool> {
        let Some(t) = class.downcast::<PyType>() else {
            if self.get_attr_opt(class, self.names.__bases__)?.and_then(Value::downcast::<PyTuple>).is_none() {
                return Err(self.type_error("isinstance() arg 2 must be a type, a tuple of types, or a union"));
            }
            return match self.get_attr_opt(v, self.names.__class__)? {
                Some(c) => self.abstract_subclass(c, class),
                None => Ok(false),
            };
        };
        let own = self.type_of(v);
        if own.is_subtype(t) {
            return Ok(true);
        }
        // (A data descriptor, which no attribute of the instance hides.)
        if self.has_plain_class(own) {
            return Ok(false);
        }
        match self.get_attr_opt(v, self.names.__class__)? {
            Some(c) => Ok(c.downcast::<PyType>().is_some_and(|c| c != own && c.is_subtype(t))),
            None => Ok(false),
        }
    }

    /// `issubclass(sub, class_or_tuple)`.
    pub fn is_subclass_of(&self, sub: Value, class: Value) -> PyResult<bool> {
        if self.type_of(class) == self.types.type_ {
            if sub.is(class) {
                return Ok(true);
            }
            return self.is_subclass_default(sub, class);
        }
        if let Some(tuple) = class.downcast::<PyTuple>().or_else(|| union::args_of(self, class)) {
            self.check_native_stack(" in __subclasscheck__")?;
            for t in tuple.as_slice() {
                if self.is_subclass_of(sub, *t)? {
                    return Ok(true);
                }
            }
            return Ok(false);
        }
        match self.call_special(class, Special::SubclassCheck, &[sub])? {
            Some(answer) => self.is_true(answer),
            None => self.is_subclass_default(sub, class),
        }
    }

    pub fn is_subclass_default(&self, sub: Value, class: Value) -> PyResult<bool> {
        if let (Some(sub), Some(class)) = (sub.downcast::<PyType>(), class.downcast::<PyType>()) {
            return Ok(sub.is_subtype(class));
        }
        let has_bases = |v: Value| -> PyResult<bool> {
            Ok(v.downcast::<PyType>().is_some()
                || self.get_attr_opt(v, self.names.__bases__)?.and_then(Value::downcast::<PyTuple>).is_some())
        };
        if !has_bases(sub)? {
            return Err(self.type_error("issubclass() arg 1 must be a class"));
        }
        if !has_bases(class)? {
            return Err(self.type_error("issubclass() arg 2 must be a class, a tuple of classes, or a union"));
        }
        self.abstract_subclass(sub, class)
    }

    /// Along `__bases__`.
    fn abstract_subclass(&self, sub: Value, class: Value) -> PyResult<bool> {
        self.check_native_stack(" in __subclasscheck__")?;
        if sub.is(class) {
            return Ok(true);
        }
        let Some(bases) = self.get_attr_opt(sub, self.names.__bases__)?.and_then(Value::downcast::<PyTuple>) else {
            return Ok(false);
        };
        for base in bases.as_slice() {
            if self.abstract_subclass(*base, class)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
