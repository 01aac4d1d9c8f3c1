//! Native functions and methods: `builtin_function_or_method`, `method_descriptor`, `wrapper_descriptor`,
//! `method-wrapper` and `classmethod_descriptor` are one struct; the shape tells which.

use std::cell::Cell;

use crate::object::def::{Func, MethodDef, MethodKind, TypeDef, type_flags};
use crate::object::layout::NATIVE_FUNCTION;
use crate::object::{Field, Header, HeapType, LayoutId, Params, Ref};
use crate::state::Vm;
use crate::state::names::Special;
use crate::types::shape;
use crate::types::str::PyStr;
use crate::types::type_object::PyType;
use crate::value::{Slot, Value};
use crate::{PyResult, getset, method};

#[repr(C)]
pub struct PyNativeFunction {
    header: Header,
    attrs: Field,
    def: Cell<Option<&'static MethodDef>>,
    /// The class that defines a method; for a `__new__`, too.
    pub(crate) owner: Field,
    /// What a bound one is bound to (a module, for a module's function; a class, for `__new__`).
    pub(crate) receiver: Field,
    /// `__module__`.
    pub(crate) module: Field,
}

// SAFETY: repr(C), header first; beside fields the address of static data.
unsafe impl HeapType for PyNativeFunction {
    const LAYOUT: LayoutId = NATIVE_FUNCTION;
}

/// Where compiled code finds a native function's definition, and what it is bound to.
pub const DEF_OFFSET: usize = std::mem::offset_of!(PyNativeFunction, def);
pub const RECEIVER_OFFSET: usize = std::mem::offset_of!(PyNativeFunction, receiver);

/// `__next__` of every native iterator.
pub static NEXT: MethodDef = method!("__next__", 1, native_next);

fn native_next(vm: &Vm, this: Value) -> PyResult<Value> {
    let Some(next) = vm.type_of(this).native_def().and_then(|d| d.iternext) else {
        return Err(vm.type_error("object is not an iterator"));
    };
    match next(vm, this)? {
        Some(value) => Ok(value),
        None => Err(vm.stop_iteration(None)),
    }
}

static NO_DEF: MethodDef = method!("", 0, nothing);
fn nothing(_: &Vm) {}

impl PyNativeFunction {
    fn make(vm: &Vm, shape: u32, def: &'static MethodDef) -> PyResult<Ref<PyNativeFunction>> {
        let f: Ref<PyNativeFunction> = vm.alloc(shape)?;
        f.def.set(Some(def));
        Ok(f)
    }

    /// What stands in a native type's dict for a method.
    pub fn new_method(vm: &Vm, def: &'static MethodDef, owner: Ref<PyType>) -> PyResult<Value> {
        PyNativeFunction::new_named_method(vm, def, vm.intern(def.name)?, owner)
    }

    /// [`PyNativeFunction::new_method`]; `name` is the definition's, interned.
    pub(crate) fn new_named_method(
        vm: &Vm,
        def: &'static MethodDef,
        name: Ref<PyStr>,
        owner: Ref<PyType>,
    ) -> PyResult<Value> {
        let special = name.obj().header().aux() != 0;
        let shape = match def.kind {
            MethodKind::Class => shape::classmethod_descriptor,
            MethodKind::Static => shape::builtin_function,
            MethodKind::Method if special && !def.ordinary && is_slot_name(def.name) => shape::wrapper_descriptor,
            MethodKind::Method => shape::method_descriptor,
        };
        let f = PyNativeFunction::make(vm, shape, def)?;
        f.owner.init(owner.value());
        if def.kind == MethodKind::Static {
            if def.name == "__new__" {
                f.receiver.init(owner.value());
            } else {
                return Ok(crate::types::staticmethod::PyStaticMethod::new(vm, f.value())?.value());
            }
        }
        Ok(f.value())
    }

    /// A module's function.
    pub fn new_function(vm: &Vm, def: &'static MethodDef, module: Slot, name: Slot) -> PyResult<Ref<PyNativeFunction>> {
        let f = PyNativeFunction::make(vm, shape::builtin_function, def)?;
        f.receiver.init(module);
        f.module.init(name);
        Ok(f)
    }

