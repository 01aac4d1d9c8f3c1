//! `BufferedRWPair`: a reader and a writer as one stream.

use brolga_runtime::object::{Args, GetSetDef, MethodDef, Ref, TypeDef};
use brolga_runtime::state::Vm;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, getset, method};

use super::buffered::{self, Kind};
use super::memory::heap_struct;
use super::{base, class_arg, receiver};

heap_struct! {
    PyPair, IO_PAIR,
    fields { reader, writer }
    data { }
}

type Me = Ref<PyPair>;

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Me> {
    let this: Me = vm.alloc_instance(class_arg(vm, args)?)?;
    super::register(vm, this.obj());
    Ok(this)
}

fn init(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let this: Me = receiver(vm, args.get(0))?;
    let (reader, writer) = (args.get(1), args.get(2));
    let size = args.opt(3).map_or(Ok(super::DEFAULT_BUFFER_SIZE as isize), |v| vm.to_isize(v))?;
    base::check_able(vm, reader, "readable")?;
    base::check_able(vm, writer, "writable")?;
    let reader = buffered::create(vm, Kind::Reader, reader, size as i64)?;
    this.reader.set(this, reader.value());
    let writer = buffered::create(vm, Kind::Writer, writer, size as i64)?;
    this.writer.set(this, writer.value());
    Ok(())
}

fn side(vm: &Vm, half: Slot) -> PyResult<Value> {
    half.ok_or_else(|| vm.value_error("I/O operation on uninitialized object"))
}

fn on_reader(vm: &Vm, args: &Args<'_>, name: &str) -> PyResult<Value> {
    let this: Me = receiver(vm, args.get(0))?;
    vm.call_method(side(vm, this.reader.get())?, name, args.rest)
}

fn on_writer(vm: &Vm, args: &Args<'_>, name: &str) -> PyResult<Value> {
    let this: Me = receiver(vm, args.get(0))?;
    vm.call_method(side(vm, this.writer.get())?, name, args.rest)
}

super::delegates!(on_reader(&Args<'_>): read, peek, read1, readinto, readinto1, readable);

super::delegates!(on_writer(&Args<'_>): write, flush, writable);

fn close(vm: &Vm, this: Me) -> PyResult<Value> {
    let closed = side(vm, this.writer.get()).and_then(|w| vm.call_method(w, "close", &[]));
    base::chain(vm, closed, |vm| vm.call_method(side(vm, this.reader.get())?, "close", &[]))
}

fn isatty(vm: &Vm, this: Me) -> PyResult<Value> {
    let writer = vm.call_method(side(vm, this.writer.get())?, "isatty", &[])?;
    if !writer.same_bits(Value::FALSE) {
        return Ok(writer);
    }
    vm.call_method(side(vm, this.reader.get())?, "isatty", &[])
}

fn get_closed(vm: &Vm, this: Me) -> PyResult<Value> {
    match this.writer.get() {
        Some(w) => vm.get_attr_str(w, "closed"),
        None => Err(vm.runtime_error("the BufferedRWPair object is being garbage-collected")),
    }
}

const METHODS: &[MethodDef] = &[
    method!("__new__", "($type, *args, **kwargs)", new).static_(),
    method!("__init__", "($self, /, reader, writer, buffer_size=DEFAULT_BUFFER_SIZE)", init),
    method!("read", "($self, /, *args)", read),
    method!("peek", "($self, /, *args)", peek),
    method!("read1", "($self, /, *args)", read1),
    method!("readinto", "($self, /, *args)", readinto),
    method!("readinto1", "($self, /, *args)", readinto1),
    method!("write", "($self, /, *args)", write),
    method!("flush", "($self, /, *args)", flush),
    method!("readable", "($self, /, *args)", readable),
    method!("writable", "($self, /, *args)", writable),
    method!("close", 1, close),
    method!("isatty", 1, isatty),
];

const GETSET: &[GetSetDef] = &[getset!("closed", get_closed)];

pub static DEF: TypeDef = TypeDef {
    module: "_io",
    layout: Some(crate::layouts::IO_PAIR),
    flags: base::FLAGS,
    methods: &[METHODS],
    getset: GETSET,
    iternext: Some(base::next),
    doc: Some(
        "A buffered reader and writer object together.\n\nA buffered reader object and buffered writer object put together to\nform a sequential IO object that can read and write. This is typically\nused with a socket or two-way pipe.\n\nreader and writer are RawIOBase objects that are readable and\nwriteable respectively. If the buffer_size is omitted it defaults to\nDEFAULT_BUFFER_SIZE.",
    ),
    ..TypeDef::new("BufferedRWPair")
};
