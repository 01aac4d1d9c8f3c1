//! `weakref.ref` and the proxies (in [`proxy`]): references that don't keep their object alive.
//!
//! The heap clears the word that names the target when that has died, and queues the references that have a callback;
//! [`run_callbacks`] then calls them. Which references an object has is looked up in [`index`].

mod index;
pub mod proxy;
pub(crate) mod shared;

use std::cell::Cell;

use crate::object::def::{GetSetDef, MethodDef, TypeDef, type_flags};
use crate::object::layout::WEAKREF;
use crate::object::{Args, Field, Header, HeapType, LayoutId, Obj, Ref};
use crate::protocol::compare::Compare;
use crate::state::Vm;
use crate::types::array::ValueVec;
use crate::types::shape;
use crate::types::str::PyStr;
use crate::types::type_object::PyType;
use crate::value::{Slot, Value};
use crate::{PyResult, getset, method};

pub use proxy::{CALLABLE_PROXY_DEF, PROXY_DEF};

#[repr(C)]
pub struct PyWeakRef {
    header: Header,
    attrs: Field,
    /// The target's address; 0 once it is dead. Not traced.
    target: Cell<u64>,
    callback: Field,
    /// The target's hash, once asked for; then `hashed` is 1.
    hash: Cell<i64>,
    hashed: Cell<u64>,
}

// SAFETY: repr(C), header first; the words that are no fields are left out by the type's own trace.
unsafe impl HeapType for PyWeakRef {
    const LAYOUT: LayoutId = WEAKREF;
}

/// Where the heap finds the word that it clears.
const TARGET_OFFSET: u32 = std::mem::offset_of!(PyWeakRef, target) as u32;

/// Traces all but the target.
pub(crate) unsafe fn trace(obj: std::ptr::NonNull<Header>, tracer: &mut brolga_heap::Tracer) {
    // SAFETY: the collector calls this for live cells of this layout.
    let this: Ref<PyWeakRef> = unsafe { Ref::from_ptr(obj) };
    for field in [&this.attrs, &this.callback] {
        if let Some(v) = field.get() {
            tracer.mark_value_word(v.bits());
        }
    }
}

impl PyWeakRef {
    fn target_obj(&self) -> Option<Obj> {
        match self.target.get() {
            0 => None,
            // SAFETY: the heap sets the word to 0 before the target's cell can be used for anything else.
            address => Some(unsafe { Obj::from_addr_unchecked(address as usize) }),
        }
    }

    /// The object, while it lives.
    pub fn target(&self) -> Slot {
        self.target_obj().map(Obj::value)
    }

    /// The target's hash, if it was asked for while it lived.
    pub fn known_hash(&self) -> Option<i64> {
        (self.hashed.get() != 0).then(|| self.hash.get())
    }

    pub(crate) fn keep_hash(&self, hash: i64) {
        self.hash.set(hash);
        self.hashed.set(1);
    }

    fn is_plain(&self) -> bool {
        self.callback.is_empty()
    }
}

/// A new reference of the class `class` (which may be a proxy's).
fn make(vm: &Vm, class: Ref<PyType>, object: Value, callback: Slot) -> PyResult<Ref<PyWeakRef>> {
    let of = vm.type_of(object);
    let target = object.as_obj().filter(|_| of.has_flag(type_flags::WEAKREFABLE));
    let Some(target) = target else {
        return Err(vm.type_error(format!("cannot create weak reference to '{}' object", of.tp_name())));
    };
    let this = vm.alloc_instance::<PyWeakRef>(class)?;
    this.callback.set(this, callback);
    this.target.set(target.addr() as u64);
    // SAFETY: both are live cells, and the word lies inside the reference.
    let registered =
        unsafe { vm.heap.weak_register(this.obj().as_ptr(), TARGET_OFFSET, target.as_ptr(), callback.is_some()) };
    if registered.is_err() {
        this.target.set(0);
        return Err(vm.memory_error());
    }
    index::add(vm, target, this)?;
    Ok(this)
}