    /// The method bound to `receiver`.
    pub fn bind(vm: &Vm, this: Ref<PyNativeFunction>, receiver: Value) -> PyResult<Value> {
        let shape = if this.is(shape::wrapper_descriptor) { shape::method_wrapper } else { shape::builtin_function };
        let f = PyNativeFunction::make(vm, shape, this.def())?;
        f.owner.init(this.owner.get());
        f.receiver.init(receiver);
        Ok(f.value())
    }

    #[inline(always)]
    pub fn def(&self) -> &'static MethodDef {
        self.def.get().unwrap_or(&NO_DEF)
    }

    #[inline(always)]
    pub fn is(&self, shape: u32) -> bool {
        self.header.tag() == shape
    }

    /// Takes its receiver as the first argument: found on a class, not bound.
    #[inline(always)]
    pub fn is_descriptor(&self) -> bool {
        self.is(shape::method_descriptor) || self.is(shape::wrapper_descriptor)
    }

    /// What to put before the arguments of a call.
    #[inline(always)]
    pub fn bound_receiver(&self) -> Slot {
        // A module's function and `__new__` have a receiver that they don't get.
        if self.owner.is_empty() || self.def().kind == MethodKind::Static { None } else { self.receiver.get() }
    }

    /// A class's static method, which is bound to nothing.
    fn is_static_method(&self) -> bool {
        self.is(shape::builtin_function)
            && self.def().kind == MethodKind::Static
            && self.receiver.is_empty()
            && !self.owner.is_empty()
    }

    /// What a function that is no module's is got from: a bound one's receiver, a static method's class.
    fn found_on(&self) -> Slot {
        let owner = if self.is_static_method() { self.owner.get() } else { None };
        let receiver = self.receiver.get().filter(|r| r.downcast::<crate::types::module::PyModule>().is_none());
        receiver.or(owner)
    }

    /// A class method's first argument has to be its class, or a subclass of it.
    pub(crate) fn check_class(&self, vm: &Vm, class: Value) -> PyResult<()> {
        let (name, owner) = (self.def().name, self.owner_type());
        let owner_name = owner.map(|t| t.tp_name()).unwrap_or_default();
        let Some(found) = class.downcast::<PyType>() else {
            let given = vm.tp_name(class);
            return Err(vm.type_error(format!(
                "descriptor '{name}' for type '{owner_name}' needs a type, not a '{given}' as arg 2"
            )));
        };
        if owner.is_some_and(|owner| !found.is_subtype(owner)) {
            return Err(vm.type_error(format!(
                "descriptor '{name}' requires a subtype of '{owner_name}' but received '{}'",
                found.tp_name()
            )));
        }
        Ok(())
    }

    /// `__module__`, of a module's function.
    pub fn module_name(&self) -> Slot {
        self.module.get()
    }

    /// A function that was made before its module gets it.
    pub fn set_module_object(this: Ref<PyNativeFunction>, module: Value) {
        this.receiver.set(this, Some(module));
    }

    pub fn owner_type(&self) -> Option<Ref<PyType>> {
        self.owner.get()?.downcast()
    }

    pub fn is_native_next(&self) -> bool {
        std::ptr::eq(self.def(), &NEXT)
    }

    pub fn is_object_getattribute(&self) -> bool {
        std::ptr::eq(self.def(), &crate::types::object::PLAIN_ACCESS[0])
    }

    pub fn is_object_setattr(&self) -> bool {
        std::ptr::eq(self.def(), &crate::types::object::PLAIN_ACCESS[1])
            || std::ptr::eq(self.def(), &crate::types::object::PLAIN_ACCESS[2])
    }

    pub fn params(&self) -> &'static Params {
        &self.def().params
    }
}

/// Special methods that CPython keeps as ordinary methods, not slots: they show as `method_descriptor`.
fn is_slot_name(name: &str) -> bool {
    !matches!(
        name,
        "__enter__"
            | "__exit__"
            | "__aenter__"
            | "__aexit__"
            | "__init_subclass__"
            | "__set_name__"
            | "__format__"
            | "__bytes__"
            | "__fspath__"
            | "__missing__"
            | "__length_hint__"
            | "__reversed__"
            | "__instancecheck__"
            | "__subclasscheck__"
            | "__class_getitem__"
            | "__dir__"
            | "__sizeof__"
            | "__reduce__"
            | "__reduce_ex__"
            | "__complex__"
            | "__round__"
            | "__trunc__"
            | "__floor__"
            | "__ceil__"
            | "__prepare__"
            | "__mro_entries__"
    )
}

