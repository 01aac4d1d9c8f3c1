//! `types.GenericAlias`: `list[int]`. Substitution of type parameters, which `typing`'s and `type` statements' aliases
//! use too.

use std::cell::Cell;

use crate::object::def::{GetSetDef, MethodDef, TypeDef, type_flags};
use crate::object::layout::{GENERIC_ALIAS, GENERIC_ALIAS_ITER};
use crate::object::{Args, Field, Header, HeapType, LayoutId, Ref};
use crate::state::Vm;
use crate::types::array::ValueVec;
use crate::types::list::PyList;
use crate::types::shape;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::types::type_object::PyType;
use crate::value::{Slot, Value};
use crate::{PyResult, getset, method};

#[repr(C)]
pub struct PyGenericAlias {
    header: Header,
    attrs: Field,
    origin: Field,
    args: Field,
    /// `__parameters__`, found when asked for.
    parameters: Field,
    /// `*tuple[int]`.
    starred: Cell<u64>,
}

// SAFETY: repr(C), header first; beside fields a truth value.
unsafe impl HeapType for PyGenericAlias {
    const LAYOUT: LayoutId = GENERIC_ALIAS;
}

/// `origin[item]`; an item that is no tuple is the only argument.
pub fn new(vm: &Vm, origin: Value, item: Value) -> PyResult<Value> {
    Ok(make(vm, origin, item, false)?.value())
}

/// `__class_getitem__` of generic native classes.
pub fn class_getitem(vm: &Vm, class: Value, item: Value) -> PyResult<Value> {
    new(vm, class, item)
}

fn make(vm: &Vm, origin: Value, item: Value, starred: bool) -> PyResult<Ref<PyGenericAlias>> {
    let args = as_tuple(vm, item)?;
    let alias: Ref<PyGenericAlias> = vm.alloc(shape::generic_alias)?;
    fill(alias, origin, args, starred);
    Ok(alias)
}

fn fill(alias: Ref<PyGenericAlias>, origin: Value, args: Ref<PyTuple>, starred: bool) {
    alias.origin.set(alias, origin);
    alias.args.set(alias, args.value());
    alias.starred.set(u64::from(starred));
}

fn as_tuple(vm: &Vm, item: Value) -> PyResult<Ref<PyTuple>> {
    match item.downcast::<PyTuple>() {
        Some(tuple) => Ok(tuple),
        None => vm.new_tuple(&[item]),
    }
}

impl PyGenericAlias {
    pub fn origin(&self) -> Value {
        self.origin.get_or_none()
    }

    pub fn args(&self, vm: &Vm) -> Ref<PyTuple> {
        self.args.get().and_then(Value::downcast).unwrap_or(*vm.empty_tuple)
    }

    fn is_starred(&self) -> bool {
        self.starred.get() != 0
    }
}

/// The text of a type in an alias or a union: classes by their names, `...`, None, lists by their items.
pub(crate) fn type_repr(vm: &Vm, v: Value) -> PyResult<String> {
    if v.same_bits(Value::ELLIPSIS) {
        return Ok("...".to_owned());
    }
    if v.same_bits(vm.types.none_type.value()) {
        return Ok("None".to_owned());
    }
    let names = &vm.names;
    if vm.get_attr_opt(v, names.__origin__)?.is_some() && vm.get_attr_opt(v, names.__args__)?.is_some() {
        return vm.repr_lossy(v);
    }
    let qualname = vm.get_attr_opt(v, names.__qualname__)?.filter(|q| !q.is_none());
    let module = match qualname {
        Some(_) => vm.get_attr_opt(v, names.__module__)?.filter(|m| !m.is_none()),
        None => None,
    };
    match (qualname, module) {
        (Some(qualname), Some(module)) => {
            let (qualname, module) = (vm.str(qualname)?.to_lossy(), vm.str(module)?.to_lossy());
            Ok(if module == "builtins" { qualname } else { format!("{module}.{qualname}") })
        }
        _ => vm.repr_lossy(v),
    }
}

