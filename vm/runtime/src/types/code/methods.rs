//! What Python sees of code objects.

use brolga_bytecode::constants::local_kind;
use brolga_bytecode::instructions::Instructions;
use brolga_bytecode::lines::{Lines, positions};
use brolga_bytecode::opcode::Opcode;

use super::{CodeData, PyCode};
use crate::object::def::{GetSetDef, MethodDef, TypeDef, type_flags};
use crate::object::layout::{CODE, LINES_ITER};
use crate::object::{Args, Field, Header, HeapType, LayoutId, Ref};
use crate::state::Vm;
use crate::types::array::ValueVec;
use crate::types::bytes::PyBytes;
use crate::types::shape;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::value::{Slot, Value};
use crate::{PyResult, getset, method};
use std::cell::Cell;

macro_rules! data_getters {
    ($($f:ident $field:ident;)*) => {$(
        fn $f(_: &Vm, code: Ref<PyCode>) -> u32 { code.data().$field }
    )*};
}

data_getters! {
    get_argcount argcount;
    get_posonlyargcount posonlyargcount;
    get_kwonlyargcount kwonlyargcount;
}

fn get_nlocals(_: &Vm, code: Ref<PyCode>) -> usize {
    nlocals(code)
}

fn nlocals(code: Ref<PyCode>) -> usize {
    code.data().localspluskinds.iter().filter(|k| *k & local_kind::LOCAL != 0).count()
}

fn get_stacksize(_: &Vm, code: Ref<PyCode>) -> usize {
    code.stacksize()
}

fn get_flags(_: &Vm, code: Ref<PyCode>) -> u32 {
    code.flags.get()
}

fn get_firstlineno(_: &Vm, code: Ref<PyCode>) -> i32 {
    code.data().firstlineno
}

fn get_code(vm: &Vm, code: Ref<PyCode>) -> PyResult<Value> {
    Ok(PyBytes::new(vm, &code.data().code)?.value())
}

fn get_linetable(vm: &Vm, code: Ref<PyCode>) -> PyResult<Value> {
    Ok(PyBytes::new(vm, &code.data().linetable)?.value())
}

fn get_exceptiontable(vm: &Vm, code: Ref<PyCode>) -> PyResult<Value> {
    Ok(PyBytes::new(vm, &code.data().exceptiontable)?.value())
}

/// `co_lnotab`, the table of CPython 3.9, made from the line table.
fn get_lnotab(vm: &Vm, code: Ref<PyCode>) -> PyResult<Value> {
    vm.warn(vm.types.deprecation_warning, "co_lnotab is deprecated, use co_lines instead.", 1)?;
    let data = code.data();
    let mut table: Vec<u8> = Vec::new();
    let (mut last_offset, mut last_line) = (0u32, data.firstlineno);
    for (start, _, line) in Lines::new(&data.linetable, data.firstlineno) {
        let Some(line) = line else { continue };
        let mut bytes = start.saturating_sub(last_offset);
        let mut lines = line.wrapping_sub(last_line);
        if lines == 0 {
            continue;
        }
        while bytes > 255 {
            table.extend([255, 0]);
            bytes -= 255;
        }
        while lines > 127 {
            table.extend([bytes as u8, 127]);
            (bytes, lines) = (0, lines - 127);
        }
        while lines < -128 {
            table.extend([bytes as u8, -128i8 as u8]);
            (bytes, lines) = (0, lines + 128);
        }
        table.extend([bytes as u8, lines as i8 as u8]);
        (last_offset, last_line) = (start, line);
    }
    Ok(PyBytes::new(vm, &table)?.value())
}

macro_rules! field_getters {
    ($($f:ident $field:ident;)*) => {$(
        fn $f(_: &Vm, code: Ref<PyCode>) -> Slot { code.$field.get() }
    )*};
}

field_getters! {
    get_consts consts;
    get_names names;
    get_filename filename;
    get_name name;
    get_qualname qualname;
}

/// The names of the variables of some kind.
fn variables(vm: &Vm, code: Ref<PyCode>, kind: u8) -> PyResult<Value> {
    let names = ValueVec::new();
    for i in 0..code.nlocalsplus() {
        if code.local_kind(i) & kind != 0
            && let Some(name) = code.local_name(i)
        {
            names.push(vm, name.value())?;
        }
    }
    Ok(vm.new_tuple(names.as_slice())?.value())
}

fn get_varnames(vm: &Vm, code: Ref<PyCode>) -> PyResult<Value> {
    variables(vm, code, local_kind::LOCAL)
}