fn name(vm: &Vm, this: Ref<PyNativeFunction>) -> PyResult<Ref<PyStr>> {
    vm.intern(this.def().name)
}

fn qualname(vm: &Vm, this: Ref<PyNativeFunction>) -> PyResult<String> {
    let name = this.def().name;
    Ok(match (this.owner_type(), this.receiver.get().and_then(Value::downcast::<PyType>)) {
        (Some(_), Some(class)) if this.is(shape::builtin_function) => format!("{}.{name}", vm.type_qualname(class)),
        (Some(owner), _) => format!("{}.{name}", vm.type_qualname(owner)),
        _ => name.to_owned(),
    })
}

/// The native type that it belongs to, or its module.
fn owner_name(this: Ref<PyNativeFunction>) -> Option<String> {
    match this.owner_type() {
        Some(class) => class.native_def().map(super::described::type_name),
        None => this.module.get().and_then(Value::downcast::<PyStr>).map(|m| m.to_lossy()),
    }
}

/// A special method, of which most types say the same.
fn is_slot(this: Ref<PyNativeFunction>) -> bool {
    this.is(shape::wrapper_descriptor) || this.is(shape::method_wrapper) || this.def().name == "__new__"
}

fn doc(vm: &Vm, this: Ref<PyNativeFunction>) -> PyResult<Value> {
    let slot = is_slot(this);
    let told = owner_name(this).and_then(|owner| super::described::doc(vm, &owner, this.def().name));
    match told.or(this.def().doc).or_else(|| super::slot_docs::of(this.def().name).filter(|_| slot)) {
        Some(doc) => Ok(vm.new_str(doc)?.value()),
        None => Ok(Value::NONE),
    }
}

fn text_signature(vm: &Vm, this: Ref<PyNativeFunction>) -> PyResult<Value> {
    let told =
        owner_name(this).and_then(|owner| super::described::signature(vm, &owner, this.def().name, is_slot(this)));
    if let Some(told) = told {
        return told.map_or(Ok(Value::NONE), |text| Ok(vm.new_str(&text)?.value()));
    }
    // Where no name has to be known, the text is, too.
    let implied = match (this.owner_type().is_some(), this.def().kind, this.params().count) {
        (true, MethodKind::Method, 1) => Some("($self, /)"),
        (true, MethodKind::Class, 1) => Some("($type, /)"),
        (false, _, 0) => Some("($module, /)"),
        _ => None,
    };
    match this.def().params.text.or(implied) {
        Some(text) => Ok(vm.new_str(text)?.value()),
        None => Ok(Value::NONE),
    }
}

fn module(_: &Vm, this: Ref<PyNativeFunction>) -> Slot {
    this.module.get()
}

fn set_module(_: &Vm, this: Ref<PyNativeFunction>, value: Slot) -> PyResult<()> {
    this.module.set(this, value);
    Ok(())
}

fn receiver(_: &Vm, this: Ref<PyNativeFunction>) -> Slot {
    this.receiver.get().or(this.is_static_method().then_some(Value::NONE))
}

fn objclass(_: &Vm, this: Ref<PyNativeFunction>) -> Slot {
    this.owner.get()
}

fn repr(vm: &Vm, this: Ref<PyNativeFunction>) -> PyResult<String> {
    let name = this.def().name;
    let owner = this.owner_type().map(|t| t.tp_name()).unwrap_or_default();
    Ok(if this.is(shape::wrapper_descriptor) {
        format!("<slot wrapper '{name}' of '{owner}' objects>")
    } else if this.is(shape::method_descriptor) || this.is(shape::classmethod_descriptor) {
        format!("<method '{name}' of '{owner}' objects>")
    } else {
        match this.found_on() {
            Some(r) => {
                let kind = if this.is(shape::method_wrapper) { "method-wrapper" } else { "built-in method" };
                format!(
                    "<{kind} {}{name}{} of {} object at {:#x}>",
                    quote(kind),
                    quote(kind),
                    vm.type_of(r).tp_name(),
                    vm.id_of(r)
                )
            }
            _ => format!("<built-in function {name}>"),
        }
    })
}

