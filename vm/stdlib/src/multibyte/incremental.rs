//! `MultibyteIncrementalEncoder` and `MultibyteIncrementalDecoder`.

use std::cell::Cell;

use brolga_runtime::object::{Args, Field, GetSetDef, MethodDef, Ref, TypeDef, def::type_flags};
use brolga_runtime::state::Vm;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::types::int;
use brolga_runtime::types::str::{PyStr, ops};
use brolga_runtime::types::tuple::PyTuple;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, getset, method};

use super::{Codec, codec_of, coding, errors_argument, text_argument};
use crate::object::{class_argument, object};

/// The most bytes that may wait.
pub const MOST_WAITING: usize = 8;

object!(
    pub struct Feeder: MULTIBYTE_FEEDER {
        codec: Field,
        errors: Field,
        /// A stream's.
        stream: Field,
        /// A str or bytes that wait for what follows them, or empty.
        waiting: Field,
        /// A decoder's state, a number: of these encodings none has one, but what was set is kept. 32 bits in each: no
        /// address looks like them.
        low: Cell<u32>,
        padding: Cell<u32>,
        high: Cell<u32>,
        padding2: Cell<u32>,
    }
);

impl Feeder {
    pub fn number(&self) -> usize {
        self.codec.get().and_then(Value::downcast::<Codec>).map_or(0, |codec| codec.number.get())
    }

    pub fn errors(&self) -> Option<Ref<PyStr>> {
        self.errors.get()?.downcast()
    }

    pub fn stream(&self) -> Value {
        self.stream.get_or_none()
    }

    /// The bytes that wait.
    pub fn waiting_bytes(&self) -> Vec<u8> {
        self.waiting.get().and_then(Value::downcast::<PyBytes>).map_or_else(Vec::new, |b| b.as_slice().to_vec())
    }

    fn state(&self) -> u64 {
        u64::from(self.high.get()) << 32 | u64::from(self.low.get())
    }

    fn set_state(&self, state: u64) {
        self.low.set(state as u32);
        self.high.set((state >> 32) as u32);
    }
}

pub fn set_waiting(vm: &Vm, this: Ref<Feeder>, bytes: &[u8]) -> PyResult<()> {
    let waiting = if bytes.is_empty() { None } else { Some(PyBytes::new(vm, bytes)?.value()) };
    this.waiting.set(this, waiting);
    Ok(())
}

pub fn forget(_: &Vm, this: Ref<Feeder>) {
    this.waiting.set(this, None);
    this.set_state(0);
}

/// A new one; `errors` is the argument of that number.
pub fn make(vm: &Vm, args: &Args<'_>, name: &str, stream: Slot, errors: usize) -> PyResult<Ref<Feeder>> {
    let class = class_argument(vm, args)?;
    let wanted = format!("{errors} must be str");
    let errors = match args.opt(errors) {
        None => vm.names.strict,
        Some(v) if v.is_none() => return Err(vm.type_error(format!("{name}() argument {wanted}, not None"))),
        Some(v) => errors_argument(vm, Some(v), name, &wanted)?.unwrap_or(vm.names.strict),
    };
    let codec = codec_of(vm, class)?;
    let this: Ref<Feeder> = vm.alloc_instance(class)?;
    this.codec.init(codec.value());
    this.errors.init(errors.value());
    this.stream.init(stream);
    Ok(this)
}

