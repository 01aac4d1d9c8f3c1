//! `_contextvars`. A context is a dict from variables to values, shared by its copies until one of them changes.

use std::cell::Cell;

use brolga_runtime::module_def::ModuleDef;
use brolga_runtime::object::{Args, Field, GetSetDef, MethodDef, Ref, TypeDef, def::type_flags};
use brolga_runtime::state::Vm;
use brolga_runtime::types::dict::PyDict;
use brolga_runtime::types::module::PyModule;
use brolga_runtime::types::object;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, getset, method};

use crate::object::{class_argument, class_getitem, object};

object!(
    pub struct Context: CONTEXT {
        values: Field,
        /// The context that was current before this one was entered.
        previous: Field,
        /// Another context has the same dict.
        shared: Cell<bool>,
        entered: Cell<bool>,
    }
);
object!(pub struct ContextVar: CONTEXT_VAR { name: Field, default: Field });
object!(
    pub struct Token: CONTEXT_TOKEN {
        context: Field,
        var: Field,
        /// Empty: the variable had no value.
        old: Field,
        used: Cell<bool>,
    }
);
object!(pub struct Missing: CONTEXT_MISSING {});

static MISSING_VALUE: u8 = 0;

fn missing(vm: &Vm) -> PyResult<Value> {
    if let Some(v) = vm.kept(&MISSING_VALUE) {
        return Ok(v);
    }
    let v: Ref<Missing> = vm.alloc_instance(vm.native_type(&MISSING)?)?;
    vm.keep(&MISSING_VALUE, v.value());
    Ok(v.value())
}

fn new_context(vm: &Vm, values: Ref<PyDict>, shared: bool) -> PyResult<Ref<Context>> {
    let c: Ref<Context> = vm.alloc_instance(vm.native_type(&CONTEXT)?)?;
    c.values.init(values.value());
    c.shared.set(shared);
    Ok(c)
}

fn current(vm: &Vm) -> PyResult<Ref<Context>> {
    if let Some(c) = vm.context.get().and_then(Value::downcast) {
        return Ok(c);
    }
    let c = new_context(vm, vm.new_dict()?, false)?;
    c.entered.set(true);
    vm.context.set(Some(c.value()));
    Ok(c)
}

fn values(vm: &Vm, c: Ref<Context>) -> PyResult<Ref<PyDict>> {
    c.values.get().and_then(Value::downcast).ok_or_else(|| vm.runtime_error("a context without values"))
}

/// The values, to be changed.
fn own_values(vm: &Vm, c: Ref<Context>) -> PyResult<Ref<PyDict>> {
    let dict = values(vm, c)?;
    if !c.shared.get() {
        return Ok(dict);
    }
    let copy = dict.copy(vm)?;
    c.values.set(c, copy.value());
    c.shared.set(false);
    Ok(copy)
}

fn context_new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Context>> {
    if !args.rest.is_empty() || !args.kw.is_empty() {
        return Err(vm.type_error("Context() does not accept any arguments"));
    }
    new_context(vm, vm.new_dict()?, false)
}

fn copy(vm: &Vm, this: Ref<Context>) -> PyResult<Ref<Context>> {
    let dict = values(vm, this)?;
    this.shared.set(true);
    new_context(vm, dict, true)
}

pub(crate) fn copy_context(vm: &Vm) -> PyResult<Ref<Context>> {
    copy(vm, current(vm)?)
}

fn run(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let this: Ref<Context> = args
        .get(0)
        .downcast()
        .ok_or_else(|| vm.type_error("descriptor 'run' requires a '_contextvars.Context' object"))?;
    let Some((&callable, rest)) = args.rest.split_first() else {
        return Err(vm.type_error("run() missing 1 required positional argument"));
    };
    let keywords = if args.kw.is_empty() {
        None
    } else {
        let dict = vm.new_dict()?;
        for (name, value) in args.kw.iter() {
            dict.set_item(vm, name, value)?;
        }
        Some(dict)
    };
    enter(vm, this)?;
    let result = match keywords {
        None => vm.call(callable, rest),
        keywords => vm.call_with_dict(callable, rest, keywords),
    };
    exit(vm, this);
    result
}

