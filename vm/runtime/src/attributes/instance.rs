//! The attributes that an object itself has, by its shape.
//!
//! An instance of a class statement's class has its first slots in place ([`PyInstance`]), later ones in a side array;
//! instances of native types and their subclasses have the side array only. When attributes are deleted out of order,
//! when there are very many, or when `__dict__` is asked for, they move to a dict, which takes the side array's place.

use brolga_heap::flags::HAS_ATTRS;

use crate::PyResult;
use crate::object::def::type_flags;
use crate::object::layout as l;
use crate::object::{Field, Header, HeapType, LayoutId, Obj, Ref};
use crate::state::Vm;
use crate::state::names::Special;
use crate::state::shapes::{MAX_SLOTS, Shape, ShapeKind};
use crate::types::array::PyArray;
use crate::types::dict::PyDict;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::types::type_object::PyType;
use crate::types::type_object::create::is_slot_key;
use crate::value::{Slot, Value};

/// An instance of a class whose nearest native base is `object`.
#[repr(C)]
pub struct PyInstance {
    header: Header,
    /// The side array, or the dict.
    attrs: Field,
    slots: [Field; 0],
}

// SAFETY: repr(C), header first, fields only.
unsafe impl HeapType for PyInstance {
    const LAYOUT: LayoutId = l::INSTANCE;
}

/// Bytes before the first slot.
pub const SLOTS_OFFSET: usize = 16;
/// Where an instance's side array stands.
pub const ATTRS_OFFSET: usize = std::mem::offset_of!(PyInstance, attrs);

impl PyInstance {
    /// A new instance without attributes.
    #[inline]
    pub fn new(vm: &Vm, class: Ref<PyType>) -> PyResult<Ref<PyInstance>> {
        let bytes = SLOTS_OFFSET + class.inline.get() as usize * 8;
        let object: Ref<PyInstance> = vm.alloc_sized(class.root_shape(), Some(bytes))?;
        vm.made_instance(class, object.obj());
        Ok(object)
    }
}

/// The field of the side array or dict. `None`: objects of this layout have no attributes.
#[inline]
pub fn attrs_field(obj: Obj) -> Option<&'static Field> {
    if obj.header().flags() & HAS_ATTRS == 0 && !always_has_field(obj.layout()) {
        return None;
    }
    let field: *const Field = match obj.layout() {
        l::TUPLE => obj.downcast::<PyTuple>()?.attrs_field(),
        l::STR => obj.downcast::<PyStr>()?.attrs_field(),
        l::BYTES => crate::types::bytes::attrs_field(obj)?,
        l::INT => crate::types::int::attrs_field(obj)?,
        _ => (obj.addr() + size_of::<Header>()) as *const Field,
    };
    // SAFETY: by convention (object/mod.rs) every other layout whose instances can have attributes has the field right
    // behind the header. The object outlives the use: see `Obj::header`.
    Some(unsafe { &*field })
}

/// Layouts whose own struct has the field, subclass or not.
fn always_has_field(layout: LayoutId) -> bool {
    matches!(
        layout,
        l::INSTANCE
            | l::FUNCTION
            | l::MODULE
            | l::EXCEPTION
            | l::NAMESPACE
            | l::STATICMETHOD
            | l::CLASSMETHOD
            | l::PROPERTY
            | l::TYPE_PARAM
            | l::TYPE_ALIAS
    ) || layout.0 >= l::FIRST_STDLIB
}

#[inline(always)]
fn inline_slot(obj: Obj, i: u16) -> &'static Field {
    // SAFETY: the caller has checked `i` against the shape's number of slots in place, which the instance was
    // allocated with.
    unsafe { &*((obj.addr() + SLOTS_OFFSET + i as usize * 8) as *const Field) }
}

/// The value in slot `i` of an object of this shape.
#[inline(always)]
pub fn slot(obj: Obj, shape: &Shape, i: u16) -> Slot {
    if i < shape.inline {
        inline_slot(obj, i).get()
    } else {
        attrs_field(obj)?.get()?.downcast::<PyArray>()?.get((i - shape.inline) as usize)
    }
}

