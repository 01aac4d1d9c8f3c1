//! `_sha2`: SHA-224, SHA-256, SHA-384 and SHA-512.

super::macros::hash_module! {
    "_sha2";
    sha224 = Sha224, "sha224", SHA224 "SHA224Type" as "SHA224Type", "Return a new SHA-224 hash object; optionally initialized with a string.";
    sha256 = Sha256, "sha256", SHA256 "SHA256Type" as "SHA256Type", "Return a new SHA-256 hash object; optionally initialized with a string.";
    sha384 = Sha384, "sha384", SHA384 "SHA384Type" as "SHA384Type", "Return a new SHA-384 hash object; optionally initialized with a string.";
    sha512 = Sha512, "sha512", SHA512 "SHA512Type" as "SHA512Type", "Return a new SHA-512 hash object; optionally initialized with a string.";
}