fn get_cellvars(vm: &Vm, code: Ref<PyCode>) -> PyResult<Value> {
    variables(vm, code, local_kind::CELL)
}

fn get_freevars(vm: &Vm, code: Ref<PyCode>) -> PyResult<Value> {
    variables(vm, code, local_kind::FREE)
}

/// `co_branches()`: (where, where it goes on, where it jumps to).
fn co_branches(vm: &Vm, code: Ref<PyCode>) -> PyResult<Value> {
    let branches = ValueVec::new();
    let data = code.data();
    for i in Instructions::new(&data.code).map_while(Result::ok) {
        let (Some(target), next) = (i.jump_target(), i.next) else { continue };
        let branch = match i.opcode {
            // Behind the NOT_TAKEN.
            Opcode::POP_JUMP_IF_FALSE
            | Opcode::POP_JUMP_IF_TRUE
            | Opcode::POP_JUMP_IF_NONE
            | Opcode::POP_JUMP_IF_NOT_NONE => [i.offset, next + 2, target],
            // Behind the END_FOR and the POP_ITER.
            Opcode::FOR_ITER => [i.offset, next, target + 4],
            // From the END_SEND, behind the NOT_TAKEN.
            Opcode::END_ASYNC_FOR => [target, target + 4, next],
            _ => continue,
        };
        let items = branch.map(Value::from_len);
        branches.push(vm, vm.new_tuple(&items)?.value())?;
    }
    vm.iter(vm.new_list(branches.as_slice())?.value())
}

fn repr(vm: &Vm, code: Ref<PyCode>) -> String {
    let line = code.data().firstlineno.max(0);
    format!(
        "<code object {} at {:#x}, file \"{}\", line {line}>",
        vm.to_lossy(code.name.get_or_none()),
        code.addr(),
        vm.to_lossy(code.filename.get_or_none())
    )
}

fn eq(vm: &Vm, a: Ref<PyCode>, b: Value) -> PyResult<Value> {
    let Some(b) = b.downcast::<PyCode>() else { return Ok(Value::NOT_IMPLEMENTED) };
    if a == b {
        return Ok(Value::TRUE);
    }
    let (x, y) = (a.data(), b.data());
    let plain = x.argcount == y.argcount
        && x.posonlyargcount == y.posonlyargcount
        && x.kwonlyargcount == y.kwonlyargcount
        && a.flags.get() == b.flags.get()
        && x.firstlineno == y.firstlineno
        && x.code == y.code
        && x.linetable == y.linetable
        && x.exceptiontable == y.exceptiontable
        && x.localspluskinds == y.localspluskinds;
    if !plain {
        return Ok(Value::FALSE);
    }
    for (p, q) in [(&a.name, &b.name), (&a.names, &b.names), (&a.localsplusnames, &b.localsplusnames)] {
        if !vm.eq(p.get_or_none(), q.get_or_none())? {
            return Ok(Value::FALSE);
        }
    }
    let equal = same_constant(vm, a.consts.get_or_none(), b.consts.get_or_none())?;
    Ok(Value::from_bool(equal))
}

/// Constants compare by type, too: `1` and `1.0` and `True` differ, and so do `0.0` and `-0.0`.
fn same_constant(vm: &Vm, a: Value, b: Value) -> PyResult<bool> {
    if vm.type_of(a) != vm.type_of(b) {
        return Ok(false);
    }
    if let (Some(x), Some(y)) = (a.as_f64(), b.as_f64()) {
        return Ok(x.to_bits() == y.to_bits());
    }
    if let (Some(x), Some(y)) = (a.downcast::<PyTuple>(), b.downcast::<PyTuple>()) {
        vm.check_native_stack("")?;
        if x.len() != y.len() {
            return Ok(false);
        }
        for (p, q) in x.as_slice().iter().zip(y.as_slice()) {
            if !same_constant(vm, *p, *q)? {
                return Ok(false);
            }
        }
        return Ok(true);
    }
    vm.eq(a, b)
}

fn hash(vm: &Vm, code: Ref<PyCode>) -> PyResult<i64> {
    let data = code.data();
    let mut h = vm.hash(code.name.get_or_none())? as u64 ^ data.firstlineno as u64 ^ (data.argcount as u64) << 8;
    for count in [data.posonlyargcount, data.kwonlyargcount, code.flags.get()] {
        h = (h ^ u64::from(count)).wrapping_mul(1_000_003);
    }
    for byte in &data.code {
        h = (h ^ *byte as u64).wrapping_mul(1_000_003);
    }
    Ok(if h as i64 == -1 { -2 } else { h as i64 })
}

