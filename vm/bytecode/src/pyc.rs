//! The 16-byte header of a `.pyc` file.

/// CPython 3.14's magic number: 3627 and CR LF.
pub const MAGIC: [u8; 4] = [0x2b, 0x0e, b'\r', b'\n'];

/// `_imp.pyc_magic_number_token`.
pub const MAGIC_TOKEN: u32 = u32::from_le_bytes(MAGIC);

/// Bytes before the marshalled code object.
pub const HEADER_LEN: usize = 16;

/// What ties a `.pyc` to its source.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Validation {
    /// Modification time in seconds and size in bytes, each modulo 2^32.
    Timestamp { mtime: u32, size: u32 },
    /// [`source_hash`] of the source; `check` asks for a comparison at every import.
    Hash { hash: [u8; 8], check: bool },
}

/// Why a header was refused; the texts are those of `importlib._bootstrap_external`, for a module `name`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum HeaderError {
    /// ImportError `bad magic number in {name!r}: {bytes!r}`.
    BadMagic,
    /// EOFError `reached EOF while reading pyc header of {name!r}`.
    TooShort,
    /// ImportError `invalid flags {flags!r} in {name!r}`.
    BadFlags(u32),
}

/// Splits a file into header and marshalled code.
pub fn read_header(file: &[u8]) -> Result<(Validation, &[u8]), HeaderError> {
    if file.get(..4) != Some(&MAGIC[..]) {
        return Err(HeaderError::BadMagic);
    }
    let Some((header, body)) = file.split_at_checked(HEADER_LEN) else { return Err(HeaderError::TooShort) };
    let word = |at: usize| {
        let mut bytes = [0; 4];
        bytes.copy_from_slice(&header[at..at + 4]);
        u32::from_le_bytes(bytes)
    };
    let flags = word(4);
    if flags & !0b11 != 0 {
        return Err(HeaderError::BadFlags(flags));
    }
    if flags & 1 == 0 {
        return Ok((Validation::Timestamp { mtime: word(8), size: word(12) }, body));
    }
    let mut hash = [0; 8];
    hash.copy_from_slice(&header[8..16]);
    Ok((Validation::Hash { hash, check: flags & 2 != 0 }, body))
}

/// The header to put before the marshalled code.
pub fn write_header(validation: Validation) -> [u8; HEADER_LEN] {
    let mut out = [0; HEADER_LEN];
    out[..4].copy_from_slice(&MAGIC);
    match validation {
        Validation::Timestamp { mtime, size } => {
            out[8..12].copy_from_slice(&mtime.to_le_bytes());
            out[12..].copy_from_slice(&size.to_le_bytes());
        }
        Validation::Hash { hash, check } => {
            out[4] = 1 | u8::from(check) << 1;
            out[8..].copy_from_slice(&hash);
        }
    }
    out
}

/// `_imp.source_hash(key, source)`: SipHash-1-3 with `key` as its first and 0 as its second half, little-endian.
pub fn source_hash(key: u64, source: &[u8]) -> [u8; 8] {
    siphash13(key, 0, source).to_le_bytes()
}

/// [`source_hash`] with the key that hash-based `.pyc` files use: the magic number.
pub fn pyc_source_hash(source: &[u8]) -> [u8; 8] {
    source_hash(u64::from(MAGIC_TOKEN), source)
}

/// SipHash with one compression and three finalisation rounds (Aumasson, Bernstein: "SipHash", 2012).
pub fn siphash13(k0: u64, k1: u64, data: &[u8]) -> u64 {
    let mut v = [
        k0 ^ 0x736f_6d65_7073_6575,
        k1 ^ 0x646f_7261_6e64_6f6d,
        k0 ^ 0x6c79_6765_6e65_7261,
        k1 ^ 0x7465_6462_7974_6573,
    ];
    let mut words = data.chunks_exact(8);
    for word in words.by_ref() {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(word);
        let m = u64::from_le_bytes(bytes);
        v[3] ^= m;
        sip_round(&mut v);
        v[0] ^= m;
    }
    let mut last = (data.len() as u64) << 56;
    for (i, byte) in words.remainder().iter().enumerate() {
        last |= u64::from(*byte) << (8 * i);
    }
    v[3] ^= last;
    sip_round(&mut v);
    v[0] ^= last;
    v[2] ^= 0xff;
    for _ in 0..3 {
        sip_round(&mut v);
    }
    v[0] ^ v[1] ^ v[2] ^ v[3]
}

fn sip_round(v: &mut [u64; 4]) {
    v[0] = v[0].wrapping_add(v[1]);
    v[1] = v[1].rotate_left(13) ^ v[0];
    v[0] = v[0].rotate_left(32);
    v[2] = v[2].wrapping_add(v[3]);
    v[3] = v[3].rotate_left(16) ^ v[2];
    v[0] = v[0].wrapping_add(v[3]);
    v[3] = v[3].rotate_left(21) ^ v[0];
    v[2] = v[2].wrapping_add(v[1]);
    v[1] = v[1].rotate_left(17) ^ v[2];
    v[2] = v[2].rotate_left(32);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_round_trip() {
        for v in [
            Validation::Timestamp { mtime: 0x1234_5678, size: 99 },
            Validation::Hash { hash: *b"abcdefgh", check: true },
            Validation::Hash { hash: *b"abcdefgh", check: false },
        ] {
            let mut file = write_header(v).to_vec();
            file.push(b'N');
            assert_eq!(read_header(&file), Ok((v, &b"N"[..])));
        }
        assert_eq!(read_header(b"\x2b\x0e\r"), Err(HeaderError::BadMagic));
        assert_eq!(read_header(&MAGIC), Err(HeaderError::TooShort));
    }

    #[test]
    fn hash_is_that_of_cpython() {
        // _imp.source_hash(_imp.pyc_magic_number_token, b"x = 1\n") under CPython 3.14.
        assert_eq!(pyc_source_hash(b"x = 1\n"), HASH_OF_X);
    }

    const HASH_OF_X: [u8; 8] = [29, 178, 182, 50, 92, 162, 130, 167];
}