/// `weakref.ref(object)`: the object's one reference of this class without a callback.
pub fn plain(vm: &Vm, class: Ref<PyType>, object: Value) -> PyResult<Ref<PyWeakRef>> {
    let Some(target) = object.as_obj() else { return make(vm, class, object, None) };
    let is_shared = class == vm.types.weakref;
    if is_shared && let Some(known) = vm.shared_refs.find(target) {
        return Ok(known);
    }
    let found = match index::find(vm, target, |r| vm.type_of(r.value()) == class && r.is_plain())? {
        Some(existing) => existing,
        None => make(vm, class, object, None)?,
    };
    if is_shared {
        vm.shared_refs.remember(target, found);
    }
    Ok(found)
}

/// `weakref.ref(object, callback)`.
pub fn new_ref(vm: &Vm, object: Value, callback: Slot) -> PyResult<Ref<PyWeakRef>> {
    match callback {
        None => plain(vm, vm.types.weakref, object),
        callback => make(vm, vm.types.weakref, object, callback),
    }
}

/// `weakref.proxy(object, callback)`.
pub fn new_proxy(vm: &Vm, object: Value, callback: Slot) -> PyResult<Ref<PyWeakRef>> {
    let class = if vm.is_callable(object) { vm.types.weak_callable_proxy } else { vm.types.weak_proxy };
    match callback {
        None => plain(vm, class, object),
        callback => make(vm, class, object, callback),
    }
}

/// `weakref.getweakrefs(object)`.
pub fn refs_of(vm: &Vm, object: Value) -> PyResult<ValueVec> {
    let found = ValueVec::new();
    if let Some(target) = object.as_obj() {
        index::find(vm, target, |r| {
            // Memory for one more entry is the only thing that can fail; then the list is cut.
            if let Err(raised) = found.push(vm, r.value()) {
                vm.take_raised(raised);
            }
            false
        })?;
    }
    // The one that all share comes first.
    let plain = |v: &Value| {
        vm.type_of(*v) == vm.types.weakref && v.downcast::<PyWeakRef>().is_some_and(|r| r.callback.is_empty())
    };
    if let Some(at) = found.as_slice().iter().position(plain) {
        let ordered = ValueVec::new();
        ordered.push(vm, found.get(at).unwrap_or(Value::NONE))?;
        for i in (0..found.len()).filter(|i| *i != at) {
            ordered.push(vm, found.get(i).unwrap_or(Value::NONE))?;
        }
        return Ok(ordered);
    }
    Ok(found)
}

/// `__weakref__`: the object's first reference, or None.
pub fn first_weakref(vm: &Vm, object: Value) -> PyResult<Slot> {
    match object.as_obj() {
        Some(target) => Ok(index::find(vm, target, |_| true)?.map(Ref::value)),
        None => Ok(None),
    }
}

/// Calls the callbacks of references whose targets have died: at a poll.
pub fn run_callbacks(vm: &Vm) {
    while let Some(cell) = vm.heap.take_cleared_weaks() {
        // SAFETY: the heap gives a live cell.
        let cell = unsafe { Obj::from_ptr(cell) };
        let Some(this) = cell.downcast::<PyWeakRef>() else { continue };
        let Some(callback) = this.callback.get() else { continue };
        this.callback.set(this, None);
        if let Err(raised) = vm.call(callback, &[this.value()]) {
            let e = vm.take_raised(raised);
            let callback = match vm.repr_lossy(callback) {
                Ok(text) => text,
                Err(raised) => {
                    vm.take_raised(raised);
                    "<object repr() failed>".to_owned()
                }
            };
            let message = format!("Exception ignored while calling weakref callback {callback}");
            crate::types::exception::unraisable::report(vm, e, Value::NONE, Some(&message));
        }
    }
}

