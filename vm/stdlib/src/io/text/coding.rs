//! Encoding and decoding of a text stream.

use brolga_runtime::PyResult;
use brolga_runtime::codecs::{BuiltIn, registry};
use brolga_runtime::object::Ref;
use brolga_runtime::state::Vm;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::types::int;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::types::tuple::PyTuple;
use brolga_runtime::value::Value;

use super::super::newline::{self, State};
use super::super::{native_codec, unsupported};
use super::{CAN_READ, CAN_WRITE, Me, READ_TRANSLATE, READ_UNIVERSAL, SEEKABLE, buffer_of};

/// Values of `codec`.
const OTHER: u32 = 0;
const UTF8: u32 = 1;
const ASCII: u32 = 2;
const LATIN1: u32 = 3;

pub fn native(this: Me) -> Option<BuiltIn> {
    match this.codec.get() {
        UTF8 => Some(BuiltIn::Utf8),
        ASCII => Some(BuiltIn::Ascii),
        LATIN1 => Some(BuiltIn::Latin1),
        _ => None,
    }
}

/// LookupError for a codec that is unknown, or not one of text.
pub fn check_codec(vm: &Vm, encoding: Ref<PyStr>) -> PyResult<()> {
    if native_codec(&encoding.to_lossy()).is_none() {
        let codec = registry::lookup(vm, encoding)?.value();
        if let Some(flag) = vm.get_attr_opt(codec, vm.intern("_is_text_encoding")?)?
            && !vm.is_true(flag)?
        {
            return Err(vm.lookup_error(format!("'{}' is not a text encoding", encoding.to_lossy())));
        }
    }
    Ok(())
}

/// What the stream's encoding asks for.
pub fn make_coders(vm: &Vm, this: Me, readable: bool, writable: bool) -> PyResult<()> {
    let encoding = vm.expect_str(this.encoding.get_or_none(), "encoding")?;
    this.set_flag(CAN_READ, readable);
    this.set_flag(CAN_WRITE, writable);
    this.decoder.set(this, None);
    this.encoder.set(this, None);
    this.tail.set(0);
    let codec = match native_codec(&encoding.to_lossy()) {
        Some(BuiltIn::Utf8) => UTF8,
        Some(BuiltIn::Ascii) => ASCII,
        Some(BuiltIn::Latin1) => LATIN1,
        _ => OTHER,
    };
    this.codec.set(codec);
    if codec != OTHER {
        return Ok(());
    }
    let info = registry::lookup(vm, encoding)?.value();
    let errors = this.errors.get_or_none();
    if readable {
        this.decoder.set(this, vm.call_method(info, "incrementaldecoder", &[errors])?);
    }
    if writable {
        this.encoder.set(this, vm.call_method(info, "incrementalencoder", &[errors])?);
    }
    Ok(())
}

/// An encoder that begins in the middle of a file writes no mark.
pub fn fix_encoder(vm: &Vm, this: Me) -> PyResult<()> {
    let Some(encoder) = this.encoder.get() else { return Ok(()) };
    if !this.has(SEEKABLE) {
        return Ok(());
    }
    let at = vm.call_method(buffer_of(vm, this)?, "tell", &[])?;
    if !vm.eq(at, Value::from_i32(0))? {
        vm.call_method(encoder, "setstate", &[Value::from_i32(0)])?;
    }
    Ok(())
}

/// After a seek: to the start of the stream, or elsewhere.
pub fn reset_encoder(vm: &Vm, this: Me, at_start: bool) -> PyResult<()> {
    match this.encoder.get() {
        None => Ok(()),
        Some(e) if at_start => vm.call_method(e, "reset", &[]).map(|_| ()),
        Some(e) => vm.call_method(e, "setstate", &[Value::from_i32(0)]).map(|_| ()),
    }
}

fn errors_of(this: Me) -> Option<Ref<PyStr>> {
    this.errors.get().and_then(Value::downcast::<PyStr>).filter(|e| e.as_ascii() != Some("strict"))
}

/// Encodes by the codec's own encoder, or natively what is not plain.
pub fn encode_slow(vm: &Vm, this: Me, text: Ref<PyStr>) -> PyResult<Vec<u8>> {
    if let Some(codec) = native(this) {
        return codec.encode(vm, text, errors_of(this));
    }
    let Some(encoder) = this.encoder.get() else { return Err(unsupported(vm, "not writable")) };
    let bytes = vm.call_method(encoder, "encode", &[text.value()])?;
    let Some(bytes) = bytes.downcast::<PyBytes>() else {
        return Err(vm.type_error(format!("encoder should return a bytes object, not '{}'", vm.type_name(bytes))));
    };
    let mut copy = Vec::new();
    copy.try_reserve_exact(bytes.len()).map_err(|_| vm.memory_error())?;
    copy.extend_from_slice(bytes.as_slice());
    Ok(copy)
}

fn state(this: Me) -> State {
    let bits = this.newline_state.get();
    State { pending_cr: bits & 1 != 0, seen: bits >> 8 }
}

fn set_state(this: Me, state: State) {
    this.newline_state.set(u32::from(state.pending_cr) | state.seen << 8);
}

