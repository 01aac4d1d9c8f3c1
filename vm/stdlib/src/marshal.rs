//! `marshal`.

use brolga_bytecode::marshal::{MAX_DEPTH, Source, VERSION, Writer};
use brolga_runtime::marshal::{self, Trust};
use brolga_runtime::module_def::ModuleDef;
use brolga_runtime::object::{Args, MethodDef, Ref};
use brolga_runtime::state::Vm;
use brolga_runtime::types::bytearray::PyByteArray;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::types::memoryview::PyMemoryView;
use brolga_runtime::types::module::PyModule;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, Raised, method};

use crate::vectors;

fn allow_code(vm: &Vm, v: Option<Value>) -> PyResult<bool> {
    match v {
        Some(v) => vm.is_true(v),
        None => Ok(true),
    }
}

fn loads(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let allow = allow_code(vm, args.opt(1))?;
    let data = vm.buffer(args.get(0), false)?.as_slice().to_vec();
    if vm.is_audited() {
        vm.audit("marshal.loads", &[PyBytes::new(vm, &data)?.value()])?;
    }
    Ok(marshal::load(vm, &data, Trust::Foreign, allow)?.0)
}

fn load(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let file = args.get(0);
    let allow = allow_code(vm, args.opt(1))?;
    vm.audit("marshal.load", &[])?;
    let bytes = vm.call_method(file, "read", &[Value::from_i32(0)])?;
    if !vm.is_instance(bytes, vm.types.bytes) {
        return Err(vm.type_error(format!("file.read() returned not bytes but {}", vm.type_name(bytes))));
    }
    marshal::load_from(vm, &mut File { vm, file, read: Vec::new() }, Trust::Foreign, allow)
}

/// A file that is read piece by piece by its `readinto`: what is behind the value stays in it.
struct File<'a> {
    vm: &'a Vm,
    file: Value,
    read: Vec<u8>,
}

impl Source<Raised> for File<'_> {
    const CUT_OFF: &'static str = "EOF read where not expected";

    fn take(&mut self, n: usize) -> PyResult<Option<&[u8]>> {
        let vm = self.vm;
        let room = PyByteArray::new(vm, &[])?;
        room.resize(vm, n)?;
        let view = PyMemoryView::new(vm, room.value(), true)?;
        let answer = vm.call_method(self.file, "readinto", &[view.value()])?;
        let read = brolga_runtime::types::int::to_i64(vm.index(answer)?)
            .ok_or_else(|| vm.value_error("cannot fit 'int' into an index-sized integer"))?;
        if read > n as i64 {
            return Err(vm.value_error(format!("read() returned too much data: {n} bytes requested, {read} returned")));
        }
        if read != n as i64 || room.len() < n {
            return Ok(None);
        }
        self.read.clear();
        vectors::reserve(vm, &mut self.read, n)?;
        self.read.extend_from_slice(room.as_slice());
        Ok(self.read.get(..n))
    }

    fn remaining(&self) -> Option<usize> {
        None
    }
}

/// The stream of any value.
fn write(vm: &Vm, value: Value, version: i32, allow_code: bool) -> PyResult<Vec<u8>> {
    let mut writer = Writer::new(version);
    let context = super::marshal_write::Context { allow_code, active: std::cell::RefCell::default() };
    super::marshal_write::write(vm, &mut writer, value, &context, MAX_DEPTH)?;
    Ok(writer.finish())
}

fn version_of(vm: &Vm, v: Option<Value>) -> PyResult<i32> {
    v.map_or(Ok(VERSION), |v| vm.to_i32(v))
}

fn dumps(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyBytes>> {
    let version = version_of(vm, args.opt(1))?;
    let allow = allow_code(vm, args.opt(2))?;
    vm.audit("marshal.dumps", &[args.get(0), Value::from_int_truncated(version as i64)])?;
    PyBytes::new(vm, &write(vm, args.get(0), version, allow)?)
}

fn dump(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let version = version_of(vm, args.opt(2))?;
    let allow = allow_code(vm, args.opt(3))?;
    vm.audit("marshal.dumps", &[args.get(0), Value::from_int_truncated(version as i64)])?;
    let bytes = PyBytes::new(vm, &write(vm, args.get(0), version, allow)?)?;
    vm.call_method(args.get(1), "write", &[bytes.value()])
}

const FUNCTIONS: &[MethodDef] = &[
    method!("dump", "($module, value, file, version=version, /, *, allow_code=True)", dump)
        .doc("Write the value on the open file."),
    method!("load", "($module, file, /, *, allow_code=True)", load)
        .doc("Read one value from the open file and return it."),
    method!("dumps", "($module, value, version=version, /, *, allow_code=True)", dumps)
        .doc("Return the bytes object that would be written to a file by dump(value, file)."),
    method!("loads", "($module, bytes, /, *, allow_code=True)", loads).doc("Convert the bytes-like object to a value."),
];

fn init(vm: &Vm, module: Ref<PyModule>) -> PyResult<()> {
    module.add_int(vm, "version", VERSION.into())
}

pub static MODULE: ModuleDef = ModuleDef::new("marshal", FUNCTIONS, init)
    .doc("This module contains functions that can read and write Python values in\na binary format.");
