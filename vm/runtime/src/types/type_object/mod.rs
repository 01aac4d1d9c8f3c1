//! `type`: the struct of every class, and the making of native ones. Class creation stands in [`create`], the method
//! resolution order in [`mro`], `type`'s own methods in [`methods`].

pub mod create;
pub mod methods;
pub mod mro;

use std::cell::Cell;

use crate::PyResult;
use crate::object::def::{IterNext, TypeDef, type_flags};
use crate::object::layout::{INSTANCE, TYPE};
use crate::object::{Field, Header, HeapType, LayoutId, Ref};
use crate::state::Vm;
use crate::state::names::Special;
use crate::state::shapes::{Shape, ShapeKind};
use crate::types::dict::PyDict;
use crate::types::list::PyList;
use crate::types::native_function::PyNativeFunction;
use crate::types::shape;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::value::{Slot, Value};

#[repr(C)]
pub struct PyType {
    header: Header,
    pub(crate) attrs: Field,
    pub(crate) name: Field,
    pub(crate) qualname: Field,
    pub(crate) bases: Field,
    pub(crate) mro: Field,
    pub(crate) base: Field,
    pub(crate) dict: Field,
    /// A list of weak references' cells or types (see [`Ref::<PyType>::each_subclass`]).
    pub(crate) subclasses: Field,
    /// The definition of the nearest native class in the MRO: it gives the layout.
    pub(crate) native: Cell<Option<&'static TypeDef>>,
    pub(crate) iternext: Cell<Option<IterNext>>,
    /// The layout of instances.
    pub(crate) layout: Cell<LayoutId>,
    /// Slots that new instances have in place (layout INSTANCE only).
    pub(crate) inline: Cell<u16>,
    pub(crate) flags: Cell<u32>,
    /// Changes whenever an attribute of the class or of one of its bases does; 0 while nobody has asked.
    pub version: Cell<u32>,
    /// The shape of a new instance.
    pub(crate) root_shape: Cell<u32>,
    /// The shape of instances whose attributes are in a dict; 0 while there are none.
    pub(crate) dict_shape: Cell<u32>,
    /// What a native metaclass keeps of the class.
    extension: Field,
    /// What the special methods are, found along the MRO.
    pub(crate) specials: [Field; Special::COUNT],
}

// SAFETY: repr(C), header first; beside fields there are small numbers and addresses of static data and code.
unsafe impl HeapType for PyType {
    const LAYOUT: LayoutId = TYPE;
}

/// Most slots in place that a class learns to give its instances.
const MAX_INLINE: u16 = 64;

impl PyType {
    pub fn name(&self) -> String {
        match self.name.get().and_then(Value::downcast::<PyStr>) {
            Some(s) => s.to_lossy(),
            None => self.native.get().map_or_else(String::new, |d| d.name.to_owned()),
        }
    }

    /// CPython's `tp_name`, which most of its messages show: of a class that the VM defines the module comes first,
    /// unless it is `builtins`; of one that a program defines it is the plain name.
    pub fn tp_name(&self) -> String {
        match self.native.get() {
            Some(def) if def.module != "builtins" && !self.is_heap_type() => format!("{}.{}", def.module, self.name()),
            _ => self.name(),
        }
    }

    #[inline(always)]
    pub fn flags(&self) -> u32 {
        self.flags.get()
    }

    #[inline(always)]
    pub fn has_flag(&self, flag: u32) -> bool {
        self.flags.get() & flag != 0
    }

    pub fn is_heap_type(&self) -> bool {
        self.has_flag(type_flags::HEAP_TYPE)
    }

    #[inline(always)]
    pub fn special(&self, special: Special) -> Slot {
        self.specials[special as usize].get()
    }

    #[inline(always)]
    pub fn iternext(&self) -> Option<IterNext> {
        self.iternext.get()
    }

    #[inline(always)]
    pub fn layout(&self) -> LayoutId {
        self.layout.get()
    }