fn repr(vm: &Vm, this: Ref<PyGenericAlias>) -> PyResult<String> {
    vm.check_native_stack(" while getting the repr of an object")?;
    let mut out = String::new();
    if this.is_starred() {
        out.push('*');
    }
    out.push_str(&type_repr(vm, this.origin())?);
    out.push('[');
    let args = this.args(vm);
    for (i, arg) in args.as_slice().iter().enumerate() {
        if i > 0 {
            out.push_str(", ");
        }
        // `Callable`'s and ParamSpecs' arguments may be lists of types.
        match arg.downcast::<PyList>() {
            Some(list) => {
                out.push('[');
                let mut j = 0;
                while let Some(item) = list.get(j) {
                    if j > 0 {
                        out.push_str(", ");
                    }
                    out.push_str(&type_repr(vm, item)?);
                    j += 1;
                }
                out.push(']');
            }
            None => out.push_str(&type_repr(vm, *arg)?),
        }
    }
    if args.is_empty() {
        out.push_str("()");
    }
    out.push(']');
    Ok(out)
}

fn position(items: &[Value], v: Value) -> Option<usize> {
    items.iter().position(|i| i.same_bits(v))
}

/// The type parameters in some arguments, each once, in order of appearance.
pub(crate) fn collect_parameters(vm: &Vm, args: &[Value]) -> PyResult<Ref<PyTuple>> {
    let found = ValueVec::new();
    collect_into(vm, args, &found)?;
    vm.new_tuple(found.as_slice())
}

fn add(vm: &Vm, found: &ValueVec, v: Value) -> PyResult<()> {
    if position(found.as_slice(), v).is_none() {
        found.push(vm, v)?;
    }
    Ok(())
}

fn collect_into(vm: &Vm, args: &[Value], found: &ValueVec) -> PyResult<()> {
    vm.check_native_stack(" in __parameter__ calculation")?;
    for arg in args {
        // A bare class's `__parameters__` are not its own.
        if arg.downcast::<PyType>().is_some() || !arg.is_obj() {
            continue;
        }
        if vm.get_attr_opt(*arg, vm.names.__typing_subst__)?.is_some() {
            add(vm, found, *arg)?;
        } else if let Some(items) = sequence_items(vm, *arg)? {
            collect_into(vm, items.as_slice(), found)?;
        } else if let Some(inner) = inner_parameters(vm, *arg)? {
            for parameter in inner.as_slice() {
                add(vm, found, *parameter)?;
            }
        }
    }
    Ok(())
}

/// The items of an exact tuple or list.
fn sequence_items(vm: &Vm, v: Value) -> PyResult<Option<Ref<PyTuple>>> {
    if let Some(tuple) = vm.exact::<PyTuple>(v, shape::tuple) {
        return Ok(Some(tuple));
    }
    match vm.exact::<PyList>(v, shape::list) {
        Some(list) => vm.tuple_from(list.value()).map(Some),
        None => Ok(None),
    }
}

fn inner_parameters(vm: &Vm, v: Value) -> PyResult<Option<Ref<PyTuple>>> {
    Ok(vm.get_attr_opt(v, vm.names.__parameters__)?.and_then(Value::downcast::<PyTuple>))
}

/// `obj`, an alias with type parameters of its own, with the arguments in their places.
fn substitute_inner(vm: &Vm, obj: Value, parameters: &[Value], arguments: &[Value]) -> PyResult<Value> {
    let Some(inner) = inner_parameters(vm, obj)?.filter(|p| !p.is_empty()) else { return Ok(obj) };
    let replaced = ValueVec::new();
    for parameter in inner.as_slice() {
        match position(parameters, *parameter).and_then(|i| arguments.get(i)) {
            Some(argument) => {
                // A TypeVarTuple stands for as many as there are.
                let many = argument
                    .downcast::<PyTuple>()
                    .filter(|_| vm.type_of(*parameter).special(crate::state::names::Special::Iter).is_some());
                match many {
                    Some(many) => replaced.extend(vm, many.as_slice())?,
                    None => replaced.push(vm, *argument)?,
                }
            }
            None => replaced.push(vm, *parameter)?,
        }
    }
    let item = vm.new_tuple(replaced.as_slice())?;
    vm.get_item(obj, item.value())
}

/// The arguments given in brackets, unpacked tuple aliases spread out.
fn unpack_arguments(vm: &Vm, item: Value) -> PyResult<Ref<PyTuple>> {
    let out = ValueVec::new();
    for arg in as_tuple(vm, item)?.as_slice() {
        if arg.downcast::<PyType>().is_none() && arg.is_obj() {
            let name = vm.intern("__typing_unpacked_tuple_args__")?;
            let spread = vm.get_attr_opt(*arg, name)?.and_then(Value::downcast::<PyTuple>);
            if let Some(spread) = spread
                && !spread.as_slice().last().is_some_and(|last| last.same_bits(Value::ELLIPSIS))
            {
                out.extend(vm, spread.as_slice())?;
                continue;
            }
        }
        out.push(vm, *arg)?;
    }
    vm.new_tuple(out.as_slice())
}

