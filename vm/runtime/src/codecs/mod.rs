//! Encoding and decoding of text: the built-in codecs by name, the registry of all others ([`registry`]), and error
//! handlers ([`handler`], [`errors`]).

pub mod errors;
pub mod handler;
pub mod registry;

use brolga_text::codecs::policy::Encoding;
use brolga_text::codecs::utf16::{self, Order};
use brolga_text::codecs::{ByteOrder, single, utf8};
use brolga_text::{Text, TextBuf};

use crate::PyResult;
use crate::object::Ref;
use crate::state::Vm;
use crate::types::bytes::PyBytes;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::value::Value;
use handler::Handler;

/// A codec that needs no registry.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum BuiltIn {
    Utf8,
    Ascii,
    Latin1,
    Utf16(Option<ByteOrder>),
    Utf32(Option<ByteOrder>),
}

/// The encoding's name as the registry knows it: ASCII letters lower case, runs of other characters one underscore.
pub fn normalize(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut gap = false;
    for c in name.chars() {
        if c.is_ascii_alphanumeric() || c == '.' {
            if gap && !out.is_empty() {
                out.push('_');
            }
            gap = false;
            out.push(c.to_ascii_lowercase());
        } else {
            gap = true;
        }
    }
    out
}

impl BuiltIn {
    /// The codec of this name, in any of its usual spellings.
    pub fn by_name(name: &str) -> Option<BuiltIn> {
        use ByteOrder::{Big, Little};
        Some(match name {
            "utf-8" => BuiltIn::Utf8,
            _ => match normalize(name).as_str() {
                "utf_8" | "utf8" => BuiltIn::Utf8,
                "ascii" | "us_ascii" => BuiltIn::Ascii,
                "latin_1" | "latin1" | "iso_8859_1" | "iso8859_1" => BuiltIn::Latin1,
                "utf_16" | "utf16" => BuiltIn::Utf16(None),
                "utf_16_le" | "utf_16le" => BuiltIn::Utf16(Some(Little)),
                "utf_16_be" | "utf_16be" => BuiltIn::Utf16(Some(Big)),
                "utf_32" | "utf32" => BuiltIn::Utf32(None),
                "utf_32_le" | "utf_32le" => BuiltIn::Utf32(Some(Little)),
                "utf_32_be" | "utf_32be" => BuiltIn::Utf32(Some(Big)),
                _ => return None,
            },
        })
    }

    /// The name in errors of encoding.
    fn name(self) -> &'static str {
        match self {
            BuiltIn::Utf8 => "utf-8",
            BuiltIn::Ascii => "ascii",
            BuiltIn::Latin1 => "latin-1",
            BuiltIn::Utf16(None) => "utf-16",
            BuiltIn::Utf16(Some(ByteOrder::Little)) => "utf-16-le",
            BuiltIn::Utf16(Some(ByteOrder::Big)) => "utf-16-be",
            BuiltIn::Utf32(None) => "utf-32",
            BuiltIn::Utf32(Some(ByteOrder::Little)) => "utf-32-le",
            BuiltIn::Utf32(Some(ByteOrder::Big)) => "utf-32-be",
        }
    }

    /// What `surrogatepass` has to know; no order is little-endian.
    fn kind(self) -> Encoding {
        match self {
            BuiltIn::Utf8 => Encoding::Utf8,
            BuiltIn::Ascii | BuiltIn::Latin1 => Encoding::Other,
            BuiltIn::Utf16(Some(ByteOrder::Big)) => Encoding::Utf16Be,
            BuiltIn::Utf16(_) => Encoding::Utf16Le,
            BuiltIn::Utf32(Some(ByteOrder::Big)) => Encoding::Utf32Be,
            BuiltIn::Utf32(_) => Encoding::Utf32Le,
        }
    }

    /// With the byte order that a mark at the start tells: what errors of decoding name.
    fn detected(self, input: &[u8]) -> BuiltIn {
        let order = |big: bool| Some(if big { ByteOrder::Big } else { ByteOrder::Little });
        match self {
            BuiltIn::Utf16(None) => BuiltIn::Utf16(order(input.starts_with(&[0xfe, 0xff]))),
            BuiltIn::Utf32(None) => BuiltIn::Utf32(order(input.starts_with(&[0, 0, 0xfe, 0xff]))),
            other => other,
        }
    }

    pub fn encode(self, vm: &Vm, s: Ref<PyStr>, errors: Option<Ref<PyStr>>) -> PyResult<Vec<u8>> {
        let mut handler = Handler::new(vm, self.name(), self.kind(), s.value(), errors);
        let text: Text<'_> = s.view();
        let result = match self {
            BuiltIn::Utf8 => utf8::encode(text, &mut handler),
            BuiltIn::Ascii => single::encode_ascii(text, &mut handler),
            BuiltIn::Latin1 => single::encode_latin1(text, &mut handler),
            BuiltIn::Utf16(order) => utf16::encode16(text, order, &mut handler),
            BuiltIn::Utf32(order) => utf16::encode32(text, order, &mut handler),
        };
        result.map_err(|e| e.raise(vm))
    }

    /// Decodes; gives the text and the number of bytes read (all of them, if `is_final`). `object` is the exporter of
    /// the input, for errors.
    pub fn decode(
        self,
        vm: &Vm,
        object: Value,
        input: &[u8],
        errors: Option<Ref<PyStr>>,
        is_final: bool,
    ) -> PyResult<(Ref<PyStr>, usize, Option<ByteOrder>)> {
        if matches!(self, BuiltIn::Utf8 | BuiltIn::Ascii) && input.is_ascii() || self == BuiltIn::Latin1 {
            return Ok((PyStr::from_text(vm, Text::One(input))?, input.len(), None));
        }
        let named = self.detected(input);
        let mut handler = Handler::new(vm, named.name(), named.kind(), object, errors);
        let mut out = TextBuf::with_capacity(input.len());
        let order = |order: Option<ByteOrder>| order.map_or(Order::Detect, Order::Fixed);
        let result = match self {
            BuiltIn::Utf8 => utf8::decode(input, is_final, &mut out, &mut handler).map(|n| (n, None)),
            BuiltIn::Ascii => single::decode_ascii(input, &mut out, &mut handler).map(|()| (input.len(), None)),
            BuiltIn::Latin1 => Ok((input.len(), None)),
            BuiltIn::Utf16(o) => utf16::decode16(input, order(o), is_final, &mut out, &mut handler),
            BuiltIn::Utf32(o) => utf16::decode32(input, order(o), is_final, &mut out, &mut handler),
        };
        let (read, found) = result.map_err(|e| e.raise(vm))?;
        Ok((PyStr::from_buf(vm, out)?, read, found))
    }
}

