//! `_symtable`: the compiler's symbol tables.

use std::cell::Cell;

use brolga_compiler::Mode;
use brolga_compiler::scopes::{Kind, SCOPE_OFFSET, Scope, symbols};
use brolga_runtime::module_def::ModuleDef;
use brolga_runtime::object::{Args, Field, GetSetDef, MethodDef, Ref, TypeDef, def::type_flags};
use brolga_runtime::state::Vm;
use brolga_runtime::types::module::PyModule;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, getset, method};

use crate::builtins::code::{options, path_text, raise_syntax_error, with_source};
use crate::object::object;

object!(
    /// One scope.
    pub struct Entry: SYMTABLE_ENTRY {
        name: Field,
        symbols: Field,
        varnames: Field,
        children: Field,
        kind: Cell<i32>,
        line: Cell<u32>,
        nested: Cell<bool>,
    }
);

fn make(vm: &Vm, scope: &Scope) -> PyResult<Value> {
    vm.check_native_stack(" while making a symbol table")?;
    let name = vm.intern(&scope.name)?;
    let symbols = vm.new_dict()?;
    for (name, flags) in &scope.symbols {
        symbols.set_name(vm, name, Value::from_int_truncated(i64::from(*flags)))?;
    }
    let (varnames, children) = (vm.new_list(&[])?, vm.new_list(&[])?);
    for name in &scope.varnames {
        varnames.push(vm, vm.intern(name)?.value())?;
    }
    for child in &scope.children {
        children.push(vm, make(vm, child)?)?;
    }
    let entry: Ref<Entry> = vm.alloc_instance(vm.native_type(&DEF)?)?;
    entry.name.init(name.value());
    entry.symbols.init(symbols.value());
    entry.varnames.init(varnames.value());
    entry.children.init(children.value());
    entry.kind.set(scope.kind as i32);
    entry.line.set(scope.line);
    entry.nested.set(scope.nested);
    Ok(entry.value())
}

fn symtable(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let filename = path_text(vm, args.get(1))?;
    let Some(start) = args.get(2).downcast::<PyStr>() else {
        return Err(vm.type_error(format!("symtable() argument 3 must be str, not {}", vm.type_name(args.get(2)))));
    };
    let mode = match start.as_ascii() {
        Some("exec") => Mode::Exec,
        Some("eval") => Mode::Eval,
        Some("single") => Mode::Single,
        _ => return Err(vm.value_error("symtable() arg 3 must be 'exec' or 'eval' or 'single'")),
    };
    let source = args.get(0);
    if source.downcast::<PyStr>().is_none() && !vm.has_buffer(source) {
        return Err(vm.type_error("symtable() arg 1 must be a string or bytes object"));
    }
    with_source(vm, source, "symtable", |source| match symbols(source, &filename, mode, &options(vm, 0, None)) {
        Ok(scope) => make(vm, &scope),
        Err(e) => Err(raise_syntax_error(vm, &e, &filename, None)?),
    })
}

fn id(_: &Vm, entry: Ref<Entry>) -> usize {
    entry.addr()
}

fn name(_: &Vm, entry: Ref<Entry>) -> Slot {
    entry.name.get()
}

fn get_symbols(_: &Vm, entry: Ref<Entry>) -> Slot {
    entry.symbols.get()
}

fn varnames(_: &Vm, entry: Ref<Entry>) -> Slot {
    entry.varnames.get()
}

fn children(_: &Vm, entry: Ref<Entry>) -> Slot {
    entry.children.get()
}

fn nested(_: &Vm, entry: Ref<Entry>) -> i32 {
    i32::from(entry.nested.get())
}

fn kind(_: &Vm, entry: Ref<Entry>) -> i32 {
    entry.kind.get()
}

fn lineno(_: &Vm, entry: Ref<Entry>) -> u32 {
    entry.line.get()
}

fn repr(vm: &Vm, entry: Ref<Entry>) -> String {
    let name = vm.to_lossy(entry.name.get_or_none());
    format!("<symtable entry {name}({}), line {}>", entry.addr(), entry.line.get())
}

static GETSET: &[GetSetDef] = &[
    getset!("id", id).member(),
    getset!("name", name).member(),
    getset!("symbols", get_symbols).member(),
    getset!("varnames", varnames).member(),
    getset!("children", children).member(),
    getset!("nested", nested).member(),
    getset!("type", kind).member(),
    getset!("lineno", lineno).member(),
];

static DEF: TypeDef = TypeDef {
    layout: Some(crate::layouts::SYMTABLE_ENTRY),
    flags: type_flags::DISALLOW_NEW,
    methods: &[&[method!("__repr__", 1, repr)]],
    getset: GETSET,
    ..TypeDef::new("symtable entry")
};

static FUNCTIONS: &[MethodDef] = &[method!("symtable", "($module, source, filename, startstr, /)", symtable)
    .doc("Return symbol and scope dictionaries used internally by compiler.")];

static CONSTANTS: &[(&str, i64)] = &[
    ("USE", 16),
    ("DEF_GLOBAL", 1),
    ("DEF_NONLOCAL", 8),
    ("DEF_LOCAL", 2),
    ("DEF_PARAM", 4),
    ("DEF_TYPE_PARAM", 1024),
    ("DEF_FREE_CLASS", 64),
    ("DEF_IMPORT", 128),
    ("DEF_BOUND", 2 | 4 | 128),
    ("DEF_ANNOT", 256),
    ("DEF_COMP_ITER", 512),
    ("DEF_COMP_CELL", 2048),
    ("TYPE_FUNCTION", Kind::Function as i64),
    ("TYPE_CLASS", Kind::Class as i64),
    ("TYPE_MODULE", Kind::Module as i64),
    ("TYPE_ANNOTATION", Kind::Annotation as i64),
    ("TYPE_TYPE_ALIAS", Kind::TypeAlias as i64),
    ("TYPE_TYPE_PARAMETERS", Kind::TypeParameters as i64),
    ("TYPE_TYPE_VARIABLE", Kind::TypeVariable as i64),
    ("LOCAL", 1),
    ("GLOBAL_EXPLICIT", 2),
    ("GLOBAL_IMPLICIT", 3),
    ("FREE", 4),
    ("CELL", 5),
    ("SCOPE_OFF", SCOPE_OFFSET as i64),
    ("SCOPE_MASK", 15),
];

fn init(vm: &Vm, module: Ref<PyModule>) -> PyResult<()> {
    CONSTANTS.iter().try_for_each(|(name, value)| module.add_int(vm, name, *value))
}

pub static MODULE: ModuleDef = ModuleDef::new("_symtable", FUNCTIONS, init);