    #[inline(always)]
    pub fn dict(&self) -> Option<Ref<PyDict>> {
        self.dict.get().and_then(Value::downcast)
    }

    pub fn mro_tuple(&self) -> Option<Ref<PyTuple>> {
        self.mro.get().and_then(Value::downcast)
    }

    /// The classes in the order of resolution, this one first.
    pub fn mro(&self) -> impl Iterator<Item = Ref<PyType>> + use<> {
        let mro = self.mro_tuple();
        (0..mro.map_or(0, |m| m.len())).filter_map(move |i| mro?.get(i)?.downcast())
    }

    pub fn base(&self) -> Option<Ref<PyType>> {
        self.base.get().and_then(Value::downcast)
    }

    pub fn native_def(&self) -> Option<&'static TypeDef> {
        self.native.get()
    }

    /// What a native metaclass keeps of this class: the class's own, its subclasses don't inherit it.
    #[inline]
    pub fn extension(&self) -> Slot {
        self.extension.get()
    }
}

impl Ref<PyType> {
    /// For the native metaclass whose class this is.
    pub fn set_extension(self, value: Value) {
        self.extension.set(self, value);
    }

    /// Subclass by MRO, not asking `__subclasscheck__`.
    #[inline]
    pub fn is_subtype(self, other: Ref<PyType>) -> bool {
        self == other || self.mro_tuple().is_some_and(|m| m.as_slice().iter().any(|t| t.same_bits(other.value())))
    }

    /// The attribute of the class or one of its bases, not bound.
    pub fn lookup_uncached(self, vm: &Vm, name: Ref<PyStr>) -> Slot {
        self.mro().find_map(|t| t.dict()?.get_str(vm, name))
    }

    /// [`Ref::lookup_uncached`] through the method cache. `name` is interned.
    #[inline]
    pub fn lookup(self, vm: &Vm, name: Ref<PyStr>) -> Slot {
        vm.method_cache.lookup(vm, self, name)
    }

    /// The version of the class's attributes; asked for, it stays until one of them changes.
    #[inline]
    pub fn version(self, vm: &Vm) -> u32 {
        if self.version.get() == 0 {
            self.version.set(vm.next_type_version());
        }
        self.version.get()
    }

    /// The shape that a new instance gets.
    #[inline(always)]
    pub fn root_shape(self) -> u32 {
        self.root_shape.get()
    }

    /// An instance needed more slots than it has in place: later ones get more.
    pub(crate) fn learn_inline(self, vm: &Vm, needed: u16) -> PyResult<()> {
        if self.layout.get() == INSTANCE && needed > self.inline.get() && needed <= MAX_INLINE {
            let inline = (needed + needed / 2).min(MAX_INLINE);
            self.inline.set(inline);
            self.root_shape.set(vm.shapes.add_root(vm, self, ShapeKind::Slots, inline)?.id);
        }
        Ok(())
    }