/// The arguments `args` of the alias `alias` with `item` in the place of its type parameters.
pub(crate) fn substitute(
    vm: &Vm,
    alias: Value,
    args: Ref<PyTuple>,
    parameters: Ref<PyTuple>,
    item: Value,
) -> PyResult<Ref<PyTuple>> {
    if parameters.is_empty() {
        return Err(vm.type_error(format!("{} is not a generic class", vm.repr_lossy(alias)?)));
    }
    let mut item = unpack_arguments(vm, item)?;
    for parameter in parameters.as_slice() {
        let prepare = vm.get_attr_opt(*parameter, vm.names.__typing_prepare_subst__)?.filter(|p| !p.is_none());
        if let Some(prepare) = prepare {
            let prepared = vm.call(prepare, &[alias, item.value()])?;
            item = as_tuple(vm, prepared)?;
        }
    }
    if item.len() != parameters.len() {
        let amount = if item.len() > parameters.len() { "many" } else { "few" };
        return Err(vm.type_error(format!(
            "Too {amount} arguments for {}; actual {}, expected {}",
            vm.repr_lossy(alias)?,
            item.len(),
            parameters.len()
        )));
    }
    substitute_in(vm, args.as_slice(), parameters.as_slice(), item.as_slice())
}

fn substitute_in(vm: &Vm, args: &[Value], parameters: &[Value], items: &[Value]) -> PyResult<Ref<PyTuple>> {
    vm.check_native_stack(" in type parameter substitution")?;
    let out = ValueVec::new();
    for arg in args {
        if arg.downcast::<PyType>().is_some() || !arg.is_obj() {
            out.push(vm, *arg)?;
            continue;
        }
        if let Some(inner) = sequence_items(vm, *arg)? {
            let replaced = substitute_in(vm, inner.as_slice(), parameters, items)?;
            let replaced = match arg.downcast::<PyList>() {
                Some(_) => vm.new_list(replaced.as_slice())?.value(),
                None => replaced.value(),
            };
            out.push(vm, replaced)?;
            continue;
        }
        let unpack = match vm.get_attr_opt(*arg, vm.names.__typing_is_unpacked_typevartuple__)? {
            Some(flag) => vm.is_true(flag)?,
            None => false,
        };
        let new = match vm.get_attr_opt(*arg, vm.names.__typing_subst__)? {
            Some(subst) => match position(parameters, *arg).and_then(|i| items.get(i)) {
                Some(item) => vm.call(subst, &[*item])?,
                None => {
                    let arg = vm.repr(*arg)?.to_lossy();
                    return Err(
                        vm.type_error(format!("argument {arg} with __typing_subst__ was not found in __parameters__"))
                    );
                }
            },
            None => substitute_inner(vm, *arg, parameters, items)?,
        };
        if !unpack {
            out.push(vm, new)?;
            continue;
        }
        match new.downcast::<PyTuple>() {
            Some(tuple) => out.extend(vm, tuple.as_slice())?,
            None => {
                return Err(vm.type_error(format!(
                    "expected __typing_subst__ of {} objects to return a tuple, not {}",
                    vm.type_name(*arg),
                    vm.type_name(new)
                )));
            }
        }
    }
    vm.new_tuple(out.as_slice())
}

fn parameters(vm: &Vm, this: Ref<PyGenericAlias>) -> PyResult<Ref<PyTuple>> {
    if let Some(found) = this.parameters.get().and_then(Value::downcast::<PyTuple>) {
        return Ok(found);
    }
    let found = collect_parameters(vm, this.args(vm).as_slice())?;
    this.parameters.set(this, found.value());
    Ok(found)
}

fn getitem(vm: &Vm, this: Ref<PyGenericAlias>, item: Value) -> PyResult<Ref<PyGenericAlias>> {
    let args = substitute(vm, this.value(), this.args(vm), parameters(vm, this)?, item)?;
    make(vm, this.origin(), args.value(), this.is_starred())
}

