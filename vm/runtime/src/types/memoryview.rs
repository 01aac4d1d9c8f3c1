//! `memoryview`.

use crate::object::def::TypeDef;
use crate::object::layout::{MEMORY_ITER, MEMORYVIEW};

pub static DEF: TypeDef = TypeDef { layout: Some(MEMORYVIEW), ..TypeDef::new("memoryview") };
pub static ITER_DEF: TypeDef = TypeDef { layout: Some(MEMORY_ITER), ..TypeDef::new("memory_iterator") };