fn quote(kind: &str) -> &'static str {
    if kind == "method-wrapper" { "'" } else { "" }
}

fn get(vm: &Vm, args: &crate::object::Args<'_>) -> PyResult<Value> {
    let Some(this) = args.get(0).downcast::<PyNativeFunction>() else { return Ok(args.get(0)) };
    if this.is(shape::classmethod_descriptor) {
        let class = match (args.opt_not_none(2), args.opt_not_none(1)) {
            (Some(class), _) => class,
            (None, Some(object)) => vm.type_of(object).value(),
            (None, None) => {
                return Err(vm.type_error("__get__(None, None) is invalid"));
            }
        };
        this.check_class(vm, class)?;
        return PyNativeFunction::bind(vm, this, class);
    }
    match args.opt_not_none(1) {
        Some(obj) => {
            this.check_receiver(vm, obj)?;
            PyNativeFunction::bind(vm, this, obj)
        }
        // `None.__eq__`: the descriptor is bound to None when its class is None's.
        None if args.opt(2).is_some_and(|c| c.same_bits(vm.types.none_type.value())) => {
            PyNativeFunction::bind(vm, this, Value::NONE)
        }
        None => Ok(this.value()),
    }
}

impl PyNativeFunction {
    /// A method of a native type needs a receiver of that type.
    #[inline]
    pub fn check_receiver(&self, vm: &Vm, receiver: Value) -> PyResult<()> {
        match self.owner_type() {
            Some(owner) if !vm.type_of(receiver).is_subtype(owner) => Err(self.wrong_receiver(vm, receiver, owner)),
            _ => Ok(()),
        }
    }

    #[cold]
    fn wrong_receiver(&self, vm: &Vm, receiver: Value, owner: Ref<PyType>) -> crate::Raised {
        let (name, owner) = (self.def().name, owner.tp_name());
        let got = vm.type_of(receiver).tp_name();
        if self.is(shape::wrapper_descriptor) {
            vm.type_error(format!("descriptor '{name}' requires a '{owner}' object but received a '{got}'"))
        } else {
            vm.type_error(format!("descriptor '{name}' for '{owner}' objects doesn't apply to a '{got}' object"))
        }
    }
}

fn call(vm: &Vm, args: &crate::object::Args<'_>) -> PyResult<Value> {
    vm.call_again(args)
}

fn reduce(vm: &Vm, this: Ref<PyNativeFunction>) -> PyResult<Value> {
    match this.found_on() {
        Some(r) => {
            let getattr = vm.builtin(vm.intern("getattr")?)?;
            let name = vm.intern(this.def().name)?;
            let args = vm.new_tuple(&[r, name.value()])?;
            Ok(vm.new_tuple(&[getattr, args.value()])?.value())
        }
        _ => Ok(vm.intern(this.def().name)?.value()),
    }
}

fn descriptor_reduce(vm: &Vm, this: Ref<PyNativeFunction>) -> PyResult<Value> {
    if this.is(shape::classmethod_descriptor) {
        return Err(vm.type_error("cannot pickle 'classmethod_descriptor' object"));
    }
    let getattr = vm.builtin(vm.intern("getattr")?)?;
    let name = vm.intern(this.def().name)?;
    let args = vm.new_tuple(&[this.owner.get_or_none(), name.value()])?;
    Ok(vm.new_tuple(&[getattr, args.value()])?.value())
}

fn eq(_: &Vm, this: Ref<PyNativeFunction>, other: Value) -> Value {
    let Some(other) = other.downcast::<PyNativeFunction>() else { return Value::NOT_IMPLEMENTED };
    let same = std::ptr::eq(this.def(), other.def())
        && match (this.receiver.get(), other.receiver.get()) {
            (Some(a), Some(b)) => a.is(b),
            (None, None) => true,
            _ => false,
        };
    Value::from_bool(same)
}

