//! `typing.Union`, which is `types.UnionType`: `int | str`.

use crate::object::def::{GetSetDef, MethodDef, TypeDef, type_flags};
use crate::object::layout::UNION;
use crate::object::{Field, Header, HeapType, LayoutId, Ref};
use crate::state::Vm;
use crate::types::array::ValueVec;
use crate::types::dict::PyDict;
use crate::types::generic_alias::{self, PyGenericAlias, collect_parameters, type_repr};
use crate::types::shape;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::types::type_object::PyType;
use crate::value::{Slot, Value};
use crate::{PyResult, getset, method};

#[repr(C)]
pub struct PyUnion {
    header: Header,
    /// All members, in order.
    args: Field,
    /// A frozenset of those that can be hashed.
    hashable: Field,
    /// A tuple of those that can't; empty where there are none.
    unhashable: Field,
    parameters: Field,
}

// SAFETY: repr(C), header first, fields only.
unsafe impl HeapType for PyUnion {
    const LAYOUT: LayoutId = UNION;
}

impl PyUnion {
    pub fn args(&self, vm: &Vm) -> Ref<PyTuple> {
        self.args.get().and_then(Value::downcast).unwrap_or(*vm.empty_tuple)
    }

    fn unhashable(&self) -> Option<Ref<PyTuple>> {
        self.unhashable.get()?.downcast()
    }
}

/// The members, if the value is a union.
pub fn args_of(vm: &Vm, v: Value) -> Option<Ref<PyTuple>> {
    v.downcast::<PyUnion>().map(|u| u.args(vm))
}

/// Can it stand beside `|` without being asked?
fn is_unionable(vm: &Vm, v: Value) -> bool {
    v.is_none()
        || v.downcast::<PyType>().is_some()
        || v.downcast::<PyGenericAlias>().is_some()
        || v.downcast::<PyUnion>().is_some()
        || vm.type_of(v) == vm.types.type_alias
}

/// `a | b` of types; NotImplemented where one of them is none.
pub fn new(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
    if !is_unionable(vm, a) || !is_unionable(vm, b) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let builder = Builder::new(vm)?;
    builder.add(vm, a)?;
    builder.add(vm, b)?;
    builder.finish(vm)
}

/// `a | b` where one is a union already: a string is a forward reference.
fn union_or(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
    for v in [a, b] {
        if !is_unionable(vm, v) && v.downcast::<PyStr>().is_none() {
            return Ok(Value::NOT_IMPLEMENTED);
        }
    }
    let builder = Builder::new(vm)?;
    builder.add_checked(vm, a)?;
    builder.add_checked(vm, b)?;
    builder.finish(vm)
}

/// `Union[item]`.
pub fn from_item(vm: &Vm, item: Value) -> PyResult<Value> {
    let builder = Builder::new(vm)?;
    match item.downcast::<PyTuple>() {
        Some(tuple) => {
            for member in tuple.as_slice() {
                builder.add_checked(vm, *member)?;
            }
        }
        None => builder.add_checked(vm, item)?,
    }
    builder.finish(vm)
}

/// Gathers members, each once.
struct Builder {
    args: ValueVec,
    seen: Ref<PyDict>,
    unhashable: ValueVec,
}

impl Builder {
    fn new(vm: &Vm) -> PyResult<Builder> {
        Ok(Builder { args: ValueVec::new(), seen: vm.new_dict()?, unhashable: ValueVec::new() })
    }

    fn add(&self, vm: &Vm, member: Value) -> PyResult<()> {
        if member.is_none() {
            return self.add_one(vm, vm.types.none_type.value());
        }
        match member.downcast::<PyUnion>() {
            Some(union) => {
                for member in union.args(vm).as_slice() {
                    self.add_one(vm, *member)?;
                }
                Ok(())
            }
            None => self.add_one(vm, member),
        }
    }

    /// What is no obvious type is checked, and strings made forward references, by `typing`.
    fn add_checked(&self, vm: &Vm, member: Value) -> PyResult<()> {
        if member.is_none() || member.downcast::<PyType>().is_some() || member.downcast::<PyUnion>().is_some() {
            return self.add(vm, member);
        }
        let message = vm.new_str("Union[arg, ...]: each arg must be a type.")?;
        let checked = vm.call_method(vm.import("typing")?, "_type_check", &[member, message.value()])?;
        self.add(vm, checked)
    }

    fn add_one(&self, vm: &Vm, member: Value) -> PyResult<()> {
        match vm.suppress(vm.hash(member), vm.types.type_error)? {
            Some(hash) => {
                if self.seen.get_item_hashed(vm, member, hash)?.is_some() {
                    return Ok(());
                }
                self.seen.set_item_hashed(vm, member, hash, Value::NONE)?;
            }
            None => {
                for i in 0..self.unhashable.len() {
                    if let Some(other) = self.unhashable.get(i)
                        && vm.eq(other, member)?
                    {
                        return Ok(());
                    }
                }
                self.unhashable.push(vm, member)?;
            }
        }
        self.args.push(vm, member)
    }