pub fn receiver(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Feeder>> {
    brolga_runtime::object::FromValue::from_value(vm, args.get(0))
}

/// The classes that a codec's are made of have Python code for this, which is not to run.
fn init(_: &Vm, _: &Args<'_>) {}

pub const INIT: MethodDef = method!("__init__", "($self, /, *args, **kwargs)", init);

fn get_errors(_: &Vm, this: Ref<Feeder>) -> Slot {
    this.errors.get()
}

fn set_errors(vm: &Vm, this: Ref<Feeder>, value: Slot) -> PyResult<()> {
    let Some(value) = value else { return Err(vm.attribute_error("cannot delete attribute")) };
    if value.downcast::<PyStr>().is_none() {
        return Err(vm.type_error("errors must be a string"));
    }
    this.errors.set(this, value);
    Ok(())
}

pub const ERRORS: GetSetDef = getset!("errors", get_errors, set_errors).doc("how to treat errors");

/// Encodes what waits and `text`; unless it is `complete`, a character may wait again.
pub fn feed_text(vm: &Vm, this: Ref<Feeder>, text: Value, complete: bool) -> PyResult<Vec<u8>> {
    let mut text = text_argument(vm, text)?;
    if let Some(waiting) = this.waiting.get().and_then(Value::downcast::<PyStr>) {
        text = ops::concat(vm, waiting, text)?;
    }
    let encoded = coding::encode(vm, this.number(), text, this.errors(), complete)?;
    let waiting = match encoded.waiting {
        0 => None,
        n => Some(ops::slice(vm, text, text.len().saturating_sub(n), text.len())?.value()),
    };
    this.waiting.set(this, waiting);
    Ok(encoded.bytes)
}

fn new_encoder(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Feeder>> {
    make(vm, args, "IncrementalEncoder", None, 1)
}

fn encode(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let complete = args.opt(2).map_or(Ok(false), |v| vm.is_true(v))?;
    let bytes = feed_text(vm, receiver(vm, args)?, args.get(1), complete)?;
    Ok(PyBytes::new(vm, &bytes)?.value())
}

/// A number of these bytes, the lowest first: how many are of what waits, these, and eight of the codec's state.
fn encoder_state(vm: &Vm, this: Ref<Feeder>) -> PyResult<Value> {
    let waiting = match this.waiting.get().and_then(Value::downcast::<PyStr>) {
        Some(text) => brolga_runtime::codecs::utf8(vm, text)?,
        None => Vec::new(),
    };
    let mut bytes = vec![waiting.len() as u8];
    bytes.extend_from_slice(&waiting);
    bytes.extend_from_slice(&this.state().to_le_bytes());
    int::read_bytes(vm, &bytes, false)
}

fn set_encoder_state(vm: &Vm, this: Ref<Feeder>, state: Value) -> PyResult<()> {
    if !vm.is_instance(state, vm.types.int) {
        return Err(vm.type_error(format!("setstate() argument must be int, not {}", vm.tp_name(state))));
    }
    let mut bytes = [0u8; 1 + MOST_WAITING + 8];
    int::write_bytes(vm, state, false, &mut bytes)?;
    let len = usize::from(bytes[0]);
    let Some((waiting, rest)) = bytes.get(1..).and_then(|rest| rest.split_at_checked(len)).filter(|_| len <= 8) else {
        return Err(vm.raise_message(vm.types.unicode_error, "pending buffer too large"));
    };
    let waiting = match waiting {
        [] => None,
        _ => Some(vm.call_method(PyBytes::new(vm, waiting)?.value(), "decode", &[])?),
    };
    this.waiting.set(this, waiting);
    let state = rest.get(..8).and_then(|b| b.try_into().ok()).map_or(0, u64::from_le_bytes);
    this.set_state(state);
    Ok(())
}

static ENCODER_METHODS: &[MethodDef] = &[
    method!("__new__", "($type, errors='strict')", new_encoder).static_().called("IncrementalEncoder"),
    INIT,
    method!("encode", "($self, /, input, final=False)", encode),
    method!("getstate", 1, encoder_state),
    method!("setstate", 2, set_encoder_state).text("($self, state, /)"),
    method!("reset", 1, forget),
];

pub static ENCODER: TypeDef = TypeDef {
    module: "_multibytecodec",
    layout: Some(crate::layouts::MULTIBYTE_FEEDER),
    flags: type_flags::BASETYPE,
    methods: &[ENCODER_METHODS],
    getset: &[ERRORS],
    ..TypeDef::new("MultibyteIncrementalEncoder")
};

// ---- decoding -----------------------------------------------------------------------------------------------------------

fn new_decoder(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Feeder>> {
    make(vm, args, "IncrementalDecoder", None, 1)
}

/// Decodes what waits and `data`. Unless that is `complete`, the beginning of something waits again.
pub fn feed_bytes(vm: &Vm, this: Ref<Feeder>, data: &[u8], complete: bool) -> PyResult<Ref<PyStr>> {
    let mut all = this.waiting_bytes();
    all.extend_from_slice(data);
    let object = PyBytes::new(vm, &all)?;
    let (text, read) = coding::decode(vm, this.number(), object.value(), &all, this.errors(), complete)?;
    let rest = all.get(read..).unwrap_or(&[]);
    if rest.len() > MOST_WAITING {
        return Err(vm.raise_message(vm.types.unicode_error, "pending buffer overflow"));
    }
    set_waiting(vm, this, rest)?;
    Ok(text)
}

fn decode(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyStr>> {
    let complete = args.opt(2).map_or(Ok(false), |v| vm.is_true(v))?;
    let data = vm.with_buffer(args.get(1), <[u8]>::to_vec)?;
    feed_bytes(vm, receiver(vm, args)?, &data, complete)
}

fn decoder_state(vm: &Vm, this: Ref<Feeder>) -> PyResult<Value> {
    let waiting = PyBytes::new(vm, &this.waiting_bytes())?;
    Ok(vm.new_tuple(&[waiting.value(), vm.new_int_u64(this.state())?])?.value())
}

fn set_decoder_state(vm: &Vm, this: Ref<Feeder>, state: Value) -> PyResult<()> {
    let Some(pair) = state.downcast::<PyTuple>() else {
        return Err(vm.type_error(format!("setstate() argument must be tuple, not {}", vm.tp_name(state))));
    };
    let parts = match *pair.as_slice() {
        [waiting, state] => {
            waiting.downcast::<PyBytes>().filter(|_| vm.is_instance(state, vm.types.int)).zip(Some(state))
        }
        _ => None,
    };
    let Some((waiting, state)) = parts else {
        return Err(vm.type_error("setstate(): illegal state argument"));
    };
    let mut bytes = [0u8; 8];
    int::write_bytes(vm, state, false, &mut bytes)?;
    if waiting.len() > MOST_WAITING {
        let name = vm.new_str(super::tables::NAMES.get(this.number()).copied().unwrap_or(""))?;
        let reason = vm.new_str("pending buffer too large")?;
        let (from, to) = (Value::from_i32(0), Value::from_len(waiting.len()));
        let args = [name.value(), waiting.value(), from, to, reason.value()];
        return Err(vm.raise_args(vm.types.unicode_decode_error, &args));
    }
    set_waiting(vm, this, waiting.as_slice())?;
    this.set_state(u64::from_le_bytes(bytes));
    Ok(())
}

static DECODER_METHODS: &[MethodDef] = &[
    method!("__new__", "($type, errors='strict')", new_decoder).static_().called("IncrementalDecoder"),
    INIT,
    method!("decode", "($self, /, input, final=False)", decode),
    method!("getstate", 1, decoder_state),
    method!("setstate", 2, set_decoder_state).text("($self, state, /)"),
    method!("reset", 1, forget),
];

pub static DECODER: TypeDef = TypeDef {
    module: "_multibytecodec",
    layout: Some(crate::layouts::MULTIBYTE_FEEDER),
    flags: type_flags::BASETYPE,
    methods: &[DECODER_METHODS],
    getset: &[ERRORS],
    ..TypeDef::new("MultibyteIncrementalDecoder")
};
