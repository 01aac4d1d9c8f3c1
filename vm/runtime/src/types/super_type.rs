//! `super`: attributes looked up in the classes behind a given one.

use brolga_bytecode::constants::local_kind;

use crate::object::def::{GetSetDef, MethodDef, TypeDef, type_flags};
use crate::object::layout::SUPER;
use crate::object::{Args, Field, Header, HeapType, LayoutId, Ref};
use crate::state::Vm;
use crate::types::cell::PyCell;
use crate::types::shape;
use crate::types::str::PyStr;
use crate::types::type_object::PyType;
use crate::value::{Slot, Value};
use crate::{PyResult, getset, method};

#[repr(C)]
pub struct PySuper {
    header: Header,
    attrs: Field,
    /// `__thisclass__`: the search begins behind it.
    class: Field,
    /// `__self__`; empty where it is unbound.
    object: Field,
    /// `__self_class__`: the class whose MRO is searched.
    object_class: Field,
}

// SAFETY: repr(C), header first, fields only.
unsafe impl HeapType for PySuper {
    const LAYOUT: LayoutId = SUPER;
}

impl PySuper {
    fn class(&self) -> Option<Ref<PyType>> {
        self.class.get()?.downcast()
    }

    fn object_class(&self) -> Option<Ref<PyType>> {
        self.object_class.get()?.downcast()
    }
}

/// The class whose MRO `super(class, object)` searches.
fn check(vm: &Vm, class: Ref<PyType>, object: Value) -> PyResult<Ref<PyType>> {
    if let Some(t) = object.downcast::<PyType>()
        && t.is_subtype(class)
    {
        return Ok(t);
    }
    let of = vm.type_of(object);
    if of.is_subtype(class) {
        return Ok(of);
    }
    // A proxy may pretend to be an instance.
    if let Some(pretended) = vm.get_attr_opt(object, vm.names.__class__)?.and_then(Value::downcast::<PyType>)
        && pretended != of
        && pretended.is_subtype(class)
    {
        return Ok(pretended);
    }
    let (what, name) = match object.downcast::<PyType>() {
        Some(t) => ("type", t.tp_name()),
        None => ("instance of", of.tp_name()),
    };
    Err(vm.type_error(format!(
        "super(type, obj): obj ({what} {name}) is not an instance or subtype of type ({}).",
        class.tp_name()
    )))
}

/// The attribute of the classes that come after `class` in the MRO of `start`.
fn find(vm: &Vm, class: Ref<PyType>, start: Ref<PyType>, name: Ref<PyStr>) -> Slot {
    start.mro().skip_while(|t| *t != class).skip(1).find_map(|t| t.dict()?.get_str(vm, name))
}

impl Vm {
    /// The method that `super(class, object)` has of this name for objects of the class `start`, where it takes the object
    /// as its first argument.
    pub fn super_method(&self, class: Ref<PyType>, start: Ref<PyType>, name: Ref<PyStr>) -> Slot {
        let name = self.intern_str(name);
        if name == self.names.__class__ {
            return None;
        }
        find(self, class, start, name).filter(|f| self.type_of(*f).has_flag(type_flags::METHOD_DESCRIPTOR))
    }
}

/// `super(class, object).name` without making the `super`; with `as_method`, a method comes unbound with
/// `Some(object)` to be its first argument.
pub fn lookup(
    vm: &Vm,
    class: Ref<PyType>,
    object: Value,
    name: Ref<PyStr>,
    as_method: bool,
) -> PyResult<(Value, Slot)> {
    let name = vm.intern_str(name);
    let start = check(vm, class, object)?;
    if name != vm.names.__class__
        && let Some(found) = find(vm, class, start, name)
    {
        if as_method && vm.type_of(found).has_flag(type_flags::METHOD_DESCRIPTOR) && !object.same_bits(start.value()) {
            return Ok((found, Some(object)));
        }
        return Ok((bind(vm, found, object, start)?, None));
    }
    let this = make(vm, class, object, start)?;
    match vm.generic_get_attr(this.value(), vm.types.super_, name)? {
        Some(value) => Ok((value, None)),
        None => Err(vm.no_attribute(this.value(), name)),
    }
}

/// Binds what was found: to the object, unless that is the class itself.
fn bind(vm: &Vm, found: Value, object: Value, start: Ref<PyType>) -> PyResult<Value> {
    let receiver = Some(object).filter(|o| !o.same_bits(start.value()));
    Ok(vm.descriptor_get(found, receiver, start.value())?.unwrap_or(found))
}

fn make(vm: &Vm, class: Ref<PyType>, object: Value, start: Ref<PyType>) -> PyResult<Ref<PySuper>> {
    let this: Ref<PySuper> = vm.alloc(shape::super_)?;
    this.class.init(class.value());
    this.object.init(object);
    this.object_class.init(start.value());
    Ok(this)
}

fn getattribute(vm: &Vm, this: Ref<PySuper>, name: Value) -> PyResult<Value> {
    let name = vm.intern_str(vm.expect_str(name, "attribute name")?);
    if name != vm.names.__class__
        && let (Some(class), Some(object), Some(start)) = (this.class(), this.object.get(), this.object_class())
        && let Some(found) = find(vm, class, start, name)
    {
        return bind(vm, found, object, start);
    }
    match vm.generic_get_attr(this.value(), vm.type_of(this.value()), name)? {
        Some(value) => Ok(value),
        None => Err(vm.no_attribute(this.value(), name)),
    }
}

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PySuper>> {
    let class: Ref<PyType> = args.get(0).downcast().ok_or_else(|| vm.type_error("a class is required"))?;
    vm.alloc_instance::<PySuper>(class)
}

