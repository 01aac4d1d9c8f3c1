//! `bytes`: the type, and the methods that `bytearray` has not.

use brolga_text::repr::repr_bytes;

use super::construct::{self, Source};
use super::shared::{BytesLike, shared_methods};
use super::{PyBytes, iter, percent};
use crate::object::def::{TypeDef, type_flags};
use crate::object::layout::BYTES;
use crate::object::{Args, MethodDef, Ref};
use crate::protocol::buffer::{BufferProcs, RawBuffer, release_nothing};
use crate::state::Vm;
use crate::types::shape;
use crate::types::str::PyStr;
use crate::types::type_object::PyType;
use crate::value::Value;
use crate::{PyResult, comparisons, method};

impl BytesLike for PyBytes {
    const NAME: &'static str = "bytes";
    const HEX_DOC: &'static str = "Create a string of hexadecimal numbers from a bytes object.\n\n  sep\n    An optional single character or byte to separate hex bytes.\n  bytes_per_sep\n    How many bytes between separators.  Positive values count from\n    the right, negative values count from the left.\n\nExample:\n>>> value = b'\\xb9\\x01\\xef'\n>>> value.hex()\n'b901ef'\n>>> value.hex(':')\n'b9:01:ef'\n>>> value.hex(':', 2)\n'b9:01ef'\n>>> value.hex(':', -2)\n'b901:ef'";

    fn slice(&self) -> &[u8] {
        self.as_slice()
    }

    fn make(vm: &Vm, bytes: &[u8]) -> PyResult<Value> {
        Ok(PyBytes::new(vm, bytes)?.value())
    }

    fn joined(vm: &Vm, a: &[u8], b: &[u8]) -> PyResult<Value> {
        if a.is_empty() || b.is_empty() {
            return PyBytes::make(vm, if a.is_empty() { b } else { a });
        }
        let fill = |out: &mut [u8]| {
            let (front, back) = out.split_at_mut(a.len());
            front.copy_from_slice(a);
            back.copy_from_slice(b);
        };
        Ok(PyBytes::build(vm, shape::bytes, a.len().saturating_add(b.len()), fill)?.value())
    }

    fn same(vm: &Vm, this: Ref<PyBytes>) -> PyResult<Value> {
        if this.obj().shape_id() == shape::bytes { Ok(this.value()) } else { PyBytes::make(vm, this.as_slice()) }
    }
}

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let Some(class) = args.get(0).downcast::<PyType>() else {
        return Err(vm.type_error("bytes.__new__(X): X is not a type object"));
    };
    if class.layout() != BYTES {
        let name = class.name();
        return Err(vm.type_error(format!("bytes.__new__({name}): {name} is not a subtype of bytes")));
    }
    if class == vm.types.bytes
        && args.opt(2).is_none()
        && args.opt(3).is_none()
        && let Some(same) = args.opt(1).and_then(|v| vm.exact::<PyBytes>(v, shape::bytes))
    {
        return Ok(same.value());
    }
    let source = construct::from_arguments(vm, args, 1, "bytes")?;
    if class == vm.types.bytes {
        return match source {
            Source::Object(bytes) => Ok(bytes.value()),
            Source::Data(data) => PyBytes::make(vm, &data),
        };
    }
    instance(vm, class, source)
}

/// An instance of a subclass.
fn instance(vm: &Vm, class: Ref<PyType>, source: Source) -> PyResult<Value> {
    let b = match &source {
        Source::Object(bytes) => make_with_shape(vm, class.root_shape(), bytes.as_slice())?,
        Source::Data(data) => make_with_shape(vm, class.root_shape(), data)?,
    };
    vm.made_instance(class, b.obj());
    Ok(b.value())
}

fn make_with_shape(vm: &Vm, shape: u32, data: &[u8]) -> PyResult<Ref<PyBytes>> {
    PyBytes::build(vm, shape, data.len(), |out| out.copy_from_slice(data))
}