/// The iterator behind `co_lines()` and `co_positions()`: over a list made at once.
#[repr(C)]
pub struct PyLines {
    header: Header,
    items: Field,
    next: Cell<usize>,
}

// SAFETY: repr(C), header first; a count is no heap address.
unsafe impl HeapType for PyLines {
    const LAYOUT: LayoutId = LINES_ITER;
}

fn lines_next(_: &Vm, this: Value) -> PyResult<Slot> {
    let Some(this) = this.downcast::<PyLines>() else { return Ok(None) };
    let i = this.next.get();
    this.next.set(i + 1);
    Ok(this.items.get().and_then(Value::downcast::<PyTuple>).and_then(|t| t.get(i)))
}

fn lines_iter(_: &Vm, this: Value) -> Value {
    this
}

fn optional(n: Option<i64>) -> Value {
    n.map_or(Value::NONE, Value::from_int_truncated)
}

fn co_lines(vm: &Vm, code: Ref<PyCode>) -> PyResult<Value> {
    let data = code.data();
    let items = ValueVec::new();
    for (start, end, line) in Lines::new(&data.linetable, data.firstlineno) {
        let item = vm.new_tuple(&[
            Value::from_int_truncated(start as i64),
            Value::from_int_truncated(end as i64),
            optional(line.map(i64::from)),
        ])?;
        items.push(vm, item.value())?;
    }
    make_iter(vm, shape::line_iter, &items)
}

fn co_positions(vm: &Vm, code: Ref<PyCode>) -> PyResult<Value> {
    let data = code.data();
    let items = ValueVec::new();
    // `-X no_debug_ranges` holds for code from elsewhere, too.
    let columns = !vm.config.no_debug_ranges;
    for p in positions(&data.linetable, data.firstlineno) {
        let item = vm.new_tuple(&[
            optional(p.line.map(i64::from)),
            optional(p.end_line.map(i64::from)),
            optional(p.column.map(i64::from).filter(|_| columns)),
            optional(p.end_column.map(i64::from).filter(|_| columns)),
        ])?;
        items.push(vm, item.value())?;
    }
    make_iter(vm, shape::position_iter, &items)
}

fn make_iter(vm: &Vm, shape: u32, items: &ValueVec) -> PyResult<Value> {
    let items = vm.new_tuple(items.as_slice())?;
    let iter: Ref<PyLines> = vm.alloc(shape)?;
    iter.items.init(items.value());
    Ok(iter.value())
}

fn varname_from_oparg(vm: &Vm, code: Ref<PyCode>, oparg: i64) -> PyResult<Value> {
    match usize::try_from(oparg).ok().and_then(|i| code.local_name(i)) {
        Some(name) => Ok(name.value()),
        None => Err(vm.index_error("tuple index out of range")),
    }
}

/// A code object from its parts as `types.CodeType` and `replace` take them, verified.
struct Parts {
    argcount: i64,
    posonlyargcount: i64,
    kwonlyargcount: i64,
    nlocals: i64,
    stacksize: i64,
    flags: i64,
    firstlineno: i64,
    code: Value,
    consts: Value,
    names: Value,
    varnames: Value,
    freevars: Value,
    cellvars: Value,
    filename: Value,
    name: Value,
    qualname: Value,
    linetable: Value,
    exceptiontable: Value,
}

