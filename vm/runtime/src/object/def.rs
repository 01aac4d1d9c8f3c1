//! The static tables that define native types and functions.
//!
//! A native type is one [`TypeDef`]; a function or method one [`MethodDef`], made by the macro [`method!`], which
//! wraps a plain Rust function with the conversions of its arguments ([`FromValue`](super::FromValue)) and its result
//! ([`IntoResult`](super::IntoResult)).

use super::LayoutId;
use super::args::{Args, Params};
use crate::PyResult;
use crate::state::Vm;
use crate::value::{Slot, Value};

/// The native code of a function. The numbered ones take exactly that many positional arguments (`self` included).
#[derive(Copy, Clone)]
pub enum Func {
    F0(fn(&Vm) -> PyResult<Value>),
    F1(fn(&Vm, Value) -> PyResult<Value>),
    F2(fn(&Vm, Value, Value) -> PyResult<Value>),
    F3(fn(&Vm, Value, Value, Value) -> PyResult<Value>),
    /// Arguments bound to the parameters of [`MethodDef::params`].
    V(fn(&Vm, &Args<'_>) -> PyResult<Value>),
}

/// What a function of floats computes, for compiled code: it gets and gives the numbers themselves. The function's own
/// code calls the same, and adds what it raises: where a result is not finite compiled code asks that one.
#[derive(Copy, Clone, Debug)]
pub enum Raw {
    Unary(extern "C" fn(f64) -> f64),
    Binary(extern "C" fn(f64, f64) -> f64),
    /// The square root, rounded as IEEE 754 has it; a NaN where the function raises.
    Sqrt,
    Abs,
    /// To an int: towards zero, down, up.
    Trunc,
    Floor,
    Ceil,
}

/// How a method is found on its type.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum MethodKind {
    /// `self` first. For a special name a `wrapper_descriptor`, else a `method_descriptor`. In a module: a function.
    Method,
    Class,
    Static,
}

/// A native function or method.
pub struct MethodDef {
    pub name: &'static str,
    pub func: Func,
    pub params: Params,
    pub kind: MethodKind,
    pub doc: Option<&'static str>,
    /// What errors about the arguments call the function, where that is not its own name.
    pub called: Option<&'static str>,
    /// An ordinary method in spite of its special name (C's `METH_COEXIST`).
    pub ordinary: bool,
    /// A `__new__`, whose first argument is to be a subclass of its owner.
    pub is_new: bool,
    pub raw: Option<Raw>,
}

impl MethodDef {
    pub const fn new(name: &'static str, func: Func, params: Params) -> MethodDef {
        MethodDef {
            name,
            func,
            params,
            kind: MethodKind::Method,
            doc: None,
            called: None,
            ordinary: false,
            is_new: false,
            raw: None,
        }
    }

    pub const fn ordinary(mut self) -> MethodDef {
        self.ordinary = true;
        self
    }

    pub const fn raw(mut self, raw: Raw) -> MethodDef {
        self.raw = Some(raw);
        self
    }

    pub const fn called(mut self, name: &'static str) -> MethodDef {
        self.called = Some(name);
        self
    }

    pub const fn class(mut self) -> MethodDef {
        self.kind = MethodKind::Class;
        self
    }

    /// As `__new__` is.
    pub const fn static_(mut self) -> MethodDef {
        self.kind = MethodKind::Static;
        self.is_new = matches!(self.name.as_bytes(), b"__new__");
        self
    }

    /// The `__text_signature__` of a function with a fixed number of arguments.
    pub const fn text(mut self, text: &'static str) -> MethodDef {
        self.params.text = Some(text);
        self
    }

    pub const fn doc(mut self, doc: &'static str) -> MethodDef {
        self.doc = Some(doc);
        self
    }
}

pub type Getter = fn(&Vm, Value) -> PyResult<Value>;
/// `None` deletes.
pub type Setter = fn(&Vm, Value, Slot) -> PyResult<()>;

/// A computed attribute of a native type.
pub struct GetSetDef {
    pub name: &'static str,
    pub get: Getter,
    pub set: Option<Setter>,
    /// Shown as `member_descriptor` rather than `getset_descriptor`.
    pub member: bool,
    pub doc: Option<&'static str>,
}

impl GetSetDef {
    pub const fn new(name: &'static str, get: Getter, set: Option<Setter>) -> GetSetDef {
        GetSetDef { name, get, set, member: false, doc: None }
    }