fn text(vm: &Vm, this: Ref<PyBytes>) -> PyResult<Ref<PyStr>> {
    crate::types::bytes::shared::warn_of_text::<PyBytes>(vm)?;
    repr(vm, this)
}

fn repr(vm: &Vm, this: Ref<PyBytes>) -> PyResult<Ref<PyStr>> {
    PyStr::from_data(vm, repr_bytes(this.as_slice()))
}

fn hash(vm: &Vm, this: Ref<PyBytes>) -> i64 {
    this.hash(vm)
}

fn rem(vm: &Vm, this: Ref<PyBytes>, args: Value) -> PyResult<Value> {
    PyBytes::make(vm, &percent::format(vm, this.as_slice(), args)?)
}

fn rrem(vm: &Vm, this: Ref<PyBytes>, format: Value) -> PyResult<Value> {
    match format.downcast::<PyBytes>() {
        Some(format) => PyBytes::make(vm, &percent::format(vm, format.as_slice(), this.value())?),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn bytes(vm: &Vm, this: Ref<PyBytes>) -> PyResult<Value> {
    PyBytes::same(vm, this)
}

fn getnewargs(vm: &Vm, this: Ref<PyBytes>) -> PyResult<Value> {
    let copy = PyBytes::make(vm, this.as_slice())?;
    Ok(vm.new_tuple(&[copy])?.value())
}

fn fromhex(vm: &Vm, class: Value, text: Value) -> PyResult<Value> {
    let bytes = PyBytes::make(vm, &construct::from_hex(vm, text)?)?;
    if class.is(vm.types.bytes.value()) { Ok(bytes) } else { vm.call(class, &[bytes]) }
}

/// A header of 33 bytes and the data, as CPython's.
fn sizeof(_: &Vm, this: Ref<PyBytes>) -> usize {
    33 + this.len()
}

fn get_buffer(vm: &Vm, v: Value, writable: bool) -> PyResult<RawBuffer> {
    let Some(b) = v.downcast::<PyBytes>() else { return Err(vm.type_error("bytes expected")) };
    if writable {
        return Err(vm.buffer_error("Object is not writable."));
    }
    Ok(RawBuffer::bytes(b.as_slice().as_ptr().cast_mut(), b.len(), true))
}

const METHODS: &[MethodDef] = &[
    method!("__new__", "($type, source=b'', encoding='utf-8', errors='strict')", new).static_(),
    method!("__repr__", 1, repr),
    method!("__str__", 1, text),
    method!("__hash__", 1, hash),
    method!("__iter__", 1, iter::iter),
    method!("__mod__", 2, rem),
    method!("__rmod__", 2, rrem),
    method!("__bytes__", 1, bytes),
    method!("__getnewargs__", 1, getnewargs),
    method!("__sizeof__", 1, sizeof),
    method!("__buffer__", 2, crate::types::memoryview::dunder_buffer),
    method!("fromhex", 2, fromhex).class(),
];

const SHARED: &[MethodDef] = shared_methods!(PyBytes);

pub static DEF: TypeDef = TypeDef {
    layout: Some(BYTES),
    flags: type_flags::BASETYPE | type_flags::MATCH_SELF,
    methods: &[METHODS, SHARED, comparisons!(crate::types::bytes::shared::compare::<PyBytes>)],
    buffer: Some(BufferProcs { get: get_buffer, release: release_nothing, lender: None }),
    doc: Some(
        "bytes(iterable_of_ints) -> bytes\nbytes(string, encoding[, errors]) -> bytes\nbytes(bytes_or_buffer) -> \
         immutable copy of bytes_or_buffer\nbytes(int) -> bytes object of size given by the parameter initialized with \
         null bytes\nbytes() -> empty bytes object\n\nConstruct an immutable array of bytes from:\n  - an iterable \
         yielding integers in range(256)\n  - a text string encoded using the specified encoding\n  - any object \
         implementing the buffer API.\n  - an integer",
    ),
    ..TypeDef::new("bytes")
};