fn hash(_: &Vm, this: Ref<PyNativeFunction>) -> i64 {
    let def = this.def() as *const MethodDef as i64;
    let receiver = this.receiver.get().map_or(0, |r| r.bits() as i64);
    (def >> 4) ^ receiver.rotate_right(4)
}

const COMMON: &[crate::object::GetSetDef] = &[
    getset!("__name__", name),
    getset!("__qualname__", qualname),
    getset!("__doc__", doc),
    getset!("__text_signature__", text_signature),
    getset!("__module__", module, set_module),
    getset!("__self__", receiver),
];
const WRAPPER: &[crate::object::GetSetDef] = &[
    getset!("__name__", name),
    getset!("__qualname__", qualname),
    getset!("__doc__", doc),
    getset!("__text_signature__", text_signature),
    getset!("__self__", receiver).member(),
    getset!("__objclass__", objclass),
];
const DESCRIPTOR: &[crate::object::GetSetDef] = &[
    getset!("__name__", name),
    getset!("__qualname__", qualname),
    getset!("__doc__", doc),
    getset!("__text_signature__", text_signature),
    getset!("__objclass__", objclass),
];
const CALL: &[crate::object::MethodDef] =
    &[method!("__call__", "($self, /, *args, **kwargs)", call), method!("__repr__", 1, repr)];
const COMPARE: &[crate::object::MethodDef] =
    &[method!("__eq__", 2, eq), method!("__hash__", 1, hash), method!("__reduce__", 1, reduce)];
const GET: &[crate::object::MethodDef] =
    &[method!("__get__", "($self, instance, owner=None, /)", get), method!("__reduce__", 1, descriptor_reduce)];

pub static BUILTIN_FUNCTION: TypeDef = TypeDef {
    layout: Some(NATIVE_FUNCTION),
    flags: type_flags::DISALLOW_NEW | type_flags::WEAKREFABLE,
    methods: &[CALL, COMPARE],
    getset: COMMON,
    ..TypeDef::new("builtin_function_or_method")
};
pub static METHOD_DESCRIPTOR: TypeDef = TypeDef {
    layout: Some(NATIVE_FUNCTION),
    flags: type_flags::DISALLOW_NEW | type_flags::METHOD_DESCRIPTOR,
    methods: &[CALL, GET],
    getset: DESCRIPTOR,
    ..TypeDef::new("method_descriptor")
};
pub static WRAPPER_DESCRIPTOR: TypeDef = TypeDef {
    layout: Some(NATIVE_FUNCTION),
    flags: type_flags::DISALLOW_NEW | type_flags::METHOD_DESCRIPTOR,
    methods: &[CALL, GET],
    getset: DESCRIPTOR,
    ..TypeDef::new("wrapper_descriptor")
};
pub static METHOD_WRAPPER: TypeDef = TypeDef {
    layout: Some(NATIVE_FUNCTION),
    flags: type_flags::DISALLOW_NEW,
    methods: &[CALL, COMPARE],
    getset: WRAPPER,
    ..TypeDef::new("method-wrapper")
};
pub static CLASSMETHOD_DESCRIPTOR: TypeDef = TypeDef {
    layout: Some(NATIVE_FUNCTION),
    flags: type_flags::DISALLOW_NEW,
    methods: &[CALL, GET],
    getset: DESCRIPTOR,
    ..TypeDef::new("classmethod_descriptor")
};

impl Vm {
    /// The interned name of a special method.
    pub fn special_name(&self, special: Special) -> Ref<PyStr> {
        self.special_names[special as usize]
    }

    /// Calls native code with arguments that already match its arity.
    #[inline(always)]
    pub(crate) fn invoke_fixed(&self, func: Func, args: &[Value]) -> Option<PyResult<Value>> {
        match (func, args) {
            (Func::F1(f), [a]) => Some(f(self, *a)),
            (Func::F2(f), [a, b]) => Some(f(self, *a, *b)),
            (Func::F3(f), [a, b, c]) => Some(f(self, *a, *b, *c)),
            (Func::F0(f), []) => Some(f(self)),
            _ => None,
        }
    }
}
