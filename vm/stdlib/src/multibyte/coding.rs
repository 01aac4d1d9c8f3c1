//! Runs an encoding over a text or bytes, and has errors handled.

use brolga_runtime::PyResult;
use brolga_runtime::codecs::handler::{Failure, Handler};
use brolga_runtime::object::Ref;
use brolga_runtime::state::Vm;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::value::Value;
use brolga_text::TextBuf;
use brolga_text::codecs::policy::Encoding as Kind;
use brolga_text::codecs::{DecodeErrors, EncodeErrors, Replacement};

use super::tables::{self, Decoded, Encoding};

const ILLEGAL: &str = "illegal multibyte sequence";
const INCOMPLETE: &str = "incomplete multibyte sequence";

pub struct Encoded {
    pub bytes: Vec<u8>,
    /// So many characters at the end wait for what follows them.
    pub waiting: usize,
}

fn table(vm: &Vm, number: usize) -> PyResult<&'static Encoding> {
    tables::encoding(number).ok_or_else(|| vm.memory_error())
}

/// Encodes a text. Unless it is `complete`, what may be the first part of a code waits.
pub fn encode(
    vm: &Vm,
    number: usize,
    text: Ref<PyStr>,
    errors: Option<Ref<PyStr>>,
    complete: bool,
) -> PyResult<Encoded> {
    let encoding = table(vm, number)?;
    let name = tables::NAMES.get(number).copied().unwrap_or("");
    let mut handler = Handler::new(vm, name, Kind::Other, text.value(), errors);
    run_encode(vm, number, encoding, text, &mut handler, complete).map_err(|failure| failure.raise(vm))
}

fn run_encode(
    vm: &Vm,
    number: usize,
    encoding: &Encoding,
    text: Ref<PyStr>,
    handler: &mut Handler<'_>,
    complete: bool,
) -> Result<Encoded, Failure> {
    let (mut bytes, mut at, len) = (Vec::new(), 0, text.len());
    bytes.try_reserve(len).map_err(brolga_text::NoMemory::from)?;
    while at < len {
        let c = text.char_at(at);
        if encoding.begins_pair(c) {
            if at + 1 == len && !complete {
                return Ok(Encoded { bytes, waiting: 1 });
            }
            if at + 1 < len && encoding.encode_pair(c, text.char_at(at + 1), &mut bytes) {
                at += 2;
                continue;
            }
        }
        if encoding.encode(c, &mut bytes) {
            at += 1;
            continue;
        }
        let (replacement, next) = EncodeErrors::handle(handler, text.view(), at, at + 1, ILLEGAL)?;
        match replacement {
            Replacement::Bytes(raw) => bytes.extend_from_slice(&raw),
            // What stands in its place must be text that can be encoded.
            Replacement::Text(replacement) => {
                let replacement = PyStr::from_data(vm, Ok(replacement))?;
                bytes.extend_from_slice(&encode(vm, number, replacement, None, true)?.bytes);
            }
        }
        at = next;
    }
    Ok(Encoded { bytes, waiting: 0 })
}

/// Decodes bytes, those of `object` (which errors name). Gives how many were read, too: unless they are `complete`, the
/// beginning of something at their end is left.
pub fn decode(
    vm: &Vm,
    number: usize,
    object: Value,
    data: &[u8],
    errors: Option<Ref<PyStr>>,
    complete: bool,
) -> PyResult<(Ref<PyStr>, usize)> {
    let encoding = table(vm, number)?;
    let name = tables::NAMES.get(number).copied().unwrap_or("");
    let mut handler = Handler::new(vm, name, Kind::Other, object, errors);
    let mut out = TextBuf::with_capacity(data.len());
    let mut at = 0;
    while let Some(rest) = data.get(at..).filter(|rest| !rest.is_empty()) {
        let (end, reason) = match encoding.decode(rest) {
            Decoded::One(c, len) => {
                out.push(c);
                at += len;
                continue;
            }
            Decoded::Several(text, len) => {
                text.iter().for_each(|c| out.push(*c));
                at += len;
                continue;
            }
            Decoded::Illegal(len) => (at + len, ILLEGAL),
            Decoded::Incomplete if complete => (data.len(), INCOMPLETE),
            Decoded::Incomplete => break,
        };
        at =
            DecodeErrors::handle(&mut handler, data, at, end, reason, &mut out).map_err(|failure| failure.raise(vm))?;
    }
    Ok((PyStr::from_buf(vm, out)?, at))
}
