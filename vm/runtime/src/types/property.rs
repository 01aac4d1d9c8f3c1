//! `property`.

use crate::object::def::{GetSetDef, MethodDef, TypeDef, type_flags};
use crate::object::layout::PROPERTY;
use crate::object::{Args, Field, Header, HeapType, LayoutId, Ref};
use crate::state::Vm;
use crate::types::shape;
use crate::types::type_object::PyType;
use crate::value::{Slot, Value};
use crate::{PyResult, Raised, getset, method};

#[repr(C)]
pub struct PyProperty {
    header: Header,
    attrs: Field,
    getter: Field,
    setter: Field,
    deleter: Field,
    doc: Field,
    name: Field,
    /// True where the doc is the getter's.
    getter_doc: Field,
}

// SAFETY: repr(C), header first, fields only.
unsafe impl HeapType for PyProperty {
    const LAYOUT: LayoutId = PROPERTY;
}

/// Where compiled code finds a property's getter.
pub const GETTER_OFFSET: usize = std::mem::offset_of!(PyProperty, getter);

impl PyProperty {
    /// The getter, for inline caches.
    pub fn getter(&self) -> Slot {
        self.getter.get()
    }

    pub fn setter(&self) -> Slot {
        self.setter.get()
    }
}

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyProperty>> {
    let class: Ref<PyType> = args.get(0).downcast().ok_or_else(|| vm.type_error("a class is required"))?;
    vm.alloc_instance::<PyProperty>(class)
}