    pub const fn doc(mut self, doc: &'static str) -> GetSetDef {
        self.doc = Some(doc);
        self
    }

    pub const fn member(mut self) -> GetSetDef {
        self.member = true;
        self
    }
}

/// What a native type may do, beside its methods.
pub mod type_flags {
    /// May be subclassed.
    pub const BASETYPE: u32 = 1 << 0;
    /// Its attributes can't be set (all static native types).
    pub const IMMUTABLE: u32 = 1 << 1;
    /// Instances have a `__dict__` (their attributes are in shapes).
    pub const HAS_DICT: u32 = 1 << 2;
    /// Instances can be weakly referenced.
    pub const WEAKREFABLE: u32 = 1 << 3;
    /// `type(x)()` is a TypeError.
    pub const DISALLOW_NEW: u32 = 1 << 4;
    /// Made by a class statement or `type()`.
    pub const HEAP_TYPE: u32 = 1 << 5;
    pub const ABSTRACT: u32 = 1 << 6;
    /// Pattern matching.
    pub const SEQUENCE: u32 = 1 << 7;
    pub const MAPPING: u32 = 1 << 8;
    /// A class pattern with one positional sub-pattern matches the subject itself (`int(x)`).
    pub const MATCH_SELF: u32 = 1 << 9;
    /// Some class in the MRO defines `__del__`.
    pub const HAS_DEL: u32 = 1 << 10;
    /// Subclass of `type`, `BaseException`.
    pub const IS_TYPE: u32 = 1 << 11;
    pub const IS_EXCEPTION: u32 = 1 << 12;
    /// A function-like object whose `__get__` binds: its calls as a method need no bound-method object.
    pub const METHOD_DESCRIPTOR: u32 = 1 << 13;
    /// No class in the MRO beside native ones overrides `__getattribute__`: plain attribute lookup.
    pub const PLAIN_GETATTR: u32 = 1 << 14;
    pub const PLAIN_SETATTR: u32 = 1 << 15;
}

/// Advances an iterator: `Ok(None)` at its end, with no StopIteration made.
pub type IterNext = fn(&Vm, Value) -> PyResult<Slot>;

/// A native type.
pub struct TypeDef {
    /// The name, without module.
    pub name: &'static str,
    /// `__module__`; `"builtins"` for most.
    pub module: &'static str,
    /// The layout of its instances; `None`: its base's.
    pub layout: Option<LayoutId>,
    pub flags: u32,
    pub methods: &'static [&'static [MethodDef]],
    pub getset: &'static [GetSetDef],
    /// `__next__` of an iterator: gives `__iter__`-less fast iteration, and `__next__` raises StopIteration by it.
    pub iternext: Option<IterNext>,
    /// How its instances lend their memory.
    pub buffer: Option<crate::protocol::buffer::BufferProcs>,
    pub doc: Option<&'static str>,
}

impl TypeDef {
    /// A type with nothing but a name, for `TypeDef { methods: ..., ..TypeDef::new("name") }`.
    pub const fn new(name: &'static str) -> TypeDef {
        TypeDef {
            name,
            module: "builtins",
            layout: None,
            flags: 0,
            methods: &[],
            getset: &[],
            iternext: None,
            buffer: None,
            doc: None,
        }
    }
}

/// The six methods of comparison, by one `fn compare(vm: &Vm, this: T, other: Value, op: Compare) -> R`:
/// `methods: &[METHODS, comparisons!(compare)]`.
#[macro_export]
macro_rules! comparisons {
    ($f:path) => {
        &[
            $crate::comparisons!(@one "__lt__", Lt, $f),
            $crate::comparisons!(@one "__le__", Le, $f),
            $crate::comparisons!(@one "__eq__", Eq, $f),
            $crate::comparisons!(@one "__ne__", Ne, $f),
            $crate::comparisons!(@one "__gt__", Gt, $f),
            $crate::comparisons!(@one "__ge__", Ge, $f),
        ]
    };
    (@one $name:literal, $op:ident, $f:path) => {
        $crate::object::MethodDef::new(
            $name,
            $crate::object::Func::F2(|vm, a, b| {
                let this = $crate::object::FromValue::from_value(vm, a)?;
                let result = $f(vm, this, b, $crate::protocol::compare::Compare::$op);
                $crate::object::IntoResult::into_result(result, vm)
            }),
            $crate::object::Params::exact(2),
        )
    };
}

