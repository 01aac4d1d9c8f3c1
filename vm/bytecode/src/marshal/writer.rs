//! The marshal writer's primitives, for whoever walks the objects: [`super::write_code`] here, `marshal.dumps` in the runtime.

use std::collections::HashMap;

use super::{VERSION, tag};
use crate::code::digits15;
use crate::wtf8::Wtf8String;

/// Tells objects apart; the caller's own numbers (an address will do).
pub type Identity = u64;

/// Writes one stream.
///
/// Every value method takes the object's identity when it may be met again, and `None` when it is certainly met once. A method
/// that returns `bool` says whether the contents are still to be written: `false` means that a reference stood for it all.
#[derive(Debug)]
pub struct Writer {
    out: Vec<u8>,
    refs: HashMap<Identity, u32>,
    version: i32,
}

impl Default for Writer {
    fn default() -> Self {
        Writer::new(VERSION)
    }
}

impl Writer {
    pub fn new(version: i32) -> Self {
        Writer { out: Vec::new(), refs: HashMap::new(), version }
    }

    pub fn finish(self) -> Vec<u8> {
        self.out
    }

    /// Bytes written so far.
    pub fn written(&self) -> usize {
        self.out.len()
    }

    pub fn version(&self) -> i32 {
        self.version
    }

    /// Writes the reference when the object was met before; otherwise the flag that its type code gets.
    fn start(&mut self, id: Option<Identity>) -> Option<u8> {
        let Some(id) = id.filter(|_| self.version >= 3) else { return Some(0) };
        if let Some(index) = self.refs.get(&id) {
            self.out.push(tag::REF);
            self.out.extend_from_slice(&index.to_le_bytes());
            return None;
        }
        match i32::try_from(self.refs.len()) {
            Ok(index) => {
                self.refs.insert(id, index as u32);
                Some(tag::FLAG_REF)
            }
            // No room for more indexes: write in full.
            Err(_) => Some(0),
        }
    }

    fn tag(&mut self, code: u8, flag: u8) {
        self.out.push(code | flag);
    }

    /// A bare 32-bit integer: a count, or a code object's field.
    pub fn raw_i32(&mut self, value: i32) {
        self.out.extend_from_slice(&value.to_le_bytes());
    }

    /// Lengths above `i32::MAX` cannot be written: the caller refuses such objects ("unmarshallable object").
    fn len(&mut self, n: usize) {
        self.raw_i32(i32::try_from(n).unwrap_or(i32::MAX));
    }

    pub fn none(&mut self) {
        self.out.push(tag::NONE);
    }

    pub fn bool(&mut self, value: bool) {
        self.out.push(if value { tag::TRUE } else { tag::FALSE });
    }

    pub fn ellipsis(&mut self) {
        self.out.push(tag::ELLIPSIS);
    }

    pub fn stop_iteration(&mut self) {
        self.out.push(tag::STOP_ITERATION);
    }

    /// What CPython leaves in the stream for an object it cannot write.
    pub fn unknown(&mut self) {
        self.out.push(tag::UNKNOWN);
    }

    pub fn int(&mut self, value: i64, id: Option<Identity>) {
        if let Ok(small) = i32::try_from(value) {
            if let Some(flag) = self.start(id) {
                self.tag(tag::INT, flag);
                self.raw_i32(small);
            }
            return;
        }
        let mut buffer = [0; 5];
        let (negative, n) = digits15(value, &mut buffer);
        self.big_int(negative, &buffer[..n], id);
    }

    /// Base 2^15 digits, least first, without leading zeros.
    pub fn big_int(&mut self, negative: bool, digits15: &[u16], id: Option<Identity>) {
        let Some(flag) = self.start(id) else { return };
        self.tag(tag::LONG, flag);
        let n = i32::try_from(digits15.len()).unwrap_or(i32::MAX);
        self.raw_i32(if negative { -n } else { n });
        for digit in digits15 {
            self.out.extend_from_slice(&digit.to_le_bytes());
        }
    }

    /// Versions 0 and 1 write floats as text, which is the caller's to make: `text` is `repr(value)`.
    pub fn float_text(&mut self, text: &str, id: Option<Identity>) {
        if let Some(flag) = self.start(id) {
            self.tag(tag::FLOAT, flag);
            self.short_text(text);
        }
    }

    pub fn complex_text(&mut self, re: &str, im: &str, id: Option<Identity>) {
        if let Some(flag) = self.start(id) {
            self.tag(tag::COMPLEX, flag);
            self.short_text(re);
            self.short_text(im);
        }
    }

