//! [`Handler`]: what a codec's algorithm calls when something can't be encoded or decoded.

use brolga_text::codecs::policy::{CodecError, Encoding};
use brolga_text::codecs::{DecodeErrors, EncodeErrors, Policy, Replacement};
use brolga_text::{NoMemory, Text, TextBuf};

use super::registry;
use crate::error::{PyResult, Raised};
use crate::object::Ref;
use crate::state::Vm;
use crate::types::bytes::PyBytes;
use crate::types::exception::PyException;
use crate::types::int;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::value::Value;

/// Why coding ended.
pub enum Failure {
    Raised(Raised),
    NoMemory,
}

impl From<NoMemory> for Failure {
    fn from(_: NoMemory) -> Failure {
        Failure::NoMemory
    }
}

impl From<Raised> for Failure {
    fn from(raised: Raised) -> Failure {
        Failure::Raised(raised)
    }
}

impl Failure {
    pub fn raise(self, vm: &Vm) -> Raised {
        match self {
            Failure::Raised(raised) => raised,
            Failure::NoMemory => vm.memory_error(),
        }
    }
}

/// The handling of errors of one call of a codec. Lives on the native stack: it holds values.
pub struct Handler<'vm> {
    vm: &'vm Vm,
    name: &'static str,
    /// The name, if it is a Python string (of a codec of the standard library).
    encoding: Encoding,
    /// The string, or the exporter of the bytes.
    object: Value,
    policy: Option<Policy>,
    errors: Option<Ref<PyStr>>,
    /// The handler from the registry, once it was needed.
    found: Option<Value>,
}

impl<'vm> Handler<'vm> {
    pub fn new(
        vm: &'vm Vm,
        name: &'static str,
        encoding: Encoding,
        object: Value,
        errors: Option<Ref<PyStr>>,
    ) -> Handler<'vm> {
        let policy = match errors {
            None => Some(Policy::Strict),
            Some(e) => e.as_ascii().and_then(Policy::by_name),
        };
        Handler { vm, name, encoding, object, policy, errors, found: None }
    }

    fn handler(&mut self) -> PyResult<Value> {
        if let Some(found) = self.found {
            return Ok(found);
        }
        let name = self.errors.unwrap_or(self.vm.names.strict);
        let found = registry::lookup_error(self.vm, name)?;
        self.found = Some(found);
        Ok(found)
    }

    fn decode_error(&self, input: &[u8], start: usize, end: usize, reason: &str) -> PyResult<Ref<PyException>> {
        let vm = self.vm;
        let object = match self.object.downcast::<PyBytes>() {
            Some(bytes) => bytes.value(),
            None => PyBytes::new(vm, input)?.value(),
        };
        let (name, reason) = (vm.new_str(self.name)?, vm.new_str(reason)?);
        let args = [name.value(), object, Value::from_len(start), Value::from_len(end), reason.value()];
        PyException::new(vm, vm.types.unicode_decode_error, &args)
    }

    fn encode_error(&self, start: usize, end: usize, reason: &str) -> PyResult<Ref<PyException>> {
        let vm = self.vm;
        let (name, reason) = (vm.new_str(self.name)?, vm.new_str(reason)?);
        let args = [name.value(), self.object, Value::from_len(start), Value::from_len(end), reason.value()];
        PyException::new(vm, vm.types.unicode_encode_error, &args)
    }

    /// Calls the handler of the registry: the replacement and the position it gives.
    fn call(&mut self, error: Ref<PyException>, len: usize, decoding: bool) -> PyResult<(Value, usize)> {
        let vm = self.vm;
        let handler = self.handler()?;
        let result = vm.call(handler, &[error.value()])?;
        let wrong = || {
            vm.type_error(if decoding {
                "decoding error handler must return (str, int) tuple"
            } else {
                "encoding error handler must return (str/bytes, int) tuple"
            })
        };
        let Some(tuple) = result.downcast::<PyTuple>() else { return Err(wrong()) };
        let [replacement, position] = *tuple.as_slice() else { return Err(wrong()) };
        let text = replacement.downcast::<PyStr>().is_some();
        if !text && (decoding || replacement.downcast::<PyBytes>().is_none()) {
            return Err(wrong());
        }
        let Some(position) = int::to_i64(vm.index(position)?) else {
            return Err(vm.overflow_error("Python int too large to convert to C ssize_t"));
        };
        let at = if position < 0 { position.saturating_add(len as i64) } else { position };
        match usize::try_from(at) {
            Ok(at) if at <= len => Ok((replacement, at)),
            _ => Err(vm.index_error(format!("position {position} from error handler out of bounds"))),
        }
    }
}

impl DecodeErrors for Handler<'_> {
    type Error = Failure;

    fn handle(
        &mut self,
        input: &[u8],
        start: usize,
        end: usize,
        reason: &'static str,
        out: &mut TextBuf,
    ) -> Result<usize, Failure> {
        let vm = self.vm;
        match self.policy {
            Some(policy) => match policy.decode(self.encoding, input, start, end, out) {
                Ok(Some(next)) => Ok(next),
                Ok(None) | Err(CodecError::Invalid { .. }) => {
                    let error = self.decode_error(input, start, end, reason)?;
                    Err(vm.raise(error).into())
                }
                Err(CodecError::WrongDirection) => {
                    Err(vm.type_error("don't know how to handle UnicodeDecodeError in error callback").into())
                }
                Err(CodecError::NoMemory) => Err(Failure::NoMemory),
            },
            None => {
                // An unknown handler is a LookupError before anything else.
                self.handler()?;
                let error = self.decode_error(input, start, end, reason)?;
                let (replacement, next) = self.call(error, input.len(), true)?;
                if let Some(s) = replacement.downcast::<PyStr>() {
                    out.push_text(s.view());
                }
                Ok(next)
            }
        }
    }
}

impl EncodeErrors for Handler<'_> {
    type Error = Failure;

    fn handle(
        &mut self,
        text: Text<'_>,
        start: usize,
        end: usize,
        reason: &'static str,
    ) -> Result<(Replacement, usize), Failure> {
        if let Some(policy) = self.policy {
            return match policy.encode(self.encoding, text, start, end)? {
                Some(replacement) => Ok(replacement),
                None => Err(self.strict(text, start, end, reason)),
            };
        }
        self.handler()?;
        let error = self.encode_error(start, end, reason)?;
        let (replacement, next) = self.call(error, text.len(), false)?;
        let replacement = match replacement.downcast::<PyStr>() {
            Some(s) => {
                let mut buf = TextBuf::with_capacity(s.len());
                buf.push_text(s.view());
                Replacement::Text(buf.finish()?)
            }
            None => {
                let bytes = replacement.downcast::<PyBytes>();
                let bytes = bytes.as_ref().map_or(&[][..], |b| b.as_slice());
                let mut copy = Vec::new();
                copy.try_reserve_exact(bytes.len()).map_err(NoMemory::from)?;
                copy.extend_from_slice(bytes);
                Replacement::Bytes(copy)
            }
        };
        Ok((replacement, next))
    }

    fn strict(&mut self, _: Text<'_>, start: usize, end: usize, reason: &'static str) -> Failure {
        match self.encode_error(start, end, reason) {
            Ok(error) => self.vm.raise(error).into(),
            Err(raised) => raised.into(),
        }
    }
}