pub fn seen(this: Me) -> u32 {
    this.newline_state.get() >> 8
}

/// Decodes a piece of input. `object` is its exporter.
pub fn decode(vm: &Vm, this: Me, object: Value, is_final: bool) -> PyResult<Ref<PyStr>> {
    let text = match native(this) {
        Some(codec) => decode_native(vm, this, codec, object, is_final)?,
        None => {
            let Some(decoder) = this.decoder.get() else { return Err(unsupported(vm, "not readable")) };
            let text = vm.call_method(decoder, "decode", &[object, Value::from_bool(is_final)])?;
            text.downcast::<PyStr>().ok_or_else(|| {
                vm.type_error(format!("decoder should return a string result, not '{}'", vm.type_name(text)))
            })?
        }
    };
    if !this.has(READ_UNIVERSAL) {
        return Ok(text);
    }
    let mut s = state(this);
    let result = newline::decode(vm, &mut s, text, this.has(READ_TRANSLATE), is_final)?;
    set_state(this, s);
    Ok(result)
}

fn tail_bytes(this: Me) -> ([u8; 4], usize) {
    let word = this.tail.get();
    let len = (word >> 24) as usize;
    ([word as u8, (word >> 8) as u8, (word >> 16) as u8, 0], len.min(3))
}

fn set_tail(this: Me, bytes: &[u8]) {
    let mut word = (bytes.len().min(3) as u32) << 24;
    for (i, b) in bytes.iter().take(3).enumerate() {
        word |= u32::from(*b) << (8 * i);
    }
    this.tail.set(word);
}

fn decode_native(vm: &Vm, this: Me, codec: BuiltIn, object: Value, is_final: bool) -> PyResult<Ref<PyStr>> {
    let (tail, tail_len) = tail_bytes(this);
    let errors = errors_of(this);
    if let (0, Some(bytes)) = (tail_len, object.downcast::<PyBytes>()) {
        let (text, read, _) = codec.decode(vm, object, bytes.as_slice(), errors, is_final)?;
        set_tail(this, bytes.as_slice().get(read..).unwrap_or(&[]));
        return Ok(text);
    }
    let loan = vm.buffer(object, false)?;
    let mut all = Vec::new();
    all.try_reserve(loan.len() + tail_len).map_err(|_| vm.memory_error())?;
    all.extend_from_slice(tail.get(..tail_len).unwrap_or(&[]));
    all.extend_from_slice(loan.as_slice());
    drop(loan);
    // The errors of what was held back name all of it.
    let whole = PyBytes::new(vm, &all)?;
    let (text, read, _) = codec.decode(vm, whole.value(), &all, errors, is_final)?;
    set_tail(this, all.get(read..).unwrap_or(&[]));
    Ok(text)
}

/// The decoder's state: bytes it holds back, and flags.
pub fn decoder_state(vm: &Vm, this: Me) -> PyResult<(Ref<PyBytes>, u64)> {
    let (bytes, flags) = match native(this) {
        Some(_) => {
            let (tail, len) = tail_bytes(this);
            (PyBytes::new(vm, tail.get(..len).unwrap_or(&[]))?, 0)
        }
        None => {
            let Some(decoder) = this.decoder.get() else { return Err(unsupported(vm, "not readable")) };
            let got = vm.call_method(decoder, "getstate", &[])?;
            let illegal = || vm.type_error("illegal decoder state");
            let pair = got.downcast::<PyTuple>().ok_or_else(illegal)?;
            let [buffer, flags] = *pair.as_slice() else { return Err(illegal()) };
            let Some(buffer) = buffer.downcast::<PyBytes>() else {
                return Err(vm.type_error(format!(
                    "illegal decoder state: the first item should be a bytes object, not '{}'",
                    vm.type_name(buffer)
                )));
            };
            (buffer, int::low_u64(vm.index(flags)?))
        }
    };
    if this.has(READ_UNIVERSAL) {
        return Ok((bytes, flags << 1 | u64::from(state(this).pending_cr)));
    }
    Ok((bytes, flags))
}

/// Puts the decoder into a state.
pub fn set_decoder_state(vm: &Vm, this: Me, bytes: &[u8], flags: u64) -> PyResult<()> {
    let mut flags = flags;
    if this.has(READ_UNIVERSAL) {
        let mut s = state(this);
        s.pending_cr = flags & 1 != 0;
        set_state(this, s);
        flags >>= 1;
    }
    match (native(this), this.decoder.get()) {
        (Some(_), _) => set_tail(this, bytes),
        (None, Some(decoder)) => {
            let bytes = PyBytes::new(vm, bytes)?;
            let pair = vm.new_tuple(&[bytes.value(), vm.new_int_u64(flags)?])?;
            vm.call_method(decoder, "setstate", &[pair.value()])?;
        }
        _ => {}
    }
    Ok(())
}

/// Forgets what the decoder holds back.
pub fn reset_decoder(vm: &Vm, this: Me) -> PyResult<()> {
    this.tail.set(0);
    if this.has(READ_UNIVERSAL) {
        set_state(this, State::default());
    }
    match this.decoder.get() {
        Some(decoder) => vm.call_method(decoder, "reset", &[]).map(|_| ()),
        None => Ok(()),
    }
}
