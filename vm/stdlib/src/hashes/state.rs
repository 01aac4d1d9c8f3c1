//! The hash functions themselves, from their crates.

use ::md5::Md5;
use ::sha1::Sha1;
use ::sha2::{Digest, Sha224, Sha256, Sha384, Sha512, Sha512_224, Sha512_256};
use ::sha3::digest::{ExtendableOutput, Update, XofReader};
use ::sha3::{Sha3_224, Sha3_256, Sha3_384, Sha3_512, Shake128, Shake256};

macro_rules! states {
    ($($variant:ident: $name:literal, $digest:literal, $block:literal;)*) => {
        /// A hash that has been fed some data.
        #[derive(Clone)]
        pub enum State {
            $($variant($variant),)*
            Shake128(Shake128),
            Shake256(Shake256),
            Blake2b(Box<blake2b_simd::State>, u8),
            Blake2s(Box<blake2s_simd::State>, u8),
        }

        impl State {
            pub fn update(&mut self, data: &[u8]) {
                match self {
                    $(State::$variant(h) => Digest::update(h, data),)*
                    State::Shake128(h) => h.update(data),
                    State::Shake256(h) => h.update(data),
                    State::Blake2b(h, _) => {
                        h.update(data);
                    }
                    State::Blake2s(h, _) => {
                        h.update(data);
                    }
                }
            }

            /// The digest of what was fed so far; none for the functions of variable length.
            pub fn digest(&self) -> Vec<u8> {
                match self {
                    $(State::$variant(h) => h.clone().finalize().to_vec(),)*
                    State::Shake128(_) | State::Shake256(_) => Vec::new(),
                    State::Blake2b(h, _) => h.finalize().as_bytes().to_vec(),
                    State::Blake2s(h, _) => h.finalize().as_bytes().to_vec(),
                }
            }

            pub fn name(&self) -> &'static str {
                match self {
                    $(State::$variant(_) => $name,)*
                    State::Shake128(_) => "shake_128",
                    State::Shake256(_) => "shake_256",
                    State::Blake2b(..) => "blake2b",
                    State::Blake2s(..) => "blake2s",
                }
            }

            /// In bytes.
            pub fn digest_size(&self) -> usize {
                match self {
                    $(State::$variant(_) => $digest,)*
                    State::Shake128(_) | State::Shake256(_) => 0,
                    State::Blake2b(_, size) | State::Blake2s(_, size) => usize::from(*size),
                }
            }

            /// In bytes.
            pub fn block_size(&self) -> usize {
                match self {
                    $(State::$variant(_) => $block,)*
                    State::Shake128(_) => 168,
                    State::Shake256(_) => 136,
                    State::Blake2b(..) => blake2b_simd::BLOCKBYTES,
                    State::Blake2s(..) => blake2s_simd::BLOCKBYTES,
                }
            }
        }
    };
}

states! {
    Md5: "md5", 16, 64;
    Sha1: "sha1", 20, 64;
    Sha224: "sha224", 28, 64;
    Sha256: "sha256", 32, 64;
    Sha384: "sha384", 48, 128;
    Sha512: "sha512", 64, 128;
    Sha512_224: "sha512_224", 28, 128;
    Sha512_256: "sha512_256", 32, 128;
    Sha3_224: "sha3_224", 28, 144;
    Sha3_256: "sha3_256", 32, 136;
    Sha3_384: "sha3_384", 48, 104;
    Sha3_512: "sha3_512", 64, 72;
}

impl State {
    /// Fills `out` with the digest of a function of variable length.
    pub fn squeeze(&self, out: &mut [u8]) {
        match self {
            State::Shake128(h) => h.clone().finalize_xof().read(out),
            State::Shake256(h) => h.clone().finalize_xof().read(out),
            _ => {}
        }
    }
}