    /// The shape of instances whose attributes are in a dict.
    pub(crate) fn dict_shape(self, vm: &Vm, inline: u16) -> PyResult<&'static Shape> {
        if self.dict_shape.get() != 0 {
            let shape = vm.shapes.get(self.dict_shape.get());
            if shape.inline == inline {
                return Ok(shape);
            }
        }
        let shape = vm.shapes.add_root(vm, self, ShapeKind::Dict, inline)?;
        self.dict_shape.set(shape.id);
        Ok(shape)
    }

    /// Calls `f` with each direct subclass.
    pub fn each_subclass(self, mut f: impl FnMut(Ref<PyType>)) {
        if let Some(list) = self.subclasses.get().and_then(Value::downcast::<PyList>) {
            for i in 0..list.len() {
                if let Some(t) = list.get(i).and_then(Value::downcast::<PyType>) {
                    f(t);
                }
            }
        }
    }

    pub(crate) fn add_subclass(self, vm: &Vm, class: Ref<PyType>) -> PyResult<()> {
        let list = match self.subclasses.get().and_then(Value::downcast::<PyList>) {
            Some(list) => list,
            None => {
                let list = PyList::new(vm, &[])?;
                self.subclasses.set(self, list.value());
                list
            }
        };
        if list.as_slice().iter().any(|t| t.same_bits(class.value())) {
            return Ok(());
        }
        list.push(vm, class.value())
    }

    pub(crate) fn remove_subclass(self, class: Ref<PyType>) {
        if let Some(list) = self.subclasses.get().and_then(Value::downcast::<PyList>)
            && let Some(i) = list.as_slice().iter().position(|t| t.same_bits(class.value()))
        {
            list.remove_at(i);
        }
    }

    /// An attribute of the class changed (`name` interned; `None`: anything may have): caches and special methods of
    /// it and its subclasses follow.
    pub fn modified(self, vm: &Vm, name: Option<Ref<PyStr>>) {
        self.refresh(vm, name);
        // Classes that have this one in their MRO by a `mro()` of their metaclass's, and not as a base.
        if let Some(odd) = vm.kept(&create::ODD_MRO).and_then(Value::downcast::<crate::types::list::PyList>) {
            let mut i = 0;
            while let Some(class) = odd.get(i) {
                if let Some(class) = class.downcast::<PyType>().filter(|c| *c != self && c.mro().any(|t| t == self)) {
                    class.refresh(vm, name);
                }
                i += 1;
            }
        }
    }

    /// What caches know of this class and its subclasses is void.
    fn void_versions(self) {
        self.version.set(0);
        self.each_subclass(Ref::void_versions);
    }

    fn refresh(self, vm: &Vm, name: Option<Ref<PyStr>>) {
        self.version.set(0);
        match name {
            Some(name) => {
                if let Some(special) = Special::from_aux(name.obj().header().aux()) {
                    let found = self.lookup_uncached(vm, name);
                    self.set_special(special, found);
                }
            }
            None => self.find_all_specials(vm),
        }
        self.each_subclass(|t| t.refresh(vm, name));
    }

    fn set_special(self, special: Special, value: Slot) {
        self.specials[special as usize].set(self, value);
        match special {
            Special::Next => {
                // A native `__next__` is its type's `iternext`; any other is called.
                let native = value.and_then(Value::downcast::<PyNativeFunction>);
                let iternext = match native {
                    Some(f) if f.is_native_next() => self.native.get().and_then(|d| d.iternext),
                    _ => None,
                };
                self.iternext.set(iternext);
            }
            Special::GetAttribute | Special::GetAttr => {
                let plain = self.special(Special::GetAttr).is_none()
                    && self
                        .special(Special::GetAttribute)
                        .and_then(Value::downcast::<PyNativeFunction>)
                        .is_some_and(|f| f.is_object_getattribute());
                self.set_flag(type_flags::PLAIN_GETATTR, plain);
            }
            Special::SetAttr | Special::DelAttr => {
                let plain = [Special::SetAttr, Special::DelAttr].into_iter().all(|s| {
                    self.special(s).and_then(Value::downcast::<PyNativeFunction>).is_some_and(|f| f.is_object_setattr())
                });
                self.set_flag(type_flags::PLAIN_SETATTR, plain);
            }
            Special::Del => self.set_flag(type_flags::HAS_DEL, value.is_some()),
            _ => {}
        }
    }

    pub fn set_flag(self, flag: u32, on: bool) {
        let flags = self.flags.get();
        self.flags.set(if on { flags | flag } else { flags & !flag });
    }

    /// Fills the table of special methods from the dicts along the MRO.
    pub(crate) fn find_all_specials(self, vm: &Vm) {
        for special in Special::all() {
            let found = self.lookup_uncached(vm, vm.special_name(special));
            self.set_special(special, found);
        }
    }

    /// [`Ref::find_all_specials`] for a new class with one base: the base's, but for what its own dict says.
    pub(crate) fn inherit_specials(self, base: Ref<PyType>) {
        for special in Special::all() {
            self.set_special(special, base.special(special));
        }
        if let Some(dict) = self.dict() {
            let mut position = 0;
            while let Some((key, value)) = dict.next_item(&mut position) {
                if let Some(special) = key.downcast::<PyStr>().and_then(|s| Special::from_aux(s.obj().header().aux())) {
                    self.set_special(special, Some(value));
                }
            }
        }
    }

    /// The shell of a native type: its dict is filled later, by [`fill_native`].
    pub(crate) fn new_native(vm: &Vm, id: u32, def: &'static TypeDef, bases: &[Ref<PyType>]) -> PyResult<Ref<PyType>> {
        let class: Ref<PyType> = vm.alloc(shape::type_)?;
        let base = bases.first().copied();
        class.native.set(Some(def));
        class.layout.set(def.layout.or(base.map(|b| b.layout.get())).unwrap_or(INSTANCE));
        class.flags.set(def.flags | type_flags::IMMUTABLE | base.map_or(0, |b| b.flags.get() & INHERITED_FLAGS));
        class.base.init(base.map(Ref::value));
        let bases_tuple = native_tuple(vm, bases.iter().map(|b| b.value()))?;
        class.bases.set(class, bases_tuple.value());
        let linear = match bases {
            [] => native_tuple(vm, std::iter::once(class.value()))?,
            [base] => native_tuple(vm, std::iter::once(class.value()).chain(base.mro().map(Ref::value)))?,
            _ => mro::linearise(vm, class)?,
        };
        class.mro.set(class, linear.value());
        class.root_shape.set(id);
        vm.shapes.set_builtin(id, class);
        Ok(class)
    }

    /// Fills a native type's dict from its definition.
    pub(crate) fn fill_native(self, vm: &Vm) -> PyResult<()> {
        let Some(def) = self.native.get() else { return Ok(()) };
        let name = vm.intern(def.name)?;
        self.name.set(self, name.value());
        self.qualname.set(self, name.value());
        let dict = PyDict::new(vm)?;
        self.dict.set(self, dict.value());
        let mut has_eq = false;
        let mut has_hash = false;
        for method in def.methods.iter().copied().flatten() {
            has_eq |= method.name == "__eq__";
            has_hash |= method.name == "__hash__";
            let name = vm.intern(method.name)?;
            dict.set_str(vm, name, PyNativeFunction::new_named_method(vm, method, name, self)?)?;
        }
        if let Some(base) = self.base()
            && self.layout() == crate::object::layout::EXCEPTION
            && crate::types::exception::has_own_new(def.name)
            && dict.get_str(vm, vm.special_name(Special::New)).is_none()
            && let Some(new) = base.special(Special::New).and_then(Value::downcast::<PyNativeFunction>)
        {
            dict.set_str(vm, vm.special_name(Special::New), PyNativeFunction::new_method(vm, new.def(), self)?)?;
        }
        if def.iternext.is_some() {
            let next = PyNativeFunction::new_method(vm, &crate::types::native_function::NEXT, self)?;
            dict.set_str(vm, vm.special_name(Special::Next), next)?;
        }
        if has_eq && !has_hash {
            dict.set_str(vm, vm.special_name(Special::Hash), Value::NONE)?;
        }
        for attribute in def.getset {
            let descriptor = crate::types::getset::PyGetSet::new(vm, attribute, self)?;
            dict.set_name(vm, attribute.name, descriptor.value())?;
        }
        let doc = match def.doc {
            Some(doc) => vm.new_str(doc)?.value(),
            None => Value::NONE,
        };
        if dict.get_str(vm, vm.names.__doc__).is_none() {
            dict.set_str(vm, vm.names.__doc__, doc)?;
        }
        if def.module != "builtins" && dict.get_str(vm, vm.names.__module__).is_none() {
            let module = vm.intern(def.module)?;
            dict.set_str(vm, vm.names.__module__, module.value())?;
        }
        match self.bases.get().and_then(Value::downcast::<PyTuple>) {
            Some(bases) if bases.len() == 1 => {
                if let Some(base) = self.base() {
                    self.inherit_specials(base);
                }
            }
            _ => self.find_all_specials(vm),
        }
        for base in self.bases.get().and_then(Value::downcast::<PyTuple>).iter().flat_map(|b| b.as_slice().to_vec()) {
            if let Some(base) = base.downcast::<PyType>() {
                base.add_subclass(vm, self)?;
            }
        }
        Ok(())
    }
}