/// Defines a native function: `method!("name", arity, rust_function)` or `method!("name", "(signature)", rust_function)`.
///
/// - `method!("append", 2, list_append)`: exactly two positional arguments, the receiver counted. `list_append` is
///   `fn(&Vm, A, B) -> R` with `A`, `B`: [`FromValue`](crate::object::FromValue), `R`:
///   [`IntoResult`](crate::object::IntoResult). Arity 0 to 3.
/// - `method!("sort", "($self, /, *, key=None, reverse=False)", list_sort)`: bound to the parameters of the
///   signature, which is CPython's `__text_signature__`; `list_sort` is `fn(&Vm, &Args) -> R`. `$self`, `$cls` or
///   `$module` first as CPython's has it.
#[macro_export]
macro_rules! method {
    ($name:literal, 0, $f:path) => {
        $crate::object::MethodDef::new(
            $name,
            $crate::object::Func::F0(|vm| $crate::object::IntoResult::into_result($f(vm), vm)),
            $crate::object::Params::exact(0),
        )
    };
    ($name:literal, 1, $f:path) => {
        $crate::object::MethodDef::new(
            $name,
            $crate::object::Func::F1(|vm, a| {
                $crate::object::IntoResult::into_result($f(vm, $crate::object::FromValue::from_value(vm, a)?), vm)
            }),
            $crate::object::Params::exact(1),
        )
    };
    ($name:literal, 2, $f:path) => {
        $crate::object::MethodDef::new(
            $name,
            $crate::object::Func::F2(|vm, a, b| {
                $crate::object::IntoResult::into_result(
                    $f(
                        vm,
                        $crate::object::FromValue::from_value(vm, a)?,
                        $crate::object::FromValue::from_value(vm, b)?,
                    ),
                    vm,
                )
            }),
            $crate::object::Params::exact(2),
        )
    };
    ($name:literal, 3, $f:path) => {
        $crate::object::MethodDef::new(
            $name,
            $crate::object::Func::F3(|vm, a, b, c| {
                $crate::object::IntoResult::into_result(
                    $f(
                        vm,
                        $crate::object::FromValue::from_value(vm, a)?,
                        $crate::object::FromValue::from_value(vm, b)?,
                        $crate::object::FromValue::from_value(vm, c)?,
                    ),
                    vm,
                )
            }),
            $crate::object::Params::exact(3),
        )
    };
    ($name:literal, $signature:literal, $f:path) => {
        $crate::object::MethodDef::new(
            $name,
            $crate::object::Func::V(|vm, args| $crate::object::IntoResult::into_result($f(vm, args), vm)),
            const { $crate::object::Params::parse($signature) },
        )
    };
}

/// Defines a computed attribute: `getset!("name", getter)` or `getset!("name", getter, setter)`. The getter is
/// `fn(&Vm, A) -> R` (the receiver, any result), the setter `fn(&Vm, A, Slot) -> PyResult<()>`.
#[macro_export]
macro_rules! getset {
    ($name:literal, $get:path) => {
        $crate::object::GetSetDef::new(
            $name,
            |vm, a| {
                $crate::object::IntoResult::into_result($get(vm, $crate::object::FromValue::from_value(vm, a)?), vm)
            },
            None,
        )
    };
    ($name:literal, $get:path, $set:path) => {
        $crate::object::GetSetDef::new(
            $name,
            |vm, a| {
                $crate::object::IntoResult::into_result($get(vm, $crate::object::FromValue::from_value(vm, a)?), vm)
            },
            Some(|vm, a, v| $set(vm, $crate::object::FromValue::from_value(vm, a)?, v)),
        )
    };
}
