//! `_calling`: functions and methods of each kind of signature that native code has. CPython's tests of calls ask for such
//! ones, each giving what it was called on and with (`tests/ledger/stand-ins`).

use brolga_runtime::module_def::ModuleDef;
use brolga_runtime::object::def::{TypeDef, type_flags};
use brolga_runtime::object::{Args, MethodDef, Ref};
use brolga_runtime::state::Vm;
use brolga_runtime::types::module::PyModule;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, method};

/// The receiver (the class of class methods), and the positional arguments as a tuple.
fn positional(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let given = vm.new_tuple(args.rest)?;
    Ok(vm.new_tuple(&[args.get(0), given.value()])?.value())
}

/// The same, and the keywords as a dict.
fn with_keywords(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let given = vm.new_tuple(args.rest)?;
    let keywords = vm.new_dict()?;
    for (name, value) in args.kw.iter() {
        keywords.set_item(vm, name, value)?;
    }
    Ok(vm.new_tuple(&[args.get(0), given.value(), keywords.value()])?.value())
}

fn one(vm: &Vm, receiver: Value, value: Value) -> PyResult<Value> {
    Ok(vm.new_tuple(&[receiver, value])?.value())
}

fn none(_: &Vm, receiver: Value) -> Value {
    receiver
}

/// Functions and static methods have no receiver: None stands for it.
fn free_positional(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let given = vm.new_tuple(args.rest)?;
    Ok(vm.new_tuple(&[Value::NONE, given.value()])?.value())
}

fn free_with_keywords(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let given = vm.new_tuple(args.rest)?;
    let keywords = vm.new_dict()?;
    for (name, value) in args.kw.iter() {
        keywords.set_item(vm, name, value)?;
    }
    Ok(vm.new_tuple(&[Value::NONE, given.value(), keywords.value()])?.value())
}

fn free_one(vm: &Vm, value: Value) -> PyResult<Value> {
    Ok(vm.new_tuple(&[Value::NONE, value])?.value())
}

fn free_none(_: &Vm) -> Value {
    Value::NONE
}

static INSTANCE: &[MethodDef] = &[
    method!("meth_varargs", "($self, /, *args)", positional),
    method!("meth_varargs_keywords", "($self, /, *args, **kwargs)", with_keywords),
    method!("meth_o", 2, one),
    method!("meth_noargs", 1, none),
    method!("meth_fastcall", "($self, /, *args)", positional),
    method!("meth_fastcall_keywords", "($self, /, *args, **kwargs)", with_keywords),
];

static CLASS: &[MethodDef] = &[
    method!("meth_varargs", "($type, /, *args)", positional).class(),
    method!("meth_varargs_keywords", "($type, /, *args, **kwargs)", with_keywords).class(),
    method!("meth_o", 2, one).class(),
    method!("meth_noargs", 1, none).class(),
    method!("meth_fastcall", "($type, /, *args)", positional).class(),
    method!("meth_fastcall_keywords", "($type, /, *args, **kwargs)", with_keywords).class(),
];

static STATIC: &[MethodDef] = &[
    method!("meth_varargs", "(*args)", free_positional).static_(),
    method!("meth_varargs_keywords", "(*args, **kwargs)", free_with_keywords).static_(),
    method!("meth_o", 1, free_one).static_(),
    method!("meth_noargs", 0, free_none).static_(),
    method!("meth_fastcall", "(*args)", free_positional).static_(),
    method!("meth_fastcall_keywords", "(*args, **kwargs)", free_with_keywords).static_(),
];

static FUNCTIONS: &[MethodDef] = &[
    method!("meth_varargs", "(*args)", free_positional),
    method!("meth_varargs_keywords", "(*args, **kwargs)", free_with_keywords),
    method!("meth_o", 1, free_one),
    method!("meth_noargs", 0, free_none),
    method!("meth_fastcall", "(*args)", free_positional),
    method!("meth_fastcall_keywords", "(*args, **kwargs)", free_with_keywords),
];

const fn kind(name: &'static str, methods: &'static [&'static [MethodDef]]) -> TypeDef {
    TypeDef { module: "_calling", flags: type_flags::BASETYPE, methods, ..TypeDef::new(name) }
}

static METH_INSTANCE: TypeDef = kind("MethInstance", &[INSTANCE]);
static METH_CLASS: TypeDef = kind("MethClass", &[CLASS]);
static METH_STATIC: TypeDef = kind("MethStatic", &[STATIC]);

fn init(vm: &Vm, module: Ref<PyModule>) -> PyResult<()> {
    for def in [&METH_INSTANCE, &METH_CLASS, &METH_STATIC] {
        module.add_type(vm, vm.native_type(def)?)?;
    }
    Ok(())
}

pub static MODULE: ModuleDef =
    ModuleDef::new("_calling", FUNCTIONS, init).doc("Native functions of each kind of signature, for tests of calls.");