#[inline(always)]
pub fn set_slot(obj: Obj, shape: &Shape, i: u16, value: Value) {
    if i < shape.inline {
        inline_slot(obj, i).set(obj, value);
    } else if let Some(array) = attrs_field(obj).and_then(Field::get).and_then(Value::downcast::<PyArray>) {
        array.set((i - shape.inline) as usize, value);
    }
}

/// The dict of an object whose attributes are in one: its `__dict__`.
///
/// If the object also has values of `__slots__`, which `__dict__` must not show, the field holds a pair of dicts: that of
/// the attributes, and that of the slots.
#[inline]
pub fn attrs_dict(obj: Obj) -> Option<Ref<PyDict>> {
    let held = attrs_field(obj)?.get()?;
    match held.downcast::<PyDict>() {
        Some(dict) => Some(dict),
        None => pair(held).map(|(attributes, _)| attributes),
    }
}

#[cold]
fn pair(held: Value) -> Option<(Ref<PyDict>, Ref<PyDict>)> {
    let pair = held.downcast::<PyTuple>()?;
    Some((pair.get(0)?.downcast()?, pair.get(1)?.downcast()?))
}

/// The dict where an attribute of this name stands, of those that an object has.
#[inline]
fn dict_of(obj: Obj, name: Ref<PyStr>) -> Option<Ref<PyDict>> {
    let held = attrs_field(obj)?.get()?;
    match held.downcast::<PyDict>() {
        Some(dict) => Some(dict),
        None => pair(held).map(|(attributes, slots)| if is_slot_key(name) { slots } else { attributes }),
    }
}

/// The object's own attribute. `name` is interned.
#[inline]
pub fn get(vm: &Vm, obj: Obj, name: Ref<PyStr>) -> Slot {
    let shape = vm.shapes.get(obj.shape_id());
    match shape.kind {
        ShapeKind::Slots => slot(obj, shape, shape.find(name)?),
        ShapeKind::Dict => dict_of(obj, name)?.get_str(vm, name),
    }
}

/// Sets the object's own attribute. The class has said that its instances have attributes.
pub fn set(vm: &Vm, obj: Obj, name: Ref<PyStr>, value: Value) -> PyResult<()> {
    let shape = vm.shapes.get(obj.shape_id());
    if shape.kind == ShapeKind::Dict {
        return match dict_of(obj, name) {
            Some(dict) => dict.set_str(vm, name, value),
            None => Ok(()),
        };
    }
    if let Some(i) = shape.find(name) {
        set_slot(obj, shape, i, value);
        return Ok(());
    }
    if shape.count >= MAX_SLOTS {
        to_dict(vm, obj)?;
        return set(vm, obj, name, value);
    }
    let new = shape.child(vm, name)?;
    add_slot(vm, obj, new, value)
}

/// Gives the object the shape `new`, a child of its own, and the value of the attribute that it adds.
pub fn add_slot(vm: &Vm, obj: Obj, new: &'static Shape, value: Value) -> PyResult<()> {
    let i = new.count - 1;
    if i < new.inline {
        inline_slot(obj, i).set(obj, value);
    } else {
        let Some(field) = attrs_field(obj) else { return Ok(()) };
        let at = (i - new.inline) as usize;
        let array = match field.get().and_then(Value::downcast::<PyArray>) {
            Some(array) if at < array.capacity() => array,
            old => {
                let array = PyArray::new(vm, (at + 1).max(at + at / 2).max(4))?;
                if let Some(old) = old {
                    for j in 0..at {
                        array.set(j, old.get(j));
                    }
                }
                field.set(obj, array.value());
                array
            }
        };
        array.set(at, value);
        new.class.get().learn_inline(vm, new.count)?;
    }
    obj.header().set_tag(new.id);
    Ok(())
}

/// Deletes the object's own attribute; `false`: it had none of this name.
pub fn delete(vm: &Vm, obj: Obj, name: Ref<PyStr>) -> PyResult<bool> {
    let shape = vm.shapes.get(obj.shape_id());
    if shape.kind == ShapeKind::Dict {
        return Ok(dict_of(obj, name).is_some_and(|d| d.remove_str(vm, name).is_some()));
    }
    let Some(i) = shape.find(name) else { return Ok(false) };
    if i + 1 == shape.count
        && let Some(parent) = shape.parent
    {
        // The last one: back to the shape before it.
        if i < shape.inline {
            inline_slot(obj, i).set(obj, None);
        } else if let Some(array) = attrs_field(obj).and_then(Field::get).and_then(Value::downcast::<PyArray>) {
            array.set((i - shape.inline) as usize, None);
        }
        obj.header().set_tag(parent.id);
        return Ok(true);
    }
    to_dict(vm, obj)?;
    Ok(dict_of(obj, name).is_some_and(|d| d.remove_str(vm, name).is_some()))
}