/// Makes a context the current one, until [`exit`].
pub(crate) fn enter(vm: &Vm, this: Ref<Context>) -> PyResult<()> {
    if this.entered.get() {
        let shown = vm.repr_lossy(this.value())?;
        return Err(vm.runtime_error(format!("cannot enter context: {shown} is already entered")));
    }
    this.entered.set(true);
    this.previous.set(this, vm.context.get());
    vm.context.set(Some(this.value()));
    Ok(())
}

pub(crate) fn exit(vm: &Vm, this: Ref<Context>) {
    vm.context.set(this.previous.get());
    this.previous.set(this, None);
    this.entered.set(false);
}

fn key(vm: &Vm, v: Value) -> PyResult<Value> {
    if v.downcast::<ContextVar>().is_some() {
        return Ok(v);
    }
    let shown = vm.repr_lossy(v)?;
    Err(vm.type_error(format!("a ContextVar key was expected, got {shown}")))
}

fn context_item(vm: &Vm, this: Ref<Context>, var: Value) -> PyResult<Value> {
    let found = values(vm, this)?.get_item(vm, key(vm, var)?)?;
    found.ok_or_else(|| vm.key_error(var))
}

fn context_get(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let this: Ref<Context> = args.get(0).downcast().ok_or_else(|| vm.type_error("a Context is required"))?;
    let found = values(vm, this)?.get_item(vm, key(vm, args.get(1))?)?;
    Ok(found.or(args.opt(2)).unwrap_or(Value::NONE))
}

fn contains(vm: &Vm, this: Ref<Context>, var: Value) -> PyResult<bool> {
    values(vm, this)?.contains(vm, key(vm, var)?)
}

fn context_len(vm: &Vm, this: Ref<Context>) -> PyResult<usize> {
    Ok(values(vm, this)?.len())
}

/// Views of a dict that nobody will change.
fn snapshot(vm: &Vm, this: Ref<Context>, view: &str) -> PyResult<Value> {
    let dict = values(vm, this)?;
    this.shared.set(true);
    vm.iter(vm.call_method(dict.value(), view, &[])?)
}

fn keys(vm: &Vm, this: Ref<Context>) -> PyResult<Value> {
    snapshot(vm, this, "keys")
}

fn items(vm: &Vm, this: Ref<Context>) -> PyResult<Value> {
    snapshot(vm, this, "items")
}

fn context_values(vm: &Vm, this: Ref<Context>) -> PyResult<Value> {
    snapshot(vm, this, "values")
}

fn context_eq(vm: &Vm, this: Ref<Context>, other: Value) -> PyResult<Value> {
    let Some(other) = other.downcast::<Context>() else { return Ok(Value::NOT_IMPLEMENTED) };
    Ok(Value::from_bool(vm.eq(values(vm, this)?.value(), values(vm, other)?.value())?))
}

fn var_new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<ContextVar>> {
    let class = class_argument(vm, args)?;
    let name: Ref<PyStr> =
        args.get(1).downcast().ok_or_else(|| vm.type_error("context variable name must be a str"))?;
    let this: Ref<ContextVar> = vm.alloc_instance(class)?;
    this.name.init(name.value());
    this.default.init(args.opt(2));
    Ok(this)
}

fn var_get(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let this: Ref<ContextVar> = args.get(0).downcast().ok_or_else(|| vm.type_error("a ContextVar is required"))?;
    let found = match vm.context.get().and_then(Value::downcast::<Context>) {
        Some(c) => values(vm, c)?.get_item(vm, this.value())?,
        None => None,
    };
    match found.or(args.opt(1)).or(this.default.get()) {
        Some(v) => Ok(v),
        None => Err(vm.raise_args(vm.types.lookup_error, &[this.value()])),
    }
}

fn var_set(vm: &Vm, this: Ref<ContextVar>, value: Value) -> PyResult<Ref<Token>> {
    let context = current(vm)?;
    let dict = own_values(vm, context)?;
    let old = dict.get_item(vm, this.value())?;
    let token: Ref<Token> = vm.alloc_instance(vm.native_type(&TOKEN)?)?;
    token.context.init(context.value());
    token.var.init(this.value());
    token.old.init(old);
    dict.set_item(vm, this.value(), value)?;
    Ok(token)
}

