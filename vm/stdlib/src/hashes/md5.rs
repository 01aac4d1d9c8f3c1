//! `_md5`.

super::macros::hash_module! {
    "_md5";
    md5 = Md5, "md5", MD5 "md5" as "MD5Type", "Return a new MD5 hash object; optionally initialized with a string.";
}