/// Flags that a native type takes from its base.
const INHERITED_FLAGS: u32 = type_flags::HAS_DICT
    | type_flags::WEAKREFABLE
    | type_flags::SEQUENCE
    | type_flags::MAPPING
    | type_flags::MATCH_SELF
    | type_flags::IS_TYPE
    | type_flags::IS_EXCEPTION;

/// Flags that a class statement's class takes from its base.
pub(crate) const HEAP_INHERITED_FLAGS: u32 = INHERITED_FLAGS | type_flags::DISALLOW_NEW;

fn native_tuple(vm: &Vm, items: impl Iterator<Item = Value>) -> PyResult<Ref<PyTuple>> {
    let v = crate::types::array::ValueVec::new();
    for item in items {
        v.push(vm, item)?;
    }
    PyTuple::new_with_shape(vm, shape::tuple, v.as_slice(), 0)
}

impl Vm {
    /// The class of any value.
    #[inline(always)]
    pub fn type_of(&self, v: Value) -> Ref<PyType> {
        match v.as_obj() {
            Some(obj) => self.shapes.get(obj.shape_id()).class.get(),
            None => self.type_of_immediate(v),
        }
    }

    #[inline]
    fn type_of_immediate(&self, v: Value) -> Ref<PyType> {
        if v.is_small_int() {
            self.types.int
        } else if v.is_float() {
            self.types.float
        } else if v.is_bool() {
            self.types.bool
        } else if v.is_none() {
            self.types.none_type
        } else if v.same_bits(Value::NOT_IMPLEMENTED) {
            self.types.not_implemented_type
        } else {
            self.types.ellipsis
        }
    }