fn var_reset(vm: &Vm, this: Ref<ContextVar>, token: Value) -> PyResult<()> {
    let Some(token) = token.downcast::<Token>() else {
        let shown = vm.repr_lossy(token)?;
        return Err(vm.type_error(format!("expected an instance of Token, got {shown}")));
    };
    let shown = || vm.repr_lossy(token.value());
    if token.used.get() {
        return Err(vm.runtime_error(format!("{} has already been used once", shown()?)));
    }
    if !token.var.get_or_none().same_bits(this.value()) {
        return Err(vm.value_error(format!("{} was created by a different ContextVar", shown()?)));
    }
    let context = current(vm)?;
    if !token.context.get_or_none().same_bits(context.value()) {
        return Err(vm.value_error(format!("{} was created in a different Context", shown()?)));
    }
    token.used.set(true);
    let dict = own_values(vm, context)?;
    match token.old.get() {
        Some(old) => dict.set_item(vm, this.value(), old),
        None => dict.remove(vm, this.value()).map(|_| ()),
    }
}

/// A variable without a default.
pub fn new_variable(vm: &Vm, name: &str) -> PyResult<Ref<ContextVar>> {
    let name = vm.intern(name)?;
    let this: Ref<ContextVar> = vm.alloc_instance(vm.native_type(&CONTEXT_VAR)?)?;
    this.name.init(name.value());
    Ok(this)
}

/// A variable's value in the current context.
pub fn value_of(vm: &Vm, variable: Value) -> PyResult<Slot> {
    match vm.context.get().and_then(Value::downcast::<Context>) {
        // Variables are equal to themselves only.
        Some(c) => values(vm, c)?.get_item_hashed(vm, variable, object::identity_hash(vm.id_of(variable))),
        None => Ok(None),
    }
}

/// Sets a variable in the current context.
pub fn set_value(vm: &Vm, variable: Value, value: Value) -> PyResult<()> {
    own_values(vm, current(vm)?)?.set_item(vm, variable, value)
}

fn var_name(_: &Vm, this: Ref<ContextVar>) -> Slot {
    this.name.get()
}

fn address(vm: &Vm, v: Value) -> String {
    format!("{:#x}", vm.id_of(v))
}

fn var_repr(vm: &Vm, this: Ref<ContextVar>) -> PyResult<String> {
    if !vm.enter_repr(this.value()) {
        return Ok("...".to_owned());
    }
    let result = var_text(vm, this);
    vm.leave_repr(this.value());
    result
}

fn var_text(vm: &Vm, this: Ref<ContextVar>) -> PyResult<String> {
    let mut text = format!("<ContextVar name={}", vm.repr_lossy(this.name.get_or_none())?);
    if let Some(default) = this.default.get() {
        text += &format!(" default={}", vm.repr_lossy(default)?);
    }
    Ok(format!("{text} at {}>", address(vm, this.value())))
}

fn token_new(vm: &Vm, _: &Args<'_>) -> PyResult<Value> {
    Err(vm.runtime_error("Tokens can only be created by ContextVars"))
}

fn token_repr(vm: &Vm, this: Ref<Token>) -> PyResult<String> {
    let used = if this.used.get() { " used" } else { "" };
    let var = vm.repr_lossy(this.var.get_or_none())?;
    Ok(format!("<Token{used} var={var} at {}>", address(vm, this.value())))
}

fn token_var(_: &Vm, this: Ref<Token>) -> Slot {
    this.var.get()
}

fn token_old(vm: &Vm, this: Ref<Token>) -> PyResult<Value> {
    match this.old.get() {
        Some(v) => Ok(v),
        None => missing(vm),
    }
}

fn token_exit(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let this: Ref<Token> = args.get(0).downcast().ok_or_else(|| vm.type_error("a Token is required"))?;
    match this.var.get().and_then(Value::downcast::<ContextVar>) {
        Some(var) => var_reset(vm, var, this.value()),
        None => Ok(()),
    }
}

fn token_enter(_: &Vm, this: Ref<Token>) -> Value {
    this.value()
}

fn missing_repr(_: &Vm, _: Ref<Missing>) -> &'static str {
    "<Token.MISSING>"
}

