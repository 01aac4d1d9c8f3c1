//! `getset_descriptor` and `member_descriptor`: computed attributes of native types, and the slots of `__slots__`.

use std::cell::Cell;

use crate::object::def::{GetSetDef, TypeDef, type_flags};

use crate::object::{Args, Field, Header, HeapType, LayoutId, Ref};
use crate::state::Vm;
use crate::types::shape;
use crate::types::str::PyStr;
use crate::types::type_object::PyType;
use crate::value::{Slot, Value};
use crate::{PyResult, getset, method};

#[repr(C)]
pub struct PyGetSet {
    header: Header,
    attrs: Field,
    def: Cell<Option<&'static GetSetDef>>,
    owner: Field,
    /// A slot of `__slots__`: its name. It is stored as an attribute whose name no program can write (see
    /// [`crate::attributes::instance`]).
    slot: Field,
    slot_key: Field,
    doc: Field,
}

// SAFETY: repr(C), header first; beside fields the address of static data.
unsafe impl HeapType for PyGetSet {
    const LAYOUT: LayoutId = crate::object::layout::GETSET;
}

impl PyGetSet {
    pub fn new(vm: &Vm, def: &'static GetSetDef, owner: Ref<PyType>) -> PyResult<Ref<PyGetSet>> {
        let g: Ref<PyGetSet> = vm.alloc(if def.member { shape::member } else { shape::getset })?;
        g.def.set(Some(def));
        g.owner.init(owner.value());
        Ok(g)
    }

    /// The descriptor of a name in `__slots__`. `key` is the (interned) name under which instances keep it.
    pub fn new_slot(vm: &Vm, name: Ref<PyStr>, key: Ref<PyStr>, owner: Ref<PyType>) -> PyResult<Ref<PyGetSet>> {
        let g: Ref<PyGetSet> = vm.alloc(shape::member)?;
        g.owner.init(owner.value());
        g.slot.init(name.value());
        g.slot_key.init(key.value());
        Ok(g)
    }

    /// The key under which instances keep the value of a slot, for inline caches.
    pub fn slot_key(&self) -> Option<Ref<PyStr>> {
        self.slot_key.get()?.downcast()
    }

    pub fn is_data(&self) -> bool {
        true
    }

    fn name(&self, vm: &Vm) -> PyResult<Value> {
        match (self.def.get(), self.slot.get()) {
            (Some(def), _) => Ok(vm.intern(def.name)?.value()),
            (None, name) => Ok(name.unwrap_or(Value::NONE)),
        }
    }

    #[inline]
    pub fn get(&self, vm: &Vm, obj: Value) -> PyResult<Value> {
        self.check(vm, obj)?;
        if let Some(def) = self.def.get() {
            return (def.get)(vm, obj);
        }
        let (Some(key), Some(object)) = (self.slot_key(), obj.as_obj()) else { return Ok(Value::NONE) };
        match crate::attributes::instance::get(vm, object, key) {
            Some(value) => Ok(value),
            None => {
                let name = self.slot.get().and_then(Value::downcast::<PyStr>);
                Err(match name {
                    Some(name) => {
                        let class = vm.fully_qualified_name(vm.type_of(obj));
                        let message = format!("'{class}' object has no attribute '{}'", name.to_lossy());
                        vm.attribute_error_for(obj, name, &message)
                    }
                    None => vm.attribute_error("attribute"),
                })
            }
        }
    }

    pub fn set(&self, vm: &Vm, obj: Value, value: Slot) -> PyResult<()> {
        self.check(vm, obj)?;
        if let Some(def) = self.def.get() {
            return match def.set {
                Some(set) => set(vm, obj, value),
                None if def.member => Err(vm.attribute_error("readonly attribute")),
                None => Err(vm.attribute_error(format!(
                    "attribute '{}' of '{}' objects is not writable",
                    def.name,
                    self.owner_name()
                ))),
            };
        }
        let (Some(key), Some(object)) = (self.slot_key(), obj.as_obj()) else { return Ok(()) };
        match value {
            Some(value) => crate::attributes::instance::set(vm, object, key, value),
            None => match crate::attributes::instance::delete(vm, object, key)? {
                true => Ok(()),
                false => Err(match self.slot.get().and_then(Value::downcast::<PyStr>) {
                    Some(name) => vm.attribute_error(name.to_lossy()),
                    None => vm.attribute_error("attribute"),
                }),
            },
        }
    }

    fn owner_name(&self) -> String {
        self.owner.get().and_then(Value::downcast::<PyType>).map(|t| t.tp_name()).unwrap_or_default()
    }