    /// Some values have become descriptors, or are none any more. Any class may have them: no cache holds.
    pub(crate) fn descriptors_changed(&self) {
        self.void_shape_caches();
        self.types.object.void_versions();
    }

    /// `isinstance` by MRO, not asking `__instancecheck__` or `__class__`.
    #[inline]
    pub fn is_instance(&self, v: Value, class: Ref<PyType>) -> bool {
        self.type_of(v).is_subtype(class)
    }

    /// A new native type for a module, made at run time from its definition. Its class is `meta`: `type`, or a native metaclass.
    pub fn new_native_type(
        &self,
        meta: Ref<PyType>,
        def: &'static TypeDef,
        bases: &[Ref<PyType>],
    ) -> PyResult<Ref<PyType>> {
        let bases = if bases.is_empty() { &[self.types.object][..] } else { bases };
        let class: Ref<PyType> = self.alloc(meta.root_shape())?;
        let shape = self.shapes.add_root(self, class, ShapeKind::Slots, 0)?;
        class.native.set(Some(def));
        class.layout.set(def.layout.or(bases.first().map(|b| b.layout.get())).unwrap_or(INSTANCE));
        let inherited = bases.first().map_or(0, |b| b.flags.get() & INHERITED_FLAGS);
        class.flags.set(def.flags | type_flags::IMMUTABLE | inherited);
        class.root_shape.set(shape.id);
        class.base.init(bases.first().map(|b| b.value()));
        let tuple = native_tuple(self, bases.iter().map(|b| b.value()))?;
        class.bases.set(class, tuple.value());
        let linear = mro::linearise(self, class)?;
        class.mro.set(class, linear.value());
        class.fill_native(self)?;
        Ok(class)
    }
}