static CONTEXT_METHODS: &[MethodDef] = &[
    method!("__new__", "($type, *args, **kwargs)", context_new).static_(),
    method!("__getitem__", 2, context_item),
    method!("__contains__", 2, contains),
    method!("__len__", 1, context_len),
    method!("__iter__", 1, keys),
    method!("__eq__", 2, context_eq),
    method!("get", "($self, key, default=None, /)", context_get).doc(
        "Return the value for `key` if `key` has the value in the context object.\n\nIf `key` does not exist, return `default`. If `default` is not given,\nreturn None.",
    ),
    method!("items", 1, items)
        .doc("Return all variables and their values in the context object.\n\nThe result is returned as a list of 2-tuples (variable, value)."),
    method!("keys", 1, keys).doc("Return a list of all variables in the context object."),
    method!("values", 1, context_values).doc("Return a list of all variables' values in the context object."),
    method!("copy", 1, copy).doc("Return a shallow copy of the context object."),
    method!("run", "($self, /, *args, **kwargs)", run),
];

static VAR_METHODS: &[MethodDef] = &[
    method!("__new__", "($type, name, /, *, default=None)", var_new).static_(),
    method!("__repr__", 1, var_repr),
    method!("get", "($self, default=<unrepresentable>, /)", var_get),
    method!("set", 2, var_set).doc(
        "Call to set a new value for the context variable in the current context.\n\nThe required *value* argument is the new value for the context variable.\n\nReturns a Token object that can be used to restore the variable to its previous\nvalue via the `ContextVar.reset()` method.",
    ),
    method!("reset", 2, var_reset),
    method!("__class_getitem__", 2, class_getitem).class(),
];

static TOKEN_METHODS: &[MethodDef] = &[
    method!("__new__", "($type, *args, **kwargs)", token_new).static_(),
    method!("__repr__", 1, token_repr),
    method!("__enter__", 1, token_enter).doc("Enter into Token context manager."),
    method!("__exit__", "($self, type, val, tb, /)", token_exit)
        .doc("Exit from Token context manager, restore the linked ContextVar."),
    method!("__class_getitem__", 2, class_getitem).class(),
];

static MISSING_METHODS: &[MethodDef] = &[method!("__repr__", 1, missing_repr)];
static VAR_GETSET: &[GetSetDef] = &[getset!("name", var_name).member()];
static TOKEN_GETSET: &[GetSetDef] = &[getset!("var", token_var), getset!("old_value", token_old)];

static CONTEXT: TypeDef = TypeDef {
    module: "_contextvars",
    layout: Some(crate::layouts::CONTEXT),
    flags: type_flags::WEAKREFABLE,
    methods: &[CONTEXT_METHODS],
    ..TypeDef::new("Context")
};
static CONTEXT_VAR: TypeDef = TypeDef {
    module: "_contextvars",
    layout: Some(crate::layouts::CONTEXT_VAR),
    methods: &[VAR_METHODS],
    getset: VAR_GETSET,
    ..TypeDef::new("ContextVar")
};
static TOKEN: TypeDef = TypeDef {
    module: "_contextvars",
    layout: Some(crate::layouts::CONTEXT_TOKEN),
    methods: &[TOKEN_METHODS],
    getset: TOKEN_GETSET,
    ..TypeDef::new("Token")
};
static MISSING: TypeDef = TypeDef {
    module: "Token",
    layout: Some(crate::layouts::CONTEXT_MISSING),
    flags: type_flags::DISALLOW_NEW,
    methods: &[MISSING_METHODS],
    ..TypeDef::new("MISSING")
};

static FUNCTIONS: &[MethodDef] = &[method!("copy_context", 0, copy_context)];

/// `ContextVar`, for who can't import yet.
pub fn context_var_class(vm: &Vm) -> PyResult<Value> {
    Ok(vm.native_type(&CONTEXT_VAR)?.value())
}

fn init(vm: &Vm, module: Ref<PyModule>) -> PyResult<()> {
    module.add_type(vm, vm.native_type(&CONTEXT)?)?;
    module.add_type(vm, vm.native_type(&CONTEXT_VAR)?)?;
    let token = vm.native_type(&TOKEN)?;
    if let Some(dict) = token.dict() {
        dict.set_name(vm, "MISSING", missing(vm)?)?;
        token.modified(vm, None);
    }
    module.add_type(vm, token)
}

pub static MODULE: ModuleDef = ModuleDef::new("_contextvars", FUNCTIONS, init).doc("Context Variables");