    fn finish(self, vm: &Vm) -> PyResult<Value> {
        match self.args.as_slice() {
            [] => return Err(vm.type_error("Cannot take a Union of no types.")),
            [one] => return Ok(*one),
            _ => {}
        }
        let args = vm.new_tuple(self.args.as_slice())?;
        let hashable = vm.call(vm.types.frozenset.value(), &[self.seen.value()])?;
        let unhashable =
            if self.unhashable.is_empty() { None } else { Some(vm.new_tuple(self.unhashable.as_slice())?) };
        let union: Ref<PyUnion> = vm.alloc(shape::union)?;
        union.args.init(args.value());
        union.hashable.init(hashable);
        union.unhashable.init(unhashable.map(Ref::value));
        Ok(union.value())
    }
}

fn repr(vm: &Vm, this: Ref<PyUnion>) -> PyResult<String> {
    let mut out = String::new();
    for (i, member) in this.args(vm).as_slice().iter().enumerate() {
        if i > 0 {
            out.push_str(" | ");
        }
        out.push_str(&type_repr(vm, *member)?);
    }
    Ok(out)
}

fn hash(vm: &Vm, this: Ref<PyUnion>) -> PyResult<i64> {
    if let Some(unhashable) = this.unhashable() {
        // The first says why.
        for member in unhashable.as_slice() {
            vm.hash(*member)?;
        }
        return Err(vm.type_error(format!(
            "union contains {} unhashable element{}",
            unhashable.len(),
            if unhashable.len() == 1 { "" } else { "s" }
        )));
    }
    vm.hash(this.hashable.get_or_none())
}

fn eq(vm: &Vm, this: Ref<PyUnion>, other: Value) -> PyResult<Value> {
    let Some(other) = other.downcast::<PyUnion>() else { return Ok(Value::NOT_IMPLEMENTED) };
    if !vm.eq(this.hashable.get_or_none(), other.hashable.get_or_none())? {
        return Ok(Value::FALSE);
    }
    let (a, b) = (this.unhashable(), other.unhashable());
    let (a, b) = (a.as_ref().map_or(&[][..], |t| t.as_slice()), b.as_ref().map_or(&[][..], |t| t.as_slice()));
    Ok(Value::from_bool(a.len() == b.len() && subset(vm, a, b)? && subset(vm, b, a)?))
}

fn subset(vm: &Vm, a: &[Value], b: &[Value]) -> PyResult<bool> {
    'members: for x in a {
        for y in b {
            if vm.eq(*x, *y)? {
                continue 'members;
            }
        }
        return Ok(false);
    }
    Ok(true)
}

fn parameters(vm: &Vm, this: Ref<PyUnion>) -> PyResult<Ref<PyTuple>> {
    if let Some(found) = this.parameters.get().and_then(Value::downcast::<PyTuple>) {
        return Ok(found);
    }
    let found = collect_parameters(vm, this.args(vm).as_slice())?;
    this.parameters.set(this, found.value());
    Ok(found)
}

fn getitem(vm: &Vm, this: Ref<PyUnion>, item: Value) -> PyResult<Value> {
    let args = generic_alias::substitute(vm, this.value(), this.args(vm), parameters(vm, this)?, item)?;
    from_item(vm, args.value())
}

fn or(vm: &Vm, this: Value, other: Value) -> PyResult<Value> {
    union_or(vm, this, other)
}

fn ror(vm: &Vm, this: Value, other: Value) -> PyResult<Value> {
    union_or(vm, other, this)
}

fn mro_entries(vm: &Vm, this: Value, _: Value) -> PyResult<Value> {
    Err(vm.type_error(format!("Cannot subclass {}", vm.repr_lossy(this)?)))
}

fn class_getitem(vm: &Vm, _: Value, item: Value) -> PyResult<Value> {
    from_item(vm, item)
}

fn args(vm: &Vm, this: Ref<PyUnion>) -> Ref<PyTuple> {
    this.args(vm)
}

fn name(_: &Vm, _: Ref<PyUnion>) -> &'static str {
    "Union"
}

fn origin(vm: &Vm, _: Ref<PyUnion>) -> Slot {
    Some(vm.types.union.value())
}

const METHODS: &[MethodDef] = &[
    method!("__repr__", 1, repr),
    method!("__hash__", 1, hash),
    method!("__eq__", 2, eq),
    method!("__or__", 2, or),
    method!("__ror__", 2, ror),
    method!("__getitem__", 2, getitem),
    method!("__mro_entries__", 2, mro_entries),
    method!("__class_getitem__", 2, class_getitem).class(),
];
const GETSET: &[GetSetDef] = &[
    getset!("__args__", args).member(),
    getset!("__name__", name),
    getset!("__qualname__", name),
    getset!("__origin__", origin),
    getset!("__parameters__", parameters),
];

pub static DEF: TypeDef = TypeDef {
    module: "typing",
    layout: Some(UNION),
    flags: type_flags::WEAKREFABLE | type_flags::DISALLOW_NEW,
    methods: &[METHODS],
    getset: GETSET,
    doc: Some("Represent a union type\n\nE.g. for int | str"),
    ..TypeDef::new("Union")
};