/// Moves the attributes to a dict, which from then on is where they are.
pub fn to_dict(vm: &Vm, obj: Obj) -> PyResult<Ref<PyDict>> {
    let shape = vm.shapes.get(obj.shape_id());
    if shape.kind == ShapeKind::Dict
        && let Some(dict) = attrs_dict(obj)
    {
        return Ok(dict);
    }
    let Some(field) = attrs_field(obj) else {
        return Err(vm.attribute_error(format!("'{}' object has no attribute '__dict__'", vm.type_name(obj.value()))));
    };
    let dict = PyDict::with_capacity(vm, shape.count as usize)?;
    let with_slots =
        |t: Ref<PyType>| t.is_heap_type() && t.dict().is_some_and(|d| d.get_str(vm, vm.names.__slots__).is_some());
    let class = shape.class.get();
    let apart = class.has_flag(type_flags::HAS_DICT) && class.mro().any(with_slots);
    let slots = if apart { Some(PyDict::new(vm)?) } else { None };
    for (i, key) in (0u16..).zip(shape.keys()) {
        if let Some(value) = slot(obj, shape, i) {
            let to = slots.filter(|_| is_slot_key(key)).unwrap_or(dict);
            to.set_str(vm, key, value)?;
        }
    }
    let held = match slots {
        Some(slots) => vm.new_tuple(&[dict.value(), slots.value()])?.value(),
        None => dict.value(),
    };
    let new = shape.class.get().dict_shape(vm, shape.inline)?;
    for i in 0..shape.inline {
        inline_slot(obj, i).set(obj, None);
    }
    field.set(obj, held);
    obj.header().set_tag(new.id);
    Ok(dict)
}

/// Gives the object these attributes instead of its own (`obj.__dict__ = dict`).
pub fn set_dict(vm: &Vm, obj: Obj, dict: Ref<PyDict>) -> PyResult<()> {
    to_dict(vm, obj)?;
    if let Some(field) = attrs_field(obj) {
        let held = match field.get().and_then(pair) {
            Some((_, slots)) => vm.new_tuple(&[dict.value(), slots.value()])?.value(),
            None => dict.value(),
        };
        field.set(obj, held);
    }
    Ok(())
}

/// The number of attributes, and each of them, without making a dict.
pub fn each(vm: &Vm, obj: Obj, mut f: impl FnMut(Ref<PyStr>, Value) -> PyResult<()>) -> PyResult<()> {
    let shape = vm.shapes.get(obj.shape_id());
    match shape.kind {
        ShapeKind::Dict => {
            let mut position = 0;
            while let Some((key, value)) = attrs_dict(obj).and_then(|d| d.next_item(&mut position)) {
                if let Some(key) = key.downcast::<PyStr>() {
                    f(key, value)?;
                }
            }
        }
        ShapeKind::Slots => {
            for (i, key) in (0u16..).zip(shape.keys()) {
                if let Some(value) = slot(obj, shape, i) {
                    f(key, value)?;
                }
            }
        }
    }
    Ok(())
}

/// Moves the object to another class (`obj.__class__ = C`), which the caller has checked to be compatible.
pub fn set_class(vm: &Vm, obj: Obj, class: Ref<PyType>) -> PyResult<()> {
    // It may stand in a class.
    let is_descriptor = |class: Ref<PyType>| {
        [Special::Get, Special::Set, Special::Delete].into_iter().any(|special| class.special(special).is_some())
    };
    if is_descriptor(class) || is_descriptor(vm.type_of(obj.value())) {
        vm.descriptors_changed();
    }
    let shape = vm.shapes.get(obj.shape_id());
    if attrs_field(obj).is_none() {
        obj.header().set_tag(class.root_shape());
        return Ok(());
    }
    to_dict(vm, obj)?;
    let new = class.dict_shape(vm, shape.inline)?;
    obj.header().set_tag(new.id);
    Ok(())
}
