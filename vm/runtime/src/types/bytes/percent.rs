//! `bytes % args`, by way of [`crate::types::str::methods::percent`]: the format and the result as Latin-1 text.

use brolga_text::format::percent::{Conversion, Kind};
use brolga_text::format::template::Span;
use brolga_text::{Text, TextBuf, TextData};

use super::PyBytes;
use super::construct::copy;
use crate::PyResult;
use crate::state::Vm;
use crate::state::names::Special;
use crate::types::bytearray::PyByteArray;
use crate::types::int;
use crate::types::str::methods::percent::{Flavor, run};
use crate::value::Value;

struct Format(Vec<u8>);

impl Flavor for Format {
    const BYTES: bool = true;

    fn text(&self) -> Text<'_> {
        Text::One(&self.0)
    }

    fn key(&self, vm: &Vm, span: Span) -> PyResult<Value> {
        Ok(PyBytes::new(vm, self.0.get(span).unwrap_or(&[]))?.value())
    }

    fn object(&self, vm: &Vm, conversion: &Conversion, kind: Kind, v: Value, out: &mut TextBuf) -> PyResult<()> {
        if kind != Kind::Str {
            // `%r` of bytes is `%a`.
            let s = vm.ascii(v)?;
            conversion.format_text(s.view(), out);
            return Ok(());
        }
        let plain = v.downcast::<PyBytes>().is_some() || v.downcast::<PyByteArray>().is_some();
        let own = if plain { None } else { vm.call_special(v, Special::Bytes, &[])? };
        if own.is_none() && vm.has_buffer(v) {
            let buffer = vm.buffer(v, false)?;
            conversion.format_text(Text::One(buffer.as_slice()), out);
            return Ok(());
        }
        let Some(result) = own else {
            return Err(vm.type_error(format!(
                "%b requires a bytes-like object, or an object that implements __bytes__, not '{}'",
                vm.type_name(v)
            )));
        };
        match result.downcast::<PyBytes>() {
            Some(bytes) => {
                conversion.format_text(Text::One(bytes.as_slice()), out);
                Ok(())
            }
            None => Err(vm.type_error(format!("__bytes__ returned non-bytes (type {})", vm.type_name(result)))),
        }
    }

    fn character(&self, vm: &Vm, v: Value) -> PyResult<u32> {
        let bytes = v.downcast::<PyBytes>();
        let array = v.downcast::<PyByteArray>();
        let (data, kind) = match (&bytes, &array) {
            (Some(b), _) => (b.as_slice(), "bytes"),
            (_, Some(b)) => (b.as_slice(), "bytearray"),
            _ => {
                if vm.type_of(v).special(Special::Index).is_none() && !vm.is_instance(v, vm.types.int) {
                    return Err(vm.type_error(format!(
                        "%c requires an integer in range(256) or a single byte, not {}",
                        vm.fully_qualified_name(vm.type_of(v))
                    )));
                }
                return match int::to_i64(vm.index(v)?) {
                    Some(c) if (0..256).contains(&c) => Ok(c as u32),
                    _ => Err(vm.overflow_error("%c arg not in range(256)")),
                };
            }
        };
        match data {
            [b] => Ok(u32::from(*b)),
            _ => Err(vm.type_error(format!(
                "%c requires an integer in range(256) or a single byte, not a {kind} object of length {}",
                data.len()
            ))),
        }
    }
}

/// `format % args` as bytes.
pub(crate) fn format(vm: &Vm, format: &[u8], args: Value) -> PyResult<Vec<u8>> {
    let format = Format(copy(vm, format)?);
    let mut out = TextBuf::with_capacity(format.0.len());
    run(vm, &format, args, &mut out)?;
    match vm.memory(out.finish())? {
        TextData::One(bytes) => Ok(bytes),
        _ => Err(vm.system_error("bytes beyond 255")),
    }
}