/// In the development mode the names of an encoding and of an error handler are looked up even if they are not needed.
fn check_names(vm: &Vm, encoding: Option<Ref<PyStr>>, errors: Option<Ref<PyStr>>) -> PyResult<()> {
    if !vm.config.dev_mode || vm.finalizing.get() {
        return Ok(());
    }
    if let Some(name) = encoding
        && BuiltIn::by_name(&name.to_lossy()).is_none()
    {
        registry::lookup(vm, name)?;
    }
    if let Some(name) = errors
        && name.to_lossy() != "strict"
    {
        registry::lookup_error(vm, name)?;
    }
    Ok(())
}

/// `s.encode(encoding, errors)`.
pub fn encode(
    vm: &Vm,
    s: Ref<PyStr>,
    encoding: Option<Ref<PyStr>>,
    errors: Option<Ref<PyStr>>,
) -> PyResult<Ref<PyBytes>> {
    check_names(vm, encoding, errors)?;
    let codec = match encoding {
        None => Some(BuiltIn::Utf8),
        Some(name) => BuiltIn::by_name(&name.to_lossy()),
    };
    let Some(codec) = codec else {
        let name = encoding.unwrap_or(vm.names.utf_8);
        let coder = registry::text_coder(vm, name, registry::ENCODER, "codecs.encode()")?;
        let result = registry::run(vm, coder, s.value(), errors, registry::ENCODER)?;
        return match result.downcast::<PyBytes>() {
            Some(bytes) => Ok(bytes),
            None => {
                let (name, got) = (name.to_lossy(), vm.type_name(result));
                Err(vm.type_error(format!(
                    "'{name}' encoder returned '{got}' instead of 'bytes'; use codecs.encode() to encode to arbitrary types"
                )))
            }
        };
    };
    if let (BuiltIn::Utf8 | BuiltIn::Ascii | BuiltIn::Latin1, Some(text)) = (codec, s.as_ascii()) {
        return PyBytes::new(vm, text.as_bytes());
    }
    PyBytes::new(vm, &codec.encode(vm, s, errors)?)
}

/// Decodes bytes: `object` is the exporter of `input`, for errors and for codecs of the registry.
pub fn decode(
    vm: &Vm,
    object: Value,
    input: &[u8],
    encoding: Option<Ref<PyStr>>,
    errors: Option<Ref<PyStr>>,
) -> PyResult<Ref<PyStr>> {
    check_names(vm, encoding, errors)?;
    let codec = match encoding {
        None => Some(BuiltIn::Utf8),
        Some(name) => BuiltIn::by_name(&name.to_lossy()),
    };
    let Some(codec) = codec else {
        let name = encoding.unwrap_or(vm.names.utf_8);
        let coder = registry::text_coder(vm, name, registry::DECODER, "codecs.decode()")?;
        let result = registry::run(vm, coder, object, errors, registry::DECODER)?;
        return match result.downcast::<PyStr>() {
            Some(s) => Ok(s),
            None => {
                let (name, got) = (name.to_lossy(), vm.type_name(result));
                Err(vm.type_error(format!(
                    "'{name}' decoder returned '{got}' instead of 'str'; use codecs.decode() to decode to arbitrary types"
                )))
            }
        };
    };
    if input.is_empty() {
        return Ok(vm.names.empty);
    }
    Ok(codec.decode(vm, object, input, errors, true)?.0)
}

/// UTF-8 of a string, or the UnicodeEncodeError for a surrogate.
pub fn utf8(vm: &Vm, s: Ref<PyStr>) -> PyResult<Vec<u8>> {
    BuiltIn::Utf8.encode(vm, s, None)
}

/// File names: UTF-8 with `surrogateescape`.
pub fn fs_encode(vm: &Vm, s: Ref<PyStr>) -> PyResult<Vec<u8>> {
    BuiltIn::Utf8.encode(vm, s, Some(vm.names.surrogateescape))
}

/// See [`fs_encode`].
pub fn fs_decode(vm: &Vm, bytes: &[u8]) -> PyResult<Ref<PyStr>> {
    Ok(BuiltIn::Utf8.decode(vm, Value::NONE, bytes, Some(vm.names.surrogateescape), true)?.0)
}

/// `(result, length)`, as every function of a codec gives.
pub fn pair(vm: &Vm, result: Value, length: usize) -> PyResult<Ref<PyTuple>> {
    vm.new_tuple(&[result, Value::from_len(length)])
}
