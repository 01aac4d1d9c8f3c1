//! `MultibyteStreamReader` and `MultibyteStreamWriter`.

use brolga_runtime::object::{Args, GetSetDef, MethodDef, Ref, TypeDef, def::type_flags};
use brolga_runtime::state::Vm;
use brolga_runtime::state::names::Special;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::types::str::{PyStr, ops};
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, getset, method};

use super::coding;
use super::incremental::{ERRORS, Feeder, INIT, MOST_WAITING, feed_text, forget, make, receiver, set_waiting};

fn new_reader(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Feeder>> {
    make(vm, args, "StreamReader", args.opt(1), 2)
}

fn new_writer(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Feeder>> {
    make(vm, args, "StreamWriter", args.opt(1), 2)
}

fn get_stream(_: &Vm, this: Ref<Feeder>) -> Value {
    this.stream()
}

const STREAM: GetSetDef = getset!("stream", get_stream).member();

/// Reads by the stream's `method`, and decodes; more, where nothing came of what was read.
fn read_by(vm: &Vm, args: &Args<'_>, method: &str) -> PyResult<Ref<PyStr>> {
    let this = receiver(vm, args)?;
    let mut hint = match args.opt_not_none(1) {
        None => -1,
        Some(v) if vm.is_instance(v, vm.types.int) => vm.to_isize(v)?,
        Some(_) => return Err(vm.type_error("arg 1 must be an integer")),
    };
    if hint == 0 {
        return Ok(vm.names.empty);
    }
    let mut text = vm.names.empty;
    loop {
        let read = match hint {
            ..0 => vm.call_method(this.stream(), method, &[])?,
            _ => vm.call_method(this.stream(), method, &[vm.new_int(hint as i64)?])?,
        };
        let Some(read) = read.downcast::<PyBytes>() else {
            let got = vm.tp_name(read);
            return Err(vm.type_error(format!("stream function returned a non-bytes object ({got})")));
        };
        let at_end = read.is_empty();
        let mut all = this.waiting_bytes();
        all.extend_from_slice(read.as_slice());
        let object = PyBytes::new(vm, &all)?;
        let complete = at_end || hint < 0;
        let (decoded, used) = coding::decode(vm, this.number(), object.value(), &all, this.errors(), complete)?;
        let rest = all.get(used..).unwrap_or(&[]);
        if rest.len() > MOST_WAITING {
            return Err(vm.raise_message(vm.types.unicode_error, "pending buffer overflow"));
        }
        set_waiting(vm, this, rest)?;
        text = ops::concat(vm, text, decoded)?;
        if hint < 0 || !text.is_empty() || all.is_empty() {
            return Ok(text);
        }
        // One byte more may be what is missing.
        hint = 1;
    }
}

fn read(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyStr>> {
    read_by(vm, args, "read")
}

fn read_line(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyStr>> {
    read_by(vm, args, "readline")
}

fn read_lines(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let text = read_by(vm, args, "read")?;
    vm.call_method(text.value(), "splitlines", &[Value::TRUE])
}

static READER_METHODS: &[MethodDef] = &[
    method!("__new__", "($type, stream, errors='strict')", new_reader).static_().called("StreamReader"),
    INIT,
    method!("read", "($self, sizeobj=None, /)", read),
    method!("readline", "($self, sizeobj=None, /)", read_line),
    method!("readlines", "($self, sizehintobj=None, /)", read_lines),
    method!("reset", 1, forget),
];

pub static READER: TypeDef = TypeDef {
    module: "_multibytecodec",
    layout: Some(crate::layouts::MULTIBYTE_FEEDER),
    flags: type_flags::BASETYPE,
    methods: &[READER_METHODS],
    getset: &[ERRORS, STREAM],
    ..TypeDef::new("MultibyteStreamReader")
};

fn write_bytes(vm: &Vm, this: Ref<Feeder>, bytes: &[u8]) -> PyResult<()> {
    let bytes = PyBytes::new(vm, bytes)?;
    vm.call_method(this.stream(), "write", &[bytes.value()]).map(|_| ())
}

fn write(vm: &Vm, this: Ref<Feeder>, text: Value) -> PyResult<()> {
    let bytes = feed_text(vm, this, text, false)?;
    write_bytes(vm, this, &bytes)
}

fn write_lines(vm: &Vm, this: Ref<Feeder>, lines: Value) -> PyResult<()> {
    if vm.type_of(lines).special(Special::GetItem).is_none() {
        return Err(vm.type_error("arg must be a sequence object"));
    }
    let mut i = 0;
    // The sequence may grow or shrink meanwhile.
    while i < vm.len(lines)? {
        let line = vm.get_item(lines, Value::from_len(i))?;
        write(vm, this, line)?;
        i += 1;
    }
    Ok(())
}

fn reset(vm: &Vm, this: Ref<Feeder>) -> PyResult<()> {
    let bytes = feed_text(vm, this, vm.names.empty.value(), true)?;
    forget(vm, this);
    if bytes.is_empty() { Ok(()) } else { write_bytes(vm, this, &bytes) }
}

static WRITER_METHODS: &[MethodDef] = &[
    method!("__new__", "($type, stream, errors='strict')", new_writer).static_().called("StreamWriter"),
    INIT,
    method!("write", 2, write).text("($self, strobj, /)"),
    method!("writelines", 2, write_lines).text("($self, lines, /)"),
    method!("reset", 1, reset),
];

pub static WRITER: TypeDef = TypeDef {
    module: "_multibytecodec",
    layout: Some(crate::layouts::MULTIBYTE_FEEDER),
    flags: type_flags::BASETYPE,
    methods: &[WRITER_METHODS],
    getset: &[ERRORS, STREAM],
    ..TypeDef::new("MultibyteStreamWriter")
};
