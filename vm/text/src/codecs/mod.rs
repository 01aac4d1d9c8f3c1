//! Encoders and decoders of text.
//!
//! A decoder reads bytes into a [`TextBuf`] and returns how many it consumed: with `is_final` false it leaves an incomplete
//! sequence at the end for the next call. What is wrong goes to a handler: [`Policy`] has CPython's built-in ones, other
//! names are the caller's [`DecodeErrors`] and [`EncodeErrors`].

pub mod charmap;
pub mod escape;
pub mod policy;
pub mod single;
pub mod utf16;
pub mod utf7;
pub mod utf8;

pub use policy::Policy;

use crate::{NoMemory, Text, TextBuf, TextData};

/// Handles what cannot be decoded.
pub trait DecodeErrors {
    type Error: From<NoMemory>;
    /// `input[start..end]` is wrong for `reason`. Appends a replacement and returns where to go on (at most the length).
    fn handle(
        &mut self,
        input: &[u8],
        start: usize,
        end: usize,
        reason: &'static str,
        out: &mut TextBuf,
    ) -> Result<usize, Self::Error>;
}

/// What stands in for code points that cannot be encoded.
#[derive(Clone, Debug)]
pub enum Replacement {
    /// Goes through the encoder.
    Text(TextData),
    /// Goes out as it is.
    Bytes(Vec<u8>),
}

/// Handles what cannot be encoded.
pub trait EncodeErrors {
    type Error: From<NoMemory>;
    /// The code points `start..end` cannot be encoded for `reason`. Gives a replacement and where to go on.
    fn handle(
        &mut self,
        text: Text<'_>,
        start: usize,
        end: usize,
        reason: &'static str,
    ) -> Result<(Replacement, usize), Self::Error>;
    /// The error to raise when the replacement cannot be encoded either.
    fn strict(&mut self, text: Text<'_>, start: usize, end: usize, reason: &'static str) -> Self::Error;
}

/// The byte order of UTF-16 and UTF-32.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByteOrder {
    Little,
    Big,
}

/// Bytes that are appended to without aborting when memory runs out; [`ByteBuf::finish`] reports it.
#[derive(Debug, Default)]
pub(crate) struct ByteBuf {
    bytes: Vec<u8>,
    failed: bool,
}

impl ByteBuf {
    pub fn with_capacity(n: usize) -> Self {
        let mut out = ByteBuf::default();
        out.room(n);
        out
    }
    #[inline]
    fn room(&mut self, n: usize) -> bool {
        if self.failed || self.bytes.try_reserve(n).is_err() {
            self.failed = true;
            return false;
        }
        true
    }
    #[inline]
    pub fn push(&mut self, byte: u8) {
        if self.bytes.len() < self.bytes.capacity() || self.room(1) {
            self.bytes.push(byte);
        }
    }
    #[inline]
    pub fn extend(&mut self, bytes: &[u8]) {
        if self.bytes.capacity() - self.bytes.len() >= bytes.len() || self.room(bytes.len()) {
            self.bytes.extend_from_slice(bytes);
        }
    }
    pub fn finish(self) -> Result<Vec<u8>, NoMemory> {
        if self.failed { Err(NoMemory) } else { Ok(self.bytes) }
    }
}

/// Hexadecimal digits, lower case, without leading zeros beyond `width`.
pub(crate) fn push_hex(out: &mut ByteBuf, value: u32, width: u32) {
    for i in (0..width).rev() {
        out.push(b"0123456789abcdef"[(value >> (4 * i) & 15) as usize]);
    }
}

/// The length of the run of bytes below 0x80 at the start.
pub(crate) fn ascii_prefix(bytes: &[u8]) -> usize {
    let (words, _) = bytes.as_chunks::<16>();
    let clean = words.iter().take_while(|w| u128::from_ne_bytes(**w) & 0x8080_8080_8080_8080_8080_8080_8080_8080 == 0);
    let start = clean.count() * 16;
    let rest = bytes.get(start..).unwrap_or(&[]);
    start + rest.iter().take_while(|b| b.is_ascii()).count()
}