fn arguments(vm: &Vm, args: &Args<'_>, function: &str) -> PyResult<(Value, Slot)> {
    match args.rest {
        [object] => Ok((*object, None)),
        [object, callback] => Ok((*object, Some(*callback).filter(|c| !c.is_none()))),
        [] => Err(vm.type_error(format!("{function} expected at least 1 argument, got 0"))),
        more => Err(vm.type_error(format!("{function} expected at most 2 arguments, got {}", more.len()))),
    }
}

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyWeakRef>> {
    let class: Ref<PyType> = args.get(0).downcast().ok_or_else(|| vm.type_error("a class is required"))?;
    let (object, callback) = arguments(vm, args, "__new__")?;
    if class == vm.types.weakref {
        if !args.kw.is_empty() {
            return Err(vm.type_error("ref() takes no keyword arguments"));
        }
        return new_ref(vm, object, callback);
    }
    make(vm, class, object, callback)
}

fn init(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    arguments(vm, args, "__init__").map(|_| ())
}

fn call(_: &Vm, this: Ref<PyWeakRef>) -> Slot {
    this.target()
}

pub(crate) fn hash(vm: &Vm, this: Ref<PyWeakRef>) -> PyResult<i64> {
    if let Some(known) = this.known_hash() {
        return Ok(known);
    }
    let target = this.target().ok_or_else(|| vm.type_error("weak object has gone away"))?;
    let hash = vm.hash(target)?;
    this.keep_hash(hash);
    Ok(hash)
}

fn compare(vm: &Vm, this: Ref<PyWeakRef>, other: Value, op: Compare) -> PyResult<Value> {
    let Some(other) = other.downcast::<PyWeakRef>().filter(|o| vm.is_instance(o.value(), vm.types.weakref)) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    match (this.target(), other.target()) {
        (Some(a), Some(b)) => vm.compare(a, b, op),
        _ => Ok(Value::from_bool((this == other) == (op == Compare::Eq))),
    }
}

fn eq(vm: &Vm, this: Ref<PyWeakRef>, other: Value) -> PyResult<Value> {
    compare(vm, this, other, Compare::Eq)
}

fn ne(vm: &Vm, this: Ref<PyWeakRef>, other: Value) -> PyResult<Value> {
    compare(vm, this, other, Compare::Ne)
}

fn repr(vm: &Vm, this: Ref<PyWeakRef>) -> PyResult<String> {
    let at = this.addr();
    let Some(target) = this.target() else { return Ok(format!("<weakref at {at:#x}; dead>")) };
    let class = vm.type_full_name(vm.type_of(target));
    let to = vm.id_of(target);
    // By its class only, past any `__getattr__`.
    let found = match vm.type_of(target).lookup(vm, vm.names.__name__) {
        Some(found) => vm.descriptor_get(found, Some(target), vm.type_of(target).value())?.or(Some(found)),
        None => None,
    };
    let name = found.and_then(Value::downcast::<PyStr>);
    Ok(match name {
        Some(name) => format!("<weakref at {at:#x}; to '{class}' at {to:#x} ({})>", name.to_lossy()),
        None => format!("<weakref at {at:#x}; to '{class}' at {to:#x}>"),
    })
}

fn callback(_: &Vm, this: Ref<PyWeakRef>) -> Slot {
    this.target().and(this.callback.get())
}

const METHODS: &[MethodDef] = &[
    method!("__new__", "($type, *args, **kwargs)", new).static_(),
    method!("__init__", "($self, /, *args, **kwargs)", init),
    method!("__call__", 1, call),
    method!("__hash__", 1, hash),
    method!("__eq__", 2, eq),
    method!("__ne__", 2, ne),
    method!("__repr__", 1, repr),
    method!("__class_getitem__", 2, crate::types::generic_alias::class_getitem).class().doc("See PEP 585"),
];
const GETSET: &[GetSetDef] = &[getset!("__callback__", callback).member()];

pub static DEF: TypeDef = TypeDef {
    module: "weakref",
    layout: Some(WEAKREF),
    flags: type_flags::BASETYPE,
    methods: &[METHODS],
    getset: GETSET,
    ..TypeDef::new("ReferenceType")
};

/// The shapes of exact references, for those who ask.
pub fn is_exact_ref(v: Value) -> bool {
    v.as_obj().is_some_and(|o| o.shape_id() == shape::weakref)
}
