//! `bytearray`.

use crate::object::def::TypeDef;
use crate::object::layout::{BYTEARRAY, BYTES_ITER};

pub static DEF: TypeDef = TypeDef { layout: Some(BYTEARRAY), ..TypeDef::new("bytearray") };
pub static ITER_DEF: TypeDef = TypeDef { layout: Some(BYTES_ITER), ..TypeDef::new("bytearray_iterator") };