fn build(vm: &Vm, p: &Parts) -> PyResult<Ref<PyCode>> {
    let bytes = |v: Value, what: &str| -> PyResult<Box<[u8]>> {
        match v.downcast::<PyBytes>() {
            Some(b) => Ok(b.as_slice().into()),
            None => Err(vm.type_error(format!("code() argument '{what}' must be bytes, not {}", vm.type_name(v)))),
        }
    };
    let tuple = |v: Value, what: &str| -> PyResult<Ref<PyTuple>> {
        v.downcast()
            .ok_or_else(|| vm.type_error(format!("code() argument '{what}' must be tuple, not {}", vm.type_name(v))))
    };
    let text = |v: Value, what: &str| -> PyResult<Ref<PyStr>> {
        v.downcast()
            .ok_or_else(|| vm.type_error(format!("code() argument '{what}' must be str, not {}", vm.type_name(v))))
    };
    if p.argcount < p.posonlyargcount
        || p.posonlyargcount < 0
        || p.kwonlyargcount < 0
        || p.stacksize < 0
        || p.flags < 0
        || p.argcount > i64::from(i32::MAX)
        || p.stacksize > i64::from(i32::MAX)
    {
        return Err(vm.value_error("code: argument counts and sizes must not be negative"));
    }
    let (varnames, cellvars, freevars) =
        (tuple(p.varnames, "varnames")?, tuple(p.cellvars, "cellvars")?, tuple(p.freevars, "freevars")?);
    if p.nlocals != varnames.len() as i64 {
        return Err(vm.value_error("code: co_nlocals != len(co_varnames)"));
    }
    let all = ValueVec::new();
    let mut kinds: Vec<u8> = Vec::new();
    let args = (p.argcount + p.kwonlyargcount) as usize;
    for (i, name) in varnames.as_slice().iter().enumerate() {
        let name = text(*name, "varnames")?;
        let mut kind = local_kind::LOCAL;
        if i < p.posonlyargcount as usize {
            kind |= local_kind::ARG_POS;
        } else if i < p.argcount as usize {
            kind |= local_kind::ARG_POS | local_kind::ARG_KW;
        } else if i < args {
            kind |= local_kind::ARG_KW;
        }
        if cellvars.as_slice().iter().any(|c| c.downcast::<PyStr>().is_some_and(|c| c.equals(&name))) {
            kind |= local_kind::CELL;
        }
        all.push(vm, vm.intern_str(name).value())?;
        kinds.push(kind);
    }
    for name in cellvars.as_slice() {
        let name = text(*name, "cellvars")?;
        if varnames.as_slice().iter().any(|c| c.downcast::<PyStr>().is_some_and(|c| c.equals(&name))) {
            continue;
        }
        all.push(vm, vm.intern_str(name).value())?;
        kinds.push(local_kind::CELL);
    }
    for name in freevars.as_slice() {
        let name = text(*name, "freevars")?;
        all.push(vm, vm.intern_str(name).value())?;
        kinds.push(local_kind::FREE);
    }
    let names = ValueVec::new();
    for name in tuple(p.names, "names")?.as_slice() {
        names.push(vm, vm.intern_str(text(*name, "names")?).value())?;
    }
    let names = vm.new_tuple(names.as_slice())?;
    let localsplusnames = vm.new_tuple(all.as_slice())?;
    let consts = tuple(p.consts, "consts")?;
    let data = CodeData {
        argcount: p.argcount as u32,
        posonlyargcount: p.posonlyargcount as u32,
        kwonlyargcount: p.kwonlyargcount as u32,
        firstlineno: p.firstlineno as i32,
        code: bytes(p.code, "codestring")?,
        localspluskinds: kinds.into(),
        linetable: bytes(p.linetable, "linetable")?,
        exceptiontable: bytes(p.exceptiontable, "exceptiontable")?,
    };
    crate::marshal::verify(vm, &data, p.stacksize as u32, p.flags as u32, consts, names.len())?;
    PyCode::new(
        vm,
        data,
        p.stacksize as u32,
        p.flags as u32,
        consts,
        names,
        localsplusnames,
        text(p.filename, "filename")?,
        text(p.name, "name")?,
        text(p.qualname, "qualname")?,
    )
}

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyCode>> {
    let int = |i: usize| vm.to_i64(args.get(i));
    let empty = vm.new_tuple(&[])?.value();
    build(
        vm,
        &Parts {
            argcount: int(1)?,
            posonlyargcount: int(2)?,
            kwonlyargcount: int(3)?,
            nlocals: int(4)?,
            stacksize: int(5)?,
            flags: int(6)?,
            code: args.get(7),
            consts: args.get(8),
            names: args.get(9),
            varnames: args.get(10),
            filename: args.get(11),
            name: args.get(12),
            qualname: args.get(13),
            firstlineno: int(14)?,
            linetable: args.get(15),
            exceptiontable: args.get(16),
            freevars: args.opt(17).unwrap_or(empty),
            cellvars: args.opt(18).unwrap_or(empty),
        },
    )
}

