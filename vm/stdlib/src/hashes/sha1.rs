//! `_sha1`.

super::macros::hash_module! {
    "_sha1";
    sha1 = Sha1, "sha1", SHA1 "sha1" as "SHA1Type", "Return a new SHA1 hash object; optionally initialized with a string.";
}