    fn check(&self, vm: &Vm, obj: Value) -> PyResult<()> {
        match self.owner.get().and_then(Value::downcast::<PyType>) {
            Some(owner) if !vm.type_of(obj).is_subtype(owner) => {
                let name = vm.to_lossy(self.name(vm)?);
                Err(vm.type_error(format!(
                    "descriptor '{name}' for '{}' objects doesn't apply to a '{}' object",
                    owner.tp_name(),
                    vm.type_of(obj).tp_name()
                )))
            }
            _ => Ok(()),
        }
    }
}

fn get(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let Some(this) = args.get(0).downcast::<PyGetSet>() else { return Ok(args.get(0)) };
    match args.opt_not_none(1) {
        Some(obj) => this.get(vm, obj),
        None if args.opt(2).is_some_and(|c| c.same_bits(vm.types.none_type.value())) => this.get(vm, Value::NONE),
        None => Ok(this.value()),
    }
}

fn set(vm: &Vm, this: Ref<PyGetSet>, obj: Value, value: Value) -> PyResult<()> {
    PyGetSet::set(&this, vm, obj, Some(value))
}

fn delete(vm: &Vm, this: Ref<PyGetSet>, obj: Value) -> PyResult<()> {
    PyGetSet::set(&this, vm, obj, None)
}

fn name(vm: &Vm, this: Ref<PyGetSet>) -> PyResult<Value> {
    this.name(vm)
}

fn qualname(vm: &Vm, this: Ref<PyGetSet>) -> PyResult<String> {
    let owner = this.owner.get().and_then(Value::downcast::<PyType>).map(|t| vm.type_qualname(t)).unwrap_or_default();
    Ok(format!("{owner}.{}", vm.to_lossy(this.name(vm)?)))
}

fn doc(vm: &Vm, this: Ref<PyGetSet>) -> PyResult<Value> {
    let native = this.def.get().and_then(|def| {
        let owner = this.owner.get().and_then(Value::downcast::<PyType>)?.native_def()?;
        super::described::doc(vm, &super::described::type_name(owner), def.name).or(def.doc)
    });
    match (this.doc.get(), native) {
        (Some(doc), _) => Ok(doc),
        (None, Some(doc)) => Ok(vm.new_str(doc)?.value()),
        (None, None) => Ok(Value::NONE),
    }
}

fn set_doc(_: &Vm, this: Ref<PyGetSet>, value: Slot) -> PyResult<()> {
    this.doc.set(this, value);
    Ok(())
}

fn objclass(_: &Vm, this: Ref<PyGetSet>) -> Slot {
    this.owner.get()
}

fn repr(vm: &Vm, this: Ref<PyGetSet>) -> PyResult<String> {
    let kind = if this.header.tag() == shape::member { "member" } else { "attribute" };
    Ok(format!("<{kind} '{}' of '{}' objects>", vm.to_lossy(this.name(vm)?), this.owner_name()))
}

fn reduce(vm: &Vm, this: Ref<PyGetSet>) -> PyResult<Value> {
    if this.value().as_obj().is_some_and(|o| o.shape_id() == shape::getset) {
        return Err(vm.type_error("cannot pickle 'getset_descriptor' object"));
    }
    let getattr = vm.builtin(vm.intern("getattr")?)?;
    let args = vm.new_tuple(&[this.owner.get_or_none(), this.name(vm)?])?;
    Ok(vm.new_tuple(&[getattr, args.value()])?.value())
}

const METHODS: &[crate::object::MethodDef] = &[
    method!("__get__", "($self, instance, owner=None, /)", get),
    method!("__set__", 3, set),
    method!("__delete__", 2, delete),
    method!("__repr__", 1, repr),
    method!("__reduce__", 1, reduce),
];
const GETSET: &[GetSetDef] = &[
    getset!("__name__", name),
    getset!("__qualname__", qualname),
    getset!("__doc__", doc, set_doc),
    getset!("__objclass__", objclass),
];

pub static DEF: TypeDef = TypeDef {
    layout: Some(crate::object::layout::GETSET),
    flags: type_flags::DISALLOW_NEW,
    methods: &[METHODS],
    getset: GETSET,
    ..TypeDef::new("getset_descriptor")
};
pub static MEMBER_DEF: TypeDef = TypeDef {
    layout: Some(crate::object::layout::GETSET),
    flags: type_flags::DISALLOW_NEW,
    methods: &[METHODS],
    getset: GETSET,
    ..TypeDef::new("member_descriptor")
};