fn init(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let this: Ref<PySuper> = args.get(0).downcast().ok_or_else(|| vm.type_error("a super is required"))?;
    if !args.kw.is_empty() {
        return Err(vm.type_error("super() takes no keyword arguments"));
    }
    let (class, object) = match args.rest {
        [] => {
            let (class, object) = from_frame(vm)?;
            (class, Some(object))
        }
        [class, rest @ ..] => {
            if rest.len() > 1 {
                return Err(vm.type_error(format!("super() expected at most 2 arguments, got {}", args.rest.len())));
            }
            let class = class.downcast::<PyType>().ok_or_else(|| {
                vm.type_error(format!("super() argument 1 must be a type, not {}", vm.type_name(*class)))
            })?;
            (class, rest.first().copied().filter(|o| !o.is_none()))
        }
    };
    let start = match object {
        Some(object) => Some(check(vm, class, object)?),
        None => None,
    };
    this.class.set(this, class.value());
    this.object.set(this, object);
    this.object_class.set(this, start.map(Ref::value));
    Ok(())
}

/// `super()` without arguments: the class from the cell `__class__`, the object from the first argument.
fn from_frame(vm: &Vm) -> PyResult<(Ref<PyType>, Value)> {
    // SAFETY: the current frame is null or alive while native code that it called runs.
    let Some(frame) = (unsafe { vm.frame.get().as_ref() }) else {
        return Err(vm.runtime_error("super(): no current frame"));
    };
    let code = frame.code.get();
    if code.argcount() == 0 {
        return Err(vm.runtime_error("super(): no arguments"));
    }
    let first = frame.local(0);
    // An argument that an inner function uses has been moved to a cell.
    let object = match first.and_then(Value::downcast::<PyCell>) {
        Some(cell) if code.local_kind(0) & local_kind::CELL != 0 => cell.get(),
        _ => first,
    };
    let object = object.ok_or_else(|| vm.runtime_error("super(): arg[0] deleted"))?;
    for i in 0..code.nlocalsplus() {
        if code.local_kind(i) & local_kind::FREE == 0 || !code.local_name(i).is_some_and(|n| n.equals_str("__class__"))
        {
            continue;
        }
        let Some(cell) = frame.local(i).and_then(Value::downcast::<PyCell>) else {
            return Err(vm.runtime_error("super(): bad __class__ cell"));
        };
        let class = cell.get().ok_or_else(|| vm.runtime_error("super(): empty __class__ cell"))?;
        return match class.downcast::<PyType>() {
            Some(class) => Ok((class, object)),
            None => Err(vm.runtime_error(format!("super(): __class__ is not a type ({})", vm.type_name(class)))),
        };
    }
    Err(vm.runtime_error("super(): __class__ cell not found"))
}

fn get(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let this: Ref<PySuper> = args.get(0).downcast().ok_or_else(|| vm.type_error("a super is required"))?;
    let (Some(object), None, Some(class)) = (args.opt_not_none(1), this.object.get(), this.class()) else {
        return Ok(this.value());
    };
    if vm.type_of(this.value()) != vm.types.super_ {
        // A subclass may have an `__init__` of its own.
        return vm.call(vm.type_of(this.value()).value(), &[class.value(), object]);
    }
    let start = check(vm, class, object)?;
    Ok(make(vm, class, object, start)?.value())
}

fn repr(_: &Vm, this: Ref<PySuper>) -> String {
    let class = this.class().map_or_else(|| "NULL".to_owned(), |c| c.name());
    match this.object_class() {
        Some(of) => format!("<super: <class '{class}'>, <{} object>>", of.tp_name()),
        None => format!("<super: <class '{class}'>, NULL>"),
    }
}

fn this_class(_: &Vm, this: Ref<PySuper>) -> Slot {
    this.class.get()
}

fn this_object(_: &Vm, this: Ref<PySuper>) -> Slot {
    this.object.get()
}

fn self_class(_: &Vm, this: Ref<PySuper>) -> Slot {
    this.object_class.get()
}

const METHODS: &[MethodDef] = &[
    method!("__new__", "($type, *args, **kwargs)", new).static_(),
    method!("__init__", "($self, /, *args, **kwargs)", init),
    method!("__getattribute__", 2, getattribute),
    method!("__get__", "($self, instance, owner=None, /)", get),
    method!("__repr__", 1, repr),
];
const GETSET: &[GetSetDef] = &[
    getset!("__thisclass__", this_class).member(),
    getset!("__self__", this_object).member(),
    getset!("__self_class__", self_class).member(),
];

pub static DEF: TypeDef = TypeDef {
    layout: Some(SUPER),
    flags: type_flags::BASETYPE,
    methods: &[METHODS],
    getset: GETSET,
    doc: Some(
        "super() -> same as super(__class__, <first argument>)\nsuper(type) -> unbound super object\nsuper(type, obj) -> bound super object; requires isinstance(obj, type)\nsuper(type, type2) -> bound super object; requires issubclass(type2, type)\nTypical use to call a cooperative superclass method:\nclass C(B):\n    def meth(self, arg):\n        super().meth(arg)\nThis works for class methods too:\nclass C(B):\n    @classmethod\n    def cmeth(cls, arg):\n        super().cmeth(arg)\n",
    ),
    ..TypeDef::new("super")
};