fn replace(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyCode>> {
    let Some(code) = args.get(0).downcast::<PyCode>() else { return Err(vm.type_error("replace() of no code")) };
    let data = code.data();
    let int = |i: usize, old: i64| args.opt(i).map_or(Ok(old), |v| vm.to_i64(v));
    let or = |i: usize, old: Value| args.opt(i).unwrap_or(old);
    build(
        vm,
        &Parts {
            argcount: int(1, data.argcount.into())?,
            posonlyargcount: int(2, data.posonlyargcount.into())?,
            kwonlyargcount: int(3, data.kwonlyargcount.into())?,
            nlocals: int(4, nlocals(code) as i64)?,
            stacksize: int(5, code.stacksize() as i64)?,
            flags: int(6, code.flags.get().into())?,
            firstlineno: int(7, data.firstlineno.into())?,
            code: or(8, get_code(vm, code)?),
            consts: or(9, code.consts.get_or_none()),
            names: or(10, code.names.get_or_none()),
            varnames: or(11, get_varnames(vm, code)?),
            freevars: or(12, get_freevars(vm, code)?),
            cellvars: or(13, get_cellvars(vm, code)?),
            filename: or(14, code.filename.get_or_none()),
            name: or(15, code.name.get_or_none()),
            qualname: or(16, code.qualname.get_or_none()),
            linetable: or(17, get_linetable(vm, code)?),
            exceptiontable: or(18, get_exceptiontable(vm, code)?),
        },
    )
}

const METHODS: &[MethodDef] = &[
    method!("__new__", "($type, argcount, posonlyargcount, kwonlyargcount, nlocals, stacksize, flags, codestring, constants, names, varnames, filename, name, qualname, firstlineno, linetable, exceptiontable, freevars=(), cellvars=(), /)", new).static_(),
    method!("replace", "($self, /, *, co_argcount=None, co_posonlyargcount=None, co_kwonlyargcount=None, co_nlocals=None, co_stacksize=None, co_flags=None, co_firstlineno=None, co_code=None, co_consts=None, co_names=None, co_varnames=None, co_freevars=None, co_cellvars=None, co_filename=None, co_name=None, co_qualname=None, co_linetable=None, co_exceptiontable=None)", replace),
    method!("__replace__", "($self, /, *, co_argcount=None, co_posonlyargcount=None, co_kwonlyargcount=None, co_nlocals=None, co_stacksize=None, co_flags=None, co_firstlineno=None, co_code=None, co_consts=None, co_names=None, co_varnames=None, co_freevars=None, co_cellvars=None, co_filename=None, co_name=None, co_qualname=None, co_linetable=None, co_exceptiontable=None)", replace),
    method!("co_lines", 1, co_lines),
    method!("co_positions", 1, co_positions),
    method!("co_branches", 1, co_branches),
    method!("_varname_from_oparg", 2, varname_from_oparg),
    method!("__repr__", 1, repr),
    method!("__eq__", 2, eq),
    method!("__hash__", 1, hash),
];
const GETSET: &[GetSetDef] = &[
    getset!("co_argcount", get_argcount).member(),
    getset!("co_posonlyargcount", get_posonlyargcount).member(),
    getset!("co_kwonlyargcount", get_kwonlyargcount).member(),
    getset!("co_nlocals", get_nlocals),
    getset!("co_stacksize", get_stacksize).member(),
    getset!("co_flags", get_flags).member(),
    getset!("co_firstlineno", get_firstlineno).member(),
    getset!("co_code", get_code),
    getset!("co_consts", get_consts).member(),
    getset!("co_names", get_names).member(),
    getset!("co_varnames", get_varnames),
    getset!("co_cellvars", get_cellvars),
    getset!("co_freevars", get_freevars),
    getset!("co_filename", get_filename).member(),
    getset!("co_name", get_name).member(),
    getset!("co_qualname", get_qualname).member(),
    getset!("co_linetable", get_linetable).member(),
    getset!("co_exceptiontable", get_exceptiontable).member(),
    getset!("co_lnotab", get_lnotab),
    getset!("_co_code_adaptive", get_code),
];

pub static DEF: TypeDef = TypeDef {
    layout: Some(CODE),
    flags: type_flags::WEAKREFABLE,
    methods: &[METHODS],
    getset: GETSET,
    ..TypeDef::new("code")
};

pub static LINES_DEF: TypeDef = TypeDef {
    layout: Some(LINES_ITER),
    flags: type_flags::DISALLOW_NEW,
    methods: &[&[method!("__iter__", 1, lines_iter)]],
    iternext: Some(lines_next),
    ..TypeDef::new("line_iterator")
};

pub static POSITIONS_DEF: TypeDef = TypeDef {
    layout: Some(LINES_ITER),
    flags: type_flags::DISALLOW_NEW,
    methods: &[&[method!("__iter__", 1, lines_iter)]],
    iternext: Some(lines_next),
    ..TypeDef::new("positions_iterator")
};
