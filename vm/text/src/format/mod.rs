//! Formatting: the format-spec mini-language, `%` formatting, and the templates of `str.format`.

pub mod apply;
pub mod percent;
pub mod spec;
pub mod template;