    fn short_text(&mut self, text: &str) {
        self.out.push(text.len().min(255) as u8);
        self.out.extend_from_slice(&text.as_bytes()[..text.len().min(255)]);
    }

    pub fn float(&mut self, value: f64, id: Option<Identity>) {
        if let Some(flag) = self.start(id) {
            self.tag(tag::BINARY_FLOAT, flag);
            self.out.extend_from_slice(&value.to_le_bytes());
        }
    }

    pub fn complex(&mut self, re: f64, im: f64, id: Option<Identity>) {
        if let Some(flag) = self.start(id) {
            self.tag(tag::BINARY_COMPLEX, flag);
            self.out.extend_from_slice(&re.to_le_bytes());
            self.out.extend_from_slice(&im.to_le_bytes());
        }
    }

    /// `text` is WTF-8.
    pub fn str(&mut self, text: &[u8], interned: bool, id: Option<Identity>) {
        let Some(flag) = self.start(id) else { return };
        if self.version >= 4 && text.is_ascii() {
            if let Ok(n) = u8::try_from(text.len()) {
                self.tag(if interned { tag::SHORT_ASCII_INTERNED } else { tag::SHORT_ASCII }, flag);
                self.out.push(n);
            } else {
                self.tag(if interned { tag::ASCII_INTERNED } else { tag::ASCII }, flag);
                self.len(text.len());
            }
        } else {
            self.tag(if interned && self.version >= 3 { tag::INTERNED } else { tag::UNICODE }, flag);
            self.len(text.len());
        }
        self.out.extend_from_slice(text);
    }

    pub fn text(&mut self, text: &Wtf8String, interned: bool, id: Option<Identity>) {
        self.str(text.as_bytes(), interned, id);
    }

    pub fn bytes(&mut self, bytes: &[u8], id: Option<Identity>) {
        if let Some(flag) = self.start(id) {
            self.tag(tag::STRING, flag);
            self.len(bytes.len());
            self.out.extend_from_slice(bytes);
        }
    }

    /// Then the items.
    pub fn tuple(&mut self, n: usize, id: Option<Identity>) -> bool {
        let Some(flag) = self.start(id) else { return false };
        match u8::try_from(n) {
            Ok(small) if self.version >= 4 => {
                self.tag(tag::SMALL_TUPLE, flag);
                self.out.push(small);
            }
            _ => {
                self.tag(tag::TUPLE, flag);
                self.len(n);
            }
        }
        true
    }

    fn sized(&mut self, code: u8, n: usize, id: Option<Identity>) -> bool {
        let Some(flag) = self.start(id) else { return false };
        self.tag(code, flag);
        self.len(n);
        true
    }

    /// Then the items.
    pub fn list(&mut self, n: usize, id: Option<Identity>) -> bool {
        self.sized(tag::LIST, n, id)
    }

    /// Then the items, in the order of their own streams ([`Writer::new`] for each), as CPython sorts them.
    pub fn set(&mut self, n: usize, id: Option<Identity>) -> bool {
        self.sized(tag::SET, n, id)
    }

    /// As [`Writer::set`].
    pub fn frozenset(&mut self, n: usize, id: Option<Identity>) -> bool {
        self.sized(tag::FROZENSET, n, id)
    }

    /// Then each key and value, then [`Writer::end_dict`].
    pub fn dict(&mut self, id: Option<Identity>) -> bool {
        let Some(flag) = self.start(id) else { return false };
        self.tag(tag::DICT, flag);
        true
    }

    pub fn end_dict(&mut self) {
        self.out.push(tag::NULL);
    }

    /// Then start, stop, step. Versions below 5 have no slices: the caller refuses them.
    pub fn slice(&mut self, id: Option<Identity>) -> bool {
        let Some(flag) = self.start(id) else { return false };
        self.tag(tag::SLICE, flag);
        true
    }

    /// Then five [`Writer::raw_i32`] (argcount, posonlyargcount, kwonlyargcount, stacksize, flags), eight objects (code, consts,
    /// names, localsplusnames, localspluskinds, filename, name, qualname), one `raw_i32` (firstlineno), two objects
    /// (linetable, exceptiontable).
    pub fn code(&mut self, id: Option<Identity>) -> bool {
        let Some(flag) = self.start(id) else { return false };
        self.tag(tag::CODE, flag);
        true
    }
}