fn new_instance(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyGenericAlias>> {
    let class: Ref<PyType> = args.get(0).downcast().ok_or_else(|| vm.type_error("a class is required"))?;
    if !args.kw.is_empty() {
        return Err(vm.type_error("GenericAlias() takes no keyword arguments"));
    }
    let [origin, item] = args.rest else {
        return Err(vm.type_error(format!("GenericAlias expected 2 arguments, got {}", args.rest.len())));
    };
    let tuple = as_tuple(vm, *item)?;
    let alias = vm.alloc_instance::<PyGenericAlias>(class)?;
    fill(alias, *origin, tuple, false);
    Ok(alias)
}

fn call(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let this: Ref<PyGenericAlias> =
        args.get(0).downcast().ok_or_else(|| vm.type_error("a generic alias is required"))?;
    let object = vm.call_again(&Args { bound: &[Some(this.origin())], rest: args.rest, kw: args.kw })?;
    if let Err(raised) = vm.set_attr(object, vm.names.__orig_class__, this.value()) {
        let e = vm.take_raised(raised);
        let t = &vm.types;
        if !vm.is_instance(e.value(), t.attribute_error) && !vm.is_instance(e.value(), t.type_error) {
            return Err(vm.reraise(e));
        }
    }
    Ok(object)
}

/// Attributes of the alias itself; all others are its origin's.
const OWN: &[&str] = &[
    "__class__",
    "__origin__",
    "__args__",
    "__unpacked__",
    "__parameters__",
    "__typing_unpacked_tuple_args__",
    "__mro_entries__",
    "__reduce_ex__",
    "__reduce__",
    "__bases__",
    "__copy__",
    "__deepcopy__",
];

fn getattribute(vm: &Vm, this: Ref<PyGenericAlias>, name: Value) -> PyResult<Value> {
    let name = vm.intern_str(vm.expect_str(name, "attribute name")?);
    if !name.as_ascii().is_some_and(|n| OWN.contains(&n)) {
        return vm.get_attr(this.origin(), name);
    }
    match vm.generic_get_attr(this.value(), vm.type_of(this.value()), name)? {
        Some(value) => Ok(value),
        None => Err(vm.attribute_error_for(
            this.value(),
            name,
            &format!("'types.GenericAlias' object has no attribute '{}'", name.to_lossy()),
        )),
    }
}

fn eq(vm: &Vm, this: Ref<PyGenericAlias>, other: Value) -> PyResult<Value> {
    let Some(other) = other.downcast::<PyGenericAlias>() else { return Ok(Value::NOT_IMPLEMENTED) };
    Ok(Value::from_bool(
        this.is_starred() == other.is_starred()
            && vm.eq(this.origin(), other.origin())?
            && vm.eq(this.args(vm).value(), other.args(vm).value())?,
    ))
}

fn hash(vm: &Vm, this: Ref<PyGenericAlias>) -> PyResult<i64> {
    Ok(vm.hash(this.origin())? ^ vm.hash(this.args(vm).value())?)
}

/// The iterator over `*alias`: it gives the starred alias, once.
#[repr(C)]
pub struct PyGenericAliasIter {
    header: Header,
    /// The alias without star; empty once it was given.
    alias: Field,
}

// SAFETY: repr(C), header first, fields only.
unsafe impl HeapType for PyGenericAliasIter {
    const LAYOUT: LayoutId = GENERIC_ALIAS_ITER;
}

fn iter(vm: &Vm, this: Ref<PyGenericAlias>) -> PyResult<Value> {
    let it: Ref<PyGenericAliasIter> = vm.alloc(shape::generic_alias_iter)?;
    it.alias.init(this.value());
    Ok(it.value())
}

fn iter_next(vm: &Vm, it: Value) -> PyResult<Slot> {
    let Some(it) = it.downcast::<PyGenericAliasIter>() else { return Ok(None) };
    let Some(alias) = it.alias.get().and_then(Value::downcast::<PyGenericAlias>) else { return Ok(None) };
    let starred = make(vm, alias.origin(), alias.args(vm).value(), true)?;
    it.alias.init(None);
    Ok(Some(starred.value()))
}

fn iter_reduce(vm: &Vm, it: Ref<PyGenericAliasIter>) -> PyResult<Ref<PyTuple>> {
    let iter = vm.builtin(vm.intern("iter")?)?;
    let over = it.alias.get().unwrap_or(vm.empty_tuple.value());
    vm.new_tuple(&[iter, vm.new_tuple(&[over])?.value()])
}

fn mro_entries(vm: &Vm, this: Ref<PyGenericAlias>, _: Value) -> PyResult<Ref<PyTuple>> {
    vm.new_tuple(&[this.origin()])
}

fn instancecheck(vm: &Vm, _: Value, _: Value) -> PyResult<Value> {
    Err(vm.type_error("isinstance() argument 2 cannot be a parameterized generic"))
}

fn subclasscheck(vm: &Vm, _: Value, _: Value) -> PyResult<Value> {
    Err(vm.type_error("issubclass() argument 2 cannot be a parameterized generic"))
}

fn reduce(vm: &Vm, this: Ref<PyGenericAlias>) -> PyResult<Ref<PyTuple>> {
    let args = this.args(vm).value();
    if this.is_starred() {
        let plain = make(vm, this.origin(), args, false)?;
        let next = vm.builtin(vm.intern("next")?)?;
        let iterator = vm.iter(plain.value())?;
        return vm.new_tuple(&[next, vm.new_tuple(&[iterator])?.value()]);
    }
    let inner = vm.new_tuple(&[this.origin(), args])?;
    vm.new_tuple(&[vm.types.generic_alias.value(), inner.value()])
}

fn dir(vm: &Vm, this: Ref<PyGenericAlias>) -> PyResult<Value> {
    let dir = vm.builtin(vm.intern("dir")?)?;
    let names = vm.list_from(vm.call(dir, &[this.origin()])?)?;
    for name in OWN.iter().take(9) {
        let name: Ref<PyStr> = vm.intern(name)?;
        let mut known = false;
        for i in 0..names.len() {
            known |= names.get(i).and_then(Value::downcast::<PyStr>).is_some_and(|n| n.equals(&name));
        }
        if !known {
            names.push(vm, name.value())?;
        }
    }
    Ok(names.value())
}

fn or(vm: &Vm, this: Value, other: Value) -> PyResult<Value> {
    crate::types::union::new(vm, this, other)
}

fn ror(vm: &Vm, this: Value, other: Value) -> PyResult<Value> {
    crate::types::union::new(vm, other, this)
}

fn origin(_: &Vm, this: Ref<PyGenericAlias>) -> Value {
    this.origin()
}

fn args(vm: &Vm, this: Ref<PyGenericAlias>) -> Ref<PyTuple> {
    this.args(vm)
}

fn unpacked(_: &Vm, this: Ref<PyGenericAlias>) -> bool {
    this.is_starred()
}

fn unpacked_tuple_args(vm: &Vm, this: Ref<PyGenericAlias>) -> Slot {
    let spread = this.is_starred() && this.origin().same_bits(vm.types.tuple.value());
    spread.then(|| this.args(vm).value())
}

const METHODS: &[MethodDef] = &[
    method!("__new__", "($type, *args, **kwargs)", new_instance).static_(),
    method!("__call__", "($self, /, *args, **kwargs)", call),
    method!("__getattribute__", 2, getattribute),
    method!("__getitem__", 2, getitem),
    method!("__eq__", 2, eq),
    method!("__hash__", 1, hash),
    method!("__repr__", 1, repr),
    method!("__iter__", 1, iter),
    method!("__or__", 2, or),
    method!("__ror__", 2, ror),
    method!("__mro_entries__", 2, mro_entries),
    method!("__instancecheck__", 2, instancecheck),
    method!("__subclasscheck__", 2, subclasscheck),
    method!("__reduce__", 1, reduce).doc("Return state information for pickling."),
    method!("__dir__", 1, dir),
];
const GETSET: &[GetSetDef] = &[
    getset!("__origin__", origin).member(),
    getset!("__args__", args).member(),
    getset!("__unpacked__", unpacked).member(),
    getset!("__parameters__", parameters),
    getset!("__typing_unpacked_tuple_args__", unpacked_tuple_args),
];

pub static DEF: TypeDef = TypeDef {
    module: "types",
    layout: Some(GENERIC_ALIAS),
    flags: type_flags::BASETYPE | type_flags::WEAKREFABLE,
    methods: &[METHODS],
    getset: GETSET,
    doc: Some(
        "Represent a PEP 585 generic type\n\nE.g. for t = list[int], t.__origin__ is list and t.__args__ is (int,).",
    ),
    ..TypeDef::new("GenericAlias")
};

pub static ITER_DEF: TypeDef = TypeDef {
    layout: Some(GENERIC_ALIAS_ITER),
    flags: type_flags::DISALLOW_NEW,
    methods: &[&[method!("__iter__", 1, crate::types::list::methods::same), method!("__reduce__", 1, iter_reduce)]],
    iternext: Some(iter_next),
    ..TypeDef::new("generic_alias_iterator")
};