fn receiver(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyProperty>> {
    args.get(0).downcast().ok_or_else(|| vm.type_error("a property is required"))
}

fn init(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let this = receiver(vm, args)?;
    let [getter, setter, deleter, doc] = [1, 2, 3, 4].map(|i| args.opt_not_none(i));
    this.getter.set(this, getter);
    this.setter.set(this, setter);
    this.deleter.set(this, deleter);
    this.doc.set(this, None);
    this.name.set(this, None);
    this.getter_doc.set(this, None);
    let mut text = doc;
    if let (None, Some(getter)) = (doc, getter) {
        text = vm.get_attr_opt(getter, vm.names.__doc__)?.filter(|d| !d.is_none());
        if text.is_some() {
            this.getter_doc.set(this, Value::TRUE);
        }
    }
    if vm.type_of(this.value()) == vm.types.property {
        this.doc.set(this, text);
        return Ok(());
    }
    // A subclass's class has a `__doc__` of its own in the way: the instance gets one.
    let set = vm.set_attr(this.value(), vm.names.__doc__, text.unwrap_or(Value::NONE));
    if let Err(raised) = set {
        let copied = !this.getter_doc.is_empty();
        match vm.catch(raised, vm.types.attribute_error) {
            // Without room for it, a doc of its own is dropped, silently since 3.11; a getter's is an error.
            Ok(_) if !copied => {}
            Ok(e) => return Err(vm.reraise(e)),
            Err(raised) => return Err(raised),
        }
    }
    Ok(())
}

/// "property 'x' of 'C' object has no setter".
#[cold]
fn missing(vm: &Vm, this: Ref<PyProperty>, obj: Value, what: &str) -> Raised {
    let make = || -> PyResult<Raised> {
        let class = vm.new_str(&vm.type_qualname(vm.type_of(obj)))?;
        let class = vm.repr_lossy(class.value())?;
        Ok(match name_opt(vm, this)? {
            Some(name) => {
                let name = vm.repr_lossy(name)?;
                vm.attribute_error(format!("property {name} of {class} object has no {what}"))
            }
            None => vm.attribute_error(format!("property of {class} object has no {what}")),
        })
    };
    make().unwrap_or_else(|raised| raised)
}

fn get(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let this = receiver(vm, args)?;
    let Some(obj) = args.opt_not_none(1) else { return Ok(this.value()) };
    match this.getter.get() {
        Some(getter) => vm.call(getter, &[obj]),
        None => Err(missing(vm, this, obj, "getter")),
    }
}

fn set(vm: &Vm, this: Ref<PyProperty>, obj: Value, value: Value) -> PyResult<()> {
    match this.setter.get() {
        Some(setter) => vm.call(setter, &[obj, value]).map(|_| ()),
        None => Err(missing(vm, this, obj, "setter")),
    }
}

fn delete(vm: &Vm, this: Ref<PyProperty>, obj: Value) -> PyResult<()> {
    match this.deleter.get() {
        Some(deleter) => vm.call(deleter, &[obj]).map(|_| ()),
        None => Err(missing(vm, this, obj, "deleter")),
    }
}

/// A property like `this`, with another function in one of its places.
fn copy(vm: &Vm, this: Ref<PyProperty>, at: usize, function: Value) -> PyResult<Value> {
    let mut functions = [this.getter.get(), this.setter.get(), this.deleter.get()].map(|f| f.unwrap_or(Value::NONE));
    if let Some(place) = functions.get_mut(at)
        && !function.is_none()
    {
        *place = function;
    }
    let [getter, setter, deleter] = functions;
    let doc = if !this.getter_doc.is_empty() && !getter.is_none() { Value::NONE } else { this.doc.get_or_none() };
    let made = vm.call(vm.type_of(this.value()).value(), &[getter, setter, deleter, doc])?;
    if let Some(new) = made.downcast::<PyProperty>() {
        new.name.set(new, this.name.get());
    }
    Ok(made)
}

fn getter(vm: &Vm, this: Ref<PyProperty>, function: Value) -> PyResult<Value> {
    copy(vm, this, 0, function)
}

fn setter(vm: &Vm, this: Ref<PyProperty>, function: Value) -> PyResult<Value> {
    copy(vm, this, 1, function)
}

fn deleter(vm: &Vm, this: Ref<PyProperty>, function: Value) -> PyResult<Value> {
    copy(vm, this, 2, function)
}

fn set_name(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let this = receiver(vm, args)?;
    match args.rest {
        [_, name] => {
            this.name.set(this, *name);
            Ok(())
        }
        other => {
            Err(vm.type_error(format!("__set_name__() takes 2 positional arguments but {} were given", other.len())))
        }
    }
}

fn name_opt(vm: &Vm, this: Ref<PyProperty>) -> PyResult<Slot> {
    match (this.name.get(), this.getter.get()) {
        (Some(name), _) => Ok(Some(name)),
        (None, Some(getter)) => vm.get_attr_opt(getter, vm.names.__name__),
        (None, None) => Ok(None),
    }
}

fn name(vm: &Vm, this: Ref<PyProperty>) -> PyResult<Value> {
    name_opt(vm, this)?.ok_or_else(|| vm.no_attribute(this.value(), vm.names.__name__))
}

fn set_name_attr(_: &Vm, this: Ref<PyProperty>, value: Slot) -> PyResult<()> {
    this.name.set(this, value);
    Ok(())
}

fn fget(_: &Vm, this: Ref<PyProperty>) -> Slot {
    this.getter.get()
}

fn fset(_: &Vm, this: Ref<PyProperty>) -> Slot {
    this.setter.get()
}

fn fdel(_: &Vm, this: Ref<PyProperty>) -> Slot {
    this.deleter.get()
}

fn doc(_: &Vm, this: Ref<PyProperty>) -> Slot {
    this.doc.get()
}

fn set_doc(_: &Vm, this: Ref<PyProperty>, value: Slot) -> PyResult<()> {
    this.doc.set(this, value);
    Ok(())
}

/// Has the object a true `__isabstractmethod__`?
pub(crate) fn is_abstract(vm: &Vm, object: Slot) -> PyResult<bool> {
    let Some(object) = object else { return Ok(false) };
    match vm.get_attr_opt(object, vm.names.__isabstractmethod__)? {
        Some(flag) => vm.is_true(flag),
        None => Ok(false),
    }
}

fn is_abstract_method(vm: &Vm, this: Ref<PyProperty>) -> PyResult<bool> {
    Ok(is_abstract(vm, this.getter.get())?
        || is_abstract(vm, this.setter.get())?
        || is_abstract(vm, this.deleter.get())?)
}

const METHODS: &[MethodDef] = &[
    method!("__new__", "($type, *args, **kwargs)", new).static_(),
    method!("__init__", "($self, fget=None, fset=None, fdel=None, doc=None)", init),
    method!("__get__", "($self, instance, owner=None, /)", get),
    method!("__set__", 3, set),
    method!("__delete__", 2, delete),
    method!("getter", 2, getter).doc("Descriptor to obtain a copy of the property with a different getter."),
    method!("setter", 2, setter).doc("Descriptor to obtain a copy of the property with a different setter."),
    method!("deleter", 2, deleter).doc("Descriptor to obtain a copy of the property with a different deleter."),
    method!("__set_name__", "($self, *args)", set_name),
];
const GETSET: &[GetSetDef] = &[
    getset!("fget", fget).member(),
    getset!("fset", fset).member(),
    getset!("fdel", fdel).member(),
    getset!("__doc__", doc, set_doc).member(),
    getset!("__name__", name, set_name_attr),
    getset!("__isabstractmethod__", is_abstract_method),
];

pub static DEF: TypeDef = TypeDef {
    layout: Some(PROPERTY),
    flags: type_flags::BASETYPE,
    methods: &[METHODS],
    getset: GETSET,
    doc: Some(
        "Property attribute.\n\n  fget\n    function to be used for getting an attribute value\n  fset\n    function to be used for setting an attribute value\n  fdel\n    function to be used for del'ing an attribute\n  doc\n    docstring\n\nTypical use is to define a managed attribute x:\n\nclass C(object):\n    def getx(self): return self._x\n    def setx(self, value): self._x = value\n    def delx(self): del self._x\n    x = property(getx, setx, delx, \"I'm the 'x' property.\")\n\nDecorators make defining new properties or modifying existing ones easy:\n\nclass C(object):\n    @property\n    def x(self):\n        \"I am the 'x' property.\"\n        return self._x\n    @x.setter\n    def x(self, value):\n        self._x = value\n    @x.deleter\n    def x(self):\n        del self._x",
    ),
    ..TypeDef::new("property")
};

impl PyProperty {
    /// `property(getter)`.
    pub fn new(vm: &Vm, getter: Value) -> PyResult<Ref<PyProperty>> {
        let p: Ref<PyProperty> = vm.alloc(shape::property)?;
        p.getter.init(getter);
        Ok(p)
    }
}
